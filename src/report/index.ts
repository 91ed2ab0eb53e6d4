/** Counts and exports for the department: lists as XLSX and CSV, needs, plan targets, the draft of the yearly report. */

export { type AnnualInput, annualDraft, type ReportingDuty, yearBegins } from './annual.ts'
export { ANNUAL_STYLE, annualHtml, annualSheet } from './annual-html.ts'
export type { ClassFact, RegistrationFact } from './facts.ts'
export { makeAnnual, type ReportDoors } from './make.ts'
export { needs, needsByTopic } from './needs.ts'
export {
  type Column,
  csvStream,
  maskName,
  maskTail,
  safeText,
  writeCsv,
  writeXlsx,
  xlsxStream,
} from './sheet.ts'
export { enterpriseKey, questionFacts, registrationFacts } from './sources.ts'
export { type ComputedTarget, computedTargets, type PlanTarget } from './targets.ts'
