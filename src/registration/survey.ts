import { z } from 'zod'
import type { Db } from '../database/index.ts'
import type { Draft } from './form-state.ts'
import { APPLICANT, addEvent } from './store.ts'
import { Values } from './values.ts'

/** The self-assessment: declared facts, kept as said. No score and no ranking (Decree 142/2026 Art. 20). */

export type SizeClass = 'micro' | 'small' | 'medium' | 'above'

/** Decree 80/2021/NĐ-CP Art. 5: most workers, most revenue and capital in thousand million VND, per class. */
const LIMITS = {
  production: { micro: [10, 3, 3], small: [100, 50, 20], medium: [200, 200, 100] },
  services: { micro: [10, 10, 3], small: [50, 100, 50], medium: [100, 300, 100] },
} as const

/** The upper end of each answer, in thousand million VND; null = open-ended, so above "100" nothing is certain. */
const REVENUE: Readonly<Record<string, number | null>> = { r3: 3, r10: 10, r50: 50, r100: 100, rmore: null }
const CAPITAL: Readonly<Record<string, number | null>> = { c3: 3, c20: 20, c50: 50, c100: 100, cmore: null }

/**
 * The size class the declared figures correspond to; null when they do not settle it. Workers and (revenue or
 * capital) must both fit. Co-operatives and household businesses are outside the decree's table.
 */
export function sizeClassOf(values: Values): SizeClass | null {
  const type = values.enterprise_type?.value
  if (type !== undefined && type !== 'enterprise' && type !== 'other') return null
  const sector = values.sector?.value
  const workers = values.workers ? Number(values.workers.value) : null
  if ((sector !== 'production' && sector !== 'services') || workers === null) return null
  const money = [
    [values.revenue?.value, REVENUE, 1],
    [values.capital?.value, CAPITAL, 2],
  ] as const
  if (money.every(([answer]) => answer === undefined)) return null
  const limits = LIMITS[sector]
  for (const size of ['micro', 'small', 'medium'] as const) {
    const most = limits[size]
    const fits = money.some(([answer, table, at]) => {
      const upper = answer === undefined ? null : (table[answer] ?? null)
      return upper !== null && upper <= most[at]
    })
    if (workers <= most[0] && fits) return size
  }
  if (workers > limits.medium[0]) return 'above'
  // "over 100" may still be within a limit of 200 or 300
  return money.some(([answer]) => answer === 'rmore' || answer === 'cmore') ? null : 'above'
}

/** Stores the answers once per filling. @returns the size class by the person's own figures, if they settle it */
export async function storeSurvey(
  tx: Db,
  draft: Draft,
  owner: { conversationId: string; province: string | null; known: Values },
  at: Date,
): Promise<SizeClass | null> {
  const size = sizeClassOf({ ...owner.known, ...draft.values })
  const { rows } = await tx.query<{ id: string }>(
    `insert into registration_survey
       (form_key, registration_id, conversation_id, province, answers, size_class, consent_version, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (form_key) do nothing returning id`,
    [
      draft.key,
      draft.target?.id ?? null,
      owner.conversationId,
      owner.province,
      JSON.stringify(draft.values),
      size,
      draft.consent?.version ?? null,
      at,
    ],
  )
  if (rows[0] && draft.target && owner.province !== null) {
    await addEvent(
      tx,
      { id: draft.target.id, province: owner.province },
      { kind: 'survey', actor: APPLICANT, at },
    )
  }
  return size
}

const SurveyRow = z.object({
  id: z.uuid(),
  registrationId: z.uuid().nullable(),
  province: z.string().nullable(),
  answers: Values,
  sizeClass: z.enum(['micro', 'small', 'medium', 'above']).nullable(),
  createdAt: z.date(),
})
export type SurveyRow = z.infer<typeof SurveyRow>

/** Surveys of a registration, or of these conversations, newest first. */
export async function surveysOf(
  db: Db,
  which: { registrationId: string } | { conversationIds: readonly string[] },
): Promise<SurveyRow[]> {
  const byRegistration = 'registrationId' in which
  const { rows } = await db.query(
    `select id, registration_id as "registrationId", province, answers, size_class as "sizeClass", created_at as "createdAt"
       from registration_survey
      where erased_at is null and ${byRegistration ? 'registration_id = $1' : 'conversation_id = any($1::uuid[])'}
      order by created_at desc, id limit 50`,
    [byRegistration ? which.registrationId : which.conversationIds],
  )
  return z.array(SurveyRow).parse(rows)
}
