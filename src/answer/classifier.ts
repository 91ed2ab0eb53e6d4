/**
 * Which of some labels a bag of features belongs to: multinomial logistic regression, trained on the examples of the
 * data files. Deterministic: fixed order, no randomness.
 */
import { z } from 'zod'

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

/** Share of the epochs before the mean of the weights is taken: it depends less on the order of the examples. */
const UNAVERAGED = 0.4
const MINIMUM_RATE = 0.02
const DECAY = 1e-5
/** Length of a feature vector; larger than one makes the fixed learning rate bite within the epochs. */
const SCALE = 3
/** Labels this sure already learn nothing from the example. */
const NEGLIGIBLE = 2e-3

/** A trained classifier as it is kept in a file; arrays of numbers as base64 of their bytes. */
export const ClassifierData = z.object({
  labels: z.array(z.string()),
  bias: z.array(z.number()),
  /** What one step of a kept weight is worth. */
  unit: z.number(),
  /** One a line: read ten times faster than a list of as many strings. */
  features: z.string(),
  tells: z.string(),
  ends: z.string(),
  at: z.string(),
  steps: z.string(),
})
export type ClassifierData = z.infer<typeof ClassifierData>

/** Weights smaller than this share of the largest decide nothing and are not kept. */
const KEPT_SHARE = 0.006
const STEPS = 32_767

/**
 * Weights are kept sparse and in 255 steps, so that what was learned fits a file of about 2 MB and is the same whether
 * trained just now or read.
 */
export class Classifier {
  readonly labels: readonly string[]
  readonly #index: ReadonlyMap<string, number>
  readonly #bias: Float32Array
  readonly #unit: number
  readonly #tells: Float32Array
  /** Of each feature: where its weights end in the two arrays below. */
  readonly #ends: Int32Array
  readonly #at: Uint8Array
  readonly #steps: Int16Array

  constructor({ labels, bias, unit, features, tells, ends, at, steps }: ClassifierData) {
    this.labels = labels
    this.#index = new Map(features.split('\n').map((feature, i) => [feature, i]))
    this.#bias = Float32Array.from(bias)
    this.#unit = unit
    this.#tells = new Float32Array(bytesOf(tells))
    this.#ends = new Int32Array(bytesOf(ends))
    this.#at = new Uint8Array(bytesOf(at))
    this.#steps = new Int16Array(bytesOf(steps))
  }

