import type { Database } from '../../src/database/index.ts'
import type { StaffDeps } from '../../src/staff/index.ts'

export const PROVINCES = [
  { code: 'ninh-thuan', name: 'Ninh Thuận' },
  { code: 'an-giang', name: 'An Giang' },
]

/** The console over an empty installation. */
export function quietDeps(db: Database): StaffDeps {
  return {
    db,
    key: Buffer.alloc(32, 7),
    publicUrl: 'http://127.0.0.1:3000',
    now: () => new Date(),
    provinces: PROVINCES,
    log: { warn: () => {}, error: (object, message) => console.error(message, object) },
    waitingCount: async () => 0,
  }
}
