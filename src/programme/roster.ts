import { z } from 'zod'
import type { Db } from '../database/index.ts'
import type { ClassInput, Session } from './class.ts'

/** The SQL of the officers' desk: making and changing classes, seat rows, attendance. The class must be locked to change it. */

export type ParsedInput = z.output<typeof ClassInput>

export async function insertClass(tx: Db, input: ParsedInput, officer: string, at: Date): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into class (province, title, support, audience, place, link, seats, opens_at, closes_at, offer_hours, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id`,
    [
      input.province,
      input.title,
      input.support,
      input.audience,
      input.place,
      input.link,
      input.seats,
      input.opensAt,
      input.closesAt,
      input.offerHours,
      officer,
      at,
    ],
  )
  const id = z.uuid().parse(rows[0]?.id)
  await tx.query(
    'insert into class_seat (class_id, number, province) select $1, n, $2 from generate_series(1, $3) n',
    [id, input.province, input.seats],
  )
  await addSessions(tx, id, input.province, input.sessions)
  return id
}

/** Everything an officer may change but the province, which people signed up under. */
export async function updateClass(tx: Db, id: string, input: ParsedInput): Promise<void> {
  await tx.query(
    `update class set title = $2, support = $3, audience = $4, place = $5, link = $6, seats = $7, opens_at = $8,
       closes_at = $9, offer_hours = $10, version = version + 1 where id = $1`,
    [
      id,
      input.title,
      input.support,
      input.audience,
      input.place,
      input.link,
      input.seats,
      input.opensAt,
      input.closesAt,
      input.offerHours,
    ],
  )
}

/** Adds seat rows with the lowest unused numbers, or removes free ones from the highest. False when too few are free. */
export async function resize(
  tx: Db,
  { id, province, from, to }: { id: string; province: string; from: number; to: number },
): Promise<boolean> {
  if (to > from) {
    await tx.query(
      `insert into class_seat (class_id, number, province)
       select $1, n, $2 from generate_series(1, 4000) n
       where not exists (select 1 from class_seat s where s.class_id = $1 and s.number = n) order by n limit $3`,
      [id, province, to - from],
    )
    return true
  }
  const { rowCount } = await tx.query(
    `delete from class_seat where class_id = $1 and number in (
       select s.number from class_seat s
       where s.class_id = $1 and s.enrolment_id is null
         and not exists (select 1 from class_attendance a where a.class_id = $1 and a.seat_number = s.number)
       order by s.number desc limit $2)`,
    [id, from - to],
  )
  return rowCount === from - to
}

async function addSessions(
  tx: Db,
  classId: string,
  province: string,
  sessions: readonly { startsAt: Date; endsAt: Date }[],
): Promise<void> {
  for (const { startsAt, endsAt } of sessions) {
    await tx.query(
      'insert into class_session (class_id, province, starts_at, ends_at) values ($1, $2, $3, $4)',
      [classId, province, startsAt, endsAt],
    )
  }
}

/** Makes the sessions the given ones; those with the same times keep their id. False when one with check-ins would go. */
export async function replaceSessions(
  tx: Db,
  classId: string,
  province: string,
  { before, after }: { before: readonly Session[]; after: readonly { startsAt: Date; endsAt: Date }[] },
): Promise<boolean> {
  const key = (one: { startsAt: Date; endsAt: Date }) => `${one.startsAt.getTime()}-${one.endsAt.getTime()}`
  const wanted = new Set(after.map(key))
  const kept = new Set(before.map(key))
  const gone = before.filter((one) => !wanted.has(key(one))).map(({ id }) => id)
  if (gone.length > 0) {
    const { rowCount } = await tx.query('select 1 from class_attendance where session_id = any($1) limit 1', [
      gone,
    ])
    if (rowCount !== 0) return false
    await tx.query('delete from class_session where id = any($1)', [gone])
  }
  const added = new Map(after.filter((one) => !kept.has(key(one))).map((one) => [key(one), one]))
  await addSessions(tx, classId, province, [...added.values()])
  return true
}

export async function setState(
  tx: Db,
  id: string,
  { to, reason }: { to: string; reason: string | null },
): Promise<void> {
  await tx.query('update class set state = $2, state_reason = $3, version = version + 1 where id = $1', [
    id,
    to,
    reason,
  ])
}

/** A taken seat with its holder, as the list at the door shows it. */
export const Place = z.object({
  classId: z.uuid(),
  number: z.number().int(),
  enrolmentId: z.uuid(),
  registrationId: z.uuid().nullable(),
  state: z.enum(['offered', 'seated']),
  /** Who signed up; null after erasure. */
  holder: z.string().nullable(),
  /** Who sits here; null while nobody was named (further seats of a group). */
  attendee: z.string().nullable(),
  /** Sessions this seat was checked in for, in order of time. */
  attended: z.array(z.uuid()),
})
export type Place = z.infer<typeof Place>

const PLACE = `
  select s.class_id as "classId", s.number, e.id as "enrolmentId", e.registration_id as "registrationId", e.state,
         e.name as holder, s.attendee,
         coalesce((select json_agg(a.session_id order by t.starts_at, t.id) from class_attendance a
                   join class_session t on t.id = a.session_id
                   where a.class_id = s.class_id and a.seat_number = s.number and a.enrolment_id = e.id), '[]') as attended
  from class_seat s join class_enrolment e on e.id = s.enrolment_id`

export async function places(tx: Db, classId: string): Promise<Place[]> {
  const { rows } = await tx.query(`${PLACE} where s.class_id = $1 order by s.number`, [classId])
  return rows.map((row) => Place.parse(row))
}

export async function placeBy(
  tx: Db,
  by: { code: string } | { classId: string; number: number },
): Promise<Place | null> {
  const { rows } =
    'code' in by
      ? await tx.query(`${PLACE} where s.code = $1`, [by.code])
      : await tx.query(`${PLACE} where s.class_id = $1 and s.number = $2`, [by.classId, by.number])
  return rows[0] === undefined ? null : Place.parse(rows[0])
}

export async function nameAttendee(
  tx: Db,
  { classId, number, name }: { classId: string; number: number; name: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update class_seat set attendee = $3 where class_id = $1 and number = $2 and enrolment_id is not null',
    [classId, number, name],
  )
  return rowCount === 1
}

/** False when this seat was already checked in for the session. */
export async function noteAttendance(
  tx: Db,
  seen: { sessionId: string; place: Place; province: string; officer: string; at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into class_attendance (session_id, class_id, seat_number, enrolment_id, province, at, officer)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      seen.sessionId,
      seen.place.classId,
      seen.place.number,
      seen.place.enrolmentId,
      seen.province,
      seen.at,
      seen.officer,
    ],
  )
  return rowCount === 1
}

export async function removeAttendance(
  tx: Db,
  { sessionId, number }: { sessionId: string; number: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    'delete from class_attendance where session_id = $1 and seat_number = $2',
    [sessionId, number],
  )
  return rowCount === 1
}

/** True when anyone of this enrolment was seen in the class: its seats are no longer given to others. */
export async function wasSeen(tx: Db, enrolmentId: string): Promise<boolean> {
  const { rowCount } = await tx.query('select 1 from class_attendance where enrolment_id = $1 limit 1', [
    enrolmentId,
  ])
  return rowCount !== 0
}
