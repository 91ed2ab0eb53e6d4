/**
 * Everything we build on that no source proves. Each entry says what is assumed, what else was seen, and how to find out
 * with a real Official Account; docs/zalo.md repeats the list for the person who will. Nothing outside this file may
 * depend on an unproven point.
 */

/**
 * 1. The signature. Assumed: plain SHA-256 over app_id, body bytes, the body's `timestamp` and the OA Secret Key (eight
 * sources). Seen elsewhere: `oa_id` first, the header X-ZEvent-Timestamp, the App Secret Key, HMAC. Those variants are
 * only computed after a mismatch, to tell the operator which one would have matched.
 */
export const SIGNATURE_HEADER = 'x-zevent-signature'
/** 2. `mac=<64 hex>`; a bare digest was seen by two projects and is accepted. */
export const SIGNATURE_FORM = /^(?:mac=)?([0-9a-f]{64})$/i

/**
 * 3. A wrong signature is answered 401. If every non-200 answer is retried (two sources; a third says: only a failed
 * connection), a mistyped secret that is corrected within two hours loses nothing; an answer of 200 would lose all.
 */
export const REFUSED_STATUS = 401

// 4. Whether a retry keeps its `timestamp` is unknown (some projects refuse what is older than five minutes and would
// lose true retries), so age never refuses an event; the event id removes repeats.

/**
 * 5. The limit of 2,000 characters: unit unknown. 1,900 UTF-16 units of NFC text are at most 1,900 code points, and
 * stay under it in either unit.
 */
export const TEXT_MAX = 1_900

/** 6. Buttons: no `template_type` (four sources); others add "button". */
export const BUTTON_TEMPLATE_TYPE: string | null = null

/** 7. The contact card needs `image_url`; we serve one when PUBLIC_URL is set and leave it out otherwise. */
export const CARD_TITLE_MAX = 100
export const CARD_SUBTITLE_MAX = 500

/**
 * 8. The old access token is assumed to die when the pair is refreshed (one source), so a send that is refused for its
 * token asks for the new pair and tries once more. While a refresh is under way the old one is still used.
 */
export const REFRESH_AT_LIFE_SHARE = 0.8
/** 25 hours by five sources, one hour by others: the answer's own `expires_in` counts; this only fills a missing one. */
export const DEFAULT_LIFE_SECONDS = 3_600

/**
 * 9. OAuth refusals that surely consumed nothing and may be repeated with the same refresh token: the call limit only.
 * Any other refusal ends the grant and asks for consent, because a replay might be taken for theft.
 */
export const REFRESH_REPEATABLE: ReadonlySet<number> = new Set([-32])

/**
 * 10. Buttons for anonymous visitors: no source shows them, so the choices are written out as text.
 * Their endpoint is still v2.0 (two sources).
 */
export const ANONYMOUS_PATH = '/v2.0/oa/message'
export const ANONYMOUS_BUTTONS = false

/** 11. Content of /zalo_verifier<CODE>.html: the meta tag that is proven for the home page. */
export function verifierPage(code: string): string {
  return `<!doctype html><html><head>${verifierMeta(code)}</head><body>${code}</body></html>`
}
/** Proven by eight public sites: in the head of the home page. */
export function verifierMeta(code: string): string {
  return `<meta name="zalo-platform-site-verification" content="${code}" />`
}

/** 12. Night (22:00 to 06:00) is presumably Vietnam's. */
export const NIGHT = { fromHour: 22, toHour: 6, zoneHours: 7 } as const

/**
 * 13. Between 48 hours and 7 days a message is billed. Sent nevertheless: an answer that an officer or the programme owes
 * is worth its fee, and without a Zalo Cloud Account Zalo refuses (-320, -321) and the person becomes a call task. An
 * account's setting `billedWindow: false` forbids it beforehand.
 */
export const BILLED_WINDOW = true

/** 14. `admin_id` on an `oa_send_*` echo means that a human wrote in the OA console (four sources). */
export const STAFF_FIELD = 'admin_id'

/** 15. Someone who unfollowed and has not written since is not tried again, although replies within 48 h might pass. */
export const TRY_AFTER_UNFOLLOW = false

/** 16. Where Zalo keeps what people send; anything else is never fetched. */
export const MEDIA_HOSTS: readonly string[] = [
  'zdn.vn',
  'zadn.vn',
  'zalo.me',
  'zaloapp.com',
  'dlfl.vn',
  'dlmd.me',
]

/** 17. An HTTP 401 without an error code is a dead access token (one source, live). */
export const HTTP_401_CODE = -216

/** 18. Zalo's own name for a message id: `message_id` (cs), `msg_id` (templates). Either is taken. */
export const MESSAGE_ID_FIELDS = ['message_id', 'msg_id'] as const
