/** From a document and its records to the units that can be found and cited. Pure. */
import { z } from 'zod'
import { type Block, citeSection, documentLabel, type FrontMatter, type PlanDocument } from './document.ts'
import type { DocumentRecords, SupportKind } from './records.ts'

export const UnitKind = z.enum([
  'passage',
  'support_type',
  'target',
  'duty',
  'baseline',
  'rule',
  'document_fact',
  'note',
])
export type UnitKind = z.infer<typeof UnitKind>

/** What a unit is before the database gives it an id. `searchText` is what it is found by; it is never shown. */
export interface UnitDraft {
  readonly kind: UnitKind
  /** Stable within the document: the same content keeps its key from version to version. */
  readonly key: string
  readonly section: readonly string[]
  readonly cite: string
  readonly quote: string
  readonly text: string
  readonly support: readonly string[]
  readonly payload: Readonly<Record<string, unknown>>
  readonly searchText: string
}

type FactKind = 'number' | 'date_issued' | 'signer' | 'issuer' | 'period' | 'title'

/** A fact about the document itself; `value` null means the source leaves it open (`note` says how). */
export interface DocumentFact {
  readonly fact: FactKind
  readonly label: string
  readonly value: string | null
  readonly note: string | null
}

/** Everything of a document that can be found. Records whose quote is not in the document are a caller's bug. */
export function unitsOf(
  plan: PlanDocument,
  records: DocumentRecords,
  kinds: ReadonlyMap<string, SupportKind>,
): UnitDraft[] {
  return [
    ...plan.blocks.map((block, i) => passage(block, i, plan, records)),
    ...supportTypes(records, kinds),
    ...amounts(records),
    ...duties(records),
    ...facts(plan),
  ]
}

function passage(block: Block, index: number, plan: PlanDocument, records: DocumentRecords): UnitDraft {
  const proven = records.namings
    .filter((naming) => block.text.includes(naming.quote))
    .map((naming) => naming.key)
  const counted = [...records.targets]
    .filter((target) => block.text.includes(target.quote))
    .flatMap((t) => t.support)
  return {
    kind: 'passage',
    key: `p${index + 1}`,
    section: block.section,
    cite: citeSection(block.section),
    quote: block.text,
    text: block.text,
    support: [...new Set([...proven, ...counted])],
    payload: { line: block.line, block: block.kind, index, document: plan.front.id },
    searchText: [...block.section.slice(-2), block.text].join('\n'),
  }
}

function supportTypes(records: DocumentRecords, kinds: ReadonlyMap<string, SupportKind>): UnitDraft[] {
  return records.namings.flatMap((naming, i) => {
    const before = records.namings.slice(0, i).filter((other) => other.key === naming.key).length
    const kind = kinds.get(naming.key)
    if (!kind) return []
    const { synonyms, ...described } = kind
    return {
      kind: 'support_type' as const,
      key: before === 0 ? `support:${naming.key}` : `support:${naming.key}:${before + 1}`,
      section: naming.section,
      cite: naming.cite,
      quote: naming.quote,
      text: kind.name,
      support: [naming.key],
      payload: { ...described, naming },
      // Synonyms without marks are for exact matching elsewhere; here the question has been repaired already.
      searchText: [kind.name, naming.quote, ...synonyms.filter(isMarkedOrCode)].join('\n'),
    }
  })
}

/** Keeps "quét mã", "HACCP", "iso 9001"; drops "quet ma", which would only teach the model unmarked words. */
function isMarkedOrCode(synonym: string): boolean {
  return /[^\u0000-\u007f]/.test(synonym) || /\p{Lu}|\p{N}/u.test(synonym) || !synonym.includes(' ')
}

function amounts(records: DocumentRecords): UnitDraft[] {
  const unit = (
    kind: UnitKind,
    record: { id: string; label: string; quote: string; cite: string; section: string[] },
    support: string[],
    more: string[] = [],
  ) => ({
    kind,
    key: record.id,
    section: record.section,
    cite: record.cite,
    quote: record.quote,
    text: record.label,
    support,
    payload: { ...record },
    searchText: [record.label, record.quote, ...record.section.slice(-1), ...more].join('\n'),
  })
  return [
    ...records.targets.map((target) => unit('target', target, target.support)),
    ...records.rules.map((rule) => ({
      ...unit('rule', rule, []),
      payload: { ...rule, derived: records.derived.filter((derived) => derived.rule === rule.id) },
    })),
    ...records.baseline.map((past) => unit('baseline', past, [])),
  ]
}

