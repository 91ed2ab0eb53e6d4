import { afterEach, beforeEach, expect, test } from 'vitest'
import { laneOf } from '../../src/channel/message.ts'
import type { Database } from '../../src/database/index.ts'
import { TEXTS } from '../../src/inbox/texts.ts'
import {
  contentEvent,
  type Delivering,
  type DeliveringOptions,
  deliver,
  echo,
  type Recorder,
  recorder,
  textEvent,
  until,
} from '../load/delivery.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
let platform: Recorder
let rooms: Delivering | null
beforeEach(async () => {
  db = await testDatabase()
  platform = recorder()
  rooms = null
})
afterEach(async () => {
  await rooms?.stop()
  await db.close()
})

async function start(options: DeliveringOptions = {}): Promise<Delivering> {
  rooms = await deliver(db, platform, options)
  return rooms
}
const texts = () => platform.sent.map(({ message }) => message.text)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const zalo = (person: string) => ({ address: { channel: 'zalo' as const, account: 'oa', person } })

test('a message is kept before accept answers, and gets one reply', async () => {
  const { inbox } = await start({ work: false })
  expect(await inbox.accept(textEvent('an', 'xin chào'))).toBe('stored')
  const { rows } = await db.query(`select state from inbound`)
  expect(rows).toEqual([{ state: 'waiting' }])
  await rooms?.stop()
  await start()
  await until(() => platform.sent.length === 1)
  expect(texts()).toEqual(['re: xin chào'])
})

test('the same event again, also at the same moment, is kept and answered once', async () => {
  const { inbox } = await start()
  const event = textEvent('an', 'một lần')
  const results = await Promise.all([inbox.accept(event), inbox.accept(event), inbox.accept(event)])
  expect(results.toSorted()).toEqual(['duplicate', 'duplicate', 'stored'])
  expect(await inbox.accept(event)).toBe('duplicate')
  await until(() => platform.sent.length > 0)
  await pause(100)
  expect(texts()).toEqual(['re: một lần'])
})

test('the same id on another account is another event', async () => {
  const { inbox } = await start()
  const event = textEvent('an', 'chào')
  await inbox.accept(event)
  const other = { ...event, address: { ...event.address, account: 'second' } }
  expect(await inbox.accept(other)).toBe('stored')
})

test('a delivery again under a new id, with the platform’s own exact time, gets one reply', async () => {
  const { inbox } = await start()
  const first = textEvent('an', '5S là gì?', zalo('an'))
  await inbox.accept(first)
  await until(() => platform.sent.length === 1)
  expect(await inbox.accept({ ...first, eventId: 'again' })).toBe('duplicate')
  const together = textEvent('an', 'cùng lúc', zalo('an'))
  const both = [inbox.accept(together), inbox.accept({ ...together, eventId: 'again2' })]
  expect((await Promise.all(both)).toSorted()).toEqual(['duplicate', 'stored'])
  await until(() => platform.sent.length === 2)
})

test('whoever honestly sends "ok" twice is heard twice', async () => {
  const { inbox } = await start()
  const at = new Date()
  await inbox.accept(textEvent('an', 'ok', { ...zalo('an'), sentAt: at }))
  const later = textEvent('an', 'ok', { ...zalo('an'), sentAt: new Date(at.getTime() + 1) })
  expect(await inbox.accept(later)).toBe('stored')
  // Telegram stamps to the second and keeps its ids, so two in one second are two.
  await inbox.accept(textEvent('binh', 'ok', { sentAt: at }))
  expect(await inbox.accept(textEvent('binh', 'ok', { sentAt: at }))).toBe('stored')
  await until(() => platform.sent.length === 4)
})

test('after a slow acknowledgement the same content, written before any answer, is a repeat; written after, it is not', async () => {
  const { inbox } = await start()
  const first = textEvent('an', 'chậm', zalo('an'))
  await inbox.accept(first)
  await until(() => platform.sent.length === 1)
  await db.query(`update inbound set slow = true where event_id = $1`, [first.eventId])
  const before = { ...first, eventId: 'n1', sentAt: new Date(first.sentAt.getTime() + 2) }
  expect(await inbox.accept({ ...before, sentAt: new Date(first.sentAt.getTime() - 2) })).toBe('duplicate')
  const after = { ...first, eventId: 'n2', sentAt: new Date(Date.now() + 1_000) }
  expect(await inbox.accept(after)).toBe('stored')
  await until(() => platform.sent.length === 2)
})

test('messages of one person are answered in the order they were written, not in the order they came', async () => {
  const { inbox } = await start({ work: false })
  const at = Date.now()
  for (const n of [2, 1, 3]) {
    await inbox.accept(textEvent('an', `tin ${n}`, { sentAt: new Date(at + n * 1_000) }))
  }
  await rooms?.stop()
  await start()
  await until(() => platform.sent.length === 3)
  expect(texts()).toEqual(['re: tin 1', 're: tin 2', 're: tin 3'])
})

