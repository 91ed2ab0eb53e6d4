import { z } from 'zod'
import { plainKey } from './names.ts'
import { canonicalSyllable, cleanText, fold } from './text.ts'

/** Today's communes (since 1/7/2025: 34 provinces, no districts) found by today's and yesterday's names. */

export const UnitsFile = z.array(
  z.object({ code: z.string(), name: z.string(), wards: z.array(z.tuple([z.string(), z.string()])) }),
)
export const FormerUnitsFile = z.object({
  provinces: z.array(
    z.object({
      code: z.string(),
      merged: z.array(z.string()),
      origin: z.record(z.string(), z.array(z.string())),
      former: z.record(z.string(), z.array(z.string())),
      districts: z.array(z.object({ name: z.string(), of: z.string(), units: z.array(z.string()) })),
    }),
  ),
})

export interface Commune {
  readonly code: string
  /** "Xã Phước Hữu" */
  readonly name: string
  readonly provinceCode: string
  /** "Tỉnh Khánh Hoà" */
  readonly provinceName: string
  /** The province its area belonged to before 1/7/2025: "Ninh Thuận"; the same name where nothing was merged. */
  readonly formerProvince: string
}

export interface CommuneMatch {
  readonly commune: Commune
  readonly via: 'name' | 'former' | 'district' | 'similar'
  /** The old name that led here ("Thị trấn Phước Dân", "Huyện Ninh Phước"); null for today's name. */
  readonly former: string | null
}

/** Where to look first: one of today's provinces by code, and within it the area of an old province by name. */
export interface Area {
  readonly provinceCode?: string
  readonly formerProvince?: string
}

export interface Places {
  readonly communes: readonly Commune[]
  byCode(code: string): Commune | null
  /**
   * Communes a person may mean, best first. Inside `area` when the name exists there, else anywhere. Empty: nothing
   * like it. One entry: sure, unless `via` is 'similar' (a typing slip was assumed) or 'district'.
   */
  find(text: string, area?: Area): CommuneMatch[]
  /** The first commune named with its kind in running text ("xã Phước Hữu"), and where it stands in `text`. */
  scan(text: string, area?: Area): { matches: CommuneMatch[]; start: number; end: number } | null
}

interface Entry {
  readonly unit: Commune
  readonly kind: string
  /** With marks, for preferring Tân Thành over Tân Thạnh when they were typed; spelled one way only for the few compared. */
  readonly name: string
  readonly former: string | null
}

const KIND = /^(?:xa|phuong|thi tran|dac khu|thi xa|thanh pho|quan|huyen|tinh|tt|tp|tx|p|x|h)$/
const KIND_WORDS: Readonly<Record<string, string>> = {
  tt: 'thi tran',
  p: 'phuong',
  x: 'xa',
  tp: 'thanh pho',
  tx: 'thi xa',
  h: 'huyen',
}
const LEAD = /^(?:(?:dia chi|dc|o|tai|thuoc|la|ben|dang|em|toi|minh|chung toi|htx|co so|in|at)\s+)+/
const LONGEST_NAME = 6

