/** The steps of one turn, in the order they run. */
import { type Composed, composeAnswer, together } from './compose.ts'
import { type Decided, decide, type Intent, lackingOf } from './intent.ts'
import type { Book } from './library.ts'
import { type AnswerMemory, readMemory } from './memory.ts'
import type { Answer, AnswerContext, Explain, PublicIntent, Understanding } from './outcome.ts'
import type { Asked } from './rank.ts'
import { type Parts, Reply, type Said } from './reply.ts'
import { type Selection, select } from './select.ts'
import { type Language, TEXT } from './texts.ts'
import { THRESHOLDS } from './thresholds.ts'
import type { Meaning, MessageMeaning } from './understand.ts'
import { wordsOf } from './words.ts'

export function publicIntent(intent: Intent, memory: AnswerMemory): PublicIntent {
  if (intent === 'yes' && memory.offered === 'officer') return 'officer'
  return intent === 'yes' || intent === 'no' || intent === 'more' ? 'unclear' : intent
}

export function languageOf(meaning: MessageMeaning, preferred: Language): Language {
  if (meaning.reading.language === 'en') return 'en'
  return preferred === 'en' && (meaning.barePlace || meaning.reading.typed.length <= 2) ? 'en' : 'vi'
}

export function provinceSaid(meaning: MessageMeaning): Understanding['province'] {
  const place = meaning.places.find(({ province, area }) => province !== null && area !== 'elsewhere')
  if (!place || place.province === null) return null
  // "Còn bên Đồng Tháp?" asks the same of another plan; nobody has moved.
  const told = meaning.barePlace && !meaning.cues.followUp
  return { code: place.province, via: place.resident || told ? 'resident' : 'named' }
}

export function supportOf(meaning: Meaning, book: Book): string | null {
  const best = meaning.namesNothing ? undefined : meaning.topics[0] // "cơ sở tôi" is no database
  return best && best.score >= THRESHOLDS.topicSure ? (book.topics.get(best.id)?.support ?? null) : null
}

/** A message this short is about the place it names. */
const SHORT_WORDS = 10
/** One this short goes on from the message before, when there was one. */
const FEW_WORDS = 7
/** So is one this long when it names a place without a plan. */
const PLACE_WORDS = 14
/** In a message longer than this a place may belong to the story around the question. */
const STORY_WORDS = 30

/** The talk before tells what this is about. */
export function goesOn({ cues, words, namesNothing }: MessageMeaning, { topics }: AnswerMemory): boolean {
  const open = cues.followUp || words.length <= FEW_WORDS || (cues.howMany && namesNothing)
  return open && topics.length > 0
}

export class Turn {
  readonly #parts: Parts
  readonly #text: string
  readonly #meaning: MessageMeaning
  readonly #context: AnswerContext
  readonly #memory: AnswerMemory
  readonly #decided: Decided
  readonly #language: Language
  readonly #selections: Selection[] = []
  readonly #reply: Reply

  constructor(parts: Parts, text: string, meaning: MessageMeaning, context: AnswerContext) {
    this.#parts = parts
    this.#text = text
    this.#meaning = meaning
    this.#context = context
    this.#memory = readMemory(context.memory)
    this.#decided = decide(meaning, this.#provinces(meaning), goesOn(meaning, this.#memory))
    this.#language = languageOf(meaning, context.language)
    this.#reply = new Reply(parts, text, context, this.#language, this.#selections)
  }

  async answer(): Promise<Omit<Answer, 'id'>> {
    const said = await this.#respond()
    const { memory, ...rest } = said
    const province = provinceSaid(this.#meaning)
    const named = this.#sideBySide()
    const next = {
      ...this.#memory,
      pending: null,
      more: null,
      offered: null,
      suggestions: [],
      ...(named.length > 0 ? { named } : {}),
      ...memory,
    }
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
      if (provinceSaid(meaning) !== null) return this.#act('introduction')
    }
    const { intent } = this.#decided
    if (intent === 'question') return await this.#question()
    return this.#act(intent)
  }

