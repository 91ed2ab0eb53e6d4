import { randomUUID } from 'node:crypto'
import type { Address, OutboundFile, OutboundMessage } from '../../src/channel/message.ts'
import type { Database, Db } from '../../src/database/index.ts'
import { type ClassInput, createDesk, createProgramme, type EnrolRequest } from '../../src/programme/index.ts'

/** Says nothing to anyone, remembers what it was asked to say once per cause: the border of this room. */
function recordingOutbox() {
  const said: {
    to: Address
    text: string
    message: OutboundMessage
    cause: string
    reason: string
    province: string
  }[] = []
  const files: { to: Address; file: OutboundFile; cause: string }[] = []
  const causes = new Set<string>()
  return {
    said,
    files,
    remindIfReachable(
      _tx: Db,
      to: Address,
      message: OutboundMessage,
      { cause, reason, province }: { cause: string; reason: string; province: string },
    ) {
      if (!causes.has(cause)) said.push({ to, text: message.text, message, cause, reason, province })
      causes.add(cause)
      return Promise.resolve(null)
    },
    sayFile(_tx: Db, to: Address, file: OutboundFile, _caption: string, { cause }: { cause: string }) {
      if (!causes.has(cause)) files.push({ to, file, cause })
      causes.add(cause)
      return Promise.resolve(null)
    },
  }
}

export const AT = new Date('2026-11-20T02:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const after = (ms: number, from: Date = AT) => new Date(from.getTime() + ms)

export function rooms(db: Database) {
  const outbox = recordingOutbox()
  const audited: { action: string; detail: unknown }[] = []
  const programme = createProgramme({
    db,
    outbox,
    checkInUrl: (code) => `https://example.test/staff/classes/check-in/${code}`,
  })
  const desk = createDesk({
    programme,
    outbox,
    audit: {
      write: (_tx, { action, detail }) => {
        audited.push({ action, detail })
        return Promise.resolve()
      },
    },
    issuer: (province) => `Sở Khoa học và Công nghệ (${province})`,
  })
  return { programme, desk, outbox, audited }
}

export function classInput(change: Partial<ClassInput> = {}): ClassInput {
  return {
    province: 'ninh-thuan',
    title: 'Lớp 5S cho hợp tác xã',
    support: 'training_class',
    audience: 'Hợp tác xã, doanh nghiệp nhỏ và vừa',
    place: 'Hội trường Sở, 34 đường 16/4',
    seats: 2,
    opensAt: after(-DAY),
    closesAt: after(20 * DAY),
    offerHours: 24,
    sessions: [{ startsAt: after(30 * DAY), endsAt: after(30 * DAY + 3 * HOUR) }],
    ...change,
  }
}

export async function openClass(db: Database, change: Partial<ClassInput> = {}): Promise<string> {
  const { desk } = rooms(db)
  const by = { officer: 'officer-1', at: AT }
  return await db.asOfficer('*', async (tx) => {
    const id = await desk.create(tx, classInput(change), by)
    const opened = await desk.changeState(tx, { id, to: 'open' }, by)
    if (opened !== 'changed') throw new Error(`class not opened: ${opened}`)
    return id
  })
}

export function person(
  name: string,
  seats = 1,
): Omit<EnrolRequest, 'classId'> & { registrationId: string; conversationId: string } {
  const conversationId = randomUUID()
  return {
    registrationId: randomUUID(),
    seats,
    conversationId,
    applicant: {
      conversationId,
      address: { channel: 'web', account: 'site', person: name },
      name,
      language: 'vi',
      province: 'ninh-thuan',
    },
  }
}
