import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Address, OutboundMessage } from '../../src/channel/message.ts'
import type { Db } from '../../src/database/index.ts'
import {
  consentsOf,
  consentText,
  createPrivacy,
  type Holding,
  hasConsent,
  parseCalendar,
  recordConsent,
} from '../../src/privacy/index.ts'
import { programmeHolding } from '../../src/programme/index.ts'
import { createVault } from '../../src/vault/index.ts'
import { AT, after, HOUR, openClass, person, rooms } from '../programme/support.ts'
import { testDatabase } from '../support/database.ts'
import { dumpDatabase } from '../support/dump.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
  await db.query('create table note (conversation_id uuid, text text)') // a room of the test's own
})
afterAll(() => db.close())

const vault = createVault(randomBytes(32))
const calendar = parseCalendar(
  readFileSync(new URL('../../knowledge/holidays.yaml', import.meta.url), 'utf8'),
)

const notes: Holding = {
  name: 'notes',
  dataOf: async (on, ids) =>
    (await on.query('select text from note where conversation_id = any($1)', [ids])).rows,
  erase: async (tx, ids) =>
    (await tx.query('delete from note where conversation_id = any($1)', [ids])).rowCount,
}

function office(holdings: readonly Holding[] = [notes], linked: Record<string, string[]> = {}) {
  const said: { text: string; cause: string }[] = []
  const audited: { action: string; detail: unknown }[] = []
  const withdrawnPurposes: string[] = []
  const privacy = createPrivacy({
    db,
    holdings,
    vault,
    calendar,
    outbox: {
      remindIfReachable: (_tx: Db, _to: Address, { text }: OutboundMessage, { cause }: { cause: string }) => {
        said.push({ text, cause })
        return Promise.resolve(null)
      },
    },
    linked: (_db, id) => Promise.resolve(linked[id] ?? [id]),
    reach: () =>
      Promise.resolve({
        address: { channel: 'web', account: 'site', person: 'p' } as const,
        language: 'vi' as const,
      }),
    audit: (_tx, { action, detail }) => {
      audited.push({ action, detail })
      return Promise.resolve()
    },
    onWithdrawn: (_tx, { purposes }) => {
      withdrawnPurposes.push(...purposes)
      return Promise.resolve()
    },
    log: { warn: () => {} },
  })
  return { privacy, said, audited, withdrawnPurposes }
}

type Office = ReturnType<typeof office>['privacy']

/** A person at the chat: keeps the dialogue's state as the conversation does, as JSON. */
function chat(privacy: Office, id: string = randomUUID()) {
  let state: unknown = null
  let turn = 0
  return {
    id,
    async say(text: string, at = AT) {
      turn++
      const reply = await db.inTransaction((tx) =>
        privacy.handle(
          tx,
          { text },
          { id, channel: 'web', province: 'ninh-thuan', language: 'vi' },
          { state, cause: `inbound:${id}:${turn}`, at },
        ),
      )
      state = JSON.parse(JSON.stringify(reply.state))
      return reply
    },
  }
}

async function agree(conversationId: string, purpose: 'registration' | 'survey', reply: string) {
  const shown = consentText(purpose, 'vi', 'Sở Khoa học và Công nghệ')
  return await recordConsent(db, {
    conversationId,
    channel: 'web',
    province: 'ninh-thuan',
    shown,
    language: 'vi',
    reply,
    cause: `inbound:${conversationId}:${purpose}`,
    at: AT,
  })
}

