import type { Accounts } from '../channel/accounts/index.ts'
import type { Address } from '../channel/index.ts'
import type { Knowledge, ProvinceInfo } from '../knowledge/index.ts'
import type { Contacts } from '../staff/index.ts'

/** Which provinces an account serves, and what the department of a province is called. Names come from the documents. */
export interface ProvinceNames {
  all(): readonly ProvinceInfo[]
  of(address: Address): Promise<readonly { code: string; name: string }[]>
  nameOf(code: string): string
  /** "Sở Khoa học và Công nghệ tỉnh …"; as the department calls itself in its contact card, where it has one. */
  departmentOf(code: string): string
  whose(province: string | null, language: 'vi' | 'en'): string
  /** Reads names and contact cards again; called at start and every minute. */
  refresh(): Promise<void>
}

export async function createProvinceNames(parts: {
  knowledge: Knowledge
  accounts: Accounts
  contacts: Contacts
}): Promise<ProvinceNames> {
  let known: readonly ProvinceInfo[] = []
  let departments = new Map<string, string>()

  async function refresh(): Promise<void> {
    known = await parts.knowledge.provinces()
    const cards = await Promise.all(
      known.map(async ({ code }) => [code, await parts.contacts.of(code)] as const),
    )
    departments = new Map(cards.flatMap(([code, card]) => (card ? [[code, card.department] as const] : [])))
  }
  await refresh()

  const nameOf = (code: string) => known.find((province) => province.code === code)?.name ?? code
  /** After a merger the department of the new province carries the old plan on. */
  const departmentOf = (code: string) => {
    const province = known.find((candidate) => candidate.code === code)
    return (
      departments.get(code) ??
      `Sở Khoa học và Công nghệ tỉnh ${province?.successor?.name ?? province?.name ?? code}`
    )
  }
  return {
    all: () => known,
    nameOf,
    departmentOf,
    refresh,
    async of({ channel, account }) {
      const own = channel === 'terminal' ? null : await parts.accounts.byId(account)
      const codes = own && own.provinces.length > 0 ? own.provinces : known.map(({ code }) => code)
      return known.filter(({ code }) => codes.includes(code)).map(({ code, name }) => ({ code, name }))
    },
    whose(province, language) {
      const only = province ?? (known.length === 1 ? (known[0]?.code ?? null) : null)
      if (only !== null) {
        return language === 'vi'
          ? departmentOf(only)
          : `the Department of Science and Technology (${departmentOf(only)})`
      }
      return language === 'vi' ? 'Sở Khoa học và Công nghệ' : 'the Department of Science and Technology'
    },
  }
}
