import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { type Column, csvStream, maskTail, xlsxStream } from '../../report/index.ts'
import { mayAct, type Officer, type StaffEnv } from '../accounts/guard.ts'
import type { Kit } from '../kit.ts'
import { type ListRow, type Registration, STATES, type State } from '../registrations.ts'
import { count, maskName } from '../ui/format.ts'
import { badge, button, facts, linkButton, notice, pageHead } from '../ui/parts.ts'
import { type QueueFilter, queueHref, readFilter } from './queue-filter.ts'
import { KIND_LABEL, STATE_LABEL } from './registration-labels.ts'

/** Lists as files: what the queue shows under the same filter, one row per registration. Every export is logged. */

const MOST_ROWS = 100_000
/** Rows read at a time. */
const PAGE = 200
const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
} as const

type Provinces = Officer['provinces']

export function exportPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { registrations } = kit.deps
  type Line = ListRow & { whole: Registration | null }

  const answer = (row: Line, key: keyof Registration['values']) => row.whole?.values[key]?.label ?? ''
  const columns: readonly Column<Line>[] = [
    { title: 'Mã hồ sơ', kind: 'text', value: (row) => row.reference },
    { title: 'Gửi lúc', kind: 'time', value: (row) => row.submittedAt },
    { title: 'Tỉnh', kind: 'text', value: (row) => kit.provinceName(row.province) },
    { title: 'Loại', kind: 'text', value: (row) => KIND_LABEL[row.kind] },
    { title: 'Nội dung', kind: 'text', value: (row) => kit.deps.supportName(row.support) },
    { title: 'Cơ sở', kind: 'text', value: (row) => row.enterpriseName },
    {
      title: 'Loại hình',
      kind: 'text',
      value: (row) => registrations.optionLabel('enterprise_type', row.enterpriseType) ?? '',
    },
    { title: 'Mã số thuế', kind: 'text', value: (row) => row.whole?.taxCode ?? '', mask: maskTail },
    { title: 'Người liên hệ', kind: 'text', value: (row) => row.contactName, mask: maskName },
    {
      title: 'Điện thoại',
      kind: 'text',
      value: (row) => national(row.whole?.phone ?? null) || row.phoneMask,
      mask: maskTail,
    },
    { title: 'E-mail', kind: 'text', value: (row) => row.whole?.values.email?.value ?? '', mask: maskTail },
    { title: 'Xã, phường', kind: 'text', value: (row) => row.communeLabel },
    { title: 'Số người học', kind: 'number', value: (row) => row.trainees },
    { title: 'Nhu cầu', kind: 'text', value: (row) => answer(row, 'need') },
    { title: 'Trạng thái', kind: 'text', value: (row) => STATE_LABEL[row.state][0] },
    { title: 'Người xử lý', kind: 'text', value: (row) => row.officerName },
  ]

  app.get('/bao-cao', async (c) => {
    const officer = c.get('officer')
    const { query, filter } = readFilter(c.req.query(), officer.id)
    const numbers = await kit.asOfficer(c, (tx) => registrations.counts(tx, filter))
    const chosen = statesOf({ filter })
    const rows = total(numbers, { filter })
    const full = mayAct(officer, 'reviewer')
    const link = (kind: string) => `/staff/bao-cao/ho-so.${kind}${query === '' ? '' : `?${query}`}`
    const body = html`${pageHead('Báo cáo, xuất dữ liệu', { lead: 'Xuất đúng danh sách đang lọc, mỗi hồ sơ một dòng. Mỗi lần xuất đều ghi vào nhật ký.' })}
<ul class="tiles">${chosen.map((state) => html`<li class="tile"><strong>${count(numbers[state])}</strong><span>${STATE_LABEL[state][0]}</span></li>`)}</ul>
<div class="two"><section class="card"><h2>Danh sách hồ sơ</h2>
${facts([
  ['Số dòng', count(Math.min(rows, MOST_ROWS))],
  [
    'Bộ lọc',
    query === ''
      ? 'Tất cả hồ sơ của tỉnh tôi phụ trách'
      : html`<a href="${queueHref(query)}">Xem và đổi bộ lọc</a>`,
  ],
  ['Dữ liệu cá nhân', full ? badge('Đầy đủ', 'warn') : badge('Đã che', 'good')],
])}
${rows > MOST_ROWS ? notice('warn', `Chỉ xuất ${count(MOST_ROWS)} dòng đầu.`, 'Chia nhỏ theo ngày hoặc trạng thái.') : ''}
<div class="actions">${linkButton(link('xlsx'), 'Tải Excel (XLSX)', 'primary')}${linkButton(link('csv'), 'Tải CSV')}${full ? linkButton(`${link('xlsx')}${query === '' ? '?' : '&'}che=1`, 'Tải Excel đã che') : ''}</div></section>
<section class="card"><h2>Lọc nhanh</h2><form method="get" action="/staff/bao-cao"><div class="field"><label for="tu">Từ ngày</label><input id="tu" name="tu" type="date" value="${c.req.query('tu') ?? ''}"></div><div class="field"><label for="den">Đến ngày</label><input id="den" name="den" type="date" value="${c.req.query('den') ?? ''}"></div>${button('Đếm lại', 'plain')}</form></section>
<section class="card"><h2>Báo cáo năm</h2><p class="hint">Dự thảo theo kế hoạch của tỉnh: chỉ tiêu bên cạnh số đã đếm được, nhu cầu đào tạo, câu hỏi chưa có trong văn bản. In được, tải về sửa bằng Word.</p><div class="actions">${linkButton('/staff/bao-cao/nam', 'Lập dự thảo báo cáo năm')}</div></section></div>`
    return await kit.render(c, { title: 'Báo cáo, xuất dữ liệu', active: '/staff/bao-cao', body })
  })

  /** All rows of the filter, a page per transaction of the officer's: a slow download holds no connection. */
  async function* lines(provinces: Provinces, { filter, order }: QueueFilter, masked: boolean) {
    let after: string | null = null
    let given = 0
    do {
      const page: { rows: Line[]; next: string | null } = await kit.deps.db.asOfficer(
        provinces,
        async (tx) => {
          const { rows, next } = await registrations.list(tx, filter, { limit: PAGE, after, order })
          const ids = rows.map(({ id }) => id)
          const wholes = masked ? new Map<string, Registration>() : await registrations.many(tx, ids)
          return { rows: rows.map((row) => ({ ...row, whole: wholes.get(row.id) ?? null })), next }
        },
      )
      yield* page.rows.slice(0, MOST_ROWS - given)
      given += page.rows.length
      after = page.next
    } while (after !== null && given < MOST_ROWS)
  }

  for (const kind of ['xlsx', 'csv'] as const) {
    app.get(`/bao-cao/ho-so.${kind}`, async (c) => {
      const officer = c.get('officer')
      const asked = readFilter(c.req.query(), officer.id)
      const masked = !mayAct(officer, 'reviewer') || c.req.query('che') === '1'
      // Logged before the first byte leaves: a download broken off has been seen all the same.
      await kit.asOfficer(c, async (tx) => {
        const rows = Math.min(total(await registrations.counts(tx, asked.filter), asked), MOST_ROWS)
        await kit.audit(
          c,
          {
            action: `registrations_${kind}`,
            subject: 'export',
            subjectId: null,
            province: null,
            details: { rows, masked },
          },
          tx,
        )
      })
      const rows = lines(officer.provinces, asked, masked)
      const options = { masked, name: 'Hồ sơ' }
      const file = kind === 'xlsx' ? xlsxStream(columns, rows, options) : csvStream(columns, rows, options)
      file.on('error', (error) => kit.deps.log.error({ err: error }, 'export broken off'))
      return c.body(Readable.toWeb(file) as ReadableStream, 200, {
        'content-type': TYPES[kind],
        'content-disposition': `attachment; filename="ho-so${masked ? '-da-che' : ''}.${kind}"`,
      })
    })
  }

  return app
}

function statesOf({ filter }: Pick<QueueFilter, 'filter'>): readonly State[] {
  return filter.states ?? STATES
}

/** Rows the filter gives; `counts` leaves its states aside. */
function total(numbers: Readonly<Record<State, number>>, asked: Pick<QueueFilter, 'filter'>): number {
  return statesOf(asked).reduce((sum, state) => sum + numbers[state], 0)
}

function national(phone: string | null): string {
  return phone === null ? '' : phone.replace(/^\+84/, '0')
}
