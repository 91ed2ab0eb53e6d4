/**
 * Question repair: what was meant by what was typed, syllable by syllable. The index is never folded; the
 * question is brought to the index's spelling (measured against folding both sides: docs/benchmarks.md).
 */
import { isSyllable } from '../vietnamese/syllable.ts'
import { decodeTelex } from '../vietnamese/telex.ts'
import { fold, isUnmarked, tokenize } from '../vietnamese/text.ts'
import type { LanguageModel } from './language-model.ts'

/** How unlikely each departure from the typed form is, in nats; tuned with FORMULA (docs/benchmarks.md). */
const COSTS = {
  /** Marks added to an unmarked word, in a question with no marks at all / with marks elsewhere. */
  accent: { unmarked: 0, marked: 3 },
  /** Other marks than those typed. */
  otherMarks: { known: 9, unknown: 3 },
  telex: 1,
  /** A short form from the list (ko → không). */
  shortForm: 0.5,
  /** One letter off; only tried for a word nobody knows. */
  edit: 5,
  /** Keeping a word nobody knows: one that follows Vietnamese spelling / one that cannot be a syllable. */
  unknown: { syllable: 0, other: 4 },
  /** On top of `edit`, when the word follows Vietnamese spelling and so may well be meant. */
  editOfSyllable: 4,
}

const LIMIT = { tokens: 400, candidates: 40, editLength: [2, 9] as const }

export interface ShortForms {
  /** Typed form → what it may stand for, each as syllables; the neighbours decide. */
  readonly readings: ReadonlyMap<string, readonly (readonly string[])[]>
  /** Typed form → several syllables, always replaced. */
  readonly words: ReadonlyMap<string, readonly string[]>
  /** English word → Vietnamese syllables, none for a word that says nothing about the matter. */
  readonly english: ReadonlyMap<string, readonly string[]>
  /** Foreign words kept as typed. */
  readonly foreign: ReadonlySet<string>
}

interface RepairedWord {
  readonly typed: string
  readonly chosen: string
  readonly how: 'kept' | 'marks' | 'telex' | 'short form' | 'one letter' | 'number' | 'english'
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
  const english = isEnglish(typed, shortForms)
  const lattice: Step[][] = []
  for (const form of typed) {
    const before = lattice.at(-1)
    lattice.push(
      (
        (english ? englishCandidates(form, shortForms, model) : null) ??
        candidatesOf(form, unmarked, model, shortForms)
      ).map((candidate) => bestStep(candidate, before, model)),
    )
  }
  const chosen = backtrack(lattice)
  const words = chosen.map((candidate, i) => ({
    typed: typed[i] ?? '',
    chosen: candidate.form,
    how: candidate.how,
  }))
  return { text: words.flatMap((word) => (word.chosen === '' ? [] : [word.chosen])).join(' '), words }
}

/** Half of the words, and at least three, are English ones. */
function isEnglish(typed: readonly string[], { english, foreign }: ShortForms): boolean {
  const words = typed.filter((form) => /^\p{L}/u.test(form))
  const known = words.filter((form) => english.has(form)).length
  const others = words.filter((form) => foreign.has(form) && !english.has(form)).length
  return known >= 3 && known * 2 >= words.length - others
}

function englishCandidates(form: string, shortForms: ShortForms, model: LanguageModel): Candidate[] | null {
  const words = shortForms.english.get(form)
  return words ? [{ ...severalSyllables(words, 0, model), how: 'english' }] : null
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
  // A foreign word that could be an unmarked syllable (to, can) is left to its neighbours.
  if ((shortForms.foreign.has(form) || shortForms.english.has(form)) && !isSyllable(form))
    return [oneSyllable(form, id, 0, 'kept')]
  const spelt = isSyllable(form)
  const found = new Map([
    [form, oneSyllable(form, id, id === null ? COSTS.unknown[spelt ? 'syllable' : 'other'] : 0, 'kept')],
  ])
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
    const edit = COSTS.edit + (spelt ? COSTS.editOfSyllable : 0)
    for (const other of model.oneEditAway(folded)) {
      const otherForm = model.formOf(other)
      offer(
        oneSyllable(otherForm, other, edit + (unmarked ? 0 : markDistance(form, otherForm)), 'one letter'),
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
