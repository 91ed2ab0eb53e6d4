/**
 * Which topics a question is about: what the examples teach of each, and the idf-weighted overlap with its names and
 * ways of asking, which also knows topics that no example speaks of (documents added later). Pure.
 */
import type { Classifier } from './classifier.ts'
import { featuresOf, type Spoken } from './words.ts'

export interface TopicSource {
  readonly id: string
  /** Key of the kind of support it is about. */
  readonly support: string | null
  /** Ways of asking, names, everyday words: each a list of folded words. */
  readonly phrases: readonly (readonly string[])[]
  /** The same as written. */
  readonly texts: readonly string[]
}

export interface TopicScore {
  readonly id: string
  /** 0..1: how much of the question the topic accounts for, and how well one way of asking matches it. */
  readonly score: number
}

/** Words of asking to be put on a list: "đăng ký" names no topic, though "đăng ký nhãn hiệu" is one. */
const SIGNING = [
  ['dang', 'ky'],
  ['dang', 'ki'],
  ['ghi', 'danh'],
  ['sign', 'up'],
] as const
/** Who asks rather than what is asked: "HTX em làm VietGAP". */
const CONTEXT = new Set([
  'hop',
  'tac',
  'xa',
  'doanh',
  'nghiep',
  'cong',
  'ty',
  'co',
  'so',
  'xuong',
  'don',
  'vi',
  'to',
  'chuc',
])
export function isContext(word: string): boolean {
  return CONTEXT.has(word)
}
const CONTEXT_WEIGHT = 0.4
const YEAR = /^20[0-4]\d$/
const PAIR_WEIGHT = 1.2
const SATURATION = 1.2
/** Share of the coverage of the whole question against the best single phrase. */
const MIX = 0.5

/** How much of a score the examples decide; the rest is overlap. Swept in fifths over the question sets. */
const LEARNED = 0.5
interface Phrase {
  readonly mass: number
}

interface Indexed {
  readonly id: string
  /** The ways of asking that hold a term. */
  readonly byTerm: ReadonlyMap<string, readonly Phrase[]>
}

export class TopicIndex {
  readonly #topics: readonly Indexed[]
  readonly #idf = new Map<string, number>()
  readonly #unknown: number
  readonly #stop: ReadonlySet<string>
  readonly #learned: Classifier

  /** `stop`: words that say how something is asked, not what about; they never count in the overlap. */
  constructor(sources: readonly TopicSource[], stop: ReadonlySet<string>, learned: Classifier) {
    this.#stop = stop
    this.#learned = learned
    const df = new Map<string, number>()
    const ways = sources.map(({ id, phrases }) => {
      const sets = phrases.map((phrase) => this.#terms(phrase)).filter((set) => set.size > 0)
      for (const term of new Set(sets.flatMap((set) => [...set]))) df.set(term, (df.get(term) ?? 0) + 1)
      return { id, sets }
    })
    for (const [term, count] of df) {
      this.#idf.set(term, Math.log(1 + (sources.length - count + 0.5) / (count + 0.5)))
    }
    this.#unknown = Math.log(1 + sources.length)
    this.#topics = ways.map(({ id, sets }) => {
      const byTerm = new Map<string, Phrase[]>()
      for (const terms of sets) {
        const phrase = { mass: [...terms].reduce((sum, term) => sum + this.#weight(term), 0) }
        for (const term of terms) byTerm.set(term, [...(byTerm.get(term) ?? []), phrase])
      }
      return { id, byTerm }
    })
  }

  #terms(all: readonly string[]): Set<string> {
    const terms = new Set<string>()
    const words = withoutSigning(all)
    for (const [i, word] of words.entries()) {
      const next = words[i + 1]
      if (YEAR.test(word)) continue // years choose among figures, not among topics
      if (!this.#stop.has(word)) terms.add(word)
      if (next !== undefined && !YEAR.test(next) && !(this.#stop.has(word) && this.#stop.has(next)))
        terms.add(`${word} ${next}`)
    }
    // "Ai được hỗ trợ?" has no word of its own: how such a question is put is then all there is to compare.
    if (terms.size === 0)
      for (const [i, word] of words.entries()) {
        const next = words[i + 1]
        if (next !== undefined && !YEAR.test(word) && !YEAR.test(next)) terms.add(`${word} ${next}`)
      }
    return terms
  }

  #weight(term: string): number {
    const idf = this.#idf.get(term)
    if (idf !== undefined && term.split(' ').every((word) => CONTEXT.has(word))) return idf * CONTEXT_WEIGHT
    if (term.includes(' ')) return idf === undefined ? 0 : idf * PAIR_WEIGHT
    // A word no topic knows still counts against a full match, but little: most are names of produce or places.
    return idf ?? this.#unknown * 0.25
  }

  /** Scores of all topics above zero, best first. */
  rank(said: Spoken): TopicScore[] {
    const asked = new Map([...this.#terms(said.words)].map((term) => [term, this.#weight(term)]))
    const mass = [...asked.values()].reduce((sum, weight) => sum + weight, 0)
    if (mass === 0) return []
    const learned = new Map(
      this.#learned.classify(featuresOf(said)).map(({ label, probability }) => [label, probability]),
    )
    return this.#topics
      .map((topic) => ({
        id: topic.id,
        score: (1 - LEARNED) * overlap(topic, asked, mass) + LEARNED * (learned.get(topic.id) ?? 0),
      }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
  }
}

/** @param asked the terms of the question with their weights, `mass` in all */
function overlap(topic: Indexed, asked: ReadonlyMap<string, number>, mass: number): number {
  let covered = 0
  const shared = new Map<Phrase, number>()
  for (const [term, weight] of asked) {
    const phrases = topic.byTerm.get(term)
    if (phrases === undefined) continue
    const count = phrases.length
    covered += (weight * count * (1 + SATURATION)) / (count + SATURATION) / (1 + SATURATION)
    for (const phrase of phrases) shared.set(phrase, (shared.get(phrase) ?? 0) + weight)
  }
  if (covered === 0) return 0
  let best = 0
  for (const [phrase, sum] of shared) {
    // Long questions carry a story around the request, so the phrase's own coverage counts most.
    const similarity = sum / (0.7 * phrase.mass + 0.3 * Math.min(mass, 2.5 * phrase.mass))
    if (similarity > best) best = similarity
  }
  return MIX * (covered / mass) * 1.5 + (1 - MIX) * Math.min(1, best)
}

function withoutSigning(words: readonly string[]): string[] {
  const at = (i: number) => SIGNING.some(([a, b]) => words[i] === a && words[i + 1] === b)
  return words.filter((_, i) => !at(i) && !at(i - 1))
}
