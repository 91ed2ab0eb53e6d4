import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchAudit } from '../../src/audit/index.ts'
import { hashPassword } from '../../src/staff/accounts/password.ts'
import { insertAccount } from '../../src/staff/accounts/store.ts'
import { ensureFirstAdministrator, staffApp } from '../../src/staff/index.ts'
import { testDatabase } from '../support/database.ts'
import { browser, codeOf, tokenIn } from './console.ts'
import { consoleDeps } from './deps.ts'

const PASSWORD = 'bốn con ngựa vàng chạy'
let db: Awaited<ReturnType<typeof testDatabase>>
let clock = new Date()
let app: ReturnType<typeof staffApp>
let rooms: Awaited<ReturnType<typeof consoleDeps>>

beforeAll(async () => {
  db = await testDatabase()
  rooms = await consoleDeps(db)
  app = staffApp({ ...rooms.deps, now: () => clock })
})
afterAll(async () => {
  await rooms.stop()
  await db.close()
})

async function account(role: 'administrator' | 'reviewer' | 'viewer', provinces: string[]) {
  const name = `cb${randomUUID().slice(0, 8)}`
  const id = randomUUID()
  const passwordHash = await hashPassword(PASSWORD)
  await db.inTransaction((tx) =>
    insertAccount(tx, {
      id,
      name: 'Trần Thị Bê',
      email: `${name}@nscl.local`,
      role,
      provinces,
      passwordHash,
    }),
  )
  await db.query('update staff_user set must_change_password = false where id = $1', [id])
  return { id, name }
}

describe('the first administrator', () => {
  it('gets a one-time password once, must change it and set up the second factor before anything else', async () => {
    const oneTime = await ensureFirstAdministrator(db)
    expect(oneTime).toMatch(/^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/)
    expect(await ensureFirstAdministrator(db)).toBeNull()
    const { rows } = await db.query<{ password: string }>('select password from staff_credential')
    expect(rows[0]?.password).not.toContain(oneTime)

    const chrome = browser(app)
    const first = await chrome.signIn('quantri', oneTime ?? '')
    expect(first.path).toBe('/staff/toi/mat-khau')
    expect((await chrome.get('/staff/tai-khoan')).path).toBe('/staff/toi/mat-khau')
    const short = await chrome.post('/staff/toi/mat-khau', {
      current: oneTime ?? '',
      fresh: 'ngắn',
      again: 'ngắn',
    })
    expect(short.status).toBe(422)
    const changed = await chrome.post('/staff/toi/mat-khau', {
      current: oneTime ?? '',
      fresh: PASSWORD,
      again: PASSWORD,
    })
    expect(changed.path).toBe('/staff/toi/xac-thuc')
    expect((await chrome.get('/staff/tai-khoan')).path).toBe('/staff/toi/xac-thuc')

    const secret = await chrome.post(
      '/staff/toi/xac-thuc',
      { password: PASSWORD },
      { from: '/staff/toi/xac-thuc' },
    )
    const enabled = await chrome.post(
      '/staff/toi/xac-thuc/ma',
      { code: await codeOf(secret.text) },
      { token: tokenIn(secret.text) },
    )
    expect(enabled.text).toContain('Đã bật xác thực hai bước')

    const again = browser(app)
    const step = await again.signIn('quantri', PASSWORD)
    expect(step.path).toContain('/staff/dang-nhap/ma')
    expect((await again.get('/staff/toi')).path).toContain('/staff/dang-nhap')
    const wrong = await again.post('/staff/dang-nhap/ma', { code: '000000' }, { from: '/staff/dang-nhap/ma' })
    expect(wrong.status).toBe(401)
    const right = await again.post(
      '/staff/dang-nhap/ma',
      { code: await codeOf(secret.text) },
      { from: '/staff/dang-nhap/ma' },
    )
    expect(right.status).toBe(200)
    expect((await again.get('/staff/tai-khoan')).text).toContain('quantri')

    const overTheShoulder = browser(app)
    await overTheShoulder.signIn('quantri', PASSWORD)
    const code = await codeOf(secret.text)
    expect(
      (await overTheShoulder.post('/staff/dang-nhap/ma', { code }, { from: '/staff/dang-nhap/ma' })).status,
    ).toBe(401)
    expect((await overTheShoulder.get('/staff/toi')).path).toContain('/staff/dang-nhap')

    const backup = /class="code pre">([A-Za-z0-9]{5}-[A-Za-z0-9]{5})/.exec(secret.text)?.[1] ?? ''
    for (const expected of [200, 401]) {
      const lostPhone = browser(app)
      await lostPhone.signIn('quantri', PASSWORD)
      const used = await lostPhone.post(
        '/staff/dang-nhap/ma',
        { code: backup },
        { from: '/staff/dang-nhap/ma' },
      )
      expect(used.status).toBe(expected)
    }
  })
})

