import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import type { StoredInbound } from '../../src/inbox/index.ts'
import {
  type Delivering,
  deliver,
  echo,
  type Recorder,
  recorder,
  textEvent,
  until,
} from '../load/delivery.ts'
import { testDatabase } from '../support/database.ts'

/**
 * One message, stopped at each arrow of its way: the database is brought into the state a SIGKILL leaves there, then
 * the rooms start again. (tests/load/chaos.test.ts kills real processes.)
 */
let db: Database
let platform: Recorder
let rooms: Delivering | null
beforeEach(async () => {
  db = await testDatabase()
  platform = recorder()
  rooms = null
})
afterEach(async () => {
  await rooms?.stop()
  await db.close()
})

const inHand = async (queue: string) =>
  await db.query(
    `update pgboss.job set state = 'active', started_on = now() - interval '5 s', heartbeat_on = now() - interval '5 s'
      where name = $1`,
    [queue],
  )

async function runTurn(): Promise<void> {
  const { rows } = await db.query<{ id: string; at: Date }>('select id, sent_at as at from inbound')
  const message: StoredInbound = {
    ...textEvent('an', 'chào'),
    id: rows[0]?.id ?? '',
    receivedAt: new Date(),
    attempt: 1,
  }
  if (rooms) await echo(db, message, rooms)
}

const stops: { at: string; leave: () => Promise<void>; repeats: number; sends: number }[] = [
  { at: 'kept, nobody has taken it', leave: async () => {}, sends: 1, repeats: 0 },
  {
    at: 'taken, the turn has not committed',
    leave: async () => void (await inHand('inbound')),
    sends: 1,
    repeats: 0,
  },
  {
    at: 'the turn has committed, its job has not ended',
    leave: async () => {
      await runTurn()
      await inHand('inbound')
    },
    sends: 1,
    repeats: 0,
  },
  {
    at: 'the reply is taken, not yet on its way',
    leave: async () => {
      await runTurn()
      await inHand('inbound')
      await inHand('outbound')
    },
    sends: 1,
    repeats: 0,
  },
  {
    at: 'the reply is on its way or has arrived, unmarked',
    leave: async () => {
      await runTurn()
      await inHand('outbound')
      await db.query(`update outbound set state = 'sending', attempts = 1`)
    },
    sends: 1,
    repeats: 1,
  },
  {
    at: 'the reply is marked as sent, its job has not ended',
    leave: async () => {
      await runTurn()
      await inHand('outbound')
      await db.query(`update outbound set state = 'sent', attempts = 1`)
    },
    sends: 0,
    repeats: 0,
  },
]

test.each(stops)('stopped where: $at', async ({ leave, sends, repeats }) => {
  rooms = await deliver(db, platform, { work: false })
  await rooms.inbox.accept(textEvent('an', 'chào'))
  await leave()
  await rooms.stop()

  let turns = 0
  rooms = await deliver(db, platform, {
    turn: async (message, those) => {
      turns++
      await echo(db, message, those)
    },
  })
  await until(async () => {
    const { rows } = await db.query(`select 1 from pgboss.job where name in ('inbound', 'outbound')`)
    return rows.length === 0
  })
  expect(platform.sent.map(({ message }) => message.text)).toEqual(Array(sends).fill('re: chào'))
  expect(await rooms.outbox.counts(db)).toEqual({ waiting: 0, failed: 0, repeats })
  const { rows } = await db.query<{ state: string }>('select state from inbound')
  expect(rows).toEqual([{ state: 'done' }])
  expect(turns).toBeLessThanOrEqual(1)
})

test('a job that was lost altogether is found again by the row it was for', async () => {
  rooms = await deliver(db, platform, { work: false })
  await rooms.inbox.accept(textEvent('an', 'chào'))
  await db.query(`delete from pgboss.job where name = 'inbound'`)
  await db.query(`update inbound set received_at = now() - interval '2 min'`)
  await rooms.stop()
  rooms = await deliver(db, platform, { inbox: { lookEveryMs: 200 } })
  await until(() => platform.sent.length === 1)
  expect(platform.sent[0]?.message.text).toBe('re: chào')
})
