import type { Address, OutboundMessage } from '../channel/index.ts'
import type { Database, Db } from '../database/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { consentText, type Purpose, recordConsent } from '../privacy/index.ts'
import type { Programme } from '../programme/index.ts'
import {
  createRegistrations,
  loadPlaces,
  type ProvinceChoice,
  type SupportChoice,
} from '../registration/index.ts'
import type { Vault } from '../vault/index.ts'
import type { ProvinceNames } from './provinces.ts'

/** Sign-ups with everything they touch: the catalogue, places, consent, classes. */

/** First buttons when a person says only "đăng ký"; the rest is typed. */
const FEATURED = ['iso_9001', '5s', 'gap', 'traceability', 'training_class']

export async function createSignUps(parts: {
  db: Database
  vault: Vault
  outbox: Outbox
  knowledge: Knowledge
  programme: Programme
  provinces: ProvinceNames
  knowledgeDir: string
}) {
  const { provinces, knowledge, programme } = parts
  const places = loadPlaces(`${parts.knowledgeDir}/places`)
  let supports: SupportChoice[] = []

  async function refresh(): Promise<void> {
    const catalogues = await Promise.all(
      provinces.all().map(async ({ code }) => await knowledge.catalogue(code)),
    )
    const byKey = new Map<string, SupportChoice>()
    for (const { key, name, signup, synonyms } of catalogues.flatMap(
      (catalogue) => catalogue?.supportTypes ?? [],
    )) {
      byKey.set(key, { key, name, signup, synonyms })
    }
    supports = [...byKey.values()]
  }
  await refresh()

  const choices: ProvinceChoice[] = provinces.all().map(({ code, name, successor }) => {
    const today = successor?.name ?? name
    const provinceCode = places.communes.find(({ provinceName }) =>
      sameName(provinceName, today),
    )?.provinceCode
    return { code, name, area: provinceCode === undefined ? null : { provinceCode, formerProvince: name } }
  })
  const controllerOf = (province: string | null, language: 'vi' | 'en') => provinces.whose(province, language)
  const shown = (purpose: Purpose, province: string | null, language: 'vi' | 'en') =>
    consentText(purpose, language, controllerOf(province, language))

  const registrations = createRegistrations({
    db: parts.db,
    vault: parts.vault,
    outbox: parts.outbox,
    places,
    supports: () => supports,
    featured: FEATURED,
    provinces: choices,
    provincesOf: async (address) => await provinces.of(address),
    classes: async (province, at) =>
      (await programme.openClasses(province, null, at)).map(
        ({ id, title, support, sessions, place, free }) => ({
          id,
          title,
          support,
          startsAt: sessions[0]?.startsAt ?? null,
          place,
          seatsLeft: free,
        }),
      ),
    consent: (purpose, province) => {
      const vi = shown(purpose, province, 'vi')
      return { version: vi.version, vi: vi.text, en: shown(purpose, province, 'en').text }
    },
    recordConsent: async (tx, { purpose, language, province, conversationId, channel, reply, at, cause }) => {
      await recordConsent(tx, {
        conversationId,
        channel,
        province,
        language,
        reply,
        cause,
        shown: shown(purpose, province, language),
        at: new Date(at),
      })
    },
    enrol: async (tx, request, at) => await programme.enrol(tx, request, at),
    releaseSeats: async (tx, which, at) => await programme.release(tx, which, at),
  })
  return { registrations, refresh, places }
}

const sameName = (full: string, name: string) => plain(full).endsWith(plain(name))
const plain = (text: string) =>
  text.normalize('NFC').toLowerCase().replaceAll('hoà', 'hòa').replaceAll('hoá', 'hóa')

/** Says something unasked: as a message where the platform lets us write now, else as a call task for an officer. */
export function createReminder(
  outbox: Outbox,
  reach: (to: Address) => Promise<'open' | 'closed'>,
  laneOf: (to: Address) => string,
) {
  return async (
    tx: Db,
    to: Address,
    message: OutboundMessage,
    options: { cause: string; province: string | null; registrationId: string | null; reason: string },
  ): Promise<unknown> => {
    const { cause, province, registrationId, reason } = options
    if ((await reach(to)) === 'open') {
      return await outbox.say(tx, to, message, {
        cause,
        from: 'system',
        province,
        ...(registrationId ? { registrationId } : {}),
      })
    }
    return await outbox.callTasks.open(tx, {
      lane: laneOf(to),
      province,
      reason,
      text: message.text,
      registrationId,
    })
  }
}
