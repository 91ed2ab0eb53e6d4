/** Keeps a sick or slow endpoint from taking the service with it. Time comes in as an argument. */

export interface Breaker {
  /** False while the circuit is open: no call is made, the assistant answers by itself. */
  mayCall(at: number): boolean
  record(ok: boolean, at: number): void
  readonly state: 'closed' | 'open'
}

/** Opens after `failures` failures in a row, for `openMs`; then one call at a time probes. */
export function createBreaker({ failures = 5, openMs = 30_000 } = {}): Breaker {
  let inARow = 0
  let openUntil = 0
  return {
    get state() {
      return inARow >= failures ? 'open' : 'closed'
    },
    mayCall(at) {
      if (inARow < failures) return true
      if (at < openUntil) return false
      openUntil = at + openMs // this caller probes; the others keep waiting
      return true
    },
    record(ok, at) {
      if (ok) {
        inARow = 0
        return
      }
      inARow += 1
      if (inARow >= failures) openUntil = at + openMs
    },
  }
}

export interface Places {
  /** Runs `work` in one of the places, or answers null when none is free within `waitMs`. */
  run<T>(work: () => Promise<T>, waitMs: number): Promise<T | null>
  readonly busy: number
}

export function createPlaces(count: number): Places {
  let busy = 0
  const queue: (() => void)[] = []
  // A freed place is handed to who waits longest; giving it back first would let a newcomer in between.
  const release = () => {
    const next = queue.shift()
    if (next) next()
    else busy -= 1
  }
  return {
    get busy() {
      return busy
    },
    async run(work, waitMs) {
      if (busy < count) busy += 1
      else if (!(await freed(queue, waitMs))) return null
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

function freed(queue: (() => void)[], waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      resolve(true)
    }
    const timer = setTimeout(() => {
      const at = queue.indexOf(go)
      if (at >= 0) queue.splice(at, 1)
      resolve(false)
    }, waitMs)
    queue.push(go)
  })
}
