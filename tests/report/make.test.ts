import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { classFacts } from '../../src/programme/index.ts'
import { annualHtml, makeAnnual, type ReportDoors } from '../../src/report/index.ts'
import { AT, after, DAY, HOUR, openClass, person, rooms } from '../programme/support.ts'
import { testDatabase } from '../support/database.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

type Plan = NonNullable<Awaited<ReturnType<ReportDoors['catalogue']>>>
const records = parse(
  readFileSync(fileURLToPath(new URL('../../knowledge/targets.yaml', import.meta.url)), 'utf8'),
) as Pick<Plan, 'targets' | 'derived' | 'rules' | 'duties'>

const doors: ReportDoors = {
  list: () => Promise.resolve({ rows: [], next: null }),
  timelines: () => Promise.resolve(new Map()),
  many: () => Promise.resolve(new Map()),
  classes: classFacts,
  unanswered: () => Promise.resolve([{ province: 'ninh-thuan', reason: 'no_source', asked_at: AT }]),
  catalogue: (code) =>
    Promise.resolve(
      code === 'ninh-thuan'
        ? {
            province: { code, name: 'Ninh Thuận' },
            documents: [{ label: 'KH 4009/KH-UBND' }],
            targets: records.targets,
            derived: records.derived,
            rules: records.rules,
            duties: (records.duties as (Plan['duties'][number] & { province: string })[]).filter(
              ({ province }) => province === code,
            ),
          }
        : null,
    ),
  supportName: (key) => key,
  department: () => 'Sở Khoa học và Công nghệ',
}

test('a check-in at the door of a class becomes a number beside the plan’s target, up to the cut-off and not after', async () => {
  const classId = await openClass(db, {
    seats: 5,
    sessions: [{ startsAt: after(10 * DAY), endsAt: after(10 * DAY + HOUR) }],
  })
  const { programme, desk } = rooms(db)
  for (const name of ['An', 'Bình', 'Chi']) {
    await db.inTransaction((tx) => programme.enrol(tx, { ...person(name), classId }, AT))
  }
  const by = { officer: 'o', at: after(10 * DAY) }
  for (const number of [1, 2]) {
    await db.asOfficer('*', (tx) => desk.checkIn(tx, { classId, number }, by))
  }
  await db.asOfficer('*', (tx) => desk.changeState(tx, { id: classId, to: 'held' }, by))
  const make = (cutOff: Date) =>
    db.asOfficer(['ninh-thuan'], (tx) =>
      makeAnnual(tx, doors, { province: 'ninh-thuan', year: 2026, cutOff, madeAt: after(12 * DAY) }),
    )
  const trained = (draft: Awaited<ReturnType<typeof make>>) =>
    draft?.indicators.find(({ id }) => id === 'nt-trained-2030')?.inPeriod?.count
  const late = await make(after(11 * DAY))
  expect(trained(late)).toBe(2)
  expect(late?.counts).toMatchObject({ classesHeld: 1, attendances: 2, noShows: 1 })
  expect(trained(await make(after(9 * DAY)))).toBe(0)
  expect(await make(after(11 * DAY))).toEqual(late)
  const page = late === null ? '' : await annualHtml(late, String)
  expect(page).toContain('Đã tổ chức 1 lớp, 2 lượt người')
  expect(page).toContain('ngày 10/11 hằng năm')
})

test('without a published plan there is no report', async () => {
  const request = { province: 'dong-thap', year: 2026, cutOff: AT, madeAt: AT }
  expect(await db.asOfficer('*', (tx) => makeAnnual(tx, doors, request))).toBeNull()
})
