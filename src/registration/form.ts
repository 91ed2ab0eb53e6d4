import type { OutboundMessage } from '../channel/message.ts'
import { plainKey } from '../vietnamese/names.ts'
import { cleanText } from '../vietnamese/text.ts'
import { type Command, EMPTY_ANSWER, readCommand, readConfirm, readConsent } from './commands.ts'
import { extract, noteValue } from './extract.ts'
import { isOptional, type Reading, readField, SEQUENCE } from './fields.ts'
import { type Draft, type FormState, isExpired } from './form-state.ts'
import { findSupports, type Lookups } from './lookups.ts'
import { ask, contextOf, fixList, joinLines, pendingReply } from './prompts.ts'
import { LABELS, T } from './texts.ts'
import type { FieldKey, Language, Value, Values } from './values.ts'

/**
 * The sign-up form as a pure state machine: (form, message, time, lookups) → (form, reply, effect). It keeps nothing
 * outside `FormState`, so a restart, a deploy or a redelivered message cannot change what was answered.
 */

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
  /** The person wants an officer; the form stays open. */
  | { kind: 'officer' }
  /** Erased: consent refused, or 30 days of silence. Nothing may be kept. */
  | { kind: 'discarded' }

export interface FormInput {
  readonly text: string
  /** Code of a pressed button (`#f:…`), or null. */
  readonly send: string | null
  readonly contact?: { readonly phone: string; readonly own: boolean }
  readonly looksLikeQuestion: boolean
  /** Something else arrived (photo, file, voice). */
  readonly media?: boolean
}

export interface OpenOptions {
  readonly support: string | null
  readonly province: string | null
  readonly classId?: string | null
  readonly language: Language
  /** The message that led here; what it already tells is taken over. */
  readonly text?: string
  /** Answers known beforehand, e.g. of a second sign-up by the same person. */
  readonly values?: Values
  /** Makes the form's key unique: the conversation's id. */
  readonly owner: string
}

const NONE: FormEffect = { kind: 'none' }
const SHORT_MOST = 60

/** Opens a sign-up. The kind follows from the class and the support type. A type without sign-up opens nothing. */
export function openForm(options: OpenOptions, at: Date, lookups: Lookups): FormStep {
  const { language } = options
  const chosen = lookups.classes.find(({ id }) => id === options.classId)
  const key = chosen?.support ?? options.support
  const named = lookups.supports.find((support) => support.key === key) ?? supportIn(options.text, lookups)
  if (named?.signup === 'none' && !chosen) {
    const actions = [{ label: T.officer[language], send: '#officer' }]
    return { form: null, reply: message(T.noSignup(named.name, language), actions), effect: NONE }
  }
  const values: Values = { ...options.values }
  if (named) values.support = { value: named.key, label: named.name }
  if (chosen) values.class = { value: chosen.id, label: chosen.title }
  const department = lookups.provinces.find(({ code }) => code === options.province)
  if (department) values.province = { value: department.code, label: department.name }
  const [only, ...others] = lookups.provinces
  if (!department && only && others.length === 0) values.province = { value: only.code, label: only.name }
  const form: FormState = {
    ...blank(options.owner, language, at),
    kind: chosen || named?.signup === 'training' ? 'training' : 'interest',
    province: values.province?.value ?? null,
    values,
  }
  const opening =
    named || chosen ? T.opening(chosen?.title ?? named?.name ?? '', language) : T.openingUnknown[language]
  const lines = [opening, ...openingNotes(form, lookups)]
  const { form: filled, notes } = options.text
    ? takeExtras(form, options.text, lookups, true)
    : { form, notes: [] }
  return advance(filled, at, lookups, [...lines, ...notes])
}

function openingNotes(form: FormState, lookups: Lookups): string[] {
  const lines: string[] = []
  if (form.values.support?.value === 'national_quality_award') lines.push(T.award[form.language])
  if (form.kind === 'training' && lookups.classes.length === 0) lines.push(T.noClass[form.language])
  return lines
}

