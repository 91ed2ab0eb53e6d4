/** From what was found, or not, to what is said: answering, abstaining, asking back. */
import type { Action } from '../channel/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { composeAnswer, composeMore, type Telling } from './compose.ts'
import type { Bilingual, UnderstandingData } from './data.ts'
import { type Book, figurePieces, type Paragraphs, type Piece, type Topic } from './library.ts'
import type { AnswerMemory } from './memory.ts'
import type { Answer, AnswerContext, Outcome } from './outcome.ts'
import type { Selection } from './select.ts'
import { type Language, lower, type Owner, TEXT } from './texts.ts'
import type { Meaning, MessageMeaning, Understander } from './understand.ts'

export interface Parts {
  readonly knowledge: Knowledge
  readonly book: Book
  readonly paragraphs: Paragraphs
  readonly understander: Understander
  readonly data: UnderstandingData
  readonly owner: Owner
  repair(text: string): ReturnType<Knowledge['repair']>
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
      bodies: data.bodies,
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
    const open = this.#openFact(meaning, found)
    if (open) return open
    const uncounted = this.#uncounted(meaning, found)
    if (uncounted) return uncounted
    const context = found.flatMap((it) => it.context)
    const telling = this.telling({ ...meaning, words: [...meaning.words, ...context] }, 1)
    const several = found.length > 1
    const composed = composeAnswer(
      several ? found.map((it) => ({ ...it, pieces: it.pieces.slice(0, 1) })) : found,
      telling,
    )
    const missing = selections.filter(({ status }) => status !== 'found').map((it) => this.notStatedText(it))
    const remark = this.#remark(meaning)
    const more = composeMore(
      found.flatMap((it) => it.more),
      telling,
    )
    const topic = found[0]?.topic ?? null
    return {
      outcome: 'answer',
      text: [composed.text, ...missing, ...remark].join(' '),
      citations: composed.citations,
      phrasing: composed.phrasing && {
        ...composed.phrasing,
        notes: [...composed.phrasing.notes, ...missing, ...remark],
      },
      actions: this.#nextSteps(topic, more !== null),
      support: topic?.support ?? null,
      memory: {
        question: question.slice(0, 600),
        topics: [
          ...new Set(found.flatMap((it) => it.pieces.flatMap((piece) => piece.topic?.id ?? []))),
        ].slice(0, 6),
        province: found.length === 1 ? (found[0]?.province ?? null) : null,
        more,
      },
    }
  }

  /** A fact the document leaves open (its number, its day) is not answered with something near. */
  #openFact(meaning: Meaning, found: readonly Selection[]): Said | null {
    const [first] = found
    const piece = first?.pieces[0]?.piece
    if (found.length !== 1 || !first || !piece) return null
    if (piece.kind === 'duty') return this.#openDuty(meaning, first, piece)
    if (piece.kind !== 'fact') return null
    if (piece.value !== null && (piece.note === null || !meaning.cues.whenDay)) return null
    const name = this.#parts.understander.places.nameOf(first.province)
    const note =
      this.#language === 'vi' && piece.note !== null && !/\d{3,}\/|\/KH/.test(piece.note) ? piece.note : null
    const label =
      this.#language === 'vi'
        ? `${piece.label} (kế hoạch của tỉnh ${name})`
        : `${first.topic?.label.en ?? ''}, ${name}`
    return this.abstain([this.#t.noFact(label, note)], 'fact', null)
  }

  /** A number is asked of something the plan does hold, but without any number. */
  #uncounted(meaning: Meaning, found: readonly Selection[]): Said | null {
    const [first] = found
    if (found.length !== 1 || !first?.topic || !meaning.cues.count) return null
    const figures = first.topic.about.some((ref) => ref.startsWith('target:'))
    if (!figures || first.pieces.some(({ piece }) => piece.amount !== null)) return null
    const { topic, province } = first
    const name = this.#parts.understander.places.nameOf(province)
    const what = label(topic.label, this.#language)
    const lines = [
      this.#t.notStated([name], this.#language === 'vi' ? `con số cho việc này` : 'a number for this'),
      this.#t.nearest(what),
    ]
    return this.abstain(lines, 'number', topic, [topic.id])
  }

  /** When a duty falls due is asked, and the plan gives no such time. */
  #openDuty(meaning: Meaning, { province, topic }: Selection, piece: Piece): Said | null {
    const asksDay = meaning.cues.whenDay
    if (!meaning.cues.when || piece.due?.day || (piece.due?.year && !asksDay)) return null
    const name = this.#parts.understander.places.nameOf(province)
    const what =
      this.#language === 'vi'
        ? `${asksDay ? 'ngày' : 'thời điểm'} ${lower(piece.label)}`
        : `when this is due (${topic?.label.en ?? ''})`
    return this.abstain([this.#t.notStated([name], what)], 'due', topic, topic ? [topic.id] : [])
  }

  #remark(meaning: MessageMeaning): string[] {
    const place = meaning.places.find(({ area }) => area === 'beyond')
    if (!place || place.province === null) return []
    return [this.#t.beyond(this.#parts.understander.places.nameOf(place.province), place.name)]
  }

  #nextSteps(topic: Topic | null, hasMore: boolean): Action[] {
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

  notStatedText({ province, topic }: Selection): string {
    const { understander, book } = this.#parts
    const name = understander.places.nameOf(province)
    if (!topic) return this.#t.unknownInPlan([name])
    const others = book.provinces
      .filter(({ code }) => code !== province && this.#states(topic, code))
      .map((it) => it.name)
    const text = this.#t.notStated([name], label(topic.label, this.#language))
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
      text: t.whichProvince(provinces.map(({ name }) => name)),
      actions: provinces.slice(0, 4).map(({ code, name }) => ({ label: name, send: `#province:${code}` })),
      memory: {
        pending: question.slice(0, 600),
        topics: [...new Set(found.flatMap((it) => it.topic?.id ?? []))].slice(0, 2),
      },
    }
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
        ...this.#nextSteps(topic, false).filter(({ send }) => send.startsWith('#signup')),
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

/** The same topic, no figure asked, and each plan names it by its very name (or the data files say they agree). */
function agree(found: readonly Selection[], meaning: Meaning): boolean {
  const [first] = found
  if (!first?.topic || found.some(({ topic }) => topic !== first.topic)) return false
  if (first.topic.agree) return true
  if (meaning.cues.howMany || meaning.cues.who) return false
  return found.every(({ pieces }) => pieces[0]?.piece.kind === 'support' && pieces[0].piece.explicit)
}

function label(text: Bilingual, language: Language): string {
  return language === 'vi' ? lower(text.vi) : text.en
}
