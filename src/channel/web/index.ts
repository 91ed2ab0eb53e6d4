import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Address, type InboundEvent, laneOf, type OutboundFile, type Sender } from '../index.ts'
import { loadAssets } from './assets.ts'
import { createBus, type Relay } from './bus.ts'
import { guard } from './guard.ts'
import { type About, page } from './page.ts'
import { createPeople } from './person.ts'
import { postRoutes } from './posts.ts'
import { renderEntry } from './render.ts'
import { frameOf, languageOf, type Web } from './request.ts'
import { streamReplies } from './stream.ts'
import { STARTERS, texts } from './texts.ts'
import { type Entry, inOrder } from './transcript.ts'
import type { Uploads } from './uploads.ts'
import { voiceRoutes } from './voice.ts'
import { widgetRoute } from './widget.ts'

/** The chat page: same way as every channel, with the browser as platform. */

export type { Relay } from './bus.ts'
export { postgresRelay } from './relay.ts'
export { type Entry as TranscriptEntry, toEntries } from './transcript.ts'
export { createUploads, type Uploads } from './uploads.ts'

interface TranscriptPage {
  before: Date | null
  limit: number
  /** What the person said is not needed. */
  repliesOnly: boolean
}

interface Log {
  warn: (details: Record<string, unknown>, message: string) => void
  error: (details: Record<string, unknown>, message: string) => void
}

export interface WebOptions {
  account: string
  /** Signs the conversation cookie; 32 bytes or more, the same for every process. */
  secret: Buffer
  /** Read at every page, so that a newly published plan shows at once. */
  about: () => About | Promise<About>
  accept: (event: InboundEvent, from: { ip?: string }) => Promise<'stored' | 'duplicate' | 'limited' | 'shed'>
  /**
   * What was said, any order: from the inbox, and from the outbox what was handed to `sender` (sending or sent, not
   * suppressed; see `toEntries`). At most `limit` of each, the newest, before `before`.
   */
  transcript: (address: Address, page: TranscriptPage) => Promise<Entry[]>
  /** Bytes of a file in this person's transcript; null for anybody else's. */
  file: (address: Address, messageId: string) => Promise<OutboundFile | null>
  /** Sites that may show the chat in a frame, as origins. */
  allowedOrigins: readonly string[]
  /** Address people see; tells https behind a proxy and which origin posts come from. */
  publicUrl?: string
  /** The caller's network address, for rate limits. */
  callerOf?: (c: Context) => string | undefined
  relay?: Relay
  /** Meta tags for the head that prove the domain to a platform; HTML, from our own rooms only. */
  headHtml?: () => Promise<string>
  log: Log
  now?: () => Date
  heartbeatMs?: number
  /** Where recordings wait to be heard; without it the page offers none. */
  uploads?: Uploads | null
}

export interface WebChannel {
  routes: Hono
  sender: Sender
  start: () => Promise<void>
  /** Ends the open streams, so that the server can close; pages connect to the next process. */
  stop: () => Promise<void>
  /** Pages connected now. */
  connected: () => number
}

const PAGE_ENTRIES = 60
const STREAM_ENTRIES = 40
const STREAMS_PER_PERSON = 8

