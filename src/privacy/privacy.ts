import { randomBytes, randomInt } from 'node:crypto'
import type { Address, OutboundFile, OutboundMessage } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { consentsOf, withdrawConsent } from './consent.ts'
import type { Purpose } from './consent-texts.ts'
import { carryOutErasures, type ErasureDeps, eraseEverywhere } from './erasure.ts'
import { begin, type Effect, PrivacyState, type Step, step, type Verb } from './flow.ts'
import { gather, type Holding, paginate, readable } from './holding.ts'
import {
  addRequest,
  extendRequest,
  listRequests,
  lockRequest,
  markAnswered,
  type PrivacyRequest,
  requestsOf,
} from './requests.ts'
import * as texts from './texts.ts'
import { type Calendar, dayOf, type RequestKind } from './workdays.ts'

/** A person's rights carried out: what the conversation calls, and the officers' queue. */

export interface PrivacyDeps extends ErasureDeps {
  vault: Vault
  calendar: Calendar
  outbox: {
    remindIfReachable(
      tx: Db,
      to: Address,
      message: OutboundMessage,
      options: { cause: string; province: string | null; registrationId: null; reason: string },
    ): Promise<unknown>
  }
  /** Where to write to a person; null when the conversation is gone. */
  reach(db: Db, conversationId: string): Promise<{ address: Address; language: 'vi' | 'en' } | null>
  /** Called in the same transaction when consents are withdrawn, so that other rooms stop using the data. */
  onWithdrawn?(
    tx: Db,
    withdrawal: { conversationIds: readonly string[]; purposes: readonly Purpose[]; at: Date },
  ): Promise<void>
}

export interface Speaking {
  id: string
  channel: string
  province: string | null
  language: 'vi' | 'en'
}

export type PrivacyInput =
  /** Text or button code, word for word. */
  | { text: string }
  /** What the answerer recognised in free text. */
  | { verb: Verb }
  /** The platform says that the person withdrew consent and wants to be erased (Zalo `user_withdraw`). */
  | { withdrawnByPlatform: true }

export interface PrivacyReply {
  /** False: not about personal data; the conversation handles the input as usual (and keeps `state`). */
  handled: boolean
  messages: OutboundMessage[]
  files: { file: OutboundFile; caption: string }[]
  /** To be kept with the conversation and handed back; null when no question is open. */
  state: PrivacyState | null
  /** The person wants an officer: the conversation puts them in its waiting list. */
  handOver: boolean
}

const NOTHING: PrivacyReply = { handled: false, messages: [], files: [], state: null, handOver: false }
/** Time for the last message to go out before everything, that message included, is erased. */
const FAREWELL_MS = 60_000
const MAX_PAGES = 4

export type Privacy = ReturnType<typeof createPrivacy>

