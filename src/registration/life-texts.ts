import type { Action, OutboundMessage } from '../channel/message.ts'
import type { State } from './lifecycle.ts'
import { LABELS } from './texts.ts'
import type { FieldKey, Language } from './values.ts'

/** Every sentence about a registration that has been stored, in Vietnamese and English. */

export const STATE_NAMES: Readonly<Record<State, Record<Language, string>>> = {
  new: { vi: 'Mới tiếp nhận', en: 'Received' },
  reviewing: { vi: 'Đang xem xét', en: 'Under review' },
  needs_more: { vi: 'Cần bổ sung', en: 'More needed' },
  approved: { vi: 'Đã duyệt', en: 'Approved' },
  waitlisted: { vi: 'Danh sách chờ', en: 'Waiting list' },
  declined: { vi: 'Từ chối', en: 'Declined' },
  completed: { vi: 'Đã hoàn thành', en: 'Completed' },
  cancelled: { vi: 'Đã huỷ', en: 'Cancelled' },
}

/** What a text about a registration needs to know of it. */
export interface Told {
  readonly reference: string
  readonly state: State
  readonly supportLabel: string
  readonly enterpriseName: string
  readonly language: Language
  readonly requested: readonly FieldKey[]
}

function message(text: string, actions: Action[] = []): OutboundMessage {
  return { text: text.length <= 2_000 ? text : `${text.slice(0, 1_999)}…`, citations: [], actions }
}

function button(told: Pick<Told, 'reference' | 'language'>, verb: string, vi: string, en: string): Action {
  return { label: told.language === 'vi' ? vi : en, send: `#reg:${told.reference}:${verb}` }
}

const AWARD = {
  vi: 'Đây là ghi nhận quan tâm; thủ tục dự Giải thưởng Chất lượng Quốc gia làm riêng, theo hướng dẫn của cán bộ Sở.',
  en: 'This notes your interest; the Award itself is a separate procedure, with guidance from the department.',
}

export function stored(told: Told & { award: boolean }): OutboundMessage {
  const { language, reference, supportLabel } = told
  const text =
    language === 'vi'
      ? `✅ Tôi đã ghi nhận đăng ký “${supportLabel}” của ${told.enterpriseName}.\nMã: ${reference}. Trạng thái: ${STATE_NAMES.new.vi}.\nCán bộ Sở sẽ xem và trả lời tại đây. Gõ “hồ sơ của tôi” để xem, sửa hoặc huỷ.`
      : `✅ Your sign-up for “${supportLabel}” (${told.enterpriseName}) is noted.\nReference: ${reference}. Status: ${STATE_NAMES.new.en}.\nThe department will look at it and reply here. Type “my registrations” to see, correct or cancel it.`
  const award = told.award ? `\n${AWARD[language]}` : ''
  const survey =
    language === 'vi'
      ? '\nNếu tiện, mời anh/chị làm khảo sát hiện trạng 5 phút (không bắt buộc).'
      : '\nIf you like, take the five-minute self-assessment (optional).'
  return message(text + award + survey, [
    button(told, 'survey', 'Làm khảo sát 5 phút', 'Five-minute survey'),
    button(told, 'show', 'Xem hồ sơ', 'See it'),
    button(told, 'cancel', 'Huỷ đăng ký', 'Cancel it'),
  ])
}

export const LINKED = {
  vi: 'Lưu ý: trong hệ thống đã có một đăng ký cùng nội dung mang tên cơ sở này; cán bộ Sở sẽ đối chiếu. Đăng ký của anh/chị vẫn được giữ.',
  en: 'Please note: a registration for this enterprise and support exists already; staff will match the two. Yours is kept.',
}

export function already(told: Told): OutboundMessage {
  const { language, reference, supportLabel, state } = told
  const text =
    language === 'vi'
      ? `Đăng ký này đã được ghi trước đó: mã ${reference}, “${supportLabel}”, ${STATE_NAMES[state].vi}. Tôi không ghi thêm lần nữa.`
      : `This was stored before: ${reference}, “${supportLabel}”, ${STATE_NAMES[state].en}. It was not stored again.`
  return message(text, ownButtons(told))
}

