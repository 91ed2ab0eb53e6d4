import { Hono } from 'hono'
import { html } from 'hono/html'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { mayAct } from '../accounts/guard.ts'
import { atLeast, idOf, type Kit, posted } from '../kit.ts'
import { dateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { badge, button, empty, facts, pageHead } from '../ui/parts.ts'

/** Requests about personal data, nearest legal day first: reply, carry out, refuse with a reason, lengthen once. */

const KIND = {
  view: 'Xem dữ liệu',
  export: 'Nhận bản sao',
  correct: 'Sửa dữ liệu',
  erase: 'Xoá dữ liệu',
  withdraw: 'Rút lại đồng ý',
  restrict: 'Hạn chế xử lý',
  object: 'Phản đối xử lý',
  officer: 'Gặp cán bộ',
} as const
const STATE = {
  open: 'Chưa trả lời',
  answered: 'Đã trả lời, chưa làm xong',
  erasing: 'Máy đang xoá',
  done: 'Xong',
  refused: 'Từ chối',
} as const

export function privacyPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { requests } = kit.deps.privacy
  const reviewer = atLeast(kit, 'reviewer')
  type Request = Awaited<ReturnType<typeof requests.list>>[number]

  app.get('/du-lieu-ca-nhan', async (c) => {
    const closed = c.req.query('xem') === 'xong'
    const states = closed ? ['done', 'refused'] : ['open', 'answered', 'erasing']
    const rows = await kit.asOfficer(c, async (tx) => {
      const found = await requests.list(tx, { states, limit: 200 }, kit.now())
      await kit.audit(
        c,
        {
          action: 'listed',
          subject: 'privacy_request',
          subjectId: null,
          province: null,
          details: { rows: found.length },
        },
        tx,
      )
      return found
    })
    const body = html`${pageHead('Yêu cầu về dữ liệu cá nhân', { lead: 'Luật đặt hạn cho từng loại yêu cầu; hạn gần nhất ở trên cùng.' })}
<ul class="views"><li><a href="/staff/du-lieu-ca-nhan"${closed ? '' : html` aria-current="true"`}>Đang mở</a></li><li><a href="/staff/du-lieu-ca-nhan?xem=xong"${closed ? html` aria-current="true"` : ''}>Đã xong</a></li></ul>
${rows.length === 0 ? empty('Không có yêu cầu nào', closed ? '' : 'Người dân gửi yêu cầu ngay trong cuộc trò chuyện; yêu cầu mới sẽ hiện ở đây.') : html`<div class="stack">${rows.map((row) => card(c, row))}</div>`}`
    return await kit.render(c, { title: 'Dữ liệu cá nhân', active: '/staff/du-lieu-ca-nhan', body })
  })

  function card(c: StaffContext, row: Request): Markup {
    const may = mayAct(c.get('officer'), 'reviewer')
    const open = row.state === 'open' || row.state === 'answered'
    const base = `/staff/du-lieu-ca-nhan/${row.id}`
    return html`<section class="card"><h2>${KIND[row.kind]} · <span class="code">${row.reference}</span> ${badge(STATE[row.state], row.overdue && open ? 'bad' : open ? 'warn' : 'plain')}</h2>
${facts([
  ['Nhận lúc', dateTime(row.receivedAt)],
  ['Trả lời trước', row.state === 'open' ? localDate(row.answerBy) : null],
  [
    'Làm xong trước',
    open ? html`${localDate(row.carryOutBy)}${row.overdue ? html` ${badge('quá hạn', 'bad')}` : ''}` : null,
  ],
  ['Tỉnh', kit.provinceName(row.province)],
  ['Người dân viết', may ? row.detail : row.detail === null ? null : '•••'],
  ['Đã trả lời', may ? row.outcome : null],
  [
    'Hội thoại',
    row.conversationId === null
      ? null
      : html`<a href="/staff/hoi-thoai/${row.conversationId}">Mở hội thoại</a>`,
  ],
  ['Lỗi khi xoá', row.lastError],
])}
${
  open && may
    ? html`<details><summary>Trả lời và kết thúc</summary>${kit.form(
        c,
        `${base}/tra-loi`,
        html`<div class="field"><label for="t-${row.id}">Nội dung gửi cho người yêu cầu</label><textarea id="t-${row.id}" name="text" rows="3" maxlength="1500"></textarea></div>
<div class="actions">${button('Đã làm xong', 'primary', ['outcome', 'done'])}${button('Đã trả lời, làm sau', 'plain', ['outcome', 'answered'])}${button('Từ chối, có lý do', 'danger', ['outcome', 'refused'])}</div>`,
      )}</details>${
        row.extended
          ? ''
          : html`<details><summary>Xin thêm thời gian (một lần)</summary>${kit.form(
              c,
              `${base}/gia-han`,
              html`<div class="field"><label for="g-${row.id}">Lý do, gửi cho người yêu cầu</label><input id="g-${row.id}" name="reason" required maxlength="500"></div>${button('Gia hạn', 'plain')}`,
            )}</details>`
      }`
    : ''
}</section>`
  }

  const TEXT = {
    changed: 'Đã ghi và báo cho người yêu cầu.',
    over: 'Yêu cầu này đã kết thúc trước đó.',
    already: 'Đã gia hạn một lần, luật không cho thêm.',
    reason_missing: 'Chưa ghi: cần nội dung gửi cho người yêu cầu.',
  } as const

  app.post('/du-lieu-ca-nhan/:id/tra-loi', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    const outcome = form('outcome')
    if (id === null || (outcome !== 'done' && outcome !== 'answered' && outcome !== 'refused'))
      return await kit.missing(c)
    const by = { officer: c.get('officer').id, at: kit.now() }
    const result = await kit.asOfficer(c, async (tx) => {
      const changed = await requests.resolve(tx, { id, outcome, text: form('text') }, by)
      if (changed === 'changed') {
        await kit.audit(c, { action: outcome, subject: 'privacy_request', subjectId: id, province: null }, tx)
      }
      return changed
    })
    if (result === 'unknown') return await kit.missing(c)
    return kit.go(c, '/staff/du-lieu-ca-nhan', {
      tone: result === 'changed' ? 'good' : 'warn',
      text: TEXT[result],
    })
  })

  app.post('/du-lieu-ca-nhan/:id/gia-han', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const reason = (await posted(c))('reason')
    const result = await kit.asOfficer(c, async (tx) => {
      const changed = await requests.extend(tx, { id, reason }, { officer: c.get('officer').id })
      if (changed === 'changed') {
        await kit.audit(
          c,
          { action: 'extended', subject: 'privacy_request', subjectId: id, province: null },
          tx,
        )
      }
      return changed
    })
    if (result === 'unknown') return await kit.missing(c)
    return kit.go(c, '/staff/du-lieu-ca-nhan', {
      tone: result === 'changed' ? 'good' : 'warn',
      text: TEXT[result],
    })
  })

  return app
}

/** "2026-11-30" → "30/11/2026" */
function localDate(day: string): string {
  return day.split('-').reverse().join('/')
}
