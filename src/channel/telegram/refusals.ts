import { GrammyError, HttpError } from 'grammy'
import type { Delivery } from '../index.ts'

/** What Telegram's answers mean for a message of ours (Bot API and tdlib sources, read 2026-11). */

/** Connection errors raised before any byte of the request left. */
const NOT_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ENETDOWN/
const BACK_OFF_MS = 2_000
const UNREACHABLE =
  /blocked by the user|user is deactivated|can't initiate conversation|chat not found|PEER_ID_INVALID|bot was kicked|not a member/i

export function deliveryOf(error: unknown): Delivery {
  if (error instanceof GrammyError) return ofRefusal(error)
  const maybeSent = !(error instanceof HttpError && NOT_SENT.test(codeOf(error.error)))
  return {
    outcome: 'retry',
    afterMs: BACK_OFF_MS,
    reason: `network: ${error instanceof HttpError ? codeOf(error.error) || 'no answer' : 'unexpected error'}`,
    maybeSent,
    scope: 'account',
  }
}

function ofRefusal({ error_code: code, description, parameters }: GrammyError): Delivery {
  const reason = `${code} ${description}`
  if (code === 429) {
    const afterMs = (parameters.retry_after ?? 5) * 1000
    return { outcome: 'retry', afterMs, reason, maybeSent: false, scope: 'lane' }
  }
  if (code >= 500)
    return { outcome: 'retry', afterMs: BACK_OFF_MS, reason, maybeSent: true, scope: 'account' }
  if ((code === 403 || code === 400) && UNREACHABLE.test(description))
    return { outcome: 'unreachable', reason }
  if (code === 403) return { outcome: 'unreachable', reason }
  return { outcome: 'failed', reason, operator: code === 401 || code === 404 }
}

/** The Bot API refuses our formatting or buttons, not the text: worth sending plain. */
export function isFormatRefusal(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    error.error_code === 400 &&
    /entit|BUTTON|reply.?markup|keyboard/i.test(error.description)
  )
}

/** The id a group moved to, when that is why a message was refused. */
export function movedTo(error: unknown): string | null {
  const id = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined
  return id === undefined ? null : String(id)
}

/** A network error's code; never its message, which can hold the address with the token. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown }
  if (typeof code === 'string') return code
  return codeOf(cause) || (typeof name === 'string' ? name : '')
}
