import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ZaloServer, zaloServer } from '../support/zalo-server.ts'

let zalo: ZaloServer
const folder = mkdtempSync(join(tmpdir(), 'nscl-zalo-'))
beforeAll(async () => {
  zalo = await zaloServer()
})
afterAll(async () => {
  await zalo.close()
  rmSync(folder, { recursive: true, force: true })
})

function run(
  words: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    DATA_DIR: folder,
    PUBLIC_URL: 'https://nscl.example.vn',
    ZALO_APP_ID: zalo.appId,
    ZALO_APP_SECRET: zalo.appSecret,
    ZALO_OA_ID: zalo.oaId,
    ZALO_OA_SECRET: zalo.oaSecret,
    ZALO_OAUTH_ROOT: zalo.root,
    ...more,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/zalo.ts', ...words], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

test('the command shows an OA that needs consent, prints the link, and repeats no secret', {
  timeout: 120_000,
}, async () => {
  const status = await run(['status'])
  expect(status.code).toBe(1)
  expect(status.out).toContain(`OA ${zalo.oaId}`)
  expect(status.out).toContain('not_connected')

  const connect = await run(['connect'])
  expect(connect.code).toBe(0)
  const link = new URL(connect.out.trim().split('\n').at(-1) ?? '')
  const answer = await fetch(link, { redirect: 'manual' })
  expect(answer.headers.get('location')).toMatch(/^https:\/\/nscl\.example\.vn\/zalo\/callback\?code=/)

  expect((await run(['adopt'])).err).toContain('ZALO_REFRESH_TOKEN')
  expect((await run(['adopt'], { ZALO_REFRESH_TOKEN: zalo.refreshToken })).code).toBe(0)
  const after = await run(['status'])
  expect(after).toMatchObject({ code: 0, out: expect.stringContaining('connection   ready') })

  for (const { out, err } of [status, connect, after]) {
    expect(out + err).not.toContain(zalo.appSecret)
    expect(out + err).not.toContain(zalo.oaSecret)
  }
})
