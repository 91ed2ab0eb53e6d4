/**
 * `DATABASE_URL=… npm run bench:growth -- [--data DIR] [--sizes 1000,15000,60000,120000] [--json]`: how the time
 * of a search and the share of the exact top ten change from 1,000 to 120,000 passages on PostgreSQL, and what
 * the process keeps in memory after a hundred and after thousands of questions.
 */
import { parseArgs } from 'node:util'
import type { Database } from '../../src/database/index.ts'
import { analyse, inverseFrequency, sparseVector, termId } from '../../src/knowledge/analysis.ts'
import { type Knowledge, openKnowledge } from '../../src/knowledge/index.ts'
import { percentile } from './measures.ts'
import { indexBytes, ownDatabase } from './own-database.ts'
import { indexUnits, readSets, unitOfDoc } from './retrieval-set.ts'
import { type GrowthCorpus, shuffledCorpus, syntheticCorpus } from './synthetic.ts'

const PROVINCE = 'bench'
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sizes: { type: 'string', default: '1000,15000,60000,120000' },
    questions: { type: 'string', default: '300' },
    json: { type: 'boolean' },
  },
})
const [set] = values.data === undefined ? [] : readSets(values.data)
const corpus = set ? shuffledCorpus(set, 4009) : syntheticCorpus(4009)
const questions = Number(values.questions)
const results = []
for (const size of values.sizes.split(',').map(Number)) {
  const result = await measure(size)
  results.push(result)
  if (values.json !== true) console.table([result])
}
if (values.json === true) console.log(JSON.stringify(results))

async function measure(size: number) {
  const db = await ownDatabase(process.env['DATABASE_URL'])
  try {
    const units = Array.from({ length: size }, (_, i) =>
      unitOfDoc({ id: `g${i}`, title: '', text: corpus.passage(i) }),
    )
    const indexMs = await indexUnits(db, PROVINCE, units, new Map())
    await db.query('vacuum analyze knowledge_unit')
    await db.query('vacuum analyze knowledge_posting')
    units.length = 0
    const knowledge = await openKnowledge(db)
    for (let i = 0; i < 50; i++) await ask(knowledge, corpus.question(1_000 + i))
    const times: number[] = []
    for (let i = 0; i < questions; i++) {
      const started = performance.now()
      await ask(knowledge, corpus.question(i))
      times.push(performance.now() - started)
    }
    times.sort((a, b) => a - b)
    const round = (value: number) => Math.round(value * 100) / 100
    return {
      passages: size,
      p50Ms: round(percentile(times, 0.5)),
      p95Ms: round(percentile(times, 0.95)),
      exactTop10: Math.round((await shareOfExact(db, knowledge, corpus, 100)) * 10_000) / 10_000,
      indexS: round(indexMs / 1000),
      mb: round((await indexBytes(db)) / 1e6),
      ...(await memory(knowledge)),
    }
  } finally {
    await db.drop()
  }
}

function ask(knowledge: Knowledge, question: string) {
  return knowledge.search(question, { provinces: [PROVINCE], limit: 10 })
}

/** How much of the exact top ten (every passage compared) the search returns; equal scores count as equal. */
async function shareOfExact(
  db: Database,
  knowledge: Knowledge,
  from: GrowthCorpus,
  count: number,
): Promise<number> {
  const total = await db.query<{ n: number }>('select count(*)::int as n from knowledge_unit where live')
  const passages = total.rows[0]?.n ?? 0
  let found = 0
  let wanted = 0
  for (let i = 0; i < count; i++) {
    const { repaired, hits } = await ask(knowledge, from.question(i))
    const exact = await exactScores(db, repaired, passages)
    const last = exact.at(-1) ?? 0
    wanted += exact.length
    found += Math.min(exact.length, hits.filter((hit) => hit.score >= last - 1e-4).length)
  }
  return found / wanted
}

async function exactScores(db: Database, question: string, passages: number): Promise<number[]> {
  const { syllables, pairs } = analyse(question, new Map())
  const counts = [...syllables, ...pairs]
  const { rows: frequencies } = await db.query<{ term: number; n: number }>(
    'select term, sum(passages)::int as n from knowledge_posting where term = any($1::int[]) group by term',
    [counts.map(([term]) => termId(term))],
  )
  const containing = new Map(frequencies.map((row) => [row.term, row.n]))
  const weights = new Map(
    counts.map(([term, count]) => [
      termId(term),
      count * inverseFrequency(passages, containing.get(termId(term)) ?? 0),
    ]),
  )
  const { rows } = await db.query<{ score: number }>(
    `select -(terms <#> $1::sparsevec) as score from knowledge_unit where live order by terms <#> $1::sparsevec limit 10`,
    [sparseVector(weights)],
  )
  return rows.map((row) => row.score).filter((score) => score > 0)
}

/** What stays on the heap after a hundred questions and after 2,000 more. */
async function memory(knowledge: Knowledge) {
  const heap = () => {
    globalThis.gc?.()
    return Math.round(process.memoryUsage().heapUsed / 1e5) / 10
  }
  for (let i = 0; i < 100; i++) await ask(knowledge, corpus.question(i))
  const heapMb100 = heap()
  for (let i = 0; i < 2_000; i++) await ask(knowledge, corpus.question(i + 100))
  return { heapMb100, heapMb2100: heap() }
}
