import { parse } from 'yaml'
import { z } from 'zod'

/** Working days in Việt Nam. Pure: the calendar is data (knowledge/holidays.yaml), read by the caller. */

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

const HolidayFile = z.object({
  version: z.literal(1),
  years: z.array(z.number().int()).min(1),
  holidays: z.array(
    z.object({
      date: Day,
      name: z.string(),
      certainty: z.enum(['fixed', 'lunar', 'announced', 'expected']),
      /** Whether it lengthens a legal term; days nobody has announced do not. */
      count: z.boolean(),
    }),
  ),
  /** Saturdays and Sundays worked in exchange for a bridge day. */
  working: z.array(Day),
})

export interface Calendar {
  readonly off: ReadonlySet<string>
  readonly working: ReadonlySet<string>
  /** Years the file knows the lunar holidays of. */
  readonly years: readonly number[]
}

/** @throws ZodError when the file is not a holiday calendar */
export function parseCalendar(yaml: string): Calendar {
  const file = HolidayFile.parse(parse(yaml))
  return {
    off: new Set(file.holidays.filter(({ count }) => count).map(({ date }) => date)),
    working: new Set(file.working),
    years: file.years,
  }
}

/** The calendar day in Việt Nam (UTC+7 all year) as YYYY-MM-DD. */
export function dayOf(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10)
}

export function isWorkingDay(day: string, { off, working }: Calendar): boolean {
  if (working.has(day)) return true
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !off.has(day)
}

/**
 * The last day of a term of `count` working days. The day something arrives is not counted (Civil Code 2015,
 * Art. 147), so a term of 2 that starts on a Friday ends on Tuesday.
 */
export function addWorkingDays(from: Date, count: number, calendar: Calendar): string {
  let day = dayOf(from)
  for (let left = count; left > 0; ) {
    day = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    if (isWorkingDay(day, calendar)) left--
  }
  return day
}

/** The legal terms of Decree 356/2025/NĐ-CP Art. 5, in working days: first reply, carrying out, one extension. */
export const TERMS = {
  view: { answer: 2, carryOut: 10, extension: 10 },
  export: { answer: 2, carryOut: 10, extension: 10 },
  correct: { answer: 2, carryOut: 10, extension: 10 },
  withdraw: { answer: 2, carryOut: 15, extension: 15 },
  restrict: { answer: 2, carryOut: 15, extension: 15 },
  object: { answer: 2, carryOut: 15, extension: 15 },
  officer: { answer: 2, carryOut: 15, extension: 15 },
  erase: { answer: 2, carryOut: 20, extension: 20 },
} as const satisfies Record<string, { answer: number; carryOut: number; extension: number }>

export type RequestKind = keyof typeof TERMS
