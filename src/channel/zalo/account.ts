import { z } from 'zod'
import type { Account, AccountChange, Accounts, NewAccount } from '../accounts/index.ts'
import { BILLED_WINDOW } from './guesses.ts'

/** What a channel account of kind `zalo` holds in its settings and secrets. */

const Template = z.object({
  /** Template to send by Zalo user id (ZBS), after the windows are shut. */
  zbs: z.string().optional(),
  /** Template to send by phone number (ZNS), when the user id does not work. */
  zns: z.string().optional(),
  /** The template's parameter → the field of the notice that fills it. */
  fields: z.record(z.string(), z.string()).default({}),
})
export type Template = z.infer<typeof Template>

const Settings = z.looseObject({
  appId: z.string().min(1),
  /** Codes of Zalo's domain verification. */
  verifierCodes: z.array(z.string().regex(/^[\w-]{1,100}$/)).default([]),
  templates: z.object({ decision: Template.optional(), reminder: Template.optional() }).default({}),
  /** May messages be sent that cost a fee (48 hours to 7 days after the last contact)? */
  billedWindow: z.boolean().default(BILLED_WINDOW),
  /** Picture on the contact card; ours when absent. */
  cardImage: z.url().optional(),
})
type ZaloSettings = z.infer<typeof Settings>

const Secrets = z.object({
  appSecret: z.string().default(''),
  oaSecret: z.string().default(''),
  /** The one PKCE verifier of a console that stores a fixed challenge; absent: a new one for each consent. */
  codeVerifier: z.string().optional(),
})

export interface ZaloAccount {
  account: Account
  settings: ZaloSettings
  secrets: z.infer<typeof Secrets>
}

/** Every webhook asks. An account object is never changed, only replaced, so what was read from it stays true. */
const opened = new WeakMap<Account, ZaloAccount>()

/** Null when the account is none of ours or its settings were broken by hand. */
export async function openZaloAccount(
  accounts: Accounts,
  account: Account | null,
): Promise<ZaloAccount | null> {
  if (account?.kind !== 'zalo') return null
  const known = opened.get(account)
  if (known) return known
  const settings = Settings.safeParse(account.settings)
  const secrets = Secrets.safeParse(await accounts.secrets(account.id))
  if (!settings.success || !secrets.success) return null
  const zalo = { account, settings: settings.data, secrets: secrets.data }
  opened.set(account, zalo)
  return zalo
}

/** What an operator may set afterwards; what is absent stays. */
export interface ZaloChange {
  name?: string
  provinces?: readonly string[]
  verifierCodes?: readonly string[]
  billedWindow?: boolean
  cardImage?: string
  templates?: unknown
  /** Empty: a new PKCE pair for each consent again. */
  codeVerifier?: string
}

/** @throws ZodError naming the setting that is not written as it has to be */
export function changeOf(account: Account, change: ZaloChange): AccountChange {
  const { name, provinces, codeVerifier, ...settings } = change
  return {
    ...(name === undefined ? {} : { name }),
    ...(provinces === undefined ? {} : { provinces }),
    ...(codeVerifier === undefined ? {} : { secrets: { codeVerifier } }),
    settings: Settings.parse({ ...account.settings, ...settings }),
  }
}

/** The environment's words for the first Official Account. */
export interface ZaloEnvironment {
  appId: string
  appSecret: string
  oaId: string
  oaSecret: string
  name?: string | undefined
  provinces?: readonly string[] | undefined
  verifierCodes?: readonly string[] | undefined
  codeVerifier?: string | undefined
  /** JSON of `settings.templates`, already parsed. */
  templates?: unknown
}

/** @throws ZodError when a template is not written as `Template` says */
export function accountFromEnvironment(environment: ZaloEnvironment): NewAccount {
  const { appId, appSecret, oaId, oaSecret, codeVerifier } = environment
  return {
    kind: 'zalo',
    externalId: oaId,
    name: environment.name ?? `Zalo OA ${oaId}`,
    provinces: environment.provinces ?? [],
    settings: Settings.parse({
      appId,
      verifierCodes: environment.verifierCodes ?? [],
      ...(environment.templates === undefined ? {} : { templates: environment.templates }),
    }),
    secrets: { appSecret, oaSecret, ...(codeVerifier ? { codeVerifier } : {}) },
  }
}
