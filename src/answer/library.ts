/** What can be answered with: topics of the data files and of the catalogue, each with its pieces per province. */
import type { Catalogue, Knowledge, Unit } from '../knowledge/index.ts'
import type { Bilingual, UnderstandingData } from './data.ts'
import type { TopicSource } from './topics.ts'
import { wordsOf } from './words.ts'

/** One thing a plan says, with the words that prove it. */
export interface Piece {
  readonly kind: 'support' | 'target' | 'past' | 'rule' | 'duty' | 'fact' | 'scope' | 'passage' | 'note'
  readonly province: string
  readonly doc: string
  readonly docLabel: string
  readonly section: readonly string[]
  readonly cite: string
  /** Verbatim; recognises the paragraph. */
  readonly quote: string
  readonly label: string
  /** First and last year the figure is for; null where the source says none. */
  readonly period: { readonly start: number | null; readonly end: number | null } | null
  readonly amount: Amount | null
  /** False: the plan does not use the very name, only a wider one. */
  readonly explicit: boolean
  readonly note: string | null
  readonly forecast: boolean
  /** A duty's doer and reader, a fact's value. */
  readonly who: string | null
  readonly to: string | null
  /** When a duty falls due; null when the source names no time. */
  readonly due: { readonly day: boolean; readonly year: boolean } | null
  readonly value: string | null
  /** Which fact about the document it is: "number", "signer" …; null elsewhere. */
  readonly fact: string | null
}

export interface Amount {
  readonly comparator: string
  readonly unit: string
  readonly value: number | null
  readonly min: number | null
  readonly max: number | null
}

export interface Topic {
  readonly id: string
  readonly label: Bilingual
  readonly about: readonly string[]
  readonly agree: boolean
  /** About what came before the plan. */
  readonly past: boolean
  readonly anchors: Readonly<Record<string, readonly string[]>>
  /** Key of the kind of support it belongs to, for signing up. */
  readonly support: string | null
}

export interface Book {
  readonly version: number
  readonly topics: ReadonlyMap<string, Topic>
  readonly sources: readonly TopicSource[]
  readonly catalogues: ReadonlyMap<string, Catalogue>
  readonly provinces: readonly {
    readonly code: string
    readonly name: string
    readonly numbers: readonly string[]
  }[]
}

const EMPTY = {
  explicit: true,
  note: null,
  forecast: false,
  who: null,
  to: null,
  due: null,
  value: null,
  fact: null,
  amount: null,
  period: null,
}

/** Joins the data files with what the served documents hold; what no file names becomes a topic of its own. */
export async function openBook(knowledge: Knowledge, data: UnderstandingData): Promise<Book> {
  const version = await knowledge.version()
  const provinces = await knowledge.provinces()
  const catalogues = new Map<string, Catalogue>()
  for (const { code } of provinces) {
    const catalogue = await knowledge.catalogue(code)
    if (catalogue) catalogues.set(code, catalogue)
  }
  const topics = new Map<string, Topic>()
  const sources: TopicSource[] = []
  const records = recordsOf([...catalogues.values()])
  const listed = new Set(data.topics.flatMap(({ about }) => about))
  for (const { about, label, ask, agree, past, passages } of data.topics) {
    const id = about[0] ?? `passage:${wordsOf(label.vi).join('-')}`
    const support = about.find((ref) => ref.startsWith('support:'))?.slice(8) ?? supportOf(about, catalogues)
    topics.set(id, {
      id,
      label,
      about,
      agree,
      past: past || about.some((ref) => ref.startsWith('past:')),
      anchors: passages,
      support,
    })
    const names = about.flatMap((ref) => records.get(ref)?.phrases ?? [])
    const texts = [...ask, label.vi, ...names]
    sources.push({ id, support, texts, phrases: texts.map(wordsOf) })
  }
  for (const [ref, { phrases, label }] of records) {
    if (listed.has(ref)) continue
    const support = ref.startsWith('support:') ? ref.slice(8) : null
    topics.set(ref, {
      id: ref,
      label: { vi: label, en: label },
      about: [ref],
      agree: false,
      past: ref.startsWith('past:'),
      anchors: {},
      support,
    })
    sources.push({ id: ref, support, texts: phrases, phrases: phrases.map(wordsOf) })
  }
  return {
    version,
    topics,
    sources,
    catalogues,
    provinces: provinces.map(({ code, name }) => ({ code, name, numbers: numbersOf(catalogues.get(code)) })),
  }
}

/** The digits of the documents' numbers, three at least: "4009" of 4009/KH-UBND. */
function numbersOf(catalogue: Catalogue | undefined): string[] {
  return (catalogue?.documents ?? []).flatMap(({ front }) => /^\d{3,}/.exec(front.number ?? '')?.[0] ?? [])
}

