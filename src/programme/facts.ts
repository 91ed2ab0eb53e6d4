import { z } from 'zod'
import type { Db } from '../database/index.ts'

/** Classes as a report counts them; the same shape the report room expects. */
const Fact = z.object({
  id: z.uuid(),
  province: z.string(),
  title: z.string(),
  support: z.string(),
  state: z.string(),
  firstDay: z.date(),
  seats: z.number().int(),
  seated: z.number().int(),
  /** Seats checked in at least once before the cut-off. */
  attended: z.number().int(),
  registrationIds: z.array(z.uuid()),
})
export type ClassCount = z.infer<typeof Fact>

/** Classes of a province whose first session lies in [from, until), with the attendance known at `until`. */
export async function classFacts(
  tx: Db,
  province: string,
  { from, until }: { from: Date; until: Date },
): Promise<ClassCount[]> {
  const { rows } = await tx.query(
    `select * from (
       select c.id, c.province, c.title, c.support, c.state, c.seats,
              (select min(s.starts_at) from class_session s where s.class_id = c.id) as "firstDay",
              (select count(*)::int from class_seat s join class_enrolment e on e.id = s.enrolment_id
               where s.class_id = c.id and e.state = 'seated') as seated,
              (select count(distinct a.seat_number)::int from class_attendance a
               where a.class_id = c.id and a.at < $3) as attended,
              coalesce((select json_agg(distinct e.registration_id) from class_attendance a
                        join class_enrolment e on e.id = a.enrolment_id
                        where a.class_id = c.id and a.at < $3 and e.registration_id is not null), '[]') as "registrationIds"
       from class c where c.province = $1) one
     where "firstDay" >= $2 and "firstDay" < $3 order by "firstDay", id`,
    [province, from, until],
  )
  return rows.map((row) => Fact.parse(row))
}
