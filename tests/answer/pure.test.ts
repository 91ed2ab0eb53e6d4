import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier, train } from '../../src/answer/classifier.ts'
import { readUnderstanding } from '../../src/answer/data.ts'
import { clauseOf, excerpt } from '../../src/answer/excerpt.ts'
import { lackingOf } from '../../src/answer/intent.ts'
import { EMPTY_MEMORY, readMemory } from '../../src/answer/memory.ts'
import { asksNamesOf, claimedNumbers, numberForms, uncited } from '../../src/answer/numbers.ts'
import { TopicIndex } from '../../src/answer/topics.ts'
import type { Meaning } from '../../src/answer/understand.ts'
import { Lexemes, spoken, Vocabulary, wordsOf } from '../../src/answer/words.ts'

const FIXED = { seed: 20261122, numRuns: 200 }

describe('phrases', () => {
  test('of several words are found whatever their marks, the longest first', () => {
    const lexicon = new Lexemes<string>()
    lexicon.add('giải thưởng', 'award')
    lexicon.add('giải thưởng chất lượng quốc gia', 'national')
    expect(lexicon.scan(spoken('thi giai thuong chat luong quoc gia')).map(({ value }) => value)).toEqual([
      'national',
    ])
  })
  test('of one word are found with their own marks only: "hỗ trợ" holds no "ho"', () => {
    const lexicon = new Lexemes<string>()
    lexicon.add('ho', 'cough')
    lexicon.add('đồng', 'money')
    expect(lexicon.all(spoken('tỉnh hỗ trợ'))).toEqual([])
    expect(lexicon.all(spoken('bị ho'))).toEqual(['cough'])
  })
})

describe('the vocabulary', () => {
  const vocabulary = new Vocabulary(wordsOf('tổng kết kế hoạch hiện trạng nghiệp chứng nhận khảo sát'))
  test('mends what sounds alike in the south and one wrong letter', () => {
    expect(['kec', 'hoachh', 'ngiep', 'xat', 'chugn'].map((word) => vocabulary.mend(word))).toEqual([
      'ket',
      'hoach',
      'nghiep',
      'sat',
      'chung',
    ])
  })
  test('leaves known words, numbers and noise alone', () => {
    expect(['ket', '9001', 'zzzzzzzzzzzzzzz', 'q'].map((word) => vocabulary.mend(word))).toEqual([
      'ket',
      '9001',
      'zzzzzzzzzzzzzzz',
      'q',
    ])
  })
})

describe('the classifier', () => {
  const training = { epochs: 20, rate: 0.5, balance: 0.5, tells: () => 1 }
  const example = (label: string, ...features: string[]) => ({ label, features, weight: 1 })
  const examples = [
    example('money', 'tien', 'bao'),
    example('money', 'trieu'),
    example('place', 'o', 'dau'),
    example('place', 'dia', 'chi'),
  ]
  test('gives probabilities that sum to one, the taught label first', () => {
    const guesses = new Classifier(train(examples, training)).classify(['trieu', 'unseen'])
    expect(guesses[0]?.label).toBe('money')
    expect(guesses.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1)
  })
  test('is the same every time it is trained', () => {
    expect(train(examples, training)).toEqual(train(examples, training))
  })
})

describe('the topic index', () => {
  const untaught = new Classifier(
    train([{ label: '', features: ['w:nothing'], weight: 1 }], {
      epochs: 1,
      rate: 0,
      balance: 0,
      tells: () => 1,
    }),
  )
  const topic = (id: string, ...phrases: string[]) => ({
    id,
    support: null,
    texts: phrases,
    phrases: phrases.map(wordsOf),
  })
  const index = new TopicIndex(
    [
      topic('schools', 'trường học làm 5S'),
      topic('barcode', 'mã số mã vạch'),
      topic('clubs', 'câu lạc bộ năng suất'),
    ],
    new Set(['lam', 'co']),
    untaught,
  )
  test('finds the topic in the middle of a story', () => {
    expect(
      index.rank(spoken('xưởng bánh nhà em nhỏ xíu à mà siêu thị cứ đòi phải in mã vạch lên bao bì'))[0]?.id,
    ).toBe('barcode')
  })
  test('is silent on what it does not know and on words that only ask', () => {
    expect(index.rank(spoken('thời tiết'))).toEqual([])
    expect(index.rank(spoken('có làm'))).toEqual([])
  })
})