test('every value the person typed is gone from every table and queue after the erasure, and others keep theirs', async () => {
  const classId = await openClass(db, { seats: 1 })
  const { programme, desk } = rooms(db)
  const { privacy } = office([programmeHolding(programme), notes])
  const [me, other] = [person('Trần Văn Xoá'), person('Lê Thị Còn Lại')]
  const mine = chat(privacy, me.conversationId)
  await db.inTransaction((tx) => programme.enrol(tx, { ...me, classId }, AT))
  await db.inTransaction((tx) => programme.enrol(tx, { ...other, classId }, AT))
  await db.asOfficer('*', (tx) =>
    desk.nameAttendee(tx, { classId, number: 1, name: 'Người Đi Thay Tên Lạ' }, { officer: 'o', at: AT }),
  )
  await agree(me.conversationId, 'registration', 'Tôi, Trần Văn Xoá, đồng ý nhé')
  await db.query('insert into note values ($1, $2), ($3, $4)', [
    me.conversationId,
    'Số của tôi 0912 345 678',
    other.conversationId,
    'Số của chị 0987 654 321',
  ])
  await mine.say('/sua')
  await mine.say('Địa chỉ đúng là 12 ngõ Lạ Lùng, Phan Rang')
  const typed = [
    'Trần Văn Xoá',
    'Người Đi Thay Tên Lạ',
    'đồng ý nhé',
    '0912 345 678',
    'ngõ Lạ Lùng',
    me.conversationId,
    me.registrationId,
  ]
  const before = await dumpDatabase(db)
  // sealed from the beginning, so the dump never shows it
  const sealed = new Set(['ngõ Lạ Lùng'])
  for (const value of typed.filter((one) => !sealed.has(one))) expect(before).toContain(value)

  await mine.say('/xoa')
  const farewell = await mine.say('xoá hết')
  expect(farewell.messages[0]?.text).toMatch(/Mã biên nhận .*: YC[2-9A-Z]{6}/)
  expect(await privacy.carryOutErasures(AT)).toBe(0)
  expect(await privacy.carryOutErasures(after(HOUR))).toBe(1)

  const dump = await dumpDatabase(db)
  for (const value of typed) expect(dump).not.toContain(value)
  expect(dump).toContain('Lê Thị Còn Lại')
  expect(dump).toContain('0987 654 321')
  const { rows } = await db.query<{ state: string }>(
    'select state from class_enrolment where class_id = $1 order by arrival',
    [classId],
  )
  expect(rows.map(({ state }) => state)).toEqual(['cancelled', 'offered'])
})

test('the proof of consent stays without saying who: text version, digest, times', async () => {
  const { privacy } = office()
  const mine = chat(privacy)
  const id = await agree(mine.id, 'registration', 'Đồng ý')
  await mine.say('/xoa')
  await mine.say('xoá hết')
  await privacy.carryOutErasures(after(HOUR))
  const { rows } = await db.query('select * from consent where id = $1', [id])
  expect(rows[0]).toMatchObject({
    conversation_id: null,
    reply: null,
    cause: null,
    text_version: 'registration-2026-11',
    given_at: AT,
    withdrawn_at: AT,
  })
  expect(rows[0]?.['tombstone']).not.toBeNull()
  expect(await hasConsent(db, [mine.id], 'registration')).toBe(false)
})

test('linked conversations of the same person are erased together', async () => {
  const [web, telegram] = [randomUUID(), randomUUID()]
  const { privacy, audited } = office([notes], { [web]: [web, telegram] })
  await db.query(`insert into note values ($1, 'từ web'), ($2, 'từ telegram')`, [web, telegram])
  const mine = chat(privacy, web)
  await mine.say('/xoa')
  await mine.say('xoá hết')
  await privacy.carryOutErasures(after(HOUR))
  expect(await dumpDatabase(db)).not.toMatch(/từ web|từ telegram/)
  expect(audited).toEqual([{ action: 'privacy.erased', detail: { notes: 2, consent: 0, requests: 1 } }])
})

test('when one room fails nothing is erased anywhere, the failure is visible, and the next try succeeds', async () => {
  let broken = true
  const failing: Holding = {
    name: 'failing',
    dataOf: () => Promise.resolve([]),
    erase: () => (broken ? Promise.reject(new TypeError('row of Nguyễn Bí Mật')) : Promise.resolve(0)),
  }
  const { privacy } = office([notes, failing])
  const mine = chat(privacy)
  await db.query(`insert into note values ($1, 'còn nguyên')`, [mine.id])
  await mine.say('/xoa')
  await mine.say('xoá hết')
  expect(await privacy.carryOutErasures(after(HOUR))).toBe(0)
  expect((await db.query('select text from note where conversation_id = $1', [mine.id])).rows).toHaveLength(1)
  const { rows } = await db.query(
    'select state, attempts, last_error from privacy_request where conversation_id = $1',
    [mine.id],
  )
  expect(rows).toEqual([{ state: 'erasing', attempts: 1, last_error: 'TypeError' }])
  broken = false
  expect(await privacy.carryOutErasures(after(2 * HOUR))).toBe(1)
  expect((await db.query('select text from note where conversation_id = $1', [mine.id])).rows).toEqual([])
})

