/** Plays an item of a question set through the whole conversation, as a new person, on the database of the app. */
import { randomUUID } from 'node:crypto'
import type { App } from '../app/index.ts'
import type { Address, InboundEvent } from '../channel/index.ts'
import { laneOf } from '../channel/index.ts'
import { openConversation } from '../conversation/index.ts'
import type { Database } from '../database/index.ts'
import type { Converse } from './run.ts'

/** The vocabulary of result files; what is not in it is the nearest class of behaviour. */
const OUTCOMES: Readonly<Record<string, string>> = {
  form: 'start_signup',
  personal_data: 'status',
  fixed: 'abstain',
  unclear: 'abstain',
  silent: 'none',
}

/** @param app started in the web role: events are kept, turns are run here and now instead of by a worker */
export function converseWith({ turn, parts }: Pick<App, 'turn' | 'parts'>, db: Database): Converse {
  return async (item) => {
    const address: Address = { channel: 'terminal', account: 'eval', person: randomUUID() }
    if (item.province !== null && item.stated !== true) {
      await openConversation(db, address, { province: item.province, language: 'vi', at: new Date() })
    }
    let last: Awaited<ReturnType<Converse>> = { outcome: 'none', replies: [], ms: 0 }
    for (const text of item.turns) {
      const event: InboundEvent = {
        address,
        eventId: randomUUID(),
        content: { kind: 'text', text },
        sentAt: new Date(),
        language: null,
      }
      const started = performance.now()
      await parts.inbox.accept(event)
      const [kept] = (await parts.inbox.history(db, laneOf(address), { limit: 1 })).slice(-1)
      if (!kept) throw new Error('an accepted event was not kept')
      const { outcome, replies } = await turn({ ...event, id: kept.id })
      last = {
        outcome: OUTCOMES[outcome] ?? outcome,
        replies: replies.map(({ text: said, citations, actions }) => ({
          text: said,
          citations: citations.map(({ doc, section, quote }) => ({ doc, section, quote })),
          actions: actions.map(({ label }) => ({ label })),
        })),
        ms: performance.now() - started,
      }
    }
    return last
  }
}
