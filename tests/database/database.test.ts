import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, migrate } from '../../src/database/index.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(async () => await db.close())

test('a second migration finds nothing to do', async () => {
  expect(await migrate(db)).toEqual([])
})

test('a transaction that throws leaves nothing behind', async () => {
  await db.query('create table if not exists probe (n int)')
  await expect(
    db.inTransaction(async (tx) => {
      await tx.query('insert into probe values (1)')
      throw new Error('stop')
    }),
  ).rejects.toThrow('stop')
  expect((await db.query('select * from probe')).rows).toEqual([])
})

test('an officer sees rows of the given provinces only, on the embedded superuser too', async () => {
  await db.query(`create table border (province text);
    alter table border enable row level security;
    create policy officers on border to nscl_officer using (officer_sees(province));
    grant select on border to nscl_officer;
    insert into border values ('ninh-thuan'), ('dong-thap'), (null)`)
  const seen = (provinces: string[] | '*') =>
    db.asOfficer(provinces, async (tx) => (await tx.query('select province from border')).rows.length)
  expect(await seen(['ninh-thuan'])).toBe(1)
  expect(await seen([])).toBe(0)
  expect(await seen('*')).toBe(3)
})
