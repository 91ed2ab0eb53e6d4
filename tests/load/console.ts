import { consoleLoad } from './console-load.ts'

/**
 * How fast the console answers with 100,000 registrations and 1,000,000 messages stored, on a real PostgreSQL:
 *
 *   TEST_DATABASE_URL=postgres://… node --expose-gc tests/load/console.ts
 *
 * Prints the median, the 95th percentile and the slowest answer per page, in ms, then the whole list as a file; fails
 * when the first page of the queue or the 95th percentile over all pages takes 100 ms or more.
 */

const LIMIT_MS = 100

const server = process.env['TEST_DATABASE_URL']
if (server === undefined) throw new Error('TEST_DATABASE_URL is needed')
const figures = await consoleLoad(server, { registrations: 100_000, messages: 1_000_000, rounds: 40 })
const ms = (value: number) => value.toFixed(1).padStart(7)
for (const { label, p50Ms, p95Ms, maxMs } of figures.pages)
  console.log(`${label.padEnd(34)} p50 ${ms(p50Ms)}  p95 ${ms(p95Ms)}  max ${ms(maxMs)}`)
const { claim, firstPageP95Ms, allPagesP95Ms } = figures
console.log(
  `${'"Lấy hồ sơ tiếp theo", form and page'.padEnd(34)} p50 ${ms(claim.p50Ms)}  p95 ${ms(claim.p95Ms)}`,
)
console.log(`first page of the queue, p95 ${ms(firstPageP95Ms)} ms; all pages, p95 ${ms(allPagesP95Ms)} ms`)
for (const one of figures.exports)
  console.log(
    `export ${one.kind}: ${(one.ms / 1000).toFixed(1)} s, first byte after ${ms(one.firstByteMs)} ms, ${(one.bytes / 2 ** 20).toFixed(1)} MB, process grown by ${one.grownMb.toFixed(0)} MB`,
  )
if (firstPageP95Ms >= LIMIT_MS || allPagesP95Ms >= LIMIT_MS) process.exitCode = 1