export function duplicateOwn(told: Told, differs: boolean): OutboundMessage {
  const { language, reference, supportLabel, enterpriseName, state } = told
  const vi = `Anh/chị đã có đăng ký “${supportLabel}” cho ${enterpriseName}: mã ${reference}, trạng thái ${STATE_NAMES[state].vi}. Tôi không lập thêm đăng ký trùng.`
  const en = `You already have a sign-up for “${supportLabel}” (${enterpriseName}): ${reference}, ${STATE_NAMES[state].en}. No second one was made.`
  const more = differs
    ? language === 'vi'
      ? '\nThông tin vừa nhập có khác; bên dưới là bản để anh/chị lưu vào hồ sơ cũ.'
      : '\nWhat you typed differs; below you can save it to the existing one.'
    : ''
  return message((language === 'vi' ? vi : en) + more, ownButtons(told))
}

function ownButtons(told: Told): Action[] {
  switch (told.state) {
    case 'needs_more':
      return [
        button(told, 'complete', 'Bổ sung', 'Complete'),
        button(told, 'fix', 'Sửa', 'Correct'),
        button(told, 'cancel', 'Huỷ đăng ký', 'Cancel it'),
      ]
    case 'new':
    case 'reviewing':
    case 'approved':
    case 'waitlisted':
      return [
        button(told, 'fix', 'Sửa', 'Correct'),
        button(told, 'survey', 'Khảo sát 5 phút', 'Survey'),
        button(told, 'cancel', 'Huỷ đăng ký', 'Cancel it'),
      ]
    case 'declined':
    case 'completed':
    case 'cancelled':
      return []
  }
}

/** The decision as the person reads it. "Đã duyệt" is a place on the list, not a promise of money (domain facts 3.4). */
export function decision(
  told: Told,
  change: { to: State; reason: string | null; message: string | null },
): OutboundMessage {
  const { language, reference, supportLabel } = told
  const vi = language === 'vi'
  const head = vi
    ? `Hồ sơ ${reference} (“${supportLabel}”): `
    : `Registration ${reference} (“${supportLabel}”): `
  const lines = [head + DECISIONS[change.to][language]]
  if (change.reason) lines.push(`${vi ? 'Lý do' : 'Reason'}: ${change.reason.trim()}`)
  if (change.to === 'needs_more' && told.requested.length > 0) {
    const names = told.requested.map((field) => LABELS[field][language].toLowerCase()).join(', ')
    lines.push(vi ? `Cần bổ sung: ${names}.` : `Please add: ${names}.`)
  }
  if (change.message) lines.push(change.message.trim())
  return message(lines.join('\n'), [
    ...ownButtons({ ...told, state: change.to }).slice(0, 3),
    officerButton(language),
  ])
}

const DECISIONS: Readonly<Record<State, Record<Language, string>>> = {
  new: { vi: 'đã tiếp nhận.', en: 'received.' },
  reviewing: { vi: 'cán bộ Sở đang xem xét.', en: 'an officer is looking at it.' },
  needs_more: { vi: 'cần bổ sung thông tin.', en: 'some information is missing.' },
  approved: {
    vi: 'đã duyệt, cơ sở được đưa vào danh sách hỗ trợ. Cán bộ Sở sẽ liên hệ về bước tiếp theo.',
    en: 'approved; your enterprise is on the list. The department will contact you about the next step.',
  },
  waitlisted: {
    vi: 'được đưa vào danh sách chờ. Khi đến lượt, Sở sẽ báo anh/chị.',
    en: 'is on the waiting list. The department will tell you when it is your turn.',
  },
  declined: { vi: 'chưa được chấp nhận.', en: 'was not accepted.' },
  completed: { vi: 'đã hoàn thành. Cảm ơn anh/chị.', en: 'is completed. Thank you.' },
  cancelled: { vi: 'đã huỷ.', en: 'was cancelled.' },
}

function officerButton(language: Language): Action {
  return { label: language === 'vi' ? 'Gặp cán bộ' : 'Talk to an officer', send: '#officer' }
}

