import { guessEnterpriseType, looksLikePersonName, plainKey } from '../vietnamese/names.ts'
import { findPhones } from '../vietnamese/phone.ts'
import { readTaxCode } from '../vietnamese/tax-code.ts'
import { cleanText, fold } from '../vietnamese/text.ts'
import {
  EMAIL,
  enterpriseValue,
  isGeneric,
  phoneValue,
  type ReadContext,
  type Reading,
  readField,
  settleCommune,
} from './fields.ts'
import { areaOf, findSupports } from './lookups.ts'
import type { FieldKey, Value } from './values.ts'

/** What one message holds besides the pending answer: "HTX Phước Hữu, 0912 345 678, muốn làm VietGAP nho". */
export interface Extracted {
  readonly found: readonly Found[]
  /** Pieces nothing was recognised in, in order. */
  readonly rest: readonly string[]
  /** A number that looked like a telephone number and is none. */
  readonly badPhone: string | null
}

interface Found {
  readonly field: FieldKey
  readonly reading: Reading
  /** Said so explicitly (a label, a phone number): may correct an earlier answer, always with a visible remark. */
  readonly clear: boolean
}

const LABELLED: readonly (readonly [FieldKey, RegExp])[] = [
  [
    'phone',
    /^(?:so dien thoai|dien thoai|sdt|so dt|dt|phone|tel|zalo)(?: lien he)?(?: la)?\s*[:=]?\s+(?=\S)/,
  ],
  [
    'enterprise',
    /^(?:ten )?(?:doanh nghiep|cong ty|co so|don vi|htx|hop tac xa|company|enterprise)(?: la)?\s*[:=]\s*(?=\S)/,
  ],
  [
    'contact',
    /^(?:ho ten|ten)?\s*(?:nguoi lien he|lien he|nguoi dai dien|dai dien|contact|ho va ten|ho ten)(?: (?:ten|la|voi))*\s*[:=]?\s+(?=\S)/,
  ],
  [
    'contact',
    /^(?:da )?(?:toi|em|minh) ten(?: la)? (?=\S)|^ten (?:toi|em|minh)(?: la)? (?=\S)|^my name is (?=\S)/,
  ],
  ['commune', /^(?:dia chi|dia ban|xa phuong|address|commune)(?: la| o)?\s*[:=]?\s+(?=\S)/],
  ['tax_code', /^(?:ma so thue|mst|tax code)(?: la)?\s*[:=]?\s*(?=\d)/],
  ['product', /^(?:san pham(?: chinh)?|product)(?: la)?\s*[:=]\s*(?=\S)/],
  ['role', /^(?:chuc vu|position)(?: la)?\s*[:=]\s*(?=\S)/],
]

const PREFIX =
  '(?:htx|hợp tác xã|hop tac xa|công ty|cong ty|cty|dntn|doanh nghiệp tư nhân|doanh nghiệp|doanh nghiep|tổ hợp tác|to hop tac|tht|hộ kinh doanh|ho kinh doanh|hkd|cơ sở|co so|trang trại|trang trai|liên hiệp htx|phòng khám|bệnh viện|trường)'
const ENTERPRISE = new RegExp(`(?<![\\p{L}\\p{M}])${PREFIX}\\s+(?=\\S)`, 'iu')
/** Where a name ends when the sentence goes on. */
const NAME_END =
  /\s+(?:muốn|muon|cần|can|xin|đăng ký|đăng kí|dang ky|dang ki|đk|ở|o tai|tại|tai|thuộc|xã|xa|phường|phuong|thị trấn|thôn|ấp|người liên hệ|nguoi lien he|liên hệ|lien he|số điện thoại|so dien thoai|sđt|sdt|quan tâm|quan tam|mong|định|làm (?=VietGAP|5S|ISO)|về|wants?|would|in|at|is|located|phone)(?=\s|$).*$/iu
const COMMON_NOUN_AFTER =
  /^(?:toi|em|minh|cua|chung|ben|nay|do|nho va|nho la|moi|dang|chua|da|co|khong|duoc|muon|lam|may|o|tai|thi|va)\b/
