import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Every gate of `npm run check`, seen red on a planted fault: a check nobody has seen red is not a check. */

const run = promisify(execFile)
/** The tools start `node` by name; beside them lies the one they need, as npm's scripts find it. */
const env = {
  ...process.env,
  PATH: `${join(process.cwd(), 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
}
const planted = mkdtempSync(join(process.cwd(), 'tmp-gates-'))
afterAll(() => rmSync(planted, { recursive: true, force: true }))

function plant(file: string, text: string): string {
  const path = join(planted, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function outcome(command: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return await run(join('node_modules/.bin', command), args, { cwd: process.cwd(), env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code?: number; stdout: string; stderr: string }) => ({
      code: error.code ?? 1,
      output: error.stdout + error.stderr,
    }),
  )
}

beforeAll(() => {
  plant('tsconfig.json', '{}')
  plant(
    'src/inbox/index.ts',
    "import { secret } from '../outbox/store.ts'\nimport { readConfig } from '../config.ts'\nexport const stolen = [secret, readConfig]\n",
  )
  plant('src/outbox/store.ts', 'export const secret = 1\n')
  plant('src/config.ts', 'export const readConfig = 1\n')
  plant('src/staff/index.ts', "import { bot } from '../audit/index.ts'\nexport const staff = bot\n")
  plant('src/audit/index.ts', "import { staff } from '../staff/index.ts'\nexport const bot = () => staff\n")
})

test('boundaries: another room’s inside, the settings and a cycle are refused', async () => {
  const config = join(process.cwd(), '.dependency-cruiser.cjs')
  const { code, output } = await run(
    join(process.cwd(), 'node_modules/.bin/depcruise'),
    ['src', '--config', config, '--no-cache'],
    {
      cwd: planted,
      env,
    },
  ).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code?: number; stdout: string }) => ({ code: error.code ?? 1, output: error.stdout }),
  )
  expect(code).not.toBe(0)
  for (const rule of ['through-the-door', 'config-read-once', 'no-cycles']) expect(output).toContain(rule)
}, 30_000)

test('boundaries: the real tree is really read', async () => {
  const { code, output } = await outcome('depcruise', 'src', '--config', '.dependency-cruiser.cjs')
  expect(code).toBe(0)
  expect(Number(/\((\d+) modules/.exec(output)?.[1])).toBeGreaterThan(150)
}, 60_000)

test('types: a wrong one is refused', async () => {
  const file = plant('wrong.ts', 'export const many: number = "không"\n')
  expect((await outcome('tsc', '--noEmit', '--strict', '--ignoreConfig', file)).code).not.toBe(0)
}, 30_000)

test('lint: any, a console line and a forgotten promise are refused', async () => {
  const file = plant(
    'loose.ts',
    'export async function f(x: any) { console.log(x) }\nexport function g() { f(1) }\n',
  )
  const biome = await outcome(
    'biome',
    'lint',
    '--error-on-warnings',
    '--vcs-enabled=false',
    `--config-path=${process.cwd()}`,
    file,
  )
  expect(biome.code).not.toBe(0)
  const oxlint = await outcome('oxlint', '--type-aware', '--deny-warnings', file)
  expect(oxlint.output).toContain('no-floating-promises')
}, 30_000)
