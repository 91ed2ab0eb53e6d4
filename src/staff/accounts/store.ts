import { z } from 'zod'
import type { Db } from '../../database/index.ts'

/** The accounts of officers and their sessions: the SQL. The library writes sessions; the rules are ours. */

export const Role = z.enum(['administrator', 'reviewer', 'viewer'])
export type Role = z.infer<typeof Role>

const AccountRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  provinces: z.array(z.string()),
  two_factor_enabled: z.boolean(),
  must_change_password: z.boolean(),
  failed_attempts: z.number(),
  locked_until: z.date().nullable(),
  last_seen_at: z.date(),
  created_at: z.date(),
  disabled_at: z.date().nullable(),
  disabled_reason: z.enum(['unused', 'by_administrator']).nullable(),
})
export type Account = z.infer<typeof AccountRow>

const COLUMNS = `id, name, email, role, provinces, two_factor_enabled, must_change_password, failed_attempts,
  locked_until, last_seen_at, created_at, disabled_at, disabled_reason`

/** Failures in a row that lock an account, and for how long. */
const MAX_FAILURES = 5
const LOCK_MS = 15 * 60 * 1000
/** An account nobody used for this long is switched off (an administrator switches it on again). */
export const UNUSED_MS = 45 * 24 * 60 * 60 * 1000

export async function accountById(db: Db, id: string): Promise<Account | null> {
  const { rows } = await db.query(`select ${COLUMNS} from staff_user where id = $1`, [id])
  return z.array(AccountRow).max(1).parse(rows)[0] ?? null
}

export async function accountByEmail(db: Db, email: string): Promise<Account | null> {
  const { rows } = await db.query(`select ${COLUMNS} from staff_user where email = $1`, [email])
  return z.array(AccountRow).max(1).parse(rows)[0] ?? null
}

/** The accounts whose provinces all lie within `provinces`: what an administrator of these may manage. */
export async function accountsWithin(db: Db, provinces: readonly string[] | '*'): Promise<Account[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from staff_user where $1::text[] is null or provinces <@ $1::text[] order by name, email`,
    [provinces === '*' ? null : provinces],
  )
  return z.array(AccountRow).parse(rows)
}

/** Names by id, of accounts switched off as well: what they did stays theirs. */
export async function accountNames(db: Db): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>('select id, name from staff_user')
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export async function anyAccount(db: Db): Promise<boolean> {
  const { rows } = await db.query('select 1 from staff_user limit 1')
  return rows.length > 0
}

export interface NewAccount {
  id: string
  name: string
  email: string
  role: Role
  provinces: readonly string[]
  passwordHash: string
}

/** @returns false when the sign-in name is taken */
export async function insertAccount(tx: Db, account: NewAccount): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into staff_user (id, name, email, role, provinces) values ($1, $2, $3, $4, $5)
     on conflict (email) do nothing`,
    [account.id, account.name, account.email, account.role, account.provinces],
  )
  if (rowCount === 0) return false
  await tx.query(
    `insert into staff_credential (id, account_id, provider_id, user_id, password)
     values (gen_random_uuid(), $1, 'credential', $1, $2)`,
    [account.id, account.passwordHash],
  )
  return true
}

export async function updateAccount(
  tx: Db,
  id: string,
  change: { name: string; role: Role; provinces: readonly string[] },
): Promise<void> {
  await tx.query(
    'update staff_user set name = $2, role = $3, provinces = $4, updated_at = now() where id = $1',
    [id, change.name, change.role, change.provinces],
  )
}

/** Sets a password; a one-time one must be changed at the next sign-in. Ends every other session. */
export async function setPassword(
  tx: Db,
  id: string,
  passwordHash: string,
  options: { oneTime: boolean; keepToken: string | null },
): Promise<void> {
  await tx.query(
    `update staff_credential set password = $2, updated_at = now() where user_id = $1 and provider_id = 'credential'`,
    [id, passwordHash],
  )
  await tx.query(
    `update staff_user set must_change_password = $2, failed_attempts = 0, locked_until = null, updated_at = now()
      where id = $1`,
    [id, options.oneTime],
  )
  await tx.query('delete from staff_session where user_id = $1 and token is distinct from $2', [
    id,
    options.keepToken,
  ])
}

export async function passwordHashOf(db: Db, id: string): Promise<string | null> {
  const { rows } = await db.query<{ password: string | null }>(
    `select password from staff_credential where user_id = $1 and provider_id = 'credential'`,
    [id],
  )
  return rows[0]?.password ?? null
}

