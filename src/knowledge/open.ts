/** The running knowledge: search, catalogue, and the caches that follow what is published. */
import type { Database } from '../database/index.ts'
import type { Expansions } from './analysis.ts'
import { type Catalogue, type DocumentInfo, type ProvinceInfo, readCatalogues } from './catalogue.ts'
import { LanguageModel } from './language-model.ts'
import { AbbreviationsFile } from './records.ts'
import { type Repaired, repairQuestion, type ShortForms } from './repair.ts'
import { runSearch, type ScoredUnit, type SearchOptions, type SearchRun } from './search.ts'
import { expansionsOf, shortFormsOf } from './short-forms.ts'
import { readFiles, readLexicon, readState, type UnitRow } from './store.ts'
import type { UnitKind } from './units.ts'

/** A unit as found: what to say, what proves it, and whose words they are. */
export interface Unit {
  readonly id: number
  readonly kind: UnitKind
  readonly province: string
  readonly documentId: string
  readonly version: number
  /** The document's citation label. */
  readonly label: string
  readonly key: string
  readonly section: readonly string[]
  readonly cite: string
  /** Verbatim from the document (for a note: the officer's own words). */
  readonly quote: string
  readonly text: string
  readonly support: readonly string[]
  readonly payload: Readonly<Record<string, unknown>>
  readonly validFrom: string | null
  readonly validTo: string | null
}

export interface Hit extends Omit<ScoredUnit, 'unit'> {
  readonly unit: Unit
}

export interface SearchQuery extends Partial<Pick<SearchOptions, 'kinds' | 'dense' | 'version'>> {
  readonly provinces: readonly string[]
  readonly limit?: number
  /** Defaults to today in Vietnam. */
  readonly at?: Date
  /** What the person typed into forms: masked before the question leaves for an embedding. */
  readonly known?: () => Promise<readonly string[]>
}

export interface SearchResult {
  /** The question as understood. */
  readonly repaired: string
  readonly words: Repaired['words']
  readonly terms: SearchRun['terms']
  readonly hits: readonly Hit[]
  /** For explaining: how candidates were chosen, out of how many passages. */
  readonly path: SearchRun['path']
  readonly passages: number
  readonly candidates: number
}

export interface KnowledgeOptions {
  /** Codes of the provinces to serve; without it, all that are loaded. */
  readonly provinces?: readonly string[]
}

export interface Knowledge {
  /** The best units of the given provinces for a question as typed. Never finds another province's units. */
  search(question: string, query: SearchQuery): Promise<SearchResult>
  /** What the question most likely was meant to read, by the words served when last looked at (search, version). */
  repair(question: string): Promise<Repaired>
  /** Everything the province's published documents say, as data; null when none is loaded. */
  catalogue(province: string): Promise<Catalogue | null>
  /** The provinces with a published document. */
  provinces(): Promise<readonly ProvinceInfo[]>
  documents(): Promise<readonly DocumentInfo[]>
  /** Grows whenever something else is served than before. */
  version(): Promise<number>
}

interface Served {
  readonly version: number
  readonly model: LanguageModel
  readonly shortForms: ShortForms
  readonly expansions: Expansions
  readonly catalogues: ReadonlyMap<string, Catalogue>
  readonly labels: ReadonlyMap<string, string>
  readonly replaced: readonly Replaced[]
}

/** A document and since when (null: at once) another published one stands in its place. */
interface Replaced {
  readonly documentId: string
  readonly since: string | null
}

/** Opens the knowledge of a migrated database. Nothing is kept per question; caches follow the version. */
export async function openKnowledge(db: Database, options: KnowledgeOptions = {}): Promise<Knowledge> {
  let served: Promise<Served> = load(db, options)
  await served

  /** The caches, renewed when another process (or this one) has published since. */
  async function current(): Promise<Served> {
    const { version } = await readState(db)
    const known = await served
    if (known.version === version) return known
    const renewing = load(db, options)
    served = renewing.catch(() => known) // a failed reload must not poison the next search
    return await renewing
  }

  const allowed = (provinces: readonly string[]) =>
    options.provinces ? provinces.filter((code) => options.provinces?.includes(code)) : provinces

  return {
    async search(question, query) {
      const { model, shortForms, expansions, labels, replaced } = await current()
      const at = dayInVietnam(query.at ?? new Date())
      const repaired = repairQuestion(question, model, shortForms)
      const run = await runSearch(
        db,
        repaired.text,
        {
          ...query,
          provinces: allowed(query.provinces),
          limit: query.limit ?? 10,
          at,
          superseded: query.version
            ? []
            : replaced
                .filter(({ since }) => since === null || since <= at)
                .map(({ documentId }) => documentId),
        },
        expansions,
      )
      const { hits, ...rest } = run
      return {
        ...rest,
        repaired: repaired.text,
        words: repaired.words,
        hits: hits.map((hit) => ({ ...hit, unit: unitOf(hit.unit, labels) })),
      }
    },
    async repair(question) {
      const { model, shortForms } = await served
      return repairQuestion(question, model, shortForms)
    },
    catalogue: async (province) => (await current()).catalogues.get(province) ?? null,
    provinces: async () => [...(await current()).catalogues.values()].map((catalogue) => catalogue.province),
    documents: async () =>
      [...(await current()).catalogues.values()].flatMap((catalogue) => catalogue.documents),
    version: async () => (await current()).version,
  }
}

async function load(db: Database, options: KnowledgeOptions): Promise<Served> {
  const { version } = await readState(db)
  const files = await readFiles(db)
  const abbreviations = AbbreviationsFile.parse(files.get('abbreviations')?.data ?? { version: 1 })
  const catalogues = await readCatalogues(db, options.provinces ?? null)
  const documents = [...catalogues.values()].flatMap((catalogue) => catalogue.documents)
  return {
    version,
    model: new LanguageModel(await readLexicon(db)),
    shortForms: shortFormsOf(abbreviations),
    expansions: expansionsOf(abbreviations),
    catalogues,
    replaced: replacedAmong(documents),
    labels: new Map(documents.map((document) => [document.id, document.label])),
  }
}

/** Two plans with the same title in one year occur; `superseded_by` in the older one's front matter says which rules. */
function replacedAmong(documents: readonly DocumentInfo[]): Replaced[] {
  return documents.flatMap(({ id, front }) => {
    const successor = documents.find((other) => other.id === front.superseded_by)
    return successor ? [{ documentId: id, since: successor.front.valid_from }] : []
  })
}

function unitOf(row: UnitRow, labels: ReadonlyMap<string, string>): Unit {
  return {
    id: row.id,
    kind: row.kind,
    province: row.province,
    documentId: row.document_id,
    version: row.version,
    label: labels.get(row.document_id) ?? (row.kind === 'note' ? 'Giải đáp của cán bộ' : row.document_id),
    key: row.key,
    section: row.section,
    cite: row.cite,
    quote: row.quote,
    text: row.text,
    support: row.support,
    payload: row.payload,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  }
}

/** The calendar day in Vietnam (UTC+7, no daylight saving), YYYY-MM-DD. */
function dayInVietnam(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10)
}
