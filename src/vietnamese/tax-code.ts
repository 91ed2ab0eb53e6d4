/**
 * Tax codes: 10 digits (organisation), 10-3 (dependent unit), 12 digits (a person's own identity number, used by
 * households and household businesses since 1/7/2025, Circular 86/2024/TT-BTC): personal data, masked and sealed.
 */
export type TaxCodeReading =
  | {
      ok: true
      code: string
      form: 'organisation' | 'dependent' | 'personal'
      checkDigit: 'right' | 'wrong' | 'none'
    }
  | { ok: false; digits: number }

/** Reads a tax code with or without spaces, dots and the dash. A wrong check digit is a warning, not an error. */
export function readTaxCode(text: string): TaxCodeReading {
  const written = text.replace(/^\D+/, '').trim()
  const digits = written.replace(/[\s.-]/g, '')
  if (!/^\d+$/.test(digits)) return { ok: false, digits: text.replace(/\D/g, '').length }
  switch (digits.length) {
    case 10:
      return { ok: true, code: digits, form: 'organisation', checkDigit: checkDigit(digits) }
    case 13:
      return {
        ok: true,
        code: `${digits.slice(0, 10)}-${digits.slice(10)}`,
        form: 'dependent',
        checkDigit: checkDigit(digits.slice(0, 10)),
      }
    case 12:
      return { ok: true, code: digits, form: 'personal', checkDigit: 'none' }
    default:
      return { ok: false, digits: digits.length }
  }
}

const WEIGHTS = [31, 29, 23, 19, 17, 13, 7, 5, 3]

/** Tenth digit = 10 - (weighted sum mod 11); known from use, not from a text of law, hence only a warning. */
function checkDigit(code: string): 'right' | 'wrong' {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(code[i]), 0)
  return 10 - (sum % 11) === Number(code[9]) ? 'right' : 'wrong'
}

/** For lists and for the person's own screen: a 12-digit code is an identity number and shows its last three only. */
export function maskTaxCode(code: string): string {
  return /^\d{12}$/.test(code) ? `*********${code.slice(-3)}` : code
}