const WISH =
  /(?<![\p{L}\p{M}])(?:muốn|muon|cần|can|quan tâm|quan tam|mong|xin|đăng ký|đăng kí|dang ky|dang ki|nhu cầu|interested|want|would like|sign up)(?![\p{L}\p{M}])/iu
const TRAINEES =
  /(?<![\p{L}\d])(\d{1,3}|hai|ba|bốn|bon|năm|sáu|sau|bảy|bay|tám|chín|mười|two|three|four|five)\s*(?:người|nguoi|học viên|hoc vien|nhân viên|nhan vien|bạn|suất|suat|chỗ|cho ngoi|people|persons|trainees|seats)(?![\p{L}])/iu

/** Takes a message apart. `pending` keeps its own answer: a bare name is left to the question that asks for it. */
export function extract(
  text: string,
  pending: FieldKey | null,
  wanted: ReadonlySet<FieldKey>,
  ctx: ReadContext,
): Extracted {
  const found: Found[] = []
  const take = (field: FieldKey, reading: Reading, clear: boolean): void => {
    if (!found.some((one) => one.field === field)) found.push({ field, reading, clear })
  }
  const { left, badPhone } = takeNumbers(cleanLines(text), pending, ctx, take)
  const rest: string[] = []
  for (const segment of left.split(/[,;\n•]|\s[-–]\s/u)) {
    const piece = trimPiece(segment)
    if (piece !== '') rest.push(...takeSegment(piece, pending, wanted, ctx, take))
  }
  if (pending === 'enterprise' && rest.length > 0 && found.length === 1 && found[0]?.field === 'enterprise') {
    // "Công ty TNHH Sản xuất, Thương mại Sen Vàng": the comma belongs to the name
    const whole = trimPiece(cleanText(text).replace(NAME_END, ''))
    return {
      found: [{ field: 'enterprise', reading: enterpriseValue(whole, ctx.language), clear: false }],
      rest: [],
      badPhone,
    }
  }
  return { found, rest, badPhone }
}

type Take = (field: FieldKey, reading: Reading, clear: boolean) => void

function takeNumbers(
  text: string,
  pending: FieldKey | null,
  ctx: ReadContext,
  take: Take,
): { left: string; badPhone: string | null } {
  let left = text
  const email = EMAIL.exec(left)
  if (email) {
    take('email', readField('email', email[0], ctx), true)
    left = left.replace(email[0], ' , ').replace(/(?:e-?mail|mail|thư)\s*(?:là|la)?\s*[:=]?\s*(?=,)/iu, ' ')
  }
  const tax = /(?:mst|mã số thuế|ma so thue|tax code)\s*(?:là|la)?\s*[:=]?\s*(\d[\d .-]{8,16}\d)/iu.exec(left)
  if (tax?.[1] && readTaxCode(tax[1]).ok) {
    take('tax_code', readField('tax_code', tax[1], ctx), true)
    left = left.replace(tax[0], ' , ')
  }
  let badPhone: string | null = null
  if (pending === 'tax_code') return { left, badPhone }
  for (const span of findPhones(left).reverse()) {
    if (!span.reading.ok) {
      if (pending === 'phone') take('phone', readField('phone', span.text, ctx), true)
      else badPhone = span.text.trim()
    } else take('phone', phoneValue(span.reading.e164), true)
    left = `${left.slice(0, span.start)} , ${left.slice(span.end)}`
  }
  left = left.replace(
    /(?<![\p{L}])(?:số điện thoại|so dien thoai|điện thoại|dien thoai|sđt|sdt|đt|dt|số|so|phone|tel|zalo|gọi|call)\s*(?:của tôi|cua toi|liên hệ|lien he)?\s*(?:là|la)?\s*[:=]?\s*(?=,)/giu,
    ' ',
  )
  return { left, badPhone }
}

function takeSegment(
  piece: string,
  pending: FieldKey | null,
  wanted: ReadonlySet<FieldKey>,
  ctx: ReadContext,
  take: Take,
): string[] {
  const folded = fold(piece).toLowerCase()
  if (folded.length === piece.length) {
    for (const [field, pattern] of LABELLED) {
      const label = pattern.exec(folded)
      if (!label || !wanted.has(field)) continue
      const reading = readField(field, piece.slice(label[0].length), ctx)
      if (reading.kind === 'problem') continue
      take(field, reading, true)
      return []
    }
  }
  let left = piece
  if (wanted.has('trainees')) {
    const people = TRAINEES.exec(left)
    const reading = people?.[1] ? readField('trainees', people[1], ctx) : null
    if (people && reading?.kind === 'value') {
      take('trainees', reading, false)
      left = trimPiece(left.replace(people[0], ' '))
    }
  }
  left = takeCommune(left, pending, wanted, ctx, take)
  left = takeEnterprise(left, wanted, ctx, take)
  return takeRemainder(left, pending, wanted, ctx, take)
}

