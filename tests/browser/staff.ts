import { mkdirSync, writeFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Hono } from 'hono'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { staffApp } from '../../src/staff/index.ts'
import { PASSWORD, pretendSecondFactor } from '../staff/people.ts'
import { world } from '../staff/world.ts'
import { launchBrowser } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { serveApp } from '../support/serve.ts'

/** The console as officers meet it: on the old laptop and on the phone, by keyboard alone, without script. */

const SCREENS = new URL('../../docs/screens/', import.meta.url).pathname
const LAPTOP = { width: 1366, height: 768 }
const PHONE = { width: 390, height: 844 }
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let browser: Browser
let db: Awaited<ReturnType<typeof testDatabase>>
let department: Awaited<ReturnType<typeof world>>
let server: Awaited<ReturnType<typeof serveApp>>

beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true })
  db = await testDatabase()
  department = await world(db)
  server = await serveApp(staffApp(department.deps) as unknown as Hono)
  browser = await launchBrowser()
}, 180_000)
afterAll(async () => {
  await browser.close()
  await server.close()
  await department.rooms.stop()
  await db.close()
})

interface Visit {
  context: BrowserContext
  page: Page
  complaints: string[]
}

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: LAPTOP, locale: 'vi-VN', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  return { context, page, complaints }
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${server.url}/staff/dang-nhap`)
  await page.fill('input[name=name]', name)
  await page.fill('input[name=password]', PASSWORD)
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL(/\/staff\/(?!dang-nhap)/)
}

/** An administrator with the second factor as if entered. */
async function administrator(page: Page): Promise<void> {
  await pretendSecondFactor(db, department.lan.id, false)
  await signIn(page, department.lan.name)
  await pretendSecondFactor(db, department.lan.id, true)
}

/** A browser without a screen now and then has no frame to give; it is asked again after the next one. */
async function shoot(page: Page, name: string, tries = 3): Promise<void> {
  const session = await page.context().newCDPSession(page)
  try {
    const { data } = (await session.send('Page.captureScreenshot', { format: 'webp', quality: 72 })) as {
      data: string
    }
    writeFileSync(`${SCREENS}${name}.webp`, Buffer.from(data, 'base64'))
  } catch (error) {
    if (tries <= 1) throw error
    await page.bringToFront()
    await page.evaluate('new Promise(requestAnimationFrame)')
    await shoot(page, name, tries - 1)
  } finally {
    await session.detach()
  }
}

function pages(): [string, string][] {
  const { registrationId, conversationId, classId, draft } = department
  return [
    ['queue', '/staff/ho-so'],
    ['queue-empty', '/staff/ho-so?q=khong+co+ai'],
    ['registration', `/staff/ho-so/${registrationId}`],
    ['waiting', '/staff/dang-cho'],
    ['conversations', '/staff/hoi-thoai'],
    ['conversation', `/staff/hoi-thoai/${conversationId}`],
    ['calls', '/staff/goi-dien'],
    ['questions', '/staff/cau-hoi'],
    ['ratings', '/staff/danh-gia'],
    [
      'ask',
      '/staff/hoi-thu?q=htx+t%C3%B4i+mu%E1%BB%91n+l%C3%A0m+iso+9001+th%C3%AC+%C4%91%C6%B0%E1%BB%A3c+h%E1%BB%97+tr%E1%BB%A3+g%C3%AC&tinh=ninh-thuan',
    ],
    ['knowledge', '/staff/tri-thuc'],
    ['knowledge-upload', '/staff/tri-thuc/moi'],
    ['knowledge-document', '/staff/tri-thuc/ninh-thuan'],
    ['knowledge-draft', `/staff/tri-thuc/ninh-thuan/${draft}?q=h%E1%BA%A1n+n%E1%BB%99p+h%E1%BB%93+s%C6%A1`],
    ['classes', '/staff/lop'],
    ['class', `/staff/lop/${classId}`],
    ['class-new', '/staff/lop/moi'],
    ['check-in', `/staff/lop/${classId}/diem-danh`],
    ['privacy', '/staff/du-lieu-ca-nhan'],
    ['exports', '/staff/bao-cao'],
    ['annual', `/staff/bao-cao/nam?nam=${new Date().getFullYear()}`],
    ['settings', '/staff/cai-dat'],
    ['contact-card', '/staff/cai-dat/lien-he/ninh-thuan'],
    ['canned', '/staff/cai-dat/mau'],
    ['channels', '/staff/cai-dat/kenh'],
    ['model', '/staff/cai-dat/mo-hinh'],
    ['audit', '/staff/nhat-ky'],
    ['accounts', '/staff/tai-khoan'],
    ['account', `/staff/tai-khoan/${department.minh.id}`],
    ['account-new', '/staff/tai-khoan/moi'],
    ['me', '/staff/toi'],
    ['password', '/staff/toi/mat-khau'],
    ['not-found', '/staff/khong-co'],
  ]
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze()
  return violations.map(
    ({ id, nodes }) =>
      `${page.url()}: ${id}: ${nodes
        .map(({ target, failureSummary }) => `${String(target)} ${failureSummary}`)
        .slice(0, 3)
        .join(' | ')}`,
  )
}

describe.each([
  ['laptop', LAPTOP],
  ['phone', PHONE],
] as const)('on a %s', (size, viewport) => {
  test('every page fits, breaks no rule of WCAG 2.2 AA and makes the browser complain about nothing', async () => {
    const { context, page, complaints } = await open({ viewport, hasTouch: size === 'phone' })
    await page.goto(`${server.url}/staff/dang-nhap`)
    await shoot(page, `staff-sign-in-${size}`)
    const found = await findings(page)
    await administrator(page)
    await page.goto(`${server.url}/staff/ho-so`) // counts are ready on the next visit
    const wide: string[] = []
    for (const [name, path] of pages()) {
      await page.goto(`${server.url}${path}`)
      await shoot(page, `staff-${name}-${size}`)
      found.push(...(await findings(page)))
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      if (Number(overflow) > 0) wide.push(`${name}: ${overflow}px`)
    }
    if (size === 'phone') {
      await page.goto(`${server.url}/staff/ho-so`)
      await page.click('.tabs a[href="#danh-muc"]')
      await shoot(page, `staff-menu-${size}`)
      found.push(...(await findings(page)))
    }
    expect(found).toEqual([])
    expect(wide).toEqual([])
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
    await context.close()
  }, 240_000)
})

describe('without script', () => {
  test('an officer signs in, takes the next registration, decides with a preview, and undoes a step', async () => {
    const { context, page } = await open({ javaScriptEnabled: false, viewport: PHONE })
    await signIn(page, department.minh.name)
    await page.click('text=Lấy hồ sơ tiếp theo')
    await page.waitForURL(/ho-so\/[0-9a-f-]{36}$/)
    expect(await page.textContent('.notice')).toContain('Anh/chị đã nhận hồ sơ')
    await page.click('.notice button')
    expect(await page.textContent('.notice')).toContain('Đã trả lại hàng đợi')
    await page.click('text=Nhận hồ sơ')
    await page.click('details:has-text("Từ chối") > summary')
    await page.fill('#r-declined', 'Cơ sở ngoài địa bàn')
    await page.click('button:has-text("Từ chối…")')
    expect(await page.textContent('.quote')).toContain('Cơ sở ngoài địa bàn')
    await shoot(page, 'staff-preview-phone')
    await page.click('button:has-text("Từ chối 1 hồ sơ")')
    expect(await page.textContent('.notice.good')).toContain('xong 1 hồ sơ')
    expect(await page.textContent('.page-head')).toContain('Từ chối')
    await page.click('.tabs a[href="#danh-muc"]')
    await page.click('.side >> text=Lớp học')
    expect(await page.textContent('h1')).toBe('Lớp học')
    await context.close()
  })
})

describe('by keyboard alone', () => {
  test('the queue is filtered, a registration opened and taken, with the focus always visible', async () => {
    const { context, page } = await open()
    await signIn(page, department.minh.name)
    await page.goto(`${server.url}/staff/ho-so`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Bỏ qua danh mục')
    await page.keyboard.press('Enter')
    const reach = async (wanted: string, most = 60) => {
      for (let press = 0; press < most; press++) {
        await page.keyboard.press('Tab')
        const focused = String(
          await page.evaluate(
            `(document.activeElement.id || document.activeElement.textContent || '').trim()`,
          ),
        )
        const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
        expect(outline, focused).not.toBe('none')
        if (focused.startsWith(wanted)) return
      }
      throw new Error(`never reached ${wanted}`)
    }
    await reach('q')
    await page.keyboard.type('gom bau truc')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=gom/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await reach('Tổ hợp tác Gốm Bàu Trúc')
    await page.keyboard.press('Enter')
    await page.waitForURL(/ho-so\/[0-9a-f-]{36}$/)
    await reach('Nhận hồ sơ')
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=Anh/chị đã nhận hồ sơ này')
    await context.close()
  })
})

describe('with script', () => {
  test('a new message appears in the open conversation by itself and keeps no idle session alive', async () => {
    const { context, page, complaints } = await open()
    await signIn(page, department.minh.name)
    await page.goto(`${server.url}/staff/hoi-thoai/${department.conversationId}`)
    const seen = async () =>
      (
        await db.query<{ at: Date }>('select max(updated_at) as at from staff_session where user_id = $1', [
          department.minh.id,
        ])
      ).rows[0]?.at.getTime()
    await db.query(
      `update staff_session set updated_at = now() - interval '5 minutes', expires_at = now() + interval '10 minutes' where user_id = $1`,
      [department.minh.id],
    )
    const before = await seen()
    await department.rooms.inbox.accept({
      address: { channel: 'web', account: 'w', person: 'p1' },
      eventId: 'live',
      content: { kind: 'text', text: 'tin vừa tới' },
      sentAt: new Date(),
      language: null,
    })
    await department.rooms.inbox.assignProvince(db, 'web:w:p1', 'ninh-thuan')
    await page.waitForSelector('text=tin vừa tới', { timeout: 15_000 })
    expect(await seen()).toBe(before)
    expect(complaints).toEqual([])
    await context.close()
  })
})
