import { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUploads, type Uploads, type WebChannel, webChannel } from '../../src/channel/web/index.ts'
import { scriptedAssistant } from '../support/assistant.ts'
import { launchBrowser } from '../support/browser.ts'
import { serveApp } from '../support/serve.ts'

/** Speaking on the page, in Chromium with a made-up microphone. */

let browser: Browser
let channel: WebChannel
let uploads: Uploads
let server: { url: string; close(): Promise<unknown> }
const heard: { bytes: number; type: string; seconds: number | null }[] = []
const assistant = scriptedAssistant((event) => {
  const { content } = event
  if (content.kind !== 'media' || content.reference === null) return [{ text: 'chữ' }]
  const recording = uploads.take(content.reference)
  heard.push({
    bytes: recording?.bytes.length ?? 0,
    type: recording?.mediaType ?? '',
    seconds: content.seconds,
  })
  return [{ text: 'Tôi nghe được: “…”' }]
})

beforeAll(async () => {
  browser = await launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  uploads = createUploads()
  channel = webChannel({
    account: 'page',
    secret: Buffer.alloc(32, 9),
    about: () => ({ department: 'Sở Khoa học và Công nghệ', plans: [] }),
    allowedOrigins: [],
    log: { warn: () => {}, error: () => {} },
    uploads,
    ...assistant,
  })
  assistant.connect('web', channel.sender)
  await channel.start()
  server = await serveApp(new Hono().route('/', channel.routes))
})
afterAll(async () => {
  await server.close()
  await channel.stop()
  await browser.close()
})

test('pressed once it listens, pressed again it sends; the reply comes to the page', async () => {
  const page = await browser.newPage()
  await page.goto(server.url)
  const record = page.getByRole('button', { name: 'Nói câu hỏi' })
  await record.click()
  await page.getByRole('button', { name: 'Dừng và gửi' }).waitFor()
  await page.waitForTimeout(1_600)
  await page.getByRole('button', { name: 'Dừng và gửi' }).click()
  await page.getByText('Tôi nghe được').waitFor({ timeout: 10_000 })
  expect(heard).toHaveLength(1)
  expect(heard[0]?.bytes).toBeGreaterThan(500)
  expect(heard[0]?.type).toMatch(/^audio\/webm/)
  expect(heard[0]?.seconds).toBeGreaterThanOrEqual(1)
  await page.close()
})
