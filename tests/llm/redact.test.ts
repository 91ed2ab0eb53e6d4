import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RedactionFailed, redact } from '../../src/llm/index.ts'

const masked = (text: string, known: string[] = []) => redact(text, known).text

test.each([
  ['gọi em 0912345678 nhé', 'gọi em [số điện thoại] nhé'],
  ['sđt: +84 912 345 678', 'sđt: [số điện thoại]'],
  ['máy bàn (0259) 3822 123', 'máy bàn [số điện thoại]'],
  ['CCCD 058090001234', 'CCCD [mã số]'],
  ['MST 4500123456-001', 'MST [mã số]'],
  ['thư về ten.ho+x@cty.com.vn', 'thư về [e-mail]'],
  ['tôi tên là Trần Thị Bích Ngọc, hỏi ISO', 'tôi tên là [tên], hỏi ISO'],
  ['toi ten la tran van b, hoi iso', 'toi ten la [tên], hoi iso'],
  ['nhà số 12/4 đường Thống Nhất, phường Phan Rang', '[địa chỉ] [địa chỉ], phường Phan Rang'],
  ['xem https://evil.example/a?b=1 đi', 'xem [liên kết] đi'],
])('%s', (given, expected) => {
  expect(masked(given)).toBe(expected)
})

test('figures of a plan are left alone', () => {
  for (const text of [
    'KH 4009/KH-UBND ngày 26/9/2023',
    'giai đoạn 2021 - 2025',
    'ISO 22000:2018',
    '10-15%',
    '4.000 doanh nghiệp',
  ]) {
    expect(masked(text)).toBe(text)
  }
})

test('values typed into a form are masked in any case and spacing', () => {
  expect(masked('htx  phước   hữu hỏi GAP', ['HTX Phước Hữu'])).toBe('[tên] hỏi GAP')
})

test('whatever is typed, no run of nine digits and no e-mail sign leaves', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^[0-9 .-]{9,20}$/),
      (text, digits) => {
        try {
          const out = masked(`${text} ${digits} ${text}`)
          expect(out).not.toMatch(/\d{9,}/)
          expect(out).not.toContain('@')
        } catch (error) {
          if (!(error instanceof RedactionFailed)) throw error
        }
      },
    ),
    { seed: 4009, numRuns: 300 },
  )
})
