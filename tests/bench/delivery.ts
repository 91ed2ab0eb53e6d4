import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate, openDatabase } from '../../src/database/index.ts'
import { client, summary, update } from './delivery-load.ts'

/**
 * `npm run bench:delivery`: what the delivery holds to, as ratios measured side by side in one run on one PostgreSQL
 * (TEST_DATABASE_URL). The application, the database and this generator share the machine's cores.
 */

const serverUrl = process.env['TEST_DATABASE_URL']
if (serverUrl === undefined) {
  console.error('TEST_DATABASE_URL: got nothing, accepted is the address of a PostgreSQL 17 with pgvector')
  process.exit(1)
}
const SECRET = 'bench-secret-0123456789'
const PATH = '/webhooks/telegram'
const QUICK = process.env['BENCH_SECONDS']
const ROUNDS = 5
const ROUND_MS = 2_000
const SECONDS = QUICK === undefined ? 8 : Number(QUICK)

async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `bench_${randomBytes(5).toString('hex')}`
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const address = new URL(serverUrl ?? '')
  address.pathname = `/${name}`
  const db = await openDatabase({ url: address.href, poolMax: 2 })
  await migrate(db)
  await db.close()
  return {
    url: address.href,
    async drop() {
      await admin.query(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}

interface Platform {
  server: Server
  url: string
  /** Called with the text of every message sent. */
  onText: (text: string) => void
  hang: boolean
}

/** Telegram's side: takes sendMessage; or hangs, as a platform in trouble does. */
async function platform(): Promise<Platform> {
  const state: Platform = { server: createServer(), url: '', onText: () => {}, hang: false }
  let sent = 0
  state.server.on('request', (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      if (!request.url?.endsWith('/sendMessage')) return response.end('{"ok":true,"result":true}')
      if (state.hang) return
      const { text } = JSON.parse(body) as { text: string }
      state.onText(text)
      response.setHeader('content-type', 'application/json')
      return response.end(
        JSON.stringify({
          ok: true,
          result: { message_id: ++sent, date: 0, chat: { id: 1, type: 'private' }, text: '' },
        }),
      )
    })
  })
  await new Promise<void>((resolve) => state.server.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${(state.server.address() as { port: number }).port}`
  return state
}

async function app(kind: 'app' | 'keep' | 'bare', database: string, platformUrl: string) {
  const child: ChildProcess = fork(fileURLToPath(new URL('./delivery-app.ts', import.meta.url)), [], {
    env: {
      ...process.env,
      BENCH_KIND: kind,
      BENCH_DB: database,
      BENCH_PLATFORM: platformUrl,
      BENCH_SECRET: SECRET,
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('exit', (code) => reject(new Error(`the process under measurement ended (${code})`)))
  })
  return {
    port,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Single-row insert commits a second, one process, one pool: what the database gives. */
async function rawInserts(database: string, atOnce: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: database, max: 20 })
  await pool.query(
    'create table if not exists bench_raw (id bigint primary key, content jsonb not null, at timestamptz not null)',
  )
  let n = Date.now() * 1000
  let count = 0
  const end = Date.now() + ROUND_MS
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (Date.now() < end) {
        const { body } = update(500)
        await pool.query('insert into bench_raw (id, content, at) values ($1, $2, $3)', [
          ++n,
          body,
          new Date(),
        ])
        count++
      }
    }),
  )
  await pool.end()
  return (count * 1_000) / ROUND_MS
}

async function flood(port: number, atOnce: number): Promise<number> {
  const http = client(port, atOnce, SECRET)
  await http.open()
  let count = 0
  const end = Date.now() + ROUND_MS
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (Date.now() < end) {
        const { status } = await http.post(PATH, update(500).body)
        if (status === 200) count++
      }
    }),
  )
  http.close()
  return (count * 1_000) / ROUND_MS
}

/** Sends at a fixed rate, whatever the answers do. */
async function steady(
  port: number,
  perSecond: number,
  seconds: number,
  onSend?: (id: number, at: number) => void,
) {
  const http = client(port, 128, SECRET)
  await http.open()
  const answers: Promise<{ status: number; ms: number }>[] = []
  const start = performance.now()
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = start + (n * 1000) / perSecond
    const wait = due - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const { id, body } = update(500)
    onSend?.(id, performance.now())
    answers.push(http.post(PATH, body))
  }
  const all = await Promise.all(answers)
  http.close()
  return {
    latency: summary(all.map(({ ms }) => ms)),
    refused: all.filter(({ status }) => status !== 200).length,
  }
}

const idOf = (text: string) => Number(/\((\d+)\)/.exec(text)?.[1])
const ms = (value: number) => `${value.toFixed(1)} ms`

const { url, drop } = await freshDatabase()
const telegram = await platform()
try {
  // In turns, so that a busy moment of the machine falls on all three; the middle of each counts.
  const keep = await app('keep', url, telegram.url)
  const bareApp = await app('bare', url, telegram.url)
  const rounds: [number, number, number][] = []
  await flood(keep.port, 64) // warm
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push([await rawInserts(url, 64), await flood(keep.port, 64), await flood(bareApp.port, 64)])
  }
  await keep.stop()
  await bareApp.stop()
  const middle = (index: 0 | 1 | 2) =>
    rounds.map((round) => round[index]).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
  const [raw, accepted, bare] = [middle(0), middle(1), middle(2)]
  console.log('Updates accepted (one process, 64 callers)')
  console.log(`  single-row inserts through pg        ${raw.toFixed(0)}/s   1.00`)
  console.log(
    `  updates verified, stored, 200        ${accepted.toFixed(0)}/s   ${(accepted / raw).toFixed(2)}   (held to 0.60)`,
  )
  console.log(`  bare grammY webhook, stores nothing  ${bare.toFixed(0)}/s   ${(bare / raw).toFixed(2)}`)

  const { url: second, drop: dropSecond } = await freshDatabase()
  const running = await app('app', second, telegram.url)
  const sentAt = new Map<number, number>()
  const replied: number[] = []
  telegram.onText = (text) => {
    const at = sentAt.get(idOf(text))
    if (at !== undefined) replied.push(performance.now() - at)
  }
  const note = (id: number, at: number) => sentAt.set(id, at)
  await steady(running.port, 50, 2)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await steady(running.port, 50, SECONDS * 2, note)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const reply = summary(replied)
  console.log(`Message to reply at 50/s, no model (${replied.length} of ${sentAt.size} answered)`)
  console.log(
    `  p50 ${ms(reply.p50)} (held to 15)   p95 ${ms(reply.p95)} (held to 50)   max ${ms(reply.max)}`,
  )

  sentAt.clear()
  replied.length = 0
  const burst = client(running.port, 64, SECRET)
  await burst.open()
  const many = SECONDS * 600
  const from = performance.now()
  await Promise.all(
    Array.from({ length: many }, async () => {
      const { id, body } = update(500)
      sentAt.set(id, performance.now())
      await burst.post(PATH, body)
    }),
  )
  while (replied.length < many && performance.now() - from < 120_000)
    await new Promise((r) => setTimeout(r, 20))
  const took = (performance.now() - from) / 1000
  burst.close()
  console.log(
    `Replies a second, one process, no pacing: ${(replied.length / took).toFixed(0)} (held to 300; ${many} messages in ${took.toFixed(1)} s)`,
  )

  const calm = await steady(running.port, 500, SECONDS)
  telegram.hang = true
  const hung = await steady(running.port, 500, SECONDS)
  console.log('Webhook answered at 500 events a second')
  console.log(
    `  p99 ${ms(calm.latency.p99)} (held to 50)   p50 ${ms(calm.latency.p50)}   max ${ms(calm.latency.max)}   refused ${calm.refused}`,
  )
  console.log(
    `  platform hanging: p99 ${ms(hung.latency.p99)}   max ${ms(hung.latency.max)} (held to 1000)   refused ${hung.refused}`,
  )
  await running.stop()
  await dropSecond()
} finally {
  telegram.server.closeAllConnections()
  telegram.server.close()
  await drop()
}
