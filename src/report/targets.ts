import type { ClassFact, Period, RegistrationFact } from './facts.ts'

/**
 * Plan targets beside counted results. Only what the software counted itself is filled in, with the ids behind the
 * number; a target nothing here can count (TFP, gold awards, clubs …) stays a marked blank for the officer.
 */

/** The part of a target of the knowledge base that a report needs (knowledge/targets.yaml). */
export interface PlanTarget {
  id: string
  province: string
  kind: 'commitment' | 'forecast' | 'unclear'
  period: { start: number | null; end: number | null }
  metric: string
  label: string
  unit: string
  comparator?: string | undefined
  value?: number | null | undefined
  min?: number | null | undefined
  max?: number | null | undefined
  approx?: boolean | undefined
  support: readonly string[]
  quote: string
  cite: string
  doubt?: string | undefined
}

/** A figure that stands in no document: a rule of the plan applied to an earlier target; always shown as computed. */
export interface ComputedTarget {
  id: string
  province: string
  period: { start: number | null; end: number | null }
  metric: string
  label: string
  unit: string
  min?: number | null | undefined
  max?: number | null | undefined
  approx?: boolean | undefined
  /** Id of the target it was computed from, and the sentence of the plan that allows it. */
  base: string
  quote: string
  cite: string
}

/** How a metric can be counted here. */
type Measure = 'attendances' | 'classes_held' | 'enterprises_completed' | 'experts_attended'

