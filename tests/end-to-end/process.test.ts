import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, type Program, runToEnd, start, Visitor } from '../support/process.ts'

const data = folder()
let program: Program
beforeAll(async () => {
  program = await start({ DATA_DIR: data.path })
}, 90_000)
afterAll(async () => {
  await program.kill('SIGKILL')
  data.remove()
})

test('the first start prints both addresses and a one-time password, and keeps the password out of the log lines', () => {
  const lines = program.output().split('\n')
  expect(program.output()).toContain('/staff')
  const password = /one-time password (\S+)/.exec(program.output())?.[1]
  expect(password?.length).toBeGreaterThan(12)
  expect(lines.filter((line) => line.startsWith('{') && line.includes(String(password)))).toEqual([])
})

test('a second process on the same folder ends with one line', async () => {
  const { code, output } = await runToEnd({ DATA_DIR: data.path, PORT: '0' })
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(output).toContain('another process is using')
})

test.each([
  [{ PORT: 'many' }, 'PORT: got "many", accepted is'],
  [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/x' }, 'DATABASE_URL: cannot connect to 127.0.0.1:9/x'],
  [{ DATA_KEY: 'abc' }, 'DATA_KEY: got 3 characters'],
] as [Record<string, string>, string][])(
  'a wrong setting ends the start with one line: %o',
  async (environment, line) => {
    const { code, output } = await runToEnd({ DATA_DIR: data.path, ...environment })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(line)
  },
)

test('a message that was kept is answered although the process is killed at once, again and again', async () => {
  const person = new Visitor(() => program.base)
  const questions = [
    ['Tỉnh Ninh Thuận hỗ trợ 5S cho ít nhất mấy trường học?', /ít nhất 10 trường/],
    ['Ninh Thuận hỗ trợ mấy bệnh viện, phòng khám?', /ít nhất 0?7 bệnh viện/],
    ['cho tôi gặp cán bộ', /danh sách chờ/],
  ] as const
  const replies = async () => (await person.page()).split('class="entry assistant"').length - 1
  await person.say('/menu')
  await person.until('Gặp cán bộ: gõ')
  for (const [question, answer] of questions) {
    const before = await replies()
    expect([200, 202]).toContain(await person.say(question))
    await program.kill('SIGKILL')
    program = await start({ DATA_DIR: data.path })
    const words = await person.until(answer, 30_000)
    expect(words.split(question).length - 1).toBe(1)
    expect(await replies()).toBeLessThanOrEqual(before + 2) // the answer, and at most one repeat of it
  }
}, 150_000)

test('the same message sent twice is answered once', async () => {
  const person = new Visitor(() => program.base)
  const id = crypto.randomUUID()
  expect(await person.say('/help', id)).toBe(202)
  await person.until('Gặp cán bộ: gõ')
  expect(await person.say('/help', id)).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect((await person.until('Gặp cán bộ: gõ')).split('Gặp cán bộ: gõ').length - 1).toBe(1)
})

test('whatever is sent gets a helpful sentence', async () => {
  const person = new Visitor(() => program.base)
  const bad: [string, RegExp][] = [
    ['   ', /chưa nhận được chữ nào/],
    ['x'.repeat(100_000), /dài quá/],
    ['\u0000\ufffd\ud800', /không đọc được/],
    ['#khong:co:nut:nay', /./],
    ['😀😀😀', /./],
  ]
  let length = (await person.page()).length
  for (const [text, answer] of bad) {
    expect([200, 202]).toContain(await person.say(text))
    const words = await person.until(answer)
    expect(words.length).toBeGreaterThan(0)
    const grown = (await person.page()).length
    expect(grown).toBeGreaterThan(length)
    length = grown
  }
}, 60_000)

test('what people write and their numbers stay out of the log', () => {
  const log = program.output()
  expect(log).not.toContain('bệnh viện, phòng khám')
  expect(log).not.toContain('gặp cán bộ')
})

test('SIGTERM finishes what is in hand and ends with 0 within ten seconds', async () => {
  const person = new Visitor(() => program.base)
  await person.say('/menu')
  const started = Date.now()
  expect(await program.kill('SIGTERM')).toBe(0)
  expect(Date.now() - started).toBeLessThan(10_000)
}, 30_000)
