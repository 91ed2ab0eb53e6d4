import type { Hono } from 'hono'
import type { Database, Db } from '../../database/index.ts'
import type { Vault } from '../../vault/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Address, InboundEvent, Sender } from '../index.ts'
import { accountFromEnvironment, changeOf, type ZaloChange, type ZaloEnvironment } from './account.ts'
import { type Fetch, type Roots, zaloClient } from './client.ts'
import { type Connect, createConnect } from './connect.ts'
import { isAnonymous } from './events.ts'
import { verifierMeta } from './guesses.ts'
import type { Log } from './log.ts'
import { fetchMedia } from './media.ts'
import { type Accept, type Counts, verifierCodes, zaloRoutes } from './routes.ts'
import { createSender } from './send.ts'
import { deleteOldConsents, deletePerson, plantGrant, readPerson, savePerson } from './store.ts'
import { alarmTexts } from './texts.ts'
import { createTokens } from './tokens.ts'

export type { ZaloStatus } from './connect.ts'
export { isAnonymous } from './events.ts'

export interface ZaloOptions {
  accounts: Accounts
  vault: Vault
  db: Database
  /** Stores an event once before Zalo hears 200. */
  accept: Accept
  roots: Roots
  /** Where Zalo reaches us, without a slash at the end; for the consent callback and the card's picture. */
  publicUrl: string | null
  /** A person's number, for template messages by phone; null: unknown or not consented. */
  phoneOf?: (to: Address) => Promise<string | null>
  fetch?: Fetch
  clock?: () => Date
  log: Log
  /** How long a message waits for a token refresh before it is put off; 10 s. */
  tokenWaitMs?: number
  /** Hosts that media may be fetched from; Zalo's own by default. */
  mediaHosts?: readonly string[]
}

export interface ZaloChannel extends Connect {
  /** POST /webhooks/zalo, GET /zalo_verifier<CODE>.html, GET /zalo/callback, GET /zalo/card.png */
  routes: Hono
  sender: Sender & Required<Pick<Sender, 'sendFile' | 'reach'>>
  /** Creates the first Official Account and its grant from the environment; later starts change nothing. */
  ensureFirst(environment: ZaloEnvironment & { refreshToken?: string | undefined }): Promise<void>
  /** A further Official Account, with the keys of `environment`. False: it is known already. */
  add(environment: ZaloEnvironment): Promise<boolean>
  /** Sets what is not a key. False: no such account. @throws ZodError naming the setting that is wrong */
  configure(accountId: string, change: ZaloChange): Promise<boolean>
  /** Overwrites keys and secrets of the OA with the environment's (a mistyped one). False: no such OA. */
  correct(environment: ZaloEnvironment): Promise<boolean>
  /**
   * Called by the worker for every inbound event before it is handled: keeps when the person last acted, so that the
   * windows are known before sending. Not done in the webhook, which stays one insert.
   */
  observe(event: InboundEvent): Promise<void>
  /** Called by a schedule, every ten minutes: tokens, lost answers, alarms that are over, old consents. */
  refreshDue(): Promise<void>
  /** Fetches a medium by the reference in its event; null when it cannot be had. */
  fetchMedia(reference: string, maxBytes: number): Promise<{ bytes: Uint8Array; mediaType: string } | null>
  /** Meta tags of Zalo's domain verification, for the head of the home page. */
  verificationMeta(): Promise<string>
  counts: () => Counts
  /** Waits for a token refresh under way. To be called before the database is closed. */
  stop(): Promise<void>
  /** What this room keeps about a person, and its removal. */
  dataOf(address: Address): Promise<Record<string, unknown> | null>
  erase(tx: Db, address: Address): Promise<void>
}

/** Alarms nobody met again for this long are over. */
const ALARM_OVER_MS = 24 * 3_600_000
const PASSING_ALARMS = new Set(['zalo_signature', 'zalo_shape', 'zalo_refused', 'zalo_quota'])

