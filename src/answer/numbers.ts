/** Numbers in text, as written and as values: nothing is said that stands in no quote. Pure. */

const NUMBER = /\d+(?:[.,]\d+)*/gu

/** Value → the way the text writes it ("07", "6,5", "4.000"). */
export function numberForms(text: string): Map<number, string> {
  const forms = new Map<number, string>()
  for (const [digits] of text.matchAll(NUMBER)) {
    const value = Number(digits.replace(/\.(?=\d{3}(?:\D|$))/g, '').replace(',', '.'))
    if (Number.isFinite(value) && !forms.has(value)) forms.set(value, digits)
  }
  return forms
}

const bare = (digits: string) => digits.replace(/(^|[.,])0+(?=\d)/g, '$1')

/** Numbers of a sentence that stand in none of the quotes. */
export function uncited(text: string, quotes: readonly string[]): string[] {
  const proven = new Set(
    quotes.flatMap((quote) => [...quote.matchAll(NUMBER)].map(([digits]) => bare(digits))),
  )
  return [...text.matchAll(NUMBER)].map(([digits]) => bare(digits)).filter((digits) => !proven.has(digits))
}

/** Numbers a question puts to us: not years, nor those that belong to a name ("ISO 9001", "5S", "4009/KH"). */
export function claimedNumbers(question: string): number[] {
  const bare = question
    .slice(0, 600)
    .replace(
      /\b(?:iso|haccp|tcvn|qcvn|số|quyết định|công văn|báo cáo|kế hoạch|kh|plan|decision)\s*(?:số\s*)?\d[\d/]*/giu,
      ' ',
    )
    .replace(/\d+\s?s\b|\d+\/\S+|\b(?:19|20)\d\d\b/giu, ' ')
  return [...numberForms(bare).keys()]
}

/** "Năm" is five and year, "tư" four and private: those are left to digits. */
const NUMBER_WORDS: Readonly<Record<string, number>> = {
  hai: 2,
  ba: 3,
  bốn: 4,
  sáu: 6,
  bảy: 7,
  tám: 8,
  chín: 9,
  mười: 10,
}

const WHICH = new Set(['nào', 'gì'])
const BY_NAME = /kể tên|tên (?:là )?gì|(?:xin|biết) tên|tên (?:của|từng)/u
/** "Những lĩnh vực kiểm định nào": so many words after the thing. */
const WHICH_WITHIN = 4

/** "Ba lĩnh vực … là những lĩnh vực nào": what is counted by one of these numbers is asked for by name. */
export function asksNamesOf(question: string, counts: readonly (number | null | undefined)[]): boolean {
  const words = question.toLowerCase().match(/[\p{L}\p{M}]+|\d+/gu) ?? []
  return words.some((word, at) => {
    if (!counts.includes(NUMBER_WORDS[word] ?? Number(word))) return false
    const rest = words.slice(at + 2)
    return (
      BY_NAME.test(question) ||
      rest.some(
        (other, i) =>
          other === words[at + 1] &&
          other !== 'năm' && // a year is no name
          rest.slice(i + 1, i + 1 + WHICH_WITHIN).some((following) => WHICH.has(following)),
      )
    )
  })
}

/** A day as documents write it. */
export const DATE = /\d{1,2}\/\d{1,2}\/\d{4}|ngày \d{1,2} tháng \d{1,2} năm \d{4}/u