test('a message that keeps failing is set aside, the person gets a sentence, and the lane goes on', async () => {
  const { inbox } = await start({
    inbox: { attemptsMax: 2 },
    turn: async (message, those) => {
      if (message.content.kind === 'text' && message.content.text === 'poison') throw new Error('cannot')
      await echo(db, message, those)
    },
  })
  await inbox.accept(textEvent('an', 'poison'))
  await inbox.accept(textEvent('an', 'sau đó'))
  await until(() => platform.sent.length === 2)
  expect(texts()).toEqual([TEXTS.setAside, 're: sau đó'])
  expect(await inbox.setAside(db, 10)).toMatchObject([{ attempts: 2, error: 'Error' }])
})

test('a message set aside can be tried again by an officer, once', async () => {
  let broken = true
  const { inbox } = await start({
    inbox: { attemptsMax: 1 },
    turn: async (message, those) => {
      if (broken) throw new Error('cannot')
      await echo(db, message, those)
    },
  })
  await inbox.accept(textEvent('an', 'câu hỏi'))
  await until(async () => (await inbox.setAside(db, 10)).length === 1)
  const [aside] = await inbox.setAside(db, 10)
  broken = false
  expect(await inbox.retry(db, aside?.id ?? '')).toBe(true)
  expect(await inbox.retry(db, aside?.id ?? '')).toBe(false)
  await until(() => texts().includes('re: câu hỏi'))
})

test('a message on which process after process died is set aside without another try', async () => {
  const { inbox, queue } = await start({ work: false })
  await inbox.accept(textEvent('an', 'ends processes'))
  await db.query(`update pgboss.job set retry_count = 10, started_on = now() where name = 'inbound'`)
  await rooms?.stop()
  let turns = 0
  await start({
    turn: () => {
      turns++
      return Promise.resolve()
    },
  })
  await until(() => platform.sent.length === 1)
  expect(texts()).toEqual([TEXTS.setAside])
  expect(turns).toBe(0)
  expect(queue).toBeDefined()
})

test('a turn that takes too long counts as failed, and its late end writes nothing twice', async () => {
  let tries = 0
  let goOn: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let ended = false
  const { inbox } = await start({
    inbox: { turnMs: 60 },
    turn: async (message, those) => {
      const late = ++tries === 1
      if (late) await held
      await echo(db, message, those)
      ended ||= late
    },
  })
  await inbox.accept(textEvent('an', 'chậm'))
  await until(() => platform.sent.length > 0)
  expect(tries).toBeGreaterThan(1)
  goOn()
  await until(() => ended)
  await pause(100)
  expect(texts()).toEqual(['re: chậm'])
})

test('done is true once: a repeated turn knows that it must write nothing', async () => {
  const { inbox } = await start({ work: false })
  await inbox.accept(textEvent('an', 'chào'))
  const { rows } = await db.query<{ id: string }>('select id from inbound')
  const id = rows[0]?.id ?? ''
  expect(await db.inTransaction(async (tx) => await inbox.done(tx, id))).toBe(true)
  expect(await db.inTransaction(async (tx) => await inbox.done(tx, id))).toBe(false)
})

test('a turn that ends without saying so is not handled again', async () => {
  let turns = 0
  const { inbox } = await start({
    turn: () => {
      turns++
      return Promise.resolve()
    },
  })
  await inbox.accept(textEvent('an', 'chào'))
  await until(() => turns === 1)
  await until(async () => (await db.query(`select 1 from inbound where state = 'done'`)).rows.length === 1)
  await pause(100)
  expect(turns).toBe(1)
})

test('too many messages are kept but not answered, and the person is told once', async () => {
  const { inbox } = await start({ inbox: { perPerson: { burst: 2, perMinute: 1 } } })
  const results = []
  for (let n = 0; n < 5; n++) results.push(await inbox.accept(textEvent('an', `tin ${n}`)))
  expect(results).toEqual(['stored', 'stored', 'limited', 'limited', 'limited'])
  expect(await inbox.accept(contentEvent('an', { kind: 'withdrawn' }))).toBe('stored')
  await until(() => platform.sent.length === 4)
  await pause(100)
  expect(texts().filter((text) => text === TEXTS.limited)).toHaveLength(1)
  expect((await db.query('select 1 from inbound')).rows).toHaveLength(6)
})

