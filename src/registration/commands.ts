import { plainKey } from '../vietnamese/names.ts'
import { FIELD_NAMES } from './texts.ts'
import type { FieldKey } from './values.ts'

/** What a person asks of the form itself, in Vietnamese with or without marks, or in English. */
export type Command =
  | { kind: 'cancel' | 'back' | 'skip' | 'review' | 'restart' | 'resume' | 'help' }
  | { kind: 'fix'; field: FieldKey | null; rest: string }

const POLITE = /^(?:da|dạ|vang|thoi|cho toi|cho em|cho minh|xin|toi muon|em muon|minh muon|please)\s+(?=\S)/
const TAIL = /\s+(?:a|ạ|nhe|nha|nhen|di|giup|giup toi|giup em|dum|voi|please|di a|nua)$/

const WHOLE: readonly (readonly [RegExp, Exclude<Command['kind'], 'fix'>])[] = [
  [
    /^(?:huy|huy bo|huy dang ky|thoi|thoi khoi|thoi khong dang ky nua|khong dang ky nua|dung lai|dung dang ky|stop|cancel|quit|exit|thoat|bo dang ky)$/,
    'cancel',
  ],
  [/^(?:quay lai|quay lui|lui|lui lai|tro lai|tro ve|cau truoc|buoc truoc|back|go back|previous)$/, 'back'],
  [
    /^(?:bo qua|bo qua cau nay|bo|qua|skip|next|khong co|chua co|chua biet|khong biet|none|giu nguyen|giu lai|giu|de nguyen|khong doi|khong thay doi|keep|keep it)$/,
    'skip',
  ],
  [/^(?:xem lai|tom tat|kiem tra lai|review|summary|xem thong tin|xem lai thong tin)$/, 'review'],
  [
    /^(?:bat dau lai|lam lai|lam lai tu dau|lai tu dau|nhap lai tu dau|restart|start over|start again)$/,
    'restart',
  ],
  [/^(?:tiep tuc|tiep|lam tiep|dang ky tiep|continue|resume|go on)$/, 'resume'],
  [/^(?:huong dan|giup|giup do|tro giup|help)$/, 'help'],
]

/** "Không có" answers an open question about certificates; for skipping it counts only where a field may be empty. */
export const EMPTY_ANSWER = /^(?:khong co|chua co|khong|ko co|ko|chua|none|no|nothing)$/

const FIX = /^(?:sua lai|sua|chinh sua|chinh lai|chinh|nhap lai|edit|correct|fix|change|modify)(?=\s|$)\s*/
const LOOSE_FIX = /^(?:doi lai|doi|thay doi|thay)(?=\s|$)\s*/
const TO = /^(?:thanh|la|lai la|thanh la|sang|to|into|=|:)\s+/

/** The command a text is, or null when it is an answer. `rest` of a fix is the new value, when one was given. */
export function readCommand(text: string): Command | null {
  const key = trimPolite(plainKey(text))
  if (key === '' || key.length > 120) return null
  for (const [pattern, kind] of WHOLE) if (pattern.test(key)) return { kind }
  return readFix(text, key)
}

function readFix(text: string, key: string): Command | null {
  const strict = FIX.exec(key)
  const verb = strict ?? LOOSE_FIX.exec(key)
  if (!verb) return null
  const after = key.slice(verb[0].length)
  if (/^(?:(?:thong tin|name|ten|muc khac)?)$/.test(after))
    return strict ? { kind: 'fix', field: null, rest: '' } : null
  let best: { field: FieldKey; length: number } | null = null
  for (const [field, names] of Object.entries(FIELD_NAMES) as [FieldKey, readonly string[]][]) {
    for (const name of names) {
      const fits = after === name || after.startsWith(`${name} `)
      if (fits && name.length > (best?.length ?? 0)) best = { field, length: name.length }
    }
  }
  if (!best) return null
  const rest = after
    .slice(best.length)
    .trim()
    .replace(/^(?:cua toi|cua em|lien he|giup|nhe|nha)\s*/, '')
    .replace(TO, '')
  // "sửa xe Minh Tâm" is a business; a fix with a long tail and no "thành" is taken only for a clear value.
  return { kind: 'fix', field: best.field, rest: rest === '' ? '' : tailOf(text, rest) }
}

/** The last words of `text` as written, as many as the folded `rest` has. */
function tailOf(text: string, rest: string): string {
  const words = text.trim().split(/\s+/)
  const folded = rest.replace(/\s/g, '')
  for (let i = words.length - 1; i >= 0; i--) {
    const tail = words.slice(i).join(' ')
    if (plainKey(tail).replace(/\s/g, '') === folded) return tail
  }
  return rest
}

function trimPolite(key: string): string {
  let out = key
  for (let i = 0; i < 2; i++) {
    out = out.replace(TAIL, '')
    if (!/^thoi$/.test(out)) out = out.replace(POLITE, '')
  }
  return out
}

const PRONOUN = '(?:(?:toi|em|minh|anh|chi|chu|co|con|chau|chung toi|tui|ben em|ben toi) )?'
const AGREE = new RegExp(
  `^(?:(?:da|vang|ok|oke|okay|yes|roi|co) )*${PRONOUN}(?:xin |hoan toan |da doc va |rat )?dong y(?: (?:a|nhe|nha|luu|voi|cho|ok|noi dung|dieu khoan|su dung).*)?$|^(?:yes )?i (?:do |fully )?(?:agree|consent)(?: .*)?$|^agree[d]?$`,
)
const REFUSE =
  /\b(?:khong|ko|k|chua|hong|hok) (?:the )?dong y\b|\b(?:disagree|not agree|don t agree|refuse|do not consent)\b|^(?:tu choi|khong|ko|no)$/

/** A typed reply to the consent question. 'unclear' for "ok": agreement has to be said (Decree 356/2025 Art. 6). */
export function readConsent(text: string): 'agree' | 'refuse' | 'unclear' {
  const key = plainKey(text)
  if (REFUSE.test(key)) return 'refuse'
  return AGREE.test(key) ? 'agree' : 'unclear'
}

const CONFIRM =
  /^(?:(?:da|vang|ok|oke|okay|roi|yes) ?)*(?:(?:toi|em|minh) )?(?:xac nhan|gui|gui di|gui dang ky|gui luon|luu|luu thay doi|chinh xac|dung roi|dung|chuan|dong y|duoc roi|duoc|confirm|submit|send|send it|correct|yes|ok|oke|okay|vang|da)(?: (?:a|nhe|nha|di|luon|ok|roi))*$/

/** True when a text says that the summary is right and may be sent. */
export function readConfirm(text: string): boolean {
  return CONFIRM.test(plainKey(text))
}
