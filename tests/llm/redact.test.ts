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
  ['em là Hoa ở Phan Rang hỏi ISO', 'em là [tên] ở Phan Rang hỏi ISO'],
  ['htx cua nguyen van tam hoi 5s', 'htx cua [tên] hoi 5s'],
  ['Trần Thị Bích Ngọc hỏi lớp học', '[tên] hỏi lớp học'],
  ['địa chỉ: 12/4 Lê Lợi, Phủ Hà', '[địa chỉ]'],
  ['số không chín một hai ba bốn năm sáu bảy tám', 'số [số điện thoại]'],
  ['số ０９１２３４５６７８', 'số [số điện thoại]'],
  ['số ٠٩١٢٣٤٥٦٧٨', 'số [số điện thoại]'],
  ['thẻ 4111 1111 1111 1111', 'thẻ [mã số]'],
  ['hộ chiếu B1234567', 'hộ chiếu [mã số]'],
  ['nhắn fb.com/nguyenvana', 'nhắn [liên kết]'],
])('%s', (given, expected) => {
  expect(masked(given)).toBe(expected)
})

test('figures of a plan are left alone', () => {
  for (const text of [
    'KH 4009/KH-UBND ngày 26/9/2023',
    'giai đoạn 2021 - 2025',
    'ISO 22000:2018',
    'giai đoạn 2021-2025 và 2026-2030',
    'Hồ Chí Minh có tính không',
    'địa chỉ nộp hồ sơ ở đâu?',
    'hai năm một lần, ba doanh nghiệp',
    '10-15%',
    '4.000 doanh nghiệp',
  ]) {
    expect(masked(text)).toBe(text)
  }
})

test('a number in pieces no pattern knows is not sent at all', () => {
  expect(() => masked('0912/345/678')).toThrow(RedactionFailed)
  expect(() => masked('0912_345_678')).toThrow(RedactionFailed)
})

test('values typed into a form are masked in any case and spacing, with and without marks', () => {
  expect(masked('htx phuoc huu hỏi GAP', ['HTX Phước Hữu'])).toBe('[tên] hỏi GAP')
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