function takeCommune(
  text: string,
  pending: FieldKey | null,
  wanted: ReadonlySet<FieldKey>,
  ctx: ReadContext,
  take: Take,
): string {
  if (!wanted.has('commune') || pending === 'commune') return text
  const place = ctx.lookups.places.scan(text, areaOf(ctx.lookups, ctx.province))
  if (!place) return text
  const written = text.slice(place.start, place.end)
  take('commune', settleCommune(written, place.matches, ctx), false)
  const before = text.slice(0, place.start).replace(/\s+(?:ở|tại|o|tai|thuộc|in|at)\s*$/iu, ' ')
  const after = text
    .slice(place.end)
    .replace(/^[\s,]*(?:huyện|huyen|tỉnh|tinh|thành phố|tp)\s+[\p{L}\p{M} ]{2,25}$/iu, '')
  return trimPiece(`${before} ${after}`)
}

function takeEnterprise(text: string, wanted: ReadonlySet<FieldKey>, ctx: ReadContext, take: Take): string {
  if (!wanted.has('enterprise')) return text
  const match = ENTERPRISE.exec(text)
  if (!match) return text
  const tail = text.slice(match.index)
  const name = trimPiece(tail.replace(NAME_END, ''))
  const core = plainKey(name.slice(match[0].length))
  if (
    core.length < 2 ||
    COMMON_NOUN_AFTER.test(core) ||
    isGeneric(name) ||
    guessEnterpriseType(name) === null
  )
    return text
  take('enterprise', enterpriseValue(name, ctx.language), false)
  const before = text
    .slice(0, match.index)
    .replace(/(?:^|\s)(?:cho|của|cua|ở|tôi ở|bên|là|for|from)\s*$/iu, ' ')
  return trimPiece(`${before} ${tail.slice(name.length)}`)
}

function takeRemainder(
  text: string,
  pending: FieldKey | null,
  wanted: ReadonlySet<FieldKey>,
  ctx: ReadContext,
  take: Take,
): string[] {
  const left = trimPiece(text)
  if (left === '') return []
  if (pending !== null && KNOWN_ANSWERS.has(pending) && readField(pending, left, ctx).kind !== 'problem')
    return [left]
  if (
    pending !== 'contact' &&
    wanted.has('contact') &&
    ctx.values.contact === undefined &&
    looksLikePersonName(left) &&
    /^\p{Lu}/u.test(left)
  ) {
    take('contact', readField('contact', left, ctx), false)
    return []
  }
  if (WISH.test(left) && pending !== 'need') {
    if (
      wanted.has('support') &&
      ctx.values.support === undefined &&
      findSupports(left, ctx.lookups.supports).length > 0
    ) {
      take('support', readField('support', left, ctx), false)
    }
    take('need', { kind: 'value', value: noteValue(left) }, false)
    return []
  }
  return [left]
}

/** Questions whose answers can be told from other text: what they can read is theirs. */
const KNOWN_ANSWERS: ReadonlySet<FieldKey> = new Set([
  'province',
  'support',
  'class',
  'commune',
  'enterprise_type',
  'sector',
  'revenue',
  'capital',
])

export function noteValue(text: string): Value {
  const clean = cleanText(text).slice(0, 500)
  return { value: clean, label: clean }
}

function cleanLines(text: string): string {
  return text.slice(0, 4000).split(/\r?\n/).map(cleanText).join('\n')
}

function trimPiece(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/^[\s,.;:–-]+|[\s,;:–-]+$/gu, '')
    .replace(/^(?:và|va|and|là|la|dạ|da|ạ)\s+/iu, '')
    .replace(/\s+(?:ạ|nhé|nha)$/iu, '')
    .trim()
}
