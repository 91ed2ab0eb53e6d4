import type { InboundEvent } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { errorFields } from '../queue/index.ts'
import { type AcceptResult, createDoor } from './accept.ts'
import type { InboxOptions } from './options.ts'
import * as store from './store.ts'
import { INBOUND, laneHandler } from './turns.ts'

export { createLimiter } from './limiter.ts'
export type { InboxOptions } from './options.ts'
export type { StoredInbound } from './store.ts'

export interface Inbox {
  /**
   * Keeps the event and its job before it answers. 'duplicate': kept before. 'limited': kept, not answered, too many
   * from this person or address. 'shed': kept, answered when the queue is shorter. The sender hears success for all.
   * @throws when the database is away: the platform must hear a failure and deliver again
   */
  accept: (event: InboundEvent, from?: { ip?: string }) => Promise<AcceptResult>
  /** In the turn's own transaction. False: this message was done before, so write nothing. */
  done(tx: Db, id: string, province?: string | null): Promise<boolean>
  history(db: Db, lane: string, page: { before?: Date; limit: number }): Promise<store.HistoryItem[]>
  /** Takes everything personal out of a lane; a message that still waits (the one being handled) stays. */
  eraseLane(tx: Db, lane: string): Promise<void>
  /** Takes the wording out of messages older than `before`. */
  retain(db: Db, before: Date): Promise<number>
  /** The person's province became known: from now on its officers may read the lane. */
  assignProvince(tx: Db, lane: string, province: string): Promise<void>
  setAside(db: Db, limit: number): Promise<store.SetAside[]>
  /** An officer lets a set-aside message be tried again. */
  retry(tx: Db, id: string): Promise<boolean>
  /** Messages waiting, counted up to 100,000. */
  waiting(db: Db): Promise<number>
  /** Declares the work; call before `queue.start`. */
  start(handle: (message: store.StoredInbound) => Promise<void>): void
  /** After the routes that call `accept` are closed. */
  stop(): Promise<void>
}

const TICK_MS = 1_000
const FORGOTTEN_MS = 60_000
const LOOK_EVERY_MS = 30_000
const HELD_AT_ONCE = 500

export function createInbox(options: InboxOptions): Inbox {
  const { db, queue, log } = options
  const waitingMax = options.waitingMax ?? 5_000
  let waiting = 0
  const door = createDoor({ ...options, isBusy: () => waiting >= waitingMax })
  const doneHere = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> = Promise.resolve()
  let lookedAt = Date.now()

  const knock = async (tx: Db, lanes: readonly string[]) => await queue.knock(tx, INBOUND, lanes)

  /** Counts what waits, lets held messages in when there is room, and looks for lanes without a job. */
  const tick = async () => {
    try {
      waiting = await store.countWaiting(db, waitingMax)
      if (waiting < waitingMax / 2) {
        const lanes = await store.heldLanes(db, HELD_AT_ONCE)
        if (lanes.length > 0) {
          await db.inTransaction(async (tx) => {
            await store.releaseHeld(tx, lanes)
            await knock(tx, lanes)
          })
        }
      }
      if (Date.now() - lookedAt >= (options.lookEveryMs ?? LOOK_EVERY_MS)) {
        lookedAt = Date.now()
        const forgotten = await store.forgottenLanes(db, FORGOTTEN_MS, 200)
        if (forgotten.length > 0 && waiting < waitingMax / 2) await knock(db, forgotten)
      }
    } catch (error) {
      log.warn(errorFields(error), 'inbox: cannot count what waits')
    }
  }

  return {
    accept: door.accept,
    async done(tx, id, province = null) {
      const first = await store.markDone(tx, id, province)
      if (first) doneHere.add(id)
      return first
    },
    history: store.historyOf,
    eraseLane: async (tx, lane) => void (await store.blank(tx, 'lane', lane)),
    async retain(on, before) {
      await store.deleteErased(on, new Date(before.getTime() - 30 * 86_400_000))
      return await store.blank(on, 'older', before)
    },
    assignProvince: store.assignProvince,
    setAside: store.listSetAside,
    async retry(tx, id) {
      const lane = await store.reopen(tx, id)
      if (lane !== null) await knock(tx, [lane])
      return lane !== null
    },
    waiting: async (on) => await store.countWaiting(on, 100_000),
    start(handle) {
      queue.lanes(
        INBOUND,
        laneHandler({
          ...options,
          handle,
          wasDone: (id) => doneHere.delete(id),
        }),
        options.concurrency === undefined ? {} : { concurrency: options.concurrency },
      )
      timer = setInterval(() => {
        ticking = ticking.then(tick)
      }, TICK_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await ticking
      await door.close()
    },
  }
}
