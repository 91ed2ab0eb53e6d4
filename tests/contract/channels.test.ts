import { Hono } from 'hono'
import type { Sender } from '../../src/channel/index.ts'
import { telegramChannel } from '../../src/channel/telegram/index.ts'
import { terminalChannel } from '../../src/channel/terminal/index.ts'
import { webChannel } from '../../src/channel/web/index.ts'
import { NOW, zaloHarness } from '../channel/zalo-setup.ts'
import { scriptedAssistant } from '../support/assistant.ts'
import type { Live } from '../support/browser-page.ts'
import { plansAnswer } from '../support/plans-answer.ts'
import { serveApp, until } from '../support/serve.ts'
import { telegramServer } from '../support/telegram-server.ts'
import { telegramStage, terminalStage, webStage, zaloStage } from './stage.ts'
import { channelSuite } from './suite.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

channelSuite('web', async () => {
  const assistant = scriptedAssistant(plansAnswer)
  const channel = webChannel({
    account: 'page',
    secret: Buffer.alloc(32, 3),
    about: () => ({ department: 'Sở', plans: [] }),
    allowedOrigins: [],
    log,
    ...assistant,
  })
  assistant.connect('web', channel.sender)
  const server = await serveApp(new Hono().route('/', channel.routes))
  const lives: Live[] = []
  return {
    stage: webStage(server.url, lives),
    events: assistant.events,
    async close() {
      await assistant.stop()
      for (const live of lives) live.close()
      await channel.stop()
      await server.close()
    },
  }
})

for (const mode of ['webhook', 'polling'] as const) {
  channelSuite(`telegram (${mode})`, async () => {
    const assistant = scriptedAssistant(plansAnswer)
    const telegram = await telegramServer()
    const app = new Hono()
    const server = await serveApp(app)
    const channel = telegramChannel({
      token: telegram.token,
      apiRoot: telegram.url,
      mode,
      webhookUrl: `${server.url}/webhooks/telegram`,
      secret: 'a-secret-of-more-than-sixteen',
      account: 'bot',
      accept: assistant.accept,
      log,
    })
    app.route('/', channel.routes)
    assistant.connect('telegram', channel.sender)
    channel.start()
    if (mode === 'webhook') await until(() => telegram.webhook)
    return {
      stage: telegramStage(telegram),
      events: assistant.events,
      async close() {
        await assistant.stop()
        await channel.stop()
        await server.close()
        await telegram.close()
      },
    }
  })
}

channelSuite('zalo', async () => {
  const assistant = scriptedAssistant(async (event) => {
    await harness.channel.observe(event) // what the worker does before a turn
    return plansAnswer(event)
  })
  const harness = await zaloHarness({ channel: { accept: assistant.accept } })
  assistant.connect('zalo', harness.channel.sender)
  return {
    stage: zaloStage(harness.zalo, harness.url, () => NOW),
    events: assistant.events,
    async close() {
      await assistant.stop()
      await harness.close()
    },
  }
})

channelSuite('terminal', () => {
  const assistant = scriptedAssistant(plansAnswer)
  const screens = new Map<string, Sender>()
  // One process has one terminal; here each person's own screen shows what is sent to that person.
  assistant.connect('terminal', {
    send: async (to, message, progress) => {
      const screen = screens.get(to.person)
      if (!screen) throw new Error(`no screen for ${to.person}`)
      return await screen.send(to, message, progress)
    },
  })
  return Promise.resolve({
    stage: terminalStage((write, person) => {
      const terminal = terminalChannel({ account: 'tests', person, accept: assistant.accept, write })
      screens.set(person, terminal.sender)
      return terminal
    }),
    events: assistant.events,
    close: async () => await assistant.stop(),
  })
})
