import type { Db } from '../../database/index.ts'

/** Replies officers keep ready, per province. */

export interface CannedReply {
  id: string
  province: string
  title: string
  body: string
}

export async function cannedReplies(tx: Db, province: string | null): Promise<CannedReply[]> {
  const { rows } = await tx.query<{ id: string; province: string; title: string; body: string }>(
    `select id, province, title, body from canned_reply where $1::text is null or province in ($1, '*')
      order by province, title, id limit 200`,
    [province],
  )
  return rows
}

export async function addCanned(tx: Db, reply: Omit<CannedReply, 'id'>, by: string): Promise<void> {
  await tx.query('insert into canned_reply (province, title, body, changed_by) values ($1, $2, $3, $4)', [
    reply.province,
    reply.title,
    reply.body,
    by,
  ])
}

export async function deleteCanned(tx: Db, id: string): Promise<CannedReply | null> {
  const { rows } = await tx.query<{ id: string; province: string; title: string; body: string }>(
    'delete from canned_reply where id = $1::uuid returning id, province, title, body',
    [id],
  )
  return rows[0] ?? null
}
