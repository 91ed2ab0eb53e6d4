import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Delivery } from '../../src/channel/index.ts'
import { createPacer } from '../../src/outbox/pace.ts'
import { backoffMs, GIVE_UP_MS, judge } from '../../src/outbox/verdict.ts'

const at = new Date('2026-11-22T03:00:00Z')
const judged = (delivery: Delivery, tries = 1, ageMs = 0) =>
  judge(delivery, { tries, createdAt: new Date(at.getTime() - ageMs), at, random: 0 })
const retry = (afterMs: number, scope: 'lane' | 'account' = 'lane'): Delivery => ({
  outcome: 'retry',
  afterMs,
  reason: '429',
  maybeSent: false,
  scope,
})

test('the wait the platform asks for is honoured, and never shortened by the back-off', () => {
  const verdict = judged(retry(37_000))
  expect(verdict).toMatchObject({ kind: 'again', notBefore: new Date(at.getTime() + 37_000) })
})

test('without a wish of the platform the pauses grow, up to a quarter of an hour', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 20].map((tries) => backoffMs(tries, 0))
  expect(pauses).toEqual([500, 2_000, 8_000, 32_000, 128_000, 512_000, 900_000, 900_000])
  expect(backoffMs(1, 1)).toBe(750)
})

test('after a day a message is given up, and the operator hears of it', () => {
  expect(judged(retry(0), 90, GIVE_UP_MS - 1).kind).toBe('again')
  expect(judged(retry(0), 90, GIVE_UP_MS)).toMatchObject({ kind: 'final', state: 'failed', operator: true })
})

test('a pace is never exceeded, by the account or by the lane, whatever the order of the takes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ lane: fc.integer({ min: 0, max: 3 }), gap: fc.integer({ min: 0, max: 400 }) }), {
        minLength: 1,
        maxLength: 300,
      }),
      (steps) => {
        const pacer = createPacer({
          telegram: { account: { perSecond: 5, burst: 4 }, lane: { perSecond: 1, burst: 2 } },
        })
        let now = 0
        let all = 0
        const perLane = new Map<number, number>()
        for (const { lane, gap } of steps) {
          now += gap
          if (pacer.take('telegram', 'bot', `l${lane}`, now) > 0) continue
          all++
          perLane.set(lane, (perLane.get(lane) ?? 0) + 1)
          expect(all).toBeLessThanOrEqual(4 + (now * 5) / 1_000 + 1e-6)
          expect(perLane.get(lane)).toBeLessThanOrEqual(2 + now / 1_000 + 1e-6)
        }
      },
    ),
    { seed: 4, numRuns: 200 },
  )
})

test('whoever waits as long as told may go', () => {
  const pacer = createPacer({ telegram: { lane: { perSecond: 1, burst: 1 } } })
  expect(pacer.take('telegram', 'bot', 'a', 0)).toBe(0)
  const waitMs = pacer.take('telegram', 'bot', 'a', 250)
  expect(waitMs).toBe(750)
  expect(pacer.take('telegram', 'bot', 'a', 250 + waitMs)).toBe(0)
})

test('an account told to wait waits as a whole; another account does not', () => {
  const pacer = createPacer({})
  pacer.pause('telegram', 'bot', 5_000)
  expect(pacer.take('telegram', 'bot', 'a', 1_000)).toBe(4_000)
  expect(pacer.take('telegram', 'other', 'a', 1_000)).toBe(0)
  pacer.pause('telegram', 'bot', 2_000) // an earlier end does not shorten it
  expect(pacer.take('telegram', 'bot', 'b', 3_000)).toBe(2_000)
  expect(pacer.take('telegram', 'bot', 'b', 5_000)).toBe(0)
})

test('an unpaced channel is not held up', () => {
  const pacer = createPacer({})
  for (let n = 0; n < 1_000; n++) expect(pacer.take('web', 'site', 'a', 0)).toBe(0)
})
