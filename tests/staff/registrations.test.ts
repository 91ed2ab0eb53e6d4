import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchAudit } from '../../src/audit/index.ts'
import { staffApp } from '../../src/staff/index.ts'
import { onServer, testDatabase } from '../support/database.ts'
import { browser } from './console.ts'
import { consoleDeps } from './deps.ts'
import { account, PASSWORD } from './people.ts'
import { registration } from './registrations-seed.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let rooms: Awaited<ReturnType<typeof consoleDeps>>
let app: ReturnType<typeof staffApp>

beforeAll(async () => {
  db = await testDatabase(20)
  rooms = await consoleDeps(db)
  app = staffApp(rooms.deps)
})
afterAll(async () => {
  await rooms.stop()
  await db.close()
})

async function officer(role: 'reviewer' | 'viewer', provinces: string[], name?: string) {
  const made = await account(db, role, provinces, name)
  const chrome = browser(app)
  await chrome.signIn(made.name, PASSWORD)
  return { ...made, ...chrome }
}

const items = (page: string) =>
  [...page.matchAll(/name="item" value="([^"]+)"/g)].map(([, item]) => item ?? '')

describe('the queue', () => {
  it('lists the newest first, filters, and finds by name without marks, phone, tax code and reference', async () => {
    const province = 'an-giang'
    const old = await registration(db, rooms.vault, {
      province,
      enterprise: 'Công ty Gạo Thoại Sơn',
      phone: '+84987654321',
      taxCode: '1602145671',
      at: new Date(Date.now() - 86_400_000),
    })
    const fresh = await registration(db, rooms.vault, {
      province,
      enterprise: 'Cơ sở Mắm Châu Đốc',
      phone: '+84911222333',
    })
    const lan = await officer('reviewer', [province])
    const page = (await lan.get('/staff/ho-so')).text
    expect(page.indexOf(fresh.reference)).toBeLessThan(page.indexOf(old.reference))
    expect(page).not.toContain('0987654321')
    for (const text of [
      'gao thoai son',
      'Gạo Thoại',
      '0987 654 321',
      '1602145671',
      old.reference.toLowerCase(),
    ]) {
      const found = (await lan.get(`/staff/ho-so?q=${encodeURIComponent(text)}`)).text
      expect(found, text).toContain(old.reference)
      expect(found, text).not.toContain(fresh.reference)
    }
    expect((await lan.get('/staff/ho-so?trang-thai=approved')).text).toContain('Không có hồ sơ khớp')
    expect((await lan.get('/staff/ho-so?xep=cu')).text.indexOf(old.reference)).toBeGreaterThan(0)
  })

  it('keeps a filter under a name, per officer, and takes it away again with a way back', async () => {
    const [lan, minh] = [await officer('reviewer', ['ninh-thuan']), await officer('reviewer', ['ninh-thuan'])]
    const saved = await lan.post('/staff/ho-so/bo-loc', {
      name: '5S mới',
      query: 'trang-thai=new&q=5s&evil=1',
    })
    expect(saved.text).toContain('★ 5S mới')
    expect(saved.path).toBe('/staff/ho-so?q=5s&trang-thai=new')
    expect((await minh.get('/staff/ho-so')).text).not.toContain('5S mới')
    const id = /bo-loc\/([^/]+)\/xoa/.exec(saved.text)?.[1] ?? ''
    expect((await minh.post(`/staff/ho-so/bo-loc/${id}/xoa`, {})).status).toBe(404)
    const gone = await lan.post(`/staff/ho-so/bo-loc/${id}/xoa`, {})
    expect(gone.text).not.toContain('★ 5S mới')
    expect(gone.text).toContain('Hoàn tác')
  })

  it('gives each officer another registration next, and lets them give it back', async () => {
    const lan = await officer('reviewer', ['ninh-thuan'], 'Nguyễn Thị Lan')
    const minh = await officer('reviewer', ['ninh-thuan'], 'Lê Văn Minh')
    await registration(db, rooms.vault, { at: new Date(Date.now() - 9e8) })
    await registration(db, rooms.vault, { at: new Date(Date.now() - 8e8) })
    const first = await lan.post('/staff/ho-so/tiep-theo', {})
    const second = await minh.post('/staff/ho-so/tiep-theo', {})
    expect(first.path).toMatch(/^\/staff\/ho-so\/[0-9a-f-]{36}$/)
    expect(second.path).not.toBe(first.path)
    expect((await minh.post(`${first.path}/nhan`, {})).text).toContain(
      'Nguyễn Thị Lan đã nhận hồ sơ này trước',
    )
    expect((await minh.post(`${first.path}/tra`, {})).text).toContain('không còn ở tay anh/chị')
    expect((await lan.post(`${first.path}/chuyen`, { officer: minh.id })).text).toContain(
      'Đã chuyển cho Lê Văn Minh',
    )
    expect((await minh.post(`${first.path}/tra`, {})).text).toContain('Đã trả lại hàng đợi')
    const page = (await minh.get(first.path)).text
    for (const line of ['Nhận hồ sơ', 'Chuyển cho Lê Văn Minh', 'Trả lại hàng đợi'])
      expect(page).toContain(line)
  })
})

