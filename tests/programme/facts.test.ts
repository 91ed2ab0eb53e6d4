import { afterAll, beforeAll, expect, test } from 'vitest'
import { classFacts, programmeHolding } from '../../src/programme/index.ts'
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
