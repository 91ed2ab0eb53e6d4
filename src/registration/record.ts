import { z } from 'zod'
import { Address } from '../channel/message.ts'
import type { Vault } from '../vault/index.ts'
import { enterpriseKey, plainKey } from '../vietnamese/names.ts'
import { maskPhone } from '../vietnamese/phone.ts'
import { maskTaxCode } from '../vietnamese/tax-code.ts'
import { STATES } from './lifecycle.ts'
import { EnterpriseTypes, FieldKey, Language, type Value, Values } from './values.ts'

/** A registration as rows and as values: what is sealed, what is masked, what is searched. */

export const ListRow = z.object({
  id: z.uuid(),
  reference: z.string(),
  kind: z.enum(['interest', 'training']),
  support: z.string(),
  classId: z.uuid().nullable(),
  province: z.string(),
  state: z.enum(STATES),
  version: z.number().int(),
  enterpriseName: z.string(),
  enterpriseType: z.enum(EnterpriseTypes),
  contactName: z.string(),
  phoneMask: z.string(),
  communeLabel: z.string(),
  trainees: z.number().int().nullable(),
  linkedTo: z.uuid().nullable(),
  officerId: z.string().nullable(),
  officerName: z.string().nullable(),
  submittedAt: z.date(),
  updatedAt: z.date(),
})
export type ListRow = z.infer<typeof ListRow>

const Stored = ListRow.extend({
  language: Language,
  phoneSealed: z.string().nullable(),
  taxSealed: z.string().nullable(),
  communeCode: z.string().nullable(),
  details: Values,
  requested: z.array(FieldKey),
  conversationId: z.uuid().nullable(),
  address: Address.nullable(),
  closedAt: z.date().nullable(),
  erasedAt: z.date().nullable(),
})

/** A whole registration, opened: for its own person and for the officer's page of this one. */
export interface Registration extends Omit<z.infer<typeof Stored>, 'phoneSealed' | 'taxSealed'> {
  /** E.164; null after erasure. */
  readonly phone: string | null
  readonly taxCode: string | null
  /** All answers by field, as the form knows them. */
  readonly values: Values
}

export const LIST_COLUMNS = `id, reference, kind, support, class_id as "classId", province, state, version,
  enterprise_name as "enterpriseName", enterprise_type as "enterpriseType", contact_name as "contactName",
  phone_mask as "phoneMask", commune_label as "communeLabel", trainees, linked_to as "linkedTo",
  officer_id as "officerId", officer_name as "officerName", submitted_at as "submittedAt", updated_at as "updatedAt"`

export const COLUMNS = `${LIST_COLUMNS}, language, phone_sealed as "phoneSealed", tax_sealed as "taxSealed",
  commune_code as "communeCode", details, requested, conversation_id as "conversationId", address,
  closed_at as "closedAt", erased_at as "erasedAt"`

export function readRegistration(row: unknown, vault: Vault): Registration {
  const { phoneSealed, taxSealed, ...rest } = Stored.parse(row)
  const phone = phoneSealed === null ? null : vault.open(phoneSealed)
  const taxCode = taxSealed === null ? null : vault.open(taxSealed)
  return { ...rest, phone, taxCode, values: valuesOf(rest, phone, taxCode) }
}

function valuesOf(
  row: Omit<z.infer<typeof Stored>, 'phoneSealed' | 'taxSealed'>,
  phone: string | null,
  tax: string | null,
): Values {
  const labels = row.details
  const values: Values = { ...row.details }
  const put = (field: FieldKey, value: string | null, label = value): void => {
    if (value !== null && value !== '')
      values[field] = { value, label: labels[field]?.label ?? label ?? value }
  }
  put('province', row.province)
  put('support', row.support)
  put('class', row.classId)
  put('enterprise', row.enterpriseName)
  put('enterprise_type', row.enterpriseType)
  put('contact', row.contactName)
  put('phone', phone, phone === null ? null : showNational(phone))
  put('tax_code', tax, tax === null ? null : maskTaxCode(tax))
  if (row.communeLabel !== '') values.commune = { value: row.communeCode ?? '', label: row.communeLabel }
  put('trainees', row.trainees === null ? null : String(row.trainees))
  return values
}

function showNational(e164: string): string {
  return e164.startsWith('+84') ? `0${e164.slice(3)}`.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1 $2 $3') : e164
}

/** Fields with a column of their own; the others live in `details`. Labels of these three are kept there as well. */
const OWN_COLUMN: ReadonlySet<FieldKey> = new Set([
  'enterprise',
  'enterprise_type',
  'contact',
  'phone',
  'tax_code',
  'commune',
  'trainees',
])

export interface Columns {
  enterpriseName: string
  enterpriseType: string
  enterpriseKey: string | null
  contactName: string
  phoneSealed: string | null
  phoneIndex: string | null
  phoneMask: string
  taxSealed: string | null
  taxIndex: string | null
  taxMask: string | null
  communeCode: string | null
  communeLabel: string
  trainees: number | null
  details: Values
  search: string
}

/** What the answers become in the table: numbers sealed, an index to find them by, a mask to show. */
export function columnsOf(values: Values, reference: string, vault: Vault): Columns {
  const phone = values.phone?.value ?? null
  const tax = values.tax_code?.value ?? null
  const details = Object.fromEntries(
    (Object.entries(values) as [FieldKey, Value][]).filter(([field]) => !OWN_COLUMN.has(field)),
  ) as Values
  const enterprise = values.enterprise?.value ?? ''
  const key = enterpriseKey(enterprise)
  return {
    enterpriseName: enterprise,
    enterpriseType: EnterpriseTypes.find((type) => type === values.enterprise_type?.value) ?? 'other',
    enterpriseKey: key === '' ? null : key,
    contactName: values.contact?.value ?? '',
    phoneSealed: phone === null ? null : vault.seal(phone),
    phoneIndex: phone === null ? null : vault.index(phone),
    phoneMask: phone === null ? '' : maskPhone(phone),
    taxSealed: tax === null ? null : vault.seal(tax),
    taxIndex: tax === null ? null : vault.index(tax),
    taxMask: tax === null ? null : maskTaxCode(tax),
    communeCode: values.commune?.value || null,
    communeLabel: values.commune?.label ?? '',
    trainees: values.trainees ? Number(values.trainees.value) : null,
    details,
    search: searchWords([
      reference,
      enterprise,
      values.contact?.value,
      values.commune?.label,
      values.support?.label,
      values.product?.value,
    ]),
  }
}

/** Folded words, each once, for to_tsvector('simple', …): found with and without marks, by the beginning of a word. */
function searchWords(texts: readonly (string | undefined)[]): string {
  return [...new Set(plainKey(texts.filter((text) => text !== undefined).join(' ')).split(' '))]
    .join(' ')
    .slice(0, 2_000)
}

/** What an officer typed, as a prefix query: "phuoc huu" → 'phuoc':* & 'huu':*; null when no word is left. */
export function searchQuery(text: string): string | null {
  const words = plainKey(text)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 8)
  return words.length === 0 ? null : words.map((word) => `${word}:*`).join(' & ')
}
