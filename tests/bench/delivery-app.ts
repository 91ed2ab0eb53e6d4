import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import { Bot, webhookCallback } from 'grammy'
import { telegramChannel } from '../../src/channel/telegram/index.ts'
import { openDatabase } from '../../src/database/index.ts'
import { deliver, silent } from '../load/delivery.ts'

/**
 * One process under measurement, told by its environment: `app` is the real webhook, inbox, queue, outbox and sender
 * with a turn that answers "re: …"; `keep` is the same without taking work (what the webhook alone can do); `bare`
 * is grammY's own webhook that stores nothing.
 */
const { BENCH_KIND: kind, BENCH_DB: url, BENCH_PLATFORM: platform, BENCH_SECRET: secret = '' } = process.env

const ready = (port: number) => process.send?.({ port })

if (kind === 'bare') {
  const bot = new Bot('1:x', {
    botInfo: { id: 1, is_bot: true, first_name: 'b', username: 'b' } as never,
  })
  bot.on('message', () => {})
  const handle = webhookCallback(bot, 'http', { secretToken: secret })
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1', () => ready((server.address() as { port: number }).port))
} else {
  if (url === undefined || platform === undefined) throw new Error('BENCH_DB and BENCH_PLATFORM are needed')
  const db = await openDatabase({ url, poolMax: 8 })
  let accept: Parameters<typeof telegramChannel>[0]['accept'] = () => Promise.resolve('stored')
  const channel = telegramChannel({
    token: '1:x',
    apiRoot: platform,
    mode: 'webhook',
    webhookUrl: 'https://example.org/webhooks/telegram',
    secret,
    account: '1',
    accept: (event) => accept(event),
    log: silent,
  })
  const rooms = await deliver(db, channel.sender, {
    work: kind === 'app',
    inbox: { perPerson: { burst: 1e9, perMinute: 1e9 }, waitingMax: 1e9 },
  })
  accept = rooms.inbox.accept
  serve({ fetch: channel.routes.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => ready(port))
}
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(0)) // whoever measures is gone
