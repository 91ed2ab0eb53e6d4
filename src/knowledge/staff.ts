/**
 * What staff do to documents without a deploy: upload as a draft, look at the differences, try questions on it,
 * publish, take back; and answer a question once for everybody. Each change serves at once.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Database } from '../database/index.ts'
import type { Expansions } from './analysis.ts'
import { type PlanDocument, parsePlan, type Refusal } from './document.ts'
import { AbbreviationsFile, DocumentRecords, SupportKind } from './records.ts'
import { expansionsOf } from './short-forms.ts'
import { readFiles } from './store.ts'
import { noteUnit } from './units.ts'
import {
  hashOf,
  insertDraft,
  planVersion,
  publishVersion,
  readVersions,
  recordsOf,
  retireVersion,
  type VersionRow,
} from './versions.ts'

export interface DraftInput {
  /** Must equal the province in the document's front matter: an officer writes for the own province only. */
  readonly province: string
  /** Markdown with front matter; its `id` says which document this is a version of. */
  readonly source: string
  /** Records the text proves; without it those of the published version whose quotes still stand. */
  readonly records?: DocumentRecords
  readonly by: string
}

export interface SavedDraft {
  readonly documentId: string
  readonly version: number
  /** Records of the version before that lost their proof in the new text and are not part of the draft. */
  readonly dropped: readonly string[]
}

/** Stores a draft; a malformed one is refused with line and reason and nothing is stored. */
export async function saveDraft(db: Database, input: DraftInput): Promise<SavedDraft | Refusal> {
  const plan = parsePlan('bản tải lên', input.source)
  if ('reason' in plan) return plan
  const { id, province } = plan.front
  if (province.code !== input.province) {
    return {
      file: 'bản tải lên',
      line: 1,
      reason: `province.code is ${province.code}, not ${input.province}`,
    }
  }
  const versions = await readVersions(db, id)
  if (versions.some((version) => version.province !== input.province)) {
    return { file: 'bản tải lên', line: 1, reason: `the document ${id} belongs to another province` }
  }
  const before = versions.find((version) => version.state === 'published') ?? versions.at(-1)
  const given = input.records
    ? DocumentRecords.parse(input.records)
    : before
      ? recordsOf(before)
      : DocumentRecords.parse({})
  const { records, dropped } = provenIn(plan, given)
  const unproven = dropped[0]
  if (input.records && unproven !== undefined) {
    return { file: 'bản tải lên', line: 1, reason: `the text does not hold the quote of record ${unproven}` }
  }
  const { kinds, expansions } = await shared(db)
  const draft = planVersion(plan, input.source, records, kinds, 'staff', input.by)
  const version = await db.inTransaction((tx) => insertDraft(tx, draft, expansions))
  return { documentId: id, version, dropped }
}

/** The records whose quote stands in the text; the others are named. */
function provenIn(
  plan: PlanDocument,
  records: DocumentRecords,
): { records: DocumentRecords; dropped: string[] } {
  const dropped: string[] = []
  const stands = (quote: string) => plan.blocks.some((block) => block.text.includes(quote.normalize('NFC')))
  const keep = <T extends { quote: string }>(list: readonly T[], name: (record: T) => string): T[] =>
    list.filter((record) => {
      const kept = stands(record.quote)
      if (!kept) dropped.push(name(record))
      return kept
    })
  const scope = records.scope === null ? [] : keep([records.scope], () => 'scope')
  const rules = keep(records.rules, (rule) => rule.id)
  const targets = keep(records.targets, (target) => target.id)
  const derived = records.derived.filter((computed) => {
    const kept =
      rules.some((rule) => rule.id === computed.rule) && targets.some((target) => target.id === computed.base)
    if (!kept) dropped.push(computed.id)
    return kept
  })
  return {
    records: {
      scope: scope[0] ?? null,
      namings: keep(records.namings, (naming) => naming.key),
      targets,
      rules,
      derived,
      duties: keep(records.duties, (duty) => duty.id),
      baseline: keep(records.baseline, (past) => past.id),
    },
    dropped,
  }
}

export interface PublishInput {
  readonly documentId: string
  readonly version: number
  /** The officer's province; a document of another one is 'unknown'. Null for who serves all provinces. */
  readonly province: string | null
  readonly by: string
  readonly at: Date
}

/** Makes a version the served one, the one before retires: publishing a draft and rolling back are the same. */
export async function publish(
  db: Database,
  input: PublishInput,
): Promise<'published' | 'unknown' | 'already'> {
  const { expansions } = await shared(db)
  return await db.inTransaction(async (tx) => {
    const versions = await readVersions(tx, input.documentId)
    if (!versions.some((version) => version.version === input.version && mayTouch(version, input.province)))
      return 'unknown'
    return await publishVersion(tx, input.documentId, input.version, input.by, input.at, expansions)
  })
}

