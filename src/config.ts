import { z } from 'zod'

/**
 * The only reader of the environment. Every setting has a default or may be absent: with none set the assistant runs
 * on the embedded database with the web chat and the console.
 */

const flag = z.stringbool()
const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)
const days = z.coerce.number().int().min(1).max(36_500)
const secret = z.string().min(1).max(4_000)

interface Setting<Schema extends z.ZodType> {
  schema: Schema
  /** What the setting is for, one line; README and .env.example are checked against it. */
  about: string
  /** What is accepted, as the operator reads it in an error. */
  accepts: string
}
const setting = <Schema extends z.ZodType>(
  schema: Schema,
  about: string,
  accepts: string,
): Setting<Schema> => ({ schema, about, accepts })

export const SETTINGS = {
  PORT: setting(
    z.coerce.number().int().min(0).max(65_535).default(3000),
    'port of the one HTTP server',
    'a port number, 0 to 65535',
  ),
  HOST: setting(
    z.string().min(1).default('0.0.0.0'),
    'address the server listens on',
    'an IP address or host name',
  ),
  PUBLIC_URL: setting(
    address.optional(),
    'address people reach this installation at (https)',
    'an http:// or https:// address',
  ),
  DATA_DIR: setting(
    z.string().min(1).default('./data'),
    'folder of the embedded database and of the generated key',
    'a folder path',
  ),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    'PostgreSQL 15+ with pgvector 0.7+ instead of the embedded database',
    'postgres://user:password@host:port/database',
  ),
  DATA_KEY: setting(
    z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .optional(),
    'key that seals phone numbers and tokens; made in DATA_DIR when absent',
    '64 hexadecimal digits (openssl rand -hex 32)',
  ),
  ROLE: setting(
    z.enum(['all', 'web', 'worker']).default('all'),
    'what this process does; web and worker need DATABASE_URL',
    'all, web or worker',
  ),
  PROVINCES: setting(
    list.optional(),
    'province codes this installation serves; one = never asks',
    'codes separated by commas, e.g. ninh-thuan',
  ),
  KNOWLEDGE_DIR: setting(
    z.string().min(1).default('./knowledge'),
    'folder of the plan documents',
    'a folder path',
  ),
  PROMPTS_DIR: setting(
    z.string().min(1).default('./prompts'),
    'folder of the model’s prompts',
    'a folder path',
  ),
  LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
    'how much is logged',
    'fatal, error, warn, info, debug or silent',
  ),
  TRUST_PROXY: setting(
    flag.default(false),
    'take the caller’s address from X-Forwarded-For',
    'true or false',
  ),
  WEB_ALLOWED_ORIGINS: setting(
    list.default([]),
    'sites that may embed the chat',
    'origins separated by commas, e.g. https://skhcn.example.gov.vn',
  ),
  TELEGRAM_BOT_TOKEN: setting(
    z
      .string()
      .regex(/^\d+:[\w-]+$/)
      .optional(),
    'turns Telegram on',
    'the token of @BotFather, 123456:ABC…',
  ),
  TELEGRAM_API_ROOT: setting(
    address.optional(),
    'Bot API server, when not Telegram’s own',
    'an http:// or https:// address',
  ),
  TELEGRAM_PROXY: setting(address.optional(), 'proxy for calls to Telegram', 'an http:// address'),
  TELEGRAM_WEBHOOK_URL: setting(
    address.optional(),
    'receive by webhook at this address; without it by long polling',
    'an https:// address',
  ),
  TELEGRAM_WEBHOOK_SECRET: setting(
    z
      .string()
      .regex(/^[\w-]{16,256}$/)
      .optional(),
    'secret token of the webhook; needed with TELEGRAM_WEBHOOK_URL',
    '16 to 256 of A-Z a-z 0-9 _ -',
  ),
  ZALO_APP_ID: setting(z.string().regex(/^\d+$/).optional(), 'turns Zalo on: id of the app', 'digits'),
  ZALO_APP_SECRET: setting(secret.optional(), 'app secret key (OAuth)', 'text'),
  ZALO_OA_ID: setting(z.string().regex(/^\d+$/).optional(), 'id of the Official Account', 'digits'),
  ZALO_OA_SECRET: setting(secret.optional(), 'OA secret key (webhook signature)', 'text'),
  ZALO_REFRESH_TOKEN: setting(secret.optional(), 'first refresh token, read at the first start only', 'text'),
  ZALO_OAUTH_ROOT: setting(
    address.default('https://oauth.zaloapp.com'),
    'Zalo’s OAuth server',
    'an http:// or https:// address',
  ),
  ZALO_API_ROOT: setting(
    address.default('https://openapi.zalo.me'),
    'Zalo’s OA server',
    'an http:// or https:// address',
  ),
  ZALO_BUSINESS_ROOT: setting(
    address.default('https://business.openapi.zalo.me'),
    'Zalo’s template message server',
    'an http:// or https:// address',
  ),
  ZALO_SITE_VERIFICATION: setting(
    list.default([]),
    'codes of Zalo’s domain verification',
    'codes separated by commas',
  ),
  ZALO_CODE_VERIFIER: setting(
    secret.optional(),
    'fixed PKCE verifier, when the console keeps one challenge',
    '43 to 128 characters',
  ),
  OPENAI_API_KEY: setting(
    secret.optional(),
    'turns the language model on (with or without OPENAI_BASE_URL)',
    'text',
  ),
  OPENAI_BASE_URL: setting(
    address.optional(),
    'any OpenAI-compatible endpoint',
    'an http:// or https:// address',
  ),
  OPENAI_MODEL: setting(z.string().min(1).default('gpt-5-mini'), 'chat model', 'a model name'),
  OPENAI_EMBEDDING_MODEL: setting(z.string().min(1).optional(), 'turns dense retrieval on', 'a model name'),
  OPENAI_TRANSCRIPTION_MODEL: setting(
    z.string().min(1).optional(),
    'turns voice messages on',
    'a model name',
  ),
  MODEL_DAILY_TOKENS: setting(
    z.coerce.number().int().min(0).default(2_000_000),
    'tokens a day for everybody together',
    'a whole number',
  ),
  MODEL_PERSON_DAILY_TOKENS: setting(
    z.coerce.number().int().min(0).default(40_000),
    'tokens a day for one person',
    'a whole number',
  ),
  RETENTION_CHAT_DAYS: setting(
    days.default(90),
    'days the wording of chats is kept',
    'a whole number of days',
  ),
  RETENTION_DRAFT_DAYS: setting(
    days.default(30),
    'days an unfinished form is kept',
    'a whole number of days',
  ),
  RETENTION_REGISTRATION_DAYS: setting(
    days.default(730),
    'days a closed registration is kept',
    'a whole number of days',
  ),
  RETENTION_AUDIT_DAYS: setting(days.default(365), 'days the access log is kept', 'a whole number of days'),
} as const satisfies Record<string, Setting<z.ZodType>>

