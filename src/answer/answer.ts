/** One message in, one answer out: outcome, text, citations, buttons, and what to remember. Writes nothing. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Action, Citation } from '../channel/index.ts'
import type { Db } from '../database/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { type Composed, composeAnswer, composeMore, type Phrasing, type Telling } from './compose.ts'
import { type Bilingual, readUnderstanding, type UnderstandingData } from './data.ts'
import { type DataRequest, type Decided, decide, type Intent } from './intent.ts'
import { type Book, openBook, Paragraphs, type Piece, type Topic } from './library.ts'
import { type AnswerMemory, readMemory } from './memory.ts'
import type { Place } from './places.ts'
import { type Asked, type Selection, select } from './select.ts'
import { type RecordedTurn, rateAnswer, recordAnswer } from './store.ts'
import { DEFAULT_OWNER, type Language, lower, type Owner, TEXT } from './texts.ts'
import { THRESHOLDS } from './thresholds.ts'
import { type Meaning, type MessageMeaning, Understander } from './understand.ts'
import { wordsOf } from './words.ts'

export type Outcome =
  | 'answer'
  | 'abstain'
  | 'clarify_province'
  | 'refuse'
  | 'greet'
  | 'handoff'
  | 'start_signup'
  | 'status'
  | 'personal_data'
  | 'unclear'

export interface AnswerContext {
  /** The province stored for the person, or null. */
  readonly province: string | null
  readonly language: Language
  /** What `Answer.memory` was last time; null for a new person. */
  readonly memory: unknown
  readonly at: Date
}

export interface Understanding {
  readonly intent: PublicIntent
  readonly confidence: number
  readonly language: Language
  readonly province: { readonly code: string; readonly via: 'named' | 'resident' } | null
  /** Key of a kind of support the message is about. */
  readonly support: string | null
  readonly dataRequest: DataRequest | null
  /** What is asked that no plan states ("money", "deadline" …), else null. */
  readonly lacking: string | null
}

export interface Answer {
  readonly id: string
  readonly outcome: Outcome
  readonly intent: Intent
  readonly language: Language
  readonly text: string
  readonly citations: Citation[]
  readonly actions: Action[]
  readonly memory: AnswerMemory
  /** The rest, for "xem thêm" (its sources are in `memory.more`). */
  readonly more: string | null
  /** Full questions behind the `#ask:<n>` buttons. */
  readonly suggestions: string[]
  /** To be stored in the profile: the person said where they are. */
  readonly province: string | null
  readonly support: string | null
  readonly dataRequest: DataRequest | null
  /** For the list of unanswered questions; null when the question was answered or was none. */
  readonly unanswered: { readonly reason: string; readonly question: string } | null
  /** What of it a model may say in other words; null: it stays as it is. */
  readonly phrasing: Phrasing | null
  readonly explain: Explain
}

export interface Explain {
  readonly repaired: string
  readonly language: Language
  readonly intent: Intent
  readonly guesses: readonly { readonly label: string; readonly probability: number }[]
  readonly lacking: string | null
  readonly places: readonly Place[]
  readonly provinces: readonly string[]
  readonly cues: readonly string[]
  /** Ideas of the data files that the message was heard to hold. */
  readonly ideas: readonly string[]
  readonly topics: readonly { readonly id: string; readonly score: number }[]
  readonly selections: readonly {
    readonly province: string
    readonly status: Selection['status']
    readonly topics: readonly {
      readonly id: string
      readonly asked: number
      readonly score: number
      readonly stated: boolean
    }[]
    readonly candidates: readonly {
      readonly kind: string
      readonly key: string
      readonly score: number
      readonly cite: string
    }[]
    readonly chosen: readonly { readonly kind: string; readonly cite: string; readonly quote: string }[]
  }[]
  readonly thresholds: typeof THRESHOLDS
}

export interface AnswererOptions {
  readonly knowledge: Knowledge
  /** Where `understanding/` lies; KNOWLEDGE_DIR. */
  readonly folder?: string
  readonly owner?: Owner
  readonly newId?: () => string
}

