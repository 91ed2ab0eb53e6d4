/** The pieces of a plan that tell a topic, in the order in which they answer. */
import type { Hit } from '../knowledge/index.ts'
import { plainOf } from './excerpt.ts'
import {
  type Book,
  INTRODUCES,
  type Paragraphs,
  type Piece,
  pieceOfUnit,
  recordPieces,
  type Topic,
} from './library.ts'
import { claimedNumbers, DATE } from './numbers.ts'
import type { PassageScore } from './passages.ts'
import { type Asked, PLAIN, type RankedTopic } from './rank.ts'
import { LENGTH, THRESHOLDS } from './thresholds.ts'
import { wordsOf } from './words.ts'

/** One province's plan, what is asked of it, and what the search found there. */
export interface Place {
  readonly book: Book
  readonly paragraphs: Paragraphs
  readonly province: string
  readonly asked: Asked
  readonly hits: readonly Hit[]
}

/** Pieces told in one reply. */
export const MOST_PIECES = 3

/** A piece with the whole paragraph it stands in. */
export interface Found {
  readonly piece: Piece
  readonly paragraph: string
  readonly topic: Topic | null
  readonly score: number
  /** What follows an introduction that ends with a colon; empty elsewhere. */
  readonly items: readonly Found[]
}

export async function piecesOf(
  topic: Topic,
  score: number,
  { book, paragraphs, province, asked, hits }: Place,
): Promise<Found[]> {
  const catalogue = book.catalogues.get(province)
  if (!catalogue) return []
  const found: Found[] = []
  for (const piece of ofPeriod(recordPieces(topic, catalogue), asked, catalogue.rules.length > 0, () =>
    rulePieces(book, province),
  )) {
    const unit = await paragraphs.with(province, piece.quote)
    // "Quyết định đó ban hành ngày nào?": the date stands beside the figure, in the words of the paragraph.
    const dated = asked.meaning.cues.whenDay && !asked.meaning.cues.count && unit && DATE.test(unit.quote)
    const told = dated && piece.amount !== null ? { ...pieceOfUnit(unit), quote: dateIn(unit.quote) } : piece
    found.push({ piece: told, paragraph: unit?.quote ?? piece.quote, topic, score, items: [] })
  }
  for (const ref of topic.about.filter((it) => it.startsWith('fact:'))) {
    const unit = await paragraphs.fact(province, ref.slice(5))
    if (unit) found.push({ piece: pieceOfUnit(unit), paragraph: unit.quote, topic, score, items: [] })
  }
  for (const anchor of topic.anchors[province] ?? []) {
    const unit = await paragraphs.with(province, anchor)
    if (!unit) continue
    const following = INTRODUCES.test(unit.quote) ? await paragraphs.itemsAfter(province, unit) : []
    const items = following.map((it) => ({
      piece: pieceOfUnit(it),
      paragraph: it.quote,
      topic,
      score,
      items: [],
    }))
    found.push({ piece: { ...pieceOfUnit(unit), quote: anchor }, paragraph: unit.quote, topic, score, items })
  }
  return timely(inOrder(found, asked, hits), asked.years)
}

const dateIn = (text: string): string => DATE.exec(text)?.[0] ?? ''

/** Figures for the years asked; when only later years than any figure are asked, the rule that carries them on. */
function ofPeriod(
  pieces: readonly Piece[],
  { years, meaning }: Asked,
  hasRule: boolean,
  rules: () => Piece[],
): Piece[] {
  const dated = pieces.filter((piece) => piece.kind === 'target' && piece.period?.end != null)
  const wanted = meaning.cues.next && years.length === 0 ? [2030] : years
  if (dated.length === 0 || wanted.length === 0) return [...pieces]
  const matching = dated.filter((piece) => wanted.some((year) => covers(piece, year)))
  const undated = pieces.filter((piece) => !dated.includes(piece))
  if (matching.length > 0) return [...matching, ...undated]
  return hasRule ? [...rules(), ...dated, ...undated] : [...pieces]
}

/** A target without a first year is taken for one of five years. */
function covers({ period }: Piece, year: number): boolean {
  const { start = null, end = null } = period ?? {}
  return end !== null && year <= end && (start !== null ? year >= start : year > end - 5)
}

