import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { exchangeRaw, type Fetch } from './client.ts'
import { DEFAULT_LIFE_SECONDS } from './guesses.ts'

/** OAuth v4 of an Official Account: the consent link and the two token calls. Keeps nothing. */

/** Long on purpose: an answer we stop waiting for takes the grant with it. */
const TOKEN_TIMEOUT_MS = 90_000

export interface App {
  appId: string
  appSecret: string
}

/** 43 characters, as the PHP and Java SDKs make it. */
export function newVerifier(): string {
  return randomBytes(32).toString('base64url')
}

/** base64url without padding of the raw SHA-256; Zalo takes no `code_challenge_method`. */
function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

export function consentLink(
  oauthRoot: string,
  {
    appId,
    redirectUri,
    verifier,
    state,
  }: { appId: string; redirectUri: string; verifier: string; state: string },
): string {
  const link = new URL(`${oauthRoot}/v4/oa/permission`)
  link.search = new URLSearchParams({
    app_id: appId,
    redirect_uri: redirectUri,
    code_challenge: challengeOf(verifier),
    state,
  }).toString()
  return link.href
}

export type TokenAnswer =
  | { kind: 'granted'; accessToken: string; refreshToken: string; lifeSeconds: number }
  /** Zalo said no, with its own number. */
  | { kind: 'refused'; code: number; name: string }
  /** `maybeUsed` false only when the request surely never reached Zalo. */
  | { kind: 'lost'; maybeUsed: boolean; cause: string }

const Granted = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  // A string of seconds by five sources. Trust the value, not the figure we expect.
  expires_in: z.coerce.number().positive().max(31_536_000).catch(DEFAULT_LIFE_SECONDS),
})
const Refused = z.looseObject({ error: z.coerce.number().int(), error_name: z.string().catch('') })

async function askToken(
  fetch: Fetch,
  oauthRoot: string,
  app: App,
  fields: Record<string, string>,
): Promise<TokenAnswer> {
  const raw = await exchangeRaw(fetch, `${oauthRoot}/v4/oa/access_token`, TOKEN_TIMEOUT_MS, {
    method: 'POST',
    headers: { secret_key: app.appSecret, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ app_id: app.appId, ...fields }).toString(),
  })
  if (raw.kind === 'lost') return { kind: 'lost', maybeUsed: raw.maybeDone, cause: raw.cause }
  const granted = Granted.safeParse(raw.body)
  if (granted.success) {
    const { access_token, refresh_token, expires_in } = granted.data
    return {
      kind: 'granted',
      accessToken: access_token,
      refreshToken: refresh_token,
      lifeSeconds: expires_in,
    }
  }
  // No access_token in the body is a failure, whatever the HTTP status says.
  const refused = Refused.safeParse(raw.body)
  if (refused.success) {
    return { kind: 'refused', code: refused.data.error, name: refused.data.error_name.slice(0, 80) }
  }
  return { kind: 'lost', maybeUsed: true, cause: `HTTP ${raw.status}` }
}

export function exchangeCode(
  fetch: Fetch,
  oauthRoot: string,
  app: App,
  { code, verifier }: { code: string; verifier: string },
): Promise<TokenAnswer> {
  return askToken(fetch, oauthRoot, app, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  })
}

export function refreshPair(
  fetch: Fetch,
  oauthRoot: string,
  app: App,
  refreshToken: string,
): Promise<TokenAnswer> {
  return askToken(fetch, oauthRoot, app, { grant_type: 'refresh_token', refresh_token: refreshToken })
}
