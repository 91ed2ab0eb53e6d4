import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Hono } from 'hono'

/** The page's few files, read once at start; their address changes with their content, so browsers keep them for a year. */

const TYPES = {
  'chat.css': 'text/css; charset=utf-8',
  'chat.js': 'text/javascript; charset=utf-8',
  'voice.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
} as const
type Name = keyof typeof TYPES

export interface Assets {
  href: (name: Name) => string
  mount: (app: Hono) => void
}

export function loadAssets(): Assets {
  const files = new Map(
    (Object.keys(TYPES) as Name[]).map((name) => {
      const text = readStatic(name)
      return [name, { text, tag: createHash('sha256').update(text).digest('base64url').slice(0, 12) }]
    }),
  )
  return {
    href: (name) => `/chat/${name}?v=${files.get(name)?.tag ?? ''}`,
    mount(app) {
      for (const [name, { text, tag }] of files) {
        app.get(`/chat/${name}`, (c) => {
          const fresh = c.req.query('v') === tag
          c.header('content-type', TYPES[name])
          c.header('cache-control', fresh ? 'public, max-age=31536000, immutable' : 'public, max-age=300')
          return c.body(text)
        })
      }
    },
  }
}

export function readStatic(name: string): string {
  return readFileSync(new URL(`./static/${name}`, import.meta.url), 'utf8')
}
