/**
 * Masks personal data before any text leaves for a model: using a platform abroad to process data collected in
 * Viet Nam is a cross-border transfer (Law 91/2025 Art. 20.1). Fails closed: when something that looks personal
 * survives, nothing is sent.
 */

export type MaskClass = 'phone' | 'email' | 'number' | 'name' | 'address' | 'link'

export interface Redacted {
  text: string
  /** How many of each class were masked; this, never the text, is logged. */
  classes: Partial<Record<MaskClass, number>>
}

export class RedactionFailed extends Error {
  override name = 'RedactionFailed'
}

const MASK: Record<MaskClass, string> = {
  phone: '[số điện thoại]',
  email: '[e-mail]',
  number: '[mã số]',
  name: '[tên]',
  address: '[địa chỉ]',
  link: '[liên kết]',
}

// Digits people write in groups: "0912 345 678", "0912.345.678", "(0259) 3.822.xxx", full-width digits are folded before.
const GROUPED_DIGITS = /(?<![\p{L}\d])\+?\(?\d(?:[\s.\-()]{0,2}\d){8,14}(?![\d])/gu
const EMAIL = /[^\s@,;<>()"']+\s*(?:@|\(a\)|\[at\])\s*[^\s@,;<>()"']+\.[a-z]{2,}/giu
const LINK = /\b(?:https?:\/\/|www\.)\S+/giu
// A name given in so many words: "tôi tên là Nguyễn Văn A", "em là Hoa", "liên hệ chị Lan".
const WORD = String.raw`\p{Lu}[\p{Ll}\p{M}]+`
const NAME = new RegExp(
  String.raw`((?:tên|họ tên|họ và tên|my name is|i am|i'm)(?:\s+(?:của\s+)?(?:tôi|em|mình|anh|chị|cháu|tui))?\s*(?:là|:)?\s+|(?<!\p{L})(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác)\s+)(${WORD}(?:\s+${WORD}){0,4})`,
  'gu',
)
const TYPED_NAME =
  /((?<!\p{L})(?:(?:tôi|toi|em|mình|minh|tui)\s+)?(?:tên|ten)\s+(?:(?:tôi|toi|em|mình|minh|tui)\s+)?(?:là|la)\s+)(?!\[)([\p{L}\s]{2,40}?)(?=[,.;?!\n]|$)/giu
// Street-level places; communes and provinces stay, they are public and decide which plan applies.
const ADDRESS =
  /(?<!\p{L})(?:số nhà|so nha|nhà số|đường|duong|hẻm|hem|ngõ|ngách|thôn|ấp|khóm|khu phố|tổ dân phố|tổ)\s+(?:số\s+)?(?:\d[\p{L}\d/.-]*|\p{Lu}[\p{L}\d]*)(?:\s+(?:\d[\p{L}\d/.-]*|\p{Lu}[\p{L}]*)){0,5}/gu

/**
 * @param known values the person typed into a form (names, enterprise, address), masked wherever they stand
 * @throws RedactionFailed when a long number or an address sign is still there afterwards
 */
export function redact(text: string, known: readonly string[] = []): Redacted {
  const classes: Redacted['classes'] = {}
  const mask = (kind: MaskClass) => {
    classes[kind] = (classes[kind] ?? 0) + 1
    return MASK[kind]
  }
  let out = text.normalize('NFKC').replace(/[\u200b-\u200f\u2060\ufeff\u{e0000}-\u{e007f}]/gu, '')
  for (const value of [...known]
    .map((v) => v.normalize('NFKC').trim())
    .filter((v) => v.length > 2)
    .sort((a, b) => b.length - a.length)) {
    out = out.replace(new RegExp(literally(value), 'giu'), () => mask('name'))
  }
  out = out
    .replace(LINK, () => mask('link'))
    .replace(EMAIL, () => mask('email'))
    .replace(GROUPED_DIGITS, (found) => mask(isPhone(found) ? 'phone' : 'number'))
    .replace(NAME, (_, lead: string) => lead + mask('name'))
    .replace(TYPED_NAME, (_, lead: string) => lead + mask('name'))
    .replace(ADDRESS, () => mask('address'))
  if (/(?:\d[\s.\-()]{0,2}){9,}/u.test(out) || out.includes('@'))
    throw new RedactionFailed('something personal may be left')
  return { text: out, classes }
}

function isPhone(found: string): boolean {
  const digits = found.replace(/\D/g, '')
  return /^(?:0|84)(?:[35789]\d{8}|2\d{9})$/.test(digits) || (digits.length === 11 && /^01[26]/.test(digits))
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')
