/** Dense vectors beside the lexical index: filled in the background, switched when complete, never in the way. */
import { createHash } from 'node:crypto'
import { toSql } from 'pgvector'
import { z } from 'zod'
import type { Database, Db } from '../database/index.ts'

type Known = () => Promise<readonly string[]>

/** Vectors in the order of the texts; null when the endpoint fails. `personal` texts are masked before they leave. */
export type Embed = (
  texts: readonly string[],
  options: {
    personal: boolean
    /** What the person typed into forms, for masking; asked for only when a text is about to leave. */
    known?: Known
    provinces: readonly string[]
    timeoutMs?: number
  },
) => Promise<number[][] | null>

export interface Dense {
  /** Embeds what is new or changed; serves the model once every live unit has its vector. Run by a schedule. */
  sync(): Promise<{ embedded: number; reused: number; serving: boolean }>
  /** Cosine similarity (0..1) of the nearest units; null: nothing serves or the endpoint failed. */
  scores(question: string, provinces: readonly string[], known?: Known): Promise<Map<number, number> | null>
}

/**
 * Weight of a dense similarity beside the lexical score, which is normalised to 1 for the best hit. A weighted sum
 * beat rank fusion on four Vietnamese sets; .6 is the middle of the flat top of their curves.
 */
export const DENSE_WEIGHT = 0.6
const BATCH = 64
const NEAREST = 50
/** Retrieval waits this long for the question's vector, then goes on without. */
const QUESTION_MS = 1_500
const QUESTIONS_KEPT = 200
const FAILURE_KEPT_MS = 5_000

const Missing = z.object({ id: z.coerce.number(), province: z.string(), search_text: z.string() })
const Serving = z.object({ key: z.string(), model: z.string(), dimension: z.number().int() })

export function createDense({ db, model, embed }: { db: Database; model: string; embed: Embed }): Dense {
  let serving: { at: number; row: z.infer<typeof Serving> | null } | null = null
  let otherDimension = false
  const vectors = new Map<string, Promise<number[] | null>>()

  /** One message is searched several times (provinces, parts of a question); its vector is fetched once. */
  function vectorOf(
    question: string,
    provinces: readonly string[],
    known: Known | undefined,
  ): Promise<number[] | null> {
    const key = `${[...provinces].sort().join()} ${question}`
    const kept = vectors.get(key)
    if (kept) return kept
    const asking = known === undefined ? {} : { known }
    const fetched = embed([question], { personal: true, ...asking, provinces, timeoutMs: QUESTION_MS })
      .then((result) => result?.[0] ?? null)
      .catch(() => null)
    vectors.set(key, fetched)
    for (const old of vectors.keys()) if (vectors.size > QUESTIONS_KEPT) vectors.delete(old)
    // A failure is remembered only so long that the searches of the same message do not wait for it again.
    void fetched.then((vector) => {
      if (vector === null) setTimeout(() => vectors.delete(key), FAILURE_KEPT_MS).unref()
    })
    return fetched
  }

  async function served(): Promise<z.infer<typeof Serving> | null> {
    if (serving && performance.now() - serving.at < 15_000) return serving.row
    const { rows } = await db.query('select key, model, dimension from knowledge_embedding where serving')
    const row = rows[0] === undefined ? null : Serving.parse(rows[0])
    serving = { at: performance.now(), row }
    return row
  }

  return {
    async sync() {
      serving = null
      const now = await served()
      if (now?.model === model && !otherDimension && (await missingUnits(db, now.key)).length === 0)
        return { embedded: 0, reused: 0, serving: true }
      const probe = await embed(['năng suất chất lượng'], { personal: false, provinces: [] })
      const dimension = probe?.[0]?.length
      if (dimension === undefined) return { embedded: 0, reused: 0, serving: false }
      const key = `${model}@${dimension}`
      await db.query(
        'insert into knowledge_embedding (key, model, dimension) values ($1, $2, $3) on conflict do nothing',
        [key, model, dimension],
      )
      let [embedded, reused] = [0, 0]
      for (;;) {
        const missing = await missingUnits(db, key)
        if (missing.length === 0) break
        const known = await takeOver(db, key, missing)
        reused += known.size
        const rest = missing.filter((unit) => !known.has(unit.id))
        if (rest.length === 0) continue
        const fetched = await embed(
          rest.map((unit) => unit.search_text),
          { personal: false, provinces: [] },
        )
        if (fetched === null || fetched.some((vector) => vector.length !== dimension))
          return { embedded, reused, serving: false }
        await store(db, key, rest, fetched)
        embedded += rest.length
      }
      await switchTo(db, key, dimension)
      serving = null
      otherDimension = false
      return { embedded, reused, serving: true }
    },

    async scores(question, provinces, known) {
      const row = await served()
      // Another model's vectors cannot be compared with this model's; until the switch lexical ranking serves alone.
      if (row === null || row.model !== model) return null
      const vector = await within(QUESTION_MS, vectorOf(question, provinces, known))
      if (vector == null) return null
      if (vector.length !== row.dimension) {
        otherDimension = true // the endpoint changed under its name; the next sync embeds anew
        return null
      }
      const { rows } = await db.query<{ id: string; similarity: number }>(
        `select v.unit_id as id, 1 - (v.embedding::halfvec(${row.dimension}) <=> $2::halfvec(${row.dimension})) as similarity
           from knowledge_vector v join knowledge_unit u on u.id = v.unit_id and u.live
          where v.embedding_key = $1 and v.province = any($3)
          order by v.embedding::halfvec(${row.dimension}) <=> $2::halfvec(${row.dimension}) limit ${NEAREST}`,
        [row.key, toSql(vector), provinces],
      )
      return new Map(rows.map(({ id, similarity }) => [Number(id), Math.max(0, similarity)]))
    },
  }
}

