/**
 * Text as PostgreSQL can keep it: no NUL (refused by text and jsonb) and no half of a surrogate pair (refused by
 * jsonb). Everything else a person typed stays as it is, up to `max` UTF-16 units.
 */
export function storable(text: string, max: number): string {
  return text.slice(0, max).replaceAll('\u0000', '').toWellFormed()
}
