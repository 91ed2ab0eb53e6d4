import { Hono } from 'hono'
import { html } from 'hono/html'
import { type AuditRow, type AuditSearch, eachAudit, searchAudit } from '../../audit/index.ts'
import { type Column, writeCsv } from '../../report/index.ts'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit } from '../kit.ts'
import { dateTime, parseInputDateTime } from '../ui/format.ts'
import { button, empty, pageHead, pager, select, table } from '../ui/parts.ts'

/** Who did what: searchable, exportable, never editable. Looking at it is noted as well. */

const AREAS = [
  ['', 'Mọi việc'],
  ['registration.', 'Hồ sơ'],
  ['conversation.', 'Hội thoại'],
  ['export.', 'Xuất dữ liệu'],
  ['account.', 'Đăng nhập, tài khoản'],
  ['knowledge.', 'Tri thức'],
  ['class.', 'Lớp học'],
  ['privacy', 'Dữ liệu cá nhân'],
  ['switch.', 'Bật, tắt'],
  ['settings.', 'Cài đặt khác'],
] as const
/** What officers read for "registration.viewed"; an action without a name here is shown as it is stored. */
const SUBJECT: Record<string, string> = {
  registration: 'Hồ sơ',
  conversation: 'Hội thoại',
  class: 'Lớp học',
  account: 'Tài khoản',
  export: 'Xuất dữ liệu',
  knowledge: 'Tri thức',
  question: 'Câu hỏi',
  privacy_request: 'Dữ liệu cá nhân',
  settings: 'Cài đặt',
  switch: 'Bật, tắt',
  audit: 'Nhật ký',
  call_task: 'Gọi điện',
}
const VERB: Record<string, string> = {
  viewed: 'xem',
  listed: 'xem danh sách',
  searched: 'tra cứu',
  claimed: 'nhận',
  released: 'trả lại',
  handed_over: 'chuyển giao',
  assigned: 'giao',
  decided: 'quyết định',
  noted: 'ghi chú',
  taken_over: 'nhận trả lời',
  given_back: 'trao lại',
  answered: 'trả lời',
  closed: 'đóng',
  sign_in: 'đăng nhập',
  sign_out: 'đăng xuất',
  sign_in_failed: 'đăng nhập sai',
  sign_in_locked: 'đăng nhập khi bị khoá',
  session_revoked: 'kết thúc phiên',
  password_changed: 'đổi mật khẩu',
  password_refused: 'đổi mật khẩu, sai mật khẩu cũ',
  password_reset: 'cấp lại mật khẩu',
  second_factor_on: 'bật xác thực hai bước',
  second_factor_removed: 'gỡ xác thực hai bước',
  created: 'tạo',
  changed: 'sửa',
  on: 'bật',
  off: 'tắt',
  draft: 'tải bản nháp',
  published: 'công bố',
  rolled_back: 'quay lại bản trước',
  withdrawn: 'ngừng dùng',
  validity: 'đổi hiệu lực',
  check_in: 'điểm danh',
  check_in_undone: 'bỏ điểm danh',
  certificate: 'tải giấy xác nhận',
  contact_card: 'thẻ liên hệ',
  registrations_xlsx: 'hồ sơ, Excel',
  registrations_csv: 'hồ sơ, CSV',
  audit_csv: 'nhật ký, CSV',
  annual_viewed: 'xem báo cáo năm',
  annual_downloaded: 'tải báo cáo năm',
}

function deed(action: string): string {
  const [subject = '', verb = ''] = action.split('.')
  const [named, done] = [SUBJECT[subject], VERB[verb]]
  return named === undefined || done === undefined ? action : `${named}: ${done}`
}

const PAGE = 100
const EXPORT_ROWS = 100_000

