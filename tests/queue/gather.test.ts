import { expect, test } from 'vitest'
import { gather, newId } from '../../src/queue/index.ts'

test('what arrives while a write is in flight goes together into the next, and each caller gets its own result', async () => {
  const groups: number[][] = []
  let written: () => void = () => {}
  const writing = new Promise<void>((resolve) => {
    written = resolve
  })
  const add = gather<number, number>(
    async (items) => {
      groups.push([...items])
      await writing
      return items.map((item) => item * 2)
    },
    { inFlightMax: 1 },
  )
  const first = add(1)
  await expect.poll(() => groups).toEqual([[1]])
  const all = Promise.all([first, add(2), add(3), add(4)])
  written()
  expect(await all).toEqual([2, 4, 6, 8])
  expect(groups).toEqual([[1], [2, 3, 4]])
})

test('a group never grows beyond its limit', async () => {
  const sizes: number[] = []
  const add = gather<number, number>(
    (items) => {
      sizes.push(items.length)
      return Promise.resolve(items)
    },
    { groupMax: 3, inFlightMax: 1 },
  )
  await Promise.all(Array.from({ length: 10 }, (_, index) => add(index)))
  expect(sizes).toEqual([3, 3, 3, 1])
})

test('one bad item does not refuse its neighbours', async () => {
  const add = gather<string, string>((items) => {
    if (items.includes('bad')) throw Object.assign(new Error('invalid input'), { code: '22P05' })
    return Promise.resolve(items)
  })
  const results = await Promise.allSettled([add('a'), add('bad'), add('b')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('when the database is away everybody hears it at once, after one try', async () => {
  let tries = 0
  const add = gather<number, number>(() => {
    tries++
    return Promise.reject(new Error('connection refused'))
  })
  const results = await Promise.allSettled([add(1), add(2), add(3)])
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect(tries).toBe(1)
})

test('ids of one process sort in the order they were made, and none comes twice', () => {
  const ids = Array.from({ length: 10_000 }, () => newId())
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('the clock going back does not disturb the order of ids', () => {
  const now = Date.now() + 60_000
  const ids = [newId(now), newId(now - 5_000), newId(now + 1)]
  expect(ids.toSorted()).toEqual(ids)
})
