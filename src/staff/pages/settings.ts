import { Hono } from 'hono'
import { html } from 'hono/html'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { mayAct } from '../accounts/guard.ts'
import { atLeast, idOf, type Kit, posted, postedAll } from '../kit.ts'
import { addCanned, cannedReplies, deleteCanned } from '../settings/canned.ts'
import { type ContactCard, ContactCard as ContactCardShape, clock, hoursText } from '../settings/contacts.ts'
import { EVERYWHERE, SwitchName, type SwitchRow } from '../settings/switches.ts'
import { dateTime } from '../ui/format.ts'
import {
  button,
  choices,
  empty,
  facts,
  field,
  linkButton,
  notice,
  type Option,
  pageHead,
  select,
  table,
} from '../ui/parts.ts'

/** Switch-offs, the contact card of the department, canned replies. */

const SWITCH: Record<SwitchName, readonly [string, string]> = {
  model: ['Mô hình ngôn ngữ', 'Tắt thì trợ lý vẫn trả lời, chỉ bằng câu trích từ văn bản.'],
  signup: ['Nhận đăng ký', 'Tắt thì trợ lý nói rõ lý do và không mở biểu mẫu.'],
  'channel:web': ['Kênh trang web', 'Tắt thì người dân nhận một câu báo có lý do.'],
  'channel:telegram': ['Kênh Telegram', 'Tắt thì người dân nhận một câu báo có lý do.'],
  'channel:zalo': ['Kênh Zalo', 'Tắt thì người dân nhận một câu báo có lý do.'],
}

