/**
 * Decides whether a sentence of a language model may be shown: every figure, date, standard, document number and
 * organisation in it must stand in the passages it names. Pure; errs on the side of refusing, since the assistant's
 * own extractive answer is always there.
 */

export interface OfferedPassage {
  id: string
  province: string
  /** Verbatim text of the passage with its heading path. */
  text: string
  /** The plan's label; issuer, number and date of the document may be named from it. */
  label: string
}

export interface DraftSentence {
  text: string
  passages: readonly string[]
}

export type Objection =
  | { kind: 'no_passage' }
  | { kind: 'unknown_passage'; id: string }
  | { kind: 'wrong_province'; id: string }
  | { kind: 'number'; value: string }
  | { kind: 'comparator'; value: string }
  | { kind: 'name'; value: string }
  | { kind: 'negation' }
  | { kind: 'markup'; value: string }
  | { kind: 'language' }

interface Figure {
  value: number
  /** '%', money or the counted noun right behind it; '' when none of these. */
  unit: string
  comparator: '' | 'at_least' | 'more' | 'about' | 'at_most'
  raw: string
}

const DIGIT_WORDS: Record<string, number> = {
  không: 0, một: 1, mốt: 1, hai: 2, ba: 3, bốn: 4, tư: 4, năm: 5, lăm: 5, sáu: 6, bảy: 7, tám: 8, chín: 9, mười: 10,
} // biome-ignore format: a table
const ENGLISH_WORDS: Record<string, number> = {
  two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, fifteen: 15,
  twenty: 20, thirty: 30, forty: 40, fifty: 50, hundred: 100, thousand: 1_000, million: 1_000_000,
} // biome-ignore format: a table

