import type { Address, OutboundMessage } from '../channel/index.ts'
import type { Database, Db } from '../database/index.ts'
import type { Inbox } from '../inbox/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Privacy } from '../privacy/index.ts'
import type { Desk } from '../programme/index.ts'
import type { ConsoleRegistrations } from './registrations.ts'
import type { Contacts } from './settings/contacts.ts'
import type { Switches } from './settings/switches.ts'

/** What the console needs from the other rooms. main.ts hands it in; the shapes follow their doors. */
export interface StaffDeps {
  db: Database
  /** At least 32 bytes, the installation's key. */
  key: Uint8Array
  /** Where browsers reach the server: scheme, host, port. */
  publicUrl: string
  now: () => Date
  provinces: readonly { code: string; name: string }[]
  log: { warn(object: object, message: string): void; error(object: object, message: string): void }
  registrations: ConsoleRegistrations
  conversations: ConversationsPort
  inbox: Pick<Inbox, 'history'>
  outbox: Pick<Outbox, 'say' | 'history' | 'callTasks'>
  desk: Desk
  privacy: { requests: Privacy['requests'] }
  /** The Zalo half of the settings; null where the channel is not set up. */
  zalo: ZaloPort | null
  /** Names of what can be asked for, by key. */
  supportName(key: string): string
  supportKinds: readonly { key: string; name: string }[]
  switches: Switches
  contacts: Contacts
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
export interface ConversationsPort {
  findById(tx: Db, id: string): Promise<ConversationView | null>
  /** False: another officer has it now. */
  takeOver(tx: Db, id: string, officer: string, until: Date): Promise<boolean>
  giveBack(tx: Db, id: string): Promise<boolean>
  waiting(tx: Db, limit?: number): Promise<ConversationView[]>
  recent(tx: Db, limit: number, before: Date | null): Promise<ConversationView[]>
}

export type { OutboundMessage }

export interface ZaloPort {
  /** Where the administrator's browser goes to give consent for this account. */
  consentLink(accountId: string): Promise<string>
}
