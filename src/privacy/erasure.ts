import { randomUUID } from 'node:crypto'
import type { Database, Db } from '../database/index.ts'
import { anonymiseConsents } from './consent.ts'
import type { Holding } from './holding.ts'
import { anonymiseRequests, nextErasure, type PrivacyRequest, postponeErasure } from './requests.ts'

/** Carrying out erasures: every holding in one transaction, so a person is erased everywhere or nowhere. */

export interface ErasureDeps {
  db: Database
  holdings: readonly Holding[]
  /** All conversations of the same person (linked by proof), the given one included. */
  linked(db: Db, conversationId: string): Promise<readonly string[]>
  audit(
    tx: Db,
    entry: { action: string; subject: string; province: string | null; detail: Record<string, number> },
  ): Promise<void>
  log: { warn(fields: Record<string, unknown>, text: string): void }
}

const RETRY_MS = 5 * 60_000

/**
 * Carries out every erasure that is due. To be run each minute; any number of processes may. The work list is the table
 * itself, so no queue payload ever names the person. @returns how many people were erased
 */
export async function carryOutErasures(deps: ErasureDeps, at: Date): Promise<number> {
  let erased = 0
  for (;;) {
    let current: PrivacyRequest | null = null
    try {
      const found = await deps.db.inTransaction(async (tx) => {
        current = await nextErasure(tx, at)
        if (current === null) return false
        await eraseOne(tx, deps, current, at)
        return true
      })
      if (!found) return erased
      erased++
    } catch (error) {
      const failed = current as PrivacyRequest | null
      if (failed === null) throw error
      // the class of the error only: its text may quote a row
      const reason = error instanceof Error ? error.name : 'unknown'
      deps.log.warn({ request: failed.id, reason }, 'an erasure failed and will be tried again')
      await deps.db.inTransaction((tx) =>
        postponeErasure(tx, failed.id, { error: reason, until: new Date(at.getTime() + RETRY_MS) }),
      )
    }
  }
}

async function eraseOne(tx: Db, deps: ErasureDeps, request: PrivacyRequest, at: Date): Promise<void> {
  const asked = request.conversationId === null ? [] : [request.conversationId]
  const linked = await Promise.all(asked.map((id) => deps.linked(tx, id)))
  const ids = [...new Set([...asked, ...linked.flat()])]
  await eraseEverywhere(tx, deps, ids, { reason: 'request', province: request.province }, at)
}

/** Erases these conversations in every room and leaves a tombstone without personal data. @returns its id */
export async function eraseEverywhere(
  tx: Db,
  { holdings, audit }: Pick<ErasureDeps, 'holdings' | 'audit'>,
  conversationIds: readonly string[],
  { reason, province }: { reason: string; province: string | null },
  at: Date,
): Promise<string> {
  const tombstone = randomUUID()
  const removed: Record<string, number> = {}
  for (const holding of holdings) {
    const count = await holding.erase(tx, conversationIds, tombstone, at)
    removed[holding.name] = typeof count === 'number' ? count : 0
  }
  removed['consent'] = await anonymiseConsents(tx, conversationIds, tombstone, at)
  removed['requests'] = await anonymiseRequests(tx, conversationIds, at)
  await tx.query('insert into tombstone (id, at, reason, removed) values ($1, $2, $3, $4)', [
    tombstone,
    at,
    reason,
    JSON.stringify(removed),
  ])
  await audit(tx, { action: 'privacy.erased', subject: `tombstone:${tombstone}`, province, detail: removed })
  return tombstone
}
