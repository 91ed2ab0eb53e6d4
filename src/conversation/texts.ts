import type { Action } from '../channel/message.ts'

/** Every sentence the conversation itself says (answers, forms and rights have their own texts). */

export type Language = 'vi' | 'en'
type Both<T> = Record<Language, T>

const pick = <T>(both: Both<T>, language: Language): T => both[language]

const LABELS = {
  ask: { vi: 'Hỏi về kế hoạch', en: 'Ask about the plan' },
  signup: { vi: 'Đăng ký hỗ trợ', en: 'Sign up' },
  own: { vi: 'Hồ sơ của tôi', en: 'My registrations' },
  officer: { vi: 'Gặp cán bộ', en: 'Talk to an officer' },
  data: { vi: 'Dữ liệu của tôi', en: 'My data' },
  more: { vi: 'Xem thêm', en: 'Show more' },
  resume: { vi: 'Tiếp tục đăng ký', en: 'Continue sign-up' },
  menu: { vi: 'Trợ giúp', en: 'Help' },
} satisfies Record<string, Both<string>>

export function button(name: keyof typeof LABELS, language: Language): Action {
  const send = name === 'ask' ? '#menu' : `#${name === 'data' ? 'data:view' : name}`
  return { label: pick(LABELS[name], language), send }
}

export const mainMenu = (language: Language): Action[] => [
  button('signup', language),
  button('own', language),
  button('officer', language),
]

/**
 * Said before or with the first answer, and again after a long pause: people must know that they talk to a machine
 * (AI Law 134/2025 Art. 11; Decree 142/2026 Art. 9 and 18), how it works and the way out (Decree 356/2025 Art. 10.3).
 */
export function introduction(whose: string, language: Language): string {
  return pick(
    {
      vi: `🤖 Tôi là trợ lý tự động (máy) của ${whose}: trả lời theo kế hoạch của tỉnh kèm nguồn, nhận đăng ký. Cần người thật: gõ “gặp cán bộ”.`,
      en: `🤖 I am an automated assistant (a machine) of ${whose}: I answer from the province's plan with the source and take registrations. For a person, type “officer”.`,
    },
    language,
  )
}

export function menu(language: Language): string {
  return pick(
    {
      vi: [
        'Anh/chị có thể:',
        '• Hỏi về kế hoạch, ví dụ “hợp tác xã làm VietGAP được hỗ trợ gì?”',
        '• Đăng ký hỗ trợ hoặc lớp học: gõ “đăng ký”',
        '• Xem đăng ký đã gửi: gõ “hồ sơ của tôi”',
        '• Gặp cán bộ: gõ “gặp cán bộ”',
        '• Xem, sửa, xoá dữ liệu của mình: /dulieu, /sua, /xoa, /rutdongy',
      ].join('\n'),
      en: [
        'You can:',
        '• Ask about the plan, e.g. “Does the plan support ISO 9001?”',
        '• Sign up for support or a class: type “register”',
        '• See what you sent: type “my registrations”',
        '• Reach a person: type “officer”',
        '• See, correct or erase your data: /dulieu, /sua, /xoa, /rutdongy',
      ].join('\n'),
    },
    language,
  )
}

