import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { good } from '../support/model-behaviours.ts'
import { type OpenAiServer, openAiServer } from '../support/openai-server.ts'

let server: OpenAiServer
let folder: string
beforeAll(async () => {
  server = await openAiServer()
  server.behave(good)
  folder = mkdtempSync(join(tmpdir(), 'nscl-eval-'))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('npm run eval -- --model: both ways side by side, with tokens and cost per answer', async () => {
  const set = join(folder, 'set.jsonl')
  const items = readFileSync('tests/eval/own.jsonl', 'utf8')
    .split('\n')
    .filter((line) => line.includes('"style": "plain"') && line.includes('"expect": "answer"'))
    .slice(0, 4)
  writeFileSync(set, items.join('\n'))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      'src/cli/eval.ts',
      '--in',
      set,
      '--model',
      '--prices',
      '0.25,2',
    ],
    { env: { PATH: process.env['PATH'] ?? '', OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'stand-in' } },
  )
  expect(stdout).toMatch(/set\.jsonl, without a model/)
  expect(stdout).toMatch(/set\.jsonl, stand-in/)
  expect(stdout).toMatch(/alone\s+passed 4 \/ 4/)
  expect(stdout).toMatch(/stand-in\s+passed \d \/ 4.*model calls \d+ \(\d+ usable, \d answers verified\)/)
  expect(stdout).toMatch(/per answer: \d+\.\d tokens in, \d+\.\d out, cost 0?\.?\d/)
  expect(server.calls.length).toBeGreaterThan(0)
}, 60_000)
