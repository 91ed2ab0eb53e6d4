import type { Address, OutboundMessage } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { enterpriseKey } from '../vietnamese/names.ts'
import type { Draft, FormState } from './form-state.ts'
import * as say from './life-texts.ts'
import { decide, mayCorrect } from './lifecycle.ts'
import type { Registration } from './record.ts'
import {
  APPLICANT,
  addEvent,
  byFormKey,
  insert,
  lockMatter,
  ofOwner,
  sameMatter,
  saveValues,
} from './store.ts'
import type { ConsentGiven, FieldKey, Language, Value, Values } from './values.ts'

/** Stores a finished form: a new registration, or a correction of one. In the caller's transaction. */

export interface Applicant {
  readonly conversationId: string
  /** All conversations proven to be this person's, the present one included. */
  readonly ownIds: readonly string[]
  readonly address: Address
}

export interface SubmitDeps {
  readonly vault: Vault
  readonly recordConsent: RecordConsent
  readonly enrol: Enrol | null
}

/** Hands the agreement to the room that keeps the proof. `cause` makes a repeated turn record it once. */
export type RecordConsent = (
  tx: Db,
  given: ConsentGiven & {
    purpose: 'registration' | 'survey'
    language: Language
    conversationId: string
    channel: string
    province: string | null
    cause: string
  },
) => Promise<void>

/** Takes a seat (or a place in line) in a class; the programme's door, as far as a sign-up needs it. */
export type Enrol = (
  tx: Db,
  request: {
    classId: string
    registrationId: string
    seats: number
    applicant: {
      conversationId: string
      address: Address
      name: string
      language: Language
      province: string
    }
  },
  at: Date,
) => Promise<{ message: OutboundMessage }>

export interface Submitted {
  readonly outcome:
    | 'stored'
    | 'linked'
    | 'already'
    | 'duplicate_own'
    | 'amended'
    | 'changed_meanwhile'
    | 'refused'
  readonly registration: Registration | null
  readonly replies: OutboundMessage[]
  /** For 'duplicate_own' with other answers and 'changed_meanwhile': what is left to be saved, as an amendment. */
  readonly pending: { target: NonNullable<FormState['target']>; values: Values } | null
}

/** A message about a stored registration needs this much of it. */
export function told(registration: Registration): say.Told {
  return {
    reference: registration.reference,
    state: registration.state,
    supportLabel: registration.values.support?.label ?? registration.support,
    enterpriseName: registration.enterpriseName,
    language: registration.language,
    requested: registration.requested,
  }
}

/** Stores a sign-up once. Without consent nothing is stored; that the form asked is not trusted here. */
export async function submitNew(
  deps: SubmitDeps,
  tx: Db,
  draft: Draft,
  applicant: Applicant,
  at: Date,
): Promise<Submitted> {
  const { values, province, consent, language } = draft
  const support = values.support?.value
  if (
    consent === null ||
    province === null ||
    support === undefined ||
    draft.kind === 'amend' ||
    draft.kind === 'survey'
  ) {
    return {
      outcome: 'refused',
      registration: null,
      replies: [say.unknownReference(language)],
      pending: null,
    }
  }
  const before = await byFormKey(tx, draft.key, deps.vault)
  if (before)
    return { outcome: 'already', registration: before, replies: [say.already(told(before))], pending: null }
  await lockMatter(tx, province, support)
  const classId = values.class?.value ?? null
  const key = enterpriseKey(values.enterprise?.value ?? '')
  const tax = values.tax_code?.value
  const same = await sameMatter(
    tx,
    {
      province,
      support,
      classId,
      enterpriseKey: key === '' ? null : key,
      taxIndex: tax ? deps.vault.index(tax) : null,
    },
    deps.vault,
  )
  const own = same.find(
    ({ conversationId }) => conversationId !== null && applicant.ownIds.includes(conversationId),
  )
  if (own) return duplicateOwn(own, draft, language)
  const first = same[0]
  const made = await insert(
    tx,
    {
      formKey: draft.key,
      kind: draft.kind,
      support,
      classId,
      province,
      language,
      values,
      conversationId: applicant.conversationId,
      address: applicant.address,
      linkedTo: first?.id ?? null,
      at,
    },
    deps.vault,
  )
  if (!made) throw new Error('the form was stored by a turn running at the same time') // the turn runs again and finds it
  await addEvent(tx, made, { kind: 'submitted', actor: APPLICANT, at, to: 'new' })
  if (first) await addEvent(tx, made, { kind: 'linked', actor: APPLICANT, at, note: first.reference })
  await deps.recordConsent(tx, {
    ...consent,
    purpose: 'registration',
    language,
    conversationId: applicant.conversationId,
    channel: applicant.address.channel,
    province,
    cause: `form:${draft.key}`,
  })
  const reply = say.stored({ ...told(made), language, award: support === 'national_quality_award' })
  const replies = [first ? { ...reply, text: `${reply.text}\n${say.LINKED[language]}` } : reply]
  if (classId !== null && deps.enrol)
    replies.push((await enrolIn(deps.enrol, tx, made, classId, applicant, at)).message)
  return { outcome: first ? 'linked' : 'stored', registration: made, replies, pending: null }
}