async function missingUnits(db: Db, key: string): Promise<z.infer<typeof Missing>[]> {
  const { rows } = await db.query(
    `select u.id, u.province, u.search_text from knowledge_unit u
      where u.live and not exists (select 1 from knowledge_vector v where v.embedding_key = $1 and v.unit_id = u.id)
      order by u.id limit ${BATCH}`,
    [key],
  )
  return z.array(Missing).parse(rows)
}

/** Copies vectors of the same text; only changed passages are embedded again. */
async function takeOver(
  db: Db,
  key: string,
  units: readonly z.infer<typeof Missing>[],
): Promise<Set<number>> {
  const { rows } = await db.query<{ unit_id: string }>(
    `insert into knowledge_vector (unit_id, embedding_key, province, hash, embedding)
     select distinct on (n.id) n.id, $1, n.province, n.hash, v.embedding
       from unnest($2::bigint[], $3::text[], $4::text[]) as n (id, province, hash)
       join knowledge_vector v on v.embedding_key = $1 and v.hash = n.hash
     on conflict do nothing returning unit_id`,
    [
      key,
      units.map(({ id }) => id),
      units.map(({ province }) => province),
      units.map(({ search_text }) => hashOf(search_text)),
    ],
  )
  return new Set(rows.map(({ unit_id }) => Number(unit_id)))
}

async function store(
  db: Db,
  key: string,
  units: readonly z.infer<typeof Missing>[],
  vectors: readonly number[][],
): Promise<void> {
  await db.query(
    `insert into knowledge_vector (unit_id, embedding_key, province, hash, embedding)
     select n.id, $1, n.province, n.hash, n.vector::halfvec
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as n (id, province, hash, vector)
     on conflict do nothing`,
    [
      key,
      units.map(({ id }) => id),
      units.map(({ province }) => province),
      units.map(({ search_text }) => hashOf(search_text)),
      vectors.map((vector) => toSql(vector)),
    ],
  )
}

/** From now on this model serves; the vectors of the one before go. */
async function switchTo(db: Database, key: string, dimension: number): Promise<void> {
  const name = `knowledge_vector_hnsw_${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
  await db.query(
    `create index if not exists ${name} on knowledge_vector using hnsw ((embedding::halfvec(${dimension})) halfvec_cosine_ops)
      where embedding_key = '${key.replaceAll("'", "''")}'`,
  )
  await db.inTransaction(async (tx) => {
    await tx.query('update knowledge_embedding set serving = false where serving and key <> $1', [key])
    await tx.query('update knowledge_embedding set serving = true where key = $1 and not serving', [key])
    await tx.query('delete from knowledge_embedding where not serving and key <> $1', [key])
  })
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22)

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
