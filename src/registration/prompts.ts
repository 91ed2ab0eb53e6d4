import type { Action, OutboundMessage } from '../channel/message.ts'
import { choicesOf, isOptional, type ReadContext, shorten } from './fields.ts'
import { type FormState, tagOf } from './form-state.ts'
import { areaOf, type ConsentText, type Lookups } from './lookups.ts'
import { LABELS, OPTIONS, QUESTIONS, T } from './texts.ts'
import type { FieldKey, Value } from './values.ts'

/** The text this form asks agreement to; a correction stands on the consent already given. */
export function consentOf({ kind }: FormState, { consents }: Lookups): ConsentText | null {
  return kind === 'amend' ? null : kind === 'survey' ? consents.survey : consents.registration
}

/** What the form says: the pending question with its buttons, the summary, the list of fields to correct. */

/** Channels split longer text; a form question never needs it. */
const MOST_CHARACTERS = 2_000
const MOST_BUTTONS = 5
const FIXES_PER_PAGE = 4

export function contextOf(form: FormState, lookups: Lookups): ReadContext {
  return { language: form.language, province: form.province, values: form.values, tries: form.tries, lookups }
}

/** Puts the known answers of the pending question into the form, so that its buttons mean the same after a restart. */
export function ask(form: FormState, lookups: Lookups): FormState {
  const { at } = form
  if (form.choices.length > 0 || !(at in LABELS)) return form
  const field = at as FieldKey
  const choices = choicesOf(field, contextOf(form, lookups)).map(({ value }) => ({ field, value }))
  return { ...form, choices }
}

/** The pending question, after `notes` (what was taken, what went wrong). */
export function pendingReply(form: FormState, lookups: Lookups, notes: readonly string[]): OutboundMessage {
  const { language, at } = form
  switch (at) {
    case 'consent':
      return reply(form, notes, consentOf(form, lookups)?.[language] ?? '', [
        { label: T.consentAgree[language], code: 'agree' },
        { label: T.consentRefuse[language], code: 'refuse' },
        { label: T.fix[language], code: 'fix' },
        { label: T.cancel[language], code: 'cancel' },
      ])
    case 'summary':
      return summary(form, notes)
    case 'which':
      return fixList(form, lookups, notes)
    case 'restart':
      return reply(form, notes, T.restartAsk[language], [
        { label: T.restart[language], code: 'restart' },
        { label: T.keep[language], code: 'keep' },
      ])
    case 'refused':
      return reply(form, notes, T.refused[language], [
        { label: T.readAgain[language], code: 'read' },
        { label: T.officer[language], code: '#officer' },
        { label: T.discard[language], code: 'discard' },
      ])
    case 'name_or_cancel': {
      const written = form.choices[0]?.value.label ?? ''
      return reply(form, notes, T.nameOrCancel(written, language), [
        { label: shorten(T.itIsAName(written, language)), code: 'c0' },
        { label: T.cancel[language], code: 'cancel' },
      ])
    }
    default:
      return question(form, at, lookups, notes)
  }
}

function question(
  form: FormState,
  field: FieldKey,
  lookups: Lookups,
  notes: readonly string[],
): OutboundMessage {
  const { language } = form
  const known = choicesOf(field, contextOf(form, lookups))
  const buttons = form.choices.slice(0, MOST_BUTTONS).map(({ value }, i) => {
    const short = known.find((choice) => choice.value.value === value.value)?.label
    return { label: shorten(short ?? choiceLabel(field, value, form.choices), 54), code: `c${i}` }
  })
  if (form.values[field] !== undefined || isOptional(form.kind, field)) {
    buttons.push({
      label: form.values[field] === undefined ? T.skip[language] : T.keep[language],
      code: 'skip',
    })
  }
  if (form.trail.length > 0) buttons.push({ label: T.back[language], code: 'back' })
  else if (
    form.values.support &&
    field !== 'support' &&
    (form.kind === 'interest' || form.kind === 'training')
  )
    buttons.push({ label: T.otherSupport[language], code: 'x_support' })
  buttons.push({ label: T.cancel[language], code: 'cancel' })
  const out = reply(form, notes, form.ask ?? questionText(form, field, lookups), buttons)
  return field === 'phone' && form.ask === null ? { ...out, ask: 'contact' } : out
}

