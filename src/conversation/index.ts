/** The door to conversations: one turn, the transcript's people, officers taking over and giving back. */
export type { Draft, Stored, TurnDeps } from './draft.ts'
export type * from './ports.ts'
export {
  type Conversation,
  dataOf,
  erase,
  findById,
  findByLane,
  forgetSilent,
  giveBack,
  openConversation,
  recent,
  takeOver,
  waiting,
} from './store.ts'
export { createTurn, type TurnReport } from './turn.ts'
