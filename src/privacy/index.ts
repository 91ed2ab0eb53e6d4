/** A person's rights: consent, own data, correction, erasure, retention, and the officers' queue of requests. */

export { consentsOf, hasConsent, recordConsent } from './consent.ts'
export { consentText, Purpose } from './consent-texts.ts'
export { concerns } from './flow.ts'
export type { Holding } from './holding.ts'
export { createPrivacy, type Privacy } from './privacy.ts'
export { privacyPolicies, type RetentionPolicy, retentionReports, runRetention } from './retention.ts'
export { parseCalendar } from './workdays.ts'
