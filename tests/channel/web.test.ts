import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InboundEvent } from '../../src/channel/index.ts'
import {
  type Relay,
  toEntries,
  type WebChannel,
  type WebOptions,
  webChannel,
} from '../../src/channel/web/index.ts'
import { type Assistant, scriptedAssistant } from '../support/assistant.ts'
import { chatPage } from '../support/browser-page.ts'
import { plansAnswer } from '../support/plans-answer.ts'
import { serveApp, until } from '../support/serve.ts'

const SECRET = Buffer.alloc(32, 5)
let closing: (() => Promise<unknown>)[]

beforeEach(() => {
  closing = []
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
})

async function open(extra: Partial<WebOptions> = {}, assistant: Assistant = scriptedAssistant(plansAnswer)) {
  const logged: string[] = []
  const note = (details: Record<string, unknown>, event: string) =>
    void logged.push(`${event} ${JSON.stringify(details)}`)
  const channel: WebChannel = webChannel({
    account: 'page',
    secret: SECRET,
    accept: assistant.accept,
    transcript: assistant.transcript,
    file: assistant.file,
    about: () => ({
      department: 'Sở Khoa học và Công nghệ tỉnh Ninh Thuận',
      plans: ['KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận'],
    }),
    allowedOrigins: [],
    log: { warn: note, error: note },
    heartbeatMs: 5_000,
    ...extra,
  })
  assistant.connect('web', channel.sender)
  const app = new Hono().route('/', channel.routes)
  const server = await serveApp(app)
  await channel.start()
  closing.push(async () => {
    await channel.stop()
    await server.close()
  })
  return { channel, assistant, url: server.url, logged, page: chatPage(server.url) }
}

