import { z } from 'zod'
import type { Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { readPhone } from '../vietnamese/phone.ts'
import { readTaxCode } from '../vietnamese/tax-code.ts'
import { type ChangeDeps, type Changed, changeState } from './change.ts'
import { nextStates, readReference, STATES, type State } from './lifecycle.ts'
import { LIST_COLUMNS, ListRow, type Registration, searchQuery } from './record.ts'
import { type Actor, addEvent, byId, byIds, type EventRow, eventsOf, eventsOfMany } from './store.ts'
import type { FieldKey } from './values.ts'

/** The officers' side. Every door takes the transaction of `db.asOfficer`, so row-level security bounds what is seen. */

export interface Officer {
  readonly id: string
  readonly name: string
}

export interface Filter {
  readonly province?: string
  readonly kind?: 'interest' | 'training'
  readonly support?: string
  readonly classId?: string
  readonly states?: readonly State[]
  /** An officer's id; 'none' = nobody's. */
  readonly officer?: string
  readonly from?: Date
  readonly until?: Date
  /** Name, place, reference, telephone number or tax code; with or without marks. */
  readonly text?: string
}

export interface Page {
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string | null
  readonly order?: 'newest' | 'oldest'
}

export interface Listed {
  readonly rows: ListRow[]
  readonly next: string | null
}

const MOST_ROWS = 200
/** A word half the registrations share ("htx") is cut off here: the newest this many are searched. */
const MOST_FOUND = 5_000

/** One page of the queue, by keyset: page 2,000 costs what page 1 costs. */
export async function list(tx: Db, filter: Filter, page: Page, vault: Vault): Promise<Listed> {
  const limit = Math.min(Math.max(page.limit ?? 50, 1), MOST_ROWS)
  const where = conditions(filter, vault)
  const newest = page.order !== 'oldest'
  const after = page.after ? readCursor(page.after) : null
  if (after)
    where.add(
      `(submitted_at, id) ${newest ? '<' : '>'} (${where.value(after.at)}::timestamptz, ${where.value(after.id)}::uuid)`,
    )
  const direction = newest ? 'desc' : 'asc'
  const { rows } = await tx.query(
    `select ${LIST_COLUMNS} from registration where ${where.sql()}
      order by submitted_at ${direction}, id ${direction} limit ${limit + 1}`,
    where.values,
  )
  const found = z.array(ListRow).parse(rows)
  const last = found[limit - 1]
  return { rows: found.slice(0, limit), next: found.length > limit && last ? cursor(last) : null }
}

/** How many registrations per state fit the filter (its own states aside). */
export async function counts(tx: Db, filter: Filter, vault: Vault): Promise<Record<State, number>> {
  const { states: _, ...rest } = filter
  const where = conditions(rest, vault)
  const { rows } = await tx.query<{ state: State; count: number }>(
    `select state, count(*)::int as count from registration where ${where.sql()} group by state`,
    where.values,
  )
  const result = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>
  for (const { state, count } of rows) result[state] = count
  return result
}

/** Counts by province, support, kind, type of enterprise and state within [from, until), for reports. */
export async function tally(tx: Db, filter: Filter, vault: Vault): Promise<Tally[]> {
  const where = conditions(filter, vault)
  const { rows } = await tx.query(
    `select province, support, kind, enterprise_type as "enterpriseType", state, count(*)::int as count,
            coalesce(sum(trainees), 0)::int as trainees
       from registration where ${where.sql()} group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    where.values,
  )
  return z.array(Tally).parse(rows)
}

const Tally = z.object({
  province: z.string(),
  support: z.string(),
  kind: z.enum(['interest', 'training']),
  enterpriseType: z.string(),
  state: z.enum(STATES),
  count: z.number(),
  trainees: z.number(),
})
export type Tally = z.infer<typeof Tally>

interface Where {
  readonly values: unknown[]
  readonly value: (value: unknown) => string
  add(condition: string): void
  sql(): string
}

function conditions(filter: Filter, vault: Vault): Where {
  const values: unknown[] = []
  const parts: string[] = ['erased_at is null']
  const value = (one: unknown): string => `$${values.push(one)}`
  const where: Where = { values, value, add: (part) => void parts.push(part), sql: () => parts.join(' and ') }
  if (filter.province) parts.push(`province = ${value(filter.province)}`)
  if (filter.kind) parts.push(`kind = ${value(filter.kind)}`)
  if (filter.support) parts.push(`support = ${value(filter.support)}`)
  if (filter.classId) parts.push(`class_id = ${value(filter.classId)}`)
  if (filter.states && filter.states.length > 0) parts.push(`state = any(${value(filter.states)})`)
  if (filter.officer === 'none') parts.push('officer_id is null')
  else if (filter.officer) parts.push(`officer_id = ${value(filter.officer)}`)
  if (filter.from) parts.push(`submitted_at >= ${value(filter.from)}`)
  if (filter.until) parts.push(`submitted_at < ${value(filter.until)}`)
  const text = filter.text?.trim() ?? ''
  if (text !== '') parts.push(textCondition(text, value, vault))
  return where
}

function textCondition(text: string, value: Where['value'], vault: Vault): string {
  const reference = readReference(text)
  if (reference) return `reference = ${value(reference)}`
  if (/^[+\d][\d .()-]{7,}$/.test(text)) {
    const either: string[] = []
    const phone = readPhone(text)
    if (phone.ok) either.push(`phone_index = ${value(vault.index(phone.e164))}`)
    const tax = readTaxCode(text)
    if (tax.ok) either.push(`tax_index = ${value(vault.index(tax.code))}`)
    return either.length === 0 ? 'false' : `(${either.join(' or ')})`
  }
  const query = searchQuery(text)
  return query === null
    ? 'false'
    : `id = any (array(select registration_found(to_tsquery('simple', ${value(query)}), ${MOST_FOUND})))`
}

function cursor({ submittedAt, id }: ListRow): string {
  return `${submittedAt.toISOString()}_${id}`
}

/** A cursor nobody made sense of starts at the beginning. */
function readCursor(text: string): { at: Date; id: string } | null {
  const [at = '', id = ''] = text.split('_')
  return z.iso.datetime().safeParse(at).success && z.uuid().safeParse(id).success
    ? { at: new Date(at), id }
    : null
}

export async function get(tx: Db, id: string, vault: Vault): Promise<Registration | null> {
  return await byId(tx, id, vault)
}

export async function timeline(tx: Db, id: string): Promise<EventRow[]> {
  return await eventsOf(tx, id)
}

/** Whole registrations by id, in one query: an export or a report opens a page of them at a time. */
export async function many(tx: Db, ids: readonly string[], vault: Vault): Promise<Map<string, Registration>> {
  return new Map((await byIds(tx, ids, vault)).map((one) => [one.id, one]))
}

/** The histories of these registrations, each oldest first, in one query. */
export async function timelines(tx: Db, ids: readonly string[]): Promise<Map<string, EventRow[]>> {
  return await eventsOfMany(tx, ids)
}

/** Other open registrations of the same enterprise, for the officer to match. */
export async function relatives(tx: Db, id: string): Promise<ListRow[]> {
  // One look into an index per way of being the same: with "or" the planner reads all rows (80 ms at 100,000).
  const { rows } = await tx.query(
    `with one as materialized (select province, enterprise_key, tax_index, phone_index from registration where id = $1),
          same as (
            select r.id from one join registration r on r.province = one.province and r.enterprise_key = one.enterprise_key
            union select r.id from one join registration r on r.tax_index = one.tax_index and r.province = one.province
            union select r.id from one join registration r on r.phone_index = one.phone_index and r.province = one.province)
     select ${LIST_COLUMNS} from registration where id = any (array(select id from same)) and id <> $1 and erased_at is null
      order by submitted_at desc, id desc limit 20`,
    [id],
  )
  return z.array(ListRow).parse(rows)
}

export type Claimed =
  | { outcome: 'claimed'; row: ListRow }
  | { outcome: 'taken'; by: string | null }
  | { outcome: 'not_found' }

/** Takes a registration for an officer when it is nobody's or already theirs. Two officers cannot both succeed. */
export async function claim(tx: Db, id: string, officer: Officer, at: Date): Promise<Claimed> {
  const { rows } = await tx.query(
    `update registration set officer_id = $2, officer_name = $3, claimed_at = coalesce(claimed_at, $4), updated_at = $4
      where id = $1 and officer_id is null and erased_at is null returning ${LIST_COLUMNS}`,
    [id, officer.id, officer.name, at],
  )
  const row = rows[0] ? ListRow.parse(rows[0]) : null
  if (row) {
    await addEvent(tx, row, { kind: 'claimed', actor: actorOf(officer), at })
    return { outcome: 'claimed', row }
  }
  const { rows: now } = await tx.query(
    `select ${LIST_COLUMNS} from registration where id = $1 and erased_at is null`,
    [id],
  )
  const present = now[0] ? ListRow.parse(now[0]) : null
  if (!present) return { outcome: 'not_found' }
  return present.officerId === officer.id
    ? { outcome: 'claimed', row: present }
    : { outcome: 'taken', by: present.officerName }
}

/** "Lấy hồ sơ tiếp theo": the oldest new one that is nobody's; officers asking at once get different ones. */
export async function claimNext(
  tx: Db,
  officer: Officer,
  at: Date,
  filter: Pick<Filter, 'province' | 'kind' | 'support'> = {},
): Promise<ListRow | null> {
  const { rows } = await tx.query(
    `update registration set officer_id = $1, officer_name = $2, claimed_at = $3, updated_at = $3
      where id = (select id from registration
                   where state = 'new' and officer_id is null and erased_at is null
                     and ($4::text is null or province = $4) and ($5::text is null or kind = $5) and ($6::text is null or support = $6)
                   order by submitted_at, id for update skip locked limit 1)
      returning ${LIST_COLUMNS}`,
    [officer.id, officer.name, at, filter.province ?? null, filter.kind ?? null, filter.support ?? null],
  )
  if (!rows[0]) return null
  const row = ListRow.parse(rows[0])
  await addEvent(tx, row, { kind: 'claimed', actor: actorOf(officer), at })
  return row
}

/** Gives a registration back. False: it is not this officer's (any more), and nothing was written. */
export async function release(tx: Db, id: string, officer: Officer, at: Date): Promise<boolean> {
  return await reassign(tx, id, officer, null, at)
}

/** Passes a registration to a colleague. False: it is not this officer's (any more), and nothing was written. */
export async function handOver(
  tx: Db,
  id: string,
  officer: Officer,
  to: Officer,
  at: Date,
): Promise<boolean> {
  return await reassign(tx, id, officer, to, at)
}

async function reassign(
  tx: Db,
  id: string,
  officer: Officer,
  to: Officer | null,
  at: Date,
): Promise<boolean> {
  const { rows } = await tx.query(
    `update registration set officer_id = $3, officer_name = $4, claimed_at = $5, updated_at = $6
      where id = $1 and officer_id = $2 returning ${LIST_COLUMNS}`,
    [id, officer.id, to?.id ?? null, to?.name ?? null, to ? at : null, at],
  )
  if (!rows[0]) return false
  const row = ListRow.parse(rows[0])
  await addEvent(tx, row, {
    kind: to ? 'handed_over' : 'released',
    actor: actorOf(officer),
    at,
    note: to?.name ?? null,
  })
  return true
}

/** A note for colleagues; the person never sees it. False: no such registration. */
export async function note(tx: Db, id: string, officer: Officer, text: string, at: Date): Promise<boolean> {
  const { rows } = await tx.query(
    `select ${LIST_COLUMNS} from registration where id = $1 and erased_at is null for update`,
    [id],
  )
  if (!rows[0] || text.trim() === '') return false
  await addEvent(tx, ListRow.parse(rows[0]), {
    kind: 'note',
    actor: actorOf(officer),
    at,
    note: text.trim().slice(0, 2_000),
  })
  return true
}

export function actorOf({ id, name }: Officer): Actor {
  return { kind: 'officer', id, name }
}

export interface BulkItem {
  readonly row: ListRow
  /** Why it would not be changed; null when it would. */
  readonly obstacle: 'not_allowed' | 'reason_missing' | null
}

/** What a change of many would do, before it is done. Unknown ids are left out. */
export async function previewMany(
  tx: Db,
  ids: readonly string[],
  to: State,
  reason: string | null,
): Promise<BulkItem[]> {
  const { rows } = await tx.query(
    `select ${LIST_COLUMNS} from registration where id = any($1::uuid[]) and erased_at is null order by submitted_at, id limit 500`,
    [ids.slice(0, 500)],
  )
  return z
    .array(ListRow)
    .parse(rows)
    .map((row) => {
      const way = nextStates(row.state).find(({ state }) => state === to)
      const obstacle = !way
        ? 'not_allowed'
        : way.reasonNeeded && (reason ?? '').trim() === ''
          ? 'reason_missing'
          : null
      return { row, obstacle }
    })
}

/** Changes each item that still has the version the officer saw; the others come back with what happened to them. */
export async function changeMany(
  deps: ChangeDeps,
  tx: Db,
  items: readonly { id: string; version: number }[],
  change: {
    to: State
    officer: Officer
    reason: string | null
    message: string | null
    requested?: readonly FieldKey[]
  },
  at: Date,
): Promise<{ id: string; result: Changed }[]> {
  const results: { id: string; result: Changed }[] = []
  for (const { id, version } of [...items].slice(0, 500).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { to, officer, reason, message, requested } = change
    const one = {
      id,
      expectedVersion: version,
      to,
      actor: actorOf(officer),
      reason,
      message,
      ...(requested ? { requested } : {}),
    }
    results.push({ id, result: await changeState(deps, tx, one, at) })
  }
  return results
}
