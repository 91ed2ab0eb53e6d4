interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Group commit: items that arrive while a write is in flight go together into the next one, and each caller hears
 * after the commit (figures: docs/benchmarks-delivery.md).
 *
 * When a group fails on its data, its items are tried one by one, so that one bad item does not refuse its neighbours.
 * @param write answers one result per item, in the same order
 */
export function gather<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  { groupMax = 500, inFlightMax = 2 }: { groupMax?: number; inFlightMax?: number } = {},
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let inFlight = 0
  let scheduled = false

  const schedule = () => {
    if (scheduled || waiting.length === 0 || inFlight >= inFlightMax) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      const group = waiting.slice(0, groupMax)
      waiting = waiting.slice(groupMax)
      inFlight++
      void commit(write, group).finally(() => {
        inFlight--
        schedule()
      })
      schedule()
    })
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      schedule()
    })
}

async function commit<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  group: Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await write(group.map(({ item }) => item))
    if (results.length !== group.length) throw new Error('gather: one result per item expected')
    group.forEach(({ resolve }, index) => {
      resolve(results[index] as Result)
    })
  } catch (error) {
    if (group.length > 1 && isDataFault(error)) {
      for (const one of group) await commit(write, [one])
    } else {
      for (const { reject } of group) reject(error)
    }
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the fault of one row, not of the connection. */
function isDataFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code))
}
