/**
 * The answerer with a model on top: redact (behind the model's door) → rewrite → retrieve → compose → verify → fall back.
 * Only an answer that the plans give is phrased; abstaining, refusing and asking back stay the assistant's own words.
 */
import type { Knowledge } from '../knowledge/index.ts'
import type { Model, Prompt } from '../llm/index.ts'
import type { Answer, AnswerContext, Answerer } from './answer.ts'
import { type Asking, type ChainDeps, phrase, rewrite } from './chain.ts'
import { readMemory } from './memory.ts'
import type { OfferedPassage } from './verify.ts'

/** Who asks, for budgets and masking; what the conversation knows beyond the answerer's own context. */
export interface Asker {
  /** Keyed digest of the person. */
  readonly person: string
  /** What the person typed into forms. */
  readonly known: readonly string[]
}

export interface PhrasedOptions {
  readonly base: Answerer
  readonly model: Model
  readonly prompts: ReadonlyMap<string, Prompt>
  readonly knowledge: Knowledge
  readonly log: { info(fields: object, message: string): void }
  readonly clock?: () => number
}

/** The person has an answer within this time whatever the model does (12 s a call, 15 s in all). */
const PATIENCE_MS = 13_500
/** A rewrite is worth little; it may not eat the time of the answer. */
const REWRITE_MS = 4_000
const PASSAGES_MAX = 6

export function createPhrasedAnswerer({
  base,
  model,
  prompts,
  knowledge,
  log,
  clock = Date.now,
}: PhrasedOptions): Answerer {
  const chain: ChainDeps = { model, prompts, clock }

  async function answer(text: string, context: AnswerContext & Partial<Asker>): Promise<Answer> {
    const started = clock()
    const asking: Asking = {
      question: text,
      language: context.language,
      province: context.province,
      person: context.person ?? '',
      known: context.known ?? [],
      deadline: started + PATIENCE_MS,
    }
    let given = await base.answer(text, context)
    if (given.outcome === 'unclear') given = (await again(asking, context)) ?? given
    if (given.outcome !== 'answer' || given.citations.length === 0) return given
    const said = await phrase(
      chain,
      { ...asking, language: given.language, province: only(given) },
      await offered(given),
    )
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
    const used = said.passages
      .map((id) => given.citations[Number(id)])
      .filter((citation) => citation !== undefined)
    return { ...given, text: said.text, citations: used }
  }

  /** What could not be understood is asked once more as a question that stands alone. */
  async function again(asking: Asking, context: AnswerContext): Promise<Answer | null> {
    const memory = readMemory(context.memory)
    if (memory.question === null) return null
    const question = await rewrite(chain, { ...asking, deadline: clock() + REWRITE_MS }, memory.question)
    const second = question === null ? null : await base.answer(question, context)
    return second && (second.outcome === 'answer' || second.outcome === 'abstain') ? second : null
  }

  /** The passages the extractive answer rests on; their place in the list is their id. */
  async function offered({ citations }: Answer): Promise<OfferedPassage[]> {
    const documents = await knowledge.documents()
    return citations.slice(0, PASSAGES_MAX).map(({ doc, label, section, quote }, index) => ({
      id: String(index),
      province: documents.find(({ id }) => id === doc)?.province ?? '',
      text: `${section}: ${quote}`,
      label,
    }))
  }

  return { ...base, answer }
}

/** The province an answer is about, when it is about one; with two plans side by side each sentence may cite either. */
function only({ citations, memory }: Answer): string | null {
  return new Set(citations.map(({ doc }) => doc)).size === 1 ? memory.province : null
}
