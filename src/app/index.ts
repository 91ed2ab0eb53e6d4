import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Hono } from 'hono'
import { createAnswerer } from '../answer/index.ts'
import { createAccounts } from '../channel/accounts/index.ts'
import type { Address, ChannelName, Sender } from '../channel/index.ts'
import { type TelegramChannel, telegramChannel } from '../channel/telegram/index.ts'
import { postgresRelay, webChannel } from '../channel/web/index.ts'
import { zaloChannel } from '../channel/zalo/index.ts'
import type { Config } from '../config.ts'
import { createTurn, findByLane, type Stored, type TurnReport } from '../conversation/index.ts'
import { type Database, migrate } from '../database/index.ts'
import { createInbox } from '../inbox/index.ts'
import { ingest, openKnowledge } from '../knowledge/index.ts'
import { createModel, loadPrompts } from '../llm/index.ts'
import { createOutbox } from '../outbox/index.ts'
import { createQueue } from '../queue/index.ts'
import { createContacts, createSwitches, ensureFirstAdministrator, FIRST_ADMINISTRATOR, staffApp } from '../staff/index.ts'
import { createVault } from '../vault/index.ts'
import { checkKey } from './key.ts'
import type { Log } from './log.ts'
import { createProvinceNames } from './provinces.ts'
import { createRooms } from './rooms.ts'

export interface AppOptions {
  db: Database
  key: Buffer
  config: Config
  log: Log
  clock: () => Date
  /** Takes the terminal's place (npm run chat, the evaluation). */
  terminal?: Sender
}

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

export type Parts = Awaited<ReturnType<typeof build>>

