import type { Content } from '../channel/message.ts'
import { plainKey } from '../vietnamese/names.ts'
import { type Press, parseCommand, parsePress, pressOfDeepLink } from './states.ts'

/** What one message is, before anything is understood: our own button, a command, words, or something unreadable. */
export type Reading =
  | { kind: 'words'; text: string }
  | { kind: 'press'; press: Press; text: string }
  | { kind: 'stale_press' }
  | { kind: 'cancel' }
  | { kind: 'link_code'; code: string }
  | { kind: 'contact'; phone: string; own: boolean }
  | { kind: 'voice' }
  | { kind: 'fixed'; say: 'empty' | 'tooLong' | 'unreadable' | 'media' | 'location' }

/** Longer messages are kept whole, but only a person can read them. */
export const READABLE_MAX = 4_000

// Controls, marks that turn the writing direction, invisible joiners and tag characters: nobody means to type them.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/gu
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u

export function read(
  content: Extract<Content, { kind: 'text' | 'press' | 'contact' | 'media' | 'start' }>,
): Reading {
  switch (content.kind) {
    case 'text':
      return readText(content.text)
    case 'press': {
      const press = parsePress(content.send)
      return press ? { kind: 'press', press, text: content.send } : { kind: 'stale_press' }
    }
    case 'start': {
      const press = (content.payload ? pressOfDeepLink(content.payload) : null) ?? { code: 'start' as const }
      return { kind: 'press', press, text: '' }
    }
    case 'contact':
      return { kind: 'contact', phone: content.phone, own: content.own }
    case 'media':
      if (content.caption?.trim()) return readText(content.caption)
      if (content.media === 'voice') return { kind: 'voice' }
      return { kind: 'fixed', say: content.media === 'location' ? 'location' : 'media' }
  }
}

function readText(raw: string): Reading {
  const press = parsePress(raw)
  if (press) return { kind: 'press', press, text: raw.trim() }
  const command = parseCommand(raw)
  if (command?.code === 'cancel') return { kind: 'cancel' }
  if (command?.code === 'link_code') return { kind: 'link_code', code: command.value }
  if (command) return { kind: 'press', press: command, text: raw.trim() }
  const text = raw
    .replace(/[\n\t]+/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim()
  if (text === '') return { kind: 'fixed', say: raw.trim() === '' ? 'empty' : 'unreadable' }
  if (text.length > READABLE_MAX) return { kind: 'fixed', say: 'tooLong' }
  if (!LETTER_OR_DIGIT.test(text) && !/[?👍👎❤🙏😀-🙏]/u.test(text))
    return { kind: 'fixed', say: 'unreadable' }
  return { kind: 'words', text }
}

/** Words that make a sentence a question whatever it is about; used only inside a form, where answers are short. */
const QUESTION =
  /\?|(?:^|\s)cho\s+(?:(?:em|tôi|toi|mình|minh|tui|anh|chị)\s+)?(?:hỏi|hoi)(?:\s|$)|(?:^|\s)(?:có|co(?! so\s)|được|duoc|đc|dc)\s.{0,60}(?:không|khong|ko|hông|hong|hok|chưa|chua)(?:\s|$|[.,!])|(?:^|\s)(?:có|co(?! so\s)|được|duoc|đc|dc)\s.{0,60}\sk(?:\s+(?:ạ|a|vậy|vay|z))?$|(?:^|\s)(?:hả|hử|vậy ta|dzậy|không đã|đã không)$|(?:^|\s)(?:gì|gi|j|chi|sao|bao nhiêu|bao nhieu|bn|mấy|may|thế nào|the nao|như nào|nhu nao|khi nào|khi nao|bao giờ|bao gio|ở đâu|o dau|đâu|nào(?! cũng)|(?:nam|ngay|thang|luc|hoi|cho|noi|ben|so|co quan|don vi) nao|răng|mô(?! hình)|phải không|phai khong|hông|hong|hk|what|how|when|where|which|who|why|does|do you|can i|is there)(?:\s|$|[.,!])/iu

export const looksLikeQuestion = (text: string): boolean => QUESTION.test(text)

/** What a message that asks something tells besides: the clauses that ask nothing. */
export const toldBesides = (text: string): string =>
  text
    .split(/[,;!\n]|\.(?=\s|$)|(?<=\?)/u)
    .filter((clause) => !looksLikeQuestion(clause))
    .join(', ')

export type WayOut = 'own' | 'officer' | 'menu' | 'data'

const WAYS_OUT: readonly (readonly [RegExp, WayOut])[] = [
  [
    /^(?:xem |cho (?:toi|em|minh|tui) xem )?(?:ho so|dang ky)(?: da gui)? (?:cua )?(?:toi|minh|em|tui)$|^my registrations$/,
    'own',
  ],
  [
    /^(?:(?:toi|em|minh|tui) )?(?:(?:muon|can|xin) )?(?:cho (?:toi|em|minh|tui) )?(?:gap|noi chuyen voi|goi|chat voi|chuyen) (?:can bo|nguoi that|nhan vien|chuyen vien|tong dai vien)(?: so)?$|^can bo$|^officer$|^talk to (?:an officer|a person)$/,
    'officer',
  ],
  [/^(?:menu|trang chinh)$/, 'menu'],
  [/^(?:xem )?du lieu (?:cua )?(?:toi|minh|em|tui)$|^my data$/, 'data'],
]
const POLITE_END = /(?: (?:a|di|nhe|nha|voi|giup|duoc khong|dc khong|please))+$/

/** The words our own help names as a way to somewhere else; an open form lets them through and stays. */
export function wayOut(text: string): WayOut | null {
  const key = plainKey(text).replace(POLITE_END, '')
  return WAYS_OUT.find(([pattern]) => pattern.test(key))?.[1] ?? null
}

const PHONE = /(?<!\d)(?:\+?84|0)(?:[\s.-]?\d){9,10}(?!\d)/u

/** Whether a person leaves a telephone number: together with a kind of support that is a sign-up, whatever the grammar. */
export const leavesPhone = (text: string): boolean => PHONE.test(text)
