/** The door to what the documents say: ingest, search, catalogue, and documents in versions. */
export type { Catalogue, DocumentInfo, ProvinceInfo, SupportType } from './catalogue.ts'
export { createDense, DENSE_WEIGHT, type Dense, type Embed } from './dense.ts'
export { documentLabel, type FrontMatter, type Refusal } from './document.ts'
export { type IngestOptions, type IngestReport, ingest } from './ingest.ts'
export {
  type Hit,
  type Knowledge,
  openKnowledge,
  type SearchQuery,
  type SearchResult,
  type Unit,
} from './open.ts'
export type { Baseline, Derived, Duty, Naming, Rule, Scope, SupportKind, Target } from './records.ts'
export type { Repaired } from './repair.ts'
export {
  addNote,
  type DiffLine,
  type DraftInput,
  diffVersions,
  type NoteInput,
  type PublishInput,
  publish,
  rollback,
  type SavedDraft,
  saveDraft,
  withdraw,
} from './staff.ts'
export type { DocumentFact, UnitKind } from './units.ts'
export { readAllVersions, readVersions, type VersionRow } from './versions.ts'
