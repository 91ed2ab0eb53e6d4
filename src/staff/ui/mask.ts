/**
 * Telephone numbers and e-mail addresses inside running text, for eyes that may not see them: viewers, and papers that
 * leave the house. What people write instead of digits ("không chín một …") is covered; a name is not.
 */

const MASKED_PHONE = '[số điện thoại đã che]'
const MASKED_EMAIL = '[e-mail đã che]'

/** A local part, a sign for "at" and a domain, also with blanks around the sign. */
const EMAIL =
  /[^\s@<>()"',;:]+\s?(?:@|＠|\(a\)|\[at\]|\(at\))\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/giu
/** 0…, 84… or +84… and eight to eleven digits more (identity cards begin with 0 too), however they are grouped. */
const PHONE =
  /(?<![\p{Nd}\p{L}])(?:[+＋]\s?)?\(?(?:0|０|84|８４)\)?(?:[\s.\-–()_]{0,3}\p{Nd}){8,11}(?!\p{Nd})/gu
const WORD = '(?:không|khong|một|mot|mốt|hai|ba|bốn|bon|tư|năm|nam|lăm|sáu|sau|bảy|bay|bẩy|tám|tam|chín|chin)'
const SPOKEN = new RegExp(String.raw`(?<!\p{L})${WORD}(?:[\s,.-]+${WORD}){7,}(?!\p{L})`, 'giu')

export function maskContacts(text: string): string {
  return text
    .replaceAll(/[\u200b-\u200f\u2060\ufeff\u00ad]/g, '') // signs nobody sees would split a number
    .replaceAll(EMAIL, MASKED_EMAIL)
    .replaceAll(PHONE, MASKED_PHONE)
    .replaceAll(SPOKEN, MASKED_PHONE)
}