export interface Answerer {
  /** What the message wants, without answering it: for deciding whether a form goes on. */
  understand(text: string, context: Pick<AnswerContext, 'language' | 'memory'>): Promise<Understanding>
  answer(text: string, context: AnswerContext): Promise<Answer>
  /** Keeps outcome, citations and the unanswered question, in the caller's transaction. */
  record(tx: Db, answer: Pick<Answer, 'id'>, about: RecordedTurn): Promise<void>
  /** The person's thumbs up or down for an answer of their own conversation; anything else changes nothing. */
  rate(tx: Db, answerId: string, conversationId: string, good: boolean): Promise<void>
}

interface Ready {
  readonly book: Book
  readonly understander: Understander
  readonly paragraphs: Paragraphs
}

/** Learns from the data files and what is served (about half a second), again when something else is published. */
export async function createAnswerer({
  knowledge,
  folder = './knowledge',
  owner = DEFAULT_OWNER,
  newId = randomUUID,
}: AnswererOptions): Promise<Answerer> {
  const data = readUnderstanding(join(folder, 'understanding'))
  let ready = learn(knowledge, data)
  await ready
  const current = async (): Promise<Ready> => {
    const known = await ready
    if (known.book.version === (await knowledge.version())) return known
    const renewing = learn(knowledge, data)
    ready = renewing.catch(() => known) // a failed reload must not poison the next message
    return await renewing
  }
  const repair = (text: string) => knowledge.repair(text)
  return {
    async understand(text, { language, memory }) {
      const { understander, book } = await current()
      const meaning = await understander.understand(text, repair)
      const decided = decide(meaning)
      return {
        intent: publicIntent(decided.intent, readMemory(memory)),
        confidence: meaning.confidence,
        language: languageOf(meaning, language),
        province: provinceSaid(meaning),
        support: meaning.support ?? supportOf(meaning, book),
        dataRequest: decided.dataRequest,
        lacking: decided.lacking,
      }
    },
    async answer(text, context) {
      const { understander, book, paragraphs } = await current()
      const meaning = await understander.understand(text, repair)
      const turn = new Turn(
        { knowledge, book, paragraphs, understander, data, owner, repair },
        text,
        meaning,
        context,
      )
      return { ...(await turn.answer()), id: newId() }
    },
    record: (tx, answer, about) => recordAnswer(tx, answer, about),
    rate: (tx, answerId, conversationId, good) => rateAnswer(tx, answerId, conversationId, good),
  }
}

async function learn(knowledge: Knowledge, data: UnderstandingData): Promise<Ready> {
  const book = await openBook(knowledge, data)
  const supports = [...book.catalogues.values()].flatMap(({ supportTypes }) => supportTypes)
  const byKey = new Map(supports.map(({ key, name, synonyms }) => [key, { key, name, synonyms }]))
  const spoken = [...book.catalogues.values()].flatMap(({ targets, baseline, duties, documents }) => [
    ...[...targets, ...baseline, ...duties].flatMap(({ label, quote }) => [label, quote]),
    ...documents.map(({ front }) => front.title),
  ])
  const lexicon = { supports: [...byKey.values()], provinces: book.provinces, words: spoken.flatMap(wordsOf) }
  return {
    book,
    understander: new Understander(data, lexicon, book.sources),
    paragraphs: new Paragraphs(knowledge),
  }
}

/** What the conversation needs to tell apart; a bare yes after an offer of an officer asks for the officer. */
export type PublicIntent = Exclude<Intent, 'yes' | 'no' | 'more'>

function publicIntent(intent: Intent, memory: AnswerMemory): PublicIntent {
  if (intent === 'yes' && memory.offered === 'officer') return 'officer'
  return intent === 'yes' || intent === 'no' || intent === 'more' ? 'unclear' : intent
}

function languageOf(meaning: MessageMeaning, preferred: Language): Language {
  if (meaning.reading.language === 'en') return 'en'
  return preferred === 'en' && (meaning.barePlace || meaning.reading.typed.length <= 2) ? 'en' : 'vi'
}

function provinceSaid(meaning: MessageMeaning): Understanding['province'] {
  const place = meaning.places.find(({ province, area }) => province !== null && area !== 'elsewhere')
  if (!place || place.province === null) return null
  return { code: place.province, via: place.resident || meaning.barePlace ? 'resident' : 'named' }
}

