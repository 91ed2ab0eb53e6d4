import { randomInt } from 'node:crypto'
import { hashPassword, verifyPassword } from 'better-auth/crypto'

/** What a password must be, and how one-time passwords look. Pure but for the randomness of `oneTimePassword`. */

export const WITH_SECOND_FACTOR = 8
export const WITHOUT_SECOND_FACTOR = 14
const LONGEST = 200

/** Letters and digits that cannot be mistaken for each other when read from a screen or over the phone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five: about 99 bits. */
export function oneTimePassword(): string {
  const letters = Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)])
  return [0, 5, 10, 15].map((from) => letters.slice(from, from + 5).join('')).join('-')
}

/** Lists nobody should use, however long: the first things an attacker types here. */
const COMMON =
  /^(?:(?:mat ?khau|password|qwerty\w*|abc|admin\w*|nscl|nang ?suat|quan ?tri)+[\d\W_]*|[\d\W_]*)$/i

export type PasswordRefusal = 'too_short' | 'too_long' | 'too_common' | 'same_as_name' | 'one_letter'

/** @returns null when the password may be used */
export function refusePassword(
  password: string,
  account: { email: string; secondFactor: boolean },
): PasswordRefusal | null {
  const length = Array.from(password).length
  if (length < (account.secondFactor ? WITH_SECOND_FACTOR : WITHOUT_SECOND_FACTOR)) return 'too_short'
  if (length > LONGEST) return 'too_long'
  if (new Set(password).size < 5) return 'one_letter'
  const name = account.email.split('@')[0] ?? ''
  if (name.length >= 4 && password.toLowerCase().includes(name.toLowerCase())) return 'same_as_name'
  const plain = password.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd')
  return COMMON.test(plain) ? 'too_common' : null
}

export { hashPassword, verifyPassword }
