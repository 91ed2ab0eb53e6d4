import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { macOfEvent } from '../support/zalo-server.ts'
import { type Harness, MAI, sample, zaloHarness } from './zalo-setup.ts'

let zalo: Harness
beforeAll(async () => {
  zalo = await zaloHarness()
})
afterAll(() => zalo.close())
beforeEach(() => {
  zalo.accepted.length = 0
  zalo.lines.length = 0
})

const text = { ...sample('user_send_text') }

describe('the webhook proves its sender', () => {
  test('a signed event is stored once and answered 200', async () => {
    const answer = await zalo.event(text)
    expect(answer.status).toBe(200)
    expect(zalo.accepted).toEqual([
      {
        address: { channel: 'zalo', account: zalo.account.id, person: MAI },
        eventId: '0a1b2c3d4e5f60718291',
        content: {
          kind: 'text',
          text: 'Cho tôi hỏi hợp tác xã làm xoài muốn áp dụng VietGAP thì được hỗ trợ những gì?',
        },
        sentAt: new Date(1764057600123),
        language: null,
      },
    ])
  })

  test('a repeat is answered 200 and not stored again', async () => {
    await zalo.event(text)
    const again = await zalo.event(text, { headers: { num_retry: '1' } })
    expect(again.status).toBe(200)
    expect(zalo.accepted).toHaveLength(1)
  })

  test('the digest may come without its mac= prefix and in capitals', async () => {
    const mac = macOfEvent(JSON.stringify(text), zalo.zalo.appId, zalo.zalo.oaSecret)
    expect((await zalo.event(text, { header: mac.toUpperCase() })).status).toBe(200)
    expect(zalo.accepted).toHaveLength(1)
  })

  test.each([
    ['no signature', { header: null }],
    ['an empty signature', { header: '' }],
    ['another secret', { secret: 'not-the-secret' }],
    ['the app secret in place of the OA secret', { secret: 'app-secret-of-tests' }],
    ['a signature of the wrong length', { header: 'mac=abc123' }],
    ['a changed text', { tamper: (body: string) => body.replace('VietGAP', 'VietGAp') }],
    ['one more space in the body', { tamper: (body: string) => `${body} ` }],
    ['a changed sender', { tamper: (body: string) => body.replace(MAI, '7081234567890123452') }],
    ['a changed timestamp', { tamper: (body: string) => body.replace('1764057600123', '1764057600124') }],
    ['broken JSON', { tamper: (body: string) => body.slice(0, -1) }],
  ])('%s is refused and nothing is processed', async (_what, how) => {
    expect((await zalo.event(text, how)).status).toBe(401)
    expect(zalo.accepted).toEqual([])
  })

  test.each([
    ['another app', { ...text, app_id: '2130045577890123999' }],
    ['an app id as a number', { ...text, app_id: 42 }],
    ['an array', [text]],
    ['null', null],
    ['a list of nulls for the sides', { ...text, sender: null, recipient: null, app_id: 'x' }],
  ])('a foreign event (%s) is refused even when it is signed', async (_what, event) => {
    const body = JSON.stringify(event)
    const app = event !== null && 'app_id' in event ? String(event.app_id) : zalo.zalo.appId
    const header = event === null ? 'mac=' : `mac=${macOfEvent(body, app, zalo.zalo.oaSecret)}`
    expect((await zalo.event(event as object, { header })).status).toBe(401)
    expect(zalo.accepted).toEqual([])
  })

  test('an OA of our app that is not set up here is acknowledged, never processed', async () => {
    const foreign = { ...text, recipient: { id: '3390071122334455999' } }
    expect((await zalo.event(foreign)).status).toBe(200)
    expect((await zalo.event(foreign, { secret: 'forged' })).status).toBe(401)
    expect(zalo.accepted).toEqual([])
  })

  test('a foreign app id is refused even under a signature made with ours', async () => {
    const body = JSON.stringify({ ...text, app_id: '2130045577890123999' })
    const header = `mac=${macOfEvent(body, zalo.zalo.appId, zalo.zalo.oaSecret)}`
    expect((await zalo.event(JSON.parse(body) as object, { header })).status).toBe(401)
    expect(zalo.accepted).toEqual([])
  })

  test("the console's unsigned {} probe gets 200 and does nothing", async () => {
    expect((await zalo.event({}, { header: null })).status).toBe(200)
    expect((await zalo.event({}, { header: null, tamper: () => ' {\n} ' })).status).toBe(200)
    expect(zalo.accepted).toEqual([])
  })

  test('a body over the limit is refused, announced or not', async () => {
    const large = { ...text, padding: 'x'.repeat(70_000) }
    expect((await zalo.event(large)).status).toBe(413)
    expect(await chunked(zalo.webhook, 'y'.repeat(1_000), 200)).toBe(413)
    expect(zalo.accepted).toEqual([])
  })

  test('JSON nested ten thousand deep is refused, not fatal', async () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    expect((await zalo.event(text, { tamper: () => deep })).status).toBe(401)
    expect((await zalo.event(text)).status).toBe(200)
  })

  test('when the inbox cannot store, Zalo hears 500 and its retry is stored', async () => {
    zalo.inbox.fails = 1
    expect((await zalo.event(text)).status).toBe(500)
    expect((await zalo.event(text, { headers: { num_retry: '1' } })).status).toBe(200)
    expect(zalo.accepted).toHaveLength(1)
  })

  test('an event shed by a queue that is too long is answered 200', async () => {
    zalo.inbox.answer = 'shed'
    expect((await zalo.event(text)).status).toBe(200)
    zalo.inbox.answer = null
    expect(zalo.channel.counts().shed).toBe(1)
  })

  test('an account that is switched off receives nothing', async () => {
    await zalo.accounts.change(zalo.account.id, { state: { to: 'off', reason: 'bảo trì' } })
    expect((await zalo.event(text)).status).toBe(200)
    expect(zalo.accepted).toEqual([])
    await zalo.accounts.change(zalo.account.id, { state: { to: 'on' } })
    await zalo.event(text)
    expect(zalo.accepted).toHaveLength(1)
  })
})

