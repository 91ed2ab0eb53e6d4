/**
 * The answerer with a model on top: redact (behind the model's door) → rewrite → retrieve → compose → verify → fall back.
 * Only an answer that the plans give is phrased; abstaining, refusing and asking back stay the assistant's own words.
 */
import { randomUUID } from 'node:crypto'
import type { Knowledge } from '../knowledge/index.ts'
import type { Model, Prompt } from '../llm/index.ts'
import type { Answer, AnswerContext, Answerer, Understanding } from './answer.ts'
import { type Asking, type ChainDeps, phrase, rewrite } from './chain.ts'
import { readMemory } from './memory.ts'
import type { OfferedPassage } from './verify.ts'

/** Who asks, for budgets; what the conversation knows beyond the answerer's own context. */
export interface Asker {
  /** Keyed digest of the person. */
  readonly person: string
  /** How long the person has waited for this answer already (a voice message was listened to). */
  readonly waitedMs: number
}

export interface PhrasedOptions {
  readonly base: Answerer
  readonly model: Model
  readonly prompts: ReadonlyMap<string, Prompt>
  readonly knowledge: Knowledge
  readonly log: { info(fields: object, message: string): void }
  readonly clock?: () => number
  readonly patienceMs?: number
}

/** The person has an answer within this time whatever the model does (12 s a call, 15 s in all). */
const PATIENCE_MS = 13_500
/** A rewrite is worth little; it may not eat the time of the answer. */
const REWRITE_MS = 4_000
const PASSAGES_MAX = 6

type Context = AnswerContext & Partial<Asker>

export function createPhrasedAnswerer({
  base,
  model,
  prompts,
  knowledge,
  log,
  clock = Date.now,
  patienceMs = PATIENCE_MS,
}: PhrasedOptions): Answerer {
  const chain: ChainDeps = { model, prompts, clock }

  async function answer(text: string, context: Context, understood?: Understanding): Promise<Answer> {
    const id = randomUUID()
    const asking: Asking = {
      question: text,
      language: context.language,
      province: context.province,
      provinceNames: [],
      answerId: id,
      person: context.person ?? '',
      known: context.known ?? (async () => []),
      deadline: clock() + patienceMs - (context.waitedMs ?? 0),
    }
    const first = await base.answer(text, context, understood)
    const given = { ...(first.outcome === 'unclear' ? ((await again(asking, context)) ?? first) : first), id }
    return await phrased(given, asking)
  }

  async function phrased(given: Answer, asking: Asking): Promise<Answer> {
    if (given.outcome !== 'answer' || given.phrasing === null || given.citations.length === 0) return given
    const [passages, provinceNames] = await Promise.all([offered(given), knowledge.provinces()])
    const provinces = new Set(passages.map(({ province }) => province))
    const [only] = provinces.size === 1 ? provinces : []
    const about = { ...asking, provinceNames, language: given.language, province: only ?? null }
    const said = await phrase(chain, about, passages, given.phrasing.lead)
    log.info(
      {
        answer: given.id,
        outcome: said.outcome,
        why: said.outcome === 'fallback' ? said.why : null,
        refused: said.refused.map(({ kind }) => kind),
        tokens: said.tokens,
        ms: said.ms,
      },
      'model phrasing',
    )
    if (said.outcome === 'fallback') return given
    const citations = said.passages.flatMap((place) => given.citations[Number(place)] ?? [])
    return { ...given, text: [said.text, ...given.phrasing.notes].join(' '), citations }
  }

  /** What could not be understood is asked once more as a question that stands alone. */
  async function again(asking: Asking, context: Context): Promise<Answer | null> {
    const memory = readMemory(context.memory)
    if (memory.question === null) return null
    const deadline = Math.min(asking.deadline, clock() + REWRITE_MS)
    const question = await rewrite(chain, { ...asking, deadline }, memory.question)
    if (question === null || !(await sameProvince(question, asking.question, memory, context))) return null
    const second = await base.answer(question, context)
    return second.outcome === 'answer' || second.outcome === 'abstain' ? second : null
  }

  /** A rewrite may carry the province of the conversation along, but not bring in another one. */
  async function sameProvince(
    question: string,
    typed: string,
    memory: { question: string | null; province: string | null },
    context: Context,
  ): Promise<boolean> {
    const named = (await base.understand(question, context)).province?.code
    if (named === undefined || named === memory.province || named === context.province) return true
    const before = await Promise.all(
      [typed, memory.question ?? ''].map(
        async (text) => (await base.understand(text, context)).province?.code,
      ),
    )
    return before.includes(named)
  }

  /** The quotes the extractive answer rests on; their place in the list is their id. */
  async function offered({ citations }: Answer): Promise<OfferedPassage[]> {
    const documents = await knowledge.documents()
    return citations.slice(0, PASSAGES_MAX).map(({ doc, label, section, quote }, index) => ({
      id: String(index),
      province: documents.find(({ id }) => id === doc)?.province ?? '',
      quote,
      heading: section,
      label,
    }))
  }

  return { ...base, answer }
}
