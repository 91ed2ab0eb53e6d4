/** Cuts long text into messages a platform accepts. Pure. */

/** Vietnamese titles and place words whose full stop does not end a sentence ("TP. Hồ Chí Minh", "ThS. Lan"). */
const ABBREVIATION =
  /(?:^|[\s(“"])(?:\p{Lu}|TP|TX|TT|KP|ThS|TS|PGS|GS|KS|BS|ĐT|Tp|St|[Vv]v|\d{1,3}|[IVX]+)\.$/u

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })

/**
 * Splits at paragraph, line and sentence borders, else between words, else between characters as people see them; never
 * inside a surrogate pair. Every part is NFC, trimmed, not empty and at most `max` UTF-16 units long (a platform that
 * counts code points counts fewer). Only white space at the cuts is dropped.
 * @param max at least 2, so that any code point fits
 * @returns no part when the text is blank
 */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = []
  let rest = text.normalize('NFC').trim()
  while (rest.length > max) {
    const cut = cutAt(rest, max)
    const part = rest.slice(0, cut).trimEnd()
    if (part !== '') parts.push(part)
    rest = rest.slice(cut).trimStart()
  }
  if (rest !== '') parts.push(rest)
  return parts
}

/** Where to cut `text`, which is longer than `max`: between 1 and `max`. */
function cutAt(text: string, max: number): number {
  // One character more than fits: a border right behind the last one that fits still counts.
  const window = text.slice(0, max + 1)
  const paragraph = window.lastIndexOf('\n\n')
  if (paragraph >= max / 2) return paragraph
  const sentence = Math.max(window.lastIndexOf('\n'), lastSentence(window))
  if (sentence >= max / 4) return sentence
  const space = window.search(/\s\S*$/u)
  if (space > 0) return space
  return lastGrapheme(text, max)
}

function lastSentence(window: string): number {
  let last = -1
  for (const match of window.matchAll(/[.!?…;][”"»’')\]]*(?=\s)/gu)) {
    const end = match.index + match[0].length
    if (match[0] === '.' && ABBREVIATION.test(window.slice(Math.max(0, end - 8), end))) continue
    last = end
  }
  return last
}

function lastGrapheme(text: string, max: number): number {
  let cut = 0
  // A cluster may be far longer than the window (stacked marks), so only the window is segmented.
  for (const { index, segment } of graphemes.segment(text.slice(0, max + 16))) {
    if (index + segment.length > max) break
    cut = index + segment.length
  }
  if (cut > 0) return cut
  const high = text.charCodeAt(max - 1)
  return high >= 0xd800 && high <= 0xdbff ? max - 1 : max
}