describe('the page', () => {
  test('says at once that a machine answers, whose it is, from which plan and what it can do', async () => {
    const { page } = await open()
    const html = await page.open()
    expect(html).toContain('máy trả lời tự động, không phải người')
    expect(html).toContain('Sở Khoa học và Công nghệ tỉnh Ninh Thuận')
    expect(html).toContain('KH 4009/KH-UBND')
    expect(html).toContain('value="#signup"')
  })

  test('allows no inline script or style, no frame, and is not cached', async () => {
    const { url } = await open()
    const response = await fetch(url)
    const html = await response.text()
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'self'")
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(html).not.toMatch(/<script(?![^>]*src=)|\sstyle=|\son\w+=/)
  })

  test('shows everything people and plans wrote as text', async () => {
    const { page, assistant } = await open()
    await page.open()
    await page.post({ id: 'x1', text: '<img src=x onerror=alert(1)> & "quotes"' })
    await page.post({ id: 'x2', text: 'hỗ trợ VietGAP?' })
    await assistant.stop()
    const html = await page.open()
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;')
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('gốc &lt;b&gt;&amp; mã vạch&lt;/b&gt;.')
  })

  test('comes back after a reload with the whole transcript, buttons by their label and the source folded', async () => {
    const { page, assistant } = await open()
    await page.open()
    await page.post({ id: 'a', text: 'hỗ trợ VietGAP?' })
    await page.post({ id: 'b', send: '#signup:vietgap' })
    await assistant.stop()
    const html = await page.open()
    expect(html).toContain('hỗ trợ VietGAP?')
    expect(html).toMatch(/class="entry mine"[\s\S]*Đăng ký VietGAP/)
    expect(html).toContain('<details class="sources"><summary>Nguồn trích dẫn</summary>')
    expect(html).toContain('Nhiệm vụ, giải pháp chủ yếu, mục 3')
    expect(html).toContain('data-ask="contact"')
  })

  test('is English when chosen', async () => {
    const { page } = await open()
    const html = await page.open('/?lang=en')
    expect(html).toContain('<html lang="en"')
    expect(html).toContain('a machine, not a person')
  })

  test('works without script: a form brings the next page with the reply', async () => {
    const { page } = await open()
    await page.open()
    const answer = await page.form('/chat/send', { id: 'form-1', text: 'hỗ trợ VietGAP?', back: '/' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/#end'])
    expect(await page.open()).toContain('Mức tiền hỗ trợ không được nêu')
  })

  test('two buttons of one form are two messages, the same one pressed twice is one', async () => {
    const { page, assistant } = await open()
    await page.open()
    for (const send of ['#own', '#officer', '#own'])
      await page.form('/chat/send', { id: 'same', send, back: '/' })
    expect(assistant.events.map(({ content }) => content)).toEqual([
      { kind: 'press', send: '#own' },
      { kind: 'press', send: '#officer' },
    ])
  })

  test('a deep link offers its start, which counts once', async () => {
    const { page, assistant } = await open()
    expect(await page.open('/?start=lop-5s')).toContain('name="start" value="lop-5s"')
    expect(await page.open('/?start=%22%3E%3Cscript%3E')).not.toContain('name="start"')
    await page.post({ id: 'start-lop-5s', start: 'lop-5s' })
    await page.post({ id: 'start-lop-5s', start: 'lop-5s' })
    expect(assistant.events.map(({ content }) => content)).toEqual([{ kind: 'start', payload: 'lop-5s' }])
  })
})

describe('who is writing', () => {
  test('nobody sees another person’s conversation, and a made-up cookie is nobody’s', async () => {
    const { page, url } = await open()
    await page.open()
    await page.post({ id: '1', text: 'số của tôi là bí mật' })
    expect(await chatPage(url).open()).not.toContain('bí mật')
    const [id, signature] = page.cookie.replace('nscl_chat=', '').split('.')
    for (const cookie of [
      `nscl_chat=${id}.`,
      `nscl_chat=${id}.${'A'.repeat(43)}`,
      `nscl_chat=${id}`,
      `nscl_chat=x.${signature}`,
    ]) {
      const stranger = chatPage(url)
      stranger.cookie = cookie
      expect(await stranger.open()).not.toContain('bí mật')
      stranger.cookie = cookie
      expect((await stranger.listen()).status).toBe(204)
    }
  })

  test('the cookie is out of reach of scripts, stays at home, and is secure over https', async () => {
    const { url } = await open()
    expect((await fetch(url)).headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax$/)
    const secure = await open({ publicUrl: 'https://chat.example.gov.vn' })
    expect((await fetch(secure.url)).headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax$/)
  })

  test('in a frame of another site the cookie is a partitioned one', async () => {
    const { url } = await open({
      publicUrl: 'https://chat.example.gov.vn',
      allowedOrigins: ['https://so.example.gov.vn'],
    })
    const set = (await fetch(`${url}/?embed=1`)).headers.get('set-cookie')
    expect(set).toMatch(/^nscl_chat_embedded=.*Secure; SameSite=None; Partitioned$/)
  })

  test('a new conversation forgets the old one on this device', async () => {
    const { page } = await open()
    await page.open()
    await page.post({ id: '1', text: 'chuyện cũ' })
    const before = page.cookie
    expect((await page.form('/chat/new', {})).status).toBe(303)
    expect(page.cookie).not.toBe(before)
    expect(await page.open()).not.toContain('chuyện cũ')
  })
})

describe('a message', () => {
  test('sent again after a lost answer is taken once', async () => {
    const { page, assistant } = await open()
    await page.open()
    expect((await page.post({ id: 'once', text: 'alo' })).status).toBe(202)
    const again = await page.post({ id: 'once', text: 'alo' })
    expect([again.status, await again.json()]).toEqual([200, { state: 'duplicate', fresh: false }])
    expect(assistant.events).toHaveLength(1)
  })

  test('of one person cannot use up the id of another’s', async () => {
    const { page, url, assistant } = await open()
    const other = chatPage(url)
    await page.open()
    await other.open()
    await page.post({ id: 'same', text: 'một' })
    await other.post({ id: 'same', text: 'hai' })
    expect(assistant.events).toHaveLength(2)
  })

  test('from another site is refused, as form and as script', async () => {
    const { page, assistant } = await open()
    await page.open()
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await page.form('/chat/send', { id: '1', text: 'x', back: '/' }, evil)).status).toBe(403)
    expect((await page.form('/chat/new', {}, evil)).status).toBe(403)
    const plain = await page.post({ id: '1', text: 'x' }, { ...evil, 'content-type': 'text/plain' })
    expect(plain.status).toBe(403)
    expect(assistant.events).toHaveLength(0)
  })

  test.each([
    ['empty', ''],
    ['100,000 letters', 'đ'.repeat(100_000)],
    ['emoji and marks', '👩‍👩‍👧 ạ̣̣ \u202e'],
    ['half a surrogate and NUL', 'a\ud800\u0000b'],
  ])('that is odd (%s) is kept in a form the database can hold', async (_, text) => {
    const { page, assistant } = await open()
    await page.open()
    expect((await page.post({ id: '1', text })).status).toBe(202)
    const content = assistant.events[0]?.content
    const kept = content?.kind === 'text' ? content.text : null
    expect(kept).not.toBeNull()
    expect(kept?.length).toBeLessThanOrEqual(8_000)
    expect(kept?.isWellFormed()).toBe(true)
    expect(kept).not.toContain('\u0000')
  })

  test('that cannot be read gets a sentence, never an error page', async () => {
    const { page, url, assistant } = await open()
    await page.open()
    const raw = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
      await fetch(`${url}/chat/send`, {
        method: 'POST',
        headers: { 'content-type': type, origin: url },
        body,
      })
    for (const body of ['{"id":', '[]', '{}', '{"id":"a b","text":"x"}', '{"text":7}']) {
      const answer = await raw(body)
      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { error: string }).error).toContain('tải lại trang')
    }
    const broken = await raw(
      new Uint8Array([0x7b, 0x22, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    )
    expect(broken.status).toBe(202)
    const large = await raw('x'.repeat(1_000_001))
    expect(large.status).toBe(413)
    expect(assistant.events).toHaveLength(1)
  })

  test('that could not be kept is not called sent', async () => {
    const { page, logged } = await open({ accept: () => Promise.reject(new Error('database away: alo')) })
    await page.open()
    const answer = await page.post({ id: '1', text: 'alo' })
    expect(answer.status).toBe(503)
    expect(((await answer.json()) as { error: string }).error).toContain('thử gửi lại')
    const form = await page.form('/chat/send', { id: '2', text: 'alo', back: '/' })
    expect(form.headers.get('location')).toBe('/?notice=notKept')
    expect(await page.open('/?notice=notKept')).toContain('chưa nhận được tin')
    expect(logged.join()).not.toContain('alo')
  })

  test('carries the caller’s address to the inbox', async () => {
    const from: unknown[] = []
    const { page } = await open({
      callerOf: () => '10.1.2.3',
      accept: (_event: InboundEvent, given) => {
        from.push(given)
        return Promise.resolve('stored')
      },
    })
    await page.post({ id: '1', text: 'x' })
    expect(from).toEqual([{ ip: '10.1.2.3' }])
  })
})

