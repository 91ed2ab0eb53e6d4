/**
 * Decides whether a sentence of a language model may be shown. It must be made of what the quotes it names say: every
 * figure, date, standard, document number and name, the words that limit a figure, denials, and most of its words. Pure;
 * errs on the side of refusing, since the assistant's own extractive answer is always there. Vietnamese only: a
 * translation could not be held against its quote, so English answers are never phrased by a model.
 */
import { type Figure, figures } from './figures.ts'
import { uncited } from './numbers.ts'

export interface OfferedPassage {
  id: string
  province: string
  /** What will be shown as the source, verbatim; the only place a figure may come from. */
  quote: string
  /** Path of headings and the plan's label: names may come from here, figures not. */
  heading: string
  label: string
}

export interface DraftSentence {
  text: string
  passages: readonly string[]
}

export interface Held {
  /** The province the answer is about; null when it is about several. */
  province: string | null
  /** Names by which each province is called, to see which one a sentence speaks of. */
  provinceNames: readonly { code: string; name: string }[]
}

export type Objection =
  | { kind: 'no_passage' }
  | { kind: 'unknown_passage'; id: string }
  | { kind: 'wrong_province'; value: string }
  | { kind: 'mixed' }
  | { kind: 'number'; value: string }
  | { kind: 'comparator'; value: string }
  | { kind: 'name'; value: string }
  | { kind: 'ungrounded'; value: string }
  | { kind: 'negation' }
  | { kind: 'claim'; value: string }
  | { kind: 'markup'; value: string }
  | { kind: 'language' }

const DATE =
  /(?<![\d.,/])(\d{1,2})\s*\/\s*(\d{1,2})(?:\s*\/\s*(\d{4}))?(?![\d/])|(?<!\d)(\d{1,2})\s*[.-]\s*(\d{1,2})\s*[.-]\s*(\d{4})(?!\d)|(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm\s+(\d{4}))?/giu
const CODE =
  /(?<![\p{L}\d])(?:\d+\/(?:\d{4}\/)?\p{Lu}[\p{Lu}\d-]*(?:-[\p{Lu}\d]+)*|(?:ISO(?:\/IEC)?|TCVN|QCVN|TCCS|OHSAS|IEC|APO-PS)\s?[\d][\d:.-]*\d|\d+\p{L}[\p{L}\d]*|\p{L}+\d[\p{L}\d]*)/giu
const ACRONYM = /(?<![\p{L}\d])\p{Lu}{2,}[\p{Lu}\d]*(?![\p{L}\d])/gu
const ORGANISATION =
  /(?<!\p{L})(?:Sở|Bộ|Tổng cục|Ủy ban|Uỷ ban|UBND|Liên minh|Hiệp hội|Chi cục|Trung tâm|Viện|Quỹ|Ngân hàng|Cục|Hội|Đài|Báo|Công ty|Tập đoàn|Trường|Ban)\s+\p{Lu}[\p{L}]*(?:(?:\s+|\s*-\s*|,\s+|\s+và\s+)\p{Lu}[\p{L}]*|\s+(?:và|nghệ|tế|tư|chính|học|thôn|thương|dục|tạo|hóa|hoá|thao|lịch|dân|xã|nghiệp|trình|truyền|thông|phát|triển|nông|bảo|vệ|mặt|trận)(?!\p{L}))*/gu
const CAPITALS = /(?<![\p{L}\d])\p{Lu}\p{Ll}+(?:[\s-]+\p{Lu}\p{Ll}+)*/gu
/** A word that gives a size without a digit; it must stand in the quote as it is. */
const SIZES =
  /(?<!\p{L})(?:(?<!phần\s)trăm|nghìn|ngàn|triệu|(?:tỷ|tỉ)(?!\s+(?:lệ|trọng|suất|giá))|chục|nửa|rưỡi|gấp|phần trăm|miễn phí|toàn bộ|hoàn toàn|đồng(?=\s*(?:[.,;)]|$|\/|mỗi|một|cho))|usd|vnđ|đô la)(?!\p{L})|%|\$|€|₫/giu
