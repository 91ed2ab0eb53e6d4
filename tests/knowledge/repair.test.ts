import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/knowledge/analysis.ts'
import { isOneEdit, LanguageModel } from '../../src/knowledge/language-model.ts'
import { repairQuestion, type ShortForms } from '../../src/knowledge/repair.ts'
import { fold } from '../../src/vietnamese/text.ts'

const TEXT = `Hỗ trợ doanh nghiệp áp dụng hệ thống truy xuất nguồn gốc sản phẩm, hàng hóa.
Tăng năng suất lao động bình quân trên 7%/năm. Đào tạo chuyên gia năng suất chất lượng cho doanh nghiệp nhỏ.
Ai được hưởng, doanh nghiệp nhỏ có được không. Tổ chức lớp tập huấn tại trường học. Tỉnh có hỗ trợ không.
Công ty muốn đăng ký tham gia thì làm thế nào. Mỗi năm bao nhiêu lớp. Sản phẩm xuất khẩu chủ lực.`

function modelOf(text: string): LanguageModel {
  const { syllables, pairs } = analyse(text, new Map())
  return new LanguageModel([...syllables, ...pairs])
}

const model = modelOf(TEXT)
const shortForms: ShortForms = {
  readings: new Map([
    ['ko', [['không']]],
    ['dc', [['được']]],
    ['đc', [['được']]],
    ['sp', [['sản', 'phẩm']]],
    [
      'tc',
      [
        ['tổ', 'chức'],
        ['tiêu', 'chuẩn'],
      ],
    ],
  ]),
  words: new Map([['dn', ['doanh', 'nghiệp']]]),
  english: new Map([
    ['support', ['hỗ', 'trợ']],
    ['company', ['doanh', 'nghiệp']],
    ['can', []],
    ['get', []],
    ['a', []],
    ['to', []],
  ]),
  foreign: new Set(['iso', 'kaizen']),
}
const repair = (question: string) => repairQuestion(question, model, shortForms).text

describe('question repair', () => {
  it.each([
    ['marks left out', 'truy xuat nguon goc san pham', 'truy xuất nguồn gốc sản phẩm'],
    ['the neighbours choose among accents', 'tang nang suat lao dong', 'tăng năng suất lao động'],
    [
      'Telex typed with the keyboard off',
      'hoox trowj doanh nghieepj dduwowcj khoong',
      'hỗ trợ doanh nghiệp được không',
    ],
    ['the tone mark in the other place', 'hàng hoá', 'hàng hóa'],
    ['one letter wrong', 'truy xuất nguồn gốx', 'truy xuất nguồn gốc'],
    ['wrong marks on a known word', 'năng suât chất lương', 'năng suất chất lượng'],
    ['short forms', 'dn nhỏ dc ko', 'doanh nghiệp nhỏ được không'],
    ['a short form of two syllables', 'sp xuất khẩu', 'sản phẩm xuất khẩu'],
    ['the reading that fits', 'tc lớp tập huấn', 'tổ chức lớp tập huấn'],
    ['a question in English', 'can a company get support', 'doanh nghiệp hỗ trợ'],
  ])('mends %s', (_, typed, meant) => {
    expect(repair(typed)).toBe(meant)
  })

  it('leaves a well-written question alone, also words it does not know', () => {
    for (const question of [
      'bột gạo hủ tiếu bán ngoài chợ',
      'tăng năng suất lao động',
      'iso 9001 kaizen 5s',
      'mần vườn xoài',
    ]) {
      expect(repair(question)).toBe(question)
    }
  })

  it('never treats an unmarked Vietnamese word as English', () => {
    expect(repair('to chuc lop tap huan')).toBe('tổ chức lớp tập huấn')
  })

  it('says for every word what was done to it', () => {
    const { words } = repairQuestion('dn hoox trowj ko 2030', model, shortForms)
    expect(words.map((word) => word.how)).toEqual(['short form', 'telex', 'telex', 'short form', 'number'])
  })

  it('keeps every number', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: 1, max: 99_999 }).map(String),
            fc.constantFrom('nang', 'suat', 'dn', 'xuất'),
          ),
          { maxLength: 20 },
        ),
        (parts) => {
          const digits = (text: string) => text.match(/\d+/g) ?? []
          expect(digits(repair(parts.join(' ')))).toEqual(digits(parts.join(' ')))
        },
      ),
      { seed: 4009, numRuns: 200 },
    )
  })

  it('gives back a text of the index from its folded form', () => {
    const sentences = TEXT.split(/[.,]\s/).filter((sentence) => !/\d/.test(sentence))
    const mended = sentences.filter((sentence) => repair(fold(sentence)) === repair(sentence))
    expect(mended.length).toBe(sentences.length)
  })

  it('takes any text, and in time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(typeof repair(text)).toBe('string')
      }),
      { seed: 4009, numRuns: 200 },
    )
    const hostile = [
      'a'.repeat(30_000),
      'nang suat '.repeat(3_000),
      'x'.repeat(8).concat(' ').repeat(3_000),
      'ấ'.normalize('NFD').repeat(10_000),
      '\u0000\u202e'.repeat(15_000),
      '1 '.repeat(15_000),
    ]
    for (const text of hostile) {
      const started = performance.now()
      repair(text)
      expect(performance.now() - started).toBeLessThan(200)
    }
  })
})

describe('one edit', () => {
  it.each([
    ['nguon', 'nguom', true],
    ['nguon', 'nguo', true],
    ['nguon', 'nguonn', true],
    ['nguon', 'ngoun', true],
    ['nguon', 'nguon', false],
    ['nguon', 'gnuno', false],
    ['ab', 'abcd', false],
  ])('%s → %s: %s', (a, b, expected) => {
    expect(isOneEdit(a, b)).toBe(expected)
  })

  it('is found by the model whenever it exists', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('truy', 'xuat', 'nghiep', 'duong', 'phong'),
        fc.nat(4),
        fc.constantFrom('a', 'h', 'n', 't'),
        (word, at, letter) => {
          const other = word.slice(0, at) + letter + word.slice(at + 1)
          const small = new LanguageModel([[word, 1]])
          const found = [...small.oneEditAway(other)].map((id) => small.formOf(id))
          expect(found).toEqual(isOneEdit(other, word) ? [word] : [])
        },
      ),
      { seed: 4009, numRuns: 200 },
    )
  })
})
