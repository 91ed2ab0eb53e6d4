import { Hono } from 'hono'
import { html } from 'hono/html'
import { mayAct, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import type { ConversationView } from '../deps.ts'
import { atLeast, idOf, type Kit, posted } from '../kit.ts'
import type { EventRow, FieldKey, ListRow, Registration, State } from '../registrations.ts'
import { ago, dateTime, maskName } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { maskContacts } from '../ui/mask.ts'
import { badge, button, facts, field, linkButton, notice, pageHead } from '../ui/parts.ts'
import { ACTOR_LABEL, eventTitle, KIND_LABEL, MOVE_LABEL, STATE_LABEL } from './registration-labels.ts'
import { transcript, transcriptLines } from './transcript.ts'

/** One registration: what was declared, what happened, the conversation beside it, and what the officer can do. */

const MASKED: ReadonlySet<FieldKey> = new Set<FieldKey>(['phone', 'tax_code', 'email'])
/** Shown in the head of the page, not again in the list of answers. */
const IN_HEAD: ReadonlySet<FieldKey> = new Set<FieldKey>(['province', 'support', 'enterprise', 'class'])

export function registrationPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { registrations, conversations } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')
  const fieldName = (key: FieldKey) => registrations.fields.find((one) => one.key === key)?.label ?? key

  app.get('/ho-so/:id', async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const words = kit.wordsFor(c)
    const found = await kit.asOfficer(c, async (tx) => {
      const one = await registrations.get(tx, id)
      if (one === null || one.erasedAt !== null) return null
      await kit.audit(
        c,
        { action: 'viewed', subject: 'registration', subjectId: id, province: one.province },
        tx,
      )
      const conversation =
        one.conversationId === null ? null : await conversations.findById(tx, one.conversationId)
      return {
        one,
        events: await registrations.timeline(tx, id),
        relatives: await registrations.relatives(tx, id),
        conversation,
        lines:
          conversation === null
            ? []
            : await transcriptLines(kit.deps, tx, { lane: conversation.lane, before: null, words }),
      }
    })
    if (found === null) return await kit.missing(c)
    const { one, events, relatives, conversation, lines } = found
    const colleagues = await kit.accountsInReach(c)
    const body = html`${pageHead(one.enterpriseName || one.reference, {
      back: { href: '/staff/ho-so', label: 'Hồ sơ' },
      actions: html`${badge(...STATE_LABEL[one.state])}`,
    })}
<p class="lead"><span class="code">${one.reference}</span> · ${kit.deps.supportName(one.support)} · ${KIND_LABEL[one.kind]} · ${kit.provinceName(one.province)}</p>
${holderNotice(c, one)}
<div class="two"><div class="stack">
<section class="card"><h2>Thông tin đã khai</h2>${declared(c, one)}</section>
${relatives.length === 0 ? '' : html`<section class="card"><h2>Cùng cơ sở, điện thoại hoặc mã số thuế</h2><ul>${relatives.map(relative)}</ul></section>`}
<section class="card"><h2>Diễn biến</h2>${timeline(events, words)}${
      mayAct(c.get('officer'), 'reviewer')
        ? html`<h2>Ghi chú nội bộ</h2>${kit.form(c, `/staff/ho-so/${id}/ghi-chu`, html`${field('note', 'Chỉ cán bộ đọc được', { rows: 2, required: true, maxlength: 2000 })}${button('Lưu ghi chú', 'plain')}`)}`
        : ''
    }</section>
</div><div class="stack">
${decisionPanel(c, one, colleagues)}
<section class="card"><h2>Hội thoại</h2>${talk(conversation, lines.slice(-12))}</section>
</div></div>`
    return await kit.render(c, {
      title: `${one.reference} ${one.enterpriseName}`,
      active: '/staff/ho-so',
      body,
    })
  })

  function holderNotice(c: StaffContext, one: Registration): Markup | '' {
    if (one.officerId === null || one.officerId === c.get('officer').id) return ''
    return notice(
      'info',
      `${one.officerName ?? 'Đồng nghiệp'} đang xử lý hồ sơ này.`,
      'Anh/chị vẫn xem và ghi chú được; quyết định thì nên hỏi nhau trước.',
    )
  }

  function declared(c: StaffContext, one: Registration): Markup {
    const may = mayAct(c.get('officer'), 'reviewer')
    const shown = registrations.fields.filter(({ key }) => one.values[key] !== undefined && !IN_HEAD.has(key))
    return facts([
      ...shown.map(({ key, label }) => [label, answer(one, key, may)] as const),
      ['Gửi lúc', dateTime(one.submittedAt)],
      ['Đã nhờ bổ sung', one.requested.map(fieldName).join(', ')],
    ])
  }

  function answer(one: Registration, key: FieldKey, may: boolean): Markup | string {
    const value = one.values[key]
    if (value === undefined) return ''
    if (key === 'contact' && !may) return maskName(value.label)
    if (!MASKED.has(key))
      return registrations.optionLabel(key, value.value) ?? (may ? value.label : maskContacts(value.label))
    if (!may) return key === 'phone' ? one.phoneMask : '•••'
    if (key === 'phone') return html`<a href="tel:${value.value}">${value.label}</a>`
    return value.value
  }

  function relative(row: ListRow): Markup {
    return html`<li><a href="/staff/ho-so/${row.id}">${row.reference}</a> ${row.enterpriseName}, ${kit.deps.supportName(row.support)} ${badge(...STATE_LABEL[row.state])}</li>`
  }

  function timeline(events: readonly EventRow[], words: (text: string) => string): Markup {
    return html`<ol class="timeline">${events.map(
      (
        event,
      ) => html`<li class="${event.kind === 'note' ? 'note' : ''}"><strong>${eventTitle(event, fieldName)}</strong><br>
<time datetime="${event.at.toISOString()}">${dateTime(event.at)}</time> · ${event.actorName ?? ACTOR_LABEL[event.actorKind]}
${event.kind === 'note' ? html`<p class="pre">${words(event.note ?? '')}</p>` : ''}${event.reason ? html`<p>Lý do: ${words(event.reason)}</p>` : ''}${
  event.message
    ? html`<details><summary>Tin đã gửi cho người đăng ký</summary><p class="pre quote">${words(event.message)}</p></details>`
    : ''
}</li>`,
    )}</ol>`
  }

  function talk(conversation: ConversationView | null, lines: Parameters<typeof transcript>[0]): Markup {
    if (conversation === null)
      return html`<p class="muted">Không mở được: hội thoại đã xoá hoặc chưa rõ tỉnh.</p>`
    return html`<p class="actions">${linkButton(`/staff/hoi-thoai/${conversation.id}`, 'Mở hội thoại, trả lời trực tiếp')}</p>
<details><summary>Tin gần nhất (${ago(conversation.lastSeenAt, kit.now())})</summary>${transcript(lines, conversation)}</details>`
  }

  function decisionPanel(
    c: StaffContext,
    one: Registration,
    colleagues: Awaited<ReturnType<Kit['accountsInReach']>>,
  ): Markup | '' {
    const officer = c.get('officer')
    if (!mayAct(officer, 'reviewer')) return ''
    const base = `/staff/ho-so/${one.id}`
    const mine = one.officerId === officer.id
    const moves = registrations
      .nextStates(one.state)
      .toSorted((a, b) => Number(b.state === 'approved') - Number(a.state === 'approved'))
    const item = html`<input type="hidden" name="item" value="${one.id}:${one.version}"><input type="hidden" name="back" value="${base}">`
    const others = colleagues.filter(
      (one_) => one_.id !== officer.id && one_.role !== 'viewer' && one_.disabled_at === null,
    )
    return html`<section class="card"><h2>Xử lý</h2>
${one.officerId === null ? kit.form(c, `${base}/nhan`, html`<p class="hint">Nhận để đồng nghiệp biết anh/chị đang làm.</p>${button('Nhận hồ sơ')}`) : ''}
${mine ? html`<p class="hint">Anh/chị đang giữ hồ sơ này.</p><div class="actions">${kit.form(c, `${base}/tra`, button('Trả lại hàng đợi', 'plain'))}</div>` : ''}
${
  mine && others.length > 0
    ? html`<details><summary>Chuyển cho đồng nghiệp</summary>${kit.form(
        c,
        `${base}/chuyen`,
        html`<div class="field"><label for="to-officer">Chuyển cho</label><select id="to-officer" name="officer">${others.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></div>${button('Chuyển', 'plain')}`,
      )}</details>`
    : ''
}
${moves.length === 0 ? html`<p class="muted">Hồ sơ đã kết thúc, không đổi được nữa.</p>` : html`<h2>Quyết định</h2>${moves.map(({ state, reasonNeeded }) => move(c, state, reasonNeeded, item))}`}</section>`
  }

  function move(c: StaffContext, state: State, reasonNeeded: boolean, item: Markup): Markup {
    const hidden = html`${item}<input type="hidden" name="to" value="${state}">`
    const kind =
      state === 'declined' || state === 'cancelled' ? 'danger' : state === 'approved' ? 'primary' : 'plain'
    if (!reasonNeeded && state !== 'approved') {
      return html`<div>${kit.form(c, '/staff/ho-so/xem-truoc', html`${hidden}${button(MOVE_LABEL[state], kind)}`)}</div>`
    }
    return html`<details${state === 'approved' ? html` open` : ''}><summary>${MOVE_LABEL[state]}</summary>${kit.form(
      c,
      '/staff/ho-so/xem-truoc',
      html`${hidden}${state === 'needs_more' ? askFields() : ''}
<div class="field"><label for="r-${state}">Lý do gửi cho người đăng ký${reasonNeeded ? '' : html` <span class="optional">(không bắt buộc)</span>`}</label><textarea id="r-${state}" name="reason" rows="3" maxlength="800"${reasonNeeded ? html` required` : ''}></textarea></div>
${button(`${MOVE_LABEL[state]}…`, kind)}<p class="hint">Trang sau hiện đúng tin sẽ gửi; chưa gửi gì trước khi xác nhận.</p>`,
    )}</details>`
  }

  function askFields(): Markup {
    const asked = registrations.fields.filter(({ key }) => registrations.requestable.includes(key))
    return html`<fieldset class="choices"><legend>Cần bổ sung</legend>${asked.map(
      ({ key, label }) =>
        html`<div><input type="checkbox" id="b-${key}" name="requested" value="${key}"><label for="b-${key}">${label}</label></div>`,
    )}</fieldset>`
  }

  app.post('/ho-so/:id/nhan', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const claimed = await kit.asOfficer(c, async (tx) => {
      const result = await registrations.claim(tx, id, c.get('officer'), kit.now())
      if (result.outcome === 'claimed') {
        await kit.audit(
          c,
          { action: 'claimed', subject: 'registration', subjectId: id, province: result.row.province },
          tx,
        )
      }
      return result
    })
    if (claimed.outcome === 'not_found') return await kit.missing(c)
    return kit.go(
      c,
      `/staff/ho-so/${id}`,
      claimed.outcome === 'claimed'
        ? {
            tone: 'good',
            text: 'Anh/chị đã nhận hồ sơ này.',
            undo: { action: `/staff/ho-so/${id}/tra`, label: 'Trả lại', fields: {} },
          }
        : { tone: 'warn', text: `${claimed.by ?? 'Đồng nghiệp'} đã nhận hồ sơ này trước.` },
    )
  })

  app.post('/ho-so/:id/tra', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const released = await kit.asOfficer(c, async (tx) => {
      const one = await registrations.get(tx, id)
      if (one === null) return null
      const done = await registrations.release(tx, id, c.get('officer'), kit.now())
      if (done)
        await kit.audit(
          c,
          { action: 'released', subject: 'registration', subjectId: id, province: one.province },
          tx,
        )
      return done
    })
    if (released === null) return await kit.missing(c)
    return kit.go(
      c,
      `/staff/ho-so/${id}`,
      released
        ? {
            tone: 'good',
            text: 'Đã trả lại hàng đợi.',
            undo: { action: `/staff/ho-so/${id}/nhan`, label: 'Nhận lại', fields: {} },
          }
        : { tone: 'warn', text: 'Hồ sơ không còn ở tay anh/chị.' },
    )
  })

  app.post('/ho-so/:id/chuyen', reviewer, async (c) => {
    const id = idOf(c)
    const to = (await posted(c))('officer')
    const colleague = (await kit.accountsInReach(c)).find(
      (one) => one.id === to && one.role !== 'viewer' && one.disabled_at === null,
    )
    if (id === null || colleague === undefined) return await kit.missing(c)
    const outcome = await kit.asOfficer(c, async (tx) => {
      const one = await registrations.get(tx, id)
      if (one === null) return 'missing' as const
      if (!colleague.provinces.includes('*') && !colleague.provinces.includes(one.province))
        return 'blind' as const
      const done = await registrations.handOver(
        tx,
        id,
        c.get('officer'),
        { id: colleague.id, name: colleague.name },
        kit.now(),
      )
      if (done)
        await kit.audit(
          c,
          {
            action: 'handed_over',
            subject: 'registration',
            subjectId: id,
            province: one.province,
            details: { to: colleague.id },
          },
          tx,
        )
      return done ? ('done' as const) : ('lost' as const)
    })
    if (outcome === 'missing') return await kit.missing(c)
    const flash = {
      done: { tone: 'good', text: `Đã chuyển cho ${colleague.name}.` },
      lost: { tone: 'warn', text: 'Chưa chuyển: hồ sơ không còn ở tay anh/chị.' },
      blind: { tone: 'warn', text: `Chưa chuyển: ${colleague.name} không phụ trách tỉnh này.` },
    } as const
    return kit.go(c, `/staff/ho-so/${id}`, flash[outcome])
  })

  app.post('/ho-so/:id/ghi-chu', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const text = (await posted(c))('note')
    const saved = await kit.asOfficer(c, async (tx) => {
      const one = await registrations.get(tx, id)
      if (one === null) return null
      const done = await registrations.note(tx, id, c.get('officer'), text, kit.now())
      if (done)
        await kit.audit(
          c,
          { action: 'noted', subject: 'registration', subjectId: id, province: one.province },
          tx,
        )
      return done
    })
    if (saved === null) return await kit.missing(c)
    return kit.go(
      c,
      `/staff/ho-so/${id}`,
      saved ? { tone: 'good', text: 'Đã lưu ghi chú.' } : { tone: 'bad', text: 'Chưa lưu: ghi chú trống.' },
    )
  })

  return app
}
