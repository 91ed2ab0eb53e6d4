import { placeTone } from './text.ts'

/** The tone keys of Telex, as combining marks. */
const TONE_KEYS: Readonly<Record<string, string>> = {
  s: '\u0301',
  f: '\u0300',
  r: '\u0309',
  x: '\u0303',
  j: '\u0323',
}
const TONE_MARKS = new Set(Object.values(TONE_KEYS))
const CIRCUMFLEX = '\u0302'
const BREVE = '\u0306'
const HORN = '\u031b'

/**
 * What a word would have become with the Telex keyboard switched on: "dduwowcj" → "được", "chaats" → "chất".
 * Null when the keys change nothing, or the word is too long to be one syllable. Whether the result is a real
 * syllable is for the caller to look up.
 */
export function decodeTelex(word: string): string | null {
  if (word.length < 2 || word.length > 12 || !/^[\p{L}]+$/u.test(word)) return null
  const letters: string[] = []
  let tone = ''
  let changed = false
  for (const key of word.toLowerCase().normalize('NFD')) {
    const toneOfKey = TONE_KEYS[key]
    if (toneOfKey !== undefined && letters.some(isPlainVowel)) {
      if (tone !== '') return null
      tone = toneOfKey
      changed = true
    } else if (TONE_MARKS.has(key)) {
      if (tone !== '') return null
      tone = key
    } else if (/\p{M}/u.test(key)) letters.push(`${letters.pop() ?? ''}${key}`)
    else if (applyKey(letters, key)) changed = true
    else letters.push(key)
  }
  if (!changed) return null
  joinHorns(letters)
  return placeTone(letters, tone)
}

/** One w marks both letters of ươ: "thuowng", "thuwong" → "thương"; but "thuow" stays thuơ, "quowr" quở. */
function joinHorns(letters: string[]): void {
  for (let i = 0; i + 1 < letters.length; i++) {
    const [u, o] = [letters[i], letters[i + 1]]
    if (u === `u${HORN}` && o === 'o') letters[i + 1] = `o${HORN}`
    else if (u === 'u' && o === `o${HORN}` && i + 2 < letters.length && letters[i - 1] !== 'q')
      letters[i] = `u${HORN}`
  }
}

/** Applies a key that changes a letter already there; false when the key is a letter of its own. */
function applyKey(letters: string[], key: string): boolean {
  if (key === 'd' && letters[0] === 'd' && !letters.includes('đ')) {
    letters[0] = 'đ'
    return true
  }
  if (key === 'a' || key === 'e' || key === 'o') {
    const at = letters.lastIndexOf(key)
    if (at < 0) return false
    // "aa" marks the same vowel, also after the closing consonant ("thaya"), never across another syllable's vowel.
    if (letters.slice(at + 1).some((letter) => isPlainVowel(letter) && letter !== 'i' && letter !== 'u'))
      return false
    letters[at] = key + CIRCUMFLEX
    return true
  }
  return key === 'w' && applyW(letters)
}

function applyW(letters: string[]): boolean {
  for (let i = letters.length - 1; i >= 0; i--) {
    const letter = letters[i]
    if (letter === 'a') {
      letters[i] = `a${BREVE}`
      return true
    }
    if (letter === 'o' || letter === 'u') {
      letters[i] = letter + HORN
      return true
    }
  }
  letters.push(`u${HORN}`)
  return true
}

function isPlainVowel(letter: string): boolean {
  return 'aeiouy'.includes(letter[0] ?? '-')
}
