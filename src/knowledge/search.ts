/** A question to the best units of some provinces: weigh the terms, choose candidates, order them exactly. */
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { analyse, type Expansions, FORMULA, inverseFrequency, sparseVector, termId } from './analysis.ts'
import { bestCandidates } from './postings.ts'
import { UNIT_COLUMNS, UnitRow } from './store.ts'
import type { UnitKind } from './units.ts'

/**
 * Up to so many passages in the provinces asked, every one is compared (2 ms); above, postings of the rarest
 * terms choose candidates first. The budget counts posting entries read (three bytes each). Measured with
 * `npm run bench:growth`, docs/benchmarks.md.
 */
export const GATE = { exactUpTo: 1_500, entries: 30_000, candidates: 150, filteredCandidates: 2_000 }

/** A question longer than this many different terms is cut to its rarest. */
const MOST_TERMS = 300

export interface SearchOptions {
  /** Codes of the provinces whose documents may be found: a condition of the query. */
  readonly provinces: readonly string[]
  readonly limit: number
  readonly kinds?: readonly UnitKind[]
  /** Day on which a unit must be valid, YYYY-MM-DD. */
  readonly at: string
  /** Documents another one has replaced by that day: not found any more. */
  readonly superseded?: readonly string[]
  /** A draft version to search beside nothing else (the console's preview). */
  readonly version?: { readonly documentId: string; readonly version: number }
  /** Dense similarities (0..1) by unit id, fused by weighted sum of normalised scores. */
  readonly dense?: { readonly scores: ReadonlyMap<number, number>; readonly weight: number }
}

interface WeighedTerm {
  readonly term: string
  /** In how many live passages of the provinces it stands. */
  readonly passages: number
  /** What one full occurrence is worth. */
  readonly weight: number
}

export interface ScoredUnit {
  readonly unit: UnitRow
  /** BM25 over syllables and pairs. */
  readonly score: number
  /** Share of the most a passage could score for this question, 0..1: comparable between questions. */
  readonly normalised: number
}

export interface SearchRun {
  readonly terms: readonly WeighedTerm[]
  readonly hits: readonly ScoredUnit[]
  readonly passages: number
  readonly path: 'exact' | 'gated' | 'nothing to look for'
  readonly candidates: number
}

const FoundRow = UnitRow.extend({ score: z.number() })

/** The best units for a repaired question. Two queries, both bound to the provinces. */
export async function runSearch(
  db: Db,
  question: string,
  options: SearchOptions,
  expansions: Expansions,
): Promise<SearchRun> {
  const { terms, rows, passages } = await weighTerms(db, question, options, expansions)
  const weights = new Map(terms.map((term) => [termId(term.term), term.weight]))
  if (terms.every((term) => term.passages === 0) && !options.version) {
    const dense = options.dense ? await byIds(db, [...options.dense.scores.keys()], weights, options) : []
    return {
      terms,
      hits: finish(dense, terms, options),
      passages,
      path: 'nothing to look for',
      candidates: dense.length,
    }
  }
  const exact = options.version !== undefined || passages <= GATE.exactUpTo
  const filtered = options.kinds !== undefined
  const gate = exact
    ? null
    : bestCandidates(
        rows,
        weights,
        filtered ? GATE.filteredCandidates : Math.max(GATE.candidates, options.limit),
      )
  const ids = gate === null || !options.dense ? gate : [...new Set([...gate, ...options.dense.scores.keys()])]
  const found = await byIds(db, ids, weights, options)
  return {
    terms,
    hits: finish(found, terms, options),
    passages,
    path: exact ? 'exact' : 'gated',
    candidates: ids?.length ?? passages,
  }
}

/**
 * The question's terms with their weights, and the posting rows of the rarest terms within the budget (none when
 * the corpus is small enough to compare every passage).
 */
