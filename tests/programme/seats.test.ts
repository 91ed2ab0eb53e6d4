import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { race } from '../load/seat-race.ts'
import type { Raced } from '../load/seat-racer.ts'
import { onServer, testDatabase } from '../support/database.ts'
import { AT, after, DAY, HOUR, openClass, person, rooms } from './support.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase(12)
})
afterAll(() => db.close())

async function enrolAll(classId: string, people: readonly ReturnType<typeof person>[], at = AT) {
  const { programme } = rooms(db)
  const results = []
  for (const one of people) {
    results.push(await db.inTransaction((tx) => programme.enrol(tx, { ...one, classId }, at)))
  }
  return results
}

const states = async (classId: string) => {
  const { rows } = await db.query<{ state: string; arrival: number; seats: number }>(
    'select state, arrival, seats from class_enrolment where class_id = $1 order by arrival',
    [classId],
  )
  return rows.map(({ state }) => state)
}

test('the first are seated, the next wait in order of arrival and are told how many are before them', async () => {
  const id = await openClass(db, { seats: 2 })
  const results = await enrolAll(
    id,
    ['An', 'Bình', 'Chi', 'Dũng'].map((name) => person(name)),
  )
  expect(results.map(({ outcome }) => outcome)).toEqual(['seated', 'seated', 'waiting', 'waiting'])
  expect(results[3]?.message.text).toContain('trước anh/chị có 1 lượt')
  expect(results[3]?.message.text).toContain('giữ chỗ trong 24 giờ')
})

test('a group takes all its seats or none', async () => {
  const id = await openClass(db, { seats: 5 })
  const results = await enrolAll(id, [person('Nhóm 3', 3), person('Nhóm 3 nữa', 3)])
  expect(results.map(({ outcome }) => outcome)).toEqual(['seated', 'waiting'])
  const { rows } = await db.query(
    'select number from class_seat where class_id = $1 and enrolment_id is not null',
    [id],
  )
  expect(rows).toHaveLength(3)
  const [refused] = await enrolAll(id, [person('Nhóm 6', 6)])
  expect(refused).toMatchObject({ outcome: 'refused', reason: 'too_many_seats' })
})

test('asking again for the same registration changes nothing', async () => {
  const id = await openClass(db, { seats: 1 })
  const one = person('An')
  const [first, again] = await enrolAll(id, [one, one])
  expect(first).toMatchObject({ outcome: 'seated', repeated: false })
  expect(again).toMatchObject({ outcome: 'seated', repeated: true })
  expect(await states(id)).toEqual(['seated'])
})

test('before opening, after closing, in another province and in an unknown class nobody is enrolled', async () => {
  const id = await openClass(db, { opensAt: after(DAY), closesAt: after(2 * DAY) })
  const { programme } = rooms(db)
  const ask = (at: Date, change: object = {}) =>
    db.inTransaction((tx) => programme.enrol(tx, { ...person('An'), classId: id, ...change }, at))
  expect(await ask(AT)).toMatchObject({ reason: 'not_open_yet' })
  expect(await ask(after(2 * DAY))).toMatchObject({ reason: 'closed' })
  expect(await ask(after(DAY), { classId: '00000000-0000-4000-8000-000000000000' })).toMatchObject({
    reason: 'unknown_class',
  })
  const other = person('Tư')
  other.applicant.province = 'dong-thap'
  expect(await ask(after(DAY), other)).toMatchObject({ reason: 'other_province' })
  expect(await states(id)).toEqual([])
  expect(await ask(after(DAY))).toMatchObject({ outcome: 'seated' })
})

