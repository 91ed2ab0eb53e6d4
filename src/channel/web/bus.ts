/** Tells the pages that are open right now. Nothing here is kept: what a page missed it reads from the transcript. */

export type Author = 'assistant' | 'officer' | 'system'

export type Signal =
  /** Something new is in the transcript; `id` of it, when known. */
  { kind: 'look'; id: string | null } | { kind: 'typing' }

/** Carries a short text to the other processes (PostgreSQL NOTIFY); absent where there is only one. */
export interface Relay {
  tell: (payload: string) => Promise<void>
  /** @returns stops hearing */
  hear: (heard: (payload: string) => void) => Promise<() => Promise<void>>
}

export interface Bus {
  /** Never throws: a page that missed it looks by itself a little later. */
  publish: (lane: string, signal: Signal) => void
  subscribe: (lane: string, listener: (signal: Signal) => void) => () => void
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Pages listening here. */
  size: () => number
}

export function createBus(relay: Relay | null, own: string): Bus {
  const listeners = new Map<string, Set<(signal: Signal) => void>>()
  let count = 0
  let unhear: (() => Promise<void>) | null = null

  function here(lane: string, signal: Signal): void {
    for (const listener of listeners.get(lane) ?? []) listener(signal)
  }

  return {
    publish(lane, signal) {
      here(lane, signal)
      const what = signal.kind === 'typing' ? '' : (signal.id ?? '?')
      relay?.tell(`${own} ${what} ${lane}`).catch(() => {})
    },
    subscribe(lane, listener) {
      const set = listeners.get(lane) ?? new Set()
      listeners.set(lane, set.add(listener))
      count++
      return () => {
        if (!set.delete(listener)) return
        count--
        if (set.size === 0) listeners.delete(lane)
      }
    },
    async start() {
      unhear =
        (await relay?.hear((payload) => {
          const [sender, what, ...lane] = payload.split(' ')
          if (sender === own) return
          here(lane.join(' '), what ? { kind: 'look', id: what === '?' ? null : what } : { kind: 'typing' })
        })) ?? null
    },
    async stop() {
      await unhear?.()
      unhear = null
    },
    size: () => count,
  }
}
