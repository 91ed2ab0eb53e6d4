/** Sign-ups: the form in the chat, life after submission, the officers' queue, the self-assessment, linked channels. */
import { readFileSync } from 'node:fs'
import { createPlaces, FormerUnitsFile, type Places, UnitsFile } from '../vietnamese/places.ts'

export { type ChangeDeps, type Changed, changeState, type Speaker, type StateChange } from './change.ts'
export {
  actorOf,
  type BulkItem,
  type Claimed,
  changeMany,
  claim,
  claimNext,
  counts,
  type Filter,
  get,
  handOver,
  type Listed,
  list,
  many,
  note,
  type Officer,
  type Page,
  previewMany,
  relatives,
  release,
  type Tally,
  tally,
  timeline,
  timelines,
} from './console.ts'
export { createRegistrations, type RegistrationDeps, type Registrations } from './door.ts'
export { REQUESTABLE } from './fields.ts'
export { purgeClosed, type RegistrationHolding, registrationHolding } from './holding.ts'
export { createIdentity, type Identity } from './identity.ts'
export { STATE_NAMES } from './life-texts.ts'
export { nextStates, STATES, type State, TRANSITIONS } from './lifecycle.ts'
export type { ClassChoice, ConsentText, Lookups, ProvinceChoice, SupportChoice } from './lookups.ts'
export type { ListRow, Registration } from './record.ts'
export type { Actor, EventRow } from './store.ts'
export { type SurveyRow, surveysOf } from './survey.ts'
export { LABELS, OPTIONS } from './texts.ts'
export type { FieldKey, Values } from './values.ts'

/** Reads the place names of `knowledge/places` (about 0.2 s, once at start). Throws when a file is malformed. */
export function loadPlaces(folder: string): Places {
  const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
  return createPlaces(
    UnitsFile.parse(read('vn-units.json')),
    FormerUnitsFile.parse(read('former-units.json')),
  )
}