describe('a decision', () => {
  it('shows the very message first, sends it once, and stands in the history', async () => {
    const address = { channel: 'web', account: 'w', person: 'quyet-dinh' } as const
    const conversation = await rooms.openConversation(db, address, {
      province: 'ninh-thuan',
      language: 'vi',
      at: new Date(),
    })
    const made = await registration(db, rooms.vault, { conversation: { id: conversation.id, address } })
    const lan = await officer('reviewer', ['ninh-thuan'], 'Nguyễn Thị Lan')
    const page = await lan.get(`/staff/ho-so/${made.id}`)
    const [item = ''] = items(page.text)
    const back = `/staff/ho-so/${made.id}`
    const preview = await lan.post('/staff/ho-so/xem-truoc', { item, to: 'declined', reason: '', back })
    expect(preview.text).toContain('cần lý do để báo')
    const ready = await lan.post('/staff/ho-so/xem-truoc', {
      item,
      to: 'declined',
      reason: 'Ngoài địa bàn',
      back,
    })
    const sent = /class="pre quote">([^<]+)</.exec(ready.text)?.[1] ?? ''
    expect(sent).toContain('Ngoài địa bàn')
    expect(await rooms.outbox.history(db, conversation.lane, { limit: 10 })).toHaveLength(0)
    expect((await lan.get(back)).text).toContain('Mới tiếp nhận')
    const done = await lan.post('/staff/ho-so/quyet-dinh', {
      item,
      to: 'declined',
      reason: 'Ngoài địa bàn',
      back,
    })
    expect(done.text).toContain('Người đăng ký đã được báo')
    expect(done.text).toContain('Nguyễn Thị Lan')
    await lan.post('/staff/ho-so/quyet-dinh', { item, to: 'declined', reason: 'Ngoài địa bàn', back })
    const said = await rooms.outbox.history(db, conversation.lane, { limit: 10 })
    expect(said.map(({ message }) => message.text)).toEqual([
      sent.replaceAll('&quot;', '"').replaceAll('&#39;', "'"),
    ])
    expect(
      await searchAudit(db, { subject: `registration:${made.id}`, action: 'registration.decided' }),
    ).toHaveLength(1)
  })

  it('never overwrites a colleague’s: the later officer is told who did what', async () => {
    const made = await registration(db, rooms.vault)
    const lan = await officer('reviewer', ['ninh-thuan'], 'Nguyễn Thị Lan')
    const minh = await officer('reviewer', ['ninh-thuan'], 'Lê Văn Minh')
    const [item = ''] = items((await minh.get(`/staff/ho-so/${made.id}`)).text)
    await lan.post('/staff/ho-so/quyet-dinh', { item, to: 'approved' })
    const late = await minh.post('/staff/ho-so/quyet-dinh', { item, to: 'declined', reason: 'không kịp' })
    expect(late.status).toBe(409)
    expect(late.text).toContain('Nguyễn Thị Lan: chuyển sang “đã duyệt”')
    expect((await minh.get(`/staff/ho-so/${made.id}`)).text).not.toContain('không kịp')
  })

  it('is made for many at once, and the ones that cannot be are left alone', async () => {
    const made = []
    for (const index of [1, 2, 3])
      made.push(await registration(db, rooms.vault, { enterprise: `Cơ sở ${index}` }))
    const lan = await officer('reviewer', ['ninh-thuan'])
    const list = made.map(({ id }) => `${id}:1`)
    await lan.post('/staff/ho-so/quyet-dinh', { item: list.slice(0, 1), to: 'approved' })
    const preview = await lan.post('/staff/ho-so/xem-truoc', { item: list, to: 'approved' })
    expect(preview.text).toContain('Duyệt 2 hồ sơ')
    const done = await lan.post('/staff/ho-so/quyet-dinh', { item: list, to: 'approved' })
    expect(done.text).toContain('2 hồ sơ đã xong, 1 hồ sơ chưa')
    const minh = await officer('reviewer', ['ninh-thuan'], 'Lê Văn Minh')
    const given = await lan.post('/staff/ho-so/giao', { item: list, to: minh.id })
    expect(given.text).toContain('Đã giao 3 hồ sơ cho Lê Văn Minh')
    expect(
      (await lan.post('/staff/ho-so/xem-truoc', { item: list, to: 'approved', back: 'https://evil.example' }))
        .text,
    ).not.toContain('evil')
  })

  it('asks for what is missing by name', async () => {
    const made = await registration(db, rooms.vault)
    const lan = await officer('reviewer', ['ninh-thuan'])
    const preview = await lan.post('/staff/ho-so/xem-truoc', {
      item: `${made.id}:1`,
      to: 'needs_more',
      reason: 'Thiếu giấy tờ',
      requested: ['tax_code', 'evil'],
    })
    expect(preview.text).toContain('mã số thuế')
    await lan.post('/staff/ho-so/quyet-dinh', {
      item: `${made.id}:1`,
      to: 'needs_more',
      reason: 'Thiếu giấy tờ',
      requested: ['tax_code'],
    })
    expect((await lan.get(`/staff/ho-so/${made.id}`)).text).toContain('Đã nhờ bổ sung')
  })
})

