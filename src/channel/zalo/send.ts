import type { Database } from '../../database/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Address, Delivery, OutboundFile, OutboundMessage, Sender } from '../index.ts'
import { splitText } from '../split.ts'
import { openZaloAccount, type ZaloAccount } from './account.ts'
import { type Answer, type Client, messageIdOf, type Roots } from './client.ts'
import { alarmOf, type Code, codeOf, deliveryOf, OA_CODES, TEMPLATE_CODES } from './errors.ts'
import { isAnonymous, recipientOf } from './events.ts'
import { ANONYMOUS_PATH, TEXT_MAX, TRY_AFTER_UNFOLLOW } from './guesses.ts'
import type { Log } from './log.ts'
import { fileBody, imageBody, internationalPhone, partsOf, templateData } from './render.ts'
import { readPerson } from './store.ts'
import { texts } from './texts.ts'
import type { Access, Tokens } from './tokens.ts'
import { windowOf } from './windows.ts'

const MB = 1024 * 1024
const IMAGE_MAX_BYTES = MB
const FILE_MAX_BYTES = 5 * MB
const FILE_TYPES = /\.(pdf|docx?|csv)$/i
/** A text file Zalo cannot carry goes as messages, up to this many. */
const TEXT_FILE_PARTS_MAX = 12

/**
 * The outbox gives a send 60 s and then takes its message for lost. One call with its tokens may need 50 s, so no further
 * call is begun after this time: the message goes on where it stands in the next attempt.
 */
const BEGIN_WITHIN_MS = 8_000

interface Parts {
  db: Database
  accounts: Accounts
  tokens: Tokens
  client: Client
  roots: Roots
  /** Our own picture for the contact card. */
  cardImage: string | null
  phoneOf: (to: Address) => Promise<string | null>
  clock: () => Date
  log: Log
}

/** Why free text is not even tried. */
type Shut = keyof typeof texts.unreachable

/** What a call came to: Zalo's answer, or no token to make it with. */
type Called = Answer | { kind: 'no_token'; why: 'not_connected' | 'lost' | 'waiting' }

