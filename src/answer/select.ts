/** From what is asked to the pieces of one province's plan that answer it, or to "not stated". */
import type { Hit, Knowledge, SearchResult } from '../knowledge/index.ts'
import { syllables } from '../vietnamese/text.ts'
import {
  type Book,
  INTRODUCES,
  type Paragraphs,
  type Piece,
  pieceOfUnit,
  recordPieces,
  type Topic,
} from './library.ts'
import { claimedNumbers } from './numbers.ts'
import type { PassageScore } from './passages.ts'
import { LENGTH, THRESHOLDS } from './thresholds.ts'
import type { Meaning } from './understand.ts'
import { wordsOf } from './words.ts'

/** A piece with the whole paragraph it stands in. */
export interface Found {
  readonly piece: Piece
  readonly paragraph: string
  readonly topic: Topic | null
  readonly score: number
  /** What follows an introduction that ends with a colon; empty elsewhere. */
  readonly items: readonly Found[]
}

export interface RankedTopic {
  readonly topic: Topic
  /** From the ways people ask. */
  readonly asked: number
  /** With follow-up, time, numbers and the search laid on. */
  readonly score: number
  readonly stated: boolean
}

export interface Selection {
  readonly province: string
  /** found: pieces answer it. not_stated: it is about something this plan does not hold. unknown: about nothing of ours. */
  readonly status: 'found' | 'not_stated' | 'unknown'
  readonly topic: Topic | null
  readonly pieces: readonly Found[]
  /** More of the same, for "xem thêm". */
  readonly more: readonly Found[]
  readonly ranked: readonly RankedTopic[]
  readonly hits: readonly Hit[]
  /** Names with digits of what was spoken of before ("ISO 22000"), while this goes on from it. */
  readonly context: readonly string[]
}

export interface Asked {
  readonly meaning: Meaning
  /** Topics of the turn before, when this one goes on from it. */
  readonly carried: readonly string[]
  /** How many words could name a topic; zero: all is about what was spoken of before. */
  readonly own: number
  readonly years: readonly number[]
  readonly past: boolean
  readonly at: Date
}

/** Words asked that only the introduction of a list holds: then it is told with its item. */
const INTRODUCED = 2
/** A pair of words in at most so many units of a province is rare; so many of them say what is meant. */
const RARE = { units: 6, terms: 1, guessed: 0.1 }
const LIMIT = { hits: 24, topics: 8, pieces: 3, more: 4 }

export async function select(
  knowledge: Knowledge,
  book: Book,
  paragraphs: Paragraphs,
  province: string,
  asked: Asked,
): Promise<Selection> {
  const selection = await selected(knowledge, book, paragraphs, province, asked)
  const [first, ...further] = selection.pieces
  if (!first) return selection
  return { ...selection, pieces: [await introduced(first, paragraphs, province, asked), ...further] }
}

