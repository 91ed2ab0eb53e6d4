import { type Action, OutboundMessage } from '../channel/message.ts'
import type { Enrolment, Language, Session, TrainingClass } from './class.ts'

/** Every sentence the programme says to people, in Vietnamese and English. Plain text, at most 2,000 characters. */

const WEEKDAYS = {
  vi: ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
}

/** "8:00 thứ Ba, 24/11/2026" in Việt Nam's time, whatever the machine's zone. */
export function when(at: Date, language: Language = 'vi'): string {
  const local = new Date(at.getTime() + 7 * 3_600_000)
  const day = `${local.getUTCDate()}/${local.getUTCMonth() + 1}/${local.getUTCFullYear()}`
  const time = `${local.getUTCHours()}:${String(local.getUTCMinutes()).padStart(2, '0')}`
  return `${time} ${WEEKDAYS[language][local.getUTCDay()] ?? ''}, ${day}`
}

function span({ startsAt, endsAt }: Session, language: Language): string {
  const end = new Date(endsAt.getTime() + 7 * 3_600_000)
  const until = `${end.getUTCHours()}:${String(end.getUTCMinutes()).padStart(2, '0')}`
  return `${when(startsAt, language)} (${language === 'vi' ? 'đến' : 'until'} ${until})`
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`
}

/** Title, dates (at most five), place or link. */
function classCard(one: TrainingClass, language: Language): string {
  const vi = language === 'vi'
  const shown = one.sessions.slice(0, 5).map((session) => `  - ${span(session, language)}`)
  const more = one.sessions.length - shown.length
  return [
    cut(one.title, 200),
    `${vi ? 'Thời gian' : 'When'}:`,
    ...shown,
    ...(more > 0 ? [vi ? `  và ${more} buổi nữa` : `  and ${more} more sessions`] : []),
    ...(one.place === '' ? [] : [`${vi ? 'Địa điểm' : 'Where'}: ${cut(one.place, 250)}`]),
    ...(one.link === null ? [] : [`${vi ? 'Học trực tuyến' : 'Online'}: ${cut(one.link, 300)}`]),
  ].join('\n')
}

function message(text: string, actions: Action[] = []): OutboundMessage {
  return OutboundMessage.parse({ text: cut(text, 2000), actions })
}

const signup = (id: string, label: string): Action => ({ label, send: `#signup:class:${id}` })
const yes = (id: string, language: Language): Action => ({
  label: language === 'vi' ? 'Nhận chỗ' : 'Take the seat',
  send: `#offer:${id}:yes`,
})
const no = (id: string, language: Language): Action => ({
  label: language === 'vi' ? 'Không tham gia' : 'No, thank you',
  send: `#offer:${id}:no`,
})
const own = (language: Language): Action => ({
  label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations',
  send: '#own',
})

const seatsOf = (count: number, language: Language) =>
  language === 'vi' ? `${count} chỗ` : count === 1 ? '1 seat' : `${count} seats`

/** The classes one can sign up for now: at most four with a button each, then how many more there are. */
export function openClassesMessage(classes: readonly TrainingClass[], language: Language): OutboundMessage {
  const vi = language === 'vi'
  if (classes.length === 0) {
    return message(
      vi
        ? 'Hiện chưa có lớp nào đang mở đăng ký. Anh/chị có thể đăng ký quan tâm để được báo khi có lớp.'
        : 'No class is open for sign-up now. You can register your interest and we will tell you when one opens.',
      [{ label: vi ? 'Đăng ký quan tâm' : 'Register interest', send: '#signup' }],
    )
  }
  const shown = classes.slice(0, 4)
  const cards = shown.map((one, index) => {
    const left =
      one.free > 0 && one.waiting === 0
        ? vi
          ? `Còn ${one.free} chỗ`
          : `${seatsOf(one.free, language)} left`
        : vi
          ? `Đã đủ chỗ, danh sách chờ: ${one.waiting}`
          : `Full, waiting list: ${one.waiting}`
    const until = `${vi ? 'hạn đăng ký' : 'sign up until'} ${when(one.closesAt, language)}`
    return `${index + 1}. ${cut(classCard({ ...one, sessions: one.sessions.slice(0, 2) }, language), 380)}\n${left}; ${until}`
  })
  const more = classes.length - shown.length
  if (more > 0) cards.push(vi ? `Còn ${more} lớp khác.` : `${more} more classes.`)
  return message(
    cards.join('\n\n'),
    shown.map((one, index) => signup(one.id, cut(`${index + 1}. ${one.title}`, 55))),
  )
}

export function seatedMessage(one: TrainingClass, enrolment: Enrolment, language: Language): OutboundMessage {
  const intro =
    language === 'vi'
      ? `Anh/chị đã có ${seatsOf(enrolment.seats, language)} trong lớp:`
      : `You have ${seatsOf(enrolment.seats, language)} in this class:`
  const outro =
    language === 'vi'
      ? 'Mã QR điểm danh được gửi kèm (mỗi chỗ một mã). Nếu không đi được, xin bấm “Không tham gia” để nhường chỗ cho người đang chờ.'
      : 'The QR code for check-in comes with this message (one per seat). If you cannot come, please press “No, thank you” so that the next in line gets the seat.'
  return message(`${intro}\n\n${classCard(one, language)}\n\n${outro}`, [
    no(enrolment.id, language),
    own(language),
  ])
}

export function waitingMessage(
  one: TrainingClass,
  enrolment: Enrolment,
  ahead: number,
  language: Language,
): OutboundMessage {
  const text =
    language === 'vi'
      ? `Lớp đã đủ chỗ. Anh/chị đã vào danh sách chờ (${seatsOf(enrolment.seats, language)}), trước anh/chị có ${ahead} lượt đăng ký. Thứ tự chỉ theo lúc đăng ký. Khi có chỗ, chúng tôi nhắn cho anh/chị và giữ chỗ trong ${one.offerHours} giờ.`
      : `The class is full. You are on the waiting list (${seatsOf(enrolment.seats, language)}) with ${ahead} sign-ups before you. The order is the order of signing up, nothing else. When a seat is free we write to you and keep it for ${one.offerHours} hours.`
  return message(`${text}\n\n${classCard(one, language)}`, [no(enrolment.id, language), own(language)])
}

export function offerMessage(one: TrainingClass, enrolment: Enrolment, language: Language): OutboundMessage {
  const until = enrolment.offeredUntil === null ? '' : when(enrolment.offeredUntil, language)
  const text =
    language === 'vi'
      ? `Đã có ${seatsOf(enrolment.seats, language)} cho anh/chị. Chỗ được giữ đến ${until}; sau đó chuyển cho người tiếp theo.`
      : `There is room for you now: ${seatsOf(enrolment.seats, language)}. We keep it until ${until}, then it goes to the next in line.`
  return message(`${text}\n\n${classCard(one, language)}`, [
    yes(enrolment.id, language),
    no(enrolment.id, language),
  ])
}

export function offerExpiredMessage(one: TrainingClass, language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? `Đã quá hạn nhận chỗ trong lớp “${cut(one.title, 200)}”, nên chỗ được chuyển cho người tiếp theo. Anh/chị có thể đăng ký lại; thứ tự tính từ lúc đăng ký lại.`
      : `The time to take the seat in “${cut(one.title, 200)}” is over, so it went to the next in line. You can sign up again; your place then counts from that moment.`,
    [signup(one.id, language === 'vi' ? 'Đăng ký lại' : 'Sign up again')],
  )
}

