/** A plan document as a value: front matter, and the blocks (paragraph, list item) with their heading path. */
import { parseDocument } from 'yaml'
import { z } from 'zod'

const Year = z.number().int().min(1945).max(2200)

/** What the head of a document declares. Nothing here is guessed: what the source leaves open is null. */
export const FrontMatter = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  title: z.string().min(1),
  kind: z.enum(['plan', 'notice']).default('plan'),
  number: z.string().min(1).nullable(),
  number_note: z.string().optional(),
  issuer: z.string().min(1),
  signer: z.string().min(1).nullable().default(null),
  signer_title: z.string().min(1).nullable().default(null),
  date_issued: z.object({
    year: Year,
    month: z.number().int().min(1).max(12).nullable(),
    day: z.number().int().min(1).max(31).nullable(),
  }),
  period: z.object({ start: Year.nullable(), end: Year.nullable(), horizon: Year.nullable().default(null) }),
  period_note: z.string().optional(),
  province: z.object({
    code: z.string().regex(/^[a-z][a-z-]{1,40}$/, 'a code such as ninh-thuan'),
    name: z.string().min(1),
    aliases: z.array(z.string().min(1)).default([]),
    successor: z
      .object({ name: z.string().min(1), since: z.iso.date(), merged_from: z.array(z.string()).default([]) })
      .nullable()
      .default(null),
    note: z.string().nullable().default(null),
  }),
  language: z.string().default('vi'),
  valid_from: z.iso.date().nullable().default(null),
  valid_to: z.iso.date().nullable().default(null),
  superseded_by: z.string().nullable().default(null),
  source_file: z.string().optional(),
  source_kind: z.enum(['full_text', 'summary']).default('full_text'),
  source_note: z.string().optional(),
})
export type FrontMatter = z.infer<typeof FrontMatter>

export interface Block {
  /** Heading texts from the outermost down, without the document's own title. */
  readonly section: readonly string[]
  /** Verbatim, lines joined by one space. */
  readonly text: string
  readonly kind: 'paragraph' | 'item'
  /** Line in the file, from 1. */
  readonly line: number
}

export interface PlanDocument {
  readonly front: FrontMatter
  /** The level-one heading. */
  readonly heading: string
  readonly blocks: readonly Block[]
}

/** Why a file was not taken in: shown to whoever edits it. */
export interface Refusal {
  readonly file: string
  readonly line: number
  readonly reason: string
}

const LIMIT = { characters: 2_000_000, blockCharacters: 20_000, blocks: 20_000 }

/** Reads one Markdown document with front matter; a refusal names file, line and reason. */
export function parsePlan(file: string, source: string): PlanDocument | Refusal {
  if (source.length > LIMIT.characters)
    return { file, line: 1, reason: `longer than ${LIMIT.characters} characters` }
  const text = source
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .normalize('NFC')
  const lines = text.split('\n')
  const broken = lines.findIndex((line) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.test(line))
  if (broken >= 0) return { file, line: broken + 1, reason: 'a control character or broken UTF-8' }
  if (lines[0]?.trim() !== '---')
    return { file, line: 1, reason: 'no front matter: the first line must be ---' }
  const end = lines.findIndex((line, i) => i > 0 && line.trim() === '---')
  if (end < 0) return { file, line: 1, reason: 'the front matter is not closed by a line ---' }
  const front = parseYaml(file, lines.slice(1, end).join('\n'), FrontMatter, 1)
  if ('reason' in front) return front
  const { heading, blocks } = parseBody(lines, end + 1)
  if (blocks.length === 0) return { file, line: end + 1, reason: 'no text after the front matter' }
  if (blocks.length > LIMIT.blocks) return { file, line: end + 1, reason: `more than ${LIMIT.blocks} blocks` }
  const long = blocks.find((block) => block.text.length > LIMIT.blockCharacters)
  if (long)
    return { file, line: long.line, reason: `a paragraph longer than ${LIMIT.blockCharacters} characters` }
  return { front: front.value, heading, blocks }
}

