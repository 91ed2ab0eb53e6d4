import { z } from 'zod'
import { Address } from '../channel/message.ts'

/** What a training class is, and what is said about people in it. Rows are read back through these. */

/** draft: staff only · open: takes enrolments · closed: full stop for enrolments, waiting list still served · held: over. */
export const ClassState = z.enum(['draft', 'open', 'closed', 'cancelled', 'held'])
export type ClassState = z.infer<typeof ClassState>

/**
 * waiting: in line · offered: seats are kept for the person until `offeredUntil` · seated · declined: said no to an offer ·
 * expired: let an offer pass · cancelled: left, or the class was called off.
 */
const EnrolmentState = z.enum(['waiting', 'offered', 'seated', 'declined', 'expired', 'cancelled'])

export const Language = z.enum(['vi', 'en'])
export type Language = z.infer<typeof Language>

export const Session = z.object({ id: z.uuid(), startsAt: z.date(), endsAt: z.date() })
export type Session = z.infer<typeof Session>

export const TrainingClass = z.object({
  id: z.uuid(),
  province: z.string(),
  title: z.string(),
  /** Key of the support type in the catalogue. */
  support: z.string(),
  /** Who may come, as the department wrote it. */
  audience: z.string(),
  place: z.string(),
  link: z.string().nullable(),
  seats: z.number().int(),
  opensAt: z.date(),
  closesAt: z.date(),
  offerHours: z.number().int(),
  state: ClassState,
  stateReason: z.string().nullable(),
  version: z.number().int(),
  createdBy: z.string(),
  createdAt: z.date(),
  /** In order of time. */
  sessions: z.array(Session),
  /** Seats nobody holds and nobody was offered. */
  free: z.number().int(),
  /** Enrolments in line (not seats). */
  waiting: z.number().int(),
})
export type TrainingClass = z.infer<typeof TrainingClass>

export const Enrolment = z.object({
  id: z.uuid(),
  classId: z.uuid(),
  province: z.string(),
  registrationId: z.uuid().nullable(),
  conversationId: z.uuid().nullable(),
  address: Address.nullable(),
  name: z.string().nullable(),
  language: Language,
  seats: z.number().int(),
  /** Place in the order of arrival of this class, counted from 1, for good. */
  arrival: z.number().int(),
  state: EnrolmentState,
  arrivedAt: z.date(),
  offeredUntil: z.date().nullable(),
  offers: z.number().int(),
  seatedAt: z.date().nullable(),
})
export type Enrolment = z.infer<typeof Enrolment>

const SessionInput = z
  .object({ startsAt: z.date(), endsAt: z.date() })
  .refine(({ startsAt, endsAt }) => startsAt < endsAt, 'buổi học phải kết thúc sau khi bắt đầu')

/** What an officer fills in for a class. */
export const ClassInput = z
  .object({
    province: z.string().min(1),
    title: z.string().trim().min(3).max(300),
    support: z.string().min(1).max(100),
    audience: z.string().trim().max(1000).default(''),
    place: z.string().trim().max(500).default(''),
    link: z
      .url({ protocol: /^https$/ })
      .max(500)
      .nullable()
      .default(null),
    seats: z.number().int().min(1).max(2000),
    opensAt: z.date(),
    closesAt: z.date(),
    offerHours: z.number().int().min(1).max(240).default(48),
    sessions: z.array(SessionInput).min(1).max(60),
  })
  .refine(({ opensAt, closesAt }) => opensAt < closesAt, 'hạn đăng ký phải sau lúc mở đăng ký')
  .refine(({ place, link }) => place !== '' || link !== null, 'cần địa điểm hoặc đường dẫn')
export type ClassInput = z.input<typeof ClassInput>

/** Which state may follow which. Nothing leads out of `cancelled` and `held`. */
const NEXT: Record<ClassState, readonly ClassState[]> = {
  draft: ['open', 'cancelled'],
  open: ['closed', 'cancelled', 'held'],
  closed: ['open', 'cancelled', 'held'],
  cancelled: [],
  held: [],
}

export function mayBecome(from: ClassState, to: ClassState): boolean {
  return NEXT[from].includes(to)
}

/** When the first session begins; null when no session is planned. */
export function beginsAt(sessions: readonly Session[]): Date | null {
  return sessions.reduce<Date | null>(
    (first, { startsAt }) => (first === null || startsAt < first ? startsAt : first),
    null,
  )
}
