/** The data files that teach the assistant to understand: examples, topics, places, bodies, English. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const Words = z.array(z.coerce.string().min(1))
const Both = z.object({ vi: z.string().min(1), en: z.string().min(1) })

const IntentsFile = z.object({
  version: z.number(),
  intents: z.array(
    z.object({
      key: z.string(),
      kind: z.enum(['question', 'lacking', 'act']),
      missing: Both.optional(),
      examples: Words,
    }),
  ),
})

const TopicsFile = z.object({
  version: z.number(),
  topics: z.array(
    z.object({
      about: z.array(z.string()),
      label: Both,
      ask: Words,
      agree: z.boolean().default(false),
      past: z.boolean().default(false),
      passages: z.record(z.string(), z.array(z.string())).default({}),
    }),
  ),
})

const PlacesFile = z.object({
  version: z.number(),
  provinces: z.record(
    z.string(),
    z.object({
      covered: Words,
      covered_ambiguous: Words.default([]),
      beyond: Words.default([]),
      successor: z.string().nullable().default(null),
    }),
  ),
  elsewhere: Words,
})

const BodiesFile = z.object({
  version: z.number(),
  bodies: z.array(z.object({ key: z.string(), name: Both, names: Words, once: Words, now: Both.nullable() })),
})

const AbsentFile = z.object({
  version: z.number(),
  things: z.array(
    z.object({
      key: z.string(),
      names: Words,
      nearest: z.string().nullable(),
      trade: z.boolean().default(false),
    }),
  ),
})

const EnglishFile = z.object({
  version: z.number(),
  function_words: Words,
  phrases: z.record(z.string(), z.string()),
})

const ConceptsFile = z.object({
  version: z.number(),
  concepts: z.record(z.string(), Words),
  teaches: z.record(z.string(), z.string()),
})
const ShortFormsFile = z.object({ version: z.number(), forms: z.record(z.string(), z.string()) })

const CuesFile = z.object({
  version: z.number(),
  past: Words,
  progress: Words,
  next: Words,
  follow_up: Words,
  address: Words,
  residence: Words,
  coverage: Words,
  domain: Words,
  computed: Words,
  yes_no: Words,
  who: Words,
  count: Words,
  pointing: Words,
  when: Words,
  when_day: Words,
  how_many: Words,
  ordinals: z.record(z.string(), Words),
})

export type IntentData = z.infer<typeof IntentsFile>['intents'][number]
export type TopicData = z.infer<typeof TopicsFile>['topics'][number]
export type BodyData = z.infer<typeof BodiesFile>['bodies'][number]
export type Bilingual = z.infer<typeof Both>

/** One sentence people say, and what it is a way of saying. */
export interface Line {
  /** Key of an intent, or id of a topic. */
  readonly label: string
  readonly text: string
}

export interface Examples {
  /** By intent. */
  readonly said: readonly Line[]
  /** Questions by topic. */
  readonly asked: readonly Line[]
  /** Questions answered by one passage of a plan, by province; the label is an exact piece of the passage. */
  readonly passages: ReadonlyMap<string, readonly Line[]>
}

export interface UnderstandingData {
  /** Changes when any of the files does. */
  readonly fingerprint: string
  readonly intents: readonly IntentData[]
  readonly topics: readonly TopicData[]
  /** The sentences of `examples/`; read when they are to be learned from, since a start seldom needs them. */
  readonly examples: () => Examples
  readonly places: z.infer<typeof PlacesFile>
  readonly bodies: readonly BodyData[]
  readonly absent: z.infer<typeof AbsentFile>['things']
  readonly english: z.infer<typeof EnglishFile>
  readonly cues: z.infer<typeof CuesFile>
  readonly concepts: z.infer<typeof ConceptsFile>
  readonly shortForms: z.infer<typeof ShortFormsFile>['forms']
}

const PASSAGES = 'examples/passages'

/** Reads `knowledge/understanding`; throws an Error naming the file and the fault, before anything is served. */
export function readUnderstanding(folder: string): UnderstandingData {
  const { intents } = read(folder, 'intents.yaml', IntentsFile)
  return {
    fingerprint: fingerprintOf(folder),
    intents,
    topics: read(folder, 'topics.yaml', TopicsFile).topics,
    examples: () => readExamples(folder, new Set(intents.map(({ key }) => key))),
    places: read(folder, 'places.yaml', PlacesFile),
    bodies: read(folder, 'bodies.yaml', BodiesFile).bodies,
    absent: read(folder, 'absent.yaml', AbsentFile).things,
    english: read(folder, 'english.yaml', EnglishFile),
    cues: read(folder, 'cues.yaml', CuesFile),
    concepts: read(folder, 'concepts.yaml', ConceptsFile),
    shortForms: read(folder, 'short-forms.yaml', ShortFormsFile).forms,
  }
}

/** Lacking intents that no plan answers with anything, whatever support is named beside them; their words are each other's. */
export const ABOUT_MONEY: ReadonlySet<string> = new Set(['money', 'share', 'fee', 'loan'])

/** Raised when the same examples are to be learned from in another way. */
const LEARNING = 3

function fingerprintOf(folder: string): string {
  const hash = createHash('sha256').update(String(LEARNING))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => /\.(?:yaml|txt)$/.test(name)).sort()) {
    hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex')
}

function readExamples(folder: string, intents: ReadonlySet<string>): Examples {
  const said = readLines(folder, 'examples/intents.txt')
  const stray = said.find(({ label }) => !intents.has(label))
  if (stray)
    throw new Error(
      `knowledge/understanding/examples/intents.txt: [${stray.label}] is no intent of intents.yaml`,
    )
  const provinces = readdirSync(join(folder, PASSAGES)).filter((file) => file.endsWith('.txt'))
  return {
    said,
    asked: readLines(folder, 'examples/questions.txt'),
    passages: new Map(
      provinces
        .sort()
        .map((file) => [file.slice(0, -'.txt'.length), readLines(folder, `${PASSAGES}/${file}`)]),
    ),
  }
}

/** "[label]" lines, each followed by its sentences, one a line; "#" starts a comment. */
function readLines(folder: string, file: string): Line[] {
  const lines: Line[] = []
  let label: string | null = null
  for (const [i, line] of readFileSync(join(folder, file), 'utf8').split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const heading = /^\[(.+)\]$/.exec(text)?.[1]
    if (heading !== undefined) label = heading
    else if (label === null)
      throw new Error(`knowledge/understanding/${file}:${i + 1}: a sentence before any [label]`)
    else lines.push({ label, text })
  }
  return lines
}

function read<T>(folder: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parse(readFileSync(join(folder, file), 'utf8')))
  } catch (error) {
    const fault =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : String(error)
    throw new Error(`knowledge/understanding/${file}: ${fault}`, { cause: error })
  }
}

/** The bodies the plans name, with the note on what they are called today ('' = none); `folder` is KNOWLEDGE_DIR. */
export function organisationNames(folder: string): { key: string; name: string; note: string }[] {
  return readUnderstanding(`${folder}/understanding`).bodies.map(({ key, name, now }) => ({
    key,
    name: name.vi,
    note: now?.vi ?? '',
  }))
}
