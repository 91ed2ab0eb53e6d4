import type { Action, OutboundMessage } from '../channel/message.ts'
import { OutboundMessage as Message } from '../channel/message.ts'
import { PURPOSE_NAMES, type Purpose } from './consent-texts.ts'

/** Every sentence about a person's own data, in Vietnamese and English. Plain text, at most 2,000 characters. */

export type Language = 'vi' | 'en'

const message = (text: string, actions: Action[] = []): OutboundMessage =>
  Message.parse({ text: text.length <= 2000 ? text : `${text.slice(0, 1999)}…`, actions })

const LABELS = {
  export: { vi: 'Tải tệp JSON', en: 'Get the JSON file' },
  correct: { vi: 'Sửa dữ liệu', en: 'Correct' },
  erase: { vi: 'Xoá dữ liệu', en: 'Erase' },
  withdraw: { vi: 'Rút lại đồng ý', en: 'Withdraw consent' },
} as const

const data = (verb: keyof typeof LABELS, language: Language): Action => ({
  label: LABELS[verb][language],
  send: `#data:${verb}`,
})

const dateOf = (day: string) => day.split('-').reverse().join('/')

/** The pages of "everything we hold"; the buttons come on the last one. */
export function dataPages(pages: readonly string[], language: Language): OutboundMessage[] {
  const actions = (['export', 'correct', 'erase', 'withdraw'] as const).map((verb) => data(verb, language))
  if (pages.length === 0) {
    return [
      message(
        language === 'vi'
          ? 'Chúng tôi chưa giữ dữ liệu nào của anh/chị ngoài cuộc trò chuyện này.'
          : 'We hold no data about you beyond this conversation.',
        actions,
      ),
    ]
  }
  const whole =
    language === 'vi'
      ? 'Đây là bản rút gọn, mục mới nhất trước; bản đầy đủ có trong tệp JSON.'
      : 'This is shortened, newest first; the JSON file has everything.'
  return pages.map((page, index) => {
    const last = index === pages.length - 1
    return message(last ? `${page}\n\n${whole}` : page, last ? actions : [])
  })
}

export function dataHeading(language: Language): string {
  return language === 'vi' ? 'Dữ liệu chúng tôi đang giữ về anh/chị:' : 'What we hold about you:'
}

export function exportCaption(language: Language): string {
  return language === 'vi'
    ? 'Toàn bộ dữ liệu của anh/chị (JSON, mở được bằng phần mềm soạn thảo).'
    : 'All your data (JSON, opens in any text editor).'
}

export function exportSent(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Tệp chứa toàn bộ dữ liệu của anh/chị được gửi kèm. Tệp có thông tin cá nhân, xin giữ cẩn thận.'
      : 'The file with all your data comes with this message. It contains personal data; please keep it safe.',
  )
}

export function askCorrection(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Anh/chị muốn sửa điều gì? Xin viết trong một tin nhắn, ví dụ: “Số điện thoại đúng là …”. Riêng phiếu đăng ký có thể tự sửa ngay trong “Hồ sơ của tôi”. Gõ “huỷ” để dừng.'
      : 'What should be corrected? Please write it in one message, e.g. “My correct telephone number is …”. Registrations can be corrected by yourself under “My registrations”. Type “cancel” to stop.',
    [{ label: language === 'vi' ? 'Hồ sơ của tôi' : 'My registrations', send: '#own' }],
  )
}

export interface Receipt {
  reference: string
  /** YYYY-MM-DD */
  answerBy: string
  carryOutBy: string
}

export function requestReceived(
  { reference, answerBy, carryOutBy }: Receipt,
  language: Language,
): OutboundMessage {
  return message(
    language === 'vi'
      ? `Đã nhận yêu cầu, mã ${reference}. Cán bộ trả lời chậm nhất ngày ${dateOf(answerBy)} và thực hiện xong chậm nhất ngày ${dateOf(carryOutBy)} (Nghị định 356/2025/NĐ-CP, Điều 5). Kết quả được báo tại đây.`
      : `Your request is registered under ${reference}. An officer replies by ${dateOf(answerBy)} and carries it out by ${dateOf(carryOutBy)} at the latest (Decree 356/2025/NĐ-CP, Art. 5). You will be told here.`,
  )
}

