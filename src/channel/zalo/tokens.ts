import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../database/index.ts'
import type { Vault } from '../../vault/index.ts'
import type { Accounts } from '../accounts/index.ts'
import { openZaloAccount } from './account.ts'
import type { Fetch } from './client.ts'
import { REFRESH_AT_LIFE_SHARE, REFRESH_REPEATABLE } from './guesses.ts'
import type { Log } from './log.ts'
import { refreshPair, type TokenAnswer } from './oauth.ts'
import {
  claimRefresh,
  dropAccess,
  type Grant,
  type Lease,
  loseGrant,
  type Pair,
  readGrant,
  releaseRefresh,
  saveRefreshed,
} from './store.ts'

/** Longer than the token call may take, so a lease that ran out means a process that died or an answer that was lost. */
const LEASE_MS = 150_000
/** How long a sender waits for a refresh, its own or another's, before it lets the outbox try later. */
const WAIT_MS = 10_000
const POLL_MS = 100
/** A token with less life than this is not used any more. */
const SPARE_MS = 60_000
/** A new pair is not replaced because of a refused send within this time: the refusal has another cause then. */
const SETTLED_MS = 60_000

export type Access = { token: string; generation: number } | { missing: 'not_connected' | 'lost' | 'waiting' }

export interface Tokens {
  /** An access token worth using, refreshed when it is about to end. */
  access(accountId: string): Promise<Access>
  /** After Zalo refused the token of `generation`: the next one, whoever gets it. */
  renew(accountId: string, generation: number): Promise<Access>
  /** Called by a schedule: refreshes what is past four fifths of its life and recognises lost answers. */
  refreshDue(accountId: string): Promise<void>
  /** Waits for refreshes under way: a process that stops in the middle of one loses the grant. */
  stop(): Promise<void>
}

interface Parts {
  accounts: Accounts
  vault: Vault
  db: Database
  fetch: Fetch
  oauthRoot: string
  clock: () => Date
  log: Log
  waitMs?: number | undefined
}

/**
 * Single-use refresh tokens under several processes. The row lock of the style guide's kind would have to stay open
 * around the call to Zalo (up to 90 s), against the rule that no platform is called inside a transaction. So the lock is
 * held only to re-read the row and to write a lease (`refreshing`, owner, deadline) together with the used-token record;
 * the call is made with no transaction open, and only the owner stores its answer. A lease that ran out is an answer
 * that was lost: the token may have been used, so it is never sent again and the operator is asked for consent.
 */
