import type { Db } from '../database/index.ts'
import {
  type ChangeDeps,
  type Changed,
  changeMany,
  claim,
  claimNext,
  counts,
  type EventRow,
  type FieldKey,
  type Filter,
  get,
  handOver,
  LABELS,
  type ListRow,
  list,
  many,
  nextStates,
  note,
  type Officer,
  OPTIONS,
  type Page,
  REQUESTABLE,
  type Registration,
  relatives,
  release,
  STATES,
  type State,
  timeline,
  timelines,
} from '../registration/index.ts'

/** The officers' half of the registration room, with its neighbours bound. Every `tx` is the officer's own. */

export type { Changed, EventRow, FieldKey, Filter, ListRow, Registration, State }
export { STATES }

export interface Decision {
  readonly to: State
  readonly officer: Officer
  readonly reason: string | null
  readonly message: string | null
  /** For `needs_more`: what to add. */
  readonly requested?: readonly FieldKey[]
}

export type ConsoleRegistrations = ReturnType<typeof consoleRegistrations>

export function consoleRegistrations(deps: ChangeDeps) {
  const { vault } = deps
  return {
    list: (tx: Db, filter: Filter, page: Page) => list(tx, filter, page, vault),
    counts: (tx: Db, filter: Filter) => counts(tx, filter, vault),
    get: (tx: Db, id: string) => get(tx, id, vault),
    /** Whole registrations by id, in one query, for an export. */
    many: (tx: Db, ids: readonly string[]) => many(tx, ids, vault),
    timeline,
    timelines,
    relatives,
    claim,
    claimNext,
    release,
    handOver,
    note,
    changeMany: (tx: Db, items: readonly { id: string; version: number }[], decision: Decision, at: Date) =>
      changeMany(deps, tx, items, decision, at),
    nextStates,
    /** Every field of a registration with its Vietnamese name, in the order of the form. */
    fields: (Object.keys(LABELS) as FieldKey[]).map((key) => ({ key, label: LABELS[key].vi })),
    /** The Vietnamese name of a chosen option; null for fields people type. */
    optionLabel: (key: FieldKey, value: string): string | null =>
      OPTIONS[key]?.find((option) => option.value === value)?.label.vi ?? null,
    /** Those an officer can ask to be added. */
    requestable: REQUESTABLE,
  }
}
