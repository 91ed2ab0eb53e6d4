import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, GrammyError } from 'grammy'
import { pollOnce, type Receiver } from './receive.ts'
import { codeOf } from './refusals.ts'
import { COMMANDS } from './texts.ts'
import { ALLOWED_UPDATES } from './updates.ts'

/** Keeps the bot registered and, without a webhook, polls. Whatever Telegram does, the service stays up. */

export interface Health {
  /** `unauthorized`: the token was revoked, an operator must act; all others heal by themselves. */
  state: 'stopped' | 'connecting' | 'ready' | 'unreachable' | 'conflict' | 'unauthorized'
  mode: 'polling' | 'webhook'
  since: Date
  /** Last trouble, without address or token. */
  lastError: string | null
  /** Updates Telegram holds for us and what it says of our webhook; null while unknown or polling. */
  pending: number | null
  webhookError: string | null
}

export interface ConnectionOptions {
  api: Api
  pollApi: Api
  take: Receiver['take']
  webhook: { url: string; secret: string } | null
  backOffMs: number
  account: string
  log: {
    info: (details: Record<string, unknown>, message: string) => void
    warn: (details: Record<string, unknown>, message: string) => void
    error: (details: Record<string, unknown>, message: string) => void
  }
  now: () => Date
}

const BACK_OFF_MAX_MS = 60_000
const WEBHOOK_CHECK_MS = 5 * 60_000

export function connection(options: ConnectionOptions) {
  const { api, pollApi, take, webhook, account, log, now } = options
  const mode = webhook ? 'webhook' : 'polling'
  let health: Health = {
    state: 'stopped',
    mode,
    since: now(),
    lastError: null,
    pending: null,
    webhookError: null,
  }
  let username: string | null = null
  let stopping = new AbortController()
  let running: Promise<void> | null = null

  function become(state: Health['state'], lastError: string | null = health.lastError): void {
    if (state !== health.state) {
      const details = { account, state, error: lastError }
      if (state === 'unauthorized') log.error(details, 'telegram: the bot token is not valid any more')
      else if (state === 'ready') log.info({ account, mode }, 'telegram ready')
      else if (state === 'unreachable' || state === 'conflict') log.warn(details, 'telegram not reachable')
      health = { ...health, state, since: now() }
    }
    health = { ...health, lastError }
  }

  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {})

  async function register(): Promise<void> {
    username = (await api.getMe()).username
    if (webhook) {
      await api.setWebhook(webhook.url, {
        secret_token: webhook.secret,
        allowed_updates: ALLOWED_UPDATES,
        max_connections: 40,
      })
    } else {
      // Polling is refused while a webhook is set. What waits for us stays: dropping it would lose messages.
      await api.deleteWebhook({ drop_pending_updates: false })
    }
    for (const language of ['vi', 'en'] as const) {
      const commands = COMMANDS.map((entry) => ({ command: entry.command, description: entry[language] }))
      await api.setMyCommands(commands, language === 'en' ? { language_code: 'en' } : {})
    }
  }

  async function watchWebhook(): Promise<void> {
    while (!stopping.signal.aborted) {
      const info = await api.getWebhookInfo()
      const pending = info.pending_update_count
      health = { ...health, pending, webhookError: info.last_error_message ?? null }
      if (info.url !== webhook?.url) return // another installation took the bot: register again
      become('ready', null)
      await pause(WEBHOOK_CHECK_MS)
    }
  }

  async function poll(): Promise<void> {
    let offset = 0
    while (!stopping.signal.aborted) {
      offset = await pollOnce(
        { api: pollApi, take, signal: stopping.signal, alive: () => become('ready', null) },
        offset,
      )
    }
  }

  /** Registers, then serves until something breaks; then again after a pause that doubles. */
  async function run(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      const since = Date.now()
      try {
        await register()
        await (webhook ? watchWebhook() : poll())
      } catch (error) {
        if (stopping.signal.aborted) return
        const [state, reason] = trouble(error)
        become(state, reason)
        if (state === 'unauthorized') return // no retry helps; messages wait at Telegram for 24 h
      }
      if (Date.now() - since > BACK_OFF_MAX_MS) failures = 0
      await pause(Math.min(options.backOffMs * 2 ** failures, BACK_OFF_MAX_MS) * (0.5 + Math.random() / 2))
      failures = Math.min(failures + 1, 16)
    }
  }

  return {
    start() {
      if (running) return
      stopping = new AbortController()
      become('connecting', null)
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
      running = null
      become('stopped')
    },
    health: () => health,
    name: () => (username === null ? null : `@${username}`),
  }
}

function trouble(error: unknown): [Health['state'], string] {
  if (!(error instanceof GrammyError)) {
    const inner = error instanceof Error && 'error' in error ? error.error : error
    return ['unreachable', codeOf(inner) || 'no answer']
  }
  const { error_code: code, description } = error
  const reason = `${code} ${description}`
  // 404 is what a malformed token gets; 409 a second poller of the same bot.
  if (code === 401 || code === 404) return ['unauthorized', reason]
  return [code === 409 ? 'conflict' : 'unreachable', reason]
}
