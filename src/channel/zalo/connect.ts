import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/index.ts'
import type { Vault } from '../../vault/index.ts'
import type { Accounts, Alarm } from '../accounts/index.ts'
import { openZaloAccount } from './account.ts'
import type { Fetch } from './client.ts'
import type { Log } from './log.ts'
import { consentLink, exchangeCode, newVerifier } from './oauth.ts'
import { adoptGrant, readGrant, replaceGrant, saveConsent, takeConsent, wasUsed } from './store.ts'
import { sealPair } from './tokens.ts'

/** An operator looks for the button, signs in, agrees: half an hour is plenty. */
const CONSENT_MS = 30 * 60_000

type Exchanged =
  | { outcome: 'connected'; accountId: string }
  /** Never made here, used, or older than half an hour. */
  | { outcome: 'unknown_state' }
  /** The administrator agreed for another OA than the account's. */
  | { outcome: 'wrong_oa' }
  | { outcome: 'refused'; code: number }
  | { outcome: 'answer_lost' }

export interface ZaloStatus {
  accountId: string
  oaId: string
  name: string
  state: 'on' | 'off'
  /** `lost`: an administrator of the OA has to give consent again (connectLink). */
  connection: 'not_connected' | 'ready' | 'refreshing' | 'lost'
  /** Why it was lost or what the last refresh met: `answer_lost…`, `refused:<code>`, `already_used`. */
  lastError: string | null
  refreshedAt: Date | null
  expiresAt: Date | null
  /** Last proven event; null right after a connection means that the webhook is not set up. */
  lastEventAt: Date | null
  alarms: Alarm[]
}

export interface Connect {
  /** The address where an administrator of the OA agrees; good once, for half an hour. Null: no such account. */
  connectLink(accountId: string): Promise<string | null>
  /** What Zalo's callback brings. */
  exchange(given: { code: string; state: string | undefined; oaId: string | undefined }): Promise<Exchanged>
  status(accountId: string): Promise<ZaloStatus | null>
  /** Takes a refresh token made by hand in Zalo's API Explorer. `used`: it was handed to Zalo before. */
  adopt(accountId: string, refreshToken: string): Promise<'adopted' | 'used' | 'no_account'>
}

interface Parts {
  accounts: Accounts
  vault: Vault
  db: Database
  fetch: Fetch
  oauthRoot: string
  publicUrl: string
  clock: () => Date
  log: Log
}

export function createConnect({
  accounts,
  vault,
  db,
  fetch,
  oauthRoot,
  publicUrl,
  clock,
  log,
}: Parts): Connect {
  async function connectLink(accountId: string): Promise<string | null> {
    const zalo = await openZaloAccount(accounts, await accounts.byId(accountId))
    if (!zalo) return null
    const verifier = zalo.secrets.codeVerifier ?? newVerifier()
    const state = randomBytes(24).toString('base64url')
    await saveConsent(db, {
      stateIndex: vault.index(state),
      accountId,
      sealedVerifier: vault.seal(verifier),
      expiresAt: new Date(clock().getTime() + CONSENT_MS),
    })
    const redirectUri = `${publicUrl}/zalo/callback`
    return consentLink(oauthRoot, { appId: zalo.settings.appId, redirectUri, verifier, state })
  }

  /** Which account a callback is for, and the verifier its link was made with. */
  async function begun(state: string | undefined, oaId: string | undefined) {
    if (state !== undefined) {
      const consent = await takeConsent(db, vault.index(state), clock())
      return consent && { accountId: consent.accountId, verifier: vault.open(consent.sealedVerifier) }
    }
    // A link copied from Zalo's console carries no state; it works with the console's fixed verifier only.
    const account = oaId === undefined ? null : await accounts.byExternalId('zalo', oaId)
    const verifier = (await openZaloAccount(accounts, account))?.secrets.codeVerifier
    return account && verifier !== undefined ? { accountId: account.id, verifier } : null
  }

  async function exchange({ code, state, oaId }: Parameters<Connect['exchange']>[0]): Promise<Exchanged> {
    const consent = await begun(state, oaId)
    const zalo = consent && (await openZaloAccount(accounts, await accounts.byId(consent.accountId)))
    if (!consent || !zalo) return { outcome: 'unknown_state' }
    const { account, settings, secrets } = zalo
    if (oaId !== undefined && oaId !== account.externalId) {
      log.warn({ account: account.id }, 'zalo consent came from another OA')
      return { outcome: 'wrong_oa' }
    }
    const app = { appId: settings.appId, appSecret: secrets.appSecret }
    const answer = await exchangeCode(fetch, oauthRoot, app, { code, verifier: consent.verifier })
    if (answer.kind === 'lost') return { outcome: 'answer_lost' }
    if (answer.kind === 'refused') {
      log.warn({ account: account.id, code: answer.code, name: answer.name }, 'zalo consent refused')
      return { outcome: 'refused', code: answer.code }
    }
    const at = clock()
    await replaceGrant(db, account.id, sealPair(answer, at, vault), at)
    await accounts.clear(account.id, 'zalo_grant_lost')
    await accounts.clear(account.id, 'zalo_not_connected')
    log.info({ account: account.id }, 'zalo OA connected')
    return { outcome: 'connected', accountId: account.id }
  }

  async function status(accountId: string): Promise<ZaloStatus | null> {
    const account = await accounts.byId(accountId)
    if (account?.kind !== 'zalo') return null
    const grant = await readGrant(db, accountId)
    const pair = grant?.sealedAccess === null ? null : grant // planted, not exchanged yet: it has no times
    return {
      accountId,
      oaId: account.externalId,
      name: account.name,
      state: account.state,
      connection: grant?.state ?? 'not_connected',
      lastError: grant?.lastError ?? null,
      refreshedAt: pair?.refreshedAt ?? null,
      expiresAt: pair?.expiresAt ?? null,
      lastEventAt: account.lastEventAt,
      alarms: await accounts.alarms(accountId),
    }
  }

  async function adopt(accountId: string, refreshToken: string) {
    const account = await accounts.byId(accountId)
    if (account?.kind !== 'zalo') return 'no_account'
    if (await wasUsed(db, vault.index(refreshToken))) return 'used'
    await adoptGrant(db, accountId, vault.seal(refreshToken), clock())
    await accounts.clear(accountId, 'zalo_grant_lost')
    await accounts.clear(accountId, 'zalo_not_connected')
    return 'adopted'
  }

  return { connectLink, exchange, status, adopt }
}