export function askErasure(key: string, language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Xoá toàn bộ dữ liệu của anh/chị? Việc này KHÔNG khôi phục được:\n• cuộc trò chuyện, phiếu đăng ký và khảo sát bị xoá;\n• đăng ký đang xem xét bị huỷ, chỗ trong lớp được nhường cho người chờ.\nChỉ còn lại số liệu không nêu tên và bằng chứng không định danh rằng từng có sự đồng ý.\nBấm nút hoặc gõ “xoá hết” để xoá, “giữ lại” để thôi.'
      : 'Erase all your data? This CANNOT be undone:\n• the conversation, registrations and survey answers are erased;\n• registrations under review are cancelled and seats in classes go to those waiting.\nOnly figures without names and proof, without identity, that consent was once given remain.\nPress a button, or type “erase everything” or “keep”.',
    [
      { label: language === 'vi' ? 'Xoá hết' : 'Erase everything', send: `#data:erase:${key}` },
      { label: language === 'vi' ? 'Giữ lại' : 'Keep', send: '#data:keep' },
      data('export', language),
    ],
  )
}

export function erasing(reference: string, language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? `Đã nhận. Dữ liệu của anh/chị sẽ được xoá trong vài phút tới, kể cả tin nhắn này trên hệ thống của chúng tôi. Mã biên nhận (không chứa thông tin cá nhân): ${reference}. Tin nhắn còn trên máy anh/chị hoặc trên nền tảng nhắn tin do anh/chị tự xoá.`
      : `Received. Your data will be erased within a few minutes, this message on our side included. Receipt (without personal data): ${reference}. Messages on your own device or on the messaging platform are yours to delete.`,
  )
}

export function kept(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Không xoá gì cả. Dữ liệu được giữ nguyên.'
      : 'Nothing was erased. Your data stays as it is.',
  )
}

export function stopped(language: Language): OutboundMessage {
  return message(language === 'vi' ? 'Đã dừng. Không có gì thay đổi.' : 'Stopped. Nothing was changed.')
}

export function askWithdrawal(inForce: readonly Purpose[], language: Language): OutboundMessage {
  const lines = inForce.map((purpose, index) => `${index + 1}. ${PURPOSE_NAMES[purpose][language]}`)
  const actions = inForce.slice(0, 3).map((purpose, index) => ({
    label: `${index + 1}. ${PURPOSE_NAMES[purpose][language]}`,
    send: `#data:withdraw:${purpose}`,
  }))
  if (inForce.length > 1)
    actions.push({ label: language === 'vi' ? 'Tất cả' : 'All', send: '#data:withdraw:all' })
  const intro =
    language === 'vi' ? 'Anh/chị muốn rút lại đồng ý nào?' : 'Which consent do you want to withdraw?'
  const outro =
    language === 'vi'
      ? 'Rút lại không xoá dữ liệu đã có; muốn xoá, gõ /xoa. Gõ “huỷ” để dừng.'
      : 'Withdrawing does not erase data; to erase, type /xoa. Type “cancel” to stop.'
  return message(`${intro}\n${lines.join('\n')}\n${outro}`, actions)
}

export function nothingToWithdraw(language: Language): OutboundMessage {
  return message(
    language === 'vi'
      ? 'Không có sự đồng ý nào đang hiệu lực để rút lại.'
      : 'There is no consent in force to withdraw.',
  )
}

