import { randomUUID } from 'node:crypto'
import {
  type ChannelName,
  type InboundEvent,
  laneOf,
  OutboundMessage,
  type Sender,
} from '../../src/channel/index.ts'
import type { TranscriptEntry, WebOptions } from '../../src/channel/web/index.ts'

/**
 * What a channel is plugged into, for tests: keeps every event once, answers per lane in order, remembers what was
 * said. The contract suite runs against this and against the real assistant behind the same door.
 */
export interface Assistant {
  accept: (event: InboundEvent, from?: { ip?: string }) => Promise<'stored' | 'duplicate'>
  transcript: WebOptions['transcript']
  file: WebOptions['file']
  connect(channel: ChannelName, sender: Sender): void
  /** Everything that was taken in, once each. */
  events: InboundEvent[]
  stop(): Promise<void>
}

export type Reply = Partial<OutboundMessage> & { text: string }

/** @param answer what to say to an event; called once per event, in order per lane */
export function scriptedAssistant(answer: (event: InboundEvent) => Reply[] | Promise<Reply[]>): Assistant {
  const senders = new Map<ChannelName, Sender>()
  const seen = new Set<string>()
  const events: InboundEvent[] = []
  const said = new Map<string, TranscriptEntry[]>()
  const lanes = new Map<string, Promise<void>>()
  const entriesOf = (lane: string) => said.get(lane) ?? said.set(lane, []).get(lane) ?? []

  async function turn(event: InboundEvent): Promise<void> {
    const { address } = event
    const sender = senders.get(address.channel)
    await sender?.typing?.(address)
    for (const reply of await answer(event)) {
      const message = OutboundMessage.parse(reply)
      const id = randomUUID()
      entriesOf(laneOf(address)).push({ id, at: new Date(), from: 'assistant', message })
      let partsSent = 0
      for (let attempt = 0; attempt < 5; attempt++) {
        const onPart = () => {
          partsSent++
          return Promise.resolve()
        }
        const delivery = await sender?.send(address, message, { messageId: id, partsSent, onPart })
        if (delivery?.outcome !== 'retry') break
        await new Promise((resolve) => setTimeout(resolve, Math.min(delivery.afterMs, 20)))
      }
    }
  }

  return {
    events,
    accept(event) {
      const lane = laneOf(event.address)
      const key = `${event.address.channel}:${event.address.account}:${event.eventId}`
      if (seen.has(key)) return Promise.resolve('duplicate')
      seen.add(key)
      events.push(event)
      entriesOf(lane).push({ id: randomUUID(), at: new Date(), from: 'person', content: event.content })
      lanes.set(
        lane,
        (lanes.get(lane) ?? Promise.resolve()).then(async () => await turn(event)),
      )
      return Promise.resolve('stored')
    },
    transcript(address, { before, limit, repliesOnly }) {
      const entries = entriesOf(laneOf(address)).filter(
        ({ at, from }) => (before === null || at < before) && (!repliesOnly || from !== 'person'),
      )
      return Promise.resolve(entries.slice(-limit))
    },
    file: () => Promise.resolve(null),
    connect: (channel, sender) => void senders.set(channel, sender),
    async stop() {
      await Promise.all(lanes.values())
    },
  }
}
