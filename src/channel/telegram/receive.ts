import { hash, timingSafeEqual } from 'node:crypto'
import type { Api } from 'grammy'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { InboundEvent } from '../message.ts'
import { say } from './texts.ts'
import { pressOf, type Reading, readUpdate, Update } from './updates.ts'

/** Both ways in, webhook and long polling, end in `take`: read, store, and only then tell Telegram that we have it. */

/** The inbox's door: whatever it answers, the event is kept; it throws when it could not keep it. */
export type Accept = (event: InboundEvent) => Promise<'stored' | 'duplicate' | 'limited' | 'shed'>

export interface Counts {
  accepted: number
  duplicate: number
  /** Kept, but too many from this person: not answered. */
  limited: number
  /** Kept, and answered later. */
  shed: number
  ignored: number
  /** Not an update as we know it; acknowledged, since Telegram would send it again for a day. */
  unreadable: number
  /** Webhook calls without our secret. */
  forged: number
}

export interface Receiver {
  /** @throws what `accept` throws: Telegram must keep the update and send it again */
  take: (raw: unknown) => Promise<void>
  readonly counts: Counts
}

export interface ReceiverOptions {
  api: Api
  account: string
  accept: Accept
  now: () => Date
  /** "@name" once known. */
  name: () => string | null
  /** Tells the channel which language the person's app is in. */
  seen: (event: InboundEvent) => void
  warn: (event: string, details: Record<string, unknown>) => void
}

const NOTICE_EVERY_MS = 10 * 60_000
const NOTICES_REMEMBERED = 10_000

export function receiver(options: ReceiverOptions): Receiver {
  const { api, account, accept, now, name, seen, warn } = options
  const counts: Counts = {
    accepted: 0,
    duplicate: 0,
    limited: 0,
    shed: 0,
    ignored: 0,
    unreadable: 0,
    forged: 0,
  }
  const noticed = new Map<string, number>()

  /** Said outside the outbox: nothing depends on it and a group has no conversation. */
  function give({ chat, notice, language }: Extract<Reading, { kind: 'notice' }>): void {
    const at = now().getTime()
    const key = `${chat}:${notice}`
    if (at - (noticed.get(key) ?? 0) < NOTICE_EVERY_MS) return
    if (noticed.size >= NOTICES_REMEMBERED) noticed.clear()
    noticed.set(key, at)
    const address = notice === 'privateOnly' && name() !== null ? ` (${name()})` : ''
    const text = say(notice, language) + (notice === 'privateOnly' ? `${address}.` : '')
    api.sendMessage(chat, text).catch(() => warn('telegram notice not sent', { notice }))
  }

  /** At once and without waiting: the query dies after 15 s or so, and the reply comes as a message anyway. */
  function answerPress(update: Update): void {
    const press = pressOf(update)
    if (!press) return
    const extra = press.private ? {} : { text: say('privateOnly', press.language), show_alert: true }
    api.answerCallbackQuery(press.queryId, extra).catch(() => {}) // "query is too old" after a pause is normal
  }

  async function take(raw: unknown): Promise<void> {
    const parsed = Update.safeParse(raw)
    if (!parsed.success) {
      counts.unreadable++
      warn('telegram update not understood', { paths: parsed.error.issues.map(({ path }) => path.join('.')) })
      return
    }
    answerPress(parsed.data)
    const reading = readUpdate(parsed.data, account, now())
    if (reading.kind === 'notice') give(reading)
    if (reading.kind !== 'event') {
      counts.ignored++
      return
    }
    seen(reading.event)
    const outcome = await accept(reading.event)
    counts[outcome === 'stored' ? 'accepted' : outcome]++
  }

  return { take, counts }
}

const BODY_BYTES_MAX = 1_000_000
const digest = (text: string) => hash('sha256', text, 'buffer')

/** `POST /webhooks/telegram`: secret first, then the body; 200 only for what is stored or never will be. */
export function webhookRoute(
  { take, counts }: Receiver,
  secret: string,
  failed: (error: unknown) => void,
): Hono {
  const expected = digest(secret)
  const counting = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => c.body(null, 413) })
  const app = new Hono()
  const keep = async (c: Context) => {
    let update: unknown
    try {
      update = JSON.parse(await c.req.text())
    } catch {
      counts.unreadable++
      return c.body(null, 400)
    }
    try {
      await take(update)
      return c.body(null, 200)
    } catch (error) {
      failed(error)
      return c.body(null, 500, { 'retry-after': '2' }) // honoured by Telegram, which keeps the chat's order
    }
  }
  app.post('/webhooks/telegram', async (c) => {
    const given = digest(c.req.header('x-telegram-bot-api-secret-token') ?? '')
    if (!timingSafeEqual(given, expected)) {
      counts.forged++
      return c.body(null, 401)
    }
    // A stated length is enforced by the HTTP parser, so the limit need not build a Request and count its stream.
    const stated = c.req.header('content-length')
    if (stated === undefined) {
      const refused = await counting(c, async () => {
        c.res = await keep(c)
      })
      return refused ?? c.res
    }
    return Number(stated) > BODY_BYTES_MAX ? c.body(null, 413) : await keep(c)
  })
  return app
}

export interface Poll {
  api: Api
  take: Receiver['take']
  signal: AbortSignal
  /** A poll came back. */
  alive: () => void
}

const POLL_S = 50

/**
 * One long poll and its updates in order. An update is confirmed by the next poll's offset, so only what `take` has
 * stored moves it on.
 * @returns the next offset
 */
export async function pollOnce({ api, take, signal, alive }: Poll, offset: number): Promise<number> {
  const updates = await api.getUpdates(
    { offset, timeout: POLL_S, limit: 100 },
    signal as Parameters<Api['getUpdates']>[1],
  )
  alive()
  let next = offset
  for (const update of updates) {
    if (signal.aborted) return next
    await take(update)
    next = update.update_id + 1
  }
  return next
}
