import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPhones, maskPhone, readPhone, showPhone } from '../../src/vietnamese/phone.ts'

describe('a telephone number', () => {
  it.each([
    ['0912 345 678', '+84912345678'],
    ['0912.345.678', '+84912345678'],
    ['+84 912-345-678', '+84912345678'],
    ['84912345678', '+84912345678'],
    ['0259 3822 222', '+842593822222'],
    ['+1 202 555 0123', '+12025550123'],
  ])('%s is read as %s', (written, e164) => {
    expect(readPhone(written)).toMatchObject({ ok: true, e164 })
  })

  it.each([
    ['0912 345 67', 'too_short'],
    ['0912 345 6789 12', 'too_long'],
    ['0123 456 789', 'unknown'],
    ['1900 1234', 'service'],
    ['abc', 'too_short'],
  ])('%s is refused: %s', (written, reason) => {
    expect(readPhone(written)).toMatchObject({ ok: false, reason })
  })

  it.each([
    ['0168 123 4567', '0381234567'],
    ['01234567890', '0834567890'],
    ['+84 120 123 4567', '0701234567'],
  ])('%s, from before 2018, is answered with today’s %s and not rewritten', (written, suggestion) => {
    expect(readPhone(written)).toEqual({ ok: false, reason: 'old_prefix', suggestion })
  })

  it('is found in running text, and neither an identity number nor a date is taken for one', () => {
    const found = findPhones('gọi 0912 345 678 hoặc 0259.3822.222, cccd 058123456789, ngày 12/11/2026')
    expect(found.map(({ text }) => text)).toEqual(['0912 345 678', '0259.3822.222'])
  })

  it('is masked in lists and shown whole to its owner', () => {
    expect(maskPhone('+84912345678')).toBe('0912 *** 678')
    expect(showPhone('+84912345678')).toBe('0912 345 678')
  })

  it('never makes any text crash, and what it accepts it accepts again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const reading = readPhone(text)
        findPhones(text)
        if (reading.ok) expect(readPhone(reading.e164)).toEqual(reading)
      }),
      { seed: 5, numRuns: 500 },
    )
  })
})
