import { z } from 'zod'
import { guessEnterpriseType, plainKey } from '../vietnamese/names.ts'
import { findPhones, readPhone, showPhone } from '../vietnamese/phone.ts'
import type { CommuneMatch } from '../vietnamese/places.ts'
import { readTaxCode } from '../vietnamese/tax-code.ts'
import { cleanText } from '../vietnamese/text.ts'
import { EMPTY_ANSWER } from './commands.ts'
import { areaOf, findSupports, type Lookups } from './lookups.ts'
import { type Bilingual, OPTIONS, T } from './texts.ts'
import type { FieldKey, Language, Value, Values } from './values.ts'

/** How one answer is read: taken, taken after a choice, or refused with the reason and an example. */
export type Reading =
  | { kind: 'value'; value: Value; also?: Values; note?: Bilingual }
  | { kind: 'choose'; ask: string; choices: Choice[] }
  | { kind: 'problem'; why: string; keep?: Value }

export interface Choice {
  readonly label: string
  readonly value: Value
  readonly also?: Values
}

export interface ReadContext {
  readonly language: Language
  readonly province: string | null
  readonly values: Values
  readonly tries: number
  readonly lookups: Lookups
}

export type FormKind = 'interest' | 'training' | 'amend' | 'survey'

/** The short first form per kind; what is asked later (Cần bổ sung) is named by the officer. */
export const SEQUENCE: Readonly<Record<'interest' | 'training' | 'survey', readonly FieldKey[]>> = {
  interest: ['province', 'support', 'enterprise', 'enterprise_type', 'contact', 'phone', 'commune'],
  training: [
    'province',
    'support',
    'class',
    'enterprise',
    'enterprise_type',
    'trainees',
    'contact',
    'phone',
    'commune',
  ],
  survey: [
    'certificates',
    'tools',
    'sector',
    'workers',
    'revenue',
    'capital',
    'product',
    'market',
    'problem',
  ],
}

/** What an officer can ask for on top, in the order of domain facts 3.2. */
export const REQUESTABLE: readonly FieldKey[] = [
  'tax_code',
  'email',
  'role',
  'product',
  'sector',
  'workers',
  'women_workers',
  'revenue',
  'capital',
  'women_owned',
  'certificates',
  'problem',
  'need',
  'start',
  'cofund',
  'previous',
  'trainees',
  'enterprise',
  'contact',
  'phone',
  'commune',
]

/** Optional in every kind: everything that is not in the short form. */
export function isOptional(kind: FormKind, field: FieldKey): boolean {
  return kind === 'survey' || !SEQUENCE.training.includes(field)
}

/** Reads a whole message as the answer to one field. Never throws, whatever the text. */
export function readField(field: FieldKey, text: string, ctx: ReadContext): Reading {
  const clean = cleanText(text)
  switch (field) {
    case 'phone':
      return readPhoneField(clean, ctx.language)
    case 'commune':
      return readCommune(clean, ctx)
    case 'support':
      return readSupport(clean, ctx)
    case 'province':
      return readProvince(clean, ctx)
    case 'class':
      return readClass(clean, ctx)
    case 'enterprise':
      return readEnterprise(clean, ctx.language)
    case 'contact':
      return readContact(clean, ctx)
    case 'trainees':
      return readNumber(clean, 1, 200, T.problem.trainees, ctx.language)
    case 'workers':
    case 'women_workers':
      return readNumber(clean, 0, 100_000, T.problem.number, ctx.language)
    case 'tax_code':
      return readTax(clean, ctx.language)
    case 'email':
      return readEmail(clean, ctx.language)
    default:
      return OPTIONS[field] ? readOption(field, clean, ctx.language) : readFree(clean, ctx.language)
  }
}

/** The buttons of a field whose answers are known beforehand; empty for open questions. */
export function choicesOf(field: FieldKey, ctx: Omit<ReadContext, 'tries'>): Choice[] {
  const { language, lookups } = ctx
  if (field === 'province') {
    return lookups.provinces
      .slice(0, 4)
      .map(({ code, name }) => ({ label: name, value: { value: code, label: name } }))
  }
  if (field === 'support') {
    return lookups.featured
      .map((key) => lookups.supports.find((support) => support.key === key))
      .filter((support) => support !== undefined)
      .slice(0, 4)
      .map(supportChoice)
  }
  if (field === 'class')
    return classesFor(ctx)
      .slice(0, 4)
      .map((choice) => classChoice(choice, language))
  return (OPTIONS[field] ?? []).map(({ value, label }) => ({
    label: label[language],
    value: { value, label: label[language] },
  }))
}

function supportChoice({ key, name }: { key: string; name: string }): Choice {
  return { label: shorten(name), value: { value: key, label: name } }
}