export function createPlaces(
  units: z.infer<typeof UnitsFile>,
  former: z.infer<typeof FormerUnitsFile>,
): Places {
  const communes = readCommunes(units, former)
  const byCode = new Map(communes.map((commune) => [commune.code, commune]))
  const index = new Map<string, Entry[]>()
  for (const commune of communes) add(index, commune, commune.name, null)
  const districts = new Map<string, { name: string; of: string; units: Commune[] }[]>()
  const provinces = new Map<string, (unit: Commune) => boolean>()
  for (const province of units) {
    provinces.set(coreOf(province.name).key, (unit) => unit.provinceCode === province.code)
  }
  for (const province of former.provinces) {
    for (const [code, names] of Object.entries(province.former)) {
      const unit = byCode.get(code)
      if (unit) for (const name of names) add(index, unit, name, name)
    }
    for (const name of province.merged) {
      const key = coreOf(name).key
      const now = provinces.get(key)
      provinces.set(key, (unit) => unit.formerProvince === name || (now?.(unit) ?? false))
    }
    for (const { name, of, units: codes } of province.districts) {
      const list = codes.map((code) => byCode.get(code)).filter((unit) => unit !== undefined)
      const { key } = coreOf(name)
      districts.set(key, [...(districts.get(key) ?? []), { name, of, units: list }])
    }
  }

  /** Words about the wider area in the rest of the address: each known one narrows the choice. */
  function narrow(entries: readonly Entry[], rest: string): readonly Entry[] {
    let left = entries
    for (const { key } of phrases(rest)) {
      const inProvince = provinces.get(key)
      const inDistricts = districts.get(key)
      const fitting = left.filter(
        ({ unit }) => inProvince?.(unit) || inDistricts?.some(({ units: list }) => list.includes(unit)),
      )
      if (fitting.length > 0) left = fitting
    }
    return left
  }

  function lookUp(segment: string, rest: string, area: Area): CommuneMatch[] {
    const words = plainKey(segment).replace(LEAD, '').split(' ')
    const { kind, words: bare } = splitKind(words)
    if (kind !== 'huyen' && kind !== 'quan' && kind !== 'tinh') {
      for (let length = Math.min(bare.length, LONGEST_NAME); length > 0; length--) {
        const entries = index.get(bare.slice(0, length).join(' '))
        if (!entries) continue
        const narrowed = narrow(entries, `${bare.slice(length).join(' ')} ${rest}`)
        return settle(narrowed, segment, kind, area)
      }
    }
    for (let length = Math.min(bare.length, LONGEST_NAME); length > 0; length--) {
      const found = districts.get(bare.slice(0, length).join(' '))
      const inside = found?.filter(({ units: list }) => list.some((unit) => within(unit, area))) ?? []
      const chosen = inside.length > 0 ? inside : (found ?? [])
      if (chosen.length > 0) {
        return chosen.flatMap(({ name, units: list }) =>
          list.map((commune) => ({ commune, via: 'district' as const, former: name })),
        )
      }
    }
    return []
  }

  function similar(segment: string, area: Area): CommuneMatch[] {
    const key = splitKind(plainKey(segment).replace(LEAD, '').split(' ')).words.join(' ')
    if (key.length < 5 || key.length > 40 || area.provinceCode === undefined) return []
    const found: CommuneMatch[] = []
    for (const [name, entries] of index) {
      if (Math.abs(name.length - key.length) > 1 || !oneEditApart(name, key)) continue
      for (const { unit, former: old } of entries) {
        if (within(unit, area)) found.push({ commune: unit, via: 'similar', former: old })
      }
    }
    return unique(found)
  }

  function find(text: string, area: Area = {}): CommuneMatch[] {
    const clean = cleanText(text).slice(0, 300)
    const segments = clean
      .split(/[,;–]| - (?=(?:xã|xa|phường|phuong|thị trấn|huyện|huyen|tỉnh|tinh)\s)/iu)
      .map((part) => part.trim())
      .filter((part) => part !== '')
    const named = segments.findIndex((part) => /^(?:xa|phuong|thi tran|dac khu|tt|p|x) /.test(plainKey(part)))
    const order = named > 0 ? [named, ...segments.keys()] : [...segments.keys()]
    for (const i of order) {
      const segment = segments[i]
      if (segment === undefined) continue
      const rest = segments.filter((_, at) => at !== i).join(' , ')
      const found = lookUp(segment, rest, area)
      if (found.length > 0) return found
    }
    return segments[0] === undefined ? [] : similar(segments[0], area)
  }

  function scan(text: string, area: Area = {}): ReturnType<Places['scan']> {
    const pattern = /(?<![\p{L}\p{M}])(?:xã|phường|thị trấn|đặc khu|xa|phuong|thi tran|dac khu)\s+/giu
    for (const match of text.matchAll(pattern)) {
      const tail = text.slice(match.index)
      const words = [...tail.matchAll(/[\p{L}\p{M}\d']+/gu)]
      const kindWords = plainKey(match[0]).split(' ').length
      for (let length = Math.min(words.length, kindWords + LONGEST_NAME); length > kindWords; length--) {
        const last = words[length - 1]
        if (!last) continue
        const span = tail.slice(0, last.index + last[0].length)
        if (/[,;\n]/.test(span) || !index.has(splitKind(plainKey(span).split(' ')).words.join(' '))) continue
        const matches = find(`${span}, ${tail.slice(span.length)}`, area)
        if (matches.length > 0) return { matches, start: match.index, end: match.index + span.length }
      }
    }
    return null
  }

  return { communes, byCode: (code) => byCode.get(code) ?? null, find, scan }
}

function readCommunes(units: z.infer<typeof UnitsFile>, former: z.infer<typeof FormerUnitsFile>): Commune[] {
  const origin = new Map<string, string>()
  const single = new Map<string, string>()
  for (const province of former.provinces) {
    for (const [name, codes] of Object.entries(province.origin))
      for (const code of codes) origin.set(code, name)
    if (province.merged.length === 1 && province.merged[0] !== undefined)
      single.set(province.code, province.merged[0])
  }
  return units.flatMap(({ code: provinceCode, name: provinceName, wards }) =>
    wards.map(([code, name]) => ({
      code,
      name: name.charAt(0).toUpperCase() + name.slice(1),
      provinceCode,
      provinceName,
      formerProvince:
        origin.get(code) ?? single.get(provinceCode) ?? provinceName.replace(/^(?:Tỉnh|Thành phố) /, ''),
    })),
  )
}

function add(index: Map<string, Entry[]>, unit: Commune, name: string, former: string | null): void {
  const { key, kind } = coreOf(name)
  if (key === '') return
  const entry: Entry = { unit, kind, name, former: former === unit.name ? null : former }
  const list = index.get(key)
  if (list) list.push(entry)
  else index.set(key, [entry])
}

/** Name without its kind, folded: "Thị trấn Phước Dân" → "phuoc dan". A bare number keeps its kind: "phuong 1". */
function coreOf(name: string): { key: string; kind: string } {
  const { kind, words } = splitKind(plainKey(name).split(' '))
  return { key: words.join(' '), kind }
}

function splitKind(words: readonly string[]): { kind: string; words: string[] } {
  for (const take of [2, 1]) {
    const head = words.slice(0, take).join(' ')
    if (words.length > take && KIND.test(head)) {
      const rest = words.slice(take)
      const kind = KIND_WORDS[head] ?? head
      // "Phường 1": the number alone names nothing
      return { kind, words: /^\d+$/.test(rest[0] ?? '') ? [...kind.split(' '), ...rest] : rest }
    }
  }
  return { kind: '', words: words.filter((word) => word !== '') }
}

function settle(entries: readonly Entry[], written: string, kind: string, area: Area): CommuneMatch[] {
  // marks that were typed count more than where we look first: "Mỹ Tho" is never Mỹ Thọ next door
  const marked = fold(written) === written ? null : markedKey(written)
  let left = entries
  for (const fits of [
    (entry: Entry) => marked === null || ` ${marked} `.includes(` ${markedKey(entry.name)} `),
    ({ unit }: Entry) => area.provinceCode === undefined || unit.provinceCode === area.provinceCode,
    (entry: Entry) => kind === '' || entry.kind === kind,
    // a full name of the own area is meant; a bare one without marks ("my tho") stays a question
    ({ unit }: Entry) => (marked === null && kind === '') || within(unit, area),
  ]) {
    const fitting = left.filter(fits)
    if (fitting.length > 0) left = fitting
  }
  const rank = ({ unit, former }: Entry): number => (within(unit, area) ? 0 : 2) + (former === null ? 0 : 1)
  return unique(
    left
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ unit, former }) => ({
        commune: unit,
        via: former === null ? ('name' as const) : ('former' as const),
        former,
      })),
  )
}

