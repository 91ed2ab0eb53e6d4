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

const TRAINING = { epochs: 20, rate: 0.5, decay: 1e-3, minimumRate: 0.02 }

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
      vector: this.#vector(features),
      // Small classes count more, by the square root so that their few examples do not drown the rest.
      weight: weight * Math.sqrt(mean / (sizes.get(label) ?? mean)),
    }))
    for (let epoch = 0; epoch < TRAINING.epochs; epoch++) {
      const rate = Math.max(TRAINING.minimumRate, TRAINING.rate * (1 - epoch / TRAINING.epochs))
      for (let i = 0; i < rows.length; i++) {
        // A large prime stride visits the classes mixed without drawing random numbers.
        const row = rows[(i * 7919 + epoch * 104729) % rows.length]
        if (row) this.#step(row, rate)
      }
    }
  }

  #step({ label, vector, weight }: { label: number; vector: Vector; weight: number }, rate: number): void {
    const probabilities = this.#softmax(vector)
    const { length } = this.labels
    for (let other = 0; other < length; other++) {
      const error = ((other === label ? 1 : 0) - (probabilities[other] ?? 0)) * weight
      if (Math.abs(error) < NEGLIGIBLE) continue
      this.#bias[other] = (this.#bias[other] ?? 0) + rate * error * 0.1
      for (let i = 0; i < vector.at.length; i++) {
        const at = (vector.at[i] ?? 0) * length + other
        const old = this.#weights[at] ?? 0
        this.#weights[at] = old + rate * (error * (vector.value[i] ?? 0) - TRAINING.decay * old)
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

  /** Features as a vector of one length over those known, so that long messages do not shout. */
  #vector(features: readonly string[]): Vector {
    const known = [...new Set(features)].flatMap((feature) => {
      const at = this.#index.get(feature)
      return at === undefined ? [] : [{ at, value: feature.startsWith('k') ? CONCEPT : 1 }]
    })
    const length = Math.sqrt(
      Math.max(
        1,
        known.reduce((sum, { value }) => sum + value * value, 0),
      ),
    )
    return {
      at: Int32Array.from(known, ({ at }) => at),
      value: Float64Array.from(known, ({ value }) => (value * SCALE) / length),
    }
  }

  #softmax({ at, value }: Vector): Float64Array {
    const { length } = this.labels
    const scores = Float64Array.from(this.#bias)
    for (let i = 0; i < at.length; i++) {
      const from = (at[i] ?? 0) * length
      const scale = value[i] ?? 0
      for (let label = 0; label < length; label++) {
        scores[label] = (scores[label] ?? 0) + scale * (this.#weights[from + label] ?? 0)
      }
    }
    const top = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    let sum = 0
    for (let label = 0; label < length; label++) {
      const raised = Math.exp((scores[label] ?? 0) - top)
      scores[label] = raised
      sum += raised
    }
    for (let label = 0; label < length; label++) scores[label] = (scores[label] ?? 0) / sum
    return scores
  }
}

interface Vector {
  readonly at: Int32Array
  readonly value: Float64Array
}

/** Length of a feature vector; larger than one makes the fixed learning rate bite within the epochs. */
const SCALE = 3
/** Features of concepts (`k…`) were listed by hand and tell more than a single word. */
const CONCEPT = 2.5
/** Labels this sure already learn nothing from the example. */
const NEGLIGIBLE = 2e-3
