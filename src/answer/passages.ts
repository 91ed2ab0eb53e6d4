/** Which passage of a plan a question is answered by, from what was learned of questions people ask of each. Pure. */
import type { Classifier } from './classifier.ts'
import { featuresOf, type Spoken } from './words.ts'

export interface PassageScore {
  /** The whole text of the passage. */
  readonly passage: string
  /** 0..1; those of all passages and of "none of them" sum to one. */
  readonly probability: number
}

const KEPT = 6

export class PassageIndex {
  readonly #classifiers: ReadonlyMap<string, Classifier>
  /** By province: the passage that holds a piece. */
  readonly #passages: ReadonlyMap<string, ReadonlyMap<string, string>>

  constructor(
    classifiers: ReadonlyMap<string, Classifier>,
    passages: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ) {
    this.#classifiers = classifiers
    this.#passages = passages
  }

  /** Likeliest first, by province; a province without examples has none, nor has a passage that is no longer served. */
  rank(said: Spoken): Map<string, PassageScore[]> {
    const features = featuresOf(said)
    return new Map(
      [...this.#passages].map(([province, passages]) => [
        province,
        (this.#classifiers.get(province)?.classify(features) ?? [])
          .slice(0, KEPT)
          .flatMap(({ label, probability }) => {
            const passage = passages.get(label)
            return passage === undefined ? [] : [{ passage, probability }]
          }),
      ]),
    )
  }
}
