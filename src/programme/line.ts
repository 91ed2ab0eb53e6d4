import { beginsAt, type ClassState, type Session } from './class.ts'

/**
 * Who is next. Pure: decides on values, by order of arrival and nothing else about the person.
 *
 * A group takes all its seats or none. Until a week before the class the order is strict: seats that are too few for
 * the group at the head of the line are kept for it, so small requests never starve a large one. In the last week
 * empty chairs help nobody: the first in order of arrival whose whole group fits gets the offer, and the group that was
 * passed over keeps its place at the head. A group larger than the class itself (an officer made the class smaller)
 * can never be served and holds nobody up.
 */

export interface InLine {
  id: string
  seats: number
  arrival: number
}

export type Order = 'strict' | 'first_that_fits'

const DAY_MS = 86_400_000
/** From this many days before the first session, seats the head of the line cannot use go to the first that fits. */
const LAST_DAYS = 7

export function orderAt(sessions: readonly Session[], at: Date): Order {
  const begins = beginsAt(sessions)
  return begins !== null && at.getTime() >= begins.getTime() - LAST_DAYS * DAY_MS
    ? 'first_that_fits'
    : 'strict'
}

/** The enrolments that get an offer now, in the order of arrival. */
export function nextOffers<Entry extends InLine>(
  line: readonly Entry[],
  seats: { free: number; total: number },
  order: Order,
): Entry[] {
  let free = seats.free
  const chosen: Entry[] = []
  for (const entry of line.toSorted((a, b) => a.arrival - b.arrival)) {
    if (entry.seats > seats.total) continue
    if (entry.seats <= free) {
      chosen.push(entry)
      free -= entry.seats
    } else if (order === 'strict') break
  }
  return chosen
}

/** A newcomer is seated at once only when that passes nobody who is already in line. */
export function mayBeSeated(
  seats: number,
  { free, servable, order }: { free: number; servable: number; order: Order },
): boolean {
  return seats <= free && (servable === 0 || order === 'first_that_fits')
}

/** Offers go out while the class is still to come. */
export function offersOpen(state: ClassState, sessions: readonly Session[], at: Date): boolean {
  const begins = beginsAt(sessions)
  return (state === 'open' || state === 'closed') && (begins === null || at < begins)
}

/** An offer ends after the class's offer hours, at the latest when the class begins. */
export function offerEnds(sessions: readonly Session[], offerHours: number, at: Date): Date {
  const end = at.getTime() + offerHours * 3_600_000
  const begins = beginsAt(sessions)
  return new Date(begins === null ? end : Math.min(end, begins.getTime()))
}

export interface ReminderDue {
  session: Session
  days: 1 | 3
}

/**
 * Reminders three days and one day before each session. One that was already past when the person got the seat is
 * left out: the confirmation has just told them the date.
 */
export function remindersDue(sessions: readonly Session[], seatedAt: Date, at: Date): ReminderDue[] {
  const due: ReminderDue[] = []
  for (const session of sessions) {
    for (const [days, until] of [
      [3, 1],
      [1, 0],
    ] as const) {
      const from = session.startsAt.getTime() - days * DAY_MS
      const end = session.startsAt.getTime() - until * DAY_MS
      if (seatedAt.getTime() < from && at.getTime() >= from && at.getTime() < end) due.push({ session, days })
    }
  }
  return due
}

/** The session a check-in at `at` belongs to: the one of that day in Việt Nam nearest in time; null when there is none. */
export function sessionOfDay(sessions: readonly Session[], at: Date): Session | null {
  const today = localDay(at)
  const distance = (session: Session) =>
    at < session.startsAt
      ? session.startsAt.getTime() - at.getTime()
      : Math.max(0, at.getTime() - session.endsAt.getTime())
  return (
    sessions
      .filter(({ startsAt, endsAt }) => localDay(startsAt) <= today && today <= localDay(endsAt))
      .toSorted((a, b) => distance(a) - distance(b))[0] ?? null
  )
}

/** The calendar day in Việt Nam (UTC+7 all year) as YYYY-MM-DD. */
export function localDay(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10)
}
