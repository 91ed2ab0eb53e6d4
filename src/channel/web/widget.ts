import { Hono } from 'hono'
import { readStatic } from './assets.ts'

/**
 * `/widget.js`: one line in a department's own site puts a button there that opens the chat in a frame. Where the chat
 * may be framed is decided by the page's frame-ancestors; the list here answers scripts loaded with `crossorigin`.
 */
export function widgetRoute(allowedOrigins: readonly string[]): Hono {
  const app = new Hono()
  const script = readStatic('widget.js')
  app.get('/widget.js', (c) => {
    if (allowedOrigins.length === 0) return c.notFound()
    const origin = c.req.header('origin')
    c.header('vary', 'Origin')
    if (origin !== undefined && allowedOrigins.includes(origin)) {
      c.header('access-control-allow-origin', origin)
    }
    c.header('content-type', 'text/javascript; charset=utf-8')
    c.header('cache-control', 'public, max-age=3600')
    c.header('cross-origin-resource-policy', 'cross-origin')
    return c.body(script)
  })
  return app
}
