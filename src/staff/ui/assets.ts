import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { Hono } from 'hono'
import { ANNUAL_STYLE } from '../../report/index.ts'

/** The console's own files. Their address holds a digest of the content, so browsers may keep them for ever. */

const TYPES = {
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'report.css': 'text/css; charset=utf-8',
  'icons.svg': 'image/svg+xml',
  'icon.svg': 'image/svg+xml',
} as const
type Asset = keyof typeof TYPES

const files = new Map(
  (Object.keys(TYPES) as Asset[]).map((name) => {
    const bytes =
      name === 'report.css'
        ? Buffer.from(ANNUAL_STYLE) // the sheet looks the same on the page and in the file that is downloaded
        : readFileSync(new URL(`./assets/${name}`, import.meta.url))
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    return [name, { bytes, packed: brotliCompressSync(bytes), digest, type: TYPES[name] }] as const
  }),
)

export function assetUrl(name: Asset): string {
  return `/staff/assets/${files.get(name)?.digest}/${name}`
}

/** Mounted at /staff/assets; open without sign-in. */
export function assetRoutes(): Hono {
  const app = new Hono()
  app.get('/:digest/:name', (c) => {
    const file = files.get(c.req.param('name') as Asset)
    if (file === undefined || file.digest !== c.req.param('digest')) return c.notFound()
    const packed = (c.req.header('accept-encoding') ?? '').includes('br')
    return c.body(new Uint8Array(packed ? file.packed : file.bytes), 200, {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(packed ? { 'content-encoding': 'br' } : {}),
    })
  })
  return app
}
