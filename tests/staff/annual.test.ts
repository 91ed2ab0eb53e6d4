import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchAudit } from '../../src/audit/index.ts'
import { staffApp } from '../../src/staff/index.ts'
import { testDatabase } from '../support/database.ts'
import { browser } from './console.ts'
import { account, PASSWORD } from './people.ts'
import { registration } from './registrations-seed.ts'
import { world } from './world.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let department: Awaited<ReturnType<typeof world>>
let app: ReturnType<typeof staffApp>
/** Late in a year: on New Year's Day a report of the year so far would be about nothing. */
const AT = new Date('2026-11-20T03:00:00Z')
const year = 2026

beforeAll(async () => {
  db = await testDatabase()
  department = await world(db, AT.getTime())
  app = staffApp({ ...department.deps, now: () => AT })
}, 60_000)
afterAll(async () => {
  await department.rooms.stop()
  await db.close()
})

async function officer(role: 'reviewer' | 'viewer', provinces: string[]) {
  const made = await account(db, role, provinces)
  const chrome = browser(app)
  await chrome.signIn(made.name, PASSWORD)
  return { ...chrome, id: made.id }
}

describe('the yearly report in the console', () => {
  it('shows the plan’s targets beside what was counted, needs and open questions, marked as a draft', async () => {
    const lan = await officer('reviewer', ['ninh-thuan'])
    const form = (await lan.get('/staff/bao-cao/nam')).text
    expect(form).toContain('Chọn tỉnh, năm')
    expect(form).not.toContain('DỰ THẢO')
    const page = (await lan.get(`/staff/bao-cao/nam?tinh=ninh-thuan&nam=${year}`)).text
    expect(page).toContain('DỰ THẢO')
    expect(page).toContain('Bảng chỉ tiêu')
    expect(page).toContain('ngày 10/11 hằng năm')
    expect(page).toMatch(/Tiếp nhận 64 đăng ký/)
    expect(page).toContain('Nhu cầu đã đăng ký trong kỳ')
    expect(page).toMatch(/“[^”]*bao nhiêu[^”]*” \(3 lần\)/)
    expect(page).not.toMatch(/ style="|<style/) // the policy would not let it through
  })

  it('counts nothing after the day it is cut off at', async () => {
    const lan = await officer('reviewer', ['ninh-thuan'])
    const at = (day: string) => lan.get(`/staff/bao-cao/nam?tinh=ninh-thuan&nam=${year}&den=${day}`)
    expect((await at(`${year}-01-01`)).text).toContain('Tiếp nhận 0 đăng ký của 0 đơn vị')
    expect((await at(`${year}-02-31`)).text).toContain('không đọc được')
  })

  it('leaves the telephone numbers people wrote inside the house', async () => {
    const chatty = await registration(db, department.rooms.vault, { enterprise: 'HTX Nói Nhiều', at: AT })
    await db.query(
      `update registration set details = details || '{"problem":{"value":"x","label":"Máy hỏng, gọi 0912 345 678"}}' where id = $1`,
      [chatty.id],
    )
    const lan = await officer('reviewer', ['ninh-thuan'])
    const page = (await lan.get(`/staff/bao-cao/nam?nam=${year}`)).text
    expect(page).toContain('Máy hỏng, gọi [số điện thoại đã che]')
    expect(page).not.toContain('0912 345 678')
  })

  it('downloads as one file for Word, and both ways are written down', async () => {
    const lan = await officer('reviewer', ['ninh-thuan'])
    await lan.get(`/staff/bao-cao/nam?nam=${year}`)
    const file = await lan.send(`/staff/bao-cao/nam?nam=${year}&tai=1`)
    expect(file.headers.get('content-disposition')).toContain(`du-thao-bao-cao-ninh-thuan-${year}.doc`)
    expect(await file.text()).toContain('DỰ THẢO')
    const logged = (await searchAudit(db, { action: 'export.annual' })).filter(
      ({ actor }) => actor === lan.id,
    )
    expect(logged.map(({ action, province }) => [action, province])).toEqual([
      ['export.annual_downloaded', 'ninh-thuan'],
      ['export.annual_viewed', 'ninh-thuan'],
    ])
  })

  it('is not there for a province of somebody else', async () => {
    const other = await officer('reviewer', ['dong-thap'])
    expect((await other.get(`/staff/bao-cao/nam?tinh=ninh-thuan&nam=${year}`)).status).toBe(404)
    const own = (await other.get(`/staff/bao-cao/nam?nam=${year}`)).text
    expect(own).toContain('Tiếp nhận 0 đăng ký')
    expect(own).not.toContain('KH 4009')
  })
})
