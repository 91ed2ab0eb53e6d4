import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type App, createApp, createLog } from '../../src/app/index.ts'
import { type Address, laneOf } from '../../src/channel/index.ts'
import { createUploads } from '../../src/channel/web/index.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/index.ts'
import { testDatabase } from '../support/database.ts'
import { good } from '../support/model-behaviours.ts'
import { type OpenAiServer, openAiServer } from '../support/openai-server.ts'
import { type TelegramServer, telegramServer } from '../support/telegram-server.ts'

let db: Database
let server: OpenAiServer
let telegram: TelegramServer
let app: App
const TOKEN = '123456:voice-test'

beforeAll(async () => {
  db = await testDatabase()
  server = await openAiServer()
  telegram = await telegramServer(TOKEN)
  app = await createApp({
    db,
    key: randomBytes(32),
    config: readConfig({
      OPENAI_BASE_URL: server.url,
      OPENAI_TRANSCRIPTION_MODEL: 'ears',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: telegram.url,
      PROVINCES: 'ninh-thuan',
    }),
    log: createLog('silent'),
    clock: () => new Date('2026-11-22T03:00:00Z'),
  })
  await app.start('web') // events are kept; turns run here, not in a worker
})
afterAll(async () => {
  await app.stop()
  await server.close()
  await telegram.close()
  await db.close()
})
beforeEach(() => {
  server.behave(good)
  server.transcribeAs('tỉnh hỗ trợ công cụ năm ét cho bao nhiêu trường học')
})

async function post(body: Uint8Array, query: string, type = 'audio/webm;codecs=opus') {
  return await app.routes.request(`/chat/voice?${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
}

/** The turn of the newest stored event, as a worker would run it. */
async function turnOf(channel: 'web' | 'telegram', person: string, account: string) {
  const address: Address = { channel, account, person }
  const [kept] = (await app.parts.inbox.history(db, laneOf(address), { limit: 1 })).slice(-1)
  if (!kept) throw new Error('nothing was kept')
  const event = { address, eventId: kept.id, content: kept.content, sentAt: kept.at, language: null }
  return await app.turn({ ...event, id: kept.id })
}
async function newestWeb() {
  const { rows } = await db.query(`select lane from inbound order by received_at desc limit 1`)
  const [, account = '', person = ''] = String(rows[0]?.['lane']).split(':')
  return { account, person }
}

test('the page offers to speak; what was said is shown back and answered', async () => {
  expect(await (await app.routes.request('/')).text()).toContain('id="record"')
  server.transcribeAs('tỉnh hỗ trợ công cụ 5S cho bao nhiêu trường học')
  const response = await post(randomBytes(2_000), `id=${randomUUID()}&seconds=7`)
  expect(response.status).toBe(202)
  const { account, person } = await newestWeb()
  const { replies } = await turnOf('web', person, account)
  const words = replies.map(({ text }) => text)
  expect(words.join('\n')).toMatch(/Tôi nghe được: “tỉnh hỗ trợ công cụ 5S cho bao nhiêu trường học”/)
  expect(words.at(-1)).toMatch(/10 trường học/)
})

test('nothing of the recording is in the database', async () => {
  const recording = new TextEncoder().encode('RECORDING-OF-A-VOICE-'.repeat(50))
  await post(recording, `id=${randomUUID()}&seconds=3`)
  const { account, person } = await newestWeb()
  await turnOf('web', person, account)
  const { rows } = await db.query(`select content::text as content from inbound`)
  expect(JSON.stringify(rows)).not.toContain('RECORDING')
  expect(JSON.stringify(rows)).toContain('"media": "voice"'.replaceAll('"', '\\"'))
})

test('a process that lost the recording asks for words', async () => {
  await post(randomBytes(100), `id=${randomUUID()}&seconds=3`)
  const { account, person } = await newestWeb()
  const first = await turnOf('web', person, account)
  expect(first.replies.map(({ text }) => text).join()).toContain('Tôi nghe được')
  const content = {
    kind: 'media',
    media: 'voice',
    reference: 'upload:gone',
    caption: null,
    seconds: 3,
    bytes: 100,
  }
  const address: Address = { channel: 'web', account, person }
  await app.parts.inbox.accept({
    address,
    eventId: randomUUID(),
    content: content as never,
    sentAt: new Date('2026-11-22T03:00:09Z'),
    language: null,
  })
  const { replies } = await turnOf('web', person, account)
  expect(replies.at(-1)?.text).toMatch(/không nghe rõ.*gõ/)
})

test.each([
  ['longer than a minute', 'seconds=75', new Uint8Array(10), 'audio/webm', 413],
  ['larger than 5 MB', 'seconds=50', new Uint8Array(5 * 1024 * 1024 + 1), 'audio/webm', 413],
  ['not a recording', 'seconds=5', new Uint8Array(10), 'application/json', 400],
  ['empty', 'seconds=5', new Uint8Array(0), 'audio/webm', 400],
])('a recording that is %s is refused at the door', async (_, query, body, type, status) => {
  const before = (await db.query('select count(*) from inbound')).rows
  expect((await post(body, `id=${randomUUID()}&${query}`, type)).status).toBe(status)
  expect((await db.query('select count(*) from inbound')).rows).toEqual(before)
})

test('what was heard is words, never a button of ours', async () => {
  server.transcribeAs('#lang:en')
  await post(randomBytes(100), `id=${randomUUID()}&seconds=3`)
  const { account, person } = await newestWeb()
  await turnOf('web', person, account)
  const { rows } = await db.query(`select language from conversation where person = $1`, [person])
  expect(rows).toEqual([{ language: 'vi' }])
})

test('an endpoint that hears nothing, or fails, leads to a friendly sentence', async () => {
  server.transcribeAs('')
  await post(randomBytes(100), `id=${randomUUID()}&seconds=3`)
  const { account, person } = await newestWeb()
  expect((await turnOf('web', person, account)).replies.at(-1)?.text).toMatch(/không nghe rõ/)
})

test('a voice message on Telegram is fetched, shown back and answered', async () => {
  server.transcribeAs('tỉnh hỗ trợ công cụ 5S cho bao nhiêu trường học')
  telegram.file('voice-1', new Uint8Array(randomBytes(500)), 'audio/ogg')
  const [account = ''] = TOKEN.split(':')
  const address: Address = { channel: 'telegram', account, person: '777' }
  const content = {
    kind: 'media',
    media: 'voice',
    reference: 'voice-1',
    caption: null,
    seconds: 4,
    bytes: 500,
  }
  await app.parts.inbox.accept({
    address,
    eventId: '1',
    content: content as never,
    sentAt: new Date('2026-11-22T03:00:09Z'),
    language: 'vi',
  })
  const { replies } = await turnOf('telegram', '777', account)
  expect(replies.map(({ text }) => text).join('\n')).toMatch(/Tôi nghe được: “tỉnh hỗ trợ/)
  expect(replies.at(-1)?.text).toMatch(/10 trường học/)
})

test('recordings nobody fetches are forgotten, and too many together are refused', async () => {
  const uploads = createUploads({ keptMs: 20, bytesMax: 100 })
  const reference = uploads.keep({ bytes: new Uint8Array(80), mediaType: 'audio/webm' })
  expect(uploads.keep({ bytes: new Uint8Array(80), mediaType: 'audio/webm' })).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(uploads.take(reference ?? '')).toBeNull()
  expect(uploads.keep({ bytes: new Uint8Array(80), mediaType: 'audio/webm' })).not.toBeNull()
})
