/** The documents of a folder into the database: only what changed, and never a malformed one. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, Db } from '../database/index.ts'
import { isUnmarked } from '../vietnamese/text.ts'
import { ANALYSIS_VERSION, analyse, type Expansions } from './analysis.ts'
import { type PlanDocument, parsePlan, parseYaml, type Refusal } from './document.ts'
import {
  AbbreviationsFile,
  type DocumentRecords,
  Manifest,
  SupportKind,
  SupportTypesFile,
  TargetsFile,
} from './records.ts'
import { driftedAverages, reindexAll } from './reindex.ts'
import { expansionsOf } from './short-forms.ts'
import { lockState, readFiles, readState, resetGeneralLexicon, saveFile } from './store.ts'
import {
  hashOf,
  insertDraft,
  type NewVersion,
  planVersion,
  publishVersion,
  readPublished,
  retireVersion,
  type VersionRow,
} from './versions.ts'

export interface IngestOptions {
  /** Codes of the provinces to serve; without it, all of the manifest. */
  readonly provinces?: readonly string[]
  readonly now?: Date
}

export interface IngestReport {
  readonly documents: number
  /** Passages and other units that are served now. */
  readonly passages: number
  /** Ids of documents whose content is new. */
  readonly changed: readonly string[]
  /** Files not taken in; what they said before goes on serving. */
  readonly refused: readonly Refusal[]
}

/** Everything read from the folder, or why not. */
interface Folder {
  readonly plans: readonly { readonly file: string; readonly source: string; readonly plan: PlanDocument }[]
  readonly kinds: readonly SupportKind[]
  readonly abbreviations: AbbreviationsFile
  readonly recordsByDocument: ReadonlyMap<string, DocumentRecords>
  readonly language: string
  readonly refused: readonly Refusal[]
}

/**
 * Brings the database in step with a `knowledge/` folder. Running it again changes no row. A malformed file is
 * refused with file, line and reason, and the version published before stays.
 */
export async function ingest(
  db: Database,
  folder: string,
  options: IngestOptions = {},
): Promise<IngestReport> {
  const read = await readFolder(folder, options.provinces)
  if ('reason' in read) return await report(db, [], [read])
  const kinds = new Map(read.kinds.map((kind) => [kind.key, kind]))
  const expansions = expansionsOf(read.abbreviations)
  const changed: string[] = []
  await saveShared(db, read, expansions)
  for (const { source, plan } of read.plans) {
    const records = read.recordsByDocument.get(plan.front.id)
    if (!records) continue
    const next = planVersion(plan, source, records, kinds, 'file', null)
    if (await takeIn(db, next, options.now ?? new Date(), expansions)) changed.push(plan.front.id)
  }
  await retireOthers(db, options.provinces, expansions)
  const averages = changed.length === 0 ? null : await driftedAverages(db)
  if (averages) {
    await db.inTransaction((tx) => reindexAll(tx, analysisOf(expansions), expansions, averages))
  }
  return await report(db, changed, read.refused)
}

async function report(
  db: Db,
  changed: readonly string[],
  refused: readonly Refusal[],
): Promise<IngestReport> {
  const { rows } = await db.query<{ documents: number; passages: number }>(
    `select (select count(*)::int from knowledge_version where state = 'published') as documents,
            (select count(*)::int from knowledge_unit where live) as passages`,
  )
  return { documents: rows[0]?.documents ?? 0, passages: rows[0]?.passages ?? 0, changed, refused }
}

