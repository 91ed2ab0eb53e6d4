/** From selected pieces to what is said: the first sentence answers, figures as the document writes them, quotes cited. */
import type { Citation } from '../channel/index.ts'
import type { BodyData } from './data.ts'
import { excerpt, plainOf } from './excerpt.ts'
import type { Piece } from './library.ts'
import { claimedNumbers, uncited } from './numbers.ts'
import { bodyOf, type Found } from './pieces.ts'
import {
  asksWhatIs,
  asksWhy,
  CONFIRM,
  citationOf,
  type Manner,
  tellGroup,
  tellTasks,
  WHAT_SUPPORT,
} from './say.ts'
import type { Selection } from './select.ts'
import { askedFor, TEXT } from './texts.ts'
import { LENGTH } from './thresholds.ts'

export interface Composed {
  readonly text: string
  readonly citations: Citation[]
  /** What a model may say in other words; null where our own words carry a reservation it could lose. */
  readonly phrasing: Phrasing | null
  /** What did not fit and was not told; for "xem thêm". */
  readonly left?: readonly Found[]
}

type Told = Pick<Composed, 'text' | 'citations'>

export interface Phrasing {
  /** The figures we lead with, before any quote; '' when there are none. */
  readonly lead: string
  /** Our own remarks behind the answer, said after a phrasing too. */
  readonly notes: readonly string[]
}

export interface Telling extends Manner {
  readonly at: Date
  readonly bodies: readonly BodyData[]
  /** Share of the length this answer may take, when it is one of several. */
  readonly share: number
}

/** A sentence; `must` ones are never dropped, the others go when too long or when a number in them is not cited. */
interface Sentence {
  readonly text: string
  readonly must: boolean
}

export function composeAnswer(selections: readonly Selection[], telling: Telling): Composed {
  const sentences: Sentence[] = []
  const citations: Citation[] = []
  const leads: string[] = []
  const left: Found[] = []
  let before: Piece | null = null
  let length = 0
  const groups = selections.flatMap((selection) => figuresFirst(duties(grouped(selection.pieces)), telling))
  const provinces = new Set(selections.map(({ province }) => province)).size
  /** Paragraphs told as items of a list. */
  const listed = new Set<string>()
  for (const [i, { paragraph, founds }] of groups.entries()) {
    if (listed.has(paragraph)) continue
    const intro = founds.find(({ items }) => items.length > 0)
    const told = intro
      ? tellTasks(intro, intro.items, telling, LENGTH.most * 0.8 * telling.share)
      : tellGroup(paragraph, founds, { ...telling, several: groups.length > 1 }, i === 0, before)
    const long = told.sentences.join(' ').length
    // The number is said, or the reason: what else stands near it is for "xem thêm".
    const settled = i > 0 && provinces === 1 && isSettled(told.lead, founds, leads, telling)
    // A fact is said once; the other places where it stands are sources.
    if (i > 0 && groups[0]?.founds[0]?.piece.kind === 'fact') {
      citations.push(...told.citations)
      continue
    }
    // A second paragraph that would make the reply long is for "xem thêm"; another province's never is.
    if (
      settled ||
      (i > 0 && provinces === 1 && length + long > LENGTH.reply * Math.max(0.7, telling.share))
    ) {
      left.push(...founds)
      continue
    }
    length += long
    for (const item of intro?.items ?? []) listed.add(item.paragraph)
    sentences.push(...told.sentences.map((text) => ({ text, must: true })))
    citations.push(...told.citations)
    left.push(...(told.left ?? []))
    if (told.lead !== null) leads.push(told.lead)
    before = founds[0]?.piece ?? before
  }
  const remarks = notes(selections, citations, sentences.map(({ text }) => text).join(' '), telling)
  const composed = fitted([...sentences, ...remarks], withoutRepeats(citations), LENGTH.most * telling.share)
  const pieces = selections.flatMap((selection) => selection.pieces.map(({ piece }) => piece))
  const reserved = pieces.some(
    ({ kind, explicit, forecast }) => kind === 'past' || forecast || (kind === 'support' && !explicit),
  )
  const phrasing = {
    lead: leads.join(' '),
    notes: remarks.map(({ text }) => text).filter((it) => composed.text.includes(it)),
  }
  return { ...composed, phrasing: reserved ? null : phrasing, left }
}

/** A number put to us for a yes is answered with the figures, before what else is planned. */
function figuresFirst(groups: readonly Group[], { meaning }: Telling): readonly Group[] {
  if (!CONFIRM.test(meaning.query) || claimedNumbers(meaning.query).length === 0) return groups
  const without = ({ founds }: Group) => Number(founds.every(({ piece }) => piece.amount === null))
  return [...groups].sort((a, b) => without(a) - without(b))
}

function isSettled(
  lead: string | null,
  founds: readonly Found[],
  leads: readonly string[],
  { meaning }: Telling,
): boolean {
  if (asksWhy(meaning)) return true
  if (lead !== null || founds.some(({ piece }) => piece.kind === 'rule' || piece.kind === 'target'))
    return false
  const { howMany, count } = meaning.cues
  return leads.length > 0 && (howMany || count || CONFIRM.test(meaning.query))
}

/** Several duties of one office become a list under its name. */
function duties(groups: readonly Group[]): Group[] {
  const [head, ...rest] = groups
  const first = head?.founds[0]
  if (!head || !first || first.piece.kind !== 'passage' || first.items.length > 0) return [...groups]
  if (bodyOf(first.piece.section) === null) return [...groups]
  const same = rest.filter(({ founds: [it] }) => it?.piece.section.join() === first.piece.section.join())
  if (same.length === 0) return [...groups]
  const items = [head, ...same].flatMap(({ founds: [it] }) => it ?? [])
  return [
    { paragraph: '', founds: [{ ...first, paragraph: '', items }] },
    ...rest.filter((it) => !same.includes(it)),
  ]
}

