/** What a province's documents say, as typed data: for composing answers and for the registration form. */
import { z } from 'zod'
import type { Db } from '../database/index.ts'
import { documentLabel, type FrontMatter } from './document.ts'
import type { Baseline, Derived, Duty, Naming, Rule, Scope, SupportKind, Target } from './records.ts'
import { SupportKind as SupportKindSchema } from './records.ts'
import { readFiles } from './store.ts'
import { type DocumentFact, documentFacts } from './units.ts'
import { frontOf, readPublished, recordsOf, type VersionRow } from './versions.ts'

export interface DocumentInfo {
  readonly id: string
  readonly version: number
  readonly province: string
  /** How a citation names it. */
  readonly label: string
  readonly front: FrontMatter
  readonly facts: readonly DocumentFact[]
}

interface SupportType extends SupportKind {
  /** Where this province's documents name it, by its very name first; empty when they do not. */
  readonly namings: readonly (Naming & { readonly documentId: string })[]
  /** Other loaded provinces whose documents name it. */
  readonly alsoIn: readonly string[]
}

export interface ProvinceInfo {
  readonly code: string
  readonly name: string
  readonly aliases: readonly string[]
  readonly successor: FrontMatter['province']['successor']
  readonly note: string | null
}

type Of<T> = T & { readonly documentId: string }

export interface Catalogue {
  readonly province: ProvinceInfo
  readonly documents: readonly DocumentInfo[]
  readonly scope: Of<Scope> | null
  readonly supportTypes: readonly SupportType[]
  readonly targets: readonly Of<Target>[]
  readonly rules: readonly Of<Rule>[]
  readonly derived: readonly Of<Derived>[]
  readonly duties: readonly Of<Duty>[]
  readonly baseline: readonly Of<Baseline>[]
}

/** Reads the published versions once for all provinces; officers' notes are not part of it. */
export async function readCatalogues(
  db: Db,
  provinces: readonly string[] | null,
): Promise<Map<string, Catalogue>> {
  const published = (await readPublished(db, provinces)).filter((row) => row.kind !== 'note')
  const files = await readFiles(db)
  const kinds = z.array(SupportKindSchema).parse(files.get('support-kinds')?.data ?? [])
  const codes = [...new Set(published.map((row) => row.province))]
  return new Map(codes.map((code) => [code, catalogueOf(code, published, kinds)]))
}

function catalogueOf(
  code: string,
  published: readonly VersionRow[],
  kinds: readonly SupportKind[],
): Catalogue {
  const mine = published.filter((row) => row.province === code)
  const withRecords = mine.map((row) => ({ id: row.document_id, records: recordsOf(row) }))
  const all = <T>(pick: (records: ReturnType<typeof recordsOf>) => readonly T[]): Of<T>[] =>
    withRecords.flatMap(({ id, records }) => pick(records).map((record) => ({ ...record, documentId: id })))
  const namings = all((records) => records.namings).sort((a, b) => Number(b.explicit) - Number(a.explicit))
  const elsewhere = published
    .filter((row) => row.province !== code)
    .flatMap((row) => recordsOf(row).namings.map((naming) => ({ key: naming.key, province: row.province })))
  return {
    province: provinceOf(mine),
    documents: mine.map(documentInfo),
    scope: all((records) => (records.scope === null ? [] : [records.scope]))[0] ?? null,
    supportTypes: kinds.map((kind) => ({
      ...kind,
      namings: namings.filter((naming) => naming.key === kind.key),
      alsoIn: [
        ...new Set(elsewhere.filter((other) => other.key === kind.key).map((other) => other.province)),
      ],
    })),
    targets: all((records) => records.targets),
    rules: all((records) => records.rules),
    derived: all((records) => records.derived),
    duties: all((records) => records.duties),
    baseline: all((records) => records.baseline),
  }
}

function documentInfo(row: VersionRow): DocumentInfo {
  const front = frontOf(row)
  return {
    id: row.document_id,
    version: row.version,
    province: row.province,
    label: documentLabel(front),
    front,
    facts: documentFacts(front),
  }
}

/** The province as its plan describes it; of several documents, plans come before notices. */
function provinceOf(rows: readonly VersionRow[]): ProvinceInfo {
  const front = rows.map(frontOf).sort((a, b) => b.kind.localeCompare(a.kind))[0]
  if (!front) throw new Error('a province without a document') // callers pass codes found in documents
  const { code, name, aliases, successor, note } = front.province
  return { code, name, aliases, successor, note }
}
