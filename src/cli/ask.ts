/** `npm run ask -- "câu hỏi" [--province ninh-thuan] [--explain] [--lang en]`: one question, and why it was answered so. */
import { parseArgs } from 'node:util'
import { type Answer, createAnswerer } from '../answer/index.ts'
import { migrate, openDatabase } from '../database/index.ts'
import { ingest, openKnowledge } from '../knowledge/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    province: { type: 'string' },
    explain: { type: 'boolean', default: false },
    lang: { type: 'string', default: 'vi' },
  },
})
if (positionals.length === 0) {
  console.error('usage: npm run ask -- "câu hỏi" [--province ninh-thuan] [--explain] [--lang vi|en]')
  process.exit(2)
}

const db = await openDatabase({})
await migrate(db)
await ingest(db, './knowledge')
const knowledge = await openKnowledge(db)
const known = (await knowledge.provinces()).map(({ code }) => code)
if (values.province !== undefined && !known.includes(values.province)) {
  console.error(`--province: ${values.province} is not loaded; known: ${known.join(', ')}`)
  process.exit(2)
}
const answerer = await createAnswerer({ knowledge })
let memory: unknown = null
let province = values.province ?? null
for (const question of positionals) {
  const answer = await answerer.answer(question, {
    province,
    language: values.lang === 'en' ? 'en' : 'vi',
    memory,
    at: new Date(),
  })
  memory = answer.memory
  province = answer.province ?? province
  print(question, answer)
}
await db.close()

function print(question: string, answer: Answer): void {
  console.log(`\n? ${question}\n${answer.text}`)
  for (const { label, section, quote } of answer.citations) console.log(`📄 ${label}, ${section}: “${quote}”`)
  if (answer.actions.length > 0) console.log(answer.actions.map(({ label }) => `[${label}]`).join(' '))
  if (values.explain) explain(answer)
}

function explain({ outcome, explain: why }: Answer): void {
  const score = (value: number) => value.toFixed(3)
  console.log(`\nrepaired   ${why.repaired}`)
  console.log(
    `outcome    ${outcome} (intent ${why.intent}${why.lacking === null ? '' : `, asks for ${why.lacking}`})`,
  )
  console.log(
    `guesses    ${why.guesses.map((guess) => `${guess.label} ${score(guess.probability)}`).join('  ')}`,
  )
  console.log(`cues       ${why.cues.join(' ')}`)
  console.log(`ideas      ${why.ideas.join(' ')}`)
  console.log(
    `places     ${why.places.map(({ name, area, resident }) => `${name} (${area}${resident ? ', lives there' : ''})`).join(', ')}`,
  )
  console.log(`topics     ${why.topics.map((topic) => `${topic.id} ${score(topic.score)}`).join('  ')}`)
  for (const selection of why.selections) {
    console.log(`\n${selection.province}: ${selection.status}`)
    for (const topic of selection.topics) {
      console.log(
        `  topic     ${score(topic.score)} (asked ${score(topic.asked)}) ${topic.stated ? ' ' : 'not stated '}${topic.id}`,
      )
    }
    for (const { passage, probability } of selection.guessed)
      console.log(`  guessed   ${score(probability)} “${passage.slice(0, 80)}”`)
    for (const unit of selection.candidates)
      console.log(`  found     ${score(unit.score)} ${unit.kind} ${unit.key}  ${unit.cite}`)
    for (const unit of selection.chosen)
      console.log(`  chosen    ${unit.kind}  ${unit.cite}: “${unit.quote.slice(0, 100)}”`)
  }
  console.log(
    `\nthresholds ${Object.entries(why.thresholds)
      .map(([name, value]) => `${name} ${value}`)
      .join('  ')}`,
  )
}