export function createTokens(parts: Parts): Tokens {
  const { accounts, vault, db, clock, log } = parts
  const owner = randomUUID()
  const underWay = new Set<Promise<unknown>>()

  async function obtain(accountId: string, unfit: (grant: Grant) => boolean): Promise<Access> {
    const deadline = performance.now() + (parts.waitMs ?? WAIT_MS)
    for (;;) {
      const grant = await readGrant(db, accountId)
      if (!grant) return { missing: 'not_connected' }
      if (!unfit(grant)) {
        const token = usable(grant, clock(), vault)
        if (token) return token
      }
      const next = await advance(grant, Math.max(0, deadline - performance.now()))
      if (next !== 'again') return { missing: next }
      if (performance.now() > deadline) return { missing: 'waiting' }
    }
  }

  /** One step of a grant whose access token will not do. */
  async function advance(grant: Grant, waitMs: number): Promise<'again' | 'lost' | 'waiting'> {
    const at = clock()
    switch (grant.state) {
      case 'lost':
        return 'lost'
      case 'refreshing':
        if (!(await loseIfExpired(grant, at))) await sleep(POLL_MS)
        return 'again'
      case 'ready':
        if (grant.notBefore && grant.notBefore > at) return 'waiting'
        // The refresh goes on when the sender no longer waits: only its own end may settle the lease.
        return await Promise.race([refresh(grant), sleep(waitMs, 'waiting' as const, { ref: false })])
    }
  }

  function refresh(grant: Grant): Promise<'again' | 'waiting'> {
    const work = refreshNow(grant)
    const watched = watch(work, grant.accountId)
    underWay.add(watched)
    void watched.finally(() => underWay.delete(watched))
    return work
  }

  async function loseIfExpired(grant: Grant, at: Date): Promise<boolean> {
    if (!grant.leaseUntil || grant.leaseUntil >= at) return false
    await lose(grant, 'answer_lost', at)
    return true
  }

  async function lose(grant: { accountId: string; generation: number }, error: string, expiredAt?: Date) {
    const { accountId, generation } = grant
    const ours = await loseGrant(db, { accountId, generation, error, ...(expiredAt ? { expiredAt } : {}) })
    if (!ours) return
    log.error({ account: accountId, generation, error }, 'zalo grant lost: consent is needed again')
    await accounts.raise(accountId, 'zalo_grant_lost', { error })
  }

  /** Nobody may be waiting any more when it fails. */
  async function watch(work: Promise<unknown>, accountId: string): Promise<void> {
    try {
      await work
    } catch (error) {
      log.error({ account: accountId, error: String(error) }, 'zalo refresh broke off')
    }
  }

  async function refreshNow(grant: Grant): Promise<'again' | 'waiting'> {
    const { accountId, generation } = grant
    const zalo = await openZaloAccount(accounts, await accounts.byId(accountId))
    if (!zalo) return 'waiting'
    const want = { accountId, generation, owner, at: clock(), leaseMs: LEASE_MS }
    const lease = await claimRefresh(db, want, (sealed) => vault.index(vault.open(sealed)))
    if (lease === null) return 'again' // another process was first, or is at it
    if (lease === 'replayed') {
      await lose(grant, 'already_used')
      return 'again'
    }
    const app = { appId: zalo.settings.appId, appSecret: zalo.secrets.appSecret }
    const answer = await refreshPair(parts.fetch, parts.oauthRoot, app, vault.open(lease.sealedRefresh))
    await settle(lease, grant, answer)
    return 'again'
  }

  async function settle(lease: Lease, grant: Grant, answer: TokenAnswer): Promise<void> {
    const at = clock()
    if (answer.kind === 'granted') {
      const stored = await keep(lease, sealPair(answer, at, vault), at)
      if (!stored) return
      log.info({ account: lease.accountId, generation: lease.generation + 1 }, 'zalo tokens refreshed')
      await accounts.clear(lease.accountId, 'zalo_grant_lost')
      return
    }
    const consumed = answer.kind === 'lost' ? answer.maybeUsed : !REFRESH_REPEATABLE.has(answer.code)
    const error = answer.kind === 'lost' ? `answer_lost:${answer.cause}` : `refused:${answer.code}`
    log.warn({ account: lease.accountId, error, consumed }, 'zalo refresh failed')
    if (consumed) return await lose(lease, error)
    const pauseMs = Math.min(60_000 * 2 ** Math.min(grant.failures, 5), 30 * 60_000)
    await releaseRefresh(db, lease, { notBefore: new Date(at.getTime() + pauseMs), error })
  }

  /** The pair exists nowhere else: a database that is away for a moment must not cost the grant. */
  async function keep(lease: Lease, pair: Pair, at: Date): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await saveRefreshed(db, lease, pair, at)
      } catch (error) {
        if (attempt >= 60) throw error
        await sleep(Math.min(250 * 2 ** attempt, 5_000))
      }
    }
  }

  return {
    async stop() {
      await Promise.allSettled(underWay)
    },
    access: (accountId) => obtain(accountId, () => false),
    async renew(accountId, generation) {
      const grant = await readGrant(db, accountId)
      const fresh = grant && grant.generation === generation && grant.generation > 0
      if (fresh && clock().getTime() - grant.refreshedAt.getTime() < SETTLED_MS) return { missing: 'waiting' }
      if (fresh && grant.state === 'lost') await dropAccess(db, accountId, generation)
      return await obtain(accountId, (current) => current.generation === generation)
    },
    async refreshDue(accountId) {
      const grant = await readGrant(db, accountId)
      if (!grant) return await accounts.raise(accountId, 'zalo_not_connected')
      const at = clock()
      if (grant.state === 'refreshing') await loseIfExpired(grant, at)
      // Said again on every round, so that an alarm lost with its process is raised by the next one.
      if (grant.state === 'lost')
        await accounts.raise(accountId, 'zalo_grant_lost', { error: grant.lastError })
      if (grant.state === 'ready' && isDue(grant, at) && !(grant.notBefore && grant.notBefore > at)) {
        await refresh(grant)
      }
    },
  }
}

function usable(grant: Grant, at: Date, vault: Vault): { token: string; generation: number } | null {
  if (grant.sealedAccess === null || grant.expiresAt.getTime() - at.getTime() < SPARE_MS) return null
  // While it is refreshed, or when the refresh was lost, the old access token may still live: Zalo will tell.
  return { token: vault.open(grant.sealedAccess), generation: grant.generation }
}

function isDue(grant: Pick<Grant, 'sealedAccess' | 'refreshedAt' | 'expiresAt'>, at: Date): boolean {
  if (grant.sealedAccess === null) return true
  const lifeMs = grant.expiresAt.getTime() - grant.refreshedAt.getTime()
  return at.getTime() >= grant.refreshedAt.getTime() + lifeMs * REFRESH_AT_LIFE_SHARE
}

export function sealPair(
  answer: { accessToken: string; refreshToken: string; lifeSeconds: number },
  at: Date,
  vault: Vault,
): Pair {
  return {
    sealedAccess: vault.seal(answer.accessToken),
    sealedRefresh: vault.seal(answer.refreshToken),
    expiresAt: new Date(at.getTime() + answer.lifeSeconds * 1_000),
  }
}