describe('a registration’s page', () => {
  it('shows a viewer masked numbers and no way to write, and notes to colleagues only', async () => {
    const made = await registration(db, rooms.vault, { phone: '+84905111222', taxCode: '4500123456' })
    const lan = await officer('reviewer', ['ninh-thuan'])
    await lan.post(`/staff/ho-so/${made.id}/ghi-chu`, { note: 'Đã gọi, hẹn thứ Hai' })
    const full = (await lan.get(`/staff/ho-so/${made.id}`)).text
    expect(full).toContain('4500123456')
    expect(full).toContain('Đã gọi, hẹn thứ Hai')
    const viewer = await officer('viewer', ['ninh-thuan'])
    const masked = (await viewer.get(`/staff/ho-so/${made.id}`)).text
    expect(masked).not.toContain('4500123456')
    expect(masked).not.toContain('905111222')
    expect(masked).not.toContain('Nguyễn Thị Hoà')
    for (const action of ['nhan', 'tra', 'chuyen', 'ghi-chu']) {
      expect((await viewer.post(`/staff/ho-so/${made.id}/${action}`, { note: 'x' })).status).toBe(403)
    }
    expect(
      (await viewer.post('/staff/ho-so/quyet-dinh', { item: `${made.id}:1`, to: 'approved' })).status,
    ).toBe(403)
  })

  it('shows hostile text as text, everywhere', async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'{{7*7}}</textarea>`
    const address = { channel: 'web', account: 'w', person: 'hostile' } as const
    const conversation = await rooms.openConversation(db, address, {
      province: 'ninh-thuan',
      language: 'vi',
      at: new Date(),
    })
    await rooms.inbox.accept({
      address,
      eventId: 'h',
      content: { kind: 'text', text: hostile },
      sentAt: new Date(),
      language: null,
    })
    await rooms.inbox.assignProvince(db, conversation.lane, 'ninh-thuan')
    const made = await registration(db, rooms.vault, {
      enterprise: hostile,
      contact: hostile,
      commune: hostile,
      need: hostile,
      conversation: { id: conversation.id, address },
    })
    const lan = await officer('reviewer', ['ninh-thuan'], hostile.slice(0, 70))
    await lan.post(`/staff/ho-so/${made.id}/ghi-chu`, { note: hostile })
    await lan.post('/staff/cai-dat/mau', {
      province: 'ninh-thuan',
      title: hostile.slice(0, 70),
      body: hostile,
    })
    await lan.post(`/staff/hoi-thoai/${conversation.id}/nhan`, {})
    const preview = await lan.post('/staff/ho-so/xem-truoc', {
      item: `${made.id}:1`,
      to: 'declined',
      reason: hostile,
    })
    const pages = [preview.text]
    for (const path of [
      '/staff/ho-so',
      `/staff/ho-so?q=${encodeURIComponent(hostile)}`,
      `/staff/ho-so/${made.id}`,
      `/staff/hoi-thoai/${conversation.id}`,
      '/staff/cai-dat/mau',
      '/staff/toi',
    ]) {
      pages.push((await lan.get(path)).text)
    }
    for (const page of pages) {
      expect(page).not.toContain('<script>alert')
      expect(page).not.toContain('<img')
    }
    expect(pages[3]).toContain('&lt;script&gt;alert(1)')
  })
})

