import type { MessageEntity } from 'grammy/types'
import type { Action, Citation, OutboundMessage } from '../message.ts'
import { splitText } from '../split.ts'

/** Cuts an outbound message into Telegram messages. Pure, and the same for every retry. */

/**
 * Telegram counts code points of the text after NFC (tdlib/td utf8_length); splitText counts UTF-16 units, never fewer.
 */
export const TEXT_MAX = 4096
/** Bot API: callback_data 1 to 64 bytes. */
const CALLBACK_BYTES = 64
const ROW_LABELS_MAX = 26

export interface Part {
  text: string
  /** Formatting by offsets instead of markup: nothing a person or a plan wrote can break it or needs escaping. */
  entities: MessageEntity[]
}

export interface InlineButton {
  text: string
  callback_data: string
}

export interface Composed {
  parts: Part[]
  /** Belongs under the last part. */
  buttons: InlineButton[][]
}

export function compose(message: OutboundMessage): Composed {
  const parts: Part[] = splitText(message.text, TEXT_MAX).map((text) => ({ text, entities: [] }))
  if (parts.length === 0) parts.push({ text: '…', entities: [] }) // white space only: Telegram refuses empty text
  for (const citation of message.citations) addCitation(parts, citation)
  return { parts, buttons: rows(message.actions) }
}

/** The source's label in plain text, the quote folded under it. */
function addCitation(parts: Part[], { label, section, quote }: Citation): void {
  const head = `📄 ${label}, ${section}`.normalize('NFC').trim()
  const quotes = splitText(quote, TEXT_MAX)
  const first = quotes[0] ?? ''
  const last = parts.at(-1)
  if (last && last.text.length + head.length + first.length + 3 <= TEXT_MAX && quotes.length <= 1) {
    append(last, `\n\n${head}`, first)
  } else if (head.length + first.length + 1 <= TEXT_MAX && quotes.length <= 1) {
    const part: Part = { text: '', entities: [] }
    append(part, head, first)
    parts.push(part)
  } else {
    for (const text of splitText(head, TEXT_MAX)) parts.push({ text, entities: [] })
    for (const text of quotes) parts.push({ text, entities: [quoted(0, text.length)] })
  }
}

function append(part: Part, head: string, quote: string): void {
  part.text += head
  if (quote === '') return
  part.text += '\n'
  part.entities.push(quoted(part.text.length, quote.length))
  part.text += quote
}

/** Offsets and lengths are UTF-16 units, as JavaScript counts. */
function quoted(offset: number, length: number): MessageEntity {
  return { type: 'expandable_blockquote', offset, length }
}

/** Short labels stand two in a row, long ones alone: a phone shows about 26 letters over the full width. */
function rows(actions: readonly Action[]): InlineButton[][] {
  const result: InlineButton[][] = []
  for (const { label, send } of actions) {
    if (Buffer.byteLength(send) > CALLBACK_BYTES) continue // refused by Telegram together with the whole message
    const button = { text: label, callback_data: send }
    const row = result.at(-1)
    if (row?.length === 1 && (row[0]?.text.length ?? 0) + label.length <= ROW_LABELS_MAX) row.push(button)
    else result.push([button])
  }
  return result
}
