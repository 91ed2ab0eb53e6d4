import { expect, test } from 'vitest'
import { figures } from '../../src/answer/figures.ts'
import { type OfferedPassage, objections } from '../../src/answer/verify.ts'

const label = 'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận'
const offered: OfferedPassage[] = [
  {
    id: 'h',
    province: 'ninh-thuan',
    label,
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote:
      'Hỗ trợ áp dụng các công cụ, hệ thống quản lý tiên tiến tại ít nhất 07 bệnh viện, phòng khám trên địa bàn tỉnh. Hỗ trợ áp dụng công cụ 5S tại ít nhất 10 trường học. Hỗ trợ 05 doanh nghiệp triển khai năng suất xanh.',
  },
  {
    id: 't',
    province: 'ninh-thuan',
    label,
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote:
      'Trên 500 lượt người của các Sở, ngành được đào tạo. Hình thành ít nhất 01 câu lạc bộ cải tiến năng suất.',
  },
  {
    id: 'p',
    province: 'ninh-thuan',
    label,
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote: 'tăng năng suất lao động bình quân 6,5 đến 7%/năm, tốc độ tăng 10-11%/năm',
  },
  {
    id: 'd',
    province: 'dong-thap',
    label: 'Kế hoạch của UBND tỉnh Đồng Tháp, 2021',
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote:
      'khoảng 4.000 doanh nghiệp; quản lý chất lượng ISO 9001; tăng khoảng 10 - 15% so với giai đoạn 2021 - 2025',
  },
  {
    id: 'n',
    province: 'ninh-thuan',
    label,
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote:
      'Không quá 07 hợp tác xã được hỗ trợ xe đưa đón. Chi phí đi lại không được hỗ trợ; chi phí ăn ở được hỗ trợ 200 nghìn đồng mỗi ngày.',
  },
  {
    id: 'o',
    province: 'ninh-thuan',
    label,
    heading: 'Mục tiêu, nội dung hỗ trợ',
    quote: 'Sở Khoa học và Công nghệ là cơ quan đầu mối; báo cáo ngày 10/11 hàng năm qua Sở Tài chính.',
  },
]
const provinceNames = [
  { code: 'ninh-thuan', name: 'Ninh Thuận' },
  { code: 'dong-thap', name: 'Đồng Tháp' },
]
const one = offered.filter(({ province }) => province === 'ninh-thuan')
const against = (text: string, passages: string[], province: string | null = 'ninh-thuan') =>
  objections({ text, passages }, province === null ? offered : one, { province, provinceNames }).map(
    (objection) => objection.kind,
  )

test.each([
  ['Tỉnh hỗ trợ ít nhất 07 bệnh viện, phòng khám áp dụng công cụ quản lý.', ['h']],
  ['Tỉnh hỗ trợ áp dụng tối thiểu tại 7 bệnh viện, phòng khám.', ['h']],
  ['Hỗ trợ tại 07 bệnh viện trở lên trên địa bàn tỉnh.', ['h']],
  ['Có năm doanh nghiệp được hỗ trợ năng suất xanh.', ['h']],
  ['Kế hoạch hỗ trợ 5 doanh nghiệp về năng suất xanh.', ['h']],
  ['Hình thành ít nhất một câu lạc bộ cải tiến năng suất.', ['t']],
  ['Mục tiêu là trên 500 lượt người được đào tạo.', ['t']],
  ['Năng suất lao động tăng bình quân 6,5 - 7%/năm.', ['p']],
  ['Sở Khoa học và Công nghệ là cơ quan đầu mối của tỉnh Ninh Thuận.', ['o']],
  ['Báo cáo ngày 10 tháng 11 hằng năm qua Sở Tài chính.', ['o']],
  ['Không quá 07 HTX được hỗ trợ xe đưa đón.', ['n']],
  ['Chi phí đi lại không được hỗ trợ.', ['n']],
  ['Các cơ quan báo cáo vào ngày 10/11 hàng năm.', ['o']],
])('stands: %s', (text, passages) => {
  expect(against(text, passages)).toEqual([])
})

