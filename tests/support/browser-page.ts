import { until } from './serve.ts'

/** The chat page without a browser: keeps the cookie, sends as the script does, reads the stream. */
export interface ChatPage {
  cookie: string
  open(path?: string): Promise<string>
  post(fields: Record<string, unknown>, headers?: Record<string, string>): Promise<Response>
  /** As the page does without script. */
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  listen(lastId?: string | null): Promise<Live>
}

export interface Live {
  status: number
  events: { id: string; event: string; html: string }[]
  waitFor(text: string): Promise<string>
  close(): void
}

export function chatPage(url: string): ChatPage {
  const live: ChatPage = {
    cookie: '',
    async open(path = '/') {
      const response = await call(path)
      return await response.text()
    },
    post: async (fields, headers = {}) =>
      await call('/chat/send', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(fields),
      }),
    form: async (path, fields, headers = { origin: url }) =>
      await call(path, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    async listen(lastId = null) {
      const stop = new AbortController()
      const headers = lastId === null ? {} : { 'last-event-id': lastId }
      const response = await call('/chat/stream', { headers, signal: stop.signal })
      const events: Live['events'] = []
      if (response.body && response.status === 200) void read(response.body, events)
      return {
        status: response.status,
        events,
        close: () => stop.abort(),
        waitFor: async (text) => await until(() => events.find(({ html }) => html.includes(text))?.html),
      }
    },
  }

  async function call(
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const response = await fetch(url + path, {
      ...init,
      headers: { ...init.headers, ...(live.cookie === '' ? {} : { cookie: live.cookie }) },
    })
    for (const set of response.headers.getSetCookie()) {
      if (set.startsWith('nscl_chat=')) live.cookie = set.split(';')[0] ?? ''
    }
    return response
  }
  return live
}

async function read(body: ReadableStream<Uint8Array>, events: Live['events']): Promise<void> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? ''
        const event = field('event')
        if (event === '') continue
        const data = field('data')
        const html = data === '' ? '' : (JSON.parse(data) as { html: string }).html
        events.push({ id: field('id'), event, html })
      }
    }
  } catch {
    // closed by the test
  }
}
