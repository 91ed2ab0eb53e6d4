import { Agent, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, sample, zaloHarness } from './zalo-setup.ts'

/** Figures printed by `FORGED=100000 npx vitest run tests/channel/zalo-forged.test.ts`; the suite sends fewer. */
const COUNT = Number(process.env['FORGED'] ?? 5_000)
/** Allowed growth of the living heap: the counters, the connections, nothing per request. */
const GROWTH_MAX_MB = 6

let zalo: Harness
beforeAll(async () => {
  zalo = await zaloHarness()
})
afterAll(() => zalo.close())

const MAC = `mac=${'a'.repeat(64)}`
const body = (change: object) => JSON.stringify({ ...sample('user_send_text'), ...change })
const FORGERIES: ReadonlyArray<readonly [body: (n: number) => string, header: string | null]> = [
  [(n) => body({ message: { text: `giả ${n}`, msg_id: `m${n}` } }), MAC],
  [(n) => body({ app_id: String(2_000_000 + n) }), MAC],
  [(n) => body({ recipient: { id: String(3_000_000 + n) } }), MAC],
  [(n) => body({ event_name: `made_up_${n}` }), null],
  [(n) => `{"app_id":"${n}`, MAC],
  [(n) => `${'['.repeat(2_000)}${n}${']'.repeat(2_000)}`, 'mac=zz'],
  [() => 'x'.repeat(80_000), MAC],
  [() => '', null],
]

test(`${COUNT} forged webhooks: none processed, none crashes, memory stays flat`, {
  timeout: 300_000,
}, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const statuses = new Map<number, number>()
  const send = async (from: number, to: number) => {
    let next = from
    const one = async () => {
      while (next < to) {
        const n = next++
        const status = await post(zalo.webhook, agent, n)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 32 }, one))
  }
  await send(0, Math.min(2_000, COUNT)) // warm: code compiled, connections open
  const before = heapMb()
  const started = performance.now()
  await send(0, COUNT)
  const seconds = (performance.now() - started) / 1_000
  const growth = heapMb() - before
  agent.destroy()
  console.log(
    `forged webhooks: ${COUNT} in ${seconds.toFixed(1)} s (${Math.round(COUNT / seconds)} a second), heap ${growth.toFixed(1)} MB more, answers ${JSON.stringify([...statuses])}`,
  )
  expect(zalo.accepted).toEqual([])
  expect([...statuses.keys()].filter((status) => status !== 401 && status !== 413)).toEqual([])
  expect(growth).toBeLessThan(GROWTH_MAX_MB)
  // The OA still works, and the operator knows of the attempts.
  expect((await zalo.event(sample('user_send_text'))).status).toBe(200)
  expect(zalo.accepted).toHaveLength(1)
  expect((await zalo.accounts.alarms()).map(({ code }) => code)).toEqual(['zalo_signature'])
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is still reachable; without the collection the figure would be the garbage of the last second. */
function heapMb(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function post(url: string, agent: Agent, n: number): Promise<number> {
  const [text, header] = FORGERIES[n % FORGERIES.length] ?? [() => '', null]
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', agent, headers: header === null ? {} : { 'x-zevent-signature': header } },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      },
    )
    // A body over the limit is answered before it is read; the server may close on the rest of it.
    sending.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(413) : reject(error),
    )
    sending.end(text(n))
  })
}
