import { Worker } from 'node:worker_threads'
import { stringify } from 'yaml'
import { refuseArchive } from './archive.ts'

/** An uploaded file becomes the Markdown the knowledge room takes. Pure but for the worker thread. */

export type Unreadable = 'unknown_kind' | 'not_an_archive' | 'too_large' | 'no_text' | 'unreadable'

const MOST_CHARACTERS = 2_000_000
const TIME_MS = 20_000

export function kindOf(name: string, bytes: Uint8Array): 'markdown' | 'docx' | 'pdf' | null {
  const begins = Buffer.from(bytes.subarray(0, 5)).toString('latin1')
  if (begins.startsWith('%PDF-')) return 'pdf'
  if (begins.startsWith('PK')) return name.toLowerCase().endsWith('.docx') ? 'docx' : null
  return /\.(?:md|markdown|txt)$/i.test(name) ? 'markdown' : null
}

/** @returns the text of the file as Markdown without front matter (a Markdown file may carry its own) */
export async function textOf(
  name: string,
  bytes: Uint8Array,
): Promise<{ text: string } | { refused: Unreadable }> {
  const kind = kindOf(name, bytes)
  if (kind === null) return { refused: 'unknown_kind' }
  if (kind === 'markdown') {
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
    } catch {
      return { refused: 'unreadable' }
    }
  }
  if (kind === 'docx') {
    const refused = refuseArchive(Buffer.from(bytes))
    if (refused !== null) return { refused }
  }
  const text = await extract(kind, bytes)
  if (text === null) return { refused: 'unreadable' }
  if (text.length > MOST_CHARACTERS) return { refused: 'too_large' }
  return text.trim().length < 40 ? { refused: 'no_text' } : { text: tidy(text) }
}

function extract(kind: 'docx' | 'pdf', bytes: Uint8Array): Promise<string | null> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./extract-worker.ts', import.meta.url), {
      workerData: { kind, bytes },
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
      stdout: true,
      stderr: true,
    })
    const done = (text: string | null) => {
      clearTimeout(clock)
      void worker.terminate()
      resolve(text)
    }
    const clock = setTimeout(() => done(null), TIME_MS)
    worker.once('message', (text) => done(typeof text === 'string' ? text : null))
    worker.once('error', () => done(null))
    worker.once('exit', () => done(null))
  })
}

/** Headings as Vietnamese administration writes them ("I. MỤC TIÊU", "1. …", "a) …") become Markdown headings. */
export function tidy(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/g, '')
    .split('\n')
    .map((line) => line.trim())
  return lines
    .map((line) => {
      if (line.startsWith('#')) return `\n${line}\n`
      if (/^[IVX]{1,5}\.\s+\S/.test(line) && line.length < 160) return `\n## ${line}\n`
      if (/^\d{1,2}\.\s+\p{Lu}/u.test(line) && line.length < 120) return `\n### ${line}\n`
      return /^[-–+•]\s+/.test(line) ? line.replace(/^[-–+•]\s+/, '- ') : line
    })
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

export interface Head {
  id: string
  title: string
  kind: 'plan' | 'notice'
  number: string | null
  issuer: string
  /** YYYY-MM-DD */
  issuedOn: string
  validFrom: string | null
  validTo: string | null
  supersededBy: string | null
  province: { code: string; name: string }
  fileName: string
}

/** The document with the head the form gave. `stringify` quotes whatever YAML would read as something else. */
export function withHead(head: Head, text: string): string {
  const [year = 0, month = 0, day = 0] = head.issuedOn.split('-').map(Number)
  const front = {
    id: head.id,
    title: head.title,
    kind: head.kind,
    number: head.number,
    issuer: head.issuer,
    date_issued: { year, month, day },
    period: { start: year, end: null, horizon: null },
    province: { code: head.province.code, name: head.province.name },
    valid_from: head.validFrom,
    valid_to: head.validTo,
    superseded_by: head.supersededBy,
    source_file: head.fileName.slice(0, 200),
  }
  const body = /^#\s/m.test(text) ? text : `# ${head.title}\n\n${text}`
  return `---\n${stringify(front)}---\n\n${body}\n`
}

/** The head of a stored document with other dates of validity or another successor; the text stays word for word. */
export function changeValidity(
  source: string,
  change: { validFrom: string | null; validTo: string | null; supersededBy: string | null },
): string {
  const end = source.indexOf('\n---', 3)
  const kept = source
    .slice(0, end)
    .split('\n')
    .filter((line) => !/^(?:valid_from|valid_to|superseded_by):/.test(line))
  const added = [
    `valid_from: ${change.validFrom === null ? 'null' : `"${change.validFrom}"`}`,
    `valid_to: ${change.validTo === null ? 'null' : `"${change.validTo}"`}`,
    `superseded_by: ${change.supersededBy === null ? 'null' : JSON.stringify(change.supersededBy)}`,
  ]
  return [...kept, ...added].join('\n') + source.slice(end)
}
