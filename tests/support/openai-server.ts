import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An OpenAI-compatible endpoint whose behaviour a test scripts, spoken over real HTTP on 127.0.0.1. */

export interface ChatCall {
  path: string
  /** All message texts, joined. */
  text: string
  body: Record<string, unknown>
}

export type Reply =
  /** The content of the assistant's message; objects are sent as JSON text. */
  | { content: unknown; finish?: 'stop' | 'length' }
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { hangMs: number }
  | { reset: true }
  /** Half an answer, then the connection ends. */
  | { truncated: string }
  /** Half an answer, then nothing more, the connection open. */
  | { stalled: string }

export interface OpenAiServer {
  url: string
  calls: ChatCall[]
  /** Decides every chat reply; may be replaced between calls. */
  behave(reply: (call: ChatCall) => Reply): void
  /** Vector of a text, for /embeddings. */
  embedWith(vector: (text: string) => number[]): void
  transcribeAs(text: string): void
  /** Told how long the server itself took, from a request's arrival to its answer's end. */
  timed: ((ms: number) => void) | null
  close(): Promise<void>
}

export async function openAiServer(): Promise<OpenAiServer> {
  let reply: (call: ChatCall) => Reply = () => ({ content: {} })
  let vector: (text: string) => number[] = () => [1, 0, 0]
  let transcript = ''
  const calls: ChatCall[] = []
  const waiting = new Set<NodeJS.Timeout>()
  const server = createServer((request, response) => {
    const arrived = performance.now()
    response.on('finish', () => handle.timed?.(performance.now() - arrived))
    void readBody(request).then((bytes) => {
      const path = request.url ?? ''
      if (path.endsWith('/audio/transcriptions')) return json(response, 200, { text: transcript })
      const body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
      if (path.endsWith('/embeddings')) {
        const input = body['input'] as string[]
        calls.push({ path, text: input.join('\n'), body })
        return json(response, 200, {
          object: 'list',
          model: body['model'],
          data: input.map((text, index) => ({ object: 'embedding', index, embedding: vector(text) })),
          usage: { prompt_tokens: input.length, total_tokens: input.length },
        })
      }
      const messages = body['messages'] as { content: string }[]
      const call = { path, text: messages.map((message) => message.content).join('\n'), body }
      calls.push(call)
      return answer(response, reply(call), String(body['model']), waiting)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const handle: OpenAiServer = {
    timed: null,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    behave: (next) => {
      reply = next
    },
    embedWith: (next) => {
      vector = next
    },
    transcribeAs: (text) => {
      transcript = text
    },
    close: async () => {
      for (const timer of waiting) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return handle
}

function answer(response: ServerResponse, reply: Reply, model: string, waiting: Set<NodeJS.Timeout>): void {
  if ('reset' in reply) {
    response.destroy()
    return
  }
  if ('hangMs' in reply) {
    waiting.add(setTimeout(() => response.destroy(), reply.hangMs))
    return
  }
  if ('status' in reply) {
    json(response, reply.status, reply.body ?? { error: { message: 'no', type: 'x' } }, reply.headers)
    return
  }
  if ('stalled' in reply) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(reply.stalled)
    waiting.add(setTimeout(() => response.destroy(), 60_000))
    return
  }
  if ('truncated' in reply) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(reply.truncated)
    response.destroy()
    return
  }
  json(response, 200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        finish_reason: reply.finish ?? 'stop',
        message: {
          role: 'assistant',
          content: typeof reply.content === 'string' ? reply.content : JSON.stringify(reply.content),
          refusal: null,
        },
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  })
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