async function weighTerms(db: Db, question: string, { provinces }: SearchOptions, expansions: Expansions) {
  const { syllables, pairs } = analyse(question, expansions)
  const wanted = [
    ...[...syllables].map(([term, count]) => ({ term, count, cap: FORMULA.syllables.weight })),
    ...[...pairs].map(([term, count]) => ({ term, count, cap: FORMULA.pairs.weight })),
  ].slice(0, MOST_TERMS * 4)
  const { rows } = await db.query(POSTINGS, [
    provinces,
    wanted.map((term) => termId(term.term)),
    GATE.entries,
    GATE.exactUpTo,
  ])
  const read = z.array(TermRow).parse(rows)
  const passages = read[0]?.total ?? 0
  const containing = new Map(read.map((row) => [row.term, row.passages]))
  const terms = wanted
    .map(({ term, count, cap }) => {
      const passagesWith = containing.get(termId(term)) ?? 0
      return { term, passages: passagesWith, weight: count * cap * inverseFrequency(passages, passagesWith) }
    })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST_TERMS)
  const postings = read.flatMap(({ term, chunk, entries }) =>
    term !== null && chunk !== null && entries !== null ? [{ term, chunk, entries }] : [],
  )
  return { terms, rows: postings, passages }
}

const TermRow = z.object({
  total: z.coerce.number(),
  term: z.number().nullable(),
  passages: z.coerce.number(),
  chunk: z.number().nullable(),
  entries: z.instanceof(Uint8Array).nullable(),
})

// One row per term (exact) or per term and chunk (gated, only while the running total stays in the budget; the
// rarest term always). `total` is the number of live units, which every row repeats; term 0 keeps it.
const POSTINGS = `
  with total as (
    select coalesce(sum(passages), 0) as units from knowledge_posting where province = any($1) and term = 0
  ), seen as (
    select term, sum(passages) as passages from knowledge_posting
     where province = any($1) and term = any($2::int[]) group by term
  ), ranked as (
    select term, passages, sum(passages) over (order by passages, term) as running,
           row_number() over (order by passages, term) as rank from seen
  )
  select total.units as total, ranked.term, coalesce(ranked.passages, 0) as passages, p.chunk, p.entries
    from total
    left join ranked on true
    left join knowledge_posting p
           on total.units > $4 and (ranked.running <= $3 or ranked.rank = 1)
          and p.province = any($1) and p.term = ranked.term`

async function byIds(
  db: Db,
  ids: readonly number[] | null,
  weights: ReadonlyMap<number, number>,
  options: SearchOptions,
) {
  const conditions = [
    'u.province = any($1)',
    '(u.valid_from is null or u.valid_from <= $2)',
    '(u.valid_to is null or u.valid_to >= $2)',
  ]
  const values: unknown[] = [options.provinces, options.at, sparseVector(weights), options.limit]
  const bind = (value: unknown) => `$${values.push(value)}`
  if (options.version) {
    conditions.push(
      `u.document_id = ${bind(options.version.documentId)}`,
      `u.version = ${bind(options.version.version)}`,
    )
  } else conditions.push('u.live')
  if (options.superseded && options.superseded.length > 0) {
    conditions.push(`u.document_id <> all(${bind(options.superseded)})`)
  }
  if (options.kinds) conditions.push(`u.kind = any(${bind(options.kinds)})`)
  if (ids !== null) conditions.push(`u.id = any(${bind(ids)}::bigint[])`)
  const limit = options.dense
    ? Math.max(options.limit, options.dense.scores.size + options.limit)
    : options.limit
  values[3] = limit
  const { rows } = await db.query(
    `select ${UNIT_COLUMNS}, -(u.terms <#> $3::sparsevec) as score from knowledge_unit u
      where ${conditions.join(' and ')} order by u.terms <#> $3::sparsevec, u.id limit $4`,
    values,
  )
  return z.array(FoundRow).parse(rows)
}

/** Normalises, fuses with the dense scores where given, and leaves out what shares no term with the question. */
function finish(
  found: readonly z.infer<typeof FoundRow>[],
  terms: readonly WeighedTerm[],
  options: SearchOptions,
): ScoredUnit[] {
  // A term that stands once in a passage of average length is worth exactly its weight.
  const best = terms.reduce((sum, term) => sum + term.weight, 0)
  const scored = found.map(({ score, ...unit }) => ({
    unit,
    score,
    normalised: best > 0 ? Math.max(0, Math.min(1, score / best)) : 0,
  }))
  const { dense } = options
  if (!dense) return scored.filter((hit) => hit.score > 0).slice(0, options.limit)
  const top = Math.max(...scored.map((hit) => hit.score), Number.EPSILON)
  const fused = (hit: ScoredUnit) => hit.score / top + dense.weight * (dense.scores.get(hit.unit.id) ?? 0)
  return scored.sort((a, b) => fused(b) - fused(a) || a.unit.id - b.unit.id).slice(0, options.limit)
}
