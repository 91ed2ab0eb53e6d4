import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import { createQueue, type LaneResult, type Queue } from '../../src/queue/index.ts'
import { silent, until } from '../load/delivery.ts'
import { testDatabase } from '../support/database.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let db: Database
let queue: Queue
beforeEach(async () => {
  db = await testDatabase()
  queue = createQueue({ db, log: silent, leaseMs: 1_000 })
})
afterEach(async () => {
  await queue.stop(500)
  await db.close()
})

async function lanes(handle: (lane: string, crashes: number) => Promise<LaneResult>, concurrency = 16) {
  queue.lanes('lanes', async (lane, { crashes }) => await handle(lane, crashes), { concurrency })
  await queue.start()
}
const knock = async (...names: string[]) =>
  await db.inTransaction(async (tx) => await queue.knock(tx, 'lanes', names))

test('jobs of one lane never run at the same time, jobs of different lanes do', async () => {
  const running = new Map<string, number>()
  let together = 0
  let overlapped = false
  let done = 0
  await lanes(async (lane) => {
    running.set(lane, (running.get(lane) ?? 0) + 1)
    overlapped ||= (running.get(lane) ?? 0) > 1
    together = Math.max(
      together,
      [...running.values()].reduce((sum, n) => sum + n, 0),
    )
    await pause(15)
    running.set(lane, (running.get(lane) ?? 0) - 1)
    done++
    return null
  })
  for (let n = 0; n < 6; n++) await knock('a', 'b', 'c')
  await until(() => done === 18)
  expect(overlapped).toBe(false)
  expect(together).toBeGreaterThan(1)
})

test('a knock of a transaction that rolls back is not heard', async () => {
  const seen: string[] = []
  await lanes((lane) => {
    seen.push(lane)
    return Promise.resolve(null)
  })
  const rolledBack = db.inTransaction(async (tx) => {
    await queue.knock(tx, 'lanes', ['never'])
    throw new Error('stop')
  })
  await expect(rolledBack).rejects.toThrow('stop')
  await knock('heard')
  await until(() => seen.includes('heard'))
  await pause(1_200)
  expect(seen).toEqual(['heard'])
})

test('a lane that asks to be looked at later is, and not before', async () => {
  const times: number[] = []
  const start = Date.now()
  await lanes(() => {
    times.push(Date.now() - start)
    return Promise.resolve(times.length === 1 ? new Date(Date.now() + 400) : null)
  })
  await knock('a')
  await until(() => times.length === 2)
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(395)
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(1_500)
})

test('a lane whose handler throws is tried again, and does not stay closed', async () => {
  let tries = 0
  await lanes(() => {
    if (++tries < 3) throw new Error('not yet')
    return Promise.resolve(null)
  })
  await knock('a')
  await until(() => tries === 3)
})

test('one lane that hangs does not hold up the others', async () => {
  const seen: string[] = []
  let release: () => void = () => {}
  await lanes(async (lane) => {
    if (lane === 'hangs') {
      await new Promise<void>((resolve) => {
        release = resolve
      })
    }
    seen.push(lane)
    return null
  }, 4)
  await knock('hangs')
  for (let n = 0; n < 8; n++) await knock(`other${n}`)
  await until(() => seen.length === 8)
  expect(seen).not.toContain('hangs')
  release()
  await until(() => seen.includes('hangs'))
})

test('a job that a dead process left in hand is taken over within seconds, and counts as a crash', async () => {
  queue.lanes('lanes', () => Promise.resolve(null))
  await queue.start({ work: false })
  await knock('left')
  await db.query(
    `update pgboss.job set state = 'active', started_on = now() - interval '3 s', heartbeat_on = now() - interval '3 s'
      where name = 'lanes'`,
  )
  await queue.stop()
  const seen: [string, number][] = []
  queue = createQueue({ db, log: silent })
  const start = Date.now()
  await lanes((lane, crashes) => {
    seen.push([lane, crashes])
    return Promise.resolve(null)
  })
  await until(() => seen.length > 0, 6_000)
  expect(seen).toEqual([['left', 1]])
  expect(Date.now() - start).toBeLessThan(3_000)
})

test('what is in hand at the stop is waited for, and the rest goes back to the queue', async () => {
  const taken: string[] = []
  const seen: string[] = []
  let finish: () => void = () => {}
  const quick = new Promise<void>((resolve) => {
    finish = resolve
  })
  await lanes(async (lane) => {
    taken.push(lane)
    await (lane === 'slow' ? new Promise(() => {}) : quick)
    seen.push(lane)
    return null
  })
  await knock('quick', 'slow')
  await until(() => taken.length === 2)
  const stopped = queue.stop(1_000)
  await pause(100)
  finish()
  await stopped
  expect(seen).toEqual(['quick'])
  const { rows } = await db.query<{ key: string; state: string }>(
    `select singleton_key as key, state::text from pgboss.job where name = 'lanes'`,
  )
  expect(rows).toEqual([{ key: 'slow', state: 'retry' }])
})

test('a task gets its data once, and the same key is taken once', async () => {
  const seen: unknown[] = []
  queue.work('remind', (data) => {
    seen.push(data)
    return Promise.resolve()
  })
  await queue.start()
  await queue.enqueue(db, 'remind', { n: 1 }, { key: 'class-7' })
  await queue.enqueue(db, 'remind', { n: 2 }, { key: 'class-7' })
  await queue.enqueue(db, 'remind', { n: 3 })
  await until(() => seen.length >= 2)
  await pause(100)
  expect(seen).toHaveLength(2)
  expect(seen).toEqual(expect.arrayContaining([{ n: 1 }, { n: 3 }]))
})

test('a task that keeps failing ends as failed after its last try, and stays to be looked at', async () => {
  let tries = 0
  queue.work(
    'fails',
    () => {
      tries++
      throw new Error('always')
    },
    { attemptsMax: 1 },
  )
  await queue.start()
  await queue.enqueue(db, 'fails', {})
  await until(async () => {
    const { rows } = await db.query(`select 1 from pgboss.job where name = 'fails' and state = 'failed'`)
    return rows.length === 1
  })
  expect(tries).toBe(1)
})

test('a task for later is not given out now', async () => {
  let seen = 0
  queue.work('later', () => {
    seen++
    return Promise.resolve()
  })
  await queue.start()
  await queue.enqueue(db, 'later', {}, { startAfter: new Date(Date.now() + 3_600_000) })
  await queue.enqueue(db, 'later', {})
  await until(() => seen === 1)
  await pause(50)
  expect(seen).toBe(1)
})

test('a schedule is kept in the clock of Viet Nam, once, however often it is declared', async () => {
  queue.schedule('nightly', '0 2 * * *', () => Promise.resolve())
  await queue.start()
  const { rows } = await db.query('select name, cron, timezone from pgboss.schedule')
  expect(rows).toEqual([{ name: 'nightly', cron: '0 2 * * *', timezone: 'Asia/Ho_Chi_Minh' }])
})
