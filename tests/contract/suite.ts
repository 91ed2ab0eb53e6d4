import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InboundEvent } from '../../src/channel/index.ts'
import { CITATION, LONG, QUOTE } from '../support/plans-answer.ts'
import { until } from '../support/serve.ts'
import type { Person, Stage } from './stage.ts'

export interface Opened {
  stage: Stage
  /** Events taken in by the assistant behind the channel. */
  events: InboundEvent[]
  close(): Promise<void>
}

const squash = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

/** What every channel owes to the assistant behind it and to the person in front of it. */
export function channelSuite(name: string, open: () => Promise<Opened>): void {
  describe(`the ${name} channel`, () => {
    let opened: Opened
    let people = 0
    const person = async (): Promise<Person> => await opened.stage.person(++people)

    beforeAll(async () => {
      opened = await open()
    })
    afterAll(async () => {
      await opened.close()
    })

    test('brings a question in and its answer out, with label, section and exact quote of the source', async () => {
      const lan = await person()
      await lan.say('hỗ trợ VietGAP?')
      await lan.hears('Mức tiền hỗ trợ không được nêu trong kế hoạch.')
      const all = squash(lan.messages().join(' '))
      for (const part of ['Đào tạo, tập huấn kiến thức', CITATION.label, CITATION.section, QUOTE]) {
        expect(all).toContain(squash(part))
      }
    })

    test('shows the buttons under the answer and brings a press back as its code', async () => {
      const lan = await person()
      await lan.say('hỗ trợ VietGAP?')
      await until(() => lan.buttons().length > 0)
      expect(lan.buttons()).toEqual(['Đăng ký VietGAP', 'Gặp cán bộ', 'Có ích', 'Chưa đúng'])
      await lan.press('Đăng ký VietGAP')
      await lan.hears('cho xin số điện thoại')
      const { content } = opened.events.at(-1) ?? {}
      expect(content?.kind === 'press' ? content.send : content?.kind === 'text' && content.text).toBe(
        '#signup:vietgap',
      )
    })

    test('takes an event that is delivered twice once, and answers it once', async () => {
      const lan = await person()
      await lan.say('chỉ một lần')
      await lan.deliverAgain()
      await lan.say('sau đó')
      await lan.hears('vừa nói: sau đó')
      expect(lan.messages().filter((text) => text.includes('chỉ một lần'))).toHaveLength(1)
      await lan.deliverAgain()
      await lan.say('cuối')
      await lan.hears('vừa nói: cuối')
      expect(lan.messages()).toHaveLength(3)
    })

    test('keeps the order of several replies and of several messages', async () => {
      const lan = await person()
      await lan.say('hai tin')
      await lan.say('ba')
      await lan.hears('vừa nói: ba')
      expect(lan.messages().map(squash)).toEqual(['Tin thứ nhất.', 'Tin thứ hai.', 'Anh/chị vừa nói: ba'])
    })

    test('brings a long answer whole and in order, the buttons at its end', async () => {
      const lan = await person()
      await lan.say('dài')
      await until(() => lan.buttons().includes('Xem thêm'))
      expect(squash(lan.messages().join('\n'))).toContain(squash(LONG))
      expect(lan.buttons()).toEqual(['Xem thêm'])
    })

    test('carries what people type unchanged: marks, emoji, HTML, Markdown, quotes', async () => {
      const lan = await person()
      const odd = `Nguyễn Thị Ánh 👩‍🌾 <b>*_[x](y)_*</b> & "5S" 'iso' \\ {} ~ đ Đ ơ ư`
      await lan.say(odd)
      await lan.hears('👩‍🌾')
      expect(lan.messages()).toHaveLength(1)
      expect(squash(lan.messages()[0] ?? '')).toBe(squash(`Anh/chị vừa nói: ${odd}`))
    })

    test('keeps two people apart', async () => {
      const lan = await person()
      const minh = await person()
      await Promise.all([lan.say('tôi là Lan'), minh.say('tôi là Minh')])
      await lan.hears('tôi là Lan')
      await minh.hears('tôi là Minh')
      expect(lan.messages().join()).not.toContain('Minh')
      expect(minh.messages().join()).not.toContain('Lan')
      const lanes = opened.events.slice(-2).map(({ address }) => address.person)
      expect(new Set(lanes).size).toBe(2)
    })

    test('knows a person again by the same id', async () => {
      const lan = await person()
      const before = opened.events.length
      await lan.say('lần một')
      await lan.say('lần hai')
      await lan.hears('lần hai')
      const people = opened.events.slice(before).map(({ address }) => address.person)
      expect(new Set(people).size).toBe(1)
    })
  })
}
