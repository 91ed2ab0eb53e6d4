/** What an answer is: the values that pass the door. */
import type { Action, Citation } from '../channel/index.ts'
import type { Db } from '../database/index.ts'
import type { Phrasing } from './compose.ts'
import type { DataRequest, Intent } from './intent.ts'
import type { AnswerMemory } from './memory.ts'
import type { Place } from './places.ts'
import type { Selection } from './select.ts'
import type { RecordedTurn } from './store.ts'
import type { Language } from './texts.ts'
import type { THRESHOLDS } from './thresholds.ts'

/** What the conversation needs to tell apart; a bare yes after an offer of an officer asks for the officer. */
export type PublicIntent = Exclude<Intent, 'yes' | 'no' | 'more'>

export type Outcome =
  | 'answer'
  | 'abstain'
  | 'clarify_province'
  | 'refuse'
  | 'greet'
  | 'handoff'
  | 'start_signup'
  | 'status'
  | 'personal_data'
  | 'unclear'

export interface AnswerContext {
  /** The province stored for the person, or null. */
  readonly province: string | null
  readonly language: Language
  /** What `Answer.memory` was last time; null for a new person. */
  readonly memory: unknown
  readonly at: Date
  /** What the person typed into forms, masked in all that leaves for a model; asked for only then. */
  readonly known?: () => Promise<readonly string[]>
}

export interface Understanding {
  readonly intent: PublicIntent
  readonly confidence: number
  readonly language: Language
  readonly province: { readonly code: string; readonly via: 'named' | 'resident' } | null
  /** Key of a kind of support the message is about. */
  readonly support: string | null
  readonly dataRequest: DataRequest | null
}

export interface Answer {
  readonly id: string
  readonly outcome: Outcome
  readonly intent: Intent
  readonly language: Language
  readonly text: string
  readonly citations: Citation[]
  readonly actions: Action[]
  readonly memory: AnswerMemory
  /** The rest, for "xem thêm" (its sources are in `memory.more`). */
  readonly more: string | null
  /** Full questions behind the `#ask:<n>` buttons. */
  readonly suggestions: string[]
  /** To be stored in the profile: the person said where they are. */
  readonly province: string | null
  readonly support: string | null
  readonly dataRequest: DataRequest | null
  /** For the list of unanswered questions; null when the question was answered or was none. */
  readonly unanswered: { readonly reason: string; readonly question: string } | null
  /** What of it a model may say in other words; null: it stays as it is. */
  readonly phrasing: Phrasing | null
  readonly explain: Explain
}

export interface Explain {
  readonly repaired: string
  readonly language: Language
  readonly intent: Intent
  readonly guesses: readonly { readonly label: string; readonly probability: number }[]
  readonly lacking: string | null
  readonly places: readonly Place[]
  readonly provinces: readonly string[]
  readonly cues: readonly string[]
  /** Ideas of the data files that the message was heard to hold. */
  readonly ideas: readonly string[]
  readonly topics: readonly { readonly id: string; readonly score: number }[]
  readonly selections: readonly {
    readonly province: string
    readonly status: Selection['status']
    readonly topics: readonly {
      readonly id: string
      readonly asked: number
      readonly score: number
      readonly stated: boolean
    }[]
    /** Passages guessed from the way it is asked. */
    readonly guessed: readonly { readonly passage: string; readonly probability: number }[]
    readonly candidates: readonly {
      readonly kind: string
      readonly key: string
      readonly score: number
      readonly cite: string
    }[]
    readonly chosen: readonly { readonly kind: string; readonly cite: string; readonly quote: string }[]
  }[]
  readonly thresholds: typeof THRESHOLDS
}
export interface Answerer {
  /** What the message wants, without answering it: for deciding whether a form goes on. */
  understand(text: string, context: Pick<AnswerContext, 'language' | 'memory'>): Promise<Understanding>
  /** `understood`: what `understand` told of this very text, so that it is not read twice. */
  answer(text: string, context: AnswerContext, understood?: Understanding): Promise<Answer>
  /** Why a question could not be answered, in words for an officer; what is unknown comes back as it is. */
  reasonName(reason: string): string
  /** Keeps outcome, citations and the unanswered question, in the caller's transaction. */
  record(tx: Db, answer: Pick<Answer, 'id'>, about: RecordedTurn): Promise<void>
  /** The person's thumbs up or down for an answer of their own conversation; anything else changes nothing. */
  rate(tx: Db, answerId: string, conversationId: string, good: boolean): Promise<void>
}
