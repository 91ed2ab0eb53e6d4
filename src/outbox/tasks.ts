import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { newId } from '../queue/index.ts'

/** "Gọi điện cho người này": something that could not be written to a person and must not vanish. */
export interface CallTask {
  id: string
  lane: string
  province: string | null
  reason: string
  text: string
  /** Messages that did not arrive since the task was opened. */
  messages: number
  registrationId: string | null
  createdAt: Date
  closedAt: Date | null
  closedBy: string | null
}

/** One open task per lane and registration; another message that does not arrive joins it. */
export async function openTask(
  tx: Db,
  task: {
    lane: string
    province: string | null
    reason: string
    text: string
    registrationId: string | null
  },
): Promise<void> {
  await tx.query(
    `insert into call_task (id, lane, province, reason, text, registration_id) values ($1, $2, $3, $4, $5, $6)
     on conflict (lane, (coalesce(registration_id, ''))) where closed_at is null
     do update set messages = call_task.messages + 1, reason = excluded.reason, text = excluded.text`,
    [newId(), task.lane, task.province, task.reason, task.text, task.registrationId],
  )
}

const Row = z.object({
  id: z.string(),
  lane: z.string(),
  province: z.string().nullable(),
  reason: z.string(),
  text: z.string(),
  messages: z.number(),
  registration_id: z.string().nullable(),
  created_at: z.date(),
  closed_at: z.date().nullable(),
  closed_by: z.string().nullable(),
})

/** Newest first. Under `asOfficer` only those of the officer's provinces. */
export async function listTasks(
  db: Db,
  { open, limit }: { open: boolean; limit: number },
): Promise<CallTask[]> {
  const { rows } = await db.query(
    `select id, lane, province, reason, text, messages, registration_id, created_at, closed_at, closed_by
       from call_task where (closed_at is null) = $1 order by created_at desc, id desc limit $2`,
    [open, limit],
  )
  return z
    .array(Row)
    .parse(rows)
    .map(({ registration_id, created_at, closed_at, closed_by, ...row }) => ({
      ...row,
      registrationId: registration_id,
      createdAt: created_at,
      closedAt: closed_at,
      closedBy: closed_by,
    }))
}

/** False: closed before, or not this officer's to close. */
export async function closeTask(db: Db, id: string, by: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update call_task set closed_at = clock_timestamp(), closed_by = $2 where id = $1 and closed_at is null`,
    [id, by],
  )
  return rowCount === 1
}
