/** From selected pieces to what is said: the first sentence answers, figures as the document writes them, quotes cited. */
import type { Citation } from '../channel/index.ts'
import type { BodyData } from './data.ts'
import { excerpt } from './excerpt.ts'
import type { Amount, Piece } from './library.ts'
import { numberForms, uncited } from './numbers.ts'
import type { Found, Selection } from './select.ts'
import { capital, type Language, TEXT } from './texts.ts'
import { LENGTH } from './thresholds.ts'
import type { Meaning } from './understand.ts'
import { wordsOf } from './words.ts'

export interface Composed {
  readonly text: string
  readonly citations: Citation[]
  /** What a model may say in other words; null where our own words carry a reservation it could lose. */
  readonly phrasing: Phrasing | null
}

export interface Phrasing {
  /** The figures we lead with, before any quote; '' when there are none. */
  readonly lead: string
  /** Our own remarks behind the answer, said after a phrasing too. */
  readonly notes: readonly string[]
}

export interface Telling {
  readonly language: Language
  readonly meaning: Meaning
  readonly at: Date
  readonly bodies: readonly BodyData[]
  nameOf(province: string): string
  /** Share of the length this answer may take, when it is one of several. */
  readonly share: number
}

/** A sentence; `must` ones are never dropped, the others go when too long or when a number in them is not cited. */
interface Sentence {
  readonly text: string
  readonly must: boolean
}

/** Paragraphs are quoted once, however many pieces stand in them. */
interface Group {
  readonly paragraph: string
  readonly founds: readonly Found[]
}

export function composeAnswer(selections: readonly Selection[], telling: Telling): Composed {
  const sentences: Sentence[] = []
  const citations: Citation[] = []
  const leads: string[] = []
  const groups = selections.flatMap((selection) => grouped(selection.pieces))
  const most = (groups.length > 1 ? LENGTH.quoteOfSeveral : LENGTH.quote) * Math.max(0.6, telling.share)
  for (const [i, group] of groups.entries()) {
    const told = tell(group, groups[i - 1] ?? null, most, telling)
    sentences.push(...told.sentences)
    citations.push(...told.citations)
    if (told.lead !== null) leads.push(told.lead)
  }
  const remarks = notes(selections, citations, telling)
  const composed = fitted([...sentences, ...remarks], withoutRepeats(citations), LENGTH.most * telling.share)
  const pieces = selections.flatMap((selection) => selection.pieces.map(({ piece }) => piece))
  const reserved = pieces.some(
    ({ kind, explicit, forecast }) => kind === 'past' || forecast || (kind === 'support' && !explicit),
  )
  const phrasing = {
    lead: leads.join(' '),
    notes: remarks.map(({ text }) => text).filter((it) => composed.text.includes(it)),
  }
  return { ...composed, phrasing: reserved ? null : phrasing }
}

function grouped(founds: readonly Found[]): Group[] {
  return [...Map.groupBy(founds, ({ paragraph }) => paragraph)].map(([paragraph, members]) => ({
    paragraph,
    founds: members,
  }))
}

function tell(
  group: Group,
  before: Group | null,
  most: number,
  telling: Telling,
): { sentences: Sentence[]; citations: Citation[]; lead: string | null } {
  const { meaning } = telling
  const first = before === null
  const [head] = group.founds
  if (!head) return { sentences: [], citations: [], lead: null }
  const asked = [
    ...meaning.words,
    ...(head.piece.kind === 'passage' ? [] : group.founds.flatMap(({ piece }) => wordsOf(piece.quote))),
  ]
  // The quote of a passage only tells which paragraph is meant; any part of it may be the answer.
  const anchor = head.piece.kind === 'passage' ? '' : head.piece.quote
  const short =
    meaning.cues.howMany && head.piece.amount !== null ? Math.min(most, LENGTH.quoteOfFigure) : most
  const quote = excerpt(group.paragraph, anchor, asked, short)
  const figures = group.founds.filter(({ piece }) => piece.amount !== null && piece.kind !== 'rule')
  const proof = [
    citationOf(head.piece, quote),
    ...group.founds
      .filter(({ piece }) => piece.kind !== 'passage' && !quote.includes(piece.quote))
      .map(({ piece }) => citationOf(piece, piece.quote)),
  ]
  const lead = figures.length > 0 ? figureLead(figures, telling) : null
  const years = lead === null ? [] : headingProof(figures, proof)
  const sentences: Sentence[] = lead === null ? [] : [{ text: lead, must: first }]
  sentences.push({
    text: `${quoteLead(head, first && lead === null, lead !== null, before?.founds[0] ?? null, telling)}: “${quote}”.`,
    must: true,
  })
  return { sentences, citations: [...proof, ...years], lead }
}

