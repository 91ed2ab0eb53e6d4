import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

/** Who is writing: a random id in a signed cookie. Whoever has the cookie has the conversation, so it is never shown. */

const MAX_AGE_S = 180 * 86_400
const ID = /^[\w-]{22}$/

/**
 * Two cookies: a page opened by itself keeps SameSite=Lax; a page framed by a department's site is third party there
 * and gets a partitioned one, readable under that site only (CHIPS), which browsers grant over https only.
 */
export type Frame = 'own' | 'embedded'
const NAME: Record<Frame, string> = { own: 'nscl_chat', embedded: 'nscl_chat_embedded' }

export interface People {
  /** The person of a request; null without a cookie or with one we did not sign. */
  known: (c: Context, frame: Frame) => string | null
  /** Gives the request's person, a new one when there is none, and (re)sets the cookie. */
  ensure: (c: Context, frame: Frame) => string
  /** A new person from now on; the old cookie is gone for good. */
  renew: (c: Context, frame: Frame) => string
}

export function createPeople(secret: Buffer, isHttps: (c: Context) => boolean): People {
  const sign = (id: string) => createHmac('sha256', secret).update(`web-person:${id}`).digest('base64url')

  function known(c: Context, frame: Frame): string | null {
    const [id = '', signature = ''] = (getCookie(c, NAME[frame]) ?? '').split('.')
    if (!ID.test(id)) return null
    const expected = Buffer.from(sign(id))
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null
  }

  function give(c: Context, frame: Frame, id: string): string {
    const embedded = frame === 'embedded'
    setCookie(c, NAME[frame], `${id}.${sign(id)}`, {
      path: '/',
      httpOnly: true,
      maxAge: MAX_AGE_S,
      secure: embedded || isHttps(c),
      sameSite: embedded ? 'None' : 'Lax',
      ...(embedded ? { partitioned: true } : {}),
    })
    return id
  }

  return {
    known,
    ensure: (c, frame) => give(c, frame, known(c, frame) ?? newId()),
    renew: (c, frame) => give(c, frame, newId()),
  }
}

/** 128 random bits; also used for message ids the server makes. */
export function newId(): string {
  return randomBytes(16).toString('base64url')
}
