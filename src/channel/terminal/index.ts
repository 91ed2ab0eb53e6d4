import { randomUUID } from 'node:crypto'
import {
  type Action,
  type Address,
  type InboundEvent,
  type OutboundMessage,
  type Sender,
  sourceLines,
} from '../index.ts'
import { storable } from '../storable.ts'

/** The terminal as a channel (`npm run chat`): lines in, text out, buttons by their number. */

export interface TerminalOptions {
  account: string
  /** Who sits there; the conversation goes on under the same name. */
  person: string
  accept: (event: InboundEvent) => Promise<unknown>
  write: (text: string) => void
  now?: () => Date
}

export interface TerminalChannel {
  address: Address
  sender: Sender
  /** One line typed: the number of a button shown last, or text. */
  line: (text: string) => Promise<void>
}

const LINE_MAX = 8_000

export function terminalChannel(options: TerminalOptions): TerminalChannel {
  const { account, person, accept, write, now = () => new Date() } = options
  const address: Address = { channel: 'terminal', account, person }
  let choices: readonly Action[] = []

  return {
    address,
    async line(text) {
      const chosen = /^\d$/.test(text.trim()) ? choices[Number(text) - 1] : undefined
      await accept({
        address,
        eventId: randomUUID(), // a terminal never delivers a line twice
        content: chosen
          ? { kind: 'press', send: chosen.send }
          : { kind: 'text', text: storable(text, LINE_MAX) },
        sentAt: now(),
        language: null,
      })
    },
    sender: {
      async send(_, message, progress) {
        // An old message's numbers would be ambiguous, so a message without buttons ends them.
        choices = message.actions
        write(render(message))
        await progress.onPart(progress.messageId)
        return { outcome: 'sent', platformIds: [progress.messageId] }
      },
      sendFile(_, file, caption) {
        write([caption, `[${file.name}, ${file.bytes.length} byte]`].filter((line) => line !== '').join('\n'))
        return Promise.resolve({ outcome: 'sent', platformIds: [] })
      },
    },
  }
}

function render({ text, citations, actions }: OutboundMessage): string {
  const buttons = actions.map(({ label }, index) => `  [${index + 1}] ${label}`).join('\n')
  return [text, sourceLines(citations), buttons].filter((part) => part !== '').join('\n')
}
