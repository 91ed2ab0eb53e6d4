import { Hono } from 'hono'
import type { Stored, TurnReport } from '../conversation/index.ts'
import { migrate } from '../database/index.ts'
import { ingest } from '../knowledge/index.ts'
import { ensureFirstAdministrator, FIRST_ADMINISTRATOR } from '../staff/index.ts'
import { type BuildOptions, build, type Parts } from './build.ts'
import { checkKey } from './key.ts'

export type { BuildOptions, Parts } from './build.ts'
export { readKey } from './key.ts'
export { createLog, type Log } from './log.ts'

export interface App {
  routes: Hono
  /** The one-time password of the first administrator, at the very first start only. */
  firstPassword: { name: string; password: string } | null
  start(role: 'all' | 'web' | 'worker'): Promise<void>
  stop(): Promise<void>
  /** One stored message through its turn, for callers that do not want the queue (evaluation). */
  turn(message: Stored): Promise<TurnReport>
  parts: Parts
}

/** Brings the database up to date, takes in the documents and wires every room to its neighbours. */
export async function createApp(options: BuildOptions): Promise<App> {
  const { db, log, key, config } = options
  await migrate(db)
  await checkKey(db, key)
  const report = await ingest(
    db,
    config.KNOWLEDGE_DIR,
    config.PROVINCES ? { provinces: config.PROVINCES } : {},
  )
  for (const { file, line, reason } of report.refused) {
    log.error({ file, line, reason }, 'document refused; what it said before goes on serving')
  }
  log.info(
    { documents: report.documents, passages: report.passages, changed: report.changed.length },
    'knowledge ready',
  )
  const parts = await build(options)
  const password = await ensureFirstAdministrator(db)
  return {
    parts,
    turn: parts.turn,
    routes: routesOf(parts, options),
    firstPassword: password === null ? null : { name: FIRST_ADMINISTRATOR, password },
    start: async (role) => await start(parts, options, role),
    stop: async () => await stop(parts),
  }
}

async function start(parts: Parts, { config }: BuildOptions, role: 'all' | 'web' | 'worker'): Promise<void> {
  const { inbox, outbox, queue, turn, zalo } = parts
  inbox.start(async (message) => {
    if (message.address.channel === 'zalo') await zalo.observe(message)
    await turn(message)
  })
  outbox.start()
  parts.schedule(queue, parts.dense && (async () => await parts.dense?.sync()))
  await queue.start({ work: role !== 'web' })
  if (role !== 'worker') await parts.web.start()
  if (config.ZALO_APP_ID && config.ZALO_APP_SECRET && config.ZALO_OA_ID && config.ZALO_OA_SECRET) {
    await zalo.ensureFirst({
      appId: config.ZALO_APP_ID,
      appSecret: config.ZALO_APP_SECRET,
      oaId: config.ZALO_OA_ID,
      oaSecret: config.ZALO_OA_SECRET,
      refreshToken: config.ZALO_REFRESH_TOKEN,
      verifierCodes: config.ZALO_SITE_VERIFICATION,
      codeVerifier: config.ZALO_CODE_VERIFIER,
    })
  }
  // One process may poll; a webhook may be heard by all of the web role.
  if (parts.telegram && (config.TELEGRAM_WEBHOOK_URL !== undefined || role !== 'web')) parts.telegram.start()
}

async function stop({ telegram, web, zalo, inbox, outbox, queue }: Parts): Promise<void> {
  await telegram?.stop()
  await web.stop()
  await inbox.stop()
  await outbox.stop()
  await queue.stop()
  await zalo.stop() // a refresh in flight must end before the database closes, or the grant is lost
}

function routesOf({ web, zalo, telegram, staff, knowledge }: Parts, { db }: BuildOptions): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', async (c) => {
    try {
      const documents = await db.query('select 1').then(async () => await knowledge.documents())
      return documents.length > 0
        ? c.json({ ready: true, documents: documents.length })
        : c.json({ ready: false, reason: 'no knowledge' }, 503)
    } catch {
      return c.json({ ready: false, reason: 'database' }, 503)
    }
  })
  app.route('/', staff)
  app.route('/', zalo.routes)
  if (telegram) app.route('/', telegram.routes)
  app.route('/', web.routes)
  return app
}
