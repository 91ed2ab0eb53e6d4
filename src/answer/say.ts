/** One paragraph with what was found in it, as one plain sentence of ours, and the quotes that prove it. Pure. */
import type { Citation } from '../channel/index.ts'
import { fold, syllables } from '../vietnamese/text.ts'
import { clauseOf, excerpt, itemAround } from './excerpt.ts'
import type { Amount, Piece } from './library.ts'
import { claimedNumbers, numberForms } from './numbers.ts'
import { bodyOf, type Found } from './pieces.ts'
import { capital, type Language, lower, TEXT } from './texts.ts'
import { LENGTH } from './thresholds.ts'
import type { Meaning } from './understand.ts'
import { wordsOf } from './words.ts'

/** What is asked for, as far as it changes how something is told. */
export interface Manner {
  readonly language: Language
  readonly meaning: Meaning
  nameOf(province: string): string
  /** Several paragraphs are told, each shorter. */
  readonly several?: boolean
  /** Every record of the province that holds a figure, to tell what a number in the question really is. */
  figuresOf(province: string): readonly Piece[]
}

export interface Told {
  /** The sentences, the first of which answers. */
  readonly sentences: readonly string[]
  readonly citations: readonly Citation[]
  /** What comes before any quote: figures; null when there are none. */
  readonly lead: string | null
  /** Items of a list that did not fit. */
  readonly left?: readonly Found[]
}

/** What one gets is asked: the plans state no amounts. */
export const WHAT_SUPPORT =
  /(?:hỗ trợ|giúp|được) (?:những |được |cái |như )*(?:gì|chi|sao|ra sao|thế nào|bao nhiêu)(?=\s|$|[?.,])|what (?:support|help)/iu
const WHY = /(?:^|\s)(?:vì sao|tại sao|nguyên nhân|lý do|do đâu|why|mà sao|sao (?:lại|mà))(?=\s|$|[?.,])/iu
const WHAT_IS = /(?:là gì|là cái gì|nghĩa là|what is|what are|what does .* mean)(?=\s|$|[?.,])/iu
/** A figure or a name is put to us for a yes. */
export const CONFIRM =
  /(?:đúng|phải) (?:là )?(?:không|chưa)|đúng hông|không phải (?:là )?|(?:is it|is that) (?:true|right|correct)|right\s*\?/iu
/** Who or what belongs to it is asked: the sentence of the plan tells it. */
const INCLUDED =
  /(?:nơi|chỗ|loại|ngành|lĩnh vực|đối tượng|cấp|nhóm|trường|đơn vị|cơ quan)(?: \S+)? nào|những ai|gồm|(?:tính|kể) (?:cả|luôn)|ở đâu|của ai/iu
const PURPOSE =
  /để làm (?:gì|chi)|mục đích|ích lợi|lợi ích|(?:được |có )?lợi (?:gì|chi)|ích (?:gì|chi)|(?:cải thiện|thay đổi|nâng cao)(?: được)?(?: điều| cái)? (?:gì|chi)|nhằm|hướng (?:tới|đến)|mong (?:đạt|muốn)|đạt được (?:điều |cái )?(?:gì|chi)|đặng|làm (?:chi|gì)(?=\s|$|[?.,])|tác dụng|what for|purpose|benefit/iu
const COUNTED = /(?:bao nhiêu|mấy)(?: trăm| chục| ngàn| nghìn)? (\p{L}+ \p{L}+)/giu
const CAUSE = /nguyên nhân|\bdo\b|(?:^|\s)vì(?=\s)|(?:^|\s)nên(?=\s)/iu

const WHICH = /(?:^|\s)(?:gì|chi|nào|những|ra sao|thế nào|what|which|how)(?=\s|$|[?.,])/iu

/** The content is asked for, not just whether there is something. */
const asksWhich = ({ query }: Meaning): boolean => WHICH.test(query)
export const asksWhy = ({ query }: Meaning): boolean => WHY.test(query)
export const asksWhatIs = ({ query }: Meaning): boolean => WHAT_IS.test(query)

