import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  consentText,
  privacyPolicies,
  recordConsent,
  retentionReports,
  runRetention,
} from '../../src/privacy/index.ts'
import { testDatabase } from '../support/database.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  db = await testDatabase()
  await db.query('create table chat (at timestamptz)')
})
afterAll(() => db.close())

const AT = new Date('2026-11-20T02:00:00Z')
const log = { warn: () => {} }
const chat = {
  name: 'chat',
  days: 90,
  purge: async (tx: Pick<typeof db, 'query'>, before: Date) =>
    (
      await tx.query('delete from chat where ctid in (select ctid from chat where at < $1 limit 100)', [
        before,
      ])
    ).rowCount ?? 0,
}

test('what is older than its term goes, in pieces, and the report says how much', async () => {
  await db.query(
    `insert into chat select $1::timestamptz - make_interval(days => n) from generate_series(1, 450) n`,
    [AT],
  )
  const [result] = await runRetention({ db, policies: [chat], log }, AT)
  expect(result).toMatchObject({ policy: 'chat', days: 90, removed: 360, error: null })
  const { rows } = await db.query<{ n: number }>('select count(*)::int as n from chat')
  expect(rows[0]?.n).toBe(90)
  const again = await runRetention({ db, policies: [chat], log }, AT)
  expect(again[0]?.removed).toBe(0)
})

test('a policy that fails is named in the report and does not stop the next', async () => {
  const failing = { name: 'broken', days: 1, purge: () => Promise.reject(new RangeError('row of somebody')) }
  const results = await runRetention({ db, policies: [failing, chat], log }, AT)
  expect(results.map(({ policy, error }) => [policy, error])).toEqual([
    ['broken', 'RangeError'],
    ['chat', null],
  ])
  const reports = await retentionReports(db)
  expect(reports.find(({ policy }) => policy === 'broken')?.error).toBe('RangeError')
  expect(JSON.stringify(reports)).not.toContain('somebody')
})

test('the proof of a consent in use is never purged, an anonymous one is after its term', async () => {
  const shown = consentText('survey', 'vi', 'Sở')
  const conversationId = randomUUID()
  const given = {
    conversationId,
    channel: 'web',
    province: null,
    shown,
    language: 'vi',
    reply: 'Có',
    at: new Date('2020-01-01'),
  } as const
  await recordConsent(db, { ...given, cause: 'a' })
  const gone = await recordConsent(db, { ...given, cause: 'b' })
  await db.query(
    `update consent set conversation_id = null, reply = null, withdrawn_at = '2020-02-01' where id = $1`,
    [gone],
  )
  await runRetention({ db, policies: privacyPolicies({ proof: 730 }), log }, AT)
  const { rows } = await db.query('select cause from consent')
  expect(rows).toEqual([{ cause: 'a:survey' }])
})
