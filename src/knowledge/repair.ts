/**
 * Question repair: what was meant by what was typed, syllable by syllable. The index is never folded; the
 * question is brought to the index's spelling (measured against folding both sides: docs/benchmarks.md).
 */
import { decodeTelex } from '../vietnamese/telex.ts'
import { fold, isUnmarked, tokenize } from '../vietnamese/text.ts'
import type { LanguageModel } from './language-model.ts'

/** How unlikely each departure from the typed form is, in nats; tuned with FORMULA (docs/benchmarks.md). */
export const COSTS = {
  /** Marks added to an unmarked word, in a question with no marks at all / with marks elsewhere. */
  accent: { unmarked: 0, marked: 3 },
  /** Other marks than those typed. */
  otherMarks: { known: 9, unknown: 3 },
  telex: 1,
  /** A short form from the list (ko → không). */
  shortForm: 0.5,
  /** One letter off; only tried for a word nobody knows. */
  edit: 6,
  /** Keeping a word nobody knows. */
  unknown: 4,
}

const LIMIT = { tokens: 400, candidates: 40, editLength: [2, 9] as const }

export interface ShortForms {
  /** Typed form → what it may stand for, each as syllables; the neighbours decide. */
  readonly readings: ReadonlyMap<string, readonly (readonly string[])[]>
  /** Typed form → several syllables, always replaced. */
  readonly words: ReadonlyMap<string, readonly string[]>
  /** Foreign words kept as typed. */
  readonly foreign: ReadonlySet<string>
}

export interface RepairedWord {
  readonly typed: string
  readonly chosen: string
  readonly how: 'kept' | 'marks' | 'telex' | 'short form' | 'one letter' | 'number'
}

export interface Repaired {
  /** The question as understood, words separated by one space. */
  readonly text: string
  readonly words: readonly RepairedWord[]
}

/** A reading of one typed word: usually one syllable, for a short form several. Ids are null for words unknown. */
interface Candidate {
  readonly form: string
  readonly first: number | null
  readonly last: number | null
  /** Departure from what was typed, and for several syllables how unlikely they follow each other. */
  readonly cost: number
  readonly how: RepairedWord['how']
}

interface Step {
  readonly candidate: Candidate
  readonly score: number
  readonly from: number
}

/** Chooses the likeliest reading of the whole question (Viterbi over neighbouring syllables). Pure, linear. */
export function repairQuestion(question: string, model: LanguageModel, shortForms: ShortForms): Repaired {
  const tokens = tokenize(question)
  const typed = tokens.slice(0, LIMIT.tokens).map((token) => token.form)
  const unmarked = isUnmarked(typed.join(' '))
  const lattice: Step[][] = []
  for (const form of typed) {
    const before = lattice.at(-1)
    lattice.push(
      candidatesOf(form, unmarked, model, shortForms).map((candidate) => bestStep(candidate, before, model)),
    )
  }
  const chosen = backtrack(lattice)
  const words = chosen.map((candidate, i) => ({
    typed: typed[i] ?? '',
    chosen: candidate.form,
    how: candidate.how,
  }))
  return { text: words.map((word) => word.chosen).join(' '), words }
}

function bestStep(candidate: Candidate, before: readonly Step[] | undefined, model: LanguageModel): Step {
  if (!before || before.length === 0) {
    return { candidate, score: model.logProbability(null, candidate.first) - candidate.cost, from: -1 }
  }
  let best = Number.NEGATIVE_INFINITY
  let from = 0
  for (const [i, step] of before.entries()) {
    const score = step.score + model.logProbability(step.candidate.last, candidate.first)
    if (score > best) {
      best = score
      from = i
    }
  }
  return { candidate, score: best - candidate.cost, from }
}

function backtrack(lattice: readonly (readonly Step[])[]): Candidate[] {
  const chosen: Candidate[] = []
  const last = lattice.at(-1) ?? []
  let at = last.reduce(
    (best, step, i) => (step.score > (last[best]?.score ?? Number.NEGATIVE_INFINITY) ? i : best),
    0,
  )
  for (let i = lattice.length - 1; i >= 0; i--) {
    const step = lattice[i]?.[at]
    if (!step) break
    chosen.push(step.candidate)
    at = step.from
  }
  return chosen.reverse()
}

function candidatesOf(
  form: string,
  unmarked: boolean,
  model: LanguageModel,
  shortForms: ShortForms,
): Candidate[] {
  const whole = shortForms.words.get(form)
  if (whole) return [severalSyllables(whole, 0, model)]
  const id = model.idOf(form) ?? null
  if (!/^\p{L}/u.test(form)) return [oneSyllable(form, id, 0, 'number')]
  if (shortForms.foreign.has(form)) return [oneSyllable(form, id, 0, 'kept')]
  const found = new Map([[form, oneSyllable(form, id, id === null ? COSTS.unknown : 0, 'kept')]])
  const offer = (candidate: Candidate) => {
    const known = found.get(candidate.form)
    if (!known || known.cost > candidate.cost) found.set(candidate.form, candidate)
  }
  for (const reading of shortForms.readings.get(form) ?? [])
    offer(severalSyllables(reading, COSTS.shortForm, model))
  const plain = isUnmarked(form)
  const marks = plain
    ? COSTS.accent[unmarked ? 'unmarked' : 'marked']
    : COSTS.otherMarks[id === null ? 'unknown' : 'known']
  const folded = fold(form)
  const sameLetters = model.withFolded(folded)
  for (const other of sameLetters) offer(oneSyllable(model.formOf(other), other, marks, 'marks'))
  const telex = decodeTelex(form)
  const telexId = telex === null ? undefined : model.idOf(telex)
  if (telexId !== undefined) offer(oneSyllable(model.formOf(telexId), telexId, COSTS.telex, 'telex'))
  const known = id !== null || (plain && sameLetters.length > 0)
  if (!known && folded.length >= LIMIT.editLength[0] && folded.length <= LIMIT.editLength[1]) {
    for (const other of model.oneEditAway(folded)) {
      const otherForm = model.formOf(other)
      offer(
        oneSyllable(
          otherForm,
          other,
          COSTS.edit + (unmarked ? 0 : markDistance(form, otherForm)),
          'one letter',
        ),
      )
    }
  }
  return [...found.values()].sort((a, b) => a.cost - b.cost).slice(0, LIMIT.candidates)
}

function oneSyllable(form: string, id: number | null, cost: number, how: RepairedWord['how']): Candidate {
  return { form, first: id, last: id, cost, how }
}

function severalSyllables(forms: readonly string[], cost: number, model: LanguageModel): Candidate {
  const ids = forms.map((form) => model.idOf(form) ?? null)
  let inner = 0
  for (let i = 1; i < ids.length; i++) inner -= model.logProbability(ids[i - 1] ?? null, ids[i] ?? null)
  return {
    form: forms.join(' '),
    first: ids[0] ?? null,
    last: ids.at(-1) ?? null,
    cost: cost + inner,
    how: 'short form',
  }
}

/** In a marked question a typing slip rarely loses the marks as well. */
function markDistance(typed: string, other: string): number {
  return marksOf(typed) === marksOf(other) ? 0 : 2
}

function marksOf(text: string): string {
  return (text.normalize('NFD').match(/\p{M}/gu) ?? []).sort().join('')
}
