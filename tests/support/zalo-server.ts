import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

/**
 * A stand-in for Zalo's three servers on one port, speaking their real shapes over HTTP: OAuth v4 with single-use refresh
 * tokens, the OA API, template messages, and the side that calls our webhook. There is no sandbox for OA messaging.
 */

/** What goes wrong with the next call of a path. `done_then_reset`: carried out, but the answer never arrives. */
export type Fault =
  | { code: number }
  | { status: number; body?: string; headers?: Record<string, string> }
  | 'reset'
  | 'done_then_reset'
  | 'hang'

export interface Sent {
  path: string
  /** user id, `anonymous:<id>` or phone */
  to: string
  message: Record<string, unknown>
  messageId: string
  at: number
}

export interface ZaloServerOptions {
  appId?: string
  appSecret?: string
  oaId?: string
  oaSecret?: string
  /** Calls a minute before -32; none by default. */
  perMinute?: number
  expiresIn?: string
}

const Button = z.object({
  title: z.string().min(1).max(100),
  type: z.enum(['oa.query.show', 'oa.query.hide', 'oa.open.url', 'oa.open.phone']),
  payload: z.unknown(),
})
const Attachment = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('template'),
    payload: z.union([
      z.strictObject({ buttons: z.array(Button).min(1).max(5) }),
      z.strictObject({
        template_type: z.literal('request_user_info'),
        elements: z
          .array(
            z.strictObject({
              title: z.string().max(100),
              subtitle: z.string().max(500),
              image_url: z.url().optional(),
            }),
          )
          .length(1),
      }),
      z.strictObject({
        template_type: z.literal('media'),
        elements: z
          .array(z.strictObject({ media_type: z.literal('image'), attachment_id: z.string() }))
          .length(1),
      }),
    ]),
  }),
  z.object({ type: z.literal('file'), payload: z.strictObject({ token: z.string() }) }),
])
const Message = z
  .strictObject({ text: z.string().min(1).optional(), attachment: Attachment.optional() })
  .refine(({ text, attachment }) => text !== undefined || attachment !== undefined)
const UserBody = z.strictObject({
  recipient: z.strictObject({ user_id: z.string().regex(/^\d+$/) }),
  message: Message,
})
const AnonymousBody = z.strictObject({
  recipient: z.strictObject({ anonymous_id: z.string(), conversation_id: z.string() }),
  message: Message,
})
const ZbsBody = z.strictObject({
  user_id: z.string().regex(/^\d+$/),
  template_id: z.string(),
  template_data: z.record(z.string(), z.string()),
})
const ZnsBody = z.strictObject({
  phone: z.string().regex(/^84\d{9}$/),
  template_id: z.string(),
  template_data: z.record(z.string(), z.string()),
  tracking_id: z.string().max(48),
})

export type ZaloServer = Awaited<ReturnType<typeof zaloServer>>