async function readFolder(
  folder: string,
  provinces: readonly string[] | undefined,
): Promise<Folder | Refusal> {
  const manifest = await readYaml(folder, 'manifest.yaml', Manifest)
  if ('reason' in manifest) return manifest
  const { documents, records, language } = manifest.value
  const supportTypes = await readYaml(folder, records.support_types, SupportTypesFile)
  if ('reason' in supportTypes) return supportTypes
  const targets = await readYaml(folder, records.targets, TargetsFile)
  if ('reason' in targets) return targets
  const abbreviations = await readYaml(folder, records.abbreviations, AbbreviationsFile)
  if ('reason' in abbreviations) return abbreviations
  const refused: Refusal[] = []
  const plans: Folder['plans'][number][] = []
  for (const { file, province } of documents.filter(
    (entry) => !provinces || provinces.includes(entry.province),
  )) {
    const source = await readText(folder, file)
    if (typeof source !== 'string') {
      refused.push(source)
      continue
    }
    const plan = parsePlan(file, source)
    if ('reason' in plan) refused.push(plan)
    else if (plans.some((other) => other.plan.front.id === plan.front.id)) {
      refused.push({ file, line: 2, reason: `another file already is the document ${plan.front.id}` })
    } else if (plan.front.province.code !== province) {
      refused.push({
        file,
        line: 1,
        reason: `province.code is ${plan.front.province.code}, the manifest says ${province}`,
      })
    } else plans.push({ file, source, plan })
  }
  const assigned = assignRecords(
    plans,
    supportTypes.value,
    targets.value,
    records,
    await rawLines(folder, records),
  )
  const texts = await Promise.all(language.map((file) => readText(folder, file)))
  return {
    plans,
    kinds: supportTypes.value.types.map((kind) => SupportKind.parse(kind)), // without `named_in`
    abbreviations: abbreviations.value,
    recordsByDocument: assigned.records,
    language: texts.filter((text) => typeof text === 'string').join('\n'),
    refused: [...refused, ...assigned.refused, ...texts.filter((text) => typeof text !== 'string')],
  }
}

async function readText(folder: string, file: string): Promise<string | Refusal> {
  try {
    return await readFile(join(folder, file), 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return { file, line: 1, reason: missing ? 'no such file' : 'cannot be read' }
  }
}

async function readYaml<T>(folder: string, file: string, schema: Parameters<typeof parseYaml<T>>[2]) {
  const source = await readText(folder, file)
  return typeof source === 'string' ? parseYaml<T>(file, source, schema) : source
}

/** The record files as lines, to say where a faulty quote stands. */
async function rawLines(folder: string, files: Manifest['records']): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>()
  for (const file of [files.support_types, files.targets]) {
    const source = await readText(folder, file)
    if (typeof source === 'string') lines.set(file, source.split('\n'))
  }
  return lines
}

/**
 * Gives every record to the document of its province that holds its quote. A record whose quote stands nowhere
 * refuses the record file for the whole province: a figure without proof must not be served.
 */
function assignRecords(
  plans: Folder['plans'],
  supportTypes: SupportTypesFile,
  targets: TargetsFile,
  files: Manifest['records'],
  lines: ReadonlyMap<string, readonly string[]>,
): { records: Map<string, DocumentRecords>; refused: Refusal[] } {
  const refused: Refusal[] = []
  const holding = (province: string, quote: string, file: string): string | null => {
    const mine = plans.filter(({ plan }) => plan.front.province.code === province)
    if (mine.length === 0) return null
    const found = mine.find(({ plan }) =>
      plan.blocks.some((block) => block.text.includes(quote.normalize('NFC'))),
    )
    if (!found) {
      const line = 1 + (lines.get(file) ?? []).findIndex((text) => text.includes(quote.slice(0, 60)))
      refused.push({
        file,
        line: Math.max(1, line),
        reason: `no document of ${province} holds the quote "${quote.slice(0, 60)}"`,
      })
    }
    return found?.plan.front.id ?? null
  }
  const own = <T extends { province: string; quote: string }>(list: readonly T[], id: string) =>
    list.filter(
      (record) =>
        plans.some(({ plan }) => plan.front.id === id && plan.front.province.code === record.province) &&
        holding(record.province, record.quote, files.targets) === id,
    )
  const records = new Map<string, DocumentRecords>()
  for (const { plan } of plans) {
    const { id, province } = plan.front
    const scope = supportTypes.scope[province.code]
    records.set(id, {
      scope: scope && holding(province.code, scope.quote, files.support_types) === id ? scope : null,
      namings: supportTypes.types.flatMap((kind) =>
        kind.named_in
          .filter(
            (naming) =>
              naming.province === province.code &&
              holding(province.code, naming.quote, files.support_types) === id,
          )
          .map((naming) => ({ ...naming, key: kind.key })),
      ),
      targets: own(targets.targets, id),
      rules: own(targets.rules, id),
      derived: targets.derived.filter((derived) =>
        own(targets.rules, id).some((rule) => rule.id === derived.rule),
      ),
      duties: own(targets.duties, id),
      baseline: own(targets.baseline, id),
    })
  }
  const faulty = new Set(refused.map((refusal) => /no document of (\S+)/.exec(refusal.reason)?.[1]))
  for (const { plan } of plans) if (faulty.has(plan.front.province.code)) records.delete(plan.front.id)
  return {
    records,
    refused: [
      ...new Map(
        refused.map((refusal) => [`${refusal.file}:${refusal.line}:${refusal.reason}`, refusal]),
      ).values(),
    ],
  }
}

