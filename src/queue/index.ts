import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { Database, Db } from '../database/index.ts'
import { createJobs, type Job } from './jobs.ts'
import { errorFields, type Log } from './log.ts'
import { CHANNEL, createPresence } from './presence.ts'
import { createRunner, type Runner, type Settlement } from './runner.ts'

export { gather } from './gather.ts'
export { newId } from './ids.ts'
export { errorFields, type Log } from './log.ts'
export { prepared } from './prepared.ts'
export { reserved } from './reserved.ts'

/** Look at the lane again at this time; null: nothing is left to do in it. */
export type LaneResult = Date | null

interface TaskInfo {
  id: string
  /** 1 at the first try. */
  attempt: number
}

/**
 * pg-boss behind one door. Two kinds of queue:
 * - lanes: a job says no more than "look at this lane"; jobs of one lane run one after another across all
 *   processes, and what is to be done there is read from the owner's rows;
 * - tasks: a job carries its data and is retried with growing delays, then kept as failed.
 *
 * Declare everything before `start`. A process without workers (`work: false`) declares the same and only puts jobs.
 */
export interface Queue {
  lanes(
    name: string,
    handle: (lane: string, info: { crashes: number }) => Promise<LaneResult>,
    options?: { concurrency?: number },
  ): void
  work(
    name: string,
    handle: (data: unknown, info: TaskInfo) => Promise<void>,
    options?: { concurrency?: number; attemptsMax?: number },
  ): void
  /** Runs a task by the clock of Viet Nam, once for all processes. `cron` has five fields. */
  schedule(name: string, cron: string, handle: () => Promise<void>): void
  /** Puts a task into the caller's transaction. The same `key` is taken once (for the week its job is kept). */
  enqueue(tx: Db, name: string, data: object, options?: { startAfter?: Date; key?: string }): Promise<void>
  /** Asks, in the caller's transaction, that lanes be looked at. */
  knock(tx: Db, name: string, lanes: readonly string[], at?: Date): Promise<void>
  /** Runs `work`; what it put into queues is taken as soon as it has ended, that is after its commits. */
  scope<T>(work: () => Promise<T>): Promise<T>
  start(options?: { work?: boolean }): Promise<void>
  /** Takes no more and waits for what is in hand, at most `graceMs` (default 8,000). */
  stop(graceMs?: number): Promise<void>
}

export interface QueueOptions {
  db: Database
  log: Log
  /** Age of the last sign of life after which another process's jobs are taken over. */
  leaseMs?: number
}

interface Declared {
  kind: 'lanes' | 'tasks'
  concurrency: number
  attemptsMax: number
  cron: string | null
  handle: (job: Job) => Promise<Settlement>
}

const LANES_AT_ONCE = 100
const BEAT_MS = 1_500
const TELL_MS = 5

