/** The SQL of units and the index over them. */
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import {
  type Analysed,
  type Averages,
  analyse,
  type Expansions,
  passageWeights,
  sparseVector,
} from './analysis.ts'
import { CHUNK, chunkOf, mergeEntries, roundWeight } from './postings.ts'
import { type UnitDraft, UnitKind } from './units.ts'

const Day = z.string().nullable()

/** A unit as stored, without its index entries. */
export const UnitRow = z.object({
  id: z.coerce.number(),
  kind: UnitKind,
  province: z.string(),
  document_id: z.string(),
  version: z.number(),
  key: z.string(),
  section: z.array(z.string()),
  cite: z.string(),
  quote: z.string(),
  text: z.string(),
  support: z.array(z.string()),
  payload: z.record(z.string(), z.unknown()),
  valid_from: Day,
  valid_to: Day,
})
export type UnitRow = z.infer<typeof UnitRow>

export const UNIT_COLUMNS = `u.id, u.kind, u.province, u.document_id, u.version, u.key, u.section, u.cite, u.quote, u.text,
  u.support, u.payload, u.valid_from::text, u.valid_to::text`

const State = z.object({
  version: z.coerce.number(),
  analysis: z.string(),
  average_syllables: z.number(),
  average_pairs: z.number(),
})
export type State = z.infer<typeof State>

export async function readState(db: Db): Promise<State> {
  const { rows } = await db.query(
    'select version, analysis, average_syllables, average_pairs from knowledge_state',
  )
  return State.parse(rows[0])
}

/** Says to every process that what is served has changed. Also serialises writers: the row stays locked. */
export async function lockState(tx: Db): Promise<State> {
  const { rows } = await tx.query(
    'select version, analysis, average_syllables, average_pairs from knowledge_state for update',
  )
  return State.parse(rows[0])
}

export async function bumpVersion(tx: Db): Promise<void> {
  await tx.query('update knowledge_state set version = version + 1')
}

export function averagesOf(state: State): Averages {
  return { syllables: state.average_syllables, pairs: state.average_pairs }
}

/** Which version of which document units belong to, and from when to when they hold. */
export interface UnitOwner {
  readonly documentId: string
  readonly version: number
  readonly province: string
  readonly validFrom: string | null
  readonly validTo: string | null
}

const BATCH = 400

/** Writes the units of one version, not yet live: nothing finds them until `setLive`. */
export async function insertUnits(
  tx: Db,
  owner: UnitOwner,
  units: readonly UnitDraft[],
  averages: Averages,
  expansions: Expansions,
): Promise<void> {
  for (let from = 0; from < units.length; from += BATCH) {
    const batch = units.slice(from, from + BATCH).map((unit, i) => ({
      kind: unit.kind,
      key: unit.key,
      position: from + i,
      section: unit.section,
      cite: unit.cite,
      quote: unit.quote,
      text: unit.text,
      support: unit.support,
      payload: unit.payload,
      search_text: unit.searchText,
      terms: sparseVector(passageWeights(analyse(unit.searchText, expansions), averages)),
    }))
    await tx.query(
      `insert into knowledge_unit (kind, province, document_id, version, key, position, section, cite, quote, text,
                                   search_text, support, payload, valid_from, valid_to, live, terms)
       select r.kind, $2, $3, $4, r.key, r.position, array(select jsonb_array_elements_text(r.section)), r.cite, r.quote,
              r.text, r.search_text, array(select jsonb_array_elements_text(r.support)), r.payload, $5, $6, false, r.terms::sparsevec
         from jsonb_to_recordset($1::jsonb) as r(kind text, key text, position int, section jsonb, cite text, quote text,
              text text, search_text text, support jsonb, payload jsonb, terms text)`,
      [
        JSON.stringify(batch),
        owner.province,
        owner.documentId,
        owner.version,
        owner.validFrom,
        owner.validTo,
      ],
    )
  }
}

const IndexedRow = z.object({ id: z.coerce.number(), province: z.string(), search: z.string() })

/** Puts the units of a version into the index, or takes them out, together with the `live` mark. */
export async function setLive(
  tx: Db,
  documentId: string,
  version: number,
  live: boolean,
  averages: Averages,
  expansions: Expansions,
): Promise<number> {
  const { rows } = await tx.query(
    `update knowledge_unit u set live = $3 where document_id = $1 and version = $2 and live <> $3
      returning id, province, search_text as search`,
    [documentId, version, live],
  )
  const units = z.array(IndexedRow).parse(rows)
  const analysed = units.map((unit) => ({ ...unit, terms: analyse(unit.search, expansions) }))
  for (const province of new Set(units.map((unit) => unit.province))) {
    const mine = analysed.filter((unit) => unit.province === province)
    await changePostings(tx, province, mine, live ? 'add' : 'remove', averages)
  }
  await changeLexicon(
    tx,
    analysed.map((unit) => unit.terms),
    live ? 1 : -1,
  )
  return units.length
}

interface IndexedUnit {
  readonly id: number
  readonly terms: Analysed
}

async function changePostings(
  tx: Db,
  province: string,
  units: readonly IndexedUnit[],
  change: 'add' | 'remove',
  averages: Averages,
): Promise<void> {
  for (const chunk of new Set(units.map((unit) => chunkOf(unit.id)))) {
    const mine = units.filter((unit) => chunkOf(unit.id) === chunk)
    const byTerm = new Map<number, (readonly [number, number])[]>()
    for (const unit of mine) {
      for (const [term, weight] of passageWeights(unit.terms, averages)) {
        const entry = [unit.id % CHUNK, roundWeight(weight)] as const
        const list = byTerm.get(term)
        if (list) list.push(entry)
        else byTerm.set(term, [entry])
      }
    }
    await rewriteChunk(tx, province, chunk, byTerm, change)
    await tx.query(
      `insert into knowledge_posting as p (province, term, chunk, passages, entries) values ($1, 0, $2, $3, '')
       on conflict (province, term, chunk) do update set passages = p.passages + excluded.passages`,
      [province, chunk, change === 'add' ? mine.length : -mine.length],
    )
  }
}