/** `first`: opens the reply. `shown`: what stands before it, so that a plan is named once. */
export function tellGroup(
  paragraph: string,
  founds: readonly Found[],
  manner: Manner,
  first: boolean,
  before: Piece | null,
): Told {
  const head = founds[0]?.piece
  if (!head) return { sentences: [], citations: [], lead: null }
  const t = TEXT[manner.language]
  const why = asksWhy(manner.meaning) && CAUSE.test(paragraph)
  const anchor = why
    ? causeOf(paragraph)
    : head.kind === 'passage' || head.kind === 'note' || head.kind === 'scope'
      ? ''
      : head.quote
  // A reason is told whole: of a long paragraph its own sentence, not the beginning.
  const quote = excerpt(paragraph, anchor, manner.meaning.words, why ? LENGTH.said : LENGTH.quote)
  const proof = [
    citationOf(head, quote),
    ...founds
      .filter(({ piece }) => piece.kind !== 'passage' && !quote.includes(piece.quote) && !why)
      .map(({ piece }) => citationOf(piece, excerpt(paragraph, piece.quote, [], LENGTH.quote))),
  ]
  const figures = why ? [] : figuresIn(paragraph, founds, manner)
  const plainLead = figureLead(
    figures.map(({ piece, topic }) => ({ piece, english: topic?.label.en })),
    manner,
  )
  const lead = plainLead === null ? null : `${saysYes(head, manner, first) ? `${t.yes} ` : ''}${plainLead}`
  if (lead !== null) {
    const disputed = figures.filter(({ piece }) => piece.note !== null).length > 1
    const added = unsaid(lead, quote, manner)
    const shown =
      manner.language === 'en' || disputed || addsWords(added, manner) || countsElse(lead, quote, manner)
    const piece = figures[0]?.piece ?? head
    const clause = wordingOf(paragraph, piece, disputed || isAboutContent(manner))
    const whole =
      added.every((word) => syllables(clause).includes(word)) && !countsElse(clause, quote, manner)
    const wording = shown ? [`${t.original}: “${whole ? clause : wordingOf(paragraph, piece, true)}”.`] : []
    return {
      sentences: [lead, ...wording],
      citations: [
        ...proof,
        ...headingProof(
          figures.map(({ piece }) => piece),
          proof,
        ),
      ],
      lead,
    }
  }
  const years = headingProof([head], proof)
  return {
    sentences: [sentenceOf(head, quote, manner, first, before, why)],
    citations: [...proof, ...years],
    lead: null,
  }
}

/** What is in it or what it is for is asked, not how many. */
function isAboutContent({ meaning, language }: Manner): boolean {
  return (
    PURPOSE.test(meaning.query) ||
    INCLUDED.test(meaning.query) ||
    asksWhy(meaning) ||
    (language === 'vi' && asksWhich(meaning) && !meaning.cues.howMany)
  )
}

/** The clause with the figure; all of the sentence where two figures are in dispute or a purpose is asked. */
function wordingOf(paragraph: string, piece: Piece, whole: boolean): string {
  return clauseOf(
    excerpt(paragraph, piece.quote, [], whole ? LENGTH.quote : LENGTH.wording),
    whole ? LENGTH.said : LENGTH.wording,
  )
}

/** Those found, and when a number is asked for or put to us, those that stand in the same paragraph. */
function figuresIn(paragraph: string, founds: readonly Found[], manner: Manner): readonly Found[] {
  const found = founds.filter(({ piece }) => piece.amount !== null && piece.kind !== 'rule')
  const [head] = founds
  const { meaning } = manner
  const kind = head?.piece.kind === 'support' || head?.piece.kind === 'passage'
  if (found.length > 0 || !head || !kind) return found
  const asked =
    (CONFIRM.test(meaning.query) && claimedNumbers(meaning.query).length > 0) || meaning.cues.count
  if (!asked) return []
  const words = new Set(meaning.words.filter((word) => !PLAIN.has(word)))
  return manner
    .figuresOf(head.piece.province)
    .filter(({ quote, label }) => paragraph.includes(quote) && wordsOf(label).some((word) => words.has(word)))
    .slice(0, 1)
    .map((piece) => ({ ...head, piece }))
}

/** Whether there is such support was asked, and there is. */
function saysYes(piece: Piece, { meaning }: Manner, first: boolean): boolean {
  const { yesNo, who, howMany, count } = meaning.cues
  const kind = piece.kind === 'support' || piece.kind === 'target'
  return (
    first &&
    kind &&
    yesNo &&
    !who &&
    !howMany &&
    !count &&
    !CONFIRM.test(meaning.query) &&
    claimedNumbers(meaning.query).length === 0 && // a yes would be heard as a yes to the number
    !asksWhatIs(meaning)
  )
}