async function selected(
  knowledge: Knowledge,
  book: Book,
  paragraphs: Paragraphs,
  province: string,
  asked: Asked,
): Promise<Selection> {
  const { hits, terms } = await knowledge.search(asked.meaning.query, {
    provinces: [province],
    limit: LIMIT.hits,
    at: asked.at,
  })
  const guessed = asked.own === 0 ? [] : (asked.meaning.passages.get(province) ?? [])
  const ranked = rank(book, province, asked, hits, guessed)
  const context = asked.carried.flatMap((id) =>
    wordsOf(book.topics.get(id)?.label.vi ?? '').filter((word) => /\d/.test(word)),
  )
  const nothing = { province, topic: null, pieces: [], more: [], ranked, hits, context }
  const sure = surely(guessed, ranked[0]?.score ?? 0)
  const isFact = ranked[0]?.topic.about.some((ref) => ref.startsWith('fact:')) ?? false
  const guessedFound =
    sure && !isFact ? await foundIn(sure, ranked, book, paragraphs, province, asked, hits) : null
  const best = ranked[0]
  const stated = ranked.find((it) => it.stated)
  const passage = bestPassage(hits)
  if (!best || best.score < THRESHOLDS.topic) {
    if (guessedFound)
      return { ...nothing, status: 'found', topic: guessedFound.topic, pieces: [guessedFound] }
    return passage ? { ...nothing, status: 'found', pieces: [passage] } : { ...nothing, status: 'unknown' }
  }
  // "Thế người lao động thì sao?" asks about what was spoken of, not about a new thing this plan lacks.
  const goesOn = asked.meaning.cues.followUp && asked.carried.includes(stated?.topic.id ?? '')
  if (
    !best.stated &&
    !goesOn &&
    (!stated || best.score >= stated.score * THRESHOLDS.elsewhere || stated.score < THRESHOLDS.topic)
  ) {
    const needed = best.score < THRESHOLDS.topicPlain ? THRESHOLDS.passageSure : THRESHOLDS.passageAgainst
    if (guessedFound && guessedFound.score >= needed)
      return { ...nothing, status: 'found', topic: guessedFound.topic, pieces: [guessedFound] }
    return { ...nothing, status: 'not_stated', topic: best.topic }
  }
  const chosen = best.stated ? best : stated
  if (!chosen) return { ...nothing, status: 'unknown' }
  const found: Found[] = []
  const more: Found[] = []
  const others = ranked.filter(
    (it) => it !== chosen && it.stated && it.score >= chosen.score * THRESHOLDS.second,
  )
  for (const { topic, score } of [chosen, ...others.slice(0, 2)]) {
    const pieces = await piecesOf(topic, score, book, paragraphs, province, asked, hits)
    const room = topic === chosen.topic ? Math.min(roomFor(pieces), meant(pieces, asked)) : 1
    found.push(...pieces.slice(0, room))
    more.push(...pieces.slice(room))
  }
  if (guessedFound && found[0]?.paragraph !== guessedFound.paragraph) found.unshift(guessedFound)
  const unsaid = rarestUnsaid(terms, guessed, found)
  if (unsaid) {
    const it = await foundIn(
      { passage: unsaid, probability: 1 },
      ranked,
      book,
      paragraphs,
      province,
      asked,
      hits,
    )
    if (it) found.unshift(it)
  }
  const distinct = withoutRepeats(found).slice(0, LIMIT.pieces)
  const rest = withoutRepeats([...distinct, ...more]).slice(distinct.length, distinct.length + LIMIT.more)
  if (distinct.length === 0) return { ...nothing, status: 'not_stated', topic: chosen.topic }
  return {
    province,
    status: 'found',
    topic: chosen.topic,
    pieces: distinct,
    more: rest,
    ranked,
    hits,
    context,
  }
}

/**
 * The passage that is surely meant: clearly likelier than the next, and the more so the clearer a topic says something
 * else.
 */
function surely([first, second]: readonly PassageScore[], topic: number): PassageScore | null {
  if (!first || first.probability < 1.5 * (second?.probability ?? 0)) return null
  const needed =
    topic < THRESHOLDS.topicPlain
      ? THRESHOLDS.passageAlone
      : topic < THRESHOLDS.topicCertain
        ? THRESHOLDS.passageSure
        : THRESHOLDS.passageAgainst
  return first.probability >= needed ? first : null
}