export function leftMessage(one: TrainingClass, language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? `Đã ghi nhận: anh/chị không tham gia lớp “${cut(one.title, 200)}”. Cảm ơn anh/chị đã báo.`
      : `Noted: you are not taking part in “${cut(one.title, 200)}”. Thank you for telling us.`,
  )
}

/** The press belongs to nobody's live enrolment, or not to this person: one sentence for both, so that ids tell nothing. */
export function offerGoneMessage(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Lời mời này không còn hiệu lực. Anh/chị xem lại trong “Hồ sơ của tôi”.'
      : 'This offer is no longer valid. Please look at “My registrations”.',
    [own(language)],
  )
}

export function reminderMessage(one: TrainingClass, enrolment: Enrolment, session: Session): OutboundMessage {
  const vi = enrolment.language === 'vi'
  const place = [one.place, one.link ?? ''].filter((part) => part !== '').join('; ')
  return message(
    vi
      ? `Nhắc lịch: lớp “${cut(one.title, 200)}” bắt đầu lúc ${when(session.startsAt)}. ${cut(place, 600)}. Xin mang theo mã QR điểm danh. Nếu không đi được, bấm “Không tham gia”.`
      : `Reminder: “${cut(one.title, 200)}” begins at ${when(session.startsAt, 'en')}. ${cut(place, 600)}. Please bring your QR code. If you cannot come, press “No, thank you”.`,
    [no(enrolment.id, enrolment.language)],
  )
}

