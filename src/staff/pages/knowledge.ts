import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { DiffLine, Refusal, VersionRow } from '../../knowledge/index.ts'
import { mayAct, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import { changeValidity } from '../documents/convert.ts'
import { atLeast, type Kit, posted } from '../kit.ts'
import { count, dateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { badge, button, empty, facts, field, linkButton, pageHead, type Tone, table } from '../ui/parts.ts'

/** Documents in versions: upload, see the passages and the difference, try questions, publish, go back. */

const STATE: Record<VersionRow['state'], readonly [string, Tone]> = {
  draft: ['Bản nháp', 'warn'],
  published: ['Đang dùng', 'good'],
  retired: ['Đã thay', 'plain'],
}
const KIND = { plan: 'Kế hoạch', notice: 'Thông báo', note: 'Giải đáp' } as const
export const DOCUMENT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/
export const Day = z.union([z.literal('').transform(() => null), z.iso.date()])

export function knowledgePages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { knowledge } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')

  /** The versions of a document the officer may see, oldest first; null when there are none for them. */
  async function mine(c: StaffContext, id: string): Promise<readonly VersionRow[] | null> {
    if (id.length > 80) return null
    const rows = await kit.asOfficer(c, (tx) => knowledge.ofDocument(tx, id))
    return rows.length === 0 ? null : rows
  }

  app.get('/tri-thuc', async (c) => {
    const rows = await kit.asOfficer(c, (tx) => knowledge.versions(tx))
    const documents = [...Map.groupBy(rows, (row) => row.document_id).values()]
    const may = mayAct(c.get('officer'), 'reviewer')
    const shown = (of: readonly VersionRow[]) => of.find(({ state }) => state === 'published') ?? of[0]
    const body = html`${pageHead('Tri thức', {
      lead: 'Trợ lý chỉ trả lời bằng những văn bản này.',
      ...(may ? { actions: linkButton('/staff/tri-thuc/moi', 'Thêm văn bản', 'primary') } : {}),
    })}
${
  documents.length === 0
    ? empty(
        'Chưa có văn bản nào',
        'Tải kế hoạch hoặc thông báo của tỉnh lên.',
        may ? linkButton('/staff/tri-thuc/moi', 'Thêm văn bản', 'primary') : '',
      )
    : table(
        'Văn bản',
        [
          {
            label: 'Văn bản',
            main: true,
            cell: (of) =>
              html`<a href="/staff/tri-thuc/${of[0]?.document_id}">${shown(of)?.title}</a><span class="sub">${KIND[of[0]?.kind ?? 'plan']} · <span class="code">${of[0]?.document_id}</span></span>`,
          },
          { label: 'Tỉnh', cell: (of) => kit.provinceName(of[0]?.province ?? null) },
          {
            label: 'Tình trạng',
            cell: (of) =>
              html`${of.some(({ state }) => state === 'published') ? badge(...STATE.published) : badge('Không dùng', 'plain')} ${of.some(({ state }) => state === 'draft') ? badge('có bản nháp', 'warn') : ''}`,
          },
          { label: 'Hiệu lực', cell: (of) => validity(shown(of)) },
          { label: 'Bản', number: true, cell: (of) => of.length },
        ],
        documents,
      )
}`
    return await kit.render(c, { title: 'Tri thức', active: '/staff/tri-thuc', body })
  })

  app.get('/tri-thuc/:document', async (c) => {
    const id = c.req.param('document')
    const versions = await mine(c, id)
    const newest = versions?.at(-1)
    if (versions === null || newest === undefined) return await kit.missing(c)
    const name = await kit.officerNames()
    const served = versions.find(({ state }) => state === 'published')
    const may = mayAct(c.get('officer'), 'reviewer')
    const current = served ?? newest
    const hadEarlier = versions.some(
      ({ state, published_at }) => state === 'retired' && published_at !== null,
    )
    const body = html`${pageHead(current.title, { back: { href: '/staff/tri-thuc', label: 'Tri thức' } })}
<div class="two"><section><h2>Các bản</h2>${table(
      'Các bản của văn bản',
      [
        {
          label: 'Bản',
          main: true,
          cell: (row) => html`<a href="/staff/tri-thuc/${id}/${row.version}">Bản ${row.version}</a>`,
        },
        { label: 'Tình trạng', cell: (row) => badge(...STATE[row.state]) },
        { label: 'Hiệu lực', cell: validity },
        {
          label: 'Tạo',
          cell: (row) =>
            `${dateTime(row.created_at)}, ${row.origin === 'file' ? 'theo bộ cài' : name(row.created_by)}`,
        },
        { label: 'Công bố', cell: (row) => (row.published_at === null ? '' : dateTime(row.published_at)) },
      ],
      versions.toReversed(),
    )}</section>
<div class="stack">${
      may
        ? html`<section class="card stack"><h2>Việc tiếp theo</h2>
${current.kind === 'note' ? '' : html`<details><summary>Đổi hiệu lực, văn bản thay thế</summary>${kit.form(c, `/staff/tri-thuc/${id}/hieu-luc`, html`${field('validFrom', 'Có hiệu lực từ', { type: 'date', value: current.valid_from ?? '' })}${field('validTo', 'Hết hiệu lực', { type: 'date', value: current.valid_to ?? '' })}${field('supersededBy', 'Thay thế bởi (mã văn bản)', { value: current.superseded_by ?? '', maxlength: 63 })}${button('Lưu thành bản nháp', 'plain')}`)}</details>`}
${hadEarlier ? kit.form(c, `/staff/tri-thuc/${id}/quay-lai`, html`<p class="hint">Dùng lại bản công bố ngay trước bản này.</p>${button('Quay lại bản trước', 'plain')}`) : ''}
${served ? kit.form(c, `/staff/tri-thuc/${id}/ngung`, html`<p class="hint">Trợ lý không dùng văn bản này nữa; mọi bản vẫn giữ.</p>${button('Ngừng dùng', 'danger')}`) : ''}</section>`
        : ''
    }${facts([
      ['Mã', id],
      ['Loại', KIND[current.kind]],
      ['Tỉnh', kit.provinceName(current.province)],
    ])}</div></div>`
    return await kit.render(c, { title: current.title, active: '/staff/tri-thuc', body })
  })

  app.get('/tri-thuc/:document/:version', async (c) => {
    const id = c.req.param('document')
    const number = Number(c.req.param('version'))
    const versions = await mine(c, id)
    const version = versions?.find((row) => row.version === number)
    if (!versions || version === undefined) return await kit.missing(c)
    const served = versions.find(({ state }) => state === 'published')
    const base = served && served.version !== number ? served.version : number
    const lines = version.kind === 'note' ? null : await knowledge.diff(id, base, number)
    const question = (c.req.query('q') ?? '').slice(0, 500).trim()
    const found =
      question === ''
        ? null
        : await knowledge.search(question, {
            provinces: [version.province],
            limit: 8,
            version: { documentId: id, version: number },
          })
    const may = mayAct(c.get('officer'), 'reviewer')
    const publish =
      may && version.state !== 'published'
        ? kit.form(
            c,
            `/staff/tri-thuc/${id}/${number}/cong-bo`,
            button(version.state === 'draft' ? 'Công bố bản này' : 'Dùng lại bản này'),
          )
        : null
    const body = html`${pageHead(`${version.title}, bản ${number}`, {
      back: { href: `/staff/tri-thuc/${id}`, label: 'Các bản' },
      ...(publish === null ? {} : { actions: publish }),
    })}
<p>${badge(...STATE[version.state])} ${validity(version)}</p>
<form method="get" class="filters" role="search"><div class="field wide"><label for="q">Hỏi thử trên bản này</label><input id="q" name="q" value="${question}" maxlength="500" autocomplete="off"></div><div class="actions">${button('Hỏi thử', 'plain')}</div></form>
${
  found === null
    ? ''
    : html`<section><h2>Đoạn tìm thấy</h2>${
        found.hits.length === 0
          ? empty('Bản này không nói điều đó', '')
          : table(
              'Đoạn tìm thấy',
              [
                {
                  label: 'Đoạn',
                  main: true,
                  cell: ({ unit }) => html`${unit.cite}<span class="sub">${unit.quote}</span>`,
                },
                { label: 'Điểm', number: true, cell: ({ score }) => score.toFixed(2) },
              ],
              found.hits,
            )
      }</section>`
}
${lines === null ? html`<section class="card"><p class="pre">${version.source}</p></section>` : passages(lines, base === number ? null : base)}`
    return await kit.render(c, { title: version.title, active: '/staff/tri-thuc', body })
  })

  function passages(lines: readonly DiffLine[], base: number | null): Markup {
    const changed = lines.filter(({ change }) => change !== 'same')
    const kept = lines.filter(({ change }) => change === 'same')
    return html`${
      base === null
        ? ''
        : html`<section class="diff"><h2>Khác với bản đang dùng (bản ${base})</h2>${
            changed.length === 0
              ? html`<p class="muted">Chữ nghĩa giống hệt.</p>`
              : changed
                  .slice(0, 300)
                  .map(({ change, text }) =>
                    change === 'added'
                      ? html`<ins><span class="sr">Thêm: </span>${text}</ins>`
                      : html`<del><span class="sr">Bỏ: </span>${text}</del>`,
                  )
          }</section>`
    }<section><details${base === null ? html` open` : ''}><summary>${count(kept.length)} đoạn ${base === null ? 'của bản này' : 'giữ nguyên'}</summary><ol class="steps">${kept.slice(0, 500).map(({ text }) => html`<li>${text}</li>`)}</ol></details></section>`
  }

  app.post('/tri-thuc/:document/hieu-luc', reviewer, async (c) => {
    const id = c.req.param('document') ?? ''
    const versions = await mine(c, id)
    const current = versions?.find(({ state }) => state === 'published') ?? versions?.at(-1)
    if (current === undefined || current.kind === 'note') return await kit.missing(c)
    const form = await posted(c)
    const [from, to] = [Day.safeParse(form('validFrom')), Day.safeParse(form('validTo'))]
    const successor = form('supersededBy')
    if (!from.success || !to.success || (successor !== '' && !DOCUMENT_ID.test(successor))) {
      return kit.go(c, `/staff/tri-thuc/${id}`, {
        tone: 'bad',
        text: 'Chưa lưu: ngày hoặc mã văn bản không đúng.',
      })
    }
    const source = changeValidity(current.source, {
      validFrom: from.data,
      validTo: to.data,
      supersededBy: successor === '' ? null : successor,
    })
    const saved = await knowledge.saveDraft({ province: current.province, source, by: c.get('officer').id })
    if ('reason' in saved)
      return kit.go(c, `/staff/tri-thuc/${id}`, { tone: 'bad', text: refusalText(saved).slice(0, 400) })
    await kit.audit(c, {
      action: 'validity',
      subject: 'knowledge',
      subjectId: id,
      province: current.province,
      details: { version: saved.version },
    })
    return kit.go(c, `/staff/tri-thuc/${id}/${saved.version}`, {
      tone: 'good',
      text: 'Đã lưu bản nháp với hiệu lực mới. Công bố để dùng.',
    })
  })

  app.post('/tri-thuc/:document/:version/cong-bo', reviewer, async (c) => {
    const id = c.req.param('document') ?? ''
    const version = Number(c.req.param('version'))
    const found = (await mine(c, id))?.find((row) => row.version === version)
    if (found === undefined) return await kit.missing(c)
    const outcome = await knowledge.publish({
      documentId: id,
      version,
      province: found.province,
      by: c.get('officer').id,
      at: kit.now(),
    })
    if (outcome === 'unknown') return await kit.missing(c)
    if (outcome === 'published')
      await kit.audit(c, {
        action: 'published',
        subject: 'knowledge',
        subjectId: id,
        province: found.province,
        details: { version },
      })
    return kit.go(c, `/staff/tri-thuc/${id}`, {
      tone: 'good',
      text:
        outcome === 'published' ? `Bản ${version} đang được dùng.` : `Bản ${version} đã được dùng từ trước.`,
      ...(outcome === 'published'
        ? { undo: { action: `/staff/tri-thuc/${id}/quay-lai`, label: 'Quay lại bản trước', fields: {} } }
        : {}),
    })
  })

  app.post('/tri-thuc/:document/quay-lai', reviewer, async (c) => {
    const id = c.req.param('document') ?? ''
    const current = (await mine(c, id))?.at(-1)
    if (current === undefined) return await kit.missing(c)
    const back = await knowledge.rollback({
      documentId: id,
      province: current.province,
      by: c.get('officer').id,
      at: kit.now(),
    })
    if (back !== null)
      await kit.audit(c, {
        action: 'rolled_back',
        subject: 'knowledge',
        subjectId: id,
        province: current.province,
        details: { version: back.version },
      })
    return kit.go(
      c,
      `/staff/tri-thuc/${id}`,
      back === null
        ? { tone: 'warn', text: 'Không có bản nào trước đó.' }
        : { tone: 'good', text: `Đã quay lại bản ${back.version}.` },
    )
  })

  app.post('/tri-thuc/:document/ngung', reviewer, async (c) => {
    const id = c.req.param('document') ?? ''
    const served = (await mine(c, id))?.find(({ state }) => state === 'published')
    if (served === undefined || !(await knowledge.withdraw(id, served.province))) return await kit.missing(c)
    await kit.audit(c, {
      action: 'withdrawn',
      subject: 'knowledge',
      subjectId: id,
      province: served.province,
    })
    return kit.go(c, `/staff/tri-thuc/${id}`, {
      tone: 'warn',
      text: 'Trợ lý không dùng văn bản này nữa.',
      undo: { action: `/staff/tri-thuc/${id}/${served.version}/cong-bo`, label: 'Dùng lại', fields: {} },
    })
  })

  return app
}

export function refusalText({ line, reason }: Refusal): string {
  return `Dòng ${line}: ${reason}`
}

function validity(row: VersionRow | undefined): string {
  if (row === undefined) return ''
  const day = (text: string) => text.split('-').reverse().join('/')
  const from = row.valid_from === null ? '' : `từ ${day(row.valid_from)}`
  const to = row.valid_to === null ? '' : `đến ${day(row.valid_to)}`
  const next = row.superseded_by === null ? '' : `thay bởi ${row.superseded_by}`
  return [from, to, next].filter(Boolean).join(' ') || 'không ghi hạn'
}
