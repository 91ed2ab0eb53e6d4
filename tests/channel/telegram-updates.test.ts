import { describe, expect, test } from 'vitest'
import { type Reading, readUpdate, Update } from '../../src/channel/telegram/updates.ts'

const AT = new Date('2026-11-20T01:00:00Z')
const DATE = 1_795_000_000
const from = { id: 4503599627370495, is_bot: false, first_name: 'Lan', language_code: 'vi' }
const chat = { id: from.id, type: 'private' }

function read(fields: Record<string, unknown>): Reading {
  return readUpdate(Update.parse({ update_id: 9, ...fields }), 'bot', AT)
}
const message = (fields: Record<string, unknown>) =>
  read({ message: { message_id: 1, date: DATE, chat, from, ...fields } })
const contentOf = (reading: Reading) => (reading.kind === 'event' ? reading.event.content : reading)

describe('a private message', () => {
  test('becomes an event with ids as strings, so that 52-bit ids stay exact', () => {
    expect(message({ text: 'xin chào' })).toEqual({
      kind: 'event',
      event: {
        address: { channel: 'telegram', account: 'bot', person: '4503599627370495' },
        eventId: '9',
        content: { kind: 'text', text: 'xin chào' },
        sentAt: new Date(DATE * 1000),
        language: 'vi',
      },
    })
  })

  test.each([
    ['/start', { kind: 'start', payload: null }],
    ['/start lop-5s_01', { kind: 'start', payload: 'lop-5s_01' }],
    ['/start@nscl_bot lop', { kind: 'start', payload: 'lop' }],
    ["/start '; drop table", { kind: 'start', payload: null }],
    ['/help', { kind: 'press', send: '#menu' }],
    ['/dangky', { kind: 'press', send: '#signup' }],
    ['/dangky lớp 5S', { kind: 'text', text: 'đăng ký lớp 5S' }],
    ['/hoso', { kind: 'press', send: '#own' }],
    ['/dulieu', { kind: 'press', send: '#data:view' }],
    ['/sua', { kind: 'press', send: '#data:correct' }],
    ['/xoa', { kind: 'press', send: '#data:erase' }],
    ['/rutdongy', { kind: 'press', send: '#data:withdraw' }],
    ['/canbo', { kind: 'press', send: '#officer' }],
    ['/huy', { kind: 'text', text: 'huỷ' }],
    ['/ngonngu', { kind: 'press', send: '#lang:en' }],
    ['/ngonngu tiếng việt', { kind: 'press', send: '#lang:vi' }],
    ['/lenhla gì đó', { kind: 'text', text: '/lenhla gì đó' }],
    ['a\u0000b\ud800c', { kind: 'text', text: 'ab\ufffdc' }],
  ])('%s is read as what it means', (text, content) => {
    expect(contentOf(message({ text }))).toEqual(content)
  })

  test('a shared contact is proof of the number only when it is the sender’s own card', () => {
    const card = { phone_number: '84912345678', first_name: 'Lan', last_name: 'Nguyễn' }
    expect(contentOf(message({ contact: { ...card, user_id: from.id } }))).toEqual({
      kind: 'contact',
      phone: '84912345678',
      name: 'Nguyễn Lan',
      own: true,
    })
    expect(contentOf(message({ contact: { ...card, user_id: 5 } }))).toMatchObject({ own: false })
    expect(contentOf(message({ contact: card }))).toMatchObject({ own: false })
  })

  test.each([
    [{ voice: { file_id: 'v', duration: 7, file_size: 900 } }, 'voice', 'v', 7],
    [{ audio: { file_id: 'a', duration: 70 } }, 'voice', 'a', 70],
    [{ photo: [{ file_id: 'small' }, { file_id: 'large' }] }, 'photo', 'large', null],
    [{ document: { file_id: 'd' } }, 'file', 'd', null],
    [{ animation: { file_id: 'g', duration: 2 }, document: { file_id: 'g' } }, 'video', 'g', 2],
    [{ sticker: { file_id: 's' } }, 'sticker', 's', null],
    [{ location: { latitude: 11.5, longitude: 109 } }, 'location', null, null],
    [{ dice: { emoji: '🎲', value: 3 } }, 'other', null, null],
  ])('media %# keeps what is needed to fetch it', (fields, media, reference, seconds) => {
    expect(contentOf(message(fields))).toMatchObject({ kind: 'media', media, reference, seconds })
  })

  test('a service message and another bot are not people speaking', () => {
    expect(message({ pinned_message: {} }).kind).toBe('ignored')
    expect(message({ text: 'x', from: { ...from, is_bot: true } }).kind).toBe('ignored')
  })
})

test('a slip corrected within two minutes is read again, an old message edited gets a sentence', () => {
  const edit = (after: number) =>
    read({ edited_message: { message_id: 1, date: DATE, edit_date: DATE + after, chat, from, text: 'sửa' } })
  expect(contentOf(edit(90))).toEqual({ kind: 'text', text: 'sửa' })
  expect(edit(121)).toMatchObject({ kind: 'notice', notice: 'oldEdit' })
})

test('a press carries its data, also when its message is too old to be shown', () => {
  const query = { id: '77', from, data: '#signup', chat_instance: '1' }
  expect(contentOf(read({ callback_query: query }))).toEqual({ kind: 'press', send: '#signup' })
  expect(read({ callback_query: { ...query, message: { chat: { id: -1, type: 'group' } } } }).kind).toBe(
    'ignored',
  )
})

test('blocking and coming back are told apart from the rest', () => {
  const member = (before: string, now: string) =>
    contentOf(
      read({
        my_chat_member: {
          chat,
          from,
          date: DATE,
          old_chat_member: { status: before },
          new_chat_member: { status: now },
        },
      }),
    )
  expect(member('member', 'kicked')).toEqual({ kind: 'left' })
  expect(member('kicked', 'member')).toEqual({ kind: 'returned' })
  expect(member('member', 'member')).toMatchObject({ kind: 'ignored' })
})

test('in a group only words to the bot are heard, and they get one sentence', () => {
  const group = { id: -100, type: 'supergroup' }
  expect(message({ chat: group, text: 'chào cả nhà' }).kind).toBe('ignored')
  expect(message({ chat: group, text: '/dangky', entities: [{ type: 'bot_command' }] })).toEqual({
    kind: 'notice',
    chat: '-100',
    notice: 'privateOnly',
    language: 'vi',
  })
})
