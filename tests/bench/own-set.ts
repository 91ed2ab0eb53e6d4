/** The project's own questions with the units that answer them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Database } from '../../src/database/index.ts'
import { ingest } from '../../src/knowledge/index.ts'

export interface Text {
  readonly id: string
  readonly province: string
  readonly text: string
}
export interface Question {
  readonly text: string
  readonly provinces: readonly string[]
  readonly answers: ReadonlySet<string>
}
const Item = z.object({
  turns: z.array(z.string()),
  expect: z.string(),
  province: z.string().nullable(),
  gold: z.array(z.object({ doc: z.string(), quote: z.string() })),
})

/** The plans as ingested, and the single-turn questions of tests/eval that the plans answer. */
export async function ownSet(db: Database): Promise<{ texts: Text[]; questions: Question[] }> {
  await ingest(db, fileURLToPath(new URL('../../knowledge', import.meta.url)))
  const { rows } = await db.query<{
    id: string
    kind: string
    province: string
    document_id: string
    quote: string
    section: string[]
    search_text: string
  }>(
    'select id, kind, province, document_id, quote, section, search_text from knowledge_unit where live order by id',
  )
  const blocks = rows.filter((row) => row.kind === 'passage')
  const plain = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ')
  const withHeading = (row: { section: string[]; quote: string }) =>
    plain([row.section.at(-1) ?? '', row.quote].join(' '))
  const items = readFileSync(new URL('../eval/questions.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => Item.parse(JSON.parse(line)))
  const questions = items
    .filter((item) => item.expect === 'answer' && item.turns.length === 1 && item.gold.length > 0)
    .map((item) => {
      const golden = blocks.filter((block) =>
        item.gold.some(
          (gold) => gold.doc === block.document_id && withHeading(block).includes(plain(gold.quote)),
        ),
      )
      const answers = rows.filter((row) =>
        golden.some(
          (block) => block.document_id === row.document_id && withHeading(block).includes(plain(row.quote)),
        ),
      )
      return {
        text: item.turns[0] ?? '',
        provinces: item.province === null ? ['ninh-thuan', 'dong-thap'] : [item.province],
        answers: new Set(answers.map((row) => String(row.id))),
      }
    })
    .filter((question) => question.answers.size > 0)
  return {
    texts: rows.map((row) => ({ id: String(row.id), province: row.province, text: row.search_text })),
    questions,
  }
}
