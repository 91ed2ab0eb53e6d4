import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSyllable } from '../../src/vietnamese/syllable.ts'
import { decodeTelex } from '../../src/vietnamese/telex.ts'
import {
  canonicalSyllable,
  cleanText,
  fold,
  isUnmarked,
  syllables,
  tokenize,
} from '../../src/vietnamese/text.ts'

const RUNS = { seed: 4009, numRuns: 300 }

describe('one spelling per syllable', () => {
  it.each([
    ['hoà', 'hòa'],
    ['Uỷ', 'ủy'],
    ['khoẻ', 'khỏe'],
    ['thuỷ', 'thủy'],
    ['hóa', 'hóa'],
    ['quý', 'quý'],
    ['gía', 'giá'],
    ['gì', 'gì'],
    ['ngoài', 'ngoài'],
    ['khuỷu', 'khuỷu'],
    ['đựơc', 'được'],
    ['nghiêp̣', 'nghiệp'],
  ])('writes %s as %s', (typed, canonical) => {
    expect(canonicalSyllable(typed)).toBe(canonical)
  })

  it('reads the same word in NFC and NFD', () => {
    const text = 'Kế hoạch nâng cao năng suất, chất lượng của Uỷ ban'
    expect(syllables(text.normalize('NFD'))).toEqual(syllables(text.normalize('NFC')))
  })

  it('leaves a canonical word as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (word) => {
        const once = canonicalSyllable(word)
        expect(canonicalSyllable(once)).toBe(once)
      }),
      RUNS,
    )
  })
})

describe('folding', () => {
  it('takes away every mark and makes đ a d', () => {
    expect(fold('Truy xuất nguồn gốc, Đồng Tháp')).toBe('Truy xuat nguon goc, Dong Thap')
  })

  it('knows text typed without marks', () => {
    expect(isUnmarked('doanh nghiep nho')).toBe(true)
    expect(isUnmarked('doanh nghiệp')).toBe(false)
    expect(isUnmarked('đ')).toBe(false)
  })

  it('changes nothing when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
      }),
      RUNS,
    )
  })
})

describe('tokens', () => {
  it('reads numbers as the plans mean them', () => {
    expect(syllables('07 bệnh viện, 4.000 doanh nghiệp, 6,5 đến 7%/năm, 10-15%')).toEqual([
      '7',
      'bệnh',
      'viện',
      '4000',
      'doanh',
      'nghiệp',
      '6,5',
      'đến',
      '7',
      'năm',
      '10',
      '15',
    ])
  })

  it('parts codes where letters and digits meet, but keeps 5S whole', () => {
    expect(syllables('iso9001 ISO 9001:2015 5S 4009/KH-UBND')).toEqual([
      'iso',
      '9001',
      'iso',
      '9001',
      '2015',
      '5s',
      '4009',
      'kh',
      'ubnd',
    ])
  })

  it('drops what nobody can see', () => {
    expect(cleanText('nă\u200bng\u202e su\u0007ất\ufeff')).toBe('năng suất')
    expect(cleanText(`e${'\u0301\u0302'.repeat(50)}`).length).toBeLessThan(6)
  })

  it('says where each word stands in the cleaned text', () => {
    const text = cleanText('Truy  xuất nguồn gốc')
    for (const token of tokenize(text))
      expect(text.slice(token.start, token.start + token.raw.length)).toBe(token.raw)
  })

  it('takes any text, and in time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const { form } of tokenize(text)) expect(form.length).toBeGreaterThan(0)
      }),
      RUNS,
    )
    for (const letters of [
      'a'.repeat(30_000),
      'ế'.normalize('NFD').repeat(10_000),
      'a\u0301'.repeat(15_000),
      'x '.repeat(15_000),
      '1.'.repeat(15_000),
      '\ud800'.repeat(30_000),
    ]) {
      const started = performance.now()
      tokenize(letters)
      expect(performance.now() - started).toBeLessThan(200)
    }
  })
})

describe('telex', () => {
  it.each([
    ['dduwowcj', 'được'],
    ['chaats', 'chất'],
    ['luwowngj', 'lượng'],
    ['nangw', 'năng'],
    ['thuowng', 'thương'],
    ['thuwong', 'thương'],
    ['tuowi', 'tươi'],
    ['quys', 'quý'],
    ['đươcj', 'được'],
    ['nghieepj', 'nghiệp'],
    ['ddaaf', 'đầ'],
  ])('reads %s as %s', (keys, word) => {
    expect(decodeTelex(keys)).toBe(word)
  })

  it('leaves words alone that hold no key', () => {
    for (const word of ['tinh', 'nghien', 'a', '5s', 'kế', 'x'.repeat(40)])
      expect(decodeTelex(word)).toBeNull()
  })

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (word) => {
        const decoded = decodeTelex(word)
        if (decoded !== null) expect(decoded).toBe(decoded.normalize('NFC'))
      }),
      RUNS,
    )
  })
})

describe('the shape of a syllable', () => {
  it('accepts what follows Vietnamese spelling, known or not', () => {
    for (const form of ['mần', 'quẹo', 'giếng', 'nghiệp', 'hủ', 'tiếu', 'khuỷu', 'yêu', 'gì', 'an', 'can'])
      expect(isSyllable(form)).toBe(true)
  })

  it('refuses what cannot be one', () => {
    for (const form of ['giuh', 'thuạan', 'support', 'plan', 'năngg', 'đăc', 'dduwowcj', 'w', ''])
      expect(isSyllable(form)).toBe(false)
  })
})
