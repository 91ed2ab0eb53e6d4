/** The door to the console: its app, the account made at the very first start, switches and contact cards. */

export { ensureFirstAdministrator, FIRST_ADMINISTRATOR } from './accounts/first.ts'
export { staffApp } from './app.ts'
export type { KnowledgePort, QuestionsPort, StaffDeps } from './deps.ts'
export { consoleRegistrations } from './registrations.ts'
export { type Contacts, createContacts } from './settings/contacts.ts'
export { createOrganisationNotes, type OrganisationNotes } from './settings/organisations.ts'
export { createSwitches } from './settings/switches.ts'
