import { z } from 'zod'
import type { Content } from '../message.ts'
import { STAFF_FIELD } from './guesses.ts'

/** What Zalo's webhook events mean. Pure: bytes were proven before, ids stay strings (they exceed 2^53). */

const Id = z.string().regex(/^[\w.-]{1,80}$/)
/** PostgreSQL keeps neither NUL nor half a surrogate pair; nobody types either. */
const Text = z.string().transform((text) => text.replaceAll('\0', '').toWellFormed())

/** What every event has; enough to prove it and to find the account. */
export const Envelope = z.looseObject({
  app_id: Id,
  event_name: z.string().min(1).max(80),
  timestamp: z.union([
    z.string().regex(/^\d{10,16}$/),
    // One day it may be a number: its digits are what is signed.
    z.int().nonnegative().transform(String),
  ]),
})
export type Envelope = z.infer<typeof Envelope>

const Sides = z.object({
  oa_id: Id.optional(),
  oaId: Id.optional(),
  sender: z.object({ id: Id }).optional(),
  recipient: z.object({ id: Id }).optional(),
})

const FROM_THE_OA = /^oa_|^user_(received|seen)_message$/

/** The OA an event is about; null when the event does not say (or says it in a way we do not know). */
export function oaIdOf(envelope: Envelope): string | null {
  const sides = Sides.safeParse(envelope)
  if (!sides.success) return null
  const { oa_id, oaId, sender, recipient } = sides.data
  return oa_id ?? oaId ?? (FROM_THE_OA.test(envelope.event_name) ? sender?.id : recipient?.id) ?? null
}

export type Parsed =
  | { kind: 'event'; person: string; eventId: string; content: Content; sentAt: Date }
  /** Known and of no concern: receipts, echoes of our own messages, tags. */
  | { kind: 'ignored' }
  | { kind: 'unknown' }
  /** A known event in a shape we do not know: something a person did may be lost, so the operator is told. */
  | { kind: 'malformed'; where: string }

const Attachment = z.object({
  type: z.string(),
  payload: z.looseObject({
    url: z.string().max(4_000).optional(),
    thumbnail: z.string().optional(),
    description: z.string().optional(),
    name: z.string().optional(),
    size: z.union([z.string(), z.number()]).optional(),
    id: z.union([z.string(), z.number()]).optional(),
    coordinates: z
      .object({
        latitude: z.union([z.string(), z.number()]),
        longitude: z.union([z.string(), z.number()]),
      })
      .optional(),
  }),
})
type Attachment = z.infer<typeof Attachment>

const Message = z.object({
  msg_id: z.string().min(1).max(150),
  text: Text.default(''),
  attachments: z.array(Attachment).default([]),
})
type Message = z.infer<typeof Message>

const UserMessage = z.object({ sender: z.object({ id: Id }), message: Message })
const AnonymousMessage = z.object({
  sender: z.object({ id: Id }),
  message: Message.extend({ conversation_id: Id }),
})
const Echo = z.object({
  sender: z.object({ id: Id, [STAFF_FIELD]: Id.optional() }),
  recipient: z.object({ id: Id }),
  message: z.object({ msg_id: z.string().min(1).max(150), conversation_id: Id.optional() }),
})
const Follower = z.object({ follower: z.object({ id: Id }) })
const Person = z.object({ user_id: Id })
const Submitted = z.object({
  sender: z.object({ id: Id }),
  // Old and new shape differ in the address only, which we ask for ourselves in the form.
  info: z.looseObject({
    name: Text.optional(),
    phone: z.union([z.string(), z.number()]).transform(String),
  }),
})

const MEDIA = {
  image: 'photo',
  gif: 'photo',
  audio: 'voice',
  video: 'video',
  file: 'file',
  sticker: 'sticker',
  location: 'location',
} as const

const IGNORED =
  /^(user_received_message|user_seen_message|user_reacted_message|oa_reacted_message|add_user_to_tag|remove_user_from_tag|update_user_info|user_feedback|change_template_status|change_oa_daily_quota|.*_group(_.*)?|.*_call(_.*)?|widget_.*)$/

/**
 * @param bodyHash digest of the raw body: the id of an event that carries none, equal for a repeat
 */
