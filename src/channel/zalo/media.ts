import type { Vault } from '../../vault/index.ts'
import { type Fetch, readUpTo } from './client.ts'
import { MEDIA_HOSTS } from './guesses.ts'

const TIMEOUT_MS = 30_000

/**
 * Fetches what a person sent. Only from Zalo's own hosts: the link stood in a signed event, yet no event may make us call
 * an address inside the department's network.
 * @param reference `Content.reference` of a Zalo medium (a sealed link)
 * @returns null when the reference is no link of Zalo's, the medium is gone, too large or too slow
 */
export async function fetchMedia(
  { vault, fetch, hosts = MEDIA_HOSTS }: { vault: Vault; fetch: Fetch; hosts?: readonly string[] },
  reference: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; mediaType: string } | null> {
  try {
    const url = new URL(vault.open(reference))
    if (!isAllowed(url, hosts)) return null
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) return null
    const mediaType = response.headers.get('content-type') ?? 'application/octet-stream'
    return { bytes: await readUpTo(response, maxBytes), mediaType }
  } catch {
    return null
  }
}

/** A host with a port is a stand-in's and matches exactly; a bare domain stands for itself and all below, over https. */
function isAllowed(url: URL, hosts: readonly string[]): boolean {
  return hosts.some((host) =>
    host.includes(':')
      ? url.host === host
      : url.protocol === 'https:' &&
        url.port === '' &&
        (url.hostname === host || url.hostname.endsWith(`.${host}`)),
  )
}