/** What belongs to no single document: support kinds, abbreviations, general Vietnamese. */
async function saveShared(db: Database, folder: Folder, expansions: Expansions): Promise<void> {
  const files = await readFiles(db)
  const save = async (tx: Db, name: string, data: unknown) => {
    const hash = hashOf(data)
    if (files.get(name)?.hash === hash) return false
    await saveFile(tx, name, hash, data)
    return true
  }
  await db.inTransaction(async (tx) => {
    const kindsChanged = await save(tx, 'support-kinds', folder.kinds)
    const shortFormsChanged = await save(tx, 'abbreviations', folder.abbreviations)
    const languageHash = hashOf([
      folder.language,
      folder.kinds.map((kind) => kind.synonyms),
      folder.abbreviations.words,
    ])
    if (files.get('language')?.hash !== languageHash) {
      await resetGeneralLexicon(tx, generalCounts(folder, expansions))
      await saveFile(tx, 'language', languageHash, {})
    } else if (!kindsChanged && !shortFormsChanged) return
    await lockState(tx)
    await tx.query('update knowledge_state set version = version + 1')
  })
  const state = await readState(db)
  const analysis = analysisOf(expansions)
  if (state.analysis !== analysis) await db.inTransaction((tx) => reindexAll(tx, analysis, expansions))
}

function analysisOf(expansions: Expansions): string {
  return `${ANALYSIS_VERSION} ${hashOf([...expansions])}`
}

function generalCounts(folder: Folder, expansions: Expansions): Map<string, number> {
  const counts = new Map<string, number>()
  const synonyms = folder.kinds
    .flatMap((kind) => [kind.name, ...kind.synonyms])
    .filter((text) => /[^\u0000-\u007f]/.test(text))
  // Unmarked lines, headings and comments of the example files teach no spelling.
  const lines = folder.language.split('\n').filter((line) => !/^[#[]/.test(line) && !isUnmarked(line))
  for (const line of [...lines, ...synonyms]) {
    const { syllables, pairs } = analyse(line, expansions)
    for (const field of [syllables, pairs])
      for (const [term, count] of field) counts.set(term, (counts.get(term) ?? 0) + count)
  }
  // Pairs heard once are most of them and tell hardly anything; without them a start reads a third of the rows.
  for (const [term, count] of counts) if (count < 2 && term.includes(' ')) counts.delete(term)
  return counts
}

/**
 * Takes in one version from the folder. Content that any earlier file version had is nothing new: staff may have
 * published or rolled back since, and a restart must not undo that.
 */
async function takeIn(db: Database, next: NewVersion, now: Date, expansions: Expansions): Promise<boolean> {
  const { rows } = await db.query<{ hash: string; state: string }>(
    `select hash, state from knowledge_version where document_id = $1 and origin = 'file' order by version desc limit 1`,
    [next.documentId],
  )
  if (rows[0]?.hash === next.hash) return await republishIfNone(db, next.documentId, now, expansions)
  await db.inTransaction(async (tx) => {
    const version = await insertDraft(tx, next, expansions)
    await publishVersion(tx, next.documentId, version, null, now, expansions)
  })
  return true
}

/** A province that was switched off and is served again: its newest version goes back on. */
async function republishIfNone(
  db: Database,
  documentId: string,
  now: Date,
  expansions: Expansions,
): Promise<boolean> {
  const { rows } = await db.query<{ version: number; published: boolean }>(
    `select max(version) filter (where state <> 'draft')::int as version, bool_or(state = 'published') as published
       from knowledge_version where document_id = $1`,
    [documentId],
  )
  const found = rows[0]
  if (!found || found.published || found.version === null) return false
  await db.inTransaction((tx) => publishVersion(tx, documentId, found.version, null, now, expansions))
  return true
}

/** With PROVINCES set, no other province's plan stays loaded. */
async function retireOthers(
  db: Database,
  provinces: readonly string[] | undefined,
  expansions: Expansions,
): Promise<void> {
  if (!provinces) return
  const others = (await readPublished(db, null)).filter(
    (row: VersionRow) => !provinces.includes(row.province),
  )
  for (const row of others) {
    await db.inTransaction((tx) => retireVersion(tx, row.document_id, row.version, expansions))
  }
}
