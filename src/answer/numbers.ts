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
