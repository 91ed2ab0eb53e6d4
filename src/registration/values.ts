import { z } from 'zod'

/** The values a form collects, whatever its kind. Data, so that a new field is one entry in `fields.ts`. */

// biome-ignore format: a list of names
export const FieldKey = z.enum([
  'province', 'support', 'class', 'enterprise', 'enterprise_type', 'trainees', 'contact', 'phone', 'commune', 'need',
  'role', 'tax_code', 'email', 'product', 'sector', 'workers', 'women_workers', 'revenue', 'capital', 'women_owned',
  'certificates', 'tools', 'market', 'problem', 'start', 'cofund', 'previous',
])
export type FieldKey = z.infer<typeof FieldKey>

/** One answer: `value` is what the software compares, `label` what people read (own language, marks kept). */
export const Value = z.object({ value: z.string().max(600), label: z.string().max(700) })
export type Value = z.infer<typeof Value>

export const Values = z.partialRecord(FieldKey, Value)
export type Values = z.infer<typeof Values>

export const Language = z.enum(['vi', 'en'])
export type Language = z.infer<typeof Language>

/** The agreement as it was given: typed or pressed, to which text, in which words, when. */
export const ConsentGiven = z.object({
  version: z.string().min(1).max(60),
  reply: z.string().min(1).max(300),
  via: z.enum(['typed', 'pressed']),
  at: z.iso.datetime(),
})
export type ConsentGiven = z.infer<typeof ConsentGiven>

export const EnterpriseTypes = [
  'enterprise',
  'cooperative',
  'cooperative_group',
  'household',
  'other',
] as const
