import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { Hono } from 'hono'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WebChannel, webChannel } from '../../src/channel/web/index.ts'
import { type Assistant, scriptedAssistant } from '../support/assistant.ts'
import { launchBrowser } from '../support/browser.ts'
import { plansAnswer } from '../support/plans-answer.ts'
import { serveApp } from '../support/serve.ts'

/** The chat page as people meet it: in Chromium, by mouse, by keyboard, without script, on a phone, framed. */

const SCREENS = new URL('../../docs/screens/', import.meta.url).pathname
const PHONE = { width: 390, height: 844 }
const LAPTOP = { width: 1366, height: 768 }

let browser: Browser
let assistant: Assistant
let channel: WebChannel
let url: string
let hostUrl: string
let away = false
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true })
  browser = await launchBrowser()
  assistant = scriptedAssistant(plansAnswer)
  const host = new Hono()
  const site = await serveApp(host)
  hostUrl = site.url
  channel = webChannel({
    account: 'page',
    secret: Buffer.alloc(32, 9),
    about: () => ({
      department: 'Sở Khoa học và Công nghệ tỉnh Ninh Thuận',
      plans: ['KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận'],
    }),
    allowedOrigins: [hostUrl],
    log: { warn: () => {}, error: () => {} },
    ...assistant,
    accept: async (event) => {
      if (away) throw new Error('database away')
      return await assistant.accept(event)
    },
  })
  assistant.connect('web', channel.sender)
  await channel.start()
  const server = await serveApp(new Hono().route('/', channel.routes))
  url = server.url
  host.get('/', (c) =>
    c.html(
      `<!doctype html><html lang="vi"><title>Sở</title><main><h1>Trang của Sở</h1></main><script src="${url}/widget.js" defer></script></html>`,
    ),
  )
  closing.push(
    async () => await site.close(),
    async () => await server.close(),
    async () => await channel.stop(),
    async () => await browser.close(),
  )
})
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

interface Visit {
  page: Page
  context: BrowserContext
  /** What the browser complained about. */
  complaints: string[]
}

