/** From text to weighed terms: accented syllables and adjacent pairs, as BM25 wants them. Pure. */
import { tokenize } from '../vietnamese/text.ts'

/**
 * Tuned on one half of a public set of Vietnamese statutes and checked on the other (docs/benchmarks.md).
 * Vietnamese words are mostly two syllables, so a pair does what a word segmenter would; its frequency within a
 * passage says little (small k1).
 */
export const FORMULA = {
  syllables: { k1: 1.6, b: 0.9, weight: 1 },
  pairs: { k1: 0.3, b: 0.6, weight: 1 },
} as const

/** Changes whenever stored weights would come out differently: then everything is indexed again. */
export const ANALYSIS_VERSION = 'bm25-pairs-1'

/** Ids of terms: 1 … 1e9, the dimensions of pgvector's sparsevec. */
const DIMENSIONS = 1_000_000_000
/** sparsevec refuses more than 16,000 entries; no passage of ours comes near. */
const MOST_TERMS = 8_000

export interface Averages {
  readonly syllables: number
  readonly pairs: number
}

export interface Analysed {
  readonly syllables: ReadonlyMap<string, number>
  readonly pairs: ReadonlyMap<string, number>
  readonly syllableCount: number
  readonly pairCount: number
}

/** Replaces whole words by what they stand for, in place; keys are token forms, values are syllables. */
export type Expansions = ReadonlyMap<string, readonly string[]>

/** Counts syllables and pairs. A pair never spans a sentence end or a bracket. */
export function analyse(text: string, expansions: Expansions): Analysed {
  const syllables = new Map<string, number>()
  const pairs = new Map<string, number>()
  let syllableCount = 0
  let pairCount = 0
  for (const run of runs(text, expansions)) {
    let previous: string | null = null
    for (const form of run) {
      syllables.set(form, (syllables.get(form) ?? 0) + 1)
      syllableCount++
      if (previous !== null) {
        const pair = `${previous} ${form}`
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
        pairCount++
      }
      previous = form
    }
  }
  return { syllables, pairs, syllableCount, pairCount }
}

/** The syllables of each stretch between sentence ends, abbreviations expanded. */
function runs(text: string, expansions: Expansions): string[][] {
  const found: string[][] = []
  for (const sentence of text.split(/[.;:!?()[\]\n•…]+(?=\s|$)|[()[\]\n]/u)) {
    const forms = tokenize(sentence).flatMap(({ form }) => expansions.get(form) ?? [form])
    if (forms.length > 0) found.push(forms)
  }
  return found
}

/** The stable id of a term. Collisions: about one pair of terms in a thousand million. */
export function termId(term: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < term.length; i++) {
    hash ^= term.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  hash ^= hash >>> 12
  return ((hash >>> 0) % DIMENSIONS) + 1
}

/** Term id → saturated, length-normalised frequency: the part of BM25 that belongs to the passage. */
export function passageWeights(analysed: Analysed, averages: Averages): Map<number, number> {
  const weights = new Map<number, number>()
  const add = (
    counts: ReadonlyMap<string, number>,
    length: number,
    average: number,
    field: 'syllables' | 'pairs',
  ) => {
    const { k1, b, weight } = FORMULA[field]
    const norm = k1 * (1 - b + (b * length) / average)
    for (const [term, count] of counts) {
      if (weights.size >= MOST_TERMS) return
      weights.set(termId(term), (weight * count * (k1 + 1)) / (count + norm))
    }
  }
  add(analysed.syllables, analysed.syllableCount, averages.syllables, 'syllables')
  add(analysed.pairs, analysed.pairCount, averages.pairs, 'pairs')
  return weights
}

/** The largest value a passage weight can take (k1 + 1 of the syllables); postings round against it. */
export const LARGEST_WEIGHT = Math.max(
  FORMULA.syllables.weight * (FORMULA.syllables.k1 + 1),
  FORMULA.pairs.weight * (FORMULA.pairs.k1 + 1),
)

/** How much a term tells, given in how many of all passages it stands. */
export function inverseFrequency(passages: number, containing: number): number {
  return Math.log(1 + (passages - containing + 0.5) / (containing + 0.5))
}

/** pgvector's text form of a sparse vector. */
export function sparseVector(weights: ReadonlyMap<number, number>): string {
  const entries = [...weights].sort(([a], [b]) => a - b).map(([id, weight]) => `${id}:${Math.fround(weight)}`)
  return `{${entries.join(',')}}/${DIMENSIONS}`
}
