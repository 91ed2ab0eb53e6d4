import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Address, type InboundEvent, OutboundMessage } from '../../src/channel/index.ts'
import { type TelegramOptions, telegramChannel } from '../../src/channel/telegram/index.ts'
import { serveApp, until } from '../support/serve.ts'
import { type TelegramServer, telegramServer } from '../support/telegram-server.ts'

const SECRET = 'a-secret-of-more-than-sixteen'
const LAN = 4503599627370495
const to: Address = { channel: 'telegram', account: 'bot', person: String(LAN) }
const message = (fields: Record<string, unknown>) =>
  OutboundMessage.parse({ text: 'Chào anh/chị.', ...fields })

let telegram: TelegramServer
let closing: (() => Promise<unknown>)[]
let logged: string

beforeEach(async () => {
  telegram = await telegramServer()
  closing = []
  logged = ''
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await telegram.close()
})

function open(accept: TelegramOptions['accept'], extra: Partial<TelegramOptions> = {}) {
  const note = (details: Record<string, unknown>, event: string) => {
    logged += `${event} ${JSON.stringify(details)}\n`
  }
  const channel = telegramChannel({
    token: telegram.token,
    apiRoot: telegram.url,
    mode: 'polling',
    account: 'bot',
    accept,
    log: { info: note, warn: note, error: note },
    backOffMs: 10,
    ...extra,
  })
  closing.push(async () => await channel.stop())
  return channel
}

async function openWebhook(accept: TelegramOptions['accept']) {
  const app = new Hono()
  const server = await serveApp(app)
  closing.push(async () => await server.close())
  const url = `${server.url}/webhooks/telegram`
  const channel = open(accept, { mode: 'webhook', webhookUrl: url, secret: SECRET })
  app.route('/', channel.routes)
  channel.start()
  await until(() => telegram.webhook)
  return { channel, url }
}

function keep() {
  const events: InboundEvent[] = []
  return {
    events,
    accept: async (event: InboundEvent): Promise<'stored' | 'duplicate'> => {
      const known = events.some(({ eventId }) => eventId === event.eventId)
      if (!known) events.push(event)
      return known ? 'duplicate' : 'stored'
    },
  }
}

const progress = (partsSent = 0) => {
  const parts: string[] = []
  return {
    parts,
    progress: { messageId: 'm1', partsSent, onPart: async (id: string) => void parts.push(id) },
  }
}

