import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import QRCode from 'qrcode'
import type { Auth } from '../accounts/auth.ts'
import { signInNameOf } from '../accounts/first.ts'
import { ROLE_LABEL, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import {
  hashPassword,
  type PasswordRefusal,
  refusePassword,
  verifyPassword,
  WITH_SECOND_FACTOR,
  WITHOUT_SECOND_FACTOR,
} from '../accounts/password.ts'
import { accountById, endSessions, passwordHashOf, sessionsOf, setPassword } from '../accounts/store.ts'
import { type Kit, posted } from '../kit.ts'
import { ago, dateTime } from '../ui/format.ts'
import { badge, button, facts, field, linkButton, notice, pageHead, table } from '../ui/parts.ts'
import { forwarded } from './sign-in.ts'

/** The officer's own account: password, second factor, sessions. */

const REFUSAL: Record<PasswordRefusal, string> = {
  too_short: 'Mật khẩu quá ngắn.',
  too_long: 'Mật khẩu dài quá 200 ký tự.',
  too_common: 'Mật khẩu này ai cũng đoán được. Thử ghép bốn từ không liên quan.',
  same_as_name: 'Mật khẩu không được chứa tên đăng nhập.',
  one_letter: 'Mật khẩu lặp lại quá ít ký tự.',
}

export function mePages(kit: Kit, auth: () => Promise<Auth>) {
  const app = new Hono<StaffEnv>()
  const { db } = kit.deps

  app.get('/', async (c) => {
    const officer = c.get('officer')
    const account = await accountById(db, officer.id)
    if (account === null) return await kit.missing(c)
    const sessions = await sessionsOf(db, officer.id)
    const now = kit.now()
    const body = html`${pageHead('Tài khoản của tôi')}
<div class="stack">
<section class="card">${facts([
      ['Họ tên', account.name],
      ['Tên đăng nhập', signInNameOf(account.email)],
      ['Vai trò', ROLE_LABEL[account.role]],
      ['Tỉnh phụ trách', kit.provincesLabel(officer.provinces)],
      [
        'Xác thực hai bước',
        account.two_factor_enabled ? badge('Đang bật', 'good') : badge('Chưa bật', 'warn'),
      ],
    ])}
<h2>Bảo mật</h2><div class="actions">${linkButton('/staff/toi/mat-khau', 'Đổi mật khẩu')}${
      account.two_factor_enabled ? '' : linkButton('/staff/toi/xac-thuc', 'Bật xác thực hai bước', 'primary')
    }</div></section>
<section><div class="page-head"><h2>Phiên đang mở</h2>${
      sessions.length > 1 ? kit.form(c, '/staff/toi/phien', button('Kết thúc mọi phiên khác', 'danger')) : ''
    }</div>
${table(
  'Phiên đang mở',
  [
    {
      label: 'Thiết bị',
      main: true,
      cell: (row) =>
        html`${device(row.user_agent)}${row.token === officer.sessionToken ? html` ${badge('phiên này', 'info')}` : ''}`,
    },
    { label: 'Bắt đầu', cell: (row) => dateTime(row.created_at) },
    { label: 'Hoạt động', cell: (row) => ago(row.updated_at, now) },
    {
      label: '',
      cell: (row) =>
        row.token === officer.sessionToken
          ? ''
          : kit.form(
              c,
              '/staff/toi/phien',
              html`<input type="hidden" name="id" value="${row.id}">${button('Kết thúc', 'quiet')}`,
            ),
    },
  ],
  sessions,
)}</section></div>`
    return await kit.render(c, { title: 'Tài khoản của tôi', active: '/staff/toi', body })
  })

  app.post('/phien', async (c) => {
    const officer = c.get('officer')
    const id = (await posted(c))('id')
    const ended = await endSessions(db, officer.id, {
      id: id === '' ? null : id,
      keepToken: officer.sessionToken,
    })
    await kit.audit(c, {
      action: 'session_revoked',
      subject: 'account',
      subjectId: officer.id,
      province: null,
      details: { ended },
    })
    return kit.go(c, '/staff/toi', { tone: 'good', text: `Đã kết thúc ${ended} phiên.` })
  })

  app.get('/mat-khau', async (c) => await showPassword(c, {}))

  async function showPassword(c: StaffContext, errors: { current?: string; fresh?: string; again?: string }) {
    const officer = c.get('officer')
    const account = await accountById(db, officer.id)
    const least = shortest(officer)
    const body = html`${pageHead('Đổi mật khẩu')}
${account?.must_change_password ? notice('info', 'Mật khẩu hiện tại chỉ dùng một lần.', 'Đặt mật khẩu của riêng anh/chị để tiếp tục.') : ''}
<div class="card form-narrow">${kit.form(
      c,
      '/staff/toi/mat-khau',
      html`${field('current', 'Mật khẩu hiện tại', { type: 'password', required: true, autocomplete: 'current-password', ...(errors.current ? { error: errors.current } : {}) })}
${field('fresh', 'Mật khẩu mới', {
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  minlength: least,
  maxlength: 200,
  hint: `Ít nhất ${least} ký tự. Một câu dễ nhớ tốt hơn một từ khó nhớ.`,
  ...(errors.fresh ? { error: errors.fresh } : {}),
})}
${field('again', 'Nhập lại mật khẩu mới', { type: 'password', required: true, autocomplete: 'new-password', ...(errors.again ? { error: errors.again } : {}) })}
${button('Đổi mật khẩu')}`,
    )}</div>`
    const failed = Object.keys(errors).length > 0
    return await kit.render(c, { title: 'Đổi mật khẩu', active: '/staff/toi', body }, failed ? 422 : 200)
  }

  app.post('/mat-khau', async (c) => {
    const officer = c.get('officer')
    const body = await c.req.parseBody()
    const text = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '')
    const account = await accountById(db, officer.id)
    const hash = await passwordHashOf(db, officer.id)
    if (account === null || hash === null) return await kit.missing(c)
    if (!(await verifyPassword({ hash, password: text('current').slice(0, 200) }))) {
      await kit.audit(c, {
        action: 'password_refused',
        subject: 'account',
        subjectId: officer.id,
        province: null,
      })
      return await showPassword(c, { current: 'Mật khẩu hiện tại không đúng.' })
    }
    const fresh = text('fresh')
    const refusal = refusePassword(fresh, {
      email: account.email,
      secondFactor: shortest(officer) === WITH_SECOND_FACTOR,
    })
    if (refusal !== null) return await showPassword(c, { fresh: REFUSAL[refusal] })
    if (fresh === text('current'))
      return await showPassword(c, { fresh: 'Mật khẩu mới phải khác mật khẩu cũ.' })
    if (fresh !== text('again')) return await showPassword(c, { again: 'Hai lần nhập không giống nhau.' })
    const passwordHash = await hashPassword(fresh)
    await db.inTransaction(async (tx) => {
      await setPassword(tx, officer.id, passwordHash, { oneTime: false, keepToken: officer.sessionToken })
      await kit.audit(
        c,
        { action: 'password_changed', subject: 'account', subjectId: officer.id, province: null },
        tx,
      )
    })
    return kit.go(c, '/staff/toi', { tone: 'good', text: 'Đã đổi mật khẩu. Các phiên khác đã kết thúc.' })
  })

  app.get('/xac-thuc', async (c) => await showSecondFactor(c, null))

  async function showSecondFactor(c: StaffContext, error: string | null) {
    const officer = c.get('officer')
    if (officer.secondFactor) return kit.go(c, '/staff/toi')
    const must = officer.role === 'administrator'
    const body = html`${pageHead('Bật xác thực hai bước', { lead: 'Sau mật khẩu, ứng dụng trên điện thoại cho một mã 6 số: mất mật khẩu vẫn chưa mất tài khoản.' })}
${must ? notice('info', 'Bắt buộc với tài khoản quản trị.') : ''}${error ? html`<div role="alert">${notice('bad', error)}</div>` : ''}
<div class="card form-narrow">${kit.form(
      c,
      '/staff/toi/xac-thuc',
      html`${field('password', 'Mật khẩu hiện tại', { type: 'password', required: true, autocomplete: 'current-password' })}${button('Tiếp tục')}`,
    )}</div>`
    return await kit.render(
      c,
      { title: 'Bật xác thực hai bước', active: '/staff/toi', body },
      error ? 422 : 200,
    )
  }

  app.post('/xac-thuc', async (c) => {
    const raw = (await c.req.parseBody())['password']
    const response = await (await auth()).api.enableTwoFactor({
      body: { password: typeof raw === 'string' ? raw.slice(0, 200) : '' },
      headers: forwarded(c),
      asResponse: true,
    })
    if (!response.ok) return await showSecondFactor(c, 'Mật khẩu không đúng, hoặc xác thực đã bật rồi.')
    const { totpURI, backupCodes } = (await response.json()) as { totpURI: string; backupCodes: string[] }
    return await showSecret(c, totpURI, backupCodes)
  })

  async function showSecret(c: StaffContext, uri: string, backupCodes: readonly string[]) {
    const secret = new URL(uri).searchParams.get('secret') ?? ''
    const picture = await QRCode.toString(uri, { type: 'svg', margin: 1 })
    const body = html`${pageHead('Bật xác thực hai bước')}
<div class="two even"><section class="card"><h2>1. Quét bằng ứng dụng xác thực</h2><div class="qr">${raw(picture)}</div>
<p class="hint">Không quét được thì nhập khoá này:</p><p class="code">${secret.replace(/(.{4})/g, '$1 ').trim()}</p></section>
<section class="card"><h2>2. Cất mã dự phòng</h2><p class="hint">Mỗi mã dùng một lần khi không có điện thoại. Ghi ra giấy; trang này không hiện lại.</p>
<p class="code pre">${backupCodes.join('\n')}</p></section></div>
<section class="card"><h2>3. Nhập mã 6 số đang hiện trong ứng dụng</h2>${kit.form(
      c,
      '/staff/toi/xac-thuc/ma',
      html`<div class="form-narrow">${field('code', 'Mã 6 số', { required: true, inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 7 })}${button('Bật')}</div>`,
    )}</section>`
    return await kit.render(c, { title: 'Bật xác thực hai bước', active: '/staff/toi', body })
  }

  app.post('/xac-thuc/ma', async (c) => {
    const officer = c.get('officer')
    const code = (await posted(c))('code').replace(/\s/g, '')
    const response = await (await auth()).api.verifyTOTP({
      body: { code },
      headers: forwarded(c),
      asResponse: true,
    })
    if (!response.ok) {
      return await showSecondFactor(
        c,
        'Mã không đúng. Làm lại từ đầu: khoá cũ trong ứng dụng xoá đi, quét khoá mới.',
      )
    }
    for (const cookie of response.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
    await kit.audit(c, {
      action: 'second_factor_on',
      subject: 'account',
      subjectId: officer.id,
      province: null,
    })
    return kit.go(c, '/staff', { tone: 'good', text: 'Đã bật xác thực hai bước.' })
  })

  return app
}

/** An administrator cannot go on without the second factor, so the shorter length holds from the start. */
function shortest(officer: { role: string; secondFactor: boolean }): number {
  return officer.secondFactor || officer.role === 'administrator' ? WITH_SECOND_FACTOR : WITHOUT_SECOND_FACTOR
}

/** "Chrome trên Windows": enough to recognise one's own device. */
function device(userAgent: string | null): string {
  if (userAgent === null) return 'Thiết bị không rõ'
  const browser = /Edg/.test(userAgent)
    ? 'Edge'
    : /Firefox/.test(userAgent)
      ? 'Firefox'
      : /Chrome/.test(userAgent)
        ? 'Chrome'
        : /Safari/.test(userAgent)
          ? 'Safari'
          : 'Trình duyệt khác'
  const system = /Android/.test(userAgent)
    ? 'Android'
    : /iPhone|iPad/.test(userAgent)
      ? 'iPhone, iPad'
      : /Windows/.test(userAgent)
        ? 'Windows'
        : /Mac OS/.test(userAgent)
          ? 'macOS'
          : /Linux/.test(userAgent)
            ? 'Linux'
            : 'hệ khác'
  return `${browser} trên ${system}`
}
