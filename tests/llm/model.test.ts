import { ChatPromptTemplate } from '@langchain/core/prompts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Database } from '../../src/database/index.ts'
import { type ChatRequest, createModel, type Model } from '../../src/llm/index.ts'
import { testDatabase } from '../support/database.ts'
import { type OpenAiServer, openAiServer } from '../support/openai-server.ts'

let db: Database
let server: OpenAiServer
beforeAll(async () => {
  db = await testDatabase()
  server = await openAiServer()
})
afterAll(async () => {
  await server.close()
  await db.close()
})
beforeEach(async () => {
  await db.query('truncate model_call, model_usage')
  server.calls.length = 0
})

let off = false
const model = (overrides: Partial<Parameters<typeof createModel>[0]> = {}): Model =>
  createModel({
    apiKey: 'k',
    baseUrl: server.url,
    model: 'stand-in',
    embeddingModel: 'vectors',
    transcriptionModel: 'ears',
    db,
    isOff: async () => off,
    dailyTokens: 10_000,
    personDailyTokens: 1_000,
    log: { warn: () => {} },
    timeoutMs: 5_000,
    ...overrides,
  })

const request = (question: string, known: string[] = []): ChatRequest<{ sentence: string }> => ({
  purpose: 'compose',
  prompt: {
    name: 'probe',
    version: 1,
    inputs: ['question', 'passages'],
    hash: 'abc',
    template: ChatPromptTemplate.fromMessages([
      ['system', 'Passages: {passages}'],
      ['human', '{question}'],
    ]),
  },
  values: { question, passages: 'Quyết định 1322/QĐ-TTg, 2021 - 2025' },
  personal: ['question'],
  known: async () => known,
  schema: z.object({ sentence: z.string() }),
  person: 'p1',
  province: 'ninh-thuan',
})
const outcomes = async () => (await db.query('select outcome, attempts from model_call order by id')).rows

test('a good answer comes back parsed, counted and recorded without any text', async () => {
  server.behave(() => ({ content: { sentence: 'Có.' } }))
  const result = await model().chat(request('Có hỗ trợ ISO không?'))
  expect(result).toMatchObject({ ok: true, value: { sentence: 'Có.' }, inputTokens: 100, outputTokens: 20 })
  const row = (await db.query('select * from model_call')).rows[0]
  expect(row).toMatchObject({ outcome: 'ok', prompt: 'probe@1', prompt_hash: 'abc', province: 'ninh-thuan' })
  expect(JSON.stringify(row)).not.toContain('ISO')
})

test('what people type is masked before it leaves, what is public stays', async () => {
  server.behave(() => ({ content: { sentence: 'ok' } }))
  await model().chat(
    request('Tôi tên là Nguyễn Văn A, HTX Phước Hữu, 0912.345.678, a.b@mail.vn, MST 4500123456', [
      'HTX Phước Hữu',
    ]),
  )
  const sent = server.calls[0]?.text ?? ''
  for (const value of ['Nguyễn Văn A', 'Phước Hữu', '0912', 'mail.vn', '4500123456'])
    expect(sent).not.toContain(value)
  expect(sent).toContain('1322/QĐ-TTg, 2021 - 2025')
  expect((await db.query('select masked from model_call')).rows[0]?.['masked']).toMatchObject({
    phone: 1,
    email: 1,
    number: 1,
  })
})

test('when something personal may be left, no call is made', async () => {
  expect(await model().chat(request('gọi tôi @ 0 9 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6'))).toMatchObject({
    ok: false,
    why: 'redaction',
  })
  expect(server.calls).toEqual([])
})

test('429 and 5xx are tried again with back-off, other refusals are not', async () => {
  let calls = 0
  server.behave(() => (++calls === 1 ? { status: 429 } : { content: { sentence: 'sau' } }))
  expect(await model().chat(request('a'))).toMatchObject({ ok: true })
  expect(calls).toBe(2)
  server.behave(() => ({ status: 400 }))
  expect(await model().chat(request('a'))).toMatchObject({ ok: false, why: 'http' })
  expect(await outcomes()).toEqual([
    { outcome: 'ok', attempts: 2 },
    { outcome: 'http', attempts: 1 },
  ])
})

