import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sender } from '../../src/channel/index.ts'
import type { Address, OutboundMessage } from '../../src/channel/message.ts'
import type { Database } from '../../src/database/index.ts'
import type { SayOptions } from '../../src/outbox/index.ts'
import {
  type Delivering,
  type DeliveringOptions,
  deliver,
  type Recorder,
  recorder,
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

const AN: Address = { channel: 'telegram', account: 'bot', person: 'an' }
const LANE = 'telegram:bot:an'
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const message = (text: string): OutboundMessage => ({ text, citations: [], actions: [] })
let causes = 0

async function start(options: DeliveringOptions = {}, sender: Sender = platform): Promise<Delivering> {
  rooms = await deliver(db, sender, options)
  return rooms
}
async function say(text: string, more: Partial<SayOptions> = {}, to = AN): Promise<string | null> {
  const options: SayOptions = { cause: `c${++causes}`, from: 'assistant', province: 'ninh-thuan', ...more }
  return await db.inTransaction(
    async (tx) => (await rooms?.outbox.say(tx, to, message(text), options)) ?? null,
  )
}
const texts = () => platform.sent.map((sent) => sent.message.text)
const states = async () =>
  (await db.query<{ state: string }>('select state from outbound order by seq')).rows.map(
    ({ state }) => state,
  )

test('messages of a lane go out in the order they were said', async () => {
  await start()
  await Promise.all(
    Array.from({ length: 5 }, async (_, n) => await say(`khác ${n}`, {}, { ...AN, person: `p${n}` })),
  )
  for (let n = 0; n < 8; n++) await say(`tin ${n}`)
  await until(() => platform.sent.length === 13)
  expect(texts().filter((text) => text.startsWith('tin'))).toEqual(
    Array.from({ length: 8 }, (_, n) => `tin ${n}`),
  )
})

test('what a rolled-back transaction said is never sent', async () => {
  await start()
  const broken = db.inTransaction(async (tx) => {
    await rooms?.outbox.say(tx, AN, message('không'), { cause: 'x', from: 'assistant', province: null })
    throw new Error('stop')
  })
  await expect(broken).rejects.toThrow('stop')
  await say('có')
  await until(() => platform.sent.length === 1)
  await pause(100)
  expect(texts()).toEqual(['có'])
})

test('the same cause speaks once in a lane, and in another lane again', async () => {
  await start()
  expect(await say('một', { cause: 'inbound:1:1' })).not.toBeNull()
  expect(await say('một', { cause: 'inbound:1:1' })).toBeNull()
  expect(await say('một', { cause: 'inbound:1:1' }, { ...AN, person: 'binh' })).not.toBeNull()
  await until(() => platform.sent.length === 2)
})

test('a wait the platform asks for is honoured, and later messages do not overtake', async () => {
  await start()
  platform.next.push({ outcome: 'retry', afterMs: 700, reason: '429', maybeSent: false, scope: 'lane' })
  const at = Date.now()
  await say('một')
  await say('hai')
  await until(() => platform.sent.length === 2)
  expect(texts()).toEqual(['một', 'hai'])
  expect((platform.sent[0]?.at ?? 0) - at).toBeGreaterThanOrEqual(695)
})

test('when the whole account must wait, other lanes wait too', async () => {
  await start()
  platform.next.push({ outcome: 'retry', afterMs: 600, reason: '429', maybeSent: false, scope: 'account' })
  const at = Date.now()
  await say('một')
  await until(
    async () =>
      (await db.query(`select 1 from outbound where not_before is not null or state = 'sent'`)).rows.length >
      0,
  )
  await say('khác', {}, { ...AN, person: 'binh' })
  await until(() => platform.sent.length === 2)
  expect(Math.min(...platform.sent.map((sent) => sent.at)) - at).toBeGreaterThanOrEqual(595)
})

test('a lost answer is tried again, and the repeat is counted', async () => {
  await start()
  platform.next.push({ outcome: 'retry', afterMs: 0, reason: 'reset', maybeSent: true, scope: 'lane' })
  await say('một')
  await until(() => platform.sent.length === 1)
  await until(async () => (await states()).join() === 'sent')
  expect(await rooms?.outbox.counts(db)).toEqual({ waiting: 0, failed: 0, repeats: 1 })
})

test('a refusal that surely sent nothing is no repeat', async () => {
  await start()
  platform.next.push({ outcome: 'retry', afterMs: 0, reason: '500', maybeSent: false, scope: 'lane' })
  await say('một')
  await until(() => platform.sent.length === 1)
  expect(await rooms?.outbox.counts(db)).toMatchObject({ repeats: 0 })
})

test('a process that died while sending: the message goes out again after the restart, and is counted', async () => {
  await start({ work: false })
  await say('một')
  await db.query(`update outbound set state = 'sending', attempts = 1`)
  await db.query(
    `update pgboss.job set state = 'active', started_on = now() - interval '9 s', heartbeat_on = now() - interval '9 s'
      where name = 'outbound'`,
  )
  await rooms?.stop()
  await start()
  await until(() => platform.sent.length === 1)
  expect(await rooms?.outbox.counts(db)).toMatchObject({ repeats: 1 })
})

test('a message of several parts continues after the part that went out', async () => {
  const parts = ['p1', 'p2', 'p3']
  const sent: string[] = []
  let fail = true
  await start(
    {},
    {
      async send(_to, _message, progress) {
        for (const part of parts.slice(progress.partsSent)) {
          if (part === 'p3' && fail) {
            fail = false
            return { outcome: 'retry', afterMs: 0, reason: '500', maybeSent: false, scope: 'lane' }
          }
          sent.push(part)
          await progress.onPart(part)
        }
        return { outcome: 'sent', platformIds: parts }
      },
    },
  )
  await say('dài')
  await until(async () => (await states()).join() === 'sent')
  expect(sent).toEqual(parts)
  const { rows } = await db.query<{ ids: string[] }>('select platform_ids as ids from outbound')
  expect(rows[0]?.ids.toSorted()).toEqual(parts)
})

test('what cannot reach a person becomes a call task with the words to say, and the lane goes on', async () => {
  await start()
  platform.next.push({ outcome: 'unreachable', reason: 'blocked' })
  await say('Hồ sơ K7M2 đã được duyệt', { from: 'system', registrationId: 'K7M2' })
  await say('sau đó')
  await until(async () => (await states()).join() === 'unreachable,sent')
  expect(texts()).toEqual(['sau đó'])
  const open = await rooms?.outbox.callTasks.list(db, { open: true, limit: 9 })
  expect(open).toMatchObject([
    { lane: LANE, reason: 'blocked', text: 'Hồ sơ K7M2 đã được duyệt', registrationId: 'K7M2', messages: 1 },
  ])
})

test('several messages that do not arrive make one call task, and only its province’s officer closes it, once', async () => {
  await start()
  platform.next.push(
    { outcome: 'unreachable', reason: 'blocked' },
    { outcome: 'unreachable', reason: 'blocked' },
  )
  await say('một')
  await say('hai')
  await until(async () => (await states()).join() === 'unreachable,unreachable')
  const tasks = rooms?.outbox.callTasks
  const list = async (province: string) =>
    (await db.asOfficer([province], async (tx) => await tasks?.list(tx, { open: true, limit: 9 }))) ?? []
  expect(await list('dong-thap')).toEqual([])
  const [task] = await list('ninh-thuan')
  expect(task).toMatchObject({ messages: 2, text: 'hai' })
  const close = async (province: string) =>
    await db.asOfficer([province], async (tx) => await tasks?.close(tx, task?.id ?? '', 'officer-1'))
  expect(await close('dong-thap')).toBe(false)
  expect(await close('ninh-thuan')).toBe(true)
  expect(await close('ninh-thuan')).toBe(false)
  expect(await list('ninh-thuan')).toEqual([])
})

test('a failure of ours is given up at once, visibly, and the operator hears of it', async () => {
  const heard: string[] = []
  await start({
    outbox: { onOperator: (channel, account, reason) => heard.push(`${channel} ${account} ${reason}`) },
  })
  platform.next.push({ outcome: 'failed', reason: 'token revoked', operator: true })
  await say('một')
  await until(async () => (await states()).join() === 'failed')
  await until(() => heard.length === 1)
  expect(heard).toEqual(['telegram bot token revoked'])
  expect(await rooms?.outbox.counts(db)).toMatchObject({ failed: 1 })
})

test('the assistant is silent while an officer has taken over, read just before sending; others still speak', async () => {
  let officer = false
  await start({ outbox: { mayAssistantSpeak: () => Promise.resolve(!officer) } })
  platform.next.push(() => {
    officer = true // takes over while the first message is on its way
    return Promise.resolve({ outcome: 'sent', platformIds: [] })
  })
  await db.inTransaction(async (tx) => {
    for (const [text, from] of [
      ['trợ lý 1', 'assistant'],
      ['trợ lý 2', 'assistant'],
      ['cán bộ', 'officer'],
      ['quyết định', 'system'],
    ] as const) {
      await rooms?.outbox.say(tx, AN, message(text), { cause: text, from, province: null })
    }
  })
  await until(async () => (await states()).join() === 'sent,suppressed,sent,sent')
  expect(texts()).toEqual(['trợ lý 1', 'cán bộ', 'quyết định'])
  const shown = await rooms?.outbox.history(db, LANE, { limit: 9 })
  expect(shown?.map(({ state }) => state)).toEqual(['sent', 'suppressed', 'sent', 'sent'])
})

test('a sender that throws or never answers loses nothing', async () => {
  let calls = 0
  await start(
    { outbox: { sendMs: 80 } },
    {
      async send(to, said, progress) {
        calls++
        if (calls === 1) throw new Error('bug')
        if (calls === 2) await pause(100_000)
        return await platform.send(to, said, progress)
      },
    },
  )
  await say('một')
  await until(() => platform.sent.length === 1, 15_000)
  expect(calls).toBe(3)
})

test('one person’s hanging send does not hold up the others', async () => {
  let goOn: () => void = () => {}
  const hanging = new Promise<void>((resolve) => {
    goOn = resolve
  })
  await start(
    { outbox: { concurrency: 4 } },
    {
      async send(to, said, progress) {
        if (to.person === 'an') await hanging
        return await platform.send(to, said, progress)
      },
    },
  )
  await say('chậm')
  for (let n = 0; n < 12; n++) await say(`nhanh ${n}`, {}, { ...AN, person: `p${n}` })
  await until(() => platform.sent.length === 12)
  expect(texts()).not.toContain('chậm')
  goOn()
  await until(() => texts().includes('chậm'))
})

test('pacing spreads a lane’s messages, in order', async () => {
  await start({ outbox: { paces: { telegram: { lane: { perSecond: 5, burst: 2 } } } } })
  const at = Date.now()
  for (let n = 0; n < 5; n++) await say(`${n}`)
  await until(() => platform.sent.length === 5)
  expect(texts()).toEqual(['0', '1', '2', '3', '4'])
  expect((platform.sent[4]?.at ?? 0) - at).toBeGreaterThanOrEqual(590)
})

test('a channel that is switched off keeps its messages waiting', async () => {
  await start({ outbox: { senders: {} } })
  await say('một')
  await until(async () => (await db.query('select 1 from outbound where attempts = 1')).rows.length === 1)
  await until(async () => (await states()).join() === 'queued')
})

test('a file goes out with its caption; a channel that cannot carry it leads to a call task', async () => {
  await start()
  const file = { name: 'du-lieu.json', mediaType: 'application/json', bytes: new TextEncoder().encode('{}') }
  const options = { cause: 'f1', from: 'system', province: null } as const
  await db.inTransaction(
    async (tx) => await rooms?.outbox.sayFile(tx, AN, file, 'Dữ liệu của anh/chị', options),
  )
  await until(() => platform.sent.length === 1)
  expect(platform.sent[0]).toMatchObject({
    messageId: 'du-lieu.json',
    message: { text: 'Dữ liệu của anh/chị' },
  })
  await rooms?.stop()
  await start({}, { send: async (to, said, progress) => await platform.send(to, said, progress) })
  await db.inTransaction(
    async (tx) => await rooms?.outbox.sayFile(tx, AN, file, '', { ...options, cause: 'f2' }),
  )
  await until(async () => (await states()).join() === 'sent,unreachable')
})

test('an erased lane keeps no words, except those still on their way, which go when they are sent', async () => {
  await start({ work: false })
  await say('đã hẹn')
  await db.inTransaction(async (tx) => {
    await rooms?.outbox.eraseLane(tx, LANE)
    await rooms?.outbox.say(tx, AN, message('Đã xoá dữ liệu'), { cause: 'e', from: 'system', province: null })
  })
  await rooms?.stop()
  await start()
  await until(() => platform.sent.length === 2)
  await until(async () => (await states()).join() === 'sent,sent')
  const shown = await rooms?.outbox.history(db, LANE, { limit: 9 })
  expect(shown?.map((item) => item.message.text)).toEqual(['(đã xoá)', 'Đã xoá dữ liệu'])
})

test('a live view gets exactly what came after the last it has', async () => {
  await start()
  await say('một')
  const [first] = (await rooms?.outbox.history(db, LANE, { limit: 9 })) ?? []
  await say('hai')
  const after = await rooms?.outbox.history(db, LANE, { limit: 9, after: first?.seq ?? 0 })
  expect(after?.map((item) => item.message.text)).toEqual(['hai'])
})