function sentenceOf(
  piece: Piece,
  quote: string,
  manner: Manner,
  first: boolean,
  before: Piece | null,
  why: boolean,
): string {
  const { language, meaning } = manner
  const t = TEXT[language]
  const name = manner.nameOf(piece.province)
  const text = short(quote, piece, manner)
  const again =
    before !== null &&
    before.province === piece.province &&
    (piece.kind === 'passage' || piece.kind === before.kind)
  if (why) return `${t.cause(name)}: “${text.replace(/^Nguyên nhân:\s*/u, '')}”.`
  if (piece.kind === 'fact' && piece.value !== null) {
    const wording = piece.fact === 'signer' && meaning.cues.when ? ` ${t.original}: “${text}”.` : ''
    return `${t.fact(language === 'en' ? (t.facts[piece.fact as keyof typeof t.facts] ?? piece.label) : piece.label, name)}: ${t.office(piece.value)}.${wording}`
  }
  if (piece.kind === 'target' && language === 'vi')
    return `${capital(t.target(piece.period?.end ?? null, name))}: ${lowerFirst(text)}.`
  const body = piece.kind === 'passage' ? officeOf(piece.section, manner) : null
  if (language === 'en') {
    const whose = body === null ? t.says([name]) : `${capital(t.accordingTo(name))}, ${body} (in Vietnamese)`
    return `${again ? t.also : whose}: “${text}”.`
  }
  if (piece.kind === 'duty')
    return `${again ? '' : `${t.accordingTo(name)}, `}${dutyText(piece, text, again)}.`
  if (piece.kind === 'support') {
    if (!piece.explicit && !again)
      return `${capital(t.plans([name]))} ${t.wider(widerText(piece, text, meaning))}.`
    const yes = saysYes(piece, manner, first)
    return again
      ? `${t.also}: ${lowerFirst(text)}.`
      : `${yes ? `${t.yes} ` : ''}${t.says([name])} ${lowerFirst(text)}.`
  }
  if (body !== null)
    return again && before !== null && officeOf(before.section, manner) === body
      ? `${t.also}: “${text}”.`
      : `${capital(t.accordingTo(name))}, ${body}: “${text}”.`
  return `${again ? t.also : t.says([name])}: “${text}”.`
}

/** What stands in the reply of a quote: a part of it, as it is read. */
function short(quote: string, piece: Piece, { meaning, several }: Manner): string {
  const clause = piece.kind === 'support' || piece.kind === 'duty'
  const whole = clause && !asksWhich(meaning) ? LENGTH.clause : LENGTH.said
  const most = several ? LENGTH.saidOfSeveral : whole
  const narrow = piece.kind === 'support' ? narrowed(quote, piece, meaning) : null
  if (narrow !== null) return narrow
  if (quote.length <= most) return clauseOf(quote, most)
  const shown = shortened(quote, piece, meaning, most)
  // What was asked about must not be cut away.
  const missing = meaning.words.filter((word) => !PLAIN.has(word) && word.length > 1)
  const lost = held(missing, quote) > held(missing, shown)
  return lost && !several ? clauseOf(quote, LENGTH.said) : shown
}

/** Of a long list the item that names the support, when nothing that was asked stands in the others. */
function narrowed(quote: string, piece: Piece, meaning: Meaning): string | null {
  if (quote.length <= LENGTH.list) return null
  const item = itemAround(quote, piece.quote)
  if (item === null || item.length > LENGTH.clause || item.length < 40) return null
  const asked = meaning.words.filter((word) => !PLAIN.has(word) && word.length > 1)
  return held(asked, item) >= held(asked, quote) ? clauseOf(item, LENGTH.clause) : null
}

function held(words: readonly string[], text: string): number {
  const there = new Set(wordsOf(text))
  return new Set(words.filter((word) => there.has(word))).size
}

function shortened(quote: string, piece: Piece, meaning: Meaning, most: number): string {
  const clause = piece.kind === 'support' || piece.kind === 'duty'
  const anchor = !clause || !quote.includes(piece.quote) ? '' : piece.quote
  return clauseOf(excerpt(quote, anchor, meaning.words, most), most)
}

