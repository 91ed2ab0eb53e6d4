import type { Sender } from '../channel/index.ts'
import type { Address, ChannelName, OutboundFile, OutboundMessage } from '../channel/message.ts'
import { laneOf, OutboundMessage as Message } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import type { Log, Queue } from '../queue/index.ts'
import { createPacer, PACES, type Pace } from './pace.ts'
import { laneSender, OUTBOUND } from './send.ts'
import * as store from './store.ts'
import { type CallTask, closeTask, listTasks, openTask } from './tasks.ts'

export interface SayOptions {
  /** Why it is said, once per lane: a repeated turn with the same cause says nothing twice. */
  cause: string
  /** 'assistant' falls silent while an officer has the conversation; 'system' (decisions, reminders) does not. */
  from: store.Author
  province: string | null
  /** Joins a call task to the registration, when the message cannot be delivered. */
  registrationId?: string
}

export interface OutboxOptions {
  db: Database
  queue: Queue
  log: Log
  senders: Readonly<Partial<Record<ChannelName, Sender>>>
  mayAssistantSpeak: (lane: string) => Promise<boolean>
  /** Told when something went wrong that only an operator can put right (a token, a quota). */
  onOperator?: (channel: ChannelName, account: string, reason: string) => void
  /** How fast each platform may be written to; `{}` for no pacing at all. */
  paces?: Readonly<Partial<Record<ChannelName, Pace>>>
  /** Lanes written to at once by this process. */
  concurrency?: number
  sendMs?: number
}

export interface Outbox {
  /** Says something in the caller's transaction: it goes out when, and only when, that commits. */
  say: (tx: Db, to: Address, message: OutboundMessage, options: SayOptions) => Promise<string | null>
  sayFile: (
    tx: Db,
    to: Address,
    file: OutboundFile,
    caption: string,
    options: SayOptions,
  ) => Promise<string | null>
  /** What was said in a lane, oldest first. `after`: only what came after this `seq`. */
  history(db: Db, lane: string, page: { before?: Date; after?: number; limit: number }): Promise<store.Said[]>
  /** Bytes of a file said in this lane; null for any other. */
  file(db: Db, lane: string, id: string): Promise<OutboundFile | null>
  eraseLane(tx: Db, lane: string): Promise<void>
  retain(db: Db, before: Date): Promise<number>
  assignProvince(tx: Db, lane: string, province: string): Promise<void>
  callTasks: {
    list(db: Db, page: { open: boolean; limit: number }): Promise<CallTask[]>
    close(db: Db, id: string, by: string): Promise<boolean>
    /** For somebody known to be out of reach before anything is sent. */
    open(
      tx: Db,
      task: {
        lane: string
        province: string | null
        reason: string
        text: string
        registrationId: string | null
      },
    ): Promise<void>
  }
  counts(db: Db): Promise<{ waiting: number; failed: number; repeats: number }>
  /** Declares the work; call before `queue.start`. */
  start(): void
  stop(): Promise<void>
}

const FORGOTTEN_MS = 60_000

export function createOutbox(options: OutboxOptions): Outbox {
  const { db, queue, log } = options
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const put = async (tx: Db, to: Address, row: Omit<store.NewOutbound, 'to'>): Promise<string | null> => {
    const id = await store.insert(tx, { to, ...row })
    if (id !== null) await queue.knock(tx, OUTBOUND, [laneOf(to)])
    return id
  }
  /** A lane always has a job while something waits in it; should one ever be missing, it is found here. */
  const look = async () => {
    try {
      const lanes = await store.forgottenLanes(db, FORGOTTEN_MS, 200)
      if (lanes.length > 0) await queue.knock(db, OUTBOUND, lanes)
    } catch {
      log.warn({}, 'outbox: cannot look for what waits')
    }
  }

  return {
    say: async (tx, to, message, { cause, from, province, registrationId }) =>
      await put(tx, to, {
        body: { message: Message.parse(message), file: null },
        bytes: null,
        cause,
        author: from,
        province,
        registrationId: registrationId ?? null,
      }),
    sayFile: async (tx, to, { name, mediaType, bytes }, caption, { cause, from, province, registrationId }) =>
      await put(tx, to, {
        body: {
          message: Message.parse({ text: caption === '' ? name : caption }),
          file: { name, mediaType },
        },
        bytes,
        cause,
        author: from,
        province,
        registrationId: registrationId ?? null,
      }),
    history: store.historyOf,
    file: store.fileOf,
    eraseLane: store.erase,
    retain: store.deleteOlder,
    assignProvince: store.assignProvince,
    callTasks: { list: listTasks, close: closeTask, open: openTask },
    counts: store.counts,
    start() {
      const pacer = createPacer(options.paces ?? PACES)
      queue.lanes(
        OUTBOUND,
        laneSender({ ...options, pacer }),
        options.concurrency === undefined ? {} : { concurrency: options.concurrency },
      )
      timer = setInterval(() => {
        looking = looking.then(look)
      }, FORGOTTEN_MS / 2)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
