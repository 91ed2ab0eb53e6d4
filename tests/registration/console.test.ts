import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import * as desk from '../../src/registration/index.ts'
import { onServer, testDatabase } from '../support/database.ts'
import { AT, person, signUp, vault, type World, world } from './support.ts'

let db: Database
let w: World
beforeAll(async () => {
  db = await testDatabase(20)
  w = world(db)
})
afterAll(() => db.close())

const MAI = { id: 'mai', name: 'Chị Mai' }
const NAM = { id: 'nam', name: 'Anh Nam' }
const all = (filter: desk.Filter, page: desk.Page = {}) =>
  db.asOfficer('*', (tx) => desk.list(tx, filter, page, vault))
const idOf = async (reference: string) => (await all({ text: reference })).rows[0]?.id ?? ''

describe('the queue', () => {
  it('finds a registration by name, place, contact, reference, telephone number and tax code, with or without marks', async () => {
    const who = person()
    const reference = await signUp(w, db, who, 'HTX Nông nghiệp Tuấn Tú', 'organic', '0977 123 456')
    const found = async (text: string) => (await all({ text })).rows.map((row) => row.reference)
    for (const text of [
      'tuan tu',
      'Tuấn Tú',
      'TUẤN',
      'nông nghiệp tuấn',
      'huu tuan',
      'lê văn tuấn',
      reference,
      reference.toLowerCase(),
      '0977123456',
      '+84 977 123 456',
    ]) {
      expect(await found(text), text).toContain(reference)
    }
    for (const text of ['không có ai', '0977123457', '!!!', "' or 1=1"])
      expect(await found(text), text).toEqual([])
  })

  it('is paged without gap and without repetition while new ones arrive', async () => {
    for (let i = 0; i < 7; i++) await signUp(w, db, person(), `HTX Trang ${'abcdefg'[i]}`, '5s')
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: desk.Listed = await all({ support: '5s' }, { limit: 3, after })
      seen.push(...page.rows.map(({ reference }) => reference))
      after = page.next
      if (after) await signUp(w, db, person(), `HTX Mới ${seen.length}`, '5s')
    } while (after)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(7)
    const oldest = await all({ support: '5s' }, { order: 'oldest', limit: 1 })
    expect(oldest.rows[0]?.reference).toBe(seen.at(-1))
  })

  it('is filtered and counted by province, kind, state and officer, and bounded by the officer’s provinces', async () => {
    const reference = await signUp(w, db, person('dong-thap'), 'HTX Sen Tháp Mười', 'traceability')
    const mine = await db.asOfficer(['ninh-thuan'], (tx) => desk.list(tx, { text: reference }, {}, vault))
    expect(mine.rows).toEqual([])
    const theirs = await db.asOfficer(['dong-thap'], (tx) =>
      desk.list(tx, { states: ['new'], kind: 'interest', officer: 'none' }, {}, vault),
    )
    expect(theirs.rows.every(({ province }) => province === 'dong-thap')).toBe(true)
    const counted = await db.asOfficer(['dong-thap'], (tx) => desk.counts(tx, {}, vault))
    expect(counted.new).toBe(theirs.rows.length)
    const tally = await db.asOfficer(['dong-thap'], (tx) => desk.tally(tx, {}, vault))
    expect(tally.map(({ province }) => province)).toEqual(tally.map(() => 'dong-thap'))
  })

  it('keeps another province’s registration out of reach of every door', async () => {
    const id = await idOf(await signUp(w, db, person('dong-thap'), 'HTX Kín', 'labelling'))
    const deps = { vault, releaseSeats: null, outbox: { say: () => Promise.resolve('1') } }
    const change = {
      id,
      expectedVersion: 1,
      to: 'approved' as const,
      actor: desk.actorOf(MAI),
      reason: null,
      message: null,
    }
    await db.asOfficer(['ninh-thuan'], async (tx) => {
      expect(await desk.get(tx, id, vault)).toBeNull()
      expect(await desk.timeline(tx, id)).toEqual([])
      expect(await desk.claim(tx, id, MAI, AT)).toEqual({ outcome: 'not_found' })
      expect(await desk.note(tx, id, MAI, 'x', AT)).toBe(false)
      expect(await desk.changeState(deps, tx, change, AT)).toEqual({ outcome: 'not_found' })
      expect(await desk.previewMany(tx, [id], 'approved', null)).toEqual([])
    })
  })
})