function dutyText(piece: Piece, text: string, again: boolean): string {
  const who = piece.who ?? ''
  const named = text.toLowerCase().replaceAll('ủy ban nhân dân', 'ubnd')
  const tail =
    piece.to === null || named.includes('ubnd') || /gửi|trình/u.test(named)
      ? ''
      : ` (${TEXT.vi.sendsTo} ${piece.to})`
  const plain = `${who} ${lowerFirst(text)}${tail}`.trim()
  return again ? capital(plain) : plain
}

/** What the wider naming says, and what it leaves out when that very thing was asked (the number of a standard). */
function widerText(piece: Piece, text: string, { words }: Meaning): { text: string; note: string | null } {
  const note = piece.note?.replace(/\.$/u, '').replace(/(ISO|APO)\s?\d+/gu, '$1') ?? null
  const numbered = note !== null && /số hiệu/u.test(note)
  if (numbered && !words.some((word) => /\d/.test(word))) return { text: lowerFirst(text), note: null }
  if (note === null || /\d/.test(note)) return { text: lowerFirst(text), note: TEXT.vi.otherName }
  const left = /không nêu[^,]*$/u.exec(note)?.[0]
  return { text: lowerFirst(text), note: numbered && left ? `kế hoạch ${left}` : note }
}

function lowerFirst(text: string): string {
  return lower(text)
}

/** Words of the question, with their marks, that the quote holds and our own sentence does not. */
function unsaid(lead: string, quote: string, { meaning }: Manner): string[] {
  const said = new Set([...syllables(lead), ...PLAIN_MARKED])
  const held = new Set(syllables(quote))
  // Of what was spoken of before, only numbers count ("ISO 22000").
  const asked = [...syllables(meaning.query), ...meaning.words.filter((word) => /\d/.test(word))]
  return [...new Set(asked)].filter((word) => !said.has(word) && held.has(word) && word.length > 1)
}

/** Something else is counted than what our sentence counts: "bao nhiêu doanh nghiệp tham gia" of a number of classes. */
function countsElse(lead: string, quote: string, { meaning }: Manner): boolean {
  const counted = [...meaning.query.toLowerCase().matchAll(COUNTED)].map(([, thing = '']) => thing)
  return counted.some((thing) => !lead.toLowerCase().includes(thing) && quote.toLowerCase().includes(thing))
}

/** Then the wording is part of the answer. */
function addsWords(added: readonly string[], { meaning }: Manner): boolean {
  const { howMany, count, yesNo } = meaning.cues
  if (PURPOSE.test(meaning.query) || INCLUDED.test(meaning.query) || asksWhy(meaning)) return true
  if (added.some((word) => /\d/.test(word) && !/^(?:19|20)\d\d$/.test(word))) return true
  if (howMany || count) return added.length >= (asksWhich(meaning) ? 1 : 3)
  return added.length >= (yesNo ? 3 : 1)
}

const PLAIN_MARKED = syllables(
  'tỉnh của có và các được cho trên địa bàn doanh nghiệp hỗ trợ kế hoạch năng suất chất lượng tổ chức thực hiện áp dụng công ty muốn thì là trong về đến năm nâng cao sản phẩm hàng hóa nhiều một ít nhất khoảng mục tiêu giai đoạn không làm với tại những này ra nhu cầu xây dựng quản lý hệ thống công cụ đó bình quân số lao động hội',
)
const PLAIN = new Set(PLAIN_MARKED.map(fold))

function causeOf(paragraph: string): string {
  const named = /Nguyên nhân:[^.]*/u.exec(paragraph)?.[0]
  if (named !== undefined) return named.slice(0, 40)
  const match = CAUSE.exec(paragraph)
  return match ? paragraph.slice(match.index, match.index + 20).trim() : ''
}

