import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { html, raw } from 'hono/html'
import type { Vault } from '../../vault/index.ts'
import type { Account, Accounts } from '../accounts/index.ts'
import type { InboundEvent } from '../message.ts'
import { openZaloAccount, type ZaloAccount } from './account.ts'
import { cardPicture } from './card.ts'
import type { Connect } from './connect.ts'
import { Envelope, oaIdOf, type Parsed, parseEvent } from './events.ts'
import { REFUSED_STATUS, SIGNATURE_HEADER, verifierPage } from './guesses.ts'
import type { Log } from './log.ts'
import { explainMismatch, isSigned, type SigningKeys } from './signature.ts'
import { texts } from './texts.ts'

/** Zalo's largest events (a text of 2,000 characters, attachments as links) stay far below. */
const WEBHOOK_MAX_BYTES = 64 * 1024

/** Stores an event once. Every answer but a throw is 200 for Zalo: it has been dealt with. */
export type Accept = (event: InboundEvent) => Promise<'stored' | 'duplicate' | 'limited' | 'shed'>

/** What came in since the start, for health and metrics. */
export interface Counts {
  stored: number
  duplicate: number
  limited: number
  shed: number
  ignored: number
  probes: number
  /** Not proven, foreign, broken: none of them was processed. */
  refused: number
  malformed: number
  /** Event names we do not know yet, proven to be Zalo's. */
  unknown: Record<string, number>
}

interface Parts {
  accounts: Accounts
  vault: Vault
  accept: Accept
  connect: Connect
  log: Log
}

