import { z } from 'zod'
import type { Content, InboundEvent } from '../message.ts'
import { storable } from '../storable.ts'
import { type Language, languageOf } from './texts.ts'

/** Reads an update of the Bot API (10.3, read 2026-11) into an event of ours. Pure. */

const Id = z.number().int().transform(String) // up to 52 bits, exact in a double
const User = z.object({
  id: Id,
  is_bot: z.boolean().optional(),
  language_code: z.string().max(20).optional(),
})
const Chat = z.object({ id: Id, type: z.string() })
const Bytes = z.number().nonnegative().optional()
const File = z.object({ file_id: z.string().max(500), file_size: Bytes })
const Timed = File.extend({ duration: z.number().nonnegative().optional() })

const Message = z.object({
  message_id: z.number(),
  date: z.number(),
  edit_date: z.number().optional(),
  chat: Chat,
  from: User.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  entities: z.array(z.object({ type: z.string() })).optional(),
  contact: z
    .object({
      phone_number: z.string().max(40),
      first_name: z.string().optional(),
      last_name: z.string().optional(),
      user_id: Id.optional(),
    })
    .optional(),
  voice: Timed.optional(),
  audio: Timed.optional(),
  video: Timed.optional(),
  video_note: Timed.optional(),
  animation: Timed.optional(),
  document: File.optional(),
  photo: z.array(File).optional(),
  sticker: File.optional(),
  location: z.object({}).optional(),
  venue: z.object({}).optional(),
  poll: z.object({}).optional(),
  dice: z.object({}).optional(),
  story: z.object({}).optional(),
  game: z.object({}).optional(),
  checklist: z.object({}).optional(),
  paid_media: z.object({}).optional(),
})
type Message = z.infer<typeof Message>

const Status = z.object({ status: z.string() })
export const Update = z.object({
  update_id: z.number().int(),
  message: Message.optional(),
  edited_message: Message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: User,
      data: z.string().max(256).optional(),
      message: z.object({ chat: Chat }).optional(),
    })
    .optional(),
  my_chat_member: z
    .object({
      chat: Chat,
      from: User,
      date: z.number(),
      old_chat_member: Status,
      new_chat_member: Status,
    })
    .optional(),
})
export type Update = z.infer<typeof Update>

/** What is asked of Telegram; a list left out would keep the one set before. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const

/** An edit this soon after sending is a slip corrected, read like a new message; later ones get a sentence. */
const FRESH_EDIT_S = 120
const TEXT_MAX = 8_000

export type Reading =
  | { kind: 'event'; event: InboundEvent }
  /** Answered on the spot, nothing kept. */
  | { kind: 'notice'; chat: string; notice: 'privateOnly' | 'oldEdit'; language: Language }
  | { kind: 'ignored'; reason: string }

/** The button press of an update, to be answered whatever becomes of it; else the person's client keeps spinning. */
export interface Pressed {
  queryId: string
  private: boolean
  language: Language
}

export function pressOf({ callback_query: query }: Update): Pressed | null {
  if (!query) return null
  const type = query.message?.chat.type ?? 'private'
  return { queryId: query.id, private: type === 'private', language: languageOf(query.from.language_code) }
}

/** @param at when the update reached us; presses carry no time of their own */
export function readUpdate(update: Update, account: string, at: Date): Reading {
  const { message, edited_message: edited, callback_query: query, my_chat_member: member } = update
  const event = (from: z.infer<typeof User>, content: Content, sentAt: Date): Reading => ({
    kind: 'event',
    event: {
      address: { channel: 'telegram', account, person: from.id },
      eventId: String(update.update_id),
      content,
      sentAt,
      language: from.language_code ?? null,
    },
  })
  if (query) {
    if (query.message && query.message.chat.type !== 'private')
      return { kind: 'ignored', reason: 'press in a group' }
    if (query.data === undefined) return { kind: 'ignored', reason: 'press without data' }
    return event(query.from, { kind: 'press', send: storable(query.data, 256) }, at)
  }
  if (member) {
    if (member.chat.type !== 'private') return readGroupJoin(member)
    const content = membership(member.old_chat_member.status, member.new_chat_member.status)
    return content
      ? event(member.from, content, seconds(member.date))
      : { kind: 'ignored', reason: 'membership unchanged' }
  }
  const said = message ?? edited
  if (!said) return { kind: 'ignored', reason: 'other update' }
  if (!said.from || said.from.is_bot === true) return { kind: 'ignored', reason: 'not a person' }
  const language = languageOf(said.from.language_code)
  if (said.chat.type !== 'private') return readGroup(said, language, message !== undefined)
  if (edited) {
    if (edited.text === undefined) return { kind: 'ignored', reason: 'edit without text' }
    const late = (edited.edit_date ?? edited.date) - edited.date > FRESH_EDIT_S
    if (late) return { kind: 'notice', chat: said.chat.id, notice: 'oldEdit', language }
  }
  const content = readMessage(said, said.from)
  if (!content) return { kind: 'ignored', reason: 'service message' }
  return event(said.from, content, seconds(said.edit_date ?? said.date))
}

