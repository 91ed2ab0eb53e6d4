import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/index.ts'
import { createVault } from '../../src/vault/index.ts'
import { onServer, testDatabase } from '../support/database.ts'
import { zaloServer } from '../support/zalo-server.ts'
import { type Harness, key, NOW, zaloHarness } from './zalo-setup.ts'

const HOUR_MS = 3_600_000
const TOKEN = '/v4/oa/access_token'

let db: Awaited<ReturnType<typeof testDatabase>>
let zalo: Harness
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())
beforeEach(async () => {
  await db.query('truncate channel_account cascade')
  zalo = await zaloHarness({ db })
})
afterEach(() => zalo.close())

const status = async () => await zalo.channel.status(zalo.account.id)
const refreshes = () => zalo.zalo.calls.filter((path) => path === TOKEN).length
const codes = async () => (await zalo.accounts.alarms(zalo.account.id)).map(({ code }) => code)

describe('the first start', () => {
  test('turns the refresh token of the environment into a pair, kept sealed', async () => {
    expect(await zalo.say({ text: 'Chào anh chị' })).toMatchObject({ outcome: 'sent' })
    expect(await status()).toMatchObject({
      connection: 'ready',
      refreshedAt: NOW,
      expiresAt: new Date(NOW.getTime() + 25 * HOUR_MS),
    })
    const { rows } = await db.query('select * from zalo_grant')
    const kept = JSON.stringify(rows)
    expect(kept).not.toContain(zalo.zalo.refreshToken)
    expect(kept).not.toContain(zalo.zalo.accessToken)
    expect(JSON.stringify((await db.query('select * from channel_account')).rows)).not.toContain('oa-secret')
  })

  test('happens once: the environment creates the first account of the kind only', async () => {
    await zalo.say({ text: 'một' })
    await zalo.channel.ensureFirst({ ...zalo.environment, refreshToken: zalo.zalo.presented[0] })
    await zalo.channel.ensureFirst({
      ...zalo.environment,
      oaId: '3390071122334455000',
      refreshToken: 'other',
    })
    expect(await zalo.accounts.all('zalo')).toHaveLength(1)
    zalo.later(24 * HOUR_MS)
    await zalo.channel.refreshDue()
    expect(new Set(zalo.zalo.presented).size).toBe(zalo.zalo.presented.length)
    expect((await status())?.connection).toBe('ready')
  })

  test('without a token the operator sees that the OA is not connected, and messages wait', async () => {
    const other = await zalo.accounts.create({
      kind: 'zalo',
      externalId: '3390071122334455111',
      name: 'OA thứ hai',
      settings: { appId: zalo.zalo.appId },
      secrets: { appSecret: 'x', oaSecret: 'y' },
    })
    await zalo.channel.refreshDue()
    expect((await zalo.accounts.alarms(other?.id)).map(({ code }) => code)).toEqual(['zalo_not_connected'])
    const delivery = await zalo.channel.sender.send(
      { channel: 'zalo', account: other?.id ?? '', person: '1' },
      { text: 'chào', citations: [], actions: [] },
      { messageId: 'm', partsSent: 0, onPart: async () => {} },
    )
    expect(delivery).toMatchObject({ outcome: 'retry', scope: 'account', maybeSent: false })
  })
})

describe('refreshing', () => {
  test('happens hours before the end, not earlier', async () => {
    await zalo.channel.refreshDue()
    expect(refreshes()).toBe(1)
    zalo.later(19 * HOUR_MS)
    await zalo.channel.refreshDue()
    expect(refreshes()).toBe(1)
    zalo.later(1 * HOUR_MS)
    await zalo.channel.refreshDue()
    expect(refreshes()).toBe(2)
  })

  test('twenty callers of two processes refresh once, and no refresh token is sent twice', async () => {
    // Two pools race on a real server; the embedded database has one connection, shared by both processes.
    const second = db.url === null ? db : await openDatabase({ url: db.url, poolMax: 10 })
    expect(db.url !== null).toBe(onServer)
    const one = zalo.channel
    const two = zalo.process({ db: second }).channel
    try {
      for (let round = 0; round < 3; round++) {
        const before = refreshes()
        await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two).refreshDue()))
        expect(refreshes()).toBe(before + 1)
        zalo.later(21 * HOUR_MS)
      }
      // The same when senders find the token dead, in the middle of traffic.
      zalo.zalo.killAccess()
      const before = refreshes()
      const deliveries = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? one : two).sender.send(
            zalo.to(),
            { text: `tin ${i}`, citations: [], actions: [] },
            { messageId: `m${i}`, partsSent: 0, onPart: async () => {} },
          ),
        ),
      )
      expect(deliveries.map(({ outcome }) => outcome)).toEqual(Array(20).fill('sent'))
      expect(refreshes()).toBe(before + 1)
      expect(new Set(zalo.zalo.presented).size).toBe(zalo.zalo.presented.length)
      expect(zalo.lines.filter(({ level }) => level === 'error')).toEqual([]) // nobody thought the grant lost
    } finally {
      if (second !== db) await second.close()
    }
  })

  test('a connection that never stood costs nothing: the token is used after a pause', async () => {
    const closed = await zaloServer()
    await closed.close()
    const { channel } = zalo.process({ roots: { ...zalo.zalo.roots, oauth: closed.root } })
    await channel.refreshDue()
    expect(await status()).toMatchObject({ connection: 'ready', lastError: 'answer_lost:ECONNREFUSED' })
    await zalo.channel.refreshDue()
    expect(refreshes()).toBe(0) // the pause holds for every process
    zalo.later(61_000)
    await zalo.channel.refreshDue()
    expect(await status()).toMatchObject({ connection: 'ready', lastError: null })
    expect(refreshes()).toBe(1)
  })

  test('the call limit is no loss', async () => {
    zalo.zalo.fail(TOKEN, { code: -32 })
    await zalo.channel.refreshDue()
    expect(await status()).toMatchObject({ connection: 'ready', lastError: 'refused:-32' })
    zalo.later(61_000)
    await zalo.channel.refreshDue()
    expect((await status())?.lastError).toBeNull()
  })
})

