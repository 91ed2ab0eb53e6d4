import { afterAll, beforeAll, expect, test } from 'vitest'
import { classFacts, forgetEnrolments, programmeHolding } from '../../src/programme/index.ts'
import { testDatabase } from '../support/database.ts'
import { AT, after, DAY, HOUR, openClass, person, rooms } from './support.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

test('a report counts seats that were checked in before its cut-off, also of people erased since', async () => {
  const classId = await openClass(db, { seats: 3 })
  const { programme, desk } = rooms(db)
  const [an, binh] = [person('An', 2), person('Bình')]
  for (const one of [an, binh]) await db.inTransaction((tx) => programme.enrol(tx, { ...one, classId }, AT))
  const at = after(30 * DAY)
  for (const number of [1, 2]) {
    await db.asOfficer(['ninh-thuan'], (tx) => desk.checkIn(tx, { classId, number }, { officer: 'o', at }))
  }
  const count = (until: Date) =>
    db.asOfficer(['ninh-thuan'], (tx) => classFacts(tx, 'ninh-thuan', { from: AT, until }))
  expect(await count(after(30 * DAY))).toEqual([])
  expect(await count(after(31 * DAY))).toMatchObject([
    { seats: 3, seated: 3, attended: 2, registrationIds: [an.registrationId] },
  ])
  const holding = programmeHolding(programme)
  await db.inTransaction((tx) =>
    holding.erase(tx, [an.conversationId], '11111111-1111-4111-8111-111111111111', after(31 * DAY + HOUR)),
  )
  expect(await count(after(31 * DAY))).toMatchObject([{ attended: 2, registrationIds: [] }])
  expect(
    await db.asOfficer(['dong-thap'], (tx) =>
      classFacts(tx, 'ninh-thuan', { from: AT, until: after(31 * DAY) }),
    ),
  ).toEqual([])
})

test('after the term of retention nobody of a past class is named, the count stays, a class to come is not touched', async () => {
  const past = await openClass(db, { seats: 2, title: 'Lớp đã qua' })
  const toCome = await openClass(db, {
    seats: 2,
    sessions: [{ startsAt: after(900 * DAY), endsAt: after(900 * DAY + HOUR) }],
  })
  const { programme, desk } = rooms(db)
  for (const classId of [past, toCome]) {
    await db.inTransaction((tx) => programme.enrol(tx, { ...person('Tên Phải Quên'), classId }, AT))
  }
  await db.asOfficer('*', (tx) =>
    desk.checkIn(tx, { classId: past, number: 1 }, { officer: 'o', at: after(30 * DAY) }),
  )
  const names = async (classId: string) =>
    (
      await db.query<{ row: string }>(
        `select e::text || s::text as row from class_enrolment e join class_seat s on s.enrolment_id = e.id where e.class_id = $1`,
        [classId],
      )
    ).rows[0]?.row
  const forget = (before: Date) =>
    db.inTransaction((tx) => forgetEnrolments(tx, before, '22222222-2222-4222-8222-222222222222'))
  await forget(after(29 * DAY))
  expect(await names(past)).toContain('Tên Phải Quên')
  expect(await forget(after(31 * DAY))).toBeGreaterThan(0)
  expect(await forget(after(31 * DAY))).toBe(0)
  expect(await names(past)).not.toContain('Tên Phải Quên')
  expect(await names(toCome)).toContain('Tên Phải Quên')
  const facts = await classFacts(db, 'ninh-thuan', { from: AT, until: after(31 * DAY) })
  expect(facts.find(({ id }) => id === past)?.attended).toBe(1)
})
