/**
 * `npm run bench:peers -- [--data DIR] [--json]`: the project's search, MiniSearch and LangChain's BM25Retriever
 * side by side in one run, over the same texts and questions: the project's own plans and question set, or a
 * retrieval set. Prints each peer's quality as a share of ours and its time as a multiple of ours.
 * LangChain's community package does not fit the project's own peers, so it is installed on demand in `peers/`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import MiniSearch from 'minisearch'
import { ingest, openKnowledge } from '../../src/knowledge/index.ts'
import { AbbreviationsFile } from '../../src/knowledge/records.ts'
import { expansionsOf } from '../../src/knowledge/short-forms.ts'
import { readFiles } from '../../src/knowledge/store.ts'
import { fold } from '../../src/vietnamese/text.ts'
import { type Figures, figuresOf, type Ranked, rounded } from './measures.ts'
import { ownDatabase } from './own-database.ts'
import { ownSet, type Question, type Text } from './own-set.ts'
import { indexUnits, readSets, unitOfDoc } from './retrieval-set.ts'

type Search = (question: string, provinces: readonly string[]) => Promise<readonly string[]>

const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean' } } })
const db = await ownDatabase(process.env['DATABASE_URL'])
try {
  const { texts, questions } = values.data === undefined ? await ownSet(db) : await givenSet(values.data)
  const knowledge = await openKnowledge(db)
  const systems: Record<string, Search> = {
    ours: async (question, provinces) =>
      (await knowledge.search(question, { provinces, limit: 10 })).hits.map((hit) => String(hit.unit.id)),
    MiniSearch: miniSearch(texts),
    'LangChain BM25Retriever': await langChain(texts),
  }
  const results: Record<string, { clean: Figures; unmarked: Figures }> = {}
  for (const [name, search] of Object.entries(systems)) {
    results[name] = {
      clean: await run(search, questions, (text) => text),
      unmarked: await run(search, questions, fold),
    }
  }
  if (values.json === true)
    console.log(JSON.stringify({ questions: questions.length, texts: texts.length, results }))
  else print(questions.length, texts.length, results)
} finally {
  await db.drop()
}

async function run(
  search: Search,
  questions: readonly Question[],
  spoil: (text: string) => string,
): Promise<Figures> {
  for (const { text, provinces } of questions.slice(0, 10)) await search(spoil(text), provinces)
  const runs: Ranked[] = []
  for (const { text, provinces, answers } of questions) {
    const started = performance.now()
    const ranking = await search(spoil(text), provinces)
    const ms = performance.now() - started
    // One question, one right place: whichever unit of the gold block comes first counts, the others do not.
    const first = ranking.findIndex((id) => answers.has(id))
    runs.push({
      ranking: first < 0 ? [] : ranking.map((_, i) => (i === first ? 'gold' : String(i))),
      answers: new Set(['gold']),
      ms,
    })
  }
  return rounded(figuresOf(runs))
}

function miniSearch(texts: readonly Text[]): Search {
  const index = new MiniSearch<Text>({ fields: ['text'], storeFields: ['province'] })
  index.addAll(texts)
  return async (question, provinces) =>
    index
      .search(question, { filter: (result) => provinces.includes(String(result['province'])) })
      .slice(0, 10)
      .map((result) => String(result.id))
}

interface Retriever {
  invoke(question: string): Promise<readonly { readonly metadata: Readonly<Record<string, unknown>> }[]>
}

async function langChain(texts: readonly Text[]): Promise<Search> {
  const folder = new URL('./peers/', import.meta.url)
  if (!existsSync(new URL('node_modules', folder))) {
    console.error('installing tests/bench/peers …')
    const { status } = spawnSync(
      'npm',
      ['ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'],
      {
        cwd: fileURLToPath(folder),
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      },
    )
    if (status !== 0) throw new Error('npm ci in tests/bench/peers failed')
  }
  const from = createRequire(new URL('package.json', folder))
  const { BM25Retriever } = (await import(from.resolve('@langchain/community/retrievers/bm25'))) as {
    BM25Retriever: { fromDocuments(docs: unknown[], options: { k: number }): Retriever }
  }
  const byProvinces = new Map<string, Retriever>()
  return async (question, provinces) => {
    const key = provinces.join()
    const retriever =
      byProvinces.get(key) ??
      BM25Retriever.fromDocuments(
        texts
          .filter((text) => provinces.includes(text.province))
          .map((text) => ({ pageContent: text.text, metadata: { id: text.id } })),
        { k: 10 },
      )
    byProvinces.set(key, retriever)
    return (await retriever.invoke(question)).map((found) => String(found.metadata['id']))
  }
}

async function givenSet(folder: string): Promise<{ texts: Text[]; questions: Question[] }> {
  const [set] = readSets(folder)
  if (!set) throw new Error(`${folder}: no docs.jsonl`)
  await ingest(db, 'knowledge', { provinces: [] })
  const expansions = expansionsOf(AbbreviationsFile.parse((await readFiles(db)).get('abbreviations')?.data))
  await indexUnits(db, 'bench', set.docs.map(unitOfDoc), expansions)
  const { rows } = await db.query<{ id: string; key: string; search_text: string }>(
    'select id, key, search_text from knowledge_unit where live order by id',
  )
  const idOf = new Map(rows.map((row) => [row.key, String(row.id)]))
  return {
    texts: rows.map((row) => ({ id: String(row.id), province: 'bench', text: row.search_text })),
    questions: set.queries.map((query) => ({
      text: query.text,
      provinces: ['bench'],
      answers: new Set([...(set.answers.get(query.id) ?? [])].map((key) => idOf.get(key) ?? key)),
    })),
  }
}

function print(
  questions: number,
  texts: number,
  results: Record<string, { clean: Figures; unmarked: Figures }>,
): void {
  console.log(`${questions} questions over ${texts} texts; share of our MRR@10, multiple of our median time`)
  const ours = results['ours']
  if (!ours) return
  console.table(
    Object.fromEntries(
      Object.entries(results).map(([name, { clean, unmarked }]) => [
        name,
        {
          'first %': Math.round(clean.recall1 * 100),
          'MRR@10': clean.mrr10,
          share: Math.round((clean.mrr10 / ours.clean.mrr10) * 100) / 100,
          'unmarked MRR@10': unmarked.mrr10,
          'unmarked share': Math.round((unmarked.mrr10 / ours.unmarked.mrr10) * 100) / 100,
          'p50 ms': clean.p50Ms,
          'p95 ms': clean.p95Ms,
          'time ×': Math.round((clean.p50Ms / ours.clean.p50Ms) * 100) / 100,
        },
      ]),
    ),
  )
}
