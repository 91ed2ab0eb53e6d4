/** Figures in a text, written in digits or in Vietnamese words, with what is counted and the words before them. Pure. */

export interface Figure {
  /** Scaled: "500 triệu" is 500,000,000. */
  value: number
  /** '%', 'money' or the word counted; '' when a clause ends or a joining word follows. */
  unit: string
  comparator: '' | 'at_least' | 'more' | 'about' | 'at_most' | 'less'
  raw: string
}

const DIGITS: Record<string, number> = {
  một: 1, mốt: 1, hai: 2, ba: 3, bốn: 4, tư: 4, năm: 5, lăm: 5, nhăm: 5, sáu: 6, bảy: 7, bẩy: 7, tám: 8, chín: 9,
} // biome-ignore format: a table
const TENS: Record<string, number> = { mười: 10, mươi: 10, chục: 10 }
const SCALES: Record<string, number> = {
  trăm: 100, nghìn: 1_000, ngàn: 1_000, triệu: 1_000_000, tỷ: 1_000_000_000, tỉ: 1_000_000_000,
} // biome-ignore format: a table
const INNER = new Set(['lẻ', 'linh', 'không', 'rưỡi'])

/** Nouns that make a lone number word a number: "năm doanh nghiệp" is five, "năm nay" is no figure. */
const COUNTED = [
  'doanh nghiệp', 'hợp tác xã', 'bệnh viện', 'phòng khám', 'trường', 'lượt', 'người', 'chuyên gia', 'lớp', 'khóa', 'khoá',
  'câu lạc bộ', 'nhiệm vụ', 'tổ chức', 'cá nhân', 'lĩnh vực', 'sản phẩm', 'giải', 'tiêu chuẩn', 'mô hình', 'cơ sở', 'dự án',
  'đơn vị', 'hội nghị', 'hộ', 'xã', 'phường', 'tỉnh', 'đề tài', 'chương trình', 'công cụ', 'hệ thống', 'giai đoạn', 'nhóm',
  'sở', 'ngành', 'học viên', 'cán bộ', 'năm', 'tháng', 'ngày', 'quý', 'lần', 'phần trăm', '%', 'đồng', 'điểm', 'mục tiêu',
] // biome-ignore format: a table
const SHORT: Record<string, string> = { htx: 'hợp', dn: 'doanh', clb: 'câu' }
/** A word that joins clauses is not what is counted. */
const JOINING = new Set([
  'và', 'so', 'trong', 'đến', 'tới', 'cho', 'tại', 'của', 'theo', 'với', 'hàng', 'hằng', 'mỗi', 'là', 'từ', 'ở', 'về', 'để',
  'hoặc', 'được', 'có', 'trên', 'do', 'thì', 'cùng', 'như', 'đã', 'sẽ', 'trở',
]) // biome-ignore format: a table

const MONEY = /^\s*(?:đồng(?!\s+(?:bộ|thời|đều))|đ(?!\p{L})|vnđ|vnd|usd|đô la)/iu
const PERCENT = /^\s*(?:%|phần trăm|percent)/iu
/** "trên", "hơn" and "gần" mean other things when they stand farther away; the long ones do not. */
const COMPARATORS: readonly [Figure['comparator'], RegExp][] = [
  ['at_least', /(?:ít nhất|tối thiểu|không dưới|không ít hơn)[^\d,.;:()]{0,16}$/iu],
  ['at_most', /(?:tối đa|không quá|nhiều nhất|không vượt quá|không hơn)[^\d,.;:()]{0,16}$/iu],
  ['less', /(?:dưới|chưa đến|chưa tới|chưa đầy|ít hơn|kém)\s*$/iu],
  ['more', /(?:trên|hơn|vượt)\s*$/iu],
  ['about', /(?:khoảng|chừng|xấp xỉ|gần|độ|ước)\s*(?:đạt\s*)?$/iu],
]
const AFTERWARDS: readonly [Figure['comparator'], RegExp][] = [
  ['at_least', /^[^\d,.;:()]{0,24}(?:trở lên|hoặc hơn)/iu],
  ['at_most', /^[^\d,.;:()]{0,24}trở xuống/iu],
]
const NUMBER = /\d+(?:[.,]\d+)*/gu
const RANGE = /^\s*%?\s*(?:-|–|—|đến|tới)\s*$/iu

interface Placed extends Figure {
  index: number
}

/** Every figure of the text in its order. Years count as figures; ordinals of headings too. */
export function figures(text: string): Figure[] {
  const found: Placed[] = [...text.matchAll(NUMBER)].map((match) =>
    placed(text, match.index, match[0], numberOf(match[0])),
  )
  for (const { index, raw, value } of inWords(text)) found.push(placed(text, index, raw, value))
  found.sort((a, b) => a.index - b.index)
  // "10-15%", "6,5 đến 7%/năm": unit and comparator hold for both ends.
  for (const [i, low] of found.entries()) {
    const high = found[i + 1]
    if (!high || !RANGE.test(text.slice(low.index + low.raw.length, high.index))) continue
    if (low.unit === '' || JOINING.has(low.unit)) low.unit = high.unit
    high.comparator = low.comparator
  }
  return found.map(({ value, unit, comparator, raw }) => ({ value, unit, comparator, raw }))
}

