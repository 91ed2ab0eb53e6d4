import type { Db } from '../database/index.ts'
import type { QuestionFact, RegistrationFact } from './facts.ts'

/** Turns what the other rooms' doors give into facts, with the state each registration had at the cut-off. */

/** A row of the officers' list of registrations, as far as a report needs it. */
interface ListedRegistration {
  id: string
  reference: string
  kind: 'interest' | 'training'
  support: string
  province: string
  state: string
  enterpriseName: string
  communeLabel: string
  trainees: number | null
  submittedAt: Date
  updatedAt: Date
}

export interface Doors {
  /** Pages through registrations submitted in [from, until). */
  list(
    tx: Db,
    filter: { province: string; from: Date; until: Date },
    page: { limit: number; after: string | null; order: 'oldest' },
  ): Promise<{ rows: readonly ListedRegistration[]; next: string | null }>
  /** What happened to these registrations, each oldest first. */
  timelines(
    tx: Db,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly { at: Date; toState: string | null }[]>>
  /** The declared answers of these registrations, by field. */
  many(tx: Db, ids: readonly string[]): Promise<ReadonlyMap<string, { values: Answers }>>
}

type Answers = Readonly<
  Partial<Record<'sector' | 'workers' | 'start' | 'problem', { label: string } | undefined>>
>

const FINAL = new Set(['completed', 'declined', 'cancelled'])

/** @param until the cut-off: what happened at or after it is not seen */
export async function registrationFacts(
  tx: Db,
  doors: Doors,
  { province, from, until }: { province: string; from: Date; until: Date },
): Promise<RegistrationFact[]> {
  const facts: RegistrationFact[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Doors['list']>> = await doors.list(
      tx,
      { province, from, until },
      { limit: 200, after, order: 'oldest' },
    )
    const ids = page.rows.map(({ id }) => id)
    const answers = await doors.many(tx, ids)
    const histories = await doors.timelines(tx, ids)
    for (const row of page.rows) {
      facts.push(factOf(row, histories.get(row.id) ?? [], answers.get(row.id)?.values ?? {}, until))
    }
    after = page.next
  } while (after !== null)
  return facts
}

function factOf(
  row: ListedRegistration,
  history: readonly { at: Date; toState: string | null }[],
  answers: Answers,
  until: Date,
): RegistrationFact {
  const events = history.filter(({ at, toState }) => at < until && toState !== null)
  const last = events.at(-1)
  const status = last?.toState ?? 'new'
  return {
    id: row.id,
    reference: row.reference,
    province: row.province,
    kind: row.kind,
    support: [row.support],
    status,
    enterpriseKey: enterpriseKey(row.enterpriseName, row.communeLabel),
    enterprise: row.enterpriseName,
    commune: row.communeLabel === '' ? null : row.communeLabel,
    district: null,
    sector: answers.sector?.label ?? null,
    size: answers.workers?.label ?? null,
    trainees: row.trainees ?? 1,
    wishedFor: answers.start?.label ?? null,
    createdAt: row.submittedAt,
    closedAt: FINAL.has(status) ? (last?.at ?? null) : null,
    obstacle: answers.problem?.label ?? null,
  }
}

/** Two spellings of one name in one commune are one enterprise; the same name in two communes is two. */
export function enterpriseKey(name: string, commune: string): string {
  const plain = (text: string) =>
    text
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/đ/giu, 'd')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, ' ')
      .trim()
  const words = plain(name)
    .replaceAll(
      /\b(cong ty|cty|trach nhiem huu han|tnhh|mtv|mot thanh vien|co phan|cp|hop tac xa|htx|doanh nghiep tu nhan|dntn)\b/g,
      ' ',
    )
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `${words === '' ? plain(name) : words}|${plain(commune)}`
}

/** Questions the assistant could not answer, counted per reason. */
export function questionFacts(
  unanswered: readonly { province: string | null; reason: string; asked_at: Date }[],
  { from, until }: { from: Date; until: Date },
): QuestionFact[] {
  const counts = new Map<string, QuestionFact>()
  for (const { province, reason, asked_at: askedAt } of unanswered) {
    if (askedAt < from || askedAt >= until) continue
    const key = JSON.stringify([province, reason])
    const known = counts.get(key) ?? { province, topic: null, outcome: reason, count: 0 }
    counts.set(key, { ...known, count: known.count + 1 })
  }
  return [...counts.values()]
}
