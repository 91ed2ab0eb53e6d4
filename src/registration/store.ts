import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Address } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { type ActorKind, OPEN_STATES, referenceFrom, STATES, type State } from './lifecycle.ts'
import { COLUMNS, type Columns, columnsOf, type Registration, readRegistration } from './record.ts'
import { FieldKey, type Language, type Values } from './values.ts'

/** The rows of registration and registration_event. Every write is guarded, so a step that runs again changes nothing. */

export const EventRow = z.object({
  id: z.uuid(),
  seq: z.number().int(),
  kind: z.enum([
    'submitted',
    'state',
    'corrected',
    'completed',
    'claimed',
    'released',
    'handed_over',
    'note',
    'linked',
    'survey',
    'erased',
  ]),
  fromState: z.enum(STATES).nullable(),
  toState: z.enum(STATES).nullable(),
  actorKind: z.enum(['applicant', 'officer', 'system']),
  actorId: z.string().nullable(),
  actorName: z.string().nullable(),
  at: z.date(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  fields: z.array(FieldKey),
  note: z.string().nullable(),
})
export type EventRow = z.infer<typeof EventRow>

export interface Actor {
  readonly kind: ActorKind
  /** Officer's id; null for the person (the conversation stands on the registration) and the system. */
  readonly id: string | null
  readonly name: string | null
}

export const APPLICANT: Actor = { kind: 'applicant', id: null, name: null }
export const SYSTEM: Actor = { kind: 'system', id: null, name: null }

export interface NewEvent {
  readonly kind: EventRow['kind']
  readonly actor: Actor
  readonly at: Date
  readonly from?: State
  readonly to?: State
  readonly reason?: string | null
  readonly message?: string | null
  readonly fields?: readonly FieldKey[]
  readonly note?: string | null
}

/** Writes one line of the history; `seq` follows the last one of this registration, whose row the caller has locked. */
export async function addEvent(
  tx: Db,
  registration: { id: string; province: string },
  event: NewEvent,
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into registration_event
       (registration_id, province, seq, kind, from_state, to_state, actor_kind, actor_id, actor_name, at, reason, message, fields, note)
     select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
       from registration_event where registration_id = $1
     returning id`,
    [
      registration.id,
      registration.province,
      event.kind,
      event.from ?? null,
      event.to ?? null,
      event.actor.kind,
      event.actor.id,
      event.actor.name,
      event.at,
      event.reason ?? null,
      event.message ?? null,
      JSON.stringify(event.fields ?? []),
      event.note ?? null,
    ],
  )
  return z.uuid().parse(rows[0]?.id)
}

const EVENT_COLUMNS = `id, seq, kind, from_state as "fromState", to_state as "toState", actor_kind as "actorKind",
  actor_id as "actorId", actor_name as "actorName", at, reason, message, fields, note`

export async function eventsOf(db: Db, registrationId: string): Promise<EventRow[]> {
  const { rows } = await db.query(
    `select ${EVENT_COLUMNS} from registration_event where registration_id = $1 order by seq`,
    [registrationId],
  )
  return z.array(EventRow).parse(rows)
}

/** Histories by registration, each in order; one without any has no entry. */
export async function eventsOfMany(
  db: Db,
  registrationIds: readonly string[],
): Promise<Map<string, EventRow[]>> {
  const { rows } = await db.query<{ registrationId: string }>(
    `select registration_id as "registrationId", ${EVENT_COLUMNS} from registration_event
      where registration_id = any($1::uuid[]) order by registration_id, seq`,
    [registrationIds],
  )
  const found = new Map<string, EventRow[]>()
  for (const row of rows) {
    const events = found.get(row.registrationId) ?? []
    events.push(EventRow.parse(row))
    found.set(row.registrationId, events)
  }
  return found
}

export async function byId(db: Db, id: string, vault: Vault): Promise<Registration | null> {
  if (!z.uuid().safeParse(id).success) return null
  const { rows } = await db.query(`select ${COLUMNS} from registration where id = $1`, [id])
  return rows[0] ? readRegistration(rows[0], vault) : null
}

/** Those that exist (and the transaction may see), in no order. */
export async function byIds(db: Db, ids: readonly string[], vault: Vault): Promise<Registration[]> {
  const { rows } = await db.query(`select ${COLUMNS} from registration where id = any($1::uuid[])`, [ids])
  return rows.map((row) => readRegistration(row, vault))
}

/** One registration of these conversations; somebody else's is null, exactly like one that does not exist. */
export async function ofOwner(
  db: Db,
  reference: string,
  conversationIds: readonly string[],
  vault: Vault,
  lock: 'for update' | '' = '',
): Promise<Registration | null> {
  const { rows } = await db.query(
    `select ${COLUMNS} from registration where reference = $1 and conversation_id = any($2::uuid[]) and erased_at is null ${lock}`,
    [reference, conversationIds],
  )
  return rows[0] ? readRegistration(rows[0], vault) : null
}

/** A person's own registrations, newest first. */
export async function allOfOwner(
  db: Db,
  conversationIds: readonly string[],
  vault: Vault,
): Promise<Registration[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from registration where conversation_id = any($1::uuid[]) and erased_at is null
      order by submitted_at desc, id desc limit 100`,
    [conversationIds],
  )
  return rows.map((row) => readRegistration(row, vault))
}

