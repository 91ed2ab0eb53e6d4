import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PrivacyState, readVerb, step } from '../../src/privacy/flow.ts'

const AT = new Date('2026-11-20T02:00:00Z')
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000)
const input = (text: string, at = AT) => ({
  text,
  at,
  key: 'fresh',
  inForce: ['registration', 'survey'] as const,
})
const said = (state: PrivacyState | null, text: string, at = AT) => step(state, input(text, at))

test.each([
  ['/dulieu', 'view'],
  ['/DuLieu@nscl_bot', 'view'],
  ['/dulieu json', 'export'],
  ['/sua', 'correct'],
  ['/xoa', 'erase'],
  ['/xóa', 'erase'],
  ['/rutdongy', 'withdraw'],
  ['/canbo', 'officer'],
  ['#data:export', 'export'],
  ['#data:drop', null],
  ['xoá', null],
])('%s is read as %s', (text, verb) => {
  expect(readVerb(text)).toBe(verb)
})

test('erasing takes a question and a yes; the yes may be the button or words with or without marks', () => {
  const asked = said(null, '/xoa')
  expect(asked.effect).toEqual({ do: 'ask_erasure', key: 'fresh' })
  for (const yes of ['#data:erase:fresh', 'Xoá hết', 'xoa het', 'XÓA', 'erase everything']) {
    expect(said(asked.state, yes).effect).toEqual({ do: 'erase' })
  }
  for (const no of ['#data:keep', 'không', 'huỷ', 'giữ lại', 'no']) {
    expect(said(asked.state, no)).toEqual({ effect: { do: 'kept' }, state: null })
  }
})

test('an old button, an old question and a yes to something else erase nothing', () => {
  const { state } = said(null, '/xoa')
  expect(said(state, '#data:erase:other').effect).toEqual({ do: 'ask_erasure', key: 'fresh' })
  expect(said(null, '#data:erase:fresh').effect).toEqual({ do: 'ask_erasure', key: 'fresh' })
  expect(said(state, 'xoá hết', later(16)).effect).toBeNull()
  const question = said(state, 'lớp ISO 9001 mở khi nào?')
  expect(question).toEqual({ effect: null, state: null })
  expect(said(question.state, 'xoá hết').effect).toBeNull()
})

test('a bare yes brings the question up again: it may have been meant for another', () => {
  const asked = said(null, '/xoa')
  for (const yes of ['có', 'vâng', 'đồng ý', 'ok', 'yes']) {
    expect(said(asked.state, yes)).toEqual({
      effect: { do: 'ask_erasure', key: 'fresh' },
      state: asked.state,
    })
  }
})

test('a correction is taken word for word, cancelled by a word, left open by a button of another room', () => {
  const { state } = said(null, '/sua')
  expect(said(state, '  Số đúng là 0912 345 678  ').effect).toEqual({
    do: 'correction',
    detail: 'Số đúng là 0912 345 678',
  })
  expect(said(state, 'huỷ').effect).toEqual({ do: 'stopped' })
  expect(said(state, '#own')).toEqual({ effect: null, state })
})

test('withdrawing offers what is in force, by button, number or word', () => {
  const { state } = said(null, '/rutdongy')
  expect(said(state, '2').effect).toEqual({ do: 'withdraw', purpose: 'survey' })
  expect(said(state, 'tất cả').effect).toEqual({ do: 'withdraw', purpose: 'all' })
  expect(said(null, '#data:withdraw:registration').effect).toEqual({
    do: 'withdraw',
    purpose: 'registration',
  })
  expect(said(null, '#data:withdraw:class_reminders').effect).toEqual({ do: 'nothing_to_withdraw' })
  expect(step(null, { ...input('/rutdongy'), inForce: [] }).effect).toEqual({ do: 'nothing_to_withdraw' })
})

test('the state survives being kept as JSON', () => {
  const { state } = said(null, '/xoa')
  const kept = PrivacyState.parse(JSON.parse(JSON.stringify(state)))
  expect(said(kept, 'xoá hết', later(14)).effect).toEqual({ do: 'erase' })
})

test('nothing is ever erased unless the last thing said was the question and the answer came in time', () => {
  const texts = [
    '/xoa',
    '/sua',
    '/dulieu',
    'có',
    'không',
    'xoá hết',
    '#data:erase:fresh',
    '#data:erase:old',
    '#own',
    'ISO là gì?',
    '#data:keep',
  ]
  const act = fc.record({ text: fc.constantFrom(...texts), minutes: fc.integer({ min: 0, max: 20 }) })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      let state: PrivacyState | null = null
      let at = AT
      let askedAt: Date | null = null
      for (const { text, minutes } of acts) {
        at = new Date(at.getTime() + minutes * 60_000)
        const next = said(state, text, at)
        if (next.effect?.do === 'erase') {
          expect(askedAt).not.toBeNull()
          expect(at.getTime() - (askedAt?.getTime() ?? 0)).toBeLessThanOrEqual(15 * 60_000)
        }
        if (next.effect?.do === 'ask_erasure') askedAt = at
        else if (!text.startsWith('#own')) askedAt = null
        state = next.state
      }
    }),
    { seed: 356, numRuns: 2000 },
  )
})