/** "Mục tiêu đến năm 2025 của tỉnh Ninh Thuận: trên 150 lượt người được đào tạo, tập huấn." */
function figureLead(
  figures: readonly { piece: Piece; english: string | undefined }[],
  manner: Manner,
): string | null {
  const { language } = manner
  const t = TEXT[language]
  const told = figures.flatMap(({ piece, english }) => {
    const text = figureText(piece, language === 'en' ? (english ?? piece.label) : piece.label, language)
    if (text === null) return []
    const province = manner.nameOf(piece.province)
    const kind =
      piece.kind === 'past'
        ? piece.period?.start == null
          ? t.recorded(province)
          : t.past(province)
        : piece.forecast
          ? t.forecast(province)
          : t.target(piece.period?.end ?? null, province)
    return [{ kind, text }]
  })
  const kinds = [...Map.groupBy(told, ({ kind }) => kind)]
  if (kinds.length === 0) return null
  const lead = kinds
    .map(([kind, list]) => `${capital(kind)}: ${list.map(({ text }) => text).join('; ')}.`)
    .join(' ')
  const first = figures[0]?.piece
  return `${
    first
      ? correction(
          figures.map(({ piece }) => piece),
          first,
          manner,
        )
      : ''
  }${lead}`
}

/** A number put to us for a yes: confirmed, or what it really is. */
function correction(pieces: readonly Piece[], { province, kind }: Piece, manner: Manner): string {
  const t = TEXT[manner.language]
  if (!CONFIRM.test(manner.meaning.query)) return ''
  const claimed = claimedNumbers(manner.meaning.query)
  if (claimed.length === 0) return ''
  const values = pieces.flatMap(({ amount }) =>
    amount === null ? [] : [amount.value, amount.min, amount.max],
  )
  if (claimed.some((number) => values.includes(number))) return t.right
  const other = manner
    .figuresOf(province)
    .find(({ amount, kind: its }) => its !== kind && amount?.value != null && claimed.includes(amount.value))
  return other ? `${t.isOther(other.kind === 'past')} ` : `${t.notThatFigure} `
}

/** The figure with its comparator and unit, and what is counted ("ít nhất 07 bệnh viện, phòng khám được hỗ trợ …"). */
function figureText(piece: Piece, label: string, language: Language): string | null {
  const amount = piece.amount === null ? null : amountText(piece.amount, piece.quote, language)
  if (piece.amount === null || amount === null) return null
  if (language === 'en') return `${label}: ${amount}`
  const unit = piece.amount.unit.replace(/^(\p{L}.*)\/năm$/u, '$1')
  const yearly = amount.endsWith(TEXT.vi.yearly) ? TEXT.vi.yearly : ''
  const plain = label.replace(/\s*\([^)]*\)/gu, '').replace(/ mỗi năm$/u, yearly === '' ? ' mỗi năm' : '')
  const [what = plain, than] = plain.split(' so với ')
  if (than !== undefined) return `${lower(what)} đạt ${amount} so với ${than}`
  if (unit !== '' && plain.toLowerCase().startsWith(unit.toLowerCase()))
    return `${amount.slice(0, amount.length - yearly.length)}${plain.slice(unit.length)}${yearly}`
  const digits = amount.slice(0, amount.length - unit.length).trim()
  // "khoảng 20 chuyên gia": what is counted follows the number in the source.
  const word = /^\S+(?: \S+)?/u.exec(plain)?.[0].toLowerCase() ?? ''
  const number = /[\d.,]+$/u.exec(digits)?.[0] ?? ''
  if (!unit.startsWith('%') && number !== '' && piece.quote.toLowerCase().includes(`${number} ${word}`))
    return `${digits} ${lower(plain)}`
  return `${lower(plain)} ${amount}`
}

/** The figure with its comparator and unit, digits as the quote writes them. */
function amountText(amount: Amount, quote: string, language: Language): string | null {
  const t = TEXT[language]
  const written = (value: number | null) => (value === null ? null : (numberForms(quote).get(value) ?? null))
  const unit =
    language === 'en'
      ? (t.units[amount.unit as keyof typeof t.units] ?? '')
      : amount.unit.split('/năm')[0] + (amount.unit === '%/năm' ? '/năm' : '')
  const withUnit = (digits: string) =>
    unit === '' ? digits : unit.startsWith('%') ? `${digits}${unit}` : `${digits} ${unit}`
  const yearly =
    language === 'vi' && amount.unit.endsWith('/năm') && !amount.unit.startsWith('%') ? t.yearly : ''
  if (amount.comparator === 'between') {
    const [low, high] = [written(amount.min), written(amount.max)]
    const about = /khoảng/iu.test(quote) ? t.comparators.about : ''
    // The two as the source joins them: "10-11", "6,5 đến 7".
    const joined =
      low === null || high === null || language === 'en'
        ? null
        : /^.{1,9}/u.exec(between(quote, low, high))?.[0]
    if (joined != null && low !== null && high !== null)
      return `${about} ${withUnit(`${low}${joined}${high}`)}`.trim()
    return low === null || high === null ? null : `${about} ${withUnit(t.range(low, high))}`.trim()
  }
  const digits = written(amount.value)
  const comparator = t.comparators[amount.comparator as keyof typeof t.comparators] ?? ''
  if (digits === null) return null
  return `${comparator} ${withUnit(digits)}${yearly}${/\d\.\d{3}/.test(digits) ? t.thousands : ''}`.trim()
}

