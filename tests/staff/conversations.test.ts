import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchAudit } from '../../src/audit/index.ts'
import { staffApp } from '../../src/staff/index.ts'
import { testDatabase } from '../support/database.ts'
import { browser } from './console.ts'
import { consoleDeps } from './deps.ts'
import { account, PASSWORD } from './people.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let rooms: Awaited<ReturnType<typeof consoleDeps>>
let app: ReturnType<typeof staffApp>

beforeAll(async () => {
  db = await testDatabase()
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

async function person(name: string, text: string) {
  const address = { channel: 'web', account: 'w', person: name } as const
  const conversation = await rooms.openConversation(db, address, {
    province: 'ninh-thuan',
    language: 'vi',
    at: new Date(),
  })
  await rooms.inbox.accept({
    address,
    eventId: name,
    content: { kind: 'text', text },
    sentAt: new Date(),
    language: null,
  })
  await rooms.inbox.assignProvince(db, conversation.lane, 'ninh-thuan')
  await db.inTransaction((tx) =>
    rooms.outbox.say(
      tx,
      address,
      {
        text: 'Kế hoạch hỗ trợ 5S.',
        citations: [{ doc: 'd', label: 'KH 4009', section: 'II.1', quote: 'hỗ trợ <b>5S</b>' }],
        actions: [{ label: 'Đăng ký', send: '#signup' }],
      },
      { cause: 'c1', from: 'assistant', province: 'ninh-thuan' },
    ),
  )
  return { ...conversation, address }
}

describe('a conversation', () => {
  it('is shown in full, with the citations and buttons the person saw, as text', async () => {
    const one = await person('p1', '<script>alert(1)</script> cho tôi hỏi 5S')
    const lan = await officer('reviewer', ['ninh-thuan'])
    const page = await lan.get(`/staff/hoi-thoai/${one.id}`)
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; cho tôi hỏi 5S')
    expect(page.text).not.toContain('<script>alert')
    expect(page.text).toContain('KH 4009')
    expect(page.text).toContain('hỗ trợ &lt;b&gt;5S&lt;/b&gt;')
    expect(page.text).toContain('<span>Đăng ký</span>')
    expect(await searchAudit(db, { subject: `conversation:${one.id}` })).toHaveLength(1)
  })

  it('is taken over, answered once however often the form is sent, and given back', async () => {
    const one = await person('p2', 'gặp cán bộ')
    await db.query(
      `update conversation set waiting_since = now() - interval '20 minutes', waiting_reason = 'hỏi 5S' where id = $1`,
      [one.id],
    )
    const lan = await officer('reviewer', ['ninh-thuan'], 'Nguyễn Thị Lan')
    const minh = await officer('reviewer', ['ninh-thuan'], 'Lê Văn Minh')
    const list = await lan.get('/staff/dang-cho')
    expect(list.text).toContain(one.id)
    expect(list.text).toContain('20 phút')
    const base = `/staff/hoi-thoai/${one.id}`
    const taken = await lan.post(`${base}/nhan`, {})
    expect(taken.text).toContain('trợ lý im lặng')
    expect((await lan.get('/staff/dang-cho')).text).not.toContain(one.id)
    expect((await minh.get(base)).text).toContain('Nguyễn Thị Lan đang trả lời')
    expect((await minh.post(`${base}/nhan`, {})).text).toContain('Đồng nghiệp đã nhận trước')
    const nonce = crypto.randomUUID()
    expect((await minh.post(`${base}/tra-loi`, { text: 'chen ngang', nonce })).text).toContain('Chưa gửi')
    await lan.post(`${base}/tra-loi`, { text: 'Chào anh, tôi là cán bộ.', nonce })
    await lan.post(`${base}/tra-loi`, { text: 'Chào anh, tôi là cán bộ.', nonce })
    const said = await rooms.outbox.history(db, one.lane, { limit: 50 })
    expect(said.filter(({ author }) => author === 'officer').map(({ message }) => message.text)).toEqual([
      'Chào anh, tôi là cán bộ.',
    ])
    expect((await minh.post(`${base}/trao-lai`, {})).text).toContain('chỉ người đó')
    expect((await lan.post(`${base}/trao-lai`, {})).text).toContain('Đã trao lại')
    expect((await minh.post(`${base}/nhan`, {})).text).toContain('trợ lý im lặng')
  })

  it('is nothing to an officer of another province, and only readable to a viewer', async () => {
    const one = await person('p3', 'bí mật của tôi')
    const base = `/staff/hoi-thoai/${one.id}`
    const other = await officer('reviewer', ['an-giang'])
    expect((await other.get(base)).status).toBe(404)
    expect((await other.get('/staff/hoi-thoai')).text).not.toContain(one.id)
    for (const action of ['nhan', 'tra-loi', 'trao-lai']) {
      expect((await other.post(`${base}/${action}`, { text: 'x', nonce: crypto.randomUUID() })).status).toBe(
        404,
      )
    }
    const viewer = await officer('viewer', ['ninh-thuan'])
    expect((await viewer.get(base)).text).toContain('bí mật của tôi')
    expect((await viewer.post(`${base}/nhan`, {})).status).toBe(403)
    const open = await person('p4', 'gọi tôi số 0987 654 321, thư a.b@c.vn')
    const masked = (await viewer.get(`/staff/hoi-thoai/${open.id}`)).text
    expect(masked).toContain('gọi tôi số [số điện thoại đã che]')
    expect(masked).not.toMatch(/654 321|a\.b@c/)
    const reviewer = await officer('reviewer', ['ninh-thuan'])
    expect((await reviewer.get(`/staff/hoi-thoai/${open.id}`)).text).toContain('0987 654 321')
    const said = await rooms.outbox.history(db, one.lane, { limit: 50 })
    expect(said.filter(({ author }) => author === 'officer')).toHaveLength(0)
  })
})

describe('a call that has to be made', () => {
  it('is listed, closed once, and another province’s is not there', async () => {
    await db.inTransaction((tx) =>
      rooms.outbox.callTasks.open(tx, {
        lane: 'web:w:c',
        province: 'ninh-thuan',
        reason: 'blocked',
        text: 'Báo lịch học',
        registrationId: null,
      }),
    )
    const lan = await officer('reviewer', ['ninh-thuan'])
    const other = await officer('reviewer', ['an-giang'])
    const page = await lan.get('/staff/goi-dien')
    const action = /action="(\/staff\/goi-dien\/[^"]+)"/.exec(page.text)?.[1] ?? ''
    expect(page.text).toContain('Báo lịch học')
    expect((await other.get('/staff/goi-dien')).text).not.toContain('Báo lịch học')
    expect((await other.post(action, {})).status).toBe(404)
    expect((await lan.post(action, {})).text).toContain('Đã đánh dấu đã gọi')
    expect((await lan.post(action, {})).status).toBe(404)
    expect((await lan.get('/staff/goi-dien?xem=xong')).text).toContain('Báo lịch học')
  })
})
