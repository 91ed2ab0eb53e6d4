import pg from 'pg'
import type { Relay } from './bus.ts'

const CHANNEL = 'nscl_web'
const RETRY_MS = 500

/**
 * Between processes over PostgreSQL's NOTIFY: one connection of our own hears, the pool tells. While the connection is
 * away pages look for themselves, so a lost notification costs seconds, never a message.
 */
export function postgresRelay(pool: pg.Pool): Relay {
  return {
    async tell(payload) {
      await pool.query('select pg_notify($1, $2)', [CHANNEL, payload])
    },
    async hear(heard) {
      let client: pg.Client | null = null
      let stopped = false
      let retry: NodeJS.Timeout | undefined
      const connect = async (): Promise<void> => {
        const next = new pg.Client({ ...pool.options, keepAlive: true } as pg.ClientConfig)
        const lost = () => {
          if (client !== next) return
          client = null
          again()
        }
        next.on('error', lost)
        next.on('end', lost)
        next.on('notification', ({ payload }) => heard(payload ?? ''))
        await next.connect()
        await next.query(`listen ${CHANNEL}`)
        client = next
      }
      const again = () => {
        if (stopped) return
        retry = setTimeout(() => void connect().catch(again), RETRY_MS)
        retry.unref()
      }
      await connect().catch(again)
      return async () => {
        stopped = true
        clearTimeout(retry)
        const last = client
        client = null
        await last?.end().catch(() => {})
      }
    },
  }
}
