import { z } from 'zod'
import { Purpose } from './consent-texts.ts'

/**
 * The dialogue behind /dulieu, /sua, /xoa, /rutdongy and /canbo. Pure: takes what the person did and where they were,
 * says what is to be done and what is awaited next. The caller keeps the state with the conversation.
 */

export const PrivacyState = z.discriminatedUnion('awaits', [
  /** What should be corrected, in the person's own words. */
  z.object({ awaits: z.literal('correction'), since: z.coerce.date<string | Date>() }),
  /** Yes or no to erasing everything; `key` binds the buttons to this very question. */
  z.object({ awaits: z.literal('erasure'), key: z.string(), since: z.coerce.date<string | Date>() }),
  /** Which consent is withdrawn. */
  z.object({ awaits: z.literal('withdrawal'), since: z.coerce.date<string | Date>() }),
])
export type PrivacyState = z.infer<typeof PrivacyState>

export type Verb = 'view' | 'export' | 'correct' | 'erase' | 'withdraw' | 'officer'

export interface Input {
  /** What was typed, or the code of a pressed button (both may be the same string on Zalo). */
  text: string
  at: Date
  /** A fresh short key for the buttons of a confirmation. */
  key: string
  /** Consents in force, for the question which one to withdraw. */
  inForce: readonly Purpose[]
}

export type Effect =
  | { do: 'show' | 'export' | 'ask_correction' | 'hand_over' | 'kept' | 'stopped' | 'nothing_to_withdraw' }
  | { do: 'ask_erasure'; key: string }
  | { do: 'erase' }
  | { do: 'ask_withdrawal' }
  | { do: 'withdraw'; purpose: Purpose | 'all' }
  | { do: 'correction'; detail: string }

export interface Step {
  /** Null: the input does not belong to this dialogue, the conversation goes on as usual. */
  effect: Effect | null
  state: PrivacyState | null
}

/**
 * Anything else closes the question and is answered as usual: nobody is trapped in it, and a later "có" to some other
 * question cannot erase anything.
 */
const ELSEWHERE: Step = { effect: null, state: null }
/** A question left alone this long is no longer open: an old yes must not erase anything. */
const OPEN_MS = 15 * 60_000
const CANCEL = new Set(['huy', 'huy bo', 'thoat', 'dung', 'dung lai', 'thoi', 'quay lai', 'cancel', 'stop'])
/** Only words that say what is meant: a bare "có" may answer some other question, so it brings ours up once more. */
const YES = new Set([
  'xoa het',
  'xoa het di',
  'xoa tat ca',
  'xoa',
  'dong y xoa',
  'erase',
  'delete',
  'erase everything',
])
const BARE_YES = new Set(['co', 'dong y', 'yes', 'ok', 'vang', 'da', 'chac chan', 'xac nhan'])
const NO = new Set(['khong', 'khong xoa', 'giu lai', 'no', 'keep'])
const COMMANDS: Record<string, Verb> = {
  '/dulieu': 'view',
  '/mydata': 'view',
  '/sua': 'correct',
  '/xoa': 'erase',
  '/rutdongy': 'withdraw',
  '/canbo': 'officer',
  '/officer': 'officer',
}

/** Lower case without tone marks and outer punctuation, single spaces. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/đ/giu, 'd')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s.,!?;:"“”]+|[\s.,!?;:"“”]+$/g, '')
}

/** The command in a typed line or a button code; null when it is none. "/dulieu json" asks for the file. */
export function readVerb(text: string): Verb | null {
  const [, code] = /^#data:(view|export|correct|erase|withdraw|officer)$/.exec(text.trim()) ?? []
  if (code !== undefined) return code as Verb
  const [head = '', rest = ''] = plain(text).replace(/@\w+/, '').split(' ')
  const verb = COMMANDS[head] ?? null
  return verb === 'view' && (rest === 'json' || rest === 'tep' || rest === 'file') ? 'export' : verb
}

