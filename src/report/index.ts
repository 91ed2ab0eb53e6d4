/** The door to reports: lists as XLSX and CSV. */
export { type Cell, type Column, maskName, maskTail, type SheetOptions, safeText, writeCsv, writeXlsx } from './sheet.ts'
