import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dataOf as answersOf, erase as eraseAnswers, forgetAnswers } from '../answer/index.ts'
import { purgeAudit, writeAudit } from '../audit/index.ts'
import { type Address, type Content, laneOf, type OutboundFile } from '../channel/index.ts'
import type { TranscriptEntry } from '../channel/web/index.ts'
import type { ZaloChannel } from '../channel/zalo/index.ts'
import type { Config } from '../config.ts'
import * as conversations from '../conversation/index.ts'
import type { Database, Db } from '../database/index.ts'
import type { Inbox } from '../inbox/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import type { Outbox } from '../outbox/index.ts'
import {
  concerns,
  createPrivacy,
  type Holding,
  parseCalendar,
  privacyPolicies,
  type RetentionPolicy,
  runRetention,
} from '../privacy/index.ts'
import {
  classFacts,
  createDesk,
  createProgramme,
  forgetEnrolments,
  programmeHolding,
} from '../programme/index.ts'
import type { Queue } from '../queue/index.ts'
import { purgeClosed, registrationHolding } from '../registration/index.ts'
import { consoleRegistrations } from '../staff/index.ts'
import type { Vault } from '../vault/index.ts'
import type { Log } from './log.ts'
import { createReminder, createSignUps } from './people.ts'
import type { ProvinceNames } from './provinces.ts'

/** The rooms that stand on inbox and outbox: sign-ups, classes, rights, the web page's transcript, what runs by the clock. */
export async function createRooms(parts: {
  db: Database
  vault: Vault
  knowledge: Knowledge
  outbox: Outbox
  inbox: Inbox
  provinces: ProvinceNames
  config: Config
  log: Log
  publicUrl: string
  clock: () => Date
  /** Whether a message nobody just asked for can reach the person now. */
  reach: (to: Address) => Promise<'open' | 'closed'>
  /** The Zalo channel keeps a few columns per person; it is made after the rooms. */
  zalo: () => ZaloChannel | null
}) {
  const { db, vault, outbox, inbox, provinces, config, log } = parts
  const remindIfReachable = createReminder(outbox, parts.reach, laneOf)
  const speaker = { remindIfReachable, sayFile: outbox.sayFile }
  const programme = createProgramme({
    db,
    outbox: speaker,
    checkInUrl: (code) => `${parts.publicUrl}/staff/diem-danh/${code}`,
  })
  const desk = createDesk({
    programme,
    outbox: speaker,
    audit: { write: writeAudit },
    issuer: (code) => provinces.departmentOf(code),
  })
  const { registrations, refresh } = await createSignUps({
    ...parts,
    programme,
    knowledgeDir: config.KNOWLEDGE_DIR,
  })
  const holdings = holdingsOf({
    ...parts,
    registration: registrationHolding(vault, programme.release),
    programme: programmeHolding(programme),
  })
  const privacy = createPrivacy({
    db,
    vault,
    calendar: parseCalendar(readFileSync(`${config.KNOWLEDGE_DIR}/holidays.yaml`, 'utf8')),
    outbox: { remindIfReachable },
    holdings,
    linked: async (on, id) => await registrations.identity.conversationsOf(on, id),
    reach: async (on, id) => {
      const found = await conversations.findById(on, id)
      return found && { address: found.address, language: found.language }
    },
    audit: async (tx, entry) => await writeAudit(tx, { actor: 'system', ...entry }),
    log,
  })

  return {
    registrations,
    programme,
    desk,
    privacyDesk: privacy,
    signUps: registrations.signUps,
    privacy: { concerns, handle: privacy.handle },
    links: registrations.links,
    offers: {
      async respond(
        tx: Db,
        { id, accept }: { id: string; accept: boolean },
        who: conversations.Speaker,
        at: Date,
      ) {
        const conversationIds = await registrations.identity.conversationsOf(tx, who.id)
        const { message } = await programme.answerOffer(
          tx,
          { enrolmentId: id, yes: accept, conversationIds, language: who.language },
          at,
        )
        return [message]
      },
    },
    /** Catalogue and names again; a published document or a changed contact card shows within a minute. */
    async refresh() {
      await provinces.refresh()
      await refresh()
    },
    transcript: async (
      address: Address,
      { before, limit }: { before: Date | null; limit: number },
    ): Promise<TranscriptEntry[]> => {
      const lane = laneOf(address)
      const page = before === null ? { limit } : { before, limit }
      const [heard, said] = await Promise.all([inbox.history(db, lane, page), outbox.history(db, lane, page)])
      return [
        ...heard.map(({ id, at, content }) => ({ id, at, from: 'person' as const, content })),
        ...said
          .filter(({ state }) => state === 'sending' || state === 'sent')
          .map(({ id, at, author, message, file }) => ({ id, at, from: author, message, file })),
      ]
    },
    fileOf: async (address: Address, messageId: string): Promise<OutboundFile | null> =>
      await outbox.file(db, laneOf(address), messageId),
    async forStaff() {
      const kinds = new Map<string, string>()
      for (const { code } of provinces.all()) {
        for (const { key, name } of (await parts.knowledge.catalogue(code))?.supportTypes ?? [])
          kinds.set(key, name)
      }
      return {
        registrations: consoleRegistrations({ vault, outbox, releaseSeats: programme.release }),
        supportName: (key: string) => kinds.get(key) ?? key,
        supportKinds: [...kinds].map(([key, name]) => ({ key, name })),
        report: {
          classes: classFacts,
          catalogue: async (code: string) => await parts.knowledge.catalogue(code),
          department: (code: string) => provinces.departmentOf(code),
        },
      }
    },
    schedule(queue: Queue, dense: (() => Promise<unknown>) | null) {
      queue.schedule('classes-tick', '* * * * *', async () => void (await programme.tick(parts.clock())))
      queue.schedule(
        'erasures',
        '* * * * *',
        async () => void (await privacy.carryOutErasures(parts.clock())),
      )
      queue.schedule('zalo-tokens', '*/10 * * * *', async () => await parts.zalo()?.refreshDue())
      queue.schedule('retention', '30 2 * * *', async () => {
        await runRetention({ db, log, policies: policiesOf(parts) }, parts.clock())
      })
      if (dense) queue.schedule('dense-vectors', '*/5 * * * *', async () => void (await dense()))
    },
  }
}