function placed(text: string, index: number, raw: string, plain: number): Placed {
  const before = text.slice(Math.max(0, index - 40), index)
  let after = text.slice(index + raw.length, index + raw.length + 48)
  let value = plain
  for (let scale = scaleAt(after); scale !== null; scale = scaleAt(after)) {
    value *= scale.factor
    after = after.slice(scale.length)
  }
  const scaled = value !== plain
  const comparator =
    AFTERWARDS.find(([, pattern]) => pattern.test(after))?.[0] ??
    COMPARATORS.find(([, pattern]) => pattern.test(before))?.[0] ??
    ''
  return { value, unit: unitOf(after, scaled), comparator, raw, index }
}

function scaleAt(after: string): { factor: number; length: number } | null {
  const match = /^\s*(\p{L}+)/u.exec(after)
  const factor = match?.[1] === undefined ? undefined : SCALES[match[1].toLowerCase()]
  if (!match || factor === undefined || /^\s*(?:tỷ|tỉ)\s+(?:lệ|trọng|suất|giá)/iu.test(after)) return null
  return { factor, length: match[0].length }
}

function unitOf(after: string, scaled: boolean): string {
  if (PERCENT.test(after)) return '%'
  if (MONEY.test(after)) return 'money'
  const next = /^[ \t]*(\p{L}+)/u.exec(after)?.[1]?.toLowerCase() ?? ''
  if (next === '' || JOINING.has(next)) return scaled ? 'money' : ''
  return SHORT[next] ?? next
}

/** "4.000" is four thousand, "6,5" six and a half, "07" seven (Vietnamese writing). */
function numberOf(raw: string): number {
  if (/^\d{1,3}(?:\.\d{3})+$/.test(raw)) return Number(raw.replaceAll('.', ''))
  if (/^\d{1,3}(?:,\d{3}){2,}$/.test(raw)) return Number(raw.replaceAll(',', ''))
  return Number(raw.replace(',', '.'))
}

/** Two plain digits beside each other are two numbers ("hai năm một lần"). */
const goesOn = (word: string, next: string) =>
  next in TENS || next in SCALES || INNER.has(next) || (next in DIGITS && !(word in DIGITS))
const joined = (text: string, word: { end: number } | undefined, next: { index: number } | undefined) =>
  text.slice(word?.end, next?.index).trim() === ''

function inWords(text: string): { index: number; raw: string; value: number }[] {
  const words = [...text.matchAll(/\p{L}+/gu)].map((match) => ({
    word: match[0].toLowerCase(),
    index: match.index,
    end: match.index + match[0].length,
  }))
  const found: { index: number; raw: string; value: number }[] = []
  for (let i = 0; i < words.length; i++) {
    const first = words[i]
    if (!first || !(first.word in DIGITS || first.word === 'mười') || afterDigits(text, first.index)) continue
    let last = i
    while (
      goesOn(words[last]?.word ?? '', words[last + 1]?.word ?? '') &&
      joined(text, words[last], words[last + 1])
    )
      last++
    // "hai mươi năm": the last word is what is counted ("hai mươi lăm" is 25, "trăm linh năm" 105).
    if (last > i && words[last]?.word === 'năm' && !/^(?:linh|lẻ)$/u.test(words[last - 1]?.word ?? '')) last--
    const run = words.slice(i, last + 1).map(({ word }) => word)
    const end = words[last]?.end ?? first.end
    // A scale at the end belongs to the value here, so it is not read again behind it.
    if (isNumber(run, text.slice(end)))
      found.push({ index: first.index, raw: text.slice(first.index, end), value: countOf(run) })
    i = last
  }
  return found
}

const afterDigits = (text: string, index: number) => /\d\s*$/u.test(text.slice(0, index))

function isNumber(run: readonly string[], after: string): boolean {
  if (run.some((word) => word in TENS || word in SCALES)) return true
  const next = after.trimStart().toLowerCase()
  if (run[0] === 'năm' && /^(?:năm|tháng|ngày)/u.test(next)) return false
  return COUNTED.some((noun) => next.startsWith(noun))
}

function countOf(run: readonly string[]): number {
  let total = 0
  let part = 0
  let scale = 1
  for (const word of run) {
    const digit = DIGITS[word]
    const factor = SCALES[word]
    if (digit !== undefined) part += digit
    else if (word in TENS) part = part === 0 ? 10 : Math.floor(part / 100) * 100 + (part % 100) * 10
    else if (word === 'rưỡi') part += scale / 2
    else if (factor === 100) part = Math.max(1, part) * 100
    else if (factor !== undefined) {
      total += Math.max(1, part) * factor
      part = 0
      scale = factor
    }
  }
  return total + part
}
