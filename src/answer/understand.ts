/** What one message wants: intent first, then place, time, topics and cues. Learned from data files, no rules per topic. */
import { Classifier, type Guess } from './classifier.ts'
import { ABOUT_MONEY, type Bilingual, type BodyData, type UnderstandingData } from './data.ts'
import { allLines, type Learned, learn, type PassageSource } from './learned.ts'
import { Names, type SupportName } from './names.ts'
import { PassageIndex, type PassageScore } from './passages.ts'
import { type Place, PlaceFinder, type ProvinceName } from './places.ts'
import type { Part, Reading } from './reading.ts'
import { Reader, type Repair } from './reading.ts'
import { isContext, TopicIndex, type TopicScore, type TopicSource } from './topics.ts'
import { Lexemes, phrases, type Spoken, spoken, Vocabulary, wordsOf } from './words.ts'

export interface Lexicon {
  readonly supports: readonly SupportName[]
  readonly provinces: readonly ProvinceName[]
  /** Words of the plans, so that they are known and not mended away. */
  readonly words: readonly string[]
}

export interface Cues {
  readonly past: boolean
  readonly progress: boolean
  readonly next: boolean
  readonly followUp: boolean
  readonly coverage: boolean
  readonly domain: boolean
  readonly computed: boolean
  readonly yesNo: boolean
  readonly who: boolean
  readonly howMany: boolean
  /** A number of something is asked, not just "mấy" in passing. */
  readonly count: boolean
  /** "Việc đó", "cái này": what was spoken of before. */
  readonly pointing: boolean
  readonly when: boolean
  readonly whenDay: boolean
  readonly ordinal: number | null
}

export interface Lacking {
  readonly key: string
  readonly missing: Bilingual | null
  /** Natural logarithm of how many times likelier something lacking is asked for than something of the plan. */
  readonly odds: number
}

export interface Thing {
  /** It may as well be what the person lives from, not what is asked for. */
  readonly trade: boolean
  readonly key: string
  readonly name: string
  readonly nearest: string | null
  /** To be bought, built or fitted: then it is what is asked for after all. */
  readonly wanted: boolean
}

export interface Meaning {
  readonly intent: string
  readonly kind: 'question' | 'lacking' | 'act'
  readonly confidence: number
  /** What no plan states, if it is asked for at all: the likeliest kind of it, and how likely any is. */
  readonly lacking: Lacking | null
  readonly guesses: readonly Guess[]
  readonly topics: readonly TopicScore[]
  /** Passages that answer it, by province. */
  readonly passages: ReadonlyMap<string, readonly PassageScore[]>
  readonly bodies: readonly BodyData[]
  readonly support: string | null
  /** Keys of all kinds of support named, in the order they are. */
  readonly supports: readonly string[]
  readonly years: readonly number[]
  readonly cues: Cues
  readonly thing: Thing | null
  readonly concepts: readonly string[]
  /** An idea of what is asked for stands in the message itself, not only in how it is put. */
  readonly evident: boolean
  /** Something in it is only said to turn the assistant or to get at what is not ours to give. */
  readonly threat: boolean
  /** Something of everyday life stands in it that no plan is about (weather, taxes, football …). */
  readonly everyday: boolean
  /** Words that could name a topic: none in "thế tới 2030 tăng bao nhiêu?". Place names are counted here. */
  readonly ownWords: number
  /** True when those are only words for who asks or is counted ("công ty", "đơn vị"). */
  readonly namesNothing: boolean
  readonly words: readonly string[]
  readonly query: string
}

export interface MessageMeaning extends Meaning {
  readonly reading: Reading
  readonly places: readonly Place[]
  readonly barePlace: boolean
  /** The parts that ask something of their own, when there are at least two. */
  readonly questions: readonly Meaning[]
}

type CueName = Exclude<keyof Cues, 'ordinal'>
const CUES: Readonly<Record<CueName, keyof UnderstandingData['cues']>> = {
  past: 'past',
  progress: 'progress',
  next: 'next',
  followUp: 'follow_up',
  coverage: 'coverage',
  domain: 'domain',
  computed: 'computed',
  yesNo: 'yes_no',
  who: 'who',
  howMany: 'how_many',
  count: 'count',
  pointing: 'pointing',
  when: 'when',
  whenDay: 'when_day',
}