/** Metric of the plan → what of ours it counts. A metric that is not listed is not countable by the software. */
const MEASURES: Record<string, { measure: Measure; note: string }> = {
  trained_person_turns: {
    measure: 'attendances',
    note: 'Đếm lượt người đã điểm danh tại các lớp trong hệ thống.',
  },
  training_classes: { measure: 'classes_held', note: 'Đếm lớp ở trạng thái đã tổ chức trong hệ thống.' },
  productivity_experts: {
    measure: 'experts_attended',
    note: 'Đếm người đã điểm danh khoá chuyên gia; việc được cấp chứng chỉ do cán bộ xác nhận.',
  },
  pilot_model_smes: {
    measure: 'enterprises_completed',
    note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành”; quy mô nhỏ và vừa do cán bộ xác nhận.',
  },
  green_productivity_enterprises: {
    measure: 'enterprises_completed',
    note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành”.',
  },
  hospitals_clinics_supported: {
    measure: 'enterprises_completed',
    note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành”.',
  },
  schools_applying_5s: { measure: 'enterprises_completed', note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành”.' },
  organizations_guided_per_year: {
    measure: 'enterprises_completed',
    note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành” trong kỳ.',
  },
  enterprises_supported: { measure: 'enterprises_completed', note: 'Đếm đơn vị có hồ sơ “Đã hoàn thành”.' },
}

interface Counted {
  count: number
  /** What stands behind the number: reference of a registration or title of a class. */
  behind: readonly { id: string; label: string }[]
}

export interface IndicatorRow {
  id: string
  label: string
  unit: string
  /** As the plan says it: "ít nhất 10 lớp". */
  planned: string
  /** Smallest number that fulfils it; null when the plan names none. */
  least: number | null
  /** Null: the software cannot count it, an officer fills it in. */
  inPeriod: Counted | null
  total: Counted | null
  /** Share of `least` reached since the plan began, in percent; null when it cannot be said. */
  percent: number | null
  /** Still missing to `least`; null likewise. */
  gap: number | null
  computed: boolean
  notes: readonly string[]
  quote: string
  cite: string
}

const COMPARATORS: Record<string, string> = {
  '>=': 'ít nhất',
  '>': 'trên',
  '=': '',
  about: 'khoảng',
  '<=': 'tối đa',
  '<': 'dưới',
}

const number = (value: number) => value.toLocaleString('vi-VN', { maximumFractionDigits: 2 })

/** "ít nhất 10 lớp", "khoảng 2-5 doanh nghiệp", "" when the plan gives no number. */
function plannedText({
  comparator,
  value,
  min,
  max,
  approx,
  unit,
}: Pick<PlanTarget, 'comparator' | 'value' | 'min' | 'max' | 'approx' | 'unit'>): string {
  if (min != null && max != null)
    return `${approx === true ? 'khoảng ' : ''}${number(min)}-${number(max)} ${unit}`
  if (value == null) return ''
  return `${COMPARATORS[comparator ?? '='] ?? ''} ${number(value)} ${unit}`.trim()
}

/** "trên 150" is fulfilled from 151 on; a range from its lower end. */
function leastOf({
  comparator,
  value,
  min,
}: Pick<PlanTarget, 'comparator' | 'value' | 'min'>): number | null {
  if (min != null) return min
  if (value == null) return null
  return comparator === '>' ? value + 1 : value
}

export interface CountedFacts {
  /** Facts of the reported period. */
  inPeriod: { registrations: readonly RegistrationFact[]; classes: readonly ClassFact[] }
  /** Facts since the target's first year, up to the same cut-off. */
  total: { registrations: readonly RegistrationFact[]; classes: readonly ClassFact[] }
}

function count(
  measure: Measure,
  support: readonly string[],
  { registrations, classes }: CountedFacts['inPeriod'],
): Counted {
  const wanted = new Set(support)
  const held = classes.filter((one) => one.state === 'held' && wanted.has(one.support))
  switch (measure) {
    case 'classes_held':
      return { count: held.length, behind: held.map(({ id, title }) => ({ id, label: title })) }
    case 'attendances':
    case 'experts_attended':
      return {
        count: held.reduce((sum, { attended }) => sum + attended, 0),
        behind: held.map(({ id, title, attended }) => ({ id, label: `${title}: ${attended}` })),
      }
    case 'enterprises_completed': {
      const done = registrations.filter(
        (one) => one.status === 'completed' && one.support.some((key) => wanted.has(key)),
      )
      // enterprises, not registrations: three completed registrations of one co-operative are one
      const byEnterprise = new Map(done.map((one) => [one.enterpriseKey, one]))
      return {
        count: byEnterprise.size,
        behind: [...byEnterprise.values()].map(({ id, reference, enterprise }) => ({
          id,
          label: `${enterprise} (${reference})`,
        })),
      }
    }
  }
}

/** One row of the table of indicators. */
export function indicatorRow(target: PlanTarget, facts: CountedFacts): IndicatorRow {
  const measure = target.kind === 'commitment' ? MEASURES[target.metric] : undefined
  const least = leastOf(target)
  const inPeriod = measure === undefined ? null : count(measure.measure, target.support, facts.inPeriod)
  const total = measure === undefined ? null : count(measure.measure, target.support, facts.total)
  const perYear = target.metric.endsWith('_per_year')
  // a yearly target is compared with the year, never with the sum of years
  const reached = perYear ? inPeriod : total
  return {
    id: target.id,
    label: target.label,
    unit: target.unit,
    planned: plannedText(target),
    least,
    inPeriod,
    total: perYear ? null : total,
    percent:
      reached === null || least === null || least === 0
        ? null
        : Math.round((reached.count / least) * 1000) / 10,
    gap: reached === null || least === null ? null : Math.max(0, least - reached.count),
    computed: false,
    notes: [
      ...(measure === undefined ? ['Phần mềm không đếm được chỉ tiêu này; cán bộ điền.'] : [measure.note]),
      ...(target.kind === 'forecast' ? ['Dự báo kèm theo, không phải cam kết.'] : []),
      ...(target.doubt === undefined ? [] : [target.doubt]),
    ],
    quote: target.quote,
    cite: target.cite,
  }
}

/** A row for a figure that was only computed from a rule; it says so, and cites the rule, not the figure. */
export function computedRow(
  target: ComputedTarget,
  base: PlanTarget | undefined,
  facts: CountedFacts,
): IndicatorRow {
  const row = indicatorRow(
    {
      ...target,
      kind: 'commitment',
      comparator: 'between',
      support: base?.support ?? [],
      quote: target.quote,
      cite: target.cite,
    },
    facts,
  )
  return {
    ...row,
    computed: true,
    notes: [
      'Số kế hoạch là số tính thêm từ quy tắc trong kế hoạch, không có trong văn bản; chưa làm tròn.',
      ...row.notes,
    ],
  }
}

/** Facts of a period out of all facts up to the cut-off; a registration counts when it was closed, a class when it was held. */
export function within(
  facts: { registrations: readonly RegistrationFact[]; classes: readonly ClassFact[] },
  { from, until }: Period,
): CountedFacts['inPeriod'] {
  const inside = (at: Date | null) => at !== null && at >= from && at < until
  return {
    registrations: facts.registrations.filter((one) => inside(one.closedAt ?? one.createdAt)),
    classes: facts.classes.filter((one) => inside(one.firstDay)),
  }
}

/** Joins the computed figures of the knowledge base with the sentence of the plan that allows them. */
export function computedTargets(
  derived: readonly (Omit<ComputedTarget, 'quote' | 'cite'> & { rule: string })[],
  rules: readonly { id: string; quote: string; cite: string }[],
): ComputedTarget[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  return derived.flatMap(({ rule, ...one }) => {
    const found = byId.get(rule)
    // without its sentence a computed figure has nothing to stand on
    return found === undefined ? [] : [{ ...one, quote: found.quote, cite: found.cite }]
  })
}
