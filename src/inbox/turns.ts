import { errorFields, type LaneResult } from '../queue/index.ts'
import type { InboxOptions } from './options.ts'
import {
  markDone,
  markFailedTry,
  markSetAside,
  type Pending,
  pendingOf,
  type StoredInbound,
} from './store.ts'
import { TEXTS } from './texts.ts'

/** Name of the queue; one lane per conversation. */
export const INBOUND = 'inbound'

const PAGE = 20
const ATTEMPTS_MAX = 5
/** A message that ends its process is tried more often: the process may have been ended by something else. */
const CRASHES_MAX = 10
const TURN_MS = 180_000

/** Before try 2, 3, 4, …: long enough for a hiccup to pass, short enough that the person still waits. */
function backoffMs(failedTries: number): number {
  return Math.min(500 * 4 ** (failedTries - 1), 30_000)
}

class TurnTooLong extends Error {
  override name = 'TurnTooLong'
}

export function laneHandler(
  options: InboxOptions & {
    handle: (message: StoredInbound) => Promise<void>
    /** Whether the turn ended the message itself, in its own transaction. */
    wasDone: (id: string) => boolean
  },
) {
  const { db, queue, log, handle, wasDone, say } = options
  const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX

  const turn = async (message: Pending): Promise<LaneResult> => {
    try {
      await queue.scope(async () => await within(options.turnMs ?? TURN_MS, handle(message)))
      if (!wasDone(message.id)) await markDone(db, message.id, null)
      return null
    } catch (error) {
      wasDone(message.id)
      const fields = { inbound: message.id, attempt: message.attempt, ...errorFields(error) }
      log.warn(fields, 'inbox: a turn failed')
      if (message.attempt >= attemptsMax) return await setAside(message, fields.error)
      const notBefore = new Date(Date.now() + backoffMs(message.attempt))
      await markFailedTry(db, message.id, notBefore, fields.error)
      return notBefore
    }
  }

  const setAside = async (message: Pending, error: string): Promise<null> => {
    await queue.scope(async () => {
      await db.inTransaction(async (tx) => {
        if (!(await markSetAside(tx, message.id, error))) return
        const text = { text: TEXTS.setAside, citations: [], actions: [] }
        const cause = `inbox:${message.id}:set-aside`
        await say(tx, message.address, text, { cause, from: 'system', province: null })
      })
    })
    log.error({ inbound: message.id, attempt: message.attempt, error }, 'inbox: a message was set aside')
    return null
  }

  /** Handles what waits in the lane, oldest first. Messages that arrive meanwhile bring a job of their own. */
  return async (lane: string, { crashes }: { crashes: number }): Promise<LaneResult> => {
    for (let first = true; ; first = false) {
      const page = await pendingOf(db, lane, PAGE)
      for (const [index, message] of page.entries()) {
        if (message.notBefore !== null && message.notBefore.getTime() > Date.now()) return message.notBefore
        if (first && index === 0 && crashes >= CRASHES_MAX) {
          await setAside(message, 'process ended')
          continue
        }
        const again = await turn(message)
        if (again !== null) return again
      }
      if (page.length < PAGE) return null
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new TurnTooLong(`longer than ${ms} ms`)), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