export async function zaloServer(options: ZaloServerOptions = {}) {
  const {
    appId = '2130045577890123457',
    appSecret = 'app-secret-of-tests',
    oaId = '3390071122334455669',
    oaSecret = 'oa-secret-of-tests',
    perMinute,
    expiresIn = '90000',
  } = options
  const faults = new Map<string, Fault[]>()
  const sent: Sent[] = []
  const calls: string[] = []
  /** Every refresh token that was ever presented, in order. */
  const presented: string[] = []
  const uploads = new Map<string, { kind: string; name: string; bytes: number; expired: boolean }>()
  const codes = new Map<string, { challenge: string; redirectUri: string }>()
  const users = new Map<string, { refusal: number }>()
  const templates = new Set<string>()
  const open = new Set<ServerResponse>()
  let pair = { access: `a-${id()}`, refresh: `r-${id()}` }
  const dead = new Set<string>()
  let minute = { start: 0, calls: 0 }

  const rotate = () => {
    dead.add(pair.access)
    pair = { access: `a-${id()}`, refresh: `r-${id()}` }
    return { access_token: pair.access, refresh_token: pair.refresh, expires_in: expiresIn }
  }
  const oauthError = (error: number, name: string) => ({
    error,
    error_name: name,
    error_reason: name,
    error_description: name,
    ref_doc: 'https://developers.zalo.me/docs',
  })

  function token(form: URLSearchParams, secret: string | undefined): object {
    if (secret !== appSecret) return oauthError(-14004, 'Invalid secret key')
    if (form.get('app_id') !== appId) return oauthError(-14002, 'Invalid appId')
    if (form.get('grant_type') === 'authorization_code') {
      const code = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      if (!code) return oauthError(-14006, 'Invalid code')
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      return challenge === code.challenge ? rotate() : oauthError(-14009, 'Invalid code verifier')
    }
    const refresh = form.get('refresh_token') ?? ''
    const used = presented.includes(refresh)
    presented.push(refresh)
    if (used) return oauthError(-14020, 'Refresh token has been used')
    return refresh === pair.refresh ? rotate() : oauthError(-14014, 'Invalid refresh token')
  }

  const ok = (data: object) => ({ data, error: 0, message: 'Success' })
  const no = (error: number, message = 'refused') => ({ error, message })

  function refusalOf(accessToken: string | undefined): object | null {
    if (accessToken === undefined || (accessToken !== pair.access && !dead.has(accessToken))) {
      return no(-216, 'Access token is invalid')
    }
    if (dead.has(accessToken)) return no(-220, 'Access token is expired')
    if (perMinute === undefined) return null
    const start = Math.floor(Date.now() / 60_000)
    minute = minute.start === start ? { start, calls: minute.calls + 1 } : { start, calls: 1 }
    return minute.calls > perMinute ? no(-32, 'Your application has reached the limit') : null
  }

  function deliver(path: string, to: string, message: Record<string, unknown>): object {
    const refusal = users.get(to)?.refusal
    if (refusal !== undefined) return no(refusal)
    const text = message['text']
    if (typeof text === 'string' && text.length > 2_000) return no(-210, 'text is too long')
    const attachment = message['attachment'] as
      | { type: string; payload: { token?: string; elements?: Array<{ attachment_id?: string }> } }
      | undefined
    const uploaded = attachment?.payload.token ?? attachment?.payload.elements?.[0]?.attachment_id
    if (uploaded !== undefined && (uploads.get(uploaded)?.expired ?? true))
      return no(-100, 'attachment expired')
    const messageId = id()
    sent.push({ path, to, message, messageId, at: Date.now() })
    return ok({ message_id: messageId, user_id: to, quota: { quota_type: 'reply', remain: '8', total: '8' } })
  }

  function template(path: string, to: string, body: { template_id: string; template_data: object }): object {
    const refusal = users.get(to)?.refusal
    if (refusal !== undefined) return no(refusal)
    if (!templates.has(body.template_id)) return no(path === '/message/template' ? -109 : -249)
    const messageId = id()
    sent.push({ path, to, message: body as unknown as Record<string, unknown>, messageId, at: Date.now() })
    return ok({
      msg_id: messageId,
      sent_time: String(Date.now()),
      quota: { dailyQuota: '500', remainingQuota: '499' },
    })
  }

  async function upload(kind: string, request: IncomingMessage, bytes: Buffer): Promise<object> {
    const form = await new Response(new Uint8Array(bytes), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData()
    const file = form.get('file')
    if (!(file instanceof File)) return no(-201, 'file is invalid')
    const fits =
      kind === 'image'
        ? /^image\/(png|jpeg)$/.test(file.type) && file.size <= 1024 * 1024
        : /\.(pdf|docx?|csv)$/i.test(file.name) && file.size <= 5 * 1024 * 1024
    if (!fits) return no(-201, 'file is invalid')
    const key = id()
    uploads.set(key, { kind, name: file.name, bytes: file.size, expired: false })
    return ok(kind === 'image' ? { attachment_id: key } : { token: key })
  }

  async function answer(request: IncomingMessage, path: string, body: Buffer): Promise<object | null> {
    const header = (name: string) => request.headers[name]?.toString()
    if (path === '/v4/oa/access_token')
      return token(new URLSearchParams(body.toString()), header('secret_key'))
    const refusal = refusalOf(header('access_token'))
    if (path.startsWith('/v2.0/oa/upload/')) {
      return refusal ?? (await upload(path.slice('/v2.0/oa/upload/'.length), request, body))
    }
    const json: unknown = JSON.parse(body.toString() || 'null')
    const shaped = <T>(shape: z.ZodType<T>, then: (value: T) => object): object => {
      if (refusal) return refusal
      const parsed = shape.safeParse(json)
      return parsed.success
        ? then(parsed.data)
        : no(-201, `${parsed.error.issues[0]?.path.join('.')} is invalid`)
    }
    switch (path) {
      case '/v3.0/oa/message/cs':
        return shaped(UserBody, ({ recipient, message }) => deliver(path, recipient.user_id, message))
      case '/v2.0/oa/message': {
        const anonymous = AnonymousBody.safeParse(json)
        if (!anonymous.success) return refusal ?? no(-240, 'MESSAGE_V2 API has been deprecated')
        return shaped(AnonymousBody, ({ recipient, message }) =>
          deliver(path, `anonymous:${recipient.anonymous_id}`, message),
        )
      }
      case '/v3.0/oa/message/template':
        return shaped(ZbsBody, (zbs) => template(path, zbs.user_id, zbs))
      case '/message/template':
        return shaped(ZnsBody, (zns) => template(path, zns.phone, zns))
      default:
        return null
    }
  }

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    open.add(response)
    response.once('close', () => open.delete(response))
    const url = new URL(request.url ?? '/', 'http://zalo')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    calls.push(url.pathname)
    if (url.pathname === '/v4/oa/permission') return permission(url, response)
    const fault = faults.get(url.pathname)?.shift()
    if (fault === 'reset') return void request.socket.destroy()
    if (fault === 'hang') return
    if (typeof fault === 'object' && 'status' in fault) {
      response.writeHead(fault.status, fault.headers ?? {})
      return void response.end(fault.body ?? '<html>bad gateway</html>')
    }
    const body =
      typeof fault === 'object'
        ? url.pathname.startsWith('/v4/')
          ? oauthError(fault.code, 'planned')
          : no(fault.code, 'planned')
        : await answer(request, url.pathname, Buffer.concat(chunks))
    if (fault === 'done_then_reset') return void request.socket.destroy()
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  }

  /** The administrator agrees at once. */
  function permission(url: URL, response: ServerResponse): void {
    const redirectUri = url.searchParams.get('redirect_uri') ?? ''
    if (url.searchParams.get('app_id') !== appId) {
      response.writeHead(200)
      return void response.end('-14002 Invalid appId')
    }
    const code = id()
    codes.set(code, { challenge: url.searchParams.get('code_challenge') ?? '', redirectUri })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('oa_id', oaId)
    const state = url.searchParams.get('state')
    if (state !== null) back.searchParams.set('state', state)
    response.writeHead(302, { location: back.href })
    response.end()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    root,
    roots: { oauth: root, api: root, business: root },
    appId,
    appSecret,
    oaId,
    oaSecret,
    sent,
    calls,
    presented,
    uploads,
    /** The refresh token that is valid now. */
    get refreshToken() {
      return pair.refresh
    },
    get accessToken() {
      return pair.access
    },
    /** Text of everything a person got, in order. */
    textsTo: (user: string) => sent.filter(({ to }) => to === user).map(({ message }) => message['text']),
    /** The next calls of `path` go wrong, one fault each. */
    fail(path: string, ...next: Fault[]) {
      faults.set(path, [...(faults.get(path) ?? []), ...next])
    },
    /** Every message to this user (or phone) is refused with `code`; null: no longer. */
    refuse(user: string, code: number | null) {
      if (code === null) users.delete(user)
      else users.set(user, { refusal: code })
    },
    approveTemplate: (templateId: string) => templates.add(templateId),
    /** The access token dies now, as if its time were over. */
    killAccess() {
      dead.add(pair.access)
    },
    expireUploads() {
      for (const uploaded of uploads.values()) uploaded.expired = true
    },
    /** Posts an event the way Zalo does: the bytes signed with the OA Secret Key. */
    event: (url: string, event: object, change: EventChange = {}) =>
      postEvent(url, JSON.stringify(event), { appId, oaSecret }, change),
    async close() {
      for (const response of open) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface EventChange {
  /** Sign with this in place of the OA Secret Key. */
  secret?: string
  /** Send exactly this header; null sends none. */
  header?: string | null
  /** Replace the bytes after signing. */
  tamper?: (body: string) => string
  headers?: Record<string, string>
}

export function macOfEvent(body: string, appId: string, secret: string): string {
  const timestamp = String((JSON.parse(body) as { timestamp?: string }).timestamp ?? '')
  return createHash('sha256').update(`${appId}${body}${timestamp}${secret}`).digest('hex')
}

export async function postEvent(
  url: string,
  body: string,
  keys: { appId: string; oaSecret: string },
  change: EventChange = {},
): Promise<Response> {
  const header =
    change.header === undefined
      ? `mac=${macOfEvent(body, keys.appId, change.secret ?? keys.oaSecret)}`
      : change.header
  return await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(header === null ? {} : { 'x-zevent-signature': header }),
      ...change.headers,
    },
    body: change.tamper ? change.tamper(body) : body,
  })
}

function id(): string {
  return randomBytes(10).toString('hex')
}
