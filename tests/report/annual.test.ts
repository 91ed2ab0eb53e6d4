import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  type AnnualInput,
  annualDraft,
  annualHtml,
  type ClassFact,
  type ComputedTarget,
  computedTargets,
  enterpriseKey,
  needs,
  needsByTopic,
  type PlanTarget,
  questionFacts,
  type RegistrationFact,
  type ReportingDuty,
  registrationFacts,
  yearBegins,
} from '../../src/report/index.ts'

const plan = parse(readFileSync(new URL('../../knowledge/targets.yaml', import.meta.url), 'utf8')) as {
  targets: PlanTarget[]
  derived: (Omit<ComputedTarget, 'quote' | 'cite'> & { rule: string })[]
  rules: { id: string; quote: string; cite: string }[]
  duties: (ReportingDuty & { id: string })[]
}
const UNTIL = new Date('2026-11-09T17:00:00Z') // 10/11 in Việt Nam

let next = 0
function registration(change: Partial<RegistrationFact> = {}): RegistrationFact {
  next++
  return {
    id: `id-${next}`,
    reference: `R${next}`,
    province: 'ninh-thuan',
    kind: 'interest',
    support: ['pilot_model'],
    status: 'completed',
    enterpriseKey: `key-${next}`,
    enterprise: `Đơn vị ${next}`,
    commune: 'Phan Rang',
    district: null,
    sector: 'nông nghiệp',
    size: 'nhỏ',
    trainees: 2,
    wishedFor: null,
    createdAt: new Date('2026-03-01T00:00:00Z'),
    closedAt: new Date('2026-06-01T00:00:00Z'),
    obstacle: null,
    ...change,
  }
}
function held(change: Partial<ClassFact> = {}): ClassFact {
  return {
    id: 'c1',
    province: 'ninh-thuan',
    title: 'Lớp 5S',
    support: 'training_class',
    state: 'held',
    firstDay: new Date('2026-05-01T00:00:00Z'),
    seats: 40,
    seated: 35,
    attended: 30,
    registrationIds: [],
    ...change,
  }
}
function input(change: Partial<AnnualInput> = {}): AnnualInput {
  return {
    province: { code: 'ninh-thuan', name: 'Ninh Thuận' },
    department: 'Sở Khoa học và Công nghệ',
    year: 2026,
    period: { from: yearBegins(2026), until: UNTIL },
    madeAt: new Date('2026-11-12T02:00:00Z'),
    plan: 'KH 4009/KH-UBND ngày 26/9/2023',
    targets: plan.targets,
    computed: computedTargets(plan.derived, plan.rules),
    duty: plan.duties.find(({ id }) => id === 'nt-annual-report') ?? null,
    registrations: [],
    classes: [],
    questions: [],
    supportName: (key) => `«${key}»`,
    ...change,
  }
}
const row = (draft: ReturnType<typeof annualDraft>, id: string) =>
  draft.indicators.find((one) => one.id === id)

test('attendances stand beside the plan’s number, in the year and since the plan began', () => {
  const classes = [
    held(),
    held({ id: 'c0', firstDay: new Date('2025-05-01T00:00:00Z'), attended: 100 }),
    held({ id: 'c2', state: 'cancelled', attended: 0 }),
  ]
  const trained = row(annualDraft(input({ classes })), 'nt-trained-2030')
  expect(trained).toMatchObject({ planned: 'trên 500 lượt người', least: 501, percent: 25.9, gap: 371 })
  expect([trained?.inPeriod?.count, trained?.total?.count]).toEqual([30, 130])
  expect(trained?.inPeriod?.behind).toEqual([{ id: 'c1', label: 'Lớp 5S: 30' }])
})

test('enterprises are counted once however many registrations they completed, and only completed ones', () => {
  const registrations = [
    registration({ enterpriseKey: 'same' }),
    registration({ enterpriseKey: 'same' }),
    registration(),
    registration({ status: 'approved', closedAt: null }),
    registration({ support: ['barcode'] }),
  ]
  expect(row(annualDraft(input({ registrations })), 'nt-pilot-smes-2030')?.inPeriod?.count).toBe(2)
})