const NEGATION = /(?<!\p{L})(?:không|chưa|chẳng|trừ)(?!\p{L})/iu
const MARKUP = /https?:|www\.|[\p{L}\d-]\.[a-z]{2,}|<[^>]*>|\]\(|```|\*\*|__|^#+\s|[{}[\]<>@|\\`]/mu
/** Letters, figures and plain punctuation; anything else must stand in the quote too. */
const PLAIN = /[^\p{Script=Latin}\p{M}0-9\s.,;:()/%–\-+&"'“”‘’?!…]/gu
/** About the reader or the assistant: no passage can prove it ("đăng ký của anh/chị đã được duyệt"). */
const PERSONAL =
  /(?<!\p{L})(?:anh\s*\/\s*chị|anh chị|bạn|quý vị|quý khách|tôi|chúng tôi|chúng ta|xin|vui lòng|hãy)(?!\p{L})/iu
const DECIDED =
  /(?:hồ sơ|đăng ký|đơn|yêu cầu)(?!\p{L})[^.]{0,40}(?<!\p{L})(?:đã|được)\s+(?:được\s+)?(?:phê duyệt|duyệt|chấp thuận|chấp nhận|xác nhận|hủy|huỷ|thông qua)(?!\p{L})/iu

/** Acronyms that are only another way to write words of the plans. */
const EVERYDAY: Record<string, string> = {
  HTX: 'hợp tác xã', NSCL: 'năng suất', NSLĐ: 'năng suất lao động', TXNG: 'truy xuất nguồn gốc', DN: 'doanh nghiệp',
  UBND: 'ủy ban nhân dân', KHCN: 'khoa học', CLB: 'câu lạc bộ',
} // biome-ignore format: a table
/** Words that carry a sentence and claim nothing. */
const FRAME = new Set(
  `theo kế hoạch tỉnh của được là có và các những cho về với từ đến tới trong tại ở để khi thì mà hoặc cùng như đó này nêu
   ghi rõ ra vào trên dưới địa bàn mục tiêu nội dung một số việc cũng còn sẽ đã đang ngoài bao gồm gồm thuộc do bởi qua bằng
   năm ngày tháng giai đoạn nay cụ thể ít nhất tối thiểu tối đa khoảng hơn đạt phấn đấu đặt đề không chưa mỗi hàng hằng hai
   ba bốn sáu bảy tám chín mười htx đơn vị hiện thực trở lên xuống`.split(/\s+/),
)
/** Share of a sentence's own words that may stand outside its quotes. */
const STRANGE_MOST = 0.25
const WORDS_LEAST = 2

/** What speaks against showing the sentence; empty = it may be shown. */
export function objections(
  sentence: DraftSentence,
  offered: readonly OfferedPassage[],
  held: Held,
): Objection[] {
  const found: Objection[] = []
  const named: OfferedPassage[] = []
  if (sentence.passages.length === 0) found.push({ kind: 'no_passage' })
  for (const id of sentence.passages) {
    const passage = offered.find((candidate) => candidate.id === id)
    if (!passage) found.push({ kind: 'unknown_passage', id })
    else if (held.province !== null && passage.province !== held.province)
      found.push({ kind: 'wrong_province', value: id })
    else named.push(passage)
  }
  const text = sentence.text.normalize('NFC')
  const quotes = named.map(({ quote }) => quote.normalize('NFC'))
  const around = named.map(({ label, heading }) => `${label}\n${heading}`.normalize('NFC'))
  const source = quotes.join('\n')
  found.push(...provinceObjections(text, named, offered, held))
  found.push(...shapeObjections(text, source))
  found.push(...figureObjections(text, quotes))
  found.push(...nameObjections(text, simple([...around, source].join('\n'))))
  if (PERSONAL.test(text) || DECIDED.test(text)) found.push({ kind: 'claim', value: text.slice(0, 80) })
  found.push(...meaningObjections(text, source, around.join('\n')))
  return found
}

/** A sentence stands on one province; where two plans lie side by side it says on which. */
function provinceObjections(
  text: string,
  named: readonly OfferedPassage[],
  offered: readonly OfferedPassage[],
  { provinceNames }: Held,
): Objection[] {
  const found: Objection[] = []
  const codes = new Set(named.map(({ province }) => province))
  if (codes.size > 1) found.push({ kind: 'mixed' })
  const folded = simple(text)
  const spoken = provinceNames.filter(({ name }) => holdsWord(folded, simple(name)))
  for (const { code, name } of spoken)
    if (!codes.has(code)) found.push({ kind: 'wrong_province', value: name })
  const several = new Set(offered.map(({ province }) => province)).size > 1
  if (several && !spoken.some(({ code }) => codes.has(code))) found.push({ kind: 'mixed' })
  return found
}

function shapeObjections(text: string, source: string): Objection[] {
  const found: Objection[] = []
  const markup = MARKUP.exec(text)
  if (markup) found.push({ kind: 'markup', value: markup[0] })
  const strange = [...text.matchAll(PLAIN)].find(([sign]) => !source.includes(sign))
  if (strange) found.push({ kind: 'markup', value: strange[0] })
  if (!looksVietnamese(text)) found.push({ kind: 'language' })
  return found
}

function figureObjections(text: string, quotes: readonly string[]): Objection[] {
  const source = quotes.join('\n')
  // As a reader checks: every run of digits stands in a quote, written the same way.
  const found: Objection[] = uncited(text, quotes).map((value) => ({ kind: 'number', value }))
  const folded = simple(source)
  const dense = folded.replace(/\s/g, '')
  let rest = text
  for (const [code] of text.matchAll(CODE)) {
    if (!dense.includes(simple(code).replace(/\s/g, ''))) found.push({ kind: 'number', value: code })
    rest = rest.replace(code, ' ; ')
  }
  const dates = [...source.matchAll(DATE)].map(dateKey)
  for (const date of rest.matchAll(DATE)) {
    if (!dates.includes(dateKey(date))) found.push({ kind: 'number', value: date[0] })
    rest = rest.replace(date[0], ' ; ')
  }
  for (const [size] of rest.matchAll(SIZES)) {
    const same = /^(?:%|phần trăm)$/iu.test(size) ? /%|phần trăm/u : null
    if (same ? !same.test(folded) : !holdsWord(folded, simple(size)))
      found.push({ kind: 'number', value: size })
  }
  const stated = figures(source)
  for (const figure of figures(rest)) {
    const alike = stated.filter(({ value, unit }) => value === figure.value && agree(unit, figure))
    if (alike.length === 0) found.push({ kind: 'number', value: figure.raw })
    else if (!alike.some(({ comparator }) => comparator === figure.comparator))
      found.push({ kind: 'comparator', value: figure.raw })
  }
  return found
}

const dateKey = (match: RegExpMatchArray) => {
  const parts = match.slice(1).filter((part) => part !== undefined)
  return parts.map(Number).join('/')
}

/** The same thing is counted. A year, and a figure that ends a clause, may stand before any word. */
function agree(stated: string, { unit, value, raw }: Figure): boolean {
  if (stated === unit) return true
  if (/^(?:19|20)\d\d$/.test(raw) && value > 1_900) return true
  return unit === '' && stated !== '%' && stated !== 'money'
}

function nameObjections(text: string, known: string): Objection[] {
  const found: Objection[] = []
  const refuse = (value: string) => found.push({ kind: 'name', value })
  for (const [name] of text.matchAll(ORGANISATION)) if (!known.includes(simple(name.trim()))) refuse(name)
  for (const [name] of text.matchAll(ACRONYM)) {
    const everyday = EVERYDAY[name]
    if (!known.includes(simple(name)) && !(everyday !== undefined && known.includes(everyday))) refuse(name)
  }
  for (const match of text.matchAll(CAPITALS)) {
    const starts = /(?:^|[.!?:“"]\s*)$/u.test(text.slice(0, match.index))
    const words = match[0].split(/[\s-]+/)
    const checked = starts ? words.slice(1) : words
    if (holdsWord(known, simple(match[0]))) continue
    if (checked.some((word) => !holdsWord(known, simple(word)))) refuse(match[0])
  }
  return found
}

/** Nothing denied that is not denied there, and the other way round; made of the quote's own words. */
function meaningObjections(text: string, source: string, around: string): Objection[] {
  const found: Objection[] = []
  const words = syllables(text).filter((word) => !FRAME.has(word) && !/\d/.test(word))
  const quoted = new Set(syllables(source))
  const beside = new Set(syllables(around))
  for (const [short, long] of Object.entries(EVERYDAY)) {
    if (quoted.has(short.toLowerCase())) for (const word of syllables(long)) quoted.add(word)
    else if (simple(source).includes(long)) quoted.add(short.toLowerCase())
  }
  const strange = words.filter((word) => !quoted.has(word) && !beside.has(word))
  if (
    words.filter((word) => quoted.has(word)).length < WORDS_LEAST ||
    strange.length > words.length * STRANGE_MOST
  )
    found.push({ kind: 'ungrounded', value: strange.slice(0, 6).join(' ') })
  const clauses = source.split(/[.;\n]+/).filter((clause) => clause.trim() !== '')
  const nearest = clauses
    .map((clause) => {
      const own = new Set(syllables(clause))
      return { clause, shared: words.filter((word) => own.has(word)).length }
    })
    .reduce((best, it) => (it.shared > best.shared ? it : best), { clause: '', shared: -1 })
  if (denies(text) !== denies(nearest.clause)) found.push({ kind: 'negation' })
  return found
}

/** Fixed phrases in which "không" denies nothing. */
const FIXED =
  /không (?:gian|khí|những|chỉ|ngừng|dưới|quá|ít hơn|hơn|vượt quá)|(?:có hay|hay) không|chưa (?:đến|tới|đầy)/giu
const denies = (text: string) => NEGATION.test(text.replace(FIXED, ' '))
const syllables = (text: string) => simple(text).match(/[\p{L}\d]+/gu) ?? []

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at)
    const after = text.slice(at + word.length, at + word.length + 1)
    const edge = /[\p{L}\d]/u
    if (!edge.test(word.slice(0, 1)) || !(edge.test(before) || edge.test(after))) return true
  }
  return false
}

/** One case, one place for the tone mark, single spaces. */
function simple(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/(?<!q)o([àáảãạèéẻẽẹ])(?!\p{L})/gu, (found) => TONES[found] ?? found)
    .replace(/(?<!q)u([ỳýỷỹỵ])(?!\p{L})/gu, (found) => TONES[found] ?? found)
    .replace(/\s+/g, ' ')
}
const TONES: Record<string, string> = {
  oà: 'òa', oá: 'óa', oả: 'ỏa', oã: 'õa', oạ: 'ọa', oè: 'òe', oé: 'óe', oẻ: 'ỏe', oẽ: 'õe', oẹ: 'ọe',
  uỳ: 'ùy', uý: 'úy', uỷ: 'ủy', uỹ: 'ũy', uỵ: 'ụy',
} // biome-ignore format: a table

function looksVietnamese(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const marked =
    text.match(/[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]/giu)?.length ?? 0
  return letters < 12 || marked / letters > 0.08
}
