/**
 * The officers' queue at 100,000 registrations on a real PostgreSQL: every door of the console, as an officer.
 * Run: BENCH_DATABASE_URL=postgres://… node tests/bench/queue.ts  (makes and drops a database of its own)
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { type Database, migrate, openDatabase } from '../../src/database/index.ts'
import * as desk from '../../src/registration/index.ts'
import { createVault } from '../../src/vault/index.ts'

const ROWS = Number(process.env['ROWS'] ?? 100_000)
const server = process.env['BENCH_DATABASE_URL'] ?? process.env['TEST_DATABASE_URL']
if (!server) throw new Error('BENCH_DATABASE_URL: a PostgreSQL with pgvector is needed')
const vault = createVault(Buffer.alloc(32, 1))
const name = `nscl_bench_${randomBytes(4).toString('hex')}`
const admin = new pg.Client({ connectionString: server })
await admin.connect()
await admin.query(`create database ${name}`)
const address = new URL(server)
address.pathname = `/${name}`
const db = await openDatabase({ url: address.href })
try {
  await migrate(db)
  await fill(db)
  await measure(db)
} finally {
  await db.close()
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
}

async function fill(at: Database): Promise<void> {
  // plain words stand in for names; the digest column is filled like the vault's index of a number
  await at.query(
    `insert into registration (reference, form_key, kind, support, province, state, enterprise_name, enterprise_key, contact_name,
        phone_mask, phone_index, commune_label, search, submitted_at, updated_at, officer_id)
     select 'R' || lpad(i::text, 7, '0'), 'k' || i, case when i % 5 = 0 then 'training' else 'interest' end,
        (array['gap','5s','iso_9001','barcode','organic'])[1 + i % 5], (array['ninh-thuan','dong-thap'])[1 + i % 2],
        (array['new','reviewing','needs_more','approved','waitlisted','declined','completed','cancelled'])[1 + (i * 7) % 8],
        'HTX ' || w, 'cooperative:' || w, 'Nguyễn Văn ' || i, '0912 *** 000', 'x' || i, 'Xã Phước Hữu',
        to_tsvector('simple', 'htx nguyen van xa phuoc huu ' || w), now() - i * interval '1 minute', now(),
        case when i % 3 = 0 then 'o' || (i % 40) end
     from (select i, 'ten' || (i % 5000) || ' so' || i as w from generate_series(1, $1::int) i) s`,
    [ROWS],
  )
  await at.query('update registration set phone_index = $1 where form_key = $2', [
    vault.index('+84912345678'),
    'k777',
  ])
  await at.query('analyze registration')
}

async function measure(at: Database): Promise<void> {
  const officer = { id: 'o1', name: 'O 1' }
  const page = (filter: desk.Filter, order: 'newest' | 'oldest' = 'newest') =>
    at.asOfficer(['ninh-thuan'], (tx) => desk.list(tx, filter, { order }, vault))
  let deep: string | null = null
  for (let i = 0; i < 200; i++)
    deep = (await at.asOfficer(['ninh-thuan'], (tx) => desk.list(tx, {}, { limit: 200, after: deep }, vault)))
      .next
  const doors: [string, () => Promise<unknown>][] = [
    ['first page', () => page({})],
    [
      'page 200 of 200 rows',
      () => at.asOfficer(['ninh-thuan'], (tx) => desk.list(tx, {}, { after: deep }, vault)),
    ],
    ['state new', () => page({ states: ['new'] })],
    ['state + kind + support', () => page({ states: ['needs_more'], kind: 'interest', support: 'gap' })],
    ['my registrations', () => page({ officer: 'o2' })],
    ['search one name', () => page({ text: 'ten77 so77' })],
    ['search a common name', () => page({ text: 'tên 4' })],
    ['search a word everybody has', () => page({ text: 'htx' })],
    ['search nothing', () => page({ text: 'khongcoai' })],
    ['search a telephone number', () => page({ text: '0912 345 678' })],
    ['counts by state', () => at.asOfficer(['ninh-thuan'], (tx) => desk.counts(tx, {}, vault))],
    [
      'counts with a common word',
      () => at.asOfficer(['ninh-thuan'], (tx) => desk.counts(tx, { text: 'htx' }, vault)),
    ],
    ['tally of a year', () => at.asOfficer('*', (tx) => desk.tally(tx, {}, vault))],
    ['take the next', () => at.asOfficer(['ninh-thuan'], (tx) => desk.claimNext(tx, officer, new Date()))],
  ]
  console.log(`${ROWS} registrations, officer of one of two provinces; milliseconds over 40 runs`)
  for (const [door, run] of doors) {
    await run()
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      const start = performance.now()
      await run()
      times.push(performance.now() - start)
    }
    times.sort((a, b) => a - b)
    console.log(
      `${door.padEnd(32)} p50 ${times[20]?.toFixed(1).padStart(7)}  p95 ${times[38]?.toFixed(1).padStart(7)}`,
    )
  }
}
