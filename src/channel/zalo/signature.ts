import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { SIGNATURE_FORM } from './guesses.ts'

/** The secrets of the account that an event claims to be for. */
export interface SigningKeys {
  appId: string
  oaId: string
  oaSecret: string
  appSecret: string
}

function digest(first: string, body: Uint8Array, timestamp: string, secret: string): Buffer {
  return createHash('sha256').update(first).update(body).update(timestamp).update(secret).digest()
}

/** The digest Zalo puts into `X-ZEvent-Signature: mac=…` (their MacUtils.java; not an HMAC). */
export function macOf(
  body: Uint8Array,
  timestamp: string,
  keys: Pick<SigningKeys, 'appId' | 'oaSecret'>,
): string {
  return digest(keys.appId, body, timestamp, keys.oaSecret).toString('hex')
}

/** True when the header proves that Zalo sent exactly these bytes. Constant time in the secret. */
export function isSigned(
  header: string | undefined,
  body: Uint8Array,
  timestamp: string,
  keys: Pick<SigningKeys, 'appId' | 'oaSecret'>,
): boolean {
  const given = SIGNATURE_FORM.exec(header?.trim() ?? '')?.[1]
  if (given === undefined || keys.oaSecret === '') return false
  return timingSafeEqual(Buffer.from(given, 'hex'), digest(keys.appId, body, timestamp, keys.oaSecret))
}

/**
 * Which of the other readings of the documentation would have matched: what the operator needs to tell a mistyped secret
 * from a forger. Never used to accept an event.
 */
export function explainMismatch(
  header: string | undefined,
  body: Uint8Array,
  timestamp: string,
  headerTimestamp: string | undefined,
  keys: SigningKeys,
): Record<string, boolean> {
  const given = SIGNATURE_FORM.exec(header?.trim() ?? '')?.[1]
  if (given === undefined) return { signed: false }
  const matches = (candidate: Buffer) => timingSafeEqual(Buffer.from(given, 'hex'), candidate)
  const { appId, oaId, appSecret, oaSecret } = keys
  return {
    signed: true,
    appSecretInPlace: appSecret !== '' && matches(digest(appId, body, timestamp, appSecret)),
    oaIdFirst: matches(digest(oaId, body, timestamp, oaSecret)),
    headerTimestamp: headerTimestamp !== undefined && matches(digest(appId, body, headerTimestamp, oaSecret)),
    hmac: matches(createHmac('sha256', oaSecret).update(body).digest()),
  }
}
