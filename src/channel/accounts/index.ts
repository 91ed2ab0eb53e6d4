import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Database } from '../../database/index.ts'
import type { Vault } from '../../vault/index.ts'
import { type Account, type AccountKind, type Alarm, type NewAccount, onlyProvince } from './account.ts'
import {
  clearAlarm,
  insertAccount,
  lockAccount,
  readAccounts,
  readAlarms,
  saveAlarm,
  saveHeard,
  updateAccount,
} from './store.ts'

export type { Account, AccountKind, Alarm, NewAccount } from './account.ts'

/** Several departments in one installation: who we are on each platform, for which provinces, and whether it works. */
export interface Accounts {
  all(kind?: AccountKind): Promise<readonly Account[]>
  byId(id: string): Promise<Account | null>
  byExternalId(kind: AccountKind, externalId: string): Promise<Account | null>
  /** Opened secrets; empty for an unknown account. @throws VaultError when the data key was changed */
  secrets(id: string): Promise<Readonly<Record<string, string>>>
  /** What the environment describes: stored only while the kind has no account at all. Null: nothing was stored. */
  ensureFirst(first: NewAccount): Promise<Account | null>
  /** Null: this external id is known already. */
  create(account: NewAccount): Promise<Account | null>
  /** Secrets are merged key by key; an empty value removes the key. Null: no such account. */
  change(id: string, change: AccountChange): Promise<Account | null>
  /** The province of everybody who writes to this account, when there is exactly one. */
  provinceOf(id: string): Promise<string | null>
  /** Notes that the platform reached us (written at most every half minute). */
  heard(id: string): Promise<void>
  /** Shows the operator a cause; a flood of one cause is counted in memory and written every ten seconds. */
  raise(id: string, code: string, detail?: Readonly<Record<string, unknown>>): Promise<void>
  clear(id: string, code: string): Promise<boolean>
  /** Alarms that stand, newest first. */
  alarms(id?: string): Promise<Alarm[]>
}

export interface AccountChange {
  name?: string
  provinces?: readonly string[]
  settings?: Readonly<Record<string, unknown>>
  secrets?: Readonly<Record<string, string>>
  /** Off: nothing is received or sent; the reason is shown to the operator. */
  state?: { to: 'on' } | { to: 'off'; reason: string }
}

const Secrets = z.record(z.string(), z.string())

/** How long another process's change may stay unseen here. */
const FRESH_MS = 5_000
const ALARM_EVERY_MS = 10_000
const HEARD_EVERY_MS = 30_000

interface Known {
  account: Account
  secrets(): Readonly<Record<string, string>>
}

/** @param clock gives the present; tests hand in their own */
export function createAccounts({
  db,
  vault,
  clock = () => new Date(),
}: {
  db: Database
  vault: Vault
  clock?: () => Date
}): Accounts {
  let cache: { at: number; known: Promise<Map<string, Known>> } | null = null
  const forget = () => {
    cache = null
  }

  /** Every webhook asks, so the few rows are kept in memory; concurrent askers share one query. */
  function load(): Promise<Map<string, Known>> {
    const now = performance.now()
    if (cache && now - cache.at < FRESH_MS) return cache.known
    const known = readAccounts(db).then(
      (rows) => new Map(rows.map(({ account, sealed }) => [account.id, lazily(account, sealed, vault)])),
    )
    cache = { at: now, known }
    known.catch(forget)
    return known
  }

  async function add(given: NewAccount, onlyFirst: boolean): Promise<Account | null> {
    const at = clock()
    const account: Account = {
      id: randomUUID(),
      kind: given.kind,
      externalId: given.externalId,
      name: given.name,
      provinces: given.provinces ?? [],
      settings: given.settings ?? {},
      state: 'on',
      stateReason: null,
      lastEventAt: null,
      createdAt: at,
      updatedAt: at,
    }
    const sealed = vault.seal(JSON.stringify(given.secrets ?? {}))
    const stored = await insertAccount(db, account, sealed, onlyFirst)
    forget()
    return stored ? account : null
  }

  async function change(id: string, wanted: AccountChange): Promise<Account | null> {
    const changed = await db.inTransaction(async (tx) => {
      const locked = await lockAccount(tx, id)
      if (!locked) return null
      const account = changedAccount(locked.account, wanted, clock())
      const sealed = wanted.secrets ? resealed(locked.sealed, wanted.secrets, vault) : null
      await updateAccount(tx, account, sealed)
      return account
    })
    forget()
    return changed
  }

  const pending = new Map<string, { count: number; writtenAt: number }>()
  async function raise(id: string, code: string, detail: Readonly<Record<string, unknown>> = {}) {
    const key = `${id} ${code}`
    const now = performance.now()
    const held = pending.get(key) ?? { count: 0, writtenAt: Number.NEGATIVE_INFINITY }
    held.count += 1
    pending.set(key, held)
    if (now - held.writtenAt < ALARM_EVERY_MS) return
    const times = held.count
    Object.assign(held, { count: 0, writtenAt: now })
    await saveAlarm(db, { accountId: id, code, detail, at: clock(), times })
  }

  const heardAt = new Map<string, number>()
  async function heard(id: string) {
    const now = performance.now()
    if (now - (heardAt.get(id) ?? Number.NEGATIVE_INFINITY) < HEARD_EVERY_MS) return
    heardAt.set(id, now)
    await saveHeard(db, id, clock())
  }

  return {
    all: async (kind) =>
      [...(await load()).values()]
        .map(({ account }) => account)
        .filter((account) => kind === undefined || account.kind === kind),
    byId: async (id) => (await load()).get(id)?.account ?? null,
    async byExternalId(kind, externalId) {
      for (const { account } of (await load()).values()) {
        if (account.kind === kind && account.externalId === externalId) return account
      }
      return null
    },
    secrets: async (id) => (await load()).get(id)?.secrets() ?? {},
    ensureFirst: (first) => add(first, true),
    create: (account) => add(account, false),
    change,
    async provinceOf(id) {
      const account = (await load()).get(id)?.account
      return account ? onlyProvince(account) : null
    },
    heard,
    raise,
    async clear(id, code) {
      pending.delete(`${id} ${code}`)
      return await clearAlarm(db, id, code, clock())
    },
    alarms: async (id) =>
      (await readAlarms(db)).filter(({ accountId }) => id === undefined || accountId === id),
  }
}

function lazily(account: Account, sealed: string, vault: Vault): Known {
  let opened: Readonly<Record<string, string>> | null = null
  return {
    account,
    secrets: () => {
      opened ??= Secrets.parse(JSON.parse(vault.open(sealed)))
      return opened
    },
  }
}

function resealed(sealed: string, change: Readonly<Record<string, string>>, vault: Vault): string {
  const merged = { ...Secrets.parse(JSON.parse(vault.open(sealed))), ...change }
  const kept = Object.entries(merged).filter(([, value]) => value !== '')
  return vault.seal(JSON.stringify(Object.fromEntries(kept)))
}

function changedAccount(account: Account, wanted: AccountChange, at: Date): Account {
  return {
    ...account,
    name: wanted.name ?? account.name,
    provinces: wanted.provinces ?? account.provinces,
    settings: wanted.settings ?? account.settings,
    state: wanted.state?.to ?? account.state,
    stateReason:
      wanted.state === undefined
        ? account.stateReason
        : wanted.state.to === 'off'
          ? wanted.state.reason
          : null,
    updatedAt: at,
  }
}
