/** `npm run zalo -- <command>`: connects Official Accounts, sets them up and shows how they are. */
import { KeyProblem, readKey } from '../app/key.ts'
import { ConfigError, readConfig } from '../config.ts'
import { DatabaseUnavailable, migrate, openDatabase } from '../database/index.ts'
import { zaloCommand } from './zalo-command.ts'

try {
  const config = readConfig(process.env)
  const db = await openDatabase(
    config.DATABASE_URL === undefined ? { dataDir: config.DATA_DIR } : { url: config.DATABASE_URL },
  )
  try {
    await migrate(db)
    const key = readKey(config.DATA_KEY, config.DATA_DIR)
    process.exitCode = await zaloCommand(process.argv.slice(2), { config, db, key })
  } finally {
    await db.close()
  }
} catch (error) {
  const told =
    error instanceof DatabaseUnavailable || error instanceof ConfigError || error instanceof KeyProblem
  if (!told) throw error
  console.error(error.message)
  process.exitCode = 1
}
