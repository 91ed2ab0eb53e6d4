import { afterAll, beforeAll, expect, test } from 'vitest'
import { laneOf } from '../../src/channel/index.ts'
import { takeOver } from '../../src/conversation/index.ts'
import { AT, type House, house, register, registrationsOf, talk, textOf } from './support.ts'

/** Turns through the real rooms: what is remembered, said and written, and what is not. */

let it: House
beforeAll(async () => {
  it = await house()
}, 60_000)
afterAll(() => it.close())

const MACHINE = /trợ lý tự động/

const saidTo = async (lane: string) =>
  (await it.app.parts.outbox.history(it.db, lane, { limit: 500 })).map(({ message }) => message.text)

test('the first answer is preceded by “I am a machine”, once, and again after a month of silence', async () => {
  const one = talk(it)
  const first = await one.say('tỉnh Ninh Thuận có hỗ trợ VietGAP không?')
  expect(first.replies[0]?.text).toMatch(MACHINE)
  expect(first.replies).toHaveLength(2)
  expect(textOf(await one.say('có hỗ trợ ISO 9001 không?'))).not.toMatch(MACHINE)
  it.now.at = new Date(AT.getTime() + 31 * 86_400_000)
  expect((await one.say('có hỗ trợ ISO 9001 không?')).replies[0]?.text).toMatch(MACHINE)
  it.now.at = AT
})

test('a thank-you carries no introduction behind it; a greeting says it itself', async () => {
  const thanks = await talk(it).say('cảm ơn nhé')
  expect(thanks.replies).toHaveLength(2)
  expect(thanks.replies[0]?.text).toMatch(MACHINE)
  expect(thanks.replies[1]?.text).not.toMatch(MACHINE)
  const hello = await talk(it).say('xin chào')
  expect(hello.replies).toHaveLength(1)
  expect(hello.replies[0]?.text).toMatch(MACHINE)
})

test('the province is asked for once, and the question that waited is answered', async () => {
  const one = talk(it)
  const question = await one.say('mục tiêu đào tạo của tỉnh là bao nhiêu người?')
  expect(question.outcome).toBe('clarify_province')
  const answered = await one.say('Ninh Thuận')
  expect(answered.outcome).toBe('answer')
  expect(answered.replies.at(-1)?.citations[0]?.doc).toBe('ninh-thuan')
  expect((await one.conversation()).province).toBe('ninh-thuan')
  expect((await one.say('mục tiêu đào tạo là bao nhiêu người?')).outcome).not.toBe('clarify_province')
})

test('a province nobody serves is refused by its button', async () => {
  const one = talk(it)
  expect(textOf(await one.send({ kind: 'press', send: '#province:atlantis' }))).toContain('chưa có kế hoạch')
  expect((await one.conversation()).province).toBeNull()
})

test('a bare “đăng ký” opens the form for what was talked about, and it can be changed', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:dong-thap' })
  await one.say('mã vạch có hỗ trợ k')
  const open = await one.say('vậy đăng ký luôn')
  expect(open.outcome).toBe('start_signup')
  expect(textOf(open)).toContain('Đăng ký: Mã số mã vạch')
  await one.say('[Đổi nội dung]')
  expect(textOf(await one.say('ISO 9001'))).toMatch(/Mã số mã vạch → .*ISO 9001/)
})

test('a bare “đăng ký” with nothing before it names no support', async () => {
  for (const words of ['đăng ký', 'ghi danh', 'tôi muốn đăng ký', 'sign up']) {
    const open = await talk(it).say(words)
    expect(open.outcome).toBe('start_signup')
    expect(textOf(open), words).not.toMatch(/Đăng ký: |Sign-up: /)
  }
})

test('a question inside a form is answered, and the form stays where it was', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  await one.say('đăng ký VietGAP cho HTX')
  const aside = await one.say('thôi khoan, cho hỏi HTX có được ưu tiên không đã')
  expect(aside.outcome).toBe('answer')
  expect(aside.replies.at(-1)?.text).toContain('Tên doanh nghiệp')
  expect(textOf(await one.say('HTX Phước Hữu'))).toContain('✓ Tên cơ sở: HTX Phước Hữu')
})