describe('a refresh that takes long', () => {
  /** A process whose token calls are answered only when `release` is called. */
  function slowProcess(tokenWaitMs: number) {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slowFetch: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (response.url.endsWith(TOKEN)) await held
      return response
    }
    return { ...zalo.process({ fetch: slowFetch, tokenWaitMs }), release }
  }
  const send = (channel: Harness['channel']) =>
    channel.sender.send(
      zalo.to(),
      { text: 'chào', citations: [], actions: [] },
      { messageId: 'm', partsSent: 0, onPart: async () => {} },
    )

  test('puts a message off instead of sending it behind the outbox’s back, and goes on', async () => {
    const slow = slowProcess(200)
    expect(await send(slow.channel)).toMatchObject({ outcome: 'retry', maybeSent: false, scope: 'account' })
    slow.release()
    await expect.poll(async () => (await status())?.connection).toBe('ready')
    expect(zalo.zalo.sent).toEqual([])
    expect(await send(slow.channel)).toMatchObject({ outcome: 'sent' })
    expect(refreshes()).toBe(1)
  })

  test('is waited for when the process stops, so that the grant is not lost with it', async () => {
    const slow = slowProcess(50)
    await send(slow.channel)
    let stopped = false
    const stopping = slow.channel.stop().then(() => {
      stopped = true
    })
    await expect.poll(async () => (await status())?.connection).toBe('refreshing')
    expect(stopped).toBe(false)
    slow.release()
    await stopping
    expect((await status())?.connection).toBe('ready')
  })
})

describe('a lost answer', () => {
  test.each([
    ['the connection broke after Zalo had rotated', 'done_then_reset' as const],
    ['the connection broke', 'reset' as const],
    ['a gateway answered for Zalo', { status: 502 }],
    ['the answer was no JSON', { status: 200, body: '<html>' }],
    ['Zalo refused the token', { code: -14014 }],
  ])('%s: never replayed, shown to the operator, mended by consent', async (_what, fault) => {
    zalo.zalo.fail(TOKEN, fault)
    await zalo.channel.refreshDue()
    expect((await status())?.connection).toBe('lost')
    expect(await codes()).toEqual(['zalo_grant_lost'])
    const before = refreshes()
    for (let i = 0; i < 3; i++) {
      zalo.later(HOUR_MS)
      await zalo.channel.refreshDue()
      expect(await zalo.say({ text: 'chờ' })).toMatchObject({ outcome: 'retry', scope: 'account' })
    }
    expect(refreshes()).toBe(before)
    await consent()
    expect((await status())?.connection).toBe('ready')
    expect(await codes()).toEqual([])
    expect(await zalo.say({ text: 'đi được rồi' })).toMatchObject({ outcome: 'sent' })
  })

  test('while the old access token lives it is still used', async () => {
    await zalo.say({ text: 'một' })
    zalo.later(21 * HOUR_MS)
    zalo.zalo.fail(TOKEN, 'reset')
    await zalo.channel.refreshDue()
    expect((await status())?.connection).toBe('lost')
    expect(await zalo.say({ text: 'hai' })).toMatchObject({ outcome: 'sent' })
    zalo.zalo.killAccess()
    expect(await zalo.say({ text: 'ba' })).toMatchObject({ outcome: 'retry', scope: 'account' })
  })

  test('a process that died in the middle is recognised when its lease runs out', async () => {
    await zalo.say({ text: 'một' })
    zalo.later(21 * HOUR_MS)
    await db.query(`update zalo_grant set state = 'refreshing', owner = 'dead process', lease_until = $1`, [
      new Date(zalo.time.now.getTime() + 150_000),
    ])
    await zalo.channel.refreshDue()
    expect((await status())?.connection).toBe('refreshing')
    const before = refreshes()
    zalo.later(151_000)
    await zalo.channel.refreshDue()
    expect(await status()).toMatchObject({ connection: 'lost', lastError: 'answer_lost' })
    expect(await codes()).toEqual(['zalo_grant_lost'])
    expect(refreshes()).toBe(before)
  })

  test('a sender that needs a token recognises it as well', async () => {
    await zalo.say({ text: 'một' })
    zalo.later(26 * HOUR_MS)
    const ranOut = new Date(zalo.time.now.getTime() - 1_000)
    await db.query(`update zalo_grant set state = 'refreshing', owner = 'dead process', lease_until = $1`, [
      ranOut,
    ])
    expect(await zalo.say({ text: 'hai' })).toMatchObject({
      outcome: 'retry',
      afterMs: 600_000,
      scope: 'account',
    })
    expect(await codes()).toEqual(['zalo_grant_lost'])
  })

  test('an answer that comes after the lease was given up is still kept by its owner', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = zalo.process({
      fetch: async (...args) => {
        const response = await fetch(...args)
        await held
        return response
      },
    }).channel
    const refreshing = slow.refreshDue()
    await expect.poll(async () => (await status())?.connection).toBe('refreshing')
    zalo.later(151_000)
    await zalo.channel.refreshDue()
    expect((await status())?.connection).toBe('lost')
    release()
    await refreshing
    expect((await status())?.connection).toBe('ready')
    expect(await codes()).toEqual([])
  })

  test('a token that was handed to Zalo before is not sent again, whatever the row says', async () => {
    await zalo.say({ text: 'một' })
    const used = zalo.zalo.presented[0] ?? ''
    await db.query('update zalo_grant set refresh = $1', [createVault(key).seal(used)])
    zalo.later(24 * HOUR_MS)
    await zalo.channel.refreshDue()
    expect(refreshes()).toBe(1)
    expect(await status()).toMatchObject({ connection: 'lost', lastError: 'already_used' })
  })
})

