import { z } from 'zod'
import type { Database, Db } from '../../database/index.ts'
import type { Contact } from './windows.ts'

/** The SQL of the tables zalo_*. Tokens come and go sealed; times are arguments. */

const GrantRow = z
  .object({
    account_id: z.string(),
    state: z.enum(['ready', 'refreshing', 'lost']),
    access: z.string().nullable(),
    refresh: z.string(),
    generation: z.number(),
    refreshed_at: z.date(),
    expires_at: z.date(),
    lease_until: z.date().nullable(),
    not_before: z.date().nullable(),
    failures: z.number(),
    last_error: z.string().nullable(),
  })
  .transform((row) => ({
    accountId: row.account_id,
    state: row.state,
    sealedAccess: row.access,
    sealedRefresh: row.refresh,
    /** Grows with every pair; a send that was refused names the one it used. */
    generation: row.generation,
    refreshedAt: row.refreshed_at,
    expiresAt: row.expires_at,
    leaseUntil: row.lease_until,
    notBefore: row.not_before,
    failures: row.failures,
    lastError: row.last_error,
  }))
export type Grant = z.infer<typeof GrantRow>

export interface Pair {
  sealedAccess: string
  sealedRefresh: string
  expiresAt: Date
}

export async function readGrant(db: Db, accountId: string): Promise<Grant | null> {
  const { rows } = await db.query('select * from zalo_grant where account_id = $1', [accountId])
  return z.array(GrantRow).max(1).parse(rows)[0] ?? null
}

/** A refresh token without its access token (the first start). False: there is a grant already. */
export async function plantGrant(
  db: Db,
  accountId: string,
  sealedRefresh: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into zalo_grant (account_id, state, refresh, generation, refreshed_at, expires_at)
     values ($1, 'ready', $2, 0, $3, $3) on conflict (account_id) do nothing`,
    [accountId, sealedRefresh, at],
  )
  return rowCount === 1
}

/** A refresh token got by hand (API Explorer) in place of a grant that is lost or missing. */
export async function adoptGrant(db: Db, accountId: string, sealedRefresh: string, at: Date): Promise<void> {
  await db.query(
    `insert into zalo_grant as kept (account_id, state, refresh, generation, refreshed_at, expires_at)
     values ($1, 'ready', $2, 0, $3, $3)
     on conflict (account_id) do update
       set state = 'ready', access = null, refresh = excluded.refresh, previous = kept.refresh,
           generation = kept.generation + 1, refreshed_at = excluded.refreshed_at, expires_at = excluded.expires_at,
           owner = null, lease_until = null, not_before = null, failures = 0, last_error = null`,
    [accountId, sealedRefresh, at],
  )
}

export async function wasUsed(db: Db, tokenIndex: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from zalo_refresh_used where token_index = $1', [tokenIndex])
  return rowCount === 1
}

/** A new consent replaces whatever was there. */
export async function replaceGrant(db: Db, accountId: string, pair: Pair, at: Date): Promise<void> {
  await db.query(
    `insert into zalo_grant as kept (account_id, state, access, refresh, generation, refreshed_at, expires_at)
     values ($1, 'ready', $2, $3, 1, $4, $5)
     on conflict (account_id) do update
       set state = 'ready', access = excluded.access, refresh = excluded.refresh, previous = kept.refresh,
           generation = kept.generation + 1, refreshed_at = excluded.refreshed_at, expires_at = excluded.expires_at,
           owner = null, lease_until = null, not_before = null, failures = 0, last_error = null`,
    [accountId, pair.sealedAccess, pair.sealedRefresh, at, pair.expiresAt],
  )
}

export interface Lease {
  accountId: string
  owner: string
  generation: number
  sealedRefresh: string
  tokenIndex: string
}

/**
 * Takes the right to refresh: locks the row, reads it again, and records the single-use token as used before anybody
 * sends it. `replayed`: this token was handed to Zalo before.
 * @returns null when the grant is no longer the one of `generation`, is being refreshed, lost, or has to wait
 */
export async function claimRefresh(
  db: Database,
  want: { accountId: string; owner: string; generation: number; at: Date; leaseMs: number },
  indexOf: (sealedRefresh: string) => string,
): Promise<Lease | 'replayed' | null> {
  return await db.inTransaction(async (tx) => {
    const { rows } = await tx.query('select * from zalo_grant where account_id = $1 for update', [
      want.accountId,
    ])
    const grant = z.array(GrantRow).max(1).parse(rows)[0]
    if (grant?.state !== 'ready' || grant.generation !== want.generation) return null
    if (grant.notBefore && grant.notBefore > want.at) return null
    const tokenIndex = indexOf(grant.sealedRefresh)
    const { rowCount } = await tx.query(
      'insert into zalo_refresh_used (token_index, account_id, used_at) values ($1, $2, $3) on conflict do nothing',
      [tokenIndex, want.accountId, want.at],
    )
    if (rowCount === 0) return 'replayed'
    await tx.query(
      `update zalo_grant set state = 'refreshing', owner = $2, lease_until = $3 where account_id = $1`,
      [want.accountId, want.owner, new Date(want.at.getTime() + want.leaseMs)],
    )
    return { ...want, sealedRefresh: grant.sealedRefresh, tokenIndex }
  })
}

/**
 * Stores the answer of a refresh, also when the lease ran out meanwhile: the pair is the only valid one and nobody else
 * can have a newer. False: a new consent came in between, which wins.
 */
export async function saveRefreshed(db: Db, lease: Lease, pair: Pair, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `update zalo_grant
        set state = 'ready', previous = refresh, access = $4, refresh = $5, generation = generation + 1,
            refreshed_at = $6, expires_at = $7, owner = null, lease_until = null, not_before = null, failures = 0,
            last_error = null
      where account_id = $1 and owner = $2 and generation = $3`,
    [
      lease.accountId,
      lease.owner,
      lease.generation,
      pair.sealedAccess,
      pair.sealedRefresh,
      at,
      pair.expiresAt,
    ],
  )
  return rowCount === 1
}

/** The request surely consumed nothing: the token may be used again, after a pause. */
export async function releaseRefresh(
  db: Database,
  lease: Lease,
  { notBefore, error }: { notBefore: Date; error: string },
): Promise<void> {
  await db.inTransaction(async (tx) => {
    const { rowCount } = await tx.query(
      `update zalo_grant
          set state = 'ready', owner = null, lease_until = null, not_before = $4, failures = failures + 1,
              last_error = $5
        where account_id = $1 and owner = $2 and generation = $3`,
      [lease.accountId, lease.owner, lease.generation, notBefore, error],
    )
    if (rowCount === 1)
      await tx.query('delete from zalo_refresh_used where token_index = $1', [lease.tokenIndex])
  })
}

/**
 * The grant is gone. Only from the state of `generation`; `expiredAt` restricts it to a lease that ran out by then.
 * @returns true for the one caller that made the change
 */
export async function loseGrant(
  db: Db,
  {
    accountId,
    generation,
    error,
    expiredAt,
  }: { accountId: string; generation: number; error: string; expiredAt?: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update zalo_grant set state = 'lost', last_error = $3
      where account_id = $1 and generation = $2 and state <> 'lost'
        and ($4::timestamptz is null or (state = 'refreshing' and lease_until < $4))`,
    [accountId, generation, error, expiredAt ?? null],
  )
  return rowCount === 1
}

