import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitText } from '../../src/channel/split.ts'

const visible = (text: string) => text.normalize('NFC').replace(/\s+/gu, '')

describe('long text', () => {
  test('short text stays one message, in NFC', () => {
    expect(splitText('  Hỗ trợ ISO 9001  ', 1900)).toEqual(['Hỗ trợ ISO 9001'.normalize('NFC')])
  })

  test('blank text gives no message', () => {
    expect(splitText(' \n\t ', 1900)).toEqual([])
  })

  test('is cut behind a sentence, not inside one', () => {
    const text =
      'Sở hỗ trợ xây dựng VietGAP. Mức hỗ trợ tối đa 50 triệu đồng. Hồ sơ gửi trước ngày 30/9/2026.'
    expect(splitText(text, 70)).toEqual([
      'Sở hỗ trợ xây dựng VietGAP. Mức hỗ trợ tối đa 50 triệu đồng.',
      'Hồ sơ gửi trước ngày 30/9/2026.',
    ])
  })

  test('the full stop of TP. and of a list number ends no sentence', () => {
    expect(
      splitText('Lớp học mở vào quý ba. Địa điểm: số 5, TP. Hồ Chí Minh, khu Công nghệ cao', 50),
    ).toEqual(['Lớp học mở vào quý ba.', 'Địa điểm: số 5, TP. Hồ Chí Minh, khu Công nghệ cao'])
  })

  test('figures with a point are never torn apart', () => {
    const text = `Mức hỗ trợ là ${'1.234.567 đồng và '.repeat(20)}hết.`
    for (const part of splitText(text, 60)) expect(part).not.toMatch(/^\.|\d\.$/)
  })

  test('a paragraph border wins over a later sentence border', () => {
    const first = 'a'.repeat(60)
    expect(splitText(`${first}\n\nCâu hai. Câu ba còn dài lắm`, 75)[0]).toBe(first)
  })

  test('a family emoji and stacked marks are cut between, not inside', () => {
    const family = '👨‍👩‍👧'
    for (const part of splitText(family.repeat(30), 20)) expect(part.length % family.length).toBe(0)
    const zalgo = `x${'\u0323'.repeat(500)}`
    const parts = splitText(zalgo, 100)
    expect(parts.join('')).toBe(zalgo.normalize('NFC'))
  })

  test('whatever is written: each part fits, none is empty, nothing visible is lost or reordered', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('. ', '\n', '\n\n', ' ', '! ', '😊', 'ế', 'Nghị quyết số 12. ', '👨‍👩‍👧'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 2, max: 200 }), (pieces, max) => {
        const text = pieces.join('')
        const parts = splitText(text, max)
        expect(parts.every((part) => part.length <= max && part.trim() !== '')).toBe(true)
        expect(visible(parts.join(''))).toBe(visible(text))
        for (const part of parts) expect(part.isWellFormed()).toBe(true)
      }),
      { seed: 20261122, numRuns: 500 },
    )
  })

  test('a hundred thousand characters are cut in well under a second', () => {
    const started = performance.now()
    const parts = splitText('Câu này không dài lắm. '.repeat(4500), 1900)
    expect(parts.length).toBeGreaterThan(50)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
