import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { Address } from '../message.ts'
import { frameOf, languageOf, type Web } from './request.ts'
import { texts } from './texts.ts'
import type { Uploads } from './uploads.ts'

/** A recording made on the page. The body is the recording itself: a type no foreign page can post without asking. */

const BYTES_MAX = 5 * 1024 * 1024
const SECONDS_MAX = 60
/** As browsers record: WebM (Chromium, Firefox), MP4 (Safari), Ogg. */
const RECORDED = /^audio\/(?:webm|mp4|ogg|mpeg|wav|x-m4a)(?:;|$)/

const Query = z.object({
  id: z.string().regex(/^[\w-]{1,100}$/),
  seconds: z.coerce.number().min(0).max(86_400),
  embed: z.literal('1').optional(),
})

export function voiceRoutes(web: Web, uploads: Uploads): Hono {
  const app = new Hono()
  const limit = bodyLimit({
    maxSize: BYTES_MAX,
    onError: (c) => c.json({ error: texts(languageOf(c))('voiceTooLong') }, 413),
  })
  app.post('/chat/voice', limit, async (c) => {
    const say = texts(languageOf(c))
    const asked = Query.safeParse(c.req.query())
    const mediaType = c.req.header('content-type') ?? ''
    if (!asked.success || !RECORDED.test(mediaType)) return c.json({ error: say('badRequest') }, 400)
    const { id, seconds, embed } = asked.data
    if (seconds > SECONDS_MAX + 1) return c.json({ error: say('voiceTooLong') }, 413)
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    if (bytes.length === 0) return c.json({ error: say('badRequest') }, 400)
    const frame = frameOf(c, web.isHttps, embed === '1')
    const fresh = web.people.known(c, frame) === null
    const address: Address = { channel: 'web', account: web.account, person: web.people.ensure(c, frame) }
    const reference = uploads.keep({ bytes, mediaType })
    if (reference === null) return c.json({ error: say('notKept') }, 503, { 'retry-after': '10' })
    try {
      const ip = web.callerOf(c)
      const state = await web.accept(
        {
          address,
          eventId: `${address.person}:${id}`,
          content: { kind: 'media', media: 'voice', reference, caption: null, seconds, bytes: bytes.length },
          sentAt: web.now(),
          language: languageOf(c) === 'en' ? 'en' : null,
        },
        ip === undefined ? {} : { ip },
      )
      if (state !== 'stored') uploads.take(reference)
      return c.json({ state, fresh }, state === 'duplicate' ? 200 : 202)
    } catch (error) {
      uploads.take(reference)
      web.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'web chat: recording not kept')
      return c.json({ error: say('notKept') }, 503, { 'retry-after': '3' })
    }
  })
  return app
}
