/** The door to Postgres: one pool over a server or the embedded PGlite, transactions, migrations. */

export { migrate } from './migrate.ts'
export {
  asOwner,
  type Database,
  DatabaseUnavailable,
  type Db,
  type OpenOptions,
  openDatabase,
} from './open.ts'
