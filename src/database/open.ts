import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { vector } from '@electric-sql/pglite-pgvector'
import pg from 'pg'

/** Anything a query can be sent to: the pool, or the one client of a transaction. */
export interface Db {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>
}

export interface Database extends Db {
  readonly pool: pg.Pool
  /** True for PGlite: one connection, so inside a transaction use only the `tx` you were given. */
  readonly embedded: boolean
  /** Runs `work` in one transaction; rolls back when it throws. */
  inTransaction<T>(work: (tx: Db) => Promise<T>): Promise<T>
  /**
   * A transaction bound by row-level security: it sees rows of `provinces` only (`'*'` = all provinces).
   * The role `nscl_officer` owns nothing and is no superuser, so policies bind it on PGlite as well.
   */
  asOfficer<T>(provinces: readonly string[] | '*', work: (tx: Db) => Promise<T>): Promise<T>
  /** The embedded database itself, for snapshots and in-process LISTEN; null on a server. */
  readonly pglite: PGlite | null
  close(): Promise<void>
}

export interface OpenOptions {
  /** postgres:// address; without it the embedded database is used. */
  url?: string
  /** Folder of the embedded database; `memory://` keeps nothing. */
  dataDir?: string
  /** A dumped embedded database to start from (tests). */
  snapshot?: Blob
  /** Connections to a server, at most. */
  poolMax?: number
}

/** The start cannot go on; the message is the one line the operator reads. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

const REQUIRED = { server: 150_000, vector: [0, 7] as const }

export async function openDatabase(options: OpenOptions): Promise<Database> {
  return options.url === undefined
    ? await openEmbedded(options)
    : await openServer(options.url, options.poolMax ?? 20)
}

async function openServer(url: string, max: number): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    application_name: 'nscl-assistant',
  })
  pool.on('error', () => {}) // an idle connection died; the pool replaces it and the next query tells
  // A connection that dies while a transaction holds it says so on itself, and unheard that ends the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    const { rows } = await pool.query<{ version: number; vector: string | null }>(
      `select current_setting('server_version_num')::int as version,
              (select default_version from pg_available_extensions where name = 'vector') as vector`,
    )
    const found = rows[0]
    if (!found || found.version < REQUIRED.server)
      throw new DatabaseUnavailable('DATABASE_URL: PostgreSQL 15 or newer is needed')
    const [major = 0, minor = 0] = (found.vector ?? '').split('.').map(Number)
    if (found.vector === null || (major === REQUIRED.vector[0] && minor < REQUIRED.vector[1])) {
      throw new DatabaseUnavailable(
        `DATABASE_URL: the server offers pgvector ${found.vector ?? '(none)'}; 0.7 or newer is needed`,
      )
    }
  } catch (error) {
    await pool.end()
    if (error instanceof DatabaseUnavailable) throw error
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new DatabaseUnavailable(`DATABASE_URL: cannot connect to ${withoutPassword(url)}: ${reason}`, {
      cause: error,
    })
  }
  return over(pool, null, async () => await pool.end())
}

async function openEmbedded({ dataDir = 'memory://', snapshot }: OpenOptions): Promise<Database> {
  const inMemory = dataDir.startsWith('memory://')
  let lock: Server | null = null
  if (!inMemory) {
    mkdirSync(dataDir, { recursive: true })
    lock = await lockFolder(dataDir)
  }
  const pglite = new PGlite({
    dataDir: inMemory ? 'memory://' : join(dataDir, 'postgres'),
    extensions: { vector },
    ...(snapshot ? { loadDataDir: snapshot } : {}),
  })
  await pglite.waitReady
  const pool = new pg.Pool(Object.assign(createPgConfig(pglite), { max: 1 }) as unknown as pg.PoolConfig)
  pool.on('error', () => {})
  return over(pool, pglite, async () => {
    await pool.end()
    await pglite.close()
    lock?.close()
  })
}

/**
 * PGlite does not refuse a second process on its folder; we do. A listening socket dies with its process,
 * SIGKILL included, so unlike a pid file it cannot be stale.
 */
async function lockFolder(dataDir: string): Promise<Server> {
  const name = `nscl-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16)}`
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await listen(path)
    if (server) return server
    if (await answers(path)) {
      throw new DatabaseUnavailable(
        `DATA_DIR: another process is using ${dataDir}; stop it first, or give this one its own DATA_DIR`,
      )
    }
    rmSync(path, { force: true })
  }
  throw new DatabaseUnavailable(`DATA_DIR: cannot lock ${dataDir}`)
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(path, () => {
      server.unref()
      resolve(server)
    })
  })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

const officers = new WeakSet<Db>()

/**
 * For what is done on the occasion of an officer's act but is no act of the officer's, such as putting a job into the
 * queue, whose tables the officer's role may not touch. In any other transaction it is simply `work()`.
 */
export async function asOwner<T>(tx: Db, work: () => Promise<T>): Promise<T> {
  if (!officers.has(tx)) return await work()
  await tx.query('set local role none')
  const result = await work() // when it throws, the transaction is over and the role with it
  await tx.query('set local role nscl_officer')
  return result
}

function over(pool: pg.Pool, pglite: PGlite | null, close: () => Promise<void>): Database {
  async function inTransaction<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      throw error
    } finally {
      client.release(broken)
    }
  }
  return {
    pool,
    pglite,
    embedded: pglite !== null,
    query: (text, values) => pool.query(text, values),
    inTransaction,
    asOfficer: (provinces, work) =>
      inTransaction(async (tx) => {
        await tx.query(`select set_config('nscl.provinces', $1, true)`, [
          provinces === '*' ? '*' : provinces.join(','),
        ])
        await tx.query('set local role nscl_officer')
        officers.add(tx)
        try {
          return await work(tx)
        } finally {
          officers.delete(tx) // the connection goes back to the pool
        }
      }),
    close,
  }
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    return `${parsed.hostname}:${parsed.port || '5432'}${parsed.pathname}`
  } catch {
    return '(not a postgres:// address)'
  }
}
