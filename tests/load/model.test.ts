import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type App, createApp, createLog } from '../../src/app/index.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/index.ts'
import { converseWith, Item, readPlan, report, runEval, uncitedNumbers } from '../../src/eval/index.ts'
import { testDatabase } from '../support/database.ts'
import { good, inventing } from '../support/model-behaviours.ts'
import { type OpenAiServer, openAiServer } from '../support/openai-server.ts'

/** The whole question sets through the whole assistant with a model on top. */

let db: Database
let server: OpenAiServer
let app: App
const sets = ['tests/eval/questions.jsonl', 'tests/eval/own.jsonl']
const items = sets.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Item.parse(JSON.parse(line))),
)

beforeAll(async () => {
  db = await testDatabase()
  server = await openAiServer()
  app = await createApp({
    db,
    key: randomBytes(32),
    config: readConfig({ OPENAI_BASE_URL: server.url, MODEL_DAILY_TOKENS: '100000000' }),
    log: createLog('silent'),
    clock: () => new Date('2026-11-22T03:00:00Z'),
  })
  await app.start('web')
})
afterAll(async () => {
  await app.stop()
  await server.close()
  await db.close()
})
beforeEach(() => {
  server.calls.length = 0
})

async function judged() {
  const plans = (await app.parts.knowledge.documents()).map(({ id, province }) =>
    readPlan(id, province, readFileSync(`knowledge/plans/${id}.md`, 'utf8')),
  )
  const results = await runEval(items, converseWith(app, db))
  return { results, verdict: report(items, results, plans) }
}

test('a model that invents in every answer: no reply holds a number that stands in no cited passage', async () => {
  server.behave(inventing)
  const { results, verdict } = await judged()
  expect(server.calls.length).toBeGreaterThan(items.length / 3) // it was asked, and had its second try
  const invented = results.flatMap(({ id, outcome, replies }) =>
    outcome === 'answer'
      ? replies
          .filter(({ citations }) => citations.length > 0)
          .flatMap(({ text, citations }) =>
            uncitedNumbers(
              text,
              citations.map(({ quote }) => quote),
            ),
          )
          .map((number) => `${id}: ${number}`)
      : [],
  )
  expect(invented).toEqual([])
  expect(verdict.uncitedNumbers).toBe(0)
  expect(verdict.wrongProvince).toBe(0)
  expect(
    results.flatMap(({ replies }) => replies).filter(({ text }) => /500 triệu|999 doanh|2031/.test(text)),
  ).toEqual([])
})

test('a model that says what the passages say does not make the answers wrong', async () => {
  server.behave(good)
  const { verdict } = await judged()
  const { rows } = await db.query(
    `select count(*) filter (where verdict = 'verified')::int as verified from model_call`,
  )
  expect(rows[0]?.['verified']).toBeGreaterThan(80)
  expect(verdict.uncitedNumbers).toBe(0)
  expect(verdict.wrongProvince).toBe(0)
  expect(verdict.all.passed / verdict.all.of).toBeGreaterThan(0.9)
})

test('a model that hangs for a minute: an answer within 15 seconds at the usual time-outs', async () => {
  server.behave(() => ({ hangMs: 60_000 }))
  const [item] = items.filter(({ expect: wanted, province }) => wanted === 'answer' && province !== null)
  if (!item) throw new Error('the set holds no answerable question')
  const { outcome, replies, ms } = await converseWith(app, db)(item)
  expect(outcome).toBe('answer')
  expect(replies.at(-1)?.citations.length).toBeGreaterThan(0)
  expect(ms).toBeLessThan(15_000)
})