export function ownNone(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Anh/chị chưa có đăng ký nào tại đây. Nếu đã đăng ký ở kênh khác, gõ “liên kết” để nối hai tài khoản.'
      : 'You have no registration here. If you signed up on another channel, type “link” to join the two accounts.',
    [{ label: language === 'vi' ? 'Đăng ký' : 'Sign up', send: '#signup' }],
  )
}

export function ownList(
  items: readonly (Told & { submittedAt: Date })[],
  language: Language,
): OutboundMessage {
  const lines = items
    .slice(0, 10)
    .map(
      ({ reference, supportLabel, enterpriseName, state, submittedAt }) =>
        `• ${reference} – ${supportLabel}, ${enterpriseName}: ${STATE_NAMES[state][language]} (${day(submittedAt)})`,
    )
  const more =
    items.length > 10
      ? language === 'vi'
        ? `\n… và ${items.length - 10} hồ sơ cũ hơn.`
        : `\n… and ${items.length - 10} older.`
      : ''
  const head =
    language === 'vi' ? `Hồ sơ của anh/chị (${items.length}):` : `Your registrations (${items.length}):`
  const actions = items.slice(0, 4).map(({ reference }) => ({
    label: language === 'vi' ? `Xem ${reference}` : `See ${reference}`,
    send: `#reg:${reference}:show`,
  }))
  return message(`${head}\n${lines.join('\n')}${more}`, actions)
}

