import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type Database, migrate, openDatabase } from '../../src/database/index.ts'
import { staffApp } from '../../src/staff/index.ts'
import { browser } from '../staff/console.ts'
import { consoleDeps } from '../staff/deps.ts'
import { account, PASSWORD } from '../staff/people.ts'
import { registration } from '../staff/registrations-seed.ts'

/** A console over many registrations and messages on a real PostgreSQL, and how long its pages and exports take. */

type Rooms = Awaited<ReturnType<typeof consoleDeps>>
type Filled = { registrationId: string; conversationId: string; reference: string }

export interface Size {
  registrations: number
  messages: number
  /** Times every page is asked for. */
  rounds: number
}

export interface Figures {
  pages: readonly { label: string; p50Ms: number; p95Ms: number; maxMs: number }[]
  firstPageP95Ms: number
  allPagesP95Ms: number
  claim: { p50Ms: number; p95Ms: number }
  /** The whole list as a file; the growth of the process while it was made. */
  exports: readonly {
    kind: 'xlsx' | 'csv'
    ms: number
    firstByteMs: number
    bytes: number
    grownMb: number
  }[]
}

/** Fills a database of its own on `server`, measures, and drops it. */
export async function consoleLoad(server: string, size: Size): Promise<Figures> {
  const name = `nscl_console_load_${process.pid}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const address = new URL(server)
  address.pathname = `/${name}`
  const db = await openDatabase({ url: address.href, poolMax: 10 })
  try {
    await migrate(db)
    const rooms = await consoleDeps(db)
    const one = await fill(db, rooms, size)
    const figures = await measure(db, rooms, one, size.rounds)
    await rooms.stop()
    return figures
  } finally {
    await db.close()
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}

async function fill(db: Database, rooms: Rooms, { registrations, messages }: Size): Promise<Filled> {
  const web = { channel: 'web', account: 'w', person: 'p1' } as const
  const conversation = await rooms.openConversation(db, web, {
    province: 'ninh-thuan',
    language: 'vi',
    at: new Date(),
  })
  const made = await registration(db, rooms.vault, {
    conversation: { id: conversation.id, address: web },
    enterprise: 'HTX Nông nghiệp An Hải Phước',
  })
  await copies(db, 'registration', made.id, 'id', registrations - 1, {
    id: 'gen_random_uuid()',
    reference: `upper(substr(translate(md5(n::text), '0125b8', 'ACDEFG'), 1, 8)) || n`,
    form_key: `'f' || n`,
    enterprise_name: `'Cơ sở số ' || n`,
    enterprise_key: `'co so ' || n`,
    phone_index: `md5('p' || n)`,
    search: `to_tsvector('simple', 'co so so ' || n || case when n % 6 = 0 then ' phuoc huu ' else ' ninh hai ' end || substr(md5(n::text), 1, 5))`,
    state: `(array['new', 'reviewing', 'needs_more', 'approved', 'waitlisted', 'declined', 'completed', 'cancelled'])[1 + n % 8]`,
    province: `case when n % 10 = 0 then 'an-giang' else 'ninh-thuan' end`,
    conversation_id: 'gen_random_uuid()',
    submitted_at: `now() - n * interval '3 minutes'`,
    updated_at: `now() - n * interval '3 minutes'`,
  })
  await rooms.inbox.accept({
    address: web,
    eventId: 'e',
    content: { kind: 'text', text: 'cho tôi hỏi về 5S' },
    sentAt: new Date(),
    language: 'vi',
  })
  await rooms.inbox.assignProvince(db, conversation.lane, 'ninh-thuan')
  await db.inTransaction((tx) =>
    rooms.outbox.say(
      tx,
      web,
      { text: 'Kế hoạch hỗ trợ 5S.', citations: [], actions: [] },
      { cause: 'c', from: 'assistant', province: 'ninh-thuan' },
    ),
  )
  await db.query(`update inbound set state = 'done'`).catch(() => {})
  await db.query(`update outbound set state = 'sent'`).catch(() => {})
  const lane = `'web:w:p' || (1 + n % 20000)`
  for (const table of ['inbound', 'outbound']) {
    const { rows } = await db.query<{ id: string }>(`select id from ${table} limit 1`)
    await copies(db, table, rows[0]?.id ?? '', 'id', messages / 2 - 1, {
      id: 'gen_random_uuid()',
      lane,
      ...((await has(db, table, 'event_id')) ? { event_id: `'e' || n` } : {}),
      ...((await has(db, table, 'cause')) ? { cause: `'c' || n` } : {}),
      ...((await has(db, table, 'seq')) ? { seq: 'n + 10' } : {}),
    })
  }
  await db.query(
    `insert into conversation (channel, account, person, lane, province, last_seen_at)
     select 'web', 'w', 'p' || n, 'web:w:p' || n, case when n % 10 = 0 then 'an-giang' else 'ninh-thuan' end, now() - n * interval '1 minute'
       from generate_series(2, 20000) n on conflict do nothing`,
  )
  await db.query('analyze')
  return { registrationId: made.id, conversationId: conversation.id, reference: made.reference }
}

async function has(db: Database, table: string, column: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'select 1 from information_schema.columns where table_name = $1 and column_name = $2',
    [table, column],
  )
  return rowCount === 1
}

/** Copies one real row many times, with some columns made anew: the rows are what the rooms write. */
async function copies(
  db: Database,
  table: string,
  id: string,
  key: string,
  count: number,
  change: Record<string, string>,
): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_name = $1 and table_schema = current_schema() and is_generated = 'NEVER'`,
    [table],
  )
  const names = rows.map(({ name: column }) => column)
  const values = names.map((column) => change[column] ?? `one.${column}`)
  await db.query(
    `insert into ${table} (${names.join(', ')}) overriding system value
     select ${values.join(', ')} from ${table} one, generate_series(1, ${count}) n where one.${key} = $1`,
    [id],
  )
}