/** Keeps the odds of the all but certain within reason. */
const LEAST = 0.01

const LONG = { words: 24, tail: 18, shortestPart: 3, parts: 4, divided: 40 }
/** Words that join two questions of one sentence. */
const JOINING = new Set(['va', 'voi', 'con', 'roi', 'and'])
/** Last words of a question to be answered with yes or no. */
const CLOSING = new Set(['khong', 'chua', 'hong', 'hok'])
/** After those at most two words of address follow. */
const CLOSED_WITHIN = 3
/** Who, which, what: beside one of these "mấy" counts nothing. */
const ASKS_ELSE = new Set(['ai', 'nào', 'gì'])
const ASKS_NUMBER = new Set(['mấy', 'nhiêu'])
const PERSONS = new Set(wordsOf('ông ổng bà bả anh ảnh chị em chú cô bác ad bạn sếp'))
/** What topics score that are not the named office's. */
const BESIDE_OFFICE = 0.75
/** What naming a kind of support adds to its topics. */
const NAMED = 0.15
/** What naming an office adds to the topics of its duties. */
const NAMED_OFFICE = 0.3

/** Words that say how one asks, or fill: they carry no topic. */
const STOP = new Set(
  wordsOf(
    'có không được thì là mà và của cho với về này đó kia nào gì ai sao vậy dạ ạ ơi nha nhé nghen hả ad em anh chị tôi mình tui bạn cô chú xin hỏi muốn biết bao nhiêu mấy một các những cái trong theo đến tới từ tại ở trên năm ngày khi nào thế như còn rồi đã sẽ đang bị do để làm ra vô đi lên xuống nói nêu ghi thấy nghe phần trăm nhờ giúp giùm dùm tỉnh kế hoạch hỗ trợ bên tụi chúng ta họ người ta hông hong ko k đc the of is are does do how many what which who when where in to for a an on by',
  ),
)

/** Ideas that speak of one's own registration beside those that name its state. */
const OF_OWN_FILE = [['register'], ['mine', 'paperwork']]

/** Verbs that make the thing behind them what is asked for: "mua máy sấy", "lắp điện mặt trời". */
const WANTED = new Set(['mua', 'sắm', 'lắp', 'gắn', 'xây', 'thuê', 'cấp', 'tặng', 'lấy', 'xin'])
const WANTED_WITHIN = 2

/** "Cơ sở y tế" is a place of business; "Sở Y tế" an office. */
const NOT_OFFICE = /(?<!\p{L})cơ sở(?!\p{L})/giu

/** Words of any target: they name no topic of their own. */
const GENERIC = new Set(
  wordsOf(
    'tăng lên mục tiêu chỉ số lượng đạt phần trăm người nữa giai đoạn sau trước vậy thế còn cụ thể con số mấy tổng cộng khoảng chừng thì đơn vị tổng phải được việc chuyện giờ bây nay hiện bữa dự định định mốc thời điểm nhiêu lận hết chừng cỡ chỗ nơi thống kê đề cập nhắc quy định ít nhất tối thiểu',
  ),
)

const BARE_FILLERS = new Set(
  wordsOf(
    'dạ mình em tôi tui tụi ở tại là bên tỉnh huyện xã phường thành phố thị nha nhé ạ ad anh chị nghen đó thuộc quê dưới công ty cơ sở doanh nghiệp htx ha i am in from we are province còn thì sao thế vậy',
  ),
)

export class Understander {
  readonly #data: UnderstandingData
  readonly #reader: Reader
  readonly places: PlaceFinder
  readonly #names: Names
  readonly #absent = new Lexemes<Thing>()
  readonly #cues: Readonly<Record<CueName, Lexemes<true>>>
  readonly #ordinals = new Lexemes<number>()
  readonly #address: Lexemes<true>
  readonly #supportOf: ReadonlyMap<string, string>
  /** Offices named in the ways of asking for a topic. */
  readonly #officesOf: ReadonlyMap<string, ReadonlySet<string>>
  readonly learned: Learned
  readonly #intents: Classifier
  readonly #topics: TopicIndex
  readonly #passages: PassageIndex

