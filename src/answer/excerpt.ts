/** The part of a paragraph worth quoting: verbatim, whole sentences or list items, around its proof and the words asked. Pure. */
import { wordsOf } from './words.ts'

interface Span {
  readonly start: number
  readonly end: number
}

/**
 * A contiguous verbatim piece that holds `anchor`, or covers `asked` best when there is none: the sentence, else its
 * list item, else (when that alone is much longer than `most`) its clause. Starts and ends where the text does.
 */
export function excerpt(paragraph: string, anchor: string, asked: readonly string[], most: number): string {
  if (tidy(paragraph).length <= most) return tidy(paragraph)
  const at = anchor === '' ? -1 : paragraph.indexOf(anchor)
  if (at < 0 || anchor.length >= paragraph.length) return bestOf(paragraph, asked, most)
  const proof = { start: at, end: at + anchor.length }
  for (const spans of [sentencesOf(paragraph), itemsOf(paragraph)]) {
    const around = covering(spans, proof)
    const text = tidy(paragraph.slice(around.start, around.end))
    if (text.length <= most) return text
  }
  return tidy(cut(paragraph, covering(itemsOf(paragraph), proof), proof, most))
}

/** The plans shorten what they are about; questions come with it written out. */
const inFull = (text: string): string => text.replaceAll('NSCL', 'năng suất chất lượng')

function withPairs(words: readonly string[]): string[] {
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)]
}

/** What the beginning of the paragraph is worth, and so many characters cost as much as a telling word. */
const OPENING = 0.7
const LENGTH_COST = 700

/** Sentences, or list items of those that are too long, next to each other, that hold most of the words asked. */
function bestOf(paragraph: string, asked: readonly string[], most: number): string {
  const items = itemsOf(paragraph)
  const units = sentencesOf(paragraph).flatMap((sentence) =>
    sentence.end - sentence.start <= most
      ? [sentence]
      : items.filter(({ start, end }) => start >= sentence.start && end <= sentence.end),
  )
  const wanted = new Set(withPairs(asked))
  const held = units.map(
    ({ start, end }) =>
      new Set(withPairs(wordsOf(inFull(paragraph.slice(start, end)))).filter((word) => wanted.has(word))),
  )
  // What stands in one sentence of it only tells which is meant; what stands in all tells nothing.
  const tells = new Map<string, number>()
  for (const word of wanted) {
    const within = held.filter((words) => words.has(word)).length
    if (within > 0) tells.set(word, Math.log(1 + units.length / within))
  }
  let best: (Span & { value: number }) | null = null
  for (const [i, { start }] of units.entries()) {
    const seen = new Set<string>()
    for (const [j, { end }] of units.entries()) {
      if (j < i) continue
      if (end - start > most && j > i) break
      for (const word of held[j] ?? []) seen.add(word)
      // Between equals the shorter, and the one that begins where the paragraph does.
      const told = [...seen].reduce((sum, word) => sum + (tells.get(word) ?? 0), 0)
      const value = told + (i === 0 ? OPENING : 0) - (end - start) / LENGTH_COST
      if (!best || value > best.value) best = { start, end, value }
    }
  }
  const span = best ?? { start: 0, end: paragraph.length }
  return tidy(cut(paragraph, span, { start: span.start, end: span.start }, most))
}

/** Ends of sentences: a full stop before a capital. "ISO 56000... (sau đây" and "cơ sở,... được" go on. */
function sentencesOf(text: string): Span[] {
  return split(text, /[.!?…]+[”")]?(?=\s+[\p{Lu}“"])/gu)
}

/** The whole sentence or list item a proof stands in; null when the proof is not there. */
export function itemAround(text: string, anchor: string): string | null {
  const at = text.indexOf(anchor)
  if (anchor === '' || at < 0) return null
  const { start, end } = covering(itemsOf(text), { start: at, end: at + anchor.length })
  return tidy(text.slice(start, end))
}

/** Where a clause may end when the whole is too long: before a comma, or before what only says what it is for. */
function lastStop(text: string, least: number): number {
  const stops = [...text.matchAll(/, | (?=nhằm |để |góp phần |trên cơ sở |trong khuôn khổ |từ đó )/gu)]
  return stops.findLast(({ index }) => index > least && !isOpen(text.slice(0, index)))?.index ?? -1
}

/** The same and the items of a list inside a sentence: "…; hỗ trợ …", "… nhân rộng: Hỗ trợ …". */
function itemsOf(text: string): Span[] {
  return split(text, /[.!?…]+[”")]?(?=\s+[\p{Lu}“"])|;(?:\.{3}|…)?(?=\s)|(?<!\bnhư):(?=\s+\p{Lu})/gu)
}

function split(text: string, ends: RegExp): Span[] {
  const spans: Span[] = []
  let start = 0
  for (const match of text.matchAll(ends)) {
    if (isOpen(text.slice(start, match.index))) continue
    const end = match.index + match[0].length
    spans.push({ start, end })
    start = end + (/^\s*/u.exec(text.slice(end))?.[0].length ?? 0)
  }
  if (start < text.length) spans.push({ start, end: text.length })
  return spans
}

/** Inside a bracket nothing ends. */
function isOpen(text: string): boolean {
  return text.split('(').length > text.split(')').length
}

function covering(spans: readonly Span[], { start, end }: Span): Span {
  const touched = spans.filter((span) => span.start < end && span.end > start)
  return { start: touched[0]?.start ?? start, end: touched.at(-1)?.end ?? end }
}

/** A clause of one long item: up to a comma, from its beginning while the proof still fits. */
function cut(text: string, { start, end }: Span, proof: Span, most: number): string {
  if (end - start <= most) return text.slice(start, end)
  const clause = text.lastIndexOf(', ', proof.start) + 2
  const from = proof.end - start <= most ? start : clause > start ? clause : proof.start
  const piece = text.slice(from, Math.min(end, from + most))
  const least = Math.max(Math.min(proof.end - from, most), most * 0.4)
  const stop = lastStop(piece, least)
  if (stop > 0) return piece.slice(0, stop)
  const space = piece.lastIndexOf(' ')
  return piece.slice(0, space > least ? space : piece.length)
}

/** Without the marks that end an item or a document ("; ", "./."). */
function tidy(text: string): string {
  return text
    .trim()
    .replace(/\.\/\.$/u, '.')
    .replace(/[,;:]$/u, '')
    .trim()
}

/** A short form of a quote for a sentence of ours: as many whole items as fit, no marks of layout, no full stop. */
export function clauseOf(quote: string, most: number): string {
  const bare = (text: string) => text.replace(/[./…,;:\s]+$/u, '')
  const plain = plainOf(quote)
  if (bare(plain).length <= most) return bare(plain)
  const fitting = itemsOf(plain).findLast(({ end }) => end <= most && end > most * 0.25)
  if (fitting) return bare(plain.slice(0, fitting.end))
  const piece = plain.slice(0, most)
  const stop = lastStop(piece, most * 0.35)
  return bare(piece.slice(0, stop > 0 ? stop : piece.lastIndexOf(' ')))
}

/** As it is read aloud: without stars and note signs of the source. */
export function plainOf(quote: string): string {
  return quote
    .replace(/\s*\((?:\*|sau đây gọi tắt)[^)]*\)/gu, '')
    .replace(/[*¹²³]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}