/** Open classes that fit the support already named; a general wish to learn fits every class. */
function classesFor({ values, lookups }: Pick<ReadContext, 'values' | 'lookups'>): Lookups['classes'] {
  const support = values.support?.value
  const fitting = lookups.classes.filter((one) => one.support === support)
  return fitting.length > 0 ? fitting : lookups.classes
}

function classChoice(choice: Lookups['classes'][number], language: Language): Choice {
  const day = choice.startsAt
    ? `, ${choice.startsAt.toLocaleDateString(language === 'vi' ? 'vi-VN' : 'en-GB', { timeZone: 'Asia/Ho_Chi_Minh' })}`
    : ''
  return {
    label: shorten(choice.title),
    value: { value: choice.id, label: `${choice.title}${day}`.slice(0, 300) },
  }
}

export function shorten(text: string, most = 38): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`
}

function problem(text: Bilingual, language: Language): Reading {
  return { kind: 'problem', why: text[language] }
}

function taken(value: string, label = value): Reading {
  return { kind: 'value', value: { value: value.slice(0, 600), label: label.slice(0, 700) } }
}

function readPhoneField(text: string, language: Language): Reading {
  const spans = findPhones(text)
  const good = spans.find(({ reading }) => reading.ok)
  if (good?.reading.ok) return phoneValue(good.reading.e164)
  const reading = spans[0]?.reading ?? readPhone(text)
  if (reading.ok) return phoneValue(reading.e164)
  if (reading.reason === 'old_prefix') {
    const suggested = readPhone(reading.suggestion)
    if (!suggested.ok) return problem(T.phoneProblem.unknown, language)
    const shown = showPhone(suggested.e164)
    return {
      kind: 'choose',
      ask: T.oldPhone(spans[0]?.text ?? text, shown, language),
      choices: [{ label: shown, value: { value: suggested.e164, label: shown } }],
    }
  }
  return problem(reading.digits < 5 ? T.phoneProblem.none : T.phoneProblem[reading.reason], language)
}

/** A good number in the international form, shown the way people write it. */
export function phoneValue(e164: string): Extract<Reading, { kind: 'value' }> {
  return { kind: 'value', value: { value: e164, label: showPhone(e164) } }
}

function readCommune(text: string, ctx: ReadContext): Reading {
  return settleCommune(text, ctx.lookups.places.find(text, areaOf(ctx.lookups, ctx.province)), ctx)
}

/** One sure match is taken; several, a typing slip or a place outside the department's area become a question. */
export function settleCommune(written: string, matches: readonly CommuneMatch[], ctx: ReadContext): Reading {
  const { language, lookups, province } = ctx
  const short = shorten(written, 60)
  const unchecked: Choice = {
    label: T.keepCommune[language],
    value: { value: '', label: `${written.slice(0, 200)} ${T.communeUnchecked[language]}` },
  }
  const [first, ...others] = matches
  if (!first) {
    if (written.length < 2) return problem(T.problem.nothing, language)
    if (ctx.tries === 0) return { kind: 'problem', why: T.unknownCommune(short, language) }
    return { kind: 'choose', ask: T.unknownCommune(short, language), choices: [unchecked] }
  }
  const choices = matches
    .slice(0, 4)
    .map((match) => ({ label: match.commune.name, value: communeValue(match) }))
  if (others.length > 0) {
    const all =
      choices.length < matches.length
        ? `\n${matches
            .map((match) => communeValue(match).label)
            .join('; ')
            .slice(0, 600)}`
        : ''
    const more = ctx.tries > 0 ? [...choices, unchecked] : choices
    return { kind: 'choose', ask: T.chooseCommune(short, language) + all, choices: more }
  }
  const sure: Choice = { label: first.commune.name, value: communeValue(first) }
  if (first.via === 'similar' || first.via === 'district') {
    return {
      kind: 'choose',
      ask: T.confirmCommune(short, sure.value.label, language),
      choices: [sure, ...(ctx.tries > 0 ? [unchecked] : [])],
    }
  }
  const department = lookups.provinces.find(({ code }) => code === province)
  const area = department?.area
  const outside =
    area &&
    ((area.provinceCode !== undefined && first.commune.provinceCode !== area.provinceCode) ||
      (area.formerProvince !== undefined && first.commune.formerProvince !== area.formerProvince))
  if (outside && department) {
    return {
      kind: 'choose',
      ask: T.outsideArea(sure.value.label, department.name, language),
      choices: [sure],
    }
  }
  return { kind: 'value', value: sure.value }
}

function communeValue({ commune, former, via }: CommuneMatch): Value {
  const old = former === null || via === 'district' ? '' : ` (${former} cũ)`
  return { value: commune.code, label: `${commune.name}${old}, ${lowerFirst(commune.provinceName)}` }
}

function lowerFirst(name: string): string {
  return name.replace(/^(?:Tỉnh|Thành phố)/, (word) => word.toLowerCase())
}

function readSupport(text: string, { language, lookups }: ReadContext): Reading {
  const found = findSupports(text, lookups.supports)
  const open = found.filter(({ signup }) => signup !== 'none')
  if (open.length === 0) {
    const closed = found[0]
    return closed
      ? { kind: 'problem', why: T.noSignup(closed.name, language) }
      : problem(T.problem.support, language)
  }
  const [only, ...others] = open.map(supportChoice)
  if (only && others.length === 0) return { kind: 'value', value: only.value }
  return { kind: 'choose', ask: T.choose[language], choices: open.map(supportChoice) }
}

function readProvince(text: string, { language, lookups }: ReadContext): Reading {
  const key = ` ${plainKey(text)} `
  const named = lookups.provinces.find(
    ({ code, name }) => key.includes(` ${plainKey(name)} `) || plainKey(text) === plainKey(code),
  )
  if (named) return taken(named.code, named.name)
  const places = lookups.places.find(text)
  const fitting = lookups.provinces.filter(({ area }) =>
    places.some(
      ({ commune, via }) =>
        via !== 'similar' &&
        area?.provinceCode === commune.provinceCode &&
        (area.formerProvince === undefined || area.formerProvince === commune.formerProvince),
    ),
  )
  const [only] = fitting
  return only && fitting.length === 1 ? taken(only.code, only.name) : problem(T.problem.option, language)
}

function readClass(text: string, ctx: ReadContext): Reading {
  const key = plainKey(text)
  const open = classesFor(ctx)
  const number = /^(?:lop |so |class )?(\d{1,2})$/.exec(key)
  const byNumber = number ? open[Number(number[1]) - 1] : undefined
  const words = key.split(' ').filter((word) => word.length > 1 && !['lop', 'hoc', 'khoa'].includes(word))
  const fitting = byNumber
    ? [byNumber]
    : open.filter(
        ({ title }) =>
          words.length > 0 && words.every((word) => ` ${plainKey(title)} `.includes(` ${word} `)),
      )
  const [only, ...others] = fitting
  if (only && others.length === 0) return { kind: 'value', value: classChoice(only, ctx.language).value }
  const offered = (others.length > 0 ? fitting : open)
    .slice(0, 4)
    .map((one) => classChoice(one, ctx.language))
  return { kind: 'choose', ask: T.problem.option[ctx.language], choices: offered }
}

/** Small talk and replies to other questions; nobody is called so ("Dung", "Vàng" alone are names). */
const NO_NAME =
  /^(?:(?:da|da vang|vang a|ok|oke|okay|yes|no|khong|ko|duoc|alo|hi|hello|xin chao|chao|cam on|thank|thanks|thank you)(?: (?:a|em|ban|ad|shop|anh|chi|nhe))*|.*\bdong y\b.*|xac nhan|gui|gui di|giu lai|i agree|agree|confirm|submit|send)$/

function readEnterprise(text: string, language: Language): Reading {
  const name = stripQuotes(text.replace(/^(?:tên|ten)\s+(?:là|la|cơ sở là|công ty là)?\s*/iu, ''))
  if (!/\p{L}{2}/u.test(name) || NO_NAME.test(plainKey(text))) return problem(T.problem.enterprise, language)
  if (name.length > 200) return problem(T.problem.too_long, language)
  if (isGeneric(name)) return problem(T.problem.generic_name, language)
  return enterpriseValue(name, language)
}

const OWN_WORDS =
  'toi|tui|tao|em|minh|anh|chi|chu|co|bac|chau|con|ta|chung|bon|tui|ban|nha|ben|cua|cho|o|day|nay|ay|nho|moi|rieng|la|mot|a|ca|the|gia dinh|my|our|a|small'
const KINDS =
  'cong ty|cty|c ty|doanh nghiep|dn|dnnvv|htx|hop tac xa|to hop tac|tht|ho kinh doanh|hkd|ho|co so|cs|co so san xuat|trang trai|truong|truong hoc|benh vien|phong kham|don vi|xuong|quan|tiem|company|cooperative|business|enterprise|farm|school'
const GENERIC = new RegExp(`^(?:(?:${OWN_WORDS}) )*(?:${KINDS})(?: (?:${OWN_WORDS}))*$`)

/** "Công ty tui", "htx nhà em", "cty": who it is to the speaker, not what it is called ("HTX Minh" is a name). */
export function isGeneric(name: string): boolean {
  if (!GENERIC.test(plainKey(name))) return false
  const [, ...tail] = name.trim().split(/\s+/)
  return !tail.some(
    (word) => /^\p{Lu}\p{Ll}/u.test(word) && !GENERIC.test(plainKey(word)) && !KIND_WORD.test(plainKey(word)),
  )
}

const KIND_WORD = /^(?:ty|nghiep|tac|doanh|xa|trai|hoc|vien|kham|vi|so|xuat|san)$/

/** The name, with the kind when the name tells one. */
export function enterpriseValue(name: string, language: Language): Extract<Reading, { kind: 'value' }> {
  const type = guessEnterpriseType(name)
  const option = OPTIONS.enterprise_type?.find(({ value }) => value === type)
  const also: Values = option
    ? { enterprise_type: { value: option.value, label: option.label[language] } }
    : {}
  return { kind: 'value', value: { value: name.slice(0, 200), label: name.slice(0, 200) }, also }
}

const INTRODUCTION =
  /^(?:(?:dạ|da|vâng|vang)\s+)?(?:(?:tên|ten)\s+(?:tôi|em|mình|toi|minh|anh|chị)?\s*(?:là|la)?\s*|(?:tôi|em|mình|toi|minh|anh|chị|chi|cô|chú)\s+(?:tên|ten)\s*(?:là|la)?\s*|(?:tôi|em|mình|toi|minh)\s+(?:là|la)\s+|my name is\s+|i am\s+|i'm\s+|(?:người\s+)?liên hệ(?:\s+(?:với|tên|là))?\s*:?\s*)/iu

function readContact(text: string, { language, values }: ReadContext): Reading {
  const name = stripQuotes(text.replace(INTRODUCTION, '')).replace(/\s+(?:ạ|nhé|nha|nhe|đó|nghen)$/iu, '')
  if (!/\p{L}{2}/u.test(name) || /\d{3}/.test(name) || NO_NAME.test(plainKey(text)))
    return problem(T.problem.name, language)
  if (name.length > 80) return problem(T.problem.too_long, language)
  const enterprise = values.enterprise?.value
  if (enterprise && plainKey(enterprise) === plainKey(name)) return problem(T.problem.name, language)
  return taken(name)
}

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
  tu: 4,
  nam: 5,
  sau: 6,
  bay: 7,
  tam: 8,
  chin: 9,
  muoi: 10,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
}

function readNumber(text: string, least: number, most: number, why: Bilingual, language: Language): Reading {
  const key = plainKey(text.replace(/(?<=\d)[.,](?=\d{3}\b)/g, ''))
  const digits = key.match(/\d+/g)
  const word = key.split(' ').find((one) => one in NUMBER_WORDS)
  const value = digits
    ? digits.length === 1
      ? Number(digits[0])
      : Number.NaN
    : word
      ? NUMBER_WORDS[word]
      : undefined
  if (
    value === undefined ||
    Number.isNaN(value) ||
    value < least ||
    value > most ||
    /^-|(?<=\s)-\d/.test(text)
  )
    return problem(why, language)
  return taken(String(value))
}

function readTax(text: string, language: Language): Reading {
  const reading = readTaxCode(text)
  if (!reading.ok) return problem(T.problem.tax_code, language)
  const label = reading.form === 'personal' ? `*********${reading.code.slice(-3)}` : reading.code
  const value = { value: reading.code, label }
  return reading.checkDigit === 'wrong'
    ? { kind: 'value', value, note: T.taxWarning }
    : { kind: 'value', value }
}

function readEmail(text: string, language: Language): Reading {
  const found = EMAIL.exec(text)?.[0].toLowerCase()
  return found && z.email().max(200).safeParse(found).success
    ? taken(found)
    : problem(T.problem.email, language)
}

export const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/

function readOption(field: FieldKey, text: string, language: Language): Reading {
  const key = plainKey(text).replace(/ (?:a|nhe|nha)$/, '')
  const options = OPTIONS[field] ?? []
  const exact = options.find(({ label, words }) =>
    [plainKey(label.vi), plainKey(label.en), ...words].includes(key),
  )
  const inside = options.filter(({ words }) =>
    words.some((word) => word.length > 3 && ` ${key} `.includes(` ${word} `)),
  )
  const hit = exact ?? (inside.length === 1 ? inside[0] : undefined)
  return hit ? taken(hit.value, hit.label[language]) : problem(T.problem.option, language)
}

function readFree(text: string, language: Language): Reading {
  if (EMPTY_ANSWER.test(plainKey(text))) return taken(text)
  if (!/[\p{L}\d]/u.test(text)) return problem(T.problem.nothing, language)
  if (text.length > 500) return problem(T.problem.too_long, language)
  return taken(text)
}

function stripQuotes(text: string): string {
  return text.replace(/^[\s"'“”«»:.,;-]+|[\s"'“”«»:,;]+$/gu, '')
}
