import { randomBytes } from 'node:crypto'
import type { Address, OutboundFile, OutboundMessage } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import { beginsAt, type Enrolment, type Language, type TrainingClass } from './class.ts'
import { mayBeSeated, nextOffers, offerEnds, offersOpen, orderAt, remindersDue } from './line.ts'
import * as store from './store.ts'
import * as texts from './texts.ts'
import { ticketPng } from './ticket.ts'

/** Enrolling, offers, leaving, reminders: everything that decides who holds a seat. Every decision locks the class. */

/** What the programme needs of the outbox. Both write in the caller's transaction, once per `cause`. */
export interface Speaker {
  /** Says it when the platform lets us write to the person now, else makes a call task for an officer. */
  remindIfReachable(
    tx: Db,
    to: Address,
    message: OutboundMessage,
    options: { cause: string; province: string; registrationId: string | null; reason: string },
  ): Promise<unknown>
  sayFile(
    tx: Db,
    to: Address,
    file: OutboundFile,
    caption: string,
    options: { cause: string; from: 'system'; province: string },
  ): Promise<unknown>
}

export interface ProgrammeDeps {
  db: Database
  outbox: Speaker
  /** The address behind the QR: where an officer's phone checks the seat in. */
  checkInUrl(code: string): string
}

export interface EnrolRequest {
  classId: string
  registrationId: string | null
  seats: number
  applicant: {
    conversationId: string | null
    address: Address | null
    /** Name on the list and on the certificate of the first seat. */
    name: string | null
    language: Language
    /** Province of the registration; null = not asked (the officer's own entry). */
    province: string | null
  }
}

export type Enrolled =
  | {
      outcome: 'seated' | 'waiting' | 'offered'
      enrolment: Enrolment
      ahead: number
      message: OutboundMessage
      /** True when this registration was already in the class: nothing was written. */
      repeated: boolean
    }
  | { outcome: 'refused'; reason: texts.Refusal; message: OutboundMessage }

export type Programme = ReturnType<typeof createProgramme>

