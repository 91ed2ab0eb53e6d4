import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'

/** Headers and the cross-site check for every answer of the chat. */

const own = "'self'"
const none = "'none'"

export function guard({
  allowedOrigins,
  publicUrl,
}: {
  allowedOrigins: readonly string[]
  publicUrl?: string
}): MiddlewareHandler {
  const mayFrame = allowedOrigins.filter((origin) => /^https?:\/\/[\w.*-]+(:\d+)?$/.test(origin))
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: [none],
      scriptSrc: [own],
      styleSrc: [own],
      imgSrc: [own, 'data:'],
      connectSrc: [own],
      mediaSrc: [own, 'blob:'],
      formAction: [own],
      baseUri: [none],
      frameAncestors: [own, ...mayFrame],
    },
    // frame-ancestors says it exactly; this older header cannot name a foreign site, so it must then be silent.
    xFrameOptions: mayFrame.length === 0,
    // A page of another site may load /widget.js; the rest is held by frame-ancestors and the cookie.
    crossOriginResourcePolicy: false,
    strictTransportSecurity: publicUrl?.startsWith('https:') ? 'max-age=15552000' : false,
    permissionsPolicy: { microphone: ['self'], camera: [], geolocation: [] },
    referrerPolicy: 'strict-origin-when-cross-origin',
    originAgentCluster: false, // all pages of one origin must answer this alike, and the console has its own headers
  })
  return every(
    headers,
    csrf({
      origin: (origin, c) =>
        origin === new URL(c.req.url).origin ||
        origin === publicUrl ||
        // Behind a proxy that ends https, the origin differs from our own address in its scheme only.
        hostOf(origin) === c.req.header('host'),
    }),
  )
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