/** Where a figure for the year asked was found, those of other years are left out; else a rule that carries them on leads. */
export function timely(found: readonly Found[], years: readonly number[]): Found[] {
  const inYear = ({ piece }: Found) => years.some((year) => covers(piece, year))
  const dated = ({ piece }: Found) => piece.kind === 'target' && piece.period?.end != null
  if (found.some((it) => dated(it) && inYear(it))) return found.filter((it) => !dated(it) || inYear(it))
  const rules = years.length === 0 ? [] : found.filter(({ piece }) => piece.kind === 'rule')
  return [...rules, ...found.filter((it) => !rules.includes(it))]
}

function rulePieces(book: Book, province: string): Piece[] {
  const catalogue = book.catalogues.get(province)
  const rule = book.topics.get('rule')
  return catalogue && rule ? recordPieces(rule, catalogue) : []
}

/** Numbers first when a number is asked, else what names the thing; then by how much of the question stands there. */
function inOrder(found: readonly Found[], { meaning }: Asked, hits: readonly Hit[]): Found[] {
  const searchScore = ({ piece, paragraph }: Found) =>
    hits.find(({ unit }) => unit.kind === 'passage' && unit.quote === paragraph)?.normalised ??
    hits.find(({ unit }) => unit.quote === piece.quote)?.normalised ??
    0
  const wanted = new Set(meaning.words)
  const labelled = ({ piece }: Found) => {
    const label = piece.kind === 'duty' || piece.kind === 'past' ? wordsOf(piece.label) : []
    return (
      label.filter((word) => wanted.has(word) && !PLAIN.has(word)).length /
      Math.sqrt(Math.max(1, label.length))
    )
  }
  const figure = ({ piece }: Found) => piece.amount !== null
  const telling = [...wanted].filter((word) => word.length > 1 && !PLAIN.has(word))
  const covered = ({ paragraph }: Found) => {
    const held = new Set(wordsOf(paragraph))
    return (0.6 * telling.filter((word) => held.has(word)).length) / Math.max(1, telling.length)
  }
  const claimed = claimedNumbers(meaning.query)
  const numbered = ({ piece: { amount } }: Found) =>
    amount !== null && claimed.some((number) => [amount.value, amount.min, amount.max].includes(number))
      ? 1
      : 0
  // Whose duty it is, when an office is named.
  const official = ({ piece: { who } }: Found) =>
    who !== null && meaning.bodies.some(({ names: [name = ''] }) => who.startsWith(name)) ? 0.6 : 0
  const guessed = ({ paragraph, piece }: Found) =>
    meaning.passages.get(piece.province)?.find(({ passage }) => passage === paragraph)?.probability ?? 0
  const value = (it: Found) =>
    THRESHOLDS.guessedPiece * guessed(it) +
    searchScore(it) +
    covered(it) +
    numbered(it) +
    official(it) +
    labelled(it) +
    (figure(it) === meaning.cues.howMany ? 0.2 : 0) +
    (it.piece.explicit ? 0.1 : 0) +
    (it.piece.kind === 'rule' ? 0.3 : 0)
  return found
    .map((it) => ({ it, value: value(it) }))
    .sort((a, b) => b.value - a.value)
    .map(({ it }) => it)
}

/** Of several figures of one topic those whose name the question says best. */
export function meant(pieces: readonly Found[], { meaning }: Asked): number {
  if (!meaning.cues.howMany) return pieces.length
  const wanted = new Set(meaning.words.filter((word) => !PLAIN.has(word)))
  const percent = /%|phần trăm|percent/iu.test(meaning.query)
  const named = pieces.map(({ piece }) =>
    piece.amount === null || (percent && !piece.amount.unit.startsWith('%'))
      ? 0
      : new Set(wordsOf(piece.label).filter((word) => wanted.has(word))).size,
  )
  const best = named[0] ?? 0
  const labels = new Set(pieces.map(({ piece }) => piece.label))
  if (best < 2 || labels.size < 2) return pieces.length
  // A figure in dispute is never told without the other one of its sentence.
  const disputed = ({ piece, paragraph }: Found) =>
    piece.note !== null && pieces[0]?.piece.note !== null && paragraph === pieces[0]?.paragraph
  const end = pieces.findIndex((it, i) => (named[i] ?? 0) < best * 0.75 && !disputed(it))
  return end < 0 ? pieces.length : Math.max(1, end)
}

