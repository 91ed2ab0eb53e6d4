import pg from 'pg'
import type { Database } from '../database/index.ts'
import { errorFields, type Log } from './log.ts'

/** Name of the NOTIFY channel; the payload is the name of a queue that has new work. */
export const CHANNEL = 'nscl_queue'
const LOCK = { class: 4_009_2023, object: 1 }

/**
 * One connection of this process's own: it hears that another process put work into a queue, and while it lives it
 * holds a shared advisory lock. PostgreSQL drops the lock the moment the process dies, SIGKILL included, so the
 * others can tell "nobody else is alive" at once instead of waiting for a lease to run out.
 */
export interface Presence {
  start(onWork: (queue: string | null) => void): Promise<void>
  /** True when no other process that works on the queue is alive; false also when it cannot be known. */
  alone(): Promise<boolean>
  stop(): Promise<void>
}

/** The embedded database belongs to one process; the door refuses a second (database/open.ts). */
function embeddedPresence(db: Database): Presence {
  let forget: (() => Promise<void>) | null = null
  return {
    async start(onWork) {
      forget = (await db.pglite?.listen(CHANNEL, (payload) => onWork(payload))) ?? null
    },
    alone: () => Promise.resolve(true),
    async stop() {
      await forget?.()
    },
  }
}

function serverPresence(db: Database, log: Log): Presence {
  let client: pg.Client | null = null
  let stopped = false
  let wake: (queue: string | null) => void = () => {}
  let retry: NodeJS.Timeout | undefined

  const connect = async () => {
    const next = new pg.Client({ ...db.pool.options, keepAlive: true } as pg.ClientConfig)
    const lost = () => {
      if (client !== next) return
      client = null
      if (!stopped) later()
    }
    next.on('error', lost)
    next.on('end', lost)
    next.on('notification', ({ payload }) => wake(payload ?? null))
    await next.connect()
    client = next
    await next.query('select pg_advisory_lock_shared($1, $2)', [LOCK.class, LOCK.object])
    await next.query(`listen ${CHANNEL}`)
    wake(null) // what was announced while nobody listened
  }
  const later = () => {
    retry = setTimeout(() => {
      connect().catch((error: unknown) => {
        log.warn(errorFields(error), 'queue: cannot listen yet')
        if (!stopped) later()
      })
    }, 300)
  }
  return {
    async start(onWork) {
      wake = onWork
      await connect()
    },
    async alone() {
      if (!client) return false
      const { rows } = await client.query<{ alone: boolean }>(
        `select not exists (
           select from pg_locks
            where locktype = 'advisory' and classid = $1 and objid = $2 and objsubid = 2 and granted
              and database = (select oid from pg_database where datname = current_database())
              and pid <> pg_backend_pid()) as alone`,
        [LOCK.class, LOCK.object],
      )
      return rows[0]?.alone ?? false
    },
    async stop() {
      stopped = true
      clearTimeout(retry)
      const last = client
      client = null
      await last?.end().catch(() => {})
    },
  }
}

export function createPresence(db: Database, log: Log): Presence {
  return db.embedded ? embeddedPresence(db) : serverPresence(db, log)
}
