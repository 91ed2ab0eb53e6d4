import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit, posted, postedAll } from '../kit.ts'
import { type Changed, type Decision, type FieldKey, STATES, type State } from '../registrations.ts'
import { count, dateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { badge, button, empty, field, linkButton, notice, pageHead, table } from '../ui/parts.ts'
import { eventTitle, MOVE_LABEL, STATE_LABEL } from './registration-labels.ts'

/**
 * Deciding on one registration or many, always in two steps: the page shows what would change and the very words that
 * would be sent, then the officer confirms. What a colleague did in between is told, never overwritten.
 */

const MOST = 200
const Item = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,9}$/)

interface Wish {
  items: { id: string; version: number }[]
  to: string
  reason: string
  message: string
  requested: FieldKey[]
  back: string
}

type Result = { id: string; result: Changed }

/** Undoes the try-out of a preview. */
class OnlyTrying extends Error {
  readonly results: readonly Result[]
  constructor(results: readonly Result[]) {
    super('preview')
    this.results = results
  }
}

export function decisionPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { registrations } = kit.deps
  app.use('/ho-so/xem-truoc', atLeast(kit, 'reviewer'))
  app.use('/ho-so/quyet-dinh', atLeast(kit, 'reviewer'))
  app.use('/ho-so/giao', atLeast(kit, 'reviewer'))

  async function readWish(c: StaffContext): Promise<Wish> {
    const form = await posted(c)
    const items = (await postedAll(c, 'item')).filter((item) => Item.safeParse(item).success).slice(0, MOST)
    const back = form('back')
    const asked = await postedAll(c, 'requested')
    return {
      items: items.map((item) => ({ id: item.slice(0, 36), version: Number(item.slice(37)) })),
      to: form('to'),
      reason: form('reason').slice(0, 800),
      message: form('message').slice(0, 800),
      requested: registrations.requestable.filter((key) => asked.includes(key)),
      back: /^\/staff\/ho-so\/[0-9a-f-]{36}$/.test(back) ? back : '/staff/ho-so',
    }
  }

  function decisionOf(c: StaffContext, wish: Wish, to: State): Decision {
    const { id, name } = c.get('officer')
    return {
      to,
      officer: { id, name },
      reason: wish.reason === '' ? null : wish.reason,
      message: wish.message === '' ? null : wish.message,
      ...(to === 'needs_more' ? { requested: wish.requested } : {}),
    }
  }

  /** What would happen, learned by doing it in a transaction that is then undone: the preview cannot differ. */
  async function tryOut(c: StaffContext, wish: Wish, to: State): Promise<readonly Result[]> {
    try {
      await kit.asOfficer(c, async (tx) => {
        throw new OnlyTrying(
          await registrations.changeMany(tx, wish.items, decisionOf(c, wish, to), kit.now()),
        )
      })
    } catch (error) {
      if (error instanceof OnlyTrying) return error.results
      throw error
    }
    return []
  }

  app.post('/ho-so/xem-truoc', async (c) => {
    const wish = await readWish(c)
    if (wish.items.length === 0) return kit.go(c, wish.back, { tone: 'warn', text: 'Chưa chọn hồ sơ nào.' })
    if (wish.to.startsWith('giao:')) return await showAssignment(c, wish)
    const to = STATES.find((state) => state === wish.to)
    if (to === undefined) return kit.go(c, wish.back, { tone: 'warn', text: 'Chưa chọn việc cần làm.' })
    const results = await tryOut(c, wish, to)
    if (results.every(({ result }) => result.outcome === 'not_found')) return await kit.missing(c)
    return await showPreview(c, wish, to, results)
  })

  async function showPreview(c: StaffContext, wish: Wish, to: State, results: readonly Result[]) {
    const ready = results.filter(({ result }) => result.outcome === 'changed')
    const lacksReason = results.some(({ result }) => result.outcome === 'reason_missing')
    const first = ready[0]?.result
    const title = `${MOVE_LABEL[to]}: xem trước`
    const again = html`${hiddenItems(wish)}<input type="hidden" name="to" value="${to}"><input type="hidden" name="back" value="${wish.back}">${wish.requested.map((key) => html`<input type="hidden" name="requested" value="${key}">`)}`
    const body = html`${pageHead(title, { back: { href: wish.back, label: wish.back === '/staff/ho-so' ? 'Hồ sơ' : 'Hồ sơ đang xem' } })}
<div class="two"><div class="stack">
${resultTable(results)}
${first?.outcome === 'changed' && first.said ? html`<section class="card"><h2>Tin sẽ gửi${ready.length > 1 ? ' (hồ sơ đầu tiên; các hồ sơ khác tương tự)' : ''}</h2><p class="pre quote">${first.said.text}</p></section>` : ''}
${first?.outcome === 'changed' && !first.said ? notice('info', 'Không có tin nào được gửi.', 'Hồ sơ không gắn với cuộc trò chuyện; cần báo thì gọi điện.') : ''}
</div><div class="stack">
<section class="card"><h2>Xác nhận</h2>
${
  ready.length === 0
    ? html`<p class="muted">Chưa có hồ sơ nào sẵn sàng.</p>`
    : kit.form(
        c,
        '/staff/ho-so/quyet-dinh',
        html`${again}<input type="hidden" name="reason" value="${wish.reason}"><input type="hidden" name="message" value="${wish.message}">
<p>${count(ready.length)} hồ sơ sẽ chuyển sang ${badge(...STATE_LABEL[to])}.</p><div class="actions">${button(`${MOVE_LABEL[to]} ${count(ready.length)} hồ sơ`, to === 'declined' || to === 'cancelled' ? 'danger' : 'primary')}${linkButton(wish.back, 'Thôi')}</div>`,
      )
}</section>
<details class="card"${lacksReason ? html` open` : ''}><summary>Sửa lý do, lời nhắn</summary>${kit.form(
      c,
      '/staff/ho-so/xem-truoc',
      html`${again}${field('reason', 'Lý do', { rows: 3, maxlength: 800, value: wish.reason, ...(lacksReason ? { error: 'Việc này cần lý do để báo cho người đăng ký.', required: true } : {}) })}${field('message', 'Lời nhắn thêm', { rows: 3, maxlength: 800, value: wish.message })}${button('Xem lại', 'plain')}`,
    )}</details></div></div>`
    return await kit.render(c, { title, active: '/staff/ho-so', body })
  }

  function hiddenItems({ items }: Wish): Markup {
    return html`${items.map(({ id, version }) => html`<input type="hidden" name="item" value="${id}:${version}">`)}`
  }

  function resultTable(results: readonly Result[]): Markup {
    return table(
      'Hồ sơ và kết quả',
      [
        {
          label: 'Hồ sơ',
          main: true,
          cell: ({ id, result }) =>
            result.outcome === 'not_found'
              ? 'Không tìm thấy'
              : html`<a href="/staff/ho-so/${id}">${result.registration.enterpriseName || result.registration.reference}</a><span class="sub code">${result.registration.reference}</span>`,
        },
        { label: 'Kết quả', cell: ({ result }) => explain(result) },
      ],
      results,
    )
  }

  function explain(result: Changed): Markup | string {
    switch (result.outcome) {
      case 'changed':
        return badge(STATE_LABEL[result.registration.state][0], STATE_LABEL[result.registration.state][1])
      case 'changed_meanwhile': {
        const { last, registration } = result
        const did =
          last === null
            ? 'Hồ sơ vừa thay đổi'
            : `${last.actorName ?? 'Người đăng ký'}: ${eventTitle(last, fieldName).toLowerCase()}, ${dateTime(last.at)}`
        return html`${badge('Đồng nghiệp làm trước', 'warn')}<span class="sub">${did}. Hiện là “${STATE_LABEL[registration.state][0]}”.</span>`
      }
      case 'not_allowed':
        return html`${badge('Không đổi được', 'warn')}<span class="sub">Đang là “${STATE_LABEL[result.registration.state][0]}”.</span>`
      case 'reason_missing':
        return badge('Cần lý do', 'warn')
      case 'not_found':
        return badge('Không tìm thấy', 'bad')
    }
  }
  const fieldName = (key: FieldKey) => registrations.fields.find((one) => one.key === key)?.label ?? key

  app.post('/ho-so/quyet-dinh', async (c) => {
    const wish = await readWish(c)
    const to = STATES.find((state) => state === wish.to)
    if (to === undefined || wish.items.length === 0) return await kit.missing(c)
    const results = await kit.asOfficer(c, async (tx) => {
      const done = await registrations.changeMany(tx, wish.items, decisionOf(c, wish, to), kit.now())
      for (const { id, result } of done) {
        if (result.outcome !== 'changed') continue
        const { province } = result.registration
        await kit.audit(
          c,
          { action: 'decided', subject: 'registration', subjectId: id, province, details: { to } },
          tx,
        )
      }
      return done
    })
    if (results.every(({ result }) => result.outcome === 'not_found')) return await kit.missing(c)
    const changed = results.filter(({ result }) => result.outcome === 'changed')
    if (changed.length === results.length) {
      return kit.go(c, wish.back, {
        tone: 'good',
        text: `${MOVE_LABEL[to]}: xong ${count(changed.length)} hồ sơ. Người đăng ký đã được báo.`,
      })
    }
    const body = html`${pageHead('Kết quả', { back: { href: '/staff/ho-so', label: 'Hồ sơ' } })}
${notice('warn', `${count(changed.length)} hồ sơ đã xong, ${count(results.length - changed.length)} hồ sơ chưa.`, 'Những hồ sơ chưa xong không bị ghi đè; mở ra để xem đồng nghiệp đã làm gì.')}
${results.length === 0 ? empty('Không có hồ sơ nào') : resultTable(results)}`
    return await kit.render(c, { title: 'Kết quả', active: '/staff/ho-so', body }, 409)
  })

  async function receiver(c: StaffContext, id: string) {
    return (await kit.accountsInReach(c)).find(
      (one) => one.id === id && one.role !== 'viewer' && one.disabled_at === null,
    )
  }

  async function showAssignment(c: StaffContext, wish: Wish) {
    const to = await receiver(c, wish.to.slice('giao:'.length))
    if (to === undefined) return await kit.missing(c)
    const body = html`${pageHead(`Giao cho ${to.name}`, { back: { href: '/staff/ho-so', label: 'Hồ sơ' } })}
<div class="card form-narrow">${kit.form(c, '/staff/ho-so/giao', html`${hiddenItems(wish)}<input type="hidden" name="to" value="${to.id}"><p>Giao ${count(wish.items.length)} hồ sơ cho <strong>${to.name}</strong>. Không gửi gì cho người đăng ký. Hồ sơ người khác đang giữ thì để nguyên.</p><div class="actions">${button('Giao')}${linkButton('/staff/ho-so', 'Thôi')}</div>`)}</div>`
    return await kit.render(c, { title: `Giao cho ${to.name}`, active: '/staff/ho-so', body })
  }

  app.post('/ho-so/giao', async (c) => {
    const wish = await readWish(c)
    const to = await receiver(c, wish.to)
    if (to === undefined || wish.items.length === 0) return await kit.missing(c)
    const me = c.get('officer')
    const given = await kit.asOfficer(c, async (tx) => {
      let done = 0
      for (const { id } of [...wish.items].sort((a, b) => (a.id < b.id ? -1 : 1))) {
        const claimed = await registrations.claim(tx, id, me, kit.now())
        if (claimed.outcome !== 'claimed') continue
        const { province } = claimed.row
        if (!to.provinces.includes('*') && !to.provinces.includes(province)) {
          await registrations.release(tx, id, me, kit.now())
          continue
        }
        if (to.id !== me.id) await registrations.handOver(tx, id, me, { id: to.id, name: to.name }, kit.now())
        await kit.audit(
          c,
          { action: 'assigned', subject: 'registration', subjectId: id, province, details: { to: to.id } },
          tx,
        )
        done++
      }
      return done
    })
    const left = wish.items.length - given
    return kit.go(c, '/staff/ho-so', {
      tone: left === 0 ? 'good' : 'warn',
      text: `Đã giao ${count(given)} hồ sơ cho ${to.name}.${left === 0 ? '' : ` ${count(left)} hồ sơ để nguyên: người khác đang giữ hoặc không thuộc tỉnh.`}`,
    })
  })

  return app
}