export function card(
  told: Told,
  details: { lines: readonly string[]; history: readonly { at: Date; text: string }[] },
): OutboundMessage {
  const { language, reference, state } = told
  const head =
    language === 'vi'
      ? `Hồ sơ ${reference} – ${STATE_NAMES[state].vi}`
      : `Registration ${reference} – ${STATE_NAMES[state].en}`
  const history = details.history.map(({ at, text }) => `${day(at)}: ${text}`)
  const label = language === 'vi' ? 'Diễn biến' : 'History'
  const text = [head, ...details.lines, ...(history.length > 0 ? [`${label}:`, ...history] : [])].join('\n')
  return message(text, [
    ...ownButtons(told),
    { label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' },
  ])
}

export function cancelAsk(told: Told): OutboundMessage {
  const { language, reference, supportLabel } = told
  return message(
    language === 'vi'
      ? `Huỷ đăng ký ${reference} (“${supportLabel}”)? Huỷ rồi không mở lại được; chỗ trong lớp (nếu có) sẽ nhường người khác.`
      : `Cancel ${reference} (“${supportLabel}”)? This cannot be undone; a seat in a class goes to the next person.`,
    [
      button(told, 'cancelyes', 'Đúng, huỷ', 'Yes, cancel'),
      button(told, 'show', 'Không, giữ lại', 'No, keep it'),
    ],
  )
}

export function cancelled(told: Told): OutboundMessage {
  return message(
    told.language === 'vi'
      ? `Đã huỷ đăng ký ${told.reference} (“${told.supportLabel}”). Muốn tham gia lại, anh/chị đăng ký mới.`
      : `${told.reference} (“${told.supportLabel}”) is cancelled. To take part again, sign up anew.`,
    [{ label: told.language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' }],
  )
}

export function closed(told: Told): OutboundMessage {
  const { language, reference, state } = told
  return message(
    language === 'vi'
      ? `Hồ sơ ${reference} đang ở trạng thái ${STATE_NAMES[state].vi} nên không thay đổi được nữa. Cần giúp thêm, anh/chị bấm “Gặp cán bộ”.`
      : `${reference} is ${STATE_NAMES[state].en.toLowerCase()} and can no longer be changed. An officer can help.`,
    [officerButton(language)],
  )
}

export function amended(told: Told, fields: readonly FieldKey[], backToReview: boolean): OutboundMessage {
  const { language, reference } = told
  const names = fields.map((field) => LABELS[field][language].toLowerCase()).join(', ')
  const vi = `Đã lưu vào hồ sơ ${reference}: ${names}.${backToReview ? ' Hồ sơ trở lại bước xem xét.' : ''}`
  const en = `Saved to ${reference}: ${names}.${backToReview ? ' It is under review again.' : ''}`
  return message(language === 'vi' ? vi : en, ownButtons(told))
}

export function changedMeanwhile(told: Told): OutboundMessage {
  const { language, reference, state } = told
  return message(
    language === 'vi'
      ? `Hồ sơ ${reference} vừa được cán bộ cập nhật (nay: ${STATE_NAMES[state].vi}). Thay đổi của anh/chị chưa lưu; anh/chị xem lại rồi lưu giúp.`
      : `${reference} was just updated by an officer (now: ${STATE_NAMES[state].en}). Your change is not saved yet; please look and save again.`,
    ownButtons(told),
  )
}

export function unknownReference(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Tôi không thấy hồ sơ này trong các đăng ký của anh/chị.'
      : 'I cannot find this among your registrations.',
    [{ label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' }],
  )
}

export function surveyStored(language: Language, sizeClass: string | null): OutboundMessage {
  const vi = `📋 Tôi đã ghi phần khảo sát, cảm ơn anh/chị.${sizeClass ? ` Theo số liệu anh/chị khai và Nghị định 80/2021/NĐ-CP (Điều 5), quy mô ứng với: ${SIZE_NAMES[sizeClass]?.vi ?? sizeClass}. Đây là thông tin tự khai, không phải xác nhận của Sở.` : ''}`
  const en = `📋 Your answers are noted, thank you.${sizeClass ? ` By your own figures and Decree 80/2021 (Art. 5) the size corresponds to: ${SIZE_NAMES[sizeClass]?.en ?? sizeClass}. This is your own statement, not a confirmation by the department.` : ''}`
  return message(language === 'vi' ? vi : en, [
    { label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' },
  ])
}

const SIZE_NAMES: Readonly<Record<string, Record<Language, string>>> = {
  micro: { vi: 'doanh nghiệp siêu nhỏ', en: 'micro enterprise' },
  small: { vi: 'doanh nghiệp nhỏ', en: 'small enterprise' },
  medium: { vi: 'doanh nghiệp vừa', en: 'medium enterprise' },
  above: { vi: 'lớn hơn doanh nghiệp vừa', en: 'larger than medium' },
}

export const LINK = {
  issued: (code: string, language: Language): OutboundMessage =>
    message(
      language === 'vi'
        ? `Mã liên kết của anh/chị: ${code}\nTrong 10 phút, mở kênh kia (Zalo, Telegram hoặc trang chat) và gõ: liên kết ${code}\nMã dùng một lần. Đừng đưa mã cho ai: người có mã sẽ xem được hồ sơ của anh/chị.`
        : `Your link code: ${code}\nWithin 10 minutes open the other channel and type: link ${code}\nIt works once. Give it to nobody: whoever has it can see your registrations.`,
    ),
  linked: (language: Language): OutboundMessage =>
    message(
      language === 'vi'
        ? 'Đã liên kết hai tài khoản; “hồ sơ của tôi” nay hiện đăng ký của cả hai.'
        : 'The two accounts are linked; “my registrations” now shows both.',
      [{ label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' }],
    ),
  wrong: (language: Language): OutboundMessage =>
    message(
      language === 'vi'
        ? 'Mã không đúng hoặc đã hết hạn. Anh/chị lấy mã mới ở kênh kia bằng cách gõ: liên kết.'
        : 'The code is wrong or has expired. Get a new one on the other channel by typing: link.',
    ),
  tooMany: (language: Language): OutboundMessage =>
    message(
      language === 'vi'
        ? 'Anh/chị đã thử nhiều lần. Xin đợi 15 phút rồi thử lại.'
        : 'Too many attempts. Please wait 15 minutes.',
    ),
  same: (language: Language): OutboundMessage =>
    message(
      language === 'vi'
        ? 'Mã này lấy từ chính cuộc trò chuyện này; anh/chị gõ mã ở kênh kia.'
        : 'This code comes from this very conversation; type it on the other channel.',
    ),
}

function day(at: Date): string {
  return at.toLocaleDateString('vi-VN', {
    timeZone: 'Asia/Ho_Chi_Minh',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  })
}