/** The sending half. Never decides to send twice: what may have arrived is left to the outbox (`maybeSent`). */
export function createSender(parts: Parts): Sender & Required<Pick<Sender, 'sendFile' | 'reach'>> {
  const { db, accounts, tokens, client, roots, clock, log } = parts

  async function withToken(
    accountId: string,
    codes: ReadonlyMap<number, Code>,
    call: (token: string) => Promise<Answer>,
  ): Promise<Called> {
    const first = await tokens.access(accountId)
    if ('missing' in first) return noToken(first)
    const answer = await call(first.token)
    if (answer.kind !== 'refused' || codeOf(codes, answer.code).remedy !== 'refresh') return answer
    const second = await tokens.renew(accountId, first.generation)
    return 'missing' in second ? noToken(second) : await call(second.token)
  }

  /** A call's outcome for the outbox; tells the operator what only the operator can mend. */
  async function conclude(accountId: string, called: Called, codes = OA_CODES): Promise<Delivery> {
    switch (called.kind) {
      case 'done':
        return { outcome: 'sent', platformIds: [messageIdOf(called.data)] }
      case 'no_token':
        return await waitForToken(accountId, called.why)
      case 'lost':
        log.warn({ account: accountId, cause: called.cause, maybeSent: called.maybeDone }, 'zalo answer lost')
        return {
          outcome: 'retry',
          afterMs: 5_000,
          reason: `${texts.lost} (${called.cause})`,
          maybeSent: called.maybeDone,
          scope: called.maybeDone ? 'lane' : 'account',
        }
      case 'refused': {
        const code = codeOf(codes, called.code)
        log.warn(
          { account: accountId, code: called.code, remedy: code.remedy, message: called.message },
          'zalo refused',
        )
        const alarm = alarmOf(code.remedy)
        if (alarm) await accounts.raise(accountId, alarm, { code: called.code, meaning: code.meaning })
        return deliveryOf(code, called.code, clock(), called.afterMs)
      }
    }
  }

  async function waitForToken(
    accountId: string,
    why: 'not_connected' | 'lost' | 'waiting',
  ): Promise<Delivery> {
    if (why === 'not_connected') await accounts.raise(accountId, 'zalo_not_connected')
    return {
      outcome: 'retry',
      afterMs: why === 'waiting' ? 30_000 : 10 * 60_000,
      reason: texts.notConnectedYet,
      maybeSent: false,
      scope: 'account',
    }
  }

  async function post(to: Address, body: Record<string, unknown>): Promise<Called> {
    const url = `${roots.api}${isAnonymous(to.person) ? ANONYMOUS_PATH : '/v3.0/oa/message/cs'}`
    const payload = { recipient: recipientOf(to.person), message: body }
    return await withToken(to.account, OA_CODES, (token) => client.post(url, token, payload))
  }

  /** The approved template, when there is one for this notice. Null: none; the message cannot go this way. */
  async function sendTemplate(
    { account, settings }: ZaloAccount,
    to: Address,
    { notice }: OutboundMessage,
    messageId: string,
  ): Promise<Delivery | null> {
    const template = notice && settings.templates[notice.kind]
    if (!template) return null
    const data = templateData(template, notice.fields)
    let delivery: Delivery | null = null
    if (template.zbs !== undefined) {
      const body = { user_id: to.person, template_id: template.zbs, template_data: data }
      const url = `${roots.api}/v3.0/oa/message/template`
      const called = await withToken(account.id, OA_CODES, (token) => client.post(url, token, body))
      delivery = await conclude(account.id, called)
      // Anything but a plain no ends here: a second template might be the same message twice.
      if (delivery.outcome === 'sent' || delivery.outcome === 'retry') return delivery
    }
    const phone = template.zns === undefined ? null : await parts.phoneOf(to)
    if (template.zns === undefined || phone === null) return delivery
    const body = {
      phone: internationalPhone(phone),
      template_id: template.zns,
      template_data: data,
      tracking_id: messageId.slice(0, 48),
    }
    const url = `${roots.business}/message/template`
    const called = await withToken(account.id, TEMPLATE_CODES, (token) => client.post(url, token, body))
    return await conclude(account.id, called, TEMPLATE_CODES)
  }

  /** Null: worth trying. Else why this person cannot be reached with free text now. */
  async function shut({ account, settings }: ZaloAccount, person: string): Promise<Shut | null> {
    if (isAnonymous(person)) return null
    const window = windowOf(await readPerson(db, account.id, person), clock())
    switch (window) {
      case 'closed':
        return window
      case 'left':
        return TRY_AFTER_UNFOLLOW ? null : window
      case 'billed':
        return settings.billedWindow ? null : window
      case 'free':
      case 'unknown':
        return null
    }
  }

  /** The template in place of free text, or else an officer's call: the person must hear it one way or the other. */
  async function instead(
    zalo: ZaloAccount,
    to: Address,
    message: OutboundMessage,
    messageId: string,
    reason: string,
  ): Promise<Delivery> {
    const templated = await sendTemplate(zalo, to, message, messageId)
    if (templated?.outcome === 'sent' || templated?.outcome === 'retry') return templated
    return { outcome: 'unreachable', reason: templated ? `${reason}. ${templated.reason}` : reason }
  }

  async function ready(to: Address): Promise<ZaloAccount | Delivery> {
    const zalo = await openZaloAccount(accounts, await accounts.byId(to.account))
    if (!zalo) return { outcome: 'failed', reason: texts.noAccount, operator: true }
    if (zalo.account.state === 'on') return zalo
    return {
      outcome: 'retry',
      afterMs: 15 * 60_000,
      reason: texts.accountOff,
      maybeSent: false,
      scope: 'account',
    }
  }

  const send: Sender['send'] = async (to, message, progress) => {
    const zalo = await ready(to)
    if ('outcome' in zalo) return zalo
    const barred = await shut(zalo, to.person)
    if (barred !== null) {
      const reason = texts.unreachable[barred]
      // Who unfollowed has turned away: an officer calls, no template follows them.
      if (barred === 'left') return { outcome: 'unreachable', reason }
      return await instead(zalo, to, message, progress.messageId, reason)
    }
    const slow = stopwatch()
    const platformIds: string[] = []
    const cardImage = zalo.settings.cardImage ?? parts.cardImage
    const pieces = partsOf(message, { anonymous: isAnonymous(to.person), cardImage })
    for (const [index, piece] of pieces.entries()) {
      if (index < progress.partsSent) continue
      if (platformIds.length > 0 && slow()) return goOnLater(false)
      const delivery = await conclude(to.account, await post(to, piece.body))
      if (delivery.outcome === 'sent') {
        await progress.onPart(delivery.platformIds[0] ?? 'unknown')
        platformIds.push(...delivery.platformIds)
      } else if (delivery.outcome === 'failed' && piece.kind === 'card') {
        break // the text above asks for the number as well; the card is a convenience
      } else if (delivery.outcome === 'unreachable' && index === 0) {
        return await instead(zalo, to, message, progress.messageId, delivery.reason)
      } else {
        return delivery
      }
    }
    return { outcome: 'sent', platformIds }
  }

  async function upload(to: Address, kind: 'image' | 'file', file: OutboundFile): Promise<Called> {
    const url = `${roots.api}/v2.0/oa/upload/${kind}`
    return await withToken(to.account, OA_CODES, (token) => client.upload(url, token, file))
  }

  /** Uploads and sends; once more when Zalo says that the uploaded id is no longer known. */
  async function sendUploaded(to: Address, file: OutboundFile, caption: string): Promise<Delivery> {
    const image = isImage(file)
    const slow = stopwatch()
    for (let attempt = 1; ; attempt++) {
      const uploaded = await upload(to, image ? 'image' : 'file', file)
      if (uploaded.kind !== 'done') {
        const delivery = await conclude(to.account, uploaded)
        // An upload shows nothing to anybody, so trying again never repeats a message.
        return delivery.outcome === 'retry' ? { ...delivery, maybeSent: false } : delivery
      }
      const id = uploaded.data[image ? 'attachment_id' : 'token']
      if (typeof id !== 'string')
        return { outcome: 'failed', reason: texts.fileKind(file.name), operator: false }
      const called = await post(to, image ? imageBody(caption, id) : fileBody(id))
      const expired = called.kind === 'refused' && codeOf(OA_CODES, called.code).remedy === 'upload'
      if (!expired || attempt === 2 || slow()) return await conclude(to.account, called)
    }
  }

  const sendFile: NonNullable<Sender['sendFile']> = async (to, file, caption) => {
    const zalo = await ready(to)
    if ('outcome' in zalo) return zalo
    const barred = await shut(zalo, to.person)
    if (barred !== null) return { outcome: 'unreachable', reason: texts.unreachable[barred] }
    if (isText(file)) return await sendAsText(to, file, caption)
    if (!isImage(file) && !FILE_TYPES.test(file.name)) {
      return { outcome: 'failed', reason: texts.fileKind(file.name), operator: false }
    }
    if (file.bytes.length > (isImage(file) ? IMAGE_MAX_BYTES : FILE_MAX_BYTES)) {
      return { outcome: 'failed', reason: texts.fileSize(file.name), operator: false }
    }
    const slow = stopwatch()
    const delivery = await sendUploaded(to, file, caption)
    // The caption follows the file: lost, it is missed less than a file that comes twice.
    if (delivery.outcome === 'sent' && !isImage(file) && caption !== '' && !slow()) {
      await conclude(to.account, await post(to, { text: caption.normalize('NFC').slice(0, TEXT_MAX) }))
    }
    return delivery
  }

  /** Zalo takes pdf, doc, docx and csv only; a person's data as JSON is readable as messages too. */
  async function sendAsText(to: Address, file: OutboundFile, caption: string): Promise<Delivery> {
    const text = `${caption}\n\n${Buffer.from(file.bytes).toString('utf8')}`
    const pieces = splitText(text, TEXT_MAX)
    if (pieces.length > TEXT_FILE_PARTS_MAX) {
      return { outcome: 'failed', reason: texts.fileSize(file.name), operator: false }
    }
    const platformIds: string[] = []
    const slow = stopwatch()
    for (const piece of pieces) {
      if (slow()) return goOnLater(true)
      const delivery = await conclude(to.account, await post(to, { text: piece }))
      if (delivery.outcome !== 'sent') {
        return delivery.outcome === 'retry' && platformIds.length > 0
          ? { ...delivery, maybeSent: true }
          : delivery
      }
      platformIds.push(...delivery.platformIds)
    }
    return { outcome: 'sent', platformIds }
  }

  return {
    send,
    sendFile,
    async reach(to) {
      const zalo = await ready(to)
      if ('outcome' in zalo) return zalo.outcome === 'retry' ? 'open' : 'closed'
      if (isAnonymous(to.person)) return 'closed' // the visit is over
      const barred = await shut(zalo, to.person)
      if (barred === null) return 'open'
      return barred !== 'left' && zalo.settings.templates.reminder ? 'open' : 'closed'
    },
  }
}

function stopwatch(): () => boolean {
  const started = performance.now()
  return () => performance.now() - started > BEGIN_WITHIN_MS
}

function goOnLater(maybeSent: boolean): Delivery {
  return { outcome: 'retry', afterMs: 0, reason: texts.slow, maybeSent, scope: 'lane' }
}

function noToken(access: Extract<Access, { missing: unknown }>): Called {
  return { kind: 'no_token', why: access.missing }
}

function isImage(file: OutboundFile): boolean {
  return file.mediaType === 'image/png' || file.mediaType === 'image/jpeg'
}

function isText(file: OutboundFile): boolean {
  return /^(application\/json|text\/plain)\b/.test(file.mediaType)
}
