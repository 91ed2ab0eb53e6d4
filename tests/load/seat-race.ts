import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Raced } from './seat-racer.ts'

/** Lets so many people run for the seats of one class from so many processes; all start on one signal. */
export async function race(
  url: string,
  classId: string,
  { people, processes }: { people: number; processes: number },
): Promise<Raced[]> {
  const racers = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const share = Math.floor(people / processes) + (index < people % processes ? 1 : 0)
      const racer: ChildProcess = fork(
        new URL('seat-racer.ts', import.meta.url),
        [url, classId, String(share), String(index)],
        { execArgv: [] },
      )
      await once(racer, 'message')
      return racer
    }),
  )
  const results = racers.map(async (racer) => {
    const died = once(racer, 'exit').then(([code]) => {
      throw new Error(`a racer ended early with code ${String(code)}`)
    })
    const [raced] = (await Promise.race([once(racer, 'message'), died])) as [Raced[]]
    died.catch(() => {}) // it ends after its result as well
    return raced
  })
  const exits = racers.map((racer) => once(racer, 'exit'))
  for (const racer of racers) racer.send('go')
  const raced = (await Promise.all(results)).flat()
  await Promise.all(exits)
  return raced
}
