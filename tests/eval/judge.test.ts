import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  Item,
  type ItemResult,
  judge,
  judgeText,
  norm,
  readPlan,
  report,
  uncitedNumbers,
} from '../../src/eval/index.ts'

const plans = ['ninh-thuan', 'dong-thap'].map((id) =>
  readPlan(id, id, readFileSync(`knowledge/plans/${id}.md`, 'utf8')),
)

const item = (over: Partial<Item> = {}): Item => ({
  id: 'x1',
  province: 'ninh-thuan',
  turns: ['Bao nhiêu trường làm 5S?'],
  style: 'plain',
  kind: 'answerable',
  topic: '5s_schools',
  gold: [{ doc: 'ninh-thuan', quote: 'Hỗ trợ áp dụng công cụ 5S tại ít nhất 10 trường học' }],
  must: [['(?<!\\d)10(?!\\d)']],
  must_not: ['(?<!\\d)07(?!\\d)'],
  expect: 'answer',
  ...over,
})

const cited = (quote: string, doc = 'ninh-thuan') => ({ doc, section: 'Mục 3', quote })

const result = (
  text: string,
  citations = [cited('công cụ 5S tại ít nhất 10 trường học')],
  outcome = 'answer',
): ItemResult => ({
  id: 'x1',
  outcome,
  replies: [{ text, citations, actions: [] }],
  ms: 1,
})

const faults = (...args: Parameters<typeof result>) => judge(item(), result(...args), plans).faults

describe('norm', () => {
  test('puts the tone mark in one place, whatever the case, and leaves "quý" alone', () => {
    expect(norm('Hoá, HOÁ, uỷ ban, quý')).toBe('Hóa, HÓA, ủy ban, quý')
  })
  test('makes decomposed letters and runs of white space equal', () => {
    expect(norm('so\u0302\u0301  4009\n')).toBe('số 4009')
  })
})

describe('the text part', () => {
  test('wants one match of every group and none of the forbidden', () => {
    const rules = { must: [['mười', '10'], ['trường']], must_not: ['07'] }
    expect(judgeText(rules, 'ít nhất 10 trường').ok).toBe(true)
    expect(judgeText(rules, 'ít nhất 10 lớp').missing).toEqual([['trường']])
    expect(judgeText(rules, '10 trường, 07 bệnh viện').forbidden).toEqual(['07'])
  })
})

describe('the verdict', () => {
  test('passes an answer that leads to the paragraph of the gold', () => {
    expect(faults('Ít nhất 10 trường học.')).toEqual([])
  })
  test('accepts another sentence of the same paragraph as the source', () => {
    expect(
      faults('Ít nhất 10 trường.', [
        cited('Hỗ trợ áp dụng công cụ 5S tại ít nhất 10 trường học'),
        cited('rèn luyện tinh thần trách nhiệm'),
      ]),
    ).toEqual([])
  })
  test('fails a wrong behaviour, a source elsewhere, and a quote that is not in the plan', () => {
    expect(faults('Ít nhất 10.', [], 'abstain')).toContain('outcome abstain, wanted answer')
    expect(faults('Ít nhất 10.', [cited('Trên 150 lượt người')])).toContain('no citation leads to the gold')
    expect(faults('Ít nhất 10.', [cited('tại ít nhất 10 trường học của tỉnh')]).join()).toContain(
      'quote not in ninh-thuan',
    )
  })
  test('fails a citation of the other province, even beside the right one', () => {
    const both = [
      cited('công cụ 5S tại ít nhất 10 trường học'),
      cited('khoảng 20 chuyên gia NSCL', 'dong-thap'),
    ]
    const verdict = judge(item(), result('Ít nhất 10 trường.', both), plans)
    expect(verdict.wrongProvince).toBe(true)
    expect(verdict.ok).toBe(false)
  })
  test('fails an answer with a number that stands in no cited quote', () => {
    expect(faults('Ít nhất 10 trường, được 500 triệu.').join()).toContain('numbers in no cited quote: 500')
  })
  test('fails a refusal or an abstention that shows a citation', () => {
    const verdict = judge(
      item({ expect: 'abstain', gold: [], must: [['không']], must_not: [] }),
      result('không nêu', undefined, 'abstain'),
      plans,
    )
    expect(verdict.faults).toContain('abstain shows a citation')
  })
})

describe('numbers', () => {
  test('count without leading zeros and with their inner separators', () => {
    expect(
      uncitedNumbers('7 bệnh viện, 6,5 %, ngày 26/9/2023', ['07 bệnh viện', '6,5 đến 7%', 'Ngày 26/9/2023']),
    ).toEqual([])
    expect(uncitedNumbers('70 %', ['07 bệnh viện'])).toEqual(['70'])
  })
})

describe('the report', () => {
  test('counts passes by behaviour, style and province, and what must never happen', () => {
    const items = [
      item(),
      item({ id: 'x2', style: 'folded', province: null }),
      item({ id: 'x3', expect: 'abstain', must: [['không']], must_not: [], gold: [] }),
    ]
    const good = result('Ít nhất 10 trường.')
    const it = report(items, [good, { ...good, id: 'x2', outcome: 'refuse' }, { ...good, id: 'x3' }], plans)
    expect(it.all).toEqual({ passed: 1, of: 3 })
    expect(it.byStyle['folded']).toEqual({ passed: 0, of: 1 })
    expect(it.byProvince['unknown']).toEqual({ passed: 0, of: 1 })
    expect(it.abstainAnswered).toEqual({ passed: 1, of: 1 })
  })
  test('an item without a result fails', () => {
    expect(report([item()], [], plans).all).toEqual({ passed: 0, of: 1 })
  })
})

describe.each(['questions', 'own'])('the set %s', (name) => {
  const items = readFileSync(`tests/eval/${name}.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Item.parse(JSON.parse(line)))

  test('has two hundred items or more with ids of their own', () => {
    expect(items.length).toBeGreaterThanOrEqual(200)
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
  })
  test('quotes the plans exactly, and its rules compile and match no empty reply', () => {
    const broken = items.flatMap(({ id, gold, must, must_not }) => [
      ...gold
        .filter(({ doc, quote }) => !plans.find((plan) => plan.id === doc)?.text.includes(quote))
        .map(() => `${id}: quote`),
      ...[...must.flat(), ...must_not]
        .filter((rule) => new RegExp(norm(rule), 'iu').test(''))
        .map((rule) => `${id}: ${rule}`),
    ])
    expect(broken).toEqual([])
  })
  test('asks for a source and a text wherever it wants an answer', () => {
    expect(
      items.filter((it) => it.expect === 'answer' && (it.gold.length === 0 || it.must.length === 0)),
    ).toEqual([])
  })
})
