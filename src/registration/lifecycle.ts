/** Life after submission: one table says which change is possible, by whom, and what it needs. Pure. */

export const STATES = [
  'new',
  'reviewing',
  'needs_more',
  'approved',
  'waitlisted',
  'declined',
  'completed',
  'cancelled',
] as const
export type State = (typeof STATES)[number]

/** Still in somebody's hands: a second registration of the same matter would double these. */
export const OPEN_STATES: readonly State[] = ['new', 'reviewing', 'needs_more', 'approved', 'waitlisted']

export type ActorKind = 'applicant' | 'officer' | 'system'

interface Rule {
  readonly by: readonly ActorKind[]
  /** Without a reason the change is refused; the reason is told to the person. */
  readonly reason: boolean
}

const OFFICER: Rule = { by: ['officer'], reason: false }
const OFFICER_WITH_REASON: Rule = { by: ['officer'], reason: true }
const CANCEL: Rule = { by: ['applicant', 'officer', 'system'], reason: false }

/**
 * From → to. "Đã hoàn thành" and "Đã huỷ" are final: a change of mind is a new registration, because a letter may be
 * out already and the person's own cancellation is never undone behind their back. Undoing an approval or a refusal
 * goes back to the review, with a reason.
 */
export const TRANSITIONS: Readonly<Record<State, Readonly<Partial<Record<State, Rule>>>>> = {
  new: {
    reviewing: OFFICER,
    needs_more: OFFICER_WITH_REASON,
    approved: OFFICER,
    waitlisted: OFFICER,
    declined: OFFICER_WITH_REASON,
    cancelled: CANCEL,
  },
  reviewing: {
    needs_more: OFFICER_WITH_REASON,
    approved: OFFICER,
    waitlisted: OFFICER,
    declined: OFFICER_WITH_REASON,
    cancelled: CANCEL,
  },
  needs_more: {
    // the applicant sent what was missing
    reviewing: { by: ['applicant', 'officer'], reason: false },
    approved: OFFICER,
    waitlisted: OFFICER,
    declined: OFFICER_WITH_REASON,
    cancelled: CANCEL,
  },
  approved: {
    completed: OFFICER,
    reviewing: OFFICER_WITH_REASON,
    waitlisted: OFFICER_WITH_REASON,
    cancelled: CANCEL,
  },
  waitlisted: {
    approved: { by: ['officer', 'system'], reason: false },
    reviewing: OFFICER_WITH_REASON,
    declined: OFFICER_WITH_REASON,
    cancelled: CANCEL,
  },
  declined: { reviewing: OFFICER_WITH_REASON },
  completed: {},
  cancelled: {},
}

export type Refusal = 'not_allowed' | 'reason_missing' | 'changed_meanwhile'

export interface Change {
  readonly to: State
  readonly actor: ActorKind
  readonly reason: string | null
  /** The version the actor was looking at. */
  readonly expectedVersion: number
}

export interface Decided {
  readonly state: State
  readonly version: number
  readonly closed: boolean
}

/** What a change makes of a registration, or why it is refused. An officer's cancellation needs a reason. */
export function decide(current: { state: State; version: number }, change: Change): Decided | Refusal {
  if (current.version !== change.expectedVersion) return 'changed_meanwhile'
  const rule = TRANSITIONS[current.state][change.to]
  if (!rule?.by.includes(change.actor)) return 'not_allowed'
  const needsReason = rule.reason || (change.to === 'cancelled' && change.actor === 'officer')
  if (needsReason && (change.reason ?? '').trim() === '') return 'reason_missing'
  return { state: change.to, version: current.version + 1, closed: !OPEN_STATES.includes(change.to) }
}

/** Where an officer can go from here, for the buttons of the console. */
export function nextStates(state: State): { state: State; reasonNeeded: boolean }[] {
  return Object.entries(TRANSITIONS[state])
    .filter(([, rule]) => rule.by.includes('officer'))
    .map(([to, rule]) => ({ state: to as State, reasonNeeded: rule.reason || to === 'cancelled' }))
}

/** Own answers can be corrected while nobody has decided finally. */
export function mayCorrect(state: State): boolean {
  return OPEN_STATES.includes(state)
}

/** Letters and digits nobody mixes up when read aloud or off paper: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V. */
export const REFERENCE_ALPHABET = '34679ACDEFGHJKMNPQRTWXY'
const REFERENCE_LENGTH = 8

/** A reference from random bytes (at least 16); 23^8 = 78 thousand million, so a clash is rare and then drawn anew. */
export function referenceFrom(random: Uint8Array): string {
  let out = ''
  // bytes of 230 and more are skipped, else the first letters would come more often
  for (const byte of random) {
    if (byte < 230 && out.length < REFERENCE_LENGTH) out += REFERENCE_ALPHABET[byte % 23]
  }
  for (let i = 0; out.length < REFERENCE_LENGTH; i++) out += REFERENCE_ALPHABET[(random[i] ?? i) % 23]
  return out
}

/** A typed reference in its stored spelling, or null when it can be none ("k3m7 pqrt" → K3M7PQRT). */
export function readReference(text: string): string | null {
  const letters = text.toUpperCase().replace(/[\s.-]/g, '')
  return letters.length === REFERENCE_LENGTH &&
    letters.split('').every((one) => REFERENCE_ALPHABET.includes(one))
    ? letters
    : null
}
