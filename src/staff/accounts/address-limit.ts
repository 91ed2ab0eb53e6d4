/**
 * Failed sign-ins per network address: names are guessed from one place, whatever accounts they hit. Kept in the memory
 * of this process (a restart forgets it, two processes count apart); the lock of an account stands in the database.
 */

/** A whole office behind one address mistypes less than this. */
const MOST_FAILURES = 30
const WINDOW_MS = 15 * 60 * 1000
/** Addresses remembered; the oldest is forgotten first. */
const MOST_ADDRESSES = 10_000

export function createAddressLimit() {
  const seen = new Map<string, { since: number; failures: number }>()
  const current = (address: string, at: Date) => {
    const known = seen.get(address)
    return known !== undefined && at.getTime() - known.since < WINDOW_MS ? known : null
  }
  return {
    /** Whether nothing from this address is tried any more for now; an unknown address never is. */
    isOver(address: string | undefined, at: Date): boolean {
      return address !== undefined && (current(address, at)?.failures ?? 0) >= MOST_FAILURES
    },
    failed(address: string | undefined, at: Date): void {
      if (address === undefined) return
      const known = current(address, at)
      seen.delete(address)
      seen.set(address, { since: known?.since ?? at.getTime(), failures: (known?.failures ?? 0) + 1 })
      const oldest = seen.keys().next().value
      if (seen.size > MOST_ADDRESSES && oldest !== undefined) seen.delete(oldest)
    },
  }
}
