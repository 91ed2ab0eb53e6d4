/**
 * What a report is counted from. The rooms that own the records hand these in; every row carries the id behind it, so
 * that each number can be opened, and the state it had at the cut-off, so that a report can be made again.
 */

export interface RegistrationFact {
  id: string
  reference: string
  province: string
  kind: 'interest' | 'training'
  /** Keys of support types. */
  support: readonly string[]
  /** Status at the cut-off: new | reviewing | needs_more | approved | waitlisted | declined | completed | cancelled. */
  status: string
  /** The same for all registrations of one enterprise (tax code, else name and commune, normalised). */
  enterpriseKey: string
  enterprise: string
  commune: string | null
  /** District of the plan's time, where the commune had one. */
  district: string | null
  sector: string | null
  /** Size as declared (number of workers). */
  size: string | null
  /** People to be trained; 1 when nothing was said. */
  trainees: number
  wishedFor: string | null
  createdAt: Date
  /** When it reached a final status; null while open at the cut-off. */
  closedAt: Date | null
  /** What the person wrote as their problem, when they did. */
  obstacle: string | null
}

export interface ClassFact {
  id: string
  province: string
  title: string
  support: string
  state: string
  firstDay: Date
  seats: number
  seated: number
  /** Seats checked in at least once. */
  attended: number
  /** Registrations with at least one attended seat. */
  registrationIds: readonly string[]
}

export interface QuestionFact {
  province: string | null
  /** Topic (support key) or null. */
  topic: string | null
  outcome: string
  count: number
}

/** Half-open: from ≤ t < until. `until` is the cut-off. */
export interface Period {
  from: Date
  until: Date
}
