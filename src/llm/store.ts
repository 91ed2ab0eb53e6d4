import { z } from 'zod'
import type { Db } from '../database/index.ts'

export interface CallRecord {
  purpose: 'rewrite' | 'compose' | 'repair' | 'embed' | 'transcribe'
  person: string | null
  province: string | null
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

export async function recordCall(db: Db, call: CallRecord): Promise<void> {
  await db.query(
    `with usage as (
       insert into model_usage (day, person, tokens)
       select (now() at time zone 'Asia/Ho_Chi_Minh')::date, who, $8::bigint + $9::bigint
         from unnest(array['', $2::text]) as who where who is not null and $8::bigint + $9::bigint > 0
       on conflict (day, person) do update set tokens = model_usage.tokens + excluded.tokens)
     insert into model_call (purpose, person, province, prompt, prompt_hash, model, ms, input_tokens, output_tokens,
                             attempts, outcome, masked, sent_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      call.purpose,
      call.person,
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
    ],
  )
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

export async function forgetCalls(tx: Db, before: Date): Promise<number> {
  const { rowCount } = await tx.query('delete from model_call where at < $1', [before])
  return rowCount ?? 0
}
