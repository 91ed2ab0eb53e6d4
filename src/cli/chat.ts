import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import { type App, createApp, createLog, readKey } from '../app/index.ts'
import { terminalChannel } from '../channel/terminal/index.ts'
import { ConfigError, readConfig } from '../config.ts'
import { type Database, DatabaseUnavailable, openDatabase } from '../database/index.ts'

/** `npm run chat`: the same conversation as on every channel, in the terminal; numbers press the buttons shown. */

const IDLE_POLL_MS = 100
const IDLE_MAX_MS = 60_000

async function main(): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env })
  const { db, kept } = await database(config)
  const log = createLog(config.LOG_LEVEL)
  const key = readKey(config.DATA_KEY, config.DATA_DIR)
  const write = (text: string) => console.log(`\n${text}\n`)
  const terminal = terminalChannel({
    account: 'terminal',
    person: kept ? userInfo().username : randomUUID(),
    accept: async (event) => await app.parts.inbox.accept(event),
    write,
  })
  const app = await createApp({ db, key, config, log, clock: () => new Date(), terminal: terminal.sender })
  await app.start('all')
  if (!kept) write(`(${config.DATA_DIR} đang được tiến trình khác dùng: trò chuyện này không được lưu lại.)`)
  // This may be the first start of the installation: the password is made once and kept nowhere.
  if (kept && app.firstPassword) {
    const { name, password } = app.firstPassword
    write(`First sign-in at /staff: name ${name}, one-time password ${password} (shown this once)`)
  }
  write('Trợ lý tự động. Gõ câu hỏi, hoặc số của nút; Ctrl+D để thoát.')

  const lines = createInterface({ input: process.stdin })
  // Written by hand: readline's own prompt throws when piped input has already ended.
  const prompt = () => process.stdout.write('> ')
  prompt()
  for await (const line of lines) {
    await terminal.line(line)
    await idle(app.parts, db)
    prompt()
  }
  await app.stop()
  await db.close()
}

/** Waits until what was typed is answered, so that the next prompt stands below the reply. */
async function idle({ inbox, outbox }: App['parts'], db: Database): Promise<void> {
  for (const end = Date.now() + IDLE_MAX_MS; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS))
    const [unanswered, { waiting }] = await Promise.all([inbox.waiting(db), outbox.counts(db)])
    if (unanswered === 0 && waiting === 0) return
  }
}

/** The installation's own database, so that a sign-up made here is seen in the console; a passing one while it is in use. */
async function database(config: ReturnType<typeof readConfig>): Promise<{ db: Database; kept: boolean }> {
  if (config.DATABASE_URL !== undefined) {
    return { db: await openDatabase({ url: config.DATABASE_URL }), kept: true }
  }
  try {
    return { db: await openDatabase({ dataDir: config.DATA_DIR }), kept: true }
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    return { db: await openDatabase({}), kept: false }
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError || error instanceof DatabaseUnavailable)) throw error
  console.error(`nscl-assistant: ${error.message}`)
  process.exit(1)
})
