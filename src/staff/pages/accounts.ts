import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { emailOf, signInNameOf } from '../accounts/first.ts'
import { ROLE_LABEL, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import { hashPassword, oneTimePassword } from '../accounts/password.ts'
import {
  type Account,
  accountById,
  accountsWithin,
  endSessions,
  insertAccount,
  Role,
  removeSecondFactor,
  setDisabled,
  setPassword,
  updateAccount,
} from '../accounts/store.ts'
import { atLeast, type Kit, posted, postedAll } from '../kit.ts'
import { ago, dateTime } from '../ui/format.ts'
import { badge, button, choices, facts, field, linkButton, notice, pageHead, table } from '../ui/parts.ts'

/** Administrators' page: who may sign in, with which role and for which provinces; recovery of an account. */

const SignInName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{1,38}[a-z0-9])$|^[^\s@<>"]{1,64}@[a-z0-9.-]{3,120}$/)
const Draft = z.object({
  name: z.string().trim().min(2).max(80),
  role: Role,
  provinces: z.array(z.string()).min(1),
})

export function accountPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { db } = kit.deps
  app.use(atLeast(kit, 'administrator'))

  /** The account, when every province of it is among this administrator's own. */
  async function mine(c: StaffContext): Promise<Account | null> {
    const account = await accountById(db, c.req.param('id') ?? '')
    const own = c.get('officer').provinces
    if (account === null) return null
    return own === '*' || account.provinces.every((province) => own.includes(province)) ? account : null
  }

  function provinceOptions(c: StaffContext) {
    const own = c.get('officer').provinces
    const listed = kit.deps.provinces
      .filter(({ code }) => own === '*' || own.includes(code))
      .map(({ code, name }) => [code, name] as const)
    return own === '*' ? [['*', 'Mọi tỉnh'] as const, ...listed] : listed
  }

  function readDraft(c: StaffContext, form: (name: string) => string, provinces: string[]) {
    const allowed = new Set<string>(provinceOptions(c).map(([code]) => code))
    const chosen = provinces.includes('*') ? ['*'] : provinces
    const draft = Draft.safeParse({ name: form('name'), role: form('role'), provinces: chosen })
    return draft.success && chosen.every((code) => allowed.has(code)) ? draft.data : null
  }

  app.get('/', async (c) => {
    const accounts = await accountsWithin(db, c.get('officer').provinces)
    const now = kit.now()
    const body = html`${pageHead('Tài khoản', { lead: 'Ai được vào bảng điều hành, với vai trò nào, cho tỉnh nào.', actions: linkButton('/staff/tai-khoan/moi', 'Thêm tài khoản', 'primary') })}
${table(
  'Tài khoản cán bộ',
  [
    {
      label: 'Họ tên',
      main: true,
      cell: (row) =>
        html`<a href="/staff/tai-khoan/${row.id}">${row.name}</a><span class="sub">${signInNameOf(row.email)}</span>`,
    },
    { label: 'Vai trò', cell: (row) => ROLE_LABEL[row.role] },
    { label: 'Tỉnh', cell: (row) => provincesOf(kit, row) },
    {
      label: 'Hai bước',
      cell: (row) => (row.two_factor_enabled ? badge('Bật', 'good') : badge('Chưa', 'plain')),
    },
    { label: 'Dùng lần cuối', cell: (row) => ago(row.last_seen_at, now) },
    { label: 'Tình trạng', cell: (row) => stateBadge(row, now) },
  ],
  accounts,
)}`
    return await kit.render(c, { title: 'Tài khoản', active: '/staff/tai-khoan', body })
  })

  async function showNew(c: StaffContext, error: string | null) {
    const body = html`${pageHead('Thêm tài khoản', { back: { href: '/staff/tai-khoan', label: 'Tài khoản' } })}
${error === null ? '' : html`<div role="alert">${notice('bad', error)}</div>`}
<div class="card form-narrow">${kit.form(
      c,
      '/staff/tai-khoan/moi',
      html`${field('name', 'Họ tên', { required: true, maxlength: 80, autocomplete: 'off' })}
${field('email', 'Tên đăng nhập', { required: true, maxlength: 120, autocomplete: 'off', hint: 'Chữ thường không dấu và số, ví dụ ntlan; hoặc thư điện tử.' })}
${rolesAndProvinces(c, 'reviewer', [])}${button('Tạo tài khoản')}`,
    )}</div>`
    return await kit.render(
      c,
      { title: 'Thêm tài khoản', active: '/staff/tai-khoan', body },
      error ? 422 : 200,
    )
  }

  function rolesAndProvinces(c: StaffContext, role: Role, provinces: readonly string[]) {
    const options = provinceOptions(c)
    const chosen = provinces.length === 0 && options.length === 1 ? [options[0]?.[0] ?? ''] : provinces
    return html`${choices(
      'role',
      'Vai trò',
      [
        ['reviewer', 'Cán bộ xử lý: nhận, duyệt hồ sơ, trả lời, quản lý lớp'],
        ['viewer', 'Chỉ xem: số điện thoại và mã số thuế bị che'],
        ['administrator', 'Quản trị: thêm tài khoản, cài đặt, nhật ký; bắt buộc xác thực hai bước'],
      ],
      [role],
    )}${choices('province', 'Tỉnh phụ trách', options, chosen, 'checkbox')}`
  }

  app.get('/moi', async (c) => await showNew(c, null))

  app.post('/moi', async (c) => {
    const form = await posted(c)
    const draft = readDraft(c, form, await postedAll(c, 'province'))
    const signInName = SignInName.safeParse(form('email'))
    if (draft === null) return await showNew(c, 'Cần họ tên, vai trò và ít nhất một tỉnh.')
    if (!signInName.success)
      return await showNew(c, 'Tên đăng nhập chỉ gồm chữ thường không dấu, số, chấm, gạch.')
    const password = oneTimePassword()
    const passwordHash = await hashPassword(password)
    const account = { id: randomUUID(), email: emailOf(signInName.data), passwordHash, ...draft }
    const made = await db.inTransaction(async (tx) => {
      if (!(await insertAccount(tx, account))) return false
      await note(c, 'created', account.id, { role: draft.role, provinces: draft.provinces.join(',') }, tx)
      return true
    })
    if (!made) return await showNew(c, 'Tên đăng nhập này đã có người dùng.')
    return await showPassword(c, draft.name, account.email, password)
  })

  async function showPassword(c: StaffContext, name: string, email: string, password: string) {
    const body = html`${pageHead('Mật khẩu một lần', { back: { href: '/staff/tai-khoan', label: 'Tài khoản' } })}
${notice('warn', 'Trang này chỉ hiện một lần.', `Đưa tận tay hoặc đọc qua điện thoại cho ${name}. Lần đăng nhập đầu phải đổi ngay.`)}
<div class="card">${facts([
      ['Tên đăng nhập', html`<span class="code big-code">${signInNameOf(email)}</span>`],
      ['Mật khẩu một lần', html`<span class="code big-code">${password}</span>`],
    ])}</div>`
    return await kit.render(c, { title: 'Mật khẩu một lần', active: '/staff/tai-khoan', body })
  }

  async function note(
    c: StaffContext,
    action: string,
    id: string,
    details: Record<string, string | number>,
    tx?: Parameters<Kit['audit']>[2],
  ) {
    await kit.audit(c, { action, subject: 'account', subjectId: id, province: null, details }, tx)
  }

  app.get('/:id', async (c) => {
    const account = await mine(c)
    if (account === null) return await kit.missing(c)
    const now = kit.now()
    const own = account.id === c.get('officer').id
    const base = `/staff/tai-khoan/${account.id}`
    const body = html`${pageHead(account.name, { back: { href: '/staff/tai-khoan', label: 'Tài khoản' } })}
<div class="two"><section class="card"><h2>Quyền</h2>${kit.form(
      c,
      base,
      html`${field('name', 'Họ tên', { value: account.name, required: true, maxlength: 80 })}${rolesAndProvinces(c, account.role, account.provinces)}${button('Lưu')}`,
    )}</section>
<div class="stack"><section class="card"><h2>Tình trạng</h2>${facts([
      ['Tên đăng nhập', signInNameOf(account.email)],
      ['Tình trạng', stateBadge(account, now)],
      ['Tạo lúc', dateTime(account.created_at)],
      ['Dùng lần cuối', dateTime(account.last_seen_at)],
      ['Xác thực hai bước', account.two_factor_enabled ? badge('Bật', 'good') : badge('Chưa bật', 'plain')],
    ])}</section>
${
  own
    ? html`<section class="card"><p class="muted">Đây là tài khoản của chính anh/chị: đổi mật khẩu và phiên ở trang <a href="/staff/toi">Tài khoản của tôi</a>.</p></section>`
    : html`<section class="card stack"><h2>Khôi phục và khoá</h2>
${kit.form(c, `${base}/mat-khau`, html`<p class="hint">Cấp mật khẩu một lần, gỡ khoá, kết thúc mọi phiên.</p>${button('Cấp lại mật khẩu', 'plain')}`)}
${account.two_factor_enabled ? kit.form(c, `${base}/xac-thuc`, html`<p class="hint">Khi mất điện thoại: gỡ xác thực hai bước và cấp mật khẩu một lần.</p>${button('Gỡ xác thực hai bước', 'plain')}`) : ''}
${kit.form(c, `${base}/phien`, html`<p class="hint">Nghi bị lộ: bắt đăng nhập lại trên mọi thiết bị.</p>${button('Kết thúc mọi phiên', 'plain')}`)}
${kit.form(c, `${base}/${account.disabled_at === null ? 'tat' : 'bat'}`, account.disabled_at === null ? button('Tắt tài khoản', 'danger') : button('Bật lại tài khoản', 'primary'))}</section>`
}</div></div>`
    return await kit.render(c, { title: account.name, active: '/staff/tai-khoan', body })
  })

  app.post('/:id', async (c) => {
    const account = await mine(c)
    if (account === null) return await kit.missing(c)
    const draft = readDraft(c, await posted(c), await postedAll(c, 'province'))
    const back = `/staff/tai-khoan/${account.id}`
    if (draft === null) {
      return kit.go(c, back, { tone: 'bad', text: 'Chưa lưu: cần họ tên, vai trò và ít nhất một tỉnh.' })
    }
    if (account.id === c.get('officer').id && draft.role !== 'administrator') {
      return kit.go(c, back, { tone: 'bad', text: 'Chưa lưu: không thể tự bỏ quyền quản trị của mình.' })
    }
    await db.inTransaction(async (tx) => {
      await updateAccount(tx, account.id, draft)
      await note(c, 'changed', account.id, { role: draft.role, provinces: draft.provinces.join(',') }, tx)
    })
    return kit.go(c, back, { tone: 'good', text: 'Đã lưu.' })
  })

  /** Recovery: a new one-time password; with `factor` the second factor goes as well. */
  async function recover(c: StaffContext, factor: boolean) {
    const account = await mine(c)
    if (account === null || account.id === c.get('officer').id) return await kit.missing(c)
    const password = oneTimePassword()
    const passwordHash = await hashPassword(password)
    await db.inTransaction(async (tx) => {
      await setPassword(tx, account.id, passwordHash, { oneTime: true, keepToken: null })
      if (factor) await removeSecondFactor(tx, account.id)
      await note(c, factor ? 'second_factor_removed' : 'password_reset', account.id, {}, tx)
    })
    return await showPassword(c, account.name, account.email, password)
  }
  app.post('/:id/mat-khau', async (c) => await recover(c, false))
  app.post('/:id/xac-thuc', async (c) => await recover(c, true))

  app.post('/:id/phien', async (c) => {
    const account = await mine(c)
    if (account === null) return await kit.missing(c)
    const ended = await endSessions(db, account.id, { id: null, keepToken: c.get('officer').sessionToken })
    await note(c, 'session_revoked', account.id, { ended })
    return kit.go(c, `/staff/tai-khoan/${account.id}`, { tone: 'good', text: `Đã kết thúc ${ended} phiên.` })
  })

  async function turn(c: StaffContext, off: boolean) {
    const account = await mine(c)
    if (account === null || account.id === c.get('officer').id) return await kit.missing(c)
    await db.inTransaction(async (tx) => {
      await setDisabled(tx, account.id, off ? 'by_administrator' : null)
      await note(c, off ? 'off' : 'on', account.id, {}, tx)
    })
    const base = `/staff/tai-khoan/${account.id}`
    return kit.go(
      c,
      base,
      off
        ? {
            tone: 'good',
            text: `Đã tắt tài khoản của ${account.name}.`,
            undo: { action: `${base}/bat`, label: 'Hoàn tác', fields: {} },
          }
        : { tone: 'good', text: `Đã bật lại tài khoản của ${account.name}.` },
    )
  }
  app.post('/:id/tat', async (c) => await turn(c, true))
  app.post('/:id/bat', async (c) => await turn(c, false))

  return app
}

function provincesOf(kit: Kit, account: Account): string {
  return kit.provincesLabel(account.provinces.includes('*') ? '*' : account.provinces)
}

function stateBadge(account: Account, now: Date) {
  if (account.disabled_at !== null) {
    return badge(account.disabled_reason === 'unused' ? 'Tắt: 45 ngày không dùng' : 'Đã tắt', 'bad')
  }
  if (account.locked_until !== null && account.locked_until > now) return badge('Tạm khoá', 'warn')
  return account.must_change_password ? badge('Chưa đổi mật khẩu', 'warn') : badge('Đang dùng', 'good')
}