const FIXED = {
  empty: {
    vi: 'Tôi chưa nhận được chữ nào. Anh/chị gõ câu hỏi bằng chữ giúp tôi, ví dụ “tỉnh có hỗ trợ làm ISO không?”.',
    en: 'I received no text. Please type your question, for example “Does the province support ISO?”.',
  },
  tooLong: {
    vi: 'Tin nhắn dài quá nên tôi chưa đọc hết được. Anh/chị gửi lại câu hỏi chính trong khoảng 2.000 ký tự giúp tôi.',
    en: 'That message is too long for me to read in full. Please send your main question in about 2,000 characters.',
  },
  unreadable: {
    vi: 'Tôi không đọc được nội dung vừa gửi. Anh/chị gõ lại bằng chữ thường giúp tôi.',
    en: 'I could not read that. Please type it again in plain text.',
  },
  media: {
    vi: 'Tôi chỉ đọc được chữ, chưa xem được hình, tệp hay nhãn dán. Anh/chị gõ câu hỏi giúp tôi; xin đừng gửi ảnh giấy tờ tuỳ thân.',
    en: 'I can only read text, not pictures, files or stickers. Please type your question; please do not send pictures of identity papers.',
  },
  voice: {
    vi: 'Tôi chưa nghe được tin nhắn thoại. Anh/chị gõ thành chữ giúp tôi, không dấu cũng được.',
    en: 'I cannot listen to voice messages here. Please type your question.',
  },
  voiceUnheard: {
    vi: 'Tôi không nghe rõ đoạn ghi âm này. Anh/chị nói lại ngắn hơn (dưới 60 giây) hoặc gõ thành chữ giúp tôi.',
    en: 'I could not make out this recording. Please send a shorter one (under 60 seconds) or type it.',
  },
  location: {
    vi: 'Tôi không cần vị trí của anh/chị. Anh/chị cho biết tên xã, phường hoặc tỉnh bằng chữ là được.',
    en: 'I do not need your position. Please type the name of your commune or province.',
  },
  stalePress: {
    vi: 'Nút này đã cũ nên không còn dùng được. Anh/chị chọn lại bên dưới hoặc gõ câu hỏi.',
    en: 'That button is out of date. Please choose again below or type your question.',
  },
  contactNotAsked: {
    vi: 'Tôi chưa cần số điện thoại lúc này nên không lưu lại. Khi đăng ký, tôi sẽ hỏi.',
    en: 'I do not need a phone number now and did not keep it. I will ask when you sign up.',
  },
  waitingOfficer: {
    vi: 'Tôi đã chuyển cuộc trò chuyện cho cán bộ Sở. Anh/chị đang trong danh sách chờ; tôi không biết trước khi nào cán bộ trả lời. Trong lúc chờ, anh/chị vẫn hỏi tôi được.',
    en: 'I have passed this conversation to the department’s officers. You are on the waiting list; I cannot tell when someone will answer. Meanwhile you can keep asking me.',
  },
  stillWaiting: {
    vi: 'Anh/chị đã ở trong danh sách chờ gặp cán bộ. Tôi không biết trước khi nào có người trả lời.',
    en: 'You are already on the waiting list for an officer. I cannot tell when someone will answer.',
  },
  languageSet: {
    vi: 'Tôi sẽ trả lời bằng tiếng Việt.',
    en: 'I will answer in English from now on. Quotes stay in Vietnamese.',
  },
  provinceSet: {
    vi: 'Đã ghi nhận. Anh/chị muốn hỏi gì về kế hoạch của tỉnh?',
    en: 'Noted. What would you like to know about the plan?',
  },
  provinceUnknown: {
    vi: 'Tôi chưa có kế hoạch của tỉnh đó. Anh/chị chọn một tỉnh bên dưới.',
    en: 'I do not have that province’s plan. Please choose one below.',
  },
  anonymous: {
    vi: 'Anh/chị đang nhắn ẩn danh nên tôi không giữ được đăng ký cho đúng người. Anh/chị bấm Quan tâm trang rồi nhắn “đăng ký” lại giúp tôi.',
    en: 'You are writing anonymously, so I cannot keep a registration for you. Please follow this page and write “register” again.',
  },
  signupOff: {
    vi: 'Sở đang tạm ngừng nhận đăng ký qua trợ lý. Anh/chị vẫn hỏi được; muốn đăng ký, xin bấm “Gặp cán bộ”.',
    en: 'The department has paused registrations through the assistant. You can still ask; to register, please press “Talk to an officer”.',
  },
  channelOff: {
    vi: 'Kênh này đang tạm ngừng theo yêu cầu của Sở. Tin nhắn của anh/chị đã được lưu và cán bộ sẽ xem.',
    en: 'This channel is paused by the department. Your message is kept and an officer will read it.',
  },
  ratedUp: { vi: 'Cảm ơn anh/chị đã cho biết.', en: 'Thank you for telling me.' },
  ratedDown: {
    vi: 'Cảm ơn anh/chị. Cán bộ sẽ xem lại câu trả lời này. Anh/chị có muốn gặp cán bộ không?',
    en: 'Thank you. An officer will review this answer. Would you like to talk to one?',
  },
  cancelledNothing: {
    vi: 'Hiện không có đăng ký nào đang dở để huỷ.',
    en: 'There is nothing open to cancel.',
  },
  noParked: {
    vi: 'Không có đăng ký dở dang nào để tiếp tục.',
    en: 'There is no unfinished sign-up to continue.',
  },
  returned: {
    vi: 'Chào anh/chị quay lại. Anh/chị muốn hỏi gì?',
    en: 'Welcome back. What would you like to know?',
  },
} satisfies Record<string, Both<string>>

export const say = (name: keyof typeof FIXED, language: Language): string => pick(FIXED[name], language)

export function outOfHours(hours: string, language: Language): string {
  return pick(
    {
      vi: `Bây giờ là ngoài giờ làm việc (${hours}). Cán bộ sẽ xem khi làm việc lại.`,
      en: `It is outside working hours (${hours}). An officer will look when work resumes.`,
    },
    language,
  )
}
