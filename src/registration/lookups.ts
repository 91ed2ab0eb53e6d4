import { plainKey } from '../vietnamese/names.ts'
import type { Area, Places } from '../vietnamese/places.ts'

/** What the form may look up. Handed in, so that stepping the form stays pure. */

/** A support type of the catalogue, as far as sign-up needs it (knowledge/support-types.yaml). */
export interface SupportChoice {
  readonly key: string
  readonly name: string
  readonly signup: 'interest' | 'training' | 'none'
  /** Everyday names, folded or not. */
  readonly synonyms: readonly string[]
}

/** A department that takes registrations: its code is the registration's province. */
export interface ProvinceChoice {
  readonly code: string
  readonly name: string
  /** Where its communes lie today; without it communes are looked up in the whole country. */
  readonly area: Area | null
}

/** A class that is open for sign-up now. */
export interface ClassChoice {
  readonly id: string
  readonly title: string
  readonly support: string | null
  readonly startsAt: Date | null
  readonly place: string | null
  readonly seatsLeft: number | null
}

export interface ConsentText {
  readonly version: string
  readonly vi: string
  readonly en: string
}

export interface Lookups {
  readonly supports: readonly SupportChoice[]
  /** Keys offered as buttons when the person names none. */
  readonly featured: readonly string[]
  readonly provinces: readonly ProvinceChoice[]
  readonly places: Places
  /** Open classes of the person's province. */
  readonly classes: readonly ClassChoice[]
  readonly consents: { readonly registration: ConsentText; readonly survey: ConsentText }
}

/** Synonyms this short (PK, BV, GAP) are common words too; they count only when written in capitals. */
const SHORT = 3

/**
 * Support types a text names, the longest name first: "muốn làm VietGAP nho" → gap. At most four, because they
 * become buttons. Types without sign-up are found too; the form then says so.
 */
export function findSupports(text: string, supports: readonly SupportChoice[]): SupportChoice[] {
  const padded = ` ${plainKey(text)} `
  const hits: { support: SupportChoice; length: number; start: number }[] = []
  for (const support of supports) {
    for (const synonym of [support.name, ...support.synonyms]) {
      const key = plainKey(synonym)
      const start = padded.indexOf(` ${key} `)
      if (key === '' || start < 0) continue
      if (key.length <= SHORT && !/\d/.test(key) && !text.includes(key.toUpperCase())) continue
      hits.push({ support, length: key.length, start })
    }
  }
  hits.sort((a, b) => b.length - a.length || a.start - b.start)
  const kept: typeof hits = []
  for (const hit of hits) {
    const covered = kept.some(
      (other) =>
        other.support === hit.support ||
        (other.length > hit.length &&
          hit.start >= other.start &&
          hit.start + hit.length <= other.start + other.length),
    )
    if (!covered) kept.push(hit)
  }
  return kept.slice(0, 4).map(({ support }) => support)
}

export function areaOf(lookups: Lookups, province: string | null): Area {
  return lookups.provinces.find(({ code }) => code === province)?.area ?? {}
}
