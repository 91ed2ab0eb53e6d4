/**
 * `npm run bench:retrieval -- --data DIR [--json] [--halves]`: how well and how fast the search finds the right
 * document of a retrieval set, for questions as they are, without marks, and with typing errors. Runs through
 * the same tables and the same `search` as the assistant; on PostgreSQL when DATABASE_URL is set.
 */
import { parseArgs } from 'node:util'
import type { Database } from '../../src/database/index.ts'
import { ingest, openKnowledge } from '../../src/knowledge/index.ts'
import { AbbreviationsFile } from '../../src/knowledge/records.ts'
import { expansionsOf } from '../../src/knowledge/short-forms.ts'
import { readFiles } from '../../src/knowledge/store.ts'
import { type Figures, figuresOf, type Ranked, rounded } from './measures.ts'
import { SPOILT } from './noise.ts'
import { indexBytes, ownDatabase } from './own-database.ts'
import { indexUnits, type RetrievalSet, readSets, unitOfDoc } from './retrieval-set.ts'

const PROVINCE = 'bench'
const { values } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'boolean' }, halves: { type: 'boolean' } },
})

if (values.data === undefined) {
  console.error('usage: npm run bench:retrieval -- --data DIR [--json] [--halves]')
  process.exit(2)
}
const sets = readSets(values.data)
if (sets.length === 0) {
  console.error(`${values.data}: no docs.jsonl in it or in a folder below it`)
  process.exit(2)
}
const results: Record<string, Awaited<ReturnType<typeof benchSet>>> = {}
for (const set of sets) results[set.name] = await benchSet(set)
const [only] = Object.values(results)
if (values.json === true) console.log(JSON.stringify(sets.length === 1 ? only : results))
else for (const [name, result] of Object.entries(results)) print(name, result)

async function benchSet(set: RetrievalSet) {
  const db = await ownDatabase(process.env['DATABASE_URL'])
  try {
    await ingest(db, 'knowledge', { provinces: [] }) // short forms and general Vietnamese, no plan
    const files = await readFiles(db)
    const expansions = expansionsOf(AbbreviationsFile.parse(files.get('abbreviations')?.data))
    const indexMs = await indexUnits(db, PROVINCE, set.docs.map(unitOfDoc), expansions)
    const runs = await askAll(db, set)
    const figures = (pick: (i: number) => boolean) =>
      Object.fromEntries(
        Object.entries(runs).map(([kind, list]) => [
          kind,
          rounded(figuresOf(list.filter((_, i) => pick(i)))),
        ]),
      ) as Record<keyof typeof SPOILT, Figures>
    return {
      ...figures(() => true),
      indexMs: Math.round(indexMs),
      bytes: await indexBytes(db),
      ...(values.halves === true
        ? { halves: [figures((i) => i % 2 === 0), figures((i) => i % 2 === 1)] }
        : {}),
    }
  } finally {
    await db.drop()
  }
}

async function askAll(db: Database, set: RetrievalSet): Promise<Record<keyof typeof SPOILT, Ranked[]>> {
  const knowledge = await openKnowledge(db)
  const ask = async (text: string) => await knowledge.search(text, { provinces: [PROVINCE], limit: 10 })
  for (const query of set.queries.slice(0, 20)) await ask(query.text) // warm: measured is the running assistant
  const runs: Record<keyof typeof SPOILT, Ranked[]> = { clean: [], unmarked: [], typos3: [], typos10: [] }
  for (const [kind, spoil] of Object.entries(SPOILT)) {
    for (const [i, query] of set.queries.entries()) {
      const typed = spoil(query.text, i + 1)
      const started = performance.now()
      const { hits } = await ask(typed)
      const ms = performance.now() - started
      runs[kind as keyof typeof SPOILT].push({
        ranking: hits.map((hit) => hit.unit.key),
        answers: set.answers.get(query.id) ?? new Set(),
        ms,
      })
    }
  }
  return runs
}

function print(name: string, result: Awaited<ReturnType<typeof benchSet>>): void {
  console.log(`${name}: indexed in ${result.indexMs} ms, ${(result.bytes / 1_000_000).toFixed(1)} MB`)
  const parts: [string, Record<keyof typeof SPOILT, Figures>][] = [
    ['all', result],
    ...(result.halves ?? []).map((half, i): [string, typeof half] => [
      i === 0 ? 'tuning half' : 'test half',
      half,
    ]),
  ]
  for (const [part, figures] of parts) {
    console.table(
      Object.fromEntries(
        Object.keys(SPOILT).map((kind) => [`${part}: ${kind}`, figures[kind as keyof typeof SPOILT]]),
      ),
    )
  }
}
