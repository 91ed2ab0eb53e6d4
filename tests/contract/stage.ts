import { randomUUID } from 'node:crypto'
import { chatPage, type Live } from '../support/browser-page.ts'
import { until } from '../support/serve.ts'
import type { TelegramServer } from '../support/telegram-server.ts'
import type { ZaloServer } from '../support/zalo-server.ts'

/** One person on one channel, through the platform's real shapes over HTTP; the same for every channel. */
export interface Person {
  /** Answers when the platform heard that the message is kept. */
  say(text: string): Promise<void>
  /** Presses the newest button with this label, as the platform delivers a press. */
  press(label: string): Promise<void>
  /** The platform delivers the last event once more. */
  deliverAgain(): Promise<void>
  /** Everything received so far, one string per message, sources included. */
  messages(): string[]
  /** Labels of the buttons under the newest message that has any. */
  buttons(): string[]
  /** Waits until a message contains the text. */
  hears(text: string): Promise<string>
}

export interface Stage {
  name: string
  /** @param id a different number for every person */
  person(id: number): Promise<Person>
}

interface Button {
  label: string
  send: string
}
interface Message {
  text: string
  buttons: Button[]
}

function personOn(
  messages: () => Message[],
  act: {
    say(text: string): Promise<() => Promise<unknown>>
    press(send: string): Promise<() => Promise<unknown>>
  },
): Person {
  let again: () => Promise<unknown> = () => Promise.resolve()
  const newestButtons = () => messages().findLast(({ buttons }) => buttons.length > 0)?.buttons ?? []
  return {
    async say(text) {
      again = await act.say(text)
    },
    async press(label) {
      const all = messages().flatMap(({ buttons }) => buttons)
      const button = all.findLast((candidate) => candidate.label === label)
      if (!button) throw new Error(`no button "${label}" among ${all.map((known) => known.label).join(', ')}`)
      again = await act.press(button.send)
    },
    async deliverAgain() {
      await again()
    },
    messages: () => messages().map(({ text }) => text),
    buttons: () => newestButtons().map(({ label }) => label),
    hears: async (text) =>
      await until(() => messages().find((message) => message.text.includes(text))?.text, 15_000),
  }
}

export function webStage(url: string, lives: Live[]): Stage {
  return {
    name: 'web',
    async person() {
      const page = chatPage(url)
      await page.open()
      const live = await page.listen()
      lives.push(live)
      const send = async (fields: Record<string, unknown>) => {
        const body = { id: randomUUID(), ...fields }
        const post = async () => {
          const answer = await page.post(body)
          if (!answer.ok) throw new Error(`web answered ${answer.status}`)
        }
        await post()
        return post
      }
      const messages = () =>
        live.events
          .filter(({ event }) => event === 'message')
          .map(({ html }) => ({ text: textOf(html), buttons: buttonsOf(html) }))
      return personOn(messages, { say: (text) => send({ text }), press: (code) => send({ send: code }) })
    },
  }
}

function buttonsOf(html: string): Button[] {
  return [...html.matchAll(/<button name="send" value="([^"]*)">([^<]*)<\/button>/g)].map(
    ([, send = '', label = '']) => ({
      send: plainText(send),
      label: plainText(label),
    }),
  )
}

function textOf(html: string): string {
  const bubble = /<div class="bubble">([\s\S]*?)<\/div>/.exec(html)?.[1] ?? ''
  return plainText(bubble.replace(/<\/(p|li|figcaption|summary)>|<br>/g, '\n').replace(/<[^>]+>/g, ''))
}

function plainText(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

export function telegramStage(server: TelegramServer): Stage {
  return {
    name: 'telegram',
    person(id) {
      const person = server.person(4_000_000_000_000 + id)
      const messages = () =>
        server.messagesTo(person.id).map(({ text, payload }) => {
          const markup = payload['reply_markup'] as
            | { inline_keyboard?: { text: string; callback_data: string }[][] }
            | undefined
          const buttons = (markup?.inline_keyboard ?? [])
            .flat()
            .map((button) => ({ label: button.text, send: button.callback_data }))
          return { text, buttons }
        })
      const last = async (work: Promise<unknown>) => {
        await work
        const update = server.lastUpdate()
        return async () => await server.pushAgain(update)
      }
      return Promise.resolve(
        personOn(messages, {
          say: (text) => last(person.say(text)),
          press: (code) => last(person.press(code)),
        }),
      )
    },
  }
}

/** @param zalo our app's address is where the stand-in posts its events */
export function zaloStage(zalo: ZaloServer, url: string, clock: () => Date): Stage {
  let tick = 0
  return {
    name: 'zalo',
    person(id) {
      const user = String(7_081_234_567_890_000_000n + BigInt(id))
      const messages = () =>
        zalo.sent
          .filter(({ to }) => to === user)
          .map(({ message }) => {
            const attachment = message['attachment'] as
              | { payload?: { buttons?: { title: string; payload: unknown }[] } }
              | undefined
            const buttons = (attachment?.payload?.buttons ?? []).map(({ title, payload }) => ({
              label: title,
              send: typeof payload === 'string' ? payload : JSON.stringify(payload),
            }))
            const text = message['text']
            return { text: typeof text === 'string' ? text : '', buttons }
          })
      // Zalo delivers a press as ordinary text.
      const say = async (text: string) => {
        const event = {
          app_id: zalo.appId,
          sender: { id: user },
          user_id_by_app: `5${user}`,
          recipient: { id: zalo.oaId },
          event_name: 'user_send_text',
          message: { text, msg_id: randomUUID().replaceAll('-', '').slice(0, 20) },
          timestamp: String(clock().getTime() + tick++),
        }
        const post = async () => {
          const answer = await zalo.event(`${url}/webhooks/zalo`, event)
          if (answer.status !== 200) throw new Error(`webhook answered ${answer.status}`)
        }
        await post()
        return post
      }
      return Promise.resolve(personOn(messages, { say, press: say }))
    },
  }
}

/** @param open a terminal for one person; `write` gets what it shows */
export function terminalStage(
  open: (write: (text: string) => void, person: string) => { line(text: string): Promise<void> },
): Stage {
  return {
    name: 'terminal',
    person(id) {
      const shown: Message[] = []
      const write = (text: string) => {
        const buttons = [...text.matchAll(/^ {2}\[(\d)\] (.+)$/gm)].map(([, send = '', label = '']) => ({
          send,
          label,
        }))
        shown.push({ text, buttons })
      }
      const terminal = open(write, `person-${id}`)
      const line = async (text: string) => {
        await terminal.line(text)
        return () => Promise.resolve() // a terminal has nobody to deliver a line twice
      }
      return Promise.resolve(personOn(() => shown, { say: line, press: line }))
    },
  }
}
