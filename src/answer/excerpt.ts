/** The part of a paragraph worth quoting: verbatim, whole clauses, around its proof and the words asked. Pure. */
import { wordsOf } from './words.ts'

/** A contiguous verbatim piece of at most about `most` characters that holds `anchor` and covers `asked` best. */
export function excerpt(paragraph: string, anchor: string, asked: readonly string[], most: number): string {
  if (paragraph.length <= most) return paragraph
  const clauses = clausesOf(paragraph)
  const anchorAt = Math.max(0, paragraph.indexOf(anchor))
  const wholeAnchor = anchor !== '' && paragraph.includes(anchor) && anchor.length < paragraph.length
  const wanted = new Set(asked)
  const weights = clauses.map(
    ({ start, end }) => new Set(wordsOf(paragraph.slice(start, end)).filter((word) => wanted.has(word))).size,
  )
  let best: { start: number; end: number; value: number } | null = null
  for (let i = 0; i < clauses.length; i++) {
    let value = 0
    for (let j = i; j < clauses.length; j++) {
      const start = clauses[i]?.start ?? 0
      const end = clauses[j]?.end ?? paragraph.length
      value += weights[j] ?? 0
      if (end - start > most && j > i) break
      const holds = !wholeAnchor || (start <= anchorAt && anchorAt < end)
      // Shorter is better between equals: a hundredth of a word per ten characters.
      const total = value + (holds ? 100 : 0) - (end - start) / 1000
      if (!best || total > best.value) best = { start, end, value: total }
    }
  }
  const { start, end } = best ?? { start: 0, end: paragraph.length }
  return cut(paragraph.slice(start, end).trim(), anchor, most)
}

/** Ends of sentences and of the longer clauses. */
function clausesOf(text: string): { start: number; end: number }[] {
  const clauses: { start: number; end: number }[] = []
  let start = 0
  for (const match of text.matchAll(/[.;:](?=\s)|,(?=\s)/gu)) {
    const end = match.index + 1
    if (match[0] === ',' && end - start < 60) continue
    clauses.push({ start, end })
    start = end + 1
  }
  if (start < text.length) clauses.push({ start, end: text.length })
  return clauses
}

/** One clause longer than allowed is cut at a word, keeping the anchor. */
function cut(text: string, anchor: string, most: number): string {
  if (text.length <= most * 1.25) return text.replace(/[,;:]$/u, '')
  const at = Math.max(0, text.indexOf(anchor))
  const from = at + Math.min(anchor.length, most) <= most ? 0 : at
  const piece = text.slice(from, from + most)
  return piece.slice(0, piece.lastIndexOf(' ')).replace(/[,;:]$/u, '')
}