/** As many pieces as can be quoted in one reply; two at least, so that a second figure is not lost. */
export function roomFor(pieces: readonly Found[]): number {
  let length = 0
  let room = 0
  const seen = new Set<string>()
  for (const { paragraph } of pieces.slice(0, MOST_PIECES)) {
    if (!seen.has(paragraph)) length += Math.min(paragraph.length, LENGTH.clause)
    if (room >= 2 && length > 2 * LENGTH.clause) break
    seen.add(paragraph)
    room++
  }
  return room
}

/** "… được ưu tiên từ nguồn vốn nào?" is answered by the introduction of the list in which the thing itself stands. */
export async function introduced(
  found: Found,
  { paragraphs, province, asked: { meaning } }: Place,
): Promise<Found> {
  if (found.piece.amount !== null || found.items.length > 0) return found
  const intro = await paragraphs.introOf(province, found.paragraph)
  if (!intro) return found
  const told = new Set(wordsOf(found.paragraph))
  const wanted = new Set(meaning.words.filter((word) => !PLAIN.has(word) && !told.has(word)))
  const added = new Set(wordsOf(intro.quote).filter((word) => wanted.has(word))).size
  return added < THRESHOLDS.introduced
    ? found
    : { ...found, piece: pieceOfUnit(intro), paragraph: intro.quote, items: [found] }
}

export function withoutRepeats(found: readonly Found[]): Found[] {
  const same = (a: Found, b: Found) =>
    a.piece.quote === b.piece.quote || b.piece.quote.includes(a.piece.quote)
  // Of two that rest on the same words the one with the figure stays.
  return found.filter(
    (it, i) =>
      !found.some(
        (other, j) =>
          j !== i &&
          other.paragraph === it.paragraph &&
          same(it, other) &&
          (other.piece.amount !== null && it.piece.amount === null
            ? true
            : j < i &&
              (other.piece.amount !== null) === (it.piece.amount !== null) &&
              it.piece.quote === other.piece.quote),
      ),
  )
}

/** The passage that was guessed, told by the best topic that has it, else as it stands. */
export async function foundIn(
  { passage, probability }: PassageScore,
  ranked: readonly RankedTopic[],
  place: Place,
): Promise<Found | null> {
  const { paragraphs, province, asked } = place
  for (const { topic, score, stated } of ranked) {
    if (!stated) continue
    const pieces = await piecesOf(topic, score, place)
    const found = pieces.find(({ paragraph }) => paragraph === passage)
    // What holds for the next period is no answer for this one.
    if (found?.piece.kind === 'rule' && !asked.meaning.cues.next && !asked.years.some((year) => year > 2025))
      return null
    // Of a report on the years before, one of many results is no answer unless a number is asked.
    if (found && (found.piece.kind !== 'past' || asked.meaning.cues.howMany || asked.meaning.cues.yesNo))
      return { ...found, score: probability }
  }
  const unit = await paragraphs.with(province, passage)
  if (!unit) return null
  return { piece: pieceOfUnit(unit), paragraph: unit.quote, topic: null, score: probability, items: [] }
}

/** A passage that answers by itself, for what no topic knows (documents staff added). */
export function bestPassage(hits: readonly Hit[]): Found | null {
  const best = hits.find(({ unit }) => unit.kind === 'passage' || unit.kind === 'note')
  if (!best || best.normalised < THRESHOLDS.passage) return null
  return {
    piece: pieceOfUnit(best.unit),
    paragraph: best.unit.quote,
    topic: null,
    score: best.normalised,
    items: [],
  }
}

/** The office whose duties a section lists, without its number; null elsewhere. */
export function bodyOf(section: readonly string[]): string | null {
  if (!section.some((part) => /tổ chức thực hiện/iu.test(part)) || section.length < 2) return null
  const heading = plainOf(section.at(-1) ?? '')
    .replace(/^[\d.]+\s*/u, '')
    .replace(/\s*:\s*$/u, '')
  if (heading.length <= 90) return heading
  return `${heading.slice(0, heading.lastIndexOf(',', 90))} …`
}
