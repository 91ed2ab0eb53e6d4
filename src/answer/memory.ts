/** What the answerer keeps from turn to turn, in the conversation's own row. */
import { z } from 'zod'
import { Citation } from '../channel/index.ts'

export const AnswerMemory = z.object({
  version: z.literal(1),
  /** The last question answered, to be asked again of another province. */
  question: z.string().max(600).nullable(),
  /** A question that waits for the person's province. */
  pending: z.string().max(600).nullable(),
  /** Topics of the last answer, the main one first. */
  topics: z.array(z.string().max(120)).max(6),
  /** Topics the person named side by side, in their order: what "cái thứ hai" counts. */
  named: z.array(z.string().max(120)).max(6).default([]),
  /** The province the last answer was about. */
  province: z.string().max(60).nullable(),
  /** The rest of the last answer, for "xem thêm". */
  more: z.object({ text: z.string(), citations: z.array(Citation) }).nullable(),
  /** Questions behind the `#ask:<n>` buttons of the last reply. */
  suggestions: z.array(z.string().max(200)).max(5),
  /** What a plain "yes" would now mean. */
  offered: z.literal('officer').nullable(),
})
export type AnswerMemory = z.infer<typeof AnswerMemory>

export const EMPTY_MEMORY: AnswerMemory = {
  version: 1,
  question: null,
  pending: null,
  topics: [],
  named: [],
  province: null,
  more: null,
  suggestions: [],
  offered: null,
}

/** Memory as stored; anything unreadable (an older shape, a hand in the row) is an empty memory, not an error. */
export function readMemory(stored: unknown): AnswerMemory {
  const parsed = AnswerMemory.safeParse(stored)
  return parsed.success ? parsed.data : EMPTY_MEMORY
}
