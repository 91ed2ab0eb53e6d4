import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OA_CODES, TEMPLATE_CODES } from '../../src/channel/zalo/errors.ts'
import { testDatabase } from '../support/database.ts'
import { zaloServer } from '../support/zalo-server.ts'
import { type Harness, MAI, NOW, zaloHarness } from './zalo-setup.ts'

const HOUR_MS = 3_600_000
const CS = '/v3.0/oa/message/cs'
const TEMPLATE = { decision: { zbs: 't-zbs', zns: 't-zns', fields: { ma: 'reference', ten: 'name' } } }
const NOTICE = { kind: 'decision' as const, fields: { reference: 'AB12CD34', name: 'Mai' } }

let db: Awaited<ReturnType<typeof testDatabase>>
let zalo: Harness
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())
beforeEach(async () => {
  await db.query('truncate channel_account cascade')
  zalo = await zaloHarness({ db })
})
afterEach(() => zalo.close())

const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS)
const alarms = async () => (await zalo.accounts.alarms()).map(({ code }) => code)
const paths = () => zalo.zalo.sent.map(({ path }) => path)

describe('a message', () => {
  test('goes out as text, in NFC, to the id as a string', async () => {
    const delivery = await zalo.say({ text: 'Hỗ trợ VietGAP'.normalize('NFD') })
    expect(zalo.zalo.sent).toMatchObject([
      { path: CS, to: MAI, message: { text: 'Hỗ trợ VietGAP'.normalize('NFC') } },
    ])
    expect(delivery).toEqual({ outcome: 'sent', platformIds: [zalo.zalo.sent[0]?.messageId] })
  })

  test('longer than 1,900 characters is cut at sentences; sources and buttons stand on the last part', async () => {
    const sentence = 'Sở hỗ trợ doanh nghiệp áp dụng hệ thống quản lý chất lượng theo kế hoạch. '
    await zalo.say({
      text: sentence.repeat(60),
      citations: [{ doc: 'd', label: 'KH 4009/KH-UBND', section: 'Mục II', quote: 'hỗ trợ' }],
      actions: [
        { label: 'Đăng ký', send: '#signup' },
        { label: 'Xem thêm', send: '#more' },
      ],
    })
    const messages = zalo.zalo.sent.map(({ message }) => message)
    expect(messages).toHaveLength(3)
    for (const { text } of messages) expect(String(text).length).toBeLessThanOrEqual(1900)
    for (const { text, attachment } of messages.slice(0, -1)) {
      expect(text).toMatch(/kế hoạch\.$/)
      expect(attachment).toBeUndefined()
    }
    expect(messages.at(-1)?.['text']).toMatch(/📄 KH 4009\/KH-UBND, Mục II: “hỗ trợ”$/)
    expect(messages.at(-1)?.['attachment']).toEqual({
      type: 'template',
      payload: {
        buttons: [
          { title: 'Đăng ký', type: 'oa.query.hide', payload: '#signup' },
          { title: 'Xem thêm', type: 'oa.query.hide', payload: '#more' },
        ],
      },
    })
  })

  test('sources that do not fit below the last part follow as their own', async () => {
    const quote = 'Hỗ trợ 50% chi phí tư vấn. '.repeat(40)
    await zalo.say({ text: 'A'.repeat(1800), citations: [{ doc: 'd', label: 'KH', section: '1', quote }] })
    expect(zalo.zalo.textsTo(MAI)).toHaveLength(2)
    expect(zalo.zalo.textsTo(MAI)[1]).toMatch(/^📄 KH, 1/)
  })

  test('a retry goes on behind the part that went out', async () => {
    const text = `${'Một hai ba bốn năm. '.repeat(90)}\n\n${'Sáu bảy tám. '.repeat(120)}`
    zalo.zalo.fail(CS, { code: 0 }, { code: -200 })
    zalo.zalo.fail(CS)
    const first = await zalo.say({ text })
    expect(first).toMatchObject({ outcome: 'retry', scope: 'lane', maybeSent: false })
    expect(zalo.parts).toHaveLength(1)
    expect(await zalo.say({ text }, MAI, 1)).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.sent).toHaveLength(1)
    expect(zalo.zalo.textsTo(MAI)[0]).toMatch(/^Sáu bảy/)
  })

  test('asking for the number sends the contact card behind the text', async () => {
    await zalo.say({ text: 'Cho Sở xin số điện thoại', ask: 'contact' })
    expect(zalo.zalo.sent).toHaveLength(2)
    expect(zalo.zalo.sent[1]?.message).toEqual({
      attachment: {
        type: 'template',
        payload: {
          template_type: 'request_user_info',
          elements: [
            {
              title: 'Chia sẻ số điện thoại',
              subtitle: expect.any(String),
              image_url: 'https://nscl.example.vn/zalo/card.png',
            },
          ],
        },
      },
    })
  })

  test('a refused card does not undo the text that asks the same', async () => {
    zalo.zalo.fail(CS, { code: 0 }, { code: -233 })
    expect(await zalo.say({ text: 'Số của anh chị?', ask: 'contact' })).toMatchObject({ outcome: 'sent' })
  })

  test('to an anonymous visitor: both ids, the choices as text, no card', async () => {
    await zalo.say(
      { text: 'Dạ có', actions: [{ label: 'Xem lịch', send: '#menu' }], ask: 'contact' },
      'anon:b7c1d2e3f405:4400998877665544339',
    )
    expect(zalo.zalo.sent).toMatchObject([
      {
        path: '/v2.0/oa/message',
        to: 'anonymous:4400998877665544339',
        message: { text: 'Dạ có\n\nGõ một mã để chọn:\n#menu – Xem lịch' },
      },
    ])
    expect(await zalo.channel.sender.reach(zalo.to('anon:b7c1d2e3f405:4400998877665544339'))).toBe('closed')
  })

  test('waits while the account is switched off', async () => {
    await zalo.accounts.change(zalo.account.id, { state: { to: 'off', reason: 'bảo trì' } })
    expect(await zalo.say({ text: 'chào' })).toMatchObject({ outcome: 'retry', scope: 'account' })
    expect(zalo.zalo.calls).toEqual([])
  })

  test('every call has an end: each carries a time-out signal and follows no redirect', async () => {
    const calls: Array<RequestInit | undefined> = []
    const { channel } = zalo.process({
      fetch: async (input, init) => {
        calls.push(init)
        return await fetch(input, init)
      },
    })
    const png = { name: 'qr.png', mediaType: 'image/png', bytes: new Uint8Array([1]) }
    await channel.sender.sendFile(zalo.to(), png, 'mã QR')
    expect(calls).toHaveLength(3) // refresh, upload, message
    for (const init of calls) {
      expect(init?.signal).toBeInstanceOf(AbortSignal)
      expect(init?.redirect).toBe('error')
    }
  })
})

