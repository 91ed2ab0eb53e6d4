import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type Accounts, createAccounts } from '../../src/channel/accounts/index.ts'
import type { Address, InboundEvent, OutboundMessage } from '../../src/channel/index.ts'
import { type ZaloOptions, zaloChannel } from '../../src/channel/zalo/index.ts'
import type { Database } from '../../src/database/index.ts'
import { createVault } from '../../src/vault/index.ts'
import { testDatabase } from '../support/database.ts'
import { type EventChange, type ZaloServerOptions, zaloServer } from '../support/zalo-server.ts'

/** The channel over a real socket, in front of the stand-in of Zalo. */

export const key = randomBytes(32)
export const NOW = new Date('2026-11-22T03:00:00Z')
export const MAI = '7081234567890123451'

export function sample(name: string): Record<string, unknown> {
  const file = new URL(`./zalo-events/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
}

interface LogLine {
  level: string
  fields: object
  message: string
}

export async function zaloHarness(
  change: { server?: ZaloServerOptions; channel?: Partial<ZaloOptions>; db?: Database } = {},
) {
  const db = change.db ?? (await testDatabase())
  const zalo = await zaloServer(change.server)
  const time = { now: NOW }
  const clock = () => time.now
  const lines: LogLine[] = []
  const log = {
    info: (fields: object, message: string) => void lines.push({ level: 'info', fields, message }),
    warn: (fields: object, message: string) => void lines.push({ level: 'warn', fields, message }),
    error: (fields: object, message: string) => void lines.push({ level: 'error', fields, message }),
  }
  const accepted: InboundEvent[] = []
  const inbox = { fails: 0, answer: null as 'shed' | null }
  const accept = async (event: InboundEvent) => {
    if (inbox.fails > 0) {
      inbox.fails -= 1
      throw new Error('the database is away')
    }
    if (inbox.answer) return inbox.answer
    if (accepted.some(({ eventId }) => eventId === event.eventId)) return 'duplicate'
    accepted.push(event)
    return 'stored'
  }
  const shared = { db, vault: createVault(key), clock, log, accept, roots: zalo.roots }
  /** One process's worth of the channel; a second one shares only the database. */
  const process = (more: Partial<ZaloOptions> = {}) => {
    const accounts: Accounts = createAccounts({ db: more.db ?? db, vault: shared.vault, clock })
    const publicUrl = 'https://nscl.example.vn'
    return { accounts, channel: zaloChannel({ ...shared, publicUrl, accounts, ...change.channel, ...more }) }
  }
  const { accounts, channel } = process()
  const app = new Hono().route('/', channel.routes)
  app.onError((_error, c) => c.text('error', 500))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const environment = {
    appId: zalo.appId,
    appSecret: zalo.appSecret,
    oaId: zalo.oaId,
    oaSecret: zalo.oaSecret,
    provinces: ['dong-thap'],
    verifierCodes: ['AbC123_x'],
  }
  await channel.ensureFirst({ ...environment, refreshToken: zalo.refreshToken })
  const [account] = await accounts.all('zalo')
  if (!account) throw new Error('no account')

  const parts: string[] = []
  return {
    db,
    zalo,
    time,
    lines,
    accepted,
    inbox,
    accounts,
    account,
    channel,
    environment,
    url,
    webhook: `${url}/webhooks/zalo`,
    process,
    parts,
    later: (ms: number) => {
      time.now = new Date(time.now.getTime() + ms)
    },
    to: (person = MAI): Address => ({ channel: 'zalo', account: account.id, person }),
    event: (event: object, how?: EventChange) => zalo.event(`${url}/webhooks/zalo`, event, how),
    /** Sends the way the outbox does. */
    say: (message: Partial<OutboundMessage> & { text: string }, person = MAI, partsSent = 0) =>
      channel.sender.send(
        { channel: 'zalo', account: account.id, person },
        { citations: [], actions: [], ...message },
        {
          messageId: 'm-1',
          partsSent,
          onPart: async (platformId) => void parts.push(platformId),
        },
      ),
    /** The person acted at this time. */
    acted: (at: Date, person = MAI, kind: 'text' | 'left' = 'text') =>
      channel.observe({
        address: { channel: 'zalo', account: account.id, person },
        eventId: `e-${at.getTime()}`,
        content: kind === 'left' ? { kind } : { kind, text: 'chào' },
        sentAt: at,
        language: null,
      }),
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await zalo.close()
      if (!change.db) await db.close()
    },
  }
}
export type Harness = Awaited<ReturnType<typeof zaloHarness>>
