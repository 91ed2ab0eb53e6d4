import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FormStep, stepForm } from '../../src/registration/form.ts'
import { FormState, parseForm } from '../../src/registration/form-state.ts'
import { openForm, resumeForm } from '../../src/registration/open-form.ts'
import type { FieldKey, Values } from '../../src/registration/values.ts'
import { AT, lookups } from './support.ts'

/** What people send: answers, commands, slips, noise; and presses of present, old and invented buttons. */
const SAID = fc.constantFrom(
  'HTX Phước Hữu',
  'Công ty TNHH An Bình',
  'Lê Văn Huy',
  'Huy',
  '0912 345 678',
  '0987654321',
  '0168 123 4567',
  '0912',
  'xã Phước Hữu',
  'Phước Dân',
  'tân thành',
  'phường Mỹ Tho',
  'HTX Nho Xanh, 0912 345 678, muốn làm VietGAP nho',
  'đồng ý',
  'ok',
  'không đồng ý',
  'gửi',
  'xác nhận',
  'huỷ',
  'thôi',
  'quay lại',
  'bỏ qua',
  'sửa số điện thoại',
  'sửa tên',
  'sửa',
  'xem lại',
  'sửa số điện thoại thành 0977 111 222',
  'bắt đầu lại',
  'tiếp tục',
  'giúp',
  'có mất phí không?',
  '',
  '😀',
  '2',
  'Hợp tác xã',
  'Ninh Thuận',
  'ISO 9001',
  'MST 0100109106',
  'a'.repeat(5_000),
  "'; drop table registration;--",
)
const MOVE = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: 'fitting' as const }) },
  { weight: 6, arbitrary: SAID.map((text) => ({ kind: 'say' as const, text })) },
  { weight: 4, arbitrary: fc.nat(4).map((index) => ({ kind: 'press' as const, index })) },
  { weight: 1, arbitrary: fc.nat(30).map((back) => ({ kind: 'old' as const, back })) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 80 }).map((text) => ({ kind: 'say' as const, text })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'resume' as const }) },
)

const ALL = lookups()

/** A person who simply answers what is asked. */
const FITTING: Readonly<Record<string, string>> = {
  province: 'Ninh Thuận',
  support: 'ISO 9001',
  enterprise: 'HTX Sen Hồng',
  enterprise_type: 'Hợp tác xã',
  trainees: '3',
  contact: 'Trần Thị Mai',
  phone: '0933 222 111',
  commune: 'xã Phước Hậu',
  consent: 'tôi đồng ý',
  summary: 'gửi',
  refused: 'đồng ý',
}

function changedFields(before: Values, after: Values): FieldKey[] {
  return (Object.keys(before) as FieldKey[]).filter(
    (field) => after[field] !== undefined && after[field]?.value !== before[field]?.value,
  )
}

describe('whatever is said and pressed', () => {
  it('the form never submits without its consent and required answers, never changes an answer unseen, never falls silent', () => {
    const reached = { submit: 0, cancelled: 0, discarded: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom('gap', 'training_class', null),
        fc.array(MOVE, { minLength: 1, maxLength: 40 }),
        (support, moves) => {
          let at = AT
          let step: FormStep = openForm(
            { support, province: support ? 'ninh-thuan' : null, language: 'vi', owner: 'c1' },
            at,
            ALL,
          )
          const sent: string[] = []
          let kept: FormState | null = null
          for (const move of moves) {
            at = new Date(at.getTime() + 60_000)
            const form: FormState | null =
              step.form === null ? null : parseForm(JSON.parse(JSON.stringify(step.form))) // a restart
            if (form === null) {
              if (kept === null) break
              step = resumeForm(kept, at, ALL)
              expect(step.form?.values).toEqual(kept.values)
              kept = null
              continue
            }
            sent.push(...step.reply.actions.map(({ send }) => send))
            const text =
              move.kind === 'say' ? move.text : move.kind === 'fitting' ? (FITTING[form.at] ?? 'giữ lại') : ''
            const send =
              move.kind === 'press'
                ? (step.reply.actions[move.index]?.send ?? null)
                : move.kind === 'old'
                  ? (sent[sent.length - 1 - move.back] ?? null)
                  : null
            const next =
              move.kind === 'resume'
                ? resumeForm(form, at, ALL)
                : stepForm(form, { text, send, looksLikeQuestion: text.endsWith('?') }, at, ALL)
            check(form, next)
            if (next.effect.kind === 'cancelled') kept = next.effect.kept
            if (next.effect.kind === 'submit') reached.submit++
            if (next.effect.kind === 'cancelled') reached.cancelled++
            if (next.effect.kind === 'discarded') reached.discarded++
            step = next
          }
        },
      ),
      { seed: 20261122, numRuns: 600 },
    )
    // the moves really get that far
    expect(reached.submit).toBeGreaterThan(40)
    expect(reached.cancelled).toBeGreaterThan(40)
    expect(reached.discarded).toBeGreaterThan(0)
  })

  it('a press that comes twice does the same as one that comes once', () => {
    fc.assert(
      fc.property(fc.array(MOVE, { maxLength: 15 }), fc.nat(4), (moves, index) => {
        let step: FormStep = openForm(
          { support: 'gap', province: 'ninh-thuan', language: 'vi', owner: 'c1' },
          AT,
          ALL,
        )
        for (const move of moves) {
          if (!step.form) return
          const send: string | null =
            move.kind === 'press' ? (step.reply.actions[move.index]?.send ?? null) : null
          step = stepForm(
            step.form,
            { text: move.kind === 'say' ? move.text : '', send, looksLikeQuestion: false },
            AT,
            ALL,
          )
        }
        const send = step.reply.actions[index]?.send
        if (!step.form || !send?.startsWith('#f:')) return
        const once = stepForm(step.form, { text: '', send, looksLikeQuestion: false }, AT, ALL)
        if (!once.form) return
        const twice = stepForm(once.form, { text: '', send, looksLikeQuestion: false }, AT, ALL)
        expect(twice.form).toEqual(once.form)
        expect(twice.effect.kind).toBe('none')
      }),
      { seed: 42, numRuns: 300 },
    )
  })
})

function check(before: FormState, next: FormStep): void {
  const { reply, effect, form } = next
  expect(reply.text.length).toBeGreaterThan(0)
  expect(reply.text.length).toBeLessThanOrEqual(2_000)
  expect(reply.actions.length).toBeLessThanOrEqual(5)
  for (const { label, send } of reply.actions) {
    expect(label.length).toBeLessThanOrEqual(60)
    expect(send).toMatch(/^#[\x20-\x7e]{1,59}$/)
  }
  if (form) {
    expect(FormState.parse(form)).toEqual(form)
    for (const field of changedFields(before.values, form.values)) {
      if (field === 'need') continue
      expect(reply.text).toContain(form.values[field]?.label.slice(0, 60)) // a change is always shown
    }
    for (const field of Object.keys(before.values) as FieldKey[]) {
      const restarted = before.at === 'restart'
      const otherSupport = field === 'class' && before.values.support?.value !== form.values.support?.value
      if (!restarted && !otherSupport) expect(form.values[field], `${field} was lost`).toBeDefined()
    }
  }
  if (effect.kind === 'cancelled') expect(effect.kept.values).toEqual(before.values)
  if (effect.kind === 'submit') {
    expect(before.at).toBe('summary')
    expect(effect.draft.values).toEqual(before.values)
    expect(effect.draft.consent?.version).toBe('registration-1')
    for (const field of ['province', 'support', 'enterprise', 'contact', 'phone', 'commune'] as const) {
      expect(effect.draft.values[field]).toBeDefined()
    }
  }
}
