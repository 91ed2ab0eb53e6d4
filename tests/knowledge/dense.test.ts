import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import { createDense, ingest } from '../../src/knowledge/index.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
  await ingest(db, 'knowledge', { provinces: ['ninh-thuan'] })
})
afterAll(async () => await db.close())

/** A made-up space: one axis per subject, so that the nearest passage is known. */
const subjects = ['bệnh viện', 'trường học', 'truy xuất', 'chuyên gia']
const vectorOf = (text: string, extra = 0) => [
  ...subjects.map((subject) => (text.toLowerCase().includes(subject) ? 1 : 0.01)),
  ...Array(extra).fill(0.01),
]
let asked: string[] = []
const embedder =
  (extra = 0) =>
  async (texts: readonly string[]) => {
    asked.push(...texts)
    return texts.map((text) => vectorOf(text, extra))
  }
const nearest = async (scores: Map<number, number> | null) => {
  const [id] = [...(scores ?? [])].sort((a, b) => b[1] - a[1])[0] ?? []
  return String(
    (await db.query('select search_text from knowledge_unit where id = $1', [id])).rows[0]?.['search_text'],
  )
}

test('nothing serves before every unit has its vector; then the nearest passage is found in its province only', async () => {
  const dense = createDense({ db, model: 'a', embed: embedder() })
  expect(await dense.scores('bệnh viện', ['ninh-thuan'])).toBeNull()
  const first = await dense.sync()
  expect(first).toMatchObject({ serving: true, reused: 0 })
  expect(first.embedded).toBeGreaterThan(40)
  expect(await nearest(await dense.scores('bệnh viện nào', ['ninh-thuan']))).toMatch(/bệnh viện/i)
  expect([...((await dense.scores('bệnh viện', ['dong-thap'])) ?? [])]).toEqual([])
})

test('what did not change is not embedded again', async () => {
  asked = []
  const dense = createDense({ db, model: 'a', embed: embedder() })
  expect(await dense.sync()).toMatchObject({ embedded: 0, serving: true })
  expect(asked).toEqual([]) // not even a probe
})

test('a new version takes over the vectors of unchanged passages and embeds the changed one', async () => {
  await db.query(`insert into knowledge_version select document_id, version + 1, 'retired', origin, hash, title, source, front,
      records, valid_from, valid_to, superseded_by, created_at, created_by, published_at, published_by from knowledge_version
      where state = 'published' and document_id = 'ninh-thuan'`)
  await db.query(`insert into knowledge_unit (kind, province, document_id, version, key, position, section, cite, quote, text,
      search_text, support, payload, valid_from, valid_to, live, terms)
    select kind, province, document_id, version + 1, key, position, section, cite, quote, text,
      case when position = 3 then search_text || ' mới' else search_text end, support, payload, valid_from, valid_to, true, terms
      from knowledge_unit where document_id = 'ninh-thuan'`)
  const changed = Number(
    (
      await db.query(
        `select count(*) from knowledge_unit where search_text like '% mới' and live and version > 1`,
      )
    ).rows[0]?.['count'],
  )
  const result = await createDense({ db, model: 'a', embed: embedder() }).sync()
  expect(result.embedded).toBeLessThanOrEqual(changed)
  expect(result.embedded).toBeGreaterThan(0)
  expect(result.reused).toBeGreaterThan(20)
})

test('what the person typed into forms goes along with a question, and with nothing else', async () => {
  const handed: unknown[] = []
  const dense = createDense({
    db,
    model: 'a',
    embed: async (texts, { personal, known }) => {
      handed.push(personal ? await known?.() : null)
      return texts.map((text) => vectorOf(text))
    },
  })
  await dense.sync()
  await dense.scores('Mật Sâu Thẳm hỏi về chuyên gia', ['ninh-thuan'], async () => ['Mật Sâu Thẳm'])
  expect(handed.at(-1)).toEqual(['Mật Sâu Thẳm'])
  expect(handed.slice(0, -1).every((it) => it === null)).toBe(true)
})

test('another dimension fills beside the old vectors and switches when complete; a failing endpoint changes nothing', async () => {
  let calls = 0
  const halfway = createDense({
    db,
    model: 'b',
    embed: async (texts) => (++calls > 1 ? null : texts.map((text) => vectorOf(text, 3))),
  })
  expect(await halfway.sync()).toMatchObject({ serving: false })
  const old = createDense({ db, model: 'a', embed: embedder() })
  expect((await old.scores('trường học', ['ninh-thuan']))?.size).toBeGreaterThan(0)
  const complete = createDense({ db, model: 'b', embed: embedder(3) })
  expect(await complete.sync()).toMatchObject({ serving: true })
  expect(await nearest(await complete.scores('trường học', ['ninh-thuan']))).toMatch(/trường học/i)
  expect((await db.query('select key from knowledge_embedding')).rows).toEqual([{ key: 'b@7' }])
})

test('without the endpoint the question is ranked lexically: null, not an error', async () => {
  expect(
    await createDense({ db, model: 'b', embed: async () => null }).scores('trường học', ['ninh-thuan']),
  ).toBeNull()
})
