import type { RegistrationFact } from './facts.ts'

/**
 * Training and support needs, as the plans order them to be collected before the budget is asked for: distinct
 * enterprises per topic and group, not messages and not registrations.
 */

export interface NeedRow {
  support: string
  commune: string
  district: string
  sector: string
  size: string
  /** Earliest wish that was given in words, or ''. */
  wishedFor: string
  enterprises: number
  /** People to be trained: per enterprise the largest number it gave, not the sum of its repeats. */
  trainees: number
  references: readonly string[]
}

const NOT_SAID = 'không nêu'

/** Cancelled and declined registrations express no need any more. Sorted by number of enterprises, then by topic. */
export function needs(registrations: readonly RegistrationFact[]): NeedRow[] {
  const groups = new Map<
    string,
    { first: RegistrationFact; support: string; byEnterprise: Map<string, RegistrationFact[]> }
  >()
  for (const one of registrations) {
    if (one.status === 'cancelled' || one.status === 'declined') continue
    for (const support of new Set(one.support)) {
      const key = JSON.stringify([support, one.commune, one.district, one.sector, one.size])
      const group = groups.get(key) ?? {
        first: one,
        support,
        byEnterprise: new Map<string, RegistrationFact[]>(),
      }
      group.byEnterprise.set(one.enterpriseKey, [...(group.byEnterprise.get(one.enterpriseKey) ?? []), one])
      groups.set(key, group)
    }
  }
  return [...groups.values()]
    .map(({ first, support, byEnterprise }) => {
      const all = [...byEnterprise.values()]
      const wishes = all
        .flat()
        .flatMap(({ wishedFor }) => (wishedFor === null || wishedFor === '' ? [] : [wishedFor]))
      return {
        support,
        commune: first.commune ?? NOT_SAID,
        district: first.district ?? NOT_SAID,
        sector: first.sector ?? NOT_SAID,
        size: first.size ?? NOT_SAID,
        wishedFor: wishes.toSorted()[0] ?? '',
        enterprises: byEnterprise.size,
        trainees: all.reduce((sum, same) => sum + Math.max(...same.map(({ trainees }) => trainees)), 0),
        references: all.flat().map(({ reference }) => reference),
      }
    })
    .toSorted(
      (a, b) =>
        b.enterprises - a.enterprises ||
        a.support.localeCompare(b.support) ||
        a.commune.localeCompare(b.commune),
    )
}

/** Distinct enterprises per topic over all places, for the tile and for part II of the report. */
export function needsByTopic(
  registrations: readonly RegistrationFact[],
): { support: string; enterprises: number; trainees: number }[] {
  const merged = registrations.map((one) => ({
    ...one,
    commune: null,
    district: null,
    sector: null,
    size: null,
  }))
  return needs(merged).map(({ support, enterprises, trainees }) => ({ support, enterprises, trainees }))
}