describe('excerpts', () => {
  const paragraph =
    'Tổ chức tập huấn cho doanh nghiệp; hỗ trợ chứng nhận sản phẩm, hàng hóa theo tiêu chuẩn; mở rộng ít nhất thêm 03 lĩnh vực kiểm định. Vận động 10 doanh nghiệp tham gia giải thưởng.'
  test('are verbatim, hold their proof and stay near the length allowed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 300 }),
        fc.nat(paragraph.length - 12),
        fc.array(fc.constantFrom(...wordsOf(paragraph))),
        (most, at, asked) => {
          const anchor = paragraph.slice(at, at + 12)
          const quote = excerpt(paragraph, anchor, asked, most)
          expect(paragraph).toContain(quote)
          expect(quote.length).toBeLessThanOrEqual(Math.max(most * 1.25, most + 1))
        },
      ),
      FIXED,
    )
  })
  test('begin and end where a sentence or a list item does', () => {
    const text =
      'Xây dựng dự án điểm tại bệnh viện, phòng khám; áp dụng công cụ tại trường học để nhân rộng: Hỗ trợ áp dụng công cụ tại ít nhất 07 bệnh viện, phòng khám trên địa bàn. Hỗ trợ công cụ 5S tại ít nhất 10 trường học... (gọi tắt là trường; xem sau), góp phần rèn luyện.'
    expect(excerpt(text, '07 bệnh viện', [], 100)).toBe(
      'Hỗ trợ áp dụng công cụ tại ít nhất 07 bệnh viện, phòng khám trên địa bàn.',
    )
    expect(excerpt(text, '10 trường học', [], 140)).toBe(
      'Hỗ trợ công cụ 5S tại ít nhất 10 trường học... (gọi tắt là trường; xem sau), góp phần rèn luyện.',
    )
  })
  test('are read without the marks of the source', () => {
    expect(clauseOf('khuyến khích doanh nghiệp (*gọi tắt là doanh nghiệp*) đầu tư¹./.', 200)).toBe(
      'khuyến khích doanh nghiệp đầu tư',
    )
  })
  test('choose the sentence that alone holds a word of the question, short forms written out', () => {
    const paragraph =
      'Trên địa bàn có nhiều doanh nghiệp đang nâng cao năng suất. Quản trị NSCL chưa là hạt nhân. Thời gian tới các hoạt động hỗ trợ doanh nghiệp nâng cao năng suất chất lượng cần được các ngành trong tỉnh quan tâm.'
    const asked = wordsOf('quản trị năng suất chất lượng trong doanh nghiệp thế nào')
    expect(excerpt(paragraph, '', asked, 60)).toBe('Quản trị NSCL chưa là hạt nhân.')
  })
  test('choose the clause the question is about', () => {
    expect(excerpt(paragraph, '', wordsOf('bao nhiêu lĩnh vực kiểm định'), 70)).toContain(
      '03 lĩnh vực kiểm định',
    )
  })
})

describe('numbers', () => {
  test('keep the way a document writes them', () => {
    expect(numberForms('khoảng 4.000 doanh nghiệp, 07 bệnh viện, 6,5%')).toEqual(
      new Map([
        [4000, '4.000'],
        [7, '07'],
        [6.5, '6,5'],
      ]),
    )
  })
  test('put to us are neither years nor parts of a name', () => {
    expect(claimedNumbers('mục tiêu 28 lớp ISO 9001, 5S đến 2025 theo kế hoạch 4009 đúng không')).toEqual([
      28,
    ])
  })
  test('are uncited unless a quote holds them', () => {
    expect(uncited('07 bệnh viện và 500 triệu', ['ít nhất 7 bệnh viện'])).toEqual(['500'])
  })
})

describe('asking for the names of what is counted', () => {
  test.each([
    ['Ba lĩnh vực kiểm định sẽ mở thêm là những lĩnh vực nào?', 3],
    ['05 doanh nghiệp được hỗ trợ năng suất xanh tên là gì?', 5],
    ['Cho xin tên 07 bệnh viện được chọn', 7],
  ])('“%s” does', (question, value) => {
    expect(asksNamesOf(question, [value, null])).toBe(true)
    expect(asksNamesOf(question, [value + 1, null])).toBe(false)
  })
  test.each([
    ['Trên 7%/năm là mục tiêu của năm nào vậy?', 7],
    ['100 tổ chức, doanh nghiệp được tập huấn về những giải pháp gì?', 100],
    ['Bao nhiêu doanh nghiệp được hỗ trợ?', 15],
  ])('“%s” does not', (question, value) => {
    expect(asksNamesOf(question, [value])).toBe(false)
  })
})

describe('what no plan states', () => {
  const asked = (key: string, odds: number, stated: number | null): Meaning =>
    ({
      lacking: { key, missing: null, odds },
      passages: new Map(stated === null ? [] : [['here', [{ passage: '', probability: stated }]]]),
      topics: [{ id: 'topic', score: 0.9 }],
    }) as unknown as Meaning
  test('is told as such when it is likelier than a question and no passage answers', () => {
    expect(lackingOf(asked('deadline', 2, 0), ['here'])).toBe('deadline')
    expect(lackingOf(asked('deadline', -2, 0), ['here'])).toBeNull()
    expect(lackingOf({ ...asked('deadline', 2, 0), lacking: null }, ['here'])).toBeNull()
  })
  test('gives way to a passage that surely answers, money last of all', () => {
    expect(lackingOf(asked('detail', 2, 1), ['here'])).toBeNull()
    expect(lackingOf(asked('detail', 1, 0.5), ['here'])).toBeNull()
    expect(lackingOf(asked('money', 1, 0.5), ['here'])).toBe('money')
  })
  test('is weighed against topics where nobody has taught which passages answer', () => {
    expect(lackingOf(asked('deadline', 1, null), ['elsewhere'])).toBeNull()
    expect(lackingOf(asked('deadline', 3, null), ['elsewhere'])).toBe('deadline')
  })
})

describe('memory', () => {
  test('that cannot be read is empty, whatever was stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        expect(readMemory(stored)).toEqual(EMPTY_MEMORY)
      }),
      FIXED,
    )
  })
  test('comes back as it was stored', () => {
    const memory = { ...EMPTY_MEMORY, topics: ['scope'], province: 'ninh-thuan', offered: 'officer' as const }
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory)
  })
})

describe('the data files', () => {
  test('name the file and the field when one is broken', () => {
    expect(() => readUnderstanding('tests/answer')).toThrow(/knowledge\/understanding\/intents\.yaml/)
  })
  test('teach only intents that exist', () => {
    const { intents, concepts } = readUnderstanding('knowledge/understanding')
    const keys = new Set(intents.map(({ key }) => key))
    expect(Object.values(concepts.teaches).filter((key) => !keys.has(key))).toEqual([])
    expect(Object.keys(concepts.teaches).filter((idea) => concepts.concepts[idea] === undefined)).toEqual([])
  })
})
