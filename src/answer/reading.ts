/** A message as words: language, question repair laid over the punctuation, parts. Pure but for the repair given. */
import { cleanText, fold, tokenize } from '../vietnamese/text.ts'
import type { UnderstandingData } from './data.ts'
import { Phrases, type Vocabulary, wordsOf } from './words.ts'

/** Longer messages are read from both ends: the request stands at the start or at the end. */
const READ = { head: 900, tail: 700, longestWord: 40 }

export interface Part {
  /** Folded words, short forms opened, slips mended. */
  readonly words: readonly string[]
  /** The same with marks, for the search. */
  readonly query: string
  readonly asks: boolean
}

export interface Reading {
  readonly language: 'vi' | 'en'
  readonly clean: string
  /** Folded words as typed, for names of places that a repair might change. */
  readonly typed: readonly string[]
  readonly typedMarked: readonly string[]
  readonly parts: readonly Part[]
  readonly words: readonly string[]
  readonly query: string
}

export type Repair = (text: string) => Promise<{ readonly words: readonly { readonly chosen: string }[] }>

export class Reader {
  readonly #functionWords: ReadonlySet<string>
  readonly #english = new Phrases<string>()
  readonly #vocabulary: Vocabulary

  constructor(data: UnderstandingData, vocabulary: Vocabulary) {
    this.#functionWords = new Set(data.english.function_words)
    for (const [phrase, vietnamese] of Object.entries(data.english.phrases))
      this.#english.add(phrase, vietnamese)
    this.#vocabulary = vocabulary
  }

  async read(text: string, repair: Repair): Promise<Reading> {
    const clean = shorten(cleanText(text.replace(/[\r\n]+/g, '. ')))
    const tokens = tokenize(clean)
    const typed = tokens.map(({ form }) => fold(form))
    const language = this.#languageOf(clean, typed)
    const parts = language === 'en' ? this.#englishParts(clean) : await this.#vietnameseParts(clean, repair)
    return {
      language,
      clean,
      typed,
      typedMarked: tokens.map(({ form }) => form),
      parts,
      words: parts.flatMap((part) => part.words),
      query: parts.map((part) => part.query).join(' '),
    }
  }

  #languageOf(clean: string, typed: readonly string[]): 'vi' | 'en' {
    if (clean !== fold(clean)) return 'vi'
    const lower = clean.toLowerCase().match(/[a-z']+/g) ?? []
    const hits = lower.filter((word) => this.#functionWords.has(word) && !VIETNAMESE_TOO.has(word)).length
    return hits >= 3 || (hits > 0 && hits * 3 >= typed.length) ? 'en' : 'vi'
  }

  async #vietnameseParts(clean: string, repair: Repair): Promise<Part[]> {
    const tokens = tokenize(clean)
    const repaired = (await repair(clean)).words
    const parts: Part[] = []
    let words: string[] = []
    let query: string[] = []
    let from = 0
    const close = (until: number) => {
      if (words.length > 0)
        parts.push({ words, query: query.join(' '), asks: clean.slice(from, until).includes('?') })
      words = []
      query = []
      from = until
    }
    for (const [i, token] of tokens.entries()) {
      const chosen = repaired[i]?.chosen ?? token.form
      query.push(chosen)
      words.push(...wordsOf(chosen).map((word) => this.#vocabulary.mend(word)))
      const end = token.start + token.raw.length
      const gap = clean.slice(end, tokens[i + 1]?.start ?? clean.length)
      if (/[?!;]|[.…](?:\s|$)/u.test(gap)) close(end + gap.length)
    }
    close(clean.length)
    return parts
  }

  #englishParts(clean: string): Part[] {
    return clean
      .split(/(?<=[?!;])\s*|(?<=[.…])\s+/u)
      .filter((sentence) => sentence.trim() !== '')
      .map((sentence) => {
        const words = wordsOf(sentence)
        const out: string[] = []
        const query: string[] = []
        let at = 0
        for (const { start, end, value } of this.#english.scan(words)) {
          const kept = words.slice(at, start)
          out.push(...kept, ...wordsOf(value))
          query.push(...kept.filter((word) => !this.#functionWords.has(word)), value)
          at = end
        }
        out.push(...words.slice(at))
        query.push(...words.slice(at).filter((word) => !this.#functionWords.has(word)))
        return { words: out, query: query.join(' '), asks: sentence.includes('?') }
      })
  }
}

/** Syllables of unmarked Vietnamese that are English words as well. */
const VIETNAMESE_TOO = new Set([
  'the',
  'an',
  'to',
  'do',
  'me',
  'he',
  'so',
  'no',
  'on',
  'in',
  'by',
  'a',
  'i',
  'it',
  'hi',
  'ok',
  'all',
  'up',
  'like',
  'thank',
  'thanks',
])

function shorten(clean: string): string {
  const text =
    clean.length <= READ.head + READ.tail ? clean : `${clean.slice(0, READ.head)} ${clean.slice(-READ.tail)}`
  return text.replace(/\S{41,}/gu, (word) => word.slice(0, READ.longestWord))
}
