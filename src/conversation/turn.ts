import type { OutboundMessage } from '../channel/message.ts'
import type { Acted, Draft, Stored, TurnDeps } from './draft.ts'
import {
  type Conversation,
  openConversation,
  saveState,
  saveTurn,
  setProvince,
  startWaiting,
  takeOver,
} from './store.ts'
import { introduction, say } from './texts.ts'
import { think } from './think.ts'

export interface TurnReport {
  outcome: Draft['outcome'] | 'done_before'
  replies: OutboundMessage[]
}

/** An officer who wrote in the platform's own console keeps the assistant silent this long. */
const OFFICER_SILENCE_MS = 12 * 3_600_000
/** An answer that takes longer than this is announced, and again before the platform lets the sign go (Telegram: 5 s). */
const TYPING_AFTER_MS = 400
const TYPING_AGAIN_MS = 4_000
/** After a silence this long the assistant says again that it is a machine. */
const INTRODUCE_AGAIN_MS = 30 * 86_400_000

/**
 * One turn: what a person sent becomes what we remember and what we say. Thinking happens with no transaction open
 * (a model may take seconds); then one transaction keeps state, effects, replies and "done" together, so a crash
 * before it repeats the turn and a crash after it loses nothing.
 */
export function createTurn(deps: TurnDeps): (message: Stored) => Promise<TurnReport> {
  return async (message) => {
    const at = deps.clock()
    const served = await deps.provinces.of(message.address)
    const conversation = await openConversation(deps.db, message.address, {
      province: served.length === 1 ? (served[0]?.code ?? null) : null,
      language: message.language?.startsWith('en') === true ? 'en' : 'vi',
      at,
    })
    const draft = await decide(deps, conversation, message, served, at)
    return await commit(deps, conversation, message, draft, at)
  }
}

async function decide(
  deps: TurnDeps,
  conversation: Conversation,
  message: Stored,
  served: readonly { code: string; name: string }[],
  at: Date,
): Promise<Draft> {
  const { content } = message
  const silent: Draft = { outcome: 'silent', replies: [], state: conversation.state }
  switch (content.kind) {
    case 'officer_wrote':
      return {
        ...silent,
        act: async (tx) => {
          await takeOver(
            tx,
            conversation.id,
            content.officer ?? 'zalo',
            new Date(at.getTime() + OFFICER_SILENCE_MS),
          )
          return { replies: [] }
        },
      }
    case 'left':
      return { ...silent, reachable: false }
    case 'returned':
      return { ...silent, reachable: true }
    case 'withdrawn':
      return {
        ...silent,
        act: async (tx) => {
          const who = { ...conversation, channel: message.address.channel }
          await deps.privacy.handle(tx, { withdrawnByPlatform: true }, who, {
            state: null,
            cause: `inbound:${message.id}`,
            at,
          })
          return { replies: [] }
        },
      }
    default:
  }
  if (conversation.officerUntil !== null && conversation.officerUntil > at) return silent
  if ((await deps.switches.isOff(`channel:${message.address.channel}`, conversation.province)) !== null) {
    return { ...silent, outcome: 'fixed', replies: [plain(say('channelOff', conversation.language))] }
  }
  const show = () => {
    void deps.typing?.(message.address).catch(() => {})
    writing = setTimeout(show, TYPING_AGAIN_MS)
  }
  let writing = setTimeout(show, TYPING_AFTER_MS)
  const draft = await think(deps, { conversation, served, message, at }, content).finally(() =>
    clearTimeout(writing),
  )
  return introduced(deps, conversation, draft, at)
}

/** Puts "I am a machine" before the first answer, as a message of its own; a greeting says it itself. */
function introduced(deps: TurnDeps, conversation: Conversation, draft: Draft, at: Date): Draft {
  const known = conversation.introducedAt
  const silentSince = at.getTime() - conversation.lastSeenAt.getTime()
  if (known !== null && silentSince < INTRODUCE_AGAIN_MS) return draft
  const language = draft.language ?? conversation.language
  const province = draft.province === undefined ? conversation.province : draft.province
  const words = introduction(deps.provinces.whose(province, language), language)
  if (draft.outcome === 'greet' && /trợ lý tự động|automated assistant/iu.test(draft.replies[0]?.text ?? ''))
    return draft
  return { ...draft, replies: [plain(words), ...draft.replies] }
}

async function commit(
  deps: TurnDeps,
  conversation: Conversation,
  message: Stored,
  draft: Draft,
  at: Date,
): Promise<TurnReport> {
  const province = draft.province === undefined ? conversation.province : draft.province
  const spoke = draft.outcome !== 'silent'
  return await deps.db.inTransaction(async (tx) => {
    if (!(await deps.inbox.done(tx, message.id, province)))
      return { outcome: 'done_before' as const, replies: [] }
    const waiting =
      draft.waiting === undefined
        ? conversation.waitingSince && {
            since: conversation.waitingSince,
            reason: conversation.waitingReason ?? '',
          }
        : draft.waiting
    const saved = await saveTurn(tx, conversation, {
      province,
      language: draft.language ?? conversation.language,
      state: draft.state,
      introducedAt: spoke ? (conversation.introducedAt ?? at) : conversation.introducedAt,
      waiting,
      reachable: draft.reachable ?? message.content.kind !== 'left',
      lastSeenAt: at,
    })
    if (!saved) throw new Error('another turn of this conversation was first')
    if (province !== null && province !== conversation.province)
      await deps.inbox.assignProvince(tx, conversation.lane, province)
    const acted: Acted = draft.act ? await draft.act(tx) : { replies: [] }
    if (acted.state) await saveState(tx, conversation.id, acted.state)
    if (acted.waiting) await startWaiting(tx, conversation.id, at, '')
    if (acted.province !== undefined) {
      await setProvince(tx, conversation.id, acted.province)
      await deps.inbox.assignProvince(tx, conversation.lane, acted.province)
    }
    const replies = [...draft.replies, ...acted.replies]
    for (const [index, reply] of replies.entries()) {
      await deps.outbox.say(tx, message.address, reply, {
        cause: `inbound:${message.id}:${index}`,
        from: 'assistant',
        province,
      })
    }
    for (const [index, { file, caption }] of (acted.files ?? []).entries()) {
      await deps.outbox.sayFile(tx, message.address, file, caption, {
        cause: `inbound:${message.id}:file:${index}`,
        from: 'assistant',
        province,
      })
    }
    return { outcome: draft.outcome, replies }
  })
}

const plain = (text: string): OutboundMessage => ({ text, citations: [], actions: [] })