async function enrolIn(
  enrol: Enrol,
  tx: Db,
  made: Registration,
  classId: string,
  applicant: Applicant,
  at: Date,
): ReturnType<Enrol> {
  const { conversationId, address } = applicant
  const request = {
    conversationId,
    address,
    name: made.contactName,
    language: made.language,
    province: made.province,
  }
  return await enrol(
    tx,
    { classId, registrationId: made.id, seats: made.trainees ?? 1, applicant: request },
    at,
  )
}

function duplicateOwn(own: Registration, draft: Draft, language: Language): Submitted {
  const [given, kept] = [draft.values.enterprise?.value ?? '', own.enterpriseName]
  // another spelling of the same name is no change worth saving
  const changed = differing(draft.values, own.values).filter(
    (field) => field !== 'enterprise' || enterpriseKey(given) !== enterpriseKey(kept),
  )
  const values: Values = { ...own.values }
  Object.assign(values, only(draft.values, changed))
  const target = { id: own.id, reference: own.reference, version: own.version, values: own.values }
  return {
    outcome: 'duplicate_own',
    registration: own,
    replies: [say.duplicateOwn({ ...told(own), language }, changed.length > 0)],
    pending: changed.length > 0 ? { target, values } : null,
  }
}

/** Fields that may be changed later and have another value in `next`. */
function differing(next: Values, before: Values): FieldKey[] {
  const fixed: readonly FieldKey[] = ['province', 'support', 'class']
  return (Object.entries(next) as [FieldKey, Value][])
    .filter(([field, { value }]) => !fixed.includes(field) && before[field]?.value !== value)
    .map(([field]) => field)
}

function only(values: Values, fields: readonly FieldKey[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => fields.includes(field as FieldKey)),
  ) as Values
}

/** Saves a correction or completion by the person. A completion brings the registration back into the review. */
export async function submitAmendment(
  deps: SubmitDeps,
  tx: Db,
  draft: Draft,
  applicant: Applicant,
  at: Date,
): Promise<Submitted> {
  const { target, language } = draft
  const current = target
    ? await ofOwner(tx, target.reference, applicant.ownIds, deps.vault, 'for update')
    : null
  if (!target || !current) {
    return {
      outcome: 'refused',
      registration: null,
      replies: [say.unknownReference(language)],
      pending: null,
    }
  }
  const tell = { ...told(current), language }
  if (!mayCorrect(current.state))
    return { outcome: 'refused', registration: current, replies: [say.closed(tell)], pending: null }
  const fields = differing(draft.values, target.values)
  const values: Values = { ...current.values }
  Object.assign(values, only(draft.values, fields))
  const toSave = differing(values, current.values)
  if (toSave.length === 0) {
    // a turn that runs again finds its own change already there
    return {
      outcome: 'already',
      registration: current,
      replies: [say.amended(tell, fields, false)],
      pending: null,
    }
  }
  if (current.version !== target.version) {
    const fresh = {
      id: current.id,
      reference: current.reference,
      version: current.version,
      values: current.values,
    }
    return {
      outcome: 'changed_meanwhile',
      registration: current,
      replies: [say.changedMeanwhile(tell)],
      pending: { target: fresh, values },
    }
  }
  const missing = current.requested.filter((field) => values[field] === undefined)
  const completes = current.state === 'needs_more' && missing.length === 0
  const decided = completes
    ? decide(current, { to: 'reviewing', actor: 'applicant', reason: null, expectedVersion: current.version })
    : null
  const back = decided !== null && typeof decided === 'object'
  const state = back ? decided.state : current.state
  const saved = await saveValues(
    tx,
    current,
    { values, state, requested: back ? [] : current.requested, at },
    deps.vault,
  )
  if (!saved) throw new Error('the locked registration changed')
  await addEvent(tx, saved, {
    kind: back ? 'completed' : 'corrected',
    actor: APPLICANT,
    at,
    fields: toSave,
    ...(back ? { from: current.state, to: state } : {}),
  })
  return {
    outcome: 'amended',
    registration: saved,
    replies: [say.amended({ ...told(saved), language }, toSave, back)],
    pending: null,
  }
}