/** Brings the database up to date, takes in the documents and wires every room to its neighbours. */
export async function createApp(options: AppOptions): Promise<App> {
  const { db, log, key, config } = options
  await migrate(db)
  await checkKey(db, key)
  const report = await ingest(db, config.KNOWLEDGE_DIR, config.PROVINCES ? { provinces: config.PROVINCES } : {})
  for (const refusal of report.refused) log.error({ ...refusal }, 'document refused; what it said before goes on serving')
  log.info({ documents: report.documents, passages: report.passages, changed: report.changed.length }, 'knowledge ready')
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

async function build({ db, key, config, log, clock, terminal }: AppOptions) {
  const vault = createVault(key)
  const knowledge = await openKnowledge(db, config.PROVINCES ? { provinces: config.PROVINCES } : {})
  const accounts = createAccounts({ db, vault, clock })
  const switches = createSwitches(db)
  const contacts = createContacts(db)
  const provinces = await createProvinceNames({ knowledge, accounts, contacts })
  const publicUrl = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
  const model =
    config.OPENAI_API_KEY === undefined && config.OPENAI_BASE_URL === undefined
      ? null
      : createModel({
          apiKey: config.OPENAI_API_KEY,
          baseUrl: config.OPENAI_BASE_URL,
          model: config.OPENAI_MODEL,
          embeddingModel: config.OPENAI_EMBEDDING_MODEL,
          transcriptionModel: config.OPENAI_TRANSCRIPTION_MODEL,
          db,
          isOff: async (province) => (await switches.isOff('model', province)) !== null,
          dailyTokens: config.MODEL_DAILY_TOKENS,
          personDailyTokens: config.MODEL_PERSON_DAILY_TOKENS,
          log,
        })
  const queue = createQueue({ db, log })
  const senders: Partial<Record<ChannelName, Sender>> = terminal ? { terminal } : {}
  const outbox = createOutbox({
    db,
    queue,
    log,
    senders,
    mayAssistantSpeak: async (lane) => {
      const conversation = await findByLane(db, lane)
      return conversation?.officerUntil == null || conversation.officerUntil <= clock()
    },
    onOperator: (channel, account, reason) => {
      log.error({ channel, account, reason }, 'a channel needs the operator')
      if (channel !== 'terminal') void accounts.raise(account, `${channel}_send`, { reason }).catch(() => {})
    },
  })
  const inbox = createInbox({ db, queue, log, say: outbox.say })
  const rooms = await createRooms({ db, vault, knowledge, outbox, inbox, provinces, contacts, config, log, publicUrl })
  const answerer = await createAnswerer({ knowledge, db, provinces: () => provinces.all(), model, prompts: model ? loadPrompts(config.PROMPTS_DIR) : null })
  const turn = createTurn({
    db,
    inbox,
    outbox,
    answerer,
    provinces,
    signUps: rooms.signUps,
    privacy: rooms.privacy,
    offers: rooms.offers,
    links: rooms.links,
    switches,
    hours: contacts,
    hear: model?.canTranscribe ? rooms.hearing({ model, channels: () => ({ telegram, zalo }) }) : null,
    digest: (lane) => vault.index(lane),
    clock,
  })
  const page = await accounts.ensureFirst({ kind: 'web', externalId: 'web', name: 'Trang web', provinces: [] })
  const web = webChannel({
    account: (page ?? (await accounts.byExternalId('web', 'web')))?.id ?? 'web',
    secret: createHash('sha256').update(key).update('web cookie').digest(),
    about: () => rooms.about(),
    accept: inbox.accept,
    transcript: rooms.transcript,
    file: rooms.fileOf,
    allowedOrigins: config.WEB_ALLOWED_ORIGINS,
    ...(config.PUBLIC_URL === undefined ? {} : { publicUrl: config.PUBLIC_URL }),
    callerOf: rooms.callerOf,
    ...(db.embedded ? {} : { relay: postgresRelay(db.pool) }),
    log,
    now: clock,
  })
  const zalo = zaloChannel({
    accounts,
    vault,
    db,
    accept: inbox.accept,
    roots: { oauth: config.ZALO_OAUTH_ROOT, api: config.ZALO_API_ROOT, business: config.ZALO_BUSINESS_ROOT },
    publicUrl: config.PUBLIC_URL ?? null,
    phoneOf: rooms.phoneOf,
    clock,
    log,
  })
  const telegram = await telegramOf({ config, accounts, accept: inbox.accept, log, clock })
  senders.web = web.sender
  senders.zalo = zalo.sender
  if (telegram) senders.telegram = telegram.sender
  const staff = staffApp({ db, key, publicUrl, now: clock, provinces: provinces.all(), log, inbox, outbox, switches, contacts, ...rooms.forStaff({ answerer, accounts, zalo, model }) })
  return { ...rooms, db, vault, knowledge, accounts, switches, contacts, provinces, model, queue, outbox, inbox, answerer, turn, web, zalo, telegram, staff }
}

async function telegramOf(parts: {
  config: Config
  accounts: ReturnType<typeof createAccounts>
  accept: Parameters<typeof telegramChannel>[0]['accept']
  log: Log
  clock: () => Date
}): Promise<TelegramChannel | null> {
  const { config, accounts } = parts
  const token = config.TELEGRAM_BOT_TOKEN
  if (token === undefined) return null
  const botId = token.split(':')[0] ?? token
  const first = await accounts.ensureFirst({ kind: 'telegram', externalId: botId, name: 'Telegram', provinces: [], secrets: { token } })
  const account = first ?? (await accounts.byExternalId('telegram', botId))
  return telegramChannel({
    token,
    account: account?.id ?? botId,
    accept: parts.accept,
    log: parts.log,
    now: parts.clock,
    mode: config.TELEGRAM_WEBHOOK_URL === undefined ? 'polling' : 'webhook',
    ...(config.TELEGRAM_API_ROOT === undefined ? {} : { apiRoot: config.TELEGRAM_API_ROOT }),
    ...(config.TELEGRAM_WEBHOOK_URL === undefined ? {} : { webhookUrl: config.TELEGRAM_WEBHOOK_URL }),
    ...(config.TELEGRAM_WEBHOOK_SECRET === undefined ? {} : { secret: config.TELEGRAM_WEBHOOK_SECRET }),
  })
}

async function start(parts: Parts, { config, db }: AppOptions, role: 'all' | 'web' | 'worker'): Promise<void> {
  const { inbox, outbox, queue, turn, zalo } = parts
  inbox.start(async (message) => {
    if (message.address.channel === 'zalo') await zalo.observe(message)
    await turn(message)
  })
  outbox.start()
  parts.schedule(queue, parts)
  await queue.start({ work: role !== 'web' })
  if (role !== 'worker') await parts.web.start()
  if (config.ZALO_APP_ID && config.ZALO_APP_SECRET && config.ZALO_OA_ID && config.ZALO_OA_SECRET) {
    await zalo.ensureFirst({
      appId: config.ZALO_APP_ID,
      appSecret: config.ZALO_APP_SECRET,
      oaId: config.ZALO_OA_ID,
      oaSecret: config.ZALO_OA_SECRET,
      refreshToken: config.ZALO_REFRESH_TOKEN,
    })
  }
  // One process may poll; a webhook may be heard by all of the web role.
  if (parts.telegram && (config.TELEGRAM_WEBHOOK_URL !== undefined || role !== 'web')) parts.telegram.start()
  void db
}

async function stop({ telegram, web, inbox, outbox, queue }: Parts): Promise<void> {
  await telegram?.stop()
  await web.stop()
  await inbox.stop()
  await outbox.stop()
  await queue.stop()
}

function routesOf({ web, zalo, telegram, staff, knowledge }: Parts, { db }: AppOptions): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', async (c) => {
    try {
      const documents = await db.query('select 1').then(async () => await knowledge.documents())
      return documents.length > 0 ? c.json({ ready: true, documents: documents.length }) : c.json({ ready: false, reason: 'no knowledge' }, 503)
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
