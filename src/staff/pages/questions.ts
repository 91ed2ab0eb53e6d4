import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { Answer } from '../../answer/index.ts'
import { mayAct, type StaffContext, type StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit, posted, postedAll } from '../kit.ts'
import { ago, count, dateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { badge, button, empty, facts, linkButton, notice, pageHead, select, table } from '../ui/parts.ts'
import { groupQuestions, type Question } from './question-groups.ts'

/** What the assistant could not answer, what people thought of its answers, and why it answers as it does. */

const OUTCOME: Record<string, string> = {
  answer: 'Trả lời',
  abstain: 'Nói rõ là văn bản không nêu',
  clarify_province: 'Hỏi lại tỉnh',
  refuse: 'Từ chối',
  greet: 'Chào hỏi',
  handoff: 'Chuyển cán bộ',
  start_signup: 'Mở đăng ký',
  status: 'Xem hồ sơ',
  personal_data: 'Dữ liệu cá nhân',
  unclear: 'Không hiểu',
}
const MOST = 500

export function questionPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { questions } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')

  function ownProvinces(c: StaffContext) {
    const own = c.get('officer').provinces
    return kit.deps.provinces
      .filter(({ code }) => own === '*' || own.includes(code))
      .map(({ code, name }) => [code, name] as const)
  }
  const tabs = (at: 'open' | 'ratings' | 'ask') =>
    html`<ul class="views"><li><a href="/staff/cau-hoi"${at === 'open' ? html` aria-current="true"` : ''}>Chưa trả lời được</a></li><li><a href="/staff/danh-gia"${at === 'ratings' ? html` aria-current="true"` : ''}>Đánh giá của người dân</a></li><li><a href="/staff/hoi-thu"${at === 'ask' ? html` aria-current="true"` : ''}>Hỏi thử trợ lý</a></li></ul>`

  app.get('/cau-hoi', async (c) => {
    const now = kit.now()
    const words = kit.wordsFor(c)
    const rows = await kit.asOfficer(c, (tx) => questions.unanswered(tx, { open: true, limit: MOST }))
    const groups = groupQuestions(
      rows.map((row) => ({ ...row, question: words(row.question), askedAt: row.asked_at })),
    )
    const may = mayAct(c.get('officer'), 'reviewer')
    const body = html`${pageHead('Câu hỏi', { lead: 'Câu trợ lý chưa trả lời được, gom theo ý. Trả lời một lần, trợ lý dùng ngay.' })}${tabs('open')}
${
  groups.length === 0
    ? empty(
        'Không còn câu hỏi nào',
        'Trợ lý đã trả lời được mọi câu trong văn bản.',
        linkButton('/staff/hoi-thu', 'Hỏi thử trợ lý'),
      )
    : html`<div class="stack">${groups.slice(0, 60).map(
        (group) => html`<section class="card"><h2>${group.lead.question}</h2>
<p class="muted">${badge(`${count(group.questions.length)} lần hỏi`, group.questions.length > 4 ? 'warn' : 'plain')} ${kit.provinceName(group.lead.province)} · ${questions.reasonName(group.lead.reason)} · gần nhất ${ago(newest(group.questions), now)}</p>
${group.questions.length > 1 ? html`<details><summary>Các cách hỏi</summary><ul>${group.questions.map((one) => html`<li>${one.question} <span class="muted small">${dateTime(one.askedAt)}</span></li>`)}</ul></details>` : ''}
${may ? answerForm(c, group) : ''}</section>`,
      )}</div>`
}`
    return await kit.render(c, { title: 'Câu hỏi', active: '/staff/cau-hoi', body })
  })

  function answerForm(c: StaffContext, group: { lead: Question; questions: readonly Question[] }): Markup {
    const ids = group.questions.map(({ id }) => html`<input type="hidden" name="id" value="${id}">`)
    const key = group.lead.id
    return html`<details><summary>Trả lời</summary>${kit.form(
      c,
      '/staff/cau-hoi/tra-loi',
      html`${ids}<div class="field"><label for="q-${key}">Câu hỏi</label><input id="q-${key}" name="question" value="${group.lead.question.slice(0, 500)}" required minlength="5" maxlength="500"></div>
<div class="field"><label for="a-${key}">Câu trả lời</label><textarea id="a-${key}" name="answer" rows="4" required minlength="5" maxlength="2000"></textarea></div>
<div class="field"><label for="s-${key}">Nguồn, người dân đọc được</label><input id="s-${key}" name="source" maxlength="200" placeholder="Ví dụ: Công văn 123/SKHCN ngày 1/10/2026"></div>
${select('province', 'Tỉnh', ownProvinces(c), group.lead.province ?? '', { id: `p-${key}` })}${button('Lưu, trợ lý dùng ngay')}`,
    )}<p class="hint">Nội dung dài hơn thì thêm văn bản ở trang <a href="/staff/tri-thuc">Tri thức</a>.</p></details>
${kit.form(c, '/staff/cau-hoi/dong', html`${ids}${button('Đóng, không cần trả lời', 'quiet')}`, { className: 'inline-form' })}`
  }

  async function idsOf(c: StaffContext): Promise<string[]> {
    return (await postedAll(c, 'id')).filter((id) => z.uuid().safeParse(id).success).slice(0, MOST)
  }

  /** @returns how many of them were the officer's to close and still open */
  async function close(c: StaffContext, ids: readonly string[]): Promise<number> {
    return await kit.asOfficer(c, async (tx) => {
      let closed = 0
      for (const id of ids) if (await questions.close(tx, id, c.get('officer').id, kit.now())) closed++
      if (closed > 0) {
        await kit.audit(
          c,
          {
            action: 'closed',
            subject: 'question',
            subjectId: ids[0] ?? null,
            province: null,
            details: { closed },
          },
          tx,
        )
      }
      return closed
    })
  }

  app.post('/cau-hoi/tra-loi', reviewer, async (c) => {
    const form = await posted(c)
    const ids = await idsOf(c)
    const province = form('province')
    if (!ownProvinces(c).some(([code]) => code === province)) return await kit.missing(c)
    const [question, answer, source] = [form('question'), form('answer'), form('source')]
    if (question.length < 5 || answer.length < 5)
      return kit.go(c, '/staff/cau-hoi', { tone: 'bad', text: 'Chưa lưu: cần câu hỏi và câu trả lời.' })
    const note = await questions.answer(
      { province, question, answer, source: source === '' ? null : source },
      c.get('officer').id,
      kit.now(),
    )
    await kit.audit(c, { action: 'answered', subject: 'question', subjectId: note, province })
    const closed = await close(c, ids)
    return kit.go(c, '/staff/cau-hoi', {
      tone: 'good',
      text: `Đã lưu; trợ lý dùng ngay. Đóng ${count(closed)} câu hỏi.`,
    })
  })

  app.post('/cau-hoi/dong', reviewer, async (c) => {
    const closed = await close(c, await idsOf(c))
    return closed === 0
      ? await kit.missing(c)
      : kit.go(c, '/staff/cau-hoi', { tone: 'good', text: `Đã đóng ${count(closed)} câu hỏi.` })
  })

  app.get('/danh-gia', async (c) => {
    const rows = await kit.asOfficer(c, (tx) => questions.ratings(tx, { limit: 200 }))
    const good = rows.filter(({ rating }) => rating > 0).length
    const body = html`${pageHead('Câu hỏi')}${tabs('ratings')}
<ul class="tiles"><li class="tile"><strong>${count(good)}</strong><span>hữu ích</span></li><li class="tile"><strong>${count(rows.length - good)}</strong><span>chưa đúng ý</span></li></ul>
${
  rows.length === 0
    ? empty('Chưa có đánh giá', 'Người dân bấm 👍 hoặc 👎 dưới câu trả lời.')
    : table(
        'Đánh giá',
        [
          {
            label: 'Đánh giá',
            main: true,
            cell: (row) => (row.rating > 0 ? badge('Hữu ích', 'good') : badge('Chưa đúng ý', 'bad')),
          },
          { label: 'Lúc', cell: (row) => dateTime(row.at) },
          { label: 'Kết quả', cell: (row) => OUTCOME[row.outcome] ?? row.outcome },
          {
            label: 'Nguồn đã đưa',
            cell: (row) => row.citations.map(({ label, section }) => `${label}, ${section}`).join('; '),
          },
          {
            label: 'Hội thoại',
            cell: (row) =>
              row.conversationId === null
                ? ''
                : html`<a href="/staff/hoi-thoai/${row.conversationId}">Mở</a>`,
          },
        ],
        rows,
      )
}`
    return await kit.render(c, { title: 'Đánh giá', active: '/staff/cau-hoi', body })
  })

  app.get('/hoi-thu', async (c) => {
    const provinces = ownProvinces(c)
    const text = (c.req.query('q') ?? '').slice(0, 2000).trim()
    const asked = c.req.query('tinh') ?? ''
    const province = provinces.some(([code]) => code === asked) ? asked : (provinces[0]?.[0] ?? null)
    const answer =
      text === ''
        ? null
        : await questions.ask(text, { province, language: 'vi', memory: null, at: kit.now() })
    const body = html`${pageHead('Câu hỏi')}${tabs('ask')}
<form method="get" action="/staff/hoi-thu" class="filters" role="search"><div class="field wide"><label for="q">Câu hỏi</label><input id="q" name="q" value="${text}" maxlength="2000" required autocomplete="off"></div>${select('tinh', 'Người hỏi ở', provinces, province ?? '')}<div class="actions">${button('Hỏi')}</div></form>
${answer === null ? empty('Hỏi như người dân hỏi', 'Trang này cho thấy trợ lý trả lời gì và vì sao; không ghi lại, không gửi cho ai.') : explained(answer, questions.reasonName)}`
    return await kit.render(c, { title: 'Hỏi thử trợ lý', active: '/staff/cau-hoi', body })
  })

  return app
}

