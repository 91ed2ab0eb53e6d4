import { z } from 'zod'
import type { Address } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { Enrolment, TrainingClass } from './class.ts'

/** The SQL of the tables class, class_session, class_enrolment and class_seat. Nobody else reads or writes them. */

const CLASS = `
  select c.id, c.province, c.title, c.support, c.audience, c.place, c.link, c.seats,
         c.opens_at as "opensAt", c.closes_at as "closesAt", c.offer_hours as "offerHours", c.state,
         c.state_reason as "stateReason", c.version, c.created_by as "createdBy", c.created_at as "createdAt",
         coalesce((select json_agg(json_build_object('id', s.id, 'startsAt', s.starts_at, 'endsAt', s.ends_at)
                                   order by s.starts_at, s.id)
                   from class_session s where s.class_id = c.id), '[]') as sessions,
         (select count(*)::int from class_seat s where s.class_id = c.id and s.enrolment_id is null) as free,
         (select count(*)::int from class_enrolment e where e.class_id = c.id and e.state = 'waiting') as waiting
  from class c`

const ClassRow = TrainingClass.extend({
  sessions: z.array(
    z.object({ id: z.uuid(), startsAt: z.coerce.date<string>(), endsAt: z.coerce.date<string>() }),
  ),
})

const COLUMNS = `id, class_id as "classId", province, registration_id as "registrationId",
  conversation_id as "conversationId", address, name, language, seats, arrival, state,
  arrived_at as "arrivedAt", offered_until as "offeredUntil", offers, seated_at as "seatedAt"`

const classes = (rows: unknown[]): TrainingClass[] => rows.map((row) => ClassRow.parse(row))
const enrolments = (rows: unknown[]): Enrolment[] => rows.map((row) => Enrolment.parse(row))

export async function findClass(db: Db, id: string): Promise<TrainingClass | null> {
  const { rows } = await db.query(`${CLASS} where c.id = $1`, [id])
  return classes(rows)[0] ?? null
}

/** Locks the class for this transaction: from here on nobody else decides about its seats. */
export async function lockClass(tx: Db, id: string): Promise<TrainingClass | null> {
  const { rowCount } = await tx.query('select 1 from class where id = $1 for update', [id])
  return rowCount === 0 ? null : await findClass(tx, id)
}

export async function openClasses(
  db: Db,
  province: string,
  support: string | null,
  at: Date,
): Promise<TrainingClass[]> {
  const { rows } = await db.query(
    `${CLASS}
     where c.province = $1 and c.state = 'open' and c.opens_at <= $3 and c.closes_at > $3
       and ($2::text is null or c.support = $2)
       and exists (select 1 from class_session s where s.class_id = c.id)
       and not exists (select 1 from class_session s where s.class_id = c.id and s.starts_at <= $3)
     order by c.closes_at, c.id limit 50`,
    [province, support, at],
  )
  return classes(rows)
}

export interface ClassFilter {
  states?: readonly string[]
  /** Classes with a session in [from, until). */
  from?: Date
  until?: Date
  limit?: number
}

export async function listClasses(
  db: Db,
  { states, from, until, limit = 200 }: ClassFilter,
): Promise<TrainingClass[]> {
  const { rows } = await db.query(
    `${CLASS}
     where ($1::text[] is null or c.state = any($1))
       and (($2::timestamptz is null and $3::timestamptz is null) or exists (
             select 1 from class_session s where s.class_id = c.id
               and s.starts_at >= coalesce($2, '-infinity') and s.starts_at < coalesce($3, 'infinity')))
     order by (select min(s.starts_at) from class_session s where s.class_id = c.id) desc nulls first, c.id
     limit $4`,
    [states ?? null, from ?? null, until ?? null, Math.min(limit, 1000)],
  )
  return classes(rows)
}

export async function findEnrolment(db: Db, id: string): Promise<Enrolment | null> {
  const { rows } = await db.query(`select ${COLUMNS} from class_enrolment where id = $1`, [id])
  return enrolments(rows)[0] ?? null
}

export async function liveEnrolment(
  db: Db,
  classId: string,
  registrationId: string,
): Promise<Enrolment | null> {
  const { rows } = await db.query(
    `select ${COLUMNS} from class_enrolment
     where class_id = $1 and registration_id = $2 and state in ('waiting', 'offered', 'seated')`,
    [classId, registrationId],
  )
  return enrolments(rows)[0] ?? null
}

/** Live enrolments of a registration, or of a person, newest first. */
export async function liveOf(
  db: Db,
  who: { registrationId: string } | { conversationIds: readonly string[] },
): Promise<Enrolment[]> {
  const byRegistration = 'registrationId' in who
  const { rows } = await db.query(
    `select ${COLUMNS} from class_enrolment
     where ${byRegistration ? 'registration_id = $1' : 'conversation_id = any($1)'}
       and state in ('waiting', 'offered', 'seated')
     order by arrived_at desc, id`,
    [byRegistration ? who.registrationId : who.conversationIds],
  )
  return enrolments(rows)
}

export async function enrolmentsOf(
  db: Db,
  classId: string,
  states: readonly string[],
  limit = 2000,
): Promise<Enrolment[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from class_enrolment where class_id = $1 and state = any($2) order by arrival limit $3`,
    [classId, states, limit],
  )
  return enrolments(rows)
}

/** How many of those in line can be served at all (their group is not larger than the class). */
export async function servable(tx: Db, one: TrainingClass): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n from class_enrolment where class_id = $1 and state = 'waiting' and seats <= $2`,
    [one.id, one.seats],
  )
  return rows[0]?.n ?? 0
}

