import type { Delivery, Sender } from '../../src/channel/index.ts'
import type { Address, Content, InboundEvent, OutboundMessage } from '../../src/channel/message.ts'
import type { Database } from '../../src/database/index.ts'
import { createInbox, type Inbox, type InboxOptions, type StoredInbound } from '../../src/inbox/index.ts'
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/outbox/index.ts'
import { createQueue, type Queue } from '../../src/queue/index.ts'

/** The three rooms of delivery put together as main does, with a turn that answers "re: …". */

export const silent = { info() {}, warn() {}, error() {} }

let events = 0

export function textEvent(person: string, text: string, more: Partial<InboundEvent> = {}): InboundEvent {
  return contentEvent(person, { kind: 'text', text }, more)
}

export function contentEvent(
  person: string,
  content: Content,
  more: Partial<InboundEvent> = {},
): InboundEvent {
  const address: Address = { channel: 'telegram', account: 'bot', person }
  return { address, eventId: `e${++events}`, content, sentAt: new Date(), language: 'vi', ...more }
}

export interface Sent {
  to: Address
  message: OutboundMessage
  messageId: string
  at: number
}

export interface Recorder extends Sender {
  sent: Sent[]
  /** The answer to the next sends; afterwards everything is sent. */
  next: (Delivery | (() => Promise<Delivery>))[]
}

export function recorder(): Recorder {
  const sent: Sent[] = []
  const next: Recorder['next'] = []
  return {
    sent,
    next,
    async send(to, message, { messageId }) {
      const planned = next.shift()
      if (planned !== undefined) {
        const delivery = typeof planned === 'function' ? await planned() : planned
        if (delivery.outcome !== 'sent') return delivery
      }
      sent.push({ to, message, messageId, at: Date.now() })
      return { outcome: 'sent', platformIds: [`p${sent.length}`] }
    },
    sendFile(to, file, caption) {
      sent.push({ to, message: { text: caption, citations: [], actions: [] }, messageId: file.name, at: 0 })
      return Promise.resolve({ outcome: 'sent', platformIds: [] })
    },
  }
}

export interface Delivering {
  queue: Queue
  inbox: Inbox
  outbox: Outbox
  stop(): Promise<void>
}

export interface DeliveringOptions {
  inbox?: Partial<InboxOptions>
  outbox?: Partial<OutboxOptions>
  leaseMs?: number
  turn?: (message: StoredInbound, rooms: { inbox: Inbox; outbox: Outbox }) => Promise<void>
  work?: boolean
  declare?: (queue: Queue) => void
}

/** Starts the three rooms; `turn` replaces the answering "re: …". */
export async function deliver(
  db: Database,
  sender: Sender,
  options: DeliveringOptions = {},
): Promise<Delivering> {
  const queue = createQueue({
    db,
    log: silent,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  })
  const outbox = createOutbox({
    db,
    queue,
    log: silent,
    senders: { telegram: sender, zalo: sender, web: sender },
    mayAssistantSpeak: () => Promise.resolve(true),
    paces: {},
    ...options.outbox,
  })
  const inbox = createInbox({ db, queue, log: silent, say: outbox.say, ...options.inbox })
  inbox.start(async (message) => {
    if (options.turn) await options.turn(message, { inbox, outbox })
    else await echo(db, message, { inbox, outbox })
  })
  outbox.start()
  options.declare?.(queue)
  await queue.start({ work: options.work ?? true })
  return {
    queue,
    inbox,
    outbox,
    async stop() {
      await inbox.stop()
      await outbox.stop()
      await queue.stop()
    },
  }
}

export async function echo(
  db: Database,
  message: StoredInbound,
  { inbox, outbox }: { inbox: Inbox; outbox: Outbox },
): Promise<void> {
  const text = message.content.kind === 'text' ? `re: ${message.content.text}` : `re: ${message.content.kind}`
  await db.inTransaction(async (tx) => {
    if (!(await inbox.done(tx, message.id))) return
    await outbox.say(
      tx,
      message.address,
      { text, citations: [], actions: [] },
      { cause: `inbound:${message.id}:1`, from: 'assistant', province: null },
    )
  })
}

/** Waits until `check` holds. */
export async function until(check: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not come about in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
