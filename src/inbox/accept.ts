import { type InboundEvent, laneOf } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { errorFields, gather, newId, reserved } from '../queue/index.ts'
import { type Allowance, createLimiter, type Verdict } from './limiter.ts'
import type { InboxOptions } from './options.ts'
import { contentHash, hasExactClock, SLOW_MS, storable, storableContent } from './repeat.ts'
import { insertEvents, markSlow, type NewRow, type NewState } from './store.ts'
import { TEXTS } from './texts.ts'
import { INBOUND } from './turns.ts'

export type AcceptResult = 'stored' | 'duplicate' | 'limited' | 'shed'

interface Incoming {
  row: NewRow
  event: InboundEvent
  /** What to tell the person together with keeping the event. */
  tell: 'limited' | 'busy' | null
}

/** Far above what a person types (one message a second for a minute), far below what a script sends. */
const PER_PERSON: Allowance = { burst: 60, perMinute: 60 }
/** A school or an office may be behind one address. */
const PER_ADDRESS: Allowance = { burst: 600, perMinute: 300 }
/** Small groups in parallel: the next is being collected while the last are on their way to the disk. */
const GROUPS_AT_ONCE = 3
const TOLD_BUSY: Allowance = { burst: 1, perMinute: 0.1 }

export function createDoor(options: InboxOptions & { isBusy: () => boolean }) {
  const { db, queue, log, say, isBusy } = options
  const own = reserved(db, GROUPS_AT_ONCE)
  const people = createLimiter(options.perPerson ?? PER_PERSON)
  const addresses = createLimiter(options.perAddress ?? PER_ADDRESS)
  const toldBusy = createLimiter(TOLD_BUSY)

  const limit = (lane: string, ip: string | undefined, nowMs: number): Verdict => {
    const byAddress = ip === undefined ? 'allowed' : addresses.take(ip, nowMs)
    const byPerson = people.take(lane, nowMs)
    // Whoever floods under many names from one address is not told under each of them.
    return byAddress === 'allowed' ? byPerson : byPerson === 'allowed' ? byAddress : 'limited'
  }

  const write = gather<Incoming, AcceptResult>(
    async (incoming) => await queue.scope(async () => await own.inTransaction((tx) => keep(tx, incoming))),
    { groupMax: 24, inFlightMax: GROUPS_AT_ONCE },
  )

  const keep = async (tx: Db, incoming: readonly Incoming[]): Promise<AcceptResult[]> => {
    const unique = withoutRepeats(incoming)
    const kept = await insertEvents(
      tx,
      unique.map(({ row }) => row),
    )
    const fresh = unique.filter(({ row }) => kept.get(row.id) === row.state)
    await queue.knock(
      tx,
      INBOUND,
      fresh.filter(({ row }) => row.state === 'waiting').map(({ row }) => row.lane),
    )
    for (const { row, event, tell } of fresh) {
      if (tell === null) continue
      const message = { text: TEXTS[tell], citations: [], actions: [] }
      await say(tx, event.address, message, { cause: `inbox:${row.id}`, from: 'system', province: null })
    }
    return incoming.map(({ row }) => resultOf(kept.get(row.id)))
  }

  return {
    close: own.close,
    accept: async (event: InboundEvent, { ip }: { ip?: string } = {}): Promise<AcceptResult> => {
      const receivedAt = new Date()
      const lane = laneOf(event.address)
      const verdict = COUNTED.has(event.content.kind) ? limit(lane, ip, receivedAt.getTime()) : 'allowed'
      const state: NewState = verdict !== 'allowed' ? 'limited' : isBusy() ? 'held' : 'waiting'
      const tell =
        verdict === 'limited_tell'
          ? 'limited'
          : state === 'held' && toldBusy.take(lane, receivedAt.getTime()) === 'allowed'
            ? 'busy'
            : null
      const row = rowOf(event, lane, receivedAt, state)
      const result = await write({ row, event, tell })
      if (Date.now() - receivedAt.getTime() > SLOW_MS && result === 'stored') {
        await markSlow(db, [row.id]).catch((error: unknown) =>
          log.warn({ inbound: row.id, ...errorFields(error) }, 'inbox: cannot note a slow answer'),
        )
      }
      return result
    },
  }
}

/** What a person does with a finger; what the platform reports about a person is never limited. */
const COUNTED: ReadonlySet<string> = new Set(['text', 'press', 'contact', 'media', 'start'])

function rowOf(event: InboundEvent, lane: string, receivedAt: Date, state: NewState): NewRow {
  const { content, json } = storableContent(event.content)
  return {
    id: newId(),
    lane: storable(lane),
    channel: event.address.channel,
    account: storable(event.address.account),
    person: storable(event.address.person),
    event_id: storable(event.eventId),
    content,
    content_hash: contentHash(json),
    language: event.language,
    sent_at: event.sentAt.toISOString(),
    received_at: receivedAt.toISOString(),
    state,
    exact: hasExactClock(event.address.channel),
  }
}

/** Copies that arrive together cannot see each other in the table yet. */
function withoutRepeats(incoming: readonly Incoming[]): Incoming[] {
  const seen = new Set<string>()
  return incoming.filter(({ row }) => {
    if (!row.exact) return true
    const key = `${row.lane}\n${row.content_hash}\n${row.sent_at}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function resultOf(state: NewState | 'repeat' | undefined): AcceptResult {
  switch (state) {
    case 'waiting':
      return 'stored'
    case 'held':
      return 'shed'
    case 'limited':
      return 'limited'
    case 'repeat':
    case undefined:
      return 'duplicate'
  }
}
