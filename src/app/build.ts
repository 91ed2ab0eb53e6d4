import { createHash } from 'node:crypto'
import { createAnswerer, createPhrasedAnswerer, organisationNames } from '../answer/index.ts'
import { createAccounts } from '../channel/accounts/index.ts'
import type { Address, ChannelName, Sender } from '../channel/index.ts'
import { type TelegramChannel, telegramChannel } from '../channel/telegram/index.ts'
import { createUploads, postgresRelay, webChannel } from '../channel/web/index.ts'
import { isAnonymous, zaloChannel } from '../channel/zalo/index.ts'
import type { Config } from '../config.ts'
import {
  createTurn,
  findById,
  findByLane,
  giveBack,
  recent,
  takeOver,
  waiting,
} from '../conversation/index.ts'
import type { Database } from '../database/index.ts'
import { createInbox } from '../inbox/index.ts'
import { createDense, DENSE_WEIGHT, type Dense, type Knowledge, openKnowledge } from '../knowledge/index.ts'
import type { Model } from '../llm/index.ts'
import { createOutbox } from '../outbox/index.ts'
import { createQueue } from '../queue/index.ts'
import {
  createContacts,
  createOrganisationNotes,
  createSwitches,
  type StaffDeps,
  staffApp,
} from '../staff/index.ts'
import { createVault } from '../vault/index.ts'
import { callerOf } from './caller.ts'
import { knowledgePort, questionsPort } from './console.ts'
import { type Ears, hearing } from './hearing.ts'
import type { Log } from './log.ts'
import { createProvinceNames } from './provinces.ts'
import { createRooms } from './rooms.ts'

export interface BuildOptions {
  db: Database
  key: Buffer
  config: Config
  log: Log
  clock: () => Date
  /** Takes the terminal's place (npm run chat, the evaluation). */
  terminal?: Sender
  /** Other waiting times for the model than the usual ones. */
  modelTimes?: { timeoutMs?: number; patienceMs?: number }
}

export type Parts = Awaited<ReturnType<typeof build>>

/** Makes every room and hands it its neighbours. Nothing runs yet. */
export async function build({ db, key, config, log, clock, terminal, modelTimes = {} }: BuildOptions) {
  const vault = createVault(key)
  const switches = createSwitches(db)
  const contacts = createContacts(db)
  const organisationNotes = createOrganisationNotes(db)
  const accounts = createAccounts({ db, vault, clock })
  const model = await modelOf({ db, config, log, switches, timeoutMs: modelTimes.timeoutMs })
  const lexical = await openKnowledge(db, config.PROVINCES ? { provinces: config.PROVINCES } : {})
  const dense = denseOf(db, model)
  const knowledge = dense === null ? lexical : fused(lexical, dense)
  const provinces = await createProvinceNames({ knowledge, accounts, contacts })
  const publicUrl = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
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
      if (channel !== 'terminal') accounts.raise(account, `${channel}_send`, { reason }).catch(() => {})
    },
  })
  const inbox = createInbox({ db, queue, log, say: outbox.say })
  // The channels are made last and need the inbox; the few things rooms ask of them go through this one variable.
  const uploads = createUploads()
  const channels: Ears = { zalo: null, telegram: null, uploads }
  const rooms = await createRooms({
    db,
    vault,
    knowledge,
    outbox,
    inbox,
    provinces,
    config,
    log,
    publicUrl,
    clock,
    reach: async (to: Address) => (await senders[to.channel]?.reach?.(to)) ?? 'open',
    zalo: () => channels.zalo,
  })
  const extractive = await createAnswerer({
    knowledge,
    folder: config.KNOWLEDGE_DIR,
    bodyNotes: async (province) => await organisationNotes.of(province),
  })
  const answerer =
    model === null
      ? extractive
      : createPhrasedAnswerer({
          base: extractive,
          model,
          prompts: (await import('../llm/index.ts')).loadPrompts(config.PROMPTS_DIR),
          knowledge,
          log,
          ...(modelTimes.patienceMs === undefined ? {} : { patienceMs: modelTimes.patienceMs }),
        })
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
    canRegister: ({ channel, person }) => channel !== 'zalo' || !isAnonymous(person),
    typing: async (to) => await senders[to.channel]?.typing?.(to),
    hear: model?.canTranscribe ? hearing(model, channels, (lane) => vault.index(lane)) : null,
    digest: (lane) => vault.index(lane),
    clock,
  })
  const page = { kind: 'web', externalId: 'web', name: 'Trang web' } as const
  const web = webChannel({
    account: ((await accounts.ensureFirst(page)) ?? (await accounts.byExternalId('web', 'web')))?.id ?? 'web',
    secret: createHash('sha256').update(key).update('web cookie').digest(),
    about: async () => ({
      department: provinces.whose(null, 'vi'),
      plans: (await knowledge.documents()).map(({ label }) => label),
    }),
    accept: inbox.accept,
    transcript: rooms.transcript,
    file: rooms.fileOf,
    allowedOrigins: config.WEB_ALLOWED_ORIGINS,
    ...(config.PUBLIC_URL === undefined ? {} : { publicUrl: config.PUBLIC_URL }),
    callerOf: callerOf(config.TRUST_PROXY),
    // Recordings wait in this process's memory, so they are offered only where turns run beside the page.
    uploads: model?.canTranscribe && config.ROLE === 'all' ? uploads : null,
    ...(db.embedded ? {} : { relay: postgresRelay(db.pool) }),
    headHtml: async () => (await channels.zalo?.verificationMeta()) ?? '',
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
    clock,
    log,
  })
  const telegram = await telegramOf({ config, accounts, accept: inbox.accept, log, clock })
  Object.assign(channels, { zalo, telegram })
  Object.assign(senders, {
    web: web.sender,
    zalo: zalo.sender,
    ...(telegram ? { telegram: telegram.sender } : {}),
  })
  const staff = staffApp({
    db,
    key,
    publicUrl,
    now: clock,
    callerOf: callerOf(config.TRUST_PROXY),
    provinces: provinces.all(),
    log,
    inbox,
    outbox,
    switches,
    contacts,
    organisations: { notes: organisationNotes, bodies: organisationNames(config.KNOWLEDGE_DIR) },
    conversations: { findById, takeOver, giveBack, waiting, recent },
    desk: rooms.desk,
    privacy: rooms.privacyDesk,
    zalo: { ...zalo, accounts },
    model: await modelPort(model, config),
    questions: questionsPort(db, answerer),
    knowledge: knowledgePort(db, knowledge),
    ...(await rooms.forStaff()),
  })
  return {
    ...rooms,
    knowledge,
    dense,
    accounts,
    provinces,
    model,
    switches,
    queue,
    outbox,
    inbox,
    answerer,
    turn,
    web,
    zalo,
    telegram,
    staff,
  }
}

