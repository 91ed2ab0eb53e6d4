import { cleanText, fold } from './text.ts'

/** Names of enterprises and people: what kind of enterprise a name tells, and keys to compare names by. */

export type EnterpriseType = 'enterprise' | 'cooperative' | 'cooperative_group' | 'household' | 'other'

/** Lower case, no marks, letters and digits only, one space: for comparing, never for showing. */
export function plainKey(text: string): string {
  return fold(cleanText(text))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

const TYPES: readonly (readonly [RegExp, EnterpriseType])[] = [
  [/^(?:lien hiep )?(?:htx|hop tac xa|cooperative|co op)\b|\b(?:cooperative)$/, 'cooperative'],
  [/^(?:tht|to hop tac|to lien ket)\b/, 'cooperative_group'],
  [/^(?:hkd|ho kinh doanh|ho san xuat|ho gia dinh|ho)\b|^household\b/, 'household'],
  [
    /^(?:cong ty|cty|ct|tong cong ty|doanh nghiep|dntn|dn|xi nghiep|tap doan|chi nhanh)\b|\b(?:company|ltd|jsc|corp|corporation|co)$|\b(?:tnhh|cp)\b/,
    'enterprise',
  ],
  [
    /^(?:co so|cs|trang trai|nong trai|truong|benh vien|bv|phong kham|pk|tram y te|trung tam|hoi|xuong|nha may|lo|cua hang|tiem|vuon|farm|clb|cau lac bo|hiep hoi|vien)\b/,
    'other',
  ],
]

/** The kind a name tells ("HTX Phước Hữu" → cooperative), or null when it tells none. */
export function guessEnterpriseType(name: string): EnterpriseType | null {
  const key = plainKey(name)
  return TYPES.find(([pattern]) => pattern.test(key))?.[1] ?? null
}

/** Legal forms and their abbreviations: they say nothing about which enterprise it is. */
const LEGAL_FORMS =
  /\b(?:lien hiep|htx|hop tac xa|tht|to hop tac|hkd|ho kinh doanh|tong cong ty|cong ty|cty|doanh nghiep tu nhan|doanh nghiep|dntn|trach nhiem huu han|tnhh|co phan|cp|mot thanh vien|mtv|1 thanh vien|hai thanh vien|co so|cs)\b/g
const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/\bdvnn\b/g, 'dich vu nong nghiep'],
  [/\b(?:tmdv|tm dv)\b/g, 'thuong mai dich vu'],
  [/\bsxtm\b/g, 'san xuat thuong mai'],
  [/\bxnk\b/g, 'xuat nhap khau'],
  [/\b(?:sx)\b/g, 'san xuat'],
  [/\b(?:tm)\b/g, 'thuong mai'],
  [/\b(?:dv)\b/g, 'dich vu'],
  [/\b(?:nn)\b/g, 'nong nghiep'],
  [/\b(?:va)\b/g, ' '],
]

/**
 * A key under which two spellings of one enterprise meet: "Cty TNHH MTV Hoa Sen" = "công ty tnhh một thành viên
 * hoa sen". The kind stays in the key, so HTX Phước Hữu and Công ty Phước Hữu remain two. Empty when nothing is left.
 */
export function enterpriseKey(name: string): string {
  let key = plainKey(name)
  for (const [pattern, whole] of ABBREVIATIONS) key = key.replace(pattern, whole)
  const core = key.replace(LEGAL_FORMS, ' ').replace(/\s+/g, ' ').trim()
  return core === '' ? '' : `${guessEnterpriseType(name) ?? 'unknown'}:${core}`
}

/** The name as it is said without its legal form: "HTX nông nghiệp Phước Hữu" → "nông nghiệp Phước Hữu". */
export function withoutLegalForm(name: string): string {
  const words = name.trim().split(/\s+/)
  const isForm = (end: number) =>
    plainKey(words.slice(0, end).join(' ')).replace(LEGAL_FORMS, '').trim() === ''
  let start = 0
  for (let end = 1; end <= words.length; end++) if (isForm(end)) start = end
  return words.slice(start).join(' ')
}

/** Family names of about 95 % of people, ethnic minorities of the two provinces (Chăm, Raglai) included; folded. */
const FAMILY_NAMES = new Set(
  (
    'nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong doan cao mai luong luu trinh ' +
    'dao lam ta chu ha thai to tong vuong phung quach kieu han thach la ma nong diep lac ung au lieu tang chau van ' +
    'ninh tu che quang bo dong thap thanh dam ba kator pinang chamale pi nang mau ta in cham ma ly tieu nhan ' +
    'ong luc trieu vi nghiem than kha kim son danh bach mac ton hua thieu giap khuong nhu bien huu cu'
  ).split(' '),
)
const NOT_IN_NAMES =
  /\b(?:muon|can|lam|lop|khoa|dang|ky|toi|minh|cho|voi|hoi|khong|gi|nao|htx|cong|ty|xa|phuong|so|sdt|nguoi)\b/

/** True for what reads as a person's full name: two to five words, the first a family name, no digits. */
export function looksLikePersonName(text: string): boolean {
  const clean = cleanText(text)
  if (/[^\p{L}\p{M} .']/u.test(clean)) return false
  const words = plainKey(clean).split(' ')
  if (words.length < 2 || words.length > 5) return false
  return FAMILY_NAMES.has(words[0] ?? '') && !NOT_IN_NAMES.test(words.join(' '))
}
