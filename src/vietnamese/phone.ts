import { findPhoneNumbersInText, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** A telephone number people can be called back on, or the reason why it is none. */
export type PhoneReading =
  | { ok: true; e164: string; kind: 'mobile' | 'fixed' | 'other' }
  /** A mobile number from before 15/9/2018: `suggestion` has today's prefix, for the person to confirm. */
  | { ok: false; reason: 'old_prefix'; suggestion: string }
  | { ok: false; reason: 'too_short' | 'too_long' | 'service' | 'unknown'; digits: number }

/**
 * The 11-digit mobile prefixes and what replaced them between 15/9 and 14/11/2018 (the ministry's plan of 23/5/2018).
 * A suggestion only: numbers were given anew since, so the person confirms.
 */
// biome-ignore format: one operator a line reads as the table it is
const OLD_PREFIXES: Readonly<Record<string, string>> = {
  '0120': '070', '0121': '079', '0122': '077', '0126': '076', '0128': '078',
  '0123': '083', '0124': '084', '0125': '085', '0127': '081', '0129': '082',
  '0162': '032', '0163': '033', '0164': '034', '0165': '035', '0166': '036', '0167': '037', '0168': '038', '0169': '039',
  '0186': '056', '0188': '058', '0199': '059',
}

/** Reads one telephone number in any usual spelling (0912 345 678, +84-912…, 84912…). Foreign numbers need their +. */
export function readPhone(text: string): PhoneReading {
  const digits = text.replace(/\D/g, '')
  const old = oldMobile(digits)
  if (old !== null) return { ok: false, reason: 'old_prefix', suggestion: old }
  const number = parsePhoneNumberFromString(text.trim().replace(/^00(?=[1-9])/, '+'), 'VN')
  if (number?.isValid()) {
    const type = number.getType()
    if (type === 'PREMIUM_RATE' || type === 'TOLL_FREE' || type === 'SHARED_COST') {
      return { ok: false, reason: 'service', digits: digits.length }
    }
    const kind = type === 'MOBILE' ? 'mobile' : type === 'FIXED_LINE' ? 'fixed' : 'other'
    return { ok: true, e164: number.number, kind }
  }
  const national = digits.startsWith('84') && digits.length >= 10 ? digits.length - 1 : digits.length
  const reason = national < 10 ? 'too_short' : national > 11 ? 'too_long' : 'unknown'
  return { ok: false, reason, digits: digits.length }
}

function oldMobile(digits: string): string | null {
  const national = digits.startsWith('84') ? `0${digits.slice(2)}` : digits
  if (national.length !== 11) return null
  const prefix = OLD_PREFIXES[national.slice(0, 4)]
  return prefix === undefined ? null : prefix + national.slice(4)
}

/** Something in a message that looks like a telephone number, right or wrong, with where it stands. */
export interface PhoneSpan {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly reading: PhoneReading
}

const CANDIDATE = /(?<![\p{L}\d])(?:\+|00)?\d(?:[ .()-]{0,2}\d){7,14}(?![\p{L}\d])/gu

/** Numbers in running text, in order. Twelve-digit codes and dates are left alone unless they read as a number. */
export function findPhones(text: string): PhoneSpan[] {
  const spans: PhoneSpan[] = []
  for (const match of text.matchAll(CANDIDATE)) {
    const reading = readPhone(match[0])
    const identity = match[0].replace(/\D/g, '').length === 12 // a personal code, not a slip in a number
    if (!reading.ok && (identity || !/^(?:\+?84|0)/.test(match[0].trim()))) continue
    spans.push({ text: match[0], start: match.index, end: match.index + match[0].length, reading })
  }
  if (spans.length > 0) return spans
  return findPhoneNumbersInText(text, 'VN').map(({ startsAt, endsAt, number }) => {
    const written = text.slice(startsAt, endsAt)
    return { text: written, start: startsAt, end: endsAt, reading: readPhone(number.number) }
  })
}

/** As people here write it: "0912 345 678"; a foreign number keeps its country code. */
export function showPhone(e164: string): string {
  const number = parsePhoneNumberFromString(e164)
  if (!number) return e164
  return number.country === 'VN' ? number.formatNational() : number.formatInternational()
}

/** For lists: the first four and the last three digits ("0912 *** 678"). */
export function maskPhone(e164: string): string {
  const shown = showPhone(e164).replace(/[^\d+]/g, '')
  return shown.length < 8 ? '***' : `${shown.slice(0, 4)} *** ${shown.slice(-3)}`
}
