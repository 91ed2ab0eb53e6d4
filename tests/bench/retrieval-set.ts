/** A retrieval set on disk (docs.jsonl, queries.jsonl, qrels.tsv), put into the project's own tables. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Database } from '../../src/database/index.ts'
import type { Expansions } from '../../src/knowledge/analysis.ts'
import { ANALYSIS_VERSION, analyse } from '../../src/knowledge/analysis.ts'
import type { UnitDraft } from '../../src/knowledge/units.ts'
import { hashOf, insertDraft, publishVersion } from '../../src/knowledge/versions.ts'

const Doc = z.object({ id: z.coerce.string(), title: z.string().nullish(), text: z.string() })
const Query = z.object({ id: z.coerce.string(), text: z.string() })

export interface RetrievalSet {
  readonly name: string
  readonly docs: readonly { readonly id: string; readonly title: string; readonly text: string }[]
  readonly queries: readonly { readonly id: string; readonly text: string }[]
  /** Question id → ids of the documents that answer it. */
  readonly answers: ReadonlyMap<string, ReadonlySet<string>>
}

/** The sets of a folder: the folder itself, or each folder in it that holds a docs.jsonl. */
export function readSets(folder: string): RetrievalSet[] {
  if (existsSync(join(folder, 'docs.jsonl'))) return [readSet(folder)]
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'docs.jsonl')))
    .map(readSet)
}

function readSet(folder: string): RetrievalSet {
  const lines = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
  const answers = new Map<string, Set<string>>()
  for (const line of lines('qrels.tsv')) {
    const [question = '', ...rest] = line.split('\t')
    // Two columns (question, document), or the four of TREC (question, 0, document, relevance).
    const doc = rest.length >= 3 ? (rest[1] ?? '') : (rest[0] ?? '')
    answers.set(question, (answers.get(question) ?? new Set()).add(doc))
  }
  const docs = lines('docs.jsonl').map((line) => Doc.parse(JSON.parse(line)))
  return {
    name: basename(folder),
    docs: docs.map(({ id, title, text }) => ({ id, title: title ?? '', text })),
    queries: lines('queries.jsonl')
      .map((line) => Query.parse(JSON.parse(line)))
      .filter((query) => answers.has(query.id)),
    answers,
  }
}

/** Documents of a bench go in as one province's, in versions of this many units. */
const UNITS_PER_VERSION = 8_000

/** Writes and publishes units the way ingest does. Returns the milliseconds it took. */
export async function indexUnits(
  db: Database,
  province: string,
  units: readonly UnitDraft[],
  expansions: Expansions,
): Promise<number> {
  const started = performance.now()
  await setAverages(db, units, expansions)
  for (let from = 0; from < units.length; from += UNITS_PER_VERSION) {
    const batch = units.slice(from, from + UNITS_PER_VERSION)
    await db.inTransaction(async (tx) => {
      const documentId = `${province}-${from}`
      const version = await insertDraft(
        tx,
        {
          documentId,
          province,
          kind: 'note', // carries no front matter
          title: documentId,
          source: '',
          front: {},
          records: {},
          hash: hashOf(documentId),
          origin: 'file',
          by: null,
          validFrom: null,
          validTo: null,
          supersededBy: null,
          units: batch,
        },
        expansions,
      )
      await publishVersion(tx, documentId, version, null, new Date(), expansions)
    })
  }
  return performance.now() - started
}

async function setAverages(db: Database, units: readonly UnitDraft[], expansions: Expansions): Promise<void> {
  let syllables = 0
  let pairs = 0
  for (const unit of units) {
    const counted = analyse(unit.searchText, expansions)
    syllables += counted.syllableCount
    pairs += counted.pairCount
  }
  await db.query('update knowledge_state set analysis = $1, average_syllables = $2, average_pairs = $3', [
    ANALYSIS_VERSION,
    syllables / units.length,
    pairs / units.length,
  ])
}

export function unitOfDoc(doc: { id: string; title: string; text: string }): UnitDraft {
  return {
    kind: 'passage',
    key: doc.id,
    section: [],
    cite: doc.title || doc.id,
    quote: doc.text.slice(0, 600),
    text: doc.text,
    support: [],
    payload: {},
    searchText: [doc.title, doc.text].filter(Boolean).join('\n'),
  }
}