interface Group {
  readonly paragraph: string
  readonly founds: readonly Found[]
}

/** Paragraphs are told once, however many pieces stand in them. */
function grouped(founds: readonly Found[]): Group[] {
  return [...Map.groupBy(founds, ({ paragraph }) => paragraph)].map(([paragraph, members]) => ({
    paragraph,
    founds: members,
  }))
}

function notes(
  selections: readonly Selection[],
  citations: readonly Citation[],
  told: string,
  telling: Telling,
): Sentence[] {
  const t = TEXT[telling.language]
  const pieces = selections.flatMap((selection) => selection.pieces.map(({ piece }) => piece))
  const found: Sentence[] = []
  const say = (text: string, must = false) => found.push({ text, must })
  if (asksWhatIs(telling.meaning) && pieces.some(({ kind }) => kind === 'support')) say(t.noDefinition, true)
  const named = pieces[0]?.kind === 'support' || pieces.some(({ kind }) => kind === 'support')
  const money = askedFor(telling.meaning.query, 'money', telling.language)
  if (named && (money.length > 0 || WHAT_SUPPORT.test(telling.meaning.query)))
    say(t.amountsOpen(money.length > 0 ? money.join(', ') : null), money.length > 0)
  const targets = pieces.filter(({ kind }) => kind === 'target')
  const doubled = targets.filter((piece) => targets.some((other) => disagrees(piece, other)))
  if (doubled.length > 1) say(t.twoFigures, true)
  if (pieces.some(({ kind }) => kind === 'rule')) say(t.growthOnly)
  const year = telling.at.getUTCFullYear()
  const ends = targets.flatMap(({ period }) => (period?.end == null ? [] : [period.end]))
  if (ends.length > 0 && ends.every((end) => end < year)) say(t.ended, true)
  const shown = [
    told,
    ...citations.map(({ quote }) => quote),
    ...pieces.map(({ section }) => section.at(-1) ?? ''),
  ].join(' ')
  const asked = new Set(telling.meaning.bodies.map(({ key }) => key))
  for (const { key, once, now } of telling.bodies) {
    if (!now || !once.some((name) => shown.includes(name))) continue
    // What the person reads, or asked for, must not send them to an office that is no more.
    const read = asked.has(key) || (asked.size === 0 && once.some((name) => told.includes(name)))
    if (read) say(now[telling.language], true)
  }
  if (telling.language === 'vi') {
    for (const { kind, note, explicit } of pieces)
      if (note !== null && kind !== 'fact' && explicit && doubled.length === 0 && note.length <= 130)
        say(note)
  }
  return found
}

/** Two targets of one sentence and one period for the same thing. */
function disagrees(piece: Piece, other: Piece): boolean {
  return (
    other !== piece &&
    other.section.join() === piece.section.join() &&
    other.period?.end === piece.period?.end &&
    /năng suất lao động/iu.test(other.label) &&
    /năng suất lao động/iu.test(piece.label)
  )
}

/** Drops what is too long or carries a number without proof. The sentences that answer stay. */
function fitted(sentences: readonly Sentence[], citations: Citation[], most: number): Told {
  const quotes = citations.map(({ quote }) => quote)
  const kept: string[] = []
  let length = 0
  let optional = 0
  for (const { text, must } of sentences) {
    if (
      !must &&
      (uncited(text, quotes).length > 0 ||
        length + text.length > Math.min(most, LENGTH.reply) ||
        optional >= 1)
    )
      continue
    if (length > 0 && length + text.length + 1 > most) continue
    kept.push(text)
    length += text.length + 1
    if (!must) optional++
  }
  // Nothing follows on the last line of a list.
  const text = kept.reduce(
    (told, it) => `${told}${told === '' ? '' : told.includes('\n• ') ? '\n' : ' '}${it}`,
    '',
  )
  return { text, citations }
}

/** Replies to several questions of one message: nothing is said twice, a remark they share stands at the end. */
export function together(texts: readonly string[], shared: string): string {
  const unique = [...new Set(texts)]
  const several = unique.filter((text) => text.includes(shared)).length > 1
  if (!several) return unique.join('\n\n')
  return [...unique.map((text) => text.replace(shared, '').replace(/ {2,}/g, ' ').trim()), shared].join(
    '\n\n',
  )
}

function withoutRepeats(citations: readonly Citation[]): Citation[] {
  return citations.filter(
    (it, i) => citations.findIndex(({ doc, quote }) => doc === it.doc && quote === it.quote) === i,
  )
}

/** The rest, for "xem thêm": quotes one after the other. */
export function composeMore(founds: readonly Found[], telling: Telling): Told | null {
  const groups = grouped(founds)
  if (groups.length === 0) return null
  const t = TEXT[telling.language]
  const citations: Citation[] = []
  const lines = groups.flatMap(({ paragraph, founds: members }) => {
    const [head] = members
    if (!head) return []
    const quote = excerpt(paragraph, head.piece.quote, telling.meaning.words, LENGTH.quote)
    citations.push(citationOf(head.piece, quote))
    return [
      `• ${groups.length > 1 || head.piece.province === '' ? '' : `${t.says([telling.nameOf(head.piece.province)])}: `}“${plainOf(quote)}”`,
    ]
  })
  const text: string[] = []
  for (const line of lines) if (text.join('\n').length + line.length < LENGTH.most) text.push(line)
  return { text: text.join('\n'), citations: citations.slice(0, text.length) }
}
