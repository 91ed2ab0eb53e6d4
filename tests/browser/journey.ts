import { createHmac } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { folder, type Program, start } from '../support/process.ts'

/** The main job as a new user meets it: README's start, a question, a sign-up, the officer's approval, the answer. */

const OWN_PASSWORD = 'mot-mat-khau-dai-moi-2026'

const data = folder()
let program: Program
let browser: Browser
let person: Page
let officer: Page
beforeAll(async () => {
  program = await start({ DATA_DIR: data.path })
  browser = await launchBrowser()
  person = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  officer = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await program.kill('SIGTERM')
  data.remove()
})

const words = async (page: Page) => (await page.locator('main').textContent()) ?? ''

const replies = async () => await person.locator('.entry:not(.mine)[data-id]').allTextContents()

/** Waits until a reply after the first `before` ones holds these words, without a reload. */
async function shown(reply: RegExp, before: number): Promise<void> {
  const end = Date.now() + 15_000
  for (;;) {
    const fresh = (await replies()).slice(before).join(' ')
    if (new RegExp(reply.source, 'iu').test(fresh)) return
    if (Date.now() > end) throw new Error(`${reply.source} did not appear in: ${fresh.replace(/\s+/g, ' ')}`)
    await person.waitForTimeout(100)
  }
}

/** Types a message and waits until a reply to it holds the words. */
async function say(text: string, reply: RegExp): Promise<void> {
  const before = (await replies()).length
  await person.fill('#text', text)
  await person.press('#text', 'Enter')
  await shown(reply, before)
}

/** The six digits an authenticator shows now (RFC 6238). */
function totp(secret: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(secret.replace(/\s/g, ''))
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('a question typed without marks gets the figure with its source, from a machine that says so', async () => {
  await person.goto(`${program.base}/`)
  expect(await words(person)).toMatch(/máy trả lời/i)
  await say('tinh ninh thuan ho tro bao nhieu benh vien', /ít nhất 0?7 bệnh viện/)
  await person.locator('summary').last().click()
  expect(await words(person)).toContain('KH 4009/KH-UBND ngày 26/9/2023')
  await person.locator('summary').last().scrollIntoViewIfNeeded()
  await person.screenshot({ path: 'docs/screens/journey-question.png' })
})

test('a sign-up is taken step by step and confirmed with a reference', async () => {
  await say('đăng ký làm VietGAP cho HTX Phước Hữu', /liên hệ với ai|người liên hệ/)
  await say('Nguyễn Thị Hoa', /số điện thoại|điện thoại/)
  await say('0912345678', /xã|phường/)
  await say('Phước Hữu', /đồng ý/)
  await say('đồng ý', /xem lại giúp/)
  await say('gửi', /[A-HJ-NP-Z2-9]{8}/)
  await say('hồ sơ của tôi', /mới tiếp nhận/)
})

test('the first administrator signs in with the printed password, sets an own one and the second factor', async () => {
  const printed = /one-time password (\S+)/.exec(program.output())?.[1] ?? ''
  await officer.goto(`${program.base}/staff`)
  await officer.fill('input[name=name]', 'quantri')
  await officer.fill('input[name=password]', printed)
  await officer.press('input[name=password]', 'Enter')
  await officer.waitForURL(/mat-khau/)
  await officer.fill('input[name=current]', printed)
  await officer.fill('input[name=fresh]', OWN_PASSWORD)
  await officer.fill('input[name=again]', OWN_PASSWORD)
  await officer.press('input[name=again]', 'Enter')
  await officer.waitForURL(/xac-thuc/)
  await officer.fill('input[name=password]', OWN_PASSWORD)
  await officer.press('input[name=password]', 'Enter')
  await officer.waitForSelector('input[name=code]')
  const secret = /[A-Z2-7]{4}(?: ?[A-Z2-7]{4}){3,}/.exec(await words(officer))?.[0] ?? ''
  await officer.fill('input[name=code]', totp(secret))
  await officer.press('input[name=code]', 'Enter')
  await officer.waitForLoadState()
  await officer.goto(`${program.base}/staff`)
  expect(await words(officer)).toContain('HTX Phước Hữu')
})

test('the officer approves after seeing the message that will be sent, and the chat shows it at once', async () => {
  await officer.click('a:has-text("HTX Phước Hữu")')
  const told = (await replies()).length
  await officer.click('button:has-text("Duyệt…")')
  await officer.waitForLoadState()
  expect(await words(officer)).toMatch(/sẽ gửi/i)
  await officer
    .locator('main form button:has-text("Duyệt"), main form button:has-text("Xác nhận")')
    .first()
    .click()
  await officer.waitForLoadState()
  expect(await words(officer)).toContain('Đã duyệt')
  await shown(/đã duyệt|được duyệt/, told)
  expect(await words(person)).not.toMatch(/hồ sơ đã nộp/i)
  await person.screenshot({ path: 'docs/screens/journey-decision.png' })
})
