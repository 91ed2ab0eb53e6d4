import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A stand-in for the Bot API (10.3) over HTTP: checks what it is sent as Telegram does, delivers updates by webhook
 * (one chat strictly in order, repeated until 2xx) or long polling, and can fail in every way the real one does.
 */

export type Fault =
  | { kind: '429'; retryAfter: number }
  | { kind: '500' }
  | { kind: 'reset' }
  /** Done, but the answer never arrives. */
  | { kind: 'lost' }
  | { kind: 'hang' }
  | { kind: 'refuse'; code: number; description: string; parameters?: Record<string, unknown> }
  | { kind: 'html' }

export interface Call {
  method: string
  payload: Record<string, unknown>
  /** Whether Telegram carried it out. */
  applied: boolean
  messageId: number | null
}

interface Entity {
  type: string
  offset: number
  length: number
}

interface Waiting {
  updateId: number
  body: Record<string, unknown>
  lane: string
}

export interface TelegramServer {
  url: string
  token: string
  calls: Call[]
  /** Messages people see, in the order they arrived. */
  messagesTo(chat: number): { text: string; payload: Record<string, unknown>; id: number }[]
  fault(method: string, fault: Fault, times?: number): void
  block(chat: number): void
  unblock(chat: number): void
  /** Delivers an update; resolves when the bot has confirmed it. */
  push(body: Record<string, unknown>, lane: string): Promise<number>
  /** Delivers the same update again, as Telegram does when our 200 got lost. */
  pushAgain(updateId: number): Promise<void>
  lastUpdate(): number
  file(id: string, bytes: Uint8Array, mediaType: string, announced?: number): void
  readonly webhook: { url: string; secret: string } | null
  readonly webhookAttempts: { updateId: number; status: number }[]
  commands: Map<string, unknown>
  person(id: number, profile?: { language?: string; firstName?: string }): TelegramPerson
  close(): Promise<void>
}

export interface TelegramPerson {
  id: number
  say(text: string): Promise<number>
  edit(messageId: number, text: string, secondsLater: number): Promise<number>
  press(data: string): Promise<number>
  /** Presses the button with this label on the newest message that has it. */
  pressLabel(label: string): Promise<number>
  shareContact(phone: string, own: boolean): Promise<number>
  send(fields: Record<string, unknown>): Promise<number>
  blockBot(): Promise<number>
  unblockBot(): Promise<number>
  messages(): string[]
}

class Refusal extends Error {
  readonly code: number
  readonly description: string
  readonly parameters: Record<string, unknown> | undefined
  constructor(code: number, description: string, parameters?: Record<string, unknown>) {
    super(description)
    this.code = code
    this.description = description
    this.parameters = parameters
  }
}

