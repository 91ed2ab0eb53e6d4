/** How much one person (or one network address) may send. */
export interface Allowance {
  /** Messages at once, from rest. */
  burst: number
  /** Messages a minute after that. */
  perMinute: number
}

export type Verdict = 'allowed' | 'limited' | 'limited_tell'

interface Bucket {
  tokens: number
  atMs: number
  /** Told once until the bucket is at least half full again. */
  told: boolean
}

/**
 * Token buckets by key, in memory: with several processes each counts for itself, so a person may send that many
 * times more at worst. Memory is bounded: of more than `keysMax` keys the longest quiet are forgotten.
 */
export function createLimiter({ burst, perMinute }: Allowance, keysMax = 50_000) {
  const buckets = new Map<string, Bucket>()
  return {
    take(key: string, nowMs: number): Verdict {
      const old = buckets.get(key) ?? { tokens: burst, atMs: nowMs, told: false }
      buckets.delete(key) // set again below, so that the map stays in order of last use
      const tokens = Math.min(burst, old.tokens + (Math.max(0, nowMs - old.atMs) * perMinute) / 60_000)
      const told = old.told && tokens < burst / 2
      const allowed = tokens >= 1
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs, told: told || !allowed })
      if (buckets.size > keysMax) buckets.delete(buckets.keys().next().value ?? '')
      if (allowed) return 'allowed'
      return told ? 'limited' : 'limited_tell'
    },
    size: () => buckets.size,
  }
}