export function zaloChannel(options: ZaloOptions): ZaloChannel {
  const { accounts, vault, db, accept, roots, publicUrl, log } = options
  const fetch = options.fetch ?? globalThis.fetch
  const clock = options.clock ?? (() => new Date())
  const shared = { accounts, vault, db, fetch, oauthRoot: roots.oauth, clock, log }
  const tokens = createTokens({ ...shared, waitMs: options.tokenWaitMs })
  const connect = createConnect({ ...shared, publicUrl: publicUrl ?? 'http://localhost:3000' })
  const { routes, counts } = zaloRoutes({ accounts, vault, accept, connect, log })
  const sender = createSender({
    db,
    accounts,
    tokens,
    client: zaloClient(fetch),
    roots,
    cardImage: publicUrl?.startsWith('https://') ? `${publicUrl}/zalo/card.png` : null,
    phoneOf: options.phoneOf ?? (async () => null),
    clock,
    log,
  })

  async function clearPassed(at: Date): Promise<void> {
    for (const { accountId, code, lastAt } of await accounts.alarms()) {
      if (PASSING_ALARMS.has(code) && at.getTime() - lastAt.getTime() > ALARM_OVER_MS) {
        await accounts.clear(accountId, code)
      }
    }
  }

  return {
    ...connect,
    routes,
    sender,
    counts,
    fetchMedia: (reference, maxBytes) =>
      fetchMedia(
        { vault, fetch, ...(options.mediaHosts ? { hosts: options.mediaHosts } : {}) },
        reference,
        maxBytes,
      ),
    async ensureFirst({ refreshToken, ...environment }) {
      const first = await accounts.ensureFirst(accountFromEnvironment(environment))
      if (!first || refreshToken === undefined) return
      await plantGrant(db, first.id, vault.seal(refreshToken), clock())
      log.info({ account: first.id }, 'zalo account created from the environment')
    },
    add: async (environment) => (await accounts.create(accountFromEnvironment(environment))) !== null,
    async configure(accountId, change) {
      const account = await accounts.byId(accountId)
      if (account?.kind !== 'zalo') return false
      return (await accounts.change(accountId, changeOf(account, change))) !== null
    },
    async correct(environment) {
      const known = await accounts.byExternalId('zalo', environment.oaId)
      if (!known) return false
      const { settings, secrets } = accountFromEnvironment(environment)
      const changed = { ...known.settings, appId: settings?.['appId'] }
      await accounts.change(known.id, { settings: changed, ...(secrets ? { secrets } : {}) })
      await accounts.clear(known.id, 'zalo_signature')
      return true
    },
    async observe({ address, content, sentAt }) {
      if (address.channel !== 'zalo' || isAnonymous(address.person)) return
      if (content.kind === 'officer_wrote') return
      if (content.kind === 'withdrawn') return await deletePerson(db, address.account, address.person)
      const at = new Date(Math.min(sentAt.getTime(), clock().getTime()))
      const left = content.kind === 'left'
      await savePerson(db, address.account, address.person, {
        lastInteractionAt: left ? null : at,
        leftAt: left ? at : null,
      })
    },
    async refreshDue() {
      const at = clock()
      for (const account of await accounts.all('zalo')) {
        if (account.state === 'off') continue
        // One account's trouble must not keep another's tokens from being refreshed.
        await tokens
          .refreshDue(account.id)
          .catch((error: unknown) => log.error({ account: account.id, error: String(error) }, 'zalo refresh'))
      }
      await clearPassed(at)
      await deleteOldConsents(db, at)
    },
    stop: () => tokens.stop(),
    verificationMeta: async () => [...(await verifierCodes(accounts))].map(verifierMeta).join(''),
    dataOf: async ({ account, person }) => {
      const seen = await readPerson(db, account, person)
      return seen && { ...seen }
    },
    erase: (tx, { account, person }) => deletePerson(tx, account, person),
  }
}

/** What an alarm of this channel means and what to do about it, for the operator's page. */
export function alarmText(code: string): string | null {
  return alarmTexts[code] ?? null
}
