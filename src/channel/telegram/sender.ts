import { type Api, InputFile } from 'grammy'
import type { Address, Delivery, OutboundFile, OutboundMessage, Sender } from '../index.ts'
import { splitText } from '../split.ts'
import { type Composed, compose, type InlineButton, type Part } from './compose.ts'
import { deliveryOf, isFormatRefusal, movedTo } from './refusals.ts'
import { type Language, say } from './texts.ts'

/** The sending half: one attempt each, no retry and no pacing of its own (the outbox has both). */

type Markup = NonNullable<NonNullable<Parameters<Api['sendMessage']>[2]>['reply_markup']>

const CAPTION_MAX = 1024
const PHOTO_BYTES_MAX = 10_000_000
const REMEMBERED_CHATS = 10_000

export interface SenderOptions {
  /** Ids only. */
  warn: (event: string, details: Record<string, unknown>) => void
  language: (person: string) => Language
}

export function telegramSender(api: Api, { warn, language }: SenderOptions): Sender {
  /** Chats that show our phone button; forgotten on restart, where `one_time_keyboard` has folded it anyway. */
  const showsPhoneButton = new Set<string>()

  async function post(chat: string, part: Part, markup: Markup | undefined): Promise<number> {
    const options = {
      link_preview_options: { is_disabled: true },
      ...(part.entities.length > 0 ? { entities: part.entities } : {}),
      ...(markup ? { reply_markup: markup } : {}),
    }
    const plain = { link_preview_options: { is_disabled: true } }
    try {
      return (await api.sendMessage(chat, part.text, options)).message_id
    } catch (error) {
      const moved = movedTo(error)
      if (moved !== null) return (await api.sendMessage(moved, part.text, options)).message_id
      if (!isFormatRefusal(error) || (part.entities.length === 0 && !markup)) throw error
      warn('telegram refused the formatting, sent plain', { chat, reason: deliveryOf(error).outcome })
      return (await api.sendMessage(chat, part.text, plain)).message_id
    }
  }

  async function send(
    to: Address,
    message: OutboundMessage,
    progress: Parameters<Sender['send']>[2],
  ): Promise<Delivery> {
    const chat = to.person
    const steps = stepsOf(compose(message), message.ask === 'contact', language(chat))
    const platformIds: string[] = []
    try {
      for (const { part, markup } of steps.slice(progress.partsSent)) {
        const clear = markup === undefined && showsPhoneButton.has(chat)
        const id = String(await post(chat, part, clear ? { remove_keyboard: true } : markup))
        if (clear) showsPhoneButton.delete(chat)
        if (markup && 'keyboard' in markup) remember(showsPhoneButton, chat)
        platformIds.push(id)
        await progress.onPart(id)
      }
      return { outcome: 'sent', platformIds }
    } catch (error) {
      return deliveryOf(error)
    }
  }

  async function sendFile(to: Address, file: OutboundFile, caption: string): Promise<Delivery> {
    const input = new InputFile(file.bytes, file.name)
    const shown = splitText(caption, CAPTION_MAX)[0] ?? ''
    const options = shown === '' ? {} : { caption: shown }
    const asPhoto =
      ['image/png', 'image/jpeg'].includes(file.mediaType) && file.bytes.length <= PHOTO_BYTES_MAX
    try {
      const sent = asPhoto
        ? await api.sendPhoto(to.person, input, options)
        : await api.sendDocument(to.person, input, options)
      return { outcome: 'sent', platformIds: [String(sent.message_id)] }
    } catch (error) {
      return deliveryOf(error)
    }
  }

  return {
    send,
    sendFile,
    async typing(to) {
      await api.sendChatAction(to.person, 'typing').catch(() => {}) // a courtesy: the answer itself tells of trouble
    },
  }
}

interface Step {
  part: Part
  markup: Markup | undefined
}

/** A message has room for one keyboard, so buttons and the phone button together need one message more. */
function stepsOf({ parts, buttons }: Composed, askContact: boolean, language: Language): Step[] {
  const steps: Step[] = parts.map((part) => ({ part, markup: undefined }))
  const last = steps.at(-1)
  if (!last) return steps
  if (buttons.length > 0) last.markup = { inline_keyboard: buttons satisfies InlineButton[][] }
  if (!askContact) return steps
  const phone = phoneKeyboard(language)
  if (last.markup) steps.push({ part: { text: say('contactHint', language), entities: [] }, markup: phone })
  else last.markup = phone
  return steps
}

function phoneKeyboard(language: Language): Markup {
  return {
    keyboard: [[{ text: say('shareContact', language), request_contact: true }]],
    resize_keyboard: true,
    one_time_keyboard: true,
    input_field_placeholder: say('contactField', language),
  }
}

function remember(chats: Set<string>, chat: string): void {
  if (chats.size >= REMEMBERED_CHATS) chats.clear()
  chats.add(chat)
}
