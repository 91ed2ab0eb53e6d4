import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { Purpose, type ShownConsent } from './consent-texts.ts'

/** Records of consent: who agreed to which text, when, with which words. The SQL of the table consent. */

export const Consent = z.object({
  id: z.uuid(),
  purpose: Purpose,
  textVersion: z.string(),
  textDigest: z.string(),
  channel: z.string(),
  language: z.string(),
  givenAt: z.date(),
  /** Word for word; null after erasure. */
  reply: z.string().nullable(),
  withdrawnAt: z.date().nullable(),
})
export type Consent = z.infer<typeof Consent>

export interface GivenConsent {
  conversationId: string
  channel: string
  province: string | null
  shown: ShownConsent
  language: 'vi' | 'en'
  /** The person's reply word for word (or the label of the pressed button). */
  reply: string
  /** The message that was the reply, e.g. `inbound:<id>`: the same one is recorded once. */
  cause: string
  at: Date
}

/** Records a yes. Silence or anything unclear must not get here: the caller decides what a yes is. */
export async function recordConsent(tx: Db, given: GivenConsent): Promise<string> {
  const cause = `${given.cause}:${given.shown.purpose}`
  const { rows } = await tx.query<{ id: string }>(
    `insert into consent (conversation_id, channel, province, purpose, text_version, text_digest, language, given_at, reply, cause)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (cause) do update set cause = excluded.cause returning id`,
    [
      given.conversationId,
      given.channel,
      given.province,
      given.shown.purpose,
      given.shown.version,
      given.shown.digest,
      given.language,
      given.at,
      given.reply.slice(0, 1000),
      cause,
    ],
  )
  return z.uuid().parse(rows[0]?.id)
}

/** All consents a person gave, oldest first. */
export async function consentsOf(db: Db, conversationIds: readonly string[]): Promise<Consent[]> {
  const { rows } = await db.query(
    `select id, purpose, text_version as "textVersion", text_digest as "textDigest", channel, language,
            given_at as "givenAt", reply, withdrawn_at as "withdrawnAt"
     from consent where conversation_id = any($1) order by given_at, purpose, id`,
    [conversationIds],
  )
  return rows.map((row) => Consent.parse(row))
}

export async function hasConsent(
  db: Db,
  conversationIds: readonly string[],
  purpose: Purpose,
): Promise<boolean> {
  return (await consentsOf(db, conversationIds)).some(
    (one) => one.purpose === purpose && one.withdrawnAt === null,
  )
}

/** Withdraws what is still in force, for one purpose or all. @returns the purposes that were in force */
export async function withdrawConsent(
  tx: Db,
  conversationIds: readonly string[],
  purpose: Purpose | 'all',
  at: Date,
): Promise<Purpose[]> {
  const { rows } = await tx.query<{ purpose: string }>(
    `update consent set withdrawn_at = $3
     where conversation_id = any($1) and withdrawn_at is null and ($2 = 'all' or purpose = $2) returning purpose`,
    [conversationIds, purpose, at],
  )
  return [...new Set(rows.map((row) => Purpose.parse(row.purpose)))]
}

/** Keeps the proof (text, version, time, channel) and takes out who it was and what they wrote. */
export async function anonymiseConsents(
  tx: Db,
  conversationIds: readonly string[],
  tombstone: string,
  at: Date,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update consent set conversation_id = null, reply = null, cause = null, tombstone = $2,
       withdrawn_at = coalesce(withdrawn_at, $3)
     where conversation_id = any($1)`,
    [conversationIds, tombstone, at],
  )
  return rowCount ?? 0
}