/** Everything the catalogues hold, by the reference the data files use, with the words it is known by. */
function recordsOf(catalogues: readonly Catalogue[]): Map<string, { label: string; phrases: string[] }> {
  const found = new Map<string, { label: string; phrases: string[] }>()
  const add = (ref: string, label: string, phrases: readonly string[]) => {
    const known = found.get(ref)
    if (known) known.phrases.push(...phrases.filter((phrase) => !known.phrases.includes(phrase)))
    else found.set(ref, { label, phrases: [...phrases] })
  }
  for (const catalogue of catalogues) {
    for (const { key, name, synonyms } of catalogue.supportTypes)
      add(`support:${key}`, name, [name, ...synonyms])
    for (const { metric, label } of catalogue.targets) add(`target:${metric}`, label, [label])
    for (const { metric, label } of catalogue.baseline) add(`past:${metric}`, label, [label])
    for (const { duty, label } of catalogue.duties) add(`duty:${duty}`, label, [label])
    for (const { label } of catalogue.rules) add('rule', label, [label])
    if (catalogue.scope) add('scope', catalogue.scope.label, [catalogue.scope.label])
    for (const { facts } of catalogue.documents)
      for (const { fact, label } of facts) add(`fact:${fact}`, label, [label])
  }
  return found
}

/** Every record of a catalogue that holds a figure. */
export function figurePieces(catalogue: Catalogue): Piece[] {
  const refs = [
    ...catalogue.targets.map(({ metric }) => `target:${metric}`),
    ...catalogue.baseline.map(({ metric }) => `past:${metric}`),
  ]
  return [...new Set(refs)].flatMap((ref) => piecesOf(ref, catalogue))
}

function supportOf(about: readonly string[], catalogues: ReadonlyMap<string, Catalogue>): string | null {
  for (const { targets } of catalogues.values()) {
    const target = targets.find(({ metric }) => about.includes(`target:${metric}`))
    if (target?.support[0] !== undefined) return target.support[0]
  }
  return null
}

/** The pieces a topic has in one province, as records; anchors of passages are found separately. */
export function recordPieces(topic: Topic, catalogue: Catalogue): Piece[] {
  return topic.about.flatMap((ref) => piecesOf(ref, catalogue))
}

function piecesOf(ref: string, catalogue: Catalogue): Piece[] {
  const [kind = '', ...rest] = ref.split(':')
  const name = rest.join(':')
  const province = catalogue.province.code
  const base = (record: {
    documentId: string
    quote: string
    cite: string
    section: readonly string[]
    label?: string
  }) => ({
    ...EMPTY,
    province,
    doc: record.documentId,
    docLabel: labelOf(catalogue, record.documentId),
    section: record.section,
    cite: record.cite,
    quote: record.quote,
    label: record.label ?? '',
  })
  switch (kind) {
    case 'support': {
      const type = catalogue.supportTypes.find(({ key }) => key === name)
      return (type?.namings ?? []).map((naming) => ({
        ...base(naming),
        kind: 'support' as const,
        label: type?.name ?? name,
        explicit: naming.explicit,
        note: naming.note ?? null,
      }))
    }
    case 'target':
      return catalogue.targets
        .filter(({ metric }) => metric === name)
        .map((target) => ({
          ...base(target),
          kind: 'target' as const,
          period: target.period,
          amount: amountOf(target),
          note: target.doubt ?? null,
          forecast: target.kind === 'forecast',
        }))
    case 'past':
      return catalogue.baseline
        .filter(({ metric }) => metric === name)
        .map((past) => ({
          ...base(past),
          kind: 'past' as const,
          period: past.period,
          amount: amountOf(past),
        }))
    case 'rule':
      return catalogue.rules.map((rule) => ({
        ...base(rule),
        kind: 'rule' as const,
        period: rule.period,
        amount: amountOf(rule),
      }))
    case 'duty':
      return catalogue.duties
        .filter(({ duty }) => duty === name)
        .map((duty) => ({
          ...base(duty),
          kind: 'duty' as const,
          who: duty.who,
          to: duty.to,
          due:
            duty.due === null ? null : { day: duty.due.day !== undefined, year: duty.due.year !== undefined },
          note: duty.doubt ?? null,
        }))
    case 'scope':
      return catalogue.scope
        ? [{ ...base(catalogue.scope), kind: 'scope' as const, note: catalogue.scope.note ?? null }]
        : []
    default:
      return []
  }
}

function amountOf(record: {
  comparator: string
  unit: string
  value?: number | null | undefined
  min?: number | undefined
  max?: number | undefined
}): Amount {
  const { comparator, unit, value, min, max } = record
  return { comparator, unit, value: value ?? null, min: min ?? null, max: max ?? null }
}

function labelOf(catalogue: Catalogue, doc: string): string {
  return catalogue.documents.find(({ id }) => id === doc)?.label ?? doc
}

