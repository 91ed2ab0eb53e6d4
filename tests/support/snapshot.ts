import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate, openDatabase } from '../../src/database/index.ts'

/** Once per run: a migrated database every test file starts from, as a dump (embedded) or a template (server). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL']
  if (url !== undefined) return await serverTemplate(project, url)
  const folder = mkdtempSync(join(tmpdir(), 'nscl-snapshot-'))
  const path = join(folder, 'migrated.tar')
  const db = await openDatabase({})
  await migrate(db)
  const dump = await db.pglite?.dumpDataDir('none')
  if (!dump) throw new Error('no dump')
  writeFileSync(path, Buffer.from(await dump.arrayBuffer()))
  await db.close()
  project.provide('snapshot', path)
  project.provide('template', '')
  return async () => rmSync(folder, { recursive: true, force: true })
}

async function serverTemplate(project: TestProject, url: string): Promise<() => Promise<void>> {
  const template = `nscl_template_${process.pid}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${template}`)
  const address = new URL(url)
  address.pathname = `/${template}`
  const db = await openDatabase({ url: address.href, poolMax: 2 })
  await migrate(db)
  await db.close()
  project.provide('snapshot', '')
  project.provide('template', template)
  return async () => {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where datname like $1',
      [`${template}%`],
    )
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`)
    await admin.end()
  }
}

export function readSnapshot(path: string): Blob | undefined {
  return existsSync(path) ? new Blob([readFileSync(path)]) : undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    snapshot: string
    template: string
  }
}
