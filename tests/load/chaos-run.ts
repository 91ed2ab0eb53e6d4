import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { faultyPlatform, type Platform } from './chaos-platform.ts'

/** One run: people write, processes and the database die, and everything is counted. */

export interface ChaosOptions {
  url: string
  people: number
  messagesEach: number
  processes: number
  killsEach: number
  duplicateShare: number
  reorderShare: number
  faultShare: number
  seed: number
  /** Kills the database and brings it back. */
  killDatabase: () => Promise<void>
  /** Waits until nothing is left to do. */
  settled: () => Promise<boolean>
  log: (line: string) => void
}

export interface ChaosResult {
  platform: Platform
  /** What each person wrote, in the order it was delivered first. */
  written: Map<string, string[]>
  /** Pairs delivered in the other order. */
  swapped: Set<string>
  kills: number
  duplicates: number
  redeliveries: number
  seconds: number
  /** From the last message delivered until nothing was left to do. */
  tailSeconds: number
}

const SECRET = 'chaos-secret-0123456789'
const FIRST_PERSON = 5_000_000

/** A small generator with a seed, so that a bad run can be had again. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A process that is started again whenever it ends, as a supervisor does. */
function supervised(url: string, platform: string) {
  let child: ChildProcess | null = null
  let port = 0
  let stopped = false
  const begin = (): Promise<void> =>
    new Promise((resolve) => {
      const next = fork(fileURLToPath(new URL('./chaos-app.ts', import.meta.url)), [], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: {
          ...process.env,
          CHAOS_DB: url,
          CHAOS_PLATFORM: platform,
          CHAOS_PORT: String(port),
          CHAOS_SECRET: SECRET,
        },
      })
      child = next
      next.once('message', (message) => {
        port = (message as { port: number }).port
        resolve()
      })
      next.once('exit', () => {
        if (!stopped) setTimeout(() => void begin().then(resolve), 300)
      })
    })
  return {
    begin,
    port: () => port,
    kill: () => child?.kill('SIGKILL'),
    stop() {
      stopped = true
      child?.kill('SIGKILL')
    },
  }
}

export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { people, messagesEach, killsEach, log } = options
  const random = randomOf(options.seed)
  const platform = await faultyPlatform(options.faultShare, random)
  const apps = Array.from({ length: options.processes }, () => supervised(options.url, platform.url))
  await Promise.all(apps.map(async (app) => await app.begin()))
  const written: ChaosResult['written'] = new Map()
  const swapped: ChaosResult['swapped'] = new Set()
  const counts = { kills: 0, duplicates: 0, redeliveries: 0, delivered: 0 }
  const total = people * messagesEach
  let updateId = 0

  /** As Telegram does: until it hears 200, the platform delivers again. */
  const deliver = async (body: string): Promise<void> => {
    for (;;) {
      const app = apps[Math.floor(random() * apps.length)]
      try {
        const response = await fetch(`http://127.0.0.1:${app?.port()}/webhooks/telegram`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
          body,
          signal: AbortSignal.timeout(5_000),
        })
        await response.arrayBuffer()
        if (response.status === 200) return
      } catch {
        // refused, reset or too slow
      }
      counts.redeliveries++
      await pause(150 + random() * 200)
    }
  }
  const updateOf = (person: number, text: string): string => {
    const id = ++updateId
    const from = { id: person, is_bot: false, first_name: 'An' }
    const chat = { id: person, type: 'private', first_name: 'An' }
    const message = { message_id: id, from, chat, date: Math.floor(Date.now() / 1_000), text }
    return JSON.stringify({ update_id: id, message })
  }
  const write = async (person: number): Promise<void> => {
    const texts: string[] = []
    written.set(String(person), texts)
    const send = async (body: string, text: string) => {
      await deliver(body)
      texts.push(text)
      counts.delivered++
      if (random() >= options.duplicateShare) return
      counts.duplicates++
      await deliver(body)
    }
    for (let n = 0; n < messagesEach; n++) {
      await pause(random() * 2 * PAUSE_MS)
      const text = `p${person}m${n}`
      const body = updateOf(person, text)
      if (random() < options.reorderShare && n + 1 < messagesEach) {
        const later = `p${person}m${++n}`
        swapped.add(text).add(later)
        await send(updateOf(person, later), later)
      }
      await send(body, text)
    }
  }

  const start = Date.now()
  let writing = true
  const everybody = Promise.all(Array.from({ length: people }, async (_, n) => await write(FIRST_PERSON + n)))
  const reaper = (async () => {
    const deaths = [...apps.flatMap((app) => Array.from({ length: killsEach }, () => app)), null]
    for (const [index, app] of shuffled(deaths, random).entries()) {
      const due = (total * (index + 1)) / (deaths.length + 1)
      while (counts.delivered < due && writing) await pause(20)
      if (app) {
        app.kill()
        counts.kills++
        log(`${counts.delivered}/${total}: a process was killed`)
      } else {
        log(`${counts.delivered}/${total}: the database was killed`)
        await options.killDatabase()
      }
    }
  })()
  await everybody
  writing = false
  const wroteAt = Date.now()
  await reaper
  while (!(await options.settled().catch(() => false))) {
    if (Date.now() - wroteAt > 120_000) break
    await pause(100)
  }
  const end = Date.now()
  for (const app of apps) app.stop()
  platform.close()
  return {
    platform,
    written,
    swapped,
    kills: counts.kills,
    duplicates: counts.duplicates,
    redeliveries: counts.redeliveries,
    seconds: (end - start) / 1_000,
    tailSeconds: (end - wroteAt) / 1_000,
  }
}

/** Mean pause between two messages of one person: 500 people write about 200 a second. */
const PAUSE_MS = 2_500

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items]
  const out: Item[] = []
  while (left.length > 0) out.push(...left.splice(Math.floor(random() * left.length), 1))
  return out
}