export function parseEvent(envelope: Envelope, bodyHash: () => string): Parsed {
  const name = envelope.event_name
  const sentAt = new Date(Number(envelope.timestamp))
  const found = (person: string, eventId: string, content: Content): Parsed => ({
    kind: 'event',
    person,
    eventId,
    content,
    sentAt,
  })
  const once = () => `${name}:${bodyHash()}`

  if (IGNORED.test(name)) return { kind: 'ignored' }
  if (name === 'follow' || name === 'unfollow') {
    return read(Follower, envelope, ({ follower }) =>
      found(follower.id, once(), name === 'follow' ? { kind: 'start', payload: null } : { kind: 'left' }),
    )
  }
  if (name === 'user_click_chatnow') {
    return read(Person, envelope, ({ user_id }) => found(user_id, once(), { kind: 'start', payload: null }))
  }
  if (name === 'user_withdraw') {
    return read(Person, envelope, ({ user_id }) => found(user_id, once(), { kind: 'withdrawn' }))
  }
  if (name === 'user_submit_info') {
    return read(Submitted, envelope, ({ sender, info }) =>
      found(sender.id, once(), {
        kind: 'contact',
        phone: domestic(info.phone),
        name: info.name?.trim() || null,
        own: true, // Zalo fills the card from the account's own verified number after the person agrees
      }),
    )
  }
  if (name.startsWith('user_send_')) {
    return read(UserMessage, envelope, ({ sender, message }) =>
      found(sender.id, message.msg_id, contentOf(name.slice('user_send_'.length), message)),
    )
  }
  if (name.startsWith('anonymous_send_')) {
    return read(AnonymousMessage, envelope, ({ sender, message }) =>
      found(
        anonymousPerson(message.conversation_id, sender.id),
        message.msg_id,
        contentOf(name.slice('anonymous_send_'.length), message),
      ),
    )
  }
  if (name.startsWith('oa_send_')) return read(Echo, envelope, (echo) => staffEcho(echo, found))
  return { kind: 'unknown' }
}

function staffEcho(
  { sender, recipient, message }: z.infer<typeof Echo>,
  found: (person: string, eventId: string, content: Content) => Parsed,
): Parsed {
  const officer = sender[STAFF_FIELD]
  if (officer === undefined) return { kind: 'ignored' } // our own message coming back
  const person = message.conversation_id
    ? anonymousPerson(message.conversation_id, recipient.id)
    : recipient.id
  return found(person, `oa:${message.msg_id}`, { kind: 'officer_wrote', officer })
}

function read<Shape extends z.ZodType>(
  shape: Shape,
  envelope: Envelope,
  then: (value: z.infer<Shape>) => Parsed,
): Parsed {
  const parsed = shape.safeParse(envelope)
  if (parsed.success) return then(parsed.data)
  const where = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))]
  return { kind: 'malformed', where: where.join(', ').slice(0, 200) }
}

function contentOf(kind: string, message: Message): Content {
  const attachment = message.attachments[0]
  if (kind === 'text') return { kind: 'text', text: message.text }
  if (kind === 'link') return { kind: 'text', text: message.text || (attachment?.payload.url ?? '') }
  if (kind === 'business_card') return businessCard(attachment) ?? media('other', message, null)
  const known = Object.hasOwn(MEDIA, kind) ? MEDIA[kind as keyof typeof MEDIA] : 'other'
  if (known === 'location') {
    const place = attachment?.payload.coordinates
    return media('location', message, place ? `${place.latitude},${place.longitude}` : null)
  }
  return media(known, message, attachment?.payload.url ?? null)
}

function media(
  kind: (typeof MEDIA)[keyof typeof MEDIA] | 'other',
  message: Message,
  reference: string | null,
): Content {
  const bytes = Number(message.attachments[0]?.payload.size ?? Number.NaN)
  return {
    kind: 'media',
    media: kind,
    reference,
    caption: message.text.trim() || null,
    seconds: null,
    bytes: Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
  }
}

const Card = z.object({ phone: z.string().regex(/^\+?\d{6,15}$/) })

/** Somebody's card, not proven to be the sender's own. */
function businessCard(attachment: Attachment | undefined): Content | null {
  try {
    const card = Card.parse(JSON.parse(attachment?.payload.description ?? ''))
    return { kind: 'contact', phone: domestic(card.phone), name: null, own: false }
  } catch {
    return null
  }
}

/** 84900000001 → 0900000001, the way people write it here. */
function domestic(phone: string): string {
  const digits = phone.replace(/[^\d]/g, '')
  return digits.startsWith('84') && digits.length >= 11 ? `0${digits.slice(2)}` : digits || phone
}

const ANONYMOUS = /^anon:([\w.-]+):([\w.-]+)$/

/**
 * A visitor who is not signed in to Zalo has no lasting identity: questions are answered, nothing is registered. The
 * reply needs both ids.
 */
function anonymousPerson(conversationId: string, anonymousId: string): string {
  return `anon:${conversationId}:${anonymousId}`
}

export function isAnonymous(person: string): boolean {
  return ANONYMOUS.test(person)
}

/** Zalo's `recipient` of a message to this person. */
export function recipientOf(person: string): Record<string, string> {
  const [, conversationId, anonymousId] = ANONYMOUS.exec(person) ?? []
  return conversationId !== undefined && anonymousId !== undefined
    ? { anonymous_id: anonymousId, conversation_id: conversationId }
    : { user_id: person }
}