test.each([
  ['hồ sơ của tôi', 'status', 'chưa có đăng ký'],
  ['gặp cán bộ', 'handoff', 'danh sách chờ'],
  ['menu', 'greet', 'Anh/chị có thể'],
  ['/dulieu', 'personal_data', 'Dữ liệu chúng tôi'],
  ['/hoso', 'status', 'chưa có đăng ký'],
])('“%s” typed inside a form works, and the form stays', async (words, outcome, says) => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  await one.say('đăng ký làm VietGAP')
  const way = await one.say(words)
  expect(way.outcome).toBe(outcome)
  expect(textOf(way)).toContain(says)
  expect(textOf(await one.say('HTX Phước Hữu'))).toContain('✓ Tên cơ sở: HTX Phước Hữu')
})

test('a form is parked by a new sign-up and taken up again with what was typed', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  await one.say('đăng ký làm VietGAP')
  await one.say('HTX Phước Hữu')
  await one.send({ kind: 'press', send: '#signup:iso_9001' })
  expect((await one.conversation()).state.parked).not.toBeNull()
  await one.say('huỷ')
  const resumed = await one.send({ kind: 'press', send: '#resume' })
  expect(resumed.outcome).toBe('form')
  expect(textOf(resumed)).toContain('làm tiếp')
})

test('a registration is stored once, whatever is pressed after it', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  const done = await register(one)
  expect(textOf(done)).toContain('Mã: ')
  await one.say('gửi')
  await one.send({ kind: 'press', send: '#f:abc-1:send' })
  expect(await registrationsOf(it, one)).toEqual([{ state: 'new', support: 'gap' }])
})

test('while an officer speaks the assistant says nothing, then goes on', async () => {
  const one = talk(it)
  await one.say('xin chào')
  const { id } = await one.conversation()
  await it.db.inTransaction((tx) => takeOver(tx, id, 'chị Mai', new Date(AT.getTime() + 3_600_000)))
  expect(await one.say('có hỗ trợ VietGAP không?')).toEqual({ outcome: 'silent', replies: [] })
  it.now.at = new Date(AT.getTime() + 3_600_001)
  expect((await one.say('tỉnh Ninh Thuận có hỗ trợ VietGAP không?')).outcome).toBe('answer')
  it.now.at = AT
})

test('an officer who writes in the platform’s own console silences the assistant', async () => {
  const one = talk(it)
  await one.say('gặp cán bộ')
  expect((await one.conversation()).waitingSince).toEqual(AT)
  expect(await one.send({ kind: 'officer_wrote', officer: null })).toEqual({ outcome: 'silent', replies: [] })
  const { officer, officerUntil, waitingSince } = await one.conversation()
  expect(officer).toBe('zalo')
  expect(officerUntil?.getTime()).toBeGreaterThan(AT.getTime())
  expect(waitingSince).toBeNull()
  expect((await one.say('alo?')).outcome).toBe('silent')
})

test('who asks for an officer twice keeps the place in the line', async () => {
  const one = talk(it)
  expect(textOf(await one.say('cho tôi gặp cán bộ'))).toContain('đã chuyển')
  it.now.at = new Date(AT.getTime() + 60_000)
  expect(textOf(await one.say('cho tôi gặp cán bộ'))).toContain('đã ở trong danh sách chờ')
  expect((await one.conversation()).waitingSince).toEqual(AT)
  it.now.at = AT
})

test('who left is not reachable, who returned is; neither is answered', async () => {
  const one = talk(it)
  await one.say('xin chào')
  expect((await one.send({ kind: 'left' })).replies).toEqual([])
  expect((await one.conversation()).reachable).toBe(false)
  expect((await one.send({ kind: 'returned' })).replies).toEqual([])
  expect((await one.conversation()).reachable).toBe(true)
})

test('a withdrawal told by the platform files the erasure and says nothing', async () => {
  const one = talk(it)
  await one.say('xin chào')
  expect((await one.send({ kind: 'withdrawn' })).replies).toEqual([])
  const { rows } = await it.db.query('select kind, state from privacy_request where conversation_id = $1', [
    (await one.conversation()).id,
  ])
  expect(rows).toEqual([{ kind: 'erase', state: 'erasing' }])
})

