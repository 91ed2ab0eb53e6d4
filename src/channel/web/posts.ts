import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import { z } from 'zod'
import type { Address, Content } from '../message.ts'
import { laneOf } from '../message.ts'
import { storable } from '../storable.ts'
import { newId } from './person.ts'
import { frameOf, LANGUAGE_COOKIE, languageOf, type Web } from './request.ts'
import { texts } from './texts.ts'

/** What a person does on the page: JSON from the script, a form without it; both keep the event before they answer. */

const BODY_BYTES_MAX = 1_000_000
/** Kept of one message; above what the conversation accepts, so that it still sees (and says) that it was too long. */
const TEXT_MAX = 8_000
/** Without script the next page should hold the reply already. */
const REPLY_WAIT_MS = 2_500

const Said = z
  .object({
    /** Made by the page, so that a message sent again is recognised. */
    id: z
      .string()
      .regex(/^[\w-]{1,100}$/)
      .optional(),
    text: z.string().optional(),
    /** A button; ordinary text when it does not begin with '#'. */
    send: z.string().max(200).optional(),
    start: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .optional(),
    embed: z.boolean().optional(),
  })
  .refine(({ text, send, start }) => text !== undefined || send !== undefined || start !== undefined)
type Said = z.infer<typeof Said>

export function postRoutes(web: Web): Hono {
  const app = new Hono()

  app.post(
    '/chat/send',
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (c) =>
        isJson(c)
          ? c.json({ error: texts(languageOf(c))('tooLarge') }, 413)
          : c.redirect('/?notice=tooLarge', 303),
    }),
    async (c) => {
      const say = texts(languageOf(c))
      if (!isJson(c)) return await postForm(web, c)
      const said = Said.safeParse(await c.req.json().catch(() => null))
      if (!said.success) return c.json({ error: say('badRequest') }, 400)
      try {
        const { state, fresh } = await keep(web, c, said.data)
        return c.json({ state, fresh }, state === 'duplicate' ? 200 : 202)
      } catch (error) {
        web.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'web chat: message not kept')
        return c.json({ error: say('notKept') }, 503, { 'retry-after': '3' })
      }
    },
  )

  app.post('/chat/new', async (c) => {
    const embedded = field(await c.req.parseBody(), 'embed') === '1'
    web.people.renew(c, frameOf(c, web.isHttps, embedded))
    return c.redirect(embedded ? '/?embed=1' : '/', 303)
  })

  app.post('/chat/language', async (c) => {
    const body = await c.req.parseBody()
    const language = field(body, 'language') === 'en' ? 'en' : 'vi'
    const embedded = backOf(body) !== '/'
    setCookie(c, LANGUAGE_COOKIE, language, {
      path: '/',
      httpOnly: true,
      maxAge: 180 * 86_400,
      secure: embedded || web.isHttps(c),
      sameSite: embedded ? 'None' : 'Lax',
      ...(embedded ? { partitioned: true } : {}),
    })
    await keepForm(web, c, { id: field(body, 'id'), send: `#lang:${language}`, embed: embedded })
    return c.redirect(backOf(body), 303)
  })

  return app
}

function isJson(c: Context): boolean {
  return c.req.header('content-type')?.startsWith('application/json') === true
}

async function postForm(web: Web, c: Context): Promise<Response> {
  const body = await c.req.parseBody().catch(() => ({}))
  const back = backOf(body)
  const id = field(body, 'id')
  const send = field(body, 'send')
  const kept = await keepForm(web, c, {
    // The buttons of one form share its id, so which of them it was is part of the message's.
    id: id === undefined || send === undefined ? id : `${id}-${shortHash(send)}`,
    text: field(body, 'text'),
    send,
    start: field(body, 'start'),
    embed: back !== '/',
  })
  if (kept) return c.redirect(`${back}#end`, 303)
  return c.redirect(`${back}${back === '/' ? '?' : '&'}notice=notKept`, 303)
}

/** Keeps a form's message and waits a little for the reply. @returns false when it could not be kept */
async function keepForm(web: Web, c: Context, fields: Record<string, unknown>): Promise<boolean> {
  const said = Said.safeParse(fields)
  if (!said.success) return false
  try {
    await keep(web, c, said.data, async (address, work) => {
      let unsubscribe = () => {}
      const replied = new Promise<void>((resolve) => {
        unsubscribe = web.bus.subscribe(laneOf(address), ({ kind }) => {
          if (kind !== 'typing') resolve()
        })
      })
      const state = await work()
      if (state === 'stored') {
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, REPLY_WAIT_MS)))
        await Promise.race([replied, late])
        clearTimeout(timer)
      }
      unsubscribe()
      return state
    })
    return true
  } catch (error) {
    web.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'web chat: message not kept')
    return false
  }
}

type State = 'stored' | 'duplicate' | 'limited' | 'shed'

/** @throws what the inbox throws when it could not keep the message */
async function keep(
  web: Web,
  c: Context,
  said: Said,
  around: (address: Address, work: () => Promise<State>) => Promise<State> = async (_, work) => await work(),
): Promise<{ state: State; fresh: boolean }> {
  const frame = frameOf(c, web.isHttps, said.embed === true)
  const fresh = web.people.known(c, frame) === null
  const address: Address = { channel: 'web', account: web.account, person: web.people.ensure(c, frame) }
  const ip = web.callerOf(c)
  const state = await around(address, async () =>
    web.accept(
      {
        address,
        // Ids are unique per account, so the person's own is part of it: nobody can use up another's.
        eventId: `${address.person}:${said.id ?? newId()}`,
        content: contentOf(said),
        sentAt: web.now(),
        language: languageOf(c) === 'en' ? 'en' : null,
      },
      ip === undefined ? {} : { ip },
    ),
  )
  return { state, fresh }
}

function contentOf({ text, send, start }: Said): Content {
  if (start !== undefined) return { kind: 'start', payload: start }
  if (send?.startsWith('#')) return { kind: 'press', send: storable(send, 200) }
  return { kind: 'text', text: storable(send ?? text ?? '', TEXT_MAX) }
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 8)

function field(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}

/** Where a form leads back to: one of the page's two addresses, nothing a form could choose freely. */
function backOf(body: Record<string, unknown>): '/' | '/?embed=1' {
  return field(body, 'back') === '/?embed=1' ? '/?embed=1' : '/'
}
