/** Which topics one province's plan is asked about: what was understood, laid over the search, the talk before and the kind of question. */
import type { Hit } from '../knowledge/index.ts'
import { type Book, type Piece, recordPieces, type Topic } from './library.ts'
import type { PassageScore } from './passages.ts'
import { THRESHOLDS } from './thresholds.ts'
import type { Meaning } from './understand.ts'
import { wordsOf } from './words.ts'

const MOST_TOPICS = 8

export interface RankedTopic {
  readonly topic: Topic
  /** From the ways people ask. */
  readonly asked: number
  /** With follow-up, time, numbers and the search laid on. */
  readonly score: number
  readonly stated: boolean
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
  /** What the person typed into forms, for masking. */
  readonly known?: () => Promise<readonly string[]>
}

export function rank(
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
    .slice(0, MOST_TOPICS)
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

/** Words of labels that say when, not what. */
const OF_PERIOD = new Set(wordsOf('số đã ở giai đoạn trước được đến'))

/** Words of most labels of duties. */
export const PLAIN = new Set(['ke', 'hoach', 'thuc', 'hien', 'ket', 'qua', 'bao', 'cao'])