describe('the windows', () => {
  test.each([
    ['an hour', 1, 'sent', 'open'],
    ['47 hours', 47, 'sent', 'open'],
    ['three days, billed', 72, 'sent', 'open'],
    ['seven days and an hour', 169, 'unreachable', 'closed'],
  ])('%s after the last message', async (_what, hours, outcome, reach) => {
    await zalo.acted(hoursAgo(hours))
    expect(await zalo.channel.sender.reach(zalo.to())).toBe(reach)
    expect((await zalo.say({ text: 'chào' })).outcome).toBe(outcome)
    expect(zalo.zalo.sent).toHaveLength(outcome === 'sent' ? 1 : 0)
  })

  test('what is shut is known before sending: Zalo is not asked', async () => {
    await zalo.acted(hoursAgo(200))
    expect(await zalo.say({ text: 'chào' })).toEqual({
      outcome: 'unreachable',
      reason: 'Zalo không cho gửi: đã quá 7 ngày kể từ lần cuối người này nhắn cho OA',
    })
    expect(zalo.zalo.calls).toEqual([])
  })

  test('an account that forbids billed messages calls instead', async () => {
    const { settings } = zalo.account
    await zalo.accounts.change(zalo.account.id, { settings: { ...settings, billedWindow: false } })
    await zalo.acted(hoursAgo(49))
    expect((await zalo.say({ text: 'chào' })).outcome).toBe('unreachable')
  })

  test('whoever unfollowed is not written to, until they write again', async () => {
    await zalo.acted(hoursAgo(2))
    await zalo.acted(hoursAgo(1), MAI, 'left')
    expect((await zalo.say({ text: 'chào' })).outcome).toBe('unreachable')
    expect(await zalo.channel.sender.reach(zalo.to())).toBe('closed')
    await zalo.acted(hoursAgo(0.5))
    expect((await zalo.say({ text: 'chào' })).outcome).toBe('sent')
  })

  test('events may be seen late, twice and in any order', async () => {
    await zalo.acted(hoursAgo(1))
    await zalo.acted(hoursAgo(300))
    await zalo.acted(hoursAgo(2), MAI, 'left')
    await zalo.acted(hoursAgo(2), MAI, 'left')
    expect((await zalo.say({ text: 'chào' })).outcome).toBe('sent')
  })

  test('somebody never seen is tried: Zalo knows better', async () => {
    expect((await zalo.say({ text: 'chào' })).outcome).toBe('sent')
    zalo.zalo.refuse('70000000000000000001', -232)
    expect((await zalo.say({ text: 'chào' }, '70000000000000000001')).outcome).toBe('unreachable')
  })

  test('a withdrawn person leaves no trace here', async () => {
    await zalo.acted(hoursAgo(1))
    expect(await zalo.channel.dataOf(zalo.to())).toEqual({ lastInteractionAt: hoursAgo(1), leftAt: null })
    await zalo.channel.observe({
      address: zalo.to(),
      eventId: 'w',
      content: { kind: 'withdrawn' },
      sentAt: NOW,
      language: null,
    })
    expect(await zalo.channel.dataOf(zalo.to())).toBeNull()
  })
})

