import type { MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { writeAudit } from '../audit/index.ts'
import type { Db } from '../database/index.ts'
import {
  type Flash,
  type Guard,
  mayAct,
  type Officer,
  ROLE_LABEL,
  type StaffContext,
  type StaffEnv,
} from './accounts/guard.ts'
import { accountNames, accountsWithin, type Role } from './accounts/store.ts'
import type { StaffDeps } from './deps.ts'
import { barePage, type Markup, type NavItem, shellPage } from './ui/layout.ts'
import { maskContacts } from './ui/mask.ts'
import { button, notice } from './ui/parts.ts'

/** What every page is handed: the neighbours' doors, forms with their token, answers, the audit. */

export interface Page {
  title: string
  /** Href of the section in the menu. */
  active: string
  body: Markup
}

export interface AuditNote {
  action: string
  /** What kind of thing was looked at or changed, and which. */
  subject: string
  subjectId: string | null
  province: string | null
  details?: Record<string, string | number | boolean | null>
}

export type Kit = ReturnType<typeof createKit>

const COUNT_MS = 5000
const OTHER_ACTORS: Record<string, string> = {
  system: 'Hệ thống',
  citizen: 'Người dân',
  nobody: 'Chưa đăng nhập',
}

const SECTIONS: { heading: string; items: (NavItem & { role?: Role })[] }[] = [
  {
    heading: 'Việc hằng ngày',
    items: [
      { href: '/staff/ho-so', label: 'Hồ sơ', icon: 'queue', tab: true },
      { href: '/staff/dang-cho', label: 'Đang chờ', icon: 'wait', tab: true },
      { href: '/staff/hoi-thoai', label: 'Hội thoại', icon: 'chat' },
      { href: '/staff/goi-dien', label: 'Cần gọi điện', icon: 'call' },
      { href: '/staff/cau-hoi', label: 'Câu hỏi', icon: 'question', tab: true },
      { href: '/staff/lop', label: 'Lớp học', icon: 'class', tab: true },
    ],
  },
  {
    heading: 'Nội dung và số liệu',
    items: [
      { href: '/staff/tri-thuc', label: 'Tri thức', icon: 'book' },
      { href: '/staff/bao-cao', label: 'Báo cáo', icon: 'report' },
      { href: '/staff/du-lieu-ca-nhan', label: 'Dữ liệu cá nhân', icon: 'lock' },
    ],
  },
  {
    heading: 'Quản lý',
    items: [
      { href: '/staff/cai-dat', label: 'Cài đặt', icon: 'settings' },
      { href: '/staff/nhat-ky', label: 'Nhật ký', icon: 'audit', role: 'administrator' },
      { href: '/staff/tai-khoan', label: 'Tài khoản', icon: 'people', role: 'administrator' },
    ],
  },
]

export function createKit(deps: StaffDeps, guard: Guard) {
  const provinceName = (code: string | null) =>
    code === null ? 'chưa rõ tỉnh' : (deps.provinces.find((province) => province.code === code)?.name ?? code)

  function provincesLabel(provinces: readonly string[] | '*'): string {
    return provinces === '*' ? 'Mọi tỉnh' : provinces.map(provinceName).join(', ')
  }

  /** Reads and writes as the officer: the database itself shows nothing of another province. */
  function asOfficer<T>(c: StaffContext, work: (tx: Db) => Promise<T>): Promise<T> {
    return deps.db.asOfficer(c.get('officer').provinces, work)
  }

  /** Names of officers by the id that other rooms keep ("ai đã làm"). */
  async function officerNames(): Promise<(id: string | null) => string> {
    const names = await accountNames(deps.db)
    return (id) => (id === null ? '' : (names.get(id) ?? OTHER_ACTORS[id] ?? 'Tài khoản đã xoá'))
  }

  /** How the officer reads what people wrote: a viewer without telephone numbers and e-mail addresses. */
  function wordsFor(c: StaffContext): (text: string) => string {
    return mayAct(c.get('officer'), 'reviewer') ? (text) => text : maskContacts
  }

  /** A form that writes: it carries the session's token. */
  function form(
    c: StaffContext,
    action: string,
    body: Markup,
    options: { className?: string; file?: boolean } = {},
  ): Markup {
    return html`<form method="post" action="${action}"${options.file ? html` enctype="multipart/form-data"` : ''}${
      options.className ? html` class="${options.className}"` : ''
    }><input type="hidden" name="_token" value="${guard.formToken(c)}">${body}</form>`
  }

  function flashMarkup(c: StaffContext): Markup | null {
    const flash = guard.takeFlash(c)
    if (flash === null) return null
    const undo = flash.undo
    return html`<div class="notice ${flash.tone}" role="status"><p>${flash.text}</p>${
      undo === undefined
        ? ''
        : form(
            c,
            undo.action,
            html`${Object.entries(undo.fields).map(
              ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
            )}${button(undo.label, 'quiet')}`,
          )
    }</div>`
  }

  /** How many people wait for an officer, remembered for a few seconds: it stands on every page. */
  const counted = new Map<string, { at: number; waiting: number }>()
  async function waitingCount({ provinces }: Officer): Promise<number> {
    const key = provinces === '*' ? '*' : provinces.join(',')
    const known = counted.get(key)
    const at = deps.now().getTime()
    if (known !== undefined && at - known.at < COUNT_MS && at >= known.at) return known.waiting
    const rows = await deps.db.asOfficer(provinces, (tx) => deps.conversations.waiting(tx, 100))
    counted.set(key, { at, waiting: rows.length })
    return rows.length
  }

  async function render(
    c: StaffContext,
    page: Page,
    status: 200 | 400 | 403 | 404 | 409 | 410 | 413 | 422 = 200,
  ) {
    const officer = c.get('officer')
    const waiting = await waitingCount(officer)
    const nav = SECTIONS.map(({ heading, items }) => ({
      heading,
      items: items
        .filter(({ role }) => role === undefined || mayAct(officer, role))
        .map((item) => (item.href === '/staff/dang-cho' ? { ...item, waiting } : item)),
    }))
    const markup = shellPage({
      title: page.title,
      active: page.active,
      nav,
      who: {
        name: officer.name,
        role: ROLE_LABEL[officer.role],
        provinces: provincesLabel(officer.provinces),
      },
      flash: flashMarkup(c),
      signOut: form(c, '/staff/dang-xuat', button('Đăng xuất', 'plain')),
      body: page.body,
    })
    return c.html(await markup, status)
  }

  async function bare(
    c: StaffContext,
    title: string,
    body: Markup,
    status: 200 | 400 | 401 | 403 | 404 | 413 | 429 = 200,
  ) {
    return c.html(await barePage(title, body), status)
  }

  /** The answer to a write: a redirect, so that reloading repeats nothing. */
  function go(c: StaffContext, href: string, flash?: Flash) {
    if (flash) guard.setFlash(c, { ...flash, text: flash.text.slice(0, 900) })
    return c.redirect(href, 303)
  }

  /** What is not the officer's to see is not there: the same page for a wrong id and another province's. */
  async function missing(c: StaffContext) {
    return await render(
      c,
      {
        title: 'Không tìm thấy',
        active: '',
        body: html`<h1>Không tìm thấy</h1><p class="lead">Mục này không có, đã được xoá, hoặc không thuộc tỉnh anh/chị phụ trách.</p><p><a class="btn plain" href="/staff/ho-so">Về danh sách hồ sơ</a></p>`,
      },
      404,
    )
  }

  async function forbidden(c: StaffContext) {
    return await render(
      c,
      {
        title: 'Không đủ quyền',
        active: '',
        body: html`<h1>Không đủ quyền</h1>${notice('warn', 'Tài khoản của anh/chị không có quyền làm việc này.', 'Cần thì nhờ quản trị viên của đơn vị đổi vai trò.')}`,
      },
      403,
    )
  }

  /** Appends to the audit; in the caller's transaction when `db` is one. */
  async function record(
    db: Db,
    officer: { id: string; provinces: readonly string[] | '*' } | null,
    note: AuditNote,
  ) {
    // Deeds without a province of their own (sign-in, accounts) show up where the officer's one province is read.
    const own = officer === null || officer.provinces === '*' || officer.provinces.length !== 1
    await writeAudit(db, {
      actor: officer?.id ?? 'nobody',
      action: `${note.subject}.${note.action}`,
      subject: note.subjectId === null ? null : `${note.subject}:${note.subjectId}`,
      province: note.province ?? (own ? null : (officer.provinces[0] ?? null)),
      detail: note.details ?? {},
    })
  }

  async function audit(c: StaffContext, note: AuditNote, tx?: Db): Promise<void> {
    const officer: Officer = c.get('officer')
    await record(tx ?? deps.db, officer, note)
  }

  return {
    deps,
    guard,
    provinceName,
    provincesLabel,
    asOfficer,
    wordsFor,
    form,
    render,
    bare,
    go,
    missing,
    forbidden,
    audit,
    record,
    officerNames,
    /** The accounts this officer may see the deeds of. */
    accountsInReach: async (c: StaffContext) => await accountsWithin(deps.db, c.get('officer').provinces),
    now: deps.now,
  }
}

/** Lets the role and those above it through. */
export function atLeast(kit: Kit, role: Role): MiddlewareHandler<StaffEnv> {
  return async (c, next) => {
    if (!mayAct(c.get('officer'), role)) return await kit.forbidden(c)
    return await next()
  }
}

/** The id in the address; null when it is no id at all. */
export function idOf(c: StaffContext, name = 'id'): string | null {
  const id = z.uuid().safeParse(c.req.param(name))
  return id.success ? id.data : null
}

/** A moment in the address (`?truoc=`), where a listing goes on; null when there is none. */
export function momentOf(c: StaffContext, name: string): Date | null {
  const at = new Date(c.req.query(name) ?? '')
  return Number.isNaN(at.getTime()) ? null : at
}

/** One text field of a posted form; absent or repeated fields are ''. */
export async function posted(c: StaffContext): Promise<(name: string) => string> {
  const body = await c.req.parseBody({ all: true })
  return (name) => {
    const value = body[name]
    return typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
  }
}

/** All values of a field that may be repeated (ticked boxes). */
export async function postedAll(c: StaffContext, name: string): Promise<string[]> {
  const value = (await c.req.parseBody({ all: true }))[name]
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string')
}
