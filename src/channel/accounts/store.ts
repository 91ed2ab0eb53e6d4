import { z } from 'zod'
import type { Db } from '../../database/index.ts'
import { type Account, AccountKind, type Alarm } from './account.ts'

const AccountRow = z
  .object({
    id: z.string(),
    kind: AccountKind,
    external_id: z.string(),
    name: z.string(),
    provinces: z.array(z.string()),
    settings: z.record(z.string(), z.unknown()),
    secrets: z.string(),
    state: z.enum(['on', 'off']),
    state_reason: z.string().nullable(),
    last_event_at: z.date().nullable(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .transform((row): { account: Account; sealed: string } => ({
    account: {
      id: row.id,
      kind: row.kind,
      externalId: row.external_id,
      name: row.name,
      provinces: row.provinces,
      settings: row.settings,
      state: row.state,
      stateReason: row.state_reason,
      lastEventAt: row.last_event_at,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    },
    sealed: row.secrets,
  }))

const AlarmRow = z
  .object({
    account_id: z.string(),
    code: z.string(),
    detail: z.record(z.string(), z.unknown()),
    count: z.coerce.number(),
    first_at: z.date(),
    last_at: z.date(),
    cleared_at: z.date().nullable(),
  })
  .transform(
    (row): Alarm => ({
      accountId: row.account_id,
      code: row.code,
      detail: row.detail,
      count: row.count,
      firstAt: row.first_at,
      lastAt: row.last_at,
      clearedAt: row.cleared_at,
    }),
  )

export async function readAccounts(db: Db): Promise<Array<{ account: Account; sealed: string }>> {
  const { rows } = await db.query('select * from channel_account order by kind, created_at, id')
  return z.array(AccountRow).parse(rows)
}

/** @returns false when the kind already has this external id (or any account, with `onlyFirst`) */
export async function insertAccount(
  db: Db,
  account: Account,
  sealed: string,
  onlyFirst: boolean,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into channel_account (id, kind, external_id, name, provinces, settings, secrets, state, created_at, updated_at)
     select $1, $2, $3, $4, $5::text[], $6::jsonb, $7, 'on', $8, $8
      where not $9 or not exists (select 1 from channel_account where kind = $2)
     on conflict (kind, external_id) do nothing`,
    [
      account.id,
      account.kind,
      account.externalId,
      account.name,
      [...account.provinces],
      JSON.stringify(account.settings),
      sealed,
      account.createdAt,
      onlyFirst,
    ],
  )
  return rowCount === 1
}

/** Replaces what an operator may change; `sealed` null keeps the secrets. */
export async function updateAccount(db: Db, account: Account, sealed: string | null): Promise<void> {
  await db.query(
    `update channel_account
        set name = $2, provinces = $3::text[], settings = $4::jsonb, secrets = coalesce($5, secrets),
            state = $6, state_reason = $7, updated_at = $8
      where id = $1`,
    [
      account.id,
      account.name,
      [...account.provinces],
      JSON.stringify(account.settings),
      sealed,
      account.state,
      account.stateReason,
      account.updatedAt,
    ],
  )
}

/** Locks one account so that two operators' changes do not overwrite each other. */
export async function lockAccount(tx: Db, id: string): Promise<{ account: Account; sealed: string } | null> {
  const { rows } = await tx.query('select * from channel_account where id = $1 for update', [id])
  return z.array(AccountRow).max(1).parse(rows)[0] ?? null
}

export async function saveHeard(db: Db, id: string, at: Date): Promise<void> {
  await db.query(
    'update channel_account set last_event_at = greatest(last_event_at, $2) where id = $1 and (last_event_at is null or last_event_at < $2)',
    [id, at],
  )
}

/** A cause that was cleared starts anew; one that stands is counted up. */
export async function saveAlarm(
  db: Db,
  {
    accountId,
    code,
    detail,
    at,
    times,
  }: { accountId: string; code: string; detail: object; at: Date; times: number },
): Promise<void> {
  await db.query(
    `insert into channel_alarm as kept (account_id, code, detail, count, first_at, last_at)
     values ($1, $2, $3::jsonb, $5, $4, $4)
     on conflict (account_id, code) do update
       set detail = excluded.detail,
           count = case when kept.cleared_at is null then kept.count else 0 end + excluded.count,
           first_at = case when kept.cleared_at is null then kept.first_at else excluded.first_at end,
           last_at = excluded.last_at,
           cleared_at = null`,
    [accountId, code, JSON.stringify(detail), at, times],
  )
}

export async function clearAlarm(db: Db, accountId: string, code: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'update channel_alarm set cleared_at = $3 where account_id = $1 and code = $2 and cleared_at is null',
    [accountId, code, at],
  )
  return rowCount === 1
}

export async function readAlarms(db: Db): Promise<Alarm[]> {
  const { rows } = await db.query(
    'select * from channel_alarm where cleared_at is null order by last_at desc, account_id, code',
  )
  return z.array(AlarmRow).parse(rows)
}