describe('values nobody types', () => {
  it('are refused politely, never with a fault of the server', async () => {
    const lan = await officer('reviewer', ['ninh-thuan'])
    const made = await registration(db, rooms.vault)
    for (const path of [
      '/staff/ho-so?ai=x%00',
      '/staff/ho-so?q=%00&sau=%00',
      '/staff/ho-so?tu=0000-00-00&den=9999-99-99&sau=2026-01-01T00:00:00.000Z_x',
      '/staff/hoi-thoai?truoc=-271821-04-20T00:00:00.000Z',
      '/staff/tri-thuc/%00',
      '/staff/tri-thuc/a/99999999999999999999',
      '/staff/diem-danh/%00',
      '/staff/bao-cao?noi-dung=%00',
      `/staff/ho-so/${made.id}%00`,
    ]) {
      expect((await lan.get(path)).status, path).toBeLessThan(500)
    }
    for (const [path, fields] of [
      [`/staff/ho-so/${made.id}/ghi-chu`, { note: 'a\0b' }],
      ['/staff/ho-so/quyet-dinh', { item: `${made.id}:999999999`, to: 'approved' }],
      ['/staff/ho-so/bo-loc', { name: '\0', query: 'q=\0' }],
    ] as const) {
      expect((await lan.post(path, fields)).status, path).toBeLessThan(500)
    }
  })
})

describe.runIf(onServer)('160 officers at once', () => {
  it('claim 800 registrations without a double claim or a lost decision', async () => {
    await db.query('delete from registration_event')
    await db.query('delete from registration')
    const made = []
    for (let index = 0; index < 800; index++) {
      made.push(
        await registration(db, rooms.vault, {
          enterprise: `Cơ sở số ${index}`,
          at: new Date(Date.now() - index * 1000),
        }),
      )
    }
    const officers = await Promise.all(
      Array.from({ length: 160 }, () => account(db, 'reviewer', ['ninh-thuan'])),
    )
    const chromes = []
    for (const { name } of officers) {
      const chrome = browser(app)
      await chrome.signIn(name, PASSWORD)
      chromes.push(chrome)
    }
    const claimed: string[] = []
    await Promise.all(
      chromes.map(async (chrome) => {
        for (;;) {
          const next = await chrome.post('/staff/ho-so/tiep-theo', {})
          const id = /^\/staff\/ho-so\/([0-9a-f-]{36})$/.exec(next.path)?.[1]
          if (id === undefined) return
          claimed.push(id)
          const [item = ''] = items(next.text)
          await chrome.post('/staff/ho-so/quyet-dinh', { item, to: 'approved' })
        }
      }),
    )
    expect(claimed).toHaveLength(800)
    expect(new Set(claimed).size).toBe(800)
    const { rows } = await db.query<{ state: string; n: number }>(
      'select state, count(*)::int as n from registration group by state',
    )
    expect(rows).toEqual([{ state: 'approved', n: 800 }])
    const { rows: events } = await db.query<{ kind: string; n: number }>(
      `select kind, count(*)::int as n from registration_event where kind in ('claimed', 'state') group by kind order by kind`,
    )
    expect(events).toEqual([
      { kind: 'claimed', n: 800 },
      { kind: 'state', n: 800 },
    ])
  }, 300_000)
})