const StoredPosting = z.object({ term: z.number(), entries: z.instanceof(Uint8Array) })
const TERMS_PER_STATEMENT = 5_000

async function rewriteChunk(
  tx: Db,
  province: string,
  chunk: number,
  byTerm: ReadonlyMap<number, readonly (readonly [number, number])[]>,
  change: 'add' | 'remove',
): Promise<void> {
  const all = [...byTerm.keys()].sort((a, b) => a - b)
  for (let from = 0; from < all.length; from += TERMS_PER_STATEMENT) {
    const terms = all.slice(from, from + TERMS_PER_STATEMENT)
    const { rows } = await tx.query(
      'select term, entries from knowledge_posting where province = $1 and chunk = $2 and term = any($3::int[])',
      [province, chunk, terms],
    )
    const before = new Map(
      z
        .array(StoredPosting)
        .parse(rows)
        .map((row) => [row.term, row.entries]),
    )
    const after = terms.map((term) => {
      const entries = byTerm.get(term) ?? []
      const removed = new Set(entries.map(([local]) => local))
      return mergeEntries(before.get(term) ?? new Uint8Array(), removed, change === 'add' ? entries : [])
    })
    const kept = terms.filter((_, i) => (after[i]?.length ?? 0) > 0)
    const gone = terms.filter((_, i) => (after[i]?.length ?? 0) === 0)
    const entries = after.filter((bytes) => bytes.length > 0)
    if (gone.length > 0) {
      await tx.query(
        'delete from knowledge_posting where province = $1 and chunk = $2 and term = any($3::int[])',
        [province, chunk, gone],
      )
    }
    await tx.query(
      `insert into knowledge_posting (province, term, chunk, passages, entries)
       select $1, term, $2, passages, decode(entries, 'hex')
         from unnest($3::int[], $4::int[], $5::text[]) as t(term, passages, entries)
       on conflict (province, term, chunk) do update set passages = excluded.passages, entries = excluded.entries`,
      [
        province,
        chunk,
        kept,
        entries.map((bytes) => bytes.length / 3),
        entries.map((bytes) => bytes.toString('hex')),
      ],
    )
  }
}

async function changeLexicon(tx: Db, analysed: readonly Analysed[], sign: 1 | -1): Promise<void> {
  const counts = new Map<string, number>()
  for (const { syllables, pairs } of analysed) {
    for (const field of [syllables, pairs]) {
      for (const [term, count] of field) counts.set(term, (counts.get(term) ?? 0) + sign * count)
    }
  }
  await addToLexicon(tx, counts, 'indexed')
  if (sign < 0) await tx.query('delete from knowledge_lexicon where indexed <= 0 and general = 0')
}

async function addToLexicon(
  tx: Db,
  counts: ReadonlyMap<string, number>,
  column: 'indexed' | 'general',
): Promise<void> {
  const terms = [...counts.keys()].sort()
  for (let from = 0; from < terms.length; from += 20_000) {
    const batch = terms.slice(from, from + 20_000)
    await tx.query(
      `insert into knowledge_lexicon as l (term, ${column})
       select * from unnest($1::text[], $2::int[])
       on conflict (term) do update set ${column} = l.${column} + excluded.${column}`,
      [batch, batch.map((term) => counts.get(term) ?? 0)],
    )
  }
}

export async function resetGeneralLexicon(tx: Db, counts: ReadonlyMap<string, number>): Promise<void> {
  await tx.query('update knowledge_lexicon set general = 0 where general <> 0')
  await addToLexicon(tx, counts, 'general')
  await tx.query('delete from knowledge_lexicon where indexed <= 0 and general = 0')
}

const LexiconRow = z.tuple([z.string(), z.number()])

/** A pair seen once says nothing when there are this many: the model stays small as the corpus grows. */
const MANY_TERMS = 300_000

/** Syllables and pairs with their counts, indexed text weighing twice the general sample. */
export async function readLexicon(db: Db): Promise<[term: string, count: number][]> {
  const { rows: size } = await db.query<{ many: boolean }>(
    'select count(*) > $1 as many from (select 1 from knowledge_lexicon limit $1 + 1) t',
    [MANY_TERMS],
  )
  const { rows } = await db.query<{ term: string; count: number }>(
    `select term, 2 * greatest(indexed, 0) + general as count from knowledge_lexicon
      where indexed + general > 0 and ($1 = false or indexed + general > 1 or position(' ' in term) = 0)`,
    [size[0]?.many ?? false],
  )
  return rows.map((row) => LexiconRow.parse([row.term, row.count]))
}

const FileRow = z.object({ name: z.string(), hash: z.string(), data: z.unknown() })
export type FileRow = z.infer<typeof FileRow>

export async function readFiles(db: Db): Promise<Map<string, FileRow>> {
  const { rows } = await db.query('select name, hash, data from knowledge_file')
  return new Map(
    z
      .array(FileRow)
      .parse(rows)
      .map((row) => [row.name, row]),
  )
}

export async function saveFile(tx: Db, name: string, hash: string, data: unknown): Promise<void> {
  await tx.query(
    `insert into knowledge_file (name, hash, data) values ($1, $2, $3)
     on conflict (name) do update set hash = excluded.hash, data = excluded.data, updated_at = now()`,
    [name, hash, JSON.stringify(data)],
  )
}
