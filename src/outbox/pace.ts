import type { ChannelName } from '../channel/message.ts'

/** How fast a platform may be written to. Absent: as fast as it takes it. */
export interface Pace {
  /** Messages a second of one account (bot, OA), and at once from rest. */
  account?: { perSecond: number; burst: number }
  /** The same for one conversation. */
  lane?: { perSecond: number; burst: number }
}

/**
 * Telegram: about 30 a second in all and 1 a second in one chat, short bursts pass (core.telegram.org/bots/faq).
 * Zalo publishes no figure we could confirm (100 or 2,000 a minute by package, one source), so only the lane is
 * paced and the platform's own "too many" is honoured. The web page and the terminal are ours.
 */
export const PACES: Readonly<Partial<Record<ChannelName, Pace>>> = {
  telegram: { account: { perSecond: 28, burst: 28 }, lane: { perSecond: 1, burst: 5 } },
  zalo: { lane: { perSecond: 2, burst: 5 } },
}

interface Bucket {
  tokens: number
  atMs: number
  /** Nothing at all before this time: the platform said so. */
  notBeforeMs: number
}

/**
 * Token buckets per account and lane, in memory of one process: with two senders an account may be written to twice
 * as fast, which the platform then answers with "too many", and that is honoured.
 */
export function createPacer(paces: Readonly<Partial<Record<ChannelName, Pace>>>, keysMax = 50_000) {
  const buckets = new Map<string, Bucket>()

  const bucket = (key: string, burst: number, perSecond: number, nowMs: number): Bucket => {
    const old = buckets.get(key) ?? { tokens: burst, atMs: nowMs, notBeforeMs: 0 }
    const grown = Math.min(burst, old.tokens + (Math.max(0, nowMs - old.atMs) * perSecond) / 1_000)
    const next = { ...old, tokens: grown, atMs: nowMs }
    buckets.delete(key)
    buckets.set(key, next)
    if (buckets.size > keysMax) buckets.delete(buckets.keys().next().value ?? '')
    return next
  }

  return {
    /** 0: go, and the message is counted. Otherwise ask again in so many ms. */
    take(channel: ChannelName, account: string, lane: string, nowMs: number): number {
      const pace = paces[channel]
      const pausedMs = (buckets.get(`${channel}:${account}`)?.notBeforeMs ?? 0) - nowMs
      if (pausedMs > 0) return pausedMs
      const limits: [string, { perSecond: number; burst: number } | undefined][] = [
        [`${channel}:${account}`, pace?.account],
        [lane, pace?.lane],
      ]
      const used = limits.flatMap(([key, limit]) =>
        limit ? [{ limit, bucket: bucket(key, limit.burst, limit.perSecond, nowMs) }] : [],
      )
      const waitMs = Math.max(
        0,
        ...used.map(({ limit, bucket: { tokens } }) => ((1 - tokens) / limit.perSecond) * 1_000),
      )
      if (waitMs > 0) return Math.ceil(waitMs)
      for (const { bucket: mine } of used) mine.tokens--
      return 0
    },
    /** The platform told the whole account to wait. */
    pause(channel: ChannelName, account: string, untilMs: number): void {
      const key = `${channel}:${account}`
      const old = buckets.get(key) ?? {
        tokens: paces[channel]?.account?.burst ?? 1,
        atMs: untilMs,
        notBeforeMs: 0,
      }
      buckets.set(key, { ...old, notBeforeMs: Math.max(old.notBeforeMs, untilMs) })
    },
  }
}

export type Pacer = ReturnType<typeof createPacer>
