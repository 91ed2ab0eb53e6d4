/** The door to the console: its app, the account made at the very first start, switches and contact cards. */

export { ensureFirstAdministrator, FIRST_ADMINISTRATOR } from './accounts/first.ts'
export { staffApp } from './app.ts'
export type { ConversationsPort, ConversationView, KnowledgePort, QuestionsPort, StaffDeps } from './deps.ts'
export { consoleRegistrations } from './registrations.ts'
export { type ContactCard, type Contacts, createContacts, hoursText } from './settings/contacts.ts'
export { createSwitches, type Switches } from './settings/switches.ts'
