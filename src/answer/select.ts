/** From what is asked to the pieces of one province's plan that answer it, or to "not stated". */
import type { Hit, Knowledge, SearchResult } from '../knowledge/index.ts'
import { syllables } from '../vietnamese/text.ts'
import type { Book, Paragraphs, Topic } from './library.ts'
import type { PassageScore } from './passages.ts'
import {
  bestPassage,
  bodyOf,
  type Found,
  foundIn,
  introduced,
  MOST_PIECES,
  meant,
  type Place,
  piecesOf,
  roomFor,
  timely,
  withoutRepeats,
} from './pieces.ts'
import { type Asked, type RankedTopic, rank } from './rank.ts'
import { THRESHOLDS } from './thresholds.ts'
import { wordsOf } from './words.ts'

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

const LIMIT = { hits: 24, pieces: MOST_PIECES, more: 4 }

export async function select(
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
    ...(asked.known === undefined ? {} : { known: asked.known }),
  })
  const place = { book, paragraphs, province, asked, hits }
  const selection = await selected(place, terms)
  const [first, ...further] = selection.pieces
  return first ? { ...selection, pieces: [await introduced(first, place), ...further] } : selection
}

async function selected(place: Place, terms: SearchResult['terms']): Promise<Selection> {
  const { book, province, asked, hits } = place
  const guessed = asked.own === 0 ? [] : (asked.meaning.passages.get(province) ?? [])
  const ranked = rank(book, province, asked, hits, guessed)
  const context = asked.carried.flatMap((id) =>
    wordsOf(book.topics.get(id)?.label.vi ?? '').filter((word) => /\d/.test(word)),
  )
  const nothing = { province, topic: null, pieces: [], more: [], ranked, hits, context }
  const sure = surely(guessed, ranked[0]?.score ?? 0)
  const isFact = ranked[0]?.topic.about.some((ref) => ref.startsWith('fact:')) ?? false
  const guessedFound = sure && !isFact ? await foundIn(sure, ranked, place) : null
  const best = ranked[0]
  const stated = ranked.find((it) => it.stated)
  const passage = bestPassage(hits)
  if (!best || best.score < THRESHOLDS.topic) {
    if (guessedFound)
      return { ...nothing, status: 'found', topic: guessedFound.topic, pieces: [guessedFound] }
    return passage ? { ...nothing, status: 'found', pieces: [passage] } : { ...nothing, status: 'unknown' }
  }
  // "Thế người lao động thì sao?" asks about what was spoken of, not about a new thing this plan lacks.
  const { cues, namesNothing } = asked.meaning
  const goesOn =
    (cues.followUp || (cues.howMany && namesNothing)) && asked.carried.includes(stated?.topic.id ?? '')
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
    const pieces = await piecesOf(topic, score, place)
    const room = topic === chosen.topic ? Math.min(roomFor(pieces), meant(pieces, asked)) : 1
    found.push(...pieces.slice(0, room))
    more.push(...pieces.slice(room))
  }
  if (guessedFound && found[0]?.paragraph !== guessedFound.paragraph) found.unshift(guessedFound)
  const unsaid = rarestUnsaid(terms, guessed, found)
  if (unsaid) {
    const it = await foundIn({ passage: unsaid, probability: 1 }, ranked, place)
    if (it) found.unshift(it)
  }
  const kept = timely(withoutRepeats(found), asked.years)
  const distinct = kept.slice(0, isSole(kept[0], guessed[0], asked.meaning) ? 1 : LIMIT.pieces)
  const rest = withoutRepeats([...kept, ...more]).slice(distinct.length, distinct.length + LIMIT.more)
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

/** One of the tasks of an office, all but surely the one that is asked: the others would only cut it short. */
function isSole(
  first: Found | undefined,
  guess: PassageScore | undefined,
  { bodies }: Asked['meaning'],
): boolean {
  const office =
    first?.items.length === 0 && first.piece.kind === 'passage' ? bodyOf(first.piece.section) : null
  if (!first || !guess || office === null) return false
  const named = bodies.length === 0 || bodies.some(({ names }) => names.some((name) => office.includes(name)))
  return named && guess.probability >= THRESHOLDS.passageSole && guess.passage === first.paragraph
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
        passages <= THRESHOLDS.rareUnits &&
        term.trim().includes(' ') &&
        !told.some((text) => text.includes(term)),
    )
  if (unsaid.length === 0) return null
  const holding = guessed
    .filter(({ probability }) => probability >= THRESHOLDS.rareGuessed)
    .map(({ passage }) => {
      const text = ` ${syllables(passage).join(' ')} `
      return { passage, held: unsaid.filter(({ term }) => text.includes(term)).length }
    })
    .sort((a, b) => b.held - a.held)
  const [best] = holding
  return best && best.held > 0 ? best.passage : null
}
