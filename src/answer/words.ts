/** Words as the understanding compares them: folded syllables, phrases over them, and slips of one letter. Pure. */
import { fold, syllables } from '../vietnamese/text.ts'

/** Folded syllables and numbers in order: "Truy suất nguồn gốc" → truy, suat, nguon, goc. */
export function wordsOf(text: string): string[] {
  return syllables(text).map(fold)
}

export interface PhraseMatch<T> {
  readonly start: number
  readonly end: number
  readonly value: T
}

/** Finds known phrases in running words; the longest wins, and matches do not overlap. */
export class Phrases<T> {
  readonly #byFirst = new Map<string, { words: readonly string[]; value: T }[]>()

  add(phrase: string | readonly string[], value: T): void {
    const words = typeof phrase === 'string' ? wordsOf(phrase) : phrase
    const first = words[0]
    if (first === undefined) return
    const known = this.#byFirst.get(first) ?? []
    known.push({ words, value })
    known.sort((a, b) => b.words.length - a.words.length)
    this.#byFirst.set(first, known)
  }

  scan(words: readonly string[]): PhraseMatch<T>[] {
    const found: PhraseMatch<T>[] = []
    for (let at = 0; at < words.length; ) {
      const hit = this.#byFirst.get(words[at] ?? '')?.find((known) => startsAt(words, at, known.words))
      if (hit) {
        found.push({ start: at, end: at + hit.words.length, value: hit.value })
        at += hit.words.length
      } else at++
    }
    return found
  }

  /** Values of all matches, overlapping ones too (the longest at each place). */
  scanAll(words: readonly string[]): PhraseMatch<T>[] {
    return words.flatMap((word, at) => {
      const hit = this.#byFirst.get(word)?.find((known) => startsAt(words, at, known.words))
      return hit ? [{ start: at, end: at + hit.words.length, value: hit.value }] : []
    })
  }
}

function startsAt(words: readonly string[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, i) => words[at + i] === word)
}

/** Words twice: folded, and with the marks the question repair settled on. */
export interface Spoken {
  readonly words: readonly string[]
  readonly marked: readonly string[]
}

export function spoken(text: string): Spoken {
  const marked = syllables(text)
  return { words: marked.map(fold), marked }
}

/** What the classifiers of topics and passages learn from: words with and without their marks, and neighbours. */
export function featuresOf({ words, marked }: Spoken): string[] {
  return words.flatMap((word, i) => {
    const features = [`w:${word}`, `p:${words[i - 1] ?? '^'} ${word}`]
    if (i === words.length - 1) features.push(`p:${word} $`)
    const mark = marked[i] ?? word
    if (mark !== word) features.push(`m:${mark}`)
    return features
  })
}

/**
 * Phrases of several words are found folded; a single word only with its own marks, because folding makes "hỗ",
 * "ho", "hồ" or "tỷ", "ty" one word.
 */
export class Lexemes<T> {
  readonly #folded = new Phrases<{ readonly value: T; readonly marked: readonly string[] }>()
  readonly #marked = new Phrases<T>()

  add(phrase: string, value: T): void {
    const marked = syllables(phrase)
    if (marked.length === 1) this.#marked.add(marked, value)
    else this.#folded.add(phrase, { value, marked })
  }

  /** Matches of both kinds in order; a longer one hides a single word within it. */
  scan({ words, marked }: Spoken): PhraseMatch<T>[] {
    const long = this.#folded
      .scan(words)
      .flatMap(({ start, end, value }) =>
        meant(marked.slice(start, end), value.marked) ? [{ start, end, value: value.value }] : [],
      )
    const short = this.#marked
      .scan(marked)
      .filter(({ start }) => !long.some((it) => it.start <= start && start < it.end))
    return [...long, ...short].sort((a, b) => a.start - b.start)
  }

  all({ words, marked }: Spoken): T[] {
    const long = this.#folded
      .scanAll(words)
      .filter(({ start, end, value }) => meant(marked.slice(start, end), value.marked))
    return [
      ...long.map(({ value }) => value.value),
      ...this.#marked.scanAll(marked).map(({ value }) => value),
    ]
  }

