import { z } from 'zod'
import { type Address, ChannelName, laneOf } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { ConversationState } from './states.ts'

const Row = z.object({
  id: z.string(),
  channel: ChannelName,
  account: z.string(),
  person: z.string(),
  lane: z.string(),
  province: z.string().nullable(),
  language: z.enum(['vi', 'en']),
  state: ConversationState.catch(ConversationState.parse({})),
  version: z.number(),
  introduced_at: z.date().nullable(),
  officer: z.string().nullable(),
  officer_until: z.date().nullable(),
  waiting_since: z.date().nullable(),
  waiting_reason: z.string().nullable(),
  reachable: z.boolean(),
  created_at: z.date(),
  last_seen_at: z.date(),
})
type Row = z.infer<typeof Row>

export interface Conversation {
  id: string
  address: Address
  lane: string
  province: string | null
  language: 'vi' | 'en'
  state: ConversationState
  /** Grows with every turn; a turn writes only on the version it read. */
  version: number
  introducedAt: Date | null
  officer: string | null
  officerUntil: Date | null
  waitingSince: Date | null
  waitingReason: string | null
  reachable: boolean
  createdAt: Date
  lastSeenAt: Date
}

function fromRow(row: Row): Conversation {
  return {
    id: row.id,
    address: { channel: row.channel, account: row.account, person: row.person },
    lane: row.lane,
    province: row.province,
    language: row.language,
    state: row.state,
    version: row.version,
    introducedAt: row.introduced_at,
    officer: row.officer,
    officerUntil: row.officer_until,
    waitingSince: row.waiting_since,
    waitingReason: row.waiting_reason,
    reachable: row.reachable,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  }
}

async function one(db: Db, sql: string, values: unknown[]): Promise<Conversation | null> {
  const { rows } = await db.query(sql, values)
  return rows[0] === undefined ? null : fromRow(Row.parse(rows[0]))
}

/** The person's conversation, made at first contact with what is known then. */
export async function openConversation(
  db: Db,
  address: Address,
  first: { province: string | null; language: 'vi' | 'en'; at: Date },
): Promise<Conversation> {
  const lane = laneOf(address)
  const found = await one(db, 'select * from conversation where lane = $1', [lane])
  if (found) return found
  await db.query(
    `insert into conversation (channel, account, person, lane, province, language, created_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (lane) do nothing`,
    [address.channel, address.account, address.person, lane, first.province, first.language, first.at],
  )
  const made = await one(db, 'select * from conversation where lane = $1', [lane])
  if (!made) throw new Error('a conversation vanished while it was opened')
  return made
}

export async function findByLane(db: Db, lane: string): Promise<Conversation | null> {
  return await one(db, 'select * from conversation where lane = $1', [lane])
}

export async function findById(db: Db, id: string): Promise<Conversation | null> {
  if (!z.uuid().safeParse(id).success) return null
  return await one(db, 'select * from conversation where id = $1', [id])
}

export interface Change {
  province: string | null
  language: 'vi' | 'en'
  state: ConversationState
  introducedAt: Date | null
  waiting: { since: Date; reason: string } | null
  reachable: boolean
  lastSeenAt: Date
}

