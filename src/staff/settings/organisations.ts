import { z } from 'zod'
import type { Db } from '../../database/index.ts'

/** What the department says about bodies that are called otherwise since a plan was written. */

const Row = z.object({
  province: z.string(),
  body: z.string(),
  note: z.string(),
  changed_by: z.string(),
  changed_at: z.date(),
})
export type OrganisationNote = z.infer<typeof Row>

/** Other processes notice a change within this time; the one that made it, at once. */
const CACHE_MS = 15_000

export type OrganisationNotes = ReturnType<typeof createOrganisationNotes>

export function createOrganisationNotes(db: Db, now: () => number = Date.now) {
  let known: { at: number; rows: OrganisationNote[] } | null = null

  async function list(tx: Db): Promise<OrganisationNote[]> {
    return z
      .array(Row)
      .parse((await tx.query('select * from organisation_note order by province, body')).rows)
  }

  return {
    list,
    /** Notes of a province by the key of the body; '' says that nothing is to be said. */
    async of(province: string): Promise<ReadonlyMap<string, string>> {
      if (known === null || now() - known.at > CACHE_MS) known = { at: now(), rows: await list(db) }
      return new Map(
        known.rows.filter((row) => row.province === province).map(({ body, note }) => [body, note]),
      )
    },
    async save(
      tx: Db,
      change: { province: string; body: string; note: string },
      by: string,
      at: Date,
    ): Promise<void> {
      await tx.query(
        `insert into organisation_note (province, body, note, changed_by, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (province, body) do update set note = excluded.note, changed_by = excluded.changed_by,
           changed_at = excluded.changed_at`,
        [change.province, change.body, change.note, by, at],
      )
      known = null
    },
    /** Back to the note that comes with the knowledge. */
    async clear(tx: Db, province: string, body: string): Promise<void> {
      await tx.query('delete from organisation_note where province = $1 and body = $2', [province, body])
      known = null
    },
  }
}
