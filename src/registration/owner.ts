import type { OutboundMessage } from '../channel/message.ts'
import type { Db } from '../database/index.ts'
import { type ChangeDeps, changeState } from './change.ts'
import { choicesOf } from './fields.ts'
import type { FormStep } from './form.ts'
import * as say from './life-texts.ts'
import { mayCorrect, readReference } from './lifecycle.ts'
import type { Lookups } from './lookups.ts'
import { openAmendment, openSurvey } from './open-form.ts'
import type { Registration } from './record.ts'
import { APPLICANT, allOfOwner, type EventRow, eventsOf, ofOwner } from './store.ts'
import { told } from './submit.ts'
import { LABELS } from './texts.ts'
import type { FieldKey, Language, Value } from './values.ts'

/** What people can do with their own registrations. A reference of somebody else is answered like an unknown one. */

export interface Owner {
  readonly conversationId: string
  readonly ownIds: readonly string[]
  readonly language: Language
}

export interface OwnerDeps extends ChangeDeps {
  /** Lookups for the province of a registration. */
  readonly lookups: (province: string | null, at: Date) => Promise<Lookups>
}

export interface OwnerStep {
  readonly replies: OutboundMessage[]
  /** A form that has been opened, or null. */
  readonly form: FormStep['form']
}

export async function own(deps: OwnerDeps, db: Db, owner: Owner): Promise<OutboundMessage[]> {
  const items = await allOfOwner(db, owner.ownIds, deps.vault)
  const [only, ...others] = items
  if (!only) return [say.ownNone(owner.language)]
  if (others.length === 0) return [await cardOf(db, only, owner.language)]
  const list = items.map((item) => ({
    ...told(item),
    language: owner.language,
    submittedAt: item.submittedAt,
  }))
  return [say.ownList(list, owner.language)]
}

/** A button `#reg:<reference>:<verb>` of one's own registration. */
export async function press(
  deps: OwnerDeps,
  tx: Db,
  asked: { reference: string; verb: string },
  owner: Owner,
  at: Date,
): Promise<OwnerStep> {
  const reference = readReference(asked.reference)
  const registration = reference ? await ofOwner(tx, reference, owner.ownIds, deps.vault, 'for update') : null
  if (!registration) return { replies: [say.unknownReference(owner.language)], form: null }
  const tell = { ...told(registration), language: owner.language }
  switch (asked.verb) {
    case 'cancel':
      return mayCorrect(registration.state) ? only(say.cancelAsk(tell)) : only(say.closed(tell))
    case 'cancelyes':
      return only(await cancel(deps, tx, registration, owner, at))
    case 'fix':
    case 'complete':
      return mayCorrect(registration.state)
        ? await amend(deps, registration, asked.verb, owner, at)
        : only(say.closed(tell))
    case 'survey': {
      const lookups = await deps.lookups(registration.province, at)
      const options = {
        language: owner.language,
        province: registration.province,
        owner: owner.conversationId,
      }
      return opened(openSurvey(targetOf(registration), options, at, lookups))
    }
    default:
      return only(await cardOf(tx, registration, owner.language))
  }
}

function only(message: OutboundMessage): OwnerStep {
  return { replies: [message], form: null }
}

function opened(step: FormStep): OwnerStep {
  return { replies: [step.reply], form: step.form }
}

export function targetOf({ id, reference, version, values }: Registration): {
  id: string
  reference: string
  version: number
  values: Registration['values']
} {
  return { id, reference, version, values }
}

async function amend(
  deps: OwnerDeps,
  registration: Registration,
  verb: 'fix' | 'complete',
  owner: Owner,
  at: Date,
): Promise<OwnerStep> {
  const lookups = await deps.lookups(registration.province, at)
  const missing = registration.requested.length > 0 ? registration.requested : (['need'] as const)
  const asking = verb === 'complete' ? missing : []
  const options = { language: owner.language, province: registration.province, owner: owner.conversationId }
  return opened(openAmendment(targetOf(registration), asking, options, at, lookups))
}

async function cancel(
  deps: OwnerDeps,
  tx: Db,
  registration: Registration,
  owner: Owner,
  at: Date,
): Promise<OutboundMessage> {
  const tell = { ...told(registration), language: owner.language }
  if (registration.state === 'cancelled') return say.cancelled(tell) // pressed twice
  const change = {
    id: registration.id,
    expectedVersion: registration.version,
    to: 'cancelled' as const,
    actor: APPLICANT,
    reason: null,
    message: null,
  }
  const result = await changeState(deps, tx, change, at, true)
  return result.outcome === 'changed' ? say.cancelled(tell) : say.closed(tell)
}

async function cardOf(db: Db, registration: Registration, language: Language): Promise<OutboundMessage> {
  const lines = (Object.keys(LABELS) as FieldKey[]).flatMap((field) => {
    const value: Value | undefined = registration.values[field]
    return value ? [`• ${LABELS[field][language]}: ${shown(field, value, language).slice(0, 160)}`] : []
  })
  const history = (await eventsOf(db, registration.id))
    .filter(({ kind }) => kind === 'state' || kind === 'submitted' || kind === 'completed')
    .slice(-6)
    .map((event) => ({ at: event.at, text: historyLine(event, language) }))
  return say.card({ ...told(registration), language }, { lines, history })
}

function shown(field: FieldKey, value: Value, language: Language): string {
  const known = choicesOf(field, { language, province: null, values: {}, lookups: NOTHING }).find(
    (choice) => choice.value.value === value.value,
  )
  return known?.value.label ?? value.label
}

const NOTHING: Lookups = {
  supports: [],
  featured: [],
  provinces: [],
  classes: [],
  places: { communes: [], byCode: () => null, find: () => [], scan: () => null },
  consents: { registration: { version: '', vi: '', en: '' }, survey: { version: '', vi: '', en: '' } },
}

function historyLine({ toState, reason }: EventRow, language: Language): string {
  const name = toState ? say.STATE_NAMES[toState][language] : ''
  return reason ? `${name} (${reason})` : name
}
