import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/**
 * The caller's network address, for rate limits. Behind a proxy it is the last entry of X-Forwarded-For: the one our
 * proxy wrote; the ones before it are whatever the caller claims.
 */
export function callerOf(trustProxy: boolean): (c: Context) => string | undefined {
  return (c) => {
    const forwarded = trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
    try {
      return forwarded || getConnInfo(c).remote.address
    } catch {
      return undefined // no socket: a test calls the handler itself
    }
  }
}