export async function byFormKey(db: Db, key: string, vault: Vault): Promise<Registration | null> {
  const { rows } = await db.query(`select ${COLUMNS} from registration where form_key = $1`, [key])
  return rows[0] ? readRegistration(rows[0], vault) : null
}

/** Open registrations of the same enterprise (by name key or tax code) for the same support and class, oldest first. */
export async function sameMatter(
  tx: Db,
  matter: {
    province: string
    support: string
    classId: string | null
    enterpriseKey: string | null
    taxIndex: string | null
  },
  vault: Vault,
): Promise<Registration[]> {
  if (matter.enterpriseKey === null && matter.taxIndex === null) return []
  const { rows } = await tx.query(
    `select ${COLUMNS} from registration
      where province = $1 and support = $2 and class_id is not distinct from $3 and state = any($6)
        and erased_at is null and (enterprise_key = $4 or tax_index = $5)
      order by submitted_at, id limit 20`,
    [matter.province, matter.support, matter.classId, matter.enterpriseKey, matter.taxIndex, OPEN_STATES],
  )
  return rows.map((row) => readRegistration(row, vault))
}

/** Makes two sign-ups of one matter wait for each other, so that neither misses the other. */
export async function lockMatter(tx: Db, province: string, support: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 4))', [
    `registration:${province}:${support}`,
  ])
}

export interface NewRegistration {
  readonly formKey: string
  readonly kind: 'interest' | 'training'
  readonly support: string
  readonly classId: string | null
  readonly province: string
  readonly language: Language
  readonly values: Values
  readonly conversationId: string
  readonly address: Address
  readonly linkedTo: string | null
  readonly at: Date
}

/** Inserts with a fresh reference. Null: this filling of the form was stored before. */
export async function insert(tx: Db, made: NewRegistration, vault: Vault): Promise<Registration | null> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const reference = referenceFrom(randomBytes(24))
    const c = columnsOf(made.values, reference, vault)
    const { rows } = await tx.query(
      `insert into registration (reference, form_key, kind, support, class_id, province, state, language, enterprise_name,
         enterprise_type, enterprise_key, contact_name, phone_sealed, phone_index, phone_mask, tax_sealed, tax_index, tax_mask,
         commune_code, commune_label, trainees, details, search, conversation_id, address, linked_to, submitted_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, 'new', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
         to_tsvector('simple', $22), $23, $24, $25, $26, $26)
       on conflict do nothing returning ${COLUMNS}`,
      [
        reference,
        made.formKey,
        made.kind,
        made.support,
        made.classId,
        made.province,
        made.language,
        c.enterpriseName,
        c.enterpriseType,
        c.enterpriseKey,
        c.contactName,
        c.phoneSealed,
        c.phoneIndex,
        c.phoneMask,
        c.taxSealed,
        c.taxIndex,
        c.taxMask,
        c.communeCode,
        c.communeLabel,
        c.trainees,
        JSON.stringify(c.details),
        c.search,
        made.conversationId,
        JSON.stringify(made.address),
        made.linkedTo,
        made.at,
      ],
    )
    if (rows[0]) return readRegistration(rows[0], vault)
    if (await byFormKey(tx, made.formKey, vault)) return null
  }
  throw new Error('no free reference after five draws')
}

/** Replaces the answers. Null: the registration has another version by now, and nothing was written. */
export async function saveValues(
  tx: Db,
  current: Registration,
  change: { values: Values; state: State; requested: readonly FieldKey[]; at: Date },
  vault: Vault,
): Promise<Registration | null> {
  const c: Columns = columnsOf(change.values, current.reference, vault)
  const { rows } = await tx.query(
    `update registration set enterprise_name = $3, enterprise_type = $4, enterprise_key = $5, contact_name = $6,
        phone_sealed = $7, phone_index = $8, phone_mask = $9, tax_sealed = $10, tax_index = $11, tax_mask = $12,
        commune_code = $13, commune_label = $14, trainees = $15, details = $16, search = to_tsvector('simple', $17),
        state = $18, requested = $19, updated_at = $20, version = version + 1
      where id = $1 and version = $2 returning ${COLUMNS}`,
    [
      current.id,
      current.version,
      c.enterpriseName,
      c.enterpriseType,
      c.enterpriseKey,
      c.contactName,
      c.phoneSealed,
      c.phoneIndex,
      c.phoneMask,
      c.taxSealed,
      c.taxIndex,
      c.taxMask,
      c.communeCode,
      c.communeLabel,
      c.trainees,
      JSON.stringify(c.details),
      c.search,
      change.state,
      JSON.stringify(change.requested),
      change.at,
    ],
  )
  return rows[0] ? readRegistration(rows[0], vault) : null
}

/** Moves a registration to a state. Null: it has another version by now, and nothing was written. */
export async function saveState(
  tx: Db,
  id: string,
  expectedVersion: number,
  change: { to: State; closed: boolean; requested: readonly FieldKey[]; at: Date },
  vault: Vault,
): Promise<Registration | null> {
  const { rows } = await tx.query(
    `update registration set state = $3, requested = $4, updated_at = $5, version = version + 1,
        closed_at = case when $6 then coalesce(closed_at, $5::timestamptz) end
      where id = $1 and version = $2 returning ${COLUMNS}`,
    [id, expectedVersion, change.to, JSON.stringify(change.requested), change.at, change.closed],
  )
  return rows[0] ? readRegistration(rows[0], vault) : null
}
