import { connect, type Socket } from 'node:net'

/** A small HTTP/1.1 client over raw sockets: the generator must not be what is measured. */

export interface Answer {
  status: number
  ms: number
}

interface Lane {
  socket: Socket
  busy: ((status: number) => void) | null
}

export function client(port: number, connections: number, secret: string) {
  const lanes: Lane[] = []
  const free: Lane[] = []
  const queue: { payload: string; done: (status: number) => void }[] = []

  const send = (lane: Lane, payload: string, done: (status: number) => void) => {
    lane.busy = done
    lane.socket.write(payload)
  }
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', resolve)
      socket.setNoDelay(true)
      const lane: Lane = { socket, busy: null }
      let buffer = ''
      socket.once('error', reject)
      // the server closes connections that have been idle for 5 s
      socket.once('close', () => {
        const at = free.indexOf(lane)
        if (at >= 0) free.splice(at, 1)
        lanes.splice(lanes.indexOf(lane), 1)
        lane.busy?.(0)
      })
      socket.on('data', (chunk) => {
        buffer += chunk.toString('latin1')
        const end = buffer.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/content-length: (\d+)/i.exec(buffer)?.[1] ?? 0)
        if (
          /transfer-encoding: chunked/i.test(buffer)
            ? !buffer.endsWith('0\r\n\r\n')
            : buffer.length < end + 4 + length
        )
          return
        const status = Number(buffer.slice(9, 12))
        buffer = ''
        const { busy } = lane
        lane.busy = null
        const next = queue.shift()
        if (next) send(lane, next.payload, next.done)
        else free.push(lane)
        busy?.(status)
      })
      lanes.push(lane)
      free.push(lane)
    })

  const drain = () => {
    while (queue.length > 0 && free.length > 0) {
      const next = queue.shift()
      const lane = free.pop()
      if (next && lane) send(lane, next.payload, next.done)
    }
  }

  return {
    async open() {
      await Promise.all(Array.from({ length: connections }, open))
    },
    post(path: string, body: string): Promise<Answer> {
      const payload =
        `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
        `x-telegram-bot-api-secret-token: ${secret}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
      const start = performance.now()
      return new Promise((resolve) => {
        const done = (status: number) => resolve({ status, ms: performance.now() - start })
        const lane = free.pop()
        if (lane) return send(lane, payload, done)
        queue.push({ payload, done })
        if (lanes.length < connections) void open().then(() => drain())
      })
    },
    close() {
      for (const { socket } of lanes) socket.destroy()
    },
  }
}

let updates = Math.floor(Date.now() / 10)

/** An update in Telegram's shape: a private text message of one of `people` persons. */
export function update(people: number, text?: string): { id: number; body: string } {
  const id = ++updates
  const chat = 1_000_000 + (id % people)
  const from = { id: chat, is_bot: false, first_name: 'Bình', language_code: 'vi' }
  const message = {
    message_id: id,
    from,
    chat: { id: chat, type: 'private', first_name: 'Bình' },
    date: Math.floor(Date.now() / 1000),
    text: text ?? `Doanh nghiệp tôi muốn áp dụng 5S thì được hỗ trợ bao nhiêu? (${id})`,
  }
  return { id, body: JSON.stringify({ update_id: id, message }) }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function summary(values: number[]): { p50: number; p95: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  }
}
