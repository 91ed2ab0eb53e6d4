import type { Db } from '../database/index.ts'

/**
 * Takes names, addresses and conversations out of classes whose last session ended before `before`, some at a time; the
 * counts stay. For the nightly retention, with the term of registrations. @returns how many enrolments it touched
 */
export async function forgetEnrolments(tx: Db, before: Date, tombstone: string): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(
    `select e.id from class_enrolment e
     where e.tombstone is null
       and not exists (select 1 from class_session s where s.class_id = e.class_id and s.ends_at >= $1)
       and e.arrived_at < $1
     order by e.id limit 500 for update of e skip locked`,
    [before],
  )
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await tx.query('update class_seat set attendee = null, code = null where enrolment_id = any($1)', [ids])
  await tx.query(
    `update class_enrolment set registration_id = null, conversation_id = null, address = null, name = null, tombstone = $2
     where id = any($1)`,
    [ids, tombstone],
  )
  return ids.length
}
