/**
 * Which of some labels a bag of features belongs to: multinomial logistic regression, trained at start on the
 * examples of the data files. Deterministic: fixed order, no randomness.
 */

export interface Example {
  readonly label: string
  readonly features: readonly string[]
  /** How much this example counts. */
  readonly weight: number
}

export interface Guess {
  readonly label: string
  readonly probability: number
}

export interface Training {
  /** How often all examples are gone through. */
  readonly epochs: number
  readonly rate: number
  /** How much a feature tells, given the share of the examples that have it. */
  readonly tells: (feature: string, share: number) => number
  /** Labels with few examples count more, by this power of how much fewer they are. */
  readonly balance: number
}

interface Vector {
  readonly at: Int32Array
  readonly value: Float32Array
}

interface Row {
  readonly label: number
  readonly vector: Vector
  readonly weight: number
}

const MINIMUM_RATE = 0.02
const DECAY = 1e-5
/** Length of a feature vector; larger than one makes the fixed learning rate bite within the epochs. */
const SCALE = 3
/** Labels this sure already learn nothing from the example. */
const NEGLIGIBLE = 2e-3

export class Classifier {
  readonly labels: readonly string[]
  readonly #index = new Map<string, number>()
  readonly #tells: Float32Array
  /** By feature, then label: one feature's weights lie side by side. */
  readonly #weights: Float32Array
  readonly #bias: Float32Array

  constructor(examples: readonly Example[], training: Training) {
    this.labels = [...new Set(examples.map((example) => example.label))]
    const counts: number[] = []
    for (const { features } of examples) {
      for (const feature of new Set(features)) {
        const at = this.#index.get(feature) ?? this.#index.size
        this.#index.set(feature, at)
        counts[at] = (counts[at] ?? 0) + 1
      }
    }
    this.#tells = Float32Array.from(this.#index.keys(), (feature, at) =>
      training.tells(feature, (counts[at] ?? 0) / examples.length),
    )
    this.#weights = new Float32Array(this.#index.size * this.labels.length)
    this.#bias = new Float32Array(this.labels.length)
    this.#train(this.#rows(examples, training), training)
  }

  #rows(examples: readonly Example[], { balance }: Training): Row[] {
    const sizes = new Map<string, number>()
    for (const { label, weight } of examples) sizes.set(label, (sizes.get(label) ?? 0) + weight)
    const mean = examples.reduce((sum, { weight }) => sum + weight, 0) / this.labels.length
    const at = new Map(this.labels.map((label, i) => [label, i]))
    return examples.map(({ label, features, weight }) => ({
      label: at.get(label) ?? 0,
      vector: this.#vector(features),
      weight: weight * (mean / (sizes.get(label) ?? mean)) ** balance,
    }))
  }

  #train(rows: readonly Row[], { epochs, rate: first }: Training): void {
    const probabilities = new Float32Array(this.labels.length)
    for (let epoch = 0; epoch < epochs; epoch++) {
      const rate = Math.max(MINIMUM_RATE, first * (1 - epoch / epochs))
      for (let i = 0; i < rows.length; i++) {
        // A large prime stride visits the classes mixed without drawing random numbers.
        const row = rows[(i * 7919 + epoch * 104729) % rows.length]
        if (row) this.#step(row, rate, probabilities)
      }
    }
  }

  #step({ label, vector: { at, value }, weight }: Row, rate: number, probabilities: Float32Array): void {
    this.#softmax({ at, value }, probabilities)
    const weights = this.#weights
    const { length } = probabilities
    for (let other = 0; other < length; other++) {
      const error = ((other === label ? 1 : 0) - (probabilities[other] ?? 0)) * weight
      if (Math.abs(error) < NEGLIGIBLE) continue
      this.#bias[other] = (this.#bias[other] ?? 0) + rate * error * 0.1
      for (let i = 0; i < at.length; i++) {
        const place = (at[i] ?? 0) * length + other
        const old = weights[place] ?? 0
        weights[place] = old + rate * (error * (value[i] ?? 0) - DECAY * old)
      }
    }
  }

  /** All labels, likeliest first; probabilities sum to one. */
  classify(features: readonly string[]): Guess[] {
    const probabilities = new Float32Array(this.labels.length)
    this.#softmax(this.#vector(features), probabilities)
    return this.labels
      .map((label, i) => ({ label, probability: probabilities[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability)
  }

  /** Features as a vector of one length over those known, so that long messages do not shout. */
  #vector(features: readonly string[]): Vector {
    const at = Int32Array.from(
      [...new Set(features)].flatMap((feature) => {
        const known = this.#index.get(feature)
        return known === undefined ? [] : [known]
      }),
    )
    const value = Float32Array.from(at, (place) => this.#tells[place] ?? 0)
    const length = Math.sqrt(value.reduce((sum, it) => sum + it * it, 0))
    const scale = length === 0 ? 0 : SCALE / length
    return { at, value: value.map((it) => it * scale) }
  }

  #softmax({ at, value }: Vector, scores: Float32Array): void {
    const weights = this.#weights
    const { length } = scores
    scores.set(this.#bias)
    for (let i = 0; i < at.length; i++) {
      const from = (at[i] ?? 0) * length
      const scale = value[i] ?? 0
      for (let label = 0; label < length; label++) {
        scores[label] = (scores[label] ?? 0) + scale * (weights[from + label] ?? 0)
      }
    }
    let top = Number.NEGATIVE_INFINITY
    for (let label = 0; label < length; label++) top = Math.max(top, scores[label] ?? 0)
    let sum = 0
    for (let label = 0; label < length; label++) {
      const raised = Math.exp((scores[label] ?? 0) - top)
      scores[label] = raised
      sum += raised
    }
    for (let label = 0; label < length; label++) scores[label] = (scores[label] ?? 0) / sum
  }
}
