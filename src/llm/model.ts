import { createHash } from 'node:crypto'
import { ChatOpenAI } from '@langchain/openai'
import type { BaseMessage } from 'langchain'
import OpenAI, { toFile } from 'openai'
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { createBreaker, createPlaces } from './limits.ts'
import type { Prompt } from './prompts.ts'
import { type MaskClass, RedactionFailed, redact } from './redact.ts'
import { type CallRecord, recordCall, recordVerdict, usedToday } from './store.ts'
import { forbidTracing } from './tracing.ts'

/** Why there is no answer from the model. The caller answers by itself; the log and the call record say which. */
export type NoAnswer =
  | 'off'
  | 'budget'
  | 'busy'
  | 'circuit'
  | 'timeout'
  | 'http'
  | 'network'
  | 'bad_json'
  | 'cut_short'
  | 'redaction'

export type ModelResult<T> =
  | { ok: true; value: T; callId: string; inputTokens: number; outputTokens: number; ms: number }
  | { ok: false; why: NoAnswer; inputTokens: number; outputTokens: number; ms: number }

export interface ChatRequest<T> {
  purpose: 'rewrite' | 'compose' | 'repair'
  prompt: Prompt
  /** Values of the prompt's inputs. Those named in `personal` come from people and are redacted first. */
  values: Record<string, string>
  personal: readonly string[]
  /** What the person typed into forms; masked wherever it stands. Asked for only when a call is about to be made. */
  known?: () => Promise<readonly string[]>
  schema: z.ZodType<T>
  /** Keyed digest of the person, for the daily budget. */
  person: string
  province: string | null
  /** The answer the call belongs to. */
  answerId?: string | null
  /** Ends the call together with the turn. */
  deadlineMs?: number
}

export interface Model {
  readonly name: string
  readonly embeddingModel: string | null
  readonly canTranscribe: boolean
  chat<T>(request: ChatRequest<T>): Promise<ModelResult<T>>
  /** Keeps beside a call what the check of its sentences said. */
  judged(callId: string, verdict: 'verified' | 'refused', objections: readonly string[]): Promise<void>
  /** Dense vectors, in the order of the texts; null when the endpoint fails. Only public text may be given unredacted. */
  embed(
    texts: readonly string[],
    options: {
      personal: boolean
      known?: () => Promise<readonly string[]>
      person: string | null
      /** Where any of these has the model switched off, nothing leaves. */
      provinces: readonly string[]
      timeoutMs?: number
    },
  ): Promise<number[][] | null>
  /** What was said in a voice message; null when it could not be made out. The audio is not kept. */
  transcribe(
    audio: Uint8Array,
    fileName: string,
    who: { person: string; province: string | null; timeoutMs?: number },
  ): Promise<string | null>
  /** Closed, open: for the console's health page. */
  readonly circuit: 'closed' | 'open'
}

export interface ModelOptions {
  apiKey: string | undefined
  baseUrl: string | undefined
  model: string
  embeddingModel: string | undefined
  transcriptionModel: string | undefined
  db: Db
  /** The console's switch-off, per province; read again before every call. */
  isOff(province: string | null): Promise<boolean>
  dailyTokens: number
  personDailyTokens: number
  log: { warn(fields: object, message: string): void }
  clock?: () => number
  timeoutMs?: number
  concurrency?: number
}

const RETRY_DELAYS_MS = [400, 1_200] as const
const PLACE_WAIT_MS = 2_000
/** Reasoning models think inside this, too; what is shown is far shorter. */
const OUTPUT_TOKENS_MAX = 2_000
/** A call that was given less than this share of the time-out says nothing about the endpoint's health. */
const FAIR_SHARE = 0.3
/** An endpoint that does not count is counted for: about three characters of Vietnamese a token. */
const CHARACTERS_PER_TOKEN = 3
const Usage = z.object({ input_tokens: z.number(), output_tokens: z.number() })

