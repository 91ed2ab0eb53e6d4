import { extractText } from 'unpdf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programmeHolding } from '../../src/programme/index.ts'
import { testDatabase } from '../support/database.ts'
import { AT, after, classInput, DAY, HOUR, openClass, person, rooms } from './support.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const by = (at = AT) => ({ officer: 'officer-1', at })
const DAY_OF_CLASS = after(30 * DAY - HOUR)

async function classWith(people: readonly ReturnType<typeof person>[], seats = 3) {
  const id = await openClass(db, { seats })
  const own = rooms(db)
  for (const one of people) {
    await db.inTransaction((tx) => own.programme.enrol(tx, { ...one, classId: id }, AT))
  }
  return { id, ...own }
}

const desk = <T>(work: Parameters<typeof db.asOfficer<T>>[1], province = 'ninh-thuan') =>
  db.asOfficer([province], work)

const codes = async (id: string) =>
  (
    await db.query<{ code: string }>(
      'select code from class_seat where class_id = $1 and code is not null order by number',
      [id],
    )
  ).rows

test('a draft is nobody’s business outside; opening it makes it visible in its province only', async () => {
  const own = rooms(db)
  const id = await desk((tx) => own.desk.create(tx, classInput({ support: 'draft-test' }), by()))
  expect(await own.programme.openClasses('ninh-thuan', 'draft-test', AT)).toEqual([])
  expect(await desk((tx) => own.desk.changeState(tx, { id, to: 'open' }, by()))).toBe('changed')
  expect(await own.programme.openClasses('ninh-thuan', 'draft-test', AT)).toHaveLength(1)
  expect(await own.programme.openClasses('dong-thap', 'draft-test', AT)).toEqual([])
  expect(await own.programme.openClasses('ninh-thuan', 'draft-test', after(20 * DAY))).toEqual([])
  expect(own.audited.map(({ action }) => action)).toEqual(['class.create', 'class.open'])
})

test('an officer of the other province finds no class, no list, no seat, and can change nothing', async () => {
  const { id, desk: rights } = await classWith([person('An')])
  const [seat] = await codes(id)
  const there = <T>(work: Parameters<typeof db.asOfficer<T>>[1]) => desk(work, 'dong-thap')
  expect(await there((tx) => rights.classPage(tx, id))).toBeNull()
  expect((await there((tx) => rights.list(tx, {}))).filter((one) => one.id === id)).toEqual([])
  expect(await there((tx) => rights.changeState(tx, { id, to: 'cancelled', reason: 'x' }, by()))).toBe(
    'unknown',
  )
  expect(await there((tx) => rights.checkIn(tx, { code: seat?.code ?? '' }, by(DAY_OF_CLASS)))).toEqual({
    outcome: 'unknown',
  })
  expect(await there((tx) => rights.certificate(tx, { classId: id, number: 1 }, AT))).toEqual({
    outcome: 'unknown',
  })
  await expect(there((tx) => rights.create(tx, classInput(), by()))).rejects.toThrow(/row-level security/)
})

test('a QR code checks in once, on the day, and only while its holder has the seat', async () => {
  const an = person('An')
  const { id, desk: rights, programme } = await classWith([an])
  const code = (await codes(id))[0]?.code ?? ''
  const scan = (at: Date) => desk((tx) => rights.checkIn(tx, { code }, by(at)))
  expect((await scan(AT)).outcome).toBe('no_session_today')
  expect((await scan(DAY_OF_CLASS)).outcome).toBe('checked_in')
  const again = await scan(after(HOUR, DAY_OF_CLASS))
  expect(again.outcome).toBe('already')
  expect(again).toMatchObject({ place: { number: 1, attendee: 'An' } })
  expect((await desk((tx) => rights.checkIn(tx, { code: 'guessed' }, by(DAY_OF_CLASS)))).outcome).toBe(
    'unknown',
  )
  const other = await classWith([person('Bình')])
  const old = (await codes(other.id))[0]?.code ?? ''
  const { enrolmentId } = (await desk((tx) => rights.classPage(tx, other.id)))?.places[0] ?? {
    enrolmentId: '',
  }
  expect(await desk((tx) => rights.remove(tx, { enrolmentId, reason: 'nhầm' }, by()))).toBe('removed')
  expect((await desk((tx) => rights.checkIn(tx, { code: old }, by(DAY_OF_CLASS)))).outcome).toBe('unknown')
  expect(await programme.own([an.conversationId])).toHaveLength(1)
})

