import { fileURLToPath } from 'node:url'
import { type Answerer, closeUnanswered, createAnswerer, listUnanswered } from '../../src/answer/index.ts'
import { audit } from '../../src/audit/index.ts'
import {
  findById,
  giveBack,
  openConversation,
  recent,
  takeOver,
  waiting,
} from '../../src/conversation/store.ts'
import type { Database } from '../../src/database/index.ts'
import { createInbox } from '../../src/inbox/index.ts'
import {
  addNote,
  diffVersions,
  type Knowledge,
  openKnowledge,
  publish,
  readAllVersions,
  readVersions,
  rollback,
  saveDraft,
  withdraw,
} from '../../src/knowledge/index.ts'
import { modelUsage } from '../../src/llm/index.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { createPrivacy } from '../../src/privacy/index.ts'
import { classFacts, createDesk, createProgramme } from '../../src/programme/index.ts'
import { createQueue } from '../../src/queue/index.ts'
import {
  consoleRegistrations,
  createContacts,
  createOrganisationNotes,
  createSwitches,
  type StaffDeps,
} from '../../src/staff/index.ts'
import { createVault } from '../../src/vault/index.ts'

const folder = fileURLToPath(new URL('../../knowledge/', import.meta.url))

const PROVINCES = [
  { code: 'ninh-thuan', name: 'Ninh Thuận' },
  { code: 'an-giang', name: 'An Giang' },
]

const quiet = { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} }

/** The console over the real rooms of an installation, nothing faked but the platforms, which are absent. */
export async function consoleDeps(db: Database) {
  const queue = createQueue({ db, log: quiet })
  const inbox = createInbox({ db, queue, log: quiet, say: async () => null })
  const outbox = createOutbox({ db, queue, log: quiet, senders: {}, mayAssistantSpeak: async () => true })
  inbox.start(async () => {})
  outbox.start()
  await queue.start({ work: false })
  const vault = createVault(Buffer.alloc(32, 9))
  const speaker: Parameters<typeof createProgramme>[0]['outbox'] = {
    remindIfReachable: async (tx, to, message, { cause, province }) =>
      await outbox.say(tx, to, message, { cause, from: 'system', province }),
    sayFile: outbox.sayFile,
  }
  const programme = createProgramme({
    db,
    outbox: speaker,
    checkInUrl: (code) => `http://127.0.0.1/staff/diem-danh/${code}`,
  })
  const privacy = createPrivacy({
    db,
    vault,
    calendar: { holidays: new Set(), workingSaturdays: new Set() } as never,
    holdings: [],
    linked: async () => [],
    audit: async () => {},
    log: quiet,
    outbox: {
      remindIfReachable: async (tx, to, message, { cause, province }) =>
        await outbox.say(tx, to, message, { cause, from: 'system', province }),
    },
    reach: async (on, id) => {
      const found = await findById(on, id)
      return found && { address: found.address, language: found.language }
    },
  })
  let opened: Promise<Knowledge> | null = null
  const knowledge = () => {
    opened ??= openKnowledge(db)
    return opened
  }
  let made: Promise<Answerer> | null = null
  const answerer = () => {
    made ??= knowledge().then((open) => createAnswerer({ knowledge: open, folder }))
    return made
  }
  const deps: StaffDeps = {
    db,
    key: Buffer.alloc(32, 7),
    publicUrl: 'http://127.0.0.1:3000',
    now: () => new Date(),
    provinces: PROVINCES,
    log: { warn: () => {}, error: (object, message) => console.error(message, object) },
    registrations: consoleRegistrations({ vault, outbox, releaseSeats: null }),
    conversations: { findById, takeOver, giveBack, waiting, recent },
    inbox,
    outbox,
    desk: createDesk({ programme, outbox: speaker, audit, issuer: () => 'Sở Khoa học và Công nghệ' }),
    privacy,
    zalo: null,
    model: { name: 'stand-in', circuit: 'closed', dailyTokens: 2_000_000, usage: modelUsage },
    questions: {
      unanswered: listUnanswered,
      reasonName: (reason) => `văn bản không nêu (${reason})`,
      close: closeUnanswered,
      ratings: async () => [],
      ask: async (text, context) => (await answerer()).answer(text, context),
      answer: (note, by, at) => addNote(db, note, by, at),
    },
    knowledge: {
      versions: (tx) => readAllVersions(tx, null),
      ofDocument: readVersions,
      diff: (id, from, to) => diffVersions(db, id, from, to),
      saveDraft: (input) => saveDraft(db, input),
      publish: (input) => publish(db, input),
      rollback: (input) => rollback(db, input),
      withdraw: (id, province) => withdraw(db, id, province),
      search: async (question, query) => (await knowledge()).search(question, query),
    },
    report: {
      classes: classFacts,
      catalogue: async (code) => (await knowledge()).catalogue(code),
      department: () => 'Sở Khoa học và Công nghệ',
    },
    supportName: (key) => (key === 'training_5s' ? 'Đào tạo 5S' : key),
    supportKinds: [{ key: 'training_5s', name: 'Đào tạo 5S' }],
    switches: createSwitches(db),
    contacts: createContacts(db),
    organisations: {
      notes: createOrganisationNotes(db),
      bodies: [
        {
          key: 'planning',
          name: 'Sở Kế hoạch và Đầu tư',
          note: 'Sở Kế hoạch và Đầu tư nay là Sở Tài chính.',
        },
      ],
    },
  }
  async function stop() {
    await inbox.stop()
    await outbox.stop()
    await queue.stop()
  }
  return { deps, queue, inbox, outbox, vault, programme, privacy, openConversation, stop }
}