/** A found unit as a piece: passages, officers' notes, and facts about the document (whose quote is found, too). */
export function pieceOfUnit(unit: Unit): Piece {
  const kind = unit.kind === 'note' ? 'note' : unit.kind === 'document_fact' ? 'fact' : 'passage'
  const value = unit.payload['value']
  const label = unit.payload['label']
  const note = unit.payload['note']
  return {
    ...EMPTY,
    kind,
    province: unit.province,
    doc: unit.documentId,
    docLabel: unit.label,
    section: unit.section,
    cite: unit.cite,
    quote: unit.quote,
    label: unit.kind === 'document_fact' && typeof label === 'string' ? label : '',
    value: typeof value === 'string' ? value : null,
    fact: unit.kind === 'document_fact' ? unit.key.replace(/^fact:/, '') : null,
    note: typeof note === 'string' ? note : null,
  }
}

/** Words that stand in nearly every paragraph of a plan: one search with them reads them all. */
const COMMON =
  'và các của doanh nghiệp năng suất chất lượng tỉnh khoa học công nghệ kế hoạch thực hiện hỗ trợ sở tổ chức'
const MOST_PARAGRAPHS = 600

/**
 * Finds the paragraph a quote stands in. Read once per knowledge version; what one read does not bring is looked
 * up by itself. Kept per quote of the records and topics, whose number is fixed.
 */
export class Paragraphs {
  readonly #known = new Map<string, Unit | null>()
  readonly #all = new Map<string, Promise<readonly Unit[]>>()
  readonly #knowledge: Knowledge

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge
  }

  async with(province: string, quote: string): Promise<Unit | null> {
    const key = `${province}\n${quote}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const read = (await this.#of(province)).find(
      (unit) => unit.kind === 'passage' && unit.quote.includes(quote),
    )
    const unit = read ?? (await this.#search(province, quote))
    this.#known.set(key, unit)
    return unit
  }

  /** The introduction in whose list a paragraph stands ("Ưu tiên bố trí … thực hiện các nhiệm vụ:"). */
  async introOf(province: string, paragraph: string): Promise<Unit | null> {
    const item = await this.with(province, paragraph)
    if (!item) return null
    const [intro] = (await this.#of(province))
      .filter((unit) => INTRODUCES.test(unit.quote) && isAfter(item, unit))
      .sort((a, b) => placeOf(b) - placeOf(a))
    if (!intro) return null
    return (await this.itemsAfter(province, intro)).some(({ id }) => id === item.id) ? intro : null
  }

  /** What follows an introduction ("… các nhiệm vụ sau:") in its own section, in the order of the document. */
  async itemsAfter(province: string, intro: Unit): Promise<readonly Unit[]> {
    const following = (await this.#of(province))
      .filter((unit) => isAfter(unit, intro))
      .sort((a, b) => placeOf(a) - placeOf(b))
    // The list ends where its kind of block does: items do not run on into paragraphs.
    const kind = following[0]?.payload['block']
    const end = following.findIndex(({ payload }) => payload['block'] !== kind)
    return end < 0 ? following : following.slice(0, end)
  }

  async fact(province: string, fact: string): Promise<Unit | null> {
    return (await this.#of(province)).find((unit) => unit.key === `fact:${fact}`) ?? null
  }

  async #search(province: string, quote: string): Promise<Unit | null> {
    const { hits } = await this.#knowledge.search(quote, {
      provinces: [province],
      kinds: ['passage'],
      limit: 8,
    })
    return hits.find((hit) => hit.unit.quote.includes(quote))?.unit ?? null
  }

  #of(province: string): Promise<readonly Unit[]> {
    const known = this.#all.get(province)
    if (known) return known
    const reading = this.#read(province)
    this.#all.set(province, reading)
    reading.catch(() => this.#all.delete(province)) // the next question tries again
    return reading
  }

  async #read(province: string): Promise<readonly Unit[]> {
    const options = { provinces: [province] }
    const passages = await this.#knowledge.search(COMMON, {
      ...options,
      kinds: ['passage'],
      limit: MOST_PARAGRAPHS,
    })
    const facts = await this.#knowledge.search(FACT_WORDS, {
      ...options,
      kinds: ['document_fact'],
      limit: 60,
    })
    return [...passages.hits, ...facts.hits].map(({ unit }) => unit)
  }
}

/** Ends as what introduces a list does. */
export const INTRODUCES = /:\s*$/u

const placeOf = ({ key }: Unit): number => Number(/^p(\d+)$/.exec(key)?.[1] ?? Number.NaN)

/** Both are passages of one section, in this order. */
function isAfter(unit: Unit, other: Unit): boolean {
  return (
    unit.kind === 'passage' &&
    unit.documentId === other.documentId &&
    unit.section.join('\n') === other.section.join('\n') &&
    placeOf(unit) > placeOf(other)
  )
}

/** Words the facts of a document are found by. */
const FACT_WORDS = 'số văn bản ngày ban hành người ký cơ quan ban hành giai đoạn tên văn bản kế hoạch'
