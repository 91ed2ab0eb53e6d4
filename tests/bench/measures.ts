/** Retrieval measures over ranked ids. */
export interface Figures {
  readonly recall1: number
  readonly recall5: number
  readonly recall10: number
  readonly mrr10: number
  readonly ndcg10: number
  readonly p50Ms: number
  readonly p95Ms: number
}

export interface Ranked {
  readonly ranking: readonly string[]
  readonly answers: ReadonlySet<string>
  readonly ms: number
}

export function figuresOf(runs: readonly Ranked[]): Figures {
  const mean = (of: (run: Ranked) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / Math.max(1, runs.length)
  const recall = (depth: number) =>
    mean(
      ({ ranking, answers }) => ranking.slice(0, depth).filter((id) => answers.has(id)).length / answers.size,
    )
  const times = runs.map((run) => run.ms).sort((a, b) => a - b)
  return {
    recall1: recall(1),
    recall5: recall(5),
    recall10: recall(10),
    mrr10: mean(({ ranking, answers }) => {
      const at = ranking.slice(0, 10).findIndex((id) => answers.has(id))
      return at < 0 ? 0 : 1 / (at + 1)
    }),
    ndcg10: mean(({ ranking, answers }) => {
      const gain = ranking
        .slice(0, 10)
        .reduce((sum, id, i) => sum + (answers.has(id) ? 1 / Math.log2(i + 2) : 0), 0)
      let ideal = 0
      for (let i = 0; i < Math.min(10, answers.size); i++) ideal += 1 / Math.log2(i + 2)
      return gain / ideal
    }),
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
  }
}

/** Of times sorted upwards. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export function rounded(figures: Figures): Figures {
  const round = (value: number) => Math.round(value * 10_000) / 10_000
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, round(value as number)]),
  ) as unknown as Figures
}
