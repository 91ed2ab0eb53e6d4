/**
 * `npm run eval`: replays question sets through the whole conversation on an in-memory database and judges them.
 * `--in FILE --out FILE` only writes results; `--failures` shows what failed; `--model` runs each set without and with
 * the configured endpoint, side by side. Ends with status 1 when a project set falls below its bar.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type App, createApp, createLog } from '../app/index.ts'
import { type Config, readConfig } from '../config.ts'
import { type Database, openDatabase } from '../database/index.ts'
import {
  belowBar,
  converseWith,
  Item,
  type ItemResult,
  type Report,
  readPlan,
  report,
  reportLines,
  runEval,
} from '../eval/index.ts'

const OWN_SETS = [
  'tests/eval/questions.jsonl',
  'tests/eval/own.jsonl',
  'tests/eval/own2.jsonl',
  ...Array.from({ length: 21 }, (_, n) => n + 1).map((n) => `tests/eval/independent${n}.jsonl`),
]
/** Periods are told as ended or running by this date, so that a set judges the same next year. */
const AT = new Date('2026-11-22T03:00:00Z')

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    out: { type: 'string' },
    failures: { type: 'boolean', default: false },
    model: { type: 'boolean', default: false },
    /** Price of a million tokens, in and out, in any currency; with it the cost per answer is printed. */
    prices: { type: 'string' },
  },
})

const readItems = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Item.parse(JSON.parse(line)))

async function withApp<T>(config: Config, work: (app: App, db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({})
  const app = await createApp({ db, key: randomBytes(32), config, log: createLog('silent'), clock: () => AT })
  await app.start('web') // events are kept; turns run here, not in a worker
  try {
    return await work(app, db)
  } finally {
    await app.stop()
    await db.close()
  }
}

const environment = readConfig({ ...process.env, PROVINCES: '', DATABASE_URL: '' })
const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _base, ...rest } = environment
const alone = rest as Config

const files = values.in === undefined ? OWN_SETS : [values.in]
let failed = false
let lastCall = 0
/** One line per set and way, for the table at the end. */
const rows: { file: string; mode: string; judged: Report; usage: string }[] = []
for (const mode of values.model ? (['alone', 'model'] as const) : (['alone'] as const)) {
  await withApp(mode === 'model' ? environment : alone, async (app, db) => {
    const documents = await app.parts.knowledge.documents()
    const plans = documents.map(({ id, province }) =>
      readPlan(id, province, readFileSync(`${environment.KNOWLEDGE_DIR}/plans/${id}.md`, 'utf8')),
    )
    const all = { items: [] as Item[], results: [] as ItemResult[] }
    for (const file of files) {
      const items = readItems(file)
      const results = await runEval(items, converseWith(app, db))
      if (values.out !== undefined)
        writeFileSync(values.out, results.map((line) => `${JSON.stringify(line)}\n`).join(''))
      if (values.in !== undefined && values.out !== undefined && !values.model) continue
      const judged = report(items, results, plans)
      console.log(
        `\n${file}${values.model ? `, ${mode === 'model' ? environment.OPENAI_MODEL : 'without a model'}` : ''}`,
      )
      for (const line of reportLines(judged)) console.log(line)
      const used = mode === 'model' ? await usage(db, results.length) : '-'
      if (mode === 'model') console.log(`  ${used}`)
      rows.push({ file, mode: mode === 'model' ? environment.OPENAI_MODEL : 'alone', judged, usage: used })
      if (values.failures) showFailures(judged.failures, items, results)
      all.items.push(...items)
      all.results.push(...results)
    }
    if (all.items.length === 0) return
    // The bars hold for the project's questions together: in one small file a single item would be a whole style.
    const together = report(all.items, all.results, plans)
    const { passed, of } = together.all
    if (files.length > 1)
      console.log(`\nall sets together: ${passed} / ${of} (${((100 * passed) / of).toFixed(1)} %)`)
    for (const line of belowBar(together)) {
      console.log(`  below the bar: ${line}`)
      failed ||= values.in === undefined
    }
  })
}
if (values.model) sideBySide()
process.exitCode = failed ? 1 : 0

function sideBySide(): void {
  console.log('\nside by side')
  for (const { file, mode, judged, usage: used } of rows.sort((a, b) => a.file.localeCompare(b.file))) {
    const { all, wrongProvince, uncitedNumbers, medianCharacters, p95Ms } = judged
    console.log(
      `  ${file}  ${mode.padEnd(16)} passed ${all.passed} / ${all.of}; wrong province ${wrongProvince}; uncited ${uncitedNumbers}; ` +
        `median ${medianCharacters} characters; p95 ${p95Ms.toFixed(0)} ms; ${used}`,
    )
  }
}

async function usage(db: Database, answers: number): Promise<string> {
  const { rows: found } = await db.query<
    Record<'calls' | 'input' | 'output' | 'ok' | 'shown' | 'last', number>
  >(
    `select coalesce(max(id), 0)::int as last, count(*)::int as calls, coalesce(sum(input_tokens), 0)::int as input,
            coalesce(sum(output_tokens), 0)::int as output, count(*) filter (where outcome = 'ok')::int as ok,
            count(distinct answer_id) filter (where verdict = 'verified')::int as shown
       from model_call where id > $1`,
    [lastCall],
  )
  const { calls = 0, input = 0, output = 0, ok = 0, shown = 0, last = 0 } = found[0] ?? {}
  lastCall = Math.max(lastCall, last)
  const [inPrice = Number.NaN, outPrice = Number.NaN] = (values.prices ?? '').split(',').map(Number)
  const cost = (input * inPrice + output * outPrice) / 1_000_000 / answers
  const per = (count: number) => (count / answers).toFixed(1)
  const price = Number.isFinite(cost) ? `, cost ${cost.toPrecision(3)}` : ''
  return `model calls ${calls} (${ok} usable, ${shown} answers verified); per answer: ${per(input)} tokens in, ${per(output)} out${price}`
}

function showFailures(
  failures: ReturnType<typeof report>['failures'],
  items: readonly Item[],
  results: readonly ItemResult[],
): void {
  for (const { id, faults } of failures) {
    const item = items.find((candidate) => candidate.id === id)
    const result = results.find((candidate) => candidate.id === id)
    console.log(
      `\n${id} [${item?.province ?? '-'} ${item?.style}] ${item?.turns.join(' // ')}\n  ${faults.join('\n  ')}`,
    )
    for (const { text, citations } of result?.replies ?? []) {
      console.log(`  → ${result?.outcome}: ${text}`)
      for (const { doc, quote } of citations) console.log(`     [${doc}] ${quote.slice(0, 100)}`)
    }
  }
}
