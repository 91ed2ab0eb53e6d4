import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OutboundMessage } from '../../src/channel/index.ts'
import { compose, TEXT_MAX } from '../../src/channel/telegram/compose.ts'

const citation = (quote: string, label = 'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận') => ({
  doc: 'ninh-thuan',
  label,
  section: 'Mục II.1',
  quote,
})
const message = (fields: Record<string, unknown>) => OutboundMessage.parse({ text: 'Có.', ...fields })

describe('composing for Telegram', () => {
  test('puts the source under the answer and folds exactly the quote', () => {
    const { parts } = compose(
      message({ text: 'Có hỗ trợ <b>VietGAP</b> & “5S”.', citations: [citation('a_b*c <i>')] }),
    )
    expect(parts).toHaveLength(1)
    const [part] = parts
    expect(part?.text).toBe(
      'Có hỗ trợ <b>VietGAP</b> & “5S”.\n\n📄 KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận, Mục II.1\na_b*c <i>',
    )
    const entity = part?.entities[0]
    expect(entity?.type).toBe('expandable_blockquote')
    expect(part?.text.slice(entity?.offset, (entity?.offset ?? 0) + (entity?.length ?? 0))).toBe('a_b*c <i>')
  })

  test('leaves out a button Telegram would refuse together with the whole message', () => {
    const actions = [
      { label: 'Đăng ký', send: '#signup' },
      { label: 'x', send: 'đ'.repeat(60) },
    ]
    expect(compose(message({ actions })).buttons).toEqual([[{ text: 'Đăng ký', callback_data: '#signup' }]])
  })

  test('short labels share a row, long ones stand alone', () => {
    const actions = ['Có', 'Không', 'Đăng ký hỗ trợ truy xuất nguồn gốc'].map((label) => ({
      label,
      send: '#yes',
    }))
    expect(compose(message({ actions })).buttons.map((row) => row.length)).toEqual([2, 1])
  })

  test('every part of any message is one Telegram accepts, and every entity lies on its quote', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 3000 })
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 1, max: 8 }),
        fc.array(words, { maxLength: 4 }),
        (text, times, quotes) => {
          const { parts } = compose(
            message({ text: (text || 'x').repeat(times), citations: quotes.map((quote) => citation(quote)) }),
          )
          for (const part of parts) {
            expect(part.text.trim()).not.toBe('')
            expect(part.text.length).toBeLessThanOrEqual(TEXT_MAX)
            expect(part.text).toBe(part.text.normalize('NFC'))
            for (const { offset, length } of part.entities) {
              expect(length).toBeGreaterThan(0)
              expect(offset + length).toBeLessThanOrEqual(part.text.length)
            }
          }
          const shown = parts.flatMap(({ text: whole, entities }) =>
            entities.map(({ offset, length }) => whole.slice(offset, offset + length)),
          )
          const squash = (value: string) => value.normalize('NFC').replace(/\s+/gu, '')
          expect(squash(shown.join(''))).toBe(squash(quotes.join('')))
        },
      ),
      { seed: 20261122, numRuns: 200 },
    )
  })
})