test('one network address under many names is limited too', async () => {
  const { inbox } = await start({ inbox: { perAddress: { burst: 3, perMinute: 1 } } })
  const results = []
  for (let n = 0; n < 5; n++)
    results.push(await inbox.accept(textEvent(`p${n}`, 'hi'), { ip: '203.0.113.7' }))
  expect(results).toEqual(['stored', 'stored', 'stored', 'limited', 'limited'])
  expect(await inbox.accept(textEvent('other', 'hi'), { ip: '203.0.113.8' })).toBe('stored')
})

test('when too many wait, new messages are held, people are told once, and all is answered in the end', async () => {
  let open: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { inbox } = await start({
    inbox: { waitingMax: 3, perPerson: { burst: 1_000, perMinute: 1_000 } },
    turn: async (message, those) => {
      await gate
      await echo(db, message, those)
    },
  })
  for (let n = 0; n < 3; n++) await inbox.accept(textEvent(`p${n}`, 'trước'))
  const busy = async () => (await inbox.accept(textEvent('an', `giữa ${Math.random()}`))) === 'shed'
  await until(busy)
  await inbox.accept(textEvent('an', 'cuối'))
  await until(() => texts().includes(TEXTS.busy))
  open()
  await until(async () => (await inbox.waiting(db)) === 0, 15_000)
  await until(() => texts().includes('re: cuối'))
  expect(texts().filter((text) => text === TEXTS.busy)).toHaveLength(1)
  expect((await db.query(`select 1 from inbound where state <> 'done'`)).rows).toEqual([])
})

test('characters that the database refuses do not lose a message', async () => {
  const { inbox } = await start()
  expect(await inbox.accept(textEvent('an', 'a\0b \ud800 c'))).toBe('stored')
  await until(() => platform.sent.length === 1)
  expect(texts()).toEqual(['re: ab \ufffd c'])
})

test('a hundred thousand characters are kept as they are', async () => {
  const { inbox } = await start({ work: false })
  const long = 'ngõ '.repeat(25_000)
  await inbox.accept(textEvent('an', long))
  const [kept] = await inbox.history(db, 'telegram:bot:an', { limit: 1 })
  expect(kept?.content).toEqual({ kind: 'text', text: long })
})

test('the history is the lane’s own, oldest first, and pages backwards', async () => {
  const { inbox } = await start({ work: false })
  const at = Date.now()
  for (let n = 1; n <= 4; n++) {
    await inbox.accept(textEvent('an', `tin ${n}`, { sentAt: new Date(at + n * 1_000) }))
  }
  await inbox.accept(textEvent('binh', 'khác'))
  const lane = laneOf(textEvent('an', '').address)
  const said = async (before?: Date) =>
    (await inbox.history(db, lane, { limit: 2, ...(before ? { before } : {}) })).map(({ content }) =>
      content.kind === 'text' ? content.text : '',
    )
  expect(await said()).toEqual(['tin 3', 'tin 4'])
  expect(await said(new Date(at + 3_000))).toEqual(['tin 1', 'tin 2'])
})

test('an erased lane keeps nothing of the person, yet a re-delivery is still recognised', async () => {
  const { inbox } = await start()
  const event = textEvent('0912345678', 'bí mật của tôi')
  await inbox.accept(event)
  await until(() => platform.sent.length === 1)
  await db.inTransaction(async (tx) => await inbox.eraseLane(tx, laneOf(event.address)))
  const { rows } = await db.query<{ row: string }>('select inbound::text as row from inbound')
  expect(rows).toHaveLength(1)
  expect(rows[0]?.row).not.toContain('bí mật')
  expect(rows[0]?.row).not.toContain('0912345678')
  expect(await inbox.accept(event)).toBe('duplicate')
})

test('the message that asks for erasure can still be ended in the same transaction', async () => {
  const { inbox } = await start({ work: false })
  await inbox.accept(textEvent('an', 'xoá hết'))
  const { rows } = await db.query<{ id: string }>('select id from inbound')
  const ended = await db.inTransaction(async (tx) => {
    await inbox.eraseLane(tx, 'telegram:bot:an')
    return await inbox.done(tx, rows[0]?.id ?? '')
  })
  expect(ended).toBe(true)
})

test('an officer reads the lanes of the own provinces only', async () => {
  const { inbox } = await start()
  await inbox.accept(textEvent('an', 'một'))
  await inbox.accept(textEvent('binh', 'hai'))
  await until(() => platform.sent.length === 2)
  await db.inTransaction(async (tx) => await inbox.assignProvince(tx, 'telegram:bot:an', 'ninh-thuan'))
  const reads = async (province: string, lane: string) =>
    await db.asOfficer([province], async (tx) => (await inbox.history(tx, lane, { limit: 9 })).length)
  expect(await reads('ninh-thuan', 'telegram:bot:an')).toBe(1)
  expect(await reads('ninh-thuan', 'telegram:bot:binh')).toBe(0)
  expect(await reads('dong-thap', 'telegram:bot:an')).toBe(0)
})
