/** `npm run eval`: replays question sets and judges them; with --in and --out it only writes results. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createAnswerer } from '../answer/index.ts'
import { migrate, openDatabase } from '../database/index.ts'
import { type Converse, Item, readPlan, report, reportLines, runEval } from '../eval/index.ts'
import { ingest, openKnowledge } from '../knowledge/index.ts'

const OWN_SETS = ['tests/eval/questions.jsonl', 'tests/eval/own.jsonl']
const AT = new Date('2026-11-22T03:00:00Z')

const { values } = parseArgs({
  options: { in: { type: 'string' }, out: { type: 'string' }, failures: { type: 'boolean', default: false } },
})

const readItems = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Item.parse(JSON.parse(line)))

const db = await openDatabase({})
await migrate(db)
await ingest(db, './knowledge')
const knowledge = await openKnowledge(db)
const answerer = await createAnswerer({ knowledge })

const OUTCOME_NAMES: Readonly<Record<string, string>> = { personal_data: 'status', unclear: 'greet' }

const converse: Converse = async (item) => {
  let province = item.stated === true ? null : item.province
  let memory: unknown = null
  let last = { outcome: 'none', replies: [] as Awaited<ReturnType<Converse>>['replies'], ms: 0 }
  for (const text of item.turns) {
    const start = performance.now()
    const answer = await answerer.answer(text, { province, language: 'vi', memory, at: AT })
    province = answer.province ?? province
    memory = answer.memory
    const citations = answer.citations.map(({ doc, section, quote }) => ({ doc, section, quote }))
    last = {
      outcome: OUTCOME_NAMES[answer.outcome] ?? answer.outcome,
      replies: [{ text: answer.text, citations, actions: answer.actions.map(({ label }) => ({ label })) }],
      ms: performance.now() - start,
    }
  }
  return last
}

const plans = (await knowledge.documents()).map(({ id, province }) =>
  readPlan(id, province, readFileSync(`knowledge/plans/${id}.md`, 'utf8')),
)
for (const file of values.in === undefined ? OWN_SETS : [values.in]) {
  const items = readItems(file)
  const results = await runEval(items, converse)
  if (values.out !== undefined)
    writeFileSync(values.out, results.map((line) => `${JSON.stringify(line)}\n`).join(''))
  if (values.in !== undefined && values.out !== undefined) continue
  const judged = report(items, results, plans)
  console.log(`\n${file}`)
  for (const line of reportLines(judged)) console.log(line)
  if (!values.failures) continue
  for (const { id, faults } of judged.failures) {
    const item = items.find((it) => it.id === id)
    const result = results.find((it) => it.id === id)
    console.log(
      `\n${id} [${item?.province ?? '-'} ${item?.style}] ${item?.turns.join(' // ')}\n  ${faults.join('\n  ')}`,
    )
    for (const { text, citations } of result?.replies ?? []) {
      console.log(`  → ${result?.outcome}: ${text}`)
      for (const { doc, quote } of citations) console.log(`     [${doc}] ${quote.slice(0, 100)}`)
    }
  }
}
await db.close()
