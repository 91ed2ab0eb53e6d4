import { PgBoss } from 'pg-boss'
import { asOwner, type Database, type Db } from '../database/index.ts'
import { newId } from './ids.ts'
import { errorFields, type Log } from './log.ts'
import { prepared } from './prepared.ts'

export interface Job {
  id: string
  key: string | null
  data: unknown
  /** Times it was taken before and not finished: a fault, or a process that died on it. */
  retries: number
}

interface NewJob {
  id?: string
  data?: object
  key?: string
  startAfter?: Date
}

/** What we use of pg-boss, in the words of this folder. */
export interface Jobs {
  start(): Promise<void>
  stop(): Promise<void>
  declare(name: string, kind: 'lanes' | 'tasks', retryMax: number): Promise<void>
  put(db: Db, name: string, jobs: readonly NewJob[]): Promise<void>
  take(name: string, max: number): Promise<Job[]>
  /** Forgets finished jobs: what happened is on the rows, so nothing is gained by keeping them. */
  remove(db: Db, name: string, ids: readonly string[]): Promise<void>
  complete(name: string, ids: readonly string[]): Promise<void>
  /** Back to the queue, to be taken again after the delay of its queue. */
  giveBack(name: string, ids: readonly string[], reason: string): Promise<void>
  /** Tells that the jobs are still in hand. */
  touch(name: string, ids: readonly string[]): Promise<void>
  /** Jobs in hand of some process, with the seconds since that process last said so. */
  inHand(name: string): Promise<{ id: string; quietMs: number }[]>
  cron(name: string, cron: string): Promise<void>
  failed(db: Db, name: string): Promise<number>
}

const named = (db: Db) => ({
  executeSql: async (text: string, values?: unknown[]) => await prepared(db).query(text, values),
})

const ORDERED = { policy: 'key_strict_fifo', retryDelay: 0 }

export function createJobs(db: Database, log: Log): Jobs {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => await db.pool.query(text, values) },
    backend: db.embedded ? 'pglite' : 'postgres',
    maintenanceIntervalSeconds: 3600,
  })
  boss.on('error', (error) => log.warn(errorFields(error), 'queue: background fault'))
  boss.on('warning', ({ message }) => log.warn({}, `queue: ${message}`))
  const pooled = named({ query: (text, values) => db.pool.query(text, values) })
  return {
    start: async () => void (await boss.start()),
    // graceful: false, because the runners have already waited for what was in hand
    stop: async () => await boss.stop({ graceful: false, close: false }),
    async declare(name, kind, retryMax) {
      const options =
        kind === 'lanes'
          ? // A failed job would hold back its lane until somebody acts, so a lane's job never fails for good.
            { ...ORDERED, retryLimit: 1_000_000, expireInSeconds: 3600, partition: !db.embedded }
          : {
              retryLimit: retryMax,
              retryDelay: 5,
              retryBackoff: true,
              retryDelayMax: 900,
              expireInSeconds: 3600,
            }
      await boss.createQueue(name, options)
      await boss.updateQueue(name, kind === 'lanes' ? { retryLimit: 1_000_000 } : { retryLimit: retryMax })
      await boss.insert(name, []) // fills pg-boss's cache now: inside a transaction it must not need the pool
    },
    async put(on, name, jobs) {
      const rows = jobs.map(({ id, data, key, startAfter }) => ({
        id: id ?? newId(),
        ...(data === undefined ? {} : { data }),
        ...(key === undefined ? {} : { singletonKey: key }),
        ...(startAfter === undefined ? {} : { startAfter: startAfter.toISOString() }),
      }))
      await asOwner(on, async () => void (await boss.insert(name, rows, { db: named(on) })))
    },
    async take(name, max) {
      const jobs = await boss.fetch<unknown>(name, { batchSize: max, includeMetadata: true, db: pooled })
      return jobs.map(({ id, singletonKey, data, retryCount }) => ({
        id,
        key: singletonKey,
        data,
        retries: retryCount,
      }))
    },
    remove: async (on, name, ids) => void (await boss.deleteJob(name, [...ids], { db: named(on) })),
    complete: async (name, ids) => void (await boss.complete(name, [...ids])),
    giveBack: async (name, ids, reason) => void (await boss.fail(name, [...ids], { reason })),
    touch: async (name, ids) => void (await boss.touch(name, [...ids], { db: pooled })),
    async inHand(name) {
      const { rows } = await db.query<{ id: string; quiet: number }>(
        `select id, extract(epoch from clock_timestamp() - coalesce(heartbeat_on, started_on))::float8 as quiet
           from pgboss.job where name = $1 and state = 'active'`,
        [name],
      )
      return rows.map(({ id, quiet }) => ({ id, quietMs: quiet * 1000 }))
    },
    cron: async (name, cron) => await boss.schedule(name, cron, null, { tz: 'Asia/Ho_Chi_Minh' }),
    async failed(on, name) {
      const { rows } = await on.query<{ n: number }>(
        `select count(*)::int as n from pgboss.job where name = $1 and state = 'failed'`,
        [name],
      )
      return rows[0]?.n ?? 0
    },
  }
}
