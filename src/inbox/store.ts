import { z } from 'zod'
import { ChannelName, Content, type InboundEvent } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { prepared } from '../queue/index.ts'
import { WINDOW_MS } from './repeat.ts'

export type NewState = 'waiting' | 'held' | 'limited'

export interface NewRow {
  id: string
  lane: string
  channel: string
  account: string
  person: string
  event_id: string
  content: unknown
  content_hash: string
  language: string | null
  sent_at: string
  received_at: string
  state: NewState
  exact: boolean
}

/**
 * Keeps each event once. Answers the state each new row got by id; an id that is missing was kept before.
 * A row that repeats another (repeat.ts) is kept too, as `repeat`.
 */
export async function insertEvents(
  db: Db,
  rows: readonly NewRow[],
): Promise<Map<string, NewState | 'repeat'>> {
  const { rows: kept } = await prepared(db).query<{ id: string; state: NewState | 'repeat' }>(
    `insert into inbound (id, lane, channel, account, person, event_id, content, content_hash, language,
                          exact, sent_at, received_at, state)
     select i.id, i.lane, i.channel, i.account, i.person, i.event_id, i.content, i.content_hash, i.language,
            i.exact, i.sent_at, i.received_at,
            case when (i.exact and exists (
              select 1 from inbound p
               where p.exact and p.lane = i.lane and p.content_hash = i.content_hash and p.sent_at = i.sent_at
                 and p.received_at > i.received_at - $2 * interval '1 millisecond'
            )) or exists (
              select 1 from inbound p
               where p.slow and p.lane = i.lane and p.content_hash = i.content_hash
                 and p.received_at > i.received_at - $2 * interval '1 millisecond'
                 and i.sent_at < coalesce(p.done_at, 'infinity')
            ) then 'repeat' else i.state end
       from jsonb_to_recordset($1::jsonb) as i (id uuid, lane text, channel text, account text, person text,
            event_id text, content jsonb, content_hash bigint, language text, sent_at timestamptz,
            received_at timestamptz, state text, exact boolean)
     on conflict (channel, account, event_id) do nothing
     returning id, state`,
    [JSON.stringify(rows), WINDOW_MS],
  )
  return new Map(kept.map(({ id, state }) => [id, state]))
}

/** The platform waited long for us: from now on a second copy is to be expected (repeat.ts). */
export async function markSlow(db: Db, ids: readonly string[]): Promise<void> {
  await db.query('update inbound set slow = true where id = any($1)', [ids])
}

const Row = z.object({
  id: z.string(),
  channel: ChannelName,
  account: z.string(),
  person: z.string(),
  event_id: z.string(),
  content: Content,
  language: z.string().nullable(),
  sent_at: z.date(),
  received_at: z.date(),
  attempts: z.number(),
  not_before: z.date().nullable(),
})

/** An event as it was kept, with the number of this try. */
export interface StoredInbound extends InboundEvent {
  id: string
  receivedAt: Date
  /** 1 at the first try. */
  attempt: number
}

export interface Pending extends StoredInbound {
  notBefore: Date | null
}

/** What waits in a lane, in the order the person wrote it. */
export async function pendingOf(db: Db, lane: string, limit: number): Promise<Pending[]> {
  const { rows } = await prepared(db).query(
    `select id, channel, account, person, event_id, content, language, sent_at, received_at, attempts, not_before
       from inbound where lane = $1 and state in ('waiting', 'held') order by sent_at, seq limit $2`,
    [lane, limit],
  )
  return z
    .array(Row)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      address: { channel: row.channel, account: row.account, person: row.person },
      eventId: row.event_id,
      content: row.content,
      language: row.language,
      sentAt: row.sent_at,
      receivedAt: row.received_at,
      attempt: row.attempts + 1,
      notBefore: row.not_before,
    }))
}

/** False: it was done before (a repeated turn), and the caller must write nothing. */
export async function markDone(db: Db, id: string, province: string | null): Promise<boolean> {
  const { rowCount } = await prepared(db).query(
    `update inbound set state = 'done', done_at = clock_timestamp(), province = coalesce($2, province)
      where id = $1 and state in ('waiting', 'held')`,
    [id, province],
  )
  return rowCount === 1
}

export async function markFailedTry(db: Db, id: string, notBefore: Date, error: string): Promise<void> {
  await db.query(
    `update inbound set attempts = attempts + 1, not_before = $2, last_error = $3
      where id = $1 and state in ('waiting', 'held')`,
    [id, notBefore, error],
  )
}

