import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp, createLog } from '../../src/app/index.ts'
import { terminalChannel } from '../../src/channel/terminal/index.ts'
import { readConfig } from '../../src/config.ts'
import { testDatabase } from '../support/database.ts'
import { dumpDatabase } from '../support/dump.ts'

/** The whole installation with its queue: one person talks, signs up, is erased; another stays. */

let db: Awaited<ReturnType<typeof testDatabase>>
let app: App
const people = new Map<string, { line(text: string): Promise<void>; heard: string[] }>()

beforeAll(async () => {
  db = await testDatabase()
  const config = readConfig({ LOG_LEVEL: 'silent', KNOWLEDGE_DIR: './knowledge' })
  const senders = new Map<string, ReturnType<typeof terminalChannel>>()
  app = await createApp({
    db,
    key: randomBytes(32),
    config,
    log: createLog('silent'),
    clock: () => new Date(),
    terminal: {
      send: async (to, ...rest) => {
        const sender = senders.get(to.person)?.sender
        if (sender === undefined) throw new Error('unknown person')
        return await sender.send(to, ...rest)
      },
      sendFile: () => Promise.resolve({ outcome: 'sent', platformIds: [] }),
    },
  })
  await app.start('all')
  for (const person of ['person-a', 'person-b']) {
    const heard: string[] = []
    const channel = terminalChannel({
      account: 'terminal',
      person,
      accept: async (event) => await app.parts.inbox.accept(event),
      write: (text) => heard.push(text),
    })
    senders.set(person, channel)
    people.set(person, { line: channel.line, heard })
  }
}, 120_000)
afterAll(async () => {
  await app.stop()
  await db.close()
}, 60_000)

async function say(person: string, text: string): Promise<string> {
  const one = people.get(person)
  if (one === undefined) throw new Error('unknown person')
  const before = one.heard.length
  await one.line(text)
  for (let tries = 0; tries < 300; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const [unanswered, { waiting }] = await Promise.all([
      app.parts.inbox.waiting(db),
      app.parts.outbox.counts(db),
    ])
    if (unanswered === 0 && waiting === 0 && one.heard.length > before) break
  }
  return one.heard.slice(before).join('\n')
}

const SIGN_UP = (name: string, phone: string, contact: string) => [
  'tôi ở Ninh Thuận, muốn làm VietGAP',
  '1',
  name,
  contact,
  phone,
  'Phường Phan Rang',
  'đồng ý',
  'gửi',
]

test('every word a person typed leaves every table, queue and file of the whole installation, and nobody else’s does', async () => {
  for (const line of SIGN_UP('HTX Nho Xanh Kỳ Lạ', '0936 271 845', 'Trần Thị Xoá Đi'))
    await say('person-a', line)
  for (const line of SIGN_UP('HTX Táo Còn Lại', '0987 654 321', 'Lê Văn Ở Lại')) await say('person-b', line)
  await say('person-a', 'chỗ tôi bị sâu đục thân Zyx thì kế hoạch có hỗ trợ không?')
  await say('person-a', '/sua')
  await say('person-a', 'Sửa địa chỉ: ngõ 7 đường Không Có Thật')
  const typed = [
    'Nho Xanh Kỳ Lạ',
    'Xoá Đi',
    '0936 271 845',
    '0936271845',
    '+84936271845',
    'sâu đục thân Zyx',
    'Không Có Thật',
  ]
  const before = await dumpDatabase(db)
  for (const value of ['Nho Xanh Kỳ Lạ', 'sâu đục thân Zyx', 'Không Có Thật']) expect(before).toContain(value)
  expect(before).toContain('# pgboss.')
  expect(before).toContain('# public.registration 2')

  expect(await say('person-a', '/xoa')).toContain('KHÔNG khôi phục được')
  expect(await say('person-a', 'xoá hết')).toContain('Mã biên nhận')
  expect(await app.parts.privacyDesk.carryOutErasures(new Date(Date.now() + 3_600_000))).toBe(1)

  const lines = (await dumpDatabase(db)).split('\n')
  const left = typed.flatMap((value) =>
    lines.filter((line) => line.includes(value)).map((line) => `${value}: ${line.slice(0, 200)}`),
  )
  expect(left).toEqual([])
  const rest = lines.join('\n')
  expect(rest).toContain('Táo Còn Lại')
}, 120_000)
