import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskContacts } from '../../src/staff/ui/mask.ts'

it.each([
  ['gọi 0912345678 nhé', 'gọi [số điện thoại đã che] nhé'],
  ['gọi 0912.345.678 hoặc +84 912 345 678', 'gọi [số điện thoại đã che] hoặc [số điện thoại đã che]'],
  ['(0259) 3822 123', '[số điện thoại đã che]'],
  ['CCCD 079 203 001 234', 'CCCD [số điện thoại đã che]'],
  ['thư về hoa.nguyen@gmail.com', 'thư về [e-mail đã che]'],
  ['hoa (a) gmail.com', '[e-mail đã che]'],
  ['không chín một hai ba bốn năm sáu bảy tám', '[số điện thoại đã che]'],
  ['09\u200b12 345 678', '[số điện thoại đã che]'],
  ['０９１２３４５６７８', '[số điện thoại đã che]'],
])('hides the number or address in “%s”', (text, shown) => {
  expect(maskContacts(text)).toBe(shown)
})

it.each([
  'KH 4009/KH-UBND ngày 26/9/2023',
  'mức 100.000.000 đồng, năm 2026-2030',
  'ISO 9001:2015, 12 người, ngày 01/10/2026 lúc 08:00',
  'có hai ba năm nữa',
])('leaves “%s” as it is', (text) => {
  expect(maskContacts(text)).toBe(text)
})

it('leaves no mobile number readable, however its digits are grouped', () => {
  const number = fc.tuple(
    fc.constantFrom('0', '+84', '84'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 }),
    fc.array(fc.constantFrom('', ' ', '.', '-', ' . '), { minLength: 9, maxLength: 9 }),
  )
  fc.assert(
    fc.property(number, ([lead, digits, gaps]) => {
      const written = lead + digits.map((digit, index) => `${gaps[index]}${digit}`).join('')
      expect(maskContacts(`số của tôi: ${written}, cảm ơn`)).toBe(
        'số của tôi: [số điện thoại đã che], cảm ơn',
      )
    }),
    { seed: 6, numRuns: 300 },
  )
})
