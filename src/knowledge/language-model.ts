/** Which syllables exist and which stand beside each other, counted from what is indexed and a general sample. */
import { fold } from '../vietnamese/text.ts'

/** A word with more accented forms than this is cut to the most frequent ones. */
const MOST_FORMS = 24
const ID_BITS = 2 ** 22

export class LanguageModel {
  readonly #ids = new Map<string, number>()
  readonly #forms: string[] = []
  readonly #counts: number[] = []
  /** For Witten-Bell: how many different syllables follow each one. */
  readonly #successors: number[] = []
  readonly #following: number[] = []
  readonly #pairs = new Map<number, number>()
  readonly #byFolded = new Map<string, number[]>()
  readonly #byDeletion = new Map<string, number[]>()
  #total = 0

  /** Terms as the lexicon keeps them: "syllable" or "first second", with their counts. */
  constructor(terms: Iterable<readonly [term: string, count: number]>) {
    const pairs: [string, string, number][] = []
    for (const [term, count] of terms) {
      const space = term.indexOf(' ')
      if (space > 0) pairs.push([term.slice(0, space), term.slice(space + 1), count])
      else this.#addSyllable(term, count)
    }
    for (const [first, second, count] of pairs) this.#addPair(first, second, count)
    for (const ids of this.#byFolded.values()) {
      ids.sort((a, b) => this.countOf(b) - this.countOf(a))
      ids.length = Math.min(ids.length, MOST_FORMS)
    }
  }

  #addSyllable(form: string, count: number): void {
    const id = this.#forms.length
    this.#ids.set(form, id)
    this.#forms.push(form)
    this.#counts.push(count)
    this.#successors.push(0)
    this.#following.push(0)
    this.#total += count
    const folded = fold(form)
    push(this.#byFolded, folded, id)
    if (!/^\p{L}{2,8}$/u.test(form)) return
    for (const key of deletions(folded)) push(this.#byDeletion, key, id)
  }

  #addPair(first: string, second: string, count: number): void {
    const a = this.#ids.get(first)
    const b = this.#ids.get(second)
    if (a === undefined || b === undefined) return
    this.#pairs.set(a * ID_BITS + b, count)
    this.#successors[a] = (this.#successors[a] ?? 0) + 1
    this.#following[a] = (this.#following[a] ?? 0) + count
  }

  get size(): number {
    return this.#forms.length
  }

  idOf(form: string): number | undefined {
    return this.#ids.get(form)
  }

  formOf(id: number): string {
    return this.#forms[id] ?? ''
  }

  countOf(id: number): number {
    return this.#counts[id] ?? 0
  }

  /** Known syllables that read the same without marks, most frequent first. */
  withFolded(folded: string): readonly number[] {
    return this.#byFolded.get(folded) ?? []
  }

  /** Known syllables whose letters (marks aside) are one insertion, deletion, replacement or swap away. */
  oneEditAway(folded: string): ReadonlySet<number> {
    const found = new Set<number>()
    for (const key of [folded, ...deletions(folded)]) {
      for (const id of this.#byDeletion.get(key) ?? []) {
        if (!found.has(id) && isOneEdit(folded, fold(this.formOf(id)))) found.add(id)
      }
      for (const id of key === folded ? [] : this.withFolded(key)) found.add(id)
    }
    return found
  }

  /** ln P(second | first), Witten-Bell smoothed; `first` null at the start or after a word unknown here. */
  logProbability(first: number | null, second: number | null): number {
    const count = second === null ? 0 : this.countOf(second)
    const single = (count + 0.2) / (this.#total + 0.2 * (this.#forms.length + 1))
    if (first === null) return Math.log(single)
    const following = this.#following[first] ?? 0
    const kinds = this.#successors[first] ?? 0
    if (following === 0) return Math.log(single)
    const seen = second === null ? 0 : (this.#pairs.get(first * ID_BITS + second) ?? 0)
    return Math.log((seen + kinds * single) / (following + kinds))
  }
}

function deletions(word: string): string[] {
  const keys: string[] = []
  for (let i = 0; i < word.length; i++) keys.push(word.slice(0, i) + word.slice(i + 1))
  return keys
}

/** True for one insertion, deletion, replacement, or swap of neighbours; false for equal words. */
export function isOneEdit(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++
  const restA = a.length - start - end
  const restB = b.length - start - end
  if (restA <= 1 && restB <= 1) return true
  return restA === 2 && restB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
