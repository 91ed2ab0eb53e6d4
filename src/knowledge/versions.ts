/** Documents in versions: draft, published, retired. What is published serves; everything else waits or remains. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import type { Expansions } from './analysis.ts'
import { FrontMatter, type PlanDocument } from './document.ts'
import { DocumentRecords, type SupportKind } from './records.ts'
import { averagesOf, bumpVersion, insertUnits, lockState, setLive } from './store.ts'
import { type UnitDraft, unitsOf } from './units.ts'

export const VersionRow = z.object({
  document_id: z.string(),
  province: z.string(),
  kind: z.enum(['plan', 'notice', 'note']),
  version: z.number(),
  state: z.enum(['draft', 'published', 'retired']),
  origin: z.enum(['file', 'staff']),
  hash: z.string(),
  title: z.string(),
  source: z.string(),
  front: z.unknown(),
  records: z.unknown(),
  valid_from: z.string().nullable(),
  valid_to: z.string().nullable(),
  superseded_by: z.string().nullable(),
  created_at: z.date(),
  created_by: z.string().nullable(),
  published_at: z.date().nullable(),
  published_by: z.string().nullable(),
})
export type VersionRow = z.infer<typeof VersionRow>

const COLUMNS = `v.document_id, d.province, d.kind, v.version, v.state, v.origin, v.hash, v.title, v.source, v.front, v.records,
  v.valid_from::text, v.valid_to::text, v.superseded_by, v.created_at, v.created_by, v.published_at, v.published_by`

export async function readVersions(db: Db, documentId: string): Promise<VersionRow[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from knowledge_version v join knowledge_document d on d.id = v.document_id
      where v.document_id = $1 order by v.version`,
    [documentId],
  )
  return z.array(VersionRow).parse(rows)
}

/** All versions of all documents of some provinces (null: of all), newest first: the console's list. */
export async function readAllVersions(db: Db, provinces: readonly string[] | null): Promise<VersionRow[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from knowledge_version v join knowledge_document d on d.id = v.document_id
      where $1::text[] is null or d.province = any($1) order by v.created_at desc, v.version desc, v.document_id limit 1000`,
    [provinces],
  )
  return z.array(VersionRow).parse(rows)
}

/** The published version of every document of the provinces. */
export async function readPublished(db: Db, provinces: readonly string[] | null): Promise<VersionRow[]> {
  const { rows } = await db.query(
    `select ${COLUMNS} from knowledge_version v join knowledge_document d on d.id = v.document_id
      where v.state = 'published' and ($1::text[] is null or d.province = any($1)) order by v.document_id`,
    [provinces],
  )
  return z.array(VersionRow).parse(rows)
}

export interface NewVersion {
  readonly documentId: string
  readonly province: string
  readonly kind: 'plan' | 'notice' | 'note'
  readonly title: string
  readonly source: string
  readonly front: unknown
  readonly records: unknown
  readonly hash: string
  readonly origin: 'file' | 'staff'
  readonly by: string | null
  readonly validFrom: string | null
  readonly validTo: string | null
  readonly supersededBy: string | null
  readonly units: readonly UnitDraft[]
}

/** A plan and its records as the version that would be stored. */
export function planVersion(
  plan: PlanDocument,
  source: string,
  records: DocumentRecords,
  kinds: ReadonlyMap<string, SupportKind>,
  origin: 'file' | 'staff',
  by: string | null,
): NewVersion {
  const { front } = plan
  const named = records.namings.map(({ key }) => kinds.get(key) ?? null)
  return {
    documentId: front.id,
    province: front.province.code,
    kind: front.kind,
    title: front.title,
    source,
    front,
    records,
    hash: hashOf([source, records, named]),
    origin,
    by,
    validFrom: front.valid_from,
    validTo: front.valid_to,
    supersededBy: front.superseded_by,
    units: unitsOf(plan, records, kinds),
  }
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** Stores a draft with its units, found by nobody until published. Returns the version's number. */
export async function insertDraft(tx: Db, draft: NewVersion, expansions: Expansions): Promise<number> {
  const state = await lockState(tx)
  await tx.query(
    'insert into knowledge_document (id, province, kind) values ($1, $2, $3) on conflict (id) do nothing',
    [draft.documentId, draft.province, draft.kind],
  )
  const { rows } = await tx.query(
    `insert into knowledge_version (document_id, version, state, origin, hash, title, source, front, records,
                                    valid_from, valid_to, superseded_by, created_by)
     select $1, 1 + coalesce(max(version), 0), 'draft', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
       from knowledge_version where document_id = $1
     returning version`,
    [
      draft.documentId,
      draft.origin,
      draft.hash,
      draft.title,
      draft.source,
      JSON.stringify(draft.front),
      JSON.stringify(draft.records),
      draft.validFrom,
      draft.validTo,
      draft.supersededBy,
      draft.by,
    ],
  )
  const version = z.object({ version: z.number() }).parse(rows[0]).version
  const owner = {
    documentId: draft.documentId,
    version,
    province: draft.province,
    validFrom: draft.validFrom,
    validTo: draft.validTo,
  }
  await insertUnits(tx, owner, draft.units, averagesOf(state), expansions)
  return version
}

/**
 * Makes one version the published one; whichever was published is retired, in the same transaction, so a question
 * sees either the old document or the new one, never both or none.
 * @returns 'unknown' when there is no such version, 'already' when it is published
 */
export async function publishVersion(
  tx: Db,
  documentId: string,
  version: number,
  by: string | null,
  at: Date,
  expansions: Expansions,
): Promise<'published' | 'unknown' | 'already'> {
  const state = await lockState(tx)
  const { rows } = await tx.query<{ version: number; state: string }>(
    `select version, state from knowledge_version where document_id = $1 and (version = $2 or state = 'published')`,
    [documentId, version],
  )
  const wanted = rows.find((row) => row.version === version)
  if (!wanted) return 'unknown'
  if (wanted.state === 'published') return 'already'
  for (const old of rows.filter((row) => row.state === 'published'))
    await retireVersion(tx, documentId, old.version, expansions)
  await tx.query(
    `update knowledge_version set state = 'published', published_at = $3, published_by = $4
      where document_id = $1 and version = $2`,
    [documentId, version, at, by],
  )
  await setLive(tx, documentId, version, true, averagesOf(state), expansions)
  await bumpVersion(tx)
  return 'published'
}

/** Takes a published version out of service; it stays readable. */
export async function retireVersion(
  tx: Db,
  documentId: string,
  version: number,
  expansions: Expansions,
): Promise<void> {
  const state = await lockState(tx)
  await tx.query(`update knowledge_version set state = 'retired' where document_id = $1 and version = $2`, [
    documentId,
    version,
  ])
  await setLive(tx, documentId, version, false, averagesOf(state), expansions)
  await bumpVersion(tx)
}

export function frontOf(row: VersionRow): FrontMatter {
  return FrontMatter.parse(row.front)
}

export function recordsOf(row: VersionRow): DocumentRecords {
  return DocumentRecords.parse(row.records)
}
