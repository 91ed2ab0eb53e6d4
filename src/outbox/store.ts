import { z } from 'zod'
import { type Address, ChannelName, laneOf, type OutboundFile, OutboundMessage } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { newId, prepared } from '../queue/index.ts'
import type { FinalState } from './verdict.ts'

export type Author = 'assistant' | 'officer' | 'system'

/** What a row says: a message, or a file with a caption (bytes in a column of their own). */
const Body = z.object({
  message: OutboundMessage,
  file: z.object({ name: z.string(), mediaType: z.string() }).nullable().default(null),
})
type Body = z.infer<typeof Body>

export interface NewOutbound {
  to: Address
  body: Body
  bytes: Uint8Array | null
  cause: string
  author: Author
  province: string | null
  registrationId: string | null
}

/** Null: this cause has spoken in this lane before. */
export async function insert(tx: Db, row: NewOutbound): Promise<string | null> {
  const { to, body, bytes, cause, author, province, registrationId } = row
  const { rows } = await prepared(tx).query<{ id: string }>(
    `insert into outbound (id, lane, channel, account, person, cause, author, message, file, province, registration_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (lane, cause) do nothing returning id`,
    [
      newId(),
      laneOf(to),
      to.channel,
      to.account,
      to.person,
      cause,
      author,
      JSON.stringify(body, (_key, value: unknown) =>
        typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value,
      ),
      bytes === null ? null : Buffer.from(bytes),
      province,
      registrationId,
    ],
  )
  return rows[0]?.id ?? null
}

const Row = z.object({
  id: z.string(),
  lane: z.string(),
  channel: ChannelName,
  account: z.string(),
  person: z.string(),
  author: z.enum(['assistant', 'officer', 'system']),
  message: Body,
  file: z.instanceof(Uint8Array).nullable(),
  registration_id: z.string().nullable(),
  state: z.enum(['queued', 'sending']),
  attempts: z.number(),
  parts_sent: z.number(),
  platform_ids: z.array(z.string()),
  maybe_sent: z.boolean(),
  not_before: z.date().nullable(),
  province: z.string().nullable(),
  created_at: z.date(),
})

export interface Waiting {
  id: string
  lane: string
  to: Address
  author: Author
  body: Body
  bytes: Uint8Array | null
  registrationId: string | null
  /** A try was cut off (crash) or its answer was lost: the message may have arrived. */
  maybeSent: boolean
  attempts: number
  partsSent: number
  platformIds: string[]
  notBefore: Date | null
  province: string | null
  createdAt: Date
}

/** What waits in a lane, in the order it was said. */
export async function waitingOf(db: Db, lane: string, limit: number): Promise<Waiting[]> {
  const { rows } = await prepared(db).query(
    `select id, lane, channel, account, person, author, message, file, registration_id, state, attempts, parts_sent,
            platform_ids, maybe_sent, not_before, province, created_at
       from outbound where lane = $1 and state in ('queued', 'sending') order by seq limit $2`,
    [lane, limit],
  )
  return z
    .array(Row)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      lane: row.lane,
      to: { channel: row.channel, account: row.account, person: row.person },
      author: row.author,
      body: row.message,
      bytes: row.file,
      registrationId: row.registration_id,
      maybeSent: row.maybe_sent || row.state === 'sending',
      attempts: row.attempts,
      partsSent: row.parts_sent,
      platformIds: row.platform_ids,
      notBefore: row.not_before,
      province: row.province,
      createdAt: row.created_at,
    }))
}

/** Before the platform is asked: found again in this state, the message may have arrived. */
export async function markSending(db: Db, ids: readonly string[]): Promise<boolean[]> {
  const { rows } = await prepared(db).query<{ id: string }>(
    `update outbound set state = 'sending', attempts = attempts + 1,
            repeats = repeats + (maybe_sent or state = 'sending')::int, maybe_sent = false
      where id = any($1) and state in ('queued', 'sending') returning id`,
    [ids],
  )
  const marked = new Set(rows.map(({ id }) => id))
  return ids.map((id) => marked.has(id))
}

export interface PartSent {
  id: string
  platformId: string
}

/** Parts of different messages; the parts of one message go out one after another. */
export async function markParts(db: Db, parts: readonly PartSent[]): Promise<void> {
  await prepared(db).query(
    `update outbound o set parts_sent = o.parts_sent + 1, platform_ids = array_append(o.platform_ids, p.platform_id)
       from unnest($1::uuid[], $2::text[]) as p (id, platform_id)
      where o.id = p.id and o.state = 'sending'`,
    [parts.map(({ id }) => id), parts.map(({ platformId }) => platformId)],
  )
}

export interface Finished {
  id: string
  state: FinalState
  platformIds: string[]
  reason: string | null
}

