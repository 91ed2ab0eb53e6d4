import { type Filter, STATES, type State } from '../registrations.ts'
import { parseInputDateTime } from '../ui/format.ts'

/** The queue's filter as it stands in the address, and back. Pure. */

export interface QueueFilter {
  readonly filter: Filter
  readonly order: 'newest' | 'oldest'
  readonly after: string | null
  /** The address without the place in the list: what a saved view keeps. */
  readonly query: string
}

const NAMES = ['q', 'trang-thai', 'ai', 'tinh', 'loai', 'noi-dung', 'tu', 'den', 'xep'] as const
const SPECIAL: Record<string, readonly State[]> = {
  mo: ['new', 'reviewing', 'needs_more', 'waitlisted'],
}

/** @param me id behind `ai=toi` */
export function readFilter(query: Readonly<Record<string, string>>, me: string): QueueFilter {
  const kept = new URLSearchParams()
  for (const name of NAMES) {
    const value = query[name]?.replaceAll('\0', '').trim().slice(0, 200) ?? ''
    if (value !== '') kept.set(name, value)
  }
  const value = (name: (typeof NAMES)[number]) => kept.get(name) ?? ''
  const asked = value('trang-thai')
  const states = SPECIAL[asked] ?? STATES.filter((state) => state === asked)
  const who = value('ai')
  const kind = value('loai')
  const from = parseInputDateTime(value('tu'))
  const until = parseInputDateTime(value('den'))
  const filter: Filter = {
    ...(value('q') === '' ? {} : { text: value('q') }),
    ...(states.length === 0 ? {} : { states }),
    ...(who === '' ? {} : { officer: who === 'toi' ? me : who === 'chua' ? 'none' : who }),
    ...(value('tinh') === '' ? {} : { province: value('tinh') }),
    ...(kind === 'interest' || kind === 'training' ? { kind } : {}),
    ...(value('noi-dung') === '' ? {} : { support: value('noi-dung') }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until: new Date(until.getTime() + 86_400_000) }),
  }
  return {
    filter,
    order: value('xep') === 'cu' ? 'oldest' : 'newest',
    after: query['sau']?.slice(0, 100) || null,
    query: kept.toString(),
  }
}

/** The query string of a saved view, cleaned: only the queue's own parameters survive. */
export function cleanQuery(text: string): string {
  return readFilter(Object.fromEntries(new URLSearchParams(text)), '').query
}

/** An address of the queue with some parameters changed. */
export function queueHref(query: string, changes: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text === '' ? '/staff/ho-so' : `/staff/ho-so?${text}`
}