async function visit(options: Parameters<Browser['newContext']>[0] = {}, path = '/'): Promise<Visit> {
  const context = await browser.newContext({ viewport: PHONE, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url + path)
  return { page, context, complaints }
}

const replies = (page: Page) => page.locator('#log .entry.assistant')
const mine = (page: Page) => page.locator('#log .entry.mine')

async function ask(page: Page, text: string): Promise<void> {
  const before = await replies(page).count()
  await page.fill('#text', text)
  await page.keyboard.press('Enter')
  await replies(page).nth(before).waitFor()
}

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe.each([
  ['phone', PHONE],
  ['laptop', LAPTOP],
] as const)('on a %s', (name, viewport) => {
  test.each(['light', 'dark'] as const)(
    'in %s colours nothing fails the accessibility check or sticks out',
    async (colorScheme) => {
      const { page, context, complaints } = await visit({ viewport, colorScheme })
      expect(await violations(page)).toEqual([])
      const suffix = colorScheme === 'dark' ? '-dark' : ''
      await page.screenshot({ path: `${SCREENS}chat-${name}${suffix}-start.png` })
      await ask(page, 'Có hỗ trợ làm VietGAP, ISO, 5S không?')
      await page.click('.sources summary')
      expect(await violations(page)).toEqual([])
      await page.screenshot({ path: `${SCREENS}chat-${name}${suffix}.png` })
      await page.click('.menu > summary')
      await page.click('.fresh summary')
      expect(await violations(page)).toEqual([])
      const wider = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      expect(wider).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})

test('every button is large enough for a thumb and the text large enough to read', async () => {
  const { page, context } = await visit()
  await ask(page, 'hỗ trợ VietGAP?')
  await page.click('.menu > summary')
  for (const button of await page.locator('button:visible, .menu > summary').all()) {
    const box = await button.boundingBox()
    expect(box?.height ?? 0).toBeGreaterThanOrEqual(44)
  }
  const size = Number.parseFloat(
    String(await page.evaluate(`getComputedStyle(document.querySelector('.bubble p')).fontSize`)),
  )
  expect(size).toBeGreaterThanOrEqual(16)
  await context.close()
})

test('the whole way by keyboard alone: skip link, question, source, button', async () => {
  const { page, context } = await visit({ viewport: LAPTOP })
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.className')).toBe('skip')
  await page.keyboard.press('Enter')
  await page.keyboard.type('hỗ trợ VietGAP?')
  await page.keyboard.press('Enter')
  await replies(page).first().waitFor()
  const reach = async (wanted: string) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Shift+Tab')
      if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(wanted)})`)) return
    }
    throw new Error(`${wanted} cannot be reached`)
  }
  await reach('#log .sources summary')
  await page.keyboard.press('Enter')
  await page.locator('.sources blockquote').first().waitFor({ state: 'visible' })
  await page.locator('#text').focus()
  await reach('#log .actions button[value="#signup:vietgap"]')
  await page.keyboard.press('Enter')
  await page.getByText('cho xin số điện thoại').waitFor()
  await reach('.menu > summary')
  await page.keyboard.press('Enter')
  await page.locator('.sheet').waitFor({ state: 'visible' })
  await page.keyboard.press('Escape')
  await page.locator('.sheet').waitFor({ state: 'hidden' })
  expect(await page.evaluate(`document.activeElement.matches('.menu > summary')`)).toBe(true)
  await context.close()
})

test('Enter that ends a letter of the input method does not send', async () => {
  const { page, context } = await visit()
  await page.fill('#text', 'đang gõ')
  await page.locator('#text').dispatchEvent('keydown', { key: 'Enter', isComposing: true })
  await page.locator('#text').dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
  await page.keyboard.press('Shift+Enter')
  expect(await mine(page).count()).toBe(0)
  await context.close()
})

test('replies are announced: the log is a live region and names the speaker', async () => {
  const { page, context } = await visit()
  await ask(page, 'alo')
  const log = page.getByRole('log', { name: 'Nội dung trò chuyện' })
  expect(await log.getAttribute('aria-live')).toBe('polite')
  expect(await log.textContent()).toContain('Trợ lý tự động')
  await context.close()
})

test('a reload shows the same conversation once', async () => {
  const { page, context } = await visit()
  await ask(page, 'một')
  await ask(page, 'hai tin')
  await page.getByText('Tin thứ hai.').waitFor()
  await page.locator('#typing').waitFor({ state: 'hidden' })
  await page.waitForTimeout(300)
  expect(await page.locator('#typing').isVisible()).toBe(false)
  const before = await page.locator('#log .bubble').allInnerTexts()
  await page.reload()
  await page.waitForTimeout(300)
  expect(await page.locator('#log .bubble').allInnerTexts()).toEqual(before)
  await context.close()
})

test('a message that cannot be sent stays, goes out later once, and keeps its place', async () => {
  const { page, context } = await visit()
  await page.clock.install()
  away = true
  await page.fill('#text', 'gửi khi hỏng')
  await page.keyboard.press('Enter')
  await page.fill('#text', 'tin sau')
  await page.keyboard.press('Enter')
  await page.getByText('Đang gửi…').first().waitFor()
  for (let step = 0; step < 20; step++) await page.clock.runFor(1_000)
  await page.getByRole('button', { name: 'Gửi lại' }).waitFor()
  away = false
  await page.getByRole('button', { name: 'Gửi lại' }).click()
  await page.getByText('Anh/chị vừa nói: tin sau').waitFor()
  expect(await replies(page).locator('.bubble').allInnerTexts()).toEqual([
    'Anh/chị vừa nói: gửi khi hỏng',
    'Anh/chị vừa nói: tin sau',
  ])
  await context.close()
})

test('a lost answer and a closed tab do not double a message', async () => {
  const { page, context } = await visit()
  let lose = true
  await page.route('**/chat/send', async (route) => {
    if (!lose) return await route.continue()
    await route.fetch() // the server took it, the answer is lost
    await route.abort()
  })
  await page.fill('#text', 'một lần thôi')
  await page.keyboard.press('Enter')
  await page.getByText('Anh/chị vừa nói: một lần thôi').waitFor()
  lose = false
  await page.reload()
  await page.getByText('Anh/chị vừa nói: một lần thôi').waitFor()
  await page.waitForTimeout(500)
  expect(await mine(page).count()).toBe(1)
  expect(await replies(page).count()).toBe(1)
  await context.close()
})

test('while the server is away the page says so; afterwards it comes back by itself and nothing is missing', async () => {
  const { page, context } = await visit()
  await ask(page, 'trước')
  const person = assistant.events.at(-1)?.address
  if (!person) throw new Error('nobody')
  await channel.stop()
  await page.getByText('Mất kết nối').waitFor({ state: 'visible' })
  await assistant.accept({
    address: person,
    eventId: 'from-elsewhere',
    content: { kind: 'text', text: 'trong lúc mất mạng' },
    sentAt: new Date(),
    language: null,
  })
  await channel.start()
  await page.getByText('Anh/chị vừa nói: trong lúc mất mạng').waitFor()
  await page.getByText('Mất kết nối').waitFor({ state: 'hidden' })
  expect(await replies(page).count()).toBe(2)
  await context.close()
})

test('without script the page works: question, source, button, menu, new conversation', async () => {
  const { page, context } = await visit({ javaScriptEnabled: false })
  await page.fill('#text', 'hỗ trợ VietGAP?')
  await page.click('.send')
  await page.getByText('Mức tiền hỗ trợ không được nêu').waitFor()
  await page.click('.sources summary')
  await page.locator('.sources blockquote').waitFor({ state: 'visible' })
  await page.click('#log button[value="#signup:vietgap"]')
  await page.getByText('cho xin số điện thoại').waitFor()
  await page.click('.menu > summary')
  await page.click('.sheet button[value="#officer"]')
  await page.getByText('Đã chọn #officer').waitFor()
  await page.click('.menu > summary')
  await page.click('.fresh summary')
  await page.click('.fresh button')
  await page.waitForURL(`${url}/`)
  expect(await replies(page).count()).toBe(0)
  await context.close()
})

test('English is one press away and stays', async () => {
  const { page, context } = await visit()
  await page.click('.menu > summary')
  await page.click('button[lang="en"]')
  await page.getByText('a machine, not a person').waitFor()
  await page.reload()
  expect(await page.title()).toContain('Productivity')
  expect(assistant.events.at(-1)?.content).toEqual({ kind: 'press', send: '#lang:en' })
  await context.close()
})

test('a deep link opens its subject by itself, once', async () => {
  const { page, context } = await visit({}, '/?start=lop-5s')
  await page.getByText('Tôi là trợ lý tự động. Anh/chị hỏi gì ạ?').waitFor()
  expect(assistant.events.at(-1)?.content).toEqual({ kind: 'start', payload: 'lop-5s' })
  expect(page.url()).toBe(`${url}/`)
  const before = assistant.events.length
  await page.goto(`${url}/?start=lop-5s`)
  await page.waitForTimeout(500)
  expect(assistant.events.length).toBe(before)
  await context.close()
})

test('a department’s site shows the chat behind a button; other sites cannot frame it', async () => {
  const context = await browser.newContext({ viewport: LAPTOP })
  const page = await context.newPage()
  await page.goto(hostUrl)
  const button = page.getByRole('button', { name: 'Mở trợ lý tự động' })
  await button.click()
  const frame = page.frameLocator('iframe')
  await frame.locator('#text').fill('Có hỗ trợ làm VietGAP, ISO, 5S không?')
  await frame.locator('#text').press('Enter')
  await frame.getByText('Mức tiền hỗ trợ không được nêu').waitFor()
  await page.screenshot({ path: `${SCREENS}chat-widget.png` })
  await frame.locator('#text').press('Escape')
  await page.locator('iframe').waitFor({ state: 'hidden' })
  expect(await violations(page)).toEqual([])
  const foreign = await serveApp(new Hono().get('/', (c) => c.html(`<iframe src="${url}/"></iframe>`)))
  await page.goto(foreign.url)
  await page.waitForTimeout(300)
  expect(await page.frameLocator('iframe').locator('#text').count()).toBe(0)
  await foreign.close()
  await context.close()
})