describe('every sample event', () => {
  const expected: Record<string, object | null> = {
    user_send_text_button: { kind: 'text', text: '#DANGKY ISO9001' },
    user_send_text_quote: { kind: 'text', text: 'Vậy mức hỗ trợ này áp dụng đến năm nào?' },
    user_send_image: { kind: 'media', media: 'photo', caption: 'Giấy chứng nhận cũ của công ty em đây ạ' },
    user_send_gif: { kind: 'media', media: 'photo' },
    user_send_audio: {
      kind: 'media',
      media: 'voice',
      caption: null,
      reference: expect.stringMatching(/^v1\./),
    },
    user_send_video: { kind: 'media', media: 'video' },
    user_send_file: { kind: 'media', media: 'file', bytes: 23040 },
    user_send_sticker: { kind: 'media', media: 'sticker' },
    user_send_location: { kind: 'media', media: 'location', reference: '10.4593820,105.6329920' },
    user_send_link: { kind: 'text', text: 'https://example.invalid/quy-trinh-san-xuat' },
    user_send_business_card: { kind: 'contact', phone: '0900000001', own: false },
    user_submit_info: { kind: 'contact', phone: '0900000001', name: 'Nguyễn Thị Mai', own: true },
    user_submit_info_old_shape: { kind: 'contact', phone: '0900000002', name: 'Trần Văn Bình', own: true },
    follow: { kind: 'start', payload: null },
    unfollow: { kind: 'left' },
    user_click_chatnow: { kind: 'start', payload: null },
    user_withdraw: { kind: 'withdrawn' },
    oa_send_text_staff: { kind: 'officer_wrote', officer: '8890011223344556677' },
    anonymous_send_text: { kind: 'text' },
    anonymous_send_image: { kind: 'media', media: 'photo' },
    anonymous_send_file: { kind: 'media', media: 'file', bytes: 1024 },
    anonymous_send_sticker: { kind: 'media', media: 'sticker' },
    user_send_text: { kind: 'text' },
    user_send_text_telex: { kind: 'text' },
  }
  const names = readdirSync(new URL('./zalo-events/', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  )

  test('is there', () => {
    expect(names).toHaveLength(45)
    for (const name of Object.keys(expected)) expect(names).toContain(name)
  })

  test.each(names)('%s', async (name) => {
    const before = zalo.channel.counts()
    const answer = await zalo.event(sample(name))
    expect(answer.status).toBe(200)
    expect(zalo.channel.counts().malformed).toBe(before.malformed)
    const content = expected[name]
    if (content === undefined) {
      expect(zalo.accepted).toEqual([])
    } else {
      expect(zalo.accepted).toHaveLength(1)
      expect(zalo.accepted[0]?.content).toMatchObject(content ?? {})
      const person = name.startsWith('anonymous') ? 'anon:b7c1d2e3f405:4400998877665544339' : MAI
      expect(zalo.accepted[0]?.address.person).toBe(person)
    }
  })

  test('events without a message id get one from their bytes, equal for a repeat', async () => {
    await zalo.event(sample('follow'))
    await zalo.event(sample('follow'))
    await zalo.event({ ...sample('follow'), timestamp: '1764057600999' })
    expect(zalo.accepted.map(({ eventId }) => eventId.replace(/[0-9a-f]{64}/, '…'))).toEqual([
      'follow:…',
      'follow:…',
    ])
  })

  test('an unknown event is acknowledged and counted by name', async () => {
    const before = zalo.channel.counts().unknown['oa_something_new'] ?? 0
    await zalo.event(sample('unknown_future_event'))
    expect(zalo.channel.counts().unknown['oa_something_new']).toBe(before + 1)
  })

  test('a known event in a new shape is acknowledged, and the operator sees it', async () => {
    const event = { ...sample('user_send_text'), message: { text: 'không có mã tin' } }
    expect((await zalo.event(event)).status).toBe(200)
    expect(zalo.accepted).toEqual([])
    await expect
      .poll(() => alarm('zalo_shape'))
      .toMatchObject({ event: 'user_send_text', where: 'message.msg_id' })
  })

  test('NUL and half a character, which Postgres cannot keep, are taken out', async () => {
    const message = { text: 'a\u0000b\ud83dc', msg_id: 'nul-1' }
    await zalo.event({ ...sample('user_send_text'), message })
    expect(zalo.accepted[0]?.content).toEqual({ kind: 'text', text: 'ab\ufffdc' })
  })
})

async function alarm(code: string) {
  return (await zalo.accounts.alarms()).find((found) => found.code === code)?.detail
}

describe('a mistyped secret', () => {
  test('raises an alarm at the first mismatch that says which secret was swapped, and Zalo is asked to come again', async () => {
    const fresh = await zaloHarness({ server: { oaSecret: 'the-true-secret' } })
    try {
      const { account, accounts } = fresh
      await accounts.change(account.id, { secrets: { oaSecret: 'mistyped' } })
      expect((await fresh.event(text)).status).toBe(401)
      await expect
        .poll(async () => (await accounts.alarms(account.id)).map(({ code }) => code))
        .toContain('zalo_signature')
      expect((await accounts.alarms(account.id))[0]?.detail).toMatchObject({
        signed: true,
        appSecretInPlace: false,
        everHeard: false,
      })
      await fresh.channel.correct({ ...fresh.environment, oaSecret: 'the-true-secret' })
      expect((await fresh.event(text, { headers: { num_retry: '1' } })).status).toBe(200)
      expect(fresh.accepted).toHaveLength(1)
      expect(await accounts.alarms(account.id)).toEqual([])
    } finally {
      await fresh.close()
    }
  })

  test('the alarm names the app secret when that is what signs', async () => {
    const fresh = await zaloHarness({ server: { oaSecret: 'one', appSecret: 'two' } })
    try {
      await fresh.accounts.change(fresh.account.id, { secrets: { oaSecret: 'two', appSecret: 'one' } })
      await fresh.event(text)
      await expect
        .poll(async () => (await fresh.accounts.alarms())[0]?.detail)
        .toMatchObject({ appSecretInPlace: true })
    } finally {
      await fresh.close()
    }
  })

  test("a stranger's forgeries for an OA that works leave a trace, not a stop", async () => {
    await zalo.event(text)
    for (let i = 0; i < 50; i++) await zalo.event(text, { secret: `guess-${i}` })
    expect((await zalo.event({ ...text, message: { text: 'tiếp', msg_id: 'n-1' } })).status).toBe(200)
    const standing = await zalo.accounts.alarms(zalo.account.id)
    expect(standing.filter(({ code }) => code === 'zalo_signature')).toHaveLength(1)
  })
})

describe('pages for Zalo', () => {
  test("the verification page exists for the accounts' codes only", async () => {
    const page = await fetch(`${zalo.url}/zalo_verifierAbC123_x.html`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<meta name="zalo-platform-site-verification" content="AbC123_x" />')
    expect((await fetch(`${zalo.url}/zalo_verifierOther.html`)).status).toBe(404)
    expect(await zalo.channel.verificationMeta()).toContain('content="AbC123_x"')
  })

  test("the contact card's picture is a PNG", async () => {
    const picture = await fetch(`${zalo.url}/zalo/card.png`)
    expect(picture.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await picture.arrayBuffer())
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect(bytes.length).toBeLessThan(10_000)
  })
})

describe('media', () => {
  test('what a person sent is kept sealed and fetched from allowed hosts only', async () => {
    await zalo.event(sample('user_send_audio'))
    const content = zalo.accepted[0]?.content
    const reference = content?.kind === 'media' ? (content.reference ?? '') : ''
    expect(reference).not.toContain('example.invalid')
    expect(await zalo.channel.fetchMedia(reference, 1_000)).toBeNull()
    expect(await zalo.channel.fetchMedia('v1.broken', 1_000)).toBeNull()
  })

  test('an allowed host is read up to the limit', async () => {
    const picture = `${zalo.url}/zalo/card.png`
    const host = new URL(zalo.url).host
    const { channel } = zalo.process({ mediaHosts: [host] })
    const message = {
      attachments: [{ type: 'audio', payload: { url: picture } }],
      msg_id: 'media-1',
      text: '',
    }
    await zalo.event({ ...sample('user_send_audio'), message })
    const content = zalo.accepted[0]?.content
    const reference = content?.kind === 'media' ? (content.reference ?? '') : ''
    expect((await channel.fetchMedia(reference, 10_000))?.mediaType).toBe('image/png')
    // The same link, alive, inside the department's network: not without being named.
    expect(await zalo.channel.fetchMedia(reference, 10_000)).toBeNull()
    expect(await channel.fetchMedia(reference, 100)).toBeNull()
  })
})

/** Sends `count` chunks without announcing their length. */
function chunked(url: string, chunk: string, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sending.on('error', reject)
    for (let i = 0; i < count; i++) sending.write(chunk)
    sending.end()
  })
}