  /** All labels, likeliest first; probabilities sum to one. */
  classify(features: readonly string[]): Guess[] {
    const scores = Float32Array.from(this.#bias)
    const { at, value } = vectorOf(features, this.#index, this.#tells)
    for (let i = 0; i < at.length; i++) {
      const feature = at[i] ?? 0
      const scale = (value[i] ?? 0) * this.#unit
      const end = this.#ends[feature] ?? 0
      for (let j = feature === 0 ? 0 : (this.#ends[feature - 1] ?? 0); j < end; j++) {
        const label = this.#at[j] ?? 0
        scores[label] = (scores[label] ?? 0) + scale * (this.#steps[j] ?? 0)
      }
    }
    softmax(scores)
    return this.labels
      .map((label, i) => ({ label, probability: scores[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability)
  }
}

/**
 * Learns from the examples; the result is what `Classifier` is made of. Pairs (features with a space) heard once are
 * two thirds of all features and tell next to nothing: they are left out.
 */
export function train(examples: readonly Example[], training: Training): ClassifierData {
  const labels = [...new Set(examples.map((example) => example.label))]
  const counts = new Map<string, number>()
  for (const { features } of examples) {
    for (const feature of new Set(features)) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  const known = [...counts].filter(([feature, count]) => count > 1 || !feature.includes(' '))
  const index = new Map(known.map(([feature], i) => [feature, i]))
  const tells = Float32Array.from(known, ([feature, count]) =>
    training.tells(feature, count / examples.length),
  )
  const weights = new Float32Array(index.size * labels.length)
  const bias = new Float32Array(labels.length)
  descend(
    rowsOf(examples, labels, training, (features) => vectorOf(features, index, tells)),
    training,
    weights,
    bias,
  )
  return kept(labels, [...index.keys()], tells, weights, bias)
}

function rowsOf(
  examples: readonly Example[],
  labels: readonly string[],
  { balance }: Training,
  vector: (features: readonly string[]) => Vector,
): Row[] {
  const sizes = new Map<string, number>()
  for (const { label, weight } of examples) sizes.set(label, (sizes.get(label) ?? 0) + weight)
  const mean = examples.reduce((sum, { weight }) => sum + weight, 0) / labels.length
  const at = new Map(labels.map((label, i) => [label, i]))
  return examples.map(({ label, features, weight }) => ({
    label: at.get(label) ?? 0,
    vector: vector(features),
    weight: weight * (mean / (sizes.get(label) ?? mean)) ** balance,
  }))
}

function descend(
  rows: readonly Row[],
  { epochs, rate: first }: Training,
  weights: Float32Array,
  bias: Float32Array,
): void {
  const scores = new Float32Array(bias.length)
  const sum = { weights: new Float32Array(weights.length), bias: new Float32Array(bias.length) }
  const from = Math.floor(epochs * UNAVERAGED)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = Math.max(MINIMUM_RATE, first * (1 - epoch / epochs))
    for (let i = 0; i < rows.length; i++) {
      // A large prime stride visits the classes mixed without drawing random numbers.
      const row = rows[(i * 7919 + epoch * 104729) % rows.length]
      if (row) step(row, rate, weights, bias, scores)
    }
    if (epoch < from) continue
    for (const [i, weight] of weights.entries()) sum.weights[i] = (sum.weights[i] ?? 0) + weight
    for (const [i, weight] of bias.entries()) sum.bias[i] = (sum.bias[i] ?? 0) + weight
  }
  const averaged = epochs - from
  weights.set(sum.weights.map((it) => it / averaged))
  bias.set(sum.bias.map((it) => it / averaged))
}

function step(
  { label, vector: { at, value }, weight }: Row,
  rate: number,
  weights: Float32Array,
  bias: Float32Array,
  scores: Float32Array,
): void {
  const { length } = bias
  scores.set(bias)
  for (let i = 0; i < at.length; i++) {
    const from = (at[i] ?? 0) * length
    const scale = value[i] ?? 0
    for (let other = 0; other < length; other++) {
      scores[other] = (scores[other] ?? 0) + scale * (weights[from + other] ?? 0)
    }
  }
  softmax(scores)
  for (let other = 0; other < length; other++) {
    const error = ((other === label ? 1 : 0) - (scores[other] ?? 0)) * weight
    if (Math.abs(error) < NEGLIGIBLE) continue
    bias[other] = (bias[other] ?? 0) + rate * error * 0.1
    for (let i = 0; i < at.length; i++) {
      const place = (at[i] ?? 0) * length + other
      const old = weights[place] ?? 0
      weights[place] = old + rate * (error * (value[i] ?? 0) - DECAY * old)
    }
  }
}

function kept(
  labels: readonly string[],
  features: readonly string[],
  tells: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
): ClassifierData {
  const most = weights.reduce((max, it) => Math.max(max, Math.abs(it)), Number.MIN_VALUE)
  const unit = most / STEPS
  const at: number[] = []
  const steps: number[] = []
  const ends = features.map((_, feature) => {
    for (let label = 0; label < labels.length; label++) {
      const weight = weights[feature * labels.length + label] ?? 0
      if (Math.abs(weight) < most * KEPT_SHARE) continue
      at.push(label)
      steps.push(Math.round(weight / unit))
    }
    return at.length
  })
  return {
    labels: [...labels],
    bias: [...bias],
    unit,
    features: features.join('\n'),
    tells: textOf(tells),
    ends: textOf(Int32Array.from(ends)),
    at: textOf(Uint8Array.from(at)),
    steps: textOf(Int16Array.from(steps)),
  }
}

/** Features as a vector of one length over those known, so that long messages do not shout. */
function vectorOf(
  features: readonly string[],
  index: ReadonlyMap<string, number>,
  tells: Float32Array,
): Vector {
  const at = Int32Array.from(
    [...new Set(features)].flatMap((feature) => {
      const known = index.get(feature)
      return known === undefined ? [] : [known]
    }),
  )
  const value = Float32Array.from(at, (place) => tells[place] ?? 0)
  const length = Math.sqrt(value.reduce((sum, it) => sum + it * it, 0))
  const scale = length === 0 ? 0 : SCALE / length
  return { at, value: value.map((it) => it * scale) }
}

function softmax(scores: Float32Array): void {
  let top = Number.NEGATIVE_INFINITY
  for (let label = 0; label < scores.length; label++) top = Math.max(top, scores[label] ?? 0)
  let sum = 0
  for (let label = 0; label < scores.length; label++) {
    const raised = Math.exp((scores[label] ?? 0) - top)
    scores[label] = raised
    sum += raised
  }
  for (let label = 0; label < scores.length; label++) scores[label] = (scores[label] ?? 0) / sum
}

function textOf(array: Float32Array | Int32Array | Uint8Array | Int16Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')
}

/** A buffer of its own: views of wider numbers need one that starts where they do. */
function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer
}
