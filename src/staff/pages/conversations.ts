import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { mayAct } from '../accounts/guard.ts'
import type { ConversationView } from '../deps.ts'
import { atLeast, idOf, type Kit, momentOf, posted } from '../kit.ts'
import { cannedReplies } from '../settings/canned.ts'
import { ago, dateTime, lasting } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { badge, button, empty, facts, field, notice, pageHead, pager, table } from '../ui/parts.ts'
import { transcript, transcriptLines } from './transcript.ts'

/** The list of people who wait for an officer, all conversations, and one of them: read, take over, answer, give back. */

/** An officer who takes over has the conversation this long after the last thing done in it. */
const HOLD_MS = 30 * 60 * 1000
const CHANNEL = { web: 'Trang web', telegram: 'Telegram', zalo: 'Zalo', terminal: 'Dòng lệnh' } as const
const PAGE = 50

export function conversationPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { conversations, outbox } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')

  app.get('/dang-cho', async (c) => {
    const now = kit.now()
    const rows = await kit.asOfficer(c, (tx) => conversations.waiting(tx, 200))
    const body = html`${pageHead('Người đang chờ gặp cán bộ', { lead: 'Ai chờ lâu nhất ở trên cùng. Người chờ đã được báo đúng giờ làm việc của đơn vị.' })}
${
  rows.length === 0
    ? empty('Không có ai đang chờ', 'Khi có người xin gặp cán bộ, số người chờ hiện ngay ở danh mục.')
    : table(
        'Người đang chờ',
        [
          {
            label: 'Người hỏi',
            main: true,
            cell: (row) => html`<a href="/staff/hoi-thoai/${row.id}">${who(row)}</a>`,
          },
          { label: 'Đã chờ', cell: (row) => waitingBadge(row, now) },
          { label: 'Muốn hỏi', cell: (row) => kit.wordsFor(c)(row.waitingReason ?? '') },
          { label: 'Tỉnh', cell: (row) => kit.provinceName(row.province) },
          { label: 'Kênh', cell: (row) => CHANNEL[row.address.channel] },
        ],
        rows,
      )
}`
    return await kit.render(c, { title: 'Đang chờ', active: '/staff/dang-cho', body })
  })

  app.get('/hoi-thoai', async (c) => {
    const before = momentOf(c, 'truoc')
    const now = kit.now()
    const name = await kit.officerNames()
    const rows = await kit.asOfficer(c, (tx) => conversations.recent(tx, PAGE, before))
    const oldest = rows.at(-1)
    const body = html`${pageHead('Hội thoại', { lead: 'Mới nhất ở trên. Mở để đọc, trả lời trực tiếp rồi trao lại cho trợ lý.' })}
${
  rows.length === 0
    ? empty('Chưa có hội thoại nào', 'Hội thoại của người dân tỉnh anh/chị phụ trách sẽ hiện ở đây.')
    : table(
        'Hội thoại',
        [
          {
            label: 'Người hỏi',
            main: true,
            cell: (row) => html`<a href="/staff/hoi-thoai/${row.id}">${who(row)}</a>`,
          },
          { label: 'Tỉnh', cell: (row) => kit.provinceName(row.province) },
          { label: 'Kênh', cell: (row) => CHANNEL[row.address.channel] },
          { label: 'Tin cuối', cell: (row) => ago(row.lastSeenAt, now) },
          { label: 'Ai trả lời', cell: (row) => holder(row, now, name) },
        ],
        rows,
      )
}
${pager(
  before === null ? null : '/staff/hoi-thoai',
  rows.length === PAGE && oldest ? `/staff/hoi-thoai?truoc=${oldest.lastSeenAt.toISOString()}` : null,
  `${rows.length} hội thoại`,
)}`
    return await kit.render(c, { title: 'Hội thoại', active: '/staff/hoi-thoai', body })
  })

  function holder(row: ConversationView, now: Date, name: (id: string) => string): Markup {
    if (row.waitingSince !== null) return badge('Chờ cán bộ', 'bad')
    const by = held(row, now)
    return by === null ? badge('Trợ lý') : badge(name(by), 'info')
  }

  app.get('/hoi-thoai/:id', async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const before = momentOf(c, 'truoc')
    const live = c.req.header('x-part') === 'live'
    const found = await kit.asOfficer(c, async (tx) => {
      const conversation = await conversations.findById(tx, id)
      if (conversation === null) return null
      if (!live) {
        await kit.audit(
          c,
          { action: 'viewed', subject: 'conversation', subjectId: id, province: conversation.province },
          tx,
        )
      }
      return {
        conversation,
        lines: await transcriptLines(kit.deps, tx, {
          lane: conversation.lane,
          before,
          words: kit.wordsFor(c),
        }),
        canned: await cannedReplies(tx, conversation.province),
      }
    })
    if (found === null) return await kit.missing(c)
    const { conversation, lines, canned } = found
    const name = await kit.officerNames()
    const body = html`${pageHead(who(conversation), { back: { href: '/staff/hoi-thoai', label: 'Hội thoại' } })}
<div class="two"><section aria-label="Nội dung hội thoại">${transcript(lines, conversation)}</section>
<div class="stack">${panel(c, conversation, canned, { chosen: c.req.query('mau'), name })}</div></div>`
    return await kit.render(c, { title: who(conversation), active: '/staff/hoi-thoai', body })
  })

  function panel(
    c: StaffContext,
    row: ConversationView,
    canned: Awaited<ReturnType<typeof cannedReplies>>,
    { chosen, name }: { chosen: string | undefined; name: (id: string) => string },
  ): Markup {
    const now = kit.now()
    const officer = c.get('officer')
    const by = held(row, now)
    const mine = by === officer.id
    const base = `/staff/hoi-thoai/${row.id}`
    const info = html`<section class="card"><h2>Thông tin</h2>${facts([
      ['Tỉnh', kit.provinceName(row.province)],
      ['Kênh', CHANNEL[row.address.channel]],
      ['Ngôn ngữ', row.language === 'en' ? 'Tiếng Anh' : 'Tiếng Việt'],
      ['Tin cuối', dateTime(row.lastSeenAt)],
      ['Đang chờ', row.waitingSince === null ? null : waitingBadge(row, now)],
      ['Muốn hỏi', kit.wordsFor(c)(row.waitingReason ?? '')],
      [
        'Ai trả lời',
        by === null ? 'Trợ lý tự động' : `${name(by)}, đến ${dateTime(row.officerUntil ?? now)}`,
      ],
      ['Liên lạc', row.reachable ? null : badge('Không nhắn tới được', 'bad')],
    ])}</section>`
    if (!mayAct(officer, 'reviewer')) return info
    if (by !== null && !mine) {
      return html`${notice('info', `${name(by)} đang trả lời.`, 'Chờ đồng nghiệp trao lại, hoặc hết giờ giữ thì nhận được.')}${info}`
    }
    if (!mine) {
      return html`<section class="card"><h2>Trả lời trực tiếp</h2><p class="hint">Nhận rồi thì trợ lý im lặng với người này, đến khi anh/chị trao lại hoặc sau 30 phút không làm gì.</p>
${kit.form(c, `${base}/nhan`, button('Nhận trả lời'))}</section>${info}`
    }
    const template = canned.find(({ id }) => id === chosen)
    return html`<section class="card"><h2>Trả lời</h2>
${
  canned.length === 0
    ? html`<p class="hint">Câu trả lời mẫu thêm ở <a href="/staff/cai-dat/mau">Cài đặt</a>.</p>`
    : html`<form method="get" action="${base}" class="actions"><div class="field"><label for="mau">Câu mẫu</label><select id="mau" name="mau" data-canned><option value="">Chọn câu mẫu</option>${canned.map(
        ({ id, title, body }) =>
          html`<option value="${id}" data-text="${body}"${id === chosen ? html` selected` : ''}>${title}</option>`,
      )}</select></div>${button('Dùng mẫu', 'plain')}</form>`
}
${kit.form(
  c,
  `${base}/tra-loi`,
  html`${field('text', 'Tin nhắn', { rows: 6, required: true, maxlength: 1800, value: template?.body ?? '', hint: 'Người dân thấy tên vai trò “cán bộ”, không thấy tên anh/chị.' })}<input type="hidden" name="nonce" value="${randomUUID()}">
<div class="actions">${button('Gửi')}</div>`,
)}
<h2>Xong việc</h2>${kit.form(c, `${base}/trao-lai`, button('Trao lại cho trợ lý', 'plain'))}</section>${info}`
  }

  app.post('/hoi-thoai/:id/nhan', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const officer = c.get('officer')
    const until = new Date(kit.now().getTime() + HOLD_MS)
    const outcome = await kit.asOfficer(c, async (tx) => {
      const row = await conversations.findById(tx, id)
      if (row === null) return 'missing' as const
      const taken = await conversations.takeOver(tx, id, officer.id, until)
      if (taken) {
        await kit.audit(
          c,
          { action: 'taken_over', subject: 'conversation', subjectId: id, province: row.province },
          tx,
        )
      }
      return taken ? ('taken' as const) : ('busy' as const)
    })
    if (outcome === 'missing') return await kit.missing(c)
    return kit.go(
      c,
      `/staff/hoi-thoai/${id}`,
      outcome === 'taken'
        ? { tone: 'good', text: 'Anh/chị đang trả lời người này; trợ lý im lặng.' }
        : { tone: 'warn', text: 'Đồng nghiệp đã nhận trước.' },
    )
  })

  app.post('/hoi-thoai/:id/tra-loi', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const officer = c.get('officer')
    const form = await posted(c)
    const text = form('text').slice(0, 1800)
    const nonce = z.uuid().safeParse(form('nonce'))
    const now = kit.now()
    const outcome = await kit.asOfficer(c, async (tx) => {
      const row = await conversations.findById(tx, id)
      if (row === null) return 'missing' as const
      if (text === '' || !nonce.success) return 'empty' as const
      // Answering goes on holding the conversation; a colleague who has it by now is not talked over.
      if (!(await conversations.takeOver(tx, id, officer.id, new Date(now.getTime() + HOLD_MS))))
        return 'busy' as const
      await outbox.say(
        tx,
        row.address,
        { text, citations: [], actions: [] },
        {
          cause: `officer:${nonce.data}`,
          from: 'officer',
          province: row.province,
        },
      )
      await kit.audit(
        c,
        { action: 'answered', subject: 'conversation', subjectId: id, province: row.province },
        tx,
      )
      return 'said' as const
    })
    if (outcome === 'missing') return await kit.missing(c)
    const flash = {
      said: { tone: 'good', text: 'Đã gửi.' },
      empty: { tone: 'bad', text: 'Chưa gửi: tin nhắn trống.' },
      busy: { tone: 'warn', text: 'Chưa gửi: đồng nghiệp vừa nhận trả lời người này.' },
    } as const
    return kit.go(c, `/staff/hoi-thoai/${id}`, flash[outcome])
  })

  app.post('/hoi-thoai/:id/trao-lai', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const officer = c.get('officer')
    const outcome = await kit.asOfficer(c, async (tx) => {
      const row = await conversations.findById(tx, id)
      if (row === null) return 'missing' as const
      const by = held(row, kit.now())
      if (by !== null && by !== officer.id && officer.role !== 'administrator') return 'busy' as const
      await conversations.giveBack(tx, id)
      await kit.audit(
        c,
        { action: 'given_back', subject: 'conversation', subjectId: id, province: row.province },
        tx,
      )
      return 'given' as const
    })
    if (outcome === 'missing') return await kit.missing(c)
    return kit.go(
      c,
      `/staff/hoi-thoai/${id}`,
      outcome === 'busy'
        ? { tone: 'warn', text: 'Đồng nghiệp đang trả lời; chỉ người đó hoặc quản trị viên trao lại được.' }
        : {
            tone: 'good',
            text: 'Đã trao lại cho trợ lý.',
            undo: { action: `/staff/hoi-thoai/${id}/nhan`, label: 'Nhận lại', fields: {} },
          },
    )
  })

  app.get('/goi-dien', async (c) => {
    const closed = c.req.query('xem') === 'xong'
    const now = kit.now()
    const rows = await kit.asOfficer(c, (tx) => outbox.callTasks.list(tx, { open: !closed, limit: 200 }))
    const body = html`${pageHead('Cần gọi điện', { lead: 'Tin không tới được người dân qua kênh chat: gọi điện rồi đánh dấu đã gọi.' })}
<ul class="views"><li><a href="/staff/goi-dien"${closed ? '' : html` aria-current="true"`}>Chưa gọi</a></li><li><a href="/staff/goi-dien?xem=xong"${closed ? html` aria-current="true"` : ''}>Đã gọi</a></li></ul>
${
  rows.length === 0
    ? empty(
        closed ? 'Chưa có cuộc gọi nào' : 'Không còn ai phải gọi',
        closed ? '' : 'Mọi tin gần đây đều đã tới nơi.',
      )
    : table(
        'Việc gọi điện',
        [
          {
            label: 'Nội dung cần báo',
            main: true,
            cell: (row) =>
              html`<span class="pre">${kit.wordsFor(c)(row.text)}</span><span class="sub">${row.reason}</span>`,
          },
          {
            label: 'Hồ sơ',
            cell: (row) =>
              row.registrationId === null
                ? ''
                : html`<a href="/staff/ho-so/${row.registrationId}">Mở hồ sơ, số điện thoại</a>`,
          },
          { label: 'Tỉnh', cell: (row) => kit.provinceName(row.province) },
          { label: 'Từ lúc', cell: (row) => ago(row.createdAt, now) },
          {
            label: '',
            cell: (row) =>
              row.closedAt !== null
                ? `${dateTime(row.closedAt)}`
                : mayAct(c.get('officer'), 'reviewer')
                  ? kit.form(c, `/staff/goi-dien/${row.id}`, button('Đã gọi', 'plain'))
                  : '',
          },
        ],
        rows,
      )
}`
    return await kit.render(c, { title: 'Cần gọi điện', active: '/staff/goi-dien', body })
  })

  app.post('/goi-dien/:id', reviewer, async (c) => {
    const id = idOf(c)
    if (id === null) return await kit.missing(c)
    const closed = await kit.asOfficer(c, async (tx) => {
      const done = await outbox.callTasks.close(tx, id, c.get('officer').id)
      if (done)
        await kit.audit(c, { action: 'closed', subject: 'call_task', subjectId: id, province: null }, tx)
      return done
    })
    return closed
      ? kit.go(c, '/staff/goi-dien', { tone: 'good', text: 'Đã đánh dấu đã gọi.' })
      : await kit.missing(c)
  })

  return app
}

/** Id of the officer who has the conversation at `now`. */
function held(row: ConversationView, now: Date): string | null {
  return row.officer !== null && row.officerUntil !== null && row.officerUntil > now ? row.officer : null
}

function waitingBadge(row: ConversationView, now: Date): Markup {
  if (row.waitingSince === null) return html``
  const minutes = (now.getTime() - row.waitingSince.getTime()) / 60_000
  return badge(lasting(row.waitingSince, now), minutes >= 60 ? 'bad' : minutes >= 15 ? 'warn' : 'info')
}

/** A conversation is named by its channel and the end of its id: platforms' names of people are not kept. */
function who(row: Pick<ConversationView, 'address' | 'id'>): string {
  return `Người hỏi qua ${CHANNEL[row.address.channel]} · ${row.id.slice(0, 6)}`
}