export function settingsPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { switches, contacts } = kit.deps
  const administrator = atLeast(kit, 'administrator')
  const reviewer = atLeast(kit, 'reviewer')

  function places(c: StaffContext): Option[] {
    const own = c.get('officer').provinces
    const listed = kit.deps.provinces
      .filter(({ code }) => own === '*' || own.includes(code))
      .map(({ code, name }) => [code, name] as const)
    return own === '*' ? [[EVERYWHERE, 'Mọi tỉnh'], ...listed] : listed
  }
  const placeName = (code: string) => (code === EVERYWHERE ? 'Mọi tỉnh' : kit.provinceName(code))

  app.get('/cai-dat', async (c) => {
    const may = mayAct(c.get('officer'), 'administrator')
    const name = await kit.officerNames()
    const { off, cards } = await kit.asOfficer(c, async (tx) => {
      const found: { code: string; card: ContactCard | null }[] = []
      for (const [code] of places(c))
        if (code !== EVERYWHERE) found.push({ code, card: await contacts.of(code, tx) })
      return { off: await switches.list(tx), cards: found }
    })
    const body = html`${pageHead('Cài đặt')}
<div class="stack">
<section><div class="page-head"><div><h2>Bật, tắt</h2><p class="lead">Có hiệu lực trong một phút ở mọi nơi, ghi vào nhật ký, người dân được báo lý do.</p></div></div>
${
  off.some((row) => row.off)
    ? table(
        'Những gì đang tắt',
        [
          { label: 'Đang tắt', main: true, cell: (row: SwitchRow) => SWITCH[row.name][0] },
          { label: 'Ở đâu', cell: (row) => placeName(row.province) },
          { label: 'Lý do', cell: (row) => row.reason },
          { label: 'Ai, lúc nào', cell: (row) => `${name(row.changed_by)}, ${dateTime(row.changed_at)}` },
          {
            label: '',
            cell: (row) =>
              may
                ? kit.form(
                    c,
                    '/staff/cai-dat/bat-tat',
                    html`<input type="hidden" name="name" value="${row.name}"><input type="hidden" name="province" value="${row.province}"><input type="hidden" name="off" value="khong">${button('Bật lại', 'plain')}`,
                  )
                : '',
          },
        ],
        off.filter((row) => row.off),
      )
    : notice('good', 'Mọi thứ đang bật.')
}
${
  may
    ? html`<details class="card"><summary>Tắt một thứ</summary>${kit.form(
        c,
        '/staff/cai-dat/bat-tat',
        html`<input type="hidden" name="off" value="co">${choices(
          'name',
          'Tắt gì',
          SwitchName.options.map((key) => [key, `${SWITCH[key][0]}. ${SWITCH[key][1]}`] as const),
          ['signup'],
        )}${select('province', 'Ở đâu', places(c))}${field('reason', 'Lý do, người dân đọc được', { required: true, maxlength: 500 })}${button('Tắt', 'danger')}`,
      )}</details>`
    : ''
}</section>
<section><h2>Thẻ liên hệ của đơn vị</h2><div class="two even">${cards.map(
      ({ code, card }) =>
        html`<div class="card"><h2>${placeName(code)}</h2>${
          card === null
            ? html`<p class="muted">Chưa có. Trợ lý chưa nói được cho người dân cách gặp đơn vị.</p>`
            : facts([
                ['Đơn vị', card.department],
                ['Địa chỉ', card.address],
                ['Điện thoại', card.phone],
                ['Thư điện tử', card.email],
                ['Giờ làm việc', hoursText(card)],
                ['Ngoài giờ', card.outOfHours],
              ])
        }${may ? html`<p class="actions">${linkButton(`/staff/cai-dat/lien-he/${code}`, card === null ? 'Điền thẻ liên hệ' : 'Sửa')}</p>` : ''}</div>`,
    )}</div></section>
<section class="card"><h2>Cơ quan đã đổi tên</h2><p class="hint">Câu trợ lý nói thêm khi nhắc một cơ quan nay mang tên khác.</p><p>${linkButton('/staff/cai-dat/co-quan', 'Xem và sửa ghi chú')}</p></section>
<section class="card"><h2>Câu trả lời mẫu</h2><p class="hint">Dùng khi cán bộ trả lời trực tiếp.</p><p>${linkButton('/staff/cai-dat/mau', 'Xem và thêm câu mẫu')}</p></section>
${!may ? '' : html`<section class="card"><h2>Mô hình ngôn ngữ</h2><p class="hint">Số lượt gọi, token và câu bị loại mỗi ngày.</p><p>${linkButton('/staff/cai-dat/mo-hinh', 'Xem tình hình')}</p></section>`}
${kit.deps.zalo === null || !may ? '' : html`<section class="card"><h2>Zalo OA</h2><p class="hint">Kết nối, gia hạn quyền và tình trạng của Official Account.</p><p>${linkButton('/staff/cai-dat/kenh', 'Tài khoản kênh chat')}</p></section>`}
</div>`
    return await kit.render(c, { title: 'Cài đặt', active: '/staff/cai-dat', body })
  })

  app.post('/cai-dat/bat-tat', administrator, async (c) => {
    const form = await posted(c)
    const name = SwitchName.safeParse(form('name'))
    const province = form('province')
    const off = form('off') === 'co'
    if (!name.success || !places(c).some(([code]) => code === province)) return await kit.missing(c)
    const reason = form('reason').slice(0, 500)
    if (off && reason === '')
      return kit.go(c, '/staff/cai-dat', { tone: 'bad', text: 'Chưa tắt: cần lý do để báo cho người dân.' })
    await kit.asOfficer(c, async (tx) => {
      await switches.set(
        tx,
        { name: name.data, province, off, reason: off ? reason : 'bật lại', changed_by: c.get('officer').id },
        kit.now(),
      )
      await kit.audit(
        c,
        {
          action: off ? 'off' : 'on',
          subject: 'switch',
          subjectId: name.data,
          province: province === EVERYWHERE ? null : province,
        },
        tx,
      )
    })
    switches.forget()
    const fields = { name: name.data, province, off: 'khong' }
    return kit.go(
      c,
      '/staff/cai-dat',
      off
        ? {
            tone: 'warn',
            text: `Đã tắt: ${SWITCH[name.data][0]}, ${placeName(province)}.`,
            undo: { action: '/staff/cai-dat/bat-tat', label: 'Bật lại', fields },
          }
        : { tone: 'good', text: `Đã bật lại: ${SWITCH[name.data][0]}, ${placeName(province)}.` },
    )
  })

  async function showCard(c: StaffContext, code: string, error: string | null) {
    const card = await kit.asOfficer(c, (tx) => contacts.of(code, tx))
    const days = card?.openDays ?? [1, 2, 3, 4, 5]
    const time = (minute: number) => clock(minute).padStart(5, '0')
    const form = error === null ? null : await posted(c)
    const value = (name: string, stored: string) => (form === null ? stored : form(name))
    const body = html`${pageHead(`Thẻ liên hệ: ${placeName(code)}`, { back: { href: '/staff/cai-dat', label: 'Cài đặt' }, lead: 'Trợ lý đọc nguyên văn cho người dân.' })}
${error === null ? '' : html`<div role="alert">${notice('bad', error)}</div>`}
<div class="card form-narrow">${kit.form(
      c,
      `/staff/cai-dat/lien-he/${code}`,
      html`${field('department', 'Đơn vị', { required: true, maxlength: 200, value: value('department', card?.department ?? '') })}
${field('address', 'Địa chỉ', { maxlength: 300, value: value('address', card?.address ?? '') })}
${field('phone', 'Điện thoại', { type: 'tel', maxlength: 60, value: value('phone', card?.phone ?? '') })}
${field('email', 'Thư điện tử', { type: 'email', maxlength: 120, value: value('email', card?.email ?? '') })}
${choices(
  'day',
  'Ngày làm việc',
  ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ nhật'].map(
    (label, index) => [String(index + 1), label] as const,
  ),
  days.map(String),
  'checkbox',
)}
${field('open', 'Mở cửa lúc', { type: 'time', required: true, value: value('open', time(card?.openMinute ?? 450)) })}
${field('close', 'Đóng cửa lúc', { type: 'time', required: true, value: value('close', time(card?.closeMinute ?? 1020)) })}
${field('outOfHours', 'Câu báo ngoài giờ', { rows: 3, maxlength: 600, value: value('outOfHours', card?.outOfHours ?? ''), hint: 'Nói kèm giờ làm việc khi người dân xin gặp cán bộ ngoài giờ.' })}
${button('Lưu')}`,
    )}</div>`
    return await kit.render(
      c,
      { title: 'Thẻ liên hệ', active: '/staff/cai-dat', body },
      error === null ? 200 : 422,
    )
  }

  const isOwn = (c: StaffContext, code: string) =>
    code !== EVERYWHERE && places(c).some(([own]) => own === code)

  app.get('/cai-dat/lien-he/:code', administrator, async (c) => {
    const code = c.req.param('code') ?? ''
    return isOwn(c, code) ? await showCard(c, code, null) : await kit.missing(c)
  })

  app.post('/cai-dat/lien-he/:code', administrator, async (c) => {
    const code = c.req.param('code') ?? ''
    if (!isOwn(c, code)) return await kit.missing(c)
    const form = await posted(c)
    const card = ContactCardShape.safeParse({
      province: code,
      department: form('department'),
      address: form('address'),
      phone: form('phone'),
      email: form('email'),
      openDays: (await postedAll(c, 'day')).map(Number),
      openMinute: minuteOf(form('open')),
      closeMinute: minuteOf(form('close')),
      outOfHours: form('outOfHours'),
    })
    if (!card.success)
      return await showCard(
        c,
        code,
        'Chưa lưu: cần tên đơn vị, số điện thoại chỉ gồm số, giờ đóng sau giờ mở.',
      )
    await kit.asOfficer(c, async (tx) => {
      await contacts.save(tx, card.data, c.get('officer').id, kit.now())
      await kit.audit(c, { action: 'contact_card', subject: 'settings', subjectId: null, province: code }, tx)
    })
    return kit.go(c, '/staff/cai-dat', { tone: 'good', text: 'Đã lưu thẻ liên hệ.' })
  })

  app.get('/cai-dat/mau', async (c) => {
    const may = mayAct(c.get('officer'), 'reviewer')
    const rows = await kit.asOfficer(c, (tx) => cannedReplies(tx, null))
    const body = html`${pageHead('Câu trả lời mẫu', { back: { href: '/staff/cai-dat', label: 'Cài đặt' } })}
<div class="two"><section>${
      rows.length === 0
        ? empty('Chưa có câu mẫu', 'Những câu hay phải gõ lại thì để ở đây.')
        : table(
            'Câu trả lời mẫu',
            [
              {
                label: 'Tên',
                main: true,
                cell: (row) => html`${row.title}<span class="sub">${placeName(row.province)}</span>`,
              },
              { label: 'Nội dung', cell: (row) => html`<span class="pre">${row.body}</span>` },
              {
                label: '',
                cell: (row) =>
                  may ? kit.form(c, `/staff/cai-dat/mau/${row.id}/xoa`, button('Xoá', 'quiet')) : '',
              },
            ],
            rows,
          )
    }</section>${
      may
        ? html`<section class="card"><h2>Thêm câu mẫu</h2>${kit.form(c, '/staff/cai-dat/mau', html`${select('province', 'Tỉnh', places(c))}${field('title', 'Tên ngắn', { required: true, maxlength: 80 })}${field('body', 'Nội dung', { required: true, rows: 5, maxlength: 1800 })}${button('Thêm')}`)}</section>`
        : ''
    }</div>`
    return await kit.render(c, { title: 'Câu trả lời mẫu', active: '/staff/cai-dat', body })
  })

  app.post('/cai-dat/mau', reviewer, async (c) => {
    const form = await posted(c)
    const reply = {
      province: form('province'),
      title: form('title').slice(0, 80),
      body: form('body').slice(0, 1800),
    }
    if (!places(c).some(([code]) => code === reply.province)) return await kit.missing(c)
    if (reply.title === '' || reply.body === '')
      return kit.go(c, '/staff/cai-dat/mau', { tone: 'bad', text: 'Chưa lưu: cần tên và nội dung.' })
    await kit.asOfficer(c, async (tx) => {
      await addCanned(tx, reply, c.get('officer').id)
      await kit.audit(
        c,
        {
          action: 'canned_added',
          subject: 'settings',
          subjectId: null,
          province: reply.province === EVERYWHERE ? null : reply.province,
        },
        tx,
      )
    })
    return kit.go(c, '/staff/cai-dat/mau', { tone: 'good', text: 'Đã thêm câu mẫu.' })
  })

  app.post('/cai-dat/mau/:id/xoa', reviewer, async (c) => {
    const id = idOf(c)
    const deleted = id === null ? null : await kit.asOfficer(c, (tx) => deleteCanned(tx, id))
    if (deleted === null) return await kit.missing(c)
    await kit.audit(c, {
      action: 'canned_deleted',
      subject: 'settings',
      subjectId: id,
      province: deleted.province === EVERYWHERE ? null : deleted.province,
    })
    const { province, title, body } = deleted
    const undo =
      body.length > 600
        ? {}
        : { undo: { action: '/staff/cai-dat/mau', label: 'Hoàn tác', fields: { province, title, body } } }
    return kit.go(c, '/staff/cai-dat/mau', { tone: 'good', text: `Đã xoá “${title}”.`, ...undo })
  })

  return app
}

function minuteOf(text: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = text.split(':').map(Number)
  return hours * 60 + minutes
}
