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
const GROUPED_DIGITS = /(?<![\p{L}\d])\+?\(?\d(?:[\s.\-()]{0,3}\d){8,30}(?!\d)/gu
const YEARS_ONLY = /^(?:(?:19|20)\d\d[\s.\-()]*)+$/
// "không chín một hai …": a number read out, as voice messages bring it.
const DIGIT_WORD =
  '(?:không|khong|một|mot|mốt|hai|ba|bốn|bon|tư|năm|nam|lăm|sáu|sau|bảy|bay|bẩy|tám|tam|chín|chin)'
const SPOKEN_DIGITS = new RegExp(
  String.raw`(?<!\p{L})${DIGIT_WORD}(?:[\s,.-]+${DIGIT_WORD}){6,}(?!\p{L})`,
  'giu',
)
const PASSPORT = /(?<![\p{L}\d])[A-Z]\d{7,8}(?![\p{L}\d])/gu
const EMAIL = /[^\s@,;<>()"']+\s*(?:@|\(a\)|\[at\]|(?<=\s)a còng(?=\s))\s*[^\s@,;<>()"']+\.[a-z]{2,}/giu
const LINK =
  /\b(?:https?:\/\/|www\.)\S+|(?<![\p{L}\d.])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|vn|net|org|me|info|page|link)(?:\/\S*)?(?![\p{L}\d])/giu

// A name given in so many words: "tôi tên là Nguyễn Văn A", "em là Hoa", "liên hệ chị Lan".
const WORD = String.raw`\p{Lu}[\p{Ll}\p{M}]*`
const NAME = new RegExp(
  String.raw`((?:tên|họ tên|họ và tên|my name is|i am|i'm)(?:\s+(?:của\s+)?(?:tôi|em|mình|anh|chị|cháu|tui))?\s*(?:là|:)?\s+|(?<!\p{L})(?:[Tt]ôi|[Ee]m|[Mm]ình|[Cc]háu|[Tt]ui|[Cc]on)\s+là\s+(?:(?:anh|chị|cô|chú|bác)\s+)?|(?<!\p{L})(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Ee]m)\s+)(${WORD}(?:\s+${WORD}){0,4})`,
  'gu',
)
const TYPED_NAME =
  /((?<!\p{L})(?:(?:tôi|toi|em|mình|minh|tui)\s+)?(?:tên|ten)\s+(?:(?:tôi|toi|em|mình|minh|tui)\s+)?(?:là|la)\s+)(?!\[)([\p{L}\s]{2,40}?)(?=[,.;?!\n]|$)/giu
/** The surnames of nine in ten; a name is told by one of them and what follows. */
const SURNAME =
  '(?:nguyễn|nguyen|trần|tran|lê|le|phạm|pham|hoàng|hoang|huỳnh|huynh|phan|vũ|vu|võ|vo|đặng|dang|bùi|bui|đỗ|do|hồ|ho|ngô|ngo|dương|duong|lý|ly|đinh|dinh|đoàn|doan|trương|truong|mai|tạ|ta|thạch|thach|chế|che|bá|ba|kiều|kieu|chamaléa|katơr|pinăng)'
/** "Nguyễn Văn A", "tran thi b": with the middle word there is no doubt, in any case. */
const FULL_NAME = new RegExp(String.raw`(?<!\p{L})${SURNAME}\s+(?:văn|van|thị|thi)\s+\p{L}+(?!\p{L})`, 'giu')
/** Three capitalised words behind a surname; places that look the same stay, they decide which plan applies. */
const CAPITAL_NAME =
  /(?<!\p{L})(?!Hồ Chí Minh|Phan Rang|Phan Thiết|Lê Thánh|Đồng Tháp)(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trương|Tạ)(?:\s+\p{Lu}\p{Ll}*){2,3}(?!\p{L})/gu
// Street-level places; communes and provinces stay, they are public and decide which plan applies.
const ADDRESS =
  /(?<!\p{L})(?:số nhà|so nha|nhà số|nha so|đường|duong|hẻm|hem|ngõ|ngách|kiệt|thôn|thon|ấp|khóm|khom|khu phố|khu pho|tổ dân phố|to dan pho|tổ)\s+(?:số\s+|so\s+)?(?:\d[\p{L}\d/.-]*|\p{Lu}[\p{L}\d]*)(?:\s+(?:\d[\p{L}\d/.-]*|\p{Lu}[\p{L}]*)){0,5}/gu
const GIVEN_ADDRESS = /(?<!\p{L})(?:địa chỉ|dia chi|đ\/c|nhà (?:tôi|em|mình) ở)[^.?!\n\d]{0,20}\d[^.?!\n]*/giu

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
  let out = text
    .normalize('NFKC')
    .replace(/[\p{Cf}\u{e0000}-\u{e007f}]/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit)
  for (const value of [...known]
    .map((v) => v.normalize('NFKC').trim())
    .filter((v) => v.length > 2)
    .sort((a, b) => b.length - a.length)) {
    out = out.replace(anyWriting(value), () => mask('name'))
  }
  out = out
    .replace(EMAIL, () => mask('email'))
    .replace(LINK, () => mask('link'))
    .replace(GROUPED_DIGITS, (found) =>
      YEARS_ONLY.test(found) ? found : mask(isPhone(found) ? 'phone' : 'number'),
    )
    .replace(SPOKEN_DIGITS, () => mask('phone'))
    .replace(PASSPORT, () => mask('number'))
    .replace(GIVEN_ADDRESS, () => mask('address'))
    .replace(ADDRESS, () => mask('address'))
    .replace(NAME, (_, lead: string) => lead + mask('name'))
    .replace(TYPED_NAME, (_, lead: string) => lead + mask('name'))
    .replace(CAPITAL_NAME, () => mask('name'))
    .replace(FULL_NAME, () => mask('name'))
  if (longNumberLeft(out) || out.includes('@')) throw new RedactionFailed('something personal may be left')
  return { text: out, classes }
}

/** Nine digits in a row whatever signs stand between them; dates, years and document numbers set aside. */
function longNumberLeft(text: string): boolean {
  const rest = text
    .replace(/(?<!\d)\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:19|20)\d\d(?!\d)/gu, 'x')
    .replace(/(?<!\d)(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d(?!\d)/gu, 'x')
    .replace(/(?<!\d)\d{4,5}:(?:19|20)\d\d(?!\d)/gu, 'x') // ISO 22000:2018
    .replace(/(?<!\d)\d{1,5}\/(?:\d{4}\/)?\p{Lu}[\p{Lu}\d]*(?:-\p{Lu}+)*/gu, 'x')
  return /(?:\d[^\p{L}\d]{0,3}){9,}/u.test(rest)
}

function isPhone(found: string): boolean {
  const digits = found.replace(/\D/g, '')
  return /^(?:0|84)(?:[35789]\d{8}|2\d{9})$/.test(digits) || (digits.length === 11 && /^01[26]/.test(digits))
}

/** Decimal digits of other scripts, so that the patterns above see them. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  for (let zero = code; zero > code - 10; zero--)
    if (!/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) || zero === 0x30) return String(code - zero)
  return String((code - 0x30) % 10)
}

/** The value in any case and spacing, with or without its marks ("HTX Phước Hữu", "htx phuoc huu"). */
function anyWriting(value: string): RegExp {
  const letters = Array.from(value).map((letter) => {
    if (/\s/u.test(letter)) return String.raw`\s+`
    const bare = letter.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/giu, 'd')
    return bare === letter ? literally(letter) : `(?:${literally(letter)}|${literally(bare)})`
  })
  return new RegExp(letters.join('').replace(/(?:\\s\+)+/g, String.raw`\s+`), 'giu')
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