function supportIn(text: string | undefined, lookups: Lookups): Lookups['supports'][number] | undefined {
  const [only, ...others] = text ? findSupports(text, lookups.supports) : []
  return others.length === 0 ? only : undefined
}

/** Opens the correction or completion of a registration; `asking` are the fields to go through. */
export function openAmendment(
  target: NonNullable<FormState['target']>,
  asking: readonly FieldKey[],
  options: Pick<OpenOptions, 'language' | 'province' | 'owner'>,
  at: Date,
  lookups: Lookups,
): FormStep {
  const form: FormState = {
    ...blank(options.owner, options.language, at),
    kind: 'amend',
    province: options.province,
    values: asking.length === 0 ? { ...target.values } : without(target.values, asking),
    asking: [...asking],
    target,
    at: asking.length === 0 ? 'which' : 'summary',
  }
  const opening = T.amendOpening(target.reference, options.language)
  if (asking.length > 0) return advance(form, at, lookups, [opening])
  return { form, reply: fixList(form, lookups, [opening]), effect: NONE }
}

/** Opens the self-assessment; `target` is the registration it was offered after, if any. */
export function openSurvey(
  target: FormState['target'],
  options: Pick<OpenOptions, 'language' | 'province' | 'owner'>,
  at: Date,
  lookups: Lookups,
): FormStep {
  const form: FormState = {
    ...blank(options.owner, options.language, at),
    kind: 'survey',
    province: options.province,
    asking: [...SEQUENCE.survey],
    target,
  }
  return advance(form, at, lookups, [T.surveyOpening[options.language]])
}

/** Goes on with a form that was stopped or interrupted; one older than 30 days is gone. */
export function resumeForm(kept: FormState, at: Date, lookups: Lookups): FormStep {
  if (isExpired(kept, at)) return expired(kept.language)
  const form = touched(kept, at)
  return { form, reply: pendingReply(form, lookups, [T.resumed[form.language]]), effect: NONE }
}

/** What a `#f:…` button means when no form is open. */
export function staleFormReply(language: Language): OutboundMessage {
  return message(T.staleNoForm[language], [])
}

function expired(language: Language): FormStep {
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
  return step(now, { raw: input.text, looksLikeQuestion: input.looksLikeQuestion }, at, lookups)
}

function press(form: FormState, send: string, at: Date, lookups: Lookups): FormStep {
  const [, tag, code = ''] = /^#f:([^:]+):(.+)$/.exec(send) ?? []
  if (tag !== tagOf(form)) return again(form, lookups, [T.stale[form.language]])
  const choice = /^c(\d)$/.exec(code)
  if (choice) {
    const picked = form.choices[Number(choice[1])]
    return picked
      ? accept(form, picked.field, picked.value, {}, [], at, lookups)
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
    case 'officer':
      return { form, reply: pendingReply(form, lookups, []), effect: { kind: 'officer' } }
    case 'send':
      return form.at === 'summary' ? submit(form, lookups) : again(form, lookups, [T.stale[form.language]])
    case 'more':
      return show({ ...form, page: form.page + 1 }, lookups)
    case 'fix':
      return show({ ...form, at: 'which', page: 0 }, lookups)
    case 'restart':
      return form.at === 'restart'
        ? restarted(form, at, lookups)
        : again(form, lookups, [T.stale[form.language]])
    case 'keep':
      return advance({ ...form, at: 'summary' }, at, lookups, [])
    case 'cancel':
    case 'back':
    case 'skip':
      return command(form, { kind: code }, '', at, lookups)
    default:
      return again(form, lookups, [T.stale[form.language]])
  }
}