  /** As `scan`, but where two names share a word ("làm ISO" and "ISO 9001") the one with a number stays, else the longer. */
  named(said: Spoken): PhraseMatch<T>[] {
    const { words, marked } = said
    const long = this.#folded
      .scanAll(words)
      .filter(({ start, end, value }) => meant(marked.slice(start, end), value.marked))
      .map(({ start, end, value }) => ({ start, end, value: value.value }))
    const all = [...long, ...this.#marked.scanAll(marked)]
    const worth = ({ start, end }: PhraseMatch<T>) =>
      end - start + (words.slice(start, end).some((word) => /\d/.test(word)) ? words.length : 0)
    const beats = (a: PhraseMatch<T>, b: PhraseMatch<T>) =>
      worth(a) > worth(b) || (worth(a) === worth(b) && a.start < b.start)
    return all
      .filter((it) => !all.some((by) => by.start < it.end && it.start < by.end && beats(by, it)))
      .sort((a, b) => a.start - b.start)
  }

  /** Values of the phrases of several words that stand there mark for mark: for text of our own. */
  exactly({ words, marked }: Spoken): T[] {
    return this.#folded
      .scanAll(words)
      .flatMap(({ start, value }) =>
        value.marked.every((syllable, i) => marked[start + i] === syllable) ? [value.value] : [],
      )
  }

  has(said: Spoken): boolean {
    return this.all(said).length > 0
  }
}

/** False when a syllable carries other marks than the phrase's: "máy đông" is not "mấy đồng", "còn mốc" no "con mộc". */
function meant(said: readonly string[], phrase: readonly string[]): boolean {
  return said.every((syllable, i) => {
    const wanted = phrase[i] ?? ''
    return syllable === wanted || fold(syllable) === syllable || oneTone(syllable) === oneTone(wanted)
  })
}

/** Hỏi and ngã are one tone to half of the country. */
function oneTone(syllable: string): string {
  return syllable.normalize('NFD').replaceAll('\u0303', '\u0309')
}

export function phrases(list: readonly string[]): Lexemes<true> {
  const found = new Lexemes<true>()
  for (const phrase of list) found.add(phrase, true)
  return found
}

const EDIT = { shortest: 4, longest: 12 }

/**
 * Mends words the vocabulary does not know by one letter (missing, extra, swapped, wrong). The question repair
 * of the knowledge room knows the plans' words; this knows the words of the examples as well.
 */
export class Vocabulary {
  readonly #counts: Map<string, number>
  readonly #byDeletion = new Map<string, string[]>()

  /** `counted`: words already counted elsewhere. */
  constructor(words: Iterable<string>, counted: Iterable<readonly [string, number]> = []) {
    this.#counts = new Map(counted)
    for (const word of words) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
    for (const word of this.#counts.keys()) {
      if (word.length < EDIT.shortest - 1 || word.length > EDIT.longest) continue
      for (const key of [word, ...deletions(word)]) {
        const known = this.#byDeletion.get(key)
        if (known) known.push(word)
        else this.#byDeletion.set(key, [word])
      }
    }
  }

  has(word: string): boolean {
    return this.#counts.has(word)
  }

  mend(word: string): string {
    if (this.#counts.has(word) || word.length < 2 || word.length > EDIT.longest || !/^[a-z]+$/.test(word))
      return word
    const heard = this.#commonest(soundsLike(word))
    if (heard !== null) return heard
    if (word.length < EDIT.shortest) return word
    const candidates = new Set([word, ...deletions(word)].flatMap((key) => this.#byDeletion.get(key) ?? []))
    let best = word
    let count = 0
    for (const candidate of candidates) {
      const seen = this.#counts.get(candidate) ?? 0
      if (seen > count && Math.abs(candidate.length - word.length) <= 1) {
        best = candidate
        count = seen
      }
    }
    return best
  }

  #commonest(candidates: readonly string[]): string | null {
    const known = candidates.filter((candidate) => this.#counts.has(candidate))
    return known.sort((a, b) => (this.#counts.get(b) ?? 0) - (this.#counts.get(a) ?? 0))[0] ?? null
  }
}

/** Spellings that sound alike in southern speech: kếc/kết, hạn/hạng, xản/sản, trương/chương, ngiệp/nghiệp. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/c$/, 't'],
  [/t$/, 'c'],
  [/n$/, 'ng'],
  [/ng$/, 'n'],
  [/^x/, 's'],
  [/^s/, 'x'],
  [/^tr/, 'ch'],
  [/^ch(?=[aeiouy])/, 'tr'],
  [/^ng(?=[ie])/, 'ngh'],
  [/^d/, 'gi'],
  [/^gi/, 'd'],
  [/^v/, 'd'],
  [/^r/, 'g'],
  [/y$/, 'i'],
  [/i$/, 'y'],
  [/^q(?=[aeo])/, 'qu'],
]

function soundsLike(word: string): string[] {
  const once = SOUNDS.map(([from, to]) => word.replace(from, to)).filter((variant) => variant !== word)
  const twice = once.flatMap((variant) => SOUNDS.map(([from, to]) => variant.replace(from, to)))
  return [...new Set([...once, ...twice])].filter((variant) => variant !== word)
}

function deletions(word: string): string[] {
  return Array.from({ length: word.length }, (_, i) => word.slice(0, i) + word.slice(i + 1))
}