describe('template messages', () => {
  const configure = async (templates: object = TEMPLATE) => {
    const { settings } = zalo.account
    await zalo.accounts.change(zalo.account.id, { settings: { ...settings, templates } })
  }
  const withPhone = () => zalo.process({ phoneOf: async () => '0900000001' }).channel.sender
  const decide = (sender: ReturnType<typeof withPhone>) =>
    sender.send(
      zalo.to(),
      { text: 'Hồ sơ đã duyệt', citations: [], actions: [], notice: NOTICE },
      { messageId: 'outbox-77', partsSent: 0, onPart: async () => {} },
    )

  test('carry a decision by user id after the windows are shut', async () => {
    await configure()
    zalo.zalo.approveTemplate('t-zbs')
    await zalo.acted(hoursAgo(200))
    expect(await zalo.say({ text: 'Hồ sơ đã duyệt', notice: NOTICE })).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.sent).toMatchObject([
      {
        path: '/v3.0/oa/message/template',
        to: MAI,
        message: { template_id: 't-zbs', template_data: { ma: 'AB12CD34', ten: 'Mai' } },
      },
    ])
  })

  test('go by phone when the user id is refused', async () => {
    await configure()
    zalo.zalo.approveTemplate('t-zbs')
    zalo.zalo.approveTemplate('t-zns')
    zalo.zalo.refuse(MAI, -244)
    await zalo.acted(hoursAgo(200))
    expect(await decide(withPhone())).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.sent).toMatchObject([
      {
        path: '/message/template',
        to: '84900000001',
        message: { tracking_id: 'outbox-77', template_id: 't-zns' },
      },
    ])
  })

  test('take over when Zalo says the window is shut though we thought it open', async () => {
    await configure()
    zalo.zalo.approveTemplate('t-zbs')
    await zalo.acted(hoursAgo(1))
    zalo.zalo.fail(CS, { code: -230 })
    expect(await zalo.say({ text: 'Hồ sơ đã duyệt', notice: NOTICE })).toMatchObject({ outcome: 'sent' })
    expect(paths()).toEqual(['/v3.0/oa/message/template'])
  })

  test('without one, without a phone, or when both are refused: an officer calls', async () => {
    await zalo.acted(hoursAgo(200))
    expect((await zalo.say({ text: 'Hồ sơ đã duyệt', notice: NOTICE })).outcome).toBe('unreachable')
    await configure()
    expect((await zalo.say({ text: 'Hồ sơ đã duyệt', notice: NOTICE })).outcome).toBe('unreachable')
    const both = await decide(withPhone())
    expect(both).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('mã -109') })
    expect(zalo.zalo.sent).toEqual([])
    expect(await alarms()).toContain('zalo_refused')
  })

  test('an answer that was lost is not doubled by the other template', async () => {
    await configure()
    zalo.zalo.approveTemplate('t-zbs')
    zalo.zalo.approveTemplate('t-zns')
    zalo.zalo.fail('/v3.0/oa/message/template', 'done_then_reset')
    await zalo.acted(hoursAgo(200))
    expect(await decide(withPhone())).toMatchObject({ outcome: 'retry', maybeSent: true })
    expect(paths()).toEqual(['/v3.0/oa/message/template'])
  })

  test('the two servers read the same number differently', () => {
    expect(OA_CODES.get(-100)?.remedy).toBe('upload')
    expect(TEMPLATE_CODES.get(-100)?.remedy).toBe('soon')
    expect(TEMPLATE_CODES.get(-124)?.remedy).toBe('refresh')
  })
})

