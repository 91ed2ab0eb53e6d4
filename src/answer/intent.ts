/** Which of the guesses is acted on: the classifier's word weighed against how well a topic of ours matches. Pure. */
import { ABOUT_MONEY } from './data.ts'
import { DATE } from './numbers.ts'
import { LACKING, THRESHOLDS } from './thresholds.ts'
import type { Meaning, MessageMeaning } from './understand.ts'

const INTENTS = [
  'question',
  'sign_up',
  'own_registrations',
  'personal_data',
  'officer',
  'greeting',
  'introduction',
  'identity',
  'help',
  'thanks',
  'goodbye',
  'opinion',
  'cancel',
  'yes',
  'no',
  'more',
  'off_topic',
  'attack',
  'unclear',
] as const
export type Intent = (typeof INTENTS)[number]

export type DataRequest = 'view' | 'export' | 'correct' | 'erase' | 'withdraw'

const DATA: Readonly<Record<string, DataRequest>> = {
  data_view: 'view',
  data_erase: 'erase',
  data_withdraw: 'withdraw',
  data_correct: 'correct',
}

export interface Decided {
  readonly intent: Intent
  readonly dataRequest: DataRequest | null
  /** Key of what neither plan states, when the question is about that. */
  readonly lacking: string | null
}

/** Acts that are short courtesies: a topic named beside them is what the message is about. */
const COURTESY = new Set([
  'greeting',
  'introduction',
  'thanks',
  'goodbye',
  'unclear',
  'yes',
  'no',
  'more',
  'opinion',
  'cancel',
  'help',
  'identity',
])

/** @param provinces whose plans are asked */
/** @param goesOn the talk before tells what it is about */
export function decide(meaning: MessageMeaning, provinces: readonly string[], goesOn = false): Decided {
  const question = (): Decided => ({
    intent: 'question',
    dataRequest: null,
    lacking: lackingOf(meaning, provinces, goesOn),
  })
  const { guesses } = meaning
  const of = (label: string) => guesses.find((guess) => guess.label === label)?.probability ?? 0
  const topic = meaning.topics[0]?.score ?? 0
  if (meaning.words.length === 0) return act('unclear')
  // "Tôi ở Lấp Vò nhé" answers whose plan is meant, whatever else its few words are like.
  if (meaning.barePlace) return { intent: 'question', dataRequest: null, lacking: null }
  if (of('attack') >= (meaning.threat ? THRESHOLDS.attack : THRESHOLDS.lackingAlone)) {
    return harmless(meaning) ? { intent: 'question', dataRequest: null, lacking: null } : act('attack')
  }
  if (meaning.kind === 'question' && wantsToSignUp(meaning, of('sign_up'))) return act('sign_up')
  const best = guesses[0]?.label ?? 'unclear'
  // "Cái thứ hai nói rõ hơn" chooses among what was spoken of; "vậy 2030" asks it of another year, "thêm mấy lớp" how many.
  const another = meaning.cues.ordinal !== null || meaning.years.length > 0
  if ((another && COURTESY.has(best)) || (best === 'more' && meaning.cues.count)) return question()
  // Everyday matters named, nothing of the plans: not a gap of the plans, but none of our business.
  if (meaning.kind !== 'act' && meaning.everyday && topic < THRESHOLDS.topicSure && of('off_topic') >= 0.1)
    return act('off_topic')
  if (meaning.kind !== 'act' || (goesOn && meaning.confidence < THRESHOLDS.actSure)) return question()
  const { howMany, who, when, yesNo, domain } = meaning.cues
  const asks = topic >= THRESHOLDS.topicSure || (topic >= THRESHOLDS.topic && (howMany || who))
  if (best === 'sign_up' && !meaning.evident && meaning.confidence < THRESHOLDS.courtesy) {
    const shaped = howMany || who || when || yesNo
    if (wishesSupport(meaning)) return act('sign_up')
    // "Nhà tui làm bột gạo ở Sa Đéc nè" introduces somebody.
    if (meaning.places.some(({ resident }) => resident) && !shaped) return act('introduction')
    if (topic >= THRESHOLDS.topic || shaped) return question()
    return act(INTENTS.find((intent) => intent === guesses[1]?.label) ?? 'unclear')
  }
  if (best === 'introduction' && wishesSupport(meaning)) return act('sign_up')
  // What the plans hold is named: refusing it would be the worst of answers.
  const named = domain && (topic >= THRESHOLDS.topicPlain || meaning.bodies.length > 0)
  const doubtful = meaning.confidence < (meaning.everyday ? THRESHOLDS.intentSure : THRESHOLDS.lackingAlone)
  const ours =
    !meaning.everyday && domain && topic >= THRESHOLDS.topic && meaning.confidence < THRESHOLDS.courtesy
  if (best === 'off_topic' && ((asks && (doubtful || (named && !meaning.everyday))) || ours))
    return question()
  if (best in DATA)
    return { intent: 'personal_data', dataRequest: dataRequestOf(best, meaning), lacking: null }
  return act(INTENTS.find((intent) => intent === best) ?? 'unclear')
}

