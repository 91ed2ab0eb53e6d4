import type { Database } from '../database/index.ts'

/** What the console needs from the other rooms. main.ts hands it in; the shapes follow their doors. */
export interface StaffDeps {
  db: Database
  /** At least 32 bytes, the installation's key. */
  key: Uint8Array
  /** Where browsers reach the server: scheme, host, port. */
  publicUrl: string
  now: () => Date
  provinces: readonly { code: string; name: string }[]
  log: { warn(object: object, message: string): void; error(object: object, message: string): void }
  waitingCount: (provinces: readonly string[] | '*') => Promise<number>
}