/** Enrolments in line before this one. */
export async function ahead(db: Db, { classId, arrival }: Enrolment): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from class_enrolment where class_id = $1 and state = 'waiting' and arrival < $2`,
    [classId, arrival],
  )
  return rows[0]?.n ?? 0
}

export interface NewEnrolment {
  registrationId: string | null
  conversationId: string | null
  address: Address | null
  name: string | null
  language: 'vi' | 'en'
  seats: number
}

/** Adds to the line with the next number of arrival; the class must be locked. */
export async function arrive(tx: Db, one: TrainingClass, who: NewEnrolment, at: Date): Promise<Enrolment> {
  const { rows } = await tx.query(
    `with arrived as (update class set arrivals = arrivals + 1 where id = $1 returning arrivals)
     insert into class_enrolment
       (class_id, province, registration_id, conversation_id, address, name, language, seats, arrival, state, arrived_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, arrivals, 'waiting', $9 from arrived
     returning ${COLUMNS}`,
    [
      one.id,
      one.province,
      who.registrationId,
      who.conversationId,
      who.address,
      who.name,
      who.language,
      who.seats,
      at,
    ],
  )
  const [enrolment] = enrolments(rows)
  if (enrolment === undefined) throw new Error(`class ${one.id} took no enrolment`)
  return enrolment
}

export interface Move {
  to: Enrolment['state']
  at: Date
  offeredUntil?: Date
}

/** Moves an enrolment to another state; the class must be locked. */
export async function moveEnrolment(tx: Db, id: string, { to, at, offeredUntil }: Move): Promise<Enrolment> {
  const { rows } = await tx.query(
    `update class_enrolment
     set state = $2, offered_until = $4,
         offers = offers + case when $2 = 'offered' then 1 else 0 end,
         seated_at = case when $2 = 'seated' then $3::timestamptz else seated_at end,
         ended_at = case when $2 in ('declined', 'expired', 'cancelled') then $3::timestamptz end
     where id = $1 returning ${COLUMNS}`,
    [id, to, at, offeredUntil ?? null],
  )
  const [enrolment] = enrolments(rows)
  if (enrolment === undefined) throw new Error(`enrolment ${id} is gone`)
  return enrolment
}

/** Gives the lowest free seats to an enrolment. @throws when there are too few: the caller has counted under the lock. */
export async function takeSeats(tx: Db, { id, classId, seats }: Enrolment): Promise<void> {
  const { rowCount } = await tx.query(
    `update class_seat set enrolment_id = $1
     where class_id = $2 and number in (
       select number from class_seat where class_id = $2 and enrolment_id is null order by number limit $3)`,
    [id, classId, seats],
  )
  if (rowCount !== seats) throw new Error(`class ${classId} has fewer than ${seats} free seats`)
}

export async function freeSeats(tx: Db, enrolmentId: string): Promise<number> {
  const { rowCount } = await tx.query(
    'update class_seat set enrolment_id = null, code = null, attendee = null where enrolment_id = $1',
    [enrolmentId],
  )
  return rowCount ?? 0
}

interface SeatRow {
  number: number
  code: string | null
  attendee: string | null
}

async function seatsOf(db: Db, enrolmentId: string): Promise<SeatRow[]> {
  const { rows } = await db.query<SeatRow & Record<string, unknown>>(
    'select number, code, attendee from class_seat where enrolment_id = $1 order by number',
    [enrolmentId],
  )
  return rows
}

/** Writes the codes of a new holder's seats; the first seat bears the holder's own name. */
export async function nameSeats(
  tx: Db,
  enrolment: Enrolment,
  newCode: () => string,
): Promise<{ number: number; code: string }[]> {
  const named: { number: number; code: string }[] = []
  for (const [index, { number }] of (await seatsOf(tx, enrolment.id)).entries()) {
    const code = newCode()
    await tx.query('update class_seat set code = $3, attendee = $4 where class_id = $1 and number = $2', [
      enrolment.classId,
      number,
      code,
      index === 0 ? enrolment.name : null,
    ])
    named.push({ number, code })
  }
  return named
}

/** Classes of which an offer has run out, or which have free seats and people waiting. */
export async function classesToSettle(db: Db, at: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select c.id from class c
     where c.state in ('open', 'closed') and (
       exists (select 1 from class_enrolment e
               where e.class_id = c.id and e.state = 'offered' and e.offered_until <= $1)
       or (exists (select 1 from class_enrolment e where e.class_id = c.id and e.state = 'waiting')
           and exists (select 1 from class_seat s where s.class_id = c.id and s.enrolment_id is null)))
     order by c.id`,
    [at],
  )
  return rows.map(({ id }) => id)
}

/** Classes with a session within `days` days. */
export async function classesSoon(db: Db, at: Date, days: number): Promise<TrainingClass[]> {
  const { rows } = await db.query(
    `${CLASS} where c.state in ('open', 'closed') and exists (
       select 1 from class_session s where s.class_id = c.id
         and s.starts_at > $1 and s.starts_at <= $1 + make_interval(days => $2))
     order by c.id`,
    [at, days],
  )
  return classes(rows)
}

/** Notes that a reminder goes out. False when it already did. */
export async function noteReminder(
  tx: Db,
  reminder: { enrolmentId: string; sessionId: string; days: number },
  at: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into class_reminder (enrolment_id, session_id, days, at)
     select id, $2, $3, $4 from class_enrolment where id = $1 and state = 'seated'
     on conflict do nothing`,
    [reminder.enrolmentId, reminder.sessionId, reminder.days, at],
  )
  return rowCount === 1
}