/** One OpenAI-compatible endpoint behind limits: time-out, few retries, circuit breaker, places, daily budgets. */
export function createModel(options: ModelOptions): Model {
  forbidTracing()
  const { db, log, clock = Date.now, timeoutMs = 12_000 } = options
  const apiKey = options.apiKey ?? 'none' // local endpoints ask for none, the client insists on one
  const connection = options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }
  // Their own debug log would print whole requests, whatever the environment says.
  const quiet = { logLevel: 'off' as const }
  const client = new OpenAI({ apiKey, ...connection, ...quiet, timeout: timeoutMs, maxRetries: 0 })
  const chatModel = new ChatOpenAI({
    apiKey,
    model: options.model,
    timeout: timeoutMs,
    maxRetries: 0,
    useResponsesApi: false,
    maxTokens: OUTPUT_TOKENS_MAX,
    reasoning: { effort: 'low' }, // left out by the client for models that do not reason
    verbose: false,
    configuration: { ...connection, ...quiet },
  })
  const breaker = createBreaker()
  const places = createPlaces(options.concurrency ?? 8)

  async function mayCall(person: string | null, province: string | null): Promise<NoAnswer | null> {
    if (await options.isOff(province)) return 'off'
    const used = await usedToday(db, person ?? '')
    if (used.all >= options.dailyTokens) return 'budget'
    if (person !== null && used.person >= options.personDailyTokens) return 'budget'
    return breaker.mayCall(clock()) ? null : 'circuit'
  }

  /** Runs one call with its retries; only 429 and 5xx are tried again, and never past the deadline. */
  async function attempt<T>(
    work: (signal: AbortSignal) => Promise<T>,
    deadline: number,
  ): Promise<{ value: T; attempts: number } | { why: NoAnswer; attempts: number }> {
    for (let attempts = 1; ; attempts++) {
      const left = Math.min(timeoutMs, deadline - clock())
      if (left <= 0) return { why: 'timeout', attempts: attempts - 1 }
      const signal = AbortSignal.timeout(Math.ceil(left))
      const outcome = await places.run(
        async () => {
          try {
            return { value: await work(signal) }
          } catch (error) {
            return { error }
          }
        },
        Math.min(PLACE_WAIT_MS, left / 2),
      )
      if (outcome === null) return { why: 'busy', attempts }
      if ('value' in outcome) {
        breaker.record(true, clock())
        return { value: outcome.value, attempts }
      }
      const { why, again } = reasonOf(outcome.error, signal)
      const status = statusOf(outcome.error)
      if (why === 'bad_json' || why === 'cut_short') breaker.record(true, clock())
      else if (tellsOfEndpoint(why, status, left / timeoutMs)) breaker.record(false, clock())
      log.warn({ why, attempts, status }, 'model call failed')
      const delay = RETRY_DELAYS_MS[attempts - 1]
      if (!again || delay === undefined || clock() + delay >= deadline) return { why, attempts }
      await new Promise((resolve) => setTimeout(resolve, delay))
    }
  }

  const record = async (call: CallRecord): Promise<string> => await recordCall(db, call)

  // Turning a zod schema into the endpoint's takes milliseconds; each step has one schema.
  const structures = new Map<string, ReturnType<typeof structure>>()
  const structure = (name: string, schema: z.ZodType) =>
    chatModel.withStructuredOutput(schema as z.ZodType<Record<string, unknown>>, {
      name: name.replaceAll('-', '_'),
      method: 'jsonSchema',
      strict: true,
      includeRaw: true,
    })
  function structuredBy(name: string, schema: z.ZodType): ReturnType<typeof structure> {
    const known = structures.get(name) ?? structure(name, schema)
    structures.set(name, known)
    return known
  }

  async function chat<T>(request: ChatRequest<T>): Promise<ModelResult<T>> {
    forbidTracing()
    const started = clock()
    const tokens = { input: 0, output: 0 }
    const masked: Partial<Record<MaskClass, number>> = {}
    let sentHash: string | null = null
    let sentCharacters = 0
    const finish = async (
      result: { value: T } | { why: NoAnswer },
      attempts: number,
    ): Promise<ModelResult<T>> => {
      const ms = clock() - started
      const why = 'why' in result ? result.why : null
      if (attempts > 0 && tokens.input === 0 && why !== 'http' && why !== 'network' && why !== 'busy') {
        tokens.input = Math.ceil(sentCharacters / CHARACTERS_PER_TOKEN)
        tokens.output = why === 'cut_short' ? OUTPUT_TOKENS_MAX : 0
      }
      const callId = await record({
        purpose: request.purpose,
        person: request.person,
        province: request.province,
        answerId: request.answerId ?? null,
        prompt: `${request.prompt.name}@${request.prompt.version}`,
        promptHash: request.prompt.hash,
        model: options.model,
        inputTokens: tokens.input,
        outputTokens: tokens.output,
        ms,
        attempts,
        outcome: why ?? 'ok',
        masked,
        sentHash,
      })
      const used = { inputTokens: tokens.input, outputTokens: tokens.output, ms }
      return 'why' in result
        ? { ok: false, why: result.why, ...used }
        : { ok: true, value: result.value, callId, ...used }
    }
    const refusal = await mayCall(request.person, request.province)
    if (refusal) return await finish({ why: refusal }, 0)
    let messages: BaseMessage[]
    try {
      const known = (await request.known?.()) ?? []
      messages = await request.prompt.template.formatMessages(redacted(request, known, masked))
    } catch (error) {
      if (error instanceof RedactionFailed) return await finish({ why: 'redaction' }, 0)
      throw error
    }
    const sent = messages.map((m) => m.text).join('\n')
    sentHash = createHash('sha256').update(sent).digest('hex')
    sentCharacters = sent.length
    const structured = structuredBy(request.prompt.name, request.schema)
    const outcome = await attempt(
      async (signal) => {
        const { raw, parsed } = await structured.invoke(messages, { signal, callbacks: [] })
        const usage = Usage.safeParse('usage_metadata' in raw ? raw.usage_metadata : null).data
        tokens.input += usage?.input_tokens ?? 0
        tokens.output += usage?.output_tokens ?? 0
        if (raw.response_metadata['finish_reason'] === 'length') throw new Unusable('cut_short')
        const value = request.schema.safeParse(parsed)
        if (!value.success) throw new Unusable('bad_json')
        return value.data
      },
      started + (request.deadlineMs ?? timeoutMs),
    )
    return await finish(
      'value' in outcome ? { value: outcome.value } : { why: outcome.why },
      outcome.attempts,
    )
  }

  return {
    name: options.model,
    embeddingModel: options.embeddingModel ?? null,
    canTranscribe: options.transcriptionModel !== undefined,
    get circuit() {
      return breaker.state
    },
    chat,
    judged: async (callId, verdict, objections) => await recordVerdict(db, callId, verdict, objections),
    async embed(texts, { personal, known, person, provinces, timeoutMs: patienceMs = timeoutMs }) {
      const model = options.embeddingModel
      if (model === undefined || texts.length === 0) return null
      for (const province of provinces) if (await options.isOff(province)) return null
      const [province = null] = provinces.length === 1 ? provinces : []
      if (await mayCall(person, province)) return null
      const started = clock()
      const masked: Partial<Record<MaskClass, number>> = {}
      let input: string[]
      try {
        const words = personal ? ((await known?.()) ?? []) : []
        input = personal ? texts.map((text) => add(masked, redact(text, words))) : [...texts]
      } catch (error) {
        if (error instanceof RedactionFailed) return null
        throw error
      }
      const outcome = await attempt(
        async (signal) =>
          await client.embeddings.create({ model, input, encoding_format: 'float' }, { signal }),
        started + patienceMs,
      )
      const usage = 'value' in outcome ? outcome.value.usage : undefined
      await record({
        purpose: 'embed', person, province, answerId: null, prompt: null, promptHash: null, model,
        inputTokens: usage?.total_tokens ?? 0, outputTokens: 0, ms: clock() - started, attempts: outcome.attempts,
        outcome: 'value' in outcome ? 'ok' : outcome.why, masked,
        sentHash: createHash('sha256').update(input.join('\n')).digest('hex'),
      }) // biome-ignore format: one record, one look
      if (!('value' in outcome) || outcome.value.data.length !== texts.length) return null
      return [...outcome.value.data].sort((a, b) => a.index - b.index).map((item) => item.embedding)
    },
    async transcribe(audio, fileName, { person, province, timeoutMs: patienceMs = timeoutMs }) {
      const model = options.transcriptionModel
      if (model === undefined || (await mayCall(person, province))) return null
      const started = clock()
      const file = await toFile(audio, fileName)
      const outcome = await attempt(
        async (signal) =>
          await client.audio.transcriptions.create({ model, file, language: 'vi' }, { signal }),
        started + patienceMs,
      )
      await record({
        purpose: 'transcribe', person, province, answerId: null, prompt: null, promptHash: null, model,
        // Endpoints count seconds or nothing; a kilobyte of speech weighs about a token.
        inputTokens: Math.ceil(audio.length / 1_000), outputTokens: 0, ms: clock() - started,
        attempts: outcome.attempts, outcome: 'value' in outcome ? 'ok' : outcome.why, masked: {}, sentHash: null,
      }) // biome-ignore format: one record, one look
      const text = 'value' in outcome ? outcome.value.text.trim() : ''
      return text === '' ? null : text
    },
  }
}

