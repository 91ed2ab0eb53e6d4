import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  mayBeSeated,
  nextOffers,
  offerEnds,
  orderAt,
  remindersDue,
  sessionOfDay,
} from '../../src/programme/line.ts'

const line = fc
  .array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 })
  .map((sizes) => sizes.map((seats, index) => ({ id: String(index), seats, arrival: index + 1 })))
const session = (startsAt: string, endsAt: string) => ({
  id: startsAt,
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
})

test('offers never exceed the free seats, follow arrival, and pass nobody before the last week', () => {
  fc.assert(
    fc.property(
      line,
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      (waiting, free, total) => {
        const chosen = nextOffers(waiting, { free, total }, 'strict')
        expect(chosen.reduce((sum, { seats }) => sum + seats, 0)).toBeLessThanOrEqual(free)
        const possible = waiting.filter(({ seats }) => seats <= total)
        expect(chosen).toEqual(possible.slice(0, chosen.length))
        const next = possible[chosen.length]
        const left = free - chosen.reduce((sum, { seats }) => sum + seats, 0)
        if (next !== undefined) expect(next.seats).toBeGreaterThan(left)
      },
    ),
    { seed: 4009, numRuns: 500 },
  )
})

test('in the last week no seat stays empty that some group in line could fill', () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 0, max: 30 }), (waiting, free) => {
      const chosen = nextOffers(waiting, { free, total: 30 }, 'first_that_fits')
      const left = free - chosen.reduce((sum, { seats }) => sum + seats, 0)
      expect(left).toBeGreaterThanOrEqual(0)
      for (const one of waiting.filter((entry) => !chosen.includes(entry)))
        expect(one.seats).toBeGreaterThan(left)
      expect(chosen.map(({ arrival }) => arrival)).toEqual(
        chosen.map(({ arrival }) => arrival).toSorted((a, b) => a - b),
      )
    }),
    { seed: 4009, numRuns: 500 },
  )
})

test('the order of handing over the list does not matter, only the number of arrival', () => {
  const waiting = [
    { id: 'b', seats: 1, arrival: 2 },
    { id: 'a', seats: 1, arrival: 1 },
  ]
  expect(nextOffers(waiting, { free: 1, total: 5 }, 'strict').map(({ id }) => id)).toEqual(['a'])
})

test('a newcomer does not slip into a seat that is kept for a group in line', () => {
  expect(mayBeSeated(1, { free: 1, servable: 1, order: 'strict' })).toBe(false)
  expect(mayBeSeated(1, { free: 1, servable: 0, order: 'strict' })).toBe(true)
  expect(mayBeSeated(1, { free: 1, servable: 1, order: 'first_that_fits' })).toBe(true)
  expect(mayBeSeated(2, { free: 1, servable: 0, order: 'first_that_fits' })).toBe(false)
})

test('the last week begins seven days before the first session', () => {
  const sessions = [session('2026-12-10T01:00:00Z', '2026-12-10T04:00:00Z')]
  expect(orderAt(sessions, new Date('2026-12-03T00:59:59Z'))).toBe('strict')
  expect(orderAt(sessions, new Date('2026-12-03T01:00:00Z'))).toBe('first_that_fits')
})

test('an offer ends when the class begins at the latest', () => {
  const sessions = [session('2026-12-10T01:00:00Z', '2026-12-10T04:00:00Z')]
  expect(offerEnds(sessions, 48, new Date('2026-12-01T01:00:00Z'))).toEqual(new Date('2026-12-03T01:00:00Z'))
  expect(offerEnds(sessions, 48, new Date('2026-12-09T01:00:00Z'))).toEqual(new Date('2026-12-10T01:00:00Z'))
})

test('reminders fall due three days and one day before, not for those seated after that moment', () => {
  const sessions = [session('2026-12-10T01:00:00Z', '2026-12-10T04:00:00Z')]
  const early = new Date('2026-11-01T00:00:00Z')
  const due = (seatedAt: Date, at: string) =>
    remindersDue(sessions, seatedAt, new Date(at)).map(({ days }) => days)
  expect(due(early, '2026-12-07T00:59:59Z')).toEqual([])
  expect(due(early, '2026-12-07T01:00:00Z')).toEqual([3])
  expect(due(early, '2026-12-09T01:00:00Z')).toEqual([1])
  expect(due(early, '2026-12-10T01:00:00Z')).toEqual([])
  expect(due(new Date('2026-12-08T00:00:00Z'), '2026-12-08T12:00:00Z')).toEqual([])
  expect(due(new Date('2026-12-08T00:00:00Z'), '2026-12-09T12:00:00Z')).toEqual([1])
})

test('a check-in belongs to the session of that day in Viet Nam, morning or afternoon', () => {
  const morning = session('2026-12-10T01:00:00Z', '2026-12-10T04:00:00Z')
  const afternoon = session('2026-12-10T06:30:00Z', '2026-12-10T09:30:00Z')
  const of = (at: string) => sessionOfDay([morning, afternoon], new Date(at))?.id
  expect(of('2026-12-10T00:20:00Z')).toBe(morning.id)
  expect(of('2026-12-10T06:00:00Z')).toBe(afternoon.id)
  expect(of('2026-12-09T16:59:00Z')).toBeUndefined()
  expect(of('2026-12-09T17:00:00Z')).toBe(morning.id)
})