describe('live replies', () => {
  test('arrive on the open page, with typing before them', async () => {
    const { page } = await open()
    await page.open()
    const live = await page.listen()
    await page.post({ id: '1', text: 'hỗ trợ VietGAP?' })
    expect(await live.waitFor('Mức tiền hỗ trợ')).toContain('<details class="sources">')
    expect(live.events.map(({ event }) => event)).toEqual(['typing', 'message'])
    live.close()
  })

  test('survive a break: what was missed comes after Last-Event-ID, each id once', async () => {
    const { page, assistant } = await open()
    await page.open()
    const first = await page.listen()
    await page.post({ id: '1', text: 'một' })
    await first.waitFor('vừa nói: một')
    first.close()
    for (const text of ['hai', 'ba']) await page.post({ id: text, text })
    await assistant.stop()
    const second = await page.listen(first.events.at(-1)?.id ?? null)
    await second.waitFor('vừa nói: ba')
    await page.post({ id: 'four', text: 'bốn' })
    await second.waitFor('vừa nói: bốn')
    const messages = second.events.filter(({ event }) => event === 'message')
    expect(messages.map(({ html }) => /vừa nói: (\S+?)</.exec(html)?.[1])).toEqual(['hai', 'ba', 'bốn'])
    second.close()
  })

  test('nothing is lost or doubled while the page connects again and again', async () => {
    const { page, assistant } = await open()
    await page.open()
    const shown = new Map<string, string>()
    let last: string | null = null
    const sending = (async () => {
      for (let n = 0; n < 60; n++) await page.post({ id: `n${n}`, text: `tin ${n}.` })
    })()
    for (let round = 0; shown.size < 60 && round < 2_000; round++) {
      const live = await page.listen(last)
      await new Promise((resolve) => setTimeout(resolve, 4 + (round % 5) * 3))
      live.close()
      for (const { id, event, html } of live.events) {
        if (event !== 'message') continue
        shown.set(id, /tin (\d+)/.exec(html)?.[1] ?? '')
        last = id
      }
    }
    await sending
    await assistant.stop()
    expect([...shown.values()].map(Number)).toEqual(Array.from({ length: 60 }, (_, n) => n))
  })

  test('come to a page that is served by another process', async () => {
    const hearers = new Set<(payload: string) => void>()
    const relay: Relay = {
      tell: (payload) => Promise.resolve(hearers.forEach((hear) => void setTimeout(hear, 1, payload))),
      hear: (heard) => {
        hearers.add(heard)
        return Promise.resolve(() => Promise.resolve(void hearers.delete(heard)))
      },
    }
    const assistant = scriptedAssistant(plansAnswer)
    const one = await open({ relay }, assistant)
    const two = await open({ relay }, assistant) // the assistant now speaks through the second process
    const page = chatPage(one.url)
    await page.open()
    const live = await page.listen()
    await page.post({ id: '1', text: 'alo' })
    await live.waitFor('vừa nói: alo')
    live.close()
    expect(two.channel.connected()).toBe(0)
  })

  test('stop with the process, and the page is told to come back', async () => {
    const { page, channel } = await open()
    await page.open()
    await page.listen()
    await until(() => channel.connected() === 1)
    await channel.stop()
    await until(() => channel.connected() === 0)
  })

  test('a person may open only so many pages at once', async () => {
    const { page, channel } = await open()
    await page.open()
    const lives = await Promise.all(Array.from({ length: 8 }, async () => await page.listen()))
    expect((await page.listen()).status).toBe(204)
    for (const live of lives) live.close()
    await until(() => channel.connected() === 0)
    const again = await page.listen()
    expect(again.status).toBe(200)
    again.close()
  })
})