function explained(answer: Answer, reasonName: (reason: string) => string): Markup {
  const { explain } = answer
  return html`<div class="two"><div class="stack"><section class="card"><h2>Trợ lý trả lời ${badge(OUTCOME[answer.outcome] ?? answer.outcome, answer.outcome === 'answer' ? 'good' : 'info')}</h2><p class="pre">${answer.text}</p>
${answer.citations.length === 0 ? '' : html`<div class="cites">${answer.citations.map(({ label, section, quote }) => html`<p><strong>${label}</strong>, ${section}</p><blockquote>${quote}</blockquote>`)}</div>`}
${answer.actions.length === 0 ? '' : html`<p class="buttons-shown">${answer.actions.map(({ label }) => html`<span>${label}</span>`)}</p>`}</section>
${explain.selections.map(
  (selection) =>
    html`<section><h2>Đoạn đã xét (${selection.province})</h2>${table(
      'Đoạn đã xét, điểm cao trước',
      [
        { label: 'Nơi trong văn bản', main: true, cell: (row) => row.cite },
        { label: 'Loại', cell: (row) => row.kind },
        { label: 'Điểm', number: true, cell: (row) => row.score.toFixed(3) },
        {
          label: 'Dùng',
          cell: (row) => (selection.chosen.some(({ cite }) => cite === row.cite) ? badge('có', 'good') : ''),
        },
      ],
      selection.candidates.slice(0, 12),
    )}</section>`,
)}</div>
<section class="card"><h2>Các bước</h2><ol class="steps"><li>Đọc lại câu hỏi: “${explain.repaired}”.</li>
<li>Ý định: ${explain.guesses
    .slice(0, 3)
    .map(({ label, probability }) => `${label} ${Math.round(probability * 100)}%`)
    .join(', ')}; chọn “${explain.intent}”.</li>
<li>Tỉnh: ${explain.provinces.join(', ') || 'chưa rõ'}.</li>
<li>Chủ đề: ${
    explain.topics
      .slice(0, 5)
      .map(({ id, score }) => `${id} (${score.toFixed(2)})`)
      .join(', ') || 'không rõ'
  }.</li>
${explain.lacking === null ? '' : html`<li>Lý do không trả lời: ${reasonName(explain.lacking)}.</li>`}
<li>Kết quả: ${OUTCOME[answer.outcome] ?? answer.outcome}${answer.unanswered === null ? '' : ', ghi vào câu hỏi chưa trả lời'}.</li></ol>
${facts([['Dấu hiệu trong câu', explain.cues.join(', ')]])}</section></div>
${answer.outcome === 'abstain' ? notice('info', 'Biết câu trả lời?', html`Thêm ở trang <a href="/staff/cau-hoi">Câu hỏi</a> hoặc tải văn bản ở <a href="/staff/tri-thuc">Tri thức</a>.`) : ''}`
}

function newest(questions: readonly Question[]): Date {
  return new Date(Math.max(...questions.map(({ askedAt }) => askedAt.getTime())))
}
