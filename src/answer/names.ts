/** Names and ideas of the data files as they stand in a message, and the features the intents are told apart by. Pure. */
import type { BodyData, UnderstandingData } from './data.ts'
import { Lexemes, type PhraseMatch, type Spoken } from './words.ts'

/** The kinds of support of the catalogue, as far as understanding needs them. */
export interface SupportName {
  readonly key: string
  readonly name: string
  readonly synonyms: readonly string[]
}

export class Names {
  readonly supports = new Lexemes<string>()
  readonly concepts = new Lexemes<string>()
  readonly bodies = new Lexemes<BodyData>()
  readonly #places = new Lexemes<string>()

  constructor(data: UnderstandingData, supports: readonly SupportName[]) {
    for (const { key, name, synonyms } of supports) {
      for (const phrase of [name, ...synonyms]) if (isTelling(phrase)) this.supports.add(phrase, key)
    }
    for (const { covered, beyond } of Object.values(data.places.provinces)) {
      for (const name of covered) this.#places.add(name, '@place')
      for (const name of beyond) this.#places.add(name, '@beyond')
    }
    for (const name of data.places.elsewhere) this.#places.add(name, '@elsewhere')
    for (const body of data.bodies) for (const name of body.names) this.bodies.add(name, body)
    for (const [concept, names] of Object.entries(data.concepts.concepts)) {
      for (const name of names) this.concepts.add(name, concept)
    }
  }

  /** Words, neighbouring pairs with names put into classes, and how long the message is. */
  features(said: Spoken, typed: Spoken = said): string[] {
    const { words } = said
    const classed = this.#classed(said)
    // Which place is named says nothing of what is wanted.
    const placed = new Set(this.#places.scan(said).flatMap(({ start, end }) => words.slice(start, end)))
    const features = new Set<string>(
      [...apart(said), ...apart(typed)].filter((word) => !placed.has(word)).map((word) => `w:${word}`),
    )
    for (const [i, mark] of said.marked.entries())
      if (mark !== words[i] && !placed.has(words[i] ?? '')) features.add(`m:${mark}`)
    for (const [i, word] of classed.entries()) {
      features.add(`c:${word}`)
      features.add(`p:${classed[i - 1] ?? '^'} ${word}`)
    }
    features.add(`p:${classed.at(-1) ?? '^'} $`)
    // As typed too: a repair or a translation may have taken a greeting or an order apart.
    const all =
      typed === said
        ? this.concepts.all(said)
        : [...new Set([...this.concepts.all(said), ...this.concepts.all(typed)])]
    if (all[0] !== undefined) features.add(`k1:${this.#firstConcept(said) ?? all[0]}`)
    for (const concept of all)
      if (all.indexOf(concept) !== all.lastIndexOf(concept)) features.add(`k2:${concept}`)
    if (classed.includes('@body')) all.push('@body')
    const concepts = [...new Set(all)].sort()
    for (const [i, concept] of concepts.entries()) {
      features.add(`k:${concept}`)
      for (const other of concepts.slice(i + 1)) features.add(`kk:${concept}+${other}`)
    }
    if (concepts.length === 0) features.add('k:none')
    features.add(
      words.length <= 2 ? 'n:2' : words.length <= 5 ? 'n:5' : words.length <= 12 ? 'n:12' : 'n:long',
    )
    return [...features]
  }

  /** Offices named, but "cơ sở" is a place of business. */
  offices(said: Spoken): PhraseMatch<BodyData>[] {
    const { words } = said
    return this.bodies
      .scan(said)
      .filter(({ start }) => words[start] !== 'so' || words[start - 1] !== 'co' || words[start + 1] === 'so')
  }

  #firstConcept(said: Spoken): string | null {
    return this.concepts.scan(said)[0]?.value ?? null
  }

  #classed(said: Spoken): string[] {
    const words = apart(said)
    const names = [
      ...this.supports.scan(said).map((match) => ({ ...match, to: '@support' })),
      ...this.offices(said).map((match) => ({ ...match, to: '@body' })),
      ...this.#places.scan(said).map((match) => ({ ...match, to: match.value })),
    ]
    const classed: string[] = []
    for (let at = 0; at < words.length; ) {
      const name = names.filter(({ start }) => start === at).sort((a, b) => b.end - a.end)[0]
      const word = words[at] ?? ''
      classed.push(
        name ? name.to : /^(?:19|20)\d\d$/.test(word) ? '@year' : /^\d/.test(word) ? '@number' : word,
      )
      at = name ? name.end : at + 1
    }
    return classed
  }
}

/** Folded words, but "vậy" (so) never becomes "vay" (to borrow). */
function apart({ words, marked }: Spoken): string[] {
  return words.map((word, i) => (marked[i] === 'vậy' ? 'vậy' : word))
}

/** One or two letters ("PK", "BV") need a context that the question repair gives; alone they would match anything. */
function isTelling(phrase: string): boolean {
  return phrase.length > 2 || /\d/.test(phrase)
}
