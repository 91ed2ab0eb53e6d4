import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import * as registration from '../../src/registration/index.ts'
import { testDatabase } from '../support/database.ts'
import { AT, person, signUp, talk, vault, world } from './support.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const officer = { id: 'o1', name: 'Chị Mai' }

describe('a registration', () => {
  it('is stored with a reference, sealed numbers and the consent word for word', async () => {
    const w = world(db)
    const who = person()
    const reference = await signUp(w, db, who)
    const { rows } = await db.query('select * from registration where reference = $1', [reference])
    expect(JSON.stringify(rows)).not.toContain('912345678')
    expect(rows[0]).toMatchObject({
      enterprise_name: 'HTX Phước Hữu',
      enterprise_type: 'cooperative',
      province: 'ninh-thuan',
      commune_code: '22891',
      state: 'new',
    })
    expect(w.consents).toEqual([
      {
        purpose: 'registration',
        reply: 'đồng ý',
        via: 'typed',
        version: 'registration-1',
        conversationId: who.id,
      },
    ])
    const own = await w.registrations.signUps.own(who)
    expect(own[0]?.text).toContain('0912 345 678')
  })

  it('is found and decided by an officer of its province, and the person is told in the same transaction', async () => {
    const w = world(db)
    const who = person()
    const reference = await signUp(w, db, who, 'HTX Nho Xanh')
    const page = await db.asOfficer(['ninh-thuan'], (tx) =>
      registration.list(tx, { text: 'nho xanh' }, {}, vault),
    )
    const row = page.rows.find((one) => one.reference === reference)
    expect(row?.phoneMask).toBe('0912 *** 678')
    const none = await db.asOfficer(['dong-thap'], (tx) =>
      registration.list(tx, { text: 'nho xanh' }, {}, vault),
    )
    expect(none.rows).toEqual([])
    const deps = {
      vault,
      outbox: {
        say: (_: unknown, to: unknown, message: { text: string }) => {
          w.said.push({ to, message } as never)
          return Promise.resolve('x')
        },
      },
      releaseSeats: null,
    }
    const changed = await db.asOfficer(['ninh-thuan'], (tx) =>
      registration.changeState(
        deps,
        tx,
        {
          id: row?.id ?? '',
          expectedVersion: 1,
          to: 'needs_more',
          actor: registration.actorOf(officer),
          reason: 'thiếu mã số thuế',
          message: null,
          requested: ['tax_code'],
        },
        AT,
      ),
    )
    expect(changed.outcome).toBe('changed')
    expect(w.said[0]?.message.text).toContain('thiếu mã số thuế')
    const again = await db.asOfficer(['ninh-thuan'], (tx) =>
      registration.changeState(
        deps,
        tx,
        {
          id: row?.id ?? '',
          expectedVersion: 1,
          to: 'approved',
          actor: registration.actorOf({ id: 'o2', name: 'Anh Nam' }),
          reason: null,
          message: null,
        },
        AT,
      ),
    )
    expect(again).toMatchObject({
      outcome: 'changed_meanwhile',
      last: { actorName: 'Chị Mai', toState: 'needs_more' },
    })
    const press = await db.inTransaction((tx) =>
      w.registrations.signUps.press(tx, { reference, verb: 'complete' }, who, AT),
    )
    expect(press.replies[0]?.text).toContain('Mã số thuế')
    const { replies } = await talk(w, db, who, ['4500123456', 'gửi'], { form: press.form })
    expect(replies[0]?.text).toContain('trở lại bước xem xét')
    const now = await db.asOfficer(['ninh-thuan'], (tx) => registration.get(tx, row?.id ?? '', vault))
    expect(now).toMatchObject({ state: 'reviewing', taxCode: '4500123456', version: 3 })
  })

  it('is not doubled by the same person, and somebody else learns only that one exists', async () => {
    const w = world(db)
    const [first, second] = [person(), person()]
    const reference = await signUp(w, db, first, 'Công ty TNHH Một Thành Viên Hoa Sen')
    expect(await signUp(w, db, first, 'Cty TNHH MTV Hoa Sen')).toBe(reference)
    const { replies } = await talk(
      w,
      db,
      second,
      ['cty tnhh mtv hoa sen', 'Trần Văn Bình', '0987 654 321', 'xã Ninh Phước', 'đồng ý', 'gửi'],
      { support: 'gap' },
    )
    const text = replies.map((reply) => reply.text).join('\n')
    expect(text).toContain('cán bộ Sở sẽ đối chiếu')
    expect(text).not.toContain(reference)
    expect(text).not.toContain('Huy')
    expect(
      (await w.registrations.signUps.press(db, { reference, verb: 'show' }, second, AT)).replies[0]?.text,
    ).toContain('không thấy hồ sơ')
  })
})