/** Zalo refused this access token: not worth another try. */
export async function dropAccess(db: Db, accountId: string, generation: number): Promise<void> {
  await db.query('update zalo_grant set access = null where account_id = $1 and generation = $2', [
    accountId,
    generation,
  ])
}

export async function saveConsent(
  db: Db,
  consent: { stateIndex: string; accountId: string; sealedVerifier: string; expiresAt: Date },
): Promise<void> {
  await db.query(
    'insert into zalo_consent (state_index, account_id, verifier, expires_at) values ($1, $2, $3, $4)',
    [consent.stateIndex, consent.accountId, consent.sealedVerifier, consent.expiresAt],
  )
}

/** Uses a consent up. Null: unknown, used or too old. */
export async function takeConsent(
  db: Db,
  stateIndex: string,
  at: Date,
): Promise<{ accountId: string; sealedVerifier: string } | null> {
  const { rows } = await db.query(
    `update zalo_consent set used_at = $2 where state_index = $1 and used_at is null and expires_at > $2
      returning account_id, verifier`,
    [stateIndex, at],
  )
  const row = z
    .array(z.object({ account_id: z.string(), verifier: z.string() }))
    .max(1)
    .parse(rows)[0]
  return row ? { accountId: row.account_id, sealedVerifier: row.verifier } : null
}

export async function deleteOldConsents(db: Db, before: Date): Promise<void> {
  await db.query('delete from zalo_consent where expires_at < $1', [before])
}

const PersonRow = z.object({ last_interaction_at: z.date().nullable(), left_at: z.date().nullable() })

export async function readPerson(db: Db, accountId: string, person: string): Promise<Contact | null> {
  const { rows } = await db.query(
    'select last_interaction_at, left_at from zalo_person where account_id = $1 and person = $2',
    [accountId, person],
  )
  const row = z.array(PersonRow).max(1).parse(rows)[0]
  return row ? { lastInteractionAt: row.last_interaction_at, leftAt: row.left_at } : null
}

/** Keeps the newest of each, so events may come late, twice or in any order. */
export async function savePerson(db: Db, accountId: string, person: string, seen: Contact): Promise<void> {
  await db.query(
    `insert into zalo_person as kept (account_id, person, last_interaction_at, left_at) values ($1, $2, $3, $4)
     on conflict (account_id, person) do update
       set last_interaction_at = greatest(kept.last_interaction_at, excluded.last_interaction_at),
           left_at = greatest(kept.left_at, excluded.left_at)`,
    [accountId, person, seen.lastInteractionAt, seen.leftAt],
  )
}

export async function deletePerson(db: Db, accountId: string, person: string): Promise<void> {
  await db.query('delete from zalo_person where account_id = $1 and person = $2', [accountId, person])
}
