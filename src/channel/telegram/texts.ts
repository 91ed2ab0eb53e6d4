/** What the Telegram channel itself says; answers and forms have their own texts. */

export type Language = 'vi' | 'en'

interface Command {
  command: string
  vi: string
  en: string
}

/** The menu beside the input field, in the order shown. Names: a–z, 0–9, _ (Bot API). */
export const COMMANDS: readonly Command[] = [
  { command: 'start', vi: 'Bắt đầu', en: 'Start' },
  { command: 'dangky', vi: 'Đăng ký hỗ trợ hoặc lớp học', en: 'Sign up for support or a class' },
  { command: 'hoso', vi: 'Hồ sơ tôi đã đăng ký', en: 'My registrations' },
  { command: 'canbo', vi: 'Gặp cán bộ', en: 'Talk to an officer' },
  { command: 'dulieu', vi: 'Xem dữ liệu đang lưu về tôi', en: 'Show the data kept about me' },
  { command: 'sua', vi: 'Sửa dữ liệu của tôi', en: 'Correct my data' },
  { command: 'xoa', vi: 'Xoá dữ liệu của tôi', en: 'Erase my data' },
  { command: 'rutdongy', vi: 'Rút lại sự đồng ý', en: 'Withdraw my consent' },
  { command: 'huy', vi: 'Huỷ việc đang làm', en: 'Cancel what I am doing' },
  { command: 'ngonngu', vi: 'English / Tiếng Việt', en: 'Tiếng Việt / English' },
  { command: 'help', vi: 'Trợ giúp', en: 'Help' },
]

const TEXTS = {
  shareContact: { vi: '📱 Gửi số điện thoại của tôi', en: '📱 Send my phone number' },
  contactHint: {
    vi: 'Anh/chị bấm nút “📱 Gửi số điện thoại của tôi” ở dưới, hoặc gõ số vào ô chat.',
    en: 'Press “📱 Send my phone number” below, or type the number.',
  },
  contactField: { vi: 'Hoặc gõ số điện thoại', en: 'Or type the number' },
  privateOnly: {
    vi: 'Đăng ký và hồ sơ có thông tin cá nhân nên tôi chỉ trả lời trong cuộc trò chuyện riêng. Mời anh/chị nhắn riêng cho tôi',
    en: 'Registrations hold personal data, so I answer in private chats only. Please write to me privately',
  },
  oldEdit: {
    vi: 'Tôi thấy anh/chị vừa sửa một tin nhắn cũ. Tôi không đọc lại tin cũ; anh/chị gửi nội dung đúng thành tin nhắn mới giúp tôi.',
    en: 'You have just edited an older message. I do not re-read those; please send it as a new message.',
  },
} satisfies Record<string, Record<Language, string>>

export function say(name: keyof typeof TEXTS, language: Language): string {
  return TEXTS[name][language]
}

/** English only for people whose app is set to it; Vietnamese for everybody else. */
export function languageOf(code: string | null | undefined): Language {
  return code?.toLowerCase().startsWith('en') ? 'en' : 'vi'
}
