import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBus } from '../../src/channel/web/bus.ts'
import { postgresRelay } from '../../src/channel/web/index.ts'
import type { Database } from '../../src/database/index.ts'
import { onServer, testDatabase } from '../support/database.ts'
import { until } from '../support/serve.ts'

// The embedded database belongs to one process, so there is nobody to tell; the real one is needed here.
describe.runIf(onServer)('between processes, over PostgreSQL', () => {
  let db: Database
  beforeAll(async () => {
    db = await testDatabase()
  })
  afterAll(async () => {
    await db.close()
  })

  test('a page hears of a reply another process sent, also after its connection was cut', async () => {
    const here = createBus(postgresRelay(db.pool), 'here')
    const there = createBus(postgresRelay(db.pool), 'there')
    await Promise.all([here.start(), there.start()])
    const heard: unknown[] = []
    const own: unknown[] = []
    here.subscribe('web:page:lan hai', (signal) => heard.push(signal))
    there.subscribe('web:page:lan hai', (signal) => own.push(signal))
    there.publish('web:page:lan hai', { kind: 'look', id: 'm1' })
    there.publish('web:page:lan hai', { kind: 'typing' })
    there.publish('web:page:minh', { kind: 'look', id: 'other' })
    await until(() => heard.length === 2)
    expect(heard).toEqual(expect.arrayContaining([{ kind: 'look', id: 'm1' }, { kind: 'typing' }]))
    expect(own).toHaveLength(2) // its own pages were told directly, and not a second time

    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query = 'listen nscl_web'`,
    )
    const again = setInterval(() => there.publish('web:page:lan hai', { kind: 'look', id: 'm2' }), 100)
    await until(() => heard.some((signal) => (signal as { id?: string }).id === 'm2'))
    clearInterval(again)
    await Promise.all([here.stop(), there.stop()])
  })
})

test('without a relay a signal reaches the pages of this process', () => {
  const bus = createBus(null, 'here')
  const heard: unknown[] = []
  const stop = bus.subscribe('web:page:lan', (signal) => heard.push(signal))
  bus.publish('web:page:lan', { kind: 'look', id: null })
  stop()
  stop()
  bus.publish('web:page:lan', { kind: 'typing' })
  expect(heard).toEqual([{ kind: 'look', id: null }])
  expect(bus.size()).toBe(0)
})
