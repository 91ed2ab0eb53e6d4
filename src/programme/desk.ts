import type { Db } from '../database/index.ts'
import { certificatePdf } from './certificate.ts'
import { ClassInput, type ClassState, type Enrolment, mayBecome, type TrainingClass } from './class.ts'
import { localDay, sessionOfDay } from './line.ts'
import { isLive, type Programme, type Speaker } from './programme.ts'
import * as roster from './roster.ts'
import * as store from './store.ts'
import * as texts from './texts.ts'

/**
 * The officers' side of classes. Every `tx` is a transaction of `db.asOfficer`, so a class of another province is
 * simply unknown. Changes are written to the audit log in the same transaction.
 */

interface Auditor {
  write(
    tx: Db,
    entry: {
      actor: string
      action: string
      subject: string
      province: string
      detail?: Record<string, string | number | boolean | null>
    },
  ): Promise<void>
}

export interface DeskDeps {
  programme: Programme
  outbox: Speaker
  audit: Auditor
  /** Name of the issuing department per province, for certificates. */
  issuer: (province: string) => string
}

export interface ByOfficer {
  officer: string
  at: Date
}

export type CheckIn =
  | { outcome: 'checked_in' | 'already'; place: roster.Place; class: TrainingClass; sessionId: string }
  /** No seat of the officer's provinces has this code or number. */
  | { outcome: 'unknown' }
  /** The seat is only offered, not taken. */
  | { outcome: 'not_seated'; place: roster.Place; class: TrainingClass }
  /** No session on that day: the officer has to name one. */
  | { outcome: 'no_session_today'; place: roster.Place; class: TrainingClass }

export type Desk = ReturnType<typeof createDesk>

