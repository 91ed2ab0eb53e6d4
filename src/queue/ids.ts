import { randomFillSync } from 'node:crypto'

/** Randomness is fetched for many ids at once: a call per id costs more than the rest of it. */
const pool = Buffer.alloc(4_096)
let used = pool.length

let lastMs = 0
let counter = 0

/**
 * A UUID of version 7 (RFC 9562): ids made by one process sort in the order they were made, so neighbours share a
 * page of the index and jobs inserted by one statement keep their order.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs++ // 4,096 in one millisecond: borrow from the next
    counter = 0
  }
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 8)
  used += 8
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80
  const time = lastMs.toString(16).padStart(12, '0')
  const tail = random.toString('hex')
  const version = `7${counter.toString(16).padStart(3, '0')}`
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}`
}