test('/dulieu shows everything as text and as a file, also what the officer answered', async () => {
  const { privacy } = office()
  const mine = chat(privacy)
  await db.query(`insert into note values ($1, 'điều tôi đã viết')`, [mine.id])
  await agree(mine.id, 'survey', 'Đồng ý khảo sát')
  await mine.say('/sua')
  await mine.say('Sửa tên công ty giúp tôi')
  const shown = await mine.say('/dulieu')
  const text = shown.messages.map((message) => message.text).join('\n')
  for (const value of ['điều tôi đã viết', 'Đồng ý khảo sát', 'Sửa tên công ty giúp tôi'])
    expect(text).toContain(value)
  expect(shown.messages.at(-1)?.actions.map(({ send }) => send)).toEqual([
    '#data:export',
    '#data:correct',
    '#data:erase',
    '#data:withdraw',
  ])
  const exported = await mine.say('#data:export')
  const file = exported.files[0]?.file
  expect(file?.name).toBe('du-lieu-2026-11-20.json')
  const parts = (
    JSON.parse(Buffer.from(file?.bytes ?? []).toString('utf8')) as { parts: Record<string, unknown> }
  ).parts
  expect(parts['notes']).toEqual([{ text: 'điều tôi đã viết' }])
  expect(JSON.stringify(parts['requests'])).toContain('Sửa tên công ty giúp tôi')
})

test('what is held is told in Vietnamese, newest first, shortened, and nothing is cut inside a character', async () => {
  const rows = Array.from({ length: 400 }, (_, n) => [`Mục ${n}`, '🌾ạ'.repeat(200)])
  const told = [
    { at: new Date('2026-11-20T02:00:00Z'), message: 'cũ' },
    { at: new Date('2026-11-21T18:30:00Z'), message: 'mới', kind: 'state' },
    ...Array.from({ length: 6 }, (_, n) => ({ at: new Date(n), message: `rất cũ ${n}` })),
  ]
  const holdings: Holding[] = [
    {
      name: 'inbox',
      dataOf: () => Promise.resolve(Object.fromEntries(rows)),
      erase: () => Promise.resolve(0),
    },
    {
      name: 'registration',
      dataOf: () =>
        Promise.resolve({ registrations: [{ reference: 'K3M7PQRT', history: told }], surveys: [] }),
      erase: () => Promise.resolve(0),
    },
  ]
  const { messages } = await chat(office(holdings).privacy).say('/dulieu')
  expect(messages).toHaveLength(4)
  for (const { text } of messages) {
    expect(text.length).toBeLessThanOrEqual(2000)
    expect(text.isWellFormed()).toBe(true)
  }
  const first = messages[0]?.text ?? ''
  expect(first).toContain(
    '■ Đăng ký và khảo sát\nĐăng ký:\n  • Mã: K3M7PQRT\n    Diễn biến:\n      • Lúc: 22/11/2026 01:30\n        Đã báo: mới\n        Loại: đổi trạng thái\n      • Lúc: 20/11/2026 09:00',
  )
  expect(first).toContain('… và 3 mục cũ hơn (có trong tệp)')
  expect(messages.at(-1)?.text).toContain('bản đầy đủ có trong tệp')
  expect(messages.at(-1)?.actions[0]?.send).toBe('#data:export')
})

test('withdrawing one consent leaves the others and files a request with its legal days', async () => {
  const { privacy, withdrawnPurposes } = office()
  const mine = chat(privacy)
  await agree(mine.id, 'registration', 'Có')
  await agree(mine.id, 'survey', 'Có')
  const asked = await mine.say('/rutdongy')
  expect(asked.messages[0]?.actions).toHaveLength(3)
  const done = await mine.say('#data:withdraw:registration')
  expect(done.messages[0]?.text).toContain('chậm nhất ngày 11/12/2026')
  expect(withdrawnPurposes).toEqual(['registration'])
  expect(await hasConsent(db, [mine.id], 'registration')).toBe(false)
  expect(await hasConsent(db, [mine.id], 'survey')).toBe(true)
  const consents = await consentsOf(db, [mine.id])
  expect(consents.find(({ purpose }) => purpose === 'registration')).toMatchObject({
    reply: 'Có',
    withdrawnAt: AT,
  })
})

