import { Hono } from 'hono'
import { html } from 'hono/html'
import type { CheckIn } from '../../programme/index.ts'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { atLeast, idOf, type Kit, posted } from '../kit.ts'
import { dateTime } from '../ui/format.ts'
import { badge, button, empty, pageHead, table } from '../ui/parts.ts'

/** Attendance: by the QR on a person's ticket, opened with a phone's camera, or by name and number on the list. */

export function checkInPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { desk } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')
  const by = (c: StaffContext) => ({ officer: c.get('officer').id, at: kit.now() })

  app.get('/lop/:id/diem-danh', reviewer, async (c) => {
    const id = idOf(c)
    const page = id === null ? null : await kit.asOfficer(c, (tx) => desk.classPage(tx, id))
    if (id === null || page === null) return await kit.missing(c)
    const { class: one, places } = page
    const now = kit.now()
    const asked = c.req.query('buoi')
    const session =
      one.sessions.find((each) => each.id === asked) ??
      one.sessions.find(
        ({ startsAt, endsAt }) => startsAt.getTime() - 3 * 3_600_000 < now.getTime() && now < endsAt,
      ) ??
      one.sessions[0]
    const query = (c.req.query('q') ?? '')
      .trim()
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replaceAll('đ', 'd')
    const plain = (text: string) =>
      text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
    const shown = places.filter(
      (place) =>
        place.state === 'seated' &&
        (query === '' || plain(place.attendee ?? '').includes(query) || String(place.number) === query),
    )
    const here = places.filter(
      ({ attended }) => session !== undefined && attended.includes(session.id),
    ).length
    const body = html`${pageHead('Điểm danh', { back: { href: `/staff/lop/${id}`, label: one.title }, lead: 'Quét mã QR của học viên bằng máy ảnh điện thoại, hoặc tìm theo tên, số.' })}
<ul class="views">${one.sessions.map((each) => html`<li><a href="/staff/lop/${id}/diem-danh?buoi=${each.id}"${each.id === session?.id ? html` aria-current="true"` : ''}>${dateTime(each.startsAt)}</a></li>`)}</ul>
<form method="get" class="filters" role="search"><input type="hidden" name="buoi" value="${session?.id ?? ''}"><div class="field wide"><label for="q">Tên hoặc số</label><input id="q" name="q" value="${c.req.query('q') ?? ''}" autocomplete="off"></div>${button('Tìm', 'plain')}</form>
<p class="muted">Có mặt ${here}/${places.length}</p>
${
  shown.length === 0
    ? empty('Không thấy ai', query === '' ? 'Lớp chưa có người.' : 'Thử một phần của tên, không cần dấu.')
    : table(
        'Học viên',
        [
          { label: 'Số', number: true, cell: ({ number }) => number },
          { label: 'Họ tên', main: true, cell: (place) => place.attendee ?? 'chưa có tên' },
          {
            label: '',
            cell: (place) => {
              if (session === undefined) return ''
              const present = place.attended.includes(session.id)
              const hidden = html`<input type="hidden" name="number" value="${place.number}"><input type="hidden" name="session" value="${session.id}">`
              return present
                ? html`${badge('Có mặt', 'good')} ${kit.form(c, `/staff/lop/${id}/bo-diem-danh`, html`${hidden}${button('Bỏ', 'quiet')}`, { className: 'inline-form' })}`
                : kit.form(c, `/staff/lop/${id}/diem-danh`, html`${hidden}${button('Có mặt', 'plain')}`)
            },
          },
        ],
        shown,
      )
}`
    return await kit.render(c, { title: 'Điểm danh', active: '/staff/lop', body })
  })

  app.post('/lop/:id/diem-danh', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    const number = Number(form('number'))
    if (id === null || !Number.isInteger(number)) return await kit.missing(c)
    const outcome = await kit.asOfficer(c, (tx) =>
      desk.checkIn(tx, { classId: id, number, sessionId: form('session') }, by(c)),
    )
    if (outcome.outcome === 'unknown') return await kit.missing(c)
    return kit.go(
      c,
      `/staff/lop/${id}/diem-danh?buoi=${encodeURIComponent(form('session'))}`,
      checkedIn(outcome, id),
    )
  })

  app.post('/lop/:id/bo-diem-danh', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    if (id === null) return await kit.missing(c)
    const undone = await kit.asOfficer(c, (tx) =>
      desk.undoCheckIn(
        tx,
        { classId: id, sessionId: form('session'), number: Number(form('number')) },
        by(c),
      ),
    )
    if (!undone) return await kit.missing(c)
    return kit.go(c, `/staff/lop/${id}/diem-danh?buoi=${encodeURIComponent(form('session'))}`, {
      tone: 'good',
      text: 'Đã bỏ điểm danh.',
    })
  })

  function checkedIn(outcome: CheckIn, classId: string) {
    if (outcome.outcome === 'unknown') return { tone: 'bad', text: 'Mã không đúng.' } as const
    const who = outcome.place.attendee ?? `số ${outcome.place.number}`
    switch (outcome.outcome) {
      case 'checked_in':
        return {
          tone: 'good',
          text: `${who}: có mặt.`,
          undo: {
            action: `/staff/lop/${classId}/bo-diem-danh`,
            label: 'Hoàn tác',
            fields: { number: String(outcome.place.number), session: outcome.sessionId },
          },
        } as const
      case 'already':
        return { tone: 'warn', text: `${who}: đã điểm danh trước đó.` } as const
      case 'not_seated':
        return { tone: 'warn', text: `${who}: chỗ mới chỉ được mời, chưa nhận lời.` } as const
      case 'no_session_today':
        return {
          tone: 'warn',
          text: `${who}: hôm nay lớp không có buổi học; chọn buổi ở trang điểm danh.`,
        } as const
    }
  }

  // The QR on a ticket opens this page. Opening changes nothing; the button does.
  app.get('/diem-danh/:code', reviewer, async (c) => {
    const code = c.req.param('code')
    const body = html`${pageHead('Điểm danh bằng mã QR')}<div class="card form-narrow">${kit.form(c, `/staff/diem-danh/${encodeURIComponent(code)}`, html`<p>Mã <span class="code">${code.slice(0, 12)}</span></p>${button('Xác nhận có mặt')}`)}</div>`
    return await kit.render(c, { title: 'Điểm danh', active: '/staff/lop', body })
  })

  app.post('/diem-danh/:code', reviewer, async (c) => {
    const code = c.req.param('code')
    const outcome = await kit.asOfficer(c, (tx) => desk.checkIn(tx, { code }, by(c)))
    if (outcome.outcome === 'unknown') return await kit.missing(c)
    return kit.go(c, `/staff/lop/${outcome.class.id}/diem-danh`, checkedIn(outcome, outcome.class.id))
  })

  return app
}