  /** The earlier question, now with the province just said. */
  async #again(question: string): Promise<Said> {
    const parts = this.#parts
    const meaning = await parts.understander.understand(question, (text) => parts.repair(text))
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
      case 'introduction': {
        const place = this.#meaning.places[0]
        return {
          outcome: 'greet',
          text:
            place?.area === 'elsewhere'
              ? t.notServed(place.name, this.#reply.names())
              : [t.introduced(place?.name ?? null), ...this.#reply.remark(this.#meaning)].join(' '),
          actions: [{ label: t.interest, send: '#signup' }, ...officer],
        }
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

  /** What this message names beside each other; nothing when it names one thing or none. */
  #sideBySide(): string[] {
    const { topics } = this.#parts.book
    const of = (support: string) =>
      [...topics.values()].find(({ about }) => about.includes(`support:${support}`))?.id ?? []
    const named = this.#meaning.supports.flatMap(of)
    return named.length > 1 ? named.slice(0, 6) : []
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
    const ordinal = meaning.cues.ordinal
    const listed = this.#memory.named.length > 1 ? this.#memory.named : this.#memory.topics
    const chosen = ordinal === null ? undefined : listed[ordinal]
    // "Cái thứ hai" points at one thing: its own words name nothing.
    if (chosen !== undefined)
      return await this.#answerQuestion({ ...meaning, topics: [], ownWords: 0 }, this.#text, [chosen])
    const carried =
      goesOn(meaning, this.#memory) || this.#decided.lacking !== null ? this.#memory.topics.slice(0, 2) : []
    if (this.#asksOffice(meaning, carried)) {
      const said = await this.#answerQuestion(
        { ...meaning, cues: { ...meaning.cues, pointing: false } },
        this.#text,
        [],
      )
      return { ...said, memory: { ...said.memory, topics: this.#memory.topics } }
    }
    return await this.#answerQuestion(meaning, this.#text, this.#withFigures(carried, meaning))
  }

  /** "Ai lo vụ này?" after a kind of support: the office is asked, and the talk stays with the support. */
  #asksOffice({ cues, words, topics }: MessageMeaning, carried: readonly string[]): boolean {
    const { book } = this.#parts
    const ofSupport = (id: string) =>
      book.topics.get(id)?.about.some((ref) => /^(?:support|target):/.test(ref)) ?? false
    const [best] = topics
    return (
      cues.who &&
      words.length <= SHORT_WORDS &&
      best !== undefined &&
      best.score >= THRESHOLDS.topicPlain &&
      !ofSupport(best.id) &&
      carried.length > 0 &&
      carried.every(ofSupport)
    )
  }

  async #answerQuestion(
    meaning: MessageMeaning,
    question: string,
    carried: readonly string[],
  ): Promise<Said> {
    const provinces = this.#provinces(meaning)
    const lacking = this.#goesOnElsewhere(meaning, carried)
      ? null
      : decide(meaning, provinces, goesOn(meaning, this.#memory)).lacking
    const elsewhere = this.#elsewhere(meaning, lacking)
    if (elsewhere) return elsewhere
    if (this.#asksCoverage(meaning, lacking)) return this.#merger(meaning, provinces)
    if (lacking !== null && !this.#isPast(meaning, lacking))
      return this.#reply.lacking(meaning, lacking, provinces, carried)
    if (meaning.thing && !this.#isAside(meaning, provinces)) return this.#thing(meaning, provinces)
    const several =
      meaning.questions.length > 1 && provinces.length === 1 ? await this.#several(meaning, provinces) : null
    if (several) return several
    const asked = this.#asked(meaning, carried)
    for (const province of provinces) this.#selections.push(await this.#select(province, asked))
    const [only] = this.#selections
    if (only && (provinces.length === 1 || this.#named(meaning).length > 1))
      return this.#reply.tell(meaning, this.#selections, question)
    return this.#reply.unknownProvince(meaning, question)
  }

  /** A number asked of a kind of support is the figure the plan sets for it: its topic comes first. */
  #withFigures(carried: readonly string[], { cues }: Meaning): string[] {
    if (!cues.howMany) return [...carried]
    const { topics } = this.#parts.book
    const kind = cues.past ? 'past:' : 'target:'
    const counted = (id: string) => topics.get(id)?.about.some((ref) => ref.startsWith(kind)) ?? false
    return [
      ...new Set(
        carried.flatMap((id) => {
          const support = topics.get(id)?.support ?? null
          if (support === null || counted(id)) return [id]
          const figures = [...topics.values()].filter((it) => it.support === support && counted(it.id))
          return [...figures.map((it) => it.id), id]
        }),
      ),
    ]
  }

  #select(province: string, asked: Asked): Promise<Selection> {
    const { knowledge, book, paragraphs } = this.#parts
    return select(knowledge, book, paragraphs, province, asked)
  }

  #asked(meaning: Meaning, carried: readonly string[]): Asked {
    const places = this.#meaning.places.flatMap(({ name }) => wordsOf(name)).length
    const own = Math.max(0, meaning.ownWords - places)
    // "Ai lo việc đó?" is about what was spoken of, whatever else it says.
    const points = meaning.cues.pointing && carried.length > 0 && meaning.words.length <= SHORT_WORDS
    return {
      meaning: points ? { ...meaning, topics: [] } : meaning,
      carried,
      own: points ? 0 : own,
      years: meaning.years,
      past: meaning.cues.past,
      at: this.#context.at,
      ...(this.#context.known === undefined ? {} : { known: this.#context.known }),
    }
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
    // A longer message that names its own thing is asked of one's own province again.
    const own = meaning.words.length > SHORT_WORDS && (meaning.topics[0]?.score ?? 0) >= THRESHOLDS.topicPlain
    const continues = (meaning.cues.followUp && !own) || meaning.words.length <= FEW_WORDS
    const before = this.#memory.province
    const stored = this.#context.province
    const known = continues && before !== null ? before : (stored ?? before)
    return known !== null && all.includes(known) ? [known] : all
  }

  #elsewhere(meaning: MessageMeaning, lacking: string | null): Said | null {
    const place = meaning.places.find(({ area }) => area === 'elsewhere')
    if (!place || this.#named(meaning).length > 0) return null
    const story = meaning.words.length > STORY_WORDS && this.#context.province !== null
    const about =
      (!story && (place.resident || lacking === 'other_law')) || meaning.words.length <= PLACE_WORDS
    if (!about) return null
    return this.#reply.abstain([this.#t.notServed(place.name, this.#reply.names())], 'elsewhere', null)
  }

  /** Past results are asked although the classifier heard "results": the plan may hold those of the period before. */
  #isPast(meaning: Meaning, lacking: string): boolean {
    const { catalogues } = this.#parts.book
    const told = this.#provinces(this.#meaning).some(
      (code) => (catalogues.get(code)?.baseline.length ?? 0) > 0,
    )
    return lacking === 'progress' && told && meaning.cues.past && !meaning.years.some((year) => year > 2020)
  }

  #asksCoverage(meaning: MessageMeaning, lacking: string | null): boolean {
    const beyond = meaning.places.some(({ area }) => area === 'beyond')
    const mine = meaning.places.some(({ area, resident }) => area === 'beyond' && resident)
    return lacking === 'merger' || (beyond && meaning.cues.coverage) || (mine && meaning.cues.yesNo)
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
    return this.#reply.abstain(lines, 'merger', null)
  }

  /** "Bên Ninh Thuận thì có nói không?": asks the same of another plan, whatever its few words are like. */
  #goesOnElsewhere(meaning: MessageMeaning, carried: readonly string[]): boolean {
    const asksPlace = meaning.places.length > 0 && meaning.words.length <= SHORT_WORDS
    return asksPlace && carried.length > 0 && !meaning.evident
  }

  /** What is named is the asker's trade or story: a passage of the plan clearly answers what is asked. */
  #isAside({ thing, words, passages, topics }: MessageMeaning, provinces: readonly string[]): boolean {
    if (thing === null || !thing.trade || thing.wanted || words.length <= SHORT_WORDS) return false
    const likeliest = provinces.map((code) => passages.get(code)?.[0]?.probability ?? 0)
    const [best] = topics
    const clear = words.length > PLACE_WORDS && best !== undefined && best.score >= THRESHOLDS.subject
    return Math.max(...likeliest) >= THRESHOLDS.passageAside || (clear && best.id !== thing.nearest)
  }

  #thing(meaning: MessageMeaning, provinces: readonly string[]): Said {
    const { book, understander } = this.#parts
    const { thing } = meaning
    const names = provinces.map((code) => understander.places.nameOf(code))
    const nearest = thing?.nearest == null ? null : (book.topics.get(thing.nearest) ?? null)
    const what =
      this.#language === 'vi' ? `việc hỗ trợ ${thing?.name ?? ''}` : `support for ${thing?.name ?? ''}`
    const lines = [this.#t.notStated(names, what)]
    if (nearest) lines.push(this.#t.close(nearest.label[this.#language]))
    return this.#reply.abstain(lines, 'thing', nearest, nearest ? [nearest.id] : [])
  }

  /** Two questions in one message, each answered in its share of the length; null when they are one after all. */
  async #several(meaning: MessageMeaning, provinces: readonly string[]): Promise<Said | null> {
    const [province] = provinces
    if (province === undefined) return null
    const parts = meaning.questions.slice(0, 2)
    // "…, còn giai đoạn này bao nhiêu?" names nothing of its own: it is about the thing asked first.
    const leans = (part: Meaning, i: number) => i > 0 && part.namesNothing
    const mains = parts.map((part, i) => (leans(part, i) ? null : part.topics[0]))
    const clear = mains.every((main) => main === null || (main && main.score >= THRESHOLDS.topic))
    const [first, second] = parts
    const differ =
      first && second && first.cues.who !== second.cues.who && first.cues.when !== second.cues.when
    if (!clear || (!differ && new Set(mains.map((main) => main?.id)).size < 2)) return null
    const said: Omit<Composed, 'phrasing'>[] = []
    const topics: string[] = []
    const selections: Selection[] = []
    for (const [i, part] of parts.entries()) {
      if (lackingOf(part, provinces) !== null) {
        const missing = part.lacking?.missing?.[this.#language] ?? ''
        said.push({
          text: this.#t.notStated([this.#parts.understander.places.nameOf(province)], missing),
          citations: [],
        })
        continue
      }
      const whole =
        leans(part, i) && first
          ? { ...part, topics: first.topics, query: `${first.query} ${part.query}` }
          : part
      const selection = await this.#select(province, this.#asked(whole, []))
      selections.push(selection)
      if (selection.status === 'found') {
        const told = composeAnswer(
          [{ ...selection, pieces: selection.pieces.slice(0, 1) }],
          this.#reply.telling(part, 0.5),
        )
        // Words of the plan that answer both are said once.
        const quoted = told.text.match(/“[^”]+”/gu) ?? []
        const again = quoted.length > 0 && quoted.every((it) => said.some(({ text }) => text.includes(it)))
        if (!again) said.push(told)
      } else said.push({ text: this.#reply.notStatedText(selection), citations: [] })
      if (selection.topic) topics.push(selection.topic.id)
    }
    const citations = said.flatMap((it) => it.citations)
    if (citations.length === 0) return null
    this.#selections.push(...selections)
    return {
      outcome: 'answer',
      text: together(
        said.map((it) => it.text),
        this.#t.ended,
      ),
      citations,
      actions: [{ label: this.#t.askOfficer, send: '#officer' }],
      memory: { question: this.#text.slice(0, 600), topics, province },
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
        guessed: (meaning.passages.get(province) ?? []).slice(0, 3),
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