test('a freed seat is offered to the next; silence lets it go to the one after; a late yes comes too late', async () => {
  const id = await openClass(db, { seats: 1, offerHours: 24 })
  const [an, binh, chi] = [person('An'), person('Bình'), person('Chi')]
  await enrolAll(id, [an, binh, chi])
  const { programme, outbox } = rooms(db)
  await db.inTransaction((tx) => programme.release(tx, an, AT))
  expect(await states(id)).toEqual(['cancelled', 'offered', 'waiting'])
  expect(outbox.said.map(({ to }) => to.person)).toEqual(['Bình'])
  const offer = outbox.said[0]?.message.actions[0]?.send ?? ''
  expect(offer).toMatch(/^#offer:[0-9a-f-]{36}:yes$/)
  expect(offer.length).toBeLessThanOrEqual(60)
  const enrolmentId = offer.split(':')[1] ?? ''
  const late = await db.inTransaction((tx) =>
    programme.answerOffer(
      tx,
      { enrolmentId, yes: true, conversationIds: [binh.conversationId], language: 'vi' },
      after(24 * HOUR),
    ),
  )
  expect(late.outcome).toBe('expired')
  expect(await states(id)).toEqual(['cancelled', 'expired', 'offered'])
  expect(outbox.said.map(({ to }) => to.person)).toEqual(['Bình', 'Bình', 'Chi'])
})

test('the clock alone lets offers run out and passes the seat on, once', async () => {
  const id = await openClass(db, { seats: 1, offerHours: 24 })
  const [an, binh, chi] = [person('An'), person('Bình'), person('Chi')]
  await enrolAll(id, [an, binh, chi])
  const { programme, outbox } = rooms(db)
  await db.inTransaction((tx) => programme.release(tx, an, AT))
  await programme.tick(after(24 * HOUR - 1000))
  expect(await states(id)).toEqual(['cancelled', 'offered', 'waiting'])
  await programme.tick(after(24 * HOUR))
  await programme.tick(after(24 * HOUR + 1000))
  expect(await states(id)).toEqual(['cancelled', 'expired', 'offered'])
  expect(outbox.said.filter(({ to }) => to.person === 'Chi')).toHaveLength(1)
})

test('a yes takes the seat and a QR code per seat goes out; a stranger’s press of the same button does nothing', async () => {
  const id = await openClass(db, { seats: 2 })
  const [an, nhom] = [person('An', 2), person('Nhóm', 2)]
  await enrolAll(id, [an, nhom])
  const { programme, outbox } = rooms(db)
  await db.inTransaction((tx) => programme.release(tx, an, AT))
  const enrolmentId = outbox.said[0]?.message.actions[0]?.send.split(':')[1] ?? ''
  const answer = (conversationIds: string[]) =>
    db.inTransaction((tx) =>
      programme.answerOffer(tx, { enrolmentId, yes: true, conversationIds, language: 'vi' }, AT),
    )
  expect((await answer(['00000000-0000-4000-8000-000000000000'])).outcome).toBe('gone')
  expect(await states(id)).toEqual(['cancelled', 'offered'])
  expect((await answer([nhom.conversationId])).outcome).toBe('seated')
  expect((await answer([nhom.conversationId])).outcome).toBe('seated')
  expect(outbox.files).toHaveLength(2)
  for (const { file } of outbox.files) {
    expect(Buffer.from(file.bytes).subarray(1, 4).toString()).toBe('PNG')
  }
  const { rows } = await db.query<{ code: string }>('select code from class_seat where class_id = $1', [id])
  expect(new Set(rows.map(({ code }) => code)).size).toBe(2)
  for (const { code } of rows) expect(code).toMatch(/^[\w-]{20}$/)
})

test('a seat too few is kept for the group at the head of the line, and in the last week goes to who fits', async () => {
  const id = await openClass(db, {
    seats: 3,
    sessions: [{ startsAt: after(10 * DAY), endsAt: after(10 * DAY + HOUR) }],
  })
  const [one, two, group, single] = [person('Một'), person('Hai', 2), person('Nhóm', 3), person('Lẻ')]
  await enrolAll(id, [one, two, group, single])
  const { programme } = rooms(db)
  await db.inTransaction((tx) => programme.release(tx, one, AT))
  expect(await states(id)).toEqual(['cancelled', 'seated', 'waiting', 'waiting'])
  await programme.tick(after(3 * DAY - 1))
  expect(await states(id)).toEqual(['cancelled', 'seated', 'waiting', 'waiting'])
  await programme.tick(after(3 * DAY))
  expect(await states(id)).toEqual(['cancelled', 'seated', 'waiting', 'offered'])
})

test('reminders go out three days and one day before, each once, and not to those who left', async () => {
  const id = await openClass(db, {
    seats: 2,
    sessions: [{ startsAt: after(10 * DAY), endsAt: after(10 * DAY + HOUR) }],
  })
  const [an, binh] = [person('An'), person('Bình')]
  await enrolAll(id, [an, binh])
  const { programme, outbox } = rooms(db)
  await db.inTransaction((tx) => programme.release(tx, binh, AT))
  for (const at of [after(7 * DAY), after(7 * DAY + HOUR), after(9 * DAY), after(9 * DAY + HOUR)]) {
    await programme.tick(at)
  }
  const reminders = outbox.said.filter(({ reason, to }) => reason === 'Nhắc lịch học' && to.person === 'An')
  expect(reminders).toHaveLength(2)
  expect(reminders[0]?.text).toContain('9:00 thứ Hai, 30/11/2026')
  expect(outbox.said.filter(({ to }) => to.person === 'Bình')).toHaveLength(0)
})

describe('overbooking is refused by the database itself', () => {
  test('a seat cannot be taken without its enrolment, nor an enrolment seated without its seats', async () => {
    const id = await openClass(db, { seats: 1 })
    await enrolAll(id, [person('An'), person('Bình')])
    const waiting = db.inTransaction((tx) =>
      tx.query(`update class_enrolment set state = 'seated' where class_id = $1 and state = 'waiting'`, [id]),
    )
    await expect(waiting).rejects.toThrow(/does not hold exactly its seats/)
    const freed = db.inTransaction((tx) =>
      tx.query(
        'update class_seat set enrolment_id = null, code = null, attendee = null where class_id = $1',
        [id],
      ),
    )
    await expect(freed).rejects.toThrow(/does not hold exactly its seats/)
    expect(await states(id)).toEqual(['seated', 'waiting'])
  })

  test('no seat row can be added beside the number of seats, nor the number changed without rows', async () => {
    const id = await openClass(db, { seats: 1 })
    const extra = db.inTransaction((tx) =>
      tx.query(`insert into class_seat (class_id, number, province) values ($1, 2, 'ninh-thuan')`, [id]),
    )
    await expect(extra).rejects.toThrow(/another number of seat rows/)
    const grown = db.inTransaction((tx) => tx.query('update class set seats = 5 where id = $1', [id]))
    await expect(grown).rejects.toThrow(/another number of seat rows/)
  })
})

test('no sequence of sign-ups, answers, releases and time passing overbooks, loses a place or reorders the line', async () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('enrol' as const), seats: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('release' as const), who: fc.nat(20) }),
    fc.record({ do: fc.constant('answer' as const), who: fc.nat(20), yes: fc.boolean() }),
    fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 60 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 20 }), async (actions) => {
      const id = await openClass(db, { seats: 4 })
      const { programme } = rooms(db)
      const people: ReturnType<typeof person>[] = []
      let at = AT
      for (const one of actions) {
        if (one.do === 'enrol') {
          const newcomer = person(`P${people.length}`, one.seats)
          people.push(newcomer)
          await db.inTransaction((tx) => programme.enrol(tx, { ...newcomer, classId: id }, at))
        } else if (one.do === 'wait') {
          at = after(one.hours * HOUR, at)
          await programme.tick(at)
        } else {
          const who = people[one.who % Math.max(people.length, 1)]
          if (who === undefined) continue
          if (one.do === 'release') await db.inTransaction((tx) => programme.release(tx, who, at))
          else {
            const [mine] = await programme.own([who.conversationId])
            if (mine === undefined) continue
            const answer = {
              enrolmentId: mine.enrolment.id,
              yes: one.yes,
              conversationIds: [who.conversationId],
              language: 'vi' as const,
            }
            await db.inTransaction((tx) => programme.answerOffer(tx, answer, at))
          }
        }
        await invariants(id, at)
      }
    }),
    { seed: 2026, numRuns: onServer ? 25 : 12 },
  )
}, 120_000)

