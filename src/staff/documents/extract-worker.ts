import { parentPort, workerData } from 'node:worker_threads'
import mammoth from 'mammoth'
import { extractText, getDocumentProxy } from 'unpdf'
import { z } from 'zod'

/** Runs apart, with its own memory limit and a clock over it: a file made to hurt ends this thread, nothing else. */

const Job = z.object({ kind: z.enum(['docx', 'pdf']), bytes: z.instanceof(Uint8Array) })
const MOST_PAGES = 400

async function docxText(bytes: Uint8Array): Promise<string> {
  const { value } = await mammoth.convertToHtml(
    { buffer: Buffer.from(bytes) },
    { includeDefaultStyleMap: true },
  )
  return value
    .replace(/<h([1-6])[^>]*>/g, (_, level: string) => `\n\n${'#'.repeat(Math.min(Number(level) + 1, 6))} `)
    .replace(/<li[^>]*>/g, '\n- ')
    .replace(/<\/(?:p|h[1-6]|li|tr|table|ul|ol)>/g, '\n\n')
    .replace(/<\/t[dh]>/g, ' | ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

async function pdfText(bytes: Uint8Array): Promise<string> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes))
  if (pdf.numPages > MOST_PAGES) throw new Error('too_many_pages')
  const { text } = await extractText(pdf, { mergePages: false })
  return text.join('\n\n')
}

const { kind, bytes } = Job.parse(workerData)
parentPort?.postMessage(kind === 'docx' ? await docxText(bytes) : await pdfText(bytes))
