import { z } from 'zod'
import type { Db } from '../database/index.ts'

/**
 * Who did what: every view of personal data, export, change and sign-in. Append-only in the database (migration
 * 0008): a trigger refuses update and delete to everyone but the retention function.
 */

const Scalar = z.union([z.string().max(300), z.number(), z.boolean(), z.null()])

export const AuditEntry = z.object({
  /** Id of the officer's account, or 'system', 'citizen'. Never a person's name or number. */
  actor: z.string().min(1).max(200),
  /** Noun and verb: 'registration.view', 'export.xlsx', 'session.sign_in_failed'. */
  action: z
    .string()
    .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/)
    .max(100),
  /** Kind and id: 'registration:6b1c…'. */
  subject: z.string().max(300).nullable().default(null),
  province: z.string().nullable().default(null),
  /** Counts, states, field names. No personal data: a value that looks like a phone number or an e-mail is refused. */
  detail: z.record(z.string().max(60), Scalar).default({}),
})
export type AuditEntry = z.input<typeof AuditEntry>

export class AuditRefused extends Error {
  override name = 'AuditRefused'
}

/** A phone number, tax or identity number, or an e-mail address. Ids (uuid) are taken out first. */
const PERSONAL = /\d(?:[ .-]?\d){8,}|[^\s@]+@[^\s@]+\.[^\s@]+/
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/** Adds one entry in the caller's transaction: what is undone is not logged, what is done cannot go unlogged. */
export async function writeAudit(tx: Db, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, province, detail } = AuditEntry.parse(entry)
  for (const [key, value] of Object.entries(detail)) {
    if (typeof value === 'string' && PERSONAL.test(value.replaceAll(UUID, '')))
      throw new AuditRefused(`audit detail "${key}" of ${action} looks like personal data`)
  }
  await tx.query(
    'insert into audit_log (actor, action, subject, province, detail) values ($1, $2, $3, $4, $5)',
    [actor, action, subject, province, JSON.stringify(detail)],
  )
}

export const AuditRow = z.object({
  id: z.coerce.number().int(),
  at: z.date(),
  actor: z.string(),
  action: z.string(),
  subject: z.string().nullable(),
  province: z.string().nullable(),
  detail: z.record(z.string(), Scalar),
})
export type AuditRow = z.infer<typeof AuditRow>

export interface AuditSearch {
  actor?: string | undefined
  /** An action, or its beginning: 'registration.' finds every action on registrations. */
  action?: string | undefined
  subject?: string | undefined
  from?: Date | undefined
  until?: Date | undefined
  /** Entries older than this id: the next page. */
  before?: number | undefined
  /** 50 unless told, at most 10,000. */
  limit?: number | undefined
}

/** Newest first. Under `db.asOfficer` only the officer's provinces are seen. */
export async function searchAudit(tx: Db, search: AuditSearch): Promise<AuditRow[]> {
  const { rows } = await tx.query(
    `select id, at, actor, action, subject, province, detail from audit_log
     where ($1::text is null or actor = $1)
       and ($2::text is null or starts_with(action, $2))
       and ($3::text is null or subject = $3)
       and ($4::timestamptz is null or at >= $4)
       and ($5::timestamptz is null or at < $5)
       and ($6::bigint is null or id < $6)
     order by id desc limit $7`,
    [
      search.actor ?? null,
      search.action ?? null,
      search.subject ?? null,
      search.from ?? null,
      search.until ?? null,
      search.before ?? null,
      Math.min(search.limit ?? 50, 10_000),
    ],
  )
  return rows.map((row) => AuditRow.parse(row))
}

/** The whole selection page by page, for an export. */
export async function* eachAudit(tx: Db, search: AuditSearch): AsyncGenerator<AuditRow> {
  let before = search.before
  for (;;) {
    const page = await searchAudit(tx, { ...search, before, limit: 1000 })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < 1000) return
    before = last.id
  }
}

/** Removes entries older than `before`; the database refuses to reach into the last 90 days. @returns how many */
export async function purgeAudit(tx: Db, before: Date): Promise<number> {
  const { rows } = await tx.query<{ removed: number }>('select audit_purge($1::timestamptz) as removed', [
    before,
  ])
  return rows[0]?.removed ?? 0
}

export const audit = { write: writeAudit, search: searchAudit }