/** "Lượt người được đào tạo, tập huấn: trên 150 lượt người (mục tiêu đến năm 2025 của tỉnh Ninh Thuận)." */
function figureLead(figures: readonly Found[], telling: Telling): string | null {
  const t = TEXT[telling.language]
  const told = figures.flatMap(({ piece, topic }) => {
    const amount = piece.amount === null ? null : amountText(piece.amount, piece.quote, telling.language)
    if (amount === null) return []
    const label = telling.language === 'en' ? (topic?.label.en ?? piece.label) : piece.label
    const province = telling.nameOf(piece.province)
    const kind =
      piece.kind === 'past'
        ? t.past(province)
        : piece.forecast
          ? t.forecast(province)
          : t.target(piece.period?.end ?? null, province)
    return [{ label, amount, kind }]
  })
  const [firstFigure] = told
  if (!firstFigure) return null
  const same = told.every(({ kind }) => kind === firstFigure.kind)
  const list = told
    .map(({ label, amount, kind }) => `${label}: ${amount}${same ? '' : ` (${kind})`}`)
    .join('; ')
  return capital(`${list}${same ? ` (${firstFigure.kind})` : ''}.`)
}

/** The figure with its comparator and unit, digits as the quote writes them ("ít nhất 07 bệnh viện, phòng khám"). */
function amountText(amount: Amount, quote: string, language: Language): string | null {
  const t = TEXT[language]
  const written = (value: number | null) => (value === null ? null : (numberForms(quote).get(value) ?? null))
  const unit = language === 'en' ? (ENGLISH_UNITS[amount.unit] ?? '') : amount.unit
  const withUnit = (digits: string) =>
    unit === '' ? digits : unit.startsWith('%') ? `${digits}${unit}` : `${digits} ${unit}`
  if (amount.comparator === 'between') {
    const [low, high] = [written(amount.min), written(amount.max)]
    return low === null || high === null ? null : withUnit(t.range(low, high))
  }
  const digits = written(amount.value)
  const comparator = t.comparators[amount.comparator as keyof typeof t.comparators] ?? ''
  return digits === null ? null : `${comparator} ${withUnit(digits)}`.trim()
}

const ENGLISH_UNITS: Readonly<Record<string, string>> = { '%/năm': '% a year', '%': '%' }

/** The heading that gives the year, where the quote itself does not. */
function headingProof(figures: readonly Found[], proof: readonly Citation[]): Citation[] {
  return figures.flatMap(({ piece }) => {
    const year = piece.kind === 'target' ? piece.period?.end : null
    if (year == null || proof.some(({ quote }) => quote.includes(String(year)))) return []
    const heading = piece.section.findLast((part) => part.includes(String(year)))
    return heading === undefined ? [] : [citationOf(piece, heading)]
  })
}

function quoteLead(
  { piece }: Found,
  opens: boolean,
  afterFigure: boolean,
  before: Found | null,
  telling: Telling,
): string {
  const { language, meaning } = telling
  const t = TEXT[language]
  if (afterFigure) return t.original
  const alike =
    before !== null && before.piece.kind === piece.kind && before.piece.province === piece.province
  if (alike && piece.kind === 'passage' && before.piece.section.join() === piece.section.join()) return t.also
  const names = [telling.nameOf(piece.province)]
  const body = bodyOf(piece.section)
  if (piece.kind === 'duty' && language === 'vi') {
    return `${piece.label} – ${piece.who ?? ''}${piece.to === null ? '' : `, ${t.sendsTo} ${piece.to}`}`
  }
  if (piece.kind === 'fact' && piece.value !== null) return `${piece.label}: ${piece.value}. ${t.original}`
  if (body !== null && piece.kind === 'passage')
    return language === 'vi' ? `Theo kế hoạch của tỉnh ${names[0]}, ${body}` : `${t.says(names)}, ${body}`
  if (piece.kind === 'support' && !piece.explicit) return `${capital(t.plans(names))} ${t.wider}`
  const yes =
    opens && piece.kind === 'support' && meaning.cues.yesNo && !meaning.cues.who && !meaning.cues.howMany
  return `${yes ? `${t.yes} ` : ''}${t.says(names)}`
}