/** Begins a dialogue: a command, a button, or what the answerer recognised ("xoá hết dữ liệu của tôi đi"). */
export function begin(verb: Verb, { at, key, inForce }: Omit<Input, 'text'>): Step {
  switch (verb) {
    case 'view':
      return { effect: { do: 'show' }, state: null }
    case 'export':
      return { effect: { do: 'export' }, state: null }
    case 'officer':
      return { effect: { do: 'hand_over' }, state: null }
    case 'correct':
      return { effect: { do: 'ask_correction' }, state: { awaits: 'correction', since: at } }
    case 'erase':
      return { effect: { do: 'ask_erasure', key }, state: { awaits: 'erasure', key, since: at } }
    case 'withdraw':
      return inForce.length === 0
        ? { effect: { do: 'nothing_to_withdraw' }, state: null }
        : { effect: { do: 'ask_withdrawal' }, state: { awaits: 'withdrawal', since: at } }
  }
}

/** One input while a question of ours may be open. */
export function step(state: PrivacyState | null, input: Input): Step {
  const verb = readVerb(input.text)
  if (verb !== null) return begin(verb, input)
  const purpose = /^#data:withdraw:([a-z_]+)$/.exec(input.text.trim())?.[1]
  if (purpose !== undefined) return withdrawBy(purpose, input)
  const open = state !== null && input.at.getTime() - state.since.getTime() <= OPEN_MS
  const erasureKey = /^#data:erase:([\w-]+)$/.exec(input.text.trim())?.[1]
  if (erasureKey !== undefined) {
    if (open && state.awaits === 'erasure' && state.key === erasureKey)
      return { effect: { do: 'erase' }, state: null }
    return begin('erase', input) // an old button: ask anew, never erase on it
  }
  if (input.text.trim() === '#data:keep') return { effect: { do: 'kept' }, state: null }
  if (!open || input.text.trim().startsWith('#')) return { effect: null, state: open ? state : null }
  return answer(state, input)
}

/** Whether an input belongs to this dialogue, before anything is read or written. */
export function concerns(state: unknown, text: string, at: Date): boolean {
  const known = PrivacyState.nullable()
    .catch(null)
    .parse(state ?? null)
  return step(known, { text, at, key: '', inForce: Purpose.options }).effect !== null
}

function answer(state: PrivacyState, input: Input): Step {
  const said = plain(input.text)
  if (CANCEL.has(said))
    return { effect: { do: state.awaits === 'erasure' ? 'kept' : 'stopped' }, state: null }
  switch (state.awaits) {
    case 'correction':
      return { effect: { do: 'correction', detail: input.text.trim().slice(0, 4000) }, state: null }
    case 'erasure':
      if (YES.has(said)) return { effect: { do: 'erase' }, state: null }
      if (NO.has(said)) return { effect: { do: 'kept' }, state: null }
      if (BARE_YES.has(said)) return { effect: { do: 'ask_erasure', key: state.key }, state }
      return ELSEWHERE
    case 'withdrawal': {
      if (NO.has(said)) return { effect: { do: 'stopped' }, state: null }
      const index = /^\d$/.test(said) ? Number(said) : null
      const chosen = index === null ? undefined : input.inForce[index - 1]
      if (chosen !== undefined) return { effect: { do: 'withdraw', purpose: chosen }, state: null }
      if (said === 'tat ca' || said === 'all')
        return { effect: { do: 'withdraw', purpose: 'all' }, state: null }
      return ELSEWHERE
    }
  }
}

/** A withdrawal by button needs no open question: it does no harm that cannot be undone. */
function withdrawBy(code: string, { inForce }: Input): Step {
  if (inForce.length === 0) return { effect: { do: 'nothing_to_withdraw' }, state: null }
  if (code === 'all') return { effect: { do: 'withdraw', purpose: 'all' }, state: null }
  const purpose = Purpose.safeParse(code)
  return purpose.success && inForce.includes(purpose.data)
    ? { effect: { do: 'withdraw', purpose: purpose.data }, state: null }
    : { effect: { do: 'nothing_to_withdraw' }, state: null }
}