function supportOf(meaning: Meaning, book: Book): string | null {
  const best = meaning.topics[0]
  return best && best.score >= THRESHOLDS.topic ? (book.topics.get(best.id)?.support ?? null) : null
}

/** A message this short is about the place it names. */
const SHORT_WORDS = 10

interface Parts {
  readonly knowledge: Knowledge
  readonly book: Book
  readonly paragraphs: Paragraphs
  readonly understander: Understander
  readonly data: UnderstandingData
  readonly owner: Owner
  repair(text: string): ReturnType<Knowledge['repair']>
}

type Said = Partial<
  Pick<Answer, 'citations' | 'actions' | 'support' | 'dataRequest' | 'unanswered' | 'phrasing'>
> & {
  readonly outcome: Outcome
  readonly text: string
  readonly memory?: Partial<AnswerMemory>
}

/** The steps of one turn, in the order they run. */
class Turn {
  readonly #parts: Parts
  readonly #text: string
  readonly #meaning: MessageMeaning
  readonly #context: AnswerContext
  readonly #memory: AnswerMemory
  readonly #decided: Decided
  readonly #language: Language
  readonly #selections: Selection[] = []

  constructor(parts: Parts, text: string, meaning: MessageMeaning, context: AnswerContext) {
    this.#parts = parts
    this.#text = text
    this.#meaning = meaning
    this.#context = context
    this.#memory = readMemory(context.memory)
    this.#decided = decide(meaning)
    this.#language = languageOf(meaning, context.language)
  }

