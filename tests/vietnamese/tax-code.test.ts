import { describe, expect, it } from 'vitest'
import { maskTaxCode, readTaxCode } from '../../src/vietnamese/tax-code.ts'

describe('a tax code', () => {
  it.each([
    ['0100109106', { ok: true, code: '0100109106', form: 'organisation', checkDigit: 'right' }],
    ['MST: 0100109106', { ok: true, code: '0100109106', form: 'organisation', checkDigit: 'right' }],
    ['0100109107', { ok: true, code: '0100109107', form: 'organisation', checkDigit: 'wrong' }],
    ['0100109106-001', { ok: true, code: '0100109106-001', form: 'dependent', checkDigit: 'right' }],
    ['0100109106 001', { ok: true, code: '0100109106-001', form: 'dependent', checkDigit: 'right' }],
    ['058 123 456 789', { ok: true, code: '058123456789', form: 'personal', checkDigit: 'none' }],
    ['12345', { ok: false, digits: 5 }],
    ['không nhớ', { ok: false, digits: 0 }],
    ['01001O9106', { ok: false, digits: 9 }],
  ])('%s is read by its form, a wrong check digit being a warning only', (written, reading) => {
    expect(readTaxCode(written)).toEqual(reading)
  })

  it('of twelve digits is an identity number and is masked', () => {
    expect(maskTaxCode('058123456789')).toBe('*********789')
    expect(maskTaxCode('0100109106')).toBe('0100109106')
  })
})