test('a channel that is switched off says so; sign-ups that are switched off refuse only sign-ups', async () => {
  const fresh = await house()
  try {
    const web = talk(fresh, 'web')
    await fresh.db.query(
      `insert into switch (name, province, off, reason, changed_by, changed_at) values ('channel:web', '*', true, 'bảo trì', 'test', now()), ('signup', '*', true, 'bảo trì', 'test', now())`,
    )
    expect(textOf(await web.say('xin chào'))).toContain('tạm ngừng')
    const other = talk(fresh)
    expect(textOf(await other.say('đăng ký VietGAP'))).toContain('tạm ngừng nhận đăng ký')
    expect((await other.conversation()).state.form).toBeNull()
    expect((await other.say('tỉnh Ninh Thuận có hỗ trợ VietGAP không?')).outcome).toBe('answer')
  } finally {
    await fresh.close()
  }
}, 60_000)

test('a voice message without a model is asked for in writing; a stale button says that it is stale', async () => {
  const one = talk(it)
  const media = { kind: 'media', reference: null, caption: null, seconds: 3, bytes: 1_000 } as const
  expect(textOf(await one.send({ ...media, media: 'voice' }))).toContain('gõ')
  expect(textOf(await one.send({ kind: 'press', send: '#gone' }))).toContain('đã cũ')
  expect(textOf(await one.send({ kind: 'press', send: '#ask:4' }))).toContain('đã cũ')
  expect(textOf(await one.send({ kind: 'press', send: '#f:abc-1:send' }))).toContain('đã cũ')
})

test('a contact card outside a form is not kept', async () => {
  const one = talk(it)
  const card = { kind: 'contact', phone: '+84912345678', name: 'Huy', own: true } as const
  expect(textOf(await one.send(card))).toContain('không lưu lại')
  expect(JSON.stringify((await one.conversation()).state)).not.toContain('912345678')
})

test('a contact card answers the question for the telephone number', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  for (const line of ['đăng ký làm VietGAP', 'HTX Phước Hữu', 'Lê Văn Huy']) await one.say(line)
  const card = { kind: 'contact', phone: '+84912345678', name: 'Huy', own: true } as const
  expect(textOf(await one.send(card))).toContain('0912 345 678')
})

test('the language is switched by its button and stays', async () => {
  const one = talk(it)
  expect(textOf(await one.send({ kind: 'press', send: '#lang:en' }))).toContain('in English')
  expect((await one.conversation()).language).toBe('en')
  expect(textOf(await one.send({ kind: 'press', send: '#menu' }))).toContain('You can:')
})

test('a first contact in an English app is greeted in English', async () => {
  const one = talk(it)
  expect(textOf(await one.send({ kind: 'start', payload: null }, 'en-GB'))).toContain('automated assistant')
})

test('of two turns of one conversation at once the second throws and writes nothing', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  const kept = [await one.keep({ kind: 'text', text: 'có hỗ trợ VietGAP không?' })]
  kept.push(await one.keep({ kind: 'text', text: 'có hỗ trợ ISO 9001 không?' }))
  const before = await saidTo(laneOf(one.address))
  const { version } = await one.conversation()
  const done = await Promise.allSettled(kept.map((message) => it.app.turn(message)))
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(done.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))[0]).toContain(
    'was first',
  )
  expect(await saidTo(laneOf(one.address))).toHaveLength(before.length + 1)
  expect((await one.conversation()).version).toBe(version + 1)
  const loser = kept[done.findIndex(({ status }) => status === 'rejected')]
  if (!loser) throw new Error('nobody lost')
  expect((await it.app.turn(loser)).outcome).toBe('answer')
})

test('a message delivered again writes nothing twice', async () => {
  const one = talk(it)
  await one.send({ kind: 'press', send: '#province:ninh-thuan' })
  for (const line of [
    'đăng ký làm VietGAP',
    'HTX Hai Lần',
    'Lê Văn Huy',
    '0912 345 678',
    'xã Phước Hữu',
    'tôi đồng ý',
  ])
    await one.say(line)
  const kept = await one.keep({ kind: 'text', text: 'gửi' })
  expect(textOf(await it.app.turn(kept))).toContain('Mã: ')
  const before = await saidTo(laneOf(one.address))
  expect(await it.app.turn(kept)).toEqual({ outcome: 'done_before', replies: [] })
  expect(await saidTo(laneOf(one.address))).toEqual(before)
  expect(await registrationsOf(it, one)).toHaveLength(1)
})
