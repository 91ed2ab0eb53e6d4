/** The door to what the documents say: ingest, search, catalogue, and documents in versions. */
export type { Catalogue, ProvinceInfo } from './catalogue.ts'
export { createDense, DENSE_WEIGHT, type Dense, type Embed } from './dense.ts'
export type { Refusal } from './document.ts'
export { ingest } from './ingest.ts'
export {
  type Hit,
  type Knowledge,
  openKnowledge,
  type SearchQuery,
  type SearchResult,
  type Unit,
} from './open.ts'
export {
  addNote,
  type DiffLine,
  type DraftInput,
  diffVersions,
  type PublishInput,
  publish,
  rollback,
  type SavedDraft,
  saveDraft,
  withdraw,
} from './staff.ts'
export { readAllVersions, readVersions, type VersionRow } from './versions.ts'
