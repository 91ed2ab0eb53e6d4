/**
 * `npm run bench:model`: what our own steps around a model cost (understanding, retrieval, masking, prompt, checks,
 * records), over the project's questions. The stand-in's own time, from a request's arrival to its answer's end, is
 * taken off. With TEST_DATABASE_URL on PostgreSQL, else on the embedded database.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createApp, createLog } from '../../src/app/index.ts'
import { readConfig } from '../../src/config.ts'
import { Item } from '../../src/eval/index.ts'
import { good } from '../support/model-behaviours.ts'
import { openAiServer } from '../support/openai-server.ts'
import { ownDatabase } from './own-database.ts'

const ROUNDS = 3
const url = process.env['TEST_DATABASE_URL']
const db = await ownDatabase(url)
const server = await openAiServer()
let modelMs = 0
server.behave(good)
server.timed = (ms) => {
  modelMs += ms
}
const app = await createApp({
  db,
  key: randomBytes(32),
  config: readConfig({
    OPENAI_BASE_URL: server.url,
    MODEL_DAILY_TOKENS: '1000000000',
    MODEL_PERSON_DAILY_TOKENS: '1000000000',
  }),
  log: createLog('silent'),
  clock: () => new Date('2026-11-22T03:00:00Z'),
})
await app.start('web')
const items = readFileSync('tests/eval/own.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => Item.parse(JSON.parse(line)))
  .filter(({ turns, province }) => turns.length === 1 && province !== null)

const phrased: number[] = []
const alone: number[] = []
for (let round = 0; round <= ROUNDS; round++) {
  for (const { turns, province } of items) {
    const context = {
      province,
      language: 'vi' as const,
      memory: null,
      at: new Date(),
      person: randomUUID(),
      known: async () => [],
    }
    const calls = server.calls.length
    modelMs = 0
    const started = performance.now()
    await app.parts.answerer.answer(turns[0] ?? '', context)
    const ms = performance.now() - started - modelMs
    if (round > 0) (server.calls.length > calls ? phrased : alone).push(ms) // the first round warms up
  }
}
const at = (times: number[], q: number) =>
  (times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0).toFixed(1)
const line = (name: string, times: number[]) =>
  `${name.padEnd(26)} ${String(times.length).padStart(5)} answers   median ${at(times, 0.5).padStart(6)} ms   p95 ${at(times, 0.95).padStart(6)} ms`
console.log(url === undefined ? 'embedded database' : 'PostgreSQL')
console.log(line('phrased by a model', phrased))
console.log(line('no model needed', alone))
await app.stop()
await server.close()
await db.drop()
