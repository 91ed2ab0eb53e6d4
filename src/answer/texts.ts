/** Every sentence the answerer says, in both languages. Digits appear here only where a quote or the person gave them. */

export type Language = 'vi' | 'en'

export interface Owner {
  /** Whose assistant this is: "Sở Khoa học và Công nghệ". */
  readonly vi: string
  readonly en: string
}

export const DEFAULT_OWNER: Owner = {
  vi: 'Sở Khoa học và Công nghệ',
  en: 'the Department of Science and Technology',
}

const plans = (names: readonly string[], language: Language): string =>
  language === 'vi'
    ? `kế hoạch của tỉnh ${names.join(' và tỉnh ')}`
    : names.length > 1
      ? `the plans of ${names.join(' and ')}`
      : `the plan of ${names.join('')}`

export const TEXT = {
  vi: {
    plans: (names: readonly string[]) => plans(names, 'vi'),
    greet: (owner: Owner) =>
      `Xin chào! Tôi là trợ lý tự động (máy trả lời, không phải người) của ${owner.vi}. Tôi giúp anh/chị tra cứu kế hoạch nâng cao năng suất, chất lượng của tỉnh, đăng ký nhận hỗ trợ hoặc lớp đào tạo, xem hồ sơ đã đăng ký, và chuyển câu hỏi cho cán bộ. Anh/chị cần hỏi gì ạ?`,
    identity: (owner: Owner) =>
      `Tôi là trợ lý tự động của ${owner.vi}: máy trả lời, không phải cán bộ. Tôi giúp tra cứu kế hoạch năng suất, chất lượng kèm nguồn trích, nhận đăng ký hỗ trợ và chuyển câu hỏi cho cán bộ khi cần.`,
    help: 'Tôi có thể giúp anh/chị: hỏi về mục tiêu, đối tượng và nội dung hỗ trợ trong kế hoạch năng suất, chất lượng (kèm trích dẫn); đăng ký quan tâm hoặc ghi danh lớp đào tạo; xem hồ sơ của mình; gặp cán bộ. Cứ nhắn như bình thường, không cần gõ dấu.',
    thanks:
      'Không có gì ạ, tôi rất vui được giúp anh/chị. Khi cần hỏi thêm về kế hoạch hay muốn đăng ký hỗ trợ, anh/chị cứ nhắn nhé.',
    goodbye: 'Chào anh/chị, hẹn gặp lại! Khi cần tra cứu hay đăng ký hỗ trợ, anh/chị cứ nhắn cho tôi.',
    opinion:
      'Cảm ơn anh/chị đã góp ý, tôi ghi nhận. Tôi là máy trả lời nên không tự quyết định được; nếu anh/chị muốn, tôi chuyển ý kiến này cho cán bộ.',
    offTopic:
      'Xin lỗi, việc này ngoài phạm vi nên tôi không thể giúp. Tôi chỉ trả lời về kế hoạch nâng cao năng suất, chất lượng của tỉnh, nhận đăng ký hỗ trợ và chuyển câu hỏi cho cán bộ.',
    attack:
      'Xin lỗi, tôi không thể làm việc này. Tôi chỉ trả lời theo kế hoạch đã ban hành, không tiết lộ thông tin của người khác hay của hệ thống, không xác nhận, thay đổi hay phê duyệt điều gì thay cán bộ.',
    unclear:
      'Xin lỗi, tôi chưa hiểu ý anh/chị. Anh/chị có thể hỏi về nội dung hỗ trợ, mục tiêu của kế hoạch, hoặc nhắn “đăng ký”, “hồ sơ của tôi”, “gặp cán bộ”.',
    handoff: 'Tôi chuyển anh/chị cho cán bộ phụ trách; cán bộ sẽ trả lời ngay trong cuộc trò chuyện này.',
    signUp: (label: string | null) =>
      `Tôi mở phần đăng ký${label === null ? '' : ` (${label})`}. Cần tên đơn vị, người liên hệ, số điện thoại và sự đồng ý của anh/chị; chưa lưu gì trước khi anh/chị đồng ý.`,
    status: 'Tôi xem các hồ sơ đăng ký của chính anh/chị (chưa có thì tôi sẽ báo là chưa có).',
    personalData:
      'Tôi mở phần dữ liệu cá nhân của chính anh/chị: xem, xuất, sửa, xóa hoặc rút lại sự đồng ý.',
    cancel: 'Dạ, tôi dừng lại. Anh/chị cần gì cứ nhắn tiếp.',
    whichProvince: (names: readonly string[]) =>
      `Anh/chị hỏi theo kế hoạch của tỉnh nào: ${names.join(' hay ')}? Hai kế hoạch nói khác nhau về việc này nên tôi cần biết để trả lời đúng.`,
    notStated: (names: readonly string[], what: string) =>
      `${capital(plans(names, 'vi'))} không nêu ${what}.`,
    nearest: (what: string) => `Điều gần nhất kế hoạch có nêu: ${what}.`,
    onlyIn: (others: readonly string[], mine: string) =>
      `Nội dung này có trong kế hoạch của tỉnh ${others.join(', ')}, nhưng không áp dụng cho ${mine}.`,
    offerOfficer: 'Anh/chị có muốn tôi chuyển câu hỏi cho cán bộ không?',
    unknownInPlan: (names: readonly string[]) =>
      `Tôi không tìm thấy nội dung này trong ${plans(names, 'vi')}.`,
    noFigureFromQuestion: 'Tôi không xác nhận con số nào ngoài văn bản.',
    notServed: (place: string, names: readonly string[]) =>
      `Tôi chỉ có ${plans(names, 'vi')}, chưa có thông tin cho ${place}.`,
    merged: (province: string, successor: string, place: string | null) =>
      province === successor
        ? `Kế hoạch được lập cho địa bàn tỉnh ${province} trước khi sáp nhập. Văn bản không nêu việc áp dụng cho ${place ?? 'phần địa bàn mới nhập vào'}.`
        : `Kế hoạch được lập cho địa bàn tỉnh ${province}, nay thuộc tỉnh ${successor}. Văn bản không nêu việc áp dụng ${place === null ? 'sau khi sáp nhập' : `cho ${place}`}.`,
    beyond: (province: string, place: string) =>
      `Lưu ý: kế hoạch lập cho địa bàn ${province} cũ; chưa rõ có áp dụng cho ${place}.`,
    says: (names: readonly string[]) => `${capital(plans(names, 'vi'))} nêu`,
    accordingTo: (name: string) => `Theo kế hoạch của tỉnh ${name}`,
    cause: (name: string) => `Kế hoạch của tỉnh ${name} nêu lý do`,
    noDefinition: 'Kế hoạch không giải thích khái niệm này.',
    right: 'Đúng số đó. ',
    isOther: (past: boolean) =>
      past
        ? 'Không phải: con số anh/chị nêu là kết quả giai đoạn trước, không phải mục tiêu.'
        : 'Không phải: con số anh/chị nêu là mục tiêu, không phải kết quả đã đạt.',
    notThatFigure: 'Kế hoạch không nêu con số như anh/chị nói.',
    fact: (label: string, name: string) => `${label} của kế hoạch tỉnh ${name}`,
    facts: {},
    office: (value: string) => value,
    units: {},
    yearly: ' mỗi năm',
    thousands: '',
    yes: 'Có.',
    original: 'Nguyên văn',
    also: 'Thêm nữa',
    wider: ({ text, note }: { text: string; note: string | null }) =>
      `nêu ${text}. ${capital(note ?? 'kế hoạch không gọi đúng tên anh/chị hỏi')}`,
    target: (end: number | null, province: string) =>
      end === null ? `mục tiêu của tỉnh ${province}` : `mục tiêu đến năm ${end} của tỉnh ${province}`,
    forecast: (province: string) => `dự báo (không phải cam kết) của tỉnh ${province}`,
    past: (province: string) => `kết quả giai đoạn trước của tỉnh ${province}`,
    recorded: (province: string) => `kế hoạch của tỉnh ${province} ghi`,
    ended: 'Mốc này đã qua; kế hoạch không ghi kết quả thực tế.',
    twoFigures:
      'Cùng một câu nêu hai con số không khớp nhau; kế hoạch không giải thích nên tôi trích cả hai.',
    growthOnly: 'Kế hoạch không ghi con số tuyệt đối cho giai đoạn này.',
    computed: (text: string) => `Tính thêm (phép nhân, không có trong văn bản): ${text}.`,
    related: 'Liên quan',
    sendsTo: 'gửi',
    and: 'và',
    more: 'Xem thêm',
    askOfficer: 'Hỏi cán bộ',
    toOfficer: 'Chuyển cho cán bộ',
    interest: 'Đăng ký quan tâm',
    enrol: 'Ghi danh lớp',
    nothingMore: 'Tôi không còn nội dung nào khác về việc này. Anh/chị muốn hỏi thêm điều gì ạ?',
    comparators: {
      '>=': 'ít nhất',
      '>': 'trên',
      '=': '',
      '<=': 'nhiều nhất',
      '<': 'dưới',
      about: 'khoảng',
      between: '',
    },
    range: (a: string, b: string) => `từ ${a} đến ${b}`,
    noFact: (label: string, note: string | null) =>
      `Văn bản không ghi ${lower(label)}.${note === null ? '' : ` ${note}`}`,
  },
  en: {
    plans: (names: readonly string[]) => plans(names, 'en'),
    greet: (owner: Owner) =>
      `Hello! I am an automated assistant (a machine, not a person) of ${owner.en}. I can help you look up the province's productivity and quality plan, sign up for support or training, see your registrations, and pass questions to an officer. How can I help?`,
    identity: (owner: Owner) =>
      `I am the automated assistant of ${owner.en}: a machine, not an officer. I can help you look up the productivity and quality plan with sources, take your sign-up, and pass your question to an officer.`,
    help: 'I can help you with: targets, eligibility and kinds of support in the productivity and quality plan (with quotes); signing up for support or training; your own registrations; reaching an officer.',
    thanks: 'You are welcome, happy to help. Write any time you want to look something up or sign up.',
    goodbye: 'Goodbye! Write any time you need help with the plan or a registration.',
    opinion:
      'Thank you for your feedback. I am a machine and cannot decide anything; I can pass it to an officer.',
    offTopic:
      "I'm sorry, I cannot help with that; it is outside my scope. I only answer questions about the province's productivity and quality plan, take sign-ups, and pass questions to officers.",
    attack:
      "I'm sorry, I cannot do that. I only answer from the published plan; I do not reveal other people's or system data, and cannot confirm, change or approve anything for an officer.",
    unclear:
      "I'm sorry, I did not understand. You can ask about support or targets in the plan, or write “sign up”, “my registrations”, “officer”.",
    handoff: 'I am passing you to an officer (staff member), who will answer in this conversation.',
    signUp: (label: string | null) =>
      `I am opening the registration (sign up)${label === null ? '' : `: ${label}`}. I need the company name, a contact name, a phone number and your consent; nothing is stored before you consent.`,
    status:
      'I am looking up the status of your own registrations (if there is no registration, I will say so).',
    personalData: 'I am opening your own personal data: view, export, correct, erase, or withdraw consent.',
    cancel: 'All right, I stop here. Write when you need anything.',
    whichProvince: (names: readonly string[]) =>
      `Which province's plan do you mean: ${names.join(' or ')}? The plans differ on this, so I need to know.`,
    notStated: (names: readonly string[], what: string) =>
      `${capital(plans(names, 'en'))} ${names.length > 1 ? 'do' : 'does'} not state ${what}; there is no mention of it.`,
    nearest: (what: string) => `The nearest thing it does state: ${what}.`,
    onlyIn: (others: readonly string[], mine: string) =>
      `Only the plan of ${others.join(', ')} mentions it, which does not apply to ${mine}.`,
    offerOfficer: 'Shall I pass your question to an officer?',
    unknownInPlan: (names: readonly string[]) => `This is not mentioned in ${plans(names, 'en')}.`,
    noFigureFromQuestion: 'I cannot confirm any figure that is not in the document.',
    notServed: (place: string, names: readonly string[]) =>
      `I only have ${plans(names, 'en')}; there is no information for ${place}.`,
    merged: (province: string, successor: string, place: string | null) =>
      `The plan was made for the former ${province} area${province === successor ? '' : `, now part of ${successor}`}. It does not state whether it applies to ${place ?? 'the newly merged area'}.`,
    beyond: (province: string, place: string) =>
      `Note: the plan was made for the former ${province} area; whether it applies to ${place} is not stated.`,
    says: (names: readonly string[]) =>
      `${capital(plans(names, 'en'))} ${names.length > 1 ? 'say' : 'says'} (in Vietnamese)`,
    accordingTo: (name: string) => `according to the plan of ${name}`,
    cause: (name: string) => `The plan of ${name} gives the reason (in Vietnamese)`,
    noDefinition: 'The plan does not explain the term itself.',
    right: 'That is right. ',
    isOther: (past: boolean) =>
      past
        ? 'No: that figure is a result of the period before, not a target.'
        : 'No: that figure is a target, not a result.',
    notThatFigure: 'The plan does not give that figure.',
    fact: (label: string, name: string) => `${label} (plan of ${name})`,
    facts: {
      number: 'Number of the plan',
      date_issued: 'Date of issue (day/month/year)',
      signer: 'Signed by',
      issuer: 'Issued by',
      period: 'Period',
      title: 'Title',
    },
    office: (value: string) =>
      value
        .replace(
          /Phó Chủ tịch UBND tỉnh/iu,
          "Vice Chairman of the provincial People's Committee (Phó Chủ tịch UBND tỉnh)",
        )
        .replace(
          /^([^(]*?)(?<!Phó )Chủ tịch UBND tỉnh/iu,
          "$1Chairman of the provincial People's Committee (Chủ tịch UBND tỉnh)",
        ),
    units: {
      '%/năm': '% a year',
      '%': '%',
      'doanh nghiệp': 'enterprises',
      'lượt người': 'person-turns',
      người: 'people',
      lớp: 'classes',
      'lớp/sự kiện': 'classes and events',
      'trường học': 'schools',
      'bệnh viện, phòng khám': 'hospitals and clinics',
      'câu lạc bộ': 'club(s)',
      'lĩnh vực': 'fields',
      'nhiệm vụ': 'tasks',
      'sản phẩm': 'products',
      'tiêu chuẩn': 'standards',
      'cơ sở, doanh nghiệp': 'establishments and enterprises',
      'tổ chức, doanh nghiệp/năm': 'organisations and enterprises a year',
    },
    yearly: '',
    thousands: ' (Vietnamese writing: the dot marks thousands)',
    yes: 'Yes.',
    original: 'In the original Vietnamese',
    also: 'Also',
    wider: ({ text }: { text: string; note: string | null }) =>
      `does not use this very name; it says (in Vietnamese): “${text}”`,
    target: (end: number | null, province: string) =>
      end === null ? `target of ${province}` : `target of ${province} to ${end}`,
    forecast: (province: string) => `a forecast of ${province}, not a commitment`,
    past: (province: string) => `result of the period before, ${province}`,
    recorded: (province: string) => `the plan of ${province} notes`,
    ended: 'This date has passed; the plan does not tell the actual result.',
    twoFigures:
      'One sentence gives two figures that do not agree; the plan does not explain, so both are quoted.',
    growthOnly: 'The plan does not give absolute figures for this period.',
    computed: (text: string) => `Computed (a multiplication, not in the document): ${text}.`,
    related: 'Related',
    sendsTo: 'to',
    and: 'and',
    more: 'More',
    askOfficer: 'Ask an officer',
    toOfficer: 'Pass to an officer',
    interest: 'Sign up',
    enrol: 'Enrol',
    nothingMore: 'There is nothing more on this. What else would you like to know?',
    comparators: {
      '>=': 'at least',
      '>': 'more than',
      '=': '',
      '<=': 'at most',
      '<': 'less than',
      about: 'about',
      between: '',
    },
    range: (a: string, b: string) => `from ${a} to ${b}`,
    noFact: (label: string, note: string | null) =>
      `The document does not give this (${lower(label)}).${note === null ? '' : ` ${note}`}`,
  },
} as const

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

export function lower(text: string): string {
  // A capital that starts an abbreviation or a name of capitals stays: "ISO", "TFP", "Giải thưởng" does not.
  return /^\p{Lu}[\p{Lu}\d]/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1)
}
