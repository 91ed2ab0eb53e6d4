import { z } from 'zod'

/** The message types every room shares. A channel turns a platform's events into these and back. */

export const ChannelName = z.enum(['web', 'telegram', 'zalo', 'terminal'])
export type ChannelName = z.infer<typeof ChannelName>

/** A conversation is known by channel, account (which OA, bot or page) and person. Ids are strings: some exceed 2^53. */
export const Address = z.object({
  channel: ChannelName,
  account: z.string().min(1).max(100),
  person: z.string().min(1).max(200),
})
export type Address = z.infer<typeof Address>

/** The lane of a conversation: messages of one lane are handled and sent strictly one after another. */
export function laneOf({ channel, account, person }: Address): string {
  return `${channel}:${account}:${person}`
}

const MediaKind = z.enum(['photo', 'voice', 'video', 'file', 'sticker', 'location', 'other'])

/** What a person did. A button's payload that arrives as ordinary text (Zalo) is `text`; both are read the same way. */
export const Content = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  /** A button of ours. `send` can be typed or replayed by anyone, so it is never proof of anything. */
  z.object({ kind: z.literal('press'), send: z.string() }),
  /** A shared phone number; `own` only where the platform proves that it is the sender's. */
  z.object({ kind: z.literal('contact'), phone: z.string(), name: z.string().nullable(), own: z.boolean() }),
  z.object({
    kind: z.literal('media'),
    media: MediaKind,
    /** What the channel needs to fetch it again (file id, upload id); never a link with a token in it. */
    reference: z.string().nullable(),
    caption: z.string().nullable(),
    seconds: z.number().nullable(),
    bytes: z.number().nullable(),
  }),
  /** First contact or /start, with the payload of a deep link. */
  z.object({ kind: z.literal('start'), payload: z.string().nullable() }),
  /** The person blocked or unfollowed us; came back; asked the platform to withdraw consent and erase. */
  z.object({ kind: z.literal('left') }),
  z.object({ kind: z.literal('returned') }),
  z.object({ kind: z.literal('withdrawn') }),
  /** An officer wrote in the platform's own console: the assistant falls silent for this person. */
  z.object({ kind: z.literal('officer_wrote'), officer: z.string().nullable() }),
])
export type Content = z.infer<typeof Content>

export const InboundEvent = z.object({
  address: Address,
  /** The platform's own id of the event, unique per channel and account. */
  eventId: z.string().min(1).max(200),
  content: Content,
  sentAt: z.date(),
  /** The language of the person's app, when the platform tells it ('vi', 'en', …). */
  language: z.string().max(20).nullable(),
})
export type InboundEvent = z.infer<typeof InboundEvent>

/** A button. `send` comes back as `press` (or as text): '#' and at most 60 bytes of ASCII, no personal data. */
export const Action = z.object({ label: z.string().min(1).max(60), send: z.string().min(1).max(60) })
export type Action = z.infer<typeof Action>

export const Citation = z.object({
  /** Id of the document (front matter `id`). */
  doc: z.string(),
  /** The plan's label as people read it: "KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận". */
  label: z.string(),
  section: z.string(),
  /** Verbatim from the document. */
  quote: z.string(),
})
export type Citation = z.infer<typeof Citation>

/** What an approved template message says; the account maps `fields` to the template's own parameters. */
const Notice = z.object({
  kind: z.enum(['decision', 'reminder']),
  fields: z.record(z.string(), z.string()),
})
export type Notice = z.infer<typeof Notice>

/** At most 5 buttons (Zalo's limit). The channel splits long text and puts sources and buttons on the last part. */
export const OutboundMessage = z.object({
  text: z.string().min(1),
  citations: z.array(Citation).default([]),
  actions: z.array(Action).max(5).default([]),
  /** Ask the platform for the person's phone number, where it has a way to. */
  ask: z.literal('contact').optional(),
  /** The same as an approved template, for a platform that refuses free text (Zalo, 7 days after the last contact). */
  notice: Notice.optional(),
  /** Id of the answer this message carries: a channel with room for it offers "helpful / not" (`#rate:<id>:up|down`). */
  answerId: z.string().optional(),
})
export type OutboundMessage = z.infer<typeof OutboundMessage>

/** A file sent to a person (own data as JSON, certificate as PDF, QR code as PNG). */
export interface OutboundFile {
  name: string
  mediaType: string
  bytes: Uint8Array
}

/** Sources as one block of plain text, for channels that cannot fold them away. */
export function sourceLines(citations: readonly Citation[]): string {
  return citations.map(({ label, section, quote }) => `📄 ${label}, ${section}: “${quote}”`).join('\n')
}