describe('sign-in', () => {
  it('locks after five wrong passwords, for fifteen minutes, also for the right one', async () => {
    clock = new Date()
    const { name, id } = await account('reviewer', ['ninh-thuan'])
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await browser(app).signIn(name, 'sai mật khẩu')).text).toContain('không đúng')
    }
    expect((await browser(app).signIn(name, PASSWORD)).text).toContain('tạm khoá')
    clock = new Date(clock.getTime() + 16 * 60_000)
    expect((await browser(app).signIn(name, PASSWORD)).path).toBe('/staff/ho-so')
    clock = new Date()
    const failed = await searchAudit(db, { subject: `account:${id}`, action: 'account.sign_in_failed' })
    expect(failed).toHaveLength(5)
    expect(await searchAudit(db, { subject: `account:${id}`, action: 'account.sign_in' })).not.toHaveLength(0)
  })

  it('says the same for an unknown name as for a wrong password', async () => {
    const { name } = await account('reviewer', ['ninh-thuan'])
    const strip = (page: string) => page.replaceAll(/value="[^"]*"/g, '')
    const wrong = await browser(app).signIn(name, 'sai mật khẩu')
    const unknown = await browser(app).signIn('khongco', 'sai mật khẩu')
    expect(strip(unknown.text)).toBe(strip(wrong.text))
  })

  it('is refused to an address that failed thirty times, whatever names it tried, and to no other', async () => {
    clock = new Date()
    const { name } = await account('reviewer', ['ninh-thuan'])
    let address = '10.0.0.1'
    const guarded = staffApp({ ...rooms.deps, now: () => clock, callerOf: () => address })
    const tries = browser(guarded)
    for (let attempt = 0; attempt < 30; attempt++) {
      expect((await tries.signIn(`doan${attempt}`, 'sai mật khẩu')).status).toBe(401)
    }
    const refused = await tries.signIn('doan31', 'sai mật khẩu')
    expect([refused.status, refused.text.includes('địa chỉ mạng này')]).toEqual([429, true])
    expect((await browser(guarded).signIn(name, PASSWORD)).status).toBe(429)
    address = '10.0.0.2'
    expect((await browser(guarded).signIn(name, PASSWORD)).path).toBe('/staff/ho-so')
    address = '10.0.0.1'
    clock = new Date(clock.getTime() + 16 * 60_000)
    expect((await browser(guarded).signIn(name, PASSWORD)).path).toBe('/staff/ho-so')
    clock = new Date()
  })

  it('is refused to an account switched off, and to one unused for 45 days', async () => {
    const { name, id } = await account('reviewer', ['ninh-thuan'])
    await db.query(`update staff_user set last_seen_at = now() - interval '46 days' where id = $1`, [id])
    expect((await browser(app).signIn(name, PASSWORD)).text).toContain('Tài khoản đang tắt')
    const { rows } = await db.query('select disabled_reason from staff_user where id = $1', [id])
    expect(rows).toEqual([{ disabled_reason: 'unused' }])
    const { rows: sessions } = await db.query('select 1 from staff_session where user_id = $1', [id])
    expect(sessions).toHaveLength(0)
  })

  it('follows only a path of the console afterwards', async () => {
    const { name } = await account('reviewer', ['ninh-thuan'])
    for (const [asked, expected] of [
      ['/staff/toi', '/staff/toi'],
      ['https://evil.example/', '/staff'],
      ['//evil.example/staff', '/staff'],
      ['/staff/../evil', '/staff'],
      ['/staff//evil.example', '/staff'],
    ] as const) {
      const chrome = browser(app)
      const page = await chrome.get('/staff/dang-nhap')
      const response = await chrome.send(`/staff/dang-nhap?tiep=${encodeURIComponent(asked)}`, {
        method: 'POST',
        body: new URLSearchParams({ _token: tokenIn(page.text), name, password: PASSWORD }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      expect(response.headers.get('location')).toBe(expected)
    }
  })
})

describe('a session', () => {
  it('ends after fifteen minutes without a request and can be revoked', async () => {
    const { name, id } = await account('reviewer', ['ninh-thuan'])
    const chrome = browser(app)
    const began = Date.now()
    await chrome.signIn(name, PASSWORD)
    expect((await chrome.get('/staff/toi')).status).toBe(200)
    const { rows } = await db.query<{ minutes: number }>(
      'select extract(epoch from expires_at - now())::float8 / 60 as minutes from staff_session where user_id = $1',
      [id],
    )
    const passed = (Date.now() - began) / 60_000
    expect((rows[0]?.minutes ?? 0) + passed).toBeGreaterThan(14.9)
    expect(rows[0]?.minutes).toBeLessThanOrEqual(15)
    await db.query(`update staff_session set expires_at = now() - interval '1 second' where user_id = $1`, [
      id,
    ])
    expect((await chrome.get('/staff/toi')).path).toContain('/staff/dang-nhap')

    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn(name, PASSWORD)
    await phone.signIn(name, PASSWORD)
    expect((await laptop.post('/staff/toi/phien', {})).text).toContain('Đã kết thúc 1 phiên')
    expect((await phone.get('/staff/toi')).path).toContain('/staff/dang-nhap')
    expect((await laptop.get('/staff/toi')).status).toBe(200)
    await laptop.post('/staff/dang-xuat', {})
    expect((await laptop.get('/staff/toi')).path).toContain('/staff/dang-nhap')
  })

  it('is kept alive by use, and ends after twelve hours all the same', async () => {
    const { name, id } = await account('reviewer', ['ninh-thuan'])
    const chrome = browser(app)
    await chrome.signIn(name, PASSWORD)
    await db.query(
      `update staff_session set expires_at = now() + interval '2 minutes', updated_at = now() - interval '13 minutes' where user_id = $1`,
      [id],
    )
    await chrome.get('/staff/toi')
    const { rows } = await db.query<{ later: boolean }>(
      `select expires_at > now() + interval '14 minutes' as later from staff_session where user_id = $1`,
      [id],
    )
    expect(rows[0]?.later).toBe(true)
    await db.query(`update staff_session set created_at = now() - interval '13 hours' where user_id = $1`, [
      id,
    ])
    expect((await chrome.get('/staff/toi')).path).toContain('/staff/dang-nhap')
  })

  it('has a cookie that scripts and other sites cannot use, Secure behind https', async () => {
    const { name } = await account('viewer', ['ninh-thuan'])
    const safe = staffApp({ ...rooms.deps, now: () => clock, publicUrl: 'https://nscl.example.vn' })
    const chrome = browser(safe, 'https://nscl.example.vn')
    const page = await chrome.get('/staff/dang-nhap')
    const response = await chrome.send('/staff/dang-nhap', {
      method: 'POST',
      body: new URLSearchParams({ _token: tokenIn(page.text), name, password: PASSWORD }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const cookie = response.headers.getSetCookie().find((line) => line.includes('session_token'))
    expect(cookie).toMatch(
      /^__Secure-.*HttpOnly; Secure; SameSite=Lax|^__Secure-.*Secure; HttpOnly; SameSite=Lax/,
    )
    expect((await chrome.get('/staff/toi')).status).toBe(200)
    expect(response.headers.get('strict-transport-security')).toContain('max-age')
  })
})

describe('every write', () => {
  it('is refused without the form’s token, with another session’s, and from another site', async () => {
    const { name } = await account('reviewer', ['ninh-thuan'])
    const [mine, other] = [browser(app), browser(app)]
    await mine.signIn(name, PASSWORD)
    await other.signIn(name, PASSWORD)
    const token = tokenIn((await mine.get('/staff/toi')).text)
    const foreign = tokenIn((await other.get('/staff/toi')).text)
    expect((await mine.post('/staff/toi/phien', {}, { token: 'x' })).status).toBe(403)
    expect((await mine.post('/staff/toi/phien', {}, { token: foreign })).status).toBe(403)
    const cross = await mine.post(
      '/staff/toi/phien',
      {},
      { token, headers: { origin: 'https://evil.example' } },
    )
    expect(cross.status).toBe(403)
    expect((await other.get('/staff/toi')).status).toBe(200)
    expect((await mine.post('/staff/toi/phien', {}, { token })).status).toBe(200)
  })

  it('is refused to nobody', async () => {
    const chrome = browser(app)
    for (const path of ['/staff', '/staff/ho-so', '/staff/toi', '/staff/tai-khoan', '/staff/khong-co']) {
      expect((await chrome.get(path)).path).toContain('/staff/dang-nhap')
    }
  })
})

describe('accounts', () => {
  it('are managed only by administrators, within their own provinces', async () => {
    const reviewer = await account('reviewer', ['ninh-thuan'])
    const elsewhere = await account('viewer', ['an-giang'])
    const chief = await account('administrator', ['ninh-thuan'])
    await db.query('update staff_user set two_factor_enabled = true where id = $1', [chief.id])

    const plain = browser(app)
    await plain.signIn(reviewer.name, PASSWORD)
    expect((await plain.get('/staff/tai-khoan')).status).toBe(403)
    expect((await plain.post('/staff/tai-khoan/moi', { name: 'A B' })).status).toBe(403)

    await db.query('update staff_user set two_factor_enabled = false where id = $1', [chief.id])
    const chrome = browser(app)
    await chrome.signIn(chief.name, PASSWORD)
    await db.query('update staff_user set two_factor_enabled = true where id = $1', [chief.id])
    const list = await chrome.get('/staff/tai-khoan')
    expect(list.text).toContain(reviewer.name)
    expect(list.text).not.toContain(elsewhere.name)
    for (const action of ['', '/mat-khau', '/xac-thuc', '/phien', '/tat', '/bat']) {
      const answer = await chrome.post(`/staff/tai-khoan/${elsewhere.id}${action}`, {
        name: 'X Y',
        role: 'viewer',
      })
      expect(answer.status).toBe(404)
    }
    const outside = { name: 'Lê Văn C', email: 'levanc', role: 'reviewer', province: ['*'] }
    expect((await chrome.post('/staff/tai-khoan/moi', outside)).status).toBe(422)
    const made = await chrome.post('/staff/tai-khoan/moi', { ...outside, province: ['ninh-thuan'] })
    const oneTime = /big-code">([a-z0-9-]{23})</.exec(made.text)?.[1] ?? ''
    const fresh = browser(app)
    expect((await fresh.signIn('levanc', oneTime)).path).toBe('/staff/toi/mat-khau')

    const reset = await chrome.post(`/staff/tai-khoan/${reviewer.id}/mat-khau`, {})
    expect(reset.text).toContain('Mật khẩu một lần')
    expect((await plain.get('/staff/toi')).path).toContain('/staff/dang-nhap')
    expect((await chrome.post(`/staff/tai-khoan/${reviewer.id}/tat`, {})).text).toContain('Hoàn tác')
    expect((await chrome.get(`/staff/tai-khoan/${reviewer.id}`)).text).toContain('Đã tắt')
  })
})
