/** The inverted index as rows: one term in one chunk of unit ids, three bytes an entry. Pure. */
import { LARGEST_WEIGHT } from './analysis.ts'

/** Larger chunks mean fewer rows to a question, smaller ones less to rewrite at a publication (up to 98 kB a term). */
export const CHUNK = 32_768
const ENTRY_BYTES = 3

export function chunkOf(unitId: number): number {
  return Math.floor(unitId / CHUNK)
}

/** A weight as one byte, never 0: an entry that exists must count. */
export function roundWeight(weight: number): number {
  return Math.max(1, Math.min(255, Math.round((weight / LARGEST_WEIGHT) * 255)))
}

/** Entries of a posting row after taking out units and putting others in; ids may come in any order. */
export function mergeEntries(
  entries: Uint8Array,
  removed: ReadonlySet<number>,
  added: readonly (readonly [local: number, rounded: number])[],
): Buffer {
  const kept: number[] = []
  for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
    const local = (entries[at] ?? 0) | ((entries[at + 1] ?? 0) << 8)
    if (!removed.has(local)) kept.push(local, entries[at + 2] ?? 0)
  }
  const merged = Buffer.allocUnsafe((kept.length / 2 + added.length) * ENTRY_BYTES)
  let at = 0
  const put = (local: number, rounded: number) => {
    merged[at] = local & 0xff
    merged[at + 1] = local >> 8
    merged[at + 2] = rounded
    at += ENTRY_BYTES
  }
  for (let i = 0; i < kept.length; i += 2) put(kept[i] ?? 0, kept[i + 1] ?? 0)
  for (const [local, rounded] of added) put(local, rounded)
  return merged
}

export interface PostingRow {
  readonly term: number
  readonly chunk: number
  readonly entries: Uint8Array
}

/**
 * The unit ids with the largest sums of (rounded weight × term weight), best first: candidates for the exact
 * order. Time grows with the number of entries given, not with the number of passages stored.
 */
export function bestCandidates(
  rows: readonly PostingRow[],
  termWeights: ReadonlyMap<number, number>,
  most: number,
): number[] {
  const sums = new Map<number, Float32Array>()
  const touched = new Float64Array(
    rows.reduce((sum, row) => sum + Math.floor(row.entries.length / ENTRY_BYTES), 0),
  )
  let count = 0
  let max = 0
  for (const { term, chunk, entries } of rows) {
    const weight = termWeights.get(term) ?? 0
    const scores = sums.get(chunk) ?? new Float32Array(CHUNK)
    sums.set(chunk, scores)
    const first = chunk * CHUNK
    for (let at = 0; at + 2 < entries.length; at += ENTRY_BYTES) {
      const local = (entries[at] ?? 0) | ((entries[at + 1] ?? 0) << 8)
      const before = scores[local] ?? 0
      const after = before + weight * (entries[at + 2] ?? 0)
      scores[local] = after
      if (before === 0 && after > 0) touched[count++] = first + local
      if (after > max) max = after
    }
  }
  const scoreOf = (id: number) => sums.get(Math.floor(id / CHUNK))?.[id % CHUNK] ?? 0
  return largest(touched.subarray(0, count), scoreOf, max, most)
}

const BUCKETS = 2_048

/** The best of the ids. A histogram finds the threshold, so only those near the top are sorted. */
function largest(ids: Float64Array, scoreOf: (id: number) => number, max: number, most: number): number[] {
  if (max <= 0) return []
  const buckets = new Uint16Array(ids.length)
  const histogram = new Uint32Array(BUCKETS)
  for (let i = 0; i < ids.length; i++) {
    const bucket = Math.min(BUCKETS - 1, Math.floor((scoreOf(ids[i] ?? 0) / max) * BUCKETS))
    buckets[i] = bucket
    histogram[bucket] = (histogram[bucket] ?? 0) + 1
  }
  let lowest = BUCKETS - 1
  for (let count = histogram[lowest] ?? 0; lowest > 0 && count < most; count += histogram[lowest] ?? 0)
    lowest--
  const found: { id: number; score: number }[] = []
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? 0
    if ((buckets[i] ?? 0) >= lowest) found.push({ id, score: scoreOf(id) })
  }
  return found
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, most)
    .map((entry) => entry.id)
}