export function createDesk({ programme, outbox, audit, issuer }: DeskDeps) {
  const log = (
    tx: Db,
    one: { id: string; province: string },
    officer: string,
    action: string,
    detail: Record<string, string | number | boolean | null> = {},
  ) => audit.write(tx, { actor: officer, action, subject: `class:${one.id}`, province: one.province, detail })

  /** A new class, as a draft nobody outside sees. @throws ZodError when the input does not parse */
  async function create(tx: Db, input: ClassInput, { officer, at }: ByOfficer): Promise<string> {
    const parsed = ClassInput.parse(input)
    const id = await roster.insertClass(tx, parsed, officer, at)
    await log(tx, { id, province: parsed.province }, officer, 'class.create', { seats: parsed.seats })
    return id
  }

  /**
   * Changes a class. `version` is the one the officer looked at: a colleague's change in between is told, never
   * overwritten. People who hold or wait for a seat are told when time or place changed.
   */
  async function update(
    tx: Db,
    { id, version, input }: { id: string; version: number; input: ClassInput },
    { officer, at }: ByOfficer,
  ): Promise<'changed' | 'unknown' | 'stale' | 'over' | 'too_few_seats' | 'has_attendance'> {
    const parsed = ClassInput.parse(input)
    const one = await store.lockClass(tx, id)
    if (one === null || one.province !== parsed.province) return 'unknown'
    if (one.version !== version) return 'stale'
    if (one.state === 'cancelled' || one.state === 'held') return 'over'
    const size = { id, province: one.province, from: one.seats, to: parsed.seats }
    if (parsed.seats < one.seats && one.seats - parsed.seats > one.free) return 'too_few_seats'
    const sessions = { before: one.sessions, after: parsed.sessions }
    if (!(await roster.replaceSessions(tx, id, one.province, sessions))) return 'has_attendance'
    if (size.from !== size.to && !(await roster.resize(tx, size)))
      throw new Error(`class ${id}: free seats with attendance`)
    await roster.updateClass(tx, id, parsed)
    const changed = (await store.findClass(tx, id)) ?? one
    await log(tx, one, officer, 'class.change', { seats: parsed.seats, version: changed.version })
    if (movedOrRescheduled(one, changed)) {
      for (const enrolment of await store.enrolmentsOf(tx, id, ['seated', 'offered', 'waiting'])) {
        const message = texts.classChangedMessage(changed, enrolment)
        await programme.notify(tx, changed, enrolment, message, 'changed', String(changed.version))
      }
    }
    await programme.settle(tx, changed, at)
    return 'changed'
  }

  /** Opens, closes, calls off or ends a class. Calling off needs a reason, which is told to everyone in it. */
  async function changeState(
    tx: Db,
    { id, to, reason = '' }: { id: string; to: ClassState; reason?: string },
    { officer, at }: ByOfficer,
  ): Promise<'changed' | 'unknown' | 'not_allowed' | 'reason_missing' | 'not_begun'> {
    const one = await store.lockClass(tx, id)
    if (one === null) return 'unknown'
    if (!mayBecome(one.state, to)) return 'not_allowed'
    if (to === 'cancelled' && reason.trim() === '') return 'reason_missing'
    if (to === 'held' && !one.sessions.some(({ startsAt }) => startsAt <= at)) return 'not_begun'
    await roster.setState(tx, id, { to, reason: reason.trim() === '' ? null : reason.trim() })
    await log(tx, one, officer, `class.${to}`, { from: one.state })
    if (to === 'cancelled') await callOff(tx, one, reason.trim(), at)
    if (to === 'held') await endLine(tx, one, at)
    if (to === 'open' || to === 'closed')
      await programme.settle(tx, (await store.findClass(tx, id)) ?? one, at)
    return 'changed'
  }

  async function callOff(tx: Db, one: TrainingClass, reason: string, at: Date): Promise<void> {
    for (const enrolment of await store.enrolmentsOf(tx, one.id, ['seated', 'offered', 'waiting'])) {
      await store.freeSeats(tx, enrolment.id)
      await store.moveEnrolment(tx, enrolment.id, { to: 'cancelled', at })
      const message = texts.classCancelledMessage(one, reason, enrolment.language)
      await programme.notify(tx, one, enrolment, message, 'cancelled')
    }
  }

  /** The class is over: whoever was still in line or had an open offer is no longer. */
  async function endLine(tx: Db, one: TrainingClass, at: Date): Promise<void> {
    for (const enrolment of await store.enrolmentsOf(tx, one.id, ['offered', 'waiting'])) {
      await store.freeSeats(tx, enrolment.id)
      await store.moveEnrolment(tx, enrolment.id, { to: 'expired', at })
    }
  }

  /** Takes an enrolment out of the class. The reason goes to the person. Not once someone of it has attended. */
  async function remove(
    tx: Db,
    { enrolmentId, reason }: { enrolmentId: string; reason: string },
    { officer, at }: ByOfficer,
  ): Promise<'removed' | 'unknown' | 'reason_missing' | 'attended'> {
    if (reason.trim() === '') return 'reason_missing'
    const found = await store.findEnrolment(tx, enrolmentId)
    const one = found === null ? null : await store.lockClass(tx, found.classId)
    const enrolment = one === null ? null : await store.findEnrolment(tx, enrolmentId)
    if (one === null || enrolment === null || !isLive(enrolment)) return 'unknown'
    if (await roster.wasSeen(tx, enrolmentId)) return 'attended'
    await programme.leave(tx, one, enrolment, 'cancelled', at)
    const message = texts.removedMessage(one, reason.trim(), enrolment.language)
    await programme.notify(tx, one, enrolment, message, 'removed')
    await log(tx, one, officer, 'class.remove', { enrolment: enrolmentId })
    return 'removed'
  }

  /** Checks a seat in by its QR code or by its number on the list. Twice is told, not counted twice. */
  async function checkIn(
    tx: Db,
    by: ({ code: string } | { classId: string; number: number }) & { sessionId?: string },
    { officer, at }: ByOfficer,
  ): Promise<CheckIn> {
    const place = await roster.placeBy(tx, by)
    const one = place === null ? null : await store.lockClass(tx, place.classId)
    if (place === null || one === null || one.state === 'cancelled') return { outcome: 'unknown' }
    if (place.state !== 'seated') return { outcome: 'not_seated', place, class: one }
    const session =
      by.sessionId === undefined
        ? sessionOfDay(one.sessions, at)
        : (one.sessions.find(({ id }) => id === by.sessionId) ?? null)
    if (session === null) return { outcome: 'no_session_today', place, class: one }
    const seen = { sessionId: session.id, place, province: one.province, officer, at }
    const fresh = await roster.noteAttendance(tx, seen)
    if (fresh) await log(tx, one, officer, 'class.check_in', { seat: place.number, session: session.id })
    const now = (await roster.placeBy(tx, place)) ?? place
    return { outcome: fresh ? 'checked_in' : 'already', place: now, class: one, sessionId: session.id }
  }

  /** Takes back a check-in made by mistake. */
  async function undoCheckIn(
    tx: Db,
    { classId, sessionId, number }: { classId: string; sessionId: string; number: number },
    { officer }: ByOfficer,
  ): Promise<boolean> {
    const one = await store.lockClass(tx, classId)
    if (!one?.sessions.some(({ id }) => id === sessionId)) return false
    const removed = await roster.removeAttendance(tx, { sessionId, number })
    if (removed) await log(tx, one, officer, 'class.check_in_undone', { seat: number, session: sessionId })
    return removed
  }

  /** Says who sits on a seat of a group. */
  async function nameAttendee(
    tx: Db,
    { classId, number, name }: { classId: string; number: number; name: string },
    { officer }: ByOfficer,
  ): Promise<boolean> {
    const one = await store.lockClass(tx, classId)
    const trimmed = name.trim().slice(0, 200)
    const named =
      one !== null &&
      (await roster.nameAttendee(tx, { classId, number, name: trimmed === '' ? null : trimmed }))
    if (named) await log(tx, one, officer, 'class.name_attendee', { seat: number })
    return named
  }

  /** The PDF for one seat; only for someone who was checked in at least once and has a name. */
  async function certificate(
    tx: Db,
    { classId, number }: { classId: string; number: number },
    at: Date,
  ): Promise<{ outcome: 'made'; pdf: Uint8Array } | { outcome: 'unknown' | 'not_attended' | 'no_name' }> {
    const place = await roster.placeBy(tx, { classId, number })
    const one = place === null ? null : await store.findClass(tx, classId)
    if (place === null || one === null) return { outcome: 'unknown' }
    const attended = one.sessions.filter(({ id }) => place.attended.includes(id))
    if (attended.length === 0) return { outcome: 'not_attended' }
    if (place.attendee === null) return { outcome: 'no_name' }
    const pdf = await certificatePdf({
      name: place.attendee,
      title: one.title,
      days: [...new Set(attended.map(({ startsAt }) => localDay(startsAt)))],
      attended: attended.length,
      sessions: one.sessions.length,
      issuer: issuer(one.province),
      number: `${one.id.slice(0, 8)}-${place.number}`.toUpperCase(),
      at,
    })
    return { outcome: 'made', pdf }
  }

  /** Sends each attendee's certificate to the conversation that signed up. @returns how many were handed to the outbox */
  async function sendCertificates(tx: Db, classId: string, { officer, at }: ByOfficer): Promise<number> {
    const one = await store.lockClass(tx, classId)
    if (one === null) return 0
    const people = new Map((await store.enrolmentsOf(tx, classId, ['seated'])).map((e) => [e.id, e]))
    let sent = 0
    for (const place of await roster.places(tx, classId)) {
      const to: Enrolment | undefined = people.get(place.enrolmentId)
      if (to?.address == null) continue
      const made = await certificate(tx, place, at)
      if (made.outcome !== 'made') continue
      const name = `xac-nhan-tham-du-${place.number}.pdf`
      const file = { name, mediaType: 'application/pdf', bytes: made.pdf }
      const cause = `class:${to.id}:certificate:${place.number}`
      const options = { cause, from: 'system', province: one.province } as const
      await outbox.sayFile(tx, to.address, file, texts.certificateCaption(one, to.language), options)
      sent++
    }
    await log(tx, one, officer, 'class.certificates', { sent })
    return sent
  }

  /** Everything the class page shows: seats with holders, the line in order of arrival, no-shows once it is held. */
  async function classPage(tx: Db, id: string) {
    const one = await store.findClass(tx, id)
    if (one === null) return null
    const places = await roster.places(tx, id)
    const absent = places.filter(({ state, attended }) => state === 'seated' && attended.length === 0)
    return {
      class: one,
      places,
      waiting: await store.enrolmentsOf(tx, id, ['waiting']),
      noShows: one.state === 'held' ? absent : [],
    }
  }

  return {
    create,
    update,
    changeState,
    remove,
    checkIn,
    undoCheckIn,
    nameAttendee,
    certificate,
    sendCertificates,
    classPage,
    list: store.listClasses,
  }
}

function movedOrRescheduled(before: TrainingClass, after: TrainingClass): boolean {
  const times = (one: TrainingClass) =>
    one.sessions.map(({ startsAt, endsAt }) => `${startsAt.getTime()}-${endsAt.getTime()}`).join()
  return before.place !== after.place || before.link !== after.link || times(before) !== times(after)
}
