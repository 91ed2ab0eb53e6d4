import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** Telegram's side under faults: what it was asked to send, and what it answered. */
export interface Platform {
  url: string
  /** Texts that arrived, per chat, in the order they arrived. */
  arrived: Map<string, string[]>
  faults: Record<Fault, number>
  close: () => void
}

export type Fault = '429' | '500' | 'reset' | 'answer lost'
const FAULTS: readonly Fault[] = ['429', '500', 'reset', 'answer lost']

export async function faultyPlatform(share: number, random: () => number): Promise<Platform> {
  const arrived: Platform['arrived'] = new Map()
  const faults: Platform['faults'] = { '429': 0, '500': 0, reset: 0, 'answer lost': 0 }
  let sent = 0

  const take = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const answer = (status: number, value: object) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (!request.url?.endsWith('/sendMessage')) return answer(200, { ok: true, result: true })
    const { chat_id, text } = JSON.parse(body) as { chat_id: string; text: string }
    const fault = random() < share ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined
    if (fault) faults[fault]++
    if (fault === 'reset') return request.socket.destroy()
    if (fault === '500')
      return answer(500, { ok: false, error_code: 500, description: 'Internal Server Error' })
    if (fault === '429') {
      return answer(429, {
        ok: false,
        error_code: 429,
        description: 'Too Many Requests: retry after 1',
        parameters: { retry_after: 1 },
      })
    }
    const chat = String(chat_id)
    arrived.set(chat, [...(arrived.get(chat) ?? []), text])
    if (fault === 'answer lost') return request.socket.destroy()
    return answer(200, {
      ok: true,
      result: { message_id: ++sent, date: 0, chat: { id: Number(chat), type: 'private' }, text },
    })
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => take(request, response, body))
    request.on('error', () => {}) // its process was killed
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    arrived,
    faults,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
