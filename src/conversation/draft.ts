import type { InboundEvent, OutboundFile, OutboundMessage } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import type {
  Answerer,
  Hear,
  Links,
  Offers,
  OfficeHours,
  Outcome,
  Privacy,
  Provinces,
  SignUps,
  Switches,
} from './ports.ts'
import type { ConversationState } from './states.ts'

export type Stored = InboundEvent & { id: string }

export interface TurnDeps {
  db: Database
  inbox: {
    /** False: this message was done before; write nothing. */
    done(tx: Db, id: string, province?: string | null): Promise<boolean>
    assignProvince(tx: Db, lane: string, province: string): Promise<void>
  }
  outbox: {
    say(
      tx: Db,
      to: InboundEvent['address'],
      message: OutboundMessage,
      options: { cause: string; from: 'assistant'; province: string | null },
    ): Promise<unknown>
    sayFile(
      tx: Db,
      to: InboundEvent['address'],
      file: OutboundFile,
      caption: string,
      options: { cause: string; from: 'assistant'; province: string | null },
    ): Promise<unknown>
  }
  answerer: Answerer
  provinces: Provinces
  signUps: SignUps
  privacy: Privacy
  offers: Offers
  links: Links
  switches: Switches
  hours: OfficeHours
  hear: Hear | null
  /** False for a person without a lasting identity: a registration could not be shown to them again. */
  canRegister(address: InboundEvent['address']): boolean
  /** Shows that an answer is being written, where the platform can; a model may take seconds. */
  typing?(to: InboundEvent['address']): Promise<void>
  /** Keyed digest of a lane: counts one person's model calls without naming the person. */
  digest(lane: string): string
  clock(): Date
}

/** What a turn decided; `act` runs in the turn's transaction and may add replies or change what is remembered. */
export interface Draft {
  outcome: Outcome | 'form' | 'silent' | 'fixed'
  replies: OutboundMessage[]
  state: ConversationState
  province?: string | null
  language?: 'vi' | 'en'
  waiting?: { since: Date; reason: string } | null
  reachable?: boolean
  act?(tx: Db): Promise<Acted>
}

export interface Acted {
  replies: OutboundMessage[]
  files?: { file: OutboundFile; caption: string }[]
  state?: ConversationState
  /** The person is put into the officers' waiting list. */
  waiting?: boolean
  /** The province became known by what was done (the commune of a registration). */
  province?: string
}
