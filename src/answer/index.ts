/** The door to answers: understand a message, answer it from the plans, and keep what could not be answered. */

export {
  type Answer,
  type AnswerContext,
  type Answerer,
  type AnswererOptions,
  createAnswerer,
  type Explain,
  learnAnew,
  type Outcome,
  type PublicIntent,
  type Understanding,
} from './answer.ts'
export { organisationNames, type UnderstandingData } from './data.ts'
export type { DataRequest, Intent } from './intent.ts'
export { createPhrasedAnswerer } from './phrased.ts'
export {
  closeUnanswered,
  dataOf,
  erase,
  forgetAnswers,
  listUnanswered,
  type RecordedTurn,
  ratedAnswers,
  type UnansweredQuestion,
} from './store.ts'
export type { Owner } from './texts.ts'
