/**
 * Passages and questions for the growth bench, in a made-up language with the statistics that matter to an
 * inverted index in Vietnamese: some 4,000 syllables, two-syllable words, Zipf's law, and topics, so that words
 * come in bursts. Or, given a retrieval set, real sentences shuffled into new passages.
 */
import { random } from './noise.ts'
import type { RetrievalSet } from './retrieval-set.ts'

export interface GrowthCorpus {
  passage(index: number): string
  question(index: number): string
}

const ONSETS = [
  'b',
  'c',
  'ch',
  'd',
  'đ',
  'g',
  'gi',
  'h',
  'kh',
  'l',
  'm',
  'n',
  'ng',
  'nh',
  'p',
  'ph',
  'qu',
  'r',
  's',
  't',
  'th',
  'tr',
  'v',
  'x',
]
const RIMES = [
  'a',
  'ai',
  'am',
  'an',
  'ang',
  'anh',
  'ao',
  'âm',
  'ân',
  'âng',
  'âu',
  'ăn',
  'ăng',
  'e',
  'en',
  'ê',
  'ên',
  'i',
  'iên',
  'im',
  'in',
  'inh',
  'o',
  'oi',
  'on',
  'ong',
  'ô',
  'ôi',
  'ôn',
  'ông',
  'ơ',
  'ơi',
  'ơn',
  'u',
  'ui',
  'un',
  'ung',
  'ư',
  'ưa',
  'ương',
  'ươn',
  'y',
]
const TONES = ['', '\u0301', '\u0300', '\u0309', '\u0303', '\u0323']
const SIZE = { syllables: 4_000, words: 30_000, topics: 600, topicWords: 150, passageWords: 60 }

/** Integers 0..n-1 with probability about 1/(rank + 3). */
function zipf(n: number, next: () => number): number {
  return Math.min(n - 1, Math.floor(3 * ((n + 3) / 3) ** next() - 3))
}

export function syntheticCorpus(seed: number): GrowthCorpus {
  const next = random(seed)
  const syllables = Array.from({ length: SIZE.syllables }, () => {
    const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] ?? ''
    const rime = pick(RIMES)
    return (pick(ONSETS) + (rime[0] ?? '') + pick(TONES) + rime.slice(1)).normalize('NFC')
  })
  const words = Array.from({ length: SIZE.words }, (_, rank) => {
    const first = syllables[zipf(SIZE.syllables, next)] ?? ''
    return rank < 150 || rank % 4 === 0 ? first : `${first} ${syllables[zipf(SIZE.syllables, next)] ?? ''}`
  })
  const topics = Array.from({ length: SIZE.topics }, () =>
    Array.from({ length: SIZE.topicWords }, () => words[Math.floor(next() * SIZE.words)] ?? ''),
  )
  const wordsOf = (index: number): string[] => {
    const mine = random(seed + 7 + index * 31)
    const topic = topics[Math.floor(mine() * SIZE.topics)] ?? []
    const length = Math.floor(SIZE.passageWords * (0.3 + 1.4 * mine()))
    return Array.from({ length }, () =>
      mine() < 0.35 ? (topic[zipf(SIZE.topicWords, mine)] ?? '') : (words[zipf(SIZE.words, mine)] ?? ''),
    )
  }
  return {
    passage: (index) => wordsOf(index).join(' '),
    question: (index) => {
      const mine = random(seed + 13 + index * 17)
      const source = wordsOf(Math.floor(mine() * 1_000)) // the first passages are there at every size
      const from = Math.floor(mine() * Math.max(1, source.length - 10))
      const asked = source.slice(from, from + 6 + Math.floor(mine() * 6))
      return asked.map((word) => (mine() < 0.25 ? (words[zipf(SIZE.words, mine)] ?? '') : word)).join(' ')
    },
  }
}

/** Real sentences of a set: each new passage mixes the sentences of two documents; questions are the set's own. */
export function shuffledCorpus(set: RetrievalSet, seed: number): GrowthCorpus {
  const sentences = set.docs.map((doc) =>
    [doc.title, ...doc.text.split(/(?<=[.;:])\s+|\n+/)].filter((part) => part.trim() !== ''),
  )
  return {
    passage: (index) => {
      const mine = random(seed + index * 31)
      const pick = () => sentences[Math.floor(mine() * sentences.length)] ?? []
      return [...pick(), ...pick()].filter(() => mine() < 0.5).join('\n') || (pick()[0] ?? 'trống')
    },
    question: (index) => set.queries[index % set.queries.length]?.text ?? '',
  }
}
