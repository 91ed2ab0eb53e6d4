import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import { createIdentity, purgeClosed, registrationHolding, surveysOf } from '../../src/registration/index.ts'
import { sizeClassOf } from '../../src/registration/survey.ts'
import type { Values } from '../../src/registration/values.ts'
import { testDatabase } from '../support/database.ts'
import { AT, person, signUp, talk, vault, world } from './support.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000)

describe('one person on two channels', () => {
  const identity = createIdentity(vault)

  it('is linked by a code shown in one and typed in the other, and then sees both registrations', async () => {
    const w = world(db)
    const [zalo, web] = [person(), person()]
    const reference = await signUp(w, db, zalo, 'HTX Hai Kênh')
    expect((await w.registrations.signUps.own(web))[0]?.text).toContain('chưa có đăng ký')
    const { text } = await db.inTransaction((tx) => w.registrations.links.issue(tx, zalo.id, 'vi', AT))
    const code = /: (\d{8})/.exec(text)?.[1] ?? ''
    const linked = await db.inTransaction((tx) =>
      w.registrations.links.redeem(tx, ` ${code.slice(0, 4)} ${code.slice(4)}`, web.id, 'vi', later(9)),
    )
    expect(linked.text).toContain('Đã liên kết')
    expect((await w.registrations.signUps.own(web))[0]?.text).toContain(reference)
    const cancel = await db.inTransaction((tx) =>
      w.registrations.signUps.press(tx, { reference, verb: 'cancel' }, web, AT),
    )
    expect(cancel.replies[0]?.text).toContain('Huỷ đăng ký')
    await db.inTransaction((tx) => identity.unlink(tx, web.id))
    expect((await w.registrations.signUps.own(web))[0]?.text).toContain('chưa có đăng ký')
  })

  it('is never linked by a used, expired, replaced, own or guessed code, and guessing is stopped', async () => {
    const [a, b] = [randomUUID(), randomUUID()]
    const redeem = (who: string, code: string, at: Date) =>
      db.inTransaction((tx) => identity.redeem(tx, who, code, at))
    const issue = (at: Date) => db.inTransaction((tx) => identity.issueCode(tx, a, at))
    const first = await issue(AT)
    expect((await redeem(b, first.code, later(11))).outcome).toBe('wrong')
    const second = await issue(AT)
    const third = await issue(AT)
    expect((await redeem(a, third.code, AT)).outcome).toBe('same_conversation')
    expect((await redeem(b, second.code, later(30))).outcome).toBe('wrong')
    expect((await redeem(b, third.code, AT)).outcome).toBe('linked')
    expect((await redeem(randomUUID(), third.code, AT)).outcome).toBe('wrong')
    const guesser = randomUUID()
    for (let i = 0; i < 5; i++) expect((await redeem(guesser, '00000000', AT)).outcome).toBe('wrong')
    const good = await issue(AT)
    expect((await redeem(guesser, good.code, AT)).outcome).toBe('too_many')
    expect((await redeem(guesser, (await issue(later(16))).code, later(16))).outcome).toBe('linked')
  })

  it('leaves no readable code in the database', async () => {
    const { code } = await db.inTransaction((tx) => identity.issueCode(tx, randomUUID(), AT))
    const { rows } = await db.query('select * from person_link_code')
    expect(JSON.stringify(rows)).not.toContain(code)
  })
})

describe('a person’s own data', () => {
  it('is shown whole to them, and after erasure no value they typed is left in any table of this room', async () => {
    const w = world(db)
    const who = person()
    const released: string[] = []
    const holding = registrationHolding(vault, (_tx, { registrationId }) =>
      Promise.resolve(released.push(registrationId)),
    )
    const typed = ['HTX Xoá Sạch', 'Đặng Thị Riêng', '0966 555 444', 'xã Phước Hậu', 'ghi chú rất riêng']
    const lines = [
      `${typed[0]}, ${typed[2]}, cần ${typed[4]}`,
      typed[1] ?? '',
      typed[3] ?? '',
      'đồng ý',
      'gửi',
    ]
    const { replies } = await talk(w, db, who, lines, { support: 'gap' })
    const reference = /Mã: (\w{8})/.exec(replies[0]?.text ?? '')?.[1] ?? ''
    const survey = await db.inTransaction((tx) =>
      w.registrations.signUps.press(tx, { reference, verb: 'survey' }, who, AT),
    )
    await talk(
      w,
      db,
      who,
      [
        'đồng ý',
        'chứng nhận bí mật',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'bỏ qua',
        'gửi',
      ],
      { form: survey.form },
    )
    const data = JSON.stringify(await holding.dataOf(db, [who.id]))
    for (const value of [
      ...typed.slice(0, 3),
      'Phước Hậu',
      'ghi chú rất riêng',
      'chứng nhận bí mật',
      reference,
    ])
      expect(data).toContain(value)
    expect(JSON.stringify(await holding.dataOf(db, [randomUUID()]))).toBe('{"registrations":[],"surveys":[]}')

    await db.inTransaction((tx) => holding.erase(tx, [who.id], randomUUID(), AT))
    expect(released).toHaveLength(1)
    const dump = await everything()
    for (const value of [
      'Xoá Sạch',
      'xoa sach',
      'Riêng',
      'rieng',
      '966555444',
      '0966',
      'bí mật',
      'ghi chú',
      who.id,
      who.address.person,
    ]) {
      expect(dump, value).not.toContain(value)
    }
    const { rows } = await db.query(
      'select state, support, province from registration where reference = $1',
      [reference],
    )
    expect(rows).toEqual([{ state: 'cancelled', support: 'gap', province: 'ninh-thuan' }])
    expect((await w.registrations.signUps.own(who))[0]?.text).toContain('chưa có đăng ký')
  })

  it('of closed registrations goes after its time, of open ones it stays', async () => {
    const w = world(db)
    const [old, open] = [person(), person()]
    const closed = await signUp(w, db, old, 'HTX Đã Đóng')
    await signUp(w, db, open, 'HTX Còn Mở')
    await db.inTransaction((tx) =>
      w.registrations.signUps.press(tx, { reference: closed, verb: 'cancelyes' }, old, AT),
    )
    expect(await db.inTransaction((tx) => purgeClosed(tx, AT, AT, randomUUID()))).toBe(0)
    expect(await db.inTransaction((tx) => purgeClosed(tx, later(1), AT, randomUUID()))).toBe(1)
    const dump = await everything()
    expect(dump).not.toContain('HTX Đã Đóng')
    expect(dump).toContain('HTX Còn Mở')
  })

  async function everything(): Promise<string> {
    const tables = [
      'registration',
      'registration_event',
      'registration_survey',
      'person_link',
      'person_link_code',
      'person_link_attempt',
    ]
    const parts = await Promise.all(
      tables.map(async (table) => (await db.query(`select * from ${table}`)).rows),
    )
    return JSON.stringify(parts)
  }
})

