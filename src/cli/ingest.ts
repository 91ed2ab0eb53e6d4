/** `npm run ingest`: brings the database in step with the knowledge folder and says what was refused. */
import { readConfig } from '../config.ts'
import { DatabaseUnavailable, migrate, openDatabase } from '../database/index.ts'
import { ingest } from '../knowledge/index.ts'

try {
  const config = readConfig(process.env)
  const url = config.DATABASE_URL
  const db = await openDatabase(url === undefined ? { dataDir: config.DATA_DIR } : { url })
  try {
    await migrate(db)
    const report = await ingest(
      db,
      config.KNOWLEDGE_DIR,
      config.PROVINCES ? { provinces: config.PROVINCES } : {},
    )
    for (const { file, line, reason } of report.refused) console.error(`${file}:${line}: ${reason}`)
    const changed = report.changed.length === 0 ? 'nothing new' : `new: ${report.changed.join(', ')}`
    console.log(`${report.documents} documents, ${report.passages} units served; ${changed}`)
    process.exitCode = report.refused.length === 0 ? 0 : 1
  } finally {
    await db.close()
  }
} catch (error) {
  if (!(error instanceof DatabaseUnavailable) && !(error instanceof Error && error.name === 'ConfigError'))
    throw error
  console.error(error.message)
  process.exitCode = 1
}
