import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'

/**
 * Lists as XLSX and CSV, one row per record, typed columns. Whatever people typed stays text: no cell of an export may
 * start a formula in the program that opens it, in either format.
 */

type Cell = string | number | boolean | Date | null | undefined

export interface Column<Row> {
  title: string
  /** 'date' shows the day, 'time' day and hour, both in Việt Nam's time. */
  kind: 'text' | 'number' | 'date' | 'time' | 'yes_no'
  value(row: Row): Cell
  /** Set on columns with personal data: what is shown instead when the export is masked. */
  mask?(value: string): string
  /** Width in characters. */
  width?: number
}

export interface SheetOptions {
  /** Whether columns with a mask show it: the caller decides by the officer's role. */
  masked: boolean
  /** Name of the sheet in XLSX. */
  name?: string
  /** Field separator in CSV; ',' unless told. */
  separator?: ',' | ';' | '\t'
}

type Rows<Row> = Iterable<Row> | AsyncIterable<Row>

/**
 * A cell that a spreadsheet would run: = + - @ at the start, also full-width and after blanks, tab, carriage return or
 * line feed at the start (OWASP, "CSV Injection"). A leading apostrophe makes it text; so "+84 912…" gets one too.
 */
const DANGEROUS = /^[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u
/** Control characters XML 1.0 cannot carry; tab, line feed and carriage return may stay. */
const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** Excel's limit of a cell. */
const MAX_CELL = 32_767

/** Text that no spreadsheet takes for a formula. */
export function safeText(text: string): string {
  const clean = text.replaceAll(NOT_XML, '').slice(0, MAX_CELL - 1)
  return DANGEROUS.test(clean) ? `'${clean}` : clean
}

function textOf<Row>(column: Column<Row>, value: Cell, masked: boolean): string {
  const text =
    value === null || value === undefined ? '' : value instanceof Date ? localTime(value) : String(value)
  return masked && column.mask !== undefined && text !== '' ? column.mask(text) : text
}

/** A number, a date or a safe text; never anything a caller's type lied about. */
function typed<Row>(column: Column<Row>, row: Row, masked: boolean): string | number | Date | null {
  const value = column.value(row)
  if (value === null || value === undefined || value === '') return null
  if (masked && column.mask !== undefined) return safeText(textOf(column, value, true))
  if (column.kind === 'number' && typeof value === 'number' && Number.isFinite(value)) return value
  // Excel knows no time zones: the number it stores is the wall clock of Việt Nam.
  if ((column.kind === 'date' || column.kind === 'time') && value instanceof Date) return wallClock(value)
  if (column.kind === 'yes_no' && typeof value === 'boolean') return value ? 'Có' : 'Không'
  return safeText(textOf(column, value, masked))
}

const FORMATS = { text: '@', yes_no: '@', number: 'General', date: 'dd/mm/yyyy', time: 'dd/mm/yyyy hh:mm' }

/** Puts the rows into a workbook that flows out through `out`; waits whenever the reader is slower than the rows. */
async function fillBook<Row>(
  out: PassThrough,
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  { masked, name = 'Danh sách' }: SheetOptions,
): Promise<void> {
  const { default: ExcelJS } = await import('exceljs') // 0.2 s that no start should pay
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({
    stream: out,
    useStyles: true,
    useSharedStrings: false,
  })
  const sheet = book.addWorksheet(sheetName(name), { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map((column) => ({
    header: safeText(column.title),
    width: column.width ?? 18,
    style: { numFmt: FORMATS[column.kind] },
  }))
  sheet.getRow(1).font = { bold: true }
  sheet.getRow(1).commit()
  for await (const row of rows) {
    if (out.destroyed) return
    if (out.writableNeedDrain) await Promise.race([once(out, 'drain'), once(out, 'close')])
    sheet.addRow(columns.map((column) => typed(column, row, masked))).commit()
  }
  sheet.commit()
  await book.commit()
}

/**
 * The list as an .xlsx file that flows while the rows come: neither a hundred thousand rows nor the file is ever held
 * whole. The stream fails when the rows do, so a reader cannot take half a file for a whole one.
 */
export function xlsxStream<Row>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  options: SheetOptions,
): Readable {
  const out = new PassThrough()
  fillBook(out, columns, rows, options).catch((error: unknown) => out.destroy(error as Error))
  return out
}

/** The whole list as an .xlsx file in memory. */
export async function writeXlsx<Row>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  options: SheetOptions,
): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for await (const part of xlsxStream(columns, rows, options)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** The whole list as CSV in UTF-8 with a byte order mark (Excel needs it for Vietnamese letters), lines end in CRLF. */
async function* csvChunks<Row>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  { masked, separator = ',' }: SheetOptions,
): AsyncGenerator<string> {
  yield `\ufeff${columns.map(({ title }) => quoted(safeText(title))).join(separator)}\r\n`
  for await (const row of rows) {
    yield `${columns.map((column) => quoted(plainCell(column, row, masked))).join(separator)}\r\n`
  }
}

/** The same as CSV, a line at a time. */
export function csvStream<Row>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  options: SheetOptions,
): Readable {
  return Readable.from(csvChunks(columns, rows, options), { objectMode: false })
}

/** The whole list as CSV in memory. */
export async function writeCsv<Row>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  options: SheetOptions,
): Promise<string> {
  const parts: string[] = []
  for await (const part of csvChunks(columns, rows, options)) parts.push(part)
  return parts.join('')
}

function plainCell<Row>(column: Column<Row>, row: Row, masked: boolean): string {
  const value = typed(column, row, masked)
  if (value === null) return ''
  if (value instanceof Date) {
    const iso = value.toISOString()
    return column.kind === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
  }
  // a number was checked to be one, so its minus sign is no formula
  return String(value)
}

/** Every cell is quoted: a separator, a quote or a line break inside cannot end it. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function wallClock(at: Date): Date {
  return new Date(at.getTime() + 7 * 3_600_000)
}

function localTime(at: Date): string {
  return wallClock(at).toISOString().slice(0, 16).replace('T', ' ')
}

function sheetName(name: string): string {
  return (
    name
      .replaceAll(/[*?:\\/[\]']/g, ' ')
      .slice(0, 31)
      .trim() || 'Danh sách'
  )
}

/** The usual mask of a phone number, tax code or identity number: the last three characters. */
export function maskTail(value: string): string {
  return value.length <= 3 ? '***' : `${'*'.repeat(Math.min(value.length - 3, 9))}${value.slice(-3)}`
}

/** The usual mask of a person's name: first letters. */
export function maskName(value: string): string {
  return value
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => `${String.fromCodePoint(part.codePointAt(0) ?? 0)}.`)
    .join(' ')
}