export function withdrawn(
  purposes: readonly Purpose[],
  receipt: Receipt | null,
  language: Language,
): OutboundMessage {
  const names = purposes.map((purpose) => PURPOSE_NAMES[purpose][language]).join(', ')
  const done =
    language === 'vi' ? `Đã ghi nhận rút lại đồng ý: ${names}.` : `Your withdrawal is recorded: ${names}.`
  const rest =
    receipt === null
      ? ''
      : language === 'vi'
        ? ` Cán bộ ngừng xử lý hồ sơ liên quan chậm nhất ngày ${dateOf(receipt.carryOutBy)}; mã yêu cầu ${receipt.reference}. Muốn xoá luôn dữ liệu, gõ /xoa.`
        : ` An officer stops processing the cases concerned by ${dateOf(receipt.carryOutBy)}; request ${receipt.reference}. To erase the data as well, type /xoa.`
  return message(`${done}${rest}`)
}

/** What an officer answers to a request of this kind. */
export function officerSays(
  { reference, outcome }: { reference: string; outcome: 'answered' | 'done' | 'refused' | 'extended' },
  text: string,
  language: Language,
): OutboundMessage {
  const vi = {
    answered: `Trả lời yêu cầu ${reference}:`,
    done: `Yêu cầu ${reference} đã được thực hiện.`,
    refused: `Yêu cầu ${reference} không thực hiện được. Lý do:`,
    extended: `Yêu cầu ${reference} cần thêm thời gian:`,
  }
  const en = {
    answered: `Reply to your request ${reference}:`,
    done: `Your request ${reference} has been carried out.`,
    refused: `Your request ${reference} cannot be carried out. Reason:`,
    extended: `Your request ${reference} needs more time:`,
  }
  return message(`${(language === 'vi' ? vi : en)[outcome]} ${text}`.trim())
}

/** Names of the parts, in the order people read them. */
const PART_NAMES: Record<string, { vi: string; en: string }> = {
  registration: { vi: 'Đăng ký và khảo sát', en: 'Registrations and survey' },
  programme: { vi: 'Lớp học', en: 'Classes' },
  consent: { vi: 'Sự đồng ý đã cho', en: 'Consents given' },
  requests: { vi: 'Yêu cầu về dữ liệu', en: 'Requests about your data' },
  conversation: { vi: 'Cuộc trò chuyện', en: 'Conversation' },
  zalo: { vi: 'Thông tin từ Zalo', en: 'From Zalo' },
  answer: { vi: 'Đánh giá và câu chưa trả lời được', en: 'Ratings and unanswered questions' },
  inbox: { vi: 'Tin nhắn anh/chị đã gửi', en: 'Messages you sent' },
  outbox: { vi: 'Tin nhắn chúng tôi đã gửi', en: 'Messages we sent' },
}

/** What the keys of the file are called when it is read aloud in a message. */
const KEY_NAMES: Record<string, { vi: string; en: string }> = {
  registrations: { vi: 'Đăng ký', en: 'Registrations' },
  surveys: { vi: 'Khảo sát', en: 'Survey' },
  reference: { vi: 'Mã', en: 'Reference' },
  state: { vi: 'Trạng thái', en: 'Status' },
  submittedAt: { vi: 'Gửi lúc', en: 'Sent' },
  createdAt: { vi: 'Bắt đầu', en: 'Begun' },
  answers: { vi: 'Thông tin đã khai', en: 'Answers' },
  history: { vi: 'Diễn biến', en: 'History' },
  at: { vi: 'Lúc', en: 'At' },
  kind: { vi: 'Loại', en: 'Kind' },
  reason: { vi: 'Lý do', en: 'Reason' },
  message: { vi: 'Đã báo', en: 'Told' },
  sizeClass: { vi: 'Quy mô (tự khai)', en: 'Size (as stated)' },
  class: { vi: 'Lớp', en: 'Class' },
  name: { vi: 'Tên', en: 'Name' },
  seats: { vi: 'Số chỗ', en: 'Seats' },
  signedUpAt: { vi: 'Ghi danh lúc', en: 'Signed up' },
  seatedAt: { vi: 'Có chỗ lúc', en: 'Seated' },
  attendees: { vi: 'Người dự', en: 'Attendees' },
  checkedInAt: { vi: 'Điểm danh', en: 'Checked in' },
  purpose: { vi: 'Mục đích', en: 'Purpose' },
  textVersion: { vi: 'Bản nội dung', en: 'Text' },
  givenAt: { vi: 'Đồng ý lúc', en: 'Given' },
  reply: { vi: 'Lời đồng ý', en: 'Your words' },
  withdrawnAt: { vi: 'Rút lại lúc', en: 'Withdrawn' },
  receivedAt: { vi: 'Nhận lúc', en: 'Received' },
  carryOutBy: { vi: 'Hạn thực hiện', en: 'To be done by' },
  detail: { vi: 'Nội dung', en: 'Detail' },
  outcome: { vi: 'Kết quả', en: 'Outcome' },
  lastInteractionAt: { vi: 'Lần cuối nhắn', en: 'Last wrote' },
  leftAt: { vi: 'Rời lúc', en: 'Left' },
  'thời gian': { vi: 'Lúc', en: 'At' },
  'nội dung': { vi: 'Nội dung', en: 'Text' },
  'câu chưa trả lời được': { vi: 'Câu chưa trả lời được', en: 'Unanswered question' },
  'đánh giá của anh/chị': { vi: 'Anh/chị đánh giá', en: 'Your rating' },
}