const COUNTED = [
  'doanh nghiệp', 'hợp tác xã', 'bệnh viện', 'phòng khám', 'trường học', 'trường', 'lượt người', 'người', 'chuyên gia',
  'lớp', 'khóa', 'khoá', 'câu lạc bộ', 'nhiệm vụ', 'tổ chức', 'cá nhân', 'lĩnh vực', 'sản phẩm', 'giải vàng', 'giải',
  'tiêu chuẩn', 'mô hình', 'cơ sở', 'dự án', 'đơn vị', 'hội nghị', 'hộ', 'xã',
] // biome-ignore format: a table
const MONEY = /^\s*(?:(?:nghìn|ngàn|triệu|tỷ|tỉ)(?:\s+đồng)?|đồng|đ\b|vnđ|vnd|usd|million|billion)/iu
const PERCENT = /^\s*(?:%|phần trăm|percent)/iu
const COMPARATORS: readonly [Figure['comparator'], RegExp][] = [
  ['at_least', /(?:ít nhất|tối thiểu|không dưới|at least|minimum(?: of)?)\s*(?:là\s*)?$/iu],
  ['at_most', /(?:tối đa|không quá|nhiều nhất|at most|up to|maximum(?: of)?)\s*(?:là\s*)?$/iu],
  ['more', /(?:trên|hơn|vượt|over|more than|above)\s*$/iu],
  ['about', /(?:khoảng|chừng|xấp xỉ|gần|about|around|approximately)\s*$/iu],
]
const NUMBER = /(?<![\p{L}\d/.,:-])\d+(?:[.,]\d+)*(?![\p{L}\d])/gu
const DATE = /(?<![\d.,])(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?(?!\d)/gu
const CODE =
  /(?<![\p{L}\d])(?:\d+\/(?:\d{4}\/)?\p{Lu}[\p{Lu}\d-]*(?:-[\p{Lu}\d]+)*|(?:ISO(?:\/IEC)?|TCVN|QCVN|TCCS|OHSAS|IEC|APO-PS)\s?[\d][\d:.-]*\d)/gu
const ACRONYM = /(?<![\p{L}\d])\p{Lu}{2,}[\p{Lu}\d]*(?![\p{L}\d])/gu
const ORGANISATION =
  /(?<!\p{L})(?:Sở|Bộ|Tổng cục|Ủy ban|Uỷ ban|UBND|Liên minh|Hiệp hội|Chi cục|Trung tâm|Viện|Quỹ|Ngân hàng|Cục|Hội|Đài|Báo|Công ty|Tập đoàn|Trường|Ban)\s+\p{Lu}[\p{L}]*(?:(?:\s+|\s*-\s*|,\s+|\s+và\s+)\p{Lu}[\p{L}]*|\s+(?:và|nghệ|tế|tư|chính|học|thôn|thương|dục|tạo|hóa|hoá|thao|lịch|dân|xã|nghiệp|trình|truyền|thông|phát|triển|nông|bảo|vệ|mặt|trận))*/gu
const NEGATION = /(?<!\p{L})(?:không|chưa|chẳng|not|no|never|cannot|n't)(?!\p{L})/iu
const MARKUP = /https?:|www\.|<[^>]*>|\]\(|```|\*\*|^#+\s|[{}]|@/mu

/** Acronyms that are only another way to write a word of the plans, so they may stand without being quoted. */
const EVERYDAY: Record<string, string> = {
  HTX: 'hợp tác xã', NSCL: 'năng suất', NSLĐ: 'năng suất lao động', TXNG: 'truy xuất nguồn gốc', DN: 'doanh nghiệp',
  UBND: 'ủy ban nhân dân', KHCN: 'khoa học', CLB: 'câu lạc bộ', SME: 'nhỏ và vừa',
} // biome-ignore format: a table

/** What speaks against showing the sentence; empty = it may be shown. */
export function objections(
  sentence: DraftSentence,
  offered: readonly OfferedPassage[],
  person: { province: string | null; language: 'vi' | 'en' },
): Objection[] {
  const found: Objection[] = []
  if (sentence.passages.length === 0) found.push({ kind: 'no_passage' })
  const named: OfferedPassage[] = []
  for (const id of sentence.passages) {
    const passage = offered.find((candidate) => candidate.id === id)
    if (!passage) found.push({ kind: 'unknown_passage', id })
    else if (person.province !== null && passage.province !== person.province)
      found.push({ kind: 'wrong_province', id })
    else named.push(passage)
  }
  const text = sentence.text.normalize('NFC')
  const markup = MARKUP.exec(text)
  if (markup) found.push({ kind: 'markup', value: markup[0] })
  if (person.language === 'vi' && !looksVietnamese(text)) found.push({ kind: 'language' })
  const source = named
    .map(({ text: body, label }) => `${label}\n${body}`)
    .join('\n')
    .normalize('NFC')
  const folded = simple(source)
  found.push(...figureObjections(text, source, folded))
  for (const name of names(text)) {
    const plain = simple(name)
    const everyday = EVERYDAY[name]
    if (!folded.includes(plain) && !(everyday !== undefined && folded.includes(everyday)))
      found.push({ kind: 'name', value: name })
  }
  if (NEGATION.test(withoutFixed(text)) && !NEGATION.test(withoutFixed(source)))
    found.push({ kind: 'negation' })
  return found
}

function figureObjections(text: string, source: string, folded: string): Objection[] {
  const found: Objection[] = []
  let rest = text
  for (const [code] of text.matchAll(CODE)) {
    if (!folded.replace(/\s/g, '').includes(simple(code).replace(/\s/g, '')))
      found.push({ kind: 'number', value: code })
    rest = rest.replace(code, ' ')
  }
  const dates = [...source.matchAll(DATE)].map(dateKey)
  for (const date of rest.matchAll(DATE)) {
    if (
      isRange(date[0]) &&
      [date[1], date[2]].every((part) => figures(source).some((f) => f.value === Number(part)))
    )
      continue
    if (!dates.includes(dateKey(date))) found.push({ kind: 'number', value: date[0] })
    rest = rest.replace(date[0], ' ')
  }
  const stated = figures(source)
  for (const figure of figures(rest)) {
    const same = stated.filter(
      (candidate) => candidate.value === figure.value && agree(candidate.unit, figure.unit),
    )
    if (same.length === 0) found.push({ kind: 'number', value: figure.raw })
    else if (!same.some((candidate) => candidate.comparator === figure.comparator)) {
      found.push({ kind: 'comparator', value: figure.raw })
    }
  }
  return found
}

/** "10-15" is a range, "26/9" a date; a slash always means a date. */
const isRange = (text: string) => !text.includes('/') && !/\d{4}$/.test(text)
const dateKey = (match: RegExpMatchArray) =>
  [match[1], match[2], match[3]].map((part) => (part === undefined ? '' : Number(part))).join('/')

function agree(stated: string, claimed: string): boolean {
  if (stated === claimed) return true
  if (claimed === '' || stated === '')
    return claimed !== '%' && claimed !== 'money' && stated !== '%' && stated !== 'money'
  return stated.startsWith(claimed) || claimed.startsWith(stated)
}

/** Every figure in a text, written in digits or in words, with its unit and what stands before it. */
export function figures(text: string): Figure[] {
  const found: Figure[] = []
  for (const match of text.matchAll(NUMBER))
    found.push(figureAt(text, match.index, match[0], numberOf(match[0])))
  for (const { index, raw, value } of numberWords(text)) found.push(figureAt(text, index, raw, value))
  // "10-15%", "6,5 đến 7%/năm": the unit and the comparator hold for both ends.
  for (let i = 0; i + 1 < found.length; i++) {
    const [low, high] = [found[i], found[i + 1]]
    if (!low || !high) continue
    const between = text.slice(
      text.indexOf(low.raw) + low.raw.length,
      text.indexOf(high.raw, text.indexOf(low.raw) + low.raw.length),
    )
    if (/^\s*%?\s*(?:-|–|—|đến|tới|to)\s*$/iu.test(between)) {
      if (low.unit === '') low.unit = high.unit
      high.comparator = low.comparator
    }
  }
  return found
}

function figureAt(text: string, index: number, raw: string, value: number): Figure {
  const before = text.slice(Math.max(0, index - 24), index)
  const after = text.slice(index + raw.length, index + raw.length + 30)
  const comparator = COMPARATORS.find(([, pattern]) => pattern.test(before))?.[0] ?? ''
  const trimmed = after.trimStart().toLowerCase()
  const unit = PERCENT.test(after)
    ? '%'
    : MONEY.test(after)
      ? 'money'
      : (COUNTED.find((noun) => trimmed.startsWith(noun)) ?? '')
  return { value, unit, comparator, raw }
}

/** "4.000" is four thousand, "6,5" six and a half, "07" seven (Vietnamese writing). */
function numberOf(raw: string): number {
  if (/^\d{1,3}(?:\.\d{3})+$/.test(raw)) return Number(raw.replaceAll('.', ''))
  if (/^\d{1,3}(?:,\d{3}){2,}$/.test(raw)) return Number(raw.replaceAll(',', ''))
  return Number(raw.replace(',', '.'))
}

function numberWords(text: string): { index: number; raw: string; value: number }[] {
  const found: { index: number; raw: string; value: number }[] = []
  const words = [...text.matchAll(/\p{L}+/gu)]
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (!word) continue
    const lower = word[0].toLowerCase()
    const english = ENGLISH_WORDS[lower]
    if (english !== undefined) found.push({ index: word.index, raw: word[0], value: english })
    const digit = DIGIT_WORDS[lower]
    if (digit === undefined || lower === 'không') continue
    const after = text
      .slice(word.index + word[0].length)
      .trimStart()
      .toLowerCase()
    const tens = /^(mươi|mười)(?:\s+(một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín))?/u.exec(after)
    if (tens) {
      found.push({
        index: word.index,
        raw: `${word[0]} ${tens[0]}`,
        value: digit * 10 + (DIGIT_WORDS[tens[2] ?? ''] ?? 0),
      })
      i += tens[2] === undefined ? 1 : 2
    } else if (
      COUNTED.some((noun) => after.startsWith(noun)) ||
      (lower !== 'năm' && lower !== 'tư' && MONEY.test(` ${after}`))
    ) {
      // "năm" is a year unless a counted noun follows ("năm doanh nghiệp"); "một" alone is often only an article.
      found.push({ index: word.index, raw: word[0], value: digit })
    }
  }
  return found
}

function names(text: string): string[] {
  const found = new Set<string>()
  for (const [name] of text.matchAll(ORGANISATION)) found.add(name.trim())
  for (const [name] of text.matchAll(ACRONYM)) found.add(name)
  return [...found]
}

function simple(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('uỷ', 'ủy')
    .replaceAll('hoá', 'hóa')
    .replaceAll('khoẻ', 'khỏe')
    .replace(/\s+/g, ' ')
}

/** Fixed phrases in which "không" denies nothing. */
const withoutFixed = (text: string) => text.replace(/không (?:gian|khí|những|chỉ|ngừng)|có hay không/giu, ' ')

const looksVietnamese = (text: string) => {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const marked =
    text.match(/[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]/giu)?.length ?? 0
  return letters < 12 || marked / letters > 0.08
}