export function classCancelledMessage(
  one: TrainingClass,
  reason: string,
  language: Language,
): OutboundMessage {
  return message(
    language === 'vi'
      ? `Rất tiếc, lớp “${cut(one.title, 200)}” không tổ chức được. Lý do: ${cut(reason, 800)}`
      : `We are sorry, “${cut(one.title, 200)}” has been called off. Reason: ${cut(reason, 800)}`,
  )
}

export function classChangedMessage(one: TrainingClass, enrolment: Enrolment): OutboundMessage {
  return message(
    `${enrolment.language === 'vi' ? 'Lớp anh/chị đăng ký có thay đổi. Thông tin mới:' : 'The class you signed up for has changed:'}\n\n${classCard(one, enrolment.language)}`,
    [no(enrolment.id, enrolment.language)],
  )
}

/** A place was given up by an officer; the reason is the officer's. */
export function removedMessage(one: TrainingClass, reason: string, language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? `Đăng ký của anh/chị trong lớp “${cut(one.title, 200)}” đã được cán bộ huỷ. Lý do: ${cut(reason, 800)}`
      : `An officer has cancelled your place in “${cut(one.title, 200)}”. Reason: ${cut(reason, 800)}`,
    [own(language)],
  )
}

export type Refusal =
  | 'unknown_class'
  | 'not_open_yet'
  | 'closed'
  | 'cancelled'
  | 'over'
  | 'too_many_seats'
  | 'other_province'

export function refusalMessage(
  reason: Refusal,
  one: TrainingClass | null,
  language: Language,
): OutboundMessage {
  const title = one === null ? '' : `“${cut(one.title, 200)}”`
  const vi: Record<Refusal, string> = {
    unknown_class: 'Không tìm thấy lớp này. Anh/chị xem các lớp đang mở nhé.',
    not_open_yet: `Lớp ${title} chưa mở đăng ký. Thời gian mở: ${one === null ? '' : when(one.opensAt)}.`,
    closed: `Lớp ${title} đã hết hạn đăng ký.`,
    cancelled: `Lớp ${title} đã huỷ.`,
    over: `Lớp ${title} đã bắt đầu hoặc đã kết thúc.`,
    too_many_seats: `Lớp ${title} chỉ có ${one?.seats ?? 0} chỗ, ít hơn số người anh/chị đăng ký.`,
    other_province: `Lớp ${title} dành cho tỉnh khác với tỉnh trong hồ sơ của anh/chị.`,
  }
  const en: Record<Refusal, string> = {
    unknown_class: 'This class was not found. Please look at the classes that are open.',
    not_open_yet: `${title} is not open for sign-up yet. It opens at ${one === null ? '' : when(one.opensAt, 'en')}.`,
    closed: `Sign-up for ${title} is over.`,
    cancelled: `${title} has been called off.`,
    over: `${title} has begun or is over.`,
    too_many_seats: `${title} has only ${one?.seats ?? 0} seats, fewer than the people you named.`,
    other_province: `${title} is for another province than the one of your registration.`,
  }
  return message(language === 'vi' ? vi[reason] : en[reason], [
    { label: language === 'vi' ? 'Các lớp đang mở' : 'Open classes', send: '#signup:training_class' },
  ])
}

/** Caption under a QR picture. */
export function ticketCaption(one: TrainingClass, number: number, language: Language): string {
  return language === 'vi'
    ? `Mã điểm danh, chỗ số ${number}, lớp “${cut(one.title, 200)}”. Đưa mã này cho cán bộ tại lớp.`
    : `Check-in code, seat ${number}, “${cut(one.title, 200)}”. Show it to the officer at the class.`
}

/** Caption under a certificate. */
export function certificateCaption(one: TrainingClass, language: Language): string {
  return language === 'vi'
    ? `Giấy xác nhận tham dự lớp “${cut(one.title, 200)}”.`
    : `Confirmation of attendance, “${cut(one.title, 200)}”.`
}

/** Why an officer should telephone, shown on a call task. */
export const CALL_REASONS = {
  offer: 'Báo có chỗ trong lớp',
  expired: 'Báo đã quá hạn nhận chỗ',
  reminder: 'Nhắc lịch học',
  cancelled: 'Báo lớp bị huỷ',
  changed: 'Báo lớp có thay đổi',
  removed: 'Báo huỷ chỗ trong lớp',
} as const
export type CallReason = keyof typeof CALL_REASONS
