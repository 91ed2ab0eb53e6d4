import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { staffApp } from '../../src/staff/index.ts'
import { testDatabase } from '../support/database.ts'
import { browser } from './console.ts'
import { consoleDeps } from './deps.ts'
import { account, PASSWORD } from './people.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let rooms: Awaited<ReturnType<typeof consoleDeps>>
let app: ReturnType<typeof staffApp>
let clock = new Date('2026-11-23T01:00:00Z')

beforeAll(async () => {
  db = await testDatabase()
  rooms = await consoleDeps(db)
  app = staffApp({ ...rooms.deps, now: () => clock })
})
afterAll(async () => {
  await rooms.stop()
  await db.close()
})

async function officer() {
  const made = await account(db, 'reviewer', ['ninh-thuan'])
  const chrome = browser(app)
  clock = new Date()
  await chrome.signIn(made.name, PASSWORD)
  // The test moves its clock by days; the session counts as begun when the class does.
  await db.query(`update staff_session set created_at = '2026-11-24T01:00:00Z' where user_id = $1`, [made.id])
  clock = new Date('2026-11-23T01:00:00Z')
  return { ...made, ...chrome }
}

const FORM = {
  province: 'ninh-thuan',
  title: '5S tại xưởng',
  support: 'training_5s',
  place: 'Phan Rang',
  seats: '2',
  opensAt: '2026-11-20T08:00',
  closesAt: '2026-12-10T17:00',
  offerHours: '48',
  start0: '2026-11-24T08:00',
  end0: '2026-11-24T11:00',
}

describe('a class in the console', () => {
  it('is made, opened, filled, checked in by QR and by name, and gives certificates', async () => {
    const lan = await officer()
    expect((await lan.post('/staff/lop/moi', { ...FORM, start0: '', end0: '' })).text).toContain(
      'Cần ít nhất một buổi học',
    )
    expect((await lan.post('/staff/lop/moi', { ...FORM, province: 'an-giang' })).status).toBe(422)
    const made = await lan.post('/staff/lop/moi', FORM)
    const base = made.path
    expect(made.text).toContain('08:00 24/11/2026')
    expect((await lan.post(`${base}/tinh-trang`, { to: 'open' })).text).toContain('Đang nhận đăng ký')
    for (const name of ['Nguyễn Thị Hoà', 'Trần Văn Đức', 'Lê Chờ']) {
      await db.inTransaction((tx) =>
        rooms.programme.enrol(
          tx,
          {
            classId: base.slice(-36),
            registrationId: null,
            seats: 1,
            applicant: { conversationId: null, address: null, name, language: 'vi', province: null },
          },
          clock,
        ),
      )
    }
    const page = (await lan.get(base)).text
    expect(page).toContain('Nguyễn Thị Hoà')
    expect(page).toMatch(/Danh sách chờ[\s\S]*Lê Chờ/)

    clock = new Date('2026-11-24T01:30:00Z')
    const { rows } = await db.query<{ code: string }>('select code from class_seat where number = 1')
    const ticket = await lan.get(`/staff/diem-danh/${rows[0]?.code}`)
    expect(ticket.text).toContain('Xác nhận có mặt')
    expect((await db.query('select 1 from class_attendance')).rowCount).toBe(0)
    const here = await lan.post(`/staff/diem-danh/${rows[0]?.code}`, {})
    expect(here.text).toContain('Nguyễn Thị Hoà: có mặt')
    expect((await lan.post(`/staff/diem-danh/${rows[0]?.code}`, {})).text).toContain('đã điểm danh trước đó')
    expect((await lan.post('/staff/diem-danh/khong-co-ma', {})).status).toBe(404)
    const found = await lan.get(`${base}/diem-danh?q=duc`)
    expect(found.text).toContain('Trần Văn Đức')
    expect(found.text).not.toContain('Nguyễn Thị Hoà')
    const session = /name="session" value="([^"]+)"/.exec(found.text)?.[1] ?? ''
    expect((await lan.post(`${base}/diem-danh`, { number: '2', session })).text).toContain(
      'Trần Văn Đức: có mặt',
    )
    const undone = await lan.post(`${base}/bo-diem-danh`, { number: '2', session })
    expect(undone.text).toContain('Có mặt 1/2')

    const pdf = await lan.send(`${base}/chung-nhan/1`)
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    expect(Buffer.from(await pdf.arrayBuffer()).toString('latin1', 0, 5)).toBe('%PDF-')
    expect((await lan.send(`${base}/chung-nhan/2`)).status).toBe(404)
    expect((await lan.post(`${base}/ten`, { number: '2', name: 'Trần Văn Đức Em' })).text).toContain(
      'Trần Văn Đức Em',
    )
  })

  it('tells the later of two officers that the class was changed meanwhile', async () => {
    const lan = await officer()
    const { path: base } = await lan.post('/staff/lop/moi', { ...FORM, title: 'Lớp hai người sửa' })
    expect((await lan.post(`${base}/sua`, { ...FORM, title: 'Lan sửa', version: '1' })).text).toContain(
      'Lan sửa',
    )
    const late = await lan.post(`${base}/sua`, { ...FORM, title: 'Minh sửa', version: '1' })
    expect(late.text).toContain('Đồng nghiệp vừa sửa lớp này')
    expect((await lan.get(base)).text).toContain('Lan sửa')
    const off = await lan.post(`${base}/tinh-trang`, { to: 'cancelled', reason: '' })
    expect(off.text).toContain('cần lý do')
    expect(
      (await lan.post(`${base}/tinh-trang`, { to: 'cancelled', reason: 'Giảng viên ốm' })).text,
    ).toContain('Đã huỷ')
  })
})
