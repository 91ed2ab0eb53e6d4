/** `npm run zalo -- connect|status|correct|adopt`: connects Official Accounts and shows how they are. */
import { KeyProblem, readKey } from '../app/key.ts'
import { createAccounts } from '../channel/accounts/index.ts'
import { alarmText, type ZaloChannel, zaloChannel } from '../channel/zalo/index.ts'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { type Database, DatabaseUnavailable, migrate, openDatabase } from '../database/index.ts'
import { createVault } from '../vault/index.ts'

const USAGE = `npm run zalo -- <command> [OA id]
  connect   prints the link where an administrator of the OA gives consent
  status    shows connection, token times and alarms
  correct   overwrites the keys of ZALO_OA_ID with those in the environment (after a typing error)
  adopt     takes ZALO_REFRESH_TOKEN, made by hand in Zalo's API Explorer, in place of a lost one
With the embedded database the assistant must be stopped first; the console offers the same while it runs.`

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

async function run(config: Config, db: Database, [command, oaId]: readonly string[]): Promise<number> {
  await migrate(db)
  const vault = createVault(readKey(config.DATA_KEY, config.DATA_DIR))
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

try {
  const config = readConfig(process.env)
  const db = await openDatabase(
    config.DATABASE_URL === undefined ? { dataDir: config.DATA_DIR } : { url: config.DATABASE_URL },
  )
  try {
    process.exitCode = await run(config, db, process.argv.slice(2))
  } finally {
    await db.close()
  }
} catch (error) {
  const told =
    error instanceof DatabaseUnavailable || error instanceof ConfigError || error instanceof KeyProblem
  if (!told) throw error
  console.error(error.message)
  process.exitCode = 1
}
