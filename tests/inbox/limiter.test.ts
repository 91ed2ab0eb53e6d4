import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLimiter } from '../../src/inbox/index.ts'

test('a person may send a burst, and is told once when it is used up', () => {
  const limiter = createLimiter({ burst: 3, perMinute: 60 })
  const verdicts = Array.from({ length: 6 }, () => limiter.take('an', 0))
  expect(verdicts).toEqual(['allowed', 'allowed', 'allowed', 'limited_tell', 'limited', 'limited'])
  expect(limiter.take('binh', 0)).toBe('allowed')
})

test('after a pause the person may write again, and a later flood is told of again', () => {
  const limiter = createLimiter({ burst: 4, perMinute: 60 })
  for (let n = 0; n < 6; n++) limiter.take('an', 0)
  expect(limiter.take('an', 1_000)).toBe('allowed')
  expect(limiter.take('an', 1_001)).toBe('limited') // told a second ago
  const later = Array.from({ length: 5 }, () => limiter.take('an', 10_000))
  expect(later).toEqual(['allowed', 'allowed', 'allowed', 'allowed', 'limited_tell'])
})

test('never more than the burst and the rate allow, whatever the times', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 120 }),
      (gaps, burst, perMinute) => {
        const limiter = createLimiter({ burst, perMinute })
        let at = 0
        let allowed = 0
        for (const gap of gaps) {
          at += gap
          if (limiter.take('an', at) === 'allowed') allowed++
        }
        expect(allowed).toBeLessThanOrEqual(burst + (at * perMinute) / 60_000 + 1e-6)
        expect(allowed).toBeGreaterThanOrEqual(Math.min(burst, gaps.length))
      },
    ),
    { seed: 4, numRuns: 300 },
  )
})

test('memory stays bounded: the longest quiet are forgotten first', () => {
  const limiter = createLimiter({ burst: 1, perMinute: 1 }, 100)
  limiter.take('first', 0)
  for (let n = 0; n < 99; n++) limiter.take(`p${n}`, 0)
  limiter.take('first', 0)
  limiter.take('one more', 0)
  expect(limiter.size()).toBe(100)
  expect(limiter.take('first', 0)).not.toBe('allowed') // used a moment ago, so still known
  expect(limiter.take('p0', 0)).toBe('allowed') // forgotten
})
