import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type InboundEvent, OutboundMessage } from '../../src/channel/index.ts'
import { terminalChannel } from '../../src/channel/terminal/index.ts'

function open() {
  const events: InboundEvent[] = []
  const shown: string[] = []
  const terminal = terminalChannel({
    account: 'tests',
    person: 'lan',
    accept: (event) => Promise.resolve(events.push(event)),
    write: (text) => void shown.push(text),
  })
  const show = async (fields: Record<string, unknown>) =>
    await terminal.sender.send(terminal.address, OutboundMessage.parse({ text: 'Có.', ...fields }), {
      messageId: 'm1',
      partsSent: 0,
      onPart: () => Promise.resolve(),
    })
  return { terminal, events, shown, show }
}

const actions = [
  { label: 'Đăng ký', send: '#signup' },
  { label: 'Gặp cán bộ', send: '#officer' },
]

test('a message is shown with its source and its buttons numbered', async () => {
  const { shown, show } = open()
  const citations = [{ doc: 'd', label: 'KH 4009', section: 'Mục 3', quote: 'trích nguyên văn' }]
  expect(await show({ citations, actions })).toEqual({ outcome: 'sent', platformIds: ['m1'] })
  expect(shown).toEqual(['Có.\n📄 KH 4009, Mục 3: “trích nguyên văn”\n  [1] Đăng ký\n  [2] Gặp cán bộ'])
})

test('a number presses the button shown last; without buttons, or out of range, it is text', async () => {
  const { terminal, events, show } = open()
  await terminal.line('2')
  await show({ actions })
  await terminal.line('2')
  await terminal.line('3')
  await show({})
  await terminal.line('1')
  expect(events.map(({ content }) => content)).toEqual([
    { kind: 'text', text: '2' },
    { kind: 'press', send: '#officer' },
    { kind: 'text', text: '3' },
    { kind: 'text', text: '1' },
  ])
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4)
})

test('a file is named with its size', async () => {
  const { terminal, shown } = open()
  const file = { name: 'du-lieu.json', mediaType: 'application/json', bytes: new Uint8Array(12) }
  await terminal.sender.sendFile?.(terminal.address, file, 'Dữ liệu của anh/chị')
  expect(shown).toEqual(['Dữ liệu của anh/chị\n[du-lieu.json, 12 byte]'])
})

test('npm run chat answers line by line and ends with its input', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nscl-chat-'))
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, ['src/cli/chat.ts'], { env: { PATH, HOME, DATA_DIR: folder } })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
  })
  child.stdin.end('xin chào\nhồ sơ của tôi\n')
  const code = await new Promise((resolve) => child.on('close', resolve))
  rmSync(folder, { recursive: true, force: true })
  expect(code).toBe(0)
  expect(shown).toContain('không phải người')
  expect(shown).toMatch(/\[1\] \S/)
  expect(shown.split('> ')).toHaveLength(4)
})
