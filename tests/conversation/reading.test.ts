import { describe, expect, it } from 'vitest'
import { looksLikeQuestion, READABLE_MAX, read, toldBesides, wayOut } from '../../src/conversation/reading.ts'
import { signUpWords } from '../../src/conversation/sign-up.ts'
import { parseCommand, parsePress, pressOfDeepLink } from '../../src/conversation/states.ts'

const text = (said: string) => read({ kind: 'text', text: said })

describe('reading one message', () => {
  it.each([
    ['xin chào\n\tSở', 'xin chào Sở'],
    ['đăng\u200b ký\u202e', 'đăng ký'],
    ['tie\u0302\u0301ng Vie\u0323\u0302t', 'tiếng Việt'],
    ['👍', '👍'],
    ['?', '?'],
  ])('takes %j as words, without what nobody means to type', (said, words) => {
    expect(text(said)).toEqual({ kind: 'words', text: words })
  })

  it.each([
    ['', 'empty'],
    ['  \n ', 'empty'],
    ['\u200b\u200b', 'unreadable'],
    ['…!!', 'unreadable'],
    ['a'.repeat(READABLE_MAX + 1), 'tooLong'],
  ])('tells a person what is wrong with %.12j', (said, say) => {
    expect(text(said)).toEqual({ kind: 'fixed', say })
  })

  it('reads a caption like a message, and names what it cannot read', () => {
    const media = { kind: 'media', reference: null, seconds: null, bytes: null } as const
    expect(read({ ...media, media: 'photo', caption: 'đăng ký' })).toEqual({ kind: 'words', text: 'đăng ký' })
    expect(read({ ...media, media: 'photo', caption: ' ' })).toEqual({ kind: 'fixed', say: 'media' })
    expect(read({ ...media, media: 'location', caption: null })).toEqual({ kind: 'fixed', say: 'location' })
    expect(read({ ...media, media: 'voice', caption: null })).toEqual({ kind: 'voice' })
  })

  it('reads a typed button code, a command, a cancel and a link code', () => {
    expect(text(' #own ')).toMatchObject({ kind: 'press', press: { code: 'own' } })
    expect(text('/hoso')).toMatchObject({ kind: 'press', press: { code: 'own' } })
    expect(text('/huy')).toEqual({ kind: 'cancel' })
    expect(text('/lienket 12345678')).toEqual({ kind: 'link_code', code: '12345678' })
    expect(text('/unknown')).toEqual({ kind: 'words', text: '/unknown' })
    expect(read({ kind: 'press', send: '#nonsense' })).toEqual({ kind: 'stale_press' })
    expect(read({ kind: 'contact', phone: '+84912345678', name: null, own: true })).toMatchObject({
      kind: 'contact',
    })
  })
})

