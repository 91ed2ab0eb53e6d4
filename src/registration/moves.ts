import type { OutboundMessage } from '../channel/message.ts'
import { extract, noteValue } from './extract.ts'
import { type Reading, SEQUENCE } from './fields.ts'
import type { Draft, FormState } from './form-state.ts'
import type { Lookups } from './lookups.ts'
import { ask, consentOf, contextOf, pendingReply } from './prompts.ts'
import { LABELS, T } from './texts.ts'
import type { FieldKey, Language, Value, Values } from './values.ts'

/** The single moves of the form: take an answer, go on to the next question, show the present one. */

export interface FormStep {
  /** The form to keep; null when it is over. */
  readonly form: FormState | null
  readonly reply: OutboundMessage
  readonly effect: FormEffect
}

export type FormEffect =
  | { kind: 'none' }
  /** Hand `draft` to `registrations.submit` in the same transaction; its reply replaces `reply`. */
  | { kind: 'submit'; draft: Draft }
  /** Stopped by the person. `kept` goes on the shelf for 30 days and can be resumed with `resumeForm`. */
  | { kind: 'cancelled'; kept: FormState }
  /** The message was a question: answer it, then show `reply`, the pending question again. */
  | { kind: 'question' }
  /** Erased: consent refused, or 30 days of silence. Nothing may be kept. */
  | { kind: 'discarded' }

export const NONE: FormEffect = { kind: 'none' }

export function openingNotes(form: FormState, lookups: Lookups): string[] {
  const lines: string[] = []
  if (form.values.support?.value === 'national_quality_award') lines.push(T.award[form.language])
  if (form.kind === 'training' && lookups.classes.length === 0) lines.push(T.noClass[form.language])
  return lines
}

interface Extras {
  readonly form: FormState
  readonly notes: string[]
  readonly rest: readonly string[]
  /** Something was taken. */
  readonly settled: boolean
  /** The message held an explicit answer to the pending question, good or bad. */
  readonly pendingReading: Reading | null
}

export function takeExtras(form: FormState, raw: string, lookups: Lookups, opening = false): Extras {
  const { language } = form
  const pending = isFieldKey(form.at) ? form.at : null
  const { found, rest, badPhone } = extract(raw, pending, wantedFields(form), contextOf(form, lookups))
  const values: Values = { ...form.values }
  const notes: string[] = []
  let pendingReading: Reading | null = null
  for (const { field, reading, clear } of found) {
    if (opening && field === 'need') continue // "cho tôi đăng ký" is no need of its own
    if (field === pending) {
      pendingReading = reading
      continue
    }
    if (reading.kind !== 'value' || !wantedFields(form).has(field)) continue
    const before = values[field]
    if (before && (!clear || before.value === reading.value.value)) continue
    values[field] = reading.value
    for (const [key, value] of Object.entries(reading.also ?? {}) as [FieldKey, Value][])
      values[key] ??= value
    notes.push(remark(field, before, reading.value, language))
    notes.push(...noteOf(reading, language))
  }
  const settled = notes.length > 0
  if (badPhone !== null && wantedFields(form).has('phone')) notes.push(T.phoneNotTaken(badPhone, language))
  const left = keepRest(values, rest, pending, pendingReading !== null)
  const province = values.province?.value ?? form.province
  return {
    form: settled
      ? moved(form, {
          values,
          province,
          kind: kindFor(form, values, lookups),
          trail: trailOf(
            form,
            found.map(({ field }) => field),
          ),
        })
      : form,
    notes,
    rest: left,
    settled,
    pendingReading,
  }
}

/** What nothing asked for is not lost: it becomes a note once the pending question has its own answer. */
function keepRest(
  values: Values,
  rest: readonly string[],
  pending: FieldKey | null,
  answered: boolean,
): readonly string[] {
  if (!answered || pending === null) return rest
  const note = rest.filter((piece) => piece.length > 3).join('; ')
  if (note !== '' && values.need === undefined) values.need = noteValue(note)
  return []
}

function trailOf(form: FormState, fields: readonly FieldKey[]): FieldKey[] {
  return [...form.trail, ...fields.filter((field) => !form.trail.includes(field) && field !== form.at)].slice(
    -60,
  )
}

export function take(
  form: FormState,
  field: FieldKey,
  reading: Reading,
  lookups: Lookups,
  notes: string[] = [],
): FormStep {
  switch (reading.kind) {
    case 'value':
      return accept(
        form,
        field,
        reading.value,
        reading.also ?? {},
        [...notes, ...noteOf(reading, form.language)],
        lookups,
      )
    case 'choose': {
      const choices = reading.choices.slice(0, 5).map(({ value }) => ({ field, value }))
      const next = moved(form, { at: field, choices, ask: reading.ask, tries: form.tries + 1 })
      return { form: next, reply: pendingReply(next, lookups, notes), effect: NONE }
    }
    case 'problem': {
      const next = ask(moved(form, { at: field, tries: form.tries + 1 }), lookups)
      return { form: next, reply: pendingReply(next, lookups, [...notes, reading.why]), effect: NONE }
    }
  }
}

