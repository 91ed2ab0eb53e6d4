import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { STATE_NAMES } from './life-texts.ts'
import { addEvent, allOfOwner, eventsOf, SYSTEM } from './store.ts'
import { surveysOf } from './survey.ts'
import { LABELS } from './texts.ts'
import type { FieldKey, Value } from './values.ts'

/** What this room holds about people: for showing it to them, and for removing it. */

export interface RegistrationHolding {
  readonly name: 'registration'
  dataOf(db: Db, conversationIds: readonly string[]): Promise<unknown>
  erase(tx: Db, conversationIds: readonly string[], tombstone: string, at: Date): Promise<number>
}

/**
 * @param releaseSeats gives up the seats of registrations that were still open; the programme's door
 */
export function registrationHolding(
  vault: Vault,
  releaseSeats: ((tx: Db, which: { registrationId: string }, at: Date) => Promise<unknown>) | null,
): RegistrationHolding {
  return {
    name: 'registration',
    dataOf: async (db, ids) => {
      const registrations = []
      for (const one of await allOfOwner(db, ids, vault)) {
        const answers = Object.fromEntries(
          (Object.entries(one.values) as [FieldKey, Value][]).map(([field, value]) => [
            LABELS[field].vi,
            field === 'tax_code' ? value.value : value.label,
          ]),
        )
        const history = (await eventsOf(db, one.id))
          .filter(({ kind }) => kind !== 'note')
          .map(({ at, kind, toState, reason, message }) => ({
            at,
            kind,
            state: toState && STATE_NAMES[toState].vi,
            reason,
            message,
          }))
        registrations.push({
          reference: one.reference,
          state: STATE_NAMES[one.state].vi,
          submittedAt: one.submittedAt,
          answers,
          history,
        })
      }
      const surveys = (await surveysOf(db, { conversationIds: ids })).map(
        ({ answers, sizeClass, createdAt }) => ({
          createdAt,
          sizeClass,
          answers: Object.fromEntries(
            (Object.entries(answers) as [FieldKey, Value][]).map(([field, { label }]) => [
              LABELS[field].vi,
              label,
            ]),
          ),
        }),
      )
      return { registrations, surveys }
    },
    erase: (tx, ids, tombstone, at) => erase(tx, ids, tombstone, at, releaseSeats),
  }
}

/**
 * Leaves the fact that there was a registration of this support in this province (for the department's figures) and
 * nothing that says whose. Open ones are cancelled first, so that seats go to the next person.
 */
async function erase(
  tx: Db,
  ids: readonly string[],
  tombstone: string,
  at: Date,
  releaseSeats: ((tx: Db, which: { registrationId: string }, at: Date) => Promise<unknown>) | null,
): Promise<number> {
  const { rows } = await tx.query<{ id: string; province: string; state: string }>(
    'select id, province, state from registration where conversation_id = any($1::uuid[]) order by id for update',
    [ids],
  )
  for (const { id } of rows) await releaseSeats?.(tx, { registrationId: id }, at)
  const touched = await eraseRows(
    tx,
    rows.map(({ id }) => id),
    tombstone,
    at,
  )
  for (const row of rows) await addEvent(tx, row, { kind: 'erased', actor: SYSTEM, at })
  const { rowCount: surveys } = await tx.query(
    `update registration_survey set answers = '{}', conversation_id = null, form_key = null, consent_version = null, erased_at = $2
      where conversation_id = any($1::uuid[])`,
    [ids, at],
  )
  await tx.query('delete from person_link_code where conversation_id = any($1::uuid[])', [ids])
  await tx.query('delete from person_link_attempt where conversation_id = any($1::uuid[])', [ids])
  const { rowCount: links } = await tx.query(
    'delete from person_link where conversation_id = any($1::uuid[])',
    [ids],
  )
  return touched + (surveys ?? 0) + (links ?? 0)
}

async function eraseRows(tx: Db, ids: readonly string[], tombstone: string, at: Date): Promise<number> {
  const { rowCount } = await tx.query(
    `update registration set state = case when state in ('declined', 'completed', 'cancelled') then state else 'cancelled' end,
        closed_at = coalesce(closed_at, $3), version = version + 1, updated_at = $3, erased_at = $3, tombstone = $2,
        form_key = null, enterprise_name = '', enterprise_key = null, contact_name = '', phone_sealed = null, phone_index = null,
        phone_mask = '', tax_sealed = null, tax_index = null, tax_mask = null, commune_code = null, commune_label = '',
        details = '{}', requested = '[]', search = '', conversation_id = null, address = null
      where id = any($1::uuid[])`,
    [ids, tombstone, at],
  )
  await tx.query(
    `update registration_event set reason = null, message = null, note = null where registration_id = any($1::uuid[])`,
    [ids],
  )
  // a colleague's row may quote the reference of the erased one, which stays: it names nobody
  return rowCount ?? 0
}

/** Erases what closed before `before`, some at a time. For the nightly retention (24 months after closing). */
export async function purgeClosed(tx: Db, before: Date, at: Date, tombstone: string): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from registration where closed_at < $1 and erased_at is null order by closed_at limit 500 for update skip locked`,
    [before],
  )
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await tx.query(
    `update registration_survey set answers = '{}', conversation_id = null, form_key = null, consent_version = null, erased_at = $2
      where registration_id = any($1::uuid[])`,
    [ids, at],
  )
  return await eraseRows(tx, ids, tombstone, at)
}
