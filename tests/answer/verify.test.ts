import { expect, test } from 'vitest'
import { figures, type OfferedPassage, objections } from '../../src/answer/verify.ts'

const label = 'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận'
const offered: OfferedPassage[] = [
  {
    id: 'h',
    province: 'ninh-thuan',
    label,
    text: 'Hỗ trợ áp dụng các công cụ, hệ thống quản lý tiên tiến tại ít nhất 07 bệnh viện, phòng khám trên địa bàn tỉnh. Hỗ trợ áp dụng công cụ 5S tại ít nhất 10 trường học. Hỗ trợ 05 doanh nghiệp triển khai năng suất xanh.',
  },
  {
    id: 't',
    province: 'ninh-thuan',
    label,
    text: 'Trên 500 lượt người của các Sở, ngành được đào tạo. Hình thành ít nhất 01 câu lạc bộ cải tiến năng suất.',
  },
  {
    id: 'p',
    province: 'ninh-thuan',
    label,
    text: 'tăng năng suất lao động bình quân 6,5 đến 7%/năm, tốc độ tăng 10-11%/năm',
  },
  {
    id: 'd',
    province: 'dong-thap',
    label: 'Kế hoạch của UBND tỉnh Đồng Tháp, 2021',
    text: 'khoảng 4.000 doanh nghiệp; quản lý chất lượng ISO 9001; tăng khoảng 10 - 15% so với giai đoạn 2021 - 2025',
  },
  {
    id: 'o',
    province: 'ninh-thuan',
    label,
    text: 'Sở Khoa học và Công nghệ là cơ quan đầu mối; báo cáo ngày 10/11 hàng năm qua Sở Tài chính.',
  },
]
const against = (
  text: string,
  passages: string[],
  province: string | null = 'ninh-thuan',
  language: 'vi' | 'en' = 'vi',
) => objections({ text, passages }, offered, { province, language }).map((objection) => objection.kind)

test.each([
  ['Tỉnh hỗ trợ ít nhất 07 bệnh viện, phòng khám áp dụng công cụ quản lý.', ['h']],
  ['Tỉnh hỗ trợ tối thiểu 7 bệnh viện, phòng khám.', ['h']],
  ['Có năm doanh nghiệp được hỗ trợ năng suất xanh.', ['h']],
  ['Đến năm nay, kế hoạch hỗ trợ 5 doanh nghiệp.', ['h']],
  ['Hình thành ít nhất một câu lạc bộ cải tiến năng suất.', ['t']],
  ['Mục tiêu là trên 500 lượt người được đào tạo.', ['t']],
  ['Năng suất lao động tăng bình quân 6,5 - 7%/năm.', ['p']],
  ['Sở Khoa học và Công nghệ là cơ quan đầu mối theo KH 4009/KH-UBND ngày 26/9/2023.', ['o']],
  ['Các cơ quan báo cáo vào ngày 10/11 hàng năm.', ['o']],
])('stands: %s', (text, passages) => {
  expect(against(text, passages)).toEqual([])
})

test.each([
  ['Tỉnh hỗ trợ 500 triệu đồng cho mỗi doanh nghiệp.', ['t', 'h'], 'number'],
  ['Tỉnh hỗ trợ 500 doanh nghiệp.', ['t'], 'number'],
  ['Tỉnh hỗ trợ ít nhất 08 bệnh viện.', ['h'], 'number'],
  ['Có sáu doanh nghiệp được hỗ trợ.', ['h'], 'number'],
  ['Tỉnh hỗ trợ tối đa 07 bệnh viện.', ['h'], 'comparator'],
  ['Tỉnh hỗ trợ 07 bệnh viện.', ['h'], 'comparator'],
  ['Hỗ trợ 50% chi phí áp dụng công cụ.', ['h'], 'number'],
  ['Tỉnh hỗ trợ ISO 9001 cho doanh nghiệp.', ['h'], 'number'],
  ['Theo Quyết định 36/QĐ-TTg, tỉnh hỗ trợ bệnh viện.', ['h'], 'number'],
  ['Hạn nộp là ngày 15/12.', ['o'], 'number'],
  ['Sở Công Thương là cơ quan đầu mối.', ['o'], 'name'],
  ['Hệ thống HACCP được hỗ trợ áp dụng.', ['h'], 'name'],
  ['Tỉnh không hỗ trợ trường học.', ['h'], 'negation'],
  ['Xem thêm tại https://evil.example để được hỗ trợ.', ['h'], 'markup'],
  ['**Tỉnh** hỗ trợ áp dụng công cụ quản lý.', ['h'], 'markup'],
  ['The province supports hospitals and clinics with tools.', ['h'], 'language'],
  ['Địa bàn có khoảng 4.000 doanh nghiệp.', ['d'], 'wrong_province'],
  ['Tỉnh hỗ trợ áp dụng công cụ quản lý.', ['x'], 'unknown_passage'],
  ['Tỉnh hỗ trợ áp dụng công cụ quản lý.', [], 'no_passage'],
])('falls: %s', (text, passages, kind) => {
  expect(against(text, passages)).toContain(kind)
})

test('with the province unknown, each plan may be quoted', () => {
  expect(against('Địa bàn có khoảng 4.000 doanh nghiệp.', ['d'], null)).toEqual([])
})

test('an English sentence carries the same duties', () => {
  expect(against('At least seven bệnh viện are supported.', ['h'], 'ninh-thuan', 'en')).toEqual([])
  expect(against('At least eight hospitals are supported.', ['h'], 'ninh-thuan', 'en')).toContain('number')
})

test.each([
  [
    'khoảng 10 - 15%',
    [
      [10, '%'],
      [15, '%'],
    ],
  ],
  ['4.000 doanh nghiệp', [[4000, 'doanh nghiệp']]],
  ['hai mươi lăm chuyên gia', [[25, 'chuyên gia']]],
  ['năm 2025', [[2025, '']]],
  ['năm triệu đồng', []],
  ['ba triệu đồng', [[3, 'money']]],
])('reads %s', (text, expected) => {
  expect(figures(text).map(({ value, unit }) => [value, unit])).toEqual(expected)
})