class Unusable extends Error {
  readonly why: 'bad_json' | 'cut_short'
  constructor(why: 'bad_json' | 'cut_short') {
    super(why)
    this.why = why
  }
}

function redacted(
  request: ChatRequest<unknown>,
  known: readonly string[],
  masked: Partial<Record<MaskClass, number>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.values).map(([name, text]) => [
      name,
      request.personal.includes(name) ? add(masked, redact(text, known)) : text,
    ]),
  )
}

function add(
  masked: Partial<Record<MaskClass, number>>,
  { text, classes }: ReturnType<typeof redact>,
): string {
  for (const [kind, count] of Object.entries(classes) as [MaskClass, number][])
    masked[kind] = (masked[kind] ?? 0) + count
  return text
}

/**
 * What a failure means, and whether trying again can help (429 and 5xx only). Told by status and class name:
 * LangChain brings its own copy of the openai package, so `instanceof` sees only half of the errors.
 */
function reasonOf(error: unknown, signal: AbortSignal): { why: NoAnswer; again: boolean } {
  if (error instanceof Unusable) return { why: error.why, again: false }
  const status = statusOf(error)
  if (status !== null) return { why: 'http', again: status === 429 || status >= 500 }
  const names = error instanceof Error ? [error.name, error.constructor.name] : []
  if (names.includes('LengthFinishReasonError')) return { why: 'cut_short', again: false }
  const ended = ['TimeoutError', 'AbortError', 'APIConnectionTimeoutError', 'APIUserAbortError']
  if (signal.aborted || names.some((name) => ended.includes(name))) return { why: 'timeout', again: false }
  if (names.includes('APIConnectionError') || names.includes('TypeError'))
    return { why: 'network', again: false }
  return { why: 'bad_json', again: false }
}

/** A request the endpoint did not like (400, 413, 422: a content filter, a length) is no sign that it is ill. */
function tellsOfEndpoint(why: NoAnswer, status: number | null, share: number): boolean {
  if (why === 'http') return status !== 400 && status !== 413 && status !== 422
  return why !== 'timeout' || share >= FAIR_SHARE
}

function statusOf(error: unknown): number | null {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : null
}