/** Codes that stand as values. */
const VALUE_NAMES: Record<string, { vi: string; en: string }> = {
  ...PURPOSE_NAMES,
  open: { vi: 'đang chờ', en: 'open' },
  answered: { vi: 'đã trả lời', en: 'answered' },
  erasing: { vi: 'đang xoá', en: 'erasing' },
  done: { vi: 'đã xong', en: 'done' },
  refused: { vi: 'không thực hiện', en: 'refused' },
  view: { vi: 'xem dữ liệu', en: 'view' },
  export: { vi: 'lấy tệp', en: 'file' },
  correct: { vi: 'sửa dữ liệu', en: 'correct' },
  erase: { vi: 'xoá dữ liệu', en: 'erase' },
  withdraw: { vi: 'rút lại đồng ý', en: 'withdraw' },
  seated: { vi: 'đã có chỗ', en: 'seated' },
  waiting: { vi: 'trong danh sách chờ', en: 'waiting' },
  offered: { vi: 'được mời nhận chỗ', en: 'offered' },
  expired: { vi: 'quá hạn nhận chỗ', en: 'expired' },
  cancelled: { vi: 'đã huỷ', en: 'cancelled' },
  submitted: { vi: 'gửi đăng ký', en: 'submitted' },
  'kind=state': { vi: 'đổi trạng thái', en: 'status changed' },
  corrected: { vi: 'sửa thông tin', en: 'corrected' },
  completed: { vi: 'bổ sung thông tin', en: 'completed' },
  claimed: { vi: 'cán bộ nhận xử lý', en: 'taken by an officer' },
  released: { vi: 'cán bộ trả lại', en: 'given back' },
  handed_over: { vi: 'chuyển cán bộ khác', en: 'handed over' },
  linked: { vi: 'liên kết kênh', en: 'channels linked' },
  'kind=survey': { vi: 'trả lời khảo sát', en: 'survey answered' },
  erased: { vi: 'đã xoá', en: 'erased' },
  enterprise: { vi: 'doanh nghiệp', en: 'enterprise' },
  cooperative: { vi: 'hợp tác xã', en: 'cooperative' },
  cooperative_group: { vi: 'tổ hợp tác', en: 'cooperative group' },
  household: { vi: 'hộ kinh doanh', en: 'household business' },
  other: { vi: 'khác', en: 'other' },
  micro: { vi: 'siêu nhỏ', en: 'micro' },
  small: { vi: 'nhỏ', en: 'small' },
  medium: { vi: 'vừa', en: 'medium' },
  large: { vi: 'lớn', en: 'large' },
  'đánh giá của anh/chị=1': { vi: 'hữu ích', en: 'useful' },
  'đánh giá của anh/chị=-1': { vi: 'chưa đúng', en: 'wrong' },
}

export const WORDING = { parts: PART_NAMES, keys: KEY_NAMES, values: VALUE_NAMES }
