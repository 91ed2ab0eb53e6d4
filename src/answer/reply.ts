/** From what was found, or not, to what is said: answering, abstaining, asking back. */
import type { Action } from '../channel/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { composeAnswer, composeMore, type Telling } from './compose.ts'
import { ABOUT_MONEY, type Bilingual, type UnderstandingData } from './data.ts'
import { clauseOf } from './excerpt.ts'
import { type Book, figurePieces, type Paragraphs, type Piece, type Topic } from './library.ts'
import type { AnswerMemory } from './memory.ts'
import { asksNamesOf, claimedNumbers } from './numbers.ts'
import type { Answer, AnswerContext, Outcome } from './outcome.ts'
import type { Found } from './pieces.ts'
import type { Selection } from './select.ts'
import { askedFor, type Language, lower, type Owner, TEXT } from './texts.ts'
import { LENGTH, THRESHOLDS } from './thresholds.ts'
import type { Meaning, MessageMeaning, Understander } from './understand.ts'
import { wordsOf } from './words.ts'

export interface Parts {
  readonly knowledge: Knowledge
  readonly book: Book
  readonly paragraphs: Paragraphs
  readonly understander: Understander
  readonly data: UnderstandingData
  readonly owner: Owner
  /** Notes the department wrote over ours, by the key of the body; '' = say nothing. */
  readonly bodyNotes: ReadonlyMap<string, string>
  repair(text: string): ReturnType<Knowledge['repair']>
}

/** Bodies with the department's own words about what they are called today. */
function withNotes(
  bodies: UnderstandingData['bodies'],
  notes: ReadonlyMap<string, string>,
): UnderstandingData['bodies'] {
  return notes.size === 0
    ? bodies
    : bodies.map((body) => {
        const note = notes.get(body.key)
        return note === undefined ? body : { ...body, now: note === '' ? null : { vi: note, en: note } }
      })
}

export type Said = Partial<
  Pick<Answer, 'citations' | 'actions' | 'support' | 'dataRequest' | 'unanswered' | 'phrasing'>
> & {
  readonly outcome: Outcome
  readonly text: string
  readonly memory?: Partial<AnswerMemory>
}

export class Reply {
  readonly #parts: Parts
  readonly #text: string
  readonly #context: AnswerContext
  readonly #language: Language
  readonly #selections: readonly Selection[]

  /** `selections` is the turn's own list, which fills as provinces are searched. */
  constructor(
    parts: Parts,
    text: string,
    context: AnswerContext,
    language: Language,
    selections: readonly Selection[],
  ) {
    this.#parts = parts
    this.#text = text
    this.#context = context
    this.#language = language
    this.#selections = selections
  }

  get #t() {
    return TEXT[this.#language]
  }

