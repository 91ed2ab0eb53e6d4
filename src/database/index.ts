/** The door to Postgres: one pool over a server or the embedded PGlite, transactions, migrations. */
export { type Database, type Db, DatabaseUnavailable, type OpenOptions, openDatabase } from './open.ts'
export { migrate } from './migrate.ts'
