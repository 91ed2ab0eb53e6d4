import type { Context } from 'hono'
import type { Answer, AnswerContext, UnansweredQuestion } from '../answer/index.ts'
import type { Accounts } from '../channel/accounts/index.ts'
import type { Address, Citation } from '../channel/index.ts'
import type { ZaloStatus } from '../channel/zalo/index.ts'
import type { Database, Db } from '../database/index.ts'
import type { Inbox } from '../inbox/index.ts'
import type {
  DiffLine,
  DraftInput,
  PublishInput,
  Refusal,
  SavedDraft,
  SearchQuery,
  SearchResult,
  VersionRow,
} from '../knowledge/index.ts'
import type { UsageOfDay } from '../llm/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Privacy } from '../privacy/index.ts'
import type { Desk } from '../programme/index.ts'
import type { ReportDoors } from '../report/index.ts'
import type { ConsoleRegistrations } from './registrations.ts'
import type { Contacts } from './settings/contacts.ts'
import type { OrganisationNotes } from './settings/organisations.ts'
import type { Switches } from './settings/switches.ts'

/** What the console needs from the other rooms. main.ts hands it in; the shapes follow their doors. */
export interface StaffDeps {
  db: Database
  /** At least 32 bytes, the installation's key. */
  key: Uint8Array
  /** Where browsers reach the server: scheme, host, port. */
  publicUrl: string
  now: () => Date
  /** The caller's network address; undefined where there is no socket. */
  callerOf?: (c: Context) => string | undefined
  provinces: readonly { code: string; name: string }[]
  log: { warn(object: object, message: string): void; error(object: object, message: string): void }
  registrations: ConsoleRegistrations
  conversations: ConversationsPort
  inbox: Pick<Inbox, 'history'>
  outbox: Pick<Outbox, 'say' | 'history' | 'callTasks'>
  questions: QuestionsPort
  knowledge: KnowledgePort
  desk: Desk
  privacy: { requests: Privacy['requests'] }
  /** What the yearly report asks besides registrations and questions. */
  report: Pick<ReportDoors, 'classes' | 'catalogue' | 'department'>
  /** The Zalo half of the settings; null where the channel is not set up. */
  zalo: ZaloPort | null
  /** Null where no model is configured. */
  model: ModelPort | null
  /** Names of what can be asked for, by key. */
  supportName(key: string): string
  supportKinds: readonly { key: string; name: string }[]
  switches: Switches
  contacts: Contacts
  organisations: {
    notes: OrganisationNotes
    /** The bodies the plans name, with the note that comes with the knowledge ('' = none). */
    bodies: readonly { key: string; name: string; note: string }[]
  }
}

export interface ConversationView {
  id: string
  address: Address
  lane: string
  province: string | null
  language: 'vi' | 'en'
  officer: string | null
  officerUntil: Date | null
  waitingSince: Date | null
  waitingReason: string | null
  reachable: boolean
  lastSeenAt: Date
}

/** The conversations of the transaction's officer; a foreign id is null or false. */
interface ConversationsPort {
  findById(tx: Db, id: string): Promise<ConversationView | null>
  /** False: another officer has it now. */
  takeOver(tx: Db, id: string, officer: string, until: Date): Promise<boolean>
  giveBack(tx: Db, id: string): Promise<boolean>
  waiting(tx: Db, limit?: number): Promise<ConversationView[]>
  recent(tx: Db, limit: number, before: Date | null): Promise<ConversationView[]>
}

/** The accounts on chat platforms, as far as an administrator of the whole installation looks after them. */
interface ZaloPort {
  accounts: Pick<Accounts, 'all'>
  status(accountId: string): Promise<ZaloStatus | null>
  /** Where an administrator of the OA gives consent; good once, for half an hour. */
  connectLink(accountId: string): Promise<string | null>
}

interface ModelPort {
  readonly name: string
  readonly circuit: 'closed' | 'open'
  /** Tokens the whole installation may use a day. */
  readonly dailyTokens: number
  /** Of the officer's provinces, newest day first. */
  usage(tx: Db, days: number): Promise<UsageOfDay[]>
}

interface RatedAnswer {
  id: string
  at: Date
  rating: number
  outcome: string
  citations: readonly Citation[]
  conversationId: string | null
}

export interface QuestionsPort {
  unanswered(tx: Db, page: { open: boolean; limit: number }): Promise<readonly UnansweredQuestion[]>
  close(tx: Db, id: string, by: string, at: Date): Promise<boolean>
  ratings(tx: Db, page: { limit: number }): Promise<readonly RatedAnswer[]>
  /** A question's `reason` in words. */
  readonly reasonName: (reason: string) => string
  /** Asks as a new person of the province would, and keeps nothing. */
  ask(text: string, context: AnswerContext): Promise<Answer>
  /** Stores a question with its answer, served at once. @returns the note's id */
  answer(
    note: { province: string; question: string; answer: string; source: string | null },
    by: string,
    at: Date,
  ): Promise<string | null>
}

/** The staff half of the knowledge room. `versions` runs under the officer's transaction. */
export interface KnowledgePort {
  versions(tx: Db): Promise<readonly VersionRow[]>
  ofDocument(tx: Db, documentId: string): Promise<readonly VersionRow[]>
  diff(documentId: string, from: number, to: number): Promise<readonly DiffLine[] | null>
  saveDraft(input: DraftInput): Promise<SavedDraft | Refusal>
  publish(input: PublishInput): Promise<'published' | 'unknown' | 'already'>
  rollback(input: Omit<PublishInput, 'version'>): Promise<{ version: number } | null>
  withdraw(documentId: string, province: string | null): Promise<boolean>
  search(question: string, query: SearchQuery): Promise<SearchResult>
}
