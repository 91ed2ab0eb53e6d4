import type { Db } from '../database/index.ts'

/**
 * What one room holds about people. Every room that stores anything about a person hands one in; main lists them, and a
 * room that is not in the list keeps data that cannot be erased, so the list is the promise.
 */
export interface Holding {
  /** 'registration', 'inbox', …: the heading in the person's file (texts.ts). */
  readonly name: string
  /** Everything held about these conversations, as plain values (dates allowed). */
  dataOf(db: Db, conversationIds: readonly string[]): Promise<unknown>
  /**
   * Removes it, or everything in it that says who it was, in the caller's transaction. Holdings are erased in the
   * order of the list: a room that finds its rows through another one comes before it (conversation is last).
   * @returns how many rows it touched, when it counts them
   */
  erase(tx: Db, conversationIds: readonly string[], tombstone: string, at: Date): Promise<unknown>
}

export interface PersonalData {
  /** When the copy was made. */
  madeAt: string
  parts: Record<string, unknown>
}

export async function gather(
  db: Db,
  holdings: readonly Holding[],
  conversationIds: readonly string[],
  at: Date,
): Promise<PersonalData> {
  const parts: Record<string, unknown> = {}
  for (const holding of holdings) parts[holding.name] = await holding.dataOf(db, conversationIds)
  return { madeAt: at.toISOString(), parts }
}

/** The same as indented lines; empty values are left out. */
export function readable(
  data: PersonalData,
  names: Record<string, { vi: string; en: string }>,
  language: 'vi' | 'en',
): string[] {
  const lines: string[] = []
  for (const [name, part] of Object.entries(data.parts)) {
    const inside = linesOf(part, 0)
    if (inside.length > 0) lines.push(`■ ${names[name]?.[language] ?? name}`, ...inside)
  }
  return lines
}

function linesOf(value: unknown, depth: number): string[] {
  const indent = '  '.repeat(depth)
  if (isEmpty(value)) return []
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown, index) => {
      const inside = linesOf(one, depth + 1)
      if (inside.length === 0) return []
      return isScalar(one) ? [`${indent}- ${scalar(one)}`] : [`${indent}${index + 1}.`, ...inside]
    })
  }
  if (isScalar(value)) return [`${indent}${scalar(value)}`]
  return Object.entries(value as Record<string, unknown>).flatMap(([key, one]) => {
    if (isEmpty(one)) return []
    if (isScalar(one)) return [`${indent}${key}: ${scalar(one)}`]
    const inside = linesOf(one, depth + 1)
    return inside.length === 0 ? [] : [`${indent}${key}:`, ...inside]
  })
}

type Scalar = string | number | boolean | bigint | Date

function isScalar(value: unknown): value is Scalar {
  return value instanceof Date || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0)
  )
}

function scalar(value: Scalar): string {
  if (!(value instanceof Date)) return String(value)
  const local = new Date(value.getTime() + 7 * 3_600_000).toISOString()
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)} ${local.slice(11, 16)}`
}

/** Joins lines into pages of at most `length` characters; a line longer than a page is cut into pieces, none is lost. */
export function paginate(lines: readonly string[], length: number): string[] {
  const pages: string[] = []
  let page = ''
  for (const line of lines.flatMap((one) => pieces(one, length))) {
    if (page !== '' && page.length + 1 + line.length > length) {
      pages.push(page)
      page = ''
    }
    page = page === '' ? line : `${page}\n${line}`
  }
  if (page !== '') pages.push(page)
  return pages
}

function pieces(line: string, length: number): string[] {
  const result: string[] = []
  let rest = line
  while (rest.length > length) {
    // never between the two halves of a character outside the basic plane
    const high = rest.charCodeAt(length - 1)
    const end = high >= 0xd800 && high <= 0xdbff ? length - 1 : length
    result.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...result, rest]
}
