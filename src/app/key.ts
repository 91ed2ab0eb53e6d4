import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '../database/index.ts'

export class KeyProblem extends Error {
  override name = 'KeyProblem'
}

/** The key from the setting, or the one kept beside the data; made at the very first start, readable by us only. */
export function readKey(setting: string | undefined, dataDir: string): Buffer {
  if (setting !== undefined) return Buffer.from(setting, 'hex')
  const path = join(dataDir, 'data.key')
  mkdirSync(dataDir, { recursive: true })
  if (!existsSync(path))
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  const key = readFileSync(path, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/i.test(key))
    throw new KeyProblem(`DATA_DIR: ${path} does not hold 64 hexadecimal digits`)
  return Buffer.from(key, 'hex')
}

/**
 * Refuses to run with another key than the one the data were sealed with: with it nothing could be read, and what
 * would be written could not be read with the right one.
 */
export async function checkKey(db: Db, key: Buffer): Promise<void> {
  const mine = createHmac('sha256', key).update('nscl key check').digest('hex')
  await db.query('insert into installation (key_check) values ($1) on conflict do nothing', [mine])
  const { rows } = await db.query<{ key_check: string }>('select key_check from installation')
  if (rows[0]?.key_check !== mine) {
    throw new KeyProblem(
      'DATA_KEY: the data in this database were sealed with another key; give the one used before',
    )
  }
}
