/** The ways a question is spoilt for measuring: without marks, and with typing errors. Seeded, so runs agree. */
import { fold } from '../../src/vietnamese/text.ts'

/** Mulberry32: the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Each letter, with the given probability, is replaced, lost, doubled by a stray one, or swapped with the next. */
export function withTypingErrors(text: string, share: number, next: () => number): string {
  const letters = Array.from(text.normalize('NFC'))
  const typed: string[] = []
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? ''
    if (!/\p{L}/u.test(letter) || next() >= share) {
      typed.push(letter)
      continue
    }
    const stray = LETTERS[Math.floor(next() * LETTERS.length)] ?? 'e'
    const slip = Math.floor(next() * 4)
    if (slip === 0) typed.push(stray)
    else if (slip === 1) typed.push(letter, stray)
    else if (slip === 2) {
      typed.push(letters[i + 1] ?? '', letter)
      i++
    } // slip 3: the letter is lost
  }
  return typed.join('')
}

export const SPOILT: Readonly<
  Record<'clean' | 'unmarked' | 'typos3' | 'typos10', (text: string, seed: number) => string>
> = {
  clean: (text) => text,
  unmarked: (text) => fold(text),
  typos3: (text, seed) => withTypingErrors(text, 0.03, random(seed)),
  typos10: (text, seed) => withTypingErrors(text, 0.1, random(seed + 100_000)),
}
