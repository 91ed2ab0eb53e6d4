import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Api } from 'grammy'
import { Hono } from 'hono'
import type { Sender } from '../index.ts'
import { connection, type Health } from './connection.ts'
import { type Downloaded, downloader } from './download.ts'
import { type Accept, type Counts, receiver, webhookRoute } from './receive.ts'
import { telegramSender } from './sender.ts'
import { type Language, languageOf } from './texts.ts'

/** Telegram as a channel: grammY is the typed client of the Bot API, nothing more (style: own state machine). */

interface Log {
  info: (details: Record<string, unknown>, message: string) => void
  warn: (details: Record<string, unknown>, message: string) => void
  error: (details: Record<string, unknown>, message: string) => void
}

export interface TelegramOptions {
  token: string
  /** Bot API server; Telegram's own when absent. */
  apiRoot?: string
  /** http:// proxy for outgoing calls; api.telegram.org is not reachable from every network in Viet Nam. */
  proxy?: string
  mode: 'polling' | 'webhook'
  /** Public address of `POST /webhooks/telegram`; needed with `webhook`. */
  webhookUrl?: string
  /** Needed with `webhook`. */
  secret?: string
  /** Which bot; part of every address. */
  account: string
  accept: Accept
  log: Log
  now?: () => Date
  /** First pause after a failure, doubled up to a minute. */
  backOffMs?: number
}

export interface TelegramChannel {
  /** Holds `POST /webhooks/telegram` in webhook mode, nothing in polling mode. */
  routes: Hono
  /** Returns at once; reaching Telegram is tried in the background for as long as it takes. */
  start: () => void
  stop: () => Promise<void>
  sender: Sender
  /** Fetches a voice message or file by `reference` of its event. @throws DownloadRefused */
  download: (reference: string, limits: { maxBytes: number; signal?: AbortSignal }) => Promise<Downloaded>
  health: () => Health & Counts
}

const CALL_TIMEOUT_S = 15
/** A poll may take 50 s by itself. */
const POLL_TIMEOUT_S = 65
const LANGUAGES_REMEMBERED = 50_000

export function telegramChannel(options: TelegramOptions): TelegramChannel {
  const { token, mode, account, accept, log, secret, webhookUrl, now = () => new Date() } = options
  if (mode === 'webhook' && (!secret || !webhookUrl)) {
    throw new Error('telegram webhook mode needs webhookUrl and secret')
  }
  const apiRoot = (options.apiRoot ?? 'https://api.telegram.org').replace(/\/+$/, '')
  const client = (timeoutSeconds: number) =>
    new Api(token, {
      apiRoot,
      timeoutSeconds,
      ...(options.proxy === undefined ? {} : { baseFetchConfig: through(apiRoot, options.proxy) }),
    })
  const api = client(CALL_TIMEOUT_S)
  const warn = (event: string, details: Record<string, unknown>) => log.warn({ account, ...details }, event)
  const languages = new Map<string, Language>()

  const link = connection({
    api,
    pollApi: client(POLL_TIMEOUT_S),
    take: (update) => incoming.take(update),
    webhook: mode === 'webhook' && webhookUrl && secret ? { url: webhookUrl, secret } : null,
    backOffMs: options.backOffMs ?? 1_000,
    log,
    account,
    now,
  })
  const incoming = receiver({
    api,
    account,
    accept,
    now,
    warn,
    name: () => link.name(),
    seen({ address, language }) {
      if (languages.size >= LANGUAGES_REMEMBERED) languages.clear()
      languages.set(address.person, languageOf(language))
    },
  })
  const routes =
    mode === 'webhook' && secret
      ? webhookRoute(incoming, secret, (error) =>
          log.error(
            { account, error: error instanceof Error ? error.name : 'unknown' },
            'telegram update not stored',
          ),
        )
      : new Hono()

  return {
    routes,
    start: () => link.start(),
    stop: () => link.stop(),
    sender: telegramSender(api, { warn, language: (person) => languages.get(person) ?? 'vi' }),
    download: downloader(api, apiRoot, token),
    health: () => ({ ...link.health(), ...incoming.counts }),
  }
}

/** Node 24.5 and newer speak to a proxy by themselves when the agent is told of one. */
function through(apiRoot: string, proxy: string): { agent: HttpAgent } {
  const proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }
  const Agent = apiRoot.startsWith('https:') ? HttpsAgent : HttpAgent
  return { agent: new Agent({ keepAlive: true, proxyEnv }) }
}
