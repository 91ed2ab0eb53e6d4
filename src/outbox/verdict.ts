import type { Delivery } from '../channel/index.ts'

export type FinalState = 'sent' | 'suppressed' | 'unreachable' | 'failed'

/** What one try means for the row: over, or again later. */
export type Verdict =
  | { kind: 'final'; state: FinalState; platformIds: string[]; reason: string | null; operator: boolean }
  | { kind: 'again'; notBefore: Date; reason: string; maybeSent: boolean; wholeAccount: boolean }

/** A reply that could not go out for a day is no reply any more; whoever it was for is called instead. */
export const GIVE_UP_MS = 24 * 3_600_000
const BACKOFF_MS = { first: 500, max: 15 * 60_000 }

/** Grows four times a try, spread by up to a half so that lanes do not all come back together. */
export function backoffMs(tries: number, random: number): number {
  const full = Math.min(BACKOFF_MS.first * 4 ** Math.max(0, tries - 1), BACKOFF_MS.max)
  return Math.round(full * (1 + random / 2))
}

/**
 * @param tries with this one
 * @param random 0 to 1
 */
export function judge(
  delivery: Delivery,
  { tries, createdAt, at, random }: { tries: number; createdAt: Date; at: Date; random: number },
): Verdict {
  switch (delivery.outcome) {
    case 'sent':
      return {
        kind: 'final',
        state: 'sent',
        platformIds: delivery.platformIds,
        reason: null,
        operator: false,
      }
    case 'unreachable':
      return {
        kind: 'final',
        state: 'unreachable',
        platformIds: [],
        reason: delivery.reason,
        operator: false,
      }
    case 'failed':
      return {
        kind: 'final',
        state: 'failed',
        platformIds: [],
        reason: delivery.reason,
        operator: delivery.operator,
      }
    case 'retry': {
      const { afterMs, reason, maybeSent, scope } = delivery
      if (at.getTime() - createdAt.getTime() >= GIVE_UP_MS) {
        return { kind: 'final', state: 'failed', platformIds: [], reason, operator: true }
      }
      const waitMs = Math.max(afterMs, backoffMs(tries, random))
      return {
        kind: 'again',
        notBefore: new Date(at.getTime() + waitMs),
        reason,
        maybeSent,
        wholeAccount: scope === 'account',
      }
    }
  }
}
