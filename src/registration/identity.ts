import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'

/**
 * One person on two channels, joined only by proof: a code shown in one conversation is typed in the other. Never by
 * name or telephone number, which others know too.
 */

const CODE_LENGTH = 8
const CODE_MINUTES = 10
const MOST_ATTEMPTS = 5
const ATTEMPT_MINUTES = 15

type Redeemed =
  | { outcome: 'linked'; conversationIds: string[] }
  | { outcome: 'wrong' | 'too_many' | 'same_conversation' }

export interface Identity {
  /** A fresh code; earlier ones of this conversation stop working. */
  issueCode(tx: Db, conversationId: string, at: Date): Promise<{ code: string; expiresAt: Date }>
  /** Tries a code. A used, expired or unknown one is 'wrong'; five wrong ones in 15 minutes are 'too_many'. */
  redeem(tx: Db, conversationId: string, code: string, at: Date): Promise<Redeemed>
  /** All conversations proven to be this person's, the given one first. */
  conversationsOf(db: Db, conversationId: string): Promise<string[]>
  /** Takes one conversation out of the link. */
  unlink(tx: Db, conversationId: string): Promise<boolean>
}

export function createIdentity(vault: Vault): Identity {
  const indexOf = (code: string): string => vault.index(`link:${code}`)

  async function issueCode(
    tx: Db,
    conversationId: string,
    at: Date,
  ): Promise<{ code: string; expiresAt: Date }> {
    await tx.query('delete from person_link_code where conversation_id = $1 or expires_at < $2', [
      conversationId,
      at,
    ])
    const expiresAt = new Date(at.getTime() + CODE_MINUTES * 60_000)
    for (;;) {
      const code = String(randomInt(0, 10 ** CODE_LENGTH)).padStart(CODE_LENGTH, '0')
      const { rowCount } = await tx.query(
        `insert into person_link_code (code_index, conversation_id, expires_at) values ($1, $2, $3) on conflict do nothing`,
        [indexOf(code), conversationId, expiresAt],
      )
      if (rowCount === 1) return { code, expiresAt }
    }
  }

  async function redeem(tx: Db, conversationId: string, typed: string, at: Date): Promise<Redeemed> {
    // one conversation's attempts are counted one after another
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 5))', [`link:${conversationId}`])
    const since = new Date(at.getTime() - ATTEMPT_MINUTES * 60_000)
    await tx.query('delete from person_link_attempt where at < $1', [since])
    const { rows: attempts } = await tx.query<{ count: number }>(
      'select count(*)::int as count from person_link_attempt where conversation_id = $1',
      [conversationId],
    )
    if ((attempts[0]?.count ?? 0) >= MOST_ATTEMPTS) return { outcome: 'too_many' }
    const code = typed.replace(/\D/g, '')
    const { rows } = await tx.query<{ owner: string }>(
      `select conversation_id as owner from person_link_code where code_index = $1 and expires_at > $2 for update`,
      [indexOf(code), at],
    )
    const other = rows[0]?.owner
    if (other === conversationId) return { outcome: 'same_conversation' }
    if (other === undefined) {
      await tx.query('insert into person_link_attempt (conversation_id, at) values ($1, $2)', [
        conversationId,
        at,
      ])
      return { outcome: 'wrong' }
    }
    await tx.query('delete from person_link_code where code_index = $1', [indexOf(code)])
    await join(tx, other, conversationId, at)
    return { outcome: 'linked', conversationIds: await conversationsOf(tx, conversationId) }
  }

  /** Joins the groups of both conversations into the older one. */
  async function join(tx: Db, first: string, second: string, at: Date): Promise<void> {
    const [a, b] = [await personOf(tx, first, at), await personOf(tx, second, at)]
    if (a !== b)
      await tx.query('update person_link set person_id = $1, linked_at = $3 where person_id = $2', [a, b, at])
  }

  async function personOf(tx: Db, conversationId: string, at: Date): Promise<string> {
    const { rows } = await tx.query<{ person: string }>(
      `insert into person_link (conversation_id, person_id, linked_at) values ($1, gen_random_uuid(), $2)
       on conflict (conversation_id) do update set conversation_id = excluded.conversation_id returning person_id as person`,
      [conversationId, at],
    )
    return z.uuid().parse(rows[0]?.person)
  }

  async function conversationsOf(db: Db, conversationId: string): Promise<string[]> {
    const { rows } = await db.query<{ id: string }>(
      `select conversation_id as id from person_link
        where person_id = (select person_id from person_link where conversation_id = $1) order by linked_at, conversation_id`,
      [conversationId],
    )
    return [conversationId, ...rows.map(({ id }) => id).filter((id) => id !== conversationId)]
  }

  async function unlink(tx: Db, conversationId: string): Promise<boolean> {
    await tx.query('delete from person_link_code where conversation_id = $1', [conversationId])
    const { rowCount } = await tx.query('delete from person_link where conversation_id = $1', [
      conversationId,
    ])
    return rowCount === 1
  }

  return { issueCode, redeem, conversationsOf, unlink }
}
