import { createHmac } from 'node:crypto'
import type { Hono } from 'hono'
import type { StaffEnv } from '../../src/staff/accounts/guard.ts'

/** A browser without script against the console: keeps cookies, follows redirects, fills in forms. */
export function browser(app: Hono<StaffEnv>, origin = 'http://127.0.0.1:3000') {
  const jar = new Map<string, string>()

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (init.method === 'POST' && !headers.has('origin')) headers.set('origin', origin)
    const response = await app.request(`${origin}${path}`, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const [name = '', ...value] = pair.split('=')
      if (/max-age=0/i.test(cookie) || value.join('=') === '') jar.delete(name)
      else jar.set(name, value.join('='))
    }
    return response
  }

  async function follow(response: Response): Promise<{ status: number; path: string; text: string }> {
    let current = response
    let path = ''
    for (let hop = 0; hop < 6 && current.status === 303; hop++) {
      path = current.headers.get('location') ?? ''
      current = await send(path)
    }
    return { status: current.status, path, text: await current.text() }
  }

  async function get(path: string) {
    const page = await follow(await send(path))
    return { ...page, path: page.path === '' ? path : page.path }
  }

  /** Takes the token from the page the form is on and posts the fields. */
  async function post(
    action: string,
    fields: Record<string, string | string[]>,
    options: { from?: string; token?: string; headers?: Record<string, string> } = {},
  ) {
    const token = options.token ?? tokenIn((await get(options.from ?? '/staff/toi')).text)
    const body = new URLSearchParams({ _token: token })
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) body.append(name, one)
    }
    return await follow(
      await send(action, {
        method: 'POST',
        body: body.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
      }),
    )
  }

  async function signIn(name: string, password: string) {
    return await post('/staff/dang-nhap', { name, password }, { from: '/staff/dang-nhap' })
  }

  return { jar, send, get, post, signIn, follow }
}

export function tokenIn(page: string): string {
  return /name="_token" value="([^"]+)"/.exec(page)?.[1] ?? ''
}

/** What the authenticator app would show for the key printed on the page (RFC 6238: SHA-1, 30 s, 6 digits). */
export async function codeOf(page: string): Promise<string> {
  const key = /class="code">([A-Z2-7 ]+)</.exec(page)?.[1]?.replaceAll(' ', '') ?? ''
  const bits = Array.from(key)
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const digest = createHmac('sha1', bytes).update(counter).digest()
  const at = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