/** The ids of parts that went out before are kept; a row to be forgotten loses its wording now. */
export async function markFinished(db: Db, finished: readonly Finished[]): Promise<void> {
  await prepared(db).query(
    `update outbound o set state = f.state, last_error = coalesce(f.reason, o.last_error),
            finished_at = clock_timestamp(), not_before = null,
            platform_ids = array(select distinct unnest(o.platform_ids || f.platform_ids)),
            -- the web page fetches the file when the person opens it; elsewhere the platform has it now
            file = case when f.state = 'sent' and o.channel <> 'web' then null else o.file end,
            message = case when o.forget then '{"message":{"text":"(đã xoá)"}}'::jsonb else o.message end
       from jsonb_to_recordset($1::jsonb) as f (id uuid, state text, platform_ids text[], reason text)
      where o.id = f.id and o.state in ('queued', 'sending')`,
    [JSON.stringify(finished.map(({ platformIds, ...rest }) => ({ ...rest, platform_ids: platformIds })))],
  )
}

export async function markAgain(
  db: Db,
  id: string,
  { notBefore, reason, maybeSent }: { notBefore: Date; reason: string; maybeSent: boolean },
): Promise<void> {
  await db.query(
    `update outbound set state = 'queued', not_before = $2, last_error = $3, maybe_sent = maybe_sent or $4
      where id = $1 and state in ('queued', 'sending')`,
    [id, notBefore, reason, maybeSent],
  )
}

export async function forgottenLanes(db: Db, olderThanMs: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ lane: string }>(
    `select distinct lane from outbound
      where state in ('queued', 'sending')
        and coalesce(not_before, created_at) < now() - $1 * interval '1 millisecond'
      limit $2`,
    [olderThanMs, limit],
  )
  return rows.map(({ lane }) => lane)
}

export interface Said {
  id: string
  /** Grows with every message; a live view asks for what came after the last it has. */
  seq: number
  at: Date
  author: Author
  message: OutboundMessage
  file: { name: string; mediaType: string } | null
  state: string
  reason: string | null
}

const SaidRow = z.object({
  id: z.string(),
  seq: z.coerce.number(),
  created_at: z.date(),
  author: z.enum(['assistant', 'officer', 'system']),
  message: Body,
  state: z.string(),
  last_error: z.string().nullable(),
})

export async function historyOf(
  db: Db,
  lane: string,
  { before, after, limit }: { before?: Date; after?: number; limit: number },
): Promise<Said[]> {
  const { rows } = await db.query(
    `select id, seq, created_at, author, message, state, last_error from outbound
      where lane = $1 and ($2::timestamptz is null or created_at < $2) and ($3::bigint is null or seq > $3)
      order by seq desc limit $4`,
    [lane, before ?? null, after ?? null, limit],
  )
  return z
    .array(SaidRow)
    .parse(rows)
    .map(({ id, seq, created_at, author, message, state, last_error }) => ({
      id,
      seq,
      at: created_at,
      author,
      message: message.message,
      file: message.file,
      state,
      reason: last_error,
    }))
    .reverse()
}

/** Bytes of a file said in this lane; null when the lane has no such message. */
export async function fileOf(db: Db, lane: string, id: string): Promise<OutboundFile | null> {
  if (!z.uuid().safeParse(id).success) return null
  const { rows } = await db.query(
    `select message, file from outbound where lane = $1 and id = $2 and file is not null`,
    [lane, id],
  )
  const row = z
    .array(z.object({ message: Body, file: z.instanceof(Uint8Array) }))
    .max(1)
    .parse(rows)[0]
  return row?.message.file ? { ...row.message.file, bytes: row.file } : null
}

/** Deletes what is over; what still has to go out loses its wording once it has. */
export async function erase(db: Db, lane: string): Promise<void> {
  await db.query(`delete from outbound where lane = $1 and state not in ('queued', 'sending')`, [lane])
  await db.query(`update outbound set forget = true where lane = $1`, [lane])
  await db.query(`delete from call_task where lane = $1`, [lane])
}

export async function deleteOlder(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.query(
    `delete from outbound where created_at < $1 and state not in ('queued', 'sending')`,
    [before],
  )
  return rowCount ?? 0
}

export async function assignProvince(db: Db, lane: string, province: string): Promise<void> {
  for (const table of ['outbound', 'call_task']) {
    await db.query(`update ${table} set province = $2 where lane = $1 and province is distinct from $2`, [
      lane,
      province,
    ])
  }
}

export async function counts(db: Db): Promise<{ waiting: number; failed: number; repeats: number }> {
  const { rows } = await db.query<{ waiting: number; failed: number; repeats: number }>(
    `select (select count(*)::int from outbound where state in ('queued', 'sending')) as waiting,
            (select count(*)::int from outbound where state = 'failed') as failed,
            (select coalesce(sum(repeats), 0)::int from outbound) as repeats`,
  )
  return rows[0] ?? { waiting: 0, failed: 0, repeats: 0 }
}
