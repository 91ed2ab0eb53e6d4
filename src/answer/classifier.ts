/**
 * Which of some labels a bag of features belongs to: multinomial logistic regression, trained at start on the
 * examples of the data files (about 1,500 short lines, under 0.4 s). Deterministic: fixed order, no randomness.
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

const TRAINING = { epochs: 30, rate: 0.5, decay: 2e-5, minimumRate: 0.02 }

export class Classifier {
  readonly labels: readonly string[]
  readonly #index = new Map<string, number>()
  readonly #weights: Float64Array
  readonly #bias: Float64Array

  constructor(examples: readonly Example[]) {
    this.labels = [...new Set(examples.map((example) => example.label))]
    for (const { features } of examples) {
      for (const feature of features) {
        if (!this.#index.has(feature)) this.#index.set(feature, this.#index.size)
      }
    }
    this.#weights = new Float64Array(this.#index.size * this.labels.length)
    this.#bias = new Float64Array(this.labels.length)
    this.#train(examples)
  }

  #train(examples: readonly Example[]): void {
    const sizes = new Map<string, number>()
    for (const { label, weight } of examples) sizes.set(label, (sizes.get(label) ?? 0) + weight)
    const mean = examples.reduce((sum, { weight }) => sum + weight, 0) / this.labels.length
    const rows = examples.map(({ label, features, weight }) => ({
      label: this.labels.indexOf(label),
      features: this.#vector(features),
      // Small classes count more, by the square root so that their few examples do not drown the rest.
      weight: weight * Math.sqrt(mean / (sizes.get(label) ?? mean)),
    }))
    for (let epoch = 0; epoch < TRAINING.epochs; epoch++) {
      const rate = Math.max(TRAINING.minimumRate, TRAINING.rate * (1 - epoch / TRAINING.epochs))
      // A stride coprime to most sizes visits the classes mixed without drawing random numbers.
      for (let i = 0; i < rows.length; i++) {
        const row = rows[(i * 7919 + epoch * 104729) % rows.length]
        if (row) this.#step(row, rate)
      }
    }
  }

  #step(row: { label: number; features: ReadonlyMap<number, number>; weight: number }, rate: number): void {
    const probabilities = this.#softmax(row.features)
    const { length } = this.labels
    for (let label = 0; label < length; label++) {
      const error = ((label === row.label ? 1 : 0) - (probabilities[label] ?? 0)) * row.weight
      if (Math.abs(error) < 1e-4) continue
      this.#bias[label] = (this.#bias[label] ?? 0) + rate * error * 0.1
      for (const [feature, value] of row.features) {
        const at = feature * length + label
        const old = this.#weights[at] ?? 0
        this.#weights[at] = old + rate * (error * value - TRAINING.decay * old)
      }
    }
  }

  /** All labels, likeliest first; probabilities sum to one. */
  classify(features: readonly string[]): Guess[] {
    const probabilities = this.#softmax(this.#vector(features))
    return this.labels
      .map((label, i) => ({ label, probability: probabilities[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability)
  }

  /** Features as a vector of length one over those known, so that long messages do not shout. */
  #vector(features: readonly string[]): Map<number, number> {
    const vector = new Map<number, number>()
    for (const feature of features) {
      const at = this.#index.get(feature)
      if (at !== undefined) vector.set(at, 1)
    }
    const length = Math.sqrt(Math.max(1, new Set(features).size))
    for (const at of vector.keys()) vector.set(at, SCALE / length)
    return vector
  }

  #softmax(vector: ReadonlyMap<number, number>): Float64Array {
    const { length } = this.labels
    const scores = Float64Array.from(this.#bias)
    for (const [feature, value] of vector) {
      for (let label = 0; label < length; label++) {
        scores[label] = (scores[label] ?? 0) + value * (this.#weights[feature * length + label] ?? 0)
      }
    }
    const top = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    let sum = 0
    for (let label = 0; label < length; label++) {
      scores[label] = Math.exp((scores[label] ?? 0) - top)
      sum += scores[label] ?? 0
    }
    return scores.map((score) => score / sum)
  }
}

/** Length of a feature vector; larger than one makes the fixed learning rate bite within the epochs. */
const SCALE = 3
