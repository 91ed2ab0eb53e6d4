import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Address, OutboundMessage } from '../../src/channel/message.ts'
import type { Database, Db } from '../../src/database/index.ts'
import {
  createRegistrations,
  type Lookups,
  loadPlaces,
  type RegistrationDeps,
} from '../../src/registration/index.ts'
import { createVault } from '../../src/vault/index.ts'

export const places = loadPlaces(fileURLToPath(new URL('../../knowledge/places', import.meta.url)))

const Catalogue = z.object({
  types: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      signup: z.enum(['interest', 'training', 'none']),
      synonyms: z.array(z.coerce.string()),
    }),
  ),
})
const supports = Catalogue.parse(
  parse(readFileSync(new URL('../../knowledge/support-types.yaml', import.meta.url), 'utf8')),
).types

export const NINH_THUAN = {
  code: 'ninh-thuan',
  name: 'Ninh Thuận',
  area: { provinceCode: '56', formerProvince: 'Ninh Thuận' },
}
export const DONG_THAP = {
  code: 'dong-thap',
  name: 'Đồng Tháp',
  area: { provinceCode: '82', formerProvince: 'Đồng Tháp' },
}

export const CONSENTS = {
  registration: {
    version: 'registration-1',
    vi: 'Sở cần xử lý tên đơn vị, tên và số điện thoại người liên hệ để trả lời đăng ký này. Anh/chị có đồng ý không?',
    en: 'The department processes these details to answer this registration. Do you agree?',
  },
  survey: {
    version: 'survey-1',
    vi: 'Khảo sát là tuỳ chọn, chỉ để nắm hiện trạng. Anh/chị có đồng ý trả lời không?',
    en: 'The survey is optional and serves only to know the situation. Do you agree to answer?',
  },
}

export function lookups(change: Partial<Lookups> = {}): Lookups {
  return {
    supports,
    featured: ['iso_9001', '5s', 'gap', 'barcode'],
    provinces: [NINH_THUAN, DONG_THAP],
    places,
    classes: [],
    consents: CONSENTS,
    ...change,
  }
}

export const vault = createVault(Buffer.alloc(32, 7))

export interface World {
  registrations: ReturnType<typeof createRegistrations>
  said: { to: Address; message: OutboundMessage; cause: string }[]
  consents: { purpose: string; reply: string; via: string; version: string; conversationId: string }[]
}

/** The room with its neighbours replaced by lists of what they were told. */
export function world(db: Database, change: Partial<RegistrationDeps> = {}): World {
  const said: World['said'] = []
  const consents: World['consents'] = []
  const registrations = createRegistrations({
    db,
    vault,
    outbox: {
      say: (_tx: Db, to: Address, message: OutboundMessage, { cause }: { cause: string }) => {
        said.push({ to, message, cause })
        return Promise.resolve('said')
      },
    },
    places,
    supports: () => supports,
    featured: ['iso_9001', '5s', 'gap', 'barcode'],
    provinces: [NINH_THUAN, DONG_THAP],
    provincesOf: () => Promise.resolve([NINH_THUAN, DONG_THAP]),
    classes: () => Promise.resolve([]),
    consent: (purpose) => CONSENTS[purpose],
    recordConsent: (_tx, { purpose, reply, via, version, conversationId }) => {
      consents.push({ purpose, reply, via, version, conversationId })
      return Promise.resolve()
    },
    enrol: null,
    releaseSeats: null,
    ...change,
  })
  return { registrations, said, consents }
}

export interface Person {
  id: string
  address: Address
  language: 'vi' | 'en'
  province: string | null
}

export function person(province = 'ninh-thuan', name = randomUUID()): Person {
  return {
    id: randomUUID(),
    address: { channel: 'web', account: 'page', person: name },
    language: 'vi',
    province,
  }
}

export const AT = new Date('2026-11-22T02:00:00Z')

/** Says a list of things to an open form; presses are written as [label]. Returns the last step's replies. */
export async function talk(
  { registrations }: World,
  db: Database,
  who: Person,
  lines: readonly string[],
  open: { support?: string | null; classId?: string | null; text?: string; form?: unknown } = {},
  at = AT,
): Promise<{ replies: OutboundMessage[]; form: unknown; kept: unknown }> {
  const { signUps } = registrations
  let now = at
  let form: unknown = open.form ?? null
  let replies: OutboundMessage[] = []
  let kept: unknown = null
  if (form === null) {
    const first = await signUps.open(
      { support: open.support ?? null, classId: open.classId ?? null, text: open.text ?? '' },
      who,
      now,
    )
    form = first.form
    replies = [first.reply]
  }
  for (const line of lines) {
    now = new Date(now.getTime() + 1_000)
    const label = /^\[(.+)\]$/.exec(line)?.[1]
    const actions = replies.flatMap((reply) => reply.actions)
    const send = label ? (actions.find((action) => action.label === label)?.send ?? null) : null
    if (label && send === null)
      throw new Error(`no button “${label}” among ${actions.map((a) => a.label).join(', ')}`)
    const stored: unknown = JSON.parse(JSON.stringify(form)) // every turn reads it back from the database
    const step = await signUps.step(
      stored,
      { text: label ?? line, send, looksLikeQuestion: line.endsWith('?') },
      who,
      now,
    )
    form = step.form
    replies = [step.reply]
    if (step.effect.kind === 'cancelled') kept = step.effect.kept
    if (step.effect.kind === 'submit') {
      const { draft } = step.effect
      const done = await db.inTransaction((tx) => signUps.submit(tx, draft, who, now))
      replies = done.replies
      form = done.form
    }
  }
  return { replies, form, kept }
}

/** The shortest way to a stored registration; returns its reference. */
export async function signUp(
  w: World,
  db: Database,
  who: Person,
  enterprise = 'HTX Phước Hữu',
  support = 'gap',
  phone = '0912 345 678',
  at = AT,
): Promise<string> {
  const commune = who.province === 'dong-thap' ? 'Sa Đéc' : 'xã Phước Hữu'
  const { replies } = await talk(
    w,
    db,
    who,
    [enterprise, 'Lê Văn Huy', phone, commune, 'đồng ý', 'gửi'],
    { support },
    at,
  )
  const text = replies.map((reply) => reply.text).join('\n')
  const reference = /Mã: (\w{8})|: mã (\w{8})/.exec(text)
  const found = reference?.[1] ?? reference?.[2]
  if (!found) throw new Error(`no reference in: ${text}`)
  return found
}
