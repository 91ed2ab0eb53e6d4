import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, createApp } from '../../src/app/index.ts'
import type { Sender } from '../../src/channel/index.ts'
import { terminalChannel } from '../../src/channel/terminal/index.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/index.ts'
import type { Live } from '../support/browser-page.ts'
import { testDatabase } from '../support/database.ts'
import { serveApp, until } from '../support/serve.ts'
import { type TelegramServer, telegramServer } from '../support/telegram-server.ts'
import { type ZaloServer, zaloServer } from '../support/zalo-server.ts'
import { type Person, type Stage, telegramStage, terminalStage, webStage, zaloStage } from './stage.ts'

/** The same conversation with the whole assistant, over every channel through stand-ins of the platforms. */

const quiet = { fatal() {}, error() {}, warn() {}, info() {}, debug() {}, trace() {}, silent() {} }
const lives: Live[] = []
let db: Database
let app: App
let telegram: TelegramServer
let zalo: ZaloServer
let server: { url: string; close(): Promise<void> }
let people = 0

beforeAll(async () => {
  db = await testDatabase()
  telegram = await telegramServer()
  zalo = await zaloServer()
  const routes = new Hono()
  server = await serveApp(routes)
  const config = readConfig({
    PUBLIC_URL: server.url,
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_API_ROOT: telegram.url,
    TELEGRAM_WEBHOOK_URL: `${server.url}/webhooks/telegram`,
    TELEGRAM_WEBHOOK_SECRET: 'a-secret-of-more-than-sixteen',
    ZALO_APP_ID: zalo.appId,
    ZALO_APP_SECRET: zalo.appSecret,
    ZALO_OA_ID: zalo.oaId,
    ZALO_OA_SECRET: zalo.oaSecret,
    ZALO_REFRESH_TOKEN: zalo.refreshToken,
    ZALO_OAUTH_ROOT: zalo.root,
    ZALO_API_ROOT: zalo.root,
    ZALO_BUSINESS_ROOT: zalo.root,
  })
  const log = quiet as unknown as Parameters<typeof createApp>[0]['log']
  app = await createApp({ db, key: randomBytes(32), config, log, clock: () => new Date(), terminal: screen })
  routes.route('/', app.routes)
  await app.start('all')
  await until(() => telegram.webhook)
})
afterAll(async () => {
  for (const live of lives) live.close()
  await app.stop()
  await server.close()
  await telegram.close()
  await zalo.close()
  await db.close()
})

const screens = new Map<string, Sender>()
const screen: Sender = {
  async send(to, message, progress) {
    const own = screens.get(to.person)
    if (!own) throw new Error(`no screen for ${to.person}`)
    return await own.send(to, message, progress)
  },
}

const STAGES: Record<string, () => Stage> = {
  web: () => webStage(server.url, lives),
  telegram: () => telegramStage(telegram),
  zalo: () => zaloStage(zalo, server.url, () => new Date()),
  terminal: () =>
    terminalStage((write, person) => {
      const accept = async (event: Parameters<App['parts']['inbox']['accept']>[0]) =>
        await app.parts.inbox.accept(event)
      const terminal = terminalChannel({ account: 'terminal', person, accept, write })
      screens.set(person, terminal.sender)
      return terminal
    }),
}

const PLAN = 'KH 4009/KH-UBND'
const OTHER_PLAN = 'tỉnh Đồng Tháp, 2021'

describe.each(Object.keys(STAGES))('on %s', (name) => {
  const person = async () => {
    const stage = STAGES[name]?.()
    if (!stage) throw new Error(`no stage ${name}`)
    return await stage.person(++people)
  }
  /** The message that answers, once everything that belongs to it has arrived. */
  const answerTo = async (who: Person, act: Promise<void>, holds: string) => {
    const before = who.messages().length
    await act
    const heard = () => who.messages().slice(before).join('\n')
    await until(() => heard().includes(holds), 8_000).catch(() => {
      throw new Error(`“${holds}” did not come, but: ${heard()}`)
    })
    return who.messages().slice(before).join('\n')
  }

  test('first contact says that a machine answers and whose it is', async () => {
    const lan = await person()
    const answer = await answerTo(lan, lan.say('xin chào'), 'không phải người')
    expect(answer).toContain('trợ lý tự động')
    expect(answer).toContain('Sở Khoa học và Công nghệ')
  })

  test('the province is asked where the plans differ, and the answer then quotes that plan alone', async () => {
    const lan = await person()
    await answerTo(
      lan,
      lan.say('mục tiêu tăng năng suất lao động bình quân đến năm 2025 là bao nhiêu?'),
      'tỉnh nào',
    )
    await until(() => lan.buttons().includes('Ninh Thuận'))
    const answer = await answerTo(lan, lan.press('Ninh Thuận'), PLAN)
    expect(answer).toMatch(/6,5/)
    expect(answer).not.toContain(OTHER_PLAN)
  })

  test('a sign-up goes through, a message delivered twice fills one field, and only its owner sees it', async () => {
    const lan = await person()
    const enterprise = `HTX Muối ${name} Nhơn Hải`
    await answerTo(lan, lan.say('tôi ở Ninh Thuận, cho tôi đăng ký VietGAP'), 'Tên doanh nghiệp')
    await answerTo(lan, lan.say(enterprise), 'họ tên')
    await lan.deliverAgain()
    await answerTo(lan, lan.say('Nguyễn Thị Lan'), 'Số điện thoại liên hệ')
    expect(lan.messages().join('\n')).toContain('✓ Người liên hệ: Nguyễn Thị Lan')
    await answerTo(lan, lan.say(`091234567${Object.keys(STAGES).indexOf(name)}`), 'xã, phường nào')
    await answerTo(lan, lan.say('Phước Hữu'), 'có đồng ý không')
    await until(() => lan.buttons().includes('Tôi đồng ý'))
    const summary = await answerTo(lan, lan.press('Tôi đồng ý'), 'xem lại giúp')
    expect(summary).toContain(enterprise)
    await until(() => lan.buttons().includes('Gửi đăng ký'))
    const sent = await answerTo(lan, lan.press('Gửi đăng ký'), 'Mã: ')
    const reference = /Mã: ([A-Z0-9]{8})/.exec(sent)?.[1]
    expect(reference).toBeDefined()
    const own = await answerTo(lan, lan.say('hồ sơ của tôi'), reference ?? '?')
    expect(own).toContain(enterprise)

    const minh = await person()
    const before = minh.messages().length
    await minh.say('hồ sơ của tôi')
    await until(() => minh.messages().length > before, 15_000)
    await minh.say(`hồ sơ ${reference}`)
    await until(() => minh.messages().length > before + 1, 15_000)
    expect(minh.messages().join('\n')).not.toContain(enterprise)
  })
})
