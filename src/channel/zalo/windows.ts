/** The windows in which Zalo carries free text to a person. Pure. */

const HOUR_MS = 3_600_000
/** Our clock and Zalo's may differ, and a message waits in the outbox: a window is taken as shut this much earlier. */
const MARGIN_MS = 2 * 60_000

export interface Contact {
  /** Last message, press, contact or first contact of the person. */
  lastInteractionAt: Date | null
  /** Last time they unfollowed. */
  leftAt: Date | null
}

/**
 * `free`: up to 48 h after the last interaction; `billed`: up to 7 days, costs a fee; `closed`: only approved templates;
 * `left`: unfollowed and silent since; `unknown`: we never saw them act, Zalo may know better.
 */
export type Window = 'free' | 'billed' | 'closed' | 'left' | 'unknown'

export function windowOf(contact: Contact | null, at: Date): Window {
  if (!contact) return 'unknown'
  const { lastInteractionAt, leftAt } = contact
  if (leftAt && (!lastInteractionAt || leftAt >= lastInteractionAt)) return 'left'
  if (!lastInteractionAt) return 'unknown'
  const ageMs = at.getTime() - lastInteractionAt.getTime() + MARGIN_MS
  if (ageMs <= 48 * HOUR_MS) return 'free'
  return ageMs <= 7 * 24 * HOUR_MS ? 'billed' : 'closed'
}
