import { Hono } from 'hono'
import { html } from 'hono/html'
import type { ClassState, Place, TrainingClass } from '../../programme/index.ts'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { mayAct } from '../accounts/guard.ts'
import { atLeast, idOf, type Kit, posted } from '../kit.ts'
import { count, dateTime, maskName } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import {
  badge,
  button,
  empty,
  facts,
  field,
  linkButton,
  notice,
  pageHead,
  type Tone,
  table,
} from '../ui/parts.ts'
import { classForm, readClass } from './class-form.ts'

/** Training classes: the calendar, one class with its seats and waiting list, check-in, certificates. */

const STATE: Record<ClassState, readonly [string, Tone]> = {
  draft: ['Bản nháp', 'plain'],
  open: ['Đang nhận đăng ký', 'good'],
  closed: ['Ngừng nhận', 'warn'],
  cancelled: ['Đã huỷ', 'bad'],
  held: ['Đã tổ chức', 'info'],
}
const NEXT: Record<ClassState, readonly (readonly [ClassState, string])[]> = {
  draft: [['open', 'Mở đăng ký']],
  open: [
    ['closed', 'Ngừng nhận đăng ký'],
    ['held', 'Kết thúc lớp'],
  ],
  closed: [
    ['open', 'Mở lại đăng ký'],
    ['held', 'Kết thúc lớp'],
  ],
  cancelled: [],
  held: [],
}