/** The office whose duties a section lists, without its number; null elsewhere. */
function bodyOf(section: readonly string[]): string | null {
  if (!section.some((part) => /tổ chức thực hiện/iu.test(part)) || section.length < 2) return null
  const heading = (section.at(-1) ?? '').replace(/^[\d.]+\s*/u, '').replace(/\s*:\s*$/u, '')
  if (heading.length <= 90) return heading
  return `${heading.slice(0, heading.lastIndexOf(',', 90))} …`
}

function notes(
  selections: readonly Selection[],
  citations: readonly Citation[],
  telling: Telling,
): Sentence[] {
  const t = TEXT[telling.language]
  const pieces = selections.flatMap((selection) => selection.pieces.map(({ piece }) => piece))
  const found: Sentence[] = []
  const say = (text: string) => found.push({ text, must: false })
  const targets = pieces.filter(({ kind }) => kind === 'target')
  const doubled = targets.filter((piece) =>
    targets.some(
      (other) =>
        other !== piece &&
        other.section.join() === piece.section.join() &&
        other.period?.end === piece.period?.end &&
        /năng suất lao động/iu.test(other.label) &&
        /năng suất lao động/iu.test(piece.label),
    ),
  )
  if (doubled.length > 1) found.push({ text: t.twoFigures, must: true })
  if (pieces.some(({ kind }) => kind === 'rule')) say(t.growthOnly)
  const year = telling.at.getUTCFullYear()
  const ends = targets.flatMap(({ period }) => (period?.end == null ? [] : [period.end]))
  if (ends.length > 0 && ends.every((end) => end < year)) found.push({ text: t.ended, must: true })
  const shown = [
    ...citations.map(({ quote }) => quote),
    ...pieces.map(({ section }) => section.at(-1) ?? ''),
  ].join(' ')
  for (const { once, now } of telling.bodies) {
    if (now && once.some((name) => shown.includes(name))) say(now[telling.language])
  }
  if (telling.language === 'vi') {
    for (const { kind, note } of pieces)
      if (note !== null && kind !== 'fact' && doubled.length === 0 && note.length <= 130) say(note)
  }
  return found
}

/** Drops what is too long or carries a number without proof. The sentences that answer stay. */
function fitted(
  sentences: readonly Sentence[],
  citations: readonly Citation[],
  most: number,
): Omit<Composed, 'phrasing'> {
  const quotes = citations.map(({ quote }) => quote)
  const kept: string[] = []
  let length = 0
  let optional = 0
  for (const { text, must } of sentences) {
    if (
      !must &&
      (uncited(text, quotes).length > 0 || length + text.length > Math.min(most, 450) || optional >= 2)
    )
      continue
    if (length > 0 && length + text.length + 1 > most) continue
    kept.push(text)
    length += text.length + 1
    if (!must) optional++
  }
  const text = kept.join(' ').replace(/\.”\./g, '.”').replace(/;”\./g, '”.')
  return {
    text,
    citations: citations.filter(
      ({ quote }, i) => i === 0 || text.includes(quote) || provesNumber(quote, text),
    ),
  }
}

function provesNumber(quote: string, text: string): boolean {
  return [...numberForms(quote).values()].some((digits) => text.includes(digits))
}

function citationOf(piece: Piece, quote: string): Citation {
  return { doc: piece.doc, label: piece.docLabel, section: piece.cite, quote }
}

function withoutRepeats(citations: readonly Citation[]): Citation[] {
  return citations.filter(
    (it, i) => citations.findIndex(({ doc, quote }) => doc === it.doc && quote === it.quote) === i,
  )
}

/** The rest, for "xem thêm": quotes one after the other. */
export function composeMore(founds: readonly Found[], telling: Telling): Omit<Composed, 'phrasing'> | null {
  const groups = grouped(founds)
  if (groups.length === 0) return null
  const t = TEXT[telling.language]
  const citations: Citation[] = []
  const lines = groups.flatMap(({ paragraph, founds: members }) => {
    const [head] = members
    if (!head) return []
    const quote = excerpt(paragraph, head.piece.quote, telling.meaning.words, LENGTH.quote)
    citations.push(citationOf(head.piece, quote))
    return [`• ${t.says([telling.nameOf(head.piece.province)])}: “${quote}”`]
  })
  const text: string[] = []
  for (const line of lines) if (text.join('\n').length + line.length < LENGTH.most) text.push(line)
  return { text: text.join('\n'), citations: citations.slice(0, text.length) }
}
