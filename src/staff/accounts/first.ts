import { randomUUID } from 'node:crypto'
import type { Database } from '../../database/index.ts'
import { hashPassword, oneTimePassword } from './password.ts'
import { anyAccount, insertAccount } from './store.ts'

/** The sign-in name of the account made at the very first start. */
export const FIRST_ADMINISTRATOR = 'quantri'

/** Sign-in names need no mail server: a plain name stands for an address in this domain, which nobody sees. */
const NAME_DOMAIN = 'nscl.local'

export function emailOf(signInName: string): string {
  const name = signInName.trim().toLowerCase()
  return name.includes('@') ? name : `${name}@${NAME_DOMAIN}`
}

export function signInNameOf(email: string): string {
  return email.endsWith(`@${NAME_DOMAIN}`) ? email.slice(0, -NAME_DOMAIN.length - 1) : email
}

/**
 * At the very first start makes the administrator of all provinces.
 * @returns the one-time password, to be printed once and never stored; null when there are accounts already
 */
export async function ensureFirstAdministrator(db: Database): Promise<string | null> {
  if (await anyAccount(db)) return null
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const made = await db.inTransaction(async (tx) => {
    // Two processes may start together on one server: only one of them makes (and prints) the account.
    await tx.query(`select pg_advisory_xact_lock(hashtext('nscl first administrator'))`)
    if (await anyAccount(tx)) return false
    return await insertAccount(tx, {
      id: randomUUID(),
      name: 'Quản trị viên',
      email: emailOf(FIRST_ADMINISTRATOR),
      role: 'administrator',
      provinces: ['*'],
      passwordHash,
    })
  })
  return made ? password : null
}