  constructor(
    data: UnderstandingData,
    lexicon: Lexicon,
    topics: readonly TopicSource[],
    passages: readonly PassageSource[],
    learned: Learned | null,
  ) {
    this.#data = data
    const supports = lexicon.supports.flatMap(({ name, synonyms }) => [name, ...synonyms])
    const taught = [
      ...data.intents.flatMap(({ examples }) => examples),
      ...supports,
      ...data.bodies.flatMap(({ names }) => names),
      ...data.absent.flatMap(({ names }) => names),
      ...Object.values(data.concepts.concepts).flat(),
      ...Object.values(data.cues).flatMap((cue) => (Array.isArray(cue) ? cue : [])),
    ].flatMap(wordsOf)
    const said = learned ? [] : allLines(data.examples())
    const known = [
      ...lexicon.words,
      ...topics.flatMap(({ phrases: ways }) => ways.flat()),
      ...PlaceFinder.wordsOf(data.places),
    ]
    const counted = learned ? Object.entries(learned.words) : []
    const own = said.flatMap(({ text }) => wordsOf(text))
    this.#reader = new Reader(data, new Vocabulary([...taught, ...known, ...own], counted))
    this.places = new PlaceFinder(data.places, lexicon.provinces)
    this.#names = new Names(data, lexicon.supports)
    for (const { key, names, nearest, trade } of data.absent) {
      for (const name of names) this.#absent.add(name, { key, name, nearest, trade, wanted: false })
    }
    const cue = (name: CueName) => {
      const list = data.cues[CUES[name]]
      return phrases(Array.isArray(list) ? list : [])
    }
    this.#cues = Object.fromEntries(Object.keys(CUES).map((name) => [name, cue(name as CueName)])) as Record<
      CueName,
      Lexemes<true>
    >
    for (const [at, names] of Object.entries(data.cues.ordinals)) {
      for (const name of names) this.#ordinals.add(name, Number(at))
    }
    this.#address = phrases(data.cues.address)
    this.#supportOf = new Map(topics.flatMap(({ id, support }) => (support === null ? [] : [[id, support]])))
    this.#officesOf = new Map(
      topics.map(({ id, texts }) => [
        id,
        new Set(
          texts
            .map((text) => text.replace(NOT_OFFICE, ' '))
            .flatMap((text) => this.#names.bodies.exactly(spoken(text)).map(({ key }) => key)),
        ),
      ]),
    )
    const pupil = {
      taught: (text: string) => this.#reader.taught(text),
      features: (line: Spoken) => this.#names.features(line),
    }
    this.learned = learned ?? learn(data, topics, passages, pupil)
    this.#intents = new Classifier(this.learned.intents)
    this.#topics = new TopicIndex(topics, STOP, new Classifier(this.learned.topics))
    this.#passages = new PassageIndex(
      new Map(Object.entries(this.learned.passages).map(([code, kept]) => [code, new Classifier(kept)])),
      new Map(passages.map(({ province, texts }) => [province, texts])),
    )
  }

  async understand(text: string, repair: Repair): Promise<MessageMeaning> {
    const reading = await this.#reader.read(text, repair)
    const whole = this.#meaning(reading, reading.query, reading.parts, {
      words: reading.typed,
      marked: reading.typedMarked,
    })
    return {
      ...whole,
      reading,
      places: this.places.find(reading),
      barePlace: this.places.isBare(reading, BARE_FILLERS) && !whole.cues.howMany && whole.years.length === 0,
      questions: this.#questions(reading),
    }
  }

  #questions(reading: Reading): Meaning[] {
    const parts = reading.parts
      .filter(({ words }) => words.length >= LONG.shortestPart)
      .flatMap((part) => this.#divided(part))
    if (parts.length < 2) return []
    const meanings = parts
      .slice(0, LONG.parts * 3)
      .map((part) => ({ part, meaning: this.#meaning(part, part.query, [part], part) }))
      .filter(({ meaning }) => meaning.kind !== 'act' && (meaning.topics.length > 0 || meaning.cues.howMany))
      .filter(
        ({ part, meaning }) => part.asks || meaning.cues.howMany || meaning.cues.who || meaning.cues.yesNo,
      )
      .map(({ meaning }) => meaning)
    return meanings.length >= 2 ? meanings.slice(0, LONG.parts) : []
  }

  /** "Ai ký và năm nào sơ kết" asks twice: cut where a joining word or a comma stands between two askings. */
  #divided(part: Part): Part[] {
    const { words } = part
    if (words.length > LONG.divided) return [part]
    const cuts = words.flatMap((word, at) => (JOINING.has(word) || part.breaks.includes(at) ? [at] : []))
    for (const at of cuts) {
      const [left, right] = [cut(part, 0, at), cut(part, JOINING.has(words[at] ?? '') ? at + 1 : at)]
      if (this.#asksAlone(left) && this.#asksAlone(right)) return [left, ...this.#divided(right)]
    }
    return [part]
  }

  #asksAlone(part: Part): boolean {
    const asks = (['who', 'count', 'howMany', 'when'] as const).some((cue) => this.#cues[cue].has(part))
    const closed = CLOSING.has(part.words.at(-1) ?? '') && part.words.length >= LONG.shortestPart
    return closed || (asks && part.words.length >= 2)
  }

  #meaning(said: Spoken, query: string, parts: readonly Part[], typed: Spoken): Meaning {
    const { words } = said
    const guesses = this.#classify(said, parts, typed)
    const [best] = guesses
    const intent = this.#data.intents.find(({ key }) => key === best?.label)
    const has = (name: CueName) => this.#cues[name].has(said)
    const counts = !isPlural(said)
    const supports = this.#names.supports.named(said)
    const bodies = [...new Set(this.#names.offices(said).map(({ value }) => value))]
    return {
      intent: intent?.key ?? 'unclear',
      kind: intent?.kind ?? 'act',
      confidence: best?.probability ?? 0,
      lacking: this.#lacking(guesses),
      guesses: guesses.slice(0, 4),
      topics: this.#ranked(
        said,
        has('who') || (has('howMany') && counts) ? new Set() : new Set(supports.map(({ value }) => value)),
      ).slice(0, 12),
      passages: this.#passages.rank(said),
      bodies,
      supports: [...new Set(supports.map(({ value }) => value))],
      support: [...supports].sort((a, b) => b.end - b.start - (a.end - a.start))[0]?.value ?? null,
      years: [...new Set(words.filter((word) => /^20[0-4]\d$/.test(word)).map(Number))],
      cues: {
        past: has('past'),
        progress: has('progress'),
        next: has('next'),
        followUp: has('followUp'),
        coverage: has('coverage'),
        domain: has('domain') || supports.length > 0 || bodies.length > 0,
        computed: has('computed'),
        yesNo: has('yesNo'),
        who: has('who'),
        howMany: counts && has('howMany'),
        count: counts && has('count'),
        pointing: has('pointing'),
        when: has('when'),
        whenDay: has('whenDay'),
        ordinal: this.#ordinals.scan(said)[0]?.value ?? null,
      },
      thing: this.#thing(said),
      concepts: [...new Set([...this.#names.concepts.all(said), ...this.#names.concepts.all(typed)])],
      evident: this.#isEvident(intent?.key ?? '', said, typed),
      everyday: this.#isEvident('off_topic', said, typed),
      threat: this.#isEvident('attack', said, typed),
      ownWords: words.filter((word) => !STOP.has(word) && !GENERIC.has(word) && !/^\d/.test(word)).length,
      namesNothing: words.every(
        (word) => STOP.has(word) || GENERIC.has(word) || isContext(word) || /^\d/.test(word),
      ),
      words,
      query,
    }
  }

  #thing(said: Spoken): Thing | null {
    const [match] = this.#absent.scan(said)
    if (!match) return null
    const before = said.marked.slice(Math.max(0, match.start - WANTED_WITHIN), match.start)
    return { ...match.value, wanted: before.some((word) => WANTED.has(word)) }
  }

  #lacking(guesses: readonly Guess[]): Lacking | null {
    const lacking = guesses.flatMap(({ label, probability }) => {
      const intent = this.#data.intents.find(({ key, kind }) => key === label && kind === 'lacking')
      return intent ? [{ intent, probability }] : []
    })
    const [first] = lacking
    if (!first) return null
    // "Có được giảm thuế không?" is like several things no plan states, and like each only a little.
    const share = lacking.reduce((sum, { probability }) => sum + probability, 0)
    const question = guesses.find(({ label }) => label === 'question')?.probability ?? 0
    const { key, missing } = first.intent
    return { key, missing: missing ?? null, odds: Math.log((share + LEAST) / (question + LEAST)) }
  }

  #isEvident(intent: string, said: Spoken, typed: Spoken): boolean {
    const group = ABOUT_MONEY.has(intent) ? ABOUT_MONEY : new Set([intent])
    const { teaches } = this.#data.concepts
    const ideas = new Set([...this.#names.concepts.all(said), ...this.#names.concepts.all(typed)])
    if (intent === 'own_registrations' && OF_OWN_FILE.some((all) => all.every((idea) => ideas.has(idea))))
      return true
    return [...ideas].some((idea) => group.has(teaches[idea] ?? ''))
  }

  /** A kind of support called by one of its names is what the message is about, whatever stands around it. */
  #ranked(said: Spoken, named: ReadonlySet<string>): TopicScore[] {
    const offices = this.#names.offices(said)
    const keys = offices.map(({ value }) => value.key)
    const all = this.#topics.rank(said)
    const rest = offices.length === 0 ? all : this.#topics.rank(without(said, offices))
    const ofOffice = (id: string) => keys.some((key) => this.#officesOf.get(id)?.has(key))
    // "Sở Lao động" is an office, not labour: its name speaks for the topics of its duties alone.
    const served = all.some(({ id }) => ofOffice(id))
    const others = rest.filter(({ id }) => !ofOffice(id))
    const scores = new Map(others.map(({ id, score }) => [id, served ? score * BESIDE_OFFICE : score]))
    for (const { id, score } of all) if (ofOffice(id)) scores.set(id, score + NAMED_OFFICE)
    return [...scores]
      .map(([id, score]) => ({ id, score: score + (named.has(this.#supportOf.get(id) ?? '') ? NAMED : 0) }))
      .sort((a, b) => b.score - a.score)
  }

  /** "Ad ơi", "dạ cho em hỏi" in front of a request are no greeting. */
  #withoutAddress(said: Spoken): Spoken {
    const spans = this.#address.scan(said)
    if (spans.length === 0) return said
    const rest = without(said, spans)
    return rest.words.length >= LONG.shortestPart ? rest : said
  }

  /** A long message is judged as a whole and by its end, where the request usually stands. */
  #classify(said: Spoken, parts: readonly Part[], typed: Spoken): Guess[] {
    const { words, marked } = this.#withoutAddress(said)
    const whole = this.#intents.classify(this.#names.features({ words, marked }, typed))
    if (words.length <= LONG.words) return whole
    const tail = this.#intents.classify(
      this.#names.features({ words: words.slice(-LONG.tail), marked: marked.slice(-LONG.tail) }),
    )
    const asking = parts.filter((part) => part.asks && part.words.length >= LONG.shortestPart).at(-1)
    const last = asking ? this.#intents.classify(this.#names.features(asking)) : tail
    return whole
      .map(({ label, probability }) => {
        const of = (guesses: readonly Guess[]) =>
          guesses.find((guess) => guess.label === label)?.probability ?? 0
        return { label, probability: (2 * probability + of(tail) + of(last)) / 4 }
      })
      .sort((a, b) => b.probability - a.probability)
  }
}

/** "Mấy lớp này có dạy … không?", "mấy dự án đó là sở nào lo", "mấy ổng nói sao": several are meant, not how many. */
function isPlural({ words, marked }: Spoken): boolean {
  const otherwise =
    words.slice(-CLOSED_WITHIN).some((word) => CLOSING.has(word)) ||
    marked.some((word) => ASKS_ELSE.has(word))
  const at = marked.flatMap((word, i) => (ASKS_NUMBER.has(word) ? [i] : []))
  const plural = at.every(
    (i) => marked[i] === 'mấy' && (PERSONS.has(words[i + 1] ?? '') || (otherwise && at.length === 1)),
  )
  return at.length > 0 && plural
}

function cut(part: Part, from: number, to = part.words.length): Part {
  const words = part.words.slice(from, to)
  const breaks = part.breaks.map((at) => at - from).filter((at) => at > 0 && at < words.length)
  return {
    words,
    marked: part.marked.slice(from, to),
    query: part.marked.slice(from, to).join(' '),
    breaks,
    asks: part.asks,
  }
}

function without({ words, marked }: Spoken, spans: readonly { start: number; end: number }[]): Spoken {
  const stays = (_: string, i: number) => !spans.some(({ start, end }) => i >= start && i < end)
  return { words: words.filter(stays), marked: marked.filter(stays) }
}
