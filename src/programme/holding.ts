import type { Db } from '../database/index.ts'
import type { Programme } from './programme.ts'
import * as store from './store.ts'

/** What this room holds about a person, for the own-data commands. */
export function programmeHolding({ leave }: Pick<Programme, 'leave'>) {
  return {
    name: 'programme',

    async dataOf(db: Db, conversationIds: readonly string[]) {
      const { rows } = await db.query(
        `select c.title as class, e.name, e.seats, e.state, e.arrived_at as "signedUpAt", e.seated_at as "seatedAt",
                coalesce((select json_agg(s.attendee order by s.number) from class_seat s
                          where s.enrolment_id = e.id and s.attendee is not null), '[]') as attendees,
                coalesce((select json_agg(a.at order by a.at) from class_attendance a where a.enrolment_id = e.id), '[]')
                  as "checkedInAt"
         from class_enrolment e join class c on c.id = e.class_id
         where e.conversation_id = any($1) order by e.arrived_at, e.id`,
        [conversationIds],
      )
      return rows
    },

    /**
     * Gives up seats of classes to come (the next in line gets the offer) and takes out everything that says who it
     * was. What stays is that a seat was used: the count of attendances is a public figure.
     */
    async erase(tx: Db, conversationIds: readonly string[], tombstone: string, at: Date): Promise<number> {
      for (const { id, classId } of await store.liveOf(tx, { conversationIds })) {
        const one = await store.lockClass(tx, classId)
        const enrolment = await store.findEnrolment(tx, id)
        const toCome = one?.sessions.every(({ startsAt }) => startsAt > at) ?? false
        if (one !== null && enrolment !== null && (toCome || enrolment.state !== 'seated'))
          await leave(tx, one, enrolment, 'cancelled', at)
      }
      await tx.query(
        `update class_seat set attendee = null, code = null
         where enrolment_id in (select id from class_enrolment where conversation_id = any($1))`,
        [conversationIds],
      )
      const { rowCount } = await tx.query(
        `update class_enrolment set registration_id = null, conversation_id = null, address = null, name = null, tombstone = $2
         where conversation_id = any($1)`,
        [conversationIds, tombstone],
      )
      return rowCount ?? 0
    },
  }
}
