/** Indexes every unit again: after a change of the analysis or of the abbreviations. */
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { type Averages, analyse, type Expansions, passageWeights, sparseVector } from './analysis.ts'
import { averagesOf, bumpVersion, lockState, readState, setLive } from './store.ts'

const Row = z.object({ id: z.coerce.number(), search_text: z.string() })
const BATCH = 1_000

/** Stored averages further from the truth than this share make passages look longer or shorter than they are. */
const DRIFT = 0.3

/**
 * The average lengths of what is served, when the stored ones have drifted; null while they are near enough.
 * Stored weights depend on them, so they change rarely and everything is indexed again when they do.
 */
export async function driftedAverages(db: Db): Promise<Averages | null> {
  const { rows } = await db.query<{ units: number; syllables: number; pairs: number }>(
    `select (select coalesce(sum(passages), 0)::int from knowledge_posting where term = 0) as units,
            coalesce(sum(indexed) filter (where position(' ' in term) = 0), 0)::int as syllables,
            coalesce(sum(indexed) filter (where position(' ' in term) > 0), 0)::int as pairs
       from knowledge_lexicon`,
  )
  const { units, syllables, pairs } = rows[0] ?? { units: 0, syllables: 0, pairs: 0 }
  if (units === 0) return null
  const now = { syllables: syllables / units, pairs: Math.max(1, pairs / units) }
  const stored = averagesOf(await readState(db))
  return Math.abs(now.syllables / stored.syllables - 1) > DRIFT ? now : null
}

/** Computes all stored weights anew and rebuilds postings and lexicon, in the caller's transaction. */
export async function reindexAll(
  tx: Db,
  analysis: string,
  expansions: Expansions,
  newAverages?: Averages,
): Promise<void> {
  const averages = newAverages ?? averagesOf(await lockState(tx))
  await tx.query('update knowledge_state set average_syllables = $1, average_pairs = $2', [
    averages.syllables,
    averages.pairs,
  ])
  await tx.query('truncate knowledge_posting')
  await tx.query('update knowledge_lexicon set indexed = 0 where indexed <> 0')
  for (let after = 0; ; ) {
    const { rows } = await tx.query(
      'select id, search_text from knowledge_unit where id > $1 order by id limit $2',
      [after, BATCH],
    )
    const units = z.array(Row).parse(rows)
    const last = units.at(-1)
    if (!last) break
    after = last.id
    await tx.query(
      `update knowledge_unit u set terms = t.terms::sparsevec
         from unnest($1::bigint[], $2::text[]) as t(id, terms) where u.id = t.id`,
      [
        units.map((unit) => unit.id),
        units.map((unit) => sparseVector(passageWeights(analyse(unit.search_text, expansions), averages))),
      ],
    )
  }
  const { rows } = await tx.query<{ document_id: string; version: number }>(
    'update knowledge_unit set live = false where live returning document_id, version',
  )
  const versions = new Map(rows.map((row) => [`${row.document_id} ${row.version}`, row]))
  for (const { document_id, version } of versions.values())
    await setLive(tx, document_id, version, true, averages, expansions)
  await tx.query('delete from knowledge_lexicon where indexed <= 0 and general = 0')
  await tx.query('update knowledge_state set analysis = $1', [analysis])
  await bumpVersion(tx)
}
