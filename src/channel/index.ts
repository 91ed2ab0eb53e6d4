import type { Address, OutboundFile, OutboundMessage } from './message.ts'

export * from './message.ts'

/** What became of one attempt to send. Only the channel knows its platform's codes; the outbox acts on these. */
export type Delivery =
  | { outcome: 'sent'; platformIds: string[] }
  /** Try again, not before `afterMs`; `maybeSent` when the answer was lost and the message may have arrived. */
  | { outcome: 'retry'; afterMs: number; reason: string; maybeSent: boolean; scope: 'lane' | 'account' }
  /** It cannot reach this person now (blocked, window closed, quota): becomes a call task. */
  | { outcome: 'unreachable'; reason: string }
  /** Our fault or the operator's: given up visibly, the operator is told. */
  | { outcome: 'failed'; reason: string; operator: boolean }

/** The sending half of a channel. Parsing happens in the channel's own route or poller, which is handed `accept`. */
export interface Sender {
  /**
   * Sends one message, splitting it as the platform needs. `alreadySent` platform ids of earlier parts let a retry
   * continue after the part that went out.
   */
  send(
    to: Address,
    message: OutboundMessage,
    progress: {
      /** Id of the outbox row: the web page shows a message of one id once, however often it is sent. */
      messageId: string
      partsSent: number
      onPart(platformId: string): Promise<void>
    },
  ): Promise<Delivery>
  sendFile?(to: Address, file: OutboundFile, caption: string): Promise<Delivery>
  /** Whether a message the person did not just ask for can reach them now; absent: always worth trying. */
  reach?(to: Address): Promise<'open' | 'closed'>
  /** Shows "typing…" where the platform can; never throws. */
  typing?(to: Address): Promise<void>
}