function rank(
  book: Book,
  province: string,
  asked: Asked,
  hits: readonly Hit[],
  guessed: readonly PassageScore[],
): RankedTopic[] {
  const { meaning, carried, years } = asked
  // "lâu nay … kế hoạch từ 2021": the years named say which period is meant.
  const past = asked.past && !years.some((year) => year > 2020)
  const goesOn = asked.own === 0 && carried.length > 0
  const scores = new Map(goesOn ? [] : meaning.topics.map(({ id, score }) => [id, score]))
  // A message with hardly a word of its own is all about what was spoken of before.
  const own = asked.own === 0 ? 0 : Math.min(1, meaning.topics[0]?.score ?? 0)
  const carry = asked.own === 0 ? THRESHOLDS.carryAll : THRESHOLDS.carry
  for (const [i, id] of carried.entries()) {
    scores.set(id, (scores.get(id) ?? 0) + (carry * (1 - own)) / (i + 1))
  }
  for (const [id, more] of counterparts(book, carried, past)) scores.set(id, (scores.get(id) ?? 0) + more)
  const catalogue = book.catalogues.get(province)
  return [...scores]
    .flatMap(([id, asks]) => {
      const topic = book.topics.get(id)
      if (!topic || !catalogue) return []
      if (id === 'rule' && catalogue.rules.length === 0) return []
      const records = recordPieces(topic, catalogue)
      const anchors = topic.anchors[province] ?? []
      const facts = topic.about.some((ref) => ref.startsWith('fact:'))
      const score =
        (asks +
          THRESHOLDS.searchWeight * searched(topic, records, anchors, hits) +
          THRESHOLDS.passageWeight * guess(records, anchors, guessed)) *
        suits(isPast(topic, records), topic, meaning, past, years) *
        (isNarrower(topic, meaning) ? THRESHOLDS.narrower : 1)
      return [{ topic, asked: asks, score, stated: records.length + anchors.length > 0 || facts }]
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, LIMIT.topics)
}

/**
 * "Giai đoạn trước thì được bao nhiêu?" after a target: the result of the period before for the same thing; and the
 * target after a result, when the past is no longer asked.
 */
function counterparts(book: Book, carried: readonly string[], past: boolean): Map<string, number> {
  const before = book.topics.get(carried[0] ?? '')
  const named = namesOf(before)
  const found = new Map<string, number>()
  if (named.size === 0 || !before || before.past === past) return found
  for (const { id, label, past: result, about } of book.topics.values()) {
    const names = namesOf({ label })
    const shared = [...names].filter((word) => named.has(word)).length
    const figure = result || about.some((ref) => ref.startsWith('target:'))
    if (result === past && figure && shared > 0)
      found.set(id, (THRESHOLDS.counterpart * shared) / Math.min(names.size, named.size))
  }
  return found
}

function namesOf(topic: Pick<Topic, 'label'> | undefined): Set<string> {
  return new Set(wordsOf(topic?.label.vi ?? '').filter((word) => !PLAIN.has(word) && !OF_PERIOD.has(word)))
}

/** The best search score among the units that belong to the topic. */
function searched(
  topic: Topic,
  records: readonly Piece[],
  anchors: readonly string[],
  hits: readonly Hit[],
): number {
  const quotes = [...records.map(({ quote }) => quote), ...anchors]
  const belongs = ({ unit }: Hit) =>
    unit.kind === 'document_fact'
      ? topic.about.includes(unit.key)
      : quotes.some((quote) => unit.quote.includes(quote))
  return hits.find(belongs)?.normalised ?? 0
}

/** How likely one of the topic's passages is the one that was asked for. */
function guess(
  records: readonly Piece[],
  anchors: readonly string[],
  guessed: readonly PassageScore[],
): number {
  const quotes = [...records.map(({ quote }) => quote), ...anchors]
  return guessed.find(({ passage }) => quotes.some((quote) => passage.includes(quote)))?.probability ?? 0
}

/** "ISO" alone is not ISO 14001: the number in the topic's name was not said, though the word before it was. */
function isNarrower({ label }: Topic, { words }: Meaning): boolean {
  const name = wordsOf(label.vi)
  return name.some(
    (word, i) => /^\d{3,}$/.test(word) && !words.includes(word) && words.includes(name[i - 1] ?? ''),
  )
}

/** What the plan notes of the present (no first year) is no result of the period before. */
function isPast({ past }: Topic, records: readonly Piece[]): boolean {
  return (
    past && !(records.length > 0 && records.every(({ period }) => period !== null && period.start === null))
  )
}

/** How well the kind of topic fits the kind of question: past results only when the past is asked, figures when a number is. */
function suits(
  before: boolean,
  topic: Topic,
  meaning: Meaning,
  past: boolean,
  years: readonly number[],
): number {
  const is = (kind: string) => topic.about.some((ref) => ref.startsWith(`${kind}:`) || ref === kind)
  let factor = 1
  if (before && (meaning.cues.next || years.some((year) => year > 2020))) factor *= 0.6
  if (before) factor *= past ? 1.3 : 0.7
  else if (past && (is('target') || is('rule'))) factor *= 0.7
  if (meaning.cues.howMany && (is('target') || is('past') || is('rule')))
    factor *= meaning.cues.count ? 1.15 : 1.02
  if (
    meaning.cues.who &&
    !meaning.cues.yesNo &&
    topic.about.length > 0 &&
    topic.about.every((ref) => ref.startsWith('support:'))
  )
    factor *= 0.88
  if (is('rule')) factor *= meaning.cues.next || years.some((year) => year > 2025) ? 1.2 : 0.5
  return factor
}

async function piecesOf(
  topic: Topic,
  score: number,
  book: Book,
  paragraphs: Paragraphs,
  province: string,
  asked: Asked,
  hits: readonly Hit[],
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
  return inOrder(found, asked, hits)
}

const DATE = /\d{1,2}\/\d{1,2}\/\d{4}|ngày \d{1,2} tháng \d{1,2} năm \d{4}/u
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
  const covers = (piece: Piece, year: number) => {
    const { start = null, end = null } = piece.period ?? {}
    return end !== null && year <= end && (start !== null ? year >= start : year > end - 5)
  }
  const matching = dated.filter((piece) => wanted.some((year) => covers(piece, year)))
  const undated = pieces.filter((piece) => !dated.includes(piece))
  if (matching.length > 0) return [...matching, ...undated]
  return hasRule ? [...rules(), ...dated, ...undated] : [...pieces]
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

/** Words of labels that say when, not what. */
const OF_PERIOD = new Set(wordsOf('số đã ở giai đoạn trước được đến'))

/** Words of most labels of duties. */
const PLAIN = new Set(['ke', 'hoach', 'thuc', 'hien', 'ket', 'qua', 'bao', 'cao'])

/** Of several figures of one topic those whose name the question says best. */
function meant(pieces: readonly Found[], { meaning }: Asked): number {
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
function roomFor(pieces: readonly Found[]): number {
  let length = 0
  let room = 0
  const seen = new Set<string>()
  for (const { paragraph } of pieces.slice(0, LIMIT.pieces)) {
    if (!seen.has(paragraph)) length += Math.min(paragraph.length, LENGTH.clause)
    if (room >= 2 && length > 2 * LENGTH.clause) break
    seen.add(paragraph)
    room++
  }
  return room
}

/**
 * The passage that holds a word of the question which hardly any other does ("giao thông thông minh"), when nothing
 * found so far holds it: what is asked is there, whatever topic the rest of the question sounds like.
 */
function rarestUnsaid(
  terms: SearchResult['terms'],
  guessed: readonly PassageScore[],
  found: readonly Found[],
): string | null {
  const told = found.map(({ paragraph }) => ` ${syllables(paragraph).join(' ')} `)
  const unsaid = terms
    .map(({ term, passages }) => ({ term: ` ${term} `, passages }))
    .filter(
      ({ term, passages }) =>
        passages > 0 &&
        passages <= RARE.units &&
        term.trim().includes(' ') &&
        !told.some((text) => text.includes(term)),
    )
  if (unsaid.length < RARE.terms) return null
  const holding = guessed
    .filter(({ probability }) => probability >= RARE.guessed)
    .map(({ passage }) => {
      const text = ` ${syllables(passage).join(' ')} `
      return { passage, held: unsaid.filter(({ term }) => text.includes(term)).length }
    })
    .sort((a, b) => b.held - a.held)
  const [best] = holding
  return best && best.held >= RARE.terms ? best.passage : null
}

/** "… được ưu tiên từ nguồn vốn nào?" is answered by the introduction of the list in which the thing itself stands. */
async function introduced(
  found: Found,
  paragraphs: Paragraphs,
  province: string,
  { meaning }: Asked,
): Promise<Found> {
  if (found.piece.amount !== null || found.items.length > 0) return found
  const intro = await paragraphs.introOf(province, found.paragraph)
  if (!intro) return found
  const told = new Set(wordsOf(found.paragraph))
  const wanted = new Set(meaning.words.filter((word) => !PLAIN.has(word) && !told.has(word)))
  const added = new Set(wordsOf(intro.quote).filter((word) => wanted.has(word))).size
  return added < INTRODUCED
    ? found
    : { ...found, piece: pieceOfUnit(intro), paragraph: intro.quote, items: [found] }
}

function withoutRepeats(found: readonly Found[]): Found[] {
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
async function foundIn(
  { passage, probability }: PassageScore,
  ranked: readonly RankedTopic[],
  book: Book,
  paragraphs: Paragraphs,
  province: string,
  asked: Asked,
  hits: readonly Hit[],
): Promise<Found | null> {
  for (const { topic, score, stated } of ranked) {
    if (!stated) continue
    const pieces = await piecesOf(topic, score, book, paragraphs, province, asked, hits)
    const found = pieces.find(({ paragraph }) => paragraph === passage)
    // What holds for the next period is no answer for this one.
    if (found?.piece.kind === 'rule' && !asked.meaning.cues.next && !asked.years.some((year) => year > 2025))
      return null
    if (found) return { ...found, score: probability }
  }
  const unit = await paragraphs.with(province, passage)
  if (!unit) return null
  return { piece: pieceOfUnit(unit), paragraph: unit.quote, topic: null, score: probability, items: [] }
}

/** A passage that answers by itself, for what no topic knows (documents staff added). */
function bestPassage(hits: readonly Hit[]): Found | null {
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
