import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate, openDatabase } from '../../src/database/index.ts'
import { after, HOUR, openClass, rooms } from '../programme/support.ts'
import { race } from './seat-race.ts'

/**
 * How quickly a class fills when everybody presses at once. Needs TEST_DATABASE_URL (a PostgreSQL server where a
 * database may be made and dropped): `node tests/load/seats.ts [people] [seats] [processes]`.
 */
const [people = 500, seats = 20, processes = 3] = process.argv.slice(2).map(Number)
const server = process.env['TEST_DATABASE_URL']
if (server === undefined) throw new Error('TEST_DATABASE_URL is needed')
const name = `nscl_load_${randomBytes(4).toString('hex')}`
const admin = new pg.Client({ connectionString: server })
await admin.connect()
await admin.query(`create database ${name}`)
const address = new URL(server)
address.pathname = `/${name}`
const db = await openDatabase({ url: address.href })
try {
  await migrate(db)
  const id = await openClass(db, { seats })
  const began = performance.now()
  const raced = await race(address.href, id, { people, processes })
  const ms = performance.now() - began
  const waits = raced.map((one) => one.answered - one.began).toSorted((a, b) => a - b)
  const count = (outcome: string) => raced.filter((one) => one.outcome === outcome).length
  const { rows } = await db.query<{ registration_id: string }>(
    `select registration_id from class_enrolment where class_id = $1 and state = 'seated'`,
    [id],
  )
  const { programme } = rooms(db)
  const freedAt = performance.now()
  for (const { registration_id: registrationId } of rows) {
    await db.inTransaction((tx) => programme.release(tx, { registrationId }, after(HOUR)))
  }
  const { rows: offered } = await db.query<{ first: number; last: number; n: number }>(
    `select min(arrival)::int as first, max(arrival)::int as last, count(*)::int as n
     from class_enrolment where class_id = $1 and state = 'offered'`,
    [id],
  )
  console.log({
    people,
    seats,
    processes,
    seated: count('seated'),
    waiting: count('waiting'),
    perSecond: Math.round(people / (ms / 1000)),
    waitMsMedian: Math.round(waits[Math.floor(waits.length / 2)] ?? 0),
    waitMsMax: Math.round(waits.at(-1) ?? 0),
    offersAfterCancelling: offered[0],
    cancelMs: Math.round((performance.now() - freedAt) / Math.max(rows.length, 1)),
  })
} finally {
  await db.close()
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
}