/** Writes the turn's outcome. False: another turn was first (a lost lease), nothing was written. */
export async function saveTurn(tx: Db, before: Conversation, change: Change): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update conversation
        set province = $3, language = $4, state = $5, introduced_at = $6, waiting_since = $7, waiting_reason = $8,
            reachable = $9, last_seen_at = greatest(last_seen_at, $10), version = version + 1
      where id = $1 and version = $2`,
    [
      before.id,
      before.version,
      change.province,
      change.language,
      JSON.stringify(change.state),
      change.introducedAt,
      change.waiting?.since ?? null,
      change.waiting?.reason ?? null,
      change.reachable,
      change.lastSeenAt,
    ],
  )
  return rowCount === 1
}

/** Changes what the conversation remembers, after `saveTurn` in the same transaction. */
export async function saveState(tx: Db, id: string, state: ConversationState): Promise<void> {
  await tx.query('update conversation set state = $2 where id = $1', [id, JSON.stringify(state)])
}

export async function setProvince(tx: Db, id: string, province: string): Promise<void> {
  await tx.query('update conversation set province = $2 where id = $1', [id, province])
}

/** Puts the person into the waiting list for an officer; who waits already keeps the place. */
export async function startWaiting(tx: Db, id: string, since: Date, reason: string): Promise<void> {
  await tx.query(
    `update conversation set waiting_since = coalesce(waiting_since, $2), waiting_reason = coalesce(waiting_reason, $3)
      where id = $1`,
    [id, since, reason],
  )
}

/** An officer speaks now; the assistant is silent until `until`. The waiting ends. */
export async function takeOver(tx: Db, id: string, officer: string, until: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update conversation set officer = $2, officer_until = $3, waiting_since = null, waiting_reason = null
      where id = $1 and (officer is null or officer = $2 or officer_until < now())`,
    [id, officer, until],
  )
  return rowCount === 1
}

export async function giveBack(tx: Db, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update conversation set officer = null, officer_until = null, waiting_since = null where id = $1',
    [id],
  )
  return rowCount === 1
}

/** People who asked for an officer, longest waiting first. */
export async function waiting(tx: Db, limit = 200): Promise<Conversation[]> {
  const { rows } = await tx.query(
    'select * from conversation where waiting_since is not null order by waiting_since, id limit $1',
    [limit],
  )
  return rows.map((row) => fromRow(Row.parse(row)))
}

/** Newest first; `before` continues a listing. */
export async function recent(tx: Db, limit: number, before: Date | null = null): Promise<Conversation[]> {
  const { rows } = await tx.query(
    `select * from conversation where ($1::timestamptz is null or last_seen_at < $1) order by last_seen_at desc, id limit $2`,
    [before, limit],
  )
  return rows.map((row) => fromRow(Row.parse(row)))
}

const CHANNEL_NAMES: Record<Address['channel'], string> = {
  telegram: 'Telegram',
  zalo: 'Zalo',
  web: 'trang web',
  terminal: 'cửa sổ lệnh',
}

/** What a person may see of it, for /dulieu. */
export async function dataOf(db: Db, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await db.query('select * from conversation where id = any($1::uuid[])', [ids])
  return rows.map((row) => {
    const { address, province, language, createdAt, lastSeenAt, state } = fromRow(Row.parse(row))
    return {
      Kênh: CHANNEL_NAMES[address.channel],
      'Mã người nhắn trên kênh': address.person,
      Tỉnh: province,
      'Ngôn ngữ': language === 'vi' ? 'tiếng Việt' : 'English',
      'Bắt đầu': createdAt,
      'Lần cuối': lastSeenAt,
      'Phiếu đang điền': state.form ? 'có, chưa gửi; gõ “xem lại” để xem' : null,
      'Phiếu tạm dừng': state.parked ? 'có, chưa gửi; gõ “tiếp tục” để xem' : null,
    }
  })
}

/** Leaves the row as a tombstone: the lane stays (so that the person can write again), nothing typed does. */
export async function erase(tx: Db, ids: readonly string[]): Promise<void> {
  await tx.query(
    `update conversation set state = '{}', province = null, introduced_at = null, officer = null, officer_until = null,
            waiting_since = null, waiting_reason = null, version = version + 1
      where id = any($1::uuid[])`,
    [ids],
  )
}

/** Forms left open or parked, and memories of topics, are forgotten after this long a silence. */
export async function forgetSilent(tx: Db, before: Date): Promise<number> {
  const { rowCount } = await tx.query(
    `update conversation set state = '{}', version = version + 1 where last_seen_at < $1 and state <> '{}'::jsonb`,
    [before],
  )
  return rowCount ?? 0
}
