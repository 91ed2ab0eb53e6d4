import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { zaloCommand } from '../../src/cli/zalo-command.ts'
import { readConfig } from '../../src/config.ts'
import { testDatabase } from '../support/database.ts'
import { type ZaloServer, zaloServer } from '../support/zalo-server.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let zalo: ZaloServer
const key = randomBytes(32)
const folder = mkdtempSync(join(tmpdir(), 'nscl-zalo-'))
const printed: string[] = []
const everything: string[] = []

beforeAll(async () => {
  db = await testDatabase()
  zalo = await zaloServer()
  for (const way of ['log', 'error'] as const) {
    vi.spyOn(console, way).mockImplementation((line) => void printed.push(String(line)))
  }
})
afterAll(async () => {
  vi.restoreAllMocks()
  await zalo.close()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
  for (const secret of [zalo.appSecret, zalo.oaSecret]) expect(everything.join('\n')).not.toContain(secret)
})
beforeEach(() => db.query('truncate channel_account cascade'))

async function run(
  words: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; out: string }> {
  const config = readConfig({
    PUBLIC_URL: 'https://nscl.example.vn',
    ZALO_APP_ID: zalo.appId,
    ZALO_APP_SECRET: zalo.appSecret,
    ZALO_OA_ID: zalo.oaId,
    ZALO_OA_SECRET: zalo.oaSecret,
    ZALO_OAUTH_ROOT: zalo.root,
    ...more,
  })
  printed.length = 0
  const code = await zaloCommand(words, { config, db, key })
  everything.push(...printed)
  return { code, out: printed.join('\n') }
}

describe('npm run zalo', () => {
  test('shows an OA that still needs consent, and fails so that a monitor notices', async () => {
    const { code, out } = await run(['status'])
    expect(code).toBe(1)
    expect(out).toContain(`OA ${zalo.oaId}`)
    expect(out).toContain('not_connected')
  })

  test('prints a consent link that Zalo takes', async () => {
    const { code, out } = await run(['connect'])
    expect(code).toBe(0)
    const answer = await fetch(out.split('\n').at(-1) ?? '', { redirect: 'manual' })
    expect(answer.headers.get('location')).toMatch(/^https:\/\/nscl\.example\.vn\/zalo\/callback\?code=/)
    expect((await run(['connect'], { PUBLIC_URL: '' })).code).toBe(1)
  })

  test('takes a refresh token made by hand, each once', async () => {
    expect((await run(['adopt'])).out).toContain('ZALO_REFRESH_TOKEN')
    expect((await run(['adopt'], { ZALO_REFRESH_TOKEN: zalo.refreshToken })).code).toBe(0)
    expect(await run(['status'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('connection   ready'),
    })
  })

  test('sets what is not a key, and names the setting that is wrong', async () => {
    const file = join(folder, 'templates.json')
    writeFileSync(file, JSON.stringify({ decision: { zbs: '310001', fields: { ma: 'reference' } } }))
    const settings = ['name=Sở KH&CN', 'provinces=dong-thap', 'verifierCodes=AbC,dEf', `templates=${file}`]
    expect((await run(['set', zalo.oaId, ...settings])).code).toBe(0)
    expect((await run(['status'])).out).toContain('Sở KH&CN (OA')
    const { rows } = await db.query('select provinces, settings from channel_account')
    expect(rows).toMatchObject([
      {
        provinces: ['dong-thap'],
        settings: {
          verifierCodes: ['AbC', 'dEf'],
          templates: { decision: { zbs: '310001', fields: { ma: 'reference' } } },
        },
      },
    ])
    for (const wrong of [
      'verifierCodes=<script>',
      'billedWindow=perhaps',
      'unheard=of',
      'templates=/no/file',
    ]) {
      const { code, out } = await run(['set', zalo.oaId, wrong])
      expect(code).toBe(1)
      expect(out).toMatch(/verifierCodes|billedWindow|unheard|no\/file/)
    }
  })

  test('adds a further OA once, and asks which one is meant', async () => {
    await run(['status'])
    expect((await run(['add'])).code).toBe(1)
    expect((await run(['add'], { ZALO_OA_ID: '3390071122334455000' })).code).toBe(0)
    expect((await run(['adopt'], { ZALO_REFRESH_TOKEN: 'x' })).out).toContain('name one of')
    expect((await run(['correct'], { ZALO_OA_SECRET: 'typed again' })).code).toBe(0)
  })

  test('explains itself, and says what is missing without any OA', async () => {
    expect((await run([])).out).toContain('npm run zalo -- <command>')
    await db.query('truncate channel_account cascade')
    const none = { ZALO_APP_ID: '', ZALO_APP_SECRET: '', ZALO_OA_ID: '', ZALO_OA_SECRET: '' }
    expect(await run(['status'], none)).toMatchObject({
      code: 1,
      out: expect.stringContaining('ZALO_APP_ID'),
    })
  })
})