test('attendance by name, no-shows after the class, certificates only for those who were there', async () => {
  const {
    id,
    desk: rights,
    outbox,
  } = await classWith([person('Nguyễn Thị Mượt'), person('Vắng Mặt'), person('Nhóm', 1)])
  const at = DAY_OF_CLASS
  expect((await desk((tx) => rights.checkIn(tx, { classId: id, number: 1 }, by(at)))).outcome).toBe(
    'checked_in',
  )
  expect(await desk((tx) => rights.changeState(tx, { id, to: 'held' }, by(at)))).toBe('not_begun')
  expect(await desk((tx) => rights.changeState(tx, { id, to: 'held' }, by(after(HOUR * 4, at))))).toBe(
    'changed',
  )
  const page = await desk((tx) => rights.classPage(tx, id))
  expect(page?.noShows.map(({ holder }) => holder)).toEqual(['Vắng Mặt', 'Nhóm'])
  const made = await desk((tx) => rights.certificate(tx, { classId: id, number: 1 }, at))
  expect(made.outcome).toBe('made')
  const { text } = await extractText(new Uint8Array(made.outcome === 'made' ? made.pdf : []), {
    mergePages: true,
  })
  expect(text).toContain('Nguyễn Thị Mượt')
  expect(text).toContain('Lớp 5S cho hợp tác xã')
  expect(text).toContain('Số buổi có mặt: 1/1')
  expect(text).toContain('không có chữ ký, không có con dấu')
  expect(await desk((tx) => rights.certificate(tx, { classId: id, number: 2 }, at))).toEqual({
    outcome: 'not_attended',
  })
  const before = outbox.files.length
  expect(await desk((tx) => rights.sendCertificates(tx, id, by(at)))).toBe(1)
  expect(outbox.files.slice(before).map(({ to, file }) => [to.person, file.mediaType])).toEqual([
    ['Nguyễn Thị Mượt', 'application/pdf'],
  ])
})

test('further seats of a group have no name until an officer gives one, and no certificate before that', async () => {
  const { id, desk: rights } = await classWith([person('Trưởng nhóm', 2)])
  const seen = by(DAY_OF_CLASS)
  await desk((tx) => rights.checkIn(tx, { classId: id, number: 2 }, seen))
  const ask = () => desk((tx) => rights.certificate(tx, { classId: id, number: 2 }, AT))
  expect(await ask()).toEqual({ outcome: 'no_name' })
  expect(await desk((tx) => rights.nameAttendee(tx, { classId: id, number: 2, name: ' Lê Ý ' }, seen))).toBe(
    true,
  )
  expect((await ask()).outcome).toBe('made')
})

test('calling a class off needs a reason, tells everyone in it once, and frees every seat', async () => {
  const { id, desk: rights, outbox } = await classWith([person('An'), person('Bình', 2), person('Chờ')])
  expect(await desk((tx) => rights.changeState(tx, { id, to: 'cancelled' }, by()))).toBe('reason_missing')
  expect(await desk((tx) => rights.changeState(tx, { id, to: 'cancelled', reason: 'Bão số 12' }, by()))).toBe(
    'changed',
  )
  expect(outbox.said.map(({ to }) => to.person)).toEqual(['An', 'Bình', 'Chờ'])
  expect(outbox.said[0]?.text).toContain('Bão số 12')
  const { rows } = await db.query(
    'select 1 from class_seat where class_id = $1 and enrolment_id is not null',
    [id],
  )
  expect(rows).toEqual([])
  expect(await desk((tx) => rights.changeState(tx, { id, to: 'open' }, by()))).toBe('not_allowed')
})

test('a larger class serves the line; a smaller one never takes a seat away; an old page overwrites nothing', async () => {
  const { id, desk: rights, outbox } = await classWith([person('An', 3), person('Bình', 2)])
  const change = (version: number, seats: number) =>
    desk((tx) => rights.update(tx, { id, version, input: classInput({ seats }) }, by()))
  const version = (await desk((tx) => rights.classPage(tx, id)))?.class.version ?? 0
  expect(await change(version, 2)).toBe('too_few_seats')
  expect(await change(version, 5)).toBe('changed')
  expect(outbox.said.map(({ to, reason }) => [to.person, reason])).toEqual([['Bình', 'Báo có chỗ trong lớp']])
  expect(await change(version, 6)).toBe('stale')
})

test('moving a class in time or place is told to everyone in it; a session with check-ins cannot vanish', async () => {
  const { id, desk: rights, outbox } = await classWith([person('An')])
  const page = async () => (await desk((tx) => rights.classPage(tx, id)))?.class.version ?? 0
  const sessions = [{ startsAt: after(31 * DAY), endsAt: after(31 * DAY + HOUR) }]
  const input = classInput({ seats: 3, sessions })
  const version = await page()
  await desk((tx) => rights.update(tx, { id, version, input }, by()))
  expect(outbox.said.some(({ reason }) => reason === 'Báo lớp có thay đổi')).toBe(true)
  await desk((tx) => rights.checkIn(tx, { classId: id, number: 1 }, by(after(31 * DAY))))
  const back = { id, version: await page(), input: classInput({ seats: 3 }) }
  expect(await desk((tx) => rights.update(tx, back, by()))).toBe('has_attendance')
})

test('erasing a person frees the seat of a class to come and leaves only the count of one that was', async () => {
  const [an, binh] = [person('An Nguyên Vẹn'), person('Bình Chờ')]
  const { id, programme } = await classWith([an, binh], 1)
  const holding = programmeHolding(programme)
  expect(JSON.stringify(await holding.dataOf(db, [an.conversationId]))).toContain('An Nguyên Vẹn')
  await db.inTransaction((tx) =>
    holding.erase(tx, [an.conversationId], '11111111-1111-4111-8111-111111111111', AT),
  )
  const { rows } = await db.query<{ row: string }>(
    'select e::text as row from class_enrolment e where class_id = $1 order by arrival',
    [id],
  )
  expect(rows[0]?.row).not.toContain('An Nguyên Vẹn')
  expect(rows[0]?.row).not.toContain(an.conversationId)
  expect(rows[1]?.row).toContain('offered')
})
