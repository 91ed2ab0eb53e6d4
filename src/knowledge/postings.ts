/** The inverted index as rows: one term in one chunk of unit ids, three bytes an entry. Pure. */
import { LARGEST_WEIGHT } from './analysis.ts'

export const CHUNK = 8192
const ENTRY_BYTES = 3

/** Unit id → weights by term id. */
export type WeightsByUnit = ReadonlyMap<number, ReadonlyMap<number, number>>

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
  for (const { term, chunk, entries } of rows) {
    const weight = termWeights.get(term) ?? 0
    const scores = sums.get(chunk) ?? new Float32Array(CHUNK)
    sums.set(chunk, scores)
    for (let at = 0; at + 2 < entries.length; at += ENTRY_BYTES) {
      const local = (entries[at] ?? 0) | ((entries[at + 1] ?? 0) << 8)
      scores[local] = (scores[local] ?? 0) + weight * (entries[at + 2] ?? 0)
    }
  }
  return largest(sums, most)
}

function largest(sums: ReadonlyMap<number, Float32Array>, most: number): number[] {
  let count = 0
  for (const scores of sums.values()) for (const score of scores) if (score > 0) count++
  const values = new Float32Array(count)
  let at = 0
  for (const scores of sums.values()) for (const score of scores) if (score > 0) values[at++] = score
  const threshold = count <= most ? 0 : (values.sort()[count - most] ?? 0)
  const found: { id: number; score: number }[] = []
  for (const [chunk, scores] of sums) {
    for (const [local, score] of scores.entries()) {
      if (score > 0 && score >= threshold) found.push({ id: chunk * CHUNK + local, score })
    }
  }
  return found
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, most)
    .map((entry) => entry.id)
}