test('nothing of the other province is ever counted, no target of it is shown, no date of it is borrowed', () => {
  const registrations = [registration({ province: 'dong-thap' })]
  const classes = [held({ province: 'dong-thap' })]
  const draft = annualDraft(input({ registrations, classes }))
  expect(draft.counts).toMatchObject({ registrations: 0, classesHeld: 0, attendances: 0 })
  expect(draft.indicators.every(({ id }) => id.startsWith('nt-'))).toBe(true)
  const other = annualDraft(
    input({
      province: { code: 'dong-thap', name: 'Đồng Tháp' },
      duty: plan.duties.find(({ id }) => id === 'dt-annual-report') ?? null,
      registrations,
      classes,
    }),
  )
  expect(other.indicators.every(({ id }) => id.startsWith('dt-'))).toBe(true)
  expect(other.counts.classesHeld).toBe(1)
})

test('a date the plan does not name is not invented', async () => {
  const html = async (code: string, id: string) =>
    await annualHtml(
      annualDraft(
        input({ province: { code, name: code }, duty: plan.duties.find((one) => one.id === id) ?? null }),
      ),
      String,
    )
  expect(await html('ninh-thuan', 'nt-annual-report')).toContain('ngày 10/11 hằng năm')
  const dongThap = await html('dong-thap', 'dt-annual-report')
  expect(dongThap).not.toContain('10/11')
  expect(dongThap).toContain('kế hoạch không ghi ngày')
})

test('what cannot be counted is left for the officer, never a zero; a forecast is no commitment', () => {
  const draft = annualDraft(
    input({ year: 2025, period: { from: yearBegins(2025), until: yearBegins(2026) } }),
  )
  expect(row(draft, 'nt-tfp-2025')).toMatchObject({ inPeriod: null, total: null, percent: null, gap: null })
  expect(row(draft, 'nt-club-2025')?.inPeriod).toBeNull()
  expect(row(draft, 'nt-labour-force-2025')?.notes.join(' ')).toContain('không phải cam kết')
})

test('a target that has run out is not shown as running; its computed successor says that it is computed', () => {
  const draft = annualDraft(
    input({ province: { code: 'dong-thap', name: 'Đồng Tháp' }, classes: [held({ province: 'dong-thap' })] }),
  )
  expect(row(draft, 'dt-classes-2025')).toBeUndefined()
  const successor = row(draft, 'dt-classes-2026-2030')
  expect(successor).toMatchObject({ planned: 'khoảng 11-11,5 lớp', computed: true })
  expect(successor?.inPeriod?.count).toBe(1)
  expect(successor?.notes[0]).toContain('không có trong văn bản')
  expect(successor?.quote).toContain('tăng khoảng 10% - 15%')
})

test('the page says DỰ THẢO, leaves number, date and signature blank, and shows hostile words as text', async () => {
  const registrations = [
    registration({ obstacle: '<script>alert(1)</script> thiếu vốn', enterprise: '"><img src=x>' }),
  ]
  const page = await annualHtml(annualDraft(input({ registrations, classes: [held()] })), (status) => status)
  expect(page).toContain('DỰ THẢO')
  expect(page).toContain('Số: ……/BC-SKHCN')
  expect(page).toContain('ngày …… tháng …… năm ……')
  expect(page).toContain('CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM')
  expect(page).not.toMatch(/<script|<img/)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; thiếu vốn')
  expect(page).toContain("font-family: 'Times New Roman'")
  expect(page).toContain('margin: 20mm 15mm 20mm 30mm')
  for (const part of [
    'I. Công tác chỉ đạo',
    'II. Kết quả',
    'III. Đánh giá',
    'IV. Phương hướng',
    'V. Đề xuất',
    'Phụ lục I',
  ])
    expect(page).toContain(part)
})