export function webChannel(options: WebOptions): WebChannel {
  const { account, about, transcript, relay = null, heartbeatMs = 20_000 } = options
  const bus = createBus(relay, randomBytes(6).toString('hex'))
  const assets = loadAssets()
  const isHttps = (c: Context) =>
    (options.publicUrl ?? c.req.header('x-forwarded-proto') ?? c.req.url).startsWith('https')
  const web: Web = {
    account,
    accept: options.accept,
    people: createPeople(options.secret, isHttps),
    isHttps,
    bus,
    log: options.log,
    now: options.now ?? (() => new Date()),
    callerOf: options.callerOf ?? (() => undefined),
  }
  const streams = new Map<string, number>()
  let stopping = new AbortController()

  const routes = new Hono()
  routes.use(guard(options))
  assets.mount(routes)
  routes.route('/', widgetRoute(options.allowedOrigins))
  routes.route('/', postRoutes(web))
  if (options.uploads) routes.route('/', voiceRoutes(web, options.uploads))

  routes.get('/', async (c) => {
    const frame = frameOf(c, isHttps)
    const known = web.people.known(c, frame)
    const person = web.people.ensure(c, frame)
    const language = languageOf(c)
    const before = dateOf(c.req.query('before'))
    const address: Address = { channel: 'web', account, person }
    const all =
      known === null
        ? []
        : inOrder(await transcript(address, { before, limit: PAGE_ENTRIES, repliesOnly: false }))
    const entries = all.slice(-PAGE_ENTRIES)
    const first = entries[0]
    const told = await about()
    const headHtml = (await options.headHtml?.()) ?? ''
    const asked = c.req.query('start')
    c.header('cache-control', 'no-store')
    const query = c.req.query('embed') === '1' ? '?embed=1' : ''
    const olderHref =
      first && all.length >= PAGE_ENTRIES
        ? `/?before=${encodeURIComponent(first.at.toISOString())}${query.replace('?', '&')}`
        : null
    return c.html(
      page({
        about: told,
        headHtml,
        language,
        entries,
        olderHref,
        embedded: query !== '',
        start: asked !== undefined && /^[\w-]{1,64}$/.test(asked) ? asked : null,
        notice: noticeOf(c),
        voice: options.uploads != null,
        starters: told.starters ?? STARTERS[language],
        assets,
        back: `/${query}`,
      }),
    )
  })

  routes.get('/chat/stream', (c) => {
    const person = web.people.known(c, frameOf(c, isHttps))
    if (stopping.signal.aborted) return c.body(null, 503, { 'retry-after': '2' })
    // 204 tells the browser not to try again (HTML standard, server-sent events).
    if (person === null) return c.body(null, 204)
    const address: Address = { channel: 'web', account, person }
    const open = streams.get(person) ?? 0
    if (open >= STREAMS_PER_PERSON) return c.body(null, 204)
    streams.set(person, open + 1)
    const look = { say: texts(languageOf(c)), back: c.req.query('embed') === '1' ? '/?embed=1' : '/' }
    return streamReplies(c, {
      bus,
      lane: laneOf(address),
      lastId: c.req.header('last-event-id') ?? (c.req.query('after') || null),
      transcript: async () =>
        inOrder(await transcript(address, { before: null, limit: STREAM_ENTRIES, repliesOnly: true })),
      render: async (entry) => (await renderEntry(entry, look, new Map())).toString(),
      stopping: stopping.signal,
      heartbeatMs,
      ended() {
        const left = (streams.get(person) ?? 1) - 1
        if (left > 0) streams.set(person, left)
        else streams.delete(person)
      },
    })
  })

  routes.get('/chat/file/:id', async (c) => {
    const person = web.people.known(c, frameOf(c, isHttps)) ?? web.people.known(c, 'embedded')
    const address: Address | null = person === null ? null : { channel: 'web', account, person }
    const file = address ? await options.file(address, c.req.param('id')) : null
    if (!file) return c.notFound()
    c.header('content-type', file.mediaType)
    c.header('cache-control', 'private, no-store')
    c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    return c.body(new Uint8Array(file.bytes))
  })

  routes.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse() // refused as cross-site
    options.log.error({ error: error.name, path: c.req.path }, 'web chat request failed')
    return c.text(texts(languageOf(c))('notKept'), 503, { 'retry-after': '5' })
  })

  return {
    routes,
    sender: webSender(bus),
    async start() {
      stopping = new AbortController()
      await bus.start()
    },
    async stop() {
      stopping.abort()
      await bus.stop()
    },
    connected: () => bus.size(),
  }
}

/** What is in the transcript has arrived; sending only tells the pages that are open. Hence it cannot fail. */
function webSender(bus: ReturnType<typeof createBus>): Sender {
  return {
    async send(to, _, progress) {
      await progress.onPart(progress.messageId)
      bus.publish(laneOf(to), { kind: 'look', id: progress.messageId })
      return { outcome: 'sent', platformIds: [progress.messageId] }
    },
    sendFile(to) {
      bus.publish(laneOf(to), { kind: 'look', id: null })
      return Promise.resolve({ outcome: 'sent', platformIds: [] })
    },
    typing(to) {
      bus.publish(laneOf(to), { kind: 'typing' })
      return Promise.resolve()
    },
  }
}

function dateOf(text: string | undefined): Date | null {
  const date = new Date(text ?? '')
  return Number.isNaN(date.getTime()) ? null : date
}

function noticeOf(c: Context): string | null {
  const say = texts(languageOf(c))
  switch (c.req.query('notice')) {
    case 'tooLarge':
      return say('tooLarge')
    case 'notKept':
      return say('notKept')
    default:
      return null
  }
}
