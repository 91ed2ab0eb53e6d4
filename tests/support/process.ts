import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The real program as a process of its own, on a port and a folder of its own. */

export interface Program {
  base: string
  output(): string
  kill(signal: NodeJS.Signals): Promise<number | null>
  process: ChildProcess
}

export function folder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'nscl-process-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs the program to its end and gives back what it said. */
export async function runToEnd(
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const program = launch(environment)
  const code = await new Promise<number | null>((resolve) => program.process.once('exit', resolve))
  return { code, output: program.output() }
}

/** Starts the program on a port of its own choice, which it announces, and waits until it is ready. */
export async function start(environment: Record<string, string>): Promise<Program> {
  const program = launch({ ...environment, PORT: '0' })
  for (let attempt = 0; attempt < 600; attempt++) {
    if (program.process.exitCode !== null) throw new Error(`ended at once: ${program.output()}`)
    const port = /^Chat page: +http:\/\/localhost:(\d+)\//m.exec(program.output())?.[1]
    const base = `http://127.0.0.1:${port}`
    const ready =
      port !== undefined &&
      (await fetch(`${base}/readyz`).then(
        (response) => response.ok,
        () => false,
      ))
    if (ready) return { ...program, base }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await program.kill('SIGKILL')
  throw new Error(`not ready in 60 s: ${program.output()}`)
}

function launch(environment: Record<string, string>): Omit<Program, 'base'> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return {
    process: child,
    output: () => output,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
      child.kill(signal)
      return await ended
    },
  }
}

/** A person on the chat page: keeps the cookie, says something, reads what is on the page. */
export class Visitor {
  private cookie = ''
  private readonly base: () => string

  constructor(base: () => string) {
    this.base = base
  }

  async page(): Promise<string> {
    const response = await fetch(`${this.base()}/`, { headers: { cookie: this.cookie } })
    this.keep(response)
    return await response.text()
  }

  /** @returns the HTTP status; 200 and 202 mean that the message is kept */
  async say(text: string, id: string = crypto.randomUUID()): Promise<number> {
    if (this.cookie === '') await this.page()
    const body = text.startsWith('#') ? { id, send: text } : { id, text }
    const response = await fetch(`${this.base()}/chat/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.cookie, origin: this.base() },
      body: JSON.stringify(body),
    })
    this.keep(response)
    await response.text()
    return response.status
  }

  /** The page once it holds `text`; throws with the page's words after `ms`. */
  async until(text: string | RegExp, ms = 20_000): Promise<string> {
    const end = Date.now() + ms
    for (;;) {
      const words = wordsOf(await this.page().catch(() => ''))
      if (typeof text === 'string' ? words.includes(text) : text.test(words)) return words
      if (Date.now() > end) throw new Error(`"${String(text)}" did not appear in: ${words.slice(-800)}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  private keep(response: Response): void {
    const [cookie] = response.headers.getSetCookie()
    if (cookie) this.cookie = cookie.split(';')[0] ?? ''
  }
}

export function wordsOf(html: string): string {
  return html
    .replace(/<(script|style|head)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}