export function classPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { desk } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')
  const by = (c: StaffContext) => ({ officer: c.get('officer').id, at: kit.now() })

  app.get('/lop', async (c) => {
    const past = c.req.query('xem') === 'cu'
    const states = past ? (['cancelled', 'held'] as const) : (['draft', 'open', 'closed'] as const)
    const rows = await kit.asOfficer(c, (tx) => desk.list(tx, { states }))
    const may = mayAct(c.get('officer'), 'reviewer')
    const body = html`${pageHead('Lớp học', may ? { actions: linkButton('/staff/lop/moi', 'Mở lớp mới', 'primary') } : {})}
<ul class="views"><li><a href="/staff/lop"${past ? '' : html` aria-current="true"`}>Sắp tới</a></li><li><a href="/staff/lop?xem=cu"${past ? html` aria-current="true"` : ''}>Đã qua</a></li></ul>
${
  rows.length === 0
    ? empty(
        past ? 'Chưa có lớp nào kết thúc' : 'Chưa có lớp nào',
        'Lớp mở rồi thì trợ lý tự giới thiệu và nhận đăng ký.',
        may && !past ? linkButton('/staff/lop/moi', 'Mở lớp mới', 'primary') : '',
      )
    : table(
        'Lớp học',
        [
          {
            label: 'Lớp',
            main: true,
            cell: (row) =>
              html`<a href="/staff/lop/${row.id}">${row.title}</a><span class="sub">${kit.provinceName(row.province)}</span>`,
          },
          { label: 'Khai giảng', cell: (row) => (row.sessions[0] ? dateTime(row.sessions[0].startsAt) : '') },
          { label: 'Nơi học', cell: (row) => row.place || 'Trực tuyến' },
          { label: 'Còn chỗ', number: true, cell: (row) => `${count(row.free)}/${count(row.seats)}` },
          { label: 'Chờ', number: true, cell: (row) => count(row.waiting) },
          { label: 'Tình trạng', cell: (row) => badge(...STATE[row.state]) },
        ],
        rows,
      )
}`
    return await kit.render(c, { title: 'Lớp học', active: '/staff/lop', body })
  })

  app.get('/lop/moi', reviewer, async (c) => await showForm(c, null, null))

  async function showForm(c: StaffContext, existing: TrainingClass | null, error: string | null) {
    const title = existing === null ? 'Mở lớp mới' : 'Sửa lớp'
    const back =
      existing === null
        ? { href: '/staff/lop', label: 'Lớp học' }
        : { href: `/staff/lop/${existing.id}`, label: existing.title }
    const values = error === null ? null : await posted(c)
    const body = html`${pageHead(title, { back })}${error === null ? '' : html`<div role="alert">${notice('bad', error)}</div>`}
<div class="card">${kit.form(c, existing === null ? '/staff/lop/moi' : `/staff/lop/${existing.id}/sua`, classForm(kit, c.get('officer').provinces, existing, values))}</div>`
    return await kit.render(c, { title, active: '/staff/lop', body }, error === null ? 200 : 422)
  }

  app.post('/lop/moi', reviewer, async (c) => {
    const read = readClass(await posted(c), c.get('officer').provinces)
    if ('error' in read) return await showForm(c, null, read.error)
    const id = await kit.asOfficer(c, (tx) => desk.create(tx, read.input, by(c)))
    return kit.go(c, `/staff/lop/${id}`, { tone: 'good', text: 'Đã tạo bản nháp. Mở đăng ký khi sẵn sàng.' })
  })

  app.get('/lop/:id', async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const found = await kit.asOfficer(c, async (tx) => {
      const page = await desk.classPage(tx, id)
      if (page !== null) {
        await kit.audit(
          c,
          { action: 'viewed', subject: 'class', subjectId: id, province: page.class.province },
          tx,
        )
      }
      return page
    })
    if (found === null) return await kit.missing(c)
    return await kit.render(c, { title: found.class.title, active: '/staff/lop', body: classBody(c, found) })
  })

  function classBody(
    c: StaffContext,
    { class: one, places, waiting, noShows }: NonNullable<Awaited<ReturnType<typeof desk.classPage>>>,
  ) {
    const may = mayAct(c.get('officer'), 'reviewer')
    const base = `/staff/lop/${one.id}`
    const name = (text: string | null) => (text === null ? '' : may ? text : maskName(text))
    const taken = places.filter(({ state }) => state === 'seated')
    return html`${pageHead(one.title, {
      back: { href: '/staff/lop', label: 'Lớp học' },
      ...(may && one.state !== 'cancelled'
        ? {
            actions: html`${linkButton(`${base}/diem-danh`, 'Điểm danh', 'primary')}${one.state === 'held' ? '' : linkButton(`${base}/sua`, 'Sửa')}`,
          }
        : {}),
    })}
<ul class="tiles"><li class="tile"><strong>${count(one.seats)}</strong><span>chỗ</span></li><li class="tile"><strong>${count(taken.length)}</strong><span>đã có người</span></li><li class="tile"><strong>${count(one.free)}</strong><span>còn trống</span></li><li class="tile"><strong>${count(waiting.length)}</strong><span>đơn vị chờ</span></li></ul>
<div class="two"><div class="stack">
<section><h2>Danh sách</h2>${
      places.length === 0
        ? empty('Chưa ai đăng ký', one.state === 'draft' ? 'Mở đăng ký để trợ lý nhận.' : '')
        : table(
            'Danh sách lớp',
            [
              { label: 'Số', number: true, cell: ({ number }) => number },
              {
                label: 'Họ tên',
                main: true,
                cell: (place) =>
                  html`${name(place.attendee) || html`<span class="muted">chưa có tên</span>`}${place.state === 'seated' ? '' : html` ${badge('đang mời', 'warn')}`}`,
              },
              {
                label: 'Có mặt',
                number: true,
                cell: ({ attended }) => `${attended.length}/${one.sessions.length}`,
              },
              { label: '', cell: (place) => (may ? placeActions(c, one, place) : '') },
            ],
            places,
          )
    }</section>
<section><h2>Danh sách chờ</h2>${
      waiting.length === 0
        ? html`<p class="muted">Không có ai chờ.</p>`
        : table(
            'Danh sách chờ, theo thứ tự đăng ký',
            [
              { label: 'Thứ tự', number: true, cell: ({ arrival }) => arrival },
              { label: 'Họ tên', main: true, cell: (row) => name(row.name) },
              { label: 'Số người', number: true, cell: ({ seats }) => seats },
              { label: 'Đăng ký lúc', cell: ({ arrivedAt }) => dateTime(arrivedAt) },
              { label: '', cell: (row) => (may ? removal(c, one, row.id) : '') },
            ],
            waiting,
          )
    }</section>
${noShows.length === 0 ? '' : html`<section><h2>Vắng mặt</h2><p>${noShows.map((place) => name(place.attendee) || `số ${place.number}`).join(', ')}</p></section>`}
</div><div class="stack">
<section class="card"><h2>Thông tin</h2>${facts([
      ['Tình trạng', badge(...STATE[one.state])],
      ['Lý do', one.stateReason],
      ['Nội dung', kit.deps.supportName(one.support)],
      ['Dành cho', one.audience],
      ['Nơi học', one.place],
      ['Đường dẫn', one.link],
      [
        'Buổi học',
        one.sessions
          .map(({ startsAt, endsAt }) => `${dateTime(startsAt)} – ${dateTime(endsAt).slice(0, 5)}`)
          .join('\n'),
      ],
      ['Nhận đăng ký', `${dateTime(one.opensAt)} – ${dateTime(one.closesAt)}`],
    ])}</section>${may ? stateForms(c, one, base) : ''}</div></div>`
  }

  function stateForms(c: StaffContext, one: TrainingClass, base: string): Markup | '' {
    if (one.state === 'cancelled') return ''
    return html`<section class="card stack"><h2>Việc tiếp theo</h2>${NEXT[one.state].map(
      ([to, label], index) =>
        kit.form(
          c,
          `${base}/tinh-trang`,
          html`<input type="hidden" name="to" value="${to}">${button(label, index === 0 ? 'primary' : 'plain')}`,
        ),
    )}${one.state === 'held' ? kit.form(c, `${base}/chung-nhan`, html`<p class="hint">Gửi cho người đã điểm danh, qua chính cuộc trò chuyện đã đăng ký.</p>${button('Gửi giấy xác nhận')}`) : ''}
${
  one.state === 'held'
    ? ''
    : html`<details><summary>Huỷ lớp</summary>${kit.form(
        c,
        `${base}/tinh-trang`,
        html`<input type="hidden" name="to" value="cancelled">${field('reason', 'Lý do, gửi cho mọi người trong lớp', { rows: 3, required: true, maxlength: 500 })}${button('Huỷ lớp', 'danger')}`,
      )}</details>`
}</section>`
  }

  function placeActions(c: StaffContext, one: TrainingClass, place: Place): Markup {
    return html`<details><summary>Thao tác<span class="sr"> với số ${place.number}</span></summary>${kit.form(
      c,
      `/staff/lop/${one.id}/ten`,
      html`<input type="hidden" name="number" value="${place.number}"><label for="ten-${place.number}">Họ tên người ngồi</label><input id="ten-${place.number}" name="name" value="${place.attendee ?? ''}" maxlength="200">${button('Lưu tên', 'plain')}`,
    )}${place.attended.length > 0 && place.attendee !== null ? html`<p><a href="/staff/lop/${one.id}/chung-nhan/${place.number}">Tải giấy xác nhận (PDF)</a></p>` : ''}${removal(c, one, place.enrolmentId)}</details>`
  }

  function removal(c: StaffContext, one: TrainingClass, enrolmentId: string): Markup | '' {
    if (one.state === 'held' || one.state === 'cancelled') return ''
    return kit.form(
      c,
      `/staff/lop/${one.id}/rut`,
      html`<input type="hidden" name="enrolment" value="${enrolmentId}"><label for="ly-do-${enrolmentId}">Lý do rút tên, gửi cho người đăng ký</label><input id="ly-do-${enrolmentId}" name="reason" required maxlength="300">${button('Rút khỏi lớp', 'danger')}`,
    )
  }

  app.get('/lop/:id/sua', reviewer, async (c) => {
    const id = idOf(c)
    const page = id === null ? null : await kit.asOfficer(c, (tx) => desk.classPage(tx, id))
    return page === null ? await kit.missing(c) : await showForm(c, page.class, null)
  })

  app.post('/lop/:id/sua', reviewer, async (c) => {
    const id = idOf(c)
    const page = id === null ? null : await kit.asOfficer(c, (tx) => desk.classPage(tx, id))
    if (id === null || page === null) return await kit.missing(c)
    const form = await posted(c)
    const read = readClass(form, c.get('officer').provinces)
    if ('error' in read) return await showForm(c, page.class, read.error)
    const input = { ...read.input, province: page.class.province }
    const outcome = await kit.asOfficer(c, (tx) =>
      desk.update(tx, { id, version: Number(form('version')), input }, by(c)),
    )
    if (outcome === 'unknown') return await kit.missing(c)
    const refusal = {
      stale: 'Đồng nghiệp vừa sửa lớp này. Mở lại trang để thấy bản mới rồi sửa tiếp.',
      over: 'Lớp đã kết thúc hoặc đã huỷ.',
      too_few_seats: 'Số chỗ mới ít hơn số người đã có chỗ.',
      has_attendance: 'Buổi đã điểm danh không đổi được.',
    }
    if (outcome !== 'changed') return await showForm(c, page.class, refusal[outcome])
    return kit.go(c, `/staff/lop/${id}`, {
      tone: 'good',
      text: 'Đã lưu. Đổi giờ hoặc nơi học thì mọi người trong lớp được báo.',
    })
  })

  app.post('/lop/:id/tinh-trang', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    const to = form('to') as ClassState
    if (id === null || !Object.hasOwn(STATE, to)) return await kit.missing(c)
    const outcome = await kit.asOfficer(c, (tx) =>
      desk.changeState(tx, { id, to, reason: form('reason') }, by(c)),
    )
    if (outcome === 'unknown') return await kit.missing(c)
    const text = {
      changed: `Lớp chuyển sang “${STATE[to][0]}”.`,
      not_allowed: 'Không chuyển được: tình trạng lớp đã khác.',
      reason_missing: 'Chưa huỷ: cần lý do để báo cho mọi người.',
      not_begun: 'Chưa kết thúc được: lớp chưa tới buổi đầu.',
    }[outcome]
    return kit.go(c, `/staff/lop/${id}`, { tone: outcome === 'changed' ? 'good' : 'warn', text })
  })

  app.post('/lop/:id/rut', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    if (id === null || !/^[0-9a-f-]{36}$/.test(form('enrolment'))) return await kit.missing(c)
    const outcome = await kit.asOfficer(c, (tx) =>
      desk.remove(tx, { enrolmentId: form('enrolment'), reason: form('reason') }, by(c)),
    )
    if (outcome === 'unknown') return await kit.missing(c)
    const text = {
      removed: 'Đã rút tên và báo cho người đăng ký; chỗ trống chuyển cho người chờ.',
      reason_missing: 'Chưa rút: cần lý do.',
      attended: 'Không rút được: đã có người điểm danh.',
    }[outcome]
    return kit.go(c, `/staff/lop/${id}`, { tone: outcome === 'removed' ? 'good' : 'warn', text })
  })

  app.post('/lop/:id/ten', reviewer, async (c) => {
    const id = idOf(c)
    const form = await posted(c)
    const number = Number(form('number'))
    if (id === null || !Number.isInteger(number)) return await kit.missing(c)
    const named = await kit.asOfficer(c, (tx) =>
      desk.nameAttendee(tx, { classId: id, number, name: form('name') }, by(c)),
    )
    return named
      ? kit.go(c, `/staff/lop/${id}`, { tone: 'good', text: `Đã lưu tên ở số ${number}.` })
      : await kit.missing(c)
  })

  app.post('/lop/:id/chung-nhan', reviewer, async (c) => {
    const id = idOf(c)
    const page = id === null ? null : await kit.asOfficer(c, (tx) => desk.classPage(tx, id))
    if (id === null || page === null) return await kit.missing(c)
    const sent = await kit.asOfficer(c, (tx) => desk.sendCertificates(tx, id, by(c)))
    return kit.go(c, `/staff/lop/${id}`, { tone: 'good', text: `Đã gửi ${count(sent)} giấy xác nhận.` })
  })

  app.get('/lop/:id/chung-nhan/:number', reviewer, async (c) => {
    const id = idOf(c)
    const number = Number(c.req.param('number'))
    if (id === null || !Number.isInteger(number)) return await kit.missing(c)
    const made = await kit.asOfficer(c, async (tx) => {
      const certificate = await desk.certificate(tx, { classId: id, number }, kit.now())
      if (certificate.outcome === 'made') {
        await kit.audit(
          c,
          {
            action: 'certificate',
            subject: 'class',
            subjectId: id,
            province: null,
            details: { seat: number },
          },
          tx,
        )
      }
      return certificate
    })
    if (made.outcome !== 'made') return await kit.missing(c)
    return c.body(new Uint8Array(made.pdf), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="xac-nhan-tham-du-${number}.pdf"`,
    })
  })

  return app
}