test('the platform’s word that consent is withdrawn erases without a question and without a message', async () => {
  const { privacy } = office()
  const id = randomUUID()
  await db.query(`insert into note values ($1, 'sẽ biến mất')`, [id])
  const reply = await db.inTransaction((tx) =>
    privacy.handle(
      tx,
      { withdrawnByPlatform: true },
      { id, channel: 'zalo', province: null, language: 'vi' },
      { state: null, cause: 'inbound:z1', at: AT },
    ),
  )
  expect(reply).toMatchObject({ handled: true, messages: [], files: [] })
  expect(await privacy.carryOutErasures(AT)).toBe(1)
  expect(await dumpDatabase(db)).not.toContain('sẽ biến mất')
})

test('handling the same message twice files one request and records one consent', async () => {
  const { privacy } = office()
  const who = { id: randomUUID(), channel: 'web', province: null, language: 'vi' as const }
  const state = { awaits: 'correction', since: AT }
  const turn = () =>
    db.inTransaction((tx) =>
      privacy.handle(tx, { text: 'sửa tên' }, who, { state, cause: 'inbound:same', at: AT }),
    )
  const [first, second] = [await turn(), await turn()]
  expect(first.messages).toEqual(second.messages)
  expect(await agree(who.id, 'survey', 'Có')).toBe(await agree(who.id, 'survey', 'Có'))
  const { rows } = await db.query('select 1 from privacy_request where conversation_id = $1', [who.id])
  expect(rows).toHaveLength(1)
})

test('officers see the requests of their provinces with legal days, answer, refuse with a reason, extend once', async () => {
  const { privacy, said } = office()
  const mine = chat(privacy)
  await mine.say('/sua')
  await mine.say('Sửa số điện thoại')
  const seen = async (province: string) =>
    (await db.asOfficer([province], (tx) => privacy.requests.list(tx, {}, after(10 * 24 * HOUR)))).filter(
      ({ conversationId }) => conversationId === mine.id,
    )
  expect(await seen('dong-thap')).toEqual([])
  const [request] = await seen('ninh-thuan')
  expect(request).toMatchObject({
    kind: 'correct',
    detail: 'Sửa số điện thoại',
    answerBy: '2026-11-24',
    carryOutBy: '2026-12-04',
    overdue: true,
  })
  const id = request?.id ?? ''
  const by = { officer: 'officer-1', at: AT }
  const act = <T>(work: (tx: Db) => Promise<T>, province = 'ninh-thuan') => db.asOfficer([province], work)
  expect(
    await act((tx) => privacy.requests.resolve(tx, { id, outcome: 'done', text: '' }, by), 'dong-thap'),
  ).toBe('unknown')
  expect(await act((tx) => privacy.requests.resolve(tx, { id, outcome: 'refused', text: ' ' }, by))).toBe(
    'reason_missing',
  )
  expect(await act((tx) => privacy.requests.extend(tx, { id, reason: 'cần xác minh' }, by))).toBe('changed')
  expect(await act((tx) => privacy.requests.extend(tx, { id, reason: 'lại nữa' }, by))).toBe('already')
  expect((await seen('ninh-thuan'))[0]).toMatchObject({ carryOutBy: '2026-12-18', extended: true })
  expect(await act((tx) => privacy.requests.resolve(tx, { id, outcome: 'done', text: 'Đã sửa' }, by))).toBe(
    'changed',
  )
  expect(await act((tx) => privacy.requests.resolve(tx, { id, outcome: 'done', text: '' }, by))).toBe('over')
  expect(said.map(({ text }) => text.slice(0, 60))).toEqual([
    expect.stringContaining('cần thêm thời gian') as string,
    expect.stringContaining('đã được thực hiện') as string,
  ])
})
