import { z } from 'zod'
import type { Db } from '../../database/index.ts'

/** Switching a channel, the model or sign-ups off, for one province or for all, with a reason people are told. */

export const SwitchName = z.enum(['model', 'signup', 'channel:web', 'channel:telegram', 'channel:zalo'])
export type SwitchName = z.infer<typeof SwitchName>
export const EVERYWHERE = '*'

const SwitchRow = z.object({
  name: SwitchName,
  province: z.string(),
  off: z.boolean(),
  reason: z.string(),
  changed_by: z.string(),
  changed_at: z.date(),
})
export type SwitchRow = z.infer<typeof SwitchRow>

/** Other processes notice within this time; the one that switched, at once. */
const CACHE_MS = 15_000

export type Switches = ReturnType<typeof createSwitches>

export function createSwitches(db: Db, now: () => number = Date.now) {
  let known: { at: number; off: Map<string, string> } | null = null
  let loading: Promise<Map<string, string>> | null = null

  async function load(): Promise<Map<string, string>> {
    const { rows } = await db.query('select * from switch where off')
    const off = new Map(
      z
        .array(SwitchRow)
        .parse(rows)
        .map((row) => [`${row.name} ${row.province}`, row.reason]),
    )
    known = { at: now(), off }
    return off
  }

  return {
    /** The reason when it is off here or everywhere, else null. True for every process within 15 s of the change. */
    async isOff(name: string, province: string | null): Promise<string | null> {
      if (known === null || now() - known.at > CACHE_MS) {
        loading ??= load().finally(() => {
          loading = null
        })
        await loading
      }
      const off = known?.off
      return (
        off?.get(`${name} ${EVERYWHERE}`) ??
        (province === null ? undefined : off?.get(`${name} ${province}`)) ??
        null
      )
    },
    /** What was ever switched within the caller's provinces (and everywhere). */
    async list(tx: Db): Promise<SwitchRow[]> {
      const { rows } = await tx.query('select * from switch order by name, province')
      return z.array(SwitchRow).parse(rows)
    },
    async set(tx: Db, change: Omit<SwitchRow, 'changed_at'>, at: Date): Promise<void> {
      await tx.query(
        `insert into switch (name, province, off, reason, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (name, province) do update set off = excluded.off, reason = excluded.reason,
           changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
        [change.name, change.province, change.off, change.reason, change.changed_by, at],
      )
    },
    /** After the change is committed: this process looks again at the next question. */
    forget(): void {
      known = null
    },
  }
}