/** Every room that keeps anything about a person, in the order of erasing; conversation is last. */
function holdingsOf(parts: {
  vault: Vault
  inbox: Inbox
  outbox: Outbox
  registration: Holding
  programme: Holding
  zalo: () => ZaloChannel | null
}): Holding[] {
  const { inbox, outbox } = parts
  const eachLane = async (
    db: Db,
    ids: readonly string[],
    work: (lane: string, address: Address) => Promise<unknown>,
  ) => {
    for (const id of ids) {
      const found = await conversations.findById(db, id)
      if (found) await work(found.lane, found.address)
    }
  }
  const collected = async <T>(
    db: Db,
    ids: readonly string[],
    read: (lane: string, address: Address) => Promise<T[]>,
  ): Promise<T[]> => {
    const all: T[] = []
    await eachLane(db, ids, async (lane, address) => all.push(...(await read(lane, address))))
    return all
  }
  return [
    parts.programme,
    parts.registration,
    {
      name: 'answer',
      dataOf: async (db, ids) =>
        (await Promise.all(ids.map(async (id) => await answersOf(db, id))))
          .flat()
          .map(({ answered_at, rating, question }) => ({
            'thời gian': answered_at,
            'câu chưa trả lời được': question ?? null,
            'đánh giá của anh/chị': rating ?? null,
          })),
      erase: async (tx, ids) => {
        for (const id of ids) await eraseAnswers(tx, id)
      },
    },
    {
      name: 'outbox',
      dataOf: async (db, ids) =>
        await collected(db, ids, async (lane) =>
          (await outbox.history(db, lane, { limit: 500 })).map(({ at, message }) => ({
            'thời gian': at,
            'nội dung': message.text,
          })),
        ),
      erase: async (tx, ids) => await eachLane(tx, ids, async (lane) => await outbox.eraseLane(tx, lane)),
    },
    {
      name: 'inbox',
      dataOf: async (db, ids) =>
        await collected(db, ids, async (lane) =>
          (await inbox.history(db, lane, { limit: 500 })).map(({ at, content }) => ({
            'thời gian': at,
            'nội dung': wordsOf(content),
          })),
        ),
      erase: async (tx, ids) => await eachLane(tx, ids, async (lane) => await inbox.eraseLane(tx, lane)),
    },
    {
      name: 'zalo',
      dataOf: async (db, ids) =>
        await collected(db, ids, async (_, address) => {
          const kept = address.channel === 'zalo' ? await parts.zalo()?.dataOf(address) : null
          return kept ? [kept] : []
        }),
      erase: async (tx, ids) =>
        await eachLane(tx, ids, async (_, address) => {
          if (address.channel === 'zalo') await parts.zalo()?.erase(tx, address)
        }),
    },
    {
      name: 'model',
      dataOf: () => Promise.resolve([]), // counts and digests, no word of anybody
      erase: async (tx, ids) => {
        const { forgetPerson } = await import('../llm/index.ts')
        await eachLane(tx, ids, async (lane) => await forgetPerson(tx, parts.vault.index(lane)))
      },
    },
    { name: 'conversation', dataOf: conversations.dataOf, erase: conversations.erase },
  ]
}