describe('receiving by webhook', () => {
  test('stores a message before Telegram hears 200, and a repeated update once', async () => {
    const { events, accept } = keep()
    const { channel } = await openWebhook(accept)
    const lan = telegram.person(LAN)
    await lan.say('tỉnh có hỗ trợ ISO không?')
    expect(events[0]?.content).toEqual({ kind: 'text', text: 'tỉnh có hỗ trợ ISO không?' })
    await telegram.pushAgain(Number(events[0]?.eventId))
    expect(events).toHaveLength(1)
    expect(channel.health()).toMatchObject({ accepted: 1, duplicate: 1 })
  })

  test('a message that could not be stored is asked for again, and the chat’s next one waits behind it', async () => {
    const { events, accept } = keep()
    let failures = 3
    const { channel } = await openWebhook(async (event) => {
      if (failures-- > 0) throw new Error('database away')
      return await accept(event)
    })
    const lan = telegram.person(LAN)
    await Promise.all([lan.say('một'), lan.say('hai')])
    expect(events.map(({ content }) => content.kind === 'text' && content.text)).toEqual(['một', 'hai'])
    expect(telegram.webhookAttempts.map(({ status }) => status)).toEqual([500, 500, 500, 200, 200])
    expect(channel.health().accepted).toBe(2)
  })

  test('what is kept but limited or held counts as received: Telegram does not send it again', async () => {
    const answers = ['limited', 'shed'] as const
    let heard = 0
    const { channel } = await openWebhook(async () => await Promise.resolve(answers[heard++] ?? 'stored'))
    const lan = telegram.person(LAN)
    await lan.say('một')
    await lan.say('hai')
    expect(telegram.webhookAttempts.map(({ status }) => status)).toEqual([200, 200])
    expect(channel.health()).toMatchObject({ limited: 1, shed: 1, accepted: 0 })
  })

  test('a forged, foreign, broken or oversized call is refused and nothing of it is stored', async () => {
    const { events, accept } = keep()
    const { channel, url } = await openWebhook(accept)
    const post = async (body: string, secret?: string) =>
      (
        await fetch(url, {
          method: 'POST',
          body,
          headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
        })
      ).status
    const update = JSON.stringify({
      update_id: 1,
      message: { message_id: 1, date: 1, chat: { id: 1, type: 'private' } },
    })
    expect(await post(update)).toBe(401)
    expect(await post(update, `${SECRET}x`)).toBe(401)
    expect(await post('{"update_id":', SECRET)).toBe(400)
    expect(await post('x'.repeat(1_000_001), SECRET)).toBe(413)
    expect(await post('{"hello":1}', SECRET)).toBe(200)
    expect(events).toHaveLength(0)
    expect(channel.health()).toMatchObject({ forged: 2, unreadable: 2, accepted: 0 })
  })

  test('every press is answered, in a group with the reason', async () => {
    const { events, accept } = keep()
    await openWebhook(accept)
    await telegram.person(LAN).press('#signup')
    const group = { id: -100, type: 'supergroup' }
    const from = { id: LAN, is_bot: false, first_name: 'Lan' }
    await telegram.push({ callback_query: { id: '9', from, data: '#own', message: { chat: group } } }, 'g')
    const answers = await until(() => {
      const found = telegram.calls.filter(({ method }) => method === 'answerCallbackQuery')
      return found.length === 2 ? found : null
    })
    expect(answers.map(({ payload }) => payload['text'] ?? null)).toEqual([
      null,
      expect.stringContaining('riêng'),
    ])
    expect(events).toHaveLength(1)
  })

  test('a group is told once to write privately, with the bot’s name', async () => {
    const { events, accept } = keep()
    const { channel } = await openWebhook(accept)
    await until(() => channel.health().state === 'ready')
    const message = {
      message_id: 5,
      date: 1_795_000_000,
      chat: { id: -100, type: 'supergroup' },
      from: { id: LAN, is_bot: false },
      text: '/dangky',
      entities: [{ type: 'bot_command', offset: 0, length: 7 }],
    }
    await telegram.push({ message }, 'g')
    await telegram.push({ message }, 'g')
    const told = await until(() => (telegram.messagesTo(-100).length > 0 ? telegram.messagesTo(-100) : null))
    expect(told.map(({ text }) => text)).toEqual([expect.stringContaining('(@nscl_stand_in_bot).')])
    expect(events).toHaveLength(0)
  })
})

describe('receiving by long polling', () => {
  test('confirms an update only after it is stored, in order, through failures', async () => {
    const { events, accept } = keep()
    let failures = 2
    const channel = open(async (event) => {
      if (failures-- > 0) throw new Error('database away')
      return await accept(event)
    })
    const lan = telegram.person(LAN)
    const said = Promise.all([lan.say('một'), lan.say('hai'), lan.say('ba')])
    channel.start()
    await said
    expect(events.map(({ content }) => content.kind === 'text' && content.text)).toEqual(['một', 'hai', 'ba'])
    expect(telegram.calls.some(({ method }) => method === 'deleteWebhook')).toBe(true)
    expect(telegram.calls.every(({ payload }) => payload['drop_pending_updates'] !== true)).toBe(true)
  })

  test('start-up returns at once and health tells the truth while Telegram is away, then it heals', async () => {
    const { events, accept } = keep()
    telegram.fault('getMe', { kind: 'reset' }, 3)
    telegram.fault('deleteWebhook', { kind: '500' })
    telegram.fault('getUpdates', { kind: 'html' })
    const channel = open(accept)
    channel.start()
    expect(channel.health().state).toBe('connecting')
    await until(() => channel.health().state === 'unreachable')
    await telegram.person(LAN).say('alo')
    expect(events).toHaveLength(1)
    expect(channel.health().state).toBe('ready')
  })

  test('a revoked token is an alarm without retries', async () => {
    const channel = open(keep().accept, { token: '1:revoked' })
    channel.start()
    await until(() => channel.health().state === 'unauthorized')
    expect(logged).toContain('token is not valid')
    expect(logged).not.toContain('1:revoked')
  })

  test('the commands menu is set in Vietnamese and in English', async () => {
    const channel = open(keep().accept)
    channel.start()
    await until(() => telegram.commands.size === 2)
    expect(telegram.commands.get('')).toContainEqual({ command: 'canbo', description: 'Gặp cán bộ' })
    expect(telegram.commands.get('en')).toContainEqual({
      command: 'canbo',
      description: 'Talk to an officer',
    })
  })
})

