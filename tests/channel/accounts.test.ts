import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/channel/accounts/index.ts'
import { createVault } from '../../src/vault/index.ts'
import { testDatabase } from '../support/database.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
const vault = createVault(randomBytes(32))
const NOW = new Date('2026-11-22T03:00:00Z')
const create = () => createAccounts({ db, vault, clock: () => NOW })
const bot = {
  kind: 'telegram' as const,
  externalId: '1',
  name: 'Bot',
  provinces: ['lao-cai'],
  secrets: { token: '1:abc' },
}

beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())
beforeEach(() => db.query('truncate channel_account cascade'))

describe('channel accounts', () => {
  test('the environment makes the first of each kind and never another', async () => {
    const accounts = create()
    expect(await accounts.ensureFirst(bot)).toMatchObject({ kind: 'telegram', state: 'on' })
    expect(await accounts.ensureFirst({ ...bot, externalId: '2' })).toBeNull()
    expect(await accounts.ensureFirst({ kind: 'web', externalId: 'web', name: 'Trang' })).not.toBeNull()
    expect((await accounts.all()).map(({ externalId }) => externalId)).toEqual(['1', 'web'])
  })

  test('ten starters at once make one account', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => create().ensureFirst(bot)))
    expect(made.filter(Boolean)).toHaveLength(1)
  })

  test('further accounts are added by hand, each external id once', async () => {
    const accounts = create()
    await accounts.ensureFirst(bot)
    expect(await accounts.create({ ...bot, externalId: '2' })).not.toBeNull()
    expect(await accounts.create({ ...bot, externalId: '2' })).toBeNull()
    expect(await accounts.all('telegram')).toHaveLength(2)
  })

  test('secrets are sealed in the database, absent from lists, and merged key by key', async () => {
    const accounts = create()
    const { id } = (await accounts.create({ ...bot, secrets: { token: '1:abc', hook: 'h' } })) ?? { id: '' }
    const { rows } = await db.query('select * from channel_account')
    expect(JSON.stringify(rows)).not.toContain('1:abc')
    expect(JSON.stringify(await accounts.all())).not.toContain('1:abc')
    await accounts.change(id, { secrets: { token: '1:new', hook: '' } })
    expect(await accounts.secrets(id)).toEqual({ token: '1:new' })
    expect(await accounts.secrets('nobody')).toEqual({})
  })

  test('a person’s province follows from an account that has exactly one', async () => {
    const accounts = create()
    const one = await accounts.create(bot)
    const two = await accounts.create({ ...bot, externalId: '2', provinces: ['lao-cai', 'dong-thap'] })
    const none = await accounts.create({ ...bot, externalId: '3', provinces: [] })
    expect(await accounts.provinceOf(one?.id ?? '')).toBe('lao-cai')
    expect(await accounts.provinceOf(two?.id ?? '')).toBeNull()
    expect(await accounts.provinceOf(none?.id ?? '')).toBeNull()
    expect(await accounts.provinceOf('nobody')).toBeNull()
  })

  test('a change is seen at once here, and says why an account is off', async () => {
    const accounts = create()
    const { id } = (await accounts.create(bot)) ?? { id: '' }
    await accounts.change(id, { name: 'Bot mới', state: { to: 'off', reason: 'bảo trì' } })
    expect(await accounts.byId(id)).toMatchObject({ name: 'Bot mới', state: 'off', stateReason: 'bảo trì' })
    await accounts.change(id, { state: { to: 'on' } })
    expect(await accounts.byId(id)).toMatchObject({ state: 'on', stateReason: null, provinces: ['lao-cai'] })
    expect(await accounts.change('nobody', { name: 'x' })).toBeNull()
  })

  test('two operators’ changes do not overwrite each other', async () => {
    const { id } = (await create().create(bot)) ?? { id: '' }
    await Promise.all([
      create().change(id, { secrets: { a: '1' } }),
      create().change(id, { secrets: { b: '2' } }),
    ])
    expect(await create().secrets(id)).toEqual({ token: '1:abc', a: '1', b: '2' })
  })

  test('an alarm counts its cause, is cleared, and starts anew', async () => {
    const accounts = create()
    const { id } = (await accounts.create(bot)) ?? { id: '' }
    for (let i = 0; i < 1_000; i++) await accounts.raise(id, 'zalo_signature', { signed: false })
    expect(await accounts.alarms(id)).toMatchObject([
      { code: 'zalo_signature', count: 1, detail: { signed: false } },
    ])
    await create().raise(id, 'zalo_signature')
    expect((await accounts.alarms())[0]?.count).toBe(2)
    expect(await accounts.clear(id, 'zalo_signature')).toBe(true)
    expect(await accounts.clear(id, 'zalo_signature')).toBe(false)
    expect(await accounts.alarms()).toEqual([])
    await accounts.raise(id, 'zalo_signature')
    expect((await accounts.alarms())[0]?.count).toBe(1)
  })

  test('hearing from the platform is noted', async () => {
    const accounts = create()
    const { id } = (await accounts.create(bot)) ?? { id: '' }
    await accounts.heard(id)
    expect(await create().byId(id)).toMatchObject({ lastEventAt: NOW })
  })

  test('an officer’s role reads neither accounts nor tokens nor people', async () => {
    for (const table of [
      'channel_account',
      'channel_alarm',
      'zalo_grant',
      'zalo_person',
      'zalo_consent',
      'zalo_refresh_used',
    ]) {
      await expect(db.asOfficer('*', (tx) => tx.query(`select * from ${table}`))).rejects.toThrow(
        'permission denied',
      )
    }
  })
})
