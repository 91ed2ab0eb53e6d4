import { Hono } from 'hono'
import { html } from 'hono/html'
import { mayAct, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import { deleteView, savedViews, saveView } from '../accounts/store.ts'
import { atLeast, idOf, type Kit, posted } from '../kit.ts'
import { type Filter, type ListRow, STATES, type State } from '../registrations.ts'
import { ago, count, day, maskName } from '../ui/format.ts'
import { icon, type Markup } from '../ui/layout.ts'
import { badge, button, empty, linkButton, type Option, pageHead, pager, select, table } from '../ui/parts.ts'
import { cleanQuery, type QueueFilter, queueHref, readFilter } from './queue-filter.ts'
import { KIND_LABEL, MOVE_LABEL, STATE_LABEL } from './registration-labels.ts'

/** The queue: filters, saved views, search, "Lấy hồ sơ tiếp theo", ticking many. Newest first unless told. */

const PAGE = 50
const COUNTS_MS = 30_000
const BULK: readonly State[] = ['approved', 'needs_more', 'waitlisted', 'declined']

export function queuePages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { registrations, db } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')

  /**
   * Counting 100,000 rows takes longer than a page may, so the numbers are counted beside it and shown from the next
   * page on; they are half a minute old at most while somebody works.
   */
  const counted = new Map<string, { at: number; numbers: Record<State, number> | null; busy: boolean }>()
  function numbersFor(c: StaffContext, filter: Filter): Record<State, number> | null {
    const { provinces } = c.get('officer')
    const key = JSON.stringify([provinces, { ...filter, states: undefined }])
    const known = counted.get(key) ?? { at: 0, numbers: null, busy: false }
    const at = kit.now().getTime()
    if (!known.busy && Math.abs(at - known.at) > COUNTS_MS) {
      if (counted.size > 500) counted.clear()
      counted.set(key, { ...known, busy: true })
      db.asOfficer(provinces, (tx) => registrations.counts(tx, filter))
        .then((numbers) => counted.set(key, { at, numbers, busy: false }))
        .catch(() => counted.delete(key))
    }
    return known.numbers
  }

  app.get('/ho-so', async (c) => {
    const officer = c.get('officer')
    const queue = readFilter(c.req.query(), officer.id)
    const accounts = await kit.accountsInReach(c)
    const views = await savedViews(db, officer.id)
    const { rows, next } = await kit.asOfficer(c, async (tx) => {
      const found = await registrations.list(tx, queue.filter, {
        limit: PAGE,
        after: queue.after,
        order: queue.order,
      })
      await kit.audit(
        c,
        {
          action: 'listed',
          subject: 'registration',
          subjectId: null,
          province: null,
          details: { rows: found.rows.length },
        },
        tx,
      )
      return found
    })
    const may = mayAct(officer, 'reviewer')
    const numbers = numbersFor(c, queue.filter)
    const body = html`${pageHead('Hồ sơ', {
      actions: html`${may ? kit.form(c, '/staff/ho-so/tiep-theo', html`<input type="hidden" name="query" value="${queue.query}">${button('Lấy hồ sơ tiếp theo')}`) : ''}`,
    })}
${viewTabs(queue, numbers)}${savedTabs(c, views, queue)}
${filterForm(
  c,
  queue,
  accounts.map(({ id, name }) => [id, name] as const),
)}
${rows.length === 0 ? nothing(queue) : may ? kit.form(c, '/staff/ho-so/xem-truoc', html`${list(c, rows)}${bulkBar(accounts.filter((account) => account.disabled_at === null && account.role !== 'viewer').map(({ id, name }) => [id, name] as const))}`) : list(c, rows)}
${pager(queue.after === null ? null : queueHref(queue.query), next === null ? null : queueHref(queue.query, { sau: next }), `${count(rows.length)} hồ sơ ở trang này`)}`
    return await kit.render(c, { title: 'Hồ sơ', active: '/staff/ho-so', body })
  })

  function viewTabs({ query }: QueueFilter, numbers: Record<State, number> | null): Markup {
    const total = (states: readonly State[]) =>
      numbers === null ? '' : ` (${count(states.reduce((sum, state) => sum + numbers[state], 0))})`
    const tabs: readonly (readonly [string, string, string])[] = [
      ['', 'Tất cả', total(STATES)],
      ['trang-thai=new&ai=chua', 'Chưa ai nhận', ''],
      ['trang-thai=mo&ai=toi', 'Của tôi', ''],
      ...(['new', 'reviewing', 'needs_more', 'approved'] as const).map(
        (state) => [`trang-thai=${state}`, STATE_LABEL[state][0], total([state])] as const,
      ),
    ]
    return html`<ul class="views" aria-label="Bộ lọc sẵn">${tabs.map(
      ([tab, label, number]) =>
        html`<li><a href="${queueHref(tab)}"${tab === query ? html` aria-current="true"` : ''}>${label}${number}</a></li>`,
    )}</ul>`
  }

  function savedTabs(
    c: StaffContext,
    views: Awaited<ReturnType<typeof savedViews>>,
    queue: QueueFilter,
  ): Markup {
    const current = views.find(({ query }) => query === queue.query)
    return html`${
      views.length === 0
        ? ''
        : html`<ul class="views" aria-label="Bộ lọc của tôi">${views.map(
            (view) =>
              html`<li><a href="${queueHref(view.query)}"${view === current ? html` aria-current="true"` : ''}>★ ${view.name}</a></li>`,
          )}</ul>`
    }${
      current
        ? kit.form(c, `/staff/ho-so/bo-loc/${current.id}/xoa`, button(`Bỏ bộ lọc “${current.name}”`, 'quiet'))
        : ''
    }`
  }

  function filterForm(c: StaffContext, queue: QueueFilter, accounts: readonly Option[]): Markup {
    const own = c.get('officer').provinces
    const provinces = kit.deps.provinces.filter(({ code }) => own === '*' || own.includes(code))
    const value = (name: string) => new URLSearchParams(queue.query).get(name) ?? ''
    return html`<form method="get" action="/staff/ho-so" class="filters" role="search">
<div class="field wide"><label for="q">Tìm</label><input id="q" name="q" type="search" value="${value('q')}" placeholder="Tên, điện thoại, mã số thuế, mã hồ sơ" autocomplete="off"></div>
<div class="actions">${button('Lọc', 'plain')}</div>
<details${['trang-thai', 'ai', 'loai', 'noi-dung', 'tinh', 'tu', 'den', 'xep'].some((name) => value(name) !== '') ? html` open` : ''}><summary>Lọc thêm</summary>
${select('trang-thai', 'Trạng thái', [['', 'Mọi trạng thái'], ['mo', 'Chưa xong'], ...STATES.map((state) => [state, STATE_LABEL[state][0]] as const)], value('trang-thai'))}
${select('ai', 'Người xử lý', [['', 'Bất kỳ ai'], ['chua', 'Chưa ai nhận'], ['toi', 'Tôi'], ...accounts], value('ai'))}
${provinces.length > 1 ? select('tinh', 'Tỉnh', [['', 'Mọi tỉnh của tôi'], ...provinces.map(({ code, name }) => [code, name] as const)], value('tinh')) : ''}
${select(
  'loai',
  'Loại',
  [
    ['', 'Cả hai loại'],
    ['interest', KIND_LABEL.interest],
    ['training', KIND_LABEL.training],
  ],
  value('loai'),
)}
${select('noi-dung', 'Nội dung', [['', 'Mọi nội dung'], ...kit.deps.supportKinds.map(({ key, name }) => [key, name] as const)], value('noi-dung'))}
<div class="field"><label for="tu">Từ ngày</label><input id="tu" name="tu" type="date" value="${value('tu')}"></div>
<div class="field"><label for="den">Đến ngày</label><input id="den" name="den" type="date" value="${value('den')}"></div>
${select(
  'xep',
  'Thứ tự',
  [
    ['', 'Mới nhất trước'],
    ['cu', 'Cũ nhất trước'],
  ],
  value('xep'),
)}</details></form>
${
  queue.query === ''
    ? ''
    : html`<div class="bulk"><a href="/staff/ho-so">Bỏ lọc</a> <a href="/staff/bao-cao?${queue.query}">Xuất danh sách này</a>
<details><summary>Lưu bộ lọc này</summary>${kit.form(c, '/staff/ho-so/bo-loc', html`<input type="hidden" name="query" value="${queue.query}"><div class="field"><label for="ten-loc">Tên bộ lọc</label><input id="ten-loc" name="name" required maxlength="60"></div>${button('Lưu', 'plain')}`)}</details></div>`
}`
  }

  function nothing(queue: QueueFilter): Markup {
    return queue.query === ''
      ? empty('Chưa có hồ sơ nào', 'Khi có người đăng ký qua trợ lý, hồ sơ hiện ngay ở đây.')
      : empty(
          'Không có hồ sơ khớp',
          'Thử ít điều kiện hơn. Tên không cần gõ dấu.',
          linkButton('/staff/ho-so', 'Bỏ lọc'),
        )
  }

  function list(c: StaffContext, rows: readonly ListRow[]): Markup {
    const now = kit.now()
    const may = mayAct(c.get('officer'), 'reviewer')
    return table(
      'Hồ sơ',
      [
        ...(may
          ? [
              {
                label: '',
                pick: true,
                cell: (row: ListRow) =>
                  html`<input type="checkbox" name="item" value="${row.id}:${row.version}" aria-label="Chọn hồ sơ ${row.reference}">`,
              },
            ]
          : []),
        {
          label: 'Cơ sở',
          main: true,
          cell: (row) =>
            html`<a href="/staff/ho-so/${row.id}">${row.enterpriseName || row.reference}</a><span class="sub"><span class="code">${row.reference}</span> · ${may ? row.contactName : maskName(row.contactName)} · ${row.phoneMask}</span>`,
        },
        {
          label: 'Nội dung',
          cell: (row) =>
            html`${kit.deps.supportName(row.support)}<span class="sub">${KIND_LABEL[row.kind]}</span>`,
        },
        {
          label: 'Xã, phường',
          cell: (row) => html`${row.communeLabel}<span class="sub">${kit.provinceName(row.province)}</span>`,
        },
        { label: 'Trạng thái', cell: (row) => badge(...STATE_LABEL[row.state]) },
        {
          label: 'Người xử lý',
          cell: (row) => row.officerName ?? html`<span class="muted">chưa ai nhận</span>`,
        },
        {
          label: 'Gửi lúc',
          cell: (row) =>
            html`<time datetime="${row.submittedAt.toISOString()}" title="${day(row.submittedAt)}">${ago(row.submittedAt, now)}</time>`,
        },
      ],
      rows,
    )
  }

  function bulkBar(accounts: readonly Option[]): Markup {
    return html`<fieldset class="bulk sticky-actions"><legend class="sr">Làm với các hồ sơ đã chọn</legend>
<button type="button" class="btn plain" data-pick-all hidden>Chọn cả trang</button>
<label for="viec">Với hồ sơ đã chọn</label><select id="viec" name="to"><option value="">Chọn việc</option>${BULK.map((state) => html`<option value="${state}">${MOVE_LABEL[state]}</option>`)}${accounts.map(([id, name]) => html`<option value="giao:${id}">Giao cho ${name}</option>`)}</select>
${button('Xem trước', 'plain')}<span class="muted small">${icon('check')} Chưa gửi gì cho đến khi anh/chị xác nhận.</span></fieldset>`
  }

  app.post('/ho-so/tiep-theo', reviewer, async (c) => {
    const officer = c.get('officer')
    const { filter } = readFilter(
      Object.fromEntries(new URLSearchParams((await posted(c))('query'))),
      officer.id,
    )
    const { province, kind, support } = filter
    const only = {
      ...(province ? { province } : {}),
      ...(kind ? { kind } : {}),
      ...(support ? { support } : {}),
    }
    const row = await kit.asOfficer(c, async (tx) => {
      const claimed = await registrations.claimNext(tx, officer, kit.now(), only)
      if (claimed !== null) {
        await kit.audit(
          c,
          { action: 'claimed', subject: 'registration', subjectId: claimed.id, province: claimed.province },
          tx,
        )
      }
      return claimed
    })
    if (row === null)
      return kit.go(c, '/staff/ho-so', { tone: 'good', text: 'Không còn hồ sơ mới nào chờ nhận.' })
    return kit.go(c, `/staff/ho-so/${row.id}`, {
      tone: 'good',
      text: `Anh/chị đã nhận hồ sơ ${row.reference}.`,
      undo: { action: `/staff/ho-so/${row.id}/tra`, label: 'Trả lại', fields: {} },
    })
  })

  app.post('/ho-so/bo-loc', async (c) => {
    const form = await posted(c)
    const name = form('name').slice(0, 60)
    const query = cleanQuery(form('query'))
    if (name === '' || query === '')
      return kit.go(c, queueHref(query), { tone: 'bad', text: 'Chưa lưu: cần tên bộ lọc.' })
    await saveView(db, c.get('officer').id, name, query)
    return kit.go(c, queueHref(query), { tone: 'good', text: `Đã lưu bộ lọc “${name}”.` })
  })

  app.post('/ho-so/bo-loc/:id/xoa', async (c) => {
    const id = idOf(c)
    const view = id === null ? null : await deleteView(db, c.get('officer').id, id)
    if (view === null) return await kit.missing(c)
    return kit.go(c, '/staff/ho-so', {
      tone: 'good',
      text: `Đã bỏ bộ lọc “${view.name}”.`,
      undo: {
        action: '/staff/ho-so/bo-loc',
        label: 'Hoàn tác',
        fields: { name: view.name, query: view.query },
      },
    })
  })

  return app
}
