/** Vietnamese as written: one form per syllable (NFC, lower case, tone mark in one place), folding, syllables. */

/** Combining marks of the five tones: huyền, sắc, hỏi, ngã, nặng. */
const TONES = new Set(['\u0300', '\u0301', '\u0309', '\u0303', '\u0323'])
/** Combining marks that make another vowel: â ê ô, ă, ơ ư. */
const QUALITIES = new Set(['\u0302', '\u0306', '\u031b'])
const VOWELS = 'aeiouy'
/** The longest Vietnamese syllable has seven letters; a longer word is not one and keeps its marks where they are. */
const LONGEST_SYLLABLE = 7

/** Characters nobody can see or that steer the terminal: controls, bidi marks, joiners, tags, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u115f\u1160\u3164]|\p{Variation_Selector}/gu
/** More than three marks on one letter is decoration ("zalgo"), not Vietnamese (which needs two). */
const ZALGO = /(\p{M}{3})\p{M}+/gu

/** The text as it can safely be read, shown and stored: NFC, no invisible characters, white space folded. */
export function cleanText(text: string): string {
  return text
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(ZALGO, '$1')
    .replace(/ð/g, 'đ') // the Icelandic letter, as some converters write đ
    .replace(/Ð/g, 'Đ')
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .trim()
}

/** Without any diacritics, đ as d: "Truy xuất nguồn gốc" → "Truy xuat nguon goc". Case is kept. */
export function fold(text: string): string {
  if (isAscii(text)) return text
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').normalize('NFC')
}

/** True when nothing in the text carries a Vietnamese mark, as typed on a phone without a Vietnamese keyboard. */
export function isUnmarked(text: string): boolean {
  return isAscii(text) || fold(text) === text.normalize('NFC')
}

/**
 * One spelling per syllable: lower case, NFC, the tone mark where the old orthography puts it, so that
 * "hoà" = "hòa", "Uỷ" = "ủy", "khoẻ" = "khỏe". Words that are no Vietnamese syllable keep their letters.
 */
export function canonicalSyllable(word: string): string {
  const lower = word.toLowerCase()
  if (isAscii(lower)) return lower
  if (lower.length > LONGEST_SYLLABLE * 3) return lower.normalize('NFC')
  const letters: string[] = []
  let tone = ''
  for (const char of lower.normalize('NFD')) {
    if (TONES.has(char)) {
      if (tone !== '') return lower.normalize('NFC')
      tone = char
    } else if (QUALITIES.has(char) && letters.length > 0) letters[letters.length - 1] += char
    else letters.push(char)
  }
  return placeTone(letters, tone)
}

/** Puts a tone on a syllable given letter by letter (each with its quality mark, without tone). */
export function placeTone(letters: readonly string[], tone: string): string {
  const at = tone === '' ? -1 : toneIndex(letters)
  return letters
    .map((letter, i) => (i === at ? letter + tone : letter))
    .join('')
    .normalize('NFC')
}

function toneIndex(letters: readonly string[]): number {
  let start = 0
  while (start < letters.length && !isVowel(letters[start])) start++
  let end = start
  while (end < letters.length && isVowel(letters[end])) end++
  // "qu" and "gi" are consonants when a vowel follows: quý, giá, but gì, gìn.
  const glide =
    (letters[start - 1] === 'q' && letters[start] === 'u') ||
    (letters[start - 1] === 'g' && letters[start] === 'i')
  if (glide && end - start > 1) start++
  for (let i = end - 1; i >= start; i--) if ((letters[i] ?? '').length > 1) return i // ươ, iê, uô: the marked vowel
  const vowels = end - start
  if (end < letters.length) return end - 1 // a closing consonant: hoàn, tuyển
  return vowels >= 3 ? start + 1 : start // ngoài; hòa, của, mía
}

function isVowel(letter: string | undefined): boolean {
  return letter !== undefined && VOWELS.includes(letter[0] ?? '-')
}

/** A number as written (6,5 · 4.000 · 07), a code (5S, TCVN), or a word; letters and digits part: iso9001. */
const TOKEN = /\p{N}+(?:[.,]\p{N}+)*(?:\p{L}(?![\p{L}\p{M}]))?|\p{L}[\p{L}\p{M}]*/gu
/** A word longer than this is noise; cutting it keeps later steps linear. */
const LONGEST_TOKEN = 64

export interface Token {
  /** The form compared: canonical syllable, or number without leading zeros and thousands separators. */
  readonly form: string
  /** As typed, NFC. */
  readonly raw: string
  /** Where it starts in the cleaned text, in UTF-16 units. */
  readonly start: number
}

/** Words and numbers of a text in order. Linear in the length of the text, whatever it holds. */
export function tokenize(text: string): Token[] {
  const clean = cleanText(text)
  const tokens: Token[] = []
  for (const match of clean.matchAll(TOKEN)) {
    const raw = match[0].slice(0, LONGEST_TOKEN)
    tokens.push({ form: tokenForm(raw), raw, start: match.index })
  }
  return tokens
}

/** Vietnamese has some 7,000 syllables in use, so most words have been seen; bounded against hostile text. */
const seen = new Map<string, string>()
const SEEN_LIMIT = 20_000

function knownForm(raw: string): string {
  const known = seen.get(raw)
  if (known !== undefined) return known
  const form = canonicalSyllable(raw)
  if (raw.length > LONGEST_SYLLABLE * 3) return form
  if (seen.size >= SEEN_LIMIT) seen.clear()
  seen.set(raw, form)
  return form
}

function tokenForm(raw: string): string {
  if (!/^\p{N}/u.test(raw)) return knownForm(raw)
  return raw
    .toLowerCase()
    .replace(/[.,](?=\p{N}{3}(?:\D|$))/gu, '')
    .replace(/^0+(?=\p{N})/u, '')
    .replace('.', ',')
}

/** The forms alone. */
export function syllables(text: string): string[] {
  return tokenize(text).map((token) => token.form)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
