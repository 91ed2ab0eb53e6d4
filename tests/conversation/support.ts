import { randomBytes, randomUUID } from 'node:crypto'
import { type App, createApp, createLog } from '../../src/app/index.ts'
import type { Address, ChannelName, Content, InboundEvent, OutboundMessage } from '../../src/channel/index.ts'
import { laneOf } from '../../src/channel/index.ts'
import { readConfig } from '../../src/config.ts'
import { type Conversation, findByLane, type Stored, type TurnReport } from '../../src/conversation/index.ts'
import type { Database } from '../../src/database/index.ts'
import { testDatabase } from '../support/database.ts'

/** All rooms as they are, on a database of the file's own; turns are run here and now, not by a worker. */
export interface House {
  db: Database
  app: App
  now: { at: Date }
  close(): Promise<void>
}

export const AT = new Date('2026-11-22T03:00:00Z')

export async function house(): Promise<House> {
  const db = await testDatabase()
  const now = { at: AT }
  const app = await createApp({
    db,
    key: randomBytes(32),
    config: readConfig({ LOG_LEVEL: 'silent' }),
    log: createLog('silent'),
    clock: () => now.at,
  })
  await app.start('web')
  return {
    db,
    app,
    now,
    close: async () => {
      await app.stop()
      await db.close()
    },
  }
}

export interface Talk {
  address: Address
  /** The replies of one message; `[label]` presses a button of the last ones. */
  say(text: string): Promise<TurnReport>
  send(content: Content, language?: string): Promise<TurnReport>
  /** Keeps the message without running its turn. */
  keep(content: Content): Promise<Stored>
  conversation(): Promise<Conversation>
  replies: OutboundMessage[]
}

export function talk({ db, app, now }: House, channel: ChannelName = 'terminal'): Talk {
  const address: Address = { channel, account: 'test', person: randomUUID() }
  const one: Talk = {
    address,
    replies: [],
    async keep(content) {
      const event: InboundEvent = { address, eventId: randomUUID(), content, sentAt: now.at, language: null }
      return await keep(event)
    },
    async send(content, language) {
      const event = { address, eventId: randomUUID(), content, sentAt: now.at, language: language ?? null }
      const report = await app.turn(await keep(event))
      one.replies = report.replies
      return report
    },
    async say(text) {
      const label = /^\[(.+)\]$/.exec(text)?.[1]
      if (label === undefined) return await one.send({ kind: 'text', text })
      const action = one.replies.flatMap(({ actions }) => actions).find((button) => button.label === label)
      if (!action)
        throw new Error(`no button “${label}” under: ${one.replies.map((r) => r.text).join(' // ')}`)
      return await one.send({ kind: 'press', send: action.send })
    },
    async conversation() {
      const found = await findByLane(db, laneOf(address))
      if (!found) throw new Error('no conversation')
      return found
    },
  }
  async function keep(event: InboundEvent): Promise<Stored> {
    await app.parts.inbox.accept(event)
    const kept = (await app.parts.inbox.history(db, laneOf(event.address), { limit: 1 })).at(-1)
    if (!kept) throw new Error('an accepted event was not kept')
    return { ...event, id: kept.id }
  }
  return one
}

export const textOf = ({ replies }: { replies: readonly OutboundMessage[] }): string =>
  replies.map(({ text }) => text).join('\n')

export async function registrationsOf(
  { db }: House,
  { address }: Talk,
): Promise<{ state: string; support: string }[]> {
  const { rows } = await db.query<{ state: string; support: string }>(
    `select r.state, r.support from registration r join conversation c on c.id = r.conversation_id
      where c.lane = $1 order by r.submitted_at, r.id`,
    [laneOf(address)],
  )
  return rows
}

/** From nothing to a stored registration. */
export async function register(
  one: Talk,
  what = 'đăng ký làm VietGAP',
  name = 'HTX Phước Hữu',
): Promise<TurnReport> {
  await one.say(what)
  for (const line of [name, 'Lê Văn Huy', '0912 345 678', 'xã Phước Hữu', 'tôi đồng ý']) await one.say(line)
  return await one.say('gửi')
}
