import { afterAll, beforeAll, expect, test } from 'vitest'
import { AuditRefused, eachAudit, purgeAudit, searchAudit, writeAudit } from '../../src/audit/index.ts'
import { testDatabase } from '../support/database.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const old = (days: number) =>
  db.query(
    `insert into audit_log (at, actor, action, province) values (now() - make_interval(days => $1), 'old', 'session.sign_in', 'ninh-thuan')`,
    [days],
  )

test('nobody changes or removes an entry, the owner of the table included', async () => {
  await writeAudit(db, {
    actor: 'officer-1',
    action: 'registration.view',
    subject: 'registration:1',
    province: 'ninh-thuan',
  })
  for (const sql of [
    `update audit_log set actor = 'someone else'`,
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    await expect(db.query(sql)).rejects.toThrow(/append-only|permission denied/)
    await expect(db.asOfficer('*', (tx) => tx.query(sql))).rejects.toThrow(/append-only|permission denied/)
  }
  expect(await searchAudit(db, { actor: 'officer-1' })).toHaveLength(1)
})

test('a function with the purge’s name in another signature, or a setting, opens nothing', async () => {
  await db.query(
    `create function audit_purge(which text) returns void language plpgsql as $$ begin delete from audit_log; end $$`,
  )
  await expect(db.query(`select audit_purge('all')`)).rejects.toThrow(/append-only/)
})

test('only the retention function removes, only what is old, and an officer may not call it', async () => {
  await old(400)
  await old(300)
  await expect(
    db.asOfficer('*', (tx) => purgeAudit(tx, new Date(Date.now() - 365 * 86_400_000))),
  ).rejects.toThrow(/permission denied/)
  expect(await purgeAudit(db, new Date(Date.now() - 365 * 86_400_000))).toBe(1)
  expect(await searchAudit(db, { actor: 'old' })).toHaveLength(1)
  await expect(purgeAudit(db, new Date())).rejects.toThrow(/last 90 days/)
})

test('an officer adds and reads entries of their provinces only', async () => {
  const entry = (province: string | null) => ({
    actor: 'officer-2',
    action: 'export.xlsx',
    province,
    detail: { rows: 12 },
  })
  await db.asOfficer(['dong-thap'], (tx) => writeAudit(tx, entry('dong-thap')))
  await db.asOfficer(['dong-thap'], (tx) => writeAudit(tx, entry(null)))
  await expect(db.asOfficer(['dong-thap'], (tx) => writeAudit(tx, entry('ninh-thuan')))).rejects.toThrow(
    /row-level security/,
  )
  const seen = (provinces: string[] | '*') =>
    db.asOfficer(provinces, async (tx) => (await searchAudit(tx, { actor: 'officer-2' })).length)
  expect(await seen(['dong-thap'])).toBe(1)
  expect(await seen(['ninh-thuan'])).toBe(0)
  expect(await seen('*')).toBe(2)
})

test('a detail that looks like personal data is refused, an id is not', async () => {
  const write = (value: string) => writeAudit(db, { actor: 'a', action: 'test.detail', detail: { value } })
  await expect(write('0912 345 678')).rejects.toThrow(AuditRefused)
  await expect(write('an@example.vn')).rejects.toThrow(AuditRefused)
  await expect(write('052345678901')).rejects.toThrow(AuditRefused)
  await write('6b1c2d3e-0000-4000-8000-012345678901')
  await write('new → approved')
})

test('the search narrows by beginning of action, subject and time, and pages through everything', async () => {
  for (let n = 0; n < 30; n++) {
    await writeAudit(db, {
      actor: 'pager',
      action: n % 2 === 0 ? 'class.open' : 'class.check_in',
      subject: `class:${n % 3}`,
    })
  }
  expect(await searchAudit(db, { actor: 'pager', action: 'class.' })).toHaveLength(30)
  expect(await searchAudit(db, { actor: 'pager', action: 'class.open', subject: 'class:0' })).toHaveLength(5)
  expect(await searchAudit(db, { actor: 'pager', until: new Date(Date.now() - 60_000) })).toEqual([])
  const [first, second] = [await searchAudit(db, { actor: 'pager', limit: 20 }), []]
  const rest = await searchAudit(db, { actor: 'pager', before: first.at(-1)?.id })
  expect(new Set([...first, ...rest, ...second].map(({ id }) => id)).size).toBe(30)
  const all = []
  for await (const row of eachAudit(db, { actor: 'pager' })) all.push(row.id)
  expect(all).toHaveLength(30)
})