async function invariants(classId: string, at: Date) {
  const { rows } = await db.query<{
    id: string
    state: string
    seats: number
    arrival: number
    held: number
  }>(
    `select e.id, e.state, e.seats, e.arrival,
            (select count(*)::int from class_seat s where s.enrolment_id = e.id) as held
     from class_enrolment e where class_id = $1 order by arrival`,
    [classId],
  )
  expect(rows.map(({ arrival }) => arrival)).toEqual(rows.map((_, index) => index + 1))
  const holding = rows.filter(({ state }) => state === 'seated' || state === 'offered')
  expect(holding.every(({ seats, held }) => seats === held)).toBe(true)
  const taken = holding.reduce((sum, { seats }) => sum + seats, 0)
  expect(taken).toBeLessThanOrEqual(4)
  // more than a week before the class: whoever is first in line does not fit into what is free
  const first = rows.find(({ state }) => state === 'waiting')
  if (first !== undefined && at < after(20 * DAY)) expect(first.seats).toBeGreaterThan(4 - taken)
}

test.runIf(onServer)(
  '500 people race for 20 seats from three processes: 20 seated, 480 in order of arrival, 20 cancellations bring the next 20 offers',
  async () => {
    const id = await openClass(db, { seats: 20 })
    const raced500 = await race(db.url ?? '', id, { people: 500, processes: 3 })
    expect(raced500.filter(({ outcome }) => outcome === 'seated')).toHaveLength(20)
    expect(raced500.filter(({ outcome }) => outcome === 'waiting')).toHaveLength(480)
    expectOrderOfArrival(raced500)
    const line = async () =>
      (
        await db.query<{ arrival: number; state: string; registration_id: string }>(
          'select arrival, state, registration_id from class_enrolment where class_id = $1 order by arrival',
          [id],
        )
      ).rows
    const raced = await line()
    expect(raced.map(({ arrival }) => arrival)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    expect(raced.slice(0, 20).every(({ state }) => state === 'seated')).toBe(true)
    expect(raced.slice(20).every(({ state }) => state === 'waiting')).toBe(true)
    const { programme, outbox } = rooms(db)
    const cancelled = raced.slice(0, 20)
    await Promise.all(
      cancelled.map((one) =>
        db.inTransaction((tx) => programme.release(tx, { registrationId: one.registration_id }, after(HOUR))),
      ),
    )
    const then = await line()
    expect(then.filter(({ state }) => state === 'cancelled').map(({ arrival }) => arrival)).toEqual(
      range(1, 20),
    )
    expect(then.filter(({ state }) => state === 'offered').map(({ arrival }) => arrival)).toEqual(
      range(21, 40),
    )
    expect(then.filter(({ state }) => state === 'waiting').map(({ arrival }) => arrival)).toEqual(
      range(41, 500),
    )
    expect(outbox.said).toHaveLength(20)
  },
  120_000,
)

/** Nobody who was answered before another had even asked stands behind that other, whichever process they came from. */
function expectOrderOfArrival(raced: readonly Raced[]) {
  const inLine = raced.toSorted((a, b) => a.arrival - b.arrival)
  let earliestAnswerBehind = Number.POSITIVE_INFINITY
  for (const one of inLine.toReversed()) {
    expect(earliestAnswerBehind).toBeGreaterThan(one.began)
    earliestAnswerBehind = Math.min(earliestAnswerBehind, one.answered)
  }
  // answered under the lock: the moments stand in the same order as the places
  const moments = inLine.map(({ answered }) => answered)
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
