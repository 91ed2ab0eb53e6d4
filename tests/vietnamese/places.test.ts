import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../src/vietnamese/text.ts'
import { DONG_THAP, NINH_THUAN, places } from '../registration/support.ts'

const names = (text: string, area = NINH_THUAN.area) =>
  places.find(text, area).map(({ commune }) => commune.name)

describe('a commune', () => {
  it('can be found by every one of the 3,321 names, with and without marks, in its own province', () => {
    expect(places.communes).toHaveLength(3_321)
    const lost = places.communes.filter((commune) => {
      const area = { provinceCode: commune.provinceCode, formerProvince: commune.formerProvince }
      return ![commune.name, fold(commune.name), commune.name.toUpperCase()].every((written) =>
        places.find(written, area).some((match) => match.commune === commune),
      )
    })
    expect(lost.map(({ name, provinceName }) => `${name}, ${provinceName}`)).toEqual([])
  })

  it.each([
    ['Phước Hữu', 'Xã Phước Hữu'],
    ['xa phuoc huu', 'Xã Phước Hữu'],
    ['ở xã Xuân Hải', 'Xã Xuân Hải'],
    ['Phước Dân', 'Xã Ninh Phước'],
    ['thị trấn Phước Dân, huyện Ninh Phước, tỉnh Ninh Thuận', 'Xã Ninh Phước'],
    ['thôn Hoài Nhơn, xã Phước Hậu, huyện Ninh Phước', 'Xã Phước Hậu'],
    ['p. Ninh Chử', 'Phường Ninh Chử'],
  ])('written “%s” is %s', (written, name) => {
    expect(names(written)).toEqual([name])
  })

  it('of a name that two places bear is a choice, and the marks or the district settle it', () => {
    expect(names('tan thanh', DONG_THAP.area).length).toBeGreaterThan(1)
    expect(names('Tân Thành', DONG_THAP.area)).not.toContain('Xã Tân Thạnh')
    expect(names('Phường 1', DONG_THAP.area)).toEqual(['Phường Cao Lãnh', 'Phường Sa Đéc'])
    expect(names('Mỹ Tho', DONG_THAP.area)).toEqual(['Phường Mỹ Tho'])
    expect(names('my tho', DONG_THAP.area)).toEqual(['Xã Mỹ Thọ', 'Phường Mỹ Tho'])
    expect(names('Phường 1, Sa Đéc', DONG_THAP.area)).toEqual(['Phường Sa Đéc'])
  })

  it('named by its former district alone is a choice among the communes there now', () => {
    const found = places.find('huyện Ninh Phước', NINH_THUAN.area)
    expect(found.every(({ via }) => via === 'district')).toBe(true)
    expect(found.map(({ commune }) => commune.name)).toContain('Xã Phước Hữu')
  })

  it('one slip of the finger away is proposed, never taken as sure', () => {
    expect(places.find('Phuoc Huuu', NINH_THUAN.area)[0]).toMatchObject({
      via: 'similar',
      commune: { name: 'Xã Phước Hữu' },
    })
  })

  it('knows which province its area belonged to before 1/7/2025', () => {
    expect(places.find('Phường Nha Trang')[0]?.commune.formerProvince).toBe('Khánh Hòa')
    expect(places.find('Phường Phan Rang')[0]?.commune.formerProvince).toBe('Ninh Thuận')
    expect(places.find('Phường Mỹ Tho')[0]?.commune.formerProvince).toBe('Tiền Giang')
  })

  it('is found inside a sentence when its kind is named', () => {
    const text = 'HTX Nho ở xã Phước Hữu huyện Ninh Phước nhé'
    const found = places.scan(text, NINH_THUAN.area)
    expect(found && text.slice(found.start, found.end)).toBe('xã Phước Hữu')
  })

  it('is looked for in any text without a crash, in 10 ms on average', () => {
    const start = performance.now() // on average: a single run also measures what else the machine does
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        places.find(text, NINH_THUAN.area)
        places.scan(text, NINH_THUAN.area)
      }),
      { seed: 7, numRuns: 200 },
    )
    expect((performance.now() - start) / 200).toBeLessThan(10)
  })
})
