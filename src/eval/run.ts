/** Replays a question set and counts what passed. Pure but for the clock it is given and `converse`. */
import { type Item, type ItemResult, judge, type PlanText, type Verdict } from './judge.ts'

/** Plays all turns of one item as a new person and gives back the replies to the last one. */
export type Converse = (item: Item) => Promise<Omit<ItemResult, 'id' | 'ms'> & { readonly ms: number }>

export async function runEval(items: readonly Item[], converse: Converse): Promise<ItemResult[]> {
  const results: ItemResult[] = []
  for (const item of items) {
    const { outcome, replies, ms } = await converse(item)
    results.push({ id: item.id, outcome, replies, ms })
  }
  return results
}

export interface Share {
  readonly passed: number
  readonly of: number
}

export interface Report {
  readonly all: Share
  readonly byExpect: Readonly<Record<string, Share>>
  readonly byStyle: Readonly<Record<string, Share>>
  readonly byProvince: Readonly<Record<string, Share>>
  readonly wrongProvince: number
  readonly uncitedNumbers: number
  readonly abstainAnswered: Share
  readonly medianCharacters: number
  readonly longestCharacters: number
  readonly p95Ms: number
  readonly failures: readonly Verdict[]
}

export function report(
  items: readonly Item[],
  results: readonly ItemResult[],
  plans: readonly PlanText[],
): Report {
  const byId = new Map(results.map((result) => [result.id, result]))
  if (byId.size < results.length) throw new Error('two questions have the same id')
  const judged = items.map((item) => {
    const result = byId.get(item.id) ?? { id: item.id, outcome: 'none', replies: [], ms: 0 }
    return { item, result, verdict: judge(item, result, plans) }
  })
  const share = (rows: typeof judged): Share => ({
    passed: rows.filter(({ verdict }) => verdict.ok).length,
    of: rows.length,
  })
  const by = (key: (item: Item) => string): Record<string, Share> => {
    const groups = Map.groupBy(judged, ({ item }) => key(item))
    return Object.fromEntries(
      [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, rows]) => [k, share(rows)]),
    )
  }
  const abstain = judged.filter(({ item }) => item.expect === 'abstain')
  const lengths = judged
    .map(({ result }) => result.replies.reduce((sum, { text }) => sum + text.length, 0))
    .sort((a, b) => a - b)
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    all: share(judged),
    byExpect: by((item) => item.expect),
    byStyle: by((item) => item.style),
    byProvince: by((item) => item.province ?? 'unknown'),
    wrongProvince: judged.filter(({ verdict }) => verdict.wrongProvince).length,
    uncitedNumbers: judged.filter(({ verdict }) => verdict.uncited.length > 0).length,
    abstainAnswered: {
      passed: abstain.filter(({ verdict }) => verdict.answeredAbstain).length,
      of: abstain.length,
    },
    medianCharacters: quantile(lengths, 0.5),
    longestCharacters: quantile(lengths, 1),
    p95Ms: quantile(times, 0.95),
    failures: judged.filter(({ verdict }) => !verdict.ok).map(({ verdict }) => verdict),
  }
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

/** What the project's own sets are held to: shares in percent, and styles with ten or more items. */
const BAR = { all: 95, answer: 95, style: 92, styleItems: 10, abstainAnswered: 5 }

/** Why a set is not good enough; empty when it is. */
export function belowBar(it: Report): string[] {
  const share = ({ passed, of }: Share) => (of === 0 ? 100 : (100 * passed) / of)
  const lines: string[] = []
  if (share(it.all) < BAR.all) lines.push(`all ${share(it.all).toFixed(1)} %, held to ${BAR.all} %`)
  const answer = it.byExpect['answer']
  if (answer && share(answer) < BAR.answer)
    lines.push(`answer ${share(answer).toFixed(1)} %, held to ${BAR.answer} %`)
  for (const [style, value] of Object.entries(it.byStyle)) {
    if (value.of >= BAR.styleItems && share(value) < BAR.style) {
      lines.push(`${style} ${share(value).toFixed(1)} %, held to ${BAR.style} %`)
    }
  }
  if (it.wrongProvince > 0) lines.push(`${it.wrongProvince} citations of the wrong province`)
  if (it.uncitedNumbers > 0) lines.push(`${it.uncitedNumbers} answers with a number in no cited quote`)
  if (it.abstainAnswered.of > 0 && share(it.abstainAnswered) > BAR.abstainAnswered) {
    lines.push(`${share(it.abstainAnswered).toFixed(1)} % of abstain items answered`)
  }
  return lines
}

/** The report as lines for the terminal. */
export function reportLines(it: Report): string[] {
  const percent = ({ passed, of }: Share) => (of === 0 ? '-' : `${((100 * passed) / of).toFixed(1)} %`)
  const row = (name: string, value: Share) =>
    `  ${name.padEnd(18)} ${String(value.passed).padStart(4)} / ${String(value.of).padStart(4)}  ${percent(value)}`
  const table = (title: string, shares: Readonly<Record<string, Share>>) => [
    title,
    ...Object.entries(shares).map(([name, value]) => row(name, value)),
  ]
  return [
    row('all', it.all),
    ...table('by expected behaviour', it.byExpect),
    ...table('by style', it.byStyle),
    ...table('by province', it.byProvince),
    `wrong-province citations: ${it.wrongProvince}; answers with numbers in no cited quote: ${it.uncitedNumbers}; ` +
      `abstain items answered: ${it.abstainAnswered.passed} / ${it.abstainAnswered.of}`,
    `characters: median ${it.medianCharacters}, longest ${it.longestCharacters}; p95 ${it.p95Ms.toFixed(1)} ms a turn`,
  ]
}