function within(unit: Commune, area: Area): boolean {
  if (area.provinceCode !== undefined && unit.provinceCode !== area.provinceCode) return false
  return area.formerProvince === undefined || unit.formerProvince === area.formerProvince
}

function unique(matches: readonly CommuneMatch[]): CommuneMatch[] {
  const seen = new Set<string>()
  return matches.filter(({ commune }) => !seen.has(commune.code) && seen.add(commune.code))
}

function markedKey(text: string): string {
  const words = cleanText(text)
    .split(/[^\p{L}\p{M}\d]+/u)
    .filter((word) => word !== '')
  const kind = splitKind(words.map((word) => plainKey(word)))
  return words
    .slice(words.length - kind.words.length)
    .map(canonicalSyllable)
    .join(' ')
}

/** All runs of up to five words, longest first, for finding province and district names in the rest of an address. */
function phrases(text: string): { key: string }[] {
  const words = plainKey(text)
    .split(' ')
    .filter((word) => word !== '' && !KIND.test(word))
    .slice(0, 20)
  const runs: { key: string }[] = []
  for (let length = Math.min(5, words.length); length > 0; length--) {
    for (let i = 0; i + length <= words.length; i++) runs.push({ key: words.slice(i, i + length).join(' ') })
  }
  return runs
}

function oneEditApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  let i = 0
  while (i < short.length && short[i] === long[i]) i++
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1)
  if (short.slice(i + 1) === long.slice(i + 1)) return true
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2)
}
