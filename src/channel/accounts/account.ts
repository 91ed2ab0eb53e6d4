import { z } from 'zod'

/** The kinds that have accounts; the terminal has none. */
export const AccountKind = z.enum(['web', 'telegram', 'zalo'])
export type AccountKind = z.infer<typeof AccountKind>

/** One Official Account, bot or web page. Its secrets are asked for apart, so that a list never carries them. */
export interface Account {
  /** Also `Address.account` of everybody who writes to it. */
  id: string
  kind: AccountKind
  /** The platform's own id: OA id, bot id, slug of the page. */
  externalId: string
  name: string
  /** Province codes it serves; none = the person is asked. */
  provinces: readonly string[]
  /** What is not secret; each channel parses its own shape. */
  settings: Readonly<Record<string, unknown>>
  state: 'on' | 'off'
  stateReason: string | null
  lastEventAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export interface NewAccount {
  kind: AccountKind
  externalId: string
  name: string
  provinces?: readonly string[]
  settings?: Readonly<Record<string, unknown>>
  secrets?: Readonly<Record<string, string>>
}

/** What an operator must see: a cause that stands, how often it came, since when. */
export interface Alarm {
  accountId: string
  code: string
  /** Ids, codes and figures only. */
  detail: Readonly<Record<string, unknown>>
  count: number
  firstAt: Date
  lastAt: Date
  clearedAt: Date | null
}

/** The province of everybody who writes to this account, when there is no choice. */
export function onlyProvince(account: Pick<Account, 'provinces'>): string | null {
  return account.provinces.length === 1 ? (account.provinces[0] ?? null) : null
}
