import type { Content, OutboundMessage } from '../message.ts'
import type { Author } from './bus.ts'

/** What was said, as the page shows it. The page of a person is the inbox and the outbox read together. */

export type Entry =
  | { id: string; at: Date; from: 'person'; content: Content }
  | {
      id: string
      at: Date
      from: Author
      message: OutboundMessage
      /** A file that goes with it; its bytes are asked for by the entry's id. */
      file?: { name: string } | null
    }

interface Heard {
  id: string
  at: Date
  content: Content
}
interface Said {
  id: string
  at: Date
  author: Author
  message: OutboundMessage
  file: { name: string } | null
  state: string
}

/** The inbox's and the outbox's history of one lane as entries; what was never handed to the page stays out. */
export function toEntries(heard: readonly Heard[], said: readonly Said[]): Entry[] {
  return [
    ...heard.map(({ id, at, content }): Entry => ({ id, at, from: 'person', content })),
    ...said
      .filter(({ state }) => state === 'sending' || state === 'sent')
      .map(({ id, at, author, message, file }): Entry => ({ id, at, from: author, message, file })),
  ]
}

/** By time; of the same moment what the person said comes first. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  return entries.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || Number(b.from === 'person') - Number(a.from === 'person'),
  )
}

/** Entries that were stored around the last one seen may have been written after it was sent. */
const OVERLAP_MS = 60_000

/**
 * What a page that last saw `lastId` has to be sent: everything after it, and once more what is from the minute before
 * (two transactions may commit in another order than they began). The page shows an id only once.
 */
export function missedSince(entries: readonly Entry[], lastId: string | null): Entry[] {
  const replies = entries.filter(({ from }) => from !== 'person')
  const seen = entries.find(({ id }) => id === lastId)
  if (!seen) return replies
  const since = seen.at.getTime() - OVERLAP_MS
  return replies.filter(({ id, at }) => id !== lastId && at.getTime() >= since)
}