function duties(records: DocumentRecords): UnitDraft[] {
  return records.duties.map((duty) => ({
    kind: 'duty' as const,
    key: duty.id,
    section: duty.section,
    cite: duty.cite,
    quote: duty.quote,
    text: duty.label,
    support: [],
    payload: { ...duty },
    searchText: [duty.label, duty.who, duty.quote, ...(duty.to === null ? [] : [duty.to])].join('\n'),
  }))
}

/** The facts a person asks of a document itself, each proven by a place in it where it can be. */
export function documentFacts(front: FrontMatter): DocumentFact[] {
  const { year, month, day } = front.date_issued
  const date = month === null || day === null ? null : `${day}/${month}/${year}`
  const { start, end, horizon } = front.period
  const period = [
    start !== null && end !== null ? `giai đoạn ${start} - ${end}` : end === null ? null : `đến năm ${end}`,
    horizon === null ? null : `định hướng đến năm ${horizon}`,
  ].filter((part) => part !== null)
  const signer = front.signer === null ? null : [front.signer, front.signer_title].filter(Boolean).join(', ')
  return [
    { fact: 'number', label: 'Số văn bản', value: front.number, note: front.number_note ?? null },
    {
      fact: 'date_issued',
      label: 'Ngày ban hành',
      value: date ?? String(year),
      note: date === null ? `Nguồn chỉ cho biết năm ${year}, không ghi ngày, tháng.` : null,
    },
    { fact: 'signer', label: 'Người ký', value: signer, note: null },
    { fact: 'issuer', label: 'Cơ quan ban hành', value: front.issuer, note: null },
    { fact: 'period', label: 'Giai đoạn', value: period.join(', ') || null, note: front.period_note ?? null },
    { fact: 'title', label: 'Tên văn bản', value: front.title, note: front.source_note ?? null },
  ]
}

const FACT_WORDS: Readonly<Record<FactKind, string>> = {
  number: 'văn bản số, số hiệu, kế hoạch số mấy, ký hiệu',
  date_issued: 'ngày ban hành, ban hành khi nào, ký ngày nào, năm nào, ngày tháng ký, hồi nào',
  signer: 'ai ký, người ký, ông nào ký, lãnh đạo ký ban hành, chức vụ người ký, chủ tịch, phó chủ tịch',
  issuer: 'ai ban hành, cơ quan nào ban hành, cơ quan ban hành, nơi ban hành, của ai',
  period: 'thời gian thực hiện, còn hiệu lực, từ năm nào, kéo dài bao lâu, thời hạn kế hoạch',
  title: 'tên kế hoạch, tên đầy đủ, tên gọi, trích yếu',
}

function facts(plan: PlanDocument): UnitDraft[] {
  return documentFacts(plan.front).map((fact) => {
    const proof = proofOf(fact, plan)
    return {
      kind: 'document_fact' as const,
      key: `fact:${fact.fact}`,
      section: proof.section,
      cite: proof.section.length === 0 ? 'Phần mở đầu' : citeSection(proof.section),
      quote: proof.quote,
      text: `${fact.label}: ${fact.value ?? 'nguồn không ghi'}`,
      support: [],
      payload: { ...fact, label: fact.label, document: documentLabel(plan.front) },
      // The title holds the words of the whole plan and would be found by every question.
      searchText: [fact.label, fact.fact === 'title' ? '' : (fact.value ?? ''), FACT_WORDS[fact.fact]].join(
        '\n',
      ),
    }
  })
}

/** The block that shows the fact, else the title. A signer alone on a line is quoted with the heading above. */
function proofOf(fact: DocumentFact, plan: PlanDocument): { quote: string; section: readonly string[] } {
  const { front, blocks, heading } = plan
  const { day, month, year } = front.date_issued
  const shown: Readonly<Record<FactKind, string | null>> = {
    number: front.number,
    date_issued: day === null || month === null ? null : `${day}/${month}/${year}`,
    signer: front.signer,
    issuer: null,
    period: null,
    title: null,
  }
  const wanted = shown[fact.fact]
  const block = wanted === null ? undefined : blocks.find((candidate) => candidate.text.includes(wanted))
  if (!block) return { quote: heading || front.title, section: [] }
  if (block.text.length >= 60) return { quote: block.text, section: block.section }
  return { quote: [block.section.at(-1) ?? '', block.text].join(' ').trim(), section: block.section }
}

/** A question and its answer as staff wrote them, ready to be found. */
export function noteUnit(note: {
  question: string
  answer: string
  support: readonly string[]
  source: string | null
}): UnitDraft {
  return {
    kind: 'note',
    key: 'note',
    section: [],
    cite: note.source ?? 'Giải đáp của cán bộ',
    quote: note.answer,
    text: note.answer,
    support: note.support,
    payload: { question: note.question, answer: note.answer, source: note.source },
    searchText: [note.question, note.question, note.answer].join('\n'),
  }
}
