import { z } from 'zod'
import type { Model, NoAnswer, Prompt } from '../llm/index.ts'
import { type DraftSentence, figures, type Objection, type OfferedPassage, objections } from './verify.ts'

/**
 * The steps a model has a part in: rewrite → (retrieve, extractive answer) → compose → verify → repair once → fall back.
 * Masking happens behind the model's door (llm/redact.ts). Nothing leaves here that verify.ts did not pass.
 */

export interface ChainDeps {
  model: Model
  prompts: ReadonlyMap<string, Prompt>
  clock?: () => number
}

export interface Asking {
  question: string
  language: 'vi' | 'en'
  province: string | null
  /** Keyed digest, for the budget. */
  person: string
  /** What the person typed into forms. */
  known: readonly string[]
  /** When the person has waited long enough (epoch ms). */
  deadline: number
}

export type Phrased =
  | { outcome: 'phrased'; text: string; passages: string[]; refused: Objection[]; tokens: Tokens; ms: number }
  | {
      outcome: 'fallback'
      why: NoAnswer | 'nothing_said' | 'refused' | 'no_time'
      refused: Objection[]
      tokens: Tokens
      ms: number
    }

export interface Tokens {
  input: number
  output: number
}

const Draft = z.object({
  sentences: z.array(z.object({ text: z.string(), passages: z.array(z.string()) })).max(8),
})
type Draft = z.infer<typeof Draft>
const Rewritten = z.object({ question: z.string() })

const TEXT_MAX = 900
/** A repair that could not end before the deadline is not begun. */
const REPAIR_NEEDS_MS = 2_000

/** A follow-up as a question that stands alone; null: the words of the person must do. */
export async function rewrite(deps: ChainDeps, asking: Asking, topic: string): Promise<string | null> {
  const result = await deps.model.chat({
    ...common(deps, asking, 'rewrite'),
    purpose: 'rewrite',
    values: { topic, question: asking.question },
    personal: ['question', 'topic'],
    schema: Rewritten,
  })
  if (!result.ok) return null
  const question = result.value.question.normalize('NFC').replace(/\s+/g, ' ').trim()
  const given = figures(`${topic}\n${asking.question}`).map(({ value }) => value)
  const invented = figures(question).some(({ value }) => !given.includes(value))
  return question === '' || question.length > 400 || invented ? null : question
}

/** Says the passages in a better way, or says why the extractive answer has to stand. */
export async function phrase(
  deps: ChainDeps,
  asking: Asking,
  offered: readonly OfferedPassage[],
): Promise<Phrased> {
  const clock = deps.clock ?? Date.now
  const started = clock()
  const tokens = { input: 0, output: 0 }
  const refused: Objection[] = []
  const ids = new Map(offered.map((passage, index) => [`p${index + 1}`, passage]))
  const known = [...ids].map(([id, passage]) => ({ ...passage, id }))
  const values = {
    language: asking.language === 'vi' ? 'Vietnamese' : 'English',
    passages: known.map(({ id, label, text }) => `[${id}] (${label}) ${plain(text)}`).join('\n'),
    question: asking.question,
  }
  const fallback = (why: Extract<Phrased, { outcome: 'fallback' }>['why']): Phrased => ({
    outcome: 'fallback',
    why,
    refused,
    tokens,
    ms: clock() - started,
  })
  const ask = async (purpose: 'compose' | 'repair', more: Record<string, string>) => {
    const result = await deps.model.chat({
      ...common(deps, asking, purpose),
      purpose,
      values: { ...values, ...more },
      personal: ['question'],
      schema: Draft,
    })
    tokens.input += result.inputTokens
    tokens.output += result.outputTokens
    return result
  }

  if (offered.length === 0) return fallback('nothing_said')
  const first = await ask('compose', {})
  if (!first.ok) return fallback(first.why)
  let judged = judge(first.value, known, asking)
  refused.push(...judged.refused)
  if (judged.refused.length > 0) {
    if (asking.deadline - clock() < REPAIR_NEEDS_MS) return fallback('no_time')
    const second = await ask('repair', { draft: draftText(first.value), objections: reasons(judged.refused) })
    if (!second.ok) return fallback(second.why)
    judged = judge(second.value, known, asking)
    refused.push(...judged.refused)
    // What the model still gets wrong after being told is not worth a patchwork of the rest.
    if (judged.refused.length > 0) return fallback('refused')
  }
  const text = judged.kept.map((sentence) => sentence.text.trim()).join(' ')
  if (text === '') return fallback('nothing_said')
  if (text.length > TEXT_MAX) return fallback('refused')
  const used = [...new Set(judged.kept.flatMap(({ passages }) => passages))].flatMap(
    (id) => ids.get(id)?.id ?? [],
  )
  return { outcome: 'phrased', text, passages: used, refused, tokens, ms: clock() - started }
}

function common(
  { prompts, clock = Date.now }: ChainDeps,
  { person, province, known, deadline }: Asking,
  name: string,
) {
  const prompt = prompts.get(name)
  if (!prompt) throw new Error(`prompts/${name}.md is missing`)
  return { prompt, person, province, known, deadlineMs: Math.max(0, deadline - clock()) }
}

function judge(
  draft: Draft,
  offered: readonly OfferedPassage[],
  asking: Asking,
): { kept: DraftSentence[]; refused: Objection[] } {
  const kept: DraftSentence[] = []
  const refused: Objection[] = []
  for (const given of draft.sentences) {
    const sentence = {
      text: given.text.normalize('NFC').replace(/\s+/g, ' ').trim(),
      passages: given.passages,
    }
    if (sentence.text === '') continue
    const against = objections(sentence, offered, asking)
    if (against.length === 0) kept.push(sentence)
    else refused.push(...against)
  }
  return { kept, refused }
}

const draftText = (draft: Draft) =>
  draft.sentences.map(({ text, passages }) => `- ${plain(text)} [${passages.join(', ')}]`).join('\n')

/** Told back to the model by kind and value only: the passages hold what is right. */
function reasons(refused: readonly Objection[]): string {
  return refused.map(reason).join('\n')
}

function reason(objection: Objection): string {
  switch (objection.kind) {
    case 'no_passage':
      return '- a sentence names no passage'
    case 'unknown_passage':
      return '- a sentence names a passage that was not given'
    case 'wrong_province':
      return '- a sentence uses a passage of another province'
    case 'number':
      return `- "${plain(objection.value)}" does not stand in the named passages`
    case 'comparator':
      return `- the words before "${plain(objection.value)}" (ít nhất, trên, khoảng …) differ from the passage`
    case 'name':
      return `- the name "${plain(objection.value)}" does not stand in the named passages`
    case 'negation':
      return '- a sentence denies something the passages do not deny'
    case 'markup':
      return '- links and markup are not allowed'
    case 'language':
      return '- the language is wrong'
  }
}

/** Text as data: braces would be template syntax, invisible characters could carry instructions. */
const plain = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\u{e0000}-\u{e007f}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