/** The model's packages take a third of a second to load, so they are loaded only where a model is configured. */
async function modelOf(parts: {
  db: Database
  config: Config
  log: Log
  switches: ReturnType<typeof createSwitches>
  timeoutMs: number | undefined
}): Promise<Model | null> {
  const { config, switches } = parts
  if (config.OPENAI_API_KEY === undefined && config.OPENAI_BASE_URL === undefined) return null
  const { createModel } = await import('../llm/index.ts')
  return createModel({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    model: config.OPENAI_MODEL,
    embeddingModel: config.OPENAI_EMBEDDING_MODEL,
    transcriptionModel: config.OPENAI_TRANSCRIPTION_MODEL,
    db: parts.db,
    isOff: async (province) => (await switches.isOff('model', province)) !== null,
    dailyTokens: config.MODEL_DAILY_TOKENS,
    personDailyTokens: config.MODEL_PERSON_DAILY_TOKENS,
    log: parts.log,
    ...(parts.timeoutMs === undefined ? {} : { timeoutMs: parts.timeoutMs }),
  })
}

async function modelPort(model: Model | null, config: Config): Promise<StaffDeps['model']> {
  if (model === null) return null
  const { modelUsage } = await import('../llm/index.ts')
  return {
    name: model.name,
    get circuit() {
      return model.circuit
    },
    dailyTokens: config.MODEL_DAILY_TOKENS,
    usage: modelUsage,
  }
}

function denseOf(db: Database, model: Model | null) {
  if (model?.embeddingModel == null) return null
  return createDense({
    db,
    model: model.embeddingModel,
    embed: async (texts, options) => await model.embed(texts, { ...options, person: null }),
  })
}

/** Lexical and dense ranking together; when the vectors cannot be had, lexical ranking alone and nobody notices. */
function fused(lexical: Knowledge, dense: Dense): Knowledge {
  return {
    ...lexical,
    async search(question, query) {
      const scores = await dense.scores(question, query.provinces, query.known).catch(() => null)
      return await lexical.search(
        question,
        scores === null ? query : { ...query, dense: { scores, weight: DENSE_WEIGHT } },
      )
    },
  }
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
  const first = await accounts.ensureFirst({
    kind: 'telegram',
    externalId: botId,
    name: 'Telegram',
    provinces: [],
    secrets: { token },
  })
  const account = first ?? (await accounts.byExternalId('telegram', botId))
  return telegramChannel({
    token,
    account: account?.id ?? botId,
    accept: parts.accept,
    log: parts.log,
    now: parts.clock,
    mode: config.TELEGRAM_WEBHOOK_URL === undefined ? 'polling' : 'webhook',
    ...(config.TELEGRAM_PROXY === undefined ? {} : { proxy: config.TELEGRAM_PROXY }),
    ...(config.TELEGRAM_API_ROOT === undefined ? {} : { apiRoot: config.TELEGRAM_API_ROOT }),
    ...(config.TELEGRAM_WEBHOOK_URL === undefined ? {} : { webhookUrl: config.TELEGRAM_WEBHOOK_URL }),
    ...(config.TELEGRAM_WEBHOOK_SECRET === undefined ? {} : { secret: config.TELEGRAM_WEBHOOK_SECRET }),
  })
}
