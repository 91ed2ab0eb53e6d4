/** What the chat page itself says; answers and forms have their own texts. */

export type Language = 'vi' | 'en'

const TEXTS = {
  title: { vi: 'Trợ lý Năng suất Chất lượng', en: 'Productivity & Quality Assistant' },
  machine: { vi: 'Trợ lý tự động', en: 'Automated assistant' },
  skip: { vi: 'Đến ô nhập câu hỏi', en: 'Skip to the question box' },
  hello: { vi: 'Xin chào anh/chị!', en: 'Hello!' },
  introA: { vi: 'Tôi là ', en: 'I am ' },
  introMachine: { vi: 'máy trả lời tự động, không phải người', en: 'a machine, not a person' },
  introOf: { vi: ', do ', en: ', run by ' },
  introOfEnd: { vi: ' vận hành.', en: '.' },
  introPlans: {
    vi: 'Tôi trả lời theo văn bản kế hoạch, luôn kèm trích dẫn nguồn:',
    en: 'I answer from the plans, always with the source:',
  },
  canTitle: { vi: 'Tôi giúp được gì?', en: 'What can I do?' },
  canAsk: {
    vi: 'Hỏi về nội dung hỗ trợ, chỉ tiêu, đơn vị phụ trách',
    en: 'Ask what is supported, the targets, and who is in charge',
  },
  canSignup: {
    vi: 'Đăng ký hỗ trợ, lớp tập huấn và xem kết quả',
    en: 'Sign up for support and classes, and see the result',
  },
  canOfficer: {
    vi: 'Chuyển câu hỏi cho cán bộ khi kế hoạch không nêu',
    en: 'Pass a question to an officer when the plan does not say',
  },
  starters: { vi: 'Gợi ý để bắt đầu', en: 'To begin' },
  log: { vi: 'Nội dung trò chuyện', en: 'Conversation' },
  you: { vi: 'Anh/chị', en: 'You' },
  assistant: { vi: 'Trợ lý tự động', en: 'Automated assistant' },
  officer: { vi: 'Cán bộ', en: 'Officer' },
  system: { vi: 'Thông báo', en: 'Notice' },
  sources: { vi: 'Nguồn trích dẫn', en: 'Sources' },
  useful: { vi: 'Câu trả lời này có ích không?', en: 'Was this useful?' },
  file: { vi: 'Tải tệp', en: 'Download' },
  placeholder: { vi: 'Nhập câu hỏi của anh/chị', en: 'Type your question' },
  input: { vi: 'Câu hỏi của anh/chị', en: 'Your question' },
  send: { vi: 'Gửi', en: 'Send' },
  sending: { vi: 'Đang gửi…', en: 'Sending…' },
  notSent: { vi: 'Chưa gửi được.', en: 'Not sent.' },
  retry: { vi: 'Gửi lại', en: 'Send again' },
  typing: { vi: 'Trợ lý đang soạn trả lời…', en: 'The assistant is writing…' },
  offline: {
    vi: 'Mất kết nối. Đang thử kết nối lại…',
    en: 'Connection lost. Trying again…',
  },
  menu: { vi: 'Tuỳ chọn', en: 'Options' },
  own: { vi: 'Hồ sơ của tôi', en: 'My registrations' },
  officerLink: { vi: 'Gặp cán bộ', en: 'Talk to an officer' },
  help: { vi: 'Trợ giúp', en: 'Help' },
  myData: { vi: 'Xem dữ liệu của tôi', en: 'Show my data' },
  erase: { vi: 'Xoá dữ liệu của tôi', en: 'Erase my data' },
  other: { vi: 'English', en: 'Tiếng Việt' },
  fresh: { vi: 'Cuộc trò chuyện mới', en: 'New conversation' },
  freshHow: {
    vi: 'Máy này sẽ quên cuộc trò chuyện hiện tại và không mở lại được. Hồ sơ đã đăng ký vẫn được giữ; muốn xoá hẳn, chọn “Xoá dữ liệu của tôi” trước.',
    en: 'This device forgets the present conversation for good. Registrations are kept; to remove them, choose “Erase my data” first.',
  },
  freshDo: { vi: 'Bắt đầu mới trên máy này', en: 'Start afresh on this device' },
  begin: { vi: 'Bắt đầu', en: 'Begin' },
  older: { vi: 'Xem tin cũ hơn', en: 'Show older messages' },
  reload: { vi: 'Xem trả lời mới', en: 'Look for new replies' },
  foot: {
    vi: 'Câu trả lời trích từ văn bản kế hoạch, do máy soạn. Xin đừng gửi mật khẩu hay số thẻ.',
    en: 'Answers quote the plan and are written by a machine. Please send no passwords or card numbers.',
  },
  tooLarge: {
    vi: 'Tin nhắn dài quá nên chưa gửi được. Anh/chị gửi câu hỏi chính trong khoảng 2.000 ký tự giúp tôi.',
    en: 'The message is too long. Please send the main question in about 2,000 characters.',
  },
  notKept: {
    vi: 'Hệ thống đang bận nên chưa nhận được tin. Anh/chị thử gửi lại sau ít phút.',
    en: 'The system is busy and has not received your message. Please try again in a few minutes.',
  },
  badRequest: {
    vi: 'Yêu cầu không đọc được. Anh/chị tải lại trang rồi gửi lại giúp tôi.',
    en: 'The request cannot be read. Please reload the page and send again.',
  },
  pressed: { vi: 'Đã chọn', en: 'Chosen' },
  record: { vi: 'Nói câu hỏi', en: 'Speak your question' },
  recordStop: { vi: 'Dừng và gửi', en: 'Stop and send' },
  sentVoice: { vi: 'Tin nhắn thoại', en: 'Voice message' },
  noMicrophone: {
    vi: 'Trình duyệt chưa cho dùng micrô. Anh/chị gõ câu hỏi giúp tôi.',
    en: 'The browser does not allow the microphone. Please type your question.',
  },
  voiceNotSent: {
    vi: 'Chưa gửi được tin nhắn thoại. Anh/chị nói lại hoặc gõ câu hỏi giúp tôi.',
    en: 'The voice message was not sent. Please record it again or type.',
  },
  voiceTooLong: {
    vi: 'Đoạn ghi âm dài quá. Anh/chị nói lại dưới 60 giây giúp tôi.',
    en: 'The recording is too long. Please keep it under 60 seconds.',
  },
  sentMedia: { vi: 'Đã gửi tệp', en: 'File sent' },
  sentContact: { vi: 'Đã gửi số điện thoại', en: 'Phone number sent' },
  openChat: { vi: 'Mở trợ lý tự động', en: 'Open the automated assistant' },
  closeChat: { vi: 'Đóng trợ lý', en: 'Close the assistant' },
} satisfies Record<string, Record<Language, string>>

export type Say = (name: keyof typeof TEXTS) => string

export function texts(language: Language): Say {
  return (name) => TEXTS[name][language]
}

/** Buttons of the first screen, until the conversation offers its own. */
export const STARTERS: Record<Language, { label: string; send: string }[]> = {
  vi: [
    { label: 'Tỉnh hỗ trợ những gì?', send: 'Tỉnh hỗ trợ doanh nghiệp những gì?' },
    { label: 'Hỗ trợ làm VietGAP, ISO, 5S?', send: 'Có hỗ trợ làm VietGAP, ISO, 5S không?' },
    { label: 'Đăng ký hỗ trợ hoặc lớp học', send: '#signup' },
    { label: 'Hồ sơ của tôi', send: '#own' },
    { label: 'Gặp cán bộ', send: '#officer' },
  ],
  en: [
    { label: 'What is supported?', send: 'What support is there for enterprises?' },
    { label: 'Is there support for ISO 9001?', send: 'Is there support for ISO 9001?' },
    { label: 'Sign up for support or a class', send: '#signup' },
    { label: 'My registrations', send: '#own' },
    { label: 'Talk to an officer', send: '#officer' },
  ],
}
