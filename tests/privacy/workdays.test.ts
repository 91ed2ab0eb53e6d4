import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { addWorkingDays, isWorkingDay, parseCalendar } from '../../src/privacy/workdays.ts'

const calendar = parseCalendar(
  readFileSync(new URL('../../knowledge/holidays.yaml', import.meta.url), 'utf8'),
)
const hanoi = (text: string) => new Date(`${text}+07:00`)

test.each([
  ['a Friday, two days, ends on Tuesday', '2026-11-20T10:00:00', 2, '2026-11-24'],
  ['late on Friday evening in Viet Nam is still Friday', '2026-11-20T23:59:00', 1, '2026-11-23'],
  ['just after midnight is the next day', '2026-11-21T00:01:00', 1, '2026-11-23'],
  ['over the New Year', '2026-12-31T09:00:00', 1, '2027-01-04'],
  ['over Tết 2026, nine days off', '2026-02-13T09:00:00', 2, '2026-02-24'],
  ['over 30 April and 1 May 2026', '2026-04-24T09:00:00', 3, '2026-05-04'],
  ['ten working days', '2026-11-02T09:00:00', 10, '2026-11-16'],
])('%s', (_, from, count, until) => {
  expect(addWorkingDays(hanoi(from), count, calendar)).toBe(until)
})

test('a Saturday worked in exchange counts, a day nobody has announced does not lengthen a term', () => {
  expect(isWorkingDay('2026-11-24', calendar)).toBe(true)
  expect(isWorkingDay('2026-08-22', calendar)).toBe(false)
  expect(isWorkingDay('2026-08-22', { ...calendar, working: new Set(['2026-08-22']) })).toBe(true)
})

test('both years have the lunar holidays', () => {
  expect(calendar.years).toEqual([2026, 2027])
  for (const day of ['2026-02-17', '2026-04-27', '2027-02-08', '2027-04-16'])
    expect(isWorkingDay(day, calendar)).toBe(false)
})

test('a file that is no calendar is refused', () => {
  expect(() => parseCalendar('holidays: [{date: 1/1/2026}]')).toThrow(/date|version/)
})
