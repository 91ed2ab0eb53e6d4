/** Which province a message names, and whether the place lies where that province's plan was made for. Pure. */
import { canonicalSyllable, fold, syllables } from '../vietnamese/text.ts'
import type { UnderstandingData } from './data.ts'
import type { Reading } from './reading.ts'
import { type PhraseMatch, Phrases, wordsOf } from './words.ts'

export interface Place {
  /** Code of the province with a plan; null for a place elsewhere. */
  readonly province: string | null
  readonly name: string
  /** covered: inside the plan's own area; beyond: joined to it in 2025; elsewhere: no plan loaded. */
  readonly area: 'covered' | 'beyond' | 'elsewhere'
  /** The person said that they or their business are there. */
  readonly resident: boolean
}

interface Known {
  readonly province: string | null
  readonly name: string
  readonly area: Place['area']
  readonly ambiguous: boolean
  readonly marked: string
}

export interface ProvinceName {
  readonly code: string
  readonly name: string
  /** Numbers of its documents ("4009"): naming one names the province. */
  readonly numbers?: readonly string[]
}

const BEFORE_AMBIGUOUS = new Set([
  'xa',
  'phuong',
  'huyen',
  'tran',
  'o',
  'tai',
  'ben',
  'duoi',
  'tinh',
  'thuoc',
  'pho',
  'thi',
])
const RESIDENCE = new Set(['o', 'tai', 'que', 'duoi', 'in', 'from'])

export class PlaceFinder {
  /** By folded name: "Mỹ Tho" and "Mỹ Thọ" are two places of one spelling. */
  readonly #known = new Phrases<Known[]>()
  readonly #provinces: readonly ProvinceName[]

  constructor(data: UnderstandingData['places'], provinces: readonly ProvinceName[]) {
    this.#provinces = provinces
    const served = new Set(provinces.map(({ code }) => code))
    const add = (name: string, province: string | null, area: Place['area'], ambiguous = false) => {
      const marked = syllables(name).join(' ')
      this.#add(name, { province, name, area, ambiguous, marked })
    }
    for (const { code, name, numbers = [] } of provinces) {
      add(name, code, 'covered')
      for (const number of numbers) {
        this.#add(number, { province: code, name, area: 'covered', ambiguous: false, marked: number })
      }
    }
    for (const [code, places] of Object.entries(data.provinces)) {
      // Places of a province that is not served are elsewhere for this installation.
      const here = served.has(code)
      const as = (area: Place['area']) => (here ? area : 'elsewhere')
      for (const name of places.covered) add(name, here ? code : null, as('covered'))
      for (const name of places.covered_ambiguous) add(name, here ? code : null, as('covered'), true)
      for (const name of places.beyond) add(name, here ? code : null, as('beyond'))
    }
    for (const name of data.elsewhere) add(name, null, 'elsewhere')
  }

  #add(name: string, known: Known): void {
    const words = wordsOf(name)
    const [there] = this.#known.scan(words)
    if (there && there.end === words.length && there.start === 0) there.value.push(known)
    else this.#known.add(words, [known])
  }

  /** Places in the order they are named. "4009" names the plan of its province as well as its name would. */
  find(reading: Reading): Place[] {
    const { typed, typedMarked } = reading
    return this.#known.scan(typed).flatMap((match) => {
      const { start, end } = match
      const typedSo = typedMarked.slice(start, end)
      const spelled = typedSo.map(canonicalSyllable).join(' ')
      const value = nearest(match.value, spelled)
      if (!value) return []
      const before = typed[start - 1] ?? ''
      if (value.ambiguous && !BEFORE_AMBIGUOUS.has(before)) return []
      if (/^\d/.test(value.marked) && isClaimed(typed, start)) return []
      if (!spelledAlike(typedSo, value.marked)) return []
      return [
        { province: value.province, name: value.name, area: value.area, resident: isResident(typed, match) },
      ]
    })
  }

  nameOf(code: string): string {
    return this.#provinces.find((province) => province.code === code)?.name ?? code
  }

  /** True when the message is nothing but a place ("mình ở Cao Lãnh nha", "Ninh Thuận"). */
  isBare(reading: Reading, fillers: ReadonlySet<string>): boolean {
    const matches = this.#known.scan(reading.typed)
    if (matches.length !== 1) return false
    const rest = reading.typed.filter((_, i) => !matches.some(({ start, end }) => i >= start && i < end))
    return rest.every((word) => fillers.has(word)) && rest.length <= 8
  }

  /** The words of all place names, so that they are not taken for slips of other words. */
  static wordsOf(data: UnderstandingData['places']): string[] {
    const all = Object.values(data.provinces).flatMap((p) => [
      ...p.covered,
      ...p.covered_ambiguous,
      ...p.beyond,
    ])
    return [...all, ...data.elsewhere].flatMap(wordsOf)
  }
}

/** A name typed with marks must carry its own marks ("ba sào" is not Ba Sao); typed without, any will do. */
function spelledAlike(typed: readonly string[], marked: string): boolean {
  const text = typed.map(canonicalSyllable).join(' ')
  return text === fold(text) || text === marked || countOther(typed, marked.split(' ')) <= 1
}

/** Of places folded alike the one whose marks are closest to what was typed; the first of equals. */
function nearest(known: readonly Known[], spelled: string): Known | undefined {
  const typed = spelled.split(' ')
  const other = ({ marked }: Known) => marked.split(' ').filter((syllable, i) => syllable !== typed[i]).length
  return [...known].sort((a, b) => other(a) - other(b))[0]
}

/** Syllables whose marks differ: one slip is forgiven. */
function countOther(typed: readonly string[], marked: readonly string[]): number {
  return (
    typed.filter((syllable, i) => canonicalSyllable(syllable) !== marked[i]).length *
    (marked.length < 2 ? 2 : 1)
  )
}

/** "Là số 4009 phải không?" asks about a number; it does not say whose plan is meant. */
function isClaimed(typed: readonly string[], start: number): boolean {
  return typed[start - 1] === 'so' && ['la', 'phai'].includes(typed[start - 2] ?? '')
}

function isResident(typed: readonly string[], { start }: PhraseMatch<unknown>): boolean {
  return typed.slice(Math.max(0, start - 3), start).some((word) => RESIDENCE.has(word))
}
