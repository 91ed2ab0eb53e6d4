/**
 * What is learned from the example sentences: which intent, which topic, which passage. Learning takes some seconds,
 * so its result lies beside the examples (`learned.json.gz`, written by `npm run learn`) and is read at start; when
 * the examples were changed since, they are learned anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { ClassifierData, type Example, type Training, train } from './classifier.ts'
import type { Examples, Line, UnderstandingData } from './data.ts'
import type { TopicSource } from './topics.ts'
import { featuresOf, type Spoken } from './words.ts'

const Learned = z.object({
  /** Of the examples and of how they are learned from. */
  fingerprint: z.string(),
  /** Words of the examples and how often they occur. */
  words: z.record(z.string(), z.number()),
  intents: ClassifierData,
  /** Labels are ids of topics, `NONE` what is about none. */
  topics: ClassifierData,
  /** By province; labels are exact pieces of passages, `NONE` what none of them answers. */
  passages: z.record(z.string(), ClassifierData),
})
export type Learned = z.infer<typeof Learned>

/** Label of what is about no topic, or answered by no passage. */
const NONE = ''

const FILE = 'learned.json.gz'

/** What questions of the data files are answered by in one province. */
export interface PassageSource {
  readonly province: string
  /** The label is an exact piece of the passage. */
  readonly asked: readonly Line[]
  /** By topic: a piece of its only passage, or null when this plan says nothing of it. Topics with several are left out. */
  readonly ofTopic: ReadonlyMap<string, string | null>
  /** The whole text of the passage that holds a piece. */
  readonly texts: ReadonlyMap<string, string>
}

/** How a sentence of the data files is understood; both belong to the one who will understand the questions. */
export interface Pupil {
  readonly taught: (text: string) => Spoken
  readonly features: (said: Spoken) => string[]
}

// Rates, epochs and balances by cross-validation over the example sentences, four parts, each tried on the fourth.
const INTENTS: Training = {
  epochs: 12,
  rate: 0.3,
  balance: 0.5,
  // Features of concepts (`k…`) were listed by hand and tell more than a single word.
  tells: (feature) => (feature.startsWith('k') ? 1.5 : 1),
}
/** Rare words tell topics and passages apart: 89.6 % of unseen sentences right instead of 86.4 %. */
const rare = (_: string, share: number): number => Math.log(1 + 1 / share) / 6
const TOPICS: Training = { epochs: 8, rate: 0.5, balance: 0, tells: rare }
const PASSAGES: Training = { epochs: 8, rate: 0.5, balance: 0.3, tells: rare }

/** Questions about topics are many; each counts less among the intents. */
const QUESTION_WEIGHT = 0.35
const CONCEPT_WEIGHT = 0.5
/** Intents whose sentences are about nothing of ours. */
const ASKS_NOTHING = new Set(['off_topic', 'unclear', 'opinion', 'identity', 'attack'])

interface Taught {
  readonly label: string
  readonly said: Spoken
}

export function learn(
  data: UnderstandingData,
  topics: readonly TopicSource[],
  passages: readonly PassageSource[],
  { taught, features }: Pupil,
): Learned {
  const teach = ({ label, text }: Line): Taught => ({ label, said: taught(text) })
  const examples = data.examples()
  const said = examples.said.map(teach)
  const asked = examples.asked.map(teach)
  const answered = passages.flatMap((source) => source.asked.map(teach))
  const named = topics.flatMap(({ id, texts }) => texts.map((text) => teach({ label: id, text })))
  return {
    fingerprint: data.fingerprint,
    words: Object.fromEntries(wordsIn(allLines(examples), taught)),
    intents: train(intentExamples(data, said, asked, answered, { taught, features }), INTENTS),
    topics: train(
      [
        ...asked,
        ...named,
        ...said.filter(({ label }) => ASKS_NOTHING.has(label)).map(({ said }) => ({ label: NONE, said })),
      ].map(exampleOf),
      TOPICS,
    ),
    passages: Object.fromEntries(
      passages.map((source) => [
        source.province,
        train(passageExamples(source, data, said, asked, teach).map(exampleOf), PASSAGES),
      ]),
    ),
  }
}

const exampleOf = ({ label, said }: Taught): Example => ({ label, features: featuresOf(said), weight: 1 })

function intentExamples(
  data: UnderstandingData,
  said: readonly Taught[],
  asked: readonly Taught[],
  answered: readonly Taught[],
  { taught, features }: Pupil,
): Example[] {
  const example = (label: string, line: Spoken, weight: number) => ({
    label,
    features: features(line),
    weight,
  })
  return [
    ...data.intents.flatMap(({ key, examples }) => examples.map((line) => example(key, taught(line), 1))),
    ...said.map(({ label, said }) => example(label, said, 1)),
    ...[...asked, ...answered].map(({ said }) => example('question', said, QUESTION_WEIGHT)),
    ...data.topics.flatMap(({ ask }) =>
      ask.map((line) => example('question', taught(line), QUESTION_WEIGHT)),
    ),
    ...Object.entries(data.concepts.teaches).flatMap(([concept, label]) =>
      (data.concepts.concepts[concept] ?? []).map((line) => example(label, taught(line), CONCEPT_WEIGHT)),
    ),
  ]
}

function passageExamples(
  { asked: own, ofTopic }: PassageSource,
  data: UnderstandingData,
  said: readonly Taught[],
  asked: readonly Taught[],
  teach: (line: Line) => Taught,
): Taught[] {
  const lacking = new Set(data.intents.flatMap(({ key, kind }) => (kind === 'lacking' ? [key] : [])))
  return [
    ...own.map(teach),
    ...asked.flatMap(({ label, said }) => {
      const passage = ofTopic.get(label)
      return passage === undefined ? [] : [{ label: passage ?? NONE, said }]
    }),
    ...said
      .filter(({ label }) => ASKS_NOTHING.has(label) || lacking.has(label))
      .map(({ said }) => ({ label: NONE, said })),
  ]
}

export function allLines({ said, asked, passages }: Examples): Line[] {
  return [...said, ...asked, ...[...passages.values()].flat()]
}

function wordsIn(lines: readonly Line[], taught: (text: string) => Spoken): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { text } of lines) {
    for (const word of taught(text).words) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

/** What was learned from exactly these examples; null when there is none, or the examples have changed since. */
export function readLearned(folder: string, fingerprint: string): Learned | null {
  try {
    const file = gunzipSync(readFileSync(join(folder, FILE))).toString('utf8')
    const learned = Learned.safeParse(JSON.parse(file))
    return learned.success && learned.data.fingerprint === fingerprint ? learned.data : null
  } catch {
    return null // absent or damaged: learned anew
  }
}

/** @returns bytes written */
export function writeLearned(folder: string, learned: Learned): number {
  const file = gzipSync(JSON.stringify(learned), { level: 9 })
  writeFileSync(join(folder, FILE), file)
  return file.length
}
