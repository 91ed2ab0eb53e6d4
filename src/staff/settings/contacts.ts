import { z } from 'zod'
import type { Db } from '../../database/index.ts'

/** How people reach the department of a province, and when somebody is there. */

const Row = z.object({
  province: z.string(),
  department: z.string(),
  address: z.string(),
  phone: z.string(),
  email: z.string(),
  open_days: z.array(z.number()),
  open_minute: z.number(),
  close_minute: z.number(),
  out_of_hours: z.string(),
})

const Minute = z.number().int().min(0).max(1440)
export const ContactCard = z
  .object({
    province: z.string().min(1),
    department: z.string().trim().min(3).max(200),
    address: z.string().trim().max(300),
    phone: z
      .string()
      .trim()
      .max(60)
      .regex(/^[\d\s+().,;/-]*$/),
    email: z.union([z.literal(''), z.email().max(120)]),
    /** ISO weekdays: 1 = Monday. */
    openDays: z.array(z.number().int().min(1).max(7)),
    /** Minutes after midnight, Vietnam's clock. */
    openMinute: Minute,
    closeMinute: Minute,
    outOfHours: z.string().trim().max(600),
  })
  .refine(({ openMinute, closeMinute }) => openMinute < closeMinute)
export type ContactCard = z.infer<typeof ContactCard>

function fromRow(row: unknown): ContactCard {
  const { open_days, open_minute, close_minute, out_of_hours, ...rest } = Row.parse(row)
  return {
    ...rest,
    openDays: open_days,
    openMinute: open_minute,
    closeMinute: close_minute,
    outOfHours: out_of_hours,
  }
}

const DAYS = ['', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy', 'Chủ nhật']

export function clock(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}

/** "thứ Hai đến thứ Sáu, 7:30–17:00"; '' when no hours are given. */
export function hoursText({ openDays, openMinute, closeMinute }: ContactCard): string {
  const days = [...new Set(openDays)].toSorted((a, b) => a - b)
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return ''
  const row = last - first === days.length - 1 && days.length > 2
  const names = row ? `${DAYS[first]} đến ${DAYS[last]}` : days.map((day) => DAYS[day]).join(', ')
  return `${names}, ${clock(openMinute)}–${clock(closeMinute)}`
}

/** Whether somebody is there. True when no hours are given: then nothing is promised and nothing denied. */
export function isOpen(card: ContactCard, at: Date): boolean {
  if (card.openDays.length === 0) return true
  const local = new Date(at.getTime() + 7 * 3_600_000)
  const weekday = local.getUTCDay() === 0 ? 7 : local.getUTCDay()
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes()
  return card.openDays.includes(weekday) && minute >= card.openMinute && minute < card.closeMinute
}

export type Contacts = ReturnType<typeof createContacts>

export function createContacts(db: Db) {
  async function of(province: string, tx: Db = db): Promise<ContactCard | null> {
    const { rows } = await tx.query('select * from contact_card where province = $1', [province])
    return rows[0] === undefined ? null : fromRow(rows[0])
  }

  return {
    of,
    /** The opening hours (and the department's own sentence) when it is closed at `at`; null when open or unknown. */
    async closedNow(province: string | null, at: Date): Promise<string | null> {
      const card = province === null ? null : await of(province)
      if (card === null || isOpen(card, at)) return null
      return [hoursText(card), card.outOfHours].filter(Boolean).join('. ')
    },
    async save(tx: Db, card: ContactCard, by: string, at: Date): Promise<void> {
      await tx.query(
        `insert into contact_card (province, department, address, phone, email, open_days, open_minute, close_minute,
           out_of_hours, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (province) do update set department = excluded.department, address = excluded.address,
           phone = excluded.phone, email = excluded.email, open_days = excluded.open_days,
           open_minute = excluded.open_minute, close_minute = excluded.close_minute,
           out_of_hours = excluded.out_of_hours, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
        [
          card.province,
          card.department,
          card.address,
          card.phone,
          card.email,
          card.openDays,
          card.openMinute,
          card.closeMinute,
          card.outOfHours,
          by,
          at,
        ],
      )
    },
  }
}