/** Takes the second factor away (lost phone): the next sign-in sets up a new one. */
export async function removeSecondFactor(tx: Db, id: string): Promise<void> {
  await tx.query('delete from staff_two_factor where user_id = $1', [id])
  await tx.query('update staff_user set two_factor_enabled = false where id = $1', [id])
}

export async function setDisabled(
  tx: Db,
  id: string,
  reason: 'unused' | 'by_administrator' | null,
): Promise<void> {
  await tx.query(
    `update staff_user
        set disabled_at = case when $2::text is null then null else now() end, disabled_reason = $2,
            last_seen_at = case when $2::text is null then now() else last_seen_at end
      where id = $1`,
    [id, reason],
  )
  if (reason !== null) await tx.query('delete from staff_session where user_id = $1', [id])
}

/**
 * Counts an attempt before its password is looked at, so that a hundred at once are still five tries.
 * @returns the moment until which the account is locked, or null when this attempt may go on
 */
export async function beginAttempt(db: Db, id: string, at: Date): Promise<Date | null> {
  const { rows } = await db.query<{ locked_until: Date | null }>(
    `update staff_user
        set failed_attempts = case when locked_until <= $2 then 1 else failed_attempts + 1 end,
            locked_until = case when locked_until <= $2 then null
                                when failed_attempts >= $3 and locked_until is null then $4
                                else locked_until end
      where id = $1
      returning locked_until`,
    [id, at, MAX_FAILURES, new Date(at.getTime() + LOCK_MS)],
  )
  return rows[0]?.locked_until ?? null
}

export async function attemptSucceeded(db: Db, id: string, at: Date): Promise<void> {
  await db.query(
    'update staff_user set failed_attempts = 0, locked_until = null, last_seen_at = $2 where id = $1',
    [id, at],
  )
}

/** @returns false when this very code of the second factor was used just before: somebody looked over a shoulder */
export async function useCode(db: Db, id: string, code: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update staff_user set last_code = $2 where id = $1 and last_code is distinct from $2',
    [id, code],
  )
  return rowCount === 1
}

/** Noted once a minute at most: it only serves the 45 days. */
export async function noteSeen(db: Db, id: string, at: Date): Promise<void> {
  await db.query(
    `update staff_user set last_seen_at = $2 where id = $1 and last_seen_at < $2::timestamptz - interval '1 minute'`,
    [id, at],
  )
}

export interface SessionRow {
  id: string
  token: string
  ip_address: string | null
  user_agent: string | null
  created_at: Date
  updated_at: Date
}

export async function sessionsOf(db: Db, userId: string): Promise<SessionRow[]> {
  const { rows } = await db.query<{
    id: string
    token: string
    ip_address: string | null
    user_agent: string | null
    created_at: Date
    updated_at: Date
  }>(
    `select id, token, ip_address, user_agent, created_at, updated_at from staff_session
      where user_id = $1 and expires_at > now() order by updated_at desc, id`,
    [userId],
  )
  return rows
}

/** @returns how many sessions ended; `id` null ends all but `keepToken` */
export async function endSessions(
  db: Db,
  userId: string,
  which: { id: string | null; keepToken: string | null },
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from staff_session
      where user_id = $1 and ($2::text is null or id = $2) and token is distinct from $3`,
    [userId, which.id, which.keepToken],
  )
  return rowCount ?? 0
}

export async function endSession(db: Db, token: string): Promise<void> {
  await db.query('delete from staff_session where token = $1', [token])
}

export interface SavedView {
  id: string
  name: string
  query: string
}

export async function savedViews(db: Db, userId: string): Promise<SavedView[]> {
  const { rows } = await db.query<{ id: string; name: string; query: string }>(
    'select id, name, query from saved_view where user_id = $1 order by name limit 30',
    [userId],
  )
  return rows
}

export async function saveView(db: Db, userId: string, name: string, query: string): Promise<void> {
  await db.query(
    `insert into saved_view (user_id, name, query) values ($1, $2, $3)
     on conflict (user_id, name) do update set query = excluded.query`,
    [userId, name, query],
  )
}

export async function deleteView(db: Db, userId: string, id: string): Promise<SavedView | null> {
  const { rows } = await db.query<{ id: string; name: string; query: string }>(
    'delete from saved_view where user_id = $1 and id = $2 returning id, name, query',
    [userId, id],
  )
  return rows[0] ?? null
}
