/** Training classes with seats and a waiting list: enrolling, offers, check-in, attendance, certificates. */

export { ClassInput, type ClassState, type Enrolment, type Session, type TrainingClass } from './class.ts'
export { type Auditor, type CheckIn, createDesk, type Desk } from './desk.ts'
export { programmeHolding } from './holding.ts'
export {
  createProgramme,
  type Enrolled,
  type EnrolRequest,
  type Programme,
  type Speaker,
} from './programme.ts'
export type { Place } from './roster.ts'
export type { ClassFilter } from './store.ts'
export { CALL_REASONS, classCard, when } from './texts.ts'