export function accept(
  form: FormState,
  field: FieldKey,
  value: Value,
  also: Values,
  notes: string[],
  lookups: Lookups,
): FormStep {
  const { language } = form
  const before = form.values[field]
  const values: Values = { ...form.values, ...also, [field]: value }
  if ((field === 'support' || field === 'province') && before?.value !== value.value) delete values.class
  const line = remark(field, before, value, language)
  // the kind follows a new name; when that changes what was said before, it is told like any other change
  const followed = (Object.entries(also) as [FieldKey, Value][])
    .filter(([key, next]) => form.values[key] !== undefined && form.values[key]?.value !== next.value)
    .map(([key, next]) => remark(key, form.values[key], next, language))
  const next = moved(form, {
    values,
    province: values.province?.value ?? form.province,
    kind: kindFor(form, values, lookups),
    trail: [...form.trail.filter((key) => key !== field), field].slice(-60),
    skipped: form.skipped.filter((key) => key !== field),
    at: 'summary',
  })
  const extra = field === 'support' ? openingNotes(next, lookups) : []
  return advance(next, lookups, [line, ...followed, ...notes, ...extra])
}

function remark(field: FieldKey, before: Value | undefined, after: Value, language: Language): string {
  const label = LABELS[field][language]
  return before !== undefined && before.value !== after.value
    ? T.changed(label.toLowerCase(), before.label, after.label, language)
    : `${T.taken[language]}${label}: ${after.label}`
}

function kindFor(form: FormState, values: Values, lookups: Lookups): FormState['kind'] {
  if (form.kind === 'amend' || form.kind === 'survey') return form.kind
  const support = lookups.supports.find(({ key }) => key === values.support?.value)
  return values.class !== undefined || support?.signup === 'training' ? 'training' : 'interest'
}

/** The next open question, then consent, then the summary. */
export function advance(form: FormState, lookups: Lookups, notes: string[]): FormStep {
  const next = ask(moved(form, { at: nextOf(form, lookups), tries: 0 }), lookups)
  return { form: next, reply: pendingReply(next, lookups, notes), effect: NONE }
}

export function nextOf(form: FormState, lookups: Lookups): FormState['at'] {
  if (form.kind === 'survey' && asksConsent(form, lookups)) return 'consent' // before five minutes of questions
  const open = sequenceOf(form).find((field) => {
    if (form.values[field] !== undefined || form.skipped.includes(field)) return false
    return field !== 'class' || lookups.classes.length > 0
  })
  if (open) return open
  return asksConsent(form, lookups) ? 'consent' : 'summary'
}

/** True while the text in force has not been agreed to; a new version is asked anew. */
function asksConsent(form: FormState, lookups: Lookups): boolean {
  const text = consentOf(form, lookups)
  return text !== null && form.consent?.version !== text.version
}

function sequenceOf(form: FormState): readonly FieldKey[] {
  return form.kind === 'amend' || form.kind === 'survey' ? form.asking : SEQUENCE[form.kind]
}

/** Fields that may be given or corrected in this form. */
export function wantedFields(form: FormState): ReadonlySet<FieldKey> {
  if (form.kind === 'survey') return new Set(form.asking)
  const target = Object.keys(form.values) as FieldKey[]
  if (form.kind === 'amend') {
    const fixed: readonly FieldKey[] = ['province', 'support', 'class']
    return new Set([...form.asking, ...target.filter((field) => !fixed.includes(field)), 'need'])
  }
  return new Set([...SEQUENCE[form.kind], 'need', 'email', 'tax_code', 'product', 'role', ...target])
}

export function show(form: FormState, lookups: Lookups): FormStep {
  const next = ask(moved(form, {}), lookups)
  return { form: next, reply: pendingReply(next, lookups, []), effect: NONE }
}

/** The pending question again, with its old buttons: nothing was changed, so they stay valid. */
export function again(form: FormState, lookups: Lookups, notes: string[]): FormStep {
  return { form, reply: pendingReply(form, lookups, notes), effect: NONE }
}

export function moved(form: FormState, change: Partial<FormState>): FormState {
  return { ...form, choices: [], ask: null, ...change, step: form.step + 1 }
}

export function without(values: Values, fields: readonly FieldKey[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => !fields.includes(field as FieldKey)),
  ) as Values
}

export function isFieldKey(at: FormState['at']): at is FieldKey {
  return !['consent', 'summary', 'which', 'restart', 'name_or_cancel', 'refused'].includes(at)
}

export function noteOf(reading: Extract<Reading, { kind: 'value' }>, language: Language): string[] {
  return reading.note ? [reading.note[language]] : []
}

export function message(text: string, actions: OutboundMessage['actions']): OutboundMessage {
  return { text, citations: [], actions }
}
