import { type Action, type OutboundMessage, sourceLines } from '../message.ts'
import { splitText } from '../split.ts'
import type { Template } from './account.ts'
import {
  ANONYMOUS_BUTTONS,
  BUTTON_TEMPLATE_TYPE,
  CARD_SUBTITLE_MAX,
  CARD_TITLE_MAX,
  TEXT_MAX,
} from './guesses.ts'
import { texts } from './texts.ts'

/** An outbound message as Zalo's message bodies. Pure: the same message always gives the same parts, so a retry can go on behind the last one that was sent. */

export interface Part {
  kind: 'text' | 'card'
  /** Zalo's `message`. */
  body: Record<string, unknown>
}

export function partsOf(
  message: OutboundMessage,
  { anonymous, cardImage }: { anonymous: boolean; cardImage: string | null },
): Part[] {
  const actions = anonymous && !ANONYMOUS_BUTTONS ? [] : message.actions
  const written = anonymous && !ANONYMOUS_BUTTONS ? choices(message.actions) : ''
  const pieces = withTail(
    withTail(splitText(message.text, TEXT_MAX), sourceLines(message.citations)),
    written,
  )
  const parts: Part[] = pieces.map((text, index) => ({
    kind: 'text',
    body: index === pieces.length - 1 && actions.length > 0 ? withButtons(text, actions) : { text },
  }))
  // A visitor without an account has no number to share.
  if (message.ask === 'contact' && !anonymous) parts.push({ kind: 'card', body: contactCard(cardImage) })
  return parts
}

/** Puts `tail` below the last piece, or behind it where both do not fit into one message. */
function withTail(pieces: string[], tail: string): string[] {
  if (tail === '') return pieces
  const last = pieces.at(-1) ?? ''
  const joined = last === '' ? tail : `${last}\n\n${tail}`.normalize('NFC')
  if (joined.length <= TEXT_MAX) return [...pieces.slice(0, -1), joined]
  return [...pieces, ...splitText(tail, TEXT_MAX)]
}

function choices(actions: readonly Action[]): string {
  return actions.length === 0 ? '' : texts.choices(actions.map(({ label, send }) => `${send} – ${label}`))
}

/** `oa.query.hide`: a press comes back as ordinary text without showing the code in the chat. */
function withButtons(text: string, actions: readonly Action[]): Record<string, unknown> {
  const buttons = actions.map(({ label, send }) => ({ title: label, type: 'oa.query.hide', payload: send }))
  const type = BUTTON_TEMPLATE_TYPE === null ? {} : { template_type: BUTTON_TEMPLATE_TYPE }
  return { text, attachment: { type: 'template', payload: { ...type, buttons } } }
}

function contactCard(image: string | null): Record<string, unknown> {
  const element = {
    title: texts.cardTitle.slice(0, CARD_TITLE_MAX),
    subtitle: texts.cardSubtitle.slice(0, CARD_SUBTITLE_MAX),
    ...(image === null ? {} : { image_url: image }),
  }
  return {
    attachment: { type: 'template', payload: { template_type: 'request_user_info', elements: [element] } },
  }
}

export function imageBody(caption: string, attachmentId: string): Record<string, unknown> {
  const element = { media_type: 'image', attachment_id: attachmentId }
  return {
    ...(caption === '' ? {} : { text: caption }),
    attachment: { type: 'template', payload: { template_type: 'media', elements: [element] } },
  }
}

export function fileBody(token: string): Record<string, unknown> {
  return { attachment: { type: 'file', payload: { token } } }
}

/** The template's parameters, filled from the notice. A field the notice lacks stays out, so Zalo names it. */
export function templateData(
  template: Template,
  fields: Readonly<Record<string, string>>,
): Record<string, string> {
  const data: Record<string, string> = {}
  for (const [parameter, field] of Object.entries(template.fields)) {
    const value = fields[field]
    if (value !== undefined) data[parameter] = value
  }
  return data
}

/** 0900000001, +84900000001 or 84900000001 → 84900000001, as the template server wants it. */
export function internationalPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  return digits.startsWith('84') && digits.length >= 11 ? digits : `84${digits.replace(/^0/, '')}`
}
