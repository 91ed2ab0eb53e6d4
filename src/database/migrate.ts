import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Database, Db } from './open.ts'

const MIGRATIONS = new URL('./migrations/', import.meta.url)
const LOCK = 4_009_2023 // any fixed number: two starters must not migrate at once

/**
 * Brings the database to the newest shape. Each file of `migrations/` runs once, in the order of its number,
 * in a transaction that records the file first, so a second starter waits and then finds nothing to do.
 * @returns the names that were applied now
 */
export async function migrate(db: Database): Promise<string[]> {
  const files = readdirSync(fileURLToPath(MIGRATIONS))
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
  await db.query(
    'create table if not exists schema_migration (name text primary key, applied_at timestamptz not null default now())',
  )
  const { rows } = await db.query<{ name: string }>('select name from schema_migration')
  const done = new Set(rows.map((row) => row.name))
  const applied: string[] = []
  for (const name of files.filter((file) => !done.has(file))) {
    if (await db.inTransaction((tx) => apply(tx, name))) applied.push(name)
  }
  return applied
}

async function apply(tx: Db, name: string): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK])
  const { rowCount } = await tx.query(
    'insert into schema_migration (name) values ($1) on conflict do nothing',
    [name],
  )
  if (rowCount === 0) return false
  try {
    await tx.query(readFileSync(new URL(name, MIGRATIONS), 'utf8'))
  } catch (cause) {
    throw new Error(`migration ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return true
}
