/** Training classes with seats and a waiting list: enrolling, offers, check-in, attendance, certificates. */

export { ClassInput, type ClassState, type TrainingClass } from './class.ts'
export { type CheckIn, createDesk, type Desk } from './desk.ts'
export { classFacts } from './facts.ts'
export { forgetEnrolments } from './forget.ts'
export { programmeHolding } from './holding.ts'
export {
  createProgramme,
  type EnrolRequest,
  type Programme,
  type Speaker,
} from './programme.ts'
export type { Place } from './roster.ts'