async function measure(db: Database, rooms: Rooms, one: Filled, rounds: number): Promise<Figures> {
  const app = staffApp(rooms.deps)
  const officer = await account(db, 'reviewer', ['ninh-thuan'])
  const chrome = browser(app)
  await chrome.signIn(officer.name, PASSWORD)
  const pages: [string, string][] = [
    ['queue, first page', '/staff/ho-so'],
    ['queue, new and nobody’s', '/staff/ho-so?trang-thai=new&ai=chua'],
    ['queue, oldest first', '/staff/ho-so?xep=cu'],
    ['queue, search by name', '/staff/ho-so?q=an+hai+phuoc'],
    ['queue, search by a common word', '/staff/ho-so?q=phuoc'],
    ['queue, search by reference', `/staff/ho-so?q=${one.reference}`],
    ['queue, search by phone', '/staff/ho-so?q=0912345678'],
    ['registration', `/staff/ho-so/${one.registrationId}`],
    ['conversation', `/staff/hoi-thoai/${one.conversationId}`],
    ['conversations', '/staff/hoi-thoai'],
    ['waiting', '/staff/dang-cho'],
    ['calls', '/staff/goi-dien'],
    ['questions', '/staff/cau-hoi'],
    ['classes', '/staff/lop'],
    ['settings', '/staff/cai-dat'],
    ['me', '/staff/toi'],
  ]
  const all: number[] = []
  const figures: Figures['pages'][number][] = []
  for (const [label, path] of pages) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const started = performance.now()
      const response = await chrome.send(path)
      await response.text()
      times.push(performance.now() - started)
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
    }
    all.push(...times)
    figures.push({
      label,
      p50Ms: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      maxMs: Math.max(...times),
    })
  }
  const claims: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await chrome.post('/staff/ho-so/tiep-theo', { query: '', nonce: randomUUID() })
    claims.push(performance.now() - started)
  }
  return {
    pages: figures,
    firstPageP95Ms: figures[0]?.p95Ms ?? 0,
    allPagesP95Ms: percentile(all, 0.95),
    claim: { p50Ms: percentile(claims, 0.5), p95Ms: percentile(claims, 0.95) },
    exports: [await exported(chrome, 'xlsx'), await exported(chrome, 'csv')],
  }
}

/** Takes the whole list as a browser would, keeping nothing of it. */
async function exported(chrome: ReturnType<typeof browser>, kind: 'xlsx' | 'csv') {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 50)
  const started = performance.now()
  const response = await chrome.send(`/staff/bao-cao/ho-so.${kind}`)
  let bytes = 0
  let firstByteMs = 0
  for await (const part of response.body ?? []) {
    if (bytes === 0) firstByteMs = performance.now() - started
    bytes += part.length
  }
  clearInterval(watch)
  return { kind, ms: performance.now() - started, firstByteMs, bytes, grownMb: (most - before) / 2 ** 20 }
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
