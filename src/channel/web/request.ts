import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { InboundEvent } from '../message.ts'
import type { Bus } from './bus.ts'
import type { Frame, People } from './person.ts'
import type { Language } from './texts.ts'

/** What every route of the page needs. */
export interface Web {
  account: string
  accept: (event: InboundEvent, from: { ip?: string }) => Promise<'stored' | 'duplicate' | 'limited' | 'shed'>
  people: People
  isHttps: (c: Context) => boolean
  bus: Bus
  log: { warn: (details: Record<string, unknown>, message: string) => void }
  now: () => Date
  callerOf: (c: Context) => string | undefined
}

export const LANGUAGE_COOKIE = 'nscl_language'

/** Chosen once, else Vietnamese; `?lang=` lets an embedding site choose. */
export function languageOf(c: Context): Language {
  const chosen = c.req.query('lang') ?? getCookie(c, LANGUAGE_COOKIE)
  return chosen === 'en' ? 'en' : 'vi'
}

/** Framed pages over plain http cannot have the third-party cookie; there the ordinary one serves same-site frames. */
export function frameOf(
  c: Context,
  isHttps: (c: Context) => boolean,
  embedded = c.req.query('embed') === '1',
): Frame {
  return embedded && (isHttps(c) || /^https?:\/\/(localhost|127\.0\.0\.1)[:/]/.test(c.req.url))
    ? 'embedded'
    : 'own'
}