describe('one registration', () => {
  it('is taken by one officer, given back, handed over, with notes, and every step stands in the history', async () => {
    const id = await idOf(await signUp(w, db, person(), 'HTX Bàn Giao', 'barcode'))
    await db.asOfficer('*', async (tx) => {
      expect(await desk.claim(tx, id, MAI, AT)).toMatchObject({ outcome: 'claimed' })
      expect(await desk.claim(tx, id, NAM, AT)).toEqual({ outcome: 'taken', by: 'Chị Mai' })
      expect(await desk.release(tx, id, NAM, AT)).toBe(false)
      expect(await desk.note(tx, id, MAI, 'đã gọi, hẹn thứ Hai', AT)).toBe(true)
      expect(await desk.handOver(tx, id, MAI, NAM, AT)).toBe(true)
      expect(await desk.release(tx, id, NAM, AT)).toBe(true)
      const kinds = (await desk.timeline(tx, id)).map(({ kind }) => kind)
      expect(kinds).toEqual(['submitted', 'claimed', 'note', 'handed_over', 'released'])
    })
  })

  it('is changed together with others only where its version is still the one seen, after a preview', async () => {
    const ids = [
      await idOf(await signUp(w, db, person(), 'HTX Một', 'st_task')),
      await idOf(await signUp(w, db, person(), 'HTX Hai', 'st_task')),
    ]
    const said: string[] = []
    const deps = {
      vault,
      releaseSeats: null,
      outbox: {
        say: (_: unknown, __: unknown, { text }: { text: string }) =>
          Promise.resolve(String(said.push(text))),
      },
    }
    const preview = await db.asOfficer('*', (tx) => desk.previewMany(tx, ids, 'declined', ''))
    expect(preview.map(({ obstacle }) => obstacle)).toEqual(['reason_missing', 'reason_missing'])
    const change = { to: 'declined' as const, officer: MAI, reason: 'ngoài phạm vi', message: null }
    const items = [
      { id: ids[0] ?? '', version: 1 },
      { id: ids[1] ?? '', version: 9 },
    ]
    const results = await db.asOfficer('*', (tx) => desk.changeMany(deps, tx, items, change, AT))
    expect(Object.fromEntries(results.map(({ id, result }) => [id, result.outcome]))).toEqual({
      [ids[0] ?? '']: 'changed',
      [ids[1] ?? '']: 'changed_meanwhile',
    })
    expect(said).toHaveLength(1)
  })

  it('of the same enterprise by another person is linked to the first, and staff see both', async () => {
    const first = await idOf(await signUp(w, db, person(), 'HTX Trùng Tên', 'gap'))
    const second = await idOf(await signUp(w, db, person(), 'hợp tác xã trùng tên', 'gap', '0988 777 666'))
    const row = (await all({ text: 'trung ten' })).rows.find(({ id }) => id === second)
    expect(row?.linkedTo).toBe(first)
    const related = await db.asOfficer('*', (tx) => desk.relatives(tx, first))
    expect(related.map(({ id }) => id)).toContain(second)
  })
})

describe.runIf(onServer)('officers at the same time (PostgreSQL)', () => {
  it('asking for the next one each get a different one, the oldest first, until none is left', async () => {
    await db.query(`update registration set officer_id = 'x', officer_name = 'x' where officer_id is null`)
    for (let i = 0; i < 12; i++) await signUp(w, db, person(), `HTX Hàng ${'abcdefghijkl'[i]}`, 'consulting')
    const taken = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        db.asOfficer('*', (tx) => desk.claimNext(tx, { id: `o${i}`, name: `O ${i}` }, AT)),
      ),
    )
    const ids = taken.flatMap((row) => (row ? [row.id] : []))
    expect(ids).toHaveLength(12)
    expect(new Set(ids).size).toBe(12)
  })

  it('deciding one registration: exactly one decision stands, one message is sent, the others see whose', async () => {
    const id = await idOf(await signUp(w, db, person(), 'HTX Tranh Nhau', 'consulting'))
    let messages = 0
    const deps = { vault, releaseSeats: null, outbox: { say: () => Promise.resolve(String(++messages)) } }
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        db.asOfficer('*', (tx) =>
          desk.changeState(
            deps,
            tx,
            {
              id,
              expectedVersion: 1,
              to: i % 2 ? 'approved' : 'declined',
              actor: desk.actorOf({ id: `o${i}`, name: `O ${i}` }),
              reason: 'r',
              message: null,
            },
            AT,
          ),
        ),
      ),
    )
    expect(results.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1)
    expect(
      results.filter((one) => one.outcome === 'changed_meanwhile' && one.last?.kind === 'state'),
    ).toHaveLength(7)
    expect(messages).toBe(1)
  })

  it('two people signing up one enterprise at once are linked, never lost', async () => {
    const references = await Promise.all(
      [1, 2, 3, 4].map((i) => signUp(w, db, person(), 'HTX Cùng Lúc', 'organic', `0912 345 67${i}`)),
    )
    expect(new Set(references).size).toBe(4)
    const { rows } = await db.query<{ linked: boolean }>(
      `select linked_to is not null as linked from registration where reference = any($1)`,
      [references],
    )
    expect(rows.filter(({ linked }) => linked)).toHaveLength(3)
  })
})
