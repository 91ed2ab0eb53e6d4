import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp, createLog } from '../../src/app/index.ts'
import { laneOf } from '../../src/channel/index.ts'
import { readConfig } from '../../src/config.ts'
import type { Stored, TurnReport } from '../../src/conversation/index.ts'
import { testDatabase } from '../support/database.ts'
import { AT, type House, type Talk, talk, textOf } from './support.ts'

/**
 * Over whole conversations: whatever people write, press, press again and press late, whatever the platform delivers
 * twice, and wherever the process is replaced by another one: a registration that was promised is there, once.
 */

let db: Awaited<ReturnType<typeof testDatabase>>
let processes: App[] = []
beforeAll(async () => {
  db = await testDatabase()
  const key = randomBytes(32)
  const config = readConfig({ LOG_LEVEL: 'silent' })
  for (let i = 0; i < 2; i++) {
    const app = await createApp({ db, key, config, log: createLog('silent'), clock: () => AT })
    await app.start('web')
    processes.push(app)
  }
}, 90_000)
afterAll(async () => {
  for (const app of processes) await app.stop()
  processes = []
  await db.close()
}, 60_000)

const SAID = fc.constantFrom(
  'đăng ký làm VietGAP',
  'đăng ký ISO 9001',
  'đăng ký',
  'HTX Phước Hữu',
  'Công ty TNHH An Bình',
  'Lê Văn Huy',
  '0912 345 678',
  'xã Phước Hữu',
  'tôi đồng ý',
  'không đồng ý',
  'gửi',
  'huỷ',
  'tiếp tục',
  'quay lại',
  'sửa số điện thoại',
  'có mất phí không?',
  'tỉnh có hỗ trợ ISO 9001 không?',
  'hồ sơ của tôi',
  'gặp cán bộ',
  '/dulieu',
  'menu',
  'cảm ơn',
  '😀',
)
const CODE = fc.constantFrom(
  '#signup:gap',
  '#signup:5s',
  '#resume',
  '#own',
  '#survey',
  '#f:abc-1:send',
  '#lang:vi',
)
const MOVE = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'finish' as const }) },
  { weight: 6, arbitrary: SAID.map((text) => ({ kind: 'say' as const, text })) },
  { weight: 4, arbitrary: fc.nat(4).map((index) => ({ kind: 'button' as const, index })) },
  { weight: 2, arbitrary: fc.nat(60).map((back) => ({ kind: 'old' as const, back })) },
  { weight: 1, arbitrary: CODE.map((send) => ({ kind: 'code' as const, send })) },
  { weight: 2, arbitrary: fc.nat(60).map((back) => ({ kind: 'again' as const, back })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
)
type Move = typeof MOVE extends fc.Arbitrary<infer T> ? T : never

/** What a willing person says next, told from the question on the screen. */
function fitting(shown: string, labels: readonly string[]): string {
  if (labels.includes('Gửi đăng ký') || labels.includes('Lưu thay đổi')) return 'gửi'
  if (labels.includes('Tôi đồng ý')) return 'tôi đồng ý'
  if (/Tên doanh nghiệp/.test(shown)) return 'HTX Phước Hữu'
  if (/Sở liên hệ với ai/.test(shown)) return 'Lê Văn Huy'
  if (/[Ss]ố điện thoại/.test(shown)) return '0912 345 678'
  if (/xã, phường|xã\/phường|phường nào/.test(shown)) return 'xã Phước Hữu'
  return 'đăng ký làm VietGAP'
}

const PROMISED = /(?:✅ Tôi đã ghi nhận đăng ký[\s\S]*?Mã: )([34679ACDEFGHJKMNPQRTWXY]{8})/

class Life {
  house: House = { db, app: processes[0] as App, now: { at: AT }, close: () => Promise.resolve() }
  one: Talk = talk(this.house)
  done: Stored[] = []
  buttons: string[] = []
  promised: string[] = []
  shown = ''

  async run(moves: readonly Move[]): Promise<void> {
    await this.turn({ kind: 'press', send: '#province:ninh-thuan' })
    for (const move of moves) await this.move(move)
  }

  private async move(move: Move): Promise<void> {
    switch (move.kind) {
      case 'say':
        return await this.turn({ kind: 'text', text: move.text })
      case 'finish':
        for (let i = 0; i < 8 && (i === 0 || !PROMISED.test(this.shown)); i++)
          await this.turn({ kind: 'text', text: fitting(this.shown, this.labels()) })
        return
      case 'button': {
        const actions = this.one.replies.flatMap((reply) => reply.actions)
        const send = actions[move.index % Math.max(1, actions.length)]?.send
        return send === undefined ? undefined : await this.turn({ kind: 'press', send })
      }
      case 'old': {
        const send = this.buttons.at(-1 - (move.back % Math.max(1, this.buttons.length)))
        return send === undefined ? undefined : await this.turn({ kind: 'press', send })
      }
      case 'code':
        return await this.turn({ kind: 'press', send: move.send })
      case 'again': {
        const message = this.done.at(-1 - (move.back % this.done.length))
        if (message) expect((await this.house.app.turn(message)).outcome).toBe('done_before')
        return
      }
      case 'restart': {
        const other = processes[this.house.app === processes[0] ? 1 : 0]
        if (other) this.house.app = other
      }
    }
  }

  private labels(): string[] {
    return this.one.replies.flatMap(({ actions }) => actions.map(({ label }) => label))
  }

  private async turn(content: Stored['content']): Promise<void> {
    const message = await this.one.keep(content)
    const report: TurnReport = await this.house.app.turn(message)
    this.done.push(message)
    this.one.replies = report.replies
    this.buttons.push(...report.replies.flatMap(({ actions }) => actions.map(({ send }) => send)))
    this.shown = textOf(report)
    expect(report.replies.length, JSON.stringify(content)).toBeGreaterThan(0)
    const reference = PROMISED.exec(this.shown)?.[1]
    if (reference !== undefined) this.promised.push(reference)
  }

  async stored(): Promise<{ reference: string; state: string; support: string; name: string }[]> {
    const { rows } = await db.query<{ reference: string; state: string; support: string; name: string }>(
      `select r.reference, r.state, r.support, r.enterprise_name as name from registration r
         join conversation c on c.id = r.conversation_id where c.lane = $1`,
      [laneOf(this.one.address)],
    )
    return rows
  }
}

let everPromised = 0

test('no sequence of messages, presses and restarts loses or doubles a registration', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(MOVE, { minLength: 6, maxLength: 22 }), async (moves) => {
      const life = new Life()
      await life.run(moves)
      const rows = await life.stored()
      everPromised += rows.length
      expect(rows.map(({ reference }) => reference).sort()).toEqual([...life.promised].sort())
      const live = rows
        .filter(({ state }) => state !== 'cancelled')
        .map((row) => `${row.support} ${row.name}`)
      expect(new Set(live).size).toBe(live.length)
    }),
    { seed: 20_261_122, numRuns: 20, endOnFailure: true },
  )
  expect(everPromised).toBeGreaterThan(8) // the moves do reach the end of forms
}, 60_000)