function step(form: FormState, input: Typed, at: Date, lookups: Lookups): FormStep {
  const { raw, looksLikeQuestion } = input
  const text = cleanText(raw)
  const { language } = form
  if (text === '') return again(form, lookups, [T.problem.nothing[language]])
  if (form.at === 'consent') {
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
    return command(form, asked, text, at, lookups)
  }
  return answer(form, raw, text, looksLikeQuestion || /\?\s*$/.test(text), at, lookups)
}

interface Typed {
  readonly raw: string
  readonly looksLikeQuestion: boolean
}

/** Text at "start again?" and "which one?": a yes, a field's name, or simply the next answer. */
function aside(form: FormState, input: Typed, text: string, at: Date, lookups: Lookups): FormStep {
  const asked = readCommand(text)
  if (form.at === 'restart' && (readConfirm(text) || asked?.kind === 'restart'))
    return restarted(form, at, lookups)
  if (/^(?:giu lai|giu nguyen|keep|khong|ko|no|thoi)$/.test(plainKey(text)))
    return advance(form, at, lookups, [])
  if (asked) return command(form, asked, text, at, lookups)
  const named = form.at === 'which' ? readCommand(`sửa ${text}`) : null
  if (named?.kind === 'fix' && named.field !== null && wantedFields(form).has(named.field))
    return fix(form, named, text, at, lookups)
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

function command(form: FormState, asked: Command, text: string, at: Date, lookups: Lookups): FormStep {
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
      return skip(form, at, lookups)
    case 'review':
      return again(form, lookups, [joinLines(form)])
    case 'restart':
      return show({ ...form, at: 'restart' }, lookups)
    case 'resume':
      return form.at === 'restart' || form.at === 'refused'
        ? advance({ ...form, at: 'summary' }, at, lookups, [])
        : again(form, lookups, [])
    case 'help':
      return again(form, lookups, [T.help[language]])
    case 'fix':
      return fix(form, asked, text, at, lookups)
  }
}

