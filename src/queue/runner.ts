import { gather } from './gather.ts'
import type { Job, Jobs } from './jobs.ts'
import { errorFields, type Log } from './log.ts'

/** What a runner does when a handler has ended. */
export type Settlement = { kind: 'forget' } | { kind: 'keep' } | { kind: 'again'; at: Date }

export interface RunnerOptions {
  name: string
  /** Jobs in hand at once. A job that waits for a model or a platform holds a place, not a connection. */
  concurrency: number
  jobs: Jobs
  log: Log
  handle: (job: Job) => Promise<Settlement>
  /** Puts a job off in one transaction: the new one and the end of this one. */
  putOff: (job: Job, at: Date) => Promise<void>
  /** The handler threw. */
  fail: (job: Job) => Promise<void>
  forget: (ids: readonly string[]) => Promise<void>
}

export interface Runner {
  start(): void
  wake(): void
  /** Says that the jobs in hand are alive; call every second or two. */
  touch(): Promise<void>
  /** Gives back what no living process has in hand. `alone`: nobody else can have it. */
  sweep(alone: boolean, leaseMs: number): Promise<void>
  /** Takes no more; waits for what is in hand, at most `graceMs`, and gives the rest back. */
  stop(graceMs: number): Promise<void>
}

const POLL_MS = 1_000
const BATCH_MAX = 64
const LOOK_MS = 10
const TOUCH_AFTER_MS = 1_000
/** Between "nobody else is alive" and the look at the jobs, another process may start and take one. */
const NEWCOMER_MS = 300

/**
 * Takes jobs as places become free. pg-boss's own worker ends a batch together, so one hanging model call would hold
 * up the lanes that came with it; here every job ends on its own, and takes and endings are grouped instead.
 */
export function createRunner(options: RunnerOptions): Runner {
  const { name, concurrency, jobs, log, handle, putOff, fail, forget } = options
  const inHand = new Map<string, { sinceMs: number; wakes: number }>()
  const suspects = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let poll: NodeJS.Timeout | undefined
  let looking: NodeJS.Timeout | undefined
  let taking = false
  let wanted = false
  let wakes = 0
  let stopping = true
  let idle: (() => void) | null = null

  const finish = gather<string, true>(async (ids) => {
    await forget(ids)
    return ids.map(() => true)
  })

  const take = async (): Promise<void> => {
    if (taking) {
      wanted = true
      return
    }
    taking = true
    try {
      do {
        wanted = false
        const places = Math.min(concurrency - inHand.size, BATCH_MAX)
        if (places <= 0 || stopping) break
        const seen = wakes
        const taken = await jobs.take(name, places)
        for (const job of taken) run(job, seen)
        wanted ||= taken.length === places
      } while (wanted)
    } catch (error) {
      log.warn({ queue: name, ...errorFields(error) }, 'queue: cannot take work')
    } finally {
      taking = false
    }
  }

  const run = (job: Job, seen: number): void => {
    inHand.set(job.id, { sinceMs: Date.now(), wakes: seen })
    void settle(job).finally(() => {
      const { wakes: before } = inHand.get(job.id) ?? { wakes }
      inHand.delete(job.id)
      if (inHand.size === 0) idle?.()
      // A wake while this job was in hand may have been for its own lane, which nobody could take until now.
      if (wakes > before) takeOrSoon()
      else soon()
    })
  }

  /** A take costs as much as there is waiting, so a busy runner waits until several places are free. */
  const takeOrSoon = (): void => {
    if (stopping) return
    if (inHand.size < concurrency / 4) void take()
    else soon()
  }

  /** The lane that just became free may have another job waiting; one look serves all that ended meanwhile. */
  const soon = (): void => {
    if (stopping || looking !== undefined) return
    looking = setTimeout(() => {
      looking = undefined
      void take()
    }, LOOK_MS)
  }

  const settle = async (job: Job): Promise<void> => {
    let outcome: Settlement | null = null
    try {
      outcome = await handle(job)
    } catch (error) {
      log.warn({ queue: name, job: job.id, ...errorFields(error) }, 'queue: a job failed')
    }
    // Until the end of the job is on record its lane stays closed, so keep trying while the database is away.
    for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
      try {
        return await record(job, outcome)
      } catch (error) {
        log.warn({ queue: name, job: job.id, ...errorFields(error) }, 'queue: cannot end a job yet')
        if (stopping) return // the next process finds it in nobody's hand
        await new Promise((resolve) => setTimeout(resolve, delayMs))
      }
    }
  }

  const record = async (job: Job, outcome: Settlement | null): Promise<void> => {
    switch (outcome?.kind) {
      case undefined:
        return await fail(job)
      case 'keep':
        return await jobs.complete(name, [job.id])
      case 'forget':
        await finish(job.id)
        return
      case 'again': {
        await putOff(job, outcome.at)
        const timer = setTimeout(
          () => {
            timers.delete(timer)
            void take()
          },
          Math.min(Math.max(outcome.at.getTime() - Date.now(), 0) + 5, 2 ** 31 - 1),
        )
        timers.add(timer)
      }
    }
  }

  return {
    start() {
      stopping = false
      poll = setInterval(() => void take(), POLL_MS)
      void take()
    },
    wake() {
      wakes++
      takeOrSoon()
    },
    async touch() {
      const now = Date.now()
      const long = [...inHand].filter(([, { sinceMs }]) => now - sinceMs >= TOUCH_AFTER_MS).map(([id]) => id)
      if (long.length > 0) await jobs.touch(name, long)
    },
    async sweep(alone, leaseMs) {
      if (taking) return // a job just taken is in nobody's list until the answer has been read
      taking = true
      try {
        const others = (await jobs.inHand(name)).filter(({ id }) => !inHand.has(id))
        // Quiet once may be a process that lost the database with us; quiet at two sweeps running is dead.
        const quiet = others.filter(({ quietMs }) => quietMs > leaseMs)
        const dead = alone
          ? others.filter(({ quietMs }) => quietMs > NEWCOMER_MS)
          : quiet.filter(({ id }) => suspects.has(id))
        suspects.clear()
        for (const { id } of quiet) suspects.add(id)
        if (dead.length === 0) return
        await jobs.giveBack(
          name,
          dead.map(({ id }) => id),
          'its process ended',
        )
        log.info({ queue: name, jobs: dead.length }, 'queue: took over jobs of a process that ended')
        wanted = true
      } finally {
        taking = false
        if (wanted) void take()
      }
    },
    async stop(graceMs) {
      stopping = true
      clearInterval(poll)
      clearTimeout(looking)
      for (const timer of timers) clearTimeout(timer)
      if (inHand.size > 0) {
        let timer: NodeJS.Timeout | undefined
        await Promise.race([
          new Promise<void>((resolve) => {
            idle = resolve
          }),
          new Promise<void>((resolve) => {
            timer = setTimeout(resolve, graceMs)
          }),
        ])
        clearTimeout(timer)
      }
      const left = [...inHand.keys()]
      if (left.length > 0) await jobs.giveBack(name, left, 'stopped').catch(() => {})
    },
  }
}