/** A commune's button shows the old name that was typed, and the province only where the choice crosses provinces. */
function choiceLabel(field: FieldKey, value: Value, choices: FormState['choices']): string {
  if (field !== 'commune') return value.label
  const provinces = new Set(choices.map((choice) => choice.value.label.split(', ').at(-1)))
  if (value.value === '' || provinces.size > 1) return value.label.replace(/, (?:tỉnh|thành phố) /, ', ')
  return value.label.replace(/,[^,]*$/, '')
}

function questionText(form: FormState, field: FieldKey, lookups: Lookups): string {
  const text = QUESTIONS[field][form.language]
  if (field !== 'commune') return text
  // An example from the person's own area helps more than one from elsewhere.
  const { provinceCode, formerProvince } = areaOf(lookups, form.province)
  const near = lookups.places.communes.find(
    (unit) =>
      unit.provinceCode === provinceCode &&
      unit.formerProvince === formerProvince &&
      unit.name.startsWith('Xã'),
  )
  return near ? text.replace('xã Phước Hữu', near.name.replace(/^Xã/, 'xã')) : text
}

function summary(form: FormState, notes: readonly string[]): OutboundMessage {
  const { language, kind } = form
  const foot = kind === 'amend' ? T.amendFoot : kind === 'survey' ? T.surveyFoot : T.summaryFoot
  const send = kind === 'amend' ? T.save : kind === 'survey' ? T.sendSurvey : T.send
  return reply(form, notes, `${T.summaryHead[language]}\n${joinLines(form)}\n${foot[language]}`, [
    { label: send[language], code: 'send' },
    { label: T.fix[language], code: 'fix' },
    { label: T.cancel[language], code: 'cancel' },
  ])
}

const ORDER = Object.keys(LABELS) as FieldKey[]

/** The answers so far, one a line; for a correction also what stood there before. */
export function joinLines(form: FormState): string {
  const { language, values, target, kind } = form
  const lines = ORDER.flatMap((field) => {
    const value = values[field]
    if (value === undefined) return []
    const before = kind === 'amend' ? target?.values[field] : undefined
    const was =
      before && before.value !== value.value
        ? ` (${language === 'vi' ? 'trước' : 'was'}: ${shorten(before.label, 80)})`
        : ''
    return [`• ${LABELS[field][language]}: ${shorten(inLanguage(field, value, form), 160)}${was}`]
  })
  return lines.length === 0 ? '—' : lines.join('\n')
}

function inLanguage(field: FieldKey, value: Value, { language }: FormState): string {
  return OPTIONS[field]?.find((option) => option.value === value.value)?.label[language] ?? value.label
}

/** Which field to correct, four a page. */
export function fixList(form: FormState, lookups: Lookups, notes: readonly string[]): OutboundMessage {
  const { language } = form
  const fixed: readonly FieldKey[] = form.kind === 'amend' ? ['province', 'support', 'class'] : ['province']
  const filled = ORDER.filter((field) => form.values[field] !== undefined && !fixed.includes(field))
  const fields = filled.filter((field) => field !== 'class' || lookups.classes.length > 0)
  const pages = Math.max(1, Math.ceil(fields.length / FIXES_PER_PAGE))
  const start = (form.page % pages) * FIXES_PER_PAGE
  const buttons = fields
    .slice(start, start + FIXES_PER_PAGE)
    .map((field) => ({ label: LABELS[field][language], code: `x_${field}` }))
  if (pages > 1) buttons.push({ label: T.others[language], code: 'more' })
  else buttons.push({ label: T.back[language], code: 'keep' })
  return reply(form, notes, `${T.whichFix[language]}\n${joinLines(form)}`, buttons)
}

function reply(
  form: FormState,
  notes: readonly string[],
  text: string,
  buttons: readonly { label: string; code: string }[],
): OutboundMessage {
  const tag = tagOf(form)
  const actions: Action[] = buttons
    .slice(0, MOST_BUTTONS)
    .map(({ label, code }) => ({ label, send: code.startsWith('#') ? code : `#f:${tag}:${code}` }))
  return { text: fitted(notes, text), citations: [], actions }
}

/** The question is always whole; what was noted before it is cut when both together are too long. */
function fitted(notes: readonly string[], text: string): string {
  const question = text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`
  let head = ''
  for (const note of notes) {
    const line = shorten(note, 600)
    if (line !== '' && head.length + line.length + question.length + 2 < MOST_CHARACTERS) head += `${line}\n`
  }
  return head === '' ? question : `${head}${head.length > 200 ? '\n' : ''}${question}`
}
