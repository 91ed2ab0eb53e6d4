import { z } from 'zod'
import type { Model, NoAnswer, Prompt } from '../llm/index.ts'
import { figures } from './figures.ts'
import { type DraftSentence, type Held, type Objection, type OfferedPassage, objections } from './verify.ts'

/**
 * The steps a model has a part in: rewrite → (retrieve, extractive answer) → compose → verify → repair once → fall back.
 * Masking happens behind the model's door (llm/redact.ts). Nothing leaves here that verify.ts did not pass.
 */

export interface ChainDeps {
  model: Model
  prompts: ReadonlyMap<string, Prompt>
  clock?: () => number
}

export interface Asking extends Held {
  question: string
  language: 'vi' | 'en'
  /** The answer the calls belong to; null where none is kept. */
  answerId: string | null
  /** Keyed digest, for the budget. */
  person: string
  /** What the person typed into forms. */
  known: () => Promise<readonly string[]>
  /** When the person has waited long enough (epoch ms). */
  deadline: number
}

export type Phrased =
  | { outcome: 'phrased'; text: string; passages: string[]; refused: Objection[]; tokens: Tokens; ms: number }
  | {
      outcome: 'fallback'
      why: NoAnswer | 'nothing_said' | 'refused' | 'no_time' | 'language' | 'beside_the_point' | 'orders'
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

/**
 * Says the passages in a better way, or says why the extractive answer has to stand.
 * @param offered the first is the one the extractive answer opens with; a phrasing that leaves it out is not used
 * @param lead what the extractive answer says in its own words; when it gives figures, so must the phrasing
 */
export async function phrase(
  deps: ChainDeps,
  asking: Asking,
  offered: readonly OfferedPassage[],
  lead = '',
): Promise<Phrased> {
  const clock = deps.clock ?? Date.now
  const started = clock()
  const tokens = { input: 0, output: 0 }
  const refused: Objection[] = []
  const known = offered.map((passage, index) => ({ ...passage, id: `p${index + 1}` }))
  const values = {
    passages: known
      .map(({ id, label, heading, quote }) => plain(`[${id}] (${label}; ${heading}) ${quote}`))
      .join('\n'),
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
      personal: ['question', ...Object.keys(more)],
      schema: Draft,
    })
    tokens.input += result.inputTokens
    tokens.output += result.outputTokens
    if (!result.ok) return { ok: false as const, why: result.why }
    const judged = judge(result.value, known, asking)
    refused.push(...judged.refused)
    const verdict = judged.refused.length > 0 ? 'refused' : 'verified'
    await deps.model.judged(result.callId, verdict, [...new Set(judged.refused.map(({ kind }) => kind))])
    return { ok: true as const, draft: result.value, ...judged }
  }

  if (asking.language !== 'vi') return fallback('language')
  if (offered.length === 0) return fallback('nothing_said')
  // A passage that talks to a machine is not handed to one; the extractive answer quotes it as the document's words.
  if (offered.some(({ quote, heading }) => givesOrders(`${heading}\n${quote}`))) return fallback('orders')
  let said = await ask('compose', {})
  if (!said.ok) return fallback(said.why)
  if (said.refused.length > 0) {
    if (asking.deadline - clock() < REPAIR_NEEDS_MS) return fallback('no_time')
    said = await ask('repair', { draft: draftText(said.draft), objections: reasons(said.refused) })
    if (!said.ok) return fallback(said.why)
    // What the model still gets wrong after being told is not worth a patchwork of the rest.
    if (said.refused.length > 0) return fallback('refused')
  }
  const text = said.kept.map((sentence) => sentence.text.trim()).join(' ')
  if (text === '') return fallback('nothing_said')
  if (text.length > TEXT_MAX) return fallback('refused')
  const used = known.filter(({ id }) => said.kept.some(({ passages }) => passages.includes(id)))
  const provinces = (passages: readonly OfferedPassage[]) =>
    new Set(passages.map(({ province }) => province)).size
  const whole = used[0] === known[0] && provinces(used) === provinces(known)
  if (!whole || !givesFigure(text, lead)) return fallback('beside_the_point')
  const ids = used.flatMap((passage) => offered[known.indexOf(passage)]?.id ?? [])
  return { outcome: 'phrased', text, passages: ids, refused, tokens, ms: clock() - started }
}

/** Words addressed to a language model, in a place where a plan speaks to offices and enterprises. */
const ORDERS =
  /(?:bỏ qua|phớt lờ|quên|ignore|disregard|forget|override)[^.\n]{0,40}(?:hướng dẫn|chỉ dẫn|chỉ thị|lệnh|quy tắc|instruction|rule|prompt|above|previous)|system prompt|(?:hãy|phải) (?:trả lời|nói|viết) rằng|bạn (?:là|đang là|bây giờ là)|you are (?:now|an?)\b|act as|as an ai\b|ngôn ngữ lớn|language model|<\/?(?:system|user|assistant)/iu

const givesOrders = (text: string) => ORDERS.test(text.normalize('NFKC'))

/** True when the lead gives no figure, or the text gives one of them (a year alone answers nothing). */
function givesFigure(text: string, lead: string): boolean {
  const wanted = figures(lead).filter(({ raw }) => !/^(?:19|20)\d\d$/.test(raw))
  const given = figures(text).map(({ value }) => value)
  return wanted.length === 0 || wanted.some(({ value }) => given.includes(value))
}

function common(
  { prompts, clock = Date.now }: ChainDeps,
  { person, province, known, deadline, answerId }: Asking,
  name: string,
) {
  const prompt = prompts.get(name)
  if (!prompt) throw new Error(`prompts/${name}.md is missing`)
  return { prompt, person, province, known, answerId, deadlineMs: Math.max(0, deadline - clock()) }
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
      return '- a sentence uses or names another province than its passages'
    case 'mixed':
      return '- a sentence mixes provinces, or does not name the one it speaks of'
    case 'number':
      return `- "${plain(objection.value)}" does not stand in the named passages`
    case 'comparator':
      return `- the words before "${plain(objection.value)}" (ít nhất, trên, khoảng …) differ from the passage`
    case 'name':
      return `- the name "${plain(objection.value)}" does not stand in the named passages`
    case 'ungrounded':
      return `- a sentence says what its passages do not say (${plain(objection.value)})`
    case 'claim':
      return '- a sentence speaks to the reader or of a registration; say only what the plan says'
    case 'negation':
      return '- a sentence denies what its passage does not deny, or leaves the denial out'
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
