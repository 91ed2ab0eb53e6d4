/** What `npm run zalo` does, apart from opening the database: connects Official Accounts, sets them up, shows them. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { createAccounts } from '../channel/accounts/index.ts'
import { alarmText, type ZaloChannel, zaloChannel } from '../channel/zalo/index.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/index.ts'
import { createVault } from '../vault/index.ts'

const USAGE = `npm run zalo -- <command> [OA id]
  connect   prints the link where an administrator of the OA gives consent
  status    shows connection, token times and alarms
  correct   overwrites the keys of ZALO_OA_ID with those in the environment (after a typing error)
  add       takes the OA of ZALO_OA_ID and its keys as a further account
  set       changes an account: set <OA id> name="Sở KH&CN" provinces=dong-thap verifierCodes=AbC123
            billedWindow=false cardImage=https://… templates=file.json codeVerifier=…
  adopt     takes ZALO_REFRESH_TOKEN, made by hand in Zalo's API Explorer, in place of a lost one
With the embedded database the assistant must be stopped first; the console offers the same while it runs.`

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** @returns the exit code: 0 when done, or when nothing needs a person */
export async function zaloCommand(
  words: readonly string[],
  { config, db, key }: { config: Config; db: Database; key: Buffer },
): Promise<number> {
  const [command, oaId, ...settings] = words
  const vault = createVault(key)
  const accounts = createAccounts({ db, vault })
  const zalo = zaloChannel({
    accounts,
    vault,
    db,
    accept: () => Promise.resolve('shed'),
    roots: { oauth: config.ZALO_OAUTH_ROOT, api: config.ZALO_API_ROOT, business: config.ZALO_BUSINESS_ROOT },
    publicUrl: config.PUBLIC_URL ?? null,
    log: quiet,
  })
  const environment = environmentOf(config)
  if (environment) await zalo.ensureFirst({ ...environment, refreshToken: config.ZALO_REFRESH_TOKEN })
  const all = (await accounts.all('zalo')).filter((account) => !oaId || account.externalId === oaId)
  if (all.length === 0) {
    console.error(
      'No Official Account: set ZALO_APP_ID, ZALO_APP_SECRET, ZALO_OA_ID and ZALO_OA_SECRET first.',
    )
    return 1
  }
  switch (command) {
    case 'connect':
      if (!config.PUBLIC_URL)
        console.error('PUBLIC_URL is not set: Zalo could not come back to this installation.')
      for (const account of all) {
        console.log(`${account.name}: open within 30 minutes, signed in to Zalo as administrator of the OA:`)
        console.log(await zalo.connectLink(account.id))
      }
      return config.PUBLIC_URL ? 0 : 1
    case 'status': {
      const healthy = await Promise.all(all.map((account) => show(zalo, account.id)))
      return healthy.every(Boolean) ? 0 : 1
    }
    case 'correct':
      if (!environment || !(await zalo.correct(environment))) {
        console.error('ZALO_OA_ID: no Official Account with this id is known here')
        return 1
      }
      console.log('Keys replaced.')
      return 0
    case 'add': {
      const added = environment !== null && (await zalo.add(environment))
      console.log(
        added ? 'Added; connect it next.' : 'Nothing added: the OA is known, or its keys are missing.',
      )
      return added ? 0 : 1
    }
    case 'set':
      return await set(zalo, all[0]?.id ?? '', settings)
    case 'adopt':
      if (all.length > 1) {
        console.error(
          `Several Official Accounts: name one of ${all.map(({ externalId }) => externalId).join(', ')}`,
        )
        return 1
      }
      return await adopt(zalo, all[0]?.id ?? '', config.ZALO_REFRESH_TOKEN)
    default:
      console.log(USAGE)
      return command === undefined ? 0 : 1
  }
}

async function adopt(zalo: ZaloChannel, accountId: string, token: string | undefined): Promise<number> {
  if (token === undefined) {
    console.error('ZALO_REFRESH_TOKEN: got nothing, needed is the refresh token of the API Explorer')
    return 1
  }
  const outcome = await zalo.adopt(accountId, token)
  if (outcome === 'adopted') console.log('Taken; it is exchanged for a pair at the next refresh or message.')
  else console.error('ZALO_REFRESH_TOKEN: this token was used before; each works once')
  return outcome === 'adopted' ? 0 : 1
}

const list = z.string().transform((text) => text.split(',').filter((part) => part !== ''))
const Change = z.strictObject({
  name: z.string().min(1).optional(),
  provinces: list.optional(),
  verifierCodes: list.optional(),
  billedWindow: z.stringbool().optional(),
  cardImage: z.url().optional(),
  templates: z
    .string()
    .transform((path): unknown => JSON.parse(readFileSync(path, 'utf8')))
    .optional(),
  codeVerifier: z.string().optional(),
})

async function set(zalo: ZaloChannel, accountId: string, settings: readonly string[]): Promise<number> {
  const pairs = settings.map((word) => [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)])
  try {
    const given = Change.parse(Object.fromEntries(pairs))
    const change = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    await zalo.configure(accountId, change)
    console.log('Changed; a running assistant follows within five seconds.')
    return 0
  } catch (error) {
    console.error(error instanceof z.ZodError ? z.prettifyError(error) : String(error))
    return 1
  }
}

/** @returns whether nobody needs to act */
async function show(zalo: ZaloChannel, accountId: string): Promise<boolean> {
  const status = await zalo.status(accountId)
  if (!status) return false
  const time = (at: Date | null) => at?.toLocaleString('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh' }) ?? '–'
  console.log(`${status.name} (OA ${status.oaId}, ${status.state})`)
  console.log(`  connection   ${status.connection}${status.lastError ? ` (${status.lastError})` : ''}`)
  console.log(`  token        refreshed ${time(status.refreshedAt)}, ends ${time(status.expiresAt)}`)
  console.log(`  last event   ${time(status.lastEventAt)}`)
  for (const { code, count, lastAt, detail } of status.alarms) {
    console.log(`  ALARM ${code}, ${count} times, last ${time(lastAt)} ${JSON.stringify(detail)}`)
    console.log(`        ${alarmText(code) ?? ''}`)
  }
  return status.alarms.length === 0 && status.connection === 'ready'
}

function environmentOf(config: Config) {
  const {
    ZALO_APP_ID: appId,
    ZALO_APP_SECRET: appSecret,
    ZALO_OA_ID: oaId,
    ZALO_OA_SECRET: oaSecret,
  } = config
  return appId && appSecret && oaId && oaSecret ? { appId, appSecret, oaId, oaSecret } : null
}
