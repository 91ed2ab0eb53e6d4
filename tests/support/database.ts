import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/database/index.ts'
import { readSnapshot } from './snapshot.ts'

/**
 * A migrated database of the test file's own: embedded by default, a clone on the server of TEST_DATABASE_URL
 * when that is set. Close it in `afterAll`.
 */
export async function testDatabase(poolMax = 10): Promise<Database & { readonly url: string | null }> {
  const server = process.env['TEST_DATABASE_URL']
  if (server === undefined) {
    const snapshot = readSnapshot(inject('snapshot'))
    return Object.assign(await openDatabase(snapshot ? { snapshot } : {}), { url: null })
  }
  const name = `${inject('template')}_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template ${inject('template')}`)
  await admin.end()
  const address = new URL(server)
  address.pathname = `/${name}`
  return Object.assign(await openDatabase({ url: address.href, poolMax }), { url: address.href })
}

/** True when the suite runs on a real server, where several connections race. */
export const onServer = process.env['TEST_DATABASE_URL'] !== undefined
