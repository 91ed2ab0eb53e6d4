/** One message in, one answer out: outcome, text, citations, buttons, and what to remember. Writes nothing. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Knowledge } from '../knowledge/index.ts'
import { type Line, readUnderstanding, type UnderstandingData } from './data.ts'
import { decide } from './intent.ts'
import { type Book, openBook, Paragraphs, recordPieces } from './library.ts'
import { readMemory } from './memory.ts'
import type { Answerer } from './outcome.ts'
import { rateAnswer, recordAnswer } from './store.ts'
import { DEFAULT_OWNER, type Owner } from './texts.ts'
import { languageOf, provinceSaid, publicIntent, supportOf, Turn } from './turn.ts'
import { type PassageSource, Understander } from './understand.ts'
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

/** Learns from the data files and what is served (about half a second), again when something else is published. */
export async function createAnswerer({
  knowledge,
  folder = './knowledge',
  owner = DEFAULT_OWNER,
  bodyNotes,
  newId = randomUUID,
}: AnswererOptions): Promise<Answerer> {
  const data = readUnderstanding(join(folder, 'understanding'))
  let ready = learn(knowledge, data)
  await ready
  const current = async (): Promise<Ready> => {
    const known = await ready
    if (known.book.version === (await knowledge.version())) return known
    const renewing = learn(knowledge, data)
    ready = renewing.catch(() => known) // a failed reload must not poison the next message
    return await renewing
  }
  const notesOf = async (province: string | null) =>
    (province === null ? null : await bodyNotes?.(province)) ?? new Map<string, string>()
  const repair = (text: string) => knowledge.repair(text)
  return {
    async understand(text, { language, memory }) {
      const { understander, book } = await current()
      const meaning = await understander.understand(text, repair)
      const decided = decide(meaning)
      return {
        intent: publicIntent(decided.intent, readMemory(memory)),
        confidence: meaning.confidence,
        language: languageOf(meaning, language),
        province: provinceSaid(meaning),
        support: meaning.support ?? supportOf(meaning, book),
        dataRequest: decided.dataRequest,
        lacking: decided.lacking,
      }
    },
    async answer(text, context) {
      const { understander, book, paragraphs } = await current()
      const meaning = await understander.understand(text, repair)
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
    record: (tx, answer, about) => recordAnswer(tx, answer, about),
    rate: (tx, answerId, conversationId, good) => rateAnswer(tx, answerId, conversationId, good),
  }
}

async function learn(knowledge: Knowledge, data: UnderstandingData): Promise<Ready> {
  const book = await openBook(knowledge, data)
  const supports = [...book.catalogues.values()].flatMap(({ supportTypes }) => supportTypes)
  const byKey = new Map(supports.map(({ key, name, synonyms }) => [key, { key, name, synonyms }]))
  const spoken = [...book.catalogues.values()].flatMap(({ targets, baseline, duties, documents }) => [
    ...[...targets, ...baseline, ...duties].flatMap(({ label, quote }) => [label, quote]),
    ...documents.map(({ front }) => front.title),
  ])
  const lexicon = { supports: [...byKey.values()], provinces: book.provinces, words: spoken.flatMap(wordsOf) }
  const paragraphs = new Paragraphs(knowledge)
  const passages = await Promise.all(
    book.provinces.map(({ code }) => passagesOf(code, book, paragraphs, data.passages.get(code) ?? [])),
  )
  return { book, understander: new Understander(data, lexicon, book.sources, passages), paragraphs }
}

/** Questions of the data files with the passages of the served plan that answer them; what it no longer holds is left out. */
async function passagesOf(
  province: string,
  book: Book,
  paragraphs: Paragraphs,
  lines: readonly Line[],
): Promise<PassageSource> {
  const textOf = async (piece: string) => (await paragraphs.with(province, piece))?.quote ?? null
  const asked: Line[] = []
  for (const { label, text } of lines) {
    const passage = await textOf(label)
    if (passage !== null) asked.push({ label: passage, text })
  }
  const ofTopic = new Map<string, string | null>()
  for (const topic of book.topics.values()) {
    const catalogue = book.catalogues.get(province)
    if (!catalogue || topic.about.some((ref) => ref.startsWith('fact:'))) continue
    const pieces = [...recordPieces(topic, catalogue).map(({ quote }) => quote), ...(topic.anchors[province] ?? [])]
    const held = new Set(await Promise.all(pieces.map(textOf)))
    const [only = null] = held
    if (held.size <= 1) ofTopic.set(topic.id, only)
  }
  return { province, asked, ofTopic }
}