  telling(meaning: Meaning, share: number): Telling {
    const { data, understander } = this.#parts
    return {
      language: this.#language,
      meaning,
      at: this.#context.at,
      bodies: withNotes(data.bodies, this.#parts.bodyNotes),
      nameOf: (code) => understander.places.nameOf(code),
      figuresOf: (code) => {
        const catalogue = this.#parts.book.catalogues.get(code)
        return catalogue ? figurePieces(catalogue) : []
      },
      share,
    }
  }

  /** The province is known (or two are named): what is found is told, the rest is said to be missing. */
  tell(meaning: MessageMeaning, selections: readonly Selection[], question: string): Said {
    const found = selections.filter(({ status }) => status === 'found')
    if (found.length === 0) return this.#nothing(meaning, selections)
    const [only] = found
    const open = found.length === 1 && only ? this.#open(meaning, only) : null
    if (open) return open
    const context = found.flatMap((it) => it.context)
    const telling = this.telling({ ...meaning, words: [...meaning.words, ...context] }, 1)
    const several = found.length > 1
    const composed = composeAnswer(
      several ? found.map((it) => ({ ...it, pieces: it.pieces.slice(0, 1) })) : found,
      telling,
    )
    const missing = selections.filter(({ status }) => status !== 'found').map((it) => this.notStatedText(it))
    const remark = this.remark(meaning)
    const more = composeMore([...(composed.left ?? []), ...found.flatMap((it) => it.more)], telling)
    const topic = found[0]?.topic ?? null
    const related = this.#related(meaning, found)
    return {
      outcome: 'answer',
      text: [composed.text, ...missing, ...remark].join(' '),
      citations: composed.citations,
      phrasing: composed.phrasing && {
        ...composed.phrasing,
        notes: [...composed.phrasing.notes, ...missing, ...remark],
      },
      actions: this.#nextSteps(topic, more !== null, related?.label ?? null),
      support: topic?.support ?? null,
      memory: {
        question: question.slice(0, 600),
        topics: [
          ...new Set(found.flatMap((it) => it.pieces.flatMap((piece) => piece.topic?.id ?? []))),
        ].slice(0, 6),
        province: found.length === 1 ? (found[0]?.province ?? null) : null,
        more,
        suggestions: related ? [related.question] : [],
      },
    }
  }

  /** One further question the same plan answers: the later target, or who is in charge. */
  #related(
    meaning: Meaning,
    found: readonly Selection[],
  ): { readonly label: string; readonly question: string } | null {
    const [first] = found
    const head = first?.pieces[0]?.piece
    if (found.length !== 1 || !first || !head) return null
    const t = this.#t
    const catalogue = this.#parts.book.catalogues.get(first.province)
    const topic = first.topic ? label(first.topic.label, this.#language) : null
    const end = head.period?.end ?? null
    if (head.kind === 'target' && topic !== null && end !== null && !meaning.cues.next) {
      const later = catalogue?.targets.some(
        ({ metric, period }) => first.topic?.about.includes(`target:${metric}`) && (period?.end ?? 0) > end,
      )
      if (later || (catalogue?.rules.length ?? 0) > 0) return { label: t.later, question: t.laterOf(topic) }
    }
    if ((head.kind === 'support' || head.kind === 'scope') && !meaning.cues.who)
      return { label: t.inCharge, question: t.whoIsInCharge }
    return null
  }

  /** What is asked stands just beside what was found: it is told as not stated. */
  #open(meaning: Meaning, found: Selection): Said | null {
    return (
      this.#openFact(meaning, found) ??
      this.#otherYear(meaning, found) ??
      this.#uncounted(meaning, found) ??
      this.#unnamed(meaning, found) ??
      this.#otherName(meaning, found)
    )
  }