describe('refusals', () => {
  const outcomes: Record<string, object> = {
    next_minute: { outcome: 'retry', scope: 'account', afterMs: 61_000 },
    soon: { outcome: 'retry', scope: 'lane', afterMs: 5_000 },
    minutes: { outcome: 'retry', scope: 'lane', afterMs: 180_000 },
    morning: { outcome: 'retry', scope: 'lane' },
    refresh: { outcome: 'retry', scope: 'account' },
    upload: { outcome: 'retry', scope: 'lane' },
    person: { outcome: 'unreachable' },
    quota: { outcome: 'unreachable' },
    operator: { outcome: 'failed', operator: true },
    our_bug: { outcome: 'failed', operator: false },
  }

  test('every code of the facts is in the table', () => {
    const documented = [
      -32, -100, -200, -201, -204, -205, -208, -209, -210, -211, -212, -213, -214, -216, -217, -218, -219,
      -220, -221, -223, -224, -227, -230, -231, -232, -233, -234, -235, -237, -238, -240, -241, -242, -244,
      -248, -249, -305, -320, -321, -403,
    ]
    expect([...OA_CODES.keys()].sort((a, b) => b - a)).toEqual(documented)
  })

  test.each([...OA_CODES])('%i over HTTP does what the table says', async (code, { remedy, meaning }) => {
    zalo.zalo.fail(CS, { code }, { code })
    const delivery = await zalo.say({ text: 'chào' })
    expect(delivery).toMatchObject(outcomes[remedy] ?? {})
    expect(zalo.zalo.sent).toEqual([])
    if (remedy === 'operator') expect(await alarms()).toEqual(['zalo_refused'])
    else if (remedy === 'quota') expect(await alarms()).toEqual(['zalo_quota'])
    else expect(await alarms()).toEqual([])
    if (remedy !== 'refresh') expect(JSON.stringify(delivery)).toContain(meaning)
  })

  test('a dead access token is replaced and the message goes out', async () => {
    await zalo.say({ text: 'một' })
    zalo.later(HOUR_MS)
    zalo.zalo.killAccess()
    expect(await zalo.say({ text: 'hai' })).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.textsTo(MAI)).toEqual(['một', 'hai'])
  })

  test('HTTP 401 without a code is a dead token too', async () => {
    await zalo.say({ text: 'một' })
    zalo.later(HOUR_MS)
    zalo.zalo.fail(CS, { status: 401 })
    expect(await zalo.say({ text: 'hai' })).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.presented).toHaveLength(2)
  })

  test('a token refused right after its refresh is not refreshed again and again', async () => {
    zalo.zalo.fail(CS, ...Array(10).fill({ code: -216 }))
    for (let i = 0; i < 5; i++) expect((await zalo.say({ text: 'chào' })).outcome).toBe('retry')
    expect(zalo.zalo.presented).toHaveLength(1)
  })

  test('HTTP 429 waits as long as it is asked to', async () => {
    zalo.zalo.fail(CS, { status: 429, headers: { 'retry-after': '300' } })
    expect(await zalo.say({ text: 'chào' })).toMatchObject({
      outcome: 'retry',
      afterMs: 300_000,
      scope: 'account',
      maybeSent: false,
    })
  })

  test('a code nobody knows goes to the operator', async () => {
    zalo.zalo.fail(CS, { code: -9_999 })
    expect(await zalo.say({ text: 'chào' })).toMatchObject({ outcome: 'failed', operator: true })
    expect((await zalo.accounts.alarms())[0]?.detail).toMatchObject({ code: -9_999 })
  })

  test('night ends at six in Viet Nam', async () => {
    zalo.time.now = new Date('2026-11-22T16:30:00Z') // 23:30
    zalo.zalo.fail(CS, { code: -234 })
    expect(await zalo.say({ text: 'chào' })).toMatchObject({ afterMs: 6.5 * HOUR_MS })
  })
})

