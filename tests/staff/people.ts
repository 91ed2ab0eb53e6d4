import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/database/index.ts'
import { hashPassword } from '../../src/staff/accounts/password.ts'
import { insertAccount, type Role } from '../../src/staff/accounts/store.ts'

export const PASSWORD = 'bốn con ngựa vàng chạy'
let passwordHash: string | null = null

/** An officer's account, ready to sign in with PASSWORD (administrators: without their second factor). */
export async function account(db: Database, role: Role, provinces: readonly string[], name = 'Trần Thị Bê') {
  const signInName = `cb${randomUUID().slice(0, 8)}`
  const id = randomUUID()
  passwordHash ??= await hashPassword(PASSWORD)
  const hash = passwordHash
  await db.inTransaction((tx) =>
    insertAccount(tx, { id, name, email: `${signInName}@nscl.local`, role, provinces, passwordHash: hash }),
  )
  await db.query('update staff_user set must_change_password = false where id = $1', [id])
  return { id, name: signInName }
}

/** The second factor as if set up, after a sign-in without it: tests of pages need no codes. */
export async function pretendSecondFactor(db: Database, id: string, on: boolean): Promise<void> {
  await db.query('update staff_user set two_factor_enabled = $2 where id = $1', [id, on])
}