/** Back to the version that was published before the present one; null when there is none. */
export async function rollback(
  db: Database,
  input: Omit<PublishInput, 'version'>,
): Promise<{ version: number } | null> {
  const versions = (await readVersions(db, input.documentId)).filter((version) =>
    mayTouch(version, input.province),
  )
  const present = versions.find((version) => version.state === 'published')
  const earlier = versions
    .filter((version) => version.published_at !== null && version.version !== present?.version)
    .sort((a, b) => Number(b.published_at) - Number(a.published_at))[0]
  if (!earlier) return null
  const done = await publish(db, { ...input, version: earlier.version })
  return done === 'published' ? { version: earlier.version } : null
}

function mayTouch(version: VersionRow, province: string | null): boolean {
  return province === null || version.province === province
}

export interface DiffLine {
  readonly change: 'same' | 'added' | 'removed'
  readonly text: string
}

/** The blocks of two versions side by side, in order; null when either is unknown. */
export async function diffVersions(
  db: Database,
  documentId: string,
  from: number,
  to: number,
): Promise<DiffLine[] | null> {
  const versions = await readVersions(db, documentId)
  const blocks = (number: number) => {
    const version = versions.find((row) => row.version === number)
    const plan = version ? parsePlan(documentId, version.source) : null
    return plan === null || 'reason' in plan
      ? null
      : plan.blocks.map((block) => [...block.section.slice(-1), block.text].join(': '))
  }
  const before = blocks(from)
  const after = blocks(to)
  return before && after ? diffLines(before, after) : null
}

/** Longest common subsequence over blocks; both ends that agree are cut off first, so an edit costs little. */
function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++
  const a = before.slice(start, before.length - end)
  const b = after.slice(start, after.length - end)
  const same = (text: string): DiffLine => ({ change: 'same', text })
  return [
    ...before.slice(0, start).map(same),
    ...diffMiddle(a, b),
    ...before.slice(before.length - end).map(same),
  ]
}

const DIFF_CELLS = 4_000_000

function diffMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ change: 'removed', text })
  const added = (text: string): DiffLine => ({ change: 'added', text })
  if (a.length * b.length > DIFF_CELLS) return [...a.map(removed), ...b.map(added)]
  const width = b.length + 1
  const common = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ change: 'same', text: a[i] ?? '' })
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      lines.push(removed(a[i++] ?? ''))
    else lines.push(added(b[j++] ?? ''))
  }
  return lines
}

export const NoteInput = z.object({
  province: z.string().min(1),
  question: z.string().trim().min(5).max(500),
  answer: z.string().trim().min(5).max(2_000),
  support: z.array(z.string()).default([]),
  /** Where the answer comes from, as the citation names it (a decision, a phone call with …). */
  source: z.string().trim().min(1).max(200).nullable().default(null),
  validFrom: z.iso.date().nullable().default(null),
  validTo: z.iso.date().nullable().default(null),
})
export type NoteInput = z.input<typeof NoteInput>

/**
 * Stores a question with its answer and serves it at once, in every process. With `noteId` it is a new version
 * of that note. @returns the note's id; null when `noteId` is no note of the province
 */
export async function addNote(
  db: Database,
  input: NoteInput,
  by: string,
  at: Date,
  noteId?: string,
): Promise<string | null> {
  const note = NoteInput.parse(input)
  const { expansions } = await shared(db)
  return await db.inTransaction(async (tx) => {
    const known = noteId === undefined ? [] : await readVersions(tx, noteId)
    if (noteId !== undefined && !known.some((row) => row.kind === 'note' && row.province === note.province))
      return null
    const documentId = noteId ?? `note-${randomUUID()}`
    const version = await insertDraft(
      tx,
      {
        documentId,
        province: note.province,
        kind: 'note',
        title: note.question,
        source: note.answer,
        front: note,
        records: {},
        hash: hashOf(note),
        origin: 'staff',
        by,
        validFrom: note.validFrom,
        validTo: note.validTo,
        supersededBy: null,
        units: [noteUnit(note)],
      },
      expansions,
    )
    await publishVersion(tx, documentId, version, by, at, expansions)
    return documentId
  })
}

/** Takes a document or note out of service; it stays readable. False when nothing of the province was served. */
export async function withdraw(db: Database, documentId: string, province: string | null): Promise<boolean> {
  const { expansions } = await shared(db)
  return await db.inTransaction(async (tx) => {
    const served = (await readVersions(tx, documentId)).find(
      (row) => row.state === 'published' && mayTouch(row, province),
    )
    if (!served) return false
    await retireVersion(tx, documentId, served.version, expansions)
    return true
  })
}

async function shared(db: Database): Promise<{ kinds: Map<string, SupportKind>; expansions: Expansions }> {
  const files = await readFiles(db)
  const kinds = z.array(SupportKind).parse(files.get('support-kinds')?.data ?? [])
  const abbreviations = AbbreviationsFile.parse(files.get('abbreviations')?.data ?? { version: 1 })
  return { kinds: new Map(kinds.map((kind) => [kind.key, kind])), expansions: expansionsOf(abbreviations) }
}
