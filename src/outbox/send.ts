import type { Delivery, Sender } from '../channel/index.ts'
import { type ChannelName, sourceLines } from '../channel/message.ts'
import type { Database } from '../database/index.ts'
import { errorFields, gather, type LaneResult, type Log } from '../queue/index.ts'
import type { Pacer } from './pace.ts'
import {
  type Finished,
  markAgain,
  markFinished,
  markParts,
  markSending,
  type PartSent,
  type Waiting,
  waitingOf,
} from './store.ts'
import { openTask } from './tasks.ts'
import { judge, type Verdict } from './verdict.ts'

/** Name of the queue; one lane per conversation. */
export const OUTBOUND = 'outbound'

export interface SendOptions {
  db: Database
  log: Log
  senders: Readonly<Partial<Record<ChannelName, Sender>>>
  /** Read again just before sending: false while an officer has taken the conversation over. */
  mayAssistantSpeak: (lane: string) => Promise<boolean>
  /** Told when something went wrong that only an operator can put right. */
  onOperator?: (channel: ChannelName, account: string, reason: string) => void
  pacer: Pacer
  /** Longest time one send may take, in ms; its answer then counts as lost. */
  sendMs?: number
}

const PAGE = 20
/** Up to this long a lane waits in memory for its turn; longer waits give the place to others. */
const SHORT_WAIT_MS = 1_200
const SEND_MS = 60_000
const NO_SENDER_MS = 60_000

export function laneSender(options: SendOptions) {
  const { db, log, senders, mayAssistantSpeak, pacer } = options
  const sending = gather<string, boolean>((ids) => markSending(db, ids))
  const finished = gather<Finished, true>(async (rows) => {
    await markFinished(db, rows)
    return rows.map(() => true)
  })

  const partSent = gather<PartSent, true>(async (parts) => {
    await markParts(db, parts)
    return parts.map(() => true)
  })

  /** Null: the row is over and the next may go. A time: the lane waits until then. */
  const sendOne = async (row: Waiting): Promise<LaneResult> => {
    if (row.notBefore !== null && row.notBefore.getTime() > Date.now()) return row.notBefore
    const waitMs = await pace(pacer, row)
    if (waitMs > 0) return new Date(Date.now() + waitMs)
    if (row.author === 'assistant' && !(await mayAssistantSpeak(row.lane))) {
      await finished({
        id: row.id,
        state: 'suppressed',
        platformIds: [],
        reason: 'an officer has taken over',
      })
      return null
    }
    if (!(await sending(row.id))) return null // somebody else has ended it
    const delivery = await deliver(row)
    const at = new Date()
    const verdict = judge(delivery, {
      tries: row.attempts + 1,
      createdAt: row.createdAt,
      at,
      random: Math.random(),
    })
    return await record(row, verdict)
  }

  const deliver = async (row: Waiting): Promise<Delivery> => {
    const sender = senders[row.to.channel]
    if (!sender) return { ...AWAY, afterMs: NO_SENDER_MS, reason: 'the channel is switched off' }
    const { message, file } = row.body
    try {
      if (file !== null && row.bytes !== null) {
        if (!sender.sendFile) return { outcome: 'unreachable', reason: 'the channel cannot carry files' }
        return await within(sender.sendFile(row.to, { ...file, bytes: row.bytes }, message.text))
      }
      const progress = {
        messageId: row.id,
        partsSent: row.partsSent,
        onPart: async (platformId: string) => void (await partSent({ id: row.id, platformId })),
      }
      return await within(sender.send(row.to, message, progress))
    } catch (error) {
      log.warn({ outbound: row.id, ...errorFields(error) }, 'outbox: a sender threw')
      return { ...AWAY, reason: errorFields(error).error, maybeSent: true }
    }
  }

  const within = async (work: Promise<Delivery>): Promise<Delivery> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Delivery>((resolve) => {
      timer = setTimeout(
        () => resolve({ ...AWAY, reason: 'no answer in time', maybeSent: true }),
        options.sendMs ?? SEND_MS,
      )
    })
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }

  const record = async (row: Waiting, verdict: Verdict): Promise<LaneResult> => {
    const { channel, account } = row.to
    if (verdict.kind === 'again') {
      const { notBefore, wholeAccount } = verdict
      if (wholeAccount) pacer.pause(channel, account, notBefore.getTime())
      await markAgain(db, row.id, verdict)
      log.warn({ outbound: row.id, attempt: row.attempts + 1, channel }, 'outbox: sending is put off')
      return notBefore
    }
    const { state, platformIds, reason } = verdict
    if (state === 'sent') {
      await finished({ id: row.id, state, platformIds, reason })
      return null
    }
    await db.inTransaction(async (tx) => {
      await markFinished(tx, [{ id: row.id, state, platformIds, reason }])
      await openTask(tx, {
        lane: row.lane,
        province: row.province,
        reason: reason ?? state,
        text: plainText(row),
        registrationId: row.registrationId,
      })
    })
    log.error({ outbound: row.id, channel, account, state }, 'outbox: given up')
    if (verdict.operator) options.onOperator?.(channel, account, reason ?? state)
    return null
  }

  /** Sends what waits in the lane, in the order it was said. What is said meanwhile brings a job of its own. */
  return async (lane: string): Promise<LaneResult> => {
    for (;;) {
      const page = await waitingOf(db, lane, PAGE)
      for (const row of page) {
        const again = await sendOne(row)
        if (again !== null) return again
      }
      if (page.length < PAGE) return null
    }
  }
}

const AWAY = { outcome: 'retry', afterMs: 0, maybeSent: false, scope: 'lane' } as const

/** Waits for short pauses itself; answers what is left of a long one, in ms. */
async function pace(pacer: Pacer, { to, lane }: Waiting): Promise<number> {
  for (;;) {
    const waitMs = pacer.take(to.channel, to.account, lane, Date.now())
    if (waitMs === 0 || waitMs > SHORT_WAIT_MS) return waitMs
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

function plainText({ body: { message, file } }: Waiting): string {
  const lines = [message.text, sourceLines(message.citations), file === null ? '' : `(tệp ${file.name})`]
  return lines.filter((line) => line !== '').join('\n')
}
