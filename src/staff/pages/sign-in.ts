import { Hono } from 'hono'
import { deleteCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { createAddressLimit } from '../accounts/address-limit.ts'
import type { Auth } from '../accounts/auth.ts'
import { emailOf } from '../accounts/first.ts'
import { offWhenUnused, type StaffContext, type StaffEnv, safeReturn } from '../accounts/guard.ts'
import { hashPassword } from '../accounts/password.ts'
import {
  type Account,
  accountByEmail,
  attemptSucceeded,
  beginAttempt,
  endSession,
  useCode,
} from '../accounts/store.ts'
import { type Kit, posted } from '../kit.ts'
import { dateTime } from '../ui/format.ts'
import { button, field, notice } from '../ui/parts.ts'

/** Sign-in in one or two steps, and sign-out. A refusal never tells whether the account exists. */

const WRONG = 'Tên đăng nhập hoặc mật khẩu không đúng.'
const OFF = 'Tài khoản đang tắt. Nhờ quản trị viên của đơn vị bật lại.'

const MANY = 'Từ địa chỉ mạng này đã sai quá nhiều lần. Chờ 15 phút rồi thử lại.'

export function signInPages(kit: Kit, auth: () => Promise<Auth>) {
  const app = new Hono<StaffEnv>()
  const addresses = createAddressLimit()
  const caller = (c: StaffContext) => kit.deps.callerOf?.(c)

  async function show(c: StaffContext, error: string | null, status: 200 | 401 | 429 = 200, name = '') {
    const back = safeReturn(c.req.query('tiep'))
    const body = html`<h1>Đăng nhập</h1>
${error === null ? '' : html`<div role="alert">${notice('bad', error)}</div>`}
${kit.form(
  c,
  `/staff/dang-nhap?tiep=${encodeURIComponent(back)}`,
  html`${field('name', 'Tên đăng nhập', { value: name, required: true, autocomplete: 'username', maxlength: 120, autofocus: true })}
${field('password', 'Mật khẩu', { type: 'password', required: true, autocomplete: 'current-password', maxlength: 200 })}
${button('Đăng nhập')}`,
)}
<p class="hint">Quên mật khẩu hoặc mất điện thoại: nhờ quản trị viên của đơn vị cấp lại. Không dùng trong 15 phút thì phiên tự kết thúc.</p>`
    return await kit.bare(c, 'Đăng nhập', body, status)
  }

  async function showCode(c: StaffContext, error: string | null, status: 200 | 401 | 429 = 200) {
    const back = safeReturn(c.req.query('tiep'))
    const body = html`<h1>Mã xác thực</h1>
${error === null ? html`<p class="lead">Mở ứng dụng xác thực trên điện thoại và nhập mã 6 số của NSCL.</p>` : html`<div role="alert">${notice('bad', error)}</div>`}
${kit.form(
  c,
  `/staff/dang-nhap/ma?tiep=${encodeURIComponent(back)}`,
  html`${field('code', 'Mã 6 số hoặc mã dự phòng', { required: true, autocomplete: 'one-time-code', maxlength: 20, autofocus: true })}${button('Xác nhận')}`,
)}
<p class="hint"><a href="/staff/dang-nhap">Đăng nhập bằng tài khoản khác</a></p>`
    return await kit.bare(c, 'Mã xác thực', body, status)
  }

  async function signedIn(c: StaffContext, account: Account, response: Response) {
    for (const cookie of response.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
    const at = kit.now()
    await attemptSucceeded(kit.deps.db, account.id, at)
    await record(account, 'sign_in')
    return c.redirect(safeReturn(c.req.query('tiep')), 303)
  }

  async function record(account: Account | null, action: 'sign_in' | 'sign_in_failed' | 'sign_in_locked') {
    const officer = account && {
      id: account.id,
      provinces: account.provinces.includes('*') ? ('*' as const) : account.provinces,
    }
    await kit.record(kit.deps.db, officer, {
      action,
      subject: 'account',
      subjectId: account?.id ?? null,
      province: null,
    })
  }

  app.get('/dang-nhap', async (c) => {
    return (await kit.guard.officerOf(c)) === null ? await show(c, null) : c.redirect('/staff', 303)
  })

  app.post('/dang-nhap', async (c) => {
    const form = await posted(c)
    const name = form('name').slice(0, 120)
    // Not `posted`: a password may begin or end with a space.
    const raw = (await c.req.parseBody())['password']
    const password = typeof raw === 'string' ? raw.slice(0, 200) : ''
    // Before any account is looked up: the refusal says nothing about the name.
    if (addresses.isOver(caller(c), kit.now())) return await show(c, MANY, 429, name)
    const account = await accountByEmail(kit.deps.db, emailOf(name))
    if (account === null) {
      await hashPassword(password) // as slow as a wrong password
      addresses.failed(caller(c), kit.now())
      await record(null, 'sign_in_failed')
      return await show(c, WRONG, 401, name)
    }
    const at = kit.now()
    const locked = await beginAttempt(kit.deps.db, account.id, at)
    if (locked !== null) {
      await record(account, 'sign_in_locked')
      return await show(c, `Sai quá 5 lần, tài khoản tạm khoá đến ${dateTime(locked)}.`, 401, name)
    }
    const response = await (await auth()).api.signInEmail({
      body: { email: account.email, password },
      headers: forwarded(c),
      asResponse: true,
    })
    if (!response.ok) {
      addresses.failed(caller(c), at)
      await record(account, 'sign_in_failed')
      return await show(c, WRONG, 401, name)
    }
    if (account.disabled_at !== null || (await offWhenUnused(kit.deps.db, account, at))) {
      const { token } = (await response.json()) as { token?: string }
      if (token !== undefined) await endSession(kit.deps.db, token)
      return await show(c, OFF, 401, name)
    }
    const outcome = (await response.clone().json()) as { twoFactorRedirect?: boolean }
    if (outcome.twoFactorRedirect === true) {
      for (const cookie of response.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
      return c.redirect(
        `/staff/dang-nhap/ma?tiep=${encodeURIComponent(safeReturn(c.req.query('tiep')))}`,
        303,
      )
    }
    return await signedIn(c, account, response)
  })

  app.get('/dang-nhap/ma', async (c) => await showCode(c, null))

  app.post('/dang-nhap/ma', async (c) => {
    if (addresses.isOver(caller(c), kit.now())) return await showCode(c, MANY, 429)
    const code = (await posted(c))('code').replace(/\s/g, '')
    const api = (await auth()).api
    const headers = forwarded(c)
    const response = /^\d{6}$/.test(code)
      ? await api.verifyTOTP({ body: { code }, headers, asResponse: true })
      : await api.verifyBackupCode({ body: { code }, headers, asResponse: true })
    if (!response.ok) {
      const refused = (await response.json()) as { code?: string }
      addresses.failed(caller(c), kit.now())
      await record(null, 'sign_in_failed')
      if (refused.code === 'INVALID_TWO_FACTOR_COOKIE' || refused.code?.startsWith('TOO_MANY')) {
        return c.redirect('/staff/dang-nhap', 303)
      }
      const message =
        refused.code === 'ACCOUNT_TEMPORARILY_LOCKED'
          ? 'Sai mã quá 5 lần, tài khoản tạm khoá 15 phút.'
          : 'Mã không đúng hoặc đã hết hạn. Chờ mã mới rồi nhập lại.'
      return await showCode(c, message, 401)
    }
    const { user, token } = (await response.clone().json()) as { user: { email: string }; token: string }
    const account = await accountByEmail(kit.deps.db, user.email)
    if (account !== null && !(await useCode(kit.deps.db, account.id, code))) {
      await endSession(kit.deps.db, token)
      await record(account, 'sign_in_failed')
      return await showCode(c, 'Mã này vừa được dùng. Chờ mã mới rồi nhập lại.', 401)
    }
    return account === null || account.disabled_at !== null
      ? await show(c, OFF, 401)
      : await signedIn(c, account, response)
  })

  app.post('/dang-xuat', kit.guard.signedIn, async (c) => {
    const officer = c.get('officer')
    await kit.audit(c, { action: 'sign_out', subject: 'account', subjectId: officer.id, province: null })
    await endSession(kit.deps.db, officer.sessionToken)
    c.header('clear-site-data', '"cache"')
    for (const name of ['nscl.session_token', '__Secure-nscl.session_token']) {
      deleteCookie(c, name, { path: '/staff', secure: name.startsWith('__'), httpOnly: true })
    }
    return c.redirect('/staff/dang-nhap', 303)
  })

  return app
}

/** Only what the library needs: cookies, and the browser's name for the list of sessions. */
export function forwarded(c: StaffContext): Headers {
  const headers = new Headers()
  for (const name of ['cookie', 'user-agent', 'x-forwarded-for']) {
    const value = c.req.header(name)
    if (value !== undefined) headers.set(name, value.slice(0, 4000))
  }
  return headers
}