export async function telegramServer(token = '4242:stand-in-token'): Promise<TelegramServer> {
  const calls: Call[] = []
  const faults = new Map<string, Fault[]>()
  const blocked = new Set<number>()
  const files = new Map<string, { bytes: Uint8Array; mediaType: string; announced: number }>()
  const commands = new Map<string, unknown>()
  const queue: Waiting[] = []
  const delivered = new Map<number, Waiting>()
  const confirmed = new Map<number, () => void>()
  const webhookAttempts: { updateId: number; status: number }[] = []
  const lanes = new Map<string, Promise<unknown>>()
  let webhook: { url: string; secret: string } | null = null
  let nextUpdate = 700_000_001
  let nextMessage = 1
  let poll = 0
  let wake: (() => void) | null = null
  let closed = false

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request)
    const path = request.url ?? ''
    const fileMatch = /^\/file\/bot([^/]+)\/(.+)$/.exec(path)
    if (fileMatch) {
      const file = fileMatch[1] === token ? files.get(fileMatch[2]?.replace(/^files\//, '') ?? '') : undefined
      response.writeHead(file ? 200 : 404, file ? { 'content-type': file.mediaType } : {})
      response.end(file?.bytes)
      return
    }
    const match = /^\/bot([^/]+)\/(\w+)$/.exec(path)
    const method = match?.[2] ?? ''
    if (!match) return answer(response, 404, { ok: false, error_code: 404, description: 'Not Found' })
    if (match[1] !== token) return refuse(response, new Refusal(401, 'Unauthorized'))
    const payload = await readPayload(request, body)
    const call: Call = { method, payload, applied: false, messageId: null }
    calls.push(call)
    const list = faults.get(method) ?? []
    const fault = list.shift()
    if (fault && fault.kind !== 'lost') return await fail(response, fault)
    try {
      const result = await run(method, payload, call)
      call.applied = true
      if (fault) return void response.destroy()
      answer(response, 200, { ok: true, result })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refuse(response, error)
    }
  }

  async function fail(response: ServerResponse, fault: Exclude<Fault, { kind: 'lost' }>): Promise<void> {
    switch (fault.kind) {
      case '429': {
        const parameters = { retry_after: fault.retryAfter }
        return refuse(
          response,
          new Refusal(429, `Too Many Requests: retry after ${fault.retryAfter}`, parameters),
        )
      }
      case '500':
        return refuse(response, new Refusal(500, 'Internal Server Error'))
      case 'refuse':
        return refuse(response, new Refusal(fault.code, fault.description, fault.parameters))
      case 'html':
        response.writeHead(502, { 'content-type': 'text/html' })
        response.end('<html>Bad Gateway</html>')
        return
      case 'hang':
        await sleep(60_000, undefined, { ref: false })
        return
      case 'reset':
        response.destroy()
    }
  }

  async function run(method: string, payload: Record<string, unknown>, call: Call): Promise<unknown> {
    switch (method) {
      case 'getMe':
        return { id: 4242, is_bot: true, first_name: 'Trợ lý', username: 'nscl_stand_in_bot' }
      case 'setMyCommands':
        checkCommands(payload['commands'])
        commands.set(field(payload, 'language_code'), payload['commands'])
        return true
      case 'setWebhook':
        webhook = { url: field(payload, 'url'), secret: field(payload, 'secret_token') }
        for (const waiting of queue.splice(0)) void deliver(waiting)
        return true
      case 'deleteWebhook':
        webhook = null
        return true
      case 'getWebhookInfo':
        return { url: webhook?.url ?? '', has_custom_certificate: false, pending_update_count: queue.length }
      case 'getUpdates':
        return await getUpdates(payload)
      case 'sendMessage':
        return sendMessage(payload, call)
      case 'sendPhoto':
      case 'sendDocument':
        checkChat(payload)
        if (count(field(payload, 'caption')) > 1024)
          throw new Refusal(400, 'Bad Request: message caption is too long')
        return stored(payload, call)
      case 'sendChatAction':
        checkChat(payload)
        return true
      case 'answerCallbackQuery':
        if (count(field(payload, 'text')) > 200) throw new Refusal(400, 'Bad Request: MESSAGE_TOO_LONG')
        return true
      case 'getFile': {
        const id = field(payload, 'file_id')
        const file = files.get(id)
        if (!file) throw new Refusal(400, 'Bad Request: invalid file_id')
        if (file.announced > 20_000_000) throw new Refusal(400, 'Bad Request: file is too big')
        return { file_id: id, file_unique_id: id, file_size: file.announced, file_path: `files/${id}` }
      }
      default:
        throw new Refusal(404, 'Not Found')
    }
  }

  function checkChat(payload: Record<string, unknown>): void {
    const chat = Number(payload['chat_id'])
    if (blocked.has(chat)) throw new Refusal(403, 'Forbidden: bot was blocked by the user')
    if (!Number.isInteger(chat)) throw new Refusal(400, 'Bad Request: chat not found')
  }

  function stored(payload: Record<string, unknown>, call: Call) {
    call.messageId = nextMessage++
    return {
      message_id: call.messageId,
      date: unix(),
      chat: { id: Number(payload['chat_id']), type: 'private' },
    }
  }

  function sendMessage(payload: Record<string, unknown>, call: Call) {
    checkChat(payload)
    const text = field(payload, 'text')
    if (text.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty')
    if (count(text) > 4096) throw new Refusal(400, 'Bad Request: message is too long')
    if (payload['parse_mode'] !== undefined) throw new Refusal(400, "Bad Request: can't parse entities")
    for (const { offset, length } of (payload['entities'] ?? []) as Entity[]) {
      if (length < 1 || offset < 0 || offset + length > text.length) {
        throw new Refusal(400, 'Bad Request: ENTITY_BOUNDS_INVALID')
      }
    }
    for (const button of inlineButtons(payload)) {
      const bytes = Buffer.byteLength(button.callback_data)
      if (bytes < 1 || bytes > 64) throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID')
    }
    return stored(payload, call)
  }

  async function getUpdates(payload: Record<string, unknown>): Promise<unknown> {
    if (webhook) throw new Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
    const mine = ++poll
    wake?.()
    const offset = Number(payload['offset'] ?? 0)
    while (queue[0] && offset > 0 && queue[0].updateId < offset) {
      const done = queue.shift()
      if (done) confirmed.get(done.updateId)?.()
    }
    const until = Date.now() + Number(payload['timeout'] ?? 0) * 1000
    while (queue.length === 0 && Date.now() < until && mine === poll && !closed) {
      await Promise.race([
        sleep(200, undefined, { ref: false }),
        new Promise<void>((resolve) => (wake = resolve)),
      ])
    }
    if (mine !== poll) throw new Refusal(409, 'Conflict: terminated by other getUpdates request')
    return queue.slice(0, Number(payload['limit'] ?? 100)).map(({ body }) => body)
  }

  /** One webhook delivery, repeated with growing pauses until 2xx; the chat's next update waits for it. */
  function deliver(waiting: Waiting): Promise<void> {
    const previous = lanes.get(waiting.lane) ?? Promise.resolve()
    const next = previous.then(async () => {
      for (let pause = 20; !closed && webhook; pause = Math.min(pause * 2, 500)) {
        const status = await post(webhook, waiting.body)
        webhookAttempts.push({ updateId: waiting.updateId, status })
        if (status >= 200 && status < 300) {
          confirmed.get(waiting.updateId)?.()
          return
        }
        await sleep(pause)
      }
    })
    lanes.set(waiting.lane, next)
    return next
  }

  async function post(target: { url: string; secret: string }, body: unknown): Promise<number> {
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': target.secret },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }

  const api: TelegramServer = {
    url,
    token,
    calls,
    commands,
    webhookAttempts,
    get webhook() {
      return webhook
    },
    messagesTo(chat) {
      return calls.flatMap(({ method, payload, applied, messageId }) =>
        applied && messageId !== null && method.startsWith('send') && Number(payload['chat_id']) === chat
          ? [{ text: field(payload, 'text') || field(payload, 'caption'), payload, id: messageId }]
          : [],
      )
    },
    fault(method, fault, times = 1) {
      faults.set(method, [...(faults.get(method) ?? []), ...Array.from({ length: times }, () => fault)])
    },
    block: (chat) => void blocked.add(chat),
    unblock: (chat) => void blocked.delete(chat),
    async push(body, lane) {
      const updateId = nextUpdate++
      const waiting = { updateId, body: { update_id: updateId, ...body }, lane }
      delivered.set(updateId, waiting)
      const done = new Promise<void>((resolve) => confirmed.set(updateId, resolve))
      if (webhook) void deliver(waiting)
      else {
        queue.push(waiting)
        wake?.()
      }
      await done
      return updateId
    },
    lastUpdate: () => nextUpdate - 1,
    async pushAgain(updateId) {
      const waiting = delivered.get(updateId)
      if (!waiting) throw new Error('no such update')
      if (webhook) await deliver(waiting)
      else {
        queue.push(waiting)
        wake?.()
        await new Promise<void>((resolve) => confirmed.set(updateId, resolve))
      }
    },
    file(id, bytes, mediaType, announced = bytes.length) {
      files.set(id, { bytes, mediaType, announced })
    },
    person: (id, profile) => person(api, id, () => nextMessage++, profile),
    async close() {
      closed = true
      wake?.()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return api
}

function person(
  api: TelegramServer,
  id: number,
  messageId: () => number,
  { language = 'vi', firstName = 'Lan' }: { language?: string; firstName?: string } = {},
): TelegramPerson {
  const from = { id, is_bot: false, first_name: firstName, language_code: language }
  const chat = { id, type: 'private', first_name: firstName }
  const sent = new Map<number, number>()
  const message = (fields: Record<string, unknown>) => {
    const message_id = messageId()
    sent.set(message_id, unix())
    return { message_id, date: unix(), chat, from, ...fields }
  }
  const send = async (fields: Record<string, unknown>) => {
    const body = message(fields)
    await api.push({ message: body }, `chat:${id}`)
    return body.message_id
  }
  const membership = async (before: string, now: string) =>
    await api.push(
      {
        my_chat_member: {
          chat,
          from,
          date: unix(),
          old_chat_member: { user: { id: 4242 }, status: before },
          new_chat_member: { user: { id: 4242 }, status: now },
        },
      },
      `member:${id}`,
    )
  const press = async (data: string) =>
    await api.push(
      {
        callback_query: {
          id: String(Math.trunc(Math.random() * 1e15)),
          from,
          chat_instance: '1',
          data,
          message: message({ text: 'x' }),
        },
      },
      `press:${id}`,
    )
  return {
    id,
    send,
    press,
    say: (text) =>
      send({
        text,
        ...(text.startsWith('/')
          ? { entities: [{ type: 'bot_command', offset: 0, length: text.split(/\s/)[0]?.length ?? 1 }] }
          : {}),
      }),
    edit: (message_id, text, secondsLater) => {
      const date = sent.get(message_id) ?? unix()
      const edited = { message_id, date, edit_date: date + secondsLater, chat, from, text }
      return api.push({ edited_message: edited }, `chat:${id}`)
    },
    pressLabel: (label) => {
      const button = api
        .messagesTo(id)
        .toReversed()
        .flatMap(({ payload }) => inlineButtons(payload))
        .find(({ text }) => text === label)
      if (!button) throw new Error(`no button "${label}"`)
      return press(button.callback_data)
    },
    shareContact: (phone, own) =>
      send({ contact: { phone_number: phone, first_name: firstName, user_id: own ? id : id + 1 } }),
    async blockBot() {
      api.block(id)
      return await membership('member', 'kicked')
    },
    async unblockBot() {
      api.unblock(id)
      return await membership('kicked', 'member')
    },
    messages: () => api.messagesTo(id).map(({ text }) => text),
  }
}

interface Button {
  text: string
  callback_data: string
}

function inlineButtons(payload: Record<string, unknown>): Button[] {
  const markup = payload['reply_markup'] as { inline_keyboard?: Button[][] } | undefined
  return (markup?.inline_keyboard ?? []).flat()
}

function checkCommands(commands: unknown): void {
  for (const { command, description } of commands as { command: string; description: string }[]) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw new Refusal(400, 'Bad Request: BOT_COMMAND_INVALID')
    if (count(description) < 1 || count(description) > 256) {
      throw new Refusal(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID')
    }
  }
}

function field(payload: Record<string, unknown>, name: string): string {
  const value = payload[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Telegram counts code points. */
const count = (text: string): number => Array.from(text).length
const unix = (): number => Math.floor(Date.now() / 1000)

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function readPayload(request: IncomingMessage, body: Buffer): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json'))
    return JSON.parse(body.toString() || '{}') as Record<string, unknown>
  if (!type.startsWith('multipart/')) return {}
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const fields: Record<string, unknown> = {}
  form.forEach((value, name) => {
    fields[name] = typeof value === 'string' ? value : value.name
  })
  return fields
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function refuse(response: ServerResponse, { code, description, parameters }: Refusal): void {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const after = parameters?.['retry_after']
  if (typeof after === 'number') headers['retry-after'] = String(after)
  response.writeHead(code, headers)
  response.end(JSON.stringify({ ok: false, error_code: code, description, parameters }))
}
