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

type Both = { vi: string; en: string }

/** How keys and codes of the parts are called in front of people. */
export interface Wording {
  /** Headings of the parts, in the order of reading. */
  readonly parts: Record<string, Both>
  readonly keys: Record<string, Both>
  readonly values: Record<string, Both>
}

/** A list shows its newest entries; the file has all of them. */
const LIST_MOST = 5
const TEXT_MOST = 240

/** The same for reading: a heading per part, the newest entries first, long texts cut, empty values left out. */
export function readable(data: PersonalData, wording: Wording, language: 'vi' | 'en'): string[] {
  const order = Object.keys(wording.parts)
  const parts = Object.entries(data.parts).sort(([a], [b]) => rank(order, a) - rank(order, b))
  return parts.flatMap(([name, part]) => {
    const inside = linesOf(part, 0, { wording, language })
    return inside.length === 0 ? [] : [`■ ${wording.parts[name]?.[language] ?? name}`, ...inside]
  })
}

function rank(order: readonly string[], name: string): number {
  const found = order.indexOf(name)
  return found < 0 ? order.length : found
}

interface Telling {
  readonly wording: Wording
  readonly language: 'vi' | 'en'
}

function linesOf(value: unknown, depth: number, telling: Telling): string[] {
  const indent = '  '.repeat(depth)
  if (isEmpty(value)) return []
  if (Array.isArray(value)) return listOf(value, depth, telling)
  if (isScalar(value)) return [`${indent}${scalar(value, telling)}`]
  return Object.entries(value as Record<string, unknown>).flatMap(([key, one]) => {
    if (isEmpty(one)) return []
    const label = telling.wording.keys[key]?.[telling.language] ?? key
    if (isScalar(one)) {
      const named = telling.wording.values[`${key}=${String(one)}`]?.[telling.language]
      return [`${indent}${label}: ${named ?? scalar(one, telling)}`]
    }
    const inside = linesOf(one, depth + 1, telling)
    return inside.length === 0 ? [] : [`${indent}${label}:`, ...inside]
  })
}

function listOf(value: readonly unknown[], depth: number, telling: Telling): string[] {
  const indent = '  '.repeat(depth)
  const entries = value.filter((one) => !isEmpty(one)).sort((a, b) => timeOf(b) - timeOf(a))
  const lines = entries.slice(0, LIST_MOST).flatMap((one) => {
    if (isScalar(one)) return [`${indent}• ${scalar(one, telling)}`]
    const [first = '', ...rest] = linesOf(one, depth + 1, telling)
    return first === '' ? [] : [`${indent}• ${first.trimStart()}`, ...rest]
  })
  const more = entries.length - LIST_MOST
  if (more > 0)
    lines.push(
      telling.language === 'vi'
        ? `${indent}… và ${more} mục cũ hơn (có trong tệp)`
        : `${indent}… and ${more} older entries (in the file)`,
    )
  return lines
}

/** The first time an entry tells, for sorting; entries without one keep their order. */
function timeOf(entry: unknown): number {
  if (entry === null || typeof entry !== 'object') return 0
  for (const one of Object.values(entry)) {
    if (one instanceof Date) return one.getTime()
    if (typeof one === 'string' && ISO_TIME.test(one)) return Date.parse(one)
  }
  return 0
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/

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

function scalar(value: Scalar, { wording, language }: Telling): string {
  if (value instanceof Date) return localTime(value)
  if (typeof value === 'boolean') return language === 'vi' ? (value ? 'có' : 'không') : value ? 'yes' : 'no'
  const text = String(value)
  if (ISO_TIME.test(text)) return localTime(new Date(text))
  const day = ISO_DAY.exec(text)
  if (day) return `${day[3]}/${day[2]}/${day[1]}`
  const flat = (wording.values[text]?.[language] ?? text).replace(/\s*\n\s*/g, ' / ')
  return flat.length <= TEXT_MOST ? flat : `${pieces(flat, TEXT_MOST - 1)[0]?.trimEnd()}…`
}

/** Asia/Ho_Chi_Minh has had no daylight saving since 1975. */
function localTime(value: Date): string {
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