function fix(
  form: FormState,
  { field, rest }: Extract<Command, { kind: 'fix' }>,
  text: string,
  at: Date,
  lookups: Lookups,
): FormStep {
  if (field === null) return show({ ...form, at: 'which', page: 0 }, lookups)
  if (!wantedFields(form).has(field)) return show({ ...form, at: 'which', page: 0 }, lookups)
  if (rest === '') return askAgain(form, field, lookups)
  const reading = readField(field, rest, contextOf(form, lookups))
  if (reading.kind === 'value')
    return accept(form, field, reading.value, reading.also ?? {}, noteOf(reading, form.language), at, lookups)
  if (text.length > SHORT_MOST && isFieldKey(form.at)) return answer(form, text, text, false, at, lookups)
  return take(moved(form, { at: field, tries: 0 }), field, reading, at, lookups)
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

function skip(form: FormState, at: Date, lookups: Lookups): FormStep {
  if (form.at === 'which' || form.at === 'restart')
    return advance({ ...form, at: 'summary' }, at, lookups, [])
  if (!isFieldKey(form.at)) return again(form, lookups, [T.required[form.language]])
  if (form.values[form.at] !== undefined) return advance(form, at, lookups, []) // answered before: it stays
  if (!isOptional(form.kind, form.at)) return again(form, lookups, [T.required[form.language]])
  return advance(
    { ...form, skipped: [...form.skipped, form.at], trail: [...form.trail, form.at].slice(-60) },
    at,
    lookups,
    [],
  )
}

/** A message that is no command: values for other fields are taken along, the rest answers the pending question. */
function answer(
  form: FormState,
  raw: string,
  text: string,
  question: boolean,
  at: Date,
  lookups: Lookups,
): FormStep {
  const { form: filled, notes, rest, settled, pendingReading } = takeExtras(form, raw, lookups)
  const pending = filled.at
  if (pendingReading && isFieldKey(pending)) {
    const next = take(filled, pending, pendingReading, at, lookups, notes)
    return question && settled
      ? { ...next, effect: next.effect.kind === 'none' ? { kind: 'question' } : next.effect }
      : next
  }
  if (question && (!isFieldKey(pending) || !directAnswer(filled, pending, text, lookups))) {
    const kept = settled ? advance(filled, at, lookups, notes) : again(filled, lookups, [])
    return kept.effect.kind === 'none' ? { ...kept, effect: { kind: 'question' } } : kept
  }
  if (!isFieldKey(pending)) return unclear(filled, settled, notes, at, lookups)
  if (filled.values[pending] !== undefined && form.values[pending] === undefined)
    return advance(filled, at, lookups, notes)
  const alone = !settled && notes.length === 0
  const own = alone ? text : rest.join(', ')
  if (own === '' && (settled || notes.length > 0))
    return settled ? advance(filled, at, lookups, notes) : again(filled, lookups, notes)
  return take(filled, pending, readField(pending, own, contextOf(filled, lookups)), at, lookups, notes)
}

function unclear(form: FormState, settled: boolean, notes: string[], at: Date, lookups: Lookups): FormStep {
  if (settled) return advance({ ...form, at: 'summary' }, at, lookups, notes)
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

interface Extras {
  readonly form: FormState
  readonly notes: string[]
  readonly rest: readonly string[]
  /** Something was taken. */
  readonly settled: boolean
  /** The message held an explicit answer to the pending question, good or bad. */
  readonly pendingReading: Reading | null
}

function takeExtras(form: FormState, raw: string, lookups: Lookups, opening = false): Extras {
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
    notes.push(
      before
        ? T.changed(LABELS[field][language].toLowerCase(), before.label, reading.value.label, language)
        : `${T.taken[language]}${LABELS[field][language]}: ${reading.value.label}`,
    )
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

function take(
  form: FormState,
  field: FieldKey,
  reading: Reading,
  at: Date,
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
        at,
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

function accept(
  form: FormState,
  field: FieldKey,
  value: Value,
  also: Values,
  notes: string[],
  at: Date,
  lookups: Lookups,
): FormStep {
  const { language } = form
  const before = form.values[field]
  const values: Values = { ...form.values, ...also, [field]: value }
  if (field === 'support' && before?.value !== value.value) delete values.class
  const changed = before !== undefined && before.value !== value.value
  const label = LABELS[field][language]
  const line = changed
    ? T.changed(label.toLowerCase(), before.label, value.label, language)
    : `${T.taken[language]}${label}: ${value.label}`
  const next = moved(form, {
    values,
    province: values.province?.value ?? form.province,
    kind: kindFor(form, values, lookups),
    trail: [...form.trail.filter((key) => key !== field), field].slice(-60),
    skipped: form.skipped.filter((key) => key !== field),
    at: 'summary',
  })
  const extra = field === 'support' ? openingNotes(next, lookups) : []
  return advance(next, at, lookups, [line, ...notes, ...extra])
}

function kindFor(form: FormState, values: Values, lookups: Lookups): FormState['kind'] {
  if (form.kind === 'amend' || form.kind === 'survey') return form.kind
  const support = lookups.supports.find(({ key }) => key === values.support?.value)
  return values.class !== undefined || support?.signup === 'training' ? 'training' : 'interest'
}

/** The next open question, then consent, then the summary. */
function advance(form: FormState, at: Date, lookups: Lookups, notes: string[]): FormStep {
  const next = ask(moved(form, { at: nextOf(form, lookups), tries: 0 }), lookups)
  return { form: next, reply: pendingReply(next, lookups, notes), effect: NONE }
}

function nextOf(form: FormState, lookups: Lookups): FormState['at'] {
  const open = sequenceOf(form).find((field) => {
    if (form.values[field] !== undefined || form.skipped.includes(field)) return false
    return field !== 'class' || lookups.classes.length > 0
  })
  if (open) return open
  const needsConsent = form.kind === 'interest' || form.kind === 'training'
  return needsConsent && form.consent?.version !== lookups.consent.version ? 'consent' : 'summary'
}

function sequenceOf(form: FormState): readonly FieldKey[] {
  return form.kind === 'amend' || form.kind === 'survey' ? form.asking : SEQUENCE[form.kind]
}

/** Fields that may be given or corrected in this form. */
function wantedFields(form: FormState): ReadonlySet<FieldKey> {
  if (form.kind === 'survey') return new Set(form.asking)
  const target = Object.keys(form.values) as FieldKey[]
  if (form.kind === 'amend') {
    const fixed: readonly FieldKey[] = ['province', 'support', 'class']
    return new Set([...form.asking, ...target.filter((field) => !fixed.includes(field)), 'need'])
  }
  return new Set([...SEQUENCE[form.kind], 'need', 'email', 'tax_code', 'product', 'role', ...target])
}

function consented(
  form: FormState,
  reply: string,
  via: 'typed' | 'pressed',
  at: Date,
  lookups: Lookups,
): FormStep {
  if (form.at !== 'consent') return again(form, lookups, [T.stale[form.language]])
  const consent = { version: lookups.consent.version, reply, via, at: at.toISOString() }
  return advance({ ...form, consent }, at, lookups, [])
}

function refused(form: FormState, lookups: Lookups): FormStep {
  if (form.at !== 'consent' && form.at !== 'refused') return again(form, lookups, [T.stale[form.language]])
  return show({ ...form, at: 'refused', consent: null }, lookups)
}

function restarted(form: FormState, at: Date, lookups: Lookups): FormStep {
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
    at,
    lookups,
    [],
  )
}

function submit(form: FormState, lookups: Lookups): FormStep {
  const needsConsent = form.kind === 'interest' || form.kind === 'training'
  if (nextOf(form, lookups) !== 'summary' || (needsConsent && form.consent === null))
    return show(form, lookups)
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

function show(form: FormState, lookups: Lookups): FormStep {
  const next = ask(moved(form, {}), lookups)
  return { form: next, reply: pendingReply(next, lookups, []), effect: NONE }
}

/** The pending question again, with its old buttons: nothing was changed, so they stay valid. */
function again(form: FormState, lookups: Lookups, notes: string[]): FormStep {
  return { form, reply: pendingReply(form, lookups, notes), effect: NONE }
}

function moved(form: FormState, change: Partial<FormState>): FormState {
  return { ...form, choices: [], ask: null, ...change, step: form.step + 1 }
}

function touched(form: FormState, at: Date): FormState {
  return { ...form, touchedAt: at.toISOString() }
}

function blank(owner: string, language: Language, at: Date): FormState {
  return {
    schema: 1,
    kind: 'interest',
    key: `${owner.slice(0, 40)}:${at.getTime().toString(36)}`,
    step: 0,
    language,
    province: null,
    values: {},
    asking: [],
    skipped: [],
    at: 'summary',
    trail: [],
    choices: [],
    ask: null,
    tries: 0,
    page: 0,
    consent: null,
    target: null,
    openedAt: at.toISOString(),
    touchedAt: at.toISOString(),
  }
}

/** What the buttons of the present question carry: the filling of the form and its step. */
export function tagOf(form: FormState): string {
  return `${form.key.slice(form.key.lastIndexOf(':') + 1)}-${form.step}`
}

function without(values: Values, fields: readonly FieldKey[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => !fields.includes(field as FieldKey)),
  ) as Values
}

function isFieldKey(at: FormState['at']): at is FieldKey {
  return !['consent', 'summary', 'which', 'restart', 'name_or_cancel', 'refused'].includes(at)
}

function noteOf(reading: Extract<Reading, { kind: 'value' }>, language: Language): string[] {
  return reading.note ? [reading.note[language]] : []
}

function message(text: string, actions: OutboundMessage['actions']): OutboundMessage {
  return { text, citations: [], actions }
}
