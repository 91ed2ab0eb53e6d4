import { openDatabase } from '../../src/database/index.ts'
import { after, HOUR, person, rooms } from '../programme/support.ts'

/** One process of the race for seats: so many people, ten at a time, each in a transaction of its own. */

export interface Raced {
  outcome: string
  arrival: number
  /** Milliseconds of the machine's clock: asked, and answered while the class was still locked. */
  began: number
  answered: number
}

const [url = '', classId = '', people = '0', name = ''] = process.argv.slice(2)
// the machine's one monotonic clock, the same for all processes
const now = () => Number(process.hrtime.bigint()) / 1e6
const db = await openDatabase({ url, poolMax: 10 })
const { programme } = rooms(db)
process.send?.('ready')
process.once('message', () => void race())

async function race(): Promise<void> {
  const raced: Raced[] = []
  let next = 0
  const runner = async () => {
    while (next < Number(people)) {
      const one = person(`${name}-${next++}`)
      await db.inTransaction(async (tx) => {
        const began = now()
        const enrolled = await programme.enrol(tx, { ...one, classId }, after(HOUR / 2))
        const arrival = enrolled.outcome === 'refused' ? 0 : enrolled.enrolment.arrival
        raced.push({ outcome: enrolled.outcome, arrival, began, answered: now() })
      })
    }
  }
  await Promise.all(Array.from({ length: 10 }, runner))
  process.send?.(raced)
  await db.close()
  process.disconnect()
}