export function zaloRoutes(parts: Parts): { routes: Hono; counts: () => Counts } {
  const counts: Counts = {
    stored: 0,
    duplicate: 0,
    limited: 0,
    shed: 0,
    ignored: 0,
    probes: 0,
    refused: 0,
    malformed: 0,
    unknown: {},
  }
  const routes = new Hono()
  const refuse = () => {
    counts.refused += 1
    return new Response(null, { status: REFUSED_STATUS })
  }

  routes.post(
    '/webhooks/zalo',
    bodyLimit({
      maxSize: WEBHOOK_MAX_BYTES,
      onError: () => {
        counts.refused += 1
        return new Response(null, { status: 413 })
      },
    }),
    async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer())
      const given = parseJson(body)
      // The console's check button sends an unsigned {} and demands 200.
      if (isEmptyObject(given)) {
        counts.probes += 1
        return c.body(null, 200)
      }
      const envelope = Envelope.safeParse(given)
      if (!envelope.success) return refuse()
      const proof = await prove(parts, envelope.data, body, {
        signature: c.req.header(SIGNATURE_HEADER),
        timestamp: c.req.header('x-zevent-timestamp'),
      })
      if (proof === 'refused') return refuse()
      if (proof === 'unaddressed') return note(parts.log, counts, envelope.data, { kind: 'unknown' })
      if (proof === 'elsewhere') {
        parts.log.warn({ oa: oaIdOf(envelope.data) }, 'zalo event for an OA that is not set up here')
        return note(parts.log, counts, envelope.data, { kind: 'ignored' })
      }
      inBackground(parts.log, parts.accounts.heard(proof.id))
      if (proof.state === 'off') {
        counts.ignored += 1
        return c.body(null, 200)
      }
      const parsed = parseEvent(envelope.data, () => createHash('sha256').update(body).digest('hex'))
      if (parsed.kind !== 'event') {
        if (parsed.kind === 'malformed') reportShape(parts, proof.id, envelope.data.event_name, parsed.where)
        return note(parts.log, counts, envelope.data, parsed)
      }
      // When the inbox cannot store it this throws, the answer is 500, and Zalo comes again.
      counts[await parts.accept(inbound(proof.id, parsed, parts.vault))] += 1
      return c.body(null, 200)
    },
  )

  routes.get('/:page{zalo_verifier[A-Za-z0-9_-]{1,100}\\.html}', async (c) => {
    const code = c.req.param('page').slice('zalo_verifier'.length, -'.html'.length)
    return (await verifierCodes(parts.accounts)).has(code) ? c.html(verifierPage(code)) : c.notFound()
  })
  routes.get('/zalo/card.png', (c) =>
    c.body(cardPicture(), 200, { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' }),
  )
  routes.get('/zalo/callback', async (c) => {
    const { code, state, oa_id: oaId } = c.req.query()
    const outcome = code
      ? await parts.connect.exchange({ code, state, oaId })
      : ({ outcome: 'denied' } as const)
    const connected = outcome.outcome === 'connected'
    const text = connected ? texts.connected : texts.notConnected[outcome.outcome]
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer')
    return c.html(page(text), connected ? 200 : 400)
  })
  return { routes, counts: () => structuredClone(counts) }
}

/** Every code of domain verification that an account names. */
export async function verifierCodes(accounts: Accounts): Promise<ReadonlySet<string>> {
  const codes = new Set<string>()
  for (const account of await accounts.all('zalo')) {
    const zalo = await openZaloAccount(accounts, account)
    for (const code of zalo?.settings.verifierCodes ?? []) codes.add(code)
  }
  return codes
}

/**
 * The account an event was proven to be for. `unaddressed`: Zalo's own words, but we cannot tell which OA they are about.
 * `elsewhere`: for an OA that shares our app and is not in this installation; refusing it would cost the whole app its
 * webhook. Accounts of one app share its keys; the signature is checked with those of the account the event names.
 */
async function prove(
  parts: Parts,
  envelope: Envelope,
  body: Uint8Array,
  headers: { signature: string | undefined; timestamp: string | undefined },
): Promise<Account | 'unaddressed' | 'elsewhere' | 'refused'> {
  const { accounts } = parts
  const oaId = oaIdOf(envelope)
  const named = oaId === null ? null : await accounts.byExternalId('zalo', oaId)
  const ours = await ofApp(accounts, envelope.app_id, named)
  for (const zalo of ours) {
    if (isSigned(headers.signature, body, envelope.timestamp, keysOf(zalo))) {
      if (named) return zalo.account
      return oaId === null ? 'unaddressed' : 'elsewhere'
    }
  }
  const [suspect] = ours
  if (suspect && named) {
    const variants = explainMismatch(
      headers.signature,
      body,
      envelope.timestamp,
      headers.timestamp,
      keysOf(suspect),
    )
    const everHeard = suspect.account.lastEventAt !== null
    const detail = { ...variants, everHeard }
    inBackground(parts.log, accounts.raise(suspect.account.id, 'zalo_signature', detail))
  }
  return 'refused'
}

/** The named account when it belongs to this app, or, when none is named, one account per OA of the app. */
async function ofApp(accounts: Accounts, appId: string, named: Account | null): Promise<ZaloAccount[]> {
  const found: ZaloAccount[] = []
  for (const account of named ? [named] : await accounts.all('zalo')) {
    const zalo = await openZaloAccount(accounts, account)
    if (zalo?.settings.appId === appId) found.push(zalo)
  }
  return found
}

function keysOf({ account, settings, secrets }: ZaloAccount): SigningKeys {
  return { appId: settings.appId, oaId: account.externalId, ...secrets }
}

/** Links to what a person sent work without any login, so they are kept sealed. */
function inbound(accountId: string, event: Extract<Parsed, { kind: 'event' }>, vault: Vault): InboundEvent {
  const { content, eventId, person, sentAt } = event
  const sealed =
    content.kind === 'media' && content.reference !== null && content.media !== 'location'
      ? { ...content, reference: vault.seal(content.reference) }
      : content
  return {
    address: { channel: 'zalo', account: accountId, person },
    eventId,
    content: sealed,
    sentAt,
    language: null,
  }
}

const UNKNOWN_NAMES_MAX = 50

function note(
  log: Log,
  counts: Counts,
  envelope: Envelope,
  parsed: Exclude<Parsed, { kind: 'event' }>,
): Response {
  if (parsed.kind === 'ignored') counts.ignored += 1
  if (parsed.kind === 'malformed') counts.malformed += 1
  if (parsed.kind === 'unknown') {
    const name = envelope.event_name
    const known = Object.hasOwn(counts.unknown, name)
    if (known || Object.keys(counts.unknown).length < UNKNOWN_NAMES_MAX) {
      counts.unknown[name] = (counts.unknown[name] ?? 0) + 1
    }
    if (!known) log.info({ event: name }, 'zalo event we do not know')
  }
  return new Response(null, { status: 200 })
}

function reportShape({ accounts, log }: Parts, accountId: string, event: string, where: string): void {
  log.error({ account: accountId, event, where }, 'zalo event in a shape we do not know')
  inBackground(log, accounts.raise(accountId, 'zalo_shape', { event, where }))
}

/** Notes for the operator never delay or fail an answer to Zalo. */
function inBackground(log: Log, work: Promise<unknown>): void {
  work.catch((error: unknown) => log.error({ error: String(error) }, 'zalo note was not stored'))
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}

function page(text: string) {
  return html`${raw('<!doctype html>')}<html lang="vi">
    <head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>Zalo</title></head>
    <body><main><h1>Zalo</h1><p>${text}</p></main></body>
  </html>`
}
