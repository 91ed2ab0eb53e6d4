/** A message as words: language, question repair laid over the punctuation, parts. Pure but for the repair given. */
import { cleanText, fold, syllables, tokenize } from '../vietnamese/text.ts'
import type { UnderstandingData } from './data.ts'
import { Phrases, type Spoken, spoken, type Vocabulary, wordsOf } from './words.ts'

/** Longer messages are read from both ends: the request stands at the start or at the end. */
const READ = { head: 900, tail: 700, longestWord: 40 }

export interface Part {
  /** Folded words, short forms opened, slips mended. */
  readonly words: readonly string[]
  /** The same with marks, word for word. */
  readonly marked: readonly string[]
  /** For the search. */
  readonly query: string
  readonly asks: boolean
  /** Before which words a comma or a dash stood. */
  readonly breaks: readonly number[]
}

export interface Reading {
  readonly language: 'vi' | 'en'
  readonly clean: string
  /** Folded words as typed, for names of places that a repair might change. */
  readonly typed: readonly string[]
  readonly typedMarked: readonly string[]
  readonly parts: readonly Part[]
  readonly words: readonly string[]
  readonly marked: readonly string[]
  readonly query: string
}

export type Repair = (
  text: string,
) => Promise<{ readonly words: readonly { readonly chosen: string; readonly how: string }[] }>

export class Reader {
  readonly #functionWords: ReadonlySet<string>
  readonly #english = new Phrases<string>()
  readonly #vocabulary: Vocabulary
  readonly #shortForms: ReadonlyMap<string, string>
  readonly #anyShortForm: RegExp

  constructor(data: UnderstandingData, vocabulary: Vocabulary) {
    this.#functionWords = new Set(data.english.function_words)
    for (const [phrase, vietnamese] of Object.entries(data.english.phrases))
      this.#english.add(phrase, vietnamese)
    this.#vocabulary = vocabulary
    this.#shortForms = new Map(
      Object.entries(data.shortForms).map(([form, words]) => [form.toLowerCase(), words]),
    )
    this.#anyShortForm = anyOf([...this.#shortForms.keys()])
  }

  async read(text: string, repair: Repair): Promise<Reading> {
    const clean = this.#open(shorten(cleanText(text.replace(/[\r\n]+/g, '. '))))
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
      marked: parts.flatMap((part) => part.marked),
      query: parts.map((part) => part.query).join(' '),
    }
  }

  /** A sentence of the data files as `read` would give it, without the repair it does not need. */
  taught(text: string): Spoken {
    const said = spoken(text)
    const clean = cleanText(text)
    if (this.#languageOf(clean, said.words) === 'vi') return said
    const parts = this.#englishParts(clean)
    return { words: parts.flatMap(({ words }) => words), marked: parts.flatMap(({ marked }) => marked) }
  }

  #open(text: string): string {
    return text.replace(this.#anyShortForm, (form) => this.#shortForms.get(form.toLowerCase()) ?? form)
  }

  #languageOf(clean: string, typed: readonly string[]): 'vi' | 'en' {
    if (clean !== fold(clean)) return 'vi'
    const lower = clean.toLowerCase().match(/[a-z']+/g) ?? []
    const known = lower.filter((word) => this.#functionWords.has(word))
    const hits = known.filter((word) => !VIETNAMESE_TOO.has(word)).length
    if (hits === 0) return 'vi'
    const foreign = lower.filter(
      (word) => !SYLLABLE.test(word) && /[aeiouy]/.test(word) && word.length > 2,
    ).length
    return hits >= 3 || (hits + foreign) * 5 >= typed.length * 2 ? 'en' : 'vi'
  }

  async #vietnameseParts(clean: string, repair: Repair): Promise<Part[]> {
    const tokens = tokenize(clean)
    const repaired = (await repair(clean)).words
    const parts: Part[] = []
    let words: string[] = []
    let marked: string[] = []
    let query: string[] = []
    let breaks: number[] = []
    let from = 0
    const close = (until: number) => {
      if (words.length > 0)
        parts.push({
          words,
          marked,
          query: query.join(' '),
          breaks,
          asks: clean.slice(from, until).includes('?'),
        })
      words = []
      marked = []
      query = []
      breaks = []
      from = until
    }
    for (const [i, token] of tokens.entries()) {
      const chosen = this.#chosen(token.form, repaired[i])
      query.push(chosen)
      for (const syllable of syllables(chosen)) {
        const word = fold(syllable)
        const mended = this.#vocabulary.mend(word)
        words.push(mended)
        const next = fold(tokens[i + 1]?.form ?? '')
        marked.push(mended !== word ? mended : syllable === 'vay' && !BORROWED.has(next) ? 'vậy' : syllable)
      }
      const end = token.start + token.raw.length
      const gap = clean.slice(end, tokens[i + 1]?.start ?? clean.length)
      if (/[?!;]|[.…](?:\s|$)/u.test(gap)) close(end + gap.length)
      else if (/[,:]|\s[-–]\s/u.test(gap)) breaks.push(words.length)
    }
    close(clean.length)
    return parts
  }

  /** A word the examples teach stays as typed; the repair knows only what the documents say. */
  #chosen(typed: string, repaired: { readonly chosen: string; readonly how: string } | undefined): string {
    if (!repaired) return typed
    return repaired.how === 'one letter' && this.#vocabulary.has(fold(typed)) ? typed : repaired.chosen
  }

  #englishParts(clean: string): Part[] {
    return clean
      .split(/(?<=[?!;])\s*|(?<=[.…])\s+/u)
      .filter((sentence) => sentence.trim() !== '')
      .map((sentence) => {
        const words = wordsOf(sentence)
        const out: string[] = []
        const marked: string[] = []
        const query: string[] = []
        const breaks: number[] = []
        let at = 0
        for (const { start, end, value } of this.#english.scan(words)) {
          const kept = words.slice(at, start)
          out.push(...kept, ...wordsOf(value))
          marked.push(...kept, ...syllables(value))
          query.push(...kept.filter((word) => !this.#functionWords.has(word)), value)
          at = end
        }
        out.push(...words.slice(at))
        marked.push(...words.slice(at))
        query.push(...words.slice(at).filter((word) => !this.#functionWords.has(word)))
        return { words: out, marked, query: query.join(' '), breaks, asks: sentence.includes('?') }
      })
  }
}

/** What follows "vay" when it means to borrow; elsewhere the unmarked word is "vậy". */
const BORROWED = new Set([
  'von',
  'tien',
  'ngan',
  'duoc',
  'uu',
  'lai',
  'muon',
  'cua',
  'mua',
  'toi',
  'tin',
  'the',
  'xay',
  'nha',
])

/** How an unmarked Vietnamese syllable looks; "could", "staff", "member" do not. */
const SYLLABLE =
  /^(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnptiuoy])?$/

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

/** Any of the forms as a whole word; the longest wins. */
function anyOf(forms: readonly string[]): RegExp {
  const longestFirst = forms
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
}

function shorten(clean: string): string {
  const text =
    clean.length <= READ.head + READ.tail ? clean : `${clean.slice(0, READ.head)} ${clean.slice(-READ.tail)}`
  return text.replace(/\S{41,}/gu, (word) => word.slice(0, READ.longestWord))
}
