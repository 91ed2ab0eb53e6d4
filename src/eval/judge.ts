/**
 * Whether a reply passes an item of a question set. The matching rules (`norm`, `compileRule`, `judgeText`, blocks
 * of a plan) are those of the set's own validator, ported without a change of meaning: a second way of matching
 * would measure something else.
 */
import { z } from 'zod'

const Outcome = z.enum([
  'answer',
  'abstain',
  'clarify_province',
  'start_signup',
  'status',
  'handoff',
  'refuse',
  'greet',
])

export const Item = z.object({
  id: z.string().min(1),
  province: z.string().nullable(),
  /** The province is said in the turns, so it is not stored before the first turn. */
  stated: z.boolean().optional(),
  turns: z.array(z.string().min(1)).min(1),
  style: z.string(),
  kind: z.string(),
  topic: z.string(),
  gold: z.array(z.object({ doc: z.string(), quote: z.string() })),
  must: z.array(z.array(z.string()).min(1)),
  must_not: z.array(z.string()),
  expect: Outcome,
  note: z.string().optional(),
})
export type Item = z.infer<typeof Item>

export const ItemResult = z.object({
  id: z.string(),
  outcome: z.string(),
  replies: z.array(
    z.object({
      text: z.string(),
      citations: z.array(z.object({ doc: z.string(), section: z.string(), quote: z.string() })),
      actions: z.array(z.object({ label: z.string() })),
    }),
  ),
  ms: z.number(),
})
export type ItemResult = z.infer<typeof ItemResult>

/** NFC and white space folded: the form in which quotes must be exact substrings. */
const foldSpace = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

const TONE: Readonly<Record<string, string>> = {
  oà: 'òa',
  oá: 'óa',
  oả: 'ỏa',
  oã: 'õa',
  oạ: 'ọa',
  oè: 'òe',
  oé: 'óe',
  oẻ: 'ỏe',
  oẽ: 'õe',
  oẹ: 'ọe',
  uỳ: 'ùy',
  uý: 'úy',
  uỷ: 'ủy',
  uỹ: 'ũy',
  uỵ: 'ụy',
}

/** `foldSpace` and one place for the tone mark (hoá = hóa, Uỷ = Ủy): the form in which replies are matched. */
export function norm(text: string): string {
  return foldSpace(text).replace(/(?<![qQ])(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?!\p{L})/giu, (found) => {
    const toned = TONE[found.toLowerCase()] ?? found
    const [first = '', second = ''] = found
    const [left = '', right = ''] = toned
    if (first === first.toLowerCase()) return toned
    return left.toUpperCase() + (second === second.toLowerCase() ? right : right.toUpperCase())
  })
}

const compileRule = (source: string): RegExp => new RegExp(norm(source), 'iu')

export interface TextVerdict {
  readonly ok: boolean
  readonly missing: readonly (readonly string[])[]
  readonly forbidden: readonly string[]
}

/** Text part of the verdict: every `must` group has a match, no `must_not` matches. */
export function judgeText(item: Pick<Item, 'must' | 'must_not'>, reply: string): TextVerdict {
  const text = norm(reply)
  const missing = item.must.filter((group) => !group.some((rule) => compileRule(rule).test(text)))
  const forbidden = item.must_not.filter((rule) => compileRule(rule).test(text))
  return { ok: missing.length === 0 && forbidden.length === 0, missing, forbidden }
}

export interface PlanText {
  readonly id: string
  readonly province: string
  /** Every block in order, joined by one space; quotes are substrings of this. */
  readonly text: string
  readonly blocks: readonly { readonly start: number; readonly end: number }[]
}

