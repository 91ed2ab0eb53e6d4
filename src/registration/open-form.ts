import { plainKey } from '../vietnamese/names.ts'
import { SEQUENCE } from './fields.ts'
import { expired } from './form.ts'
import { type FormState, isExpired, touched } from './form-state.ts'
import { findSupports, type Lookups, type SupportChoice } from './lookups.ts'
import { advance, type FormStep, message, NONE, openingNotes, takeExtras, without } from './moves.ts'
import { fixList, pendingReply } from './prompts.ts'
import { T } from './texts.ts'
import type { FieldKey, Language, Values } from './values.ts'

/** How a form begins: a sign-up, a correction or completion, the self-assessment, a form taken up again. */

export interface OpenOptions {
  readonly support: string | null
  /** The support talked about before; taken when neither `support` nor the text names one. */
  readonly carried?: string | null
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

/** Opens a sign-up. The kind follows from the class and the support type. A type without sign-up opens nothing. */
export function openForm(options: OpenOptions, at: Date, lookups: Lookups): FormStep {
  const { language } = options
  const chosen = lookups.classes.find(({ id }) => id === options.classId)
  const byKey = (key: string | null | undefined) => lookups.supports.find((support) => support.key === key)
  const named =
    byKey(chosen?.support) ??
    classWanted(options, lookups) ??
    byKey(options.support) ??
    supportIn(options.text, lookups) ??
    byKey(options.carried)
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
  return advance(filled, lookups, [...lines, ...notes])
}

function supportIn(text: string | undefined, lookups: Lookups): SupportChoice | undefined {
  const [only, ...others] = text ? findSupports(text, lookups.supports) : []
  return others.length === 0 ? only : undefined
}

const CLASS_WORDS = /\b(?:hoc lop|lop hoc|di hoc|khoa hoc|lop nscl|hoc vien|tham gia lop|du lop|vao lop)\b/

/** "Học lớp …" is a wish for a class, whatever guess was made about it, unless the text itself names the guess. */
function classWanted({ support, text = '' }: OpenOptions, lookups: Lookups): SupportChoice | undefined {
  const guessed = lookups.supports.find(({ key }) => key === support)
  if (guessed?.signup === 'training' || !CLASS_WORDS.test(plainKey(text))) return undefined
  if (findSupports(text, lookups.supports).some(({ key }) => key === support)) return undefined
  return supportIn(text, lookups) ?? lookups.supports.find(({ key }) => key === 'training_class')
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
  if (asking.length > 0) return advance(form, lookups, [opening])
  return { form, reply: fixList(form, lookups, [opening]), effect: NONE }
}

/** A correction whose new answers are known already; only "save" is left to say. */
export function amendmentFrom(
  target: NonNullable<FormState['target']>,
  values: Values,
  options: Pick<OpenOptions, 'language' | 'province' | 'owner'>,
  at: Date,
  lookups: Lookups,
): FormStep {
  const form: FormState = {
    ...blank(options.owner, options.language, at),
    kind: 'amend',
    province: options.province,
    values,
    target,
  }
  return advance(form, lookups, [T.amendOpening(target.reference, options.language)])
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
  return advance(form, lookups, [T.surveyOpening[options.language]])
}

/** Goes on with a form that was stopped or interrupted; one older than 30 days is gone. */
export function resumeForm(kept: FormState, at: Date, lookups: Lookups): FormStep {
  if (isExpired(kept, at)) return expired(kept.language)
  const form = touched(kept, at)
  return { form, reply: pendingReply(form, lookups, [T.resumed[form.language]]), effect: NONE }
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
