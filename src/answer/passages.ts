/** Which passage of a plan a question is answered by: learned from questions people ask of each. Pure. */
import { Classifier, type Training } from './classifier.ts'
import { featuresOf, type Spoken } from './words.ts'

/** A question and the passage that answers it; null: nothing in this plan does. */
export interface PassageExample {
  /** The whole text of the passage. */
  readonly passage: string | null
  readonly said: Spoken
}

export interface PassageScore {
  readonly passage: string
  /** 0..1; those of all passages and of "none of them" sum to one. */
  readonly probability: number
}

/** Label of what no passage answers. */
const NONE = ''
const KEPT = 6
const TRAINING: Training = {
  epochs: 8,
  rate: 0.5,
  balance: 0.3,
  // Rare words tell passages apart.
  tells: (_, share) => Math.log(1 + 1 / share) / 6,
}

export class PassageIndex {
  readonly #byProvince: ReadonlyMap<string, Classifier>

  constructor(examples: ReadonlyMap<string, readonly PassageExample[]>) {
    this.#byProvince = new Map(
      [...examples].map(([province, lines]) => [
        province,
        new Classifier(
          lines.map(({ passage, said }) => ({
            label: passage ?? NONE,
            features: featuresOf(said),
            weight: 1,
          })),
          TRAINING,
        ),
      ]),
    )
  }

  /** Likeliest first, by province; a province without examples has none. */
  rank(said: Spoken): Map<string, PassageScore[]> {
    const features = featuresOf(said)
    return new Map(
      [...this.#byProvince].map(([province, classifier]) => [
        province,
        classifier
          .classify(features)
          .slice(0, KEPT)
          .flatMap(({ label, probability }) => (label === NONE ? [] : [{ passage: label, probability }])),
      ]),
    )
  }
}