export function createPrivacy(deps: PrivacyDeps) {
  const own: Holding = {
    name: 'consent',
    dataOf: async (db, ids) =>
      (await consentsOf(db, ids)).map(({ purpose, textVersion, givenAt, reply, withdrawnAt }) => ({
        purpose,
        textVersion,
        givenAt,
        reply,
        withdrawnAt,
      })),
    erase: async () => 0, // erasure.ts keeps the proof and anonymises it
  }
  const asked: Holding = {
    name: 'requests',
    dataOf: async (db, ids) => (await requestsOf(db, ids)).map((request) => opened(request)),
    erase: async () => 0, // likewise
  }
  const shown = [...deps.holdings, own, asked]

  function opened({ reference, kind, state, receivedAt, carryOutBy, detail, outcome }: PrivacyRequest) {
    return {
      reference,
      kind,
      state,
      receivedAt,
      carryOutBy,
      detail: detail === null ? null : deps.vault.open(detail),
      outcome: outcome === null ? null : deps.vault.open(outcome),
    }
  }

  /**
   * One input of a person. `state` is what the last reply gave (null at first); `cause` names the message, so that
   * handling it twice files one request.
   */
  async function handle(
    tx: Db,
    input: PrivacyInput,
    who: Speaking,
    { state, cause, at }: { state: unknown; cause: string; at: Date },
  ): Promise<PrivacyReply> {
    const ids = await idsOf(tx, who.id)
    if ('withdrawnByPlatform' in input) {
      await stopUsing(tx, ids, 'all', at)
      await file(tx, who, { kind: 'erase', state: 'erasing', eraseAfter: at, detail: null, cause, at })
      return { ...NOTHING, handled: true } // the platform no longer lets us write
    }
    const inForce = inForceOf(await consentsOf(tx, ids))
    const key = randomBytes(6).toString('base64url')
    const next: Step =
      'verb' in input
        ? begin(input.verb, { at, key, inForce })
        : step(
            PrivacyState.nullable()
              .catch(null)
              .parse(state ?? null),
            { text: input.text, at, key, inForce },
          )
    if (next.effect === null) return { ...NOTHING, state: next.state }
    const done = await carryOut(tx, next.effect, who, { ids, inForce, cause, at })
    return { ...NOTHING, ...done, handled: true, state: next.state }
  }

  async function carryOut(
    tx: Db,
    effect: Effect,
    who: Speaking,
    {
      ids,
      inForce,
      cause,
      at,
    }: { ids: readonly string[]; inForce: readonly Purpose[]; cause: string; at: Date },
  ): Promise<Partial<PrivacyReply>> {
    const { language } = who
    switch (effect.do) {
      case 'show':
        return { messages: await showAll(tx, ids, language, at) }
      case 'export':
        return {
          messages: [texts.exportSent(language)],
          files: [{ file: await exportFile(tx, ids, at), caption: texts.exportCaption(language) }],
        }
      case 'hand_over':
        return { handOver: true }
      case 'ask_correction':
        return { messages: [texts.askCorrection(language)] }
      case 'correction': {
        const request = {
          kind: 'correct',
          state: 'open',
          eraseAfter: null,
          detail: effect.detail,
          cause,
          at,
        } as const
        return { messages: [texts.requestReceived(await file(tx, who, request), language)] }
      }
      case 'ask_erasure':
        return { messages: [texts.askErasure(effect.key, language)] }
      case 'erase': {
        await stopUsing(tx, ids, 'all', at)
        const eraseAfter = new Date(at.getTime() + FAREWELL_MS)
        const filed = await file(tx, who, {
          kind: 'erase',
          state: 'erasing',
          eraseAfter,
          detail: null,
          cause,
          at,
        })
        return { messages: [texts.erasing(filed.reference, language)] }
      }
      case 'kept':
        return { messages: [texts.kept(language)] }
      case 'stopped':
        return { messages: [texts.stopped(language)] }
      case 'ask_withdrawal':
        return { messages: [texts.askWithdrawal(inForce, language)] }
      case 'nothing_to_withdraw':
        return { messages: [texts.nothingToWithdraw(language)] }
      case 'withdraw': {
        const purposes = await stopUsing(tx, ids, effect.purpose, at)
        // reminders end by themselves; a case under way has to be stopped by a person
        const needsOfficer = purposes.some((purpose) => purpose !== 'class_reminders')
        const request = {
          kind: 'withdraw',
          eraseAfter: null,
          detail: purposes.join(', '),
          cause,
          at,
        } as const
        const filed = await file(tx, who, { ...request, state: needsOfficer ? 'open' : 'done' })
        return { messages: [texts.withdrawn(purposes, needsOfficer ? filed : null, language)] }
      }
    }
  }

  async function idsOf(db: Db, conversationId: string): Promise<string[]> {
    return [...new Set([conversationId, ...(await deps.linked(db, conversationId))])]
  }

  async function stopUsing(
    tx: Db,
    conversationIds: readonly string[],
    purpose: Purpose | 'all',
    at: Date,
  ): Promise<Purpose[]> {
    const purposes = await withdrawConsent(tx, conversationIds, purpose, at)
    if (purposes.length > 0) await deps.onWithdrawn?.(tx, { conversationIds, purposes, at })
    return purposes
  }

  async function file(
    tx: Db,
    who: Speaking,
    request: {
      kind: RequestKind
      state: 'open' | 'erasing' | 'done'
      eraseAfter: Date | null
      detail: string | null
      cause: string
      at: Date
    },
  ): Promise<PrivacyRequest> {
    const added = {
      ...request,
      reference: newReference(),
      conversationId: who.id,
      channel: who.channel,
      province: who.province,
      detail: request.detail === null ? null : deps.vault.seal(request.detail),
    }
    return await addRequest(tx, added, deps.calendar)
  }

  async function showAll(
    db: Db,
    ids: readonly string[],
    language: 'vi' | 'en',
    at: Date,
  ): Promise<OutboundMessage[]> {
    const lines = readable(await gather(db, shown, ids, at), texts.WORDING, language)
    const pages = lines.length === 0 ? [] : paginate([texts.dataHeading(language), ...lines], 1800)
    return texts.dataPages(pages.slice(0, MAX_PAGES), language)
  }

  async function exportFile(db: Db, ids: readonly string[], at: Date): Promise<OutboundFile> {
    const json = JSON.stringify(await gather(db, shown, ids, at), null, 2)
    return {
      name: `du-lieu-${dayOf(at)}.json`,
      mediaType: 'application/json',
      bytes: Buffer.from(json, 'utf8'),
    }
  }

  /** The officer replies to a request; `answered` keeps it open for carrying out, the other two close it. */
  async function resolve(
    tx: Db,
    decision: { id: string; outcome: 'answered' | 'done' | 'refused'; text: string },
    { officer, at }: { officer: string; at: Date },
  ): Promise<'changed' | 'unknown' | 'over' | 'reason_missing'> {
    const request = await lockRequest(tx, decision.id)
    if (request === null) return 'unknown'
    if (request.state !== 'open' && request.state !== 'answered') return 'over'
    const text = decision.text.trim()
    if (text === '' && decision.outcome !== 'done') return 'reason_missing'
    const outcome = text === '' ? null : deps.vault.seal(text)
    await markAnswered(tx, request.id, { state: decision.outcome, officer, outcome, at })
    await tell(tx, request, decision.outcome, text)
    return 'changed'
  }

  /** Lengthens the term once; the reason is told to the person. */
  async function extend(
    tx: Db,
    { id, reason }: { id: string; reason: string },
    { officer }: { officer: string },
  ): Promise<'changed' | 'unknown' | 'over' | 'already' | 'reason_missing'> {
    const request = await lockRequest(tx, id)
    if (request === null) return 'unknown'
    if (request.state !== 'open' && request.state !== 'answered') return 'over'
    if (request.extended) return 'already'
    if (reason.trim() === '') return 'reason_missing'
    await extendRequest(tx, request, officer, deps.calendar)
    await tell(tx, request, 'extended', reason.trim())
    return 'changed'
  }

  async function tell(
    tx: Db,
    request: PrivacyRequest,
    outcome: 'answered' | 'done' | 'refused' | 'extended',
    text: string,
  ): Promise<void> {
    if (request.conversationId === null) return
    const to = await deps.reach(tx, request.conversationId)
    if (to === null) return
    const message = texts.officerSays({ reference: request.reference, outcome }, text, to.language)
    await deps.outbox.remindIfReachable(tx, to.address, message, {
      cause: `privacy:${request.id}:${outcome}`,
      province: request.province,
      registrationId: null,
      reason: 'Trả lời yêu cầu về dữ liệu cá nhân',
    })
  }

  return {
    handle,
    /** Everything held, for the web page or an officer who answers a written request. */
    gather: async (db: Db, conversationId: string, at: Date) =>
      await gather(db, shown, await idsOf(db, conversationId), at),
    /** Run every minute. */
    carryOutErasures: (at: Date) => carryOutErasures(deps, at),
    /** For retention: silent conversations past their term. */
    eraseEverywhere: (
      tx: Db,
      ids: readonly string[],
      why: { reason: string; province: string | null },
      at: Date,
    ) => eraseEverywhere(tx, deps, ids, why, at),
    requests: {
      /** With the person's words opened, and whether a term has passed. */
      async list(tx: Db, filter: Parameters<typeof listRequests>[1], at: Date) {
        const today = dayOf(at)
        return (await listRequests(tx, filter)).map((request) => ({
          ...request,
          ...opened(request),
          overdue: (request.state === 'open' ? request.answerBy : request.carryOutBy) < today,
        }))
      },
      resolve,
      extend,
    },
  }
}

function inForceOf(consents: readonly { purpose: Purpose; withdrawnAt: Date | null }[]): Purpose[] {
  return [
    ...new Set(consents.filter(({ withdrawnAt }) => withdrawnAt === null).map(({ purpose }) => purpose)),
  ]
}

/** Eight characters without look-alikes; says nothing about the person. */
function newReference(): string {
  const alphabet = '23456789ACDEFGHJKMNPQRTUVWXYZ'
  return `YC${Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)] ?? 'A').join('')}`
}
