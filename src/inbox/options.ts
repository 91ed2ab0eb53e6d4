import type { Address, OutboundMessage } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import type { Log, Queue } from '../queue/index.ts'
import type { Allowance } from './limiter.ts'

/** The outbox's `say`; the inbox speaks only when it limits, is too busy, or sets a message aside. */
type Say = (
  tx: Db,
  to: Address,
  message: OutboundMessage,
  options: { cause: string; from: 'system'; province: string | null },
) => Promise<unknown>

export interface InboxOptions {
  db: Database
  queue: Queue
  log: Log
  say: Say
  perPerson?: Allowance
  /** Of one network address; only the web chat has one to give. */
  perAddress?: Allowance
  /** Waiting messages above which new ones are held (kept, answered later) and the person is told. */
  waitingMax?: number
  /** Lanes handled at once by this process. */
  concurrency?: number
  /** Longest time one turn may take, in ms, before it counts as failed. */
  turnMs?: number
  /** How often lanes without a job are looked for, in ms. */
  lookEveryMs?: number
  /** Tries before a message is set aside. */
  attemptsMax?: number
}
