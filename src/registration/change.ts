import type { Address, OutboundMessage } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import * as say from './life-texts.ts'
import { STATE_NAMES } from './life-texts.ts'
import { decide, type State } from './lifecycle.ts'
import type { Registration } from './record.ts'
import { type Actor, addEvent, byId, type EventRow, eventsOf, saveState } from './store.ts'
import { told } from './submit.ts'
import type { FieldKey } from './values.ts'

/** A change of state with its message, in one transaction: neither is ever there without the other. */

export interface ChangeDeps {
  readonly vault: Vault
  readonly outbox: Speaker
  /** Gives up the seats of a registration that is cancelled or declined; the programme's door. */
  readonly releaseSeats: ((tx: Db, which: { registrationId: string }, at: Date) => Promise<unknown>) | null
}

/** The outbox, as far as this room needs it. */
export interface Speaker {
  say(
    tx: Db,
    to: Address,
    message: OutboundMessage,
    options: {
      cause: string
      from: 'assistant' | 'officer' | 'system'
      province: string | null
      registrationId?: string
    },
  ): Promise<string | null>
}

export interface StateChange {
  readonly id: string
  readonly expectedVersion: number
  readonly to: State
  readonly actor: Actor
  /** Told to the person; needed for some changes (lifecycle.ts). */
  readonly reason: string | null
  /** A further sentence of the officer's own. */
  readonly message: string | null
  /** For 'needs_more': what to add. */
  readonly requested?: readonly FieldKey[]
}

export type Changed =
  | { outcome: 'changed'; registration: Registration; said: OutboundMessage | null }
  /** Somebody else was first: what they did, for the officer to see. Nothing was written. */
  | { outcome: 'changed_meanwhile'; registration: Registration; last: EventRow | null }
  | { outcome: 'not_allowed' | 'reason_missing'; registration: Registration }
  | { outcome: 'not_found' }

/**
 * Changes the state, writes the history, tells the person. `quiet`: the person did it and hears it in the same turn.
 * Runs under an officer's role as well as under the owner's.
 */
export async function changeState(
  deps: ChangeDeps,
  tx: Db,
  change: StateChange,
  at: Date,
  quiet = false,
): Promise<Changed> {
  const current = await byId(tx, change.id, deps.vault)
  if (!current || current.erasedAt !== null) return { outcome: 'not_found' }
  const { actor } = change
  const decided = decide(current, {
    to: change.to,
    actor: actor.kind,
    reason: change.reason,
    expectedVersion: change.expectedVersion,
  })
  if (decided === 'changed_meanwhile') return await meanwhile(tx, current)
  if (decided === 'not_allowed' || decided === 'reason_missing')
    return { outcome: decided, registration: current }
  const requested = change.to === 'needs_more' ? (change.requested ?? []) : []
  const saved = await saveState(
    tx,
    current.id,
    change.expectedVersion,
    { to: change.to, closed: decided.closed, requested, at },
    deps.vault,
  )
  if (!saved) {
    const now = await byId(tx, change.id, deps.vault)
    return now ? await meanwhile(tx, now) : { outcome: 'not_found' }
  }
  const said = quiet || saved.address === null ? null : say.decision(told(saved), change)
  const eventId = await addEvent(tx, saved, {
    kind: 'state',
    actor,
    at,
    from: current.state,
    to: change.to,
    reason: change.reason,
    message: said?.text ?? null,
    fields: requested,
  })
  await asOwner(tx, async () => {
    if (said && saved.address) {
      // The same as an approved template, for Zalo when the last contact is more than 7 days old (docs/zalo.md, 6).
      const notice = {
        kind: 'decision' as const,
        fields: { reference: saved.reference, status: STATE_NAMES[saved.state].vi },
      }
      await deps.outbox.say(
        tx,
        saved.address,
        { ...said, notice },
        {
          cause: `registration:${saved.id}:${eventId}`,
          from: actor.kind === 'officer' ? 'officer' : 'system',
          province: saved.province,
          registrationId: saved.id,
        },
      )
    }
    if (change.to === 'cancelled' || change.to === 'declined')
      await deps.releaseSeats?.(tx, { registrationId: saved.id }, at)
  })
  return { outcome: 'changed', registration: saved, said }
}

async function meanwhile(tx: Db, registration: Registration): Promise<Changed> {
  return {
    outcome: 'changed_meanwhile',
    registration,
    last: (await eventsOf(tx, registration.id)).at(-1) ?? null,
  }
}

/**
 * Other rooms write their own tables for an officer's act (a message, a seat that goes to the next person, perhaps of
 * another province); the officer's role may not, so the act itself runs as the owner within the same transaction.
 */
async function asOwner(tx: Db, work: () => Promise<void>): Promise<void> {
  const { rows } = await tx.query<{ role: string }>('select current_user as role')
  if (rows[0]?.role !== 'nscl_officer') return await work()
  await tx.query('set local role none')
  await work()
  await tx.query('set local role nscl_officer')
}
