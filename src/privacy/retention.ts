import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Database, Db } from '../database/index.ts'

/** The nightly purge: one policy per kind of data, each with its own term and its own row in the report. */

export interface RetentionPolicy {
  /** 'chat', 'registration', 'access_log', 'drafts', … */
  readonly name: string
  readonly days: number
  /** Removes what is older than `before`, at most a few thousand rows per call. @returns how many rows went */
  purge(tx: Db, before: Date, at: Date): Promise<number>
}

export interface RetentionDeps {
  db: Database
  policies: readonly RetentionPolicy[]
  log: { warn(fields: Record<string, unknown>, text: string): void }
}

export interface PolicyResult {
  policy: string
  days: number
  olderThan: Date
  removed: number
  ms: number
  /** Class of the error that stopped it; null when it went through. */
  error: string | null
}

/** A policy that removes something is asked again until it finds nothing, so that no transaction grows large. */
const MAX_ROUNDS = 1_000

/** Runs every policy; one that fails does not stop the others, and its row in the report says so. */
export async function runRetention({ db, policies, log }: RetentionDeps, at: Date): Promise<PolicyResult[]> {
  const run = randomUUID()
  const results: PolicyResult[] = []
  for (const policy of policies) {
    const result = await runPolicy(db, policy, at)
    if (result.error !== null) log.warn({ policy: policy.name, reason: result.error }, 'retention failed')
    await db.query(
      `insert into retention_report (run, at, policy, days, older_than, removed, ms, error)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [run, at, result.policy, result.days, result.olderThan, result.removed, result.ms, result.error],
    )
    results.push(result)
  }
  return results
}

async function runPolicy(db: Database, policy: RetentionPolicy, at: Date): Promise<PolicyResult> {
  const olderThan = new Date(at.getTime() - policy.days * 86_400_000)
  const began = performance.now()
  let removed = 0
  let error: string | null = null
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const now = await db.inTransaction((tx) => policy.purge(tx, olderThan, at))
      removed += now
      if (now === 0) break
    }
  } catch (cause) {
    error = cause instanceof Error ? cause.name : 'unknown'
  }
  const ms = Math.round(performance.now() - began)
  return { policy: policy.name, days: policy.days, olderThan, removed, ms, error }
}

const ReportRow = z.object({
  run: z.uuid(),
  at: z.date(),
  policy: z.string(),
  days: z.number(),
  olderThan: z.date(),
  removed: z.number(),
  ms: z.number(),
  error: z.string().nullable(),
})
export type RetentionReport = z.infer<typeof ReportRow>

/** The last rows of the report, newest first. */
export async function retentionReports(db: Db, limit = 100): Promise<RetentionReport[]> {
  const { rows } = await db.query(
    `select run, at, policy, days, older_than as "olderThan", removed, ms, error from retention_report
     order by id desc limit $1`,
    [Math.min(limit, 1000)],
  )
  return rows.map((row) => ReportRow.parse(row))
}

/** This room's own: proofs of consent, answered requests, tombstones, the report itself. */
export function privacyPolicies(days: { proof: number }): RetentionPolicy[] {
  const policy = (name: string, sql: string): RetentionPolicy => ({
    name,
    days: days.proof,
    async purge(tx, before) {
      const { rowCount } = await tx.query(sql, [before])
      return rowCount ?? 0
    },
  })
  return [
    policy(
      'consent_proof',
      `delete from consent where id in (
         select id from consent where conversation_id is null and withdrawn_at < $1 limit 2000)`,
    ),
    policy(
      'privacy_request',
      `delete from privacy_request where id in (
         select id from privacy_request where state in ('done', 'refused') and done_at < $1 limit 2000)`,
    ),
    policy(
      'tombstone',
      'delete from tombstone where id in (select id from tombstone where at < $1 limit 2000)',
    ),
    policy(
      'retention_report',
      'delete from retention_report where id in (select id from retention_report where at < $1 limit 2000)',
    ),
  ]
}