/** "Em ở Sa Đéc, muốn làm ISO 9001": who says what he has, and what he wants of ours, wants it. */
function wishesSupport({ words, support }: MessageMeaning): boolean {
  return support !== null && words.some((word) => WISHES.has(word))
}
const WISHES = new Set(['muon', 'mun', 'can', 'tinh', 'dinh', 'xin', 'want', 'wants', 'need', 'needs'])

/** "Muốn đăng ký … cho shop, cần gì không ad": the wish is said in so many words, beside a question. */
function wantsToSignUp({ concepts, cues }: MessageMeaning, probability: number): boolean {
  return concepts.includes('register') && !cues.who && probability >= THRESHOLDS.signUpSaid
}

/** Ideas an answer from the plan could be misused for, or that ask for what is not ours to give. */
const SENSITIVE = ['secret', 'others_data', 'identity_number', 'forge', 'privilege', 'code']

/**
 * An order to drop the rules around a plain question of ours: the question is answered as always, with its source,
 * because nothing typed can change how answers are made.
 */
function harmless({ topics, cues, concepts }: Meaning): boolean {
  const asks = cues.howMany || cues.who || cues.when
  return (
    asks &&
    (topics[0]?.score ?? 0) >= THRESHOLDS.topicPlain &&
    !concepts.some((idea) => SENSITIVE.includes(idea))
  )
}

function act(intent: Intent): Decided {
  return { intent, dataRequest: null, lacking: null }
}

/**
 * Key of what no plan states, when that is asked for rather than what a passage of these provinces' plans answers: the
 * two are weighed against each other, because a figure that answers another question does more harm than "not stated".
 * Topics tell what is stated where nobody has taught the passages, and must agree where a message goes on from the one
 * before: its few words are like no question of any passage.
 */
export function lackingOf(
  { lacking, passages, topics, cues }: Meaning,
  provinces: readonly string[],
  goesOn = false,
): string | null {
  if (lacking === null) return null
  const { key, odds } = lacking
  const outweighs = (weights: Weights, stated: number): boolean => {
    const kind = ABOUT_MONEY.has(key) ? weights.money : key === 'detail' ? weights.detail : 0
    return weights.alone + weights.odds * odds + weights.stated * stated + kind > 0
  }
  const best = provinces.flatMap((code) => passages.get(code)?.[0] ?? [])
  // Of a document the plan only cites, the plan does give the day beside its number.
  const dated = best.some(({ passage, probability }) => probability >= THRESHOLDS.dated && DATE.test(passage))
  if (key === 'other_law' && cues.whenDay && dated) return null
  const taught = provinces.some((code) => passages.has(code))
  const byPassage =
    !taught ||
    outweighs(LACKING.byPassage, logOdds(Math.max(0, ...best.map(({ probability }) => probability))))
  const byTopic = (taught && !goesOn) || outweighs(LACKING.byTopic, Math.min(1, topics[0]?.score ?? 0))
  return byPassage && byTopic ? key : null
}

type Weights = Readonly<Record<keyof typeof LACKING.byPassage, number>>

/** Of a probability, kept from running away where the classifier is all but certain. */
const logOdds = (p: number): number => Math.log((p + 0.02) / (1.02 - p))

function dataRequestOf(label: string, meaning: Meaning): DataRequest {
  if (
    label === 'data_view' &&
    meaning.words.some((word) => word === 'xuat' || word === 'export' || word === 'sao')
  )
    return 'export'
  return DATA[label] ?? 'view'
}