export async function markSetAside(db: Db, id: string, error: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update inbound set state = 'set_aside', attempts = attempts + 1, last_error = $2, done_at = clock_timestamp()
      where id = $1 and state in ('waiting', 'held')`,
    [id, error],
  )
  return rowCount === 1
}

/** Back from being set aside; the caller knocks at its lane. Null: it was not set aside. */
export async function reopen(db: Db, id: string): Promise<string | null> {
  const { rows } = await db.query<{ lane: string }>(
    `update inbound set state = 'waiting', attempts = 0, not_before = null, done_at = null
      where id = $1 and state = 'set_aside' returning lane`,
    [id],
  )
  return rows[0]?.lane ?? null
}

/** Waiting messages, counted up to `max`: beyond that the exact number does not matter. */
export async function countWaiting(db: Db, max: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from
       (select 1 from inbound where state in ('waiting', 'held') limit $1) as counted`,
    [max],
  )
  return rows[0]?.n ?? 0
}

/** Lanes with held messages, longest held first. */
export async function heldLanes(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ lane: string }>(
    `select lane from inbound where state = 'held' group by lane order by min(seq) limit $1`,
    [limit],
  )
  return rows.map(({ lane }) => lane)
}

export async function releaseHeld(db: Db, lanes: readonly string[]): Promise<void> {
  await db.query(`update inbound set state = 'waiting' where state = 'held' and lane = any($1)`, [lanes])
}

/** Lanes whose messages have waited longer than they can have when a job was there for them. */
export async function forgottenLanes(db: Db, olderThanMs: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ lane: string }>(
    `select distinct lane from inbound
      where state = 'waiting' and coalesce(not_before, received_at) < now() - $1 * interval '1 millisecond'
      limit $2`,
    [olderThanMs, limit],
  )
  return rows.map(({ lane }) => lane)
}

const HistoryRow = z.object({ id: z.string(), sent_at: z.date(), content: Content, state: z.string() })

export interface HistoryItem {
  id: string
  at: Date
  content: Content
  state: string
}

export async function historyOf(
  db: Db,
  lane: string,
  { before, limit }: { before?: Date; limit: number },
): Promise<HistoryItem[]> {
  const { rows } = await db.query(
    `select id, sent_at, content, state from inbound
      where lane = $1 and state <> 'repeat' and content is not null and ($2::timestamptz is null or sent_at < $2)
      order by sent_at desc, seq desc limit $3`,
    [lane, before ?? null, limit],
  )
  return z
    .array(HistoryRow)
    .parse(rows)
    .map(({ id, sent_at, content, state }) => ({ id, at: sent_at, content, state }))
    .reverse()
}

/** Takes out everything personal; what still waits is left to be answered first. */
export async function blank(db: Db, where: 'lane' | 'older', value: string | Date): Promise<number> {
  const condition = where === 'lane' ? 'lane = $1' : 'received_at < $1'
  const { rowCount } = await db.query(
    `update inbound set state = 'erased', lane = 'erased', person = '', content = null, content_hash = null,
            last_error = null, language = null, province = null
      where ${condition} and state not in ('waiting', 'held', 'erased')`,
    [value],
  )
  return rowCount ?? 0
}

export async function deleteErased(db: Db, before: Date): Promise<void> {
  await db.query(`delete from inbound where state = 'erased' and received_at < $1`, [before])
}

export async function assignProvince(db: Db, lane: string, province: string): Promise<void> {
  await db.query(`update inbound set province = $2 where lane = $1 and province is distinct from $2`, [
    lane,
    province,
  ])
}

export interface SetAside {
  id: string
  lane: string
  at: Date
  content: Content
  error: string | null
  attempts: number
}

export async function listSetAside(db: Db, limit: number): Promise<SetAside[]> {
  const { rows } = await db.query(
    `select id, lane, received_at, content, last_error, attempts from inbound
      where state = 'set_aside' order by seq desc limit $1`,
    [limit],
  )
  return z
    .array(
      z.object({
        id: z.string(),
        lane: z.string(),
        received_at: z.date(),
        content: Content,
        last_error: z.string().nullable(),
        attempts: z.number(),
      }),
    )
    .parse(rows)
    .map(({ received_at, last_error, ...row }) => ({ ...row, at: received_at, error: last_error }))
}
