import { Hono } from 'hono'
import { html } from 'hono/html'
import type { UsageOfDay } from '../../llm/index.ts'
import type { StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit } from '../kit.ts'
import { count } from '../ui/format.ts'
import { badge, empty, facts, pageHead, table } from '../ui/parts.ts'

/** What the language model did and cost, day by day: numbers only, nobody's words are kept with a call. */

const DAYS = 30

const WHY: Record<string, string> = {
  off: 'đang tắt',
  budget: 'hết hạn mức',
  busy: 'quá nhiều lượt cùng lúc',
  circuit: 'tạm nghỉ vì lỗi liên tiếp',
  timeout: 'quá thời gian chờ',
  http: 'máy chủ mô hình từ chối',
  network: 'mất kết nối',
  bad_json: 'trả lời sai dạng',
  cut_short: 'trả lời dở dang',
  redaction: 'chưa che hết dữ liệu cá nhân nên không gửi',
}

export function modelPages(kit: Kit) {
  const app = new Hono<StaffEnv>()

  app.get('/cai-dat/mo-hinh', atLeast(kit, 'administrator'), async (c) => {
    const { model } = kit.deps
    const days = model === null ? [] : byDay(await kit.asOfficer(c, (tx) => model.usage(tx, DAYS)))
    const body = html`${pageHead('Mô hình ngôn ngữ', { back: { href: '/staff/cai-dat', label: 'Cài đặt' }, lead: 'Chỉ diễn đạt lại câu đã có nguồn; câu nào không khớp nguồn thì bị bỏ và trợ lý trả lời bằng câu trích.' })}
${
  model === null
    ? empty(
        'Không dùng mô hình',
        'Trợ lý trả lời bằng câu trích từ văn bản. Muốn dùng mô hình thì người quản trị máy chủ khai OPENAI_API_KEY hoặc OPENAI_BASE_URL.',
      )
    : html`<div class="stack"><section class="card">${facts([
        ['Mô hình', model.name],
        [
          'Kết nối',
          model.circuit === 'closed'
            ? badge('Bình thường', 'good')
            : badge('Tạm nghỉ vì lỗi liên tiếp', 'bad'),
        ],
        ['Hạn mức mỗi ngày', `${count(model.dailyTokens)} token`],
      ])}</section>
<section><h2>${DAYS} ngày gần đây</h2>${
        days.length === 0
          ? empty('Chưa gọi lần nào', 'Số liệu hiện ở đây từ câu hỏi đầu tiên.')
          : table(
              'Lượt gọi theo ngày',
              [
                {
                  label: 'Ngày',
                  main: true,
                  cell: (day) => html`<span class="nums">${date(day.day)}</span>`,
                },
                { label: 'Lượt gọi', number: true, cell: (day) => count(day.calls) },
                { label: 'Câu được dùng', number: true, cell: (day) => count(day.verified) },
                { label: 'Không khớp nguồn', number: true, cell: (day) => count(day.refused) },
                {
                  label: 'Không gọi được',
                  cell: (day) =>
                    [...day.failed].map(([why, calls]) => `${WHY[why] ?? why}: ${count(calls)}`).join('; '),
                },
                { label: 'Token', number: true, cell: (day) => count(day.tokens) },
                { label: 'Chậm nhất (p95)', number: true, cell: (day) => `${count(day.p95Ms)} ms` },
              ],
              days,
            )
      }</section></div>`
}`
    return await kit.render(c, { title: 'Mô hình ngôn ngữ', active: '/staff/cai-dat', body })
  })

  return app
}

interface Day {
  readonly day: string
  calls: number
  verified: number
  refused: number
  readonly failed: Map<string, number>
  tokens: number
  /** Of the slowest kind of call that day. */
  p95Ms: number
}

function byDay(rows: readonly UsageOfDay[]): Day[] {
  const days = new Map<string, Day>()
  for (const { day, outcome, verdict, calls, inputTokens, outputTokens, p95Ms } of rows) {
    const sum: Day = days.get(day) ?? {
      day,
      calls: 0,
      verified: 0,
      refused: 0,
      failed: new Map(),
      tokens: 0,
      p95Ms: 0,
    }
    days.set(day, sum)
    sum.calls += calls
    if (verdict === 'verified') sum.verified += calls
    if (verdict === 'refused') sum.refused += calls
    if (outcome !== 'ok') sum.failed.set(outcome, (sum.failed.get(outcome) ?? 0) + calls)
    sum.tokens += inputTokens + outputTokens
    sum.p95Ms = Math.max(sum.p95Ms, p95Ms)
  }
  return [...days.values()]
}

/** 2026-11-22 as people write it. */
const date = (day: string) => day.split('-').reverse().join('/')
