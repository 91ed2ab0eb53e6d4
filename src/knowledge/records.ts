/** The yaml records beside the plans: support types, targets, rules, duties, baseline, abbreviations, manifest. */
import { z } from 'zod'

const Key = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,80}$/)
const Province = z.string().regex(/^[a-z][a-z-]{1,40}$/)
const Section = z.array(z.string().min(1)).min(1)
const Quote = z.string().min(8).max(600)
const Comparator = z.enum(['>=', '>', '=', '<=', '<', 'about', 'between'])
const Period = z.object({ start: z.number().int().nullable(), end: z.number().int().nullable() })

const Proof = { quote: Quote, cite: z.string().min(1), section: Section }
const Amount = {
  unit: z.string(),
  comparator: Comparator,
  value: z.number().nullable().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  approx: z.boolean().optional(),
  per: z.string().optional(),
  reference: z.string().optional(),
}

export const Target = z.object({
  id: Key,
  province: Province,
  kind: z.enum(['commitment', 'forecast', 'unclear']),
  period: Period,
  metric: z.string(),
  label: z.string().min(1),
  ...Amount,
  support: z.array(Key).default([]),
  ...Proof,
  doubt: z.string().optional(),
})
export type Target = z.infer<typeof Target>

export const Rule = z.object({
  id: Key,
  province: Province,
  period: Period,
  label: z.string().min(1),
  ...Amount,
  factor_min: z.number().optional(),
  factor_max: z.number().optional(),
  applies_to: z.array(Key).default([]),
  ...Proof,
  warning: z.string().optional(),
  doubt: z.string().optional(),
})
export type Rule = z.infer<typeof Rule>

/** A figure that stands in no document: the product of a rule and a target. It must always be called computed. */
export const Derived = z.object({
  id: Key,
  rule: Key,
  base: Key,
  province: Province,
  period: Period,
  metric: z.string(),
  label: z.string().min(1),
  ...Amount,
  base_comparator: Comparator,
  base_value: z.number(),
})
export type Derived = z.infer<typeof Derived>

export const Duty = z.object({
  id: Key,
  province: Province,
  duty: z.string(),
  label: z.string().min(1),
  due: z
    .object({
      every: z.string().optional(),
      year: z.number().int().optional(),
      month: z.number().int().optional(),
      day: z.number().int().optional(),
      or: z.string().optional(),
    })
    .nullable(),
  who: z.string(),
  to: z.string().nullable(),
  ...Proof,
  doubt: z.string().optional(),
})
export type Duty = z.infer<typeof Duty>

export const Baseline = z.object({
  id: Key,
  province: Province,
  period: Period,
  metric: z.string(),
  label: z.string().min(1),
  ...Amount,
  ...Proof,
  doubt: z.string().optional(),
})
export type Baseline = z.infer<typeof Baseline>

export const TargetsFile = z.object({
  version: z.number(),
  targets: z.array(Target).default([]),
  rules: z.array(Rule).default([]),
  derived: z.array(Derived).default([]),
  duties: z.array(Duty).default([]),
  baseline: z.array(Baseline).default([]),
})
export type TargetsFile = z.infer<typeof TargetsFile>

export const Scope = z.object({ label: z.string().min(1), ...Proof, note: z.string().optional() })
export type Scope = z.infer<typeof Scope>

/** `explicit`: the plan uses the very name; false: only a wider group or another context (see `note`). */
export const Naming = z.object({
  province: Province,
  explicit: z.boolean(),
  ...Proof,
  note: z.string().optional(),
})
export type Naming = z.infer<typeof Naming>

/** A kind of support, whichever plan names it. `signup`: what the chat may take down for it. */
export const SupportKind = z.object({
  key: Key,
  name: z.string().min(1),
  group: z.string().min(1),
  audience: z.string(),
  signup: z.enum(['interest', 'training', 'none']),
  note: z.string().optional(),
  synonyms: z.array(z.string().min(1)).default([]),
})
export type SupportKind = z.infer<typeof SupportKind>

export const SupportTypesFile = z.object({
  version: z.number(),
  scope: z.record(z.string(), Scope).default({}),
  types: z.array(SupportKind.extend({ named_in: z.array(Naming).default([]) })),
})
export type SupportTypesFile = z.infer<typeof SupportTypesFile>

/**
 * Short forms. `words`: replaced wherever they stand, in passages too (NSCL → năng suất chất lượng); `question`:
 * always replaced, but in questions only (DN, CLB); `readings`: what a typed form may stand for, chosen by its
 * neighbours (ko → không; sp → sản phẩm).
 */
export const AbbreviationsFile = z.object({
  version: z.number(),
  words: z.record(z.string(), z.string()).default({}),
  question: z.record(z.string(), z.string()).default({}),
  readings: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  /** English word → Vietnamese (empty: says nothing about the matter), used when most of a question is English. */
  english: z.record(z.string(), z.string()).default({}),
  /** Foreign words that are never "corrected" into a Vietnamese syllable. */
  foreign: z.array(z.string()).default([]),
})
export type AbbreviationsFile = z.infer<typeof AbbreviationsFile>

export const Manifest = z.object({
  version: z.number(),
  documents: z.array(z.object({ file: z.string().regex(/^[\w./-]+\.md$/), province: Province })).min(1),
  records: z.object({ support_types: z.string(), targets: z.string(), abbreviations: z.string() }),
  /** Plain-text files of general Vietnamese for the question repair. */
  language: z.array(z.string()).default([]),
})
export type Manifest = z.infer<typeof Manifest>

/** The records of one document: what its quotes prove. */
export const DocumentRecords = z.object({
  scope: Scope.nullable().default(null),
  namings: z.array(Naming.extend({ key: Key })).default([]),
  targets: z.array(Target).default([]),
  rules: z.array(Rule).default([]),
  derived: z.array(Derived).default([]),
  duties: z.array(Duty).default([]),
  baseline: z.array(Baseline).default([]),
})
export type DocumentRecords = z.infer<typeof DocumentRecords>