  async answer(): Promise<Omit<Answer, 'id'>> {
    const said = await this.#respond()
    const { memory, ...rest } = said
    const province = provinceSaid(this.#meaning)
    const next = { ...this.#memory, pending: null, more: null, offered: null, suggestions: [], ...memory }
    return {
      citations: [],
      actions: [],
      support: null,
      dataRequest: null,
      unanswered: null,
      phrasing: null,
      ...rest,
      intent: this.#decided.intent,
      language: this.#language,
      memory: next,
      more: next.more?.text ?? null,
      suggestions: next.suggestions,
      province: province?.via === 'resident' ? province.code : null,
      explain: this.#explain(),
    }
  }

  get #t() {
    return TEXT[this.#language]
  }

  async #respond(): Promise<Said> {
    const meaning = this.#meaning
    if (meaning.barePlace) {
      const again = this.#memory.pending ?? this.#memory.question
      if (again !== null) return await this.#again(again)
      if (provinceSaid(meaning) !== null) return { outcome: 'greet', text: this.#t.help, actions: [] }
    }
    const { intent } = this.#decided
    if (intent === 'question') return await this.#question()
    return this.#act(intent)
  }

  /** The earlier question, now with the province just said. */
  async #again(question: string): Promise<Said> {
    const { understander, repair } = this.#parts
    const meaning = await understander.understand(question, repair)
    return await this.#answerQuestion(meaning, question, this.#memory.topics)
  }

  #act(intent: Exclude<Intent, 'question'>): Said {
    const t = this.#t
    const { owner, book } = this.#parts
    const officer = [{ label: t.askOfficer, send: '#officer' }]
    switch (intent) {
      case 'sign_up': {
        const support = this.#meaning.support ?? supportOf(this.#meaning, book) ?? this.#carriedSupport()
        const label =
          support === null ? null : (book.topics.get(`support:${support}`)?.label[this.#language] ?? null)
        return { outcome: 'start_signup', text: t.signUp(label), support }
      }
      case 'own_registrations':
        return { outcome: 'status', text: t.status }
      case 'personal_data':
        return { outcome: 'personal_data', text: t.personalData, dataRequest: this.#decided.dataRequest }
      case 'officer':
        return { outcome: 'handoff', text: t.handoff }
      case 'greeting':
        return {
          outcome: 'greet',
          text: t.greet(owner),
          actions: [{ label: t.interest, send: '#signup' }, ...officer],
        }
      case 'identity':
        return { outcome: 'greet', text: t.identity(owner), actions: officer }
      case 'help':
        return {
          outcome: 'greet',
          text: t.help,
          actions: [{ label: t.interest, send: '#signup' }, ...officer],
        }
      case 'thanks':
        return { outcome: 'greet', text: t.thanks }
      case 'goodbye':
        return { outcome: 'greet', text: t.goodbye }
      case 'opinion':
        return { outcome: 'greet', text: t.opinion, actions: officer, memory: { offered: 'officer' } }
      case 'cancel':
        return { outcome: 'greet', text: t.cancel }
      case 'yes':
        return this.#memory.offered === 'officer'
          ? { outcome: 'handoff', text: t.handoff }
          : { outcome: 'unclear', text: t.unclear, actions: officer }
      case 'no':
        return { outcome: 'greet', text: t.help }
      case 'more':
        return this.#more()
      case 'off_topic':
        return { outcome: 'refuse', text: t.offTopic, actions: officer }
      case 'attack':
        return { outcome: 'refuse', text: t.attack, actions: officer }
      case 'unclear':
        return { outcome: 'unclear', text: t.unclear, actions: officer }
    }
  }

  #carriedSupport(): string | null {
    const { book } = this.#parts
    return (
      this.#memory.topics.map((id) => book.topics.get(id)?.support ?? null).find((key) => key !== null) ??
      null
    )
  }

  #more(): Said {
    const { more } = this.#memory
    if (!more) return { outcome: 'greet', text: this.#t.nothingMore }
    return {
      outcome: 'answer',
      text: more.text,
      citations: more.citations,
      actions: [{ label: this.#t.askOfficer, send: '#officer' }],
    }
  }

  async #question(): Promise<Said> {
    const meaning = this.#meaning
    const short = meaning.words.length <= 7
    const ordinal = meaning.cues.ordinal
    const chosen = ordinal === null ? undefined : this.#memory.topics[ordinal]
    const goesOn = meaning.cues.followUp || short || this.#decided.lacking !== null
    const carried = chosen !== undefined ? [chosen] : goesOn ? this.#memory.topics.slice(0, 2) : []
    return await this.#answerQuestion(meaning, this.#text, carried)
  }

  async #answerQuestion(
    meaning: MessageMeaning,
    question: string,
    carried: readonly string[],
  ): Promise<Said> {
    const provinces = this.#provinces(meaning)
    const lacking = decide(meaning).lacking
    const elsewhere = this.#elsewhere(meaning, lacking)
    if (elsewhere) return elsewhere
    if (this.#asksCoverage(meaning, lacking)) return this.#merger(meaning, provinces)
    if (lacking !== null && !this.#isPast(meaning, lacking)) return this.#lacking(meaning, provinces, carried)
    if (meaning.thing) return this.#thing(meaning, provinces)
    const several =
      meaning.questions.length > 1 && provinces.length === 1 ? await this.#several(meaning, provinces) : null
    if (several) return several
    const asked = this.#asked(meaning, carried)
    for (const province of provinces) this.#selections.push(await this.#select(province, asked))
    const [only] = this.#selections
    if (only && (provinces.length === 1 || this.#named(meaning).length > 1))
      return this.#tell(meaning, this.#selections, question)
    return this.#unknownProvince(meaning, question)
  }

  #select(province: string, asked: Asked): Promise<Selection> {
    const { knowledge, book, paragraphs } = this.#parts
    return select(knowledge, book, paragraphs, province, asked)
  }

  #asked(meaning: Meaning, carried: readonly string[]): Asked {
    const places = this.#meaning.places.flatMap(({ name }) => wordsOf(name)).length
    const own = Math.max(0, meaning.ownWords - places)
    return { meaning, carried, own, years: meaning.years, past: meaning.cues.past, at: this.#context.at }
  }

  #named(meaning: MessageMeaning): string[] {
    const here = this.#meaning.places.length > 0 ? this.#meaning.places : meaning.places
    const covered = here.filter(({ area }) => area !== 'elsewhere').flatMap(({ province }) => province ?? [])
    return [...new Set(covered)]
  }

  /** Whose plan is asked: named, else stored, else of the turn before; all when none is known. */
  #provinces(meaning: MessageMeaning): string[] {
    const all = this.#parts.book.provinces.map(({ code }) => code)
    const named = this.#named(meaning)
    if (named.length > 0) return named
    const goesOn = meaning.cues.followUp || meaning.words.length <= 7
    const before = this.#memory.province
    const stored = this.#context.province
    const known = goesOn && before !== null ? before : (stored ?? before)
    return known !== null && all.includes(known) ? [known] : all
  }

  #elsewhere(meaning: MessageMeaning, lacking: string | null): Said | null {
    const place = meaning.places.find(({ area }) => area === 'elsewhere')
    if (!place || this.#named(meaning).length > 0) return null
    const about = place.resident || lacking === 'other_law' || meaning.words.length <= SHORT_WORDS
    if (!about) return null
    return this.#abstain([this.#t.notServed(place.name, this.#names())], 'elsewhere', null)
  }

  /** Past results are asked although the classifier heard "results": the plan may hold those of the period before. */
  #isPast(meaning: Meaning, lacking: string): boolean {
    return lacking === 'progress' && meaning.cues.past && !meaning.years.some((year) => year > 2020)
  }

  #asksCoverage(meaning: MessageMeaning, lacking: string | null): boolean {
    const beyond = meaning.places.some(({ area }) => area === 'beyond')
    return lacking === 'merger' || (beyond && meaning.cues.coverage)
  }

  #merger(meaning: MessageMeaning, provinces: readonly string[]): Said {
    const beyond = meaning.places.find(({ area }) => area === 'beyond')
    const lines = provinces.map((code) => {
      const province = this.#parts.book.catalogues.get(code)?.province
      return this.#t.merged(
        province?.name ?? code,
        province?.successor?.name ?? province?.name ?? code,
        beyond?.name ?? null,
      )
    })
    return this.#abstain(lines, 'merger', null)
  }

  #lacking(meaning: MessageMeaning, provinces: readonly string[], carried: readonly string[]): Said {
    const missing = meaning.missing?.[this.#language] ?? ''
    const names = provinces.map((code) => this.#parts.understander.places.nameOf(code))
    const topic = this.#nearest(meaning, carried, provinces)
    const lines = [this.#t.notStated(names, missing)]
    if (
      meaning.words.some((word) => /\d/.test(word)) &&
      (meaning.intent === 'money' || meaning.intent === 'share')
    )
      lines.push(this.#t.noFigureFromQuestion)
    if (topic) lines.push(this.#t.nearest(topic.label[this.#language]))
    return this.#abstain(lines, meaning.intent, topic, [topic?.id ?? ''])
  }

  #nearest(meaning: Meaning, carried: readonly string[], provinces: readonly string[]): Topic | null {
    const { book } = this.#parts
    const known = [
      ...meaning.topics.filter(({ score }) => score >= THRESHOLDS.topic).map(({ id }) => id),
      ...carried,
    ]
    const stated = (topic: Topic) =>
      provinces.every((code) => {
        const catalogue = book.catalogues.get(code)
        return catalogue?.supportTypes.some(({ key, namings }) => key === topic.support && namings.length > 0)
      })
    for (const id of known) {
      const topic = book.topics.get(id)
      const support = topic?.support == null ? undefined : book.topics.get(`support:${topic.support}`)
      const shown = support ?? topic
      if (shown && stated(shown)) return shown
    }
    return null
  }

  #thing(meaning: MessageMeaning, provinces: readonly string[]): Said {
    const { book, understander } = this.#parts
    const { thing } = meaning
    const names = provinces.map((code) => understander.places.nameOf(code))
    const nearest = thing?.nearest == null ? null : (book.topics.get(thing.nearest) ?? null)
    const what =
      this.#language === 'vi' ? `việc hỗ trợ ${thing?.name ?? ''}` : `support for ${thing?.name ?? ''}`
    const lines = [this.#t.notStated(names, what)]
    if (nearest) lines.push(this.#t.nearest(nearest.label[this.#language]))
    return this.#abstain(lines, 'thing', nearest, nearest ? [nearest.id] : [])
  }

  /** Two questions in one message, each answered in its share of the length; null when they are one after all. */
  async #several(meaning: MessageMeaning, provinces: readonly string[]): Promise<Said | null> {
    const [province] = provinces
    if (province === undefined) return null
    const mains = meaning.questions.map(({ topics }) => topics[0])
    const clear = mains.every((main) => main && main.score >= THRESHOLDS.topic)
    if (!clear || new Set(mains.map((main) => main?.id)).size < 2) return null
    const said: Omit<Composed, 'phrasing'>[] = []
    const topics: string[] = []
    for (const part of meaning.questions.slice(0, 2)) {
      if (part.kind === 'lacking') {
        const missing = part.missing?.[this.#language] ?? ''
        said.push({
          text: this.#t.notStated([this.#parts.understander.places.nameOf(province)], missing),
          citations: [],
        })
        continue
      }
      const selection = await this.#select(province, this.#asked(part, []))
      this.#selections.push(selection)
      if (selection.status === 'found')
        said.push(
          composeAnswer([{ ...selection, pieces: selection.pieces.slice(0, 1) }], this.#telling(part, 0.5)),
        )
      else said.push({ text: this.#notStatedText(selection), citations: [] })
      if (selection.topic) topics.push(selection.topic.id)
    }
    const citations = said.flatMap((it) => it.citations)
    if (citations.length === 0) return null
    return {
      outcome: 'answer',
      text: said.map((it) => it.text).join('\n\n'),
      citations,
      actions: [{ label: this.#t.askOfficer, send: '#officer' }],
      memory: { question: this.#text.slice(0, 600), topics, province },
    }
  }

  #telling(meaning: Meaning, share: number): Telling {
    const { data, understander } = this.#parts
    return {
      language: this.#language,
      meaning,
      at: this.#context.at,
      bodies: data.bodies,
      nameOf: (code) => understander.places.nameOf(code),
      share,
    }
  }

  /** The province is known (or two are named): what is found is told, the rest is said to be missing. */
  #tell(meaning: MessageMeaning, selections: readonly Selection[], question: string): Said {
    const found = selections.filter(({ status }) => status === 'found')
    if (found.length === 0) return this.#nothing(meaning, selections)
    const open = this.#openFact(meaning, found)
    if (open) return open
    const uncounted = this.#uncounted(meaning, found)
    if (uncounted) return uncounted
    const telling = this.#telling(meaning, 1)
    const several = found.length > 1
    const composed = composeAnswer(
      several ? found.map((it) => ({ ...it, pieces: it.pieces.slice(0, 1) })) : found,
      telling,
    )
    const missing = selections.filter(({ status }) => status !== 'found').map((it) => this.#notStatedText(it))
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
    return this.#abstain([this.#t.noFact(label, note)], 'fact', null)
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
    return this.#abstain(lines, 'number', topic, [topic.id])
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
    return this.#abstain([this.#t.notStated([name], what)], 'due', topic, topic ? [topic.id] : [])
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
    const lines = selections.map((it) => this.#notStatedText(it))
    const topic = selections.find((it) => it.topic)?.topic ?? null
    return this.#abstain(lines, unknown ? 'unknown' : 'not_stated', topic, topic ? [topic.id] : [])
  }

  #notStatedText({ province, topic }: Selection): string {
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
  #unknownProvince(meaning: MessageMeaning, question: string): Said {
    const selections = this.#selections
    const found = selections.filter(({ status }) => status === 'found')
    if (found.length === 0) return this.#nothing(meaning, selections)
    if (found.length === selections.length && agree(found, meaning))
      return this.#tell(meaning, selections, question)
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

  #names(): string[] {
    return this.#parts.book.provinces.map(({ name }) => name)
  }

  #abstain(
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

  #explain(): Explain {
    const meaning = this.#meaning
    return {
      repaired: meaning.query,
      language: this.#language,
      intent: this.#decided.intent,
      guesses: meaning.guesses,
      lacking: this.#decided.lacking,
      places: meaning.places,
      provinces: this.#selections.map(({ province }) => province),
      cues: Object.entries(meaning.cues).flatMap(([name, on]) =>
        on === true || typeof on === 'number' ? [name] : [],
      ),
      ideas: meaning.concepts,
      topics: meaning.topics.slice(0, 6),
      selections: this.#selections.map(({ province, status, ranked, hits, pieces }) => ({
        province,
        status,
        topics: ranked.map(({ topic, asked, score, stated }) => ({ id: topic.id, asked, score, stated })),
        candidates: hits.slice(0, 8).map(({ unit, normalised }) => ({
          kind: unit.kind,
          key: unit.key,
          score: normalised,
          cite: unit.cite,
        })),
        chosen: pieces.map(({ piece }) => ({ kind: piece.kind, cite: piece.cite, quote: piece.quote })),
      })),
      thresholds: THRESHOLDS,
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
