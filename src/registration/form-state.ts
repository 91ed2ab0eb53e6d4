import { z } from 'zod'
import { ConsentGiven, FieldKey, Language, Value, Values } from './values.ts'

/** A form being filled: plain data, so that it survives a restart; nothing in it is a function or a Date. */
export const FormState = z.object({
  schema: z.literal(1),
  kind: z.enum(['interest', 'training', 'amend', 'survey']),
  /** Names this filling of the form for ever: a registration is stored at most once per key. */
  key: z.string().min(6).max(80),
  /** Grows with every change; buttons carry it, so a button of an earlier question is recognised. */
  step: z.number().int().nonnegative(),
  language: Language,
  province: z.string().nullable(),
  values: Values,
  /** For 'amend' and 'survey': what is asked. Empty for the sign-up kinds, which have their own sequence. */
  asking: z.array(FieldKey).max(30),
  skipped: z.array(FieldKey),
  /** What waits for an answer. */
  at: z.union([FieldKey, z.enum(['consent', 'summary', 'which', 'restart', 'name_or_cancel', 'refused'])]),
  /** Answered fields in order, for "quay lại". */
  trail: z.array(FieldKey).max(60),
  /** Choices shown as buttons with the present question: code c0, c1, … */
  choices: z.array(z.object({ field: FieldKey, value: Value })).max(6),
  /** The sentence of the present choice, so that a stale button or a question can show it again. */
  ask: z.string().nullable(),
  /** How often the present question got an answer that could not be used. */
  tries: z.number().int().nonnegative(),
  /** Which fields the present list of fields to correct starts with ("Mục khác"). */
  page: z.number().int().nonnegative(),
  consent: ConsentGiven.nullable(),
  /** The registration being corrected or completed, or the one a survey belongs to. */
  target: z
    .object({ id: z.string(), reference: z.string(), version: z.number().int(), values: Values })
    .nullable(),
  openedAt: z.iso.datetime(),
  touchedAt: z.iso.datetime(),
})
export type FormState = z.infer<typeof FormState>

/** Reads a stored form back; null when it is none or of an unknown shape (then the person starts anew). */
export function parseForm(stored: unknown): FormState | null {
  const parsed = FormState.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/** What a finished form hands over. `submit` of the registrations door takes it. */
export const Draft = z.object({
  kind: z.enum(['interest', 'training', 'amend', 'survey']),
  key: z.string(),
  language: Language,
  province: z.string().nullable(),
  values: Values,
  consent: ConsentGiven.nullable(),
  target: FormState.shape.target,
})
export type Draft = z.infer<typeof Draft>

const KEPT_DAYS = 30

/** True when nobody touched the form for 30 days: it is erased then. */
export function isExpired(form: FormState, at: Date): boolean {
  return at.getTime() - Date.parse(form.touchedAt) > KEPT_DAYS * 86_400_000
}

/** What the buttons of the present question carry: this filling of the form, and its step. */
export function tagOf({ key, step }: FormState): string {
  return `${key.slice(key.lastIndexOf(':') + 1)}-${step}`
}

/** The same form, used just now: its 30 days begin anew. */
export function touched(form: FormState, at: Date): FormState {
  return { ...form, touchedAt: at.toISOString() }
}