test('needs count enterprises per topic and place: repeats and cancelled ones add nothing', () => {
  const same = { enterpriseKey: 'a', support: ['gap', 'traceability'] }
  const rows = needs([
    registration({ ...same, trainees: 2 }),
    registration({ ...same, trainees: 5, wishedFor: 'quý 2/2027' }),
    registration({ support: ['gap'], trainees: 1 }),
    registration({ support: ['gap'], status: 'cancelled' }),
    registration({ support: ['gap'], commune: 'Ninh Hải' }),
  ])
  expect(
    rows.map(({ support, commune, enterprises, trainees }) => [support, commune, enterprises, trainees]),
  ).toEqual([
    ['gap', 'Phan Rang', 2, 6],
    ['gap', 'Ninh Hải', 1, 2],
    ['traceability', 'Phan Rang', 1, 5],
  ])
  expect(rows[0]?.wishedFor).toBe('quý 2/2027')
  expect(needsByTopic([registration(same), registration({ ...same, commune: 'Ninh Hải' })])).toEqual([
    { support: 'gap', enterprises: 1, trainees: 2 },
    { support: 'traceability', enterprises: 1, trainees: 2 },
  ])
})

test('two spellings of one enterprise in one commune are one, in two communes two', () => {
  const key = (name: string, commune = 'Phước Hữu') => enterpriseKey(name, commune)
  expect(key('HTX Nho Ba Mọi')).toBe(key('Hợp tác xã  NHO BA MOI'))
  expect(key('Công ty TNHH MTV Ánh Dương')).toBe(key('cty trách nhiệm hữu hạn một thành viên anh duong'))
  expect(key('HTX Nho', 'A')).not.toBe(key('HTX Nho', 'B'))
})

test('a report made again later for the same cut-off sees the states of that day', async () => {
  const base = {
    kind: 'interest',
    support: 'gap',
    province: 'ninh-thuan',
    state: 'completed',
    enterpriseName: 'HTX',
    communeLabel: '',
    trainees: null,
  } as const
  const listed = ['a', 'b', 'c'].map((id) => ({
    ...base,
    id,
    reference: id,
    submittedAt: new Date('2026-02-01'),
    updatedAt: new Date('2026-12-01'),
  }))
  const events: Record<string, { at: Date; toState: string | null }[]> = {
    a: [
      { at: new Date('2026-02-01'), toState: 'new' },
      { at: new Date('2026-05-01'), toState: 'completed' },
    ],
    b: [
      { at: new Date('2026-02-01'), toState: 'new' },
      { at: new Date('2026-12-01'), toState: 'completed' },
    ],
    c: [],
  }
  const facts = await registrationFacts(
    { query: () => Promise.reject(new Error('no database here')) },
    {
      list: (_tx, _filter, { after }) =>
        Promise.resolve(
          after === null ? { rows: listed.slice(0, 2), next: 'b' } : { rows: listed.slice(2), next: null },
        ),
      timelines: (_tx, ids) => Promise.resolve(new Map(ids.map((id) => [id, events[id] ?? []]))),
      many: () => Promise.resolve(new Map([['a', { values: { problem: { label: 'thiếu vốn' } } }]])),
    },
    { province: 'ninh-thuan', from: yearBegins(2026), until: UNTIL },
  )
  expect(
    facts.map(({ id, status, closedAt }) => [id, status, closedAt?.toISOString().slice(0, 10) ?? null]),
  ).toEqual([
    ['a', 'completed', '2026-05-01'],
    ['b', 'new', null],
    ['c', 'new', null],
  ])
  expect(facts.map(({ obstacle }) => obstacle)).toEqual(['thiếu vốn', null, null])
})

test('unanswered questions are counted per province and reason within the period', () => {
  const asked = (province: string, reason: string, at: string) => ({
    province,
    reason,
    asked_at: new Date(at),
  })
  const counted = questionFacts(
    [
      asked('a', 'no_source', '2026-05-01'),
      asked('a', 'no_source', '2026-06-01'),
      asked('b', 'no_source', '2026-06-01'),
      asked('a', 'no_source', '2025-06-01'),
    ],
    { from: yearBegins(2026), until: UNTIL },
  )
  expect(counted.map(({ province, count }) => [province, count])).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})
