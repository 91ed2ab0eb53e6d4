import type {
  Action,
  Address,
  Content,
  InboundEvent,
  OutboundFile,
  OutboundMessage,
} from '../channel/message.ts'
import type { Db } from '../database/index.ts'

/** What a turn needs from its neighbours; main.ts hands them in. */

export type Language = 'vi' | 'en'

export type Intent =
  | 'question'
  | 'sign_up'
  | 'own_registrations'
  | 'personal_data'
  | 'officer'
  | 'greeting'
  | 'thanks'
  | 'goodbye'
  | 'opinion'
  | 'identity'
  | 'help'
  | 'introduction'
  | 'cancel'
  | 'off_topic'
  | 'attack'
  | 'unclear'

export interface Understanding {
  intent: Intent
  language: Language
  /** Named in the message itself. */
  province: { code: string } | null
  /** Key of the support type the message is about. */
  support: string | null
  dataRequest: DataRequest | null
}

export type DataRequest = 'view' | 'export' | 'correct' | 'erase' | 'withdraw'

export type Outcome =
  | 'answer'
  | 'abstain'
  | 'clarify_province'
  | 'start_signup'
  | 'status'
  | 'handoff'
  | 'refuse'
  | 'greet'
  | 'personal_data'
  | 'unclear'

export interface AnswerContext {
  province: string | null
  language: Language
  /** AnswerMemory of the turn before; the answerer parses it. */
  memory: unknown
  at: Date
  /** Keyed digest of the person, for a model's budget; what the person typed into forms, for masking (read only then). */
  person: string
  known: () => Promise<readonly string[]>
  /** How long the person has waited already: a voice message was listened to first. */
  waitedMs: number
}

export interface Answer {
  id: string
  outcome: Outcome
  text: string
  citations: OutboundMessage['citations']
  actions: Action[]
  memory: unknown
  /** Stated by the person, to be kept in the profile. */
  province: string | null
  support: string | null
  /** Full questions behind the `#ask:<n>` buttons. */
  suggestions: string[]
}

export interface Answerer {
  understand(text: string, context: AnswerContext): Promise<Understanding>
  /** `understood`: what `understand` told of this very text, so that it is not read twice. */
  answer(text: string, context: AnswerContext, understood?: Understanding): Promise<Answer>
  /** Keeps the outcome, the citations and the unanswered question; in the turn's transaction. */
  record(
    tx: Db,
    answer: Answer,
    about: { conversationId: string; province: string | null; question: string },
  ): Promise<void>
  rate(tx: Db, answerId: string, conversationId: string, good: boolean): Promise<void>
}

export interface Provinces {
  /** Provinces this account serves; one means that nobody is asked. */
  of(address: Address): Promise<readonly { code: string; name: string }[]>
  /** "Sở Khoa học và Công nghệ tỉnh …", for the introduction. */
  whose(province: string | null, language: Language): string
}

/** One step of a form: what to keep (null = it has ended), what to show, what is to be done. */
export interface FormStep {
  form: unknown
  reply: OutboundMessage
  effect: FormEffect
}

export type FormEffect =
  | { kind: 'none' }
  /** Store it in the turn's transaction; what is said then replaces `reply`. */
  | { kind: 'submit'; draft: unknown }
  | { kind: 'cancelled'; kept: unknown }
  /** The message was a question: answer it, then show `reply`, the pending question again. */
  | { kind: 'question' }
  | { kind: 'officer' }
  /** Nothing of the form may be kept. */
  | { kind: 'discarded' }

export interface FormInput {
  text: string
  send: string | null
  contact?: { phone: string; own: boolean }
  looksLikeQuestion: boolean
  /** Of a message that asks something: what it tells besides ("HTX Phước Hữu, có mất phí không" → the name). */
  told?: string
  media?: boolean
}

/** Who is speaking, as registration and classes need to know it. */
export interface Speaker {
  id: string
  address: Address
  province: string | null
  language: Language
}

export interface SignUpWant {
  /** Named by the person. */
  support: string | null
  /** Talked about before; taken when the message names none, shown, and changed on a word. */
  carried: string | null
  classId: string | null
  text: string
}

export interface SignUps {
  open(want: SignUpWant, who: Speaker, at: Date): Promise<FormStep>
  step(form: unknown, input: FormInput, who: Speaker, at: Date): Promise<FormStep>
  /** Takes up a form that was parked. */
  resume(form: unknown, who: Speaker, at: Date): Promise<FormStep>
  /** The self-assessment, offered after sign-up. */
  survey(who: Speaker, at: Date): Promise<FormStep>
  /** Stores the registration in the turn's transaction. */
  submit(
    tx: Db,
    draft: unknown,
    who: Speaker,
    at: Date,
  ): Promise<{ replies: OutboundMessage[]; form: unknown; province: string | null }>
  /** "Hồ sơ của tôi". */
  own(who: Speaker): Promise<OutboundMessage[]>
  /** A button under one's own registration: show, cancel, fix, complete, survey. */
  press(
    tx: Db,
    press: { reference: string; verb: string },
    who: Speaker,
    at: Date,
  ): Promise<{ replies: OutboundMessage[]; form: unknown }>
  /** What the person typed into these forms and into what they registered, for masking before a model call. */
  typed(forms: readonly unknown[], id: string): Promise<string[]>
}

export interface Privacy {
  /** Whether an input belongs to the personal-data dialogue; reads and writes nothing. */
  concerns(state: unknown, text: string, at: Date): boolean
  handle(
    tx: Db,
    input: { text: string } | { verb: DataRequest } | { withdrawnByPlatform: true },
    who: { id: string; channel: string; province: string | null; language: Language },
    turn: { state: unknown; cause: string; at: Date },
  ): Promise<{
    handled: boolean
    messages: OutboundMessage[]
    files: { file: OutboundFile; caption: string }[]
    state: unknown
    handOver: boolean
  }>
}

export interface Offers {
  /** A freed seat was offered; the person says yes or no. */
  respond(tx: Db, offer: { id: string; accept: boolean }, who: Speaker, at: Date): Promise<OutboundMessage[]>
}

export interface Links {
  /** One person on two channels, by proof: a code shown on one and typed on the other. */
  issue(tx: Db, conversationId: string, language: Language, at: Date): Promise<OutboundMessage>
  redeem(tx: Db, code: string, conversationId: string, language: Language, at: Date): Promise<OutboundMessage>
}

export interface Switches {
  /** The reason when it is off (channel:<name>, signup), else null. */
  isOff(name: string, province: string | null): Promise<string | null>
}

export interface OfficeHours {
  /** "thứ Hai đến thứ Sáu, 7:30–17:00" when the department is closed now, else null. */
  closedNow(province: string | null, at: Date): Promise<string | null>
}

/** Turns a voice message into text; null when no model is configured, '' when it could not be made out. */
export type Hear = (
  event: InboundEvent & { content: Extract<Content, { kind: 'media' }> },
  province: string | null,
) => Promise<string | null>