/** One inbound event as its sender would recognise it. */
function wordsOf(content: Content): string {
  switch (content.kind) {
    case 'text':
      return content.text
    case 'press':
      return `(nút) ${content.send}`
    case 'contact':
      return `(số điện thoại) ${content.phone}`
    case 'media':
      return `(${content.media}) ${content.caption ?? ''}`.trim()
    default:
      return `(${content.kind})`
  }
}

function policiesOf({
  inbox,
  outbox,
  config,
}: {
  inbox: Inbox
  outbox: Outbox
  config: Config
}): RetentionPolicy[] {
  return [
    {
      name: 'chat_inbound',
      days: config.RETENTION_CHAT_DAYS,
      purge: async (tx, before) => await inbox.retain(tx, before),
    },
    {
      name: 'chat_outbound',
      days: config.RETENTION_CHAT_DAYS,
      purge: async (tx, before) => await outbox.retain(tx, before),
    },
    {
      name: 'answer',
      days: config.RETENTION_CHAT_DAYS,
      purge: async (tx, before) => await forgetAnswers(tx, before),
    },
    {
      name: 'drafts',
      days: config.RETENTION_DRAFT_DAYS,
      purge: async (tx, before) => await conversations.forgetSilent(tx, before),
    },
    {
      name: 'registration',
      days: config.RETENTION_REGISTRATION_DAYS,
      purge: async (tx, before, at) => await purgeClosed(tx, before, at, randomUUID()),
    },
    {
      name: 'classes',
      days: config.RETENTION_REGISTRATION_DAYS,
      purge: async (tx, before) => await forgetEnrolments(tx, before, randomUUID()),
    },
    {
      name: 'model_calls',
      days: config.RETENTION_CHAT_DAYS,
      purge: async (tx, before) => await (await import('../llm/index.ts')).forgetCalls(tx, before),
    },
    {
      name: 'access_log',
      days: config.RETENTION_AUDIT_DAYS,
      purge: async (tx, before) => await purgeAudit(tx, before),
    },
    ...privacyPolicies({ proof: config.RETENTION_REGISTRATION_DAYS }),
  ]
}