describe('an answer that never came', () => {
  test.each([
    ['the connection broke after the message was carried out', 'done_then_reset' as const, 1],
    ['the connection broke', 'reset' as const, 0],
    ['a gateway answered', { status: 502 }, 0],
    ['the answer was no JSON', { status: 200, body: 'ok' }, 0],
    ['an empty answer', { status: 500, body: '' }, 0],
  ])('%s: it may have been sent, and the outbox is told so', async (_what, fault, arrived) => {
    zalo.zalo.fail(CS, fault)
    expect(await zalo.say({ text: 'chào' })).toMatchObject({
      outcome: 'retry',
      maybeSent: true,
      scope: 'lane',
    })
    expect(zalo.zalo.sent).toHaveLength(arrived)
  })

  test('a connection that never stood sent nothing', async () => {
    const closed = await zaloServer()
    await closed.close()
    const { channel } = zalo.process({ roots: { ...zalo.zalo.roots, api: closed.root } })
    const message = { text: 'chào', citations: [], actions: [] }
    const progress = { messageId: 'm', partsSent: 0, onPart: async () => {} }
    expect(await channel.sender.send(zalo.to(), message, progress)).toMatchObject({
      outcome: 'retry',
      maybeSent: false,
      scope: 'account',
    })
  })

  test('an answer without end is cut off', async () => {
    zalo.zalo.fail(CS, { status: 200, body: `{"error":0,"x":"${'y'.repeat(400_000)}"}` })
    expect(await zalo.say({ text: 'chào' })).toMatchObject({ outcome: 'retry', maybeSent: true })
  })

  test('no secret, text or phone is logged', async () => {
    zalo.zalo.fail(CS, { code: -201 }, { status: 500 }, 'reset')
    for (let i = 0; i < 4; i++) await zalo.say({ text: 'CCCD 079123456789' })
    const logged = JSON.stringify(zalo.lines)
    expect(zalo.lines.length).toBeGreaterThan(3)
    for (const secret of [
      zalo.zalo.accessToken,
      zalo.zalo.refreshToken,
      '079123456789',
      zalo.zalo.appSecret,
    ]) {
      expect(logged).not.toContain(secret)
    }
  })
})

describe('files', () => {
  const pdf = { name: 'giay-chung-nhan.pdf', mediaType: 'application/pdf', bytes: new Uint8Array(1_000) }

  test('a PDF is uploaded and sent, its caption behind it', async () => {
    expect(await zalo.channel.sender.sendFile(zalo.to(), pdf, 'Giấy chứng nhận')).toMatchObject({
      outcome: 'sent',
    })
    expect([...zalo.zalo.uploads.values()]).toMatchObject([{ kind: 'file', name: pdf.name, bytes: 1_000 }])
    expect(zalo.zalo.sent.map(({ message }) => Object.keys(message))).toEqual([['attachment'], ['text']])
  })

  test('a picture carries its caption', async () => {
    const png = { name: 'qr.png', mediaType: 'image/png', bytes: new Uint8Array(500) }
    await zalo.channel.sender.sendFile(zalo.to(), png, 'Mã điểm danh')
    expect(zalo.zalo.sent).toMatchObject([
      { message: { text: 'Mã điểm danh', attachment: { payload: { template_type: 'media' } } } },
    ])
  })

  test('an upload that Zalo forgot is uploaded once more', async () => {
    zalo.zalo.fail(CS, { code: -100 })
    expect(await zalo.channel.sender.sendFile(zalo.to(), pdf, '')).toMatchObject({ outcome: 'sent' })
    expect(zalo.zalo.uploads.size).toBe(2)
  })

  test('a lost upload is tried again without fear of a repeat', async () => {
    zalo.zalo.fail('/v2.0/oa/upload/file', 'done_then_reset')
    expect(await zalo.channel.sender.sendFile(zalo.to(), pdf, '')).toMatchObject({
      outcome: 'retry',
      maybeSent: false,
    })
  })

  test("a person's data as JSON, which Zalo carries in no file, goes as messages", async () => {
    const bytes = Buffer.from(JSON.stringify({ ten: 'Mai', ghi_chu: 'x '.repeat(1_500) }))
    const file = { name: 'du-lieu.json', mediaType: 'application/json', bytes }
    expect(await zalo.channel.sender.sendFile(zalo.to(), file, 'Dữ liệu của chị')).toMatchObject({
      outcome: 'sent',
    })
    expect(zalo.zalo.textsTo(MAI)).toHaveLength(2)
    expect(zalo.zalo.textsTo(MAI)[0]).toMatch(/^Dữ liệu của chị\n\n\{"ten":"Mai"/)
  })

  test.each([
    ['a kind Zalo does not take', { name: 'a.zip', mediaType: 'application/zip', bytes: new Uint8Array(1) }],
    ['a PDF over 5 MB', { ...pdf, bytes: new Uint8Array(5 * 1024 * 1024 + 1) }],
    [
      'a picture over 1 MB',
      { name: 'a.png', mediaType: 'image/png', bytes: new Uint8Array(1024 * 1024 + 1) },
    ],
  ])('%s fails visibly and is not uploaded', async (_what, file) => {
    expect(await zalo.channel.sender.sendFile(zalo.to(), file, '')).toMatchObject({ outcome: 'failed' })
    expect(zalo.zalo.calls).toEqual([])
  })
})
