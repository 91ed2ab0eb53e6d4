import { serve } from '@hono/node-server'
import { telegramChannel } from '../../src/channel/telegram/index.ts'
import { openDatabase } from '../../src/database/index.ts'
import { deliver, silent } from './delivery.ts'

/**
 * One of the processes that are killed: the real webhook, inbox, queue, outbox and sender, and a turn that keeps a
 * state per conversation: the count of its messages and their order.
 */
const {
  CHAOS_DB: url = '',
  CHAOS_PLATFORM: apiRoot = '',
  CHAOS_PORT: port = '0',
  CHAOS_SECRET: secret = '',
} = process.env

const db = await openDatabase({ url, poolMax: 12 })
let accept: Parameters<typeof telegramChannel>[0]['accept'] = () => Promise.reject(new Error('not ready'))
const channel = telegramChannel({
  token: '1:x',
  apiRoot,
  mode: 'webhook',
  webhookUrl: 'https://example.org/webhooks/telegram',
  secret,
  account: '1',
  accept: (event) => accept(event),
  log: silent,
})
const rooms = await deliver(db, channel.sender, {
  turn: async (message, { inbox, outbox }) => {
    const lane = `telegram:1:${message.address.person}`
    const text = message.content.kind === 'text' ? message.content.text : '?'
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30)) // as if somebody thought
    await db.inTransaction(async (tx) => {
      if (!(await inbox.done(tx, message.id))) return
      const { rows } = await tx.query<{ n: number }>(
        `insert into chaos_state (lane, n, texts) values ($1, 1, array[$2])
         on conflict (lane) do update set n = chaos_state.n + 1, texts = chaos_state.texts || $2
         returning n`,
        [lane, text],
      )
      const reply = { text: `${text} #${rows[0]?.n}`, citations: [], actions: [] }
      await outbox.say(tx, message.address, reply, {
        cause: `inbound:${message.id}:1`,
        from: 'assistant',
        province: null,
      })
    })
  },
})
accept = rooms.inbox.accept
serve({ fetch: channel.routes.fetch, port: Number(port), hostname: '127.0.0.1' }, ({ port: at }) =>
  process.send?.({ port: at }),
)
process.on('disconnect', () => process.exit(0)) // whoever started it is gone