describe('the self-assessment', () => {
  it('is stored with its own consent, once, and belongs to the registration it was offered after', async () => {
    const w = world(db)
    const who = person()
    await signUp(w, db, who, 'Công ty TNHH Khảo Sát')
    const { form } = await w.registrations.signUps.survey(who, AT)
    const { replies } = await talk(
      w,
      db,
      who,
      [
        'đồng ý',
        'VietGAP, hết hạn 6/2027',
        'không có',
        '[Nông, lâm, thuỷ sản, công nghiệp, xây dựng]',
        '8',
        '[Đến 3 tỷ đồng]',
        'bỏ qua',
        'nho tươi',
        'trong tỉnh',
        'bỏ qua',
        '[Gửi khảo sát]',
      ],
      { form },
    )
    expect(replies[0]?.text).toContain('siêu nhỏ')
    expect(replies[0]?.text).toContain('tự khai')
    expect(w.consents.map(({ purpose }) => purpose)).toEqual(['registration', 'survey'])
    const [survey, ...others] = await surveysOf(db, { conversationIds: [who.id] })
    expect(others).toEqual([])
    expect(survey).toMatchObject({
      sizeClass: 'micro',
      answers: { certificates: { value: 'VietGAP, hết hạn 6/2027' } },
    })
    expect(survey?.registrationId).not.toBeNull()
  })

  it.each<[Record<string, string>, string | null]>([
    [{ sector: 'production', workers: '10', revenue: 'r3' }, 'micro'],
    [{ sector: 'production', workers: '11', revenue: 'r3' }, 'small'],
    [{ sector: 'production', workers: '10', revenue: 'r10' }, 'small'],
    [{ sector: 'production', workers: '100', capital: 'c20' }, 'small'],
    [{ sector: 'production', workers: '200', revenue: 'r100' }, 'medium'],
    [{ sector: 'production', workers: '201', revenue: 'r3' }, 'above'],
    [{ sector: 'production', workers: '50', revenue: 'rmore' }, null],
    [{ sector: 'services', workers: '10', revenue: 'r10' }, 'micro'],
    [{ sector: 'services', workers: '51', revenue: 'r10' }, 'medium'],
    [{ sector: 'services', workers: '101', revenue: 'r10' }, 'above'],
    [{ sector: 'production', workers: '5' }, null],
    [{ workers: '5', revenue: 'r3' }, null],
    [{ sector: 'production', workers: '5', revenue: 'r3', enterprise_type: 'cooperative' }, null],
  ])('%j corresponds to %s by Decree 80/2021 Art. 5', (answers, size) => {
    const values = Object.fromEntries(
      Object.entries(answers).map(([key, value]) => [key, { value, label: value }]),
    ) as Values
    expect(sizeClassOf(values)).toBe(size)
  })

  it('never puts more workers into a smaller class', () => {
    const order = ['micro', 'small', 'medium', 'above']
    fc.assert(
      fc.property(
        fc.constantFrom('production', 'services'),
        fc.nat(400),
        fc.nat(50),
        fc.constantFrom('r3', 'r10', 'r50', 'r100'),
        (sector, workers, more, revenue) => {
          const of = (n: number) =>
            sizeClassOf({ sector: v(sector), workers: v(String(n)), revenue: v(revenue) })
          expect(order.indexOf(of(workers + more) ?? '')).toBeGreaterThanOrEqual(
            order.indexOf(of(workers) ?? ''),
          )
        },
      ),
      { seed: 80 },
    )
  })
})

const v = (value: string) => ({ value, label: value })
