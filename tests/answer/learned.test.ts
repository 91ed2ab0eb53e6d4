import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Classifier } from '../../src/answer/classifier.ts'
import { readUnderstanding } from '../../src/answer/data.ts'
import { readLearned, writeLearned } from '../../src/answer/learned.ts'
import { wordsOf } from '../../src/answer/words.ts'

const FOLDER = 'knowledge/understanding'
const data = readUnderstanding(FOLDER)

describe('the example sentences', () => {
  test('ask for topics there are', () => {
    const ids = new Set(
      data.topics.map(({ about, label }) => about[0] ?? `passage:${wordsOf(label.vi).join('-')}`),
    )
    expect(
      [...new Set(data.examples().asked.map(({ label }) => label))].filter((label) => !ids.has(label)),
    ).toEqual([])
  })
  test('name each passage by words that stand in it alone', () => {
    for (const [province, lines] of data.examples().passages) {
      const [, , plan = ''] = readFileSync(`knowledge/plans/${province}.md`, 'utf8').split(/^---$/m)
      for (const label of new Set(lines.map((line) => line.label)))
        expect(plan.split(label).length - 1, label).toBe(1)
    }
  })
  test('with a label nobody knows are refused in one line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'understanding-'))
    cpSync(FOLDER, folder, { recursive: true })
    writeFileSync(join(folder, 'examples/intents.txt'), '[moneys]\nđược bao nhiêu tiền\n')
    expect(() => readUnderstanding(folder).examples()).toThrow(
      /examples\/intents.txt: \[moneys\] is no intent/,
    )
    writeFileSync(join(folder, 'examples/intents.txt'), 'được bao nhiêu tiền\n')
    expect(() => readUnderstanding(folder).examples()).toThrow(
      /intents.txt:1: a sentence before any \[label\]/,
    )
  })
})

describe('what was learned', () => {
  const learned = readLearned(FOLDER, data.fingerprint)
  test('was learned from the examples as they are now; else run `npm run learn`', () => {
    expect(learned).not.toBeNull()
  })
  test('is not read when the examples have changed since, or when the file is damaged', () => {
    expect(readLearned(FOLDER, 'another')).toBeNull()
    const folder = mkdtempSync(join(tmpdir(), 'learned-'))
    expect(readLearned(folder, data.fingerprint)).toBeNull()
    writeFileSync(join(folder, 'learned.json.gz'), 'no gzip')
    expect(readLearned(folder, data.fingerprint)).toBeNull()
  })
  test('says the same after it was written and read', () => {
    if (!learned) throw new Error('nothing learned')
    const folder = mkdtempSync(join(tmpdir(), 'learned-'))
    writeLearned(folder, learned)
    const again = readLearned(folder, data.fingerprint)
    if (!again) throw new Error('not read back')
    const features = ['w:vach', 'p:ma vach', 'w:ma']
    expect(new Classifier(again.topics).classify(features)).toEqual(
      new Classifier(learned.topics).classify(features),
    )
    expect(new Classifier(again.topics).classify(features)[0]?.label).toBe('support:barcode')
  })
})
