import { z } from 'zod'
import type { Db } from '../database/index.ts'

export interface CallRecord {
  purpose: 'rewrite' | 'compose' | 'repair' | 'embed' | 'transcribe'
  person: string | null
  province: string | null
  answerId: string | null
  prompt: string | null
  promptHash: string | null
  model: string
  inputTokens: number
  outputTokens: number
  ms: number
  attempts: number
  outcome: string
  masked: Record<string, number>
  sentHash: string | null
}

const Inserted = z.array(z.object({ id: z.string() })).length(1)

/** @returns id of the record */
export async function recordCall(db: Db, call: CallRecord): Promise<string> {
  const { rows } = await db.query(
    `with usage as (
       insert into model_usage (day, person, tokens)
       select (now() at time zone 'Asia/Ho_Chi_Minh')::date, who, $8::bigint + $9::bigint
         from unnest(array['', $2::text]) as who where who is not null and $8::bigint + $9::bigint > 0
       on conflict (day, person) do update set tokens = model_usage.tokens + excluded.tokens)
     insert into model_call (purpose, person, province, prompt, prompt_hash, model, ms, input_tokens, output_tokens,
                             attempts, outcome, masked, sent_hash, answer_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id::text`,
    [
      call.purpose,
      call.person === '' ? null : call.person,
      call.province,
      call.prompt,
      call.promptHash,
      call.model,
      call.ms,
      call.inputTokens,
      call.outputTokens,
      call.attempts,
      call.outcome,
      JSON.stringify(call.masked),
      call.sentHash,
      call.answerId,
    ],
  )
  return Inserted.parse(rows)[0]?.id ?? ''
}

/** What the check of the answer said, kept beside the call that wrote it. */
export async function recordVerdict(
  db: Db,
  id: string,
  verdict: 'verified' | 'refused',
  objections: readonly string[],
): Promise<void> {
  await db.query('update model_call set verdict = $2, objections = $3 where id = $1', [
    id,
    verdict,
    JSON.stringify(objections),
  ])
}

const Used = z.object({ person: z.string(), tokens: z.coerce.number() })

/** Tokens used today (Viet Nam's day) by everybody and by this person. */
export async function usedToday(db: Db, person: string): Promise<{ all: number; person: number }> {
  const { rows } = await db.query(
    `select person, tokens from model_usage
      where day = (now() at time zone 'Asia/Ho_Chi_Minh')::date and person in ('', $1)`,
    [person],
  )
  const used = z.array(Used).parse(rows)
  const of = (who: string) => used.find((row) => row.person === who)?.tokens ?? 0
  return { all: of(''), person: of(person) }
}

const Day = z.object({
  day: z.string(),
  purpose: z.string(),
  outcome: z.string(),
  verdict: z.string().nullable(),
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  p95Ms: z.number(),
})
export type UsageOfDay = z.infer<typeof Day>

/** Calls of the last `days` days (Viet Nam's), by day, purpose and outcome; newest first. */
export async function modelUsage(db: Db, days: number): Promise<UsageOfDay[]> {
  const { rows } = await db.query(
    `select to_char(at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as day, purpose, outcome, verdict,
            count(*)::int as calls, sum(input_tokens)::int as "inputTokens", sum(output_tokens)::int as "outputTokens",
            (percentile_disc(0.95) within group (order by ms))::int as "p95Ms"
       from model_call
      where at >= ((now() at time zone 'Asia/Ho_Chi_Minh')::date - ($1::int - 1))::timestamp at time zone 'Asia/Ho_Chi_Minh'
      group by 1, 2, 3, 4 order by 1 desc, 2, 3, 4`,
    [days],
  )
  return z.array(Day).parse(rows)
}

/** Erasure: whose calls they were is forgotten; the counts stay. `person` is the keyed digest given with each call. */
export async function forgetPerson(tx: Db, person: string): Promise<void> {
  await tx.query('update model_call set person = null, sent_hash = null where person = $1', [person])
  await tx.query('delete from model_usage where person = $1', [person])
}

/** For retention: calls and counters older than this. */
export async function forgetCalls(tx: Db, before: Date): Promise<number> {
  const { rowCount } = await tx.query('delete from model_call where at < $1', [before])
  await tx.query(
    `delete from model_usage where day < ($1::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date`,
    [before],
  )
  return rowCount ?? 0
}