describe('in a department’s own site', () => {
  const allowedOrigins = ['https://skhcn.example.gov.vn']

  test('the script is there only where sites are allowed, and the page may be framed by them alone', async () => {
    const closed = await open()
    expect((await fetch(`${closed.url}/widget.js`)).status).toBe(404)
    const { url } = await open({ allowedOrigins })
    const page = await fetch(`${url}/?embed=1`)
    expect(page.headers.get('content-security-policy')).toContain(
      "frame-ancestors 'self' https://skhcn.example.gov.vn",
    )
    expect(page.headers.get('x-frame-options')).toBeNull()
    const allowed = await fetch(`${url}/widget.js`, { headers: { origin: 'https://skhcn.example.gov.vn' } })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://skhcn.example.gov.vn')
    expect(allowed.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const other = await fetch(`${url}/widget.js`, { headers: { origin: 'https://evil.example' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('an allowed-origin setting cannot smuggle anything into the policy', async () => {
    const { url } = await open({ allowedOrigins: ["https://ok.example; script-src 'unsafe-inline'", '*'] })
    const policy = (await fetch(url)).headers.get('content-security-policy')
    expect(policy).not.toContain('unsafe-inline')
    expect(policy).toMatch(/frame-ancestors 'self'$/)
  })
})

test('only what was handed to the page is in its transcript', () => {
  const at = new Date()
  const message = { text: 'x', citations: [], actions: [] }
  const said = (['queued', 'sending', 'sent', 'suppressed', 'failed', 'unreachable'] as const).map(
    (state) => ({
      id: state,
      at,
      author: 'assistant' as const,
      message,
      file: null,
      state,
    }),
  )
  expect(toEntries([], said).map(({ id }) => id)).toEqual(['sending', 'sent'])
})

test('files are given to their owner only', async () => {
  const { page, url } = await open({
    file: (address, id) =>
      Promise.resolve(
        id === 'f1' && page.cookie.includes(address.person)
          ? { name: 'dữ liệu.json', mediaType: 'application/json', bytes: new Uint8Array([123, 125]) }
          : null,
      ),
  })
  await page.open()
  const own = await fetch(`${url}/chat/file/f1`, { headers: { cookie: page.cookie } })
  expect([own.status, await own.text()]).toEqual([200, '{}'])
  expect(own.headers.get('content-disposition')).toContain('attachment')
  expect((await fetch(`${url}/chat/file/f1`)).status).toBe(404)
})