describe('our own codes', () => {
  it.each([
    ['#menu', { code: 'menu' }],
    ['#signup', { code: 'signup', support: null, classId: null }],
    ['#signup:gap', { code: 'signup', support: 'gap', classId: null }],
    ['#signup:class:9', { code: 'signup', support: null, classId: '9' }],
    ['#ask:3', { code: 'ask', index: 3 }],
    ['#f:a-1:c0', { code: 'form', send: '#f:a-1:c0' }],
    ['#reg:K3M7PQRT:show', { code: 'registration', reference: 'K3M7PQRT', verb: 'show' }],
    ['#offer:7:yes', { code: 'offer', id: '7', accept: true }],
    ['#offer:7:no', { code: 'offer', id: '7', accept: false }],
    ['#rate:5:down', { code: 'rate', answerId: '5', good: false }],
    ['#lang:en', { code: 'language', language: 'en' }],
    ['#province:ninh-thuan', { code: 'province', province: 'ninh-thuan' }],
    ['#data:view', { code: 'data', text: '#data:view' }],
    ['#link:new', { code: 'link', verb: 'new' }],
  ])('%s is read', (code, press) => {
    expect(parsePress(code)).toEqual(press)
  })

  it.each([
    'menu',
    '#',
    '#own:1',
    '#ask:x',
    '#signup:class',
    '#offer:7',
    '#rate:5:maybe',
    '#lang:fr',
    '#province:',
    '#reg:a',
  ])('%s is none', (code) => {
    expect(parsePress(code)).toBeNull()
  })

  it('reads deep links, where a colon cannot travel', () => {
    expect(pressOfDeepLink('class_9')).toEqual({ code: 'signup', support: null, classId: '9' })
    expect(pressOfDeepLink('signup_iso_9001')).toEqual({ code: 'signup', support: 'iso_9001', classId: null })
    expect(pressOfDeepLink('signup')).toEqual({ code: 'signup', support: null, classId: null })
    expect(pressOfDeepLink('province_dong-thap')).toEqual({ code: 'province', province: 'dong-thap' })
    expect(pressOfDeepLink('friend_9')).toBeNull()
    expect(parseCommand('/start class_9')).toEqual({ code: 'signup', support: null, classId: '9' })
    expect(parseCommand('/start@bot')).toEqual({ code: 'start' })
  })
})

describe('inside a form', () => {
  it.each([
    'quy định này áp dụng tới năm nào',
    'ke hoach nay toi nam nao',
    'học ở chỗ mô rứa',
    'thôi khoan, cho hỏi HTX có được ưu tiên không đã',
    'có mất phí không',
    'co mat phi ko',
    'cái này hỗ trợ bao nhiêu',
    'có tốn tiền k',
    'is there a fee',
  ])('“%s” is a question', (said) => {
    expect(looksLikeQuestion(said)).toBe(true)
  })

  it.each([
    'Cơ sở Không Gian Xanh',
    'Co so Khong Gian Xanh',
    'HTX Phước Hữu',
    'Lê Văn Huy',
    '0912 345 678',
    'đồng ý',
    'Quán Mô Hình Nhỏ',
    'loại nào cũng được',
  ])('“%s” is an answer', (said) => {
    expect(looksLikeQuestion(said)).toBe(false)
  })

  it('what is told besides the question stays an answer', () => {
    expect(toldBesides('HTX Phước Hữu, 0912.345.678, có mất phí không?')).toBe('HTX Phước Hữu,  0912.345.678')
    expect(toldBesides('có mất phí không?')).toBe('')
  })

  it.each([
    ['hồ sơ của tôi', 'own'],
    ['ho so cua em', 'own'],
    ['gặp cán bộ', 'officer'],
    ['cho tôi gặp cán bộ với', 'officer'],
    ['menu', 'menu'],
    ['dữ liệu của tôi', 'data'],
  ])('“%s” leads to %s', (said, way) => {
    expect(wayOut(said)).toBe(way)
  })

  it.each(['HTX Cán Bộ', 'Hồ Sơ', 'Lê Văn Huy', 'Menu Quán'])('“%s” leads nowhere else', (said) => {
    expect(wayOut(said)).toBeNull()
  })
})

describe('a wish to sign up', () => {
  it.each([
    'đăng ký',
    'đăng kí',
    'vậy đăng ký luôn',
    'ừa đăng ký giùm tui đi',
    'đk',
    'ghi danh',
    'ghi tên cho em với ạ',
    'đăng ký cho trường tôi nhé',
    'sign me up please',
    'dang ky ho tro',
  ])('“%s” names nothing', (said) => {
    expect(signUpWords(said).bare).toBe(true)
  })

  it.each([
    ['đăng ký nhãn hiệu', 'nhãn hiệu'],
    ['cho em đăng ký 5S nhé', '5S'],
    ['đăng ký lớp ISO 9001', 'lớp ISO 9001'],
  ])('“%s” names “%s”', (said, rest) => {
    expect(signUpWords(said)).toEqual({ rest, bare: false })
  })
})