  /** A fact the document leaves open (its number, its day) is not answered with something near. */
  #openFact(meaning: Meaning, found: Selection): Said | null {
    const { province, topic, pieces } = found
    const piece = pieces[0]?.piece
    if (!piece) return null
    if (piece.kind === 'duty') return this.#openDuty(meaning, found, piece)
    if (piece.kind !== 'fact') return null
    if (piece.value !== null && (piece.note === null || !meaning.cues.whenDay)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const note =
      this.#language === 'vi' && piece.note !== null && !/\d{3,}\/|\/KH/.test(piece.note) ? piece.note : null
    const label = this.#language === 'vi' ? piece.label : (topic?.label.en ?? '')
    return this.abstain([this.#t.noFact(label, note, name)], 'fact', null)
  }

  /** A figure is asked for a year beyond the one the plan sets it for, and no rule carries it on. */
  #otherYear({ cues, years }: Meaning, { topic, province, pieces, more }: Selection): Said | null {
    const [head] = pieces
    const end = head?.piece.kind === 'target' ? (head.piece.period?.end ?? null) : null
    if (!topic || end === null || !cues.howMany || years.length === 0 || years.some((year) => year <= end))
      return null
    const year = Math.max(...years)
    const goesFurther = ({ paragraph, piece }: Found) =>
      piece.kind === 'rule' || (piece.period?.end ?? 0) >= year || paragraph.includes(`${year}`)
    if ([...pieces, ...more].some(goesFurther)) return null
    const what = label(topic.label, this.#language)
    const vi = this.#language === 'vi'
    const lines = [
      this.#t.notStated(
        [this.#parts.understander.places.nameOf(province)],
        vi ? `con số này đến năm ${year}` : `a number for ${year}`,
      ),
      this.#t.close(vi ? `${what}, mục tiêu đến năm ${end}` : `${what}, target for ${end}`),
    ]
    return this.abstain(lines, 'number', topic, [topic.id])
  }

  /** A number is asked of something the plan does hold, but without any number. */
  #uncounted(meaning: Meaning, { topic, province, pieces }: Selection): Said | null {
    if (!topic || !meaning.cues.count) return null
    if (pieces.some(({ piece }) => piece.amount !== null)) return null
    const figures = topic.about.some((ref) => ref.startsWith('target:'))
    const numbered = pieces.some(({ piece, paragraph }) =>
      piece.kind === 'fact' ? !PERCENT.test(meaning.query) : claimedNumbers(paragraph).length > 0,
    )
    const asks = !meaning.cues.yesNo && meaning.words.length <= SHORT_QUESTION && HOW_MANY.test(meaning.query)
    if (!figures && (numbered || !asks)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const what = label(topic.label, this.#language)
    const lines = [
      this.#t.notStated([name], this.#language === 'vi' ? `con số cho việc này` : 'a number for this'),
      this.#t.holds(what),
    ]
    return this.abstain(lines, 'number', topic, [topic.id])
  }

  /** "Ba lĩnh vực đó là những lĩnh vực nào?": the plan counts them and names none. */
  #unnamed(meaning: Meaning, { topic, province, pieces: [head] }: Selection): Said | null {
    if (!topic || !head) return null
    const { amount, quote } = head.piece
    const counts = [amount?.value, amount?.min, amount?.max]
    const goesOn = head.paragraph.slice(head.paragraph.indexOf(quote) + quote.length).split(/[.;]/u)[0] ?? ''
    if (!asksNamesOf(meaning.query, counts) || LISTS.test(goesOn)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const lines = [
      this.#t.notStated([name], this.#language === 'vi' ? 'tên hay danh sách cụ thể' : 'their names'),
      this.#t.close(label(topic.label, this.#language)),
    ]
    return this.abstain(lines, 'detail', topic, [topic.id])
  }

  /** "Có nhắc tên … không?": the plan says it more widely, and the name was asked. */
  #otherName(meaning: Meaning, { topic, province, pieces: [head] }: Selection): Said | null {
    if (!topic || head?.piece.kind !== 'support' || head.piece.explicit) return null
    if (!meaning.cues.yesNo || !ASKS_NAME.test(meaning.query) || !saysName(meaning, head.piece)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const what = label(topic.label, this.#language)
    const lines = [
      this.#t.notStated([name], this.#language === 'vi' ? `tên ${what}` : `${what} by name`),
      this.#t.close(clauseOf(head.piece.quote, LENGTH.item)),
    ]
    return this.abstain(lines, 'thing', topic, [topic.id])
  }

  /** When a duty falls due is asked, and the plan gives no such time. */
  #openDuty(meaning: Meaning, { province, topic }: Selection, piece: Piece): Said | null {
    const asksDay = meaning.cues.whenDay
    if (!meaning.cues.when || piece.due?.day || (piece.due?.year && !asksDay)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const what =
      this.#language === 'vi'
        ? `${asksDay ? 'ngày' : 'thời điểm'} ${lower(partAsked(piece.label, meaning))}`
        : `when this is due (${topic?.label.en ?? ''})`
    return this.abstain([this.#t.notStated([name], what)], 'due', topic, topic ? [topic.id] : [])
  }

  /** What has to be said of a place that came to the province only by the merger. */
  remark(meaning: MessageMeaning): string[] {
    const place = meaning.places.find(({ area }) => area === 'beyond')
    if (!place || place.province === null) return []
    return [this.#t.beyond(this.#parts.understander.places.nameOf(place.province), place.name)]
  }

  #nextSteps(topic: Topic | null, hasMore: boolean, related: string | null): Action[] {
    const t = this.#t
    const steps: Action[] = []
    const { book } = this.#parts
    const type = [...book.catalogues.values()]
      .flatMap(({ supportTypes }) => supportTypes)
      .find(({ key }) => key === topic?.support)
    if (type && type.signup !== 'none') {
      steps.push({ label: type.signup === 'training' ? t.enrol : t.interest, send: `#signup:${type.key}` })
    }
    if (hasMore) steps.push({ label: t.more, send: '#more' })
    if (related !== null && steps.length < 2) steps.push({ label: related, send: '#ask:0' })
    steps.push({ label: t.askOfficer, send: '#officer' })
    return steps
  }

  #nothing(meaning: MessageMeaning, selections: readonly Selection[]): Said {
    const unknown = selections.every(({ status }) => status === 'unknown')
    const offTopic = meaning.guesses.find(({ label }) => label === 'off_topic')?.probability ?? 0
    const ours = meaning.cues.domain || meaning.places.length > 0 || meaning.bodies.length > 0
    if (unknown && (!ours || offTopic > 0.3))
      return {
        outcome: 'refuse',
        text: this.#t.offTopic,
        actions: [{ label: this.#t.askOfficer, send: '#officer' }],
      }
    const lines = selections.map((it) => this.notStatedText(it))
    const topic = selections.find((it) => it.topic)?.topic ?? null
    return this.abstain(lines, unknown ? 'unknown' : 'not_stated', topic, topic ? [topic.id] : [])
  }

  /** What no plan states is named in the person's own terms, beside the nearest thing of the same subject that is stated. */
  lacking(meaning: Meaning, key: string, provinces: readonly string[], carried: readonly string[]): Said {
    const t = this.#t
    const names = provinces.map((code) => this.#parts.understander.places.nameOf(code))
    const asked = askedFor(meaning.query, key, this.#language)
    const what = asked.length > 0 ? asked.join(', ') : (meaning.lacking?.missing?.[this.#language] ?? '')
    const topic = this.#subject(meaning, carried, provinces)
    const money = ABOUT_MONEY.has(key)
    const lines = [
      topic ? t.without(names, label(topic.label, this.#language), what) : t.notStated(names, what),
    ]
    if (money && claimedNumbers(meaning.query).length > 0) lines.push(t.noFigureFromQuestion)
    const [only] = provinces
    if (money && provinces.length === 1 && only !== undefined && this.#language === 'vi')
      lines.push(...this.#budget(only))
    return this.abstain(lines, key, topic, [topic?.id ?? ''])
  }

  /** Who draws up the budget each year, as the plan says. */
  #budget(province: string): string[] {
    const duty = this.#parts.book.catalogues
      .get(province)
      ?.duties.find(({ duty: key }) => key.includes('budget') && key.startsWith('annual'))
    return duty ? [this.#t.budget(duty.who, lower(duty.label))] : []
  }

  /** The kind of support the question names or goes on from, if the plans asked state it. */
  #subject(meaning: Meaning, carried: readonly string[], provinces: readonly string[]): Topic | null {
    const { book } = this.#parts
    const stated = (key: string) =>
      provinces.every((code) =>
        book.catalogues.get(code)?.supportTypes.some((type) => type.key === key && type.namings.length > 0),
      )
    const [best] = meaning.topics
    const sure = best && best.score >= THRESHOLDS.subject ? best.id : null
    const goesOn = meaning.ownWords <= 2 ? carried[0] : undefined
    for (const id of [goesOn, sure]) {
      const topic = id == null ? undefined : book.topics.get(id)
      if (topic?.support != null && stated(topic.support))
        return book.topics.get(`support:${topic.support}`) ?? topic
    }
    return null
  }

  notStatedText({ province, topic }: Selection): string {
    const { understander, book } = this.#parts
    const name = understander.places.nameOf(province)
    if (!topic) return this.#t.unknownInPlan([name])
    const others = book.provinces
      .filter(({ code }) => code !== province && this.#states(topic, code))
      .map((it) => it.name)
    const named = label(topic.label, this.#language)
    // A number that was not asked stands in no quote: "5S ở trường học" is then just "this".
    const asked = new Set(wordsOf(this.#text))
    const invents = wordsOf(named).some((word) => /\d/.test(word) && !asked.has(word))
    const text = invents ? this.#t.unknownInPlan([name]) : this.#t.notStated([name], named)
    return others.length > 0 ? `${text} ${this.#t.onlyIn(others, name)}` : text
  }

  #states(topic: Topic, province: string): boolean {
    const selection = this.#selections.find((it) => it.province === province)
    if (selection) return selection.status === 'found'
    const catalogue = this.#parts.book.catalogues.get(province)
    const anchored = (topic.anchors[province] ?? []).length > 0
    return (
      anchored ||
      (catalogue?.supportTypes.some(
        ({ key, namings }) => topic.about.includes(`support:${key}`) && namings.length > 0,
      ) ??
        false) ||
      (catalogue?.targets.some(({ metric }) => topic.about.includes(`target:${metric}`)) ?? false)
    )
  }

  /** Nobody knows the province: plans that agree are both cited, else the person is asked. */
  unknownProvince(meaning: MessageMeaning, question: string): Said {
    const selections = this.#selections
    const found = selections.filter(({ status }) => status === 'found')
    if (found.length === 0) return this.#nothing(meaning, selections)
    if (found.length === selections.length && agree(found, meaning))
      return this.tell(meaning, selections, question)
    const t = this.#t
    const { provinces } = this.#parts.book
    return {
      outcome: 'clarify_province',
      text: t.whichProvince(
        provinces.map(({ name }) => name),
        this.#difference(found),
      ),
      actions: provinces.slice(0, 4).map(({ code, name }) => ({ label: name, send: `#province:${code}` })),
      memory: {
        pending: question.slice(0, 600),
        topics: [...new Set(found.flatMap((it) => it.topic?.id ?? []))].slice(0, 2),
      },
    }
  }

  /** How the plans stand to each other in what is asked. */
  #difference(found: readonly Selection[]): { readonly only: string | null; readonly both: boolean } {
    const [first] = found
    if (found.length === 1 && first)
      return { only: this.#parts.understander.places.nameOf(first.province), both: false }
    return { only: null, both: first?.topic != null && found.every(({ topic }) => topic === first.topic) }
  }

  names(): string[] {
    return this.#parts.book.provinces.map(({ name }) => name)
  }

  abstain(
    lines: readonly string[],
    reason: string,
    topic: Topic | null,
    topics: readonly string[] = [],
  ): Said {
    const t = this.#t
    const kept = topics.filter((id) => id !== '')
    return {
      outcome: 'abstain',
      text: [...lines, t.offerOfficer].join(' '),
      actions: [
        { label: t.toOfficer, send: '#officer' },
        ...this.#nextSteps(topic, false, null).filter(({ send }) => send.startsWith('#signup')),
      ],
      support: topic?.support ?? null,
      unanswered: { reason, question: this.#text.slice(0, 600) },
      memory: {
        offered: 'officer',
        question: this.#text.slice(0, 600),
        ...(kept.length > 0 ? { topics: kept } : {}),
      },
    }
  }
}

const PERCENT = /%|phần trăm|percent/iu
/** "Mang số bao nhiêu" and "ngày mấy" ask for a name and a day. */
const HOW_MANY = /(?<!(?:số|ngày|tháng|năm) )(?:bao nhiêu|mấy)|how many/iu
/** In a longer message a number may be asked only in passing. */
const SHORT_QUESTION = 20
/** Whether a name stands in the plan is asked, not whether there is support. */
const ASKS_NAME =
  /(?:gọi|kể|có)(?: \S+)? tên|(?:nhắc|nêu|ghi) (?:tới |đến |rõ )?\S|đích danh|mention|by name/iu

/** The very name the plan leaves out stands in the question: its number, or what the note of the piece calls it. */
function saysName({ words }: Meaning, { label, note }: Piece): boolean {
  const left = /không nêu tên ([^.,;]+)/u.exec(note ?? '')?.[1]
  const name = left === undefined ? wordsOf(label).filter((word) => /\d/.test(word)) : wordsOf(left)
  return name.length > 0 && name.every((word) => words.includes(word))
}

/** The plan itself goes on to say what belongs to it. */
const LISTS = /như |gồm|:/u

/** The same topic, no figure asked, and each plan names it by its very name (or the data files say they agree). */
function agree(found: readonly Selection[], meaning: Meaning): boolean {
  const [first] = found
  if (!first?.topic || found.some(({ topic }) => topic !== first.topic)) return false
  if (first.topic.agree) return true
  if (meaning.cues.howMany || meaning.cues.who) return false
  return found.every(({ pieces }) => pieces[0]?.piece.kind === 'support' && pieces[0].piece.explicit)
}

/** Of "xây dựng Kế hoạch …; tổng kết …" the part the question speaks of. */
function partAsked(text: string, { words }: Meaning): string {
  const shared = (part: string) => wordsOf(part).filter((word) => words.includes(word)).length
  return text.split('; ').sort((a, b) => shared(b) - shared(a))[0] ?? text
}

function label(text: Bilingual, language: Language): string {
  return language === 'vi' ? lower(text.vi) : text.en
}
