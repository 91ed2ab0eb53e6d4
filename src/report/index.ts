/** Counts and exports for the department: lists as XLSX and CSV, needs, plan targets, the draft of the yearly report. */

export {
  type Cell,
  type Column,
  csvChunks,
  maskName,
  maskTail,
  type SheetOptions,
  safeText,
  writeCsv,
  writeXlsx,
} from './sheet.ts'