test.each([
  ['Tỉnh hỗ trợ 500 triệu đồng cho mỗi doanh nghiệp.', ['t', 'h'], 'number'],
  ['Tỉnh hỗ trợ năm trăm triệu đồng cho doanh nghiệp.', ['t', 'h'], 'number'],
  ['Tỉnh hỗ trợ hàng trăm doanh nghiệp.', ['h'], 'number'],
  ['Tỉnh hỗ trợ một nửa chi phí cho doanh nghiệp.', ['h'], 'number'],
  ['Tỉnh hỗ trợ 500 doanh nghiệp.', ['t', 'h'], 'number'],
  ['Tỉnh hỗ trợ ít nhất 08 bệnh viện.', ['h'], 'number'],
  ['Có sáu doanh nghiệp được hỗ trợ năng suất xanh.', ['h'], 'number'],
  ['Hỗ trợ áp dụng công cụ tại ít nhất 10 sinh viên.', ['h'], 'number'],
  ['Năng suất lao động tăng bình quân 6,5-99%/năm.', ['p'], 'number'],
  ['Năng suất lao động bình quân:99%/năm, tốc độ tăng.', ['p'], 'number'],
  ['Tốc độ tăng năng suất lao động ５０%.', ['p'], 'markup'],
  ['Chi phí ăn ở được hỗ trợ 200 triệu đồng mỗi ngày.', ['n'], 'number'],
  ['Tỉnh hỗ trợ tối đa 07 bệnh viện.', ['h'], 'comparator'],
  ['Tỉnh hỗ trợ dưới 10 trường học áp dụng công cụ.', ['h'], 'comparator'],
  ['Tỉnh hỗ trợ 07 bệnh viện.', ['h'], 'comparator'],
  ['Hỗ trợ 50% chi phí áp dụng công cụ.', ['h'], 'number'],
  ['Tỉnh hỗ trợ ISO 9001 cho doanh nghiệp.', ['h'], 'number'],
  ['Theo Quyết định 36/QĐ-TTg, tỉnh hỗ trợ bệnh viện.', ['h'], 'number'],
  ['Sở Khoa học và Công nghệ là cơ quan đầu mối theo KH 4009/KH-UBND.', ['o'], 'number'],
  ['Hạn nộp là ngày 15/12.', ['o'], 'number'],
  ['Báo cáo ngày 11 tháng 10 hàng năm qua Sở Tài chính.', ['o'], 'number'],
  ['Sở Công Thương là cơ quan đầu mối.', ['o'], 'name'],
  ['Cơ quan đầu mối hàng năm là Nguyễn Huệ.', ['o'], 'name'],
  ['Hệ thống HACCP được hỗ trợ áp dụng.', ['h'], 'name'],
  ['Đồng Tháp hỗ trợ áp dụng công cụ 5S tại ít nhất 10 trường học.', ['h'], 'wrong_province'],
  ['Tỉnh không hỗ trợ trường học áp dụng công cụ 5S.', ['h'], 'negation'],
  ['Chi phí đi lại được hỗ trợ.', ['n'], 'negation'],
  ['Đăng ký của anh/chị đã được phê duyệt.', ['h'], 'claim'],
  ['Hồ sơ đăng ký hỗ trợ đã được duyệt.', ['h'], 'claim'],
  ['Doanh nghiệp nộp phí giữ chỗ trước qua ngân hàng.', ['h'], 'ungrounded'],
  ['Có.', ['h'], 'ungrounded'],
  ['Xem thêm tại https://evil.example để được hỗ trợ.', ['h'], 'markup'],
  ['Hỗ trợ áp dụng các công cụ tại evil.example trên địa bàn.', ['h'], 'markup'],
  ['Hỗ trợ áp dụng сác công cụ 5S tại trường học.', ['h'], 'markup'],
  ['**Tỉnh** hỗ trợ áp dụng công cụ quản lý.', ['h'], 'markup'],
  ['The province supports hospitals and clinics with tools.', ['h'], 'language'],
  ['Địa bàn có khoảng 4.000 doanh nghiệp.', ['d'], 'unknown_passage'],
  ['Tỉnh hỗ trợ áp dụng công cụ quản lý.', ['x'], 'unknown_passage'],
  ['Tỉnh hỗ trợ áp dụng công cụ quản lý.', [], 'no_passage'],
])('falls: %s', (text, passages, kind) => {
  expect(against(text, passages)).toContain(kind)
})

test('with two plans side by side a sentence stands on one of them and names it', () => {
  expect(against('Đồng Tháp có khoảng 4.000 doanh nghiệp.', ['d'], null)).toEqual([])
  expect(against('Địa bàn có khoảng 4.000 doanh nghiệp.', ['d'], null)).toContain('mixed')
  expect(against('Đồng Tháp có khoảng 4.000 doanh nghiệp.', ['d', 'h'], null)).toContain('mixed')
  expect(against('Ninh Thuận có khoảng 4.000 doanh nghiệp.', ['d'], null)).toContain('wrong_province')
})

test('a passage of another province supports nothing', () => {
  const kinds = objections({ text: 'Đồng Tháp có khoảng 4.000 doanh nghiệp.', passages: ['d'] }, offered, {
    province: 'ninh-thuan',
    provinceNames,
  }).map(({ kind }) => kind)
  expect(kinds).toContain('wrong_province')
})

test.each([
  [
    'khoảng 10 - 15%',
    [
      [10, '%'],
      [15, '%'],
    ],
  ],
  ['4.000 doanh nghiệp', [[4000, 'doanh']]],
  ['hai mươi lăm chuyên gia', [[25, 'chuyên']]],
  ['năm 2025', [[2025, '']]],
  ['năm triệu đồng', [[5_000_000, 'money']]],
  ['ba triệu đồng', [[3_000_000, 'money']]],
  ['một trăm hai mươi lăm lượt người', [[125, 'lượt']]],
  ['1,5 tỷ đồng', [[1_500_000_000, 'money']]],
  [
    'hai năm một lần',
    [
      [2, 'năm'],
      [1, 'lần'],
    ],
  ],
  ['năm nay tăng tỷ lệ', []],
  [
    'tăng 6,5-7%/năm',
    [
      [6.5, '%'],
      [7, '%'],
    ],
  ],
])('reads %s', (text, expected) => {
  expect(figures(text).map(({ value, unit }) => [value, unit])).toEqual(expected)
})