describe('consent', () => {
  test('the link asks for this app, with a PKCE challenge and a state', async () => {
    const link = new URL((await zalo.channel.connectLink(zalo.account.id)) ?? '')
    expect(`${link.origin}${link.pathname}`).toBe(`${zalo.zalo.root}/v4/oa/permission`)
    expect(link.searchParams.get('app_id')).toBe(zalo.zalo.appId)
    expect(link.searchParams.get('redirect_uri')).toBe('https://nscl.example.vn/zalo/callback')
    expect(link.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    expect(link.searchParams.get('state')).toMatch(/^[\w-]{32}$/)
    expect(await zalo.channel.connectLink('nobody')).toBeNull()
  })

  test('works once: the same callback again is refused', async () => {
    const callback = await consent()
    const before = refreshes()
    expect((await fetch(callback)).status).toBe(400)
    expect(refreshes()).toBe(before) // Zalo was not asked again
  })

  test('a state nobody made, one that is too old, and none at all are refused', async () => {
    const callback = (query: string) => fetch(`${zalo.url}/zalo/callback?${query}`)
    expect((await callback('code=abc&state=made-up')).status).toBe(400)
    expect((await callback(`code=abc&oa_id=${zalo.zalo.oaId}`)).status).toBe(400)
    expect((await callback('error=denied')).status).toBe(400)
    const link = (await zalo.channel.connectLink(zalo.account.id)) ?? ''
    const back = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
    zalo.later(31 * 60_000)
    expect((await callback(back.search.slice(1))).status).toBe(400)
    expect((await status())?.connection).toBe('ready')
  })

  test('an administrator who agreed for another OA is told, and nothing is stored', async () => {
    const link = (await zalo.channel.connectLink(zalo.account.id)) ?? ''
    const back = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
    back.searchParams.set('oa_id', '3390071122334455000')
    const answer = await fetch(`${zalo.url}/zalo/callback${back.search}`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('không phải là tài khoản đã chọn')
    expect(refreshes()).toBe(0)
  })

  test("a console with one fixed verifier works with the console's own link, which has no state", async () => {
    await zalo.accounts.change(zalo.account.id, { secrets: { codeVerifier: 'v'.repeat(43) } })
    const link = new URL((await zalo.channel.connectLink(zalo.account.id)) ?? '')
    link.searchParams.delete('state')
    const back = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
    expect((await fetch(`${zalo.url}/zalo/callback${back.search}`)).status).toBe(200)
    expect((await status())?.connection).toBe('ready')
  })

  test('Zalo refusing the code is told with its number', async () => {
    zalo.zalo.fail(TOKEN, { code: -14002 })
    const link = (await zalo.channel.connectLink(zalo.account.id)) ?? ''
    const back = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
    const given = { code: 'x', state: back.searchParams.get('state') ?? '', oaId: zalo.zalo.oaId }
    expect(await zalo.channel.exchange(given)).toEqual({ outcome: 'refused', code: -14002 })
  })
})

/** Goes the administrator's way through the link; returns the callback's address. */
async function consent(): Promise<string> {
  const link = (await zalo.channel.connectLink(zalo.account.id)) ?? ''
  const back = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
  const callback = `${zalo.url}/zalo/callback${back.search}`
  const answer = await fetch(callback)
  expect(answer.status).toBe(200)
  return callback
}
