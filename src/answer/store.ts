/** What was answered, how it was rated, and what could not be answered. The only reader and writer of these tables. */
import { z } from 'zod'
import { Citation } from '../channel/index.ts'
import type { Db } from '../database/index.ts'

/** The turn an answer belongs to. */
export interface RecordedTurn {
  readonly conversationId: string
  /** Province of the person, or null when unknown. */
  readonly province: string | null
  readonly question: string
}

/** The parts of an answer that are kept; the conversation hands the answer back as it got it. */
const Kept = z.object({
  id: z.uuid(),
  outcome: z.string().max(40),
  intent: z.string().max(40).default('question'),
  language: z.string().max(10).default('vi'),
  citations: z.array(Citation).default([]),
  unanswered: z
    .object({ reason: z.string().max(60), question: z.string() })
    .nullable()
    .default(null),
})

export async function recordAnswer(tx: Db, answer: unknown, about: RecordedTurn): Promise<void> {
  const { id, outcome, intent, language, citations, unanswered } = Kept.parse(answer)
  await tx.query(
    `insert into answer_log (id, conversation_id, province, outcome, intent, language, citations)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [id, about.conversationId, about.province, outcome, intent, language, JSON.stringify(citations)],
  )
  if (unanswered === null) return
  await tx.query(
    `insert into unanswered_question (answer_id, conversation_id, province, reason, question)
     values ($1, $2, $3, $4, $5) on conflict (answer_id) do nothing`,
    [id, about.conversationId, about.province, unanswered.reason, about.question.slice(0, 600)],
  )
}

export async function rateAnswer(
  tx: Db,
  answerId: string,
  conversationId: string,
  good: boolean,
): Promise<void> {
  if (!z.uuid().safeParse(answerId).success) return
  await tx.query(
    'update answer_log set rating = $3, rated_at = now() where id = $1 and conversation_id = $2',
    [answerId, conversationId, good ? 1 : -1],
  )
}

const Unanswered = z.object({
  id: z.string(),
  province: z.string().nullable(),
  reason: z.string(),
  question: z.string(),
  asked_at: z.date(),
  closed_at: z.date().nullable(),
})
export type UnansweredQuestion = z.infer<typeof Unanswered>

/** Newest first; under an officer's transaction only the questions of their provinces. */
export async function listUnanswered(
  db: Db,
  { open = true, limit = 100 }: { open?: boolean; limit?: number } = {},
): Promise<UnansweredQuestion[]> {
  const { rows } = await db.query(
    `select answer_id as id, province, reason, question, asked_at, closed_at from unanswered_question
      where ($1 is false or closed_at is null) order by asked_at desc, answer_id limit $2`,
    [open, limit],
  )
  return z.array(Unanswered).parse(rows)
}

/** False when another officer closed it first or it is not theirs to close. */
export async function closeUnanswered(tx: Db, id: string, by: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update unanswered_question set closed_at = $3, closed_by = $2 where answer_id = $1 and closed_at is null`,
    [id, by, at],
  )
  return rowCount === 1
}

/** What the answerer keeps about a person, for their own view of it. */
export async function dataOf(db: Db, conversationId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await db.query<Record<string, unknown>>(
    `select l.answered_at, l.outcome, l.rating, u.question from answer_log l
       left join unanswered_question u on u.answer_id = l.id
      where l.conversation_id = $1 order by l.answered_at, l.id`,
    [conversationId],
  )
  return rows
}

/** Forgets whose questions they were; the questions themselves go, the counts of outcomes stay. */
export async function erase(tx: Db, conversationId: string): Promise<void> {
  await tx.query('delete from unanswered_question where conversation_id = $1', [conversationId])
  await tx.query('update answer_log set conversation_id = null where conversation_id = $1', [conversationId])
}

/** For retention: the counts of outcomes stay, whose they were and what could not be answered go. */
export async function forgetAnswers(tx: Db, before: Date): Promise<number> {
  const gone = await tx.query('delete from unanswered_question where asked_at < $1', [before])
  const blanked = await tx.query(
    'update answer_log set conversation_id = null where answered_at < $1 and conversation_id is not null',
    [before],
  )
  return (gone.rowCount ?? 0) + (blanked.rowCount ?? 0)
}

const Rated = z.object({
  id: z.string(),
  at: z.date(),
  rating: z.number(),
  outcome: z.string(),
  citations: z.array(Citation),
  conversationId: z.string().nullable(),
})

/** Answers people rated, newest first. */
export async function ratedAnswers(db: Db, { limit }: { limit: number }): Promise<z.infer<typeof Rated>[]> {
  const { rows } = await db.query(
    `select id, rated_at as at, rating, outcome, citations, conversation_id as "conversationId" from answer_log
      where rating is not null order by rated_at desc, id limit $1`,
    [limit],
  )
  return z.array(Rated).parse(rows)
}
