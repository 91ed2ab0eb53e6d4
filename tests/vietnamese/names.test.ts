import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutLegalForm } from '../../src/vietnamese/names.ts'

test.each([
  ['HTX nông nghiệp Phước Hữu', 'nông nghiệp Phước Hữu'],
  ['Công ty TNHH MTV Hoa Sen', 'Hoa Sen'],
  ['cty cp một thành viên Gốm Bàu Trúc', 'Gốm Bàu Trúc'],
  ['cơ sở Mật Sâu Thẳm', 'Mật Sâu Thẳm'],
  ['Nem Ba Hương', 'Nem Ba Hương'],
  ['hợp tác xã', ''],
])('%s is called %s', (name, said) => expect(withoutLegalForm(name)).toBe(said))

test('what is left is always the end of the name', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const clean = name.trim().split(/\s+/).join(' ')
      expect(clean.endsWith(withoutLegalForm(name))).toBe(true)
    }),
    { seed: 7 },
  )
})
