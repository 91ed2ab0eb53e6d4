import { serve } from '@hono/node-server'
import { createApp, createLog, readKey } from './app/index.ts'

import { type Config, readConfig } from './config.ts'
import { openDatabase } from './database/index.ts'

/** Starts one process: settings → database → parts → roles; stops them in reverse order. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.LOG_LEVEL)
  const key = readKey(config.DATA_KEY, config.DATA_DIR)
  const db = await openDatabase(
    config.DATABASE_URL === undefined ? { dataDir: config.DATA_DIR } : { url: config.DATABASE_URL },
  )
  const app = await createApp({ db, key, config, log, clock: () => new Date() })
  await app.start(config.ROLE)
  const server = serve({ fetch: app.routes.fetch, port: config.PORT, hostname: config.HOST }, ({ port }) =>
    announce(config, port, app.firstPassword),
  )
  server.on('error', (error: NodeJS.ErrnoException) => {
    fail(
      error.code === 'EADDRINUSE'
        ? `PORT: ${config.PORT} is in use; set PORT to a free one`
        : `PORT: cannot listen: ${error.code ?? error.name}`,
    )
  })

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), 9_500).unref()
    const closed = new Promise((resolve) => server.close(resolve))
    await app.stop()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
    await db.close()
    process.exit(0)
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
}

/** What a person at the keyboard needs to know; the log goes on in JSON below it. */
function announce(
  config: Config,
  port: number,
  firstPassword: { name: string; password: string } | null,
): void {
  const base = config.PUBLIC_URL ?? `http://localhost:${port}`
  const lines = [`Chat page:      ${base}/`, `Staff console:  ${base}/staff`]
  if (firstPassword) {
    lines.push(
      `First sign-in:  name ${firstPassword.name}, one-time password ${firstPassword.password}`,
      '                (shown this once; you will be asked to change it)',
    )
  }
  console.log(`\n${lines.join('\n')}\n`)
}

function fail(line: string): never {
  console.error(`nscl-assistant: ${line}`)
  process.exit(1)
}

/** By name: loading the model's room for its error class would cost a third of a second at every start. */
const OPERATORS = ['ConfigError', 'DatabaseUnavailable', 'KeyProblem', 'PromptError']

main().catch((error: unknown) => {
  if (error instanceof Error && OPERATORS.includes(error.name)) fail(error.message)
  throw error
})
