import type { OutboundMessage } from '../channel/message.ts'
import { plainKey } from '../vietnamese/names.ts'
import { cleanText } from '../vietnamese/text.ts'
import { type Command, EMPTY_ANSWER, readCommand, readConfirm, readConsent } from './commands.ts'
import { isOptional, readField } from './fields.ts'
import { type Draft, type FormState, isExpired, tagOf, touched } from './form-state.ts'
import type { Lookups } from './lookups.ts'
import {
  accept,
  advance,
  again,
  type FormStep,
  isFieldKey,
  message,
  moved,
  nextOf,
  noteOf,
  show,
  take,
  takeExtras,
  wantedFields,
  without,
} from './moves.ts'
import { consentOf, contextOf, joinLines } from './prompts.ts'
import { T } from './texts.ts'
import type { FieldKey, Language, Value, Values } from './values.ts'

export type { FormEffect, FormStep } from './moves.ts'

/**
 * The sign-up form as a pure state machine: (form, message, time, lookups) → (form, reply, effect). It keeps nothing
 * outside `FormState`, so a restart, a deploy or a redelivered message cannot change what was answered.
 */

export interface FormInput {
  readonly text: string
  /** Code of a pressed button (`#f:…`), or null. */
  readonly send: string | null
  readonly contact?: { readonly phone: string; readonly own: boolean }
  readonly looksLikeQuestion: boolean
  /** Of a message that asks something: what it tells besides. Without it the whole message may hold answers. */
  readonly told?: string
  /** Something else arrived (photo, file, voice). */
  readonly media?: boolean
}

const SHORT_MOST = 60

/** What a `#f:…` button means when no form is open. */
export function staleFormReply(language: Language): OutboundMessage {
  return message(T.staleNoForm[language], [])
}

export function expired(language: Language): FormStep {
  return { form: null, reply: message(T.expired[language], []), effect: { kind: 'discarded' } }
}