/** Parses YAML against a schema; the refusal points at the line of the first fault (`lineOffset` lines above it). */
export function parseYaml<T>(
  file: string,
  source: string,
  schema: z.ZodType<T>,
  lineOffset = 0,
): { readonly value: T } | Refusal {
  const document = parseDocument(source, { prettyErrors: true, version: '1.2' })
  const fault = document.errors[0]
  const lineAt = (offset: number) => lineOffset + source.slice(0, offset).split('\n').length
  if (fault)
    return {
      file,
      line: lineAt(fault.pos[0]),
      reason: `YAML: ${fault.message.split('\n')[0] ?? 'unreadable'}`,
    }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 50 }))
  if (parsed.success) return { value: parsed.data }
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  return {
    file,
    line: lineAt(offsetOf(document, path)),
    reason: `${path.map(String).join('.')}: ${issue?.message ?? 'invalid'}`,
  }
}

/** Where the node of a path starts; a missing key leads to the node that should hold it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(
      path.slice(0, length).map((key) => (typeof key === 'symbol' ? String(key) : key)),
      true,
    )
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0])
    }
  }
  return 0
}

interface Body {
  heading: string
  blocks: Block[]
}

function parseBody(lines: readonly string[], from: number): Body {
  const body: Body = { heading: '', blocks: [] }
  const section: string[] = []
  let open: { kind: Block['kind']; line: number; parts: string[] } | null = null
  const close = () => {
    if (open) {
      body.blocks.push({
        section: section.filter((part) => part !== ''),
        text: open.parts.join(' '),
        kind: open.kind,
        line: open.line,
      })
    }
    open = null
  }
  for (let i = from; i < lines.length; i++) {
    const line = (lines[i] ?? '').trim()
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)
    const item = /^(?:[-*+]|\d+[.)])\s+(.+)$/.exec(line)
    if (line === '' || /^(?:-{3,}|\*{3,})$/.test(line)) close()
    else if (heading) {
      close()
      const depth = (heading[1] ?? '#').length
      if (depth === 1 && body.heading === '') body.heading = heading[2] ?? ''
      else {
        section.length = Math.max(0, depth - 2)
        while (section.length < depth - 2) section.push('')
        section.push(heading[2] ?? '')
      }
    } else if (item) {
      close()
      open = { kind: 'item', line: i + 1, parts: [item[1] ?? ''] }
    } else if (open) open.parts.push(line)
    else open = { kind: 'paragraph', line: i + 1, parts: [line] }
  }
  close()
  return body
}

/**
 * The short name of a section, as it is cited after the document's label: "Mục 2.3.3", "Mục 1 – Tổ chức thực
 * hiện", "Mục 2.1.2, mục tiêu cụ thể giai đoạn 2021 - 2025".
 */
export function citeSection(section: readonly string[]): string {
  for (let i = section.length - 1; i >= 0; i--) {
    const heading = section[i] ?? ''
    const below = section.slice(i + 1).map(lowerFirst)
    const dotted = /^(\d+(?:\.\d+)+)\.?\s/.exec(heading)?.[1]
    if (dotted !== undefined) return [`Mục ${dotted}`, ...below].join(', ')
    const single = /^(\d+)[.)]\s/.exec(heading)?.[1]
    if (single !== undefined) {
      const parent = section[i - 1]
      const numbered = parent === undefined ? `Mục ${single}` : `Mục ${single} – ${shorten(parent)}`
      return [numbered, ...below].join(', ')
    }
    const roman = /^([IVX]+)\.\s/.exec(heading)?.[1]
    if (roman !== undefined) return [`Phần ${roman}`, ...below].join(', ')
  }
  return section.map(shorten).join(' – ') || 'Phần mở đầu'
}

function lowerFirst(text: string): string {
  const short = shorten(text)
  return short.slice(0, 1).toLowerCase() + short.slice(1)
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, text.lastIndexOf(' ', 77))} …`
}

/**
 * How a document is named in a citation: number and date as the source gives them. A missing number is said to
 * be missing, never made up ("Kế hoạch của UBND tỉnh Đồng Tháp, 2021 (bản gốc không ghi số)").
 */
export function documentLabel(front: FrontMatter): string {
  const { year, month, day } = front.date_issued
  const noun = front.kind === 'plan' ? 'Kế hoạch' : 'Thông báo'
  if (front.number === null) {
    const issuer = front.issuer.replace(/^Ủy ban nhân dân/u, 'UBND')
    return `${noun} của ${issuer}, ${year} (bản gốc không ghi số)`
  }
  const date =
    month === null ? `năm ${year}` : day === null ? `tháng ${month}/${year}` : `ngày ${day}/${month}/${year}`
  return `${front.kind === 'plan' ? 'KH' : 'TB'} ${front.number} ${date}, tỉnh ${front.province.name}`
}
