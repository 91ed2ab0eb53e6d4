import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import {
  actorOf,
  changeState,
  get,
  list,
  STATES,
  type State,
  TRANSITIONS,
  timeline,
} from '../../src/registration/index.ts'
import {
  decide,
  nextStates,
  OPEN_STATES,
  REFERENCE_ALPHABET,
  readReference,
  referenceFrom,
} from '../../src/registration/lifecycle.ts'
import { testDatabase } from '../support/database.ts'
import { AT, person, signUp, vault, world } from './support.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

describe('the transition table', () => {
  it('reaches every state, and lets nobody out of a final one', () => {
    const reached = new Set<State>(['new'])
    for (let i = 0; i < STATES.length; i++) {
      for (const from of reached) for (const to of Object.keys(TRANSITIONS[from]) as State[]) reached.add(to)
    }
    expect([...reached].sort()).toEqual([...STATES].sort())
    expect([nextStates('completed'), nextStates('cancelled')]).toEqual([[], []])
  })

  it('lets the person cancel everything that is open, and an officer decline nothing without a reason', () => {
    for (const state of OPEN_STATES) {
      expect(
        decide(
          { state, version: 1 },
          { to: 'cancelled', actor: 'applicant', reason: null, expectedVersion: 1 },
        ),
      ).toMatchObject({ state: 'cancelled' })
    }
    expect(
      decide(
        { state: 'reviewing', version: 1 },
        { to: 'declined', actor: 'officer', reason: '  ', expectedVersion: 1 },
      ),
    ).toBe('reason_missing')
    expect(
      decide(
        { state: 'new', version: 1 },
        { to: 'approved', actor: 'applicant', reason: 'x', expectedVersion: 1 },
      ),
    ).toBe('not_allowed')
    expect(
      decide(
        { state: 'new', version: 2 },
        { to: 'approved', actor: 'officer', reason: null, expectedVersion: 1 },
      ),
    ).toBe('changed_meanwhile')
  })
})

describe('a reference', () => {
  it('has eight characters that nobody mixes up, and is read back however it is typed', () => {
    expect(REFERENCE_ALPHABET).not.toMatch(/[01258BILOSUVZ]/)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), (bytes) => {
        const reference = referenceFrom(bytes)
        expect(reference).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{8}$/)
        expect(readReference(` ${reference.slice(0, 4).toLowerCase()}-${reference.slice(4)} `)).toBe(
          reference,
        )
      }),
      { seed: 1 },
    )
    expect(readReference('0912345678')).toBeNull()
  })
})

const ACT = fc.oneof(
  fc.record({
    who: fc.constantFrom('mai', 'nam'),
    to: fc.constantFrom(...STATES),
    stale: fc.boolean(),
    reason: fc.constantFrom(null, 'thiếu giấy tờ'),
  }),
  fc.record({
    who: fc.constant('owner' as const),
    verb: fc.constantFrom('cancel', 'cancelyes', 'show', 'fix', 'complete', 'nonsense'),
  }),
  fc.record({ who: fc.constant('stranger' as const), verb: fc.constantFrom('cancelyes', 'show', 'fix') }),
)

describe('no sequence of decisions, presses and repetitions', () => {
  it('loses, doubles or silently changes a registration', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ACT, { minLength: 1, maxLength: 12 }), async (acts) => {
        const w = world(db)
        const [owner, stranger] = [person(), person()]
        const reference = await signUp(w, db, owner, 'HTX Nho Xanh')
        const found = await db.asOfficer('*', (tx) => list(tx, { text: reference }, {}, vault))
        const id = found.rows[0]?.id ?? ''
        const deps = {
          vault,
          releaseSeats: null,
          outbox: {
            say: (_: unknown, to: unknown, message: unknown, { cause }: { cause: string }) => {
              w.said.push({ to, message, cause } as never)
              return Promise.resolve('1')
            },
          },
        }
        for (const act of acts) {
          const before = await db.inTransaction((tx) => get(tx, id, vault))
          if (!before) throw new Error('lost')
          const told = w.said.length
          if ('to' in act) {
            const change = {
              id,
              expectedVersion: before.version - (act.stale ? 1 : 0),
              to: act.to,
              actor: actorOf({ id: act.who, name: act.who }),
              reason: act.reason,
              message: null,
            }
            const result = await db.asOfficer(['ninh-thuan'], (tx) => changeState(deps, tx, change, AT))
            const rule = TRANSITIONS[before.state][act.to]
            const allowed =
              !act.stale &&
              rule?.by.includes('officer') &&
              ((!rule.reason && act.to !== 'cancelled') || act.reason !== null)
            expect(result.outcome === 'changed').toBe(allowed === true)
            expect(w.said.length - told).toBe(allowed ? 1 : 0) // a change and its message: both or neither
          } else {
            const who = act.who === 'owner' ? owner : stranger
            const { replies } = await db.inTransaction((tx) =>
              w.registrations.signUps.press(tx, { reference, verb: act.verb }, who, AT),
            )
            expect(replies[0]?.text.length).toBeGreaterThan(5)
            if (act.who === 'stranger') expect(replies[0]?.text).toContain('không thấy hồ sơ')
          }
          const after = await db.inTransaction((tx) => get(tx, id, vault))
          const events = await db.inTransaction((tx) => timeline(tx, id))
          const ownerCancelled =
            !('to' in act) &&
            act.who === 'owner' &&
            act.verb === 'cancelyes' &&
            OPEN_STATES.includes(before.state)
          if (!('to' in act) && !ownerCancelled) expect(after).toEqual(before)
          // the history alone tells the present state, without a gap
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
          expect(events.filter(({ toState }) => toState !== null).at(-1)?.toState).toBe(after?.state)
          expect(after?.version).toBe(1 + events.filter(({ kind }) => kind === 'state').length)
          expect(new Set(w.said.map(({ cause }) => cause)).size).toBe(w.said.length)
        }
        const { rows } = await db.query<{ count: number }>(
          'select count(*)::int as count from registration where conversation_id = $1',
          [owner.id],
        )
        expect(rows[0]?.count).toBe(1)
        await db.query('delete from registration')
      }),
      { seed: 7, numRuns: 40 },
    )
  }, 60_000)

  it('a form that is submitted twice (a turn that ran again) is stored once', async () => {
    const w = world(db)
    const who = person()
    const { signUps } = w.registrations
    let { form } = await signUps.open({ support: 'gap', classId: null, text: '' }, who, AT)
    let draft: unknown = null
    for (const text of ['HTX Lặp Lại', 'Lê Văn Huy', '0912345678', 'xã Phước Hữu', 'đồng ý', 'gửi']) {
      const step = await signUps.step(form, { text, send: null, looksLikeQuestion: false }, who, AT)
      form = step.form
      if (step.effect.kind === 'submit') draft = step.effect.draft
    }
    await expect(
      db.inTransaction(async (tx) => {
        await signUps.submit(tx, draft, who, AT)
        throw new Error('killed')
      }),
    ).rejects.toThrow('killed')
    await db.inTransaction((tx) => signUps.submit(tx, draft, who, AT))
    const again = await db.inTransaction((tx) => signUps.submit(tx, draft, who, AT))
    expect(again.replies[0]?.text).toContain('đã được ghi trước đó')
    const { rows } = await db.query('select reference from registration where conversation_id = $1', [who.id])
    expect(rows).toHaveLength(1)
    expect(w.consents).toHaveLength(2) // the killed turn's own record was rolled back with it
  })
})
