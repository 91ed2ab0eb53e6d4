import { z } from 'zod'

/**
 * What a conversation remembers between two turns. The parts that other rooms own are opaque here: they parse
 * their own part when they get it back.
 */
export const ConversationState = z.object({
  /** The open sign-up form (registration/form.ts). */
  form: z.unknown().default(null),
  /** A form that was cancelled or interrupted, kept so that nothing typed is lost. */
  parked: z.unknown().default(null),
  /** The open personal-data dialogue (privacy/flow.ts). */
  dialogue: z.unknown().default(null),
  /** What the last answer was about (answer/): topic, province, period, units. */
  memory: z.unknown().default(null),
  /** The question that waits for the person to name the province. */
  pending: z.string().nullable().default(null),
  /** Questions offered as buttons with the last answer (`#ask:<n>`). */
  suggestions: z.array(z.string()).default([]),
  /** The answer a rating in words ("sai rồi") is about. */
  lastAnswerId: z.string().nullable().default(null),
})
export type ConversationState = z.infer<typeof ConversationState>

/** Our own button codes, parsed; anyone can type one, so a code grants nothing. */
export type Press =
  | { code: 'start' | 'menu' | 'more' | 'own' | 'officer' | 'yes' | 'no' | 'resume' | 'survey' }
  | { code: 'province'; province: string }
  | { code: 'signup'; support: string | null; classId: string | null }
  | { code: 'ask'; index: number }
  | { code: 'form'; send: string }
  | { code: 'registration'; reference: string; verb: string }
  | { code: 'offer'; id: string; accept: boolean }
  /** Read by the privacy room, which has codes of its own below #data. */
  | { code: 'data'; text: string }
  | { code: 'language'; language: 'vi' | 'en' }
  | { code: 'rate'; answerId: string; good: boolean }
  | { code: 'link'; verb: string }

/** Reads `#…` codes; null for anything else, unknown codes included (then it is ordinary text). */
export function parsePress(text: string): Press | null {
  const trimmed = text.trim()
  if (!trimmed.startsWith('#') || trimmed.length > 80) return null
  const [head = '', ...rest] = trimmed.slice(1).split(':')
  const [first = '', second = ''] = rest
  switch (head) {
    case 'start':
    case 'menu':
    case 'more':
    case 'own':
    case 'officer':
    case 'yes':
    case 'no':
    case 'resume':
    case 'survey':
      return rest.length === 0 ? { code: head } : null
    case 'province':
      return first === '' ? null : { code: 'province', province: first }
    case 'signup':
      if (first === 'class') return second === '' ? null : { code: 'signup', support: null, classId: second }
      return { code: 'signup', support: first === '' ? null : first, classId: null }
    case 'ask':
      return /^\d{1,2}$/.test(first) ? { code: 'ask', index: Number(first) } : null
    case 'f':
      return { code: 'form', send: trimmed }
    case 'reg':
      return first === '' || second === '' ? null : { code: 'registration', reference: first, verb: second }
    case 'offer':
      return second === 'yes' || second === 'no'
        ? { code: 'offer', id: first, accept: second === 'yes' }
        : null
    case 'data':
      return { code: 'data', text: trimmed }
    case 'lang':
      return first === 'vi' || first === 'en' ? { code: 'language', language: first } : null
    case 'rate':
      return second === 'up' || second === 'down'
        ? { code: 'rate', answerId: first, good: second === 'up' }
        : null
    case 'link':
      return { code: 'link', verb: first }
    default:
      return null
  }
}

/** Deep links of Telegram and the web (`?start=…`): a–z, 0–9, _ and - only, so ':' travels as '_'. */
export function pressOfDeepLink(payload: string): Press | null {
  const [kind, ...rest] = payload.split('_')
  const value = rest.join('_')
  if (kind === 'class' && value !== '') return { code: 'signup', support: null, classId: value }
  if (kind === 'signup') return { code: 'signup', support: value === '' ? null : value, classId: null }
  if (kind === 'province' && value !== '') return { code: 'province', province: value }
  return null
}

/** Slash commands people type on any channel (Telegram's menu, and the five words of the data-protection law). */
export function parseCommand(
  text: string,
): Press | { code: 'cancel' } | { code: 'link_code'; value: string } | null {
  const match = /^\/([a-z]+)(?:@\w+)?(?:\s+(.*))?$/iu.exec(text.trim())
  if (!match) return null
  const rest = match[2]?.trim() ?? ''
  switch (match[1]?.toLowerCase()) {
    case 'start':
      return (rest === '' ? null : pressOfDeepLink(rest)) ?? { code: 'start' }
    case 'help':
    case 'menu':
    case 'trogiup':
      return { code: 'menu' }
    case 'dangky':
    case 'register':
      return { code: 'signup', support: null, classId: null }
    case 'hoso':
    case 'mine':
      return { code: 'own' }
    case 'dulieu':
    case 'mydata':
      return { code: 'data', text: rest === '' ? '#data:view' : '#data:export' }
    case 'sua':
      return { code: 'data', text: '#data:correct' }
    case 'xoa':
      return { code: 'data', text: '#data:erase' }
    case 'rutdongy':
      return { code: 'data', text: '#data:withdraw' }
    case 'canbo':
    case 'officer':
      return { code: 'officer' }
    case 'huy':
    case 'cancel':
      return { code: 'cancel' }
    case 'ngonngu':
    case 'language':
      return { code: 'language', language: rest.toLowerCase().startsWith('vi') ? 'vi' : 'en' }
    case 'lienket':
    case 'link':
      return rest === '' ? { code: 'link', verb: 'new' } : { code: 'link_code', value: rest }
    default:
      return null
  }
}
