import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrate, openDatabase } from '../../src/database/index.ts'
import { chaos } from './chaos-run.ts'

/**
 * By default the database "dies" by cutting every connection and refusing new ones for 2 s, which any server allows.
 * With CHAOS_DATABASE_URL, CHAOS_KILL and CHAOS_START (two shell commands) a server of its own is really killed.
 */
const own = process.env['CHAOS_DATABASE_URL']
const server = own ?? process.env['TEST_DATABASE_URL']
const PEOPLE = Number(process.env['CHAOS_PEOPLE'] ?? 500)
const NAME = `chaos_${process.pid}`
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function asAdmin(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server ?? '' })
  client.on('error', () => {})
  await client.connect()
  await work(client)
  await client.end()
}

async function killDatabase(): Promise<void> {
  const { CHAOS_KILL: kill, CHAOS_START: start } = process.env
  if (own !== undefined && kill !== undefined && start !== undefined) {
    await promisify(exec)(kill)
    await pause(2_000)
    await promisify(exec)(start)
    return
  }
  await asAdmin(async (client) => {
    await client.query(`alter database ${NAME} allow_connections false`)
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [NAME])
    await pause(2_000)
    await client.query(`alter database ${NAME} allow_connections true`)
  })
}

test.runIf(server !== undefined)(
  '10,000 messages of 500 people, while processes and the database die: each answered once, in order, nothing lost',
  async () => {
    await asAdmin(async (client) => {
      await client.query(`drop database if exists ${NAME} with (force)`)
      await client.query(`create database ${NAME}`)
    })
    const address = new URL(server ?? '')
    address.pathname = `/${NAME}`
    const db = await openDatabase({ url: address.href, poolMax: 3 })
    await migrate(db)
    await db.query('create table chaos_state (lane text primary key, n int not null, texts text[] not null)')

    const run = await chaos({
      url: address.href,
      people: PEOPLE,
      messagesEach: 20,
      processes: 2,
      killsEach: 3,
      duplicateShare: 0.1,
      reorderShare: 0.05,
      faultShare: 0.05,
      seed: 4009,
      killDatabase,
      settled: async () => {
        const { rows } = await db.query<{ left: number }>(
          `select (select count(*) from inbound where state in ('waiting', 'held'))::int
                + (select count(*) from outbound where state in ('queued', 'sending'))::int as left`,
        )
        return rows[0]?.left === 0
      },
      log: (line) => console.log(line),
    })

    const { rows: states } = await db.query<{ lane: string; n: number; texts: string[] }>(
      'select lane, n, texts from chaos_state',
    )
    const { rows: counted } = await db.query<{ text: string; repeats: number }>(
      `select message->'message'->>'text' as text, repeats from outbound where repeats > 0`,
    )
    const repeatsOf = new Map(counted.map(({ text, repeats }) => [text, repeats]))
    const { rows: aside } = await db.query(`select 1 from inbound where state = 'set_aside'`)
    let answered = 0
    let copies = 0
    for (const [person, texts] of run.written) {
      const state = states.find(({ lane }) => lane === `telegram:1:${person}`)
      // No state lost or doubled: every message counted once.
      expect(state?.n).toBe(texts.length)
      expect(state?.texts.toSorted()).toEqual(texts.toSorted())
      // Handled in the order they came; two that came the wrong way round may be put right.
      const steady = (list: readonly string[]) => list.filter((text) => !run.swapped.has(text))
      expect(steady(state?.texts ?? [])).toEqual(steady(texts))
      // Every message answered; the replies came in the order of the turns.
      const arrived = run.platform.arrived.get(person) ?? []
      const first = [...new Set(arrived)]
      expect(first).toEqual((state?.texts ?? []).map((text, index) => `${text} #${index + 1}`))
      answered += first.length
      copies += arrived.length - first.length
      // A copy exists only where a send was cut off, and it is counted.
      for (const text of first) {
        const extra = arrived.filter((other) => other === text).length - 1
        expect(extra).toBeLessThanOrEqual(repeatsOf.get(text) ?? 0)
      }
    }
    const repeats = counted.reduce((sum, row) => sum + row.repeats, 0)
    console.log(
      `${answered} answered, ${run.kills} kills, ${run.duplicates} duplicates, ${run.redeliveries} deliveries again, ` +
        `faults ${JSON.stringify(run.platform.faults)}, ${copies} replies came twice (${repeats} counted as possible), ` +
        `${run.seconds.toFixed(0)} s, of which ${run.tailSeconds.toFixed(1)} s after the last message`,
    )
    expect(answered).toBe(PEOPLE * 20)
    expect(run.kills).toBe(6)
    expect(aside).toEqual([])
    expect(run.tailSeconds).toBeLessThan(110) // on a machine that does other things as well
    await db.close()
    await asAdmin(async (client) => {
      await client.query(`drop database if exists ${NAME} with (force)`)
    })
  },
  600_000,
)