describe('sending', () => {
  test('text of people arrives as typed, buttons under the last part', async () => {
    const { sender } = open(keep().accept)
    const text = `<b>4009/KH-UBND.</b> *_[x](y)_* &amp; ${'dòng dài. '.repeat(500)}`
    const { parts, progress: steps } = progress()
    const delivery = await sender.send(
      to,
      message({ text, actions: [{ label: 'Đăng ký', send: '#signup' }] }),
      steps,
    )
    const sent = telegram.messagesTo(LAN)
    expect(delivery).toEqual({ outcome: 'sent', platformIds: sent.map(({ id }) => String(id)) })
    expect(parts).toHaveLength(sent.length)
    expect(sent.map((part) => part.text).join(' ')).toBe(text.trim())
    expect(sent.map(({ payload }) => payload['reply_markup'] !== undefined)).toEqual([false, true])
  })

  test('a retry goes on behind the part that went out', async () => {
    const { sender } = open(keep().accept)
    const long = message({ text: 'đoạn văn dài. '.repeat(700) })
    const first = progress()
    telegram.fault('sendMessage', { kind: 'lost' }) // part 1 arrives, its answer does not
    expect(await sender.send(to, long, first.progress)).toMatchObject({ outcome: 'retry', maybeSent: true })
    expect(first.parts).toHaveLength(0)
    const second = progress()
    telegram.fault('sendMessage', { kind: '429', retryAfter: 7 })
    expect(await sender.send(to, long, second.progress)).toEqual({
      outcome: 'retry',
      afterMs: 7000,
      reason: expect.stringContaining('429'),
      maybeSent: false,
      scope: 'lane',
    })
    const third = progress(1)
    expect(await sender.send(to, long, third.progress)).toMatchObject({ outcome: 'sent' })
    expect(
      telegram
        .messagesTo(LAN)
        .map((part) => part.text)
        .join(' '),
    ).toBe(long.text.trim())
  })

  test.each([
    [{ kind: '500' }, { outcome: 'retry', maybeSent: true, scope: 'account' }],
    [{ kind: 'reset' }, { outcome: 'retry', maybeSent: true }],
    [{ kind: 'html' }, { outcome: 'retry', maybeSent: true }],
    [
      { kind: 'refuse', code: 403, description: 'Forbidden: user is deactivated' },
      { outcome: 'unreachable' },
    ],
    [{ kind: 'refuse', code: 400, description: 'Bad Request: chat not found' }, { outcome: 'unreachable' }],
    [
      { kind: 'refuse', code: 400, description: 'Bad Request: message is too long' },
      { outcome: 'failed', operator: false },
    ],
    [
      { kind: 'refuse', code: 401, description: 'Unauthorized' },
      { outcome: 'failed', operator: true },
    ],
  ] as const)('the answer %j is understood', async (fault, expected) => {
    const { sender } = open(keep().accept)
    telegram.fault('sendMessage', fault)
    const delivery = await sender.send(to, message({}), progress().progress)
    expect(delivery).toMatchObject(expected)
    expect(JSON.stringify(delivery)).not.toContain(telegram.token)
  })

  test('a refused connection is known not to have sent anything', async () => {
    const { sender } = open(keep().accept, { apiRoot: 'http://127.0.0.1:1' })
    expect(await sender.send(to, message({}), progress().progress)).toMatchObject({
      outcome: 'retry',
      maybeSent: false,
      reason: 'network: ECONNREFUSED',
    })
  })

  test('refused formatting is sent plain rather than not at all', async () => {
    const { sender } = open(keep().accept)
    telegram.fault('sendMessage', {
      kind: 'refuse',
      code: 400,
      description: "Bad Request: can't parse entities",
    })
    const quoted = message({ citations: [{ doc: 'd', label: 'KH', section: 'I', quote: 'trích' }] })
    expect(await sender.send(to, quoted, progress().progress)).toMatchObject({ outcome: 'sent' })
    expect(telegram.messagesTo(LAN).map(({ payload }) => payload['entities'])).toEqual([undefined])
  })

  test('a chat that moved is followed', async () => {
    const { sender } = open(keep().accept)
    telegram.fault('sendMessage', {
      kind: 'refuse',
      code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: -1007 },
    })
    expect(await sender.send(to, message({}), progress().progress)).toMatchObject({ outcome: 'sent' })
    expect(telegram.messagesTo(-1007)).toHaveLength(1)
  })

  test('the phone button comes with the question and goes with the next message', async () => {
    const { sender } = open(keep().accept)
    const actions = [{ label: 'Bỏ qua', send: '#f:1:skip' }]
    await sender.send(to, message({ text: 'Số điện thoại?', ask: 'contact', actions }), progress().progress)
    await sender.send(to, message({ text: 'Cảm ơn.' }), progress().progress)
    await sender.send(to, message({ text: 'Xong.' }), progress().progress)
    const markups = telegram.messagesTo(LAN).map(({ payload }) => payload['reply_markup'])
    expect(markups).toEqual([
      { inline_keyboard: [[{ text: 'Bỏ qua', callback_data: '#f:1:skip' }]] },
      expect.objectContaining({ keyboard: [[expect.objectContaining({ request_contact: true })]] }),
      { remove_keyboard: true },
      undefined,
    ])
  })

  test('files go out under their name, a QR code as picture', async () => {
    const { sender } = open(keep().accept)
    const bytes = new Uint8Array([1, 2, 3])
    await sender.sendFile?.(
      to,
      { name: 'du-lieu.json', mediaType: 'application/json', bytes },
      'Dữ liệu của anh/chị',
    )
    await sender.sendFile?.(to, { name: 've.png', mediaType: 'image/png', bytes }, '')
    expect(telegram.calls.map(({ method }) => method)).toEqual(['sendDocument', 'sendPhoto'])
    expect(telegram.messagesTo(LAN)[0]?.text).toBe('Dữ liệu của anh/chị')
  })

  test('typing never throws, even to someone who blocked us', async () => {
    const { sender } = open(keep().accept)
    telegram.block(LAN)
    await sender.typing?.(to)
    expect(await sender.send(to, message({}), progress().progress)).toMatchObject({ outcome: 'unreachable' })
  })
})

describe('fetching a voice message', () => {
  const limits = { maxBytes: 1000 }

  test('gives its bytes and media type', async () => {
    const { download } = open(keep().accept)
    telegram.file('voice-1', new Uint8Array([7, 7]), 'audio/ogg')
    expect(await download('voice-1', limits)).toEqual({
      bytes: Buffer.from([7, 7]),
      mediaType: 'audio/ogg',
      name: 'voice-1',
    })
  })

  test('refuses what is too big, announced or not, and what is gone, never naming the address', async () => {
    const { download } = open(keep().accept)
    telegram.file('announced', new Uint8Array(10), 'audio/ogg', 5000)
    telegram.file('lying', new Uint8Array(5000), 'audio/ogg', 10)
    telegram.file('huge', new Uint8Array(10), 'audio/ogg', 30_000_000)
    for (const [id, reason] of [
      ['announced', 'too_big'],
      ['lying', 'too_big'],
      ['huge', 'too_big'],
      ['gone', 'gone'],
    ] as const) {
      const refusal = await download(id, limits).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ name: 'DownloadRefused', reason })
      expect(String(refusal)).not.toContain(telegram.token)
    }
  })
})