type Settings = { [Name in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[Name]['schema']> }
export type Config = Readonly<Settings>

/** One line for the operator: the variable, what was given (secrets are not repeated), what is accepted. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const SECRET = /SECRET|TOKEN|KEY|DATABASE_URL/

/** @throws ConfigError naming the first wrong variable */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const values: Record<string, unknown> = {}
  for (const [name, { schema, accepts }] of Object.entries(SETTINGS)) {
    const given = environment[name]?.trim()
    const parsed = schema.safeParse(given === '' ? undefined : given)
    if (!parsed.success) {
      const shown = SECRET.test(name) ? `${given?.length ?? 0} characters` : `"${given ?? ''}"`
      throw new ConfigError(`${name}: got ${shown}, accepted is ${accepts}`)
    }
    values[name] = parsed.data
  }
  const config = values as Settings
  check(config)
  return config
}

function check(config: Config): void {
  const needs = (name: keyof Config, other: keyof Config) => {
    if (config[name] !== undefined && config[other] === undefined) {
      throw new ConfigError(
        `${other}: got nothing, but ${name} is set and needs it; accepted is ${SETTINGS[other].accepts}`,
      )
    }
  }
  needs('TELEGRAM_WEBHOOK_URL', 'TELEGRAM_WEBHOOK_SECRET')
  needs('TELEGRAM_WEBHOOK_URL', 'TELEGRAM_BOT_TOKEN')
  for (const name of ['ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET'] as const) needs('ZALO_APP_ID', name)
  if (config.ROLE !== 'all' && config.DATABASE_URL === undefined) {
    throw new ConfigError(`ROLE: got "${config.ROLE}", which needs DATABASE_URL; without it accepted is all`)
  }
}
