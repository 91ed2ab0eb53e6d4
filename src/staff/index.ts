/** The door to the console: its app, and the account made at the very first start. */

export { ensureFirstAdministrator, FIRST_ADMINISTRATOR } from './accounts/first.ts'
export { staffApp } from './app.ts'
export type { StaffDeps } from './deps.ts'
export { type Contacts, createContacts } from './settings/contacts.ts'
export { createSwitches, type Switches } from './settings/switches.ts'
