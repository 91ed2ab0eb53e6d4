import type { Db } from '../database/index.ts'
import { type AnnualDraft, annualDraft, type ReportingDuty, yearBegins } from './annual.ts'
import type { ClassFact } from './facts.ts'
import { type Doors, questionFacts, registrationFacts } from './sources.ts'
import { type ComputedTarget, computedTargets, type PlanTarget } from './targets.ts'

/** The yearly report in one call: asks the other rooms' doors for facts and puts the draft together. */

export interface ReportDoors extends Doors {
  classes(tx: Db, province: string, period: { from: Date; until: Date }): Promise<readonly ClassFact[]>
  unanswered(
    tx: Db,
    page: { open: boolean; limit: number },
  ): Promise<readonly { province: string | null; reason: string; asked_at: Date }[]>
  /** The published plan of a province; null when none is published. */
  catalogue(province: string): Promise<PlanRecords | null>
  supportName(key: string): string
  department(province: string): string
}

interface PlanRecords {
  province: { code: string; name: string }
  documents: readonly { label: string }[]
  targets: readonly PlanTarget[]
  derived: readonly (Omit<ComputedTarget, 'quote' | 'cite'> & { rule: string })[]
  rules: readonly { id: string; quote: string; cite: string }[]
  duties: readonly (ReportingDuty & { duty: string })[]
}

export interface AnnualRequest {
  province: string
  year: number
  /** Nothing at or after this moment is counted; the end of the year when it comes first. */
  cutOff: Date
  madeAt: Date
}

/** Both plans begin in 2021; nothing older can be in the system. */
const FIRST_YEAR = 2021

/** @returns null when no plan of the province is published: there is nothing to report against */
export async function makeAnnual(
  tx: Db,
  doors: ReportDoors,
  { province, year, cutOff, madeAt }: AnnualRequest,
): Promise<AnnualDraft | null> {
  const plan = await doors.catalogue(province)
  if (plan === null) return null
  const until = new Date(Math.min(cutOff.getTime(), yearBegins(year + 1).getTime()))
  const whole = { from: yearBegins(FIRST_YEAR), until }
  const period = { from: yearBegins(year), until }
  return annualDraft({
    province: plan.province,
    department: doors.department(province),
    year,
    period,
    madeAt,
    plan: plan.documents.map(({ label }) => label).join('; '),
    targets: plan.targets,
    computed: computedTargets(plan.derived, plan.rules),
    duty: plan.duties.find(({ duty }) => duty === 'annual_report') ?? null,
    registrations: await registrationFacts(tx, doors, { province, ...whole }),
    classes: await doors.classes(tx, province, whole),
    questions: questionFacts(await doors.unanswered(tx, { open: false, limit: 10_000 }), period),
    supportName: (key) => doors.supportName(key),
  })
}