test.each([
  ['hangs', { hangMs: 60_000 }, 'timeout'],
  ['sends broken JSON', { content: '{"sentence": ' }, 'bad_json'],
  ['sends another shape', { content: { other: 1 } }, 'bad_json'],
  ['stops half-way', { content: '{"sentence": "Tỉnh', finish: 'length' }, 'cut_short'],
  ['resets the connection', { reset: true }, 'network'],
  ['ends in the middle of the body', { truncated: '{"choices": [' }, /network|bad_json/],
] as const)('an endpoint that %s is told apart and ends within the time-out', async (_, reply, why) => {
  server.behave(() => reply as never)
  const started = Date.now()
  const result = await model({ timeoutMs: 600 }).chat(request('a'))
  expect(result.ok).toBe(false)
  expect(result.ok ? '' : result.why).toMatch(why)
  expect(Date.now() - started).toBeLessThan(1_500)
})

test('five failures in a row open the circuit; later one call probes and closes it', async () => {
  let now = 1_000_000
  const patient = model({ clock: () => now })
  server.behave(() => ({ status: 401 }))
  for (let i = 0; i < 5; i++) await patient.chat(request('a'))
  expect(patient.circuit).toBe('open')
  server.calls.length = 0
  expect(await patient.chat(request('a'))).toMatchObject({ why: 'circuit' })
  expect(server.calls).toEqual([])
  now += 31_000
  server.behave(() => ({ content: { sentence: 'lại được' } }))
  expect(await patient.chat(request('a'))).toMatchObject({ ok: true })
  expect(patient.circuit).toBe('closed')
})

test('budgets of a person and of the day end the calls, not the answers', async () => {
  server.behave(() => ({ content: { sentence: 'ok' } }))
  const small = model({ personDailyTokens: 100 })
  expect(await small.chat(request('a'))).toMatchObject({ ok: true })
  expect(await small.chat(request('a'))).toMatchObject({ why: 'budget' })
  expect(await small.chat({ ...request('a'), person: 'p2' })).toMatchObject({ ok: true })
  expect(await model({ dailyTokens: 200 }).chat({ ...request('a'), person: 'p3' })).toMatchObject({
    why: 'budget',
  })
})

test('the switch-off holds at once', async () => {
  off = true
  expect(await model().chat(request('a'))).toMatchObject({ why: 'off' })
  off = false
  expect(server.calls).toEqual([])
})

test('calls beyond the places wait a little and then give way', async () => {
  server.behave(() => ({ hangMs: 60_000 }))
  const narrow = model({ concurrency: 1, timeoutMs: 400 })
  const [first, second] = await Promise.all([narrow.chat(request('a')), narrow.chat(request('b'))])
  expect([first, second].map((r) => (r.ok ? 'ok' : r.why)).sort()).toEqual(['busy', 'timeout'])
})

test('vectors come back in the order of the texts, and null when the endpoint fails', async () => {
  server.embedWith((text) => [text.length])
  expect(await model().embed(['a', 'bbb'], { personal: false, person: null, provinces: [] })).toEqual([
    [1],
    [3],
  ])
  expect(
    await model({ baseUrl: 'http://127.0.0.1:9/v1' }).embed(['a'], {
      personal: false,
      person: null,
      provinces: [],
    }),
  ).toBeNull()
})

test('a question is masked before it becomes a vector, too; where the names cannot be read, nothing leaves', async () => {
  const who = { personal: true, person: null, provinces: [] }
  const question = 'Mật Sâu Thẳm, 0912345678, làm truy xuất thì được gì'
  await model().embed([question], { ...who, known: async () => ['Mật Sâu Thẳm'] })
  expect(server.calls.map(({ text }) => text)).toEqual(['[tên], [số điện thoại], làm truy xuất thì được gì'])
  const unread = async (): Promise<string[]> => {
    throw new Error('the database is away')
  }
  await expect(model().embed([question], { ...who, known: unread })).rejects.toThrow('away')
  expect(server.calls).toHaveLength(1)
})

test('a voice message becomes text, silence becomes null', async () => {
  server.transcribeAs(' tỉnh có hỗ trợ ISO không ')
  const who = { person: 'p1', province: null }
  expect(await model().transcribe(new Uint8Array([1]), 'v.oga', who)).toBe('tỉnh có hỗ trợ ISO không')
  server.transcribeAs('  ')
  expect(await model().transcribe(new Uint8Array([1]), 'v.oga', who)).toBeNull()
})