export function createQueue({ db, log, leaseMs = 5_000 }: QueueOptions): Queue {
  const jobs = createJobs(db, log)
  const presence = createPresence(db, log)
  const declared = new Map<string, Declared>()
  const runners = new Map<string, Runner>()
  const touched = new AsyncLocalStorage<Set<string>>()
  const telling = new Set<string>()
  let beat: NodeJS.Timeout | undefined
  let beating: Promise<void> = Promise.resolve()

  /** Tells the takers about new work: ours after the scope ends, anybody's when the transaction commits. */
  const announce = async (tx: Db, name: string) => {
    const scoped = touched.getStore()
    if (scoped) scoped.add(name)
    else await tx.query('select pg_notify($1, $2)', [CHANNEL, name])
  }
  /**
   * Outside the transactions that put the work: a NOTIFY makes every commit that carries one wait for the others
   * (one lock for the whole server). Lost with this process, it costs the takers' next look, a second at most.
   */
  const tellOthers = (name: string) => {
    if (telling.has(name)) return
    telling.add(name)
    setTimeout(() => {
      telling.delete(name)
      db.query('select pg_notify($1, $2)', [CHANNEL, name]).catch(() => {})
    }, TELL_MS)
  }
  const scope = async <T>(work: () => Promise<T>): Promise<T> => {
    const names = new Set<string>()
    try {
      return await touched.run(names, work)
    } finally {
      for (const name of names) {
        const runner = runners.get(name)
        if (runner) runner.wake()
        else tellOthers(name)
      }
    }
  }
  const declare = (name: string, queue: Declared) => {
    if (declared.has(name)) throw new Error(`queue ${name} is declared twice`)
    declared.set(name, queue)
  }
  const runnerOf = (name: string, { kind, concurrency, handle }: Declared): Runner =>
    createRunner({
      name,
      concurrency,
      jobs,
      log,
      handle: async (job) => await scope(async () => await handle(job)),
      forget: async (ids) => await jobs.remove(db, name, ids),
      putOff: async (job, at) => await putOff(name, job, at),
      fail: async (job) => {
        if (kind === 'lanes') await putOff(name, job, new Date(Date.now() + 1_000))
        else await jobs.giveBack(name, [job.id], 'failed')
      },
    })
  const putOff = async (name: string, { id, key }: Job, at: Date) => {
    await db.inTransaction(async (tx) => {
      await jobs.remove(tx, name, [id])
      if (key !== null) await jobs.put(tx, name, [{ key, startAfter: at }])
    })
  }
  const onBeat = async () => {
    try {
      const alone = await presence.alone()
      for (const runner of runners.values()) {
        await runner.touch()
        await runner.sweep(alone, leaseMs)
      }
    } catch (error) {
      log.warn(errorFields(error), 'queue: cannot give a sign of life')
    }
  }

  return {
    scope,
    lanes(name, handle, { concurrency = db.embedded ? 16 : LANES_AT_ONCE } = {}) {
      declare(name, {
        kind: 'lanes',
        concurrency,
        attemptsMax: 1,
        cron: null,
        async handle({ key, retries }) {
          const again = await handle(key ?? '', { crashes: retries })
          return again === null ? { kind: 'forget' } : { kind: 'again', at: again }
        },
      })
    },
    work(name, handle, { concurrency = 4, attemptsMax = 8 } = {}) {
      declare(name, {
        kind: 'tasks',
        concurrency,
        attemptsMax,
        cron: null,
        async handle({ id, data, retries }) {
          await handle(data, { id, attempt: retries + 1 })
          return { kind: 'keep' }
        },
      })
    },
    schedule(name, cron, handle) {
      declare(name, {
        kind: 'tasks',
        concurrency: 1,
        attemptsMax: 3,
        cron,
        async handle() {
          await handle()
          return { kind: 'keep' }
        },
      })
    },
    async enqueue(tx, name, data, { startAfter, key } = {}) {
      await jobs.put(tx, name, [
        {
          data,
          ...(key === undefined ? {} : { id: idOf(name, key) }),
          ...(startAfter === undefined ? {} : { startAfter }),
        },
      ])
      await announce(tx, name)
    },
    async knock(tx, name, lanes, at) {
      const keys = [...new Set(lanes)]
      if (keys.length === 0) return
      await jobs.put(
        tx,
        name,
        keys.map((key) => ({ key, ...(at === undefined ? {} : { startAfter: at }) })),
      )
      await announce(tx, name)
    },
    async start({ work = true } = {}) {
      await jobs.start()
      for (const [name, { kind, attemptsMax, cron }] of declared) {
        await jobs.declare(name, kind, attemptsMax - 1)
        if (cron !== null) await jobs.cron(name, cron)
      }
      if (!work) return
      for (const [name, queue] of declared) runners.set(name, runnerOf(name, queue))
      await presence.start((name) => {
        if (name === null) for (const runner of runners.values()) runner.wake()
        else runners.get(name)?.wake()
      })
      for (const runner of runners.values()) runner.start()
      beat = setInterval(() => {
        beating = beating.then(onBeat)
      }, BEAT_MS)
      beating = onBeat()
    },
    async stop(graceMs = 8_000) {
      clearInterval(beat)
      await Promise.all([...runners.values()].map(async (runner) => await runner.stop(graceMs)))
      await beating
      await presence.stop()
      await jobs.stop()
    },
  }
}

/** A key becomes the id of its job, which the table keeps unique. */
function idOf(name: string, key: string): string {
  const hex = createHash('sha1').update(`${name}\0${key}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
