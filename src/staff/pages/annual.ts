import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { UnansweredQuestion } from '../../answer/index.ts'
import { annualHtml, annualSheet, makeAnnual, type ReportDoors } from '../../report/index.ts'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import type { Kit } from '../kit.ts'
import { STATES, type State } from '../registrations.ts'
import { assetUrl } from '../ui/assets.ts'
import { inputDateTime, parseInputDateTime } from '../ui/format.ts'
import { maskContacts } from '../ui/mask.ts'
import { button, empty, field, linkButton, notice, pageHead, select } from '../ui/parts.ts'
import { groupQuestions } from './question-groups.ts'
import { STATE_LABEL } from './registration-labels.ts'

/** The draft of the yearly report: the plan's targets beside what was counted up to a cut-off, to print or to finish in Word. */

const ADDRESS = '/staff/bao-cao/nam'
/** The plans begin in 2021. */
const FIRST_YEAR = 2021
const DAY_MS = 86_400_000
/** Questions put together by likeness; older ones beyond these are counted by their reason. */
const GROUPED = 3_000

export function annualPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { registrations, questions, report } = kit.deps
  const doors: Omit<ReportDoors, 'catalogue'> = {
    ...report,
    list: registrations.list,
    many: registrations.many,
    timelines: registrations.timelines,
    unanswered: async (tx, page) => likeQuestions(await questions.unanswered(tx, page), questions.reasonName),
    supportName: (key) => kit.deps.supportName(key),
  }

  const own = (c: StaffContext) => {
    const { provinces } = c.get('officer')
    return kit.deps.provinces.filter(({ code }) => provinces === '*' || provinces.includes(code))
  }

  app.get('/bao-cao/nam', async (c) => {
    const today = inputDateTime(kit.now()).slice(0, 10)
    const thisYear = Number(today.slice(0, 4))
    const mine = own(c)
    const asked = Asked.safeParse(
      Object.fromEntries(Object.entries(c.req.query()).filter(([, value]) => value !== '')),
    )
    const { tinh, nam, den } = asked.success ? asked.data : Asked.parse({})
    const province = tinh ?? mine[0]?.code ?? ''
    if (!mine.some(({ code }) => code === province)) return await kit.missing(c)
    const year = Math.min(nam ?? thisYear, thisYear)
    const lastDay = den ?? today
    const end = parseInputDateTime(lastDay) ?? kit.now()
    const years = Array.from({ length: thisYear - FIRST_YEAR + 1 }, (_, back) => String(thisYear - back))
    const chosen = nam !== undefined
    // Asked outside of the transaction: the embedded database has one connection, and the catalogue reads by itself.
    const plan = chosen ? await report.catalogue(province) : null
    const draft = chosen
      ? await kit.asOfficer(c, async (tx) => {
          await kit.audit(
            c,
            {
              action: c.req.query('tai') === '1' ? 'annual_downloaded' : 'annual_viewed',
              subject: 'export',
              subjectId: null,
              province,
              details: { year, until: lastDay },
            },
            tx,
          )
          const cutOff = new Date(end.getTime() + DAY_MS)
          const made = await makeAnnual(
            tx,
            { ...doors, catalogue: async () => plan },
            { province, year, cutOff, madeAt: kit.now() },
          )
          // The paper leaves the house: numbers people wrote into their own words stay inside.
          return (
            made && {
              ...made,
              obstacles: made.obstacles.map((one) => ({ ...one, text: maskContacts(one.text) })),
            }
          )
        })
      : null
    if (draft !== null && c.req.query('tai') === '1') {
      return c.body(await annualHtml(draft, statusName), 200, {
        'content-type': 'application/msword; charset=utf-8',
        'content-disposition': `attachment; filename="du-thao-bao-cao-${province}-${year}.doc"`,
      })
    }
    const download = `${ADDRESS}?${new URLSearchParams({ tinh: province, nam: String(year), den: lastDay, tai: '1' })}`
    const body = html`<link rel="stylesheet" href="${assetUrl('report.css')}">
<div class="screen-only">${pageHead('Báo cáo năm', { lead: 'Dự thảo: phần mềm chỉ điền số tự đếm được, chỗ còn lại để cán bộ điền.', back: { href: '/staff/bao-cao', label: 'Báo cáo' } })}
<form method="get" action="${ADDRESS}" class="filters">${select(
      'tinh',
      'Tỉnh',
      mine.map(({ code, name }) => [code, name] as const),
      province,
    )}${select(
      'nam',
      'Năm',
      years.map((one) => [one, one] as const),
      String(year),
    )}${field('den', 'Đếm đến hết ngày', { type: 'date', value: lastDay })}${button('Lập dự thảo')}</form>
${
  draft === null
    ? ''
    : html`<p class="hint">In: Ctrl + P, hoặc mục “In” trong trình đơn của trình duyệt.</p><div class="actions">${linkButton(download, 'Tải về, sửa bằng Word')}</div>`
}${asked.success ? '' : notice('warn', 'Ngày hoặc năm không đọc được; đang dùng hôm nay.')}</div>
${
  draft !== null
    ? html`<div class="card paper-frame">${annualSheet(draft, statusName)}</div>`
    : chosen
      ? empty('Chưa có kế hoạch nào đang có hiệu lực cho tỉnh này', 'Đăng kế hoạch ở mục Tri thức trước.')
      : empty('Chọn tỉnh, năm và ngày chốt số liệu', 'Dự thảo hiện ở đây sau khi bấm “Lập dự thảo”.')
}`
    return await kit.render(c, { title: 'Báo cáo năm', active: '/staff/bao-cao', body })
  })

  return app
}

const Asked = z.object({
  tinh: z.string().min(1).max(60).optional(),
  nam: z.coerce.number().int().min(FIRST_YEAR).max(2100).optional(),
  den: z.iso.date().optional(),
})

function statusName(status: string): string {
  return STATES.includes(status as State) ? STATE_LABEL[status as State][0] : status
}

/** Questions under the wording that stands for their group; what people wrote is shown without their numbers. */
function likeQuestions(rows: readonly UnansweredQuestion[], reasonName: (reason: string) => string) {
  const near = rows.slice(0, GROUPED).map((row) => ({ ...row, askedAt: row.asked_at }))
  return [
    ...groupQuestions(near).flatMap(({ lead, questions: members }) =>
      members.map(({ province, asked_at }) => ({
        province,
        reason: maskContacts(lead.question),
        asked_at,
      })),
    ),
    ...rows.slice(GROUPED).map(({ province, reason, asked_at }) => ({
      province,
      reason: reasonName(reason),
      asked_at,
    })),
  ]
}