/** A plan as the judge reads it: headings, paragraphs and list items in order, one space between. */
export function readPlan(id: string, province: string, markdown: string): PlanText {
  const body = /^---\n[\s\S]*?\n---\n([\s\S]*)$/.exec(markdown)?.[1] ?? markdown
  const blocks: { start: number; end: number }[] = []
  let text = ''
  for (const line of body.split('\n')) {
    if (line.trim() === '') continue
    const block = foldSpace(line.replace(/^#+ /, '').replace(/^- /, ''))
    const start = text.length > 0 ? text.length + 1 : 0
    text = text === '' ? block : `${text} ${block}`
    blocks.push({ start, end: start + block.length })
  }
  return { id, province, text, blocks }
}

/** Indexes of the blocks any occurrence of the quote touches; empty when the quote is not in the plan. */
function blocksOf(plan: PlanText, quote: string): Set<number> {
  const found = new Set<number>()
  const wanted = foldSpace(quote)
  if (wanted === '') return found
  for (let at = plan.text.indexOf(wanted); at >= 0; at = plan.text.indexOf(wanted, at + 1)) {
    for (const [i, block] of plan.blocks.entries()) {
      if (block.start < at + wanted.length && block.end > at) found.add(i)
    }
  }
  return found
}

/** Numbers as they are read: runs of digits with their inner separators, without leading zeros. */
function numbersIn(text: string): string[] {
  return [...text.matchAll(/\d+(?:[.,]\d+)*/gu)].map(([digits]) => digits.replace(/(^|[.,])0+(?=\d)/g, '$1'))
}

/** Numbers of the reply that stand in none of the quotes. Codes such as "4009/KH-UBND" count by their digits. */
export function uncitedNumbers(text: string, quotes: readonly string[]): string[] {
  const proven = new Set(quotes.flatMap((quote) => numbersIn(quote)))
  return [...new Set(numbersIn(text).filter((number) => !proven.has(number)))]
}

export interface Verdict {
  readonly id: string
  readonly ok: boolean
  /** Why it failed, in the order the parts are judged; empty when it passed. */
  readonly faults: readonly string[]
  readonly wrongProvince: boolean
  readonly uncited: readonly string[]
  /** An item that wants an abstention was answered. */
  readonly answeredAbstain: boolean
}

/** All parts that apply to one item: behaviour, text, citation, province and numbers. */
export function judge(item: Item, result: ItemResult, plans: readonly PlanText[]): Verdict {
  const faults: string[] = []
  const text = result.replies.map((reply) => reply.text).join('\n')
  const citations = result.replies.flatMap((reply) => reply.citations)
  if (result.outcome !== item.expect) faults.push(`outcome ${result.outcome}, wanted ${item.expect}`)
  const words = judgeText(item, text)
  for (const group of words.missing) faults.push(`missing ${group.join(' | ')}`)
  for (const rule of words.forbidden) faults.push(`forbidden ${rule}`)
  const wrongProvince = item.gold.length > 0 && citesElsewhere(item, citations)
  if (item.expect === 'answer' && !leadsToGold(item, citations, plans))
    faults.push('no citation leads to the gold')
  if (wrongProvince) faults.push('cites the other province')
  for (const { doc, quote } of citations) {
    const plan = plans.find(({ id }) => id === doc)
    if (!plan?.text.includes(foldSpace(quote))) faults.push(`quote not in ${doc}: ${quote.slice(0, 60)}`)
  }
  const silent = result.outcome === 'abstain' || result.outcome === 'refuse'
  if (silent && citations.length > 0) faults.push(`${result.outcome} shows a citation`)
  const uncited =
    result.outcome === 'answer'
      ? uncitedNumbers(
          text,
          citations.map(({ quote }) => quote),
        )
      : []
  if (uncited.length > 0) faults.push(`numbers in no cited quote: ${uncited.join(', ')}`)
  const answeredAbstain = item.expect === 'abstain' && result.outcome === 'answer'
  return { id: item.id, ok: faults.length === 0, faults, wrongProvince, uncited, answeredAbstain }
}

type Cited = readonly { readonly doc: string; readonly quote: string }[]

function leadsToGold(item: Item, citations: Cited, plans: readonly PlanText[]): boolean {
  return item.gold.some(({ doc, quote }) => {
    const plan = plans.find(({ id }) => id === doc)
    if (!plan) return false
    const wanted = blocksOf(plan, quote)
    return citations.some(
      (cited) => cited.doc === doc && [...blocksOf(plan, cited.quote)].some((i) => wanted.has(i)),
    )
  })
}

/** Only what the item itself names may be cited; an item whose gold lies in both plans may cite both. */
function citesElsewhere(item: Item, citations: Cited): boolean {
  const allowed = new Set(item.gold.map(({ doc }) => doc))
  return citations.some(({ doc }) => !allowed.has(doc))
}