/** One message or press. Every path gives a reply; no path changes an answer without showing it. */
export function stepForm(form: FormState, input: FormInput, at: Date, lookups: Lookups): FormStep {
  if (isExpired(form, at)) return expired(form.language)
  const now = touched(form, at)
  const pressed = input.send ?? (/^#f:\S{1,60}$/.test(input.text.trim()) ? input.text.trim() : null)
  if (pressed !== null) return press(now, pressed, at, lookups)
  if (input.contact) return step(now, { raw: input.contact.phone, looksLikeQuestion: false }, at, lookups)
  if (input.media) return again(now, lookups, [T.media[now.language]])
  const { text, looksLikeQuestion, told } = input
  return step(now, { raw: text, looksLikeQuestion, ...(told === undefined ? {} : { told }) }, at, lookups)
}

function press(form: FormState, send: string, at: Date, lookups: Lookups): FormStep {
  const [, tag, code = ''] = /^#f:([^:]+):(.+)$/.exec(send) ?? []
  if (tag !== tagOf(form)) return again(form, lookups, [T.stale[form.language]])
  const choice = /^c(\d)$/.exec(code)
  if (choice) {
    const picked = form.choices[Number(choice[1])]
    return picked
      ? accept(form, picked.field, picked.value, {}, [], lookups)
      : again(form, lookups, [T.stale[form.language]])
  }
  if (code.startsWith('x_')) return askAgain(form, code.slice(2) as FieldKey, lookups)
  switch (code) {
    case 'agree':
      return consented(form, T.consentAgree[form.language], 'pressed', at, lookups)
    case 'refuse':
      return refused(form, lookups)
    case 'read':
      return show({ ...form, at: 'consent' }, lookups)
    case 'discard':
      return { form: null, reply: message(T.discarded[form.language], []), effect: { kind: 'discarded' } }
    case 'send':
      return form.at === 'summary' ? submit(form, lookups) : again(form, lookups, [T.stale[form.language]])
    case 'more':
      return show({ ...form, page: form.page + 1 }, lookups)
    case 'fix':
      return show({ ...form, at: 'which', page: 0 }, lookups)
    case 'restart':
      return form.at === 'restart' ? restarted(form, lookups) : again(form, lookups, [T.stale[form.language]])
    case 'keep':
      return advance({ ...form, at: 'summary' }, lookups, [])
    case 'cancel':
    case 'back':
    case 'skip':
      return command(form, { kind: code }, '', lookups)
    default:
      return again(form, lookups, [T.stale[form.language]])
  }
}

function step(form: FormState, input: Typed, at: Date, lookups: Lookups): FormStep {
  const { raw, looksLikeQuestion } = input
  const text = cleanText(raw)
  const { language } = form
  if (text === '') return again(form, lookups, [T.problem.nothing[language]])
  if (form.at === 'consent' || form.at === 'refused') {
    const reply = readConsent(text)
    if (reply === 'agree') return consented(form, text.slice(0, 300), 'typed', at, lookups)
    if (reply === 'refuse') return refused(form, lookups)
  }
  if (form.at === 'summary' && readConfirm(text)) return submit(form, lookups)
  if (form.at === 'restart' || form.at === 'which') return aside(form, input, text, at, lookups)
  const asked = readCommand(text)
  if (asked && !answersField(form, asked, text)) {
    if (
      asked.kind === 'cancel' &&
      form.at === 'contact' &&
      /^huy$/i.test(text) &&
      text !== text.toLowerCase()
    ) {
      const choices = [{ field: 'contact' as const, value: { value: text, label: text } }]
      return again(moved(form, { at: 'name_or_cancel', choices }), lookups, [])
    }
    return command(form, asked, text, lookups)
  }
  const question = looksLikeQuestion || /\?\s*$/.test(text)
  return answer(form, question ? (input.told ?? raw) : raw, text, question, lookups)
}

interface Typed {
  readonly raw: string
  readonly looksLikeQuestion: boolean
  readonly told?: string
}

/** Text at "start again?" and "which one?": a yes, a field's name, or simply the next answer. */
function aside(form: FormState, input: Typed, text: string, at: Date, lookups: Lookups): FormStep {
  const asked = readCommand(text)
  if (form.at === 'restart' && (readConfirm(text) || asked?.kind === 'restart'))
    return restarted(form, lookups)
  if (/^(?:giu lai|giu nguyen|keep|khong|ko|no|thoi)$/.test(plainKey(text))) return advance(form, lookups, [])
  if (asked) return command(form, asked, text, lookups)
  const named = form.at === 'which' ? readCommand(`sửa ${text}`) : null
  if (named?.kind === 'fix' && named.field !== null && wantedFields(form).has(named.field))
    return fix(form, named, text, lookups)
  return step({ ...form, at: nextOf(form, lookups) }, input, at, lookups)
}

/** "không có" is an answer where having none is a fact (certificates), and a skip elsewhere. */
function answersField(form: FormState, asked: Command, text: string): boolean {
  if (
    asked.kind === 'fix' &&
    asked.field !== null &&
    asked.rest !== '' &&
    !wantedFields(form).has(asked.field)
  )
    return true
  return (
    asked.kind === 'skip' &&
    EMPTY_ANSWER.test(plainKey(text)) &&
    ['certificates', 'tools', 'previous'].includes(form.at)
  )
}

function command(form: FormState, asked: Command, text: string, lookups: Lookups): FormStep {
  const { language } = form
  switch (asked.kind) {
    case 'cancel': {
      const actions = [{ label: T.resume[language], send: '#resume' }]
      const kept = form.at === 'name_or_cancel' ? { ...form, at: 'contact' as const, choices: [] } : form
      return {
        form: null,
        reply: message(T.cancelled[language], actions),
        effect: { kind: 'cancelled', kept },
      }
    }
    case 'back':
      return back(form, lookups)
    case 'skip':
      return skip(form, lookups)
    case 'review':
      return again(form, lookups, [joinLines(form)])
    case 'restart':
      return show({ ...form, at: 'restart' }, lookups)
    case 'resume':
      return form.at === 'restart' || form.at === 'refused'
        ? advance({ ...form, at: 'summary' }, lookups, [])
        : again(form, lookups, [])
    case 'help':
      return again(form, lookups, [T.help[language]])
    case 'fix':
      return fix(form, asked, text, lookups)
  }
}

function fix(
  form: FormState,
  { field, rest }: Extract<Command, { kind: 'fix' }>,
  text: string,
  lookups: Lookups,
): FormStep {
  if (field === null) return show({ ...form, at: 'which', page: 0 }, lookups)
  if (!wantedFields(form).has(field)) return show({ ...form, at: 'which', page: 0 }, lookups)
  if (rest === '') return askAgain(form, field, lookups)
  const reading = readField(field, rest, contextOf(form, lookups))
  if (reading.kind === 'value')
    return accept(form, field, reading.value, reading.also ?? {}, noteOf(reading, form.language), lookups)
  if (text.length > SHORT_MOST && isFieldKey(form.at)) return answer(form, text, text, false, lookups)
  return take(moved(form, { at: field, tries: 0 }), field, reading, lookups)
}

/** Asks one field anew; its present answer stays until another one is given. */
function askAgain(form: FormState, field: FieldKey, lookups: Lookups): FormStep {
  if (!wantedFields(form).has(field)) return again(form, lookups, [T.stale[form.language]])
  return show({ ...form, at: field, tries: 0 }, lookups)
}

function back(form: FormState, lookups: Lookups): FormStep {
  const trail = [...form.trail]
  let previous = trail.pop()
  while (previous !== undefined && (previous === form.at || !wantedFields(form).has(previous)))
    previous = trail.pop()
  if (previous === undefined) return again(form, lookups, [T.noBack[form.language]])
  return show(
    { ...form, trail, at: previous, tries: 0, skipped: form.skipped.filter((key) => key !== previous) },
    lookups,
  )
}

function skip(form: FormState, lookups: Lookups): FormStep {
  if (form.at === 'which' || form.at === 'restart') return advance({ ...form, at: 'summary' }, lookups, [])
  if (!isFieldKey(form.at)) return again(form, lookups, [T.required[form.language]])
  if (form.values[form.at] !== undefined) return advance(form, lookups, []) // answered before: it stays
  if (!isOptional(form.kind, form.at)) return again(form, lookups, [T.required[form.language]])
  return advance(
    { ...form, skipped: [...form.skipped, form.at], trail: [...form.trail, form.at].slice(-60) },
    lookups,
    [],
  )
}

/** A message that is no command: values for other fields are taken along, the rest answers the pending question. */
function answer(form: FormState, raw: string, text: string, question: boolean, lookups: Lookups): FormStep {
  const { form: filled, notes, rest, settled, pendingReading } = takeExtras(form, raw, lookups)
  const pending = filled.at
  if (pendingReading && isFieldKey(pending)) {
    const next = take(filled, pending, pendingReading, lookups, notes)
    return question && settled
      ? { ...next, effect: next.effect.kind === 'none' ? { kind: 'question' } : next.effect }
      : next
  }
  if (question && (!isFieldKey(pending) || !directAnswer(filled, pending, text, lookups))) {
    const kept = settled ? advance(filled, lookups, notes) : again(filled, lookups, [])
    return kept.effect.kind === 'none' ? { ...kept, effect: { kind: 'question' } } : kept
  }
  if (!isFieldKey(pending)) return unclear(filled, settled, notes, lookups)
  if (filled.values[pending] !== undefined && form.values[pending] === undefined)
    return advance(filled, lookups, notes)
  const alone = !settled && notes.length === 0
  const own = alone ? text : rest.join(', ')
  if (own === '' && (settled || notes.length > 0))
    return settled ? advance(filled, lookups, notes) : again(filled, lookups, notes)
  return take(filled, pending, readField(pending, own, contextOf(filled, lookups)), lookups, notes)
}

function unclear(form: FormState, settled: boolean, notes: string[], lookups: Lookups): FormStep {
  if (settled) return advance({ ...form, at: 'summary' }, lookups, notes)
  const why = form.at === 'consent' ? T.consentUnclear : T.problem.nothing
  return again(form, lookups, [...notes, why[form.language]])
}

/** A question mark alone does not make "Nho xanh?" a question when the field reads it for certain. */
function directAnswer(form: FormState, field: FieldKey, text: string, lookups: Lookups): boolean {
  const sure: readonly FieldKey[] = [
    'phone',
    'trainees',
    'workers',
    'women_workers',
    'email',
    'tax_code',
    'province',
    'enterprise_type',
  ]
  return (
    sure.includes(field) &&
    text.length < SHORT_MOST &&
    readField(field, text, contextOf(form, lookups)).kind === 'value'
  )
}

function consented(
  form: FormState,
  reply: string,
  via: 'typed' | 'pressed',
  at: Date,
  lookups: Lookups,
): FormStep {
  if (form.at !== 'consent' && form.at !== 'refused') return again(form, lookups, [T.stale[form.language]])
  const consent = { version: consentOf(form, lookups)?.version ?? '', reply, via, at: at.toISOString() }
  return advance({ ...form, consent }, lookups, [])
}

function refused(form: FormState, lookups: Lookups): FormStep {
  if (form.at !== 'consent' && form.at !== 'refused') return again(form, lookups, [T.stale[form.language]])
  return show({ ...form, at: 'refused', consent: null }, lookups)
}

function restarted(form: FormState, lookups: Lookups): FormStep {
  const kept: Values = {}
  for (const field of ['province', 'support', 'class'] as const) {
    const value = form.values[field]
    if (value) kept[field] = value
  }
  const values = form.target ? { ...form.target.values } : kept
  return advance(
    {
      ...form,
      values: form.kind === 'amend' ? without(values, form.asking) : values,
      skipped: [],
      trail: [],
      consent: null,
    },
    lookups,
    [],
  )
}

function submit(form: FormState, lookups: Lookups): FormStep {
  if (nextOf(form, lookups) !== 'summary') return show({ ...form, at: nextOf(form, lookups) }, lookups)
  const { kind, key, language, province, values, consent, target } = form
  if (kind === 'amend' && target && !differs(values, target.values))
    return again(form, lookups, [T.nothingChanged[language]])
  const draft: Draft = { kind, key, language, province, values, consent, target }
  return { form: null, reply: message(T.submitting[language], []), effect: { kind: 'submit', draft } }
}

function differs(values: Values, before: Values): boolean {
  return (Object.entries(values) as [FieldKey, Value][]).some(
    ([field, { value }]) => before[field]?.value !== value,
  )
}
