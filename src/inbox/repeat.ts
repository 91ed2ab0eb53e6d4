import { hash } from 'node:crypto'
import type { ChannelName, Content } from '../channel/message.ts'

/**
 * When is the same content under a new id the same message? Platforms that waited long for our answer deliver a
 * message again, some under a new id (openclaw-weixin issue 18); a person may honestly send "ok" twice. So the later
 * one is a repeat only when
 * - the platform stamps messages to the millisecond and both carry the same stamp, or
 * - we were slow to acknowledge the first, and the later one was written before the first was answered: whoever
 *   wrote it had not seen an answer, so one answer serves both.
 * Looked at within `WINDOW_MS` in one lane (Zalo's last re-delivery comes after 1 h 51 min).
 */
export const WINDOW_MS = 2 * 3_600_000

/** An acknowledgement later than this may make a platform deliver again (Zalo allows 2 s). */
export const SLOW_MS = 1_500

/** Channels whose time stamp is the platform's own and exact to the millisecond. Telegram's is in seconds. */
const EXACT_CLOCK: ReadonlySet<ChannelName> = new Set<ChannelName>(['zalo'])

export function hasExactClock(channel: ChannelName): boolean {
  return EXACT_CLOCK.has(channel)
}

/** 64 bits of a content's fingerprint, as a decimal string for a bigint column. */
export function contentHash(contentJson: string): string {
  return hash('sha1', contentJson, 'buffer').readBigInt64BE(0).toString()
}

/**
 * Content that PostgreSQL takes as JSON: it refuses the character U+0000 and halves of surrogate pairs, which people's
 * phones and broken clients do send. `json` is its text.
 */
export function storableContent(content: Content): { content: unknown; json: string } {
  const json = JSON.stringify(content)
  // Both are written as \u escapes; hardly any message has one, and looking is cheaper than walking the object.
  if (!json.includes('\\u')) return { content, json }
  const clean = JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'string' ? storable(value) : value,
  )
  return { content: JSON.parse(clean), json: clean }
}

export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '')
}
