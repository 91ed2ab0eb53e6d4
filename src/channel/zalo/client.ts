import { z } from 'zod'
import { HTTP_401_CODE, MESSAGE_ID_FIELDS } from './guesses.ts'

/** Zalo's three servers over plain fetch: every call timed, every answer read as far as a limit, parsed, never thrown. */

export interface Roots {
  /** https://oauth.zaloapp.com */
  oauth: string
  /** https://openapi.zalo.me */
  api: string
  /** https://business.openapi.zalo.me */
  business: string
}

export type Fetch = typeof globalThis.fetch

export type Answer =
  | { kind: 'done'; data: Record<string, unknown> }
  /** Zalo said no: nothing was sent. `afterMs` from Retry-After. */
  | { kind: 'refused'; code: number; message: string; afterMs: number | null }
  /** No usable answer. `maybeDone` false only when the request surely never reached Zalo. */
  | { kind: 'lost'; maybeDone: boolean; cause: string }

const SEND_TIMEOUT_MS = 15_000
const UPLOAD_TIMEOUT_MS = 25_000
const MAX_ANSWER_BYTES = 256 * 1024

const Body = z.looseObject({
  error: z.coerce.number().int(),
  message: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** Before a connection stands, nothing was sent: the only failures that prove it (Node and undici names). */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

export interface Client {
  /** POST of JSON with the access token. */
  post(url: string, accessToken: string, body: unknown): Promise<Answer>
  upload(
    url: string,
    accessToken: string,
    file: { name: string; mediaType: string; bytes: Uint8Array },
  ): Promise<Answer>
}

export function zaloClient(fetch: Fetch): Client {
  return {
    post: (url, accessToken, body) =>
      call(fetch, url, SEND_TIMEOUT_MS, {
        method: 'POST',
        headers: { access_token: accessToken, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async upload(url, accessToken, { name, mediaType, bytes }) {
      const form = new FormData()
      form.append('file', new Blob([new Uint8Array(bytes)], { type: mediaType }), name)
      return await call(fetch, url, UPLOAD_TIMEOUT_MS, {
        method: 'POST',
        headers: { access_token: accessToken },
        body: form,
      })
    },
  }
}

async function call(fetch: Fetch, url: string, timeoutMs: number, init: RequestInit): Promise<Answer> {
  const raw = await exchangeRaw(fetch, url, timeoutMs, init)
  if (raw.kind === 'lost') return raw
  const { status, body, afterMs } = raw
  const parsed = Body.safeParse(body)
  // A failure may come with HTTP 200 and a success never carries an error: only `error === 0` counts.
  if (parsed.success && parsed.data.error !== 0) {
    return { kind: 'refused', code: parsed.data.error, message: redact(parsed.data.message ?? ''), afterMs }
  }
  if (status === 429) return { kind: 'refused', code: -32, message: 'HTTP 429', afterMs }
  if (status === 401) return { kind: 'refused', code: HTTP_401_CODE, message: 'HTTP 401', afterMs }
  if (status >= 400 && status < 500)
    return { kind: 'refused', code: -status, message: `HTTP ${status}`, afterMs }
  if (parsed.success && status < 400) return { kind: 'done', data: parsed.data.data ?? {} }
  return { kind: 'lost', maybeDone: true, cause: `HTTP ${status}` }
}

export type RawAnswer =
  | { kind: 'answered'; status: number; body: unknown; afterMs: number | null }
  | { kind: 'lost'; maybeDone: boolean; cause: string }

/** One request and its parsed JSON (`undefined` when it was none). Shared with the OAuth calls, whose answers differ. */
export async function exchangeRaw(
  fetch: Fetch,
  url: string,
  timeoutMs: number,
  init: RequestInit,
): Promise<RawAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const bytes = await readUpTo(response, MAX_ANSWER_BYTES)
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return {
      kind: 'answered',
      status: response.status,
      body: parseJson(bytes),
      afterMs: Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : null,
    }
  } catch (error) {
    const cause = causeOf(error)
    return { kind: 'lost', maybeDone: !NEVER_SENT.has(cause), cause }
  }
}

/** @throws when the body is longer, so a runaway answer never fills the memory */
export async function readUpTo(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  if (!response.body) return Buffer.alloc(0)
  for await (const chunk of response.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > limit) throw Object.assign(new Error('answer too long'), { code: 'TOO_LONG' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The innermost error code: fetch wraps what happened on the socket, and happy eyeballs wraps it once more. */
function causeOf(error: unknown): string {
  let found = error instanceof Error ? error.name : 'unknown'
  let current: unknown = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') found = current.code
    current = current instanceof AggregateError ? (current.errors[0] as unknown) : (current.cause as unknown)
  }
  return found
}

/** Zalo's wording names the wrong field, which helps; numbers in it may be a phone, so they go. */
function redact(message: string): string {
  return message.replace(/\d{6,}/g, '…').slice(0, 200)
}

export function messageIdOf(data: Record<string, unknown>): string {
  for (const field of MESSAGE_ID_FIELDS) {
    const id = data[field]
    if (typeof id === 'string' && id !== '') return id
  }
  return 'unknown'
}
