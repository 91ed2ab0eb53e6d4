import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createModel } from '../../src/llm/index.ts'
import { testDatabase } from '../support/database.ts'
import { openAiServer } from '../support/openai-server.ts'

const kept = { ...process.env }
afterEach(() => {
  process.env = kept
})

test('tracing switched on by the environment sends nothing to anybody', async () => {
  const heard: string[] = []
  const spy = createServer((request, response) => {
    heard.push(request.url ?? '')
    response.end('{}')
  })
  await new Promise<void>((resolve) => spy.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(spy.address() as AddressInfo).port}`
  const switchOn = () =>
    Object.assign(process.env, {
      LANGSMITH_TRACING: 'true',
      LANGCHAIN_TRACING_V2: 'true',
      LANGSMITH_ENDPOINT: endpoint,
      LANGCHAIN_ENDPOINT: endpoint,
      LANGSMITH_API_KEY: 'key',
      LANGCHAIN_VERBOSE: 'true',
      LANGCHAIN_CALLBACKS_BACKGROUND: 'false',
    })
  const server = await openAiServer()
  const db = await testDatabase()
  server.behave(() => ({ content: { sentence: 'ok' } }))
  switchOn()
  const model = createModel({
    apiKey: 'k',
    baseUrl: server.url,
    model: 'stand-in',
    embeddingModel: undefined,
    transcriptionModel: undefined,
    db,
    isOff: async () => false,
    dailyTokens: 1_000,
    personDailyTokens: 1_000,
    log: { warn: () => {} },
  })
  switchOn()
  const result = await model.chat({
    purpose: 'compose',
    prompt: {
      name: 'probe',
      version: 1,
      inputs: ['question'],
      hash: 'abc',
      template: ChatPromptTemplate.fromMessages([['human', '{question}']]),
    },
    values: { question: 'q' },
    personal: ['question'],
    schema: z.object({ sentence: z.string() }),
    person: 'p',
    province: null,
  })
  expect(result).toMatchObject({ ok: true })
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(heard).toEqual([])
  await server.close()
  await db.close()
  await new Promise((resolve) => spy.close(resolve))
})
