/** A database of the bench's own: embedded in memory, or a fresh one on a server, dropped afterwards. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Database, migrate, openDatabase } from '../../src/database/index.ts'

export async function ownDatabase(server: string | undefined): Promise<Database & { drop(): Promise<void> }> {
  if (server === undefined) {
    const db = await openDatabase({})
    await migrate(db)
    return Object.assign(db, { drop: () => db.close() })
  }
  const name = `nscl_bench_${randomBytes(5).toString('hex')}`
  await onServer(server, `create database ${name}`)
  const address = new URL(server)
  address.pathname = `/${name}`
  const db = await openDatabase({ url: address.href, poolMax: 4 })
  await migrate(db)
  const drop = async () => {
    await db.close()
    await onServer(server, `drop database ${name} with (force)`)
  }
  return Object.assign(db, { drop })
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Bytes on disk of the tables the search reads. */
export async function indexBytes(db: Database): Promise<number> {
  const { rows } = await db.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(name::regclass)) as bytes
       from unnest(array['knowledge_unit', 'knowledge_posting', 'knowledge_lexicon']) as name`,
  )
  return Number(rows[0]?.bytes ?? 0)
}
