/** One message in, one answer out: outcome, text, citations, buttons, and what to remember. Writes nothing. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Knowledge } from '../knowledge/index.ts'
import { type Line, readUnderstanding, type UnderstandingData } from './data.ts'
import { decide } from './intent.ts'
import { type Learned, type PassageSource, readLearned, writeLearned } from './learned.ts'
import { type Book, openBook, Paragraphs, recordPieces } from './library.ts'
import { readMemory } from './memory.ts'
import type { Answerer, Understanding } from './outcome.ts'
import { rateAnswer, recordAnswer } from './store.ts'
import { DEFAULT_OWNER, type Owner, REASONS } from './texts.ts'
import { goesOn, languageOf, provinceSaid, publicIntent, supportOf, Turn } from './turn.ts'
import { Understander } from './understand.ts'
import { wordsOf } from './words.ts'

export type {
  Answer,
  AnswerContext,
  Answerer,
  Explain,
  Outcome,
  PublicIntent,
  Understanding,
} from './outcome.ts'

export interface AnswererOptions {
  readonly knowledge: Knowledge
  /** Where `understanding/` lies; KNOWLEDGE_DIR. */
  readonly folder?: string
  readonly owner?: Owner
  /** What a department says its plan's bodies are called today, over the table of the knowledge; by key of the body. */
  readonly bodyNotes?: (province: string) => Promise<ReadonlyMap<string, string>>
  readonly newId?: () => string
}

interface Ready {
  readonly book: Book
  readonly understander: Understander
  readonly paragraphs: Paragraphs
}

/** Knows what was learned from the data files (some seconds when they changed since), and what is served. */
export async function createAnswerer({
  knowledge,
  folder = './knowledge',
  owner = DEFAULT_OWNER,
  bodyNotes,
  newId = randomUUID,
}: AnswererOptions): Promise<Answerer> {
  const data = readUnderstanding(join(folder, 'understanding'))
  const learned = readLearned(join(folder, 'understanding'), data.fingerprint)
  let ready = prepare(knowledge, data, learned)
  await ready
  const current = async (): Promise<Ready> => {
    const known = await ready
    if (known.book.version === (await knowledge.version())) return known
    const renewing = prepare(knowledge, data, learned ?? known.understander.learned)
    ready = renewing.catch(() => known) // a failed reload must not poison the next message
    return await renewing
  }
  const notesOf = async (province: string | null) =>
    (province === null ? null : await bodyNotes?.(province)) ?? new Map<string, string>()
  const repair = (text: string) => knowledge.repair(text)
  const read = async (text: string) => {
    const at = await current()
    return { ...at, meaning: await at.understander.understand(text, repair) }
  }
  const readings = new WeakMap<Understanding, Awaited<ReturnType<typeof read>>>()
  return {
    async understand(text, { language, memory }) {
      const reading = await read(text)
      const { meaning, book } = reading
      const before = readMemory(memory)
      const decided = decide(
        meaning,
        book.provinces.map(({ code }) => code),
        goesOn(meaning, before),
      )
      const understood: Understanding = {
        intent: publicIntent(decided.intent, before),
        confidence: meaning.confidence,
        language: languageOf(meaning, language),
        province: provinceSaid(meaning),
        support: meaning.support ?? supportOf(meaning, book),
        dataRequest: decided.dataRequest,
      }
      readings.set(understood, reading)
      return understood
    },
    async answer(text, context, understood) {
      const { understander, book, paragraphs, meaning } =
        (understood && readings.get(understood)) ?? (await read(text))
      const turn = new Turn(
        {
          knowledge,
          book,
          paragraphs,
          understander,
          data,
          owner,
          bodyNotes: await notesOf(context.province),
          repair,
        },
        text,
        meaning,
        context,
      )
      return { ...(await turn.answer()), id: newId() }
    },
    reasonName(reason) {
      const missing = data.intents.find(({ key }) => key === reason)?.missing?.vi
      return missing === undefined ? (REASONS[reason] ?? reason) : `văn bản không nêu ${missing}`
    },
    record: (tx, answer, about) => recordAnswer(tx, answer, about),
    rate: (tx, answerId, conversationId, good) => rateAnswer(tx, answerId, conversationId, good),
  }
}

async function prepare(
  knowledge: Knowledge,
  data: UnderstandingData,
  learned: Learned | null,
): Promise<Ready> {
  const book = await openBook(knowledge, data)
  const supports = [...book.catalogues.values()].flatMap(({ supportTypes }) => supportTypes)
  const byKey = new Map(supports.map(({ key, name, synonyms }) => [key, { key, name, synonyms }]))
  const spoken = [...book.catalogues.values()].flatMap(({ targets, baseline, duties, documents }) => [
    ...[...targets, ...baseline, ...duties].flatMap(({ label, quote }) => [label, quote]),
    ...documents.map(({ front }) => front.title),
  ])
  const lexicon = { supports: [...byKey.values()], provinces: book.provinces, words: spoken.flatMap(wordsOf) }
  const paragraphs = new Paragraphs(knowledge)
  const lines = learned ? null : data.examples().passages
  const passages = await Promise.all(
    book.provinces.map(({ code }) => {
      const pieces = learned?.passages[code]?.labels ?? lines?.get(code)?.map(({ label }) => label) ?? []
      return passagesOf(code, book, paragraphs, new Set(pieces), lines?.get(code) ?? [])
    }),
  )
  const understander = new Understander(data, lexicon, book.sources, passages, learned)
  return { book, understander, paragraphs }
}

/** Learns from the examples of `folder`/understanding and keeps the result beside them. @returns its size in bytes */
export async function learnAnew(knowledge: Knowledge, folder = './knowledge'): Promise<number> {
  const data = readUnderstanding(join(folder, 'understanding'))
  const { understander } = await prepare(knowledge, data, null)
  return writeLearned(join(folder, 'understanding'), understander.learned)
}

/** Questions of the data files with the passages of the served plan that answer them; what it no longer holds is left out. */
async function passagesOf(
  province: string,
  book: Book,
  paragraphs: Paragraphs,
  pieces: ReadonlySet<string>,
  lines: readonly Line[],
): Promise<PassageSource> {
  const textOf = async (piece: string) => (await paragraphs.with(province, piece))?.quote ?? null
  const texts = new Map<string, string>()
  for (const piece of pieces) {
    const passage = piece === '' ? null : await textOf(piece)
    if (passage !== null) texts.set(piece, passage)
  }
  if (lines.length === 0) return { province, asked: [], ofTopic: new Map(), texts }
  const pieceOf = new Map([...texts].map(([piece, text]) => [text, piece]))
  const ofTopic = new Map<string, string | null>()
  for (const topic of book.topics.values()) {
    const catalogue = book.catalogues.get(province)
    if (!catalogue || topic.about.some((ref) => ref.startsWith('fact:'))) continue
    const pieces = [
      ...recordPieces(topic, catalogue).map(({ quote }) => quote),
      ...(topic.anchors[province] ?? []),
    ]
    const held = new Set(await Promise.all(pieces.map(textOf)))
    const [only = null] = held
    const piece = only === null ? null : pieceOf.get(only)
    if (held.size <= 1 && piece !== undefined) ofTopic.set(topic.id, piece)
  }
  return { province, asked: lines.filter(({ label }) => texts.has(label)), ofTopic, texts }
}