function between(quote: string, low: string, high: string): string {
  const at = quote.indexOf(low)
  const to = quote.indexOf(high, at + low.length)
  return at < 0 || to < 0 || to - at - low.length > 8 ? '' : quote.slice(at + low.length, to)
}

/** The heading that gives the year, where the quote itself does not. */
function headingProof(pieces: readonly Piece[], proof: readonly Citation[]): Citation[] {
  return pieces.flatMap((piece) => {
    const year = piece.kind === 'target' ? piece.period?.end : null
    if (year == null || proof.some(({ quote }) => quote.includes(String(year)))) return []
    const heading = piece.section.findLast((part) => part.includes(String(year)))
    return heading === undefined ? [] : [citationOf(piece, heading)]
  })
}

export function citationOf(piece: Piece, quote: string): Citation {
  return { doc: piece.doc, label: piece.docLabel, section: piece.cite, quote }
}

/** The same, led by the office that was asked for where a heading names many. */
function officeOf(section: readonly string[], { meaning }: Manner): string | null {
  const heading = bodyOf(section)
  const all = (section.at(-1) ?? '').toLowerCase()
  const asked = meaning.bodies.find(({ name }) => all.includes(name.vi.replace(/^Sở /u, '').toLowerCase()))
  if (heading === null || !asked || !all.includes(',')) return heading
  return TEXT.vi.amongOthers(asked.name.vi)
}

/** Tasks the question speaks of come first; the order of the document otherwise. */
function byQuestion(tasks: readonly Found[], { words }: Meaning): readonly Found[] {
  const telling = words.filter((word) => !PLAIN.has(word) && word.length > 1)
  const value = ({ paragraph }: Found) => held(telling, paragraph)
  const best = Math.max(0, ...tasks.map(value))
  return best < 3 ? tasks : [...tasks].sort((a, b) => value(b) - value(a))
}

/** An introduction that ends with a colon and the items that follow it. */
export function tellTasks(intro: Found, tasks: readonly Found[], manner: Manner, most: number): Told {
  const t = TEXT[manner.language]
  const { piece } = intro
  const name = manner.nameOf(piece.province)
  const opening = clauseOf(intro.paragraph, LENGTH.clause)
  const each = Math.min(
    LENGTH.clause,
    Math.max(LENGTH.task, Math.floor((most - opening.length) / tasks.length)),
  )
  const body = officeOf(piece.section, manner)
  const told = lower(opening.replace(/[,;]? (?:sau|sau đây)$/u, ''))
  const lines = [
    body === null
      ? `${t.says([name])} ${told}:`
      : `${capital(t.accordingTo(name))}, ${body}${told === '' ? '' : ` ${told}`}:`,
  ]
  const citations =
    intro.paragraph === '' ? [] : [citationOf(piece, excerpt(intro.paragraph, '', [], LENGTH.quote))]
  let length = lines.join('').length
  const ordered = byQuestion(tasks, manner.meaning)
  // When no task is spoken of in particular, each is told from its beginning.
  const spoken = ordered === tasks ? [] : manner.meaning.words
  let listed = 0
  for (const task of ordered) {
    // The task the question speaks of is told in full.
    const room = listed === 0 && ordered !== tasks ? LENGTH.clause : each
    const item = `• ${capital(clauseOf(excerpt(task.paragraph, '', spoken, room), room))}`
    if (length + item.length + 1 > most) break
    lines.push(item)
    citations.push(citationOf(task.piece, excerpt(task.paragraph, '', [], LENGTH.quote)))
    length += item.length + 1
    listed++
  }
  return { sentences: [lines.join('\n')], citations, lead: null, left: ordered.slice(listed) }
}