export function createProgramme(deps: ProgrammeDeps) {
  const { db } = deps

  /** Puts a registration into a class: a seat for the whole group, or a place in line. Repeating it changes nothing. */
  async function enrol(tx: Db, request: EnrolRequest, at: Date): Promise<Enrolled> {
    const { applicant, registrationId, seats } = request
    const locked = await store.lockClass(tx, request.classId)
    const refusal = refuse(locked, request, at)
    const existing =
      registrationId === null ? null : await store.liveEnrolment(tx, request.classId, registrationId)
    if (locked !== null && existing !== null) return await standing(tx, locked, existing, true)
    if (locked === null || refusal !== null) {
      const reason = refusal ?? 'unknown_class'
      return { outcome: 'refused', reason, message: texts.refusalMessage(reason, locked, applicant.language) }
    }
    const one = await settle(tx, locked, at)
    const order = orderAt(one.sessions, at)
    const fits = seats <= one.free
    const servable = fits && one.waiting > 0 ? await store.servable(tx, one) : one.waiting
    const seated = mayBeSeated(seats, { free: one.free, servable, order })
    const arrived = await store.arrive(tx, one, { ...applicant, registrationId, seats }, at)
    if (seated) return await standing(tx, one, await seat(tx, one, arrived, at), false)
    const message = texts.waitingMessage(one, arrived, one.waiting, applicant.language)
    return { outcome: 'waiting', enrolment: arrived, ahead: one.waiting, message, repeated: false }
  }

  async function standing(
    tx: Db,
    one: TrainingClass,
    enrolment: Enrolment,
    repeated: boolean,
  ): Promise<Enrolled> {
    const ahead = enrolment.state === 'waiting' ? await store.ahead(tx, enrolment) : 0
    const { language } = enrolment
    if (enrolment.state === 'seated') {
      const message = texts.seatedMessage(one, enrolment, language)
      return { outcome: 'seated', enrolment, ahead, message, repeated }
    }
    if (enrolment.state === 'offered') {
      const message = texts.offerMessage(one, enrolment, language)
      return { outcome: 'offered', enrolment, ahead, message, repeated }
    }
    const message = texts.waitingMessage(one, enrolment, ahead, language)
    return { outcome: 'waiting', enrolment, ahead, message, repeated }
  }

  /** Gives the seats (unless an offer already holds them), makes their codes and sends the QR pictures. */
  async function seat(tx: Db, one: TrainingClass, enrolment: Enrolment, at: Date): Promise<Enrolment> {
    if (enrolment.state !== 'offered') await store.takeSeats(tx, enrolment)
    const seated = await store.moveEnrolment(tx, enrolment.id, { to: 'seated', at })
    for (const { number, code } of await store.nameSeats(tx, seated, newCode)) {
      if (seated.address === null) continue
      const bytes = await ticketPng(deps.checkInUrl(code))
      const file = { name: `diem-danh-${number}.png`, mediaType: 'image/png', bytes }
      await deps.outbox.sayFile(tx, seated.address, file, texts.ticketCaption(one, number, seated.language), {
        cause: `class:${seated.id}:ticket:${number}`,
        from: 'system',
        province: one.province,
      })
    }
    return seated
  }

  /**
   * Ends offers that ran out and offers what is free to the next in line. The class must be locked; safe to call at
   * any time, any number of times. @returns the class as it is then
   */
  async function settle(tx: Db, locked: TrainingClass, at: Date): Promise<TrainingClass> {
    let one = locked
    const ended = (await store.enrolmentsOf(tx, one.id, ['offered'])).filter(
      ({ offeredUntil }) => offeredUntil !== null && offeredUntil <= at,
    )
    for (const offered of ended) {
      await store.freeSeats(tx, offered.id)
      await store.moveEnrolment(tx, offered.id, { to: 'expired', at })
      await notify(tx, one, offered, texts.offerExpiredMessage(one, offered.language), 'expired')
    }
    if (ended.length > 0) one = (await store.findClass(tx, one.id)) ?? one
    if (!offersOpen(one.state, one.sessions, at) || one.free === 0 || one.waiting === 0) return one
    const line = await store.enrolmentsOf(tx, one.id, ['waiting'], 10_000)
    const chosen = nextOffers(line, { free: one.free, total: one.seats }, orderAt(one.sessions, at))
    for (const next of chosen) {
      await store.takeSeats(tx, next)
      const offeredUntil = offerEnds(one.sessions, one.offerHours, at)
      const offered = await store.moveEnrolment(tx, next.id, { to: 'offered', at, offeredUntil })
      await notify(tx, one, offered, texts.offerMessage(one, offered, offered.language), 'offer')
    }
    return chosen.length === 0 ? one : ((await store.findClass(tx, one.id)) ?? one)
  }

  async function notify(
    tx: Db,
    one: TrainingClass,
    enrolment: Enrolment,
    message: OutboundMessage,
    reason: texts.CallReason,
    occasion = String(enrolment.offers),
  ): Promise<void> {
    if (enrolment.address === null) return
    const begins = one.sessions[0]?.startsAt
    const notice = {
      kind: 'reminder' as const,
      fields: {
        class: one.title,
        starts: begins === undefined ? '' : texts.when(begins, enrolment.language),
        place: one.place,
      },
    }
    await deps.outbox.remindIfReachable(
      tx,
      enrolment.address,
      { ...message, notice },
      {
        cause: `class:${enrolment.id}:${reason}:${occasion}`,
        province: one.province,
        registrationId: enrolment.registrationId,
        reason: texts.CALL_REASONS[reason],
      },
    )
  }

  /**
   * The person's answer to an offer, or "không tham gia" at any time. A press proves nothing, so the enrolment must
   * belong to one of `conversationIds`. A yes after the deadline comes too late: the seat goes to the next in line in
   * this same transaction.
   */
  async function answerOffer(
    tx: Db,
    answer: { enrolmentId: string; yes: boolean; conversationIds: readonly string[]; language: Language },
    at: Date,
  ): Promise<{ outcome: 'seated' | 'left' | 'expired' | 'gone'; message: OutboundMessage }> {
    const { language } = answer
    const gone = { outcome: 'gone', message: texts.offerGoneMessage(language) } as const
    const found = await store.findEnrolment(tx, answer.enrolmentId)
    if (found?.conversationId == null || !answer.conversationIds.includes(found.conversationId)) return gone
    const one = await store.lockClass(tx, found.classId)
    if (one === null) return gone
    await settle(tx, one, at)
    const enrolment = (await store.findEnrolment(tx, found.id)) ?? found
    if (!answer.yes) {
      if (!isLive(enrolment)) return gone
      await leave(tx, one, enrolment, enrolment.state === 'offered' ? 'declined' : 'cancelled', at)
      return { outcome: 'left', message: texts.leftMessage(one, language) }
    }
    if (enrolment.state === 'seated') {
      return { outcome: 'seated', message: texts.seatedMessage(one, enrolment, language) }
    }
    if (enrolment.state === 'expired') {
      return { outcome: 'expired', message: texts.offerExpiredMessage(one, language) }
    }
    if (enrolment.state !== 'offered') return gone
    const seated = await seat(tx, one, enrolment, at)
    return { outcome: 'seated', message: texts.seatedMessage(one, seated, language) }
  }

  async function leave(
    tx: Db,
    one: TrainingClass,
    enrolment: Enrolment,
    to: 'declined' | 'cancelled',
    at: Date,
  ): Promise<void> {
    await store.freeSeats(tx, enrolment.id)
    await store.moveEnrolment(tx, enrolment.id, { to, at })
    await settle(tx, (await store.findClass(tx, one.id)) ?? one, at)
  }

  /** Gives up every live enrolment of a registration (it was cancelled or declined). @returns how many there were */
  async function release(tx: Db, { registrationId }: { registrationId: string }, at: Date): Promise<number> {
    const live = await store.liveOf(tx, { registrationId })
    // Always in the order of class ids: two releases that share two classes must not wait for each other.
    for (const { id, classId } of live.toSorted((a, b) => a.classId.localeCompare(b.classId))) {
      const one = await store.lockClass(tx, classId)
      const enrolment = await store.findEnrolment(tx, id)
      if (one !== null && enrolment !== null && isLive(enrolment))
        await leave(tx, one, enrolment, 'cancelled', at)
    }
    return live.length
  }

  /**
   * The clock's share, to be run every few minutes: offers that ran out, seats to offer, reminders three days and one
   * day before. Each class in a transaction of its own; running it twice says nothing twice.
   */
  async function tick(at: Date): Promise<{ settled: number; reminded: number }> {
    let settled = 0
    for (const id of await store.classesToSettle(db, at)) {
      await db.inTransaction(async (tx) => {
        const one = await store.lockClass(tx, id)
        if (one !== null) await settle(tx, one, at)
      })
      settled++
    }
    let reminded = 0
    for (const one of await store.classesSoon(db, at, 3)) {
      for (const enrolment of await store.enrolmentsOf(db, one.id, ['seated'])) {
        reminded += await remind(one, enrolment, at)
      }
    }
    return { settled, reminded }
  }

  async function remind(one: TrainingClass, enrolment: Enrolment, at: Date): Promise<number> {
    if (enrolment.seatedAt === null) return 0
    let sent = 0
    for (const { session, days } of remindersDue(one.sessions, enrolment.seatedAt, at)) {
      const reminder = { enrolmentId: enrolment.id, sessionId: session.id, days }
      const noted = await db.inTransaction(async (tx) => {
        if (!(await store.noteReminder(tx, reminder, at))) return false
        const message = texts.reminderMessage(one, enrolment, session)
        await notify(tx, one, enrolment, message, 'reminder', `${session.id}:${days}`)
        return true
      })
      if (noted) sent++
    }
    return sent
  }

  return {
    enrol,
    answerOffer,
    release,
    tick,
    settle,
    notify,
    leave,
    seat,
    openClasses: (province: string, support: string | null, at: Date) =>
      store.openClasses(db, province, support, at),
    /** The same as a message with a button per class. */
    openClassesMessage: async (province: string, support: string | null, language: Language, at: Date) =>
      texts.openClassesMessage(await store.openClasses(db, province, support, at), language),
    findClass: (id: string) => store.findClass(db, id),
    /** Live enrolments of a person with their class, for "Hồ sơ của tôi". */
    async own(
      conversationIds: readonly string[],
    ): Promise<{ enrolment: Enrolment; class: TrainingClass; ahead: number }[]> {
      const result = []
      for (const enrolment of await store.liveOf(db, { conversationIds })) {
        const one = await store.findClass(db, enrolment.classId)
        if (one !== null) result.push({ enrolment, class: one, ahead: await store.ahead(db, enrolment) })
      }
      return result
    },
  }
}

export function isLive({ state }: Enrolment): boolean {
  return state === 'waiting' || state === 'offered' || state === 'seated'
}

/** 120 random bits, in letters a QR and an address both carry. */
function newCode(): string {
  return randomBytes(15).toString('base64url')
}

function refuse(
  one: TrainingClass | null,
  { seats, applicant }: EnrolRequest,
  at: Date,
): texts.Refusal | null {
  if (one === null || one.state === 'draft') return 'unknown_class'
  if (one.state === 'cancelled') return 'cancelled'
  if (applicant.province !== null && applicant.province !== one.province) return 'other_province'
  const begins = beginsAt(one.sessions)
  if (one.state === 'held' || (begins !== null && at >= begins)) return 'over'
  if (one.state === 'closed' || at >= one.closesAt) return 'closed'
  if (at < one.opensAt) return 'not_open_yet'
  return seats > one.seats ? 'too_many_seats' : null
}
