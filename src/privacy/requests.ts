import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { addWorkingDays, type Calendar, type RequestKind, TERMS } from './workdays.ts'

/** The queue of requests with legal terms. The SQL of the table privacy_request. */

const RequestState = z.enum(['open', 'answered', 'erasing', 'done', 'refused'])

export const PrivacyRequest = z.object({
  id: z.uuid(),
  reference: z.string(),
  kind: z.enum(['view', 'export', 'correct', 'erase', 'withdraw', 'restrict', 'object', 'officer']),
  conversationId: z.uuid().nullable(),
  channel: z.string(),
  province: z.string().nullable(),
  /** Sealed. */
  detail: z.string().nullable(),
  state: RequestState,
  receivedAt: z.date(),
  /** Last day of each legal term, YYYY-MM-DD in Việt Nam. */
  answerBy: z.string(),
  carryOutBy: z.string(),
  extended: z.boolean(),
  answeredAt: z.date().nullable(),
  doneAt: z.date().nullable(),
  handledBy: z.string().nullable(),
  /** Sealed. */
  outcome: z.string().nullable(),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
})
export type PrivacyRequest = z.infer<typeof PrivacyRequest>

const COLUMNS = `id, reference, kind, conversation_id as "conversationId", channel, province, detail, state,
  received_at as "receivedAt", answer_by::text as "answerBy", carry_out_by::text as "carryOutBy", extended,
  answered_at as "answeredAt", done_at as "doneAt", handled_by as "handledBy", outcome, attempts,
  last_error as "lastError"`

const parsed = (rows: unknown[]): PrivacyRequest[] => rows.map((row) => PrivacyRequest.parse(row))

export interface NewRequest {
  kind: RequestKind
  reference: string
  conversationId: string
  channel: string
  province: string | null
  detail: string | null
  state: 'open' | 'erasing' | 'done'
  eraseAfter: Date | null
  cause: string
  at: Date
}

/** Adds a request with its terms; the same `cause` again gives the request that is already there. */
export async function addRequest(tx: Db, request: NewRequest, calendar: Calendar): Promise<PrivacyRequest> {
  const { answer, carryOut } = TERMS[request.kind]
  const { rows } = await tx.query(
    `insert into privacy_request (reference, kind, conversation_id, channel, province, detail, state, received_at,
       answer_by, carry_out_by, cause, erase_after, done_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $7 = 'done' then $8::timestamptz end)
     on conflict (cause) do update set cause = excluded.cause
     returning ${COLUMNS}`,
    [
      request.reference,
      request.kind,
      request.conversationId,
      request.channel,
      request.province,
      request.detail,
      request.state,
      request.at,
      addWorkingDays(request.at, answer, calendar),
      addWorkingDays(request.at, carryOut, calendar),
      request.cause,
      request.eraseAfter,
    ],
  )
  const [added] = parsed(rows)
  if (added === undefined) throw new Error('a request was not written')
  return added
}

export async function requestsOf(db: Db, conversationIds: readonly string[]): Promise<PrivacyRequest[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from privacy_request where conversation_id = any($1) order by received_at, id`,
    [conversationIds],
  )
  return parsed(rows)
}

/** What officers have to do, the nearest legal day first; under `db.asOfficer` only their provinces. */
export async function listRequests(
  tx: Db,
  {
    states = ['open', 'answered', 'erasing'],
    limit = 200,
  }: { states?: readonly string[]; limit?: number } = {},
): Promise<PrivacyRequest[]> {
  const { rows } = await tx.query(
    `select ${COLUMNS} from privacy_request where state = any($1)
     order by case when state = 'open' then answer_by else carry_out_by end, received_at, id limit $2`,
    [states, Math.min(limit, 1000)],
  )
  return parsed(rows)
}

export async function lockRequest(tx: Db, id: string): Promise<PrivacyRequest | null> {
  const { rows } = await tx.query(`select ${COLUMNS} from privacy_request where id = $1 for update`, [id])
  return parsed(rows)[0] ?? null
}

/** The next erasure that is due, locked; another process's is skipped. */
export async function nextErasure(tx: Db, at: Date): Promise<PrivacyRequest | null> {
  const { rows } = await tx.query(
    `select ${COLUMNS} from privacy_request where state = 'erasing' and conversation_id is not null and erase_after <= $1
     order by erase_after, id limit 1 for update skip locked`,
    [at],
  )
  return parsed(rows)[0] ?? null
}

/** Puts a failed erasure off and keeps why, visibly. */
export async function postponeErasure(
  tx: Db,
  id: string,
  { error, until }: { error: string; until: Date },
): Promise<void> {
  await tx.query(
    `update privacy_request set attempts = attempts + 1, last_error = $2, erase_after = $3 where id = $1`,
    [id, error, until],
  )
}

export async function markAnswered(
  tx: Db,
  id: string,
  change: { state: 'answered' | 'done' | 'refused'; officer: string; outcome: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `update privacy_request set state = $2, handled_by = $3, outcome = coalesce($4, outcome),
       answered_at = coalesce(answered_at, $5), done_at = case when $2 = 'answered' then done_at else $5::timestamptz end
     where id = $1`,
    [id, change.state, change.officer, change.outcome, change.at],
  )
}

/** Once, by the term of its kind, counted from the last day of the first term. */
export async function extendRequest(
  tx: Db,
  { id, kind, carryOutBy }: PrivacyRequest,
  officer: string,
  calendar: Calendar,
): Promise<string> {
  const from = new Date(`${carryOutBy}T05:00:00Z`)
  const until = addWorkingDays(from, TERMS[kind].extension, calendar)
  await tx.query(
    'update privacy_request set extended = true, carry_out_by = $2, handled_by = $3 where id = $1',
    [id, until, officer],
  )
  return until
}

/** Takes out who it was and what they wrote; reference, kind and dates stay as the proof that the term was kept. */
export async function anonymiseRequests(
  tx: Db,
  conversationIds: readonly string[],
  at: Date,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update privacy_request set conversation_id = null, detail = null, outcome = null, cause = null, erase_after = null,
       last_error = null, state = case when state in ('done', 'refused') then state else 'done' end,
       done_at = coalesce(done_at, $2)
     where conversation_id = any($1)`,
    [conversationIds, at],
  )
  return rowCount ?? 0
}
