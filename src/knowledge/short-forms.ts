/** Abbreviations from data, in the two shapes the rest of the folder needs. Pure. */
import { syllables, tokenize } from '../vietnamese/text.ts'
import type { Expansions } from './analysis.ts'
import type { AbbreviationsFile } from './records.ts'
import type { ShortForms } from './repair.ts'

/** What stands for several syllables everywhere, passages included. */
export function expansionsOf(file: AbbreviationsFile): Expansions {
  return new Map(Object.entries(file.words).map(([form, words]) => [formOf(form), syllables(words)]))
}

/** What the question repair may read a short form as. */
export function shortFormsOf(file: AbbreviationsFile): ShortForms {
  return {
    readings: new Map(
      Object.entries(file.readings).map(([form, to]) => [formOf(form), [to].flat().map(syllables)]),
    ),
    words: new Map(
      Object.entries({ ...file.words, ...file.question }).map(([form, words]) => [
        formOf(form),
        syllables(words),
      ]),
    ),
    english: new Map(Object.entries(file.english).map(([word, words]) => [formOf(word), syllables(words)])),
    foreign: new Set(file.foreign.map(formOf)),
  }
}

function formOf(word: string): string {
  return tokenize(word)[0]?.form ?? word
}