export function auditPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  app.use('/nhat-ky', atLeast(kit, 'administrator'))
  app.use('/nhat-ky/*', atLeast(kit, 'administrator'))

  function searchOf(c: StaffContext): AuditSearch {
    const from = parseInputDateTime(c.req.query('tu') ?? '')
    const until = parseInputDateTime(c.req.query('den') ?? '')
    const area = c.req.query('viec') ?? ''
    const before = Number(c.req.query('truoc'))
    return {
      actor: c.req.query('ai') || undefined,
      action: AREAS.some(([code]) => code === area) && area !== '' ? area : undefined,
      subject: c.req.query('muc')?.slice(0, 300) || undefined,
      from: from ?? undefined,
      until: until === null ? undefined : new Date(until.getTime() + 86_400_000),
      before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
    }
  }

  app.get('/nhat-ky', async (c) => {
    const search = searchOf(c)
    const name = await kit.officerNames()
    const accounts = await kit.accountsInReach(c)
    const rows = await kit.asOfficer(c, async (tx) => {
      const found = await searchAudit(tx, { ...search, limit: PAGE })
      await kit.audit(c, { action: 'searched', subject: 'audit', subjectId: null, province: null }, tx)
      return found
    })
    const query = new URLSearchParams(c.req.query())
    query.delete('truoc')
    const last = rows.at(-1)
    const older = new URLSearchParams(query)
    if (last !== undefined) older.set('truoc', String(last.id))
    const body = html`${pageHead('Nhật ký', { lead: 'Mọi lần xem dữ liệu cá nhân, xuất, sửa và đăng nhập. Không ai sửa hay xoá được.' })}
<form method="get" class="filters" role="search">
${select('ai', 'Ai', [['', 'Mọi người'], ...accounts.map((account) => [account.id, account.name] as const)], search.actor ?? '')}
${select('viec', 'Việc', AREAS, c.req.query('viec') ?? '')}
<div class="field"><label for="muc">Mục</label><input id="muc" name="muc" value="${search.subject ?? ''}" placeholder="registration:…"></div>
<div class="field"><label for="tu">Từ ngày</label><input id="tu" name="tu" type="date" value="${c.req.query('tu') ?? ''}"></div>
<div class="field"><label for="den">Đến ngày</label><input id="den" name="den" type="date" value="${c.req.query('den') ?? ''}"></div>
<div class="actions">${button('Lọc', 'primary')}<a class="btn plain" href="/staff/nhat-ky/xuat.csv?${query.toString()}">Tải CSV</a></div></form>
${
  rows.length === 0
    ? empty('Không có dòng nào', 'Thử bỏ bớt điều kiện lọc.')
    : table(
        'Nhật ký',
        [
          { label: 'Lúc', cell: (row) => html`<span class="nums">${dateTime(row.at)}</span>` },
          { label: 'Ai', main: true, cell: (row) => name(row.actor) },
          { label: 'Việc', cell: (row) => deed(row.action) },
          { label: 'Mục', cell: (row) => html`<span class="code small">${row.subject ?? ''}</span>` },
          { label: 'Tỉnh', cell: (row) => (row.province === null ? '' : kit.provinceName(row.province)) },
          { label: 'Chi tiết', cell: (row) => details(row.detail) },
        ],
        rows,
      )
}
${pager(search.before === undefined ? null : `/staff/nhat-ky?${query.toString()}`, rows.length === PAGE ? `/staff/nhat-ky?${older.toString()}` : null, `${rows.length} dòng`)}`
    return await kit.render(c, { title: 'Nhật ký', active: '/staff/nhat-ky', body })
  })

  app.get('/nhat-ky/xuat.csv', async (c) => {
    const search = searchOf(c)
    const name = await kit.officerNames()
    const columns: readonly Column<AuditRow>[] = [
      { title: 'Lúc', kind: 'time', value: (row) => row.at },
      { title: 'Ai', kind: 'text', value: (row) => name(row.actor) },
      { title: 'Việc', kind: 'text', value: (row) => row.action },
      { title: 'Mục', kind: 'text', value: (row) => row.subject },
      { title: 'Tỉnh', kind: 'text', value: (row) => row.province },
      { title: 'Chi tiết', kind: 'text', value: (row) => details(row.detail) },
    ]
    const rows = await kit.asOfficer(c, async (tx) => {
      const found: AuditRow[] = []
      for await (const row of eachAudit(tx, search)) {
        if (found.push(row) >= EXPORT_ROWS) break
      }
      await kit.audit(
        c,
        {
          action: 'audit_csv',
          subject: 'export',
          subjectId: null,
          province: null,
          details: { rows: found.length },
        },
        tx,
      )
      return found
    })
    return c.body(await writeCsv(columns, rows, { masked: false }), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="nhat-ky.csv"',
    })
  })

  return app
}

function details(detail: Record<string, string | number | boolean | null>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')
}
