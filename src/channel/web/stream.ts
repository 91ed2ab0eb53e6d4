import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { Bus, Signal } from './bus.ts'
import { type Entry, missedSince } from './transcript.ts'

/** Server-sent events of one page: what it missed, then live, a heartbeat, and a look at the transcript now and then. */

export interface StreamOptions {
  bus: Bus
  lane: string
  /** Last message the page has. */
  lastId: string | null
  transcript: () => Promise<Entry[]>
  render: (entry: Entry) => Promise<string>
  stopping: AbortSignal
  heartbeatMs: number
  ended: () => void
}

/** A page that does not read its stream is cut off; it comes back with Last-Event-ID. */
const BACKLOG_MAX = 200
/** An announced message may still be on its way into our view of the database: look again a few times. */
const LOOK_AGAIN_MS = [50, 300, 1_500]
const RETRY_MS = 2_000

export function streamReplies(c: Context, options: StreamOptions): Response {
  c.header('X-Accel-Buffering', 'no') // nginx would hold the events back
  return streamSSE(
    c,
    async (stream) => await new Connection(stream, options).run(),
    async () => {}, // the page connects again
  )
}

class Connection {
  private readonly shown = new Set<string>()
  private readonly queue: Signal[] = []
  private wake: () => void = () => {}
  private open = true
  private readonly stream: SSEStreamingApi
  private readonly options: StreamOptions

  constructor(stream: SSEStreamingApi, options: StreamOptions) {
    this.stream = stream
    this.options = options
  }

  async run(): Promise<void> {
    const { bus, lane, lastId, stopping, heartbeatMs, ended } = this.options
    const close = () => {
      this.open = false
      this.wake()
    }
    // Listening starts before the transcript is read, so nothing falls between the two.
    const timers = new Set<NodeJS.Timeout>()
    const unsubscribe = bus.subscribe(lane, (signal) => {
      this.push(signal)
      if (signal.kind !== 'look') return
      for (const ms of LOOK_AGAIN_MS) timers.add(setTimeout(() => this.push(signal), ms))
    })
    const heartbeat = setInterval(() => this.push({ kind: 'look', id: null }), heartbeatMs)
    this.stream.onAbort(close)
    stopping.addEventListener('abort', close)
    try {
      await this.stream.write(`retry: ${RETRY_MS}\n\n`)
      if (lastId !== null) this.shown.add(lastId)
      await this.look()
      while (this.open && !stopping.aborted) {
        const signal = this.queue.shift()
        if (signal) await this.show(signal)
        else await new Promise<void>((resolve) => (this.wake = resolve))
      }
    } finally {
      ended()
      unsubscribe()
      clearInterval(heartbeat)
      for (const timer of timers) clearTimeout(timer)
      stopping.removeEventListener('abort', close)
    }
  }

  private push(signal: Signal): void {
    this.queue.push(signal)
    if (this.queue.length > BACKLOG_MAX) this.open = false
    this.wake()
  }

  private async show(signal: Signal): Promise<void> {
    if (signal.kind === 'typing') return await this.stream.writeSSE({ event: 'typing', data: '' })
    if (signal.id !== null && this.shown.has(signal.id)) return
    if (signal.id === null) await this.stream.write(': ♥\n\n')
    await this.look()
  }

  private async look(): Promise<void> {
    const { transcript, lastId } = this.options
    for (const entry of missedSince(await transcript(), lastId)) await this.send(entry)
  }

  private async send(entry: Entry): Promise<void> {
    if (this.shown.has(entry.id)) return
    this.shown.add(entry.id)
    const data = JSON.stringify({ id: entry.id, html: await this.options.render(entry) })
    await this.stream.writeSSE({ id: entry.id, event: 'message', data })
  }
}