const seconds = (unix: number): Date => new Date(unix * 1000)

function membership(before: string, now: string): Content | null {
  if (now === 'kicked' || now === 'left') return { kind: 'left' }
  if (now === 'member' && (before === 'kicked' || before === 'left')) return { kind: 'returned' }
  return null
}

function readGroupJoin({ chat, from, new_chat_member: now }: NonNullable<Update['my_chat_member']>): Reading {
  if (chat.type === 'channel' || (now.status !== 'member' && now.status !== 'administrator')) {
    return { kind: 'ignored', reason: 'group membership' }
  }
  return { kind: 'notice', chat: chat.id, notice: 'privateOnly', language: languageOf(from.language_code) }
}

/** Groups hear one sentence when they speak to us by a command or a mention; the rest of their talk is none of ours. */
function readGroup(message: Message, language: Language, isNew: boolean): Reading {
  const addressed =
    message.entities?.some(({ type }) => type === 'bot_command' || type === 'mention') === true
  if (!isNew || !addressed) return { kind: 'ignored', reason: 'group message' }
  return { kind: 'notice', chat: message.chat.id, notice: 'privateOnly', language }
}

function readMessage(message: Message, from: z.infer<typeof User>): Content | null {
  if (message.text !== undefined) {
    return (
      readCommand(message.text, languageOf(from.language_code)) ?? {
        kind: 'text',
        text: storable(message.text, TEXT_MAX),
      }
    )
  }
  const { contact } = message
  if (contact) {
    const name = [contact.last_name, contact.first_name].filter((part) => part).join(' ')
    return {
      kind: 'contact',
      phone: storable(contact.phone_number, 40),
      name: name === '' ? null : storable(name, 200),
      // Anyone can forward any card; the server itself sets user_id (tdlib/td issue 2575), so equality is proof.
      own: contact.user_id === from.id,
    }
  }
  return readMedia(message)
}

type Media = Extract<Content, { kind: 'media' }>

function readMedia(message: Message): Media | null {
  const caption = message.caption === undefined ? null : storable(message.caption, TEXT_MAX)
  const media = (kind: Media['media'], file?: z.infer<typeof Timed>): Media => ({
    kind: 'media',
    media: kind,
    reference: file?.file_id ?? null,
    caption,
    seconds: file?.duration ?? null,
    bytes: file?.file_size ?? null,
  })
  // Phones send a recording from another app as audio: the same thing to us. An animation carries a document too.
  if (message.voice) return media('voice', message.voice)
  if (message.audio) return media('voice', message.audio)
  if (message.photo?.length) return media('photo', message.photo.at(-1)) // sizes ascend
  const video = message.video ?? message.video_note ?? message.animation
  if (video) return media('video', video)
  if (message.document) return media('file', message.document)
  if (message.sticker) return media('sticker', message.sticker)
  if (message.location ?? message.venue) return media('location')
  const { poll, dice, story, game, checklist, paid_media: paid } = message
  return (poll ?? dice ?? story ?? game ?? checklist ?? paid) ? media('other') : null
}

const PRESSES: Readonly<Record<string, string>> = {
  help: '#menu',
  trogiup: '#menu',
  menu: '#menu',
  hoso: '#own',
  dulieu: '#data:view',
  sua: '#data:correct',
  xoa: '#data:erase',
  rutdongy: '#data:withdraw',
  canbo: '#officer',
  english: '#lang:en',
  tiengviet: '#lang:vi',
}

/** Null for text that is no command of ours: it goes on as text. */
function readCommand(text: string, appLanguage: Language): Content | null {
  const match = /^\/([a-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+([\s\S]*))?$/i.exec(text.trim())
  if (!match) return null
  const command = (match[1] ?? '').toLowerCase()
  const rest = storable((match[2] ?? '').trim(), TEXT_MAX)
  switch (command) {
    case 'start':
      return { kind: 'start', payload: /^[\w-]{1,64}$/.test(rest) ? rest : null }
    case 'dangky':
      return rest === '' ? { kind: 'press', send: '#signup' } : { kind: 'text', text: `đăng ký ${rest}` }
    case 'huy':
    case 'cancel':
      return { kind: 'text', text: 'huỷ' }
    case 'ngonngu':
    case 'language':
      return { kind: 'press', send: `#lang:${languageChoice(rest, appLanguage)}` }
    default: {
      const send = PRESSES[command]
      return send === undefined ? null : { kind: 'press', send }
    }
  }
}

/** Without a word behind the command: the language the person's app is not in. */
function languageChoice(rest: string, appLanguage: Language): Language {
  if (/^(vi|ti[eế]ng vi[eệ]t)/iu.test(rest)) return 'vi'
  if (/^(en|ti[eế]ng anh)/iu.test(rest)) return 'en'
  return appLanguage === 'vi' ? 'en' : 'vi'
}
