import type { ClassFact, Period, QuestionFact, RegistrationFact } from './facts.ts'
import { type NeedRow, needs } from './needs.ts'
import {
  type ComputedTarget,
  computedRow,
  type IndicatorRow,
  indicatorRow,
  type PlanTarget,
  within,
} from './targets.ts'

/**
 * The draft of the yearly report: what the software counted, beside what the plan asks. Everything it did not count is
 * left as a marked blank. Pure: the same facts and cut-off give the same draft.
 */

/** A reporting duty the province's own plan names; another province's date is never borrowed. */
export interface ReportingDuty {
  label: string
  due: { month?: number | undefined; day?: number | undefined } | null
  to: string | null
  quote: string
  cite: string
  doubt?: string | undefined
}

export interface AnnualInput {
  province: { code: string; name: string }
  /** Name of the department that reports. */
  department: string
  year: number
  period: Period
  madeAt: Date
  /** Label of the plan, as citations name it. */
  plan: string
  targets: readonly PlanTarget[]
  computed: readonly ComputedTarget[]
  duty: ReportingDuty | null
  /** Everything up to the cut-off, from the first year of the plan on. */
  registrations: readonly RegistrationFact[]
  classes: readonly ClassFact[]
  questions: readonly QuestionFact[]
  supportName(key: string): string
}

export interface AnnualDraft {
  province: { code: string; name: string }
  department: string
  plan: string
  year: number
  period: Period
  madeAt: Date
  duty: ReportingDuty | null
  counts: {
    registrations: number
    enterprises: number
    byStatus: readonly { status: string; count: number }[]
    classesHeld: number
    attendances: number
    noShows: number
  }
  indicators: readonly IndicatorRow[]
  needs: readonly (NeedRow & { name: string })[]
  questions: readonly { topic: string; count: number }[]
  obstacles: readonly { reference: string; text: string }[]
}

/** Targets that run in the year, of this province only. */
function running<Target extends { province: string; period: { start: number | null; end: number | null } }>(
  targets: readonly Target[],
  province: string,
  year: number,
): Target[] {
  return targets.filter(
    (one) =>
      one.province === province &&
      (one.period.start === null || one.period.start <= year) &&
      (one.period.end === null || one.period.end >= year),
  )
}

/** Midnight of 1 January in Việt Nam. */
export const yearBegins = (year: number) => new Date(Date.UTC(year, 0, 1) - 7 * 3_600_000)

export function annualDraft(input: AnnualInput): AnnualDraft {
  const { province, year, period } = input
  const ours = {
    registrations: input.registrations.filter((one) => one.province === province.code),
    classes: input.classes.filter((one) => one.province === province.code),
  }
  const inPeriod = within(ours, period)
  const since = (start: number | null) =>
    within(ours, { from: start === null ? new Date(0) : yearBegins(start), until: period.until })
  const facts = (start: number | null) => ({ inPeriod, total: since(start) })
  const byId = new Map(input.targets.map((one) => [one.id, one]))
  const received = ours.registrations.filter(
    (one) => one.createdAt >= period.from && one.createdAt < period.until,
  )
  const held = inPeriod.classes.filter(({ state }) => state === 'held')
  return {
    province,
    department: input.department,
    plan: input.plan,
    year,
    period,
    madeAt: input.madeAt,
    duty: input.duty,
    counts: {
      registrations: received.length,
      enterprises: new Set(received.map(({ enterpriseKey }) => enterpriseKey)).size,
      byStatus: tally(received.map(({ status }) => status)).map(([status, count]) => ({ status, count })),
      classesHeld: held.length,
      attendances: sum(held.map(({ attended }) => attended)),
      noShows: sum(held.map(({ seated, attended }) => Math.max(0, seated - attended))),
    },
    indicators: [
      ...running(input.targets, province.code, year).map((one) => indicatorRow(one, facts(one.period.start))),
      ...running(input.computed, province.code, year).map((one) =>
        computedRow(one, byId.get(one.base), facts(one.period.start)),
      ),
    ],
    needs: needs(received).map((row) => ({ ...row, name: input.supportName(row.support) })),
    questions: tally(
      input.questions
        .filter((one) => one.province === province.code)
        .flatMap(({ topic, outcome, count }) =>
          Array.from({ length: count }, () => (topic === null ? outcome : input.supportName(topic))),
        ),
    ).map(([topic, count]) => ({ topic, count })),
    obstacles: received.flatMap(({ reference, obstacle }) =>
      obstacle === null || obstacle.trim() === '' ? [] : [{ reference, text: obstacle.trim() }],
    ),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
}
