/** A person's rights: consent, own data, correction, erasure, retention, and the officers' queue of requests. */

export { type Consent, consentsOf, type GivenConsent, hasConsent, recordConsent } from './consent.ts'
export { consentText, PURPOSE_NAMES, Purpose, type ShownConsent } from './consent-texts.ts'
export { concerns, type PrivacyState, readVerb, type Verb } from './flow.ts'
export type { Holding } from './holding.ts'
export {
  createPrivacy,
  type Privacy,
  type PrivacyDeps,
  type PrivacyInput,
  type PrivacyReply,
} from './privacy.ts'
export {
  type PolicyResult,
  privacyPolicies,
  type RetentionPolicy,
  type RetentionReport,
  retentionReports,
  runRetention,
} from './retention.ts'
export { addWorkingDays, type Calendar, dayOf, parseCalendar } from './workdays.ts'
