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
    whichProvince: (names: readonly string[], { only, both }: { only: string | null; both: boolean }) =>
      `Anh/chị hỏi theo kế hoạch của tỉnh nào: ${names.join(' hay ')}? ${
        only !== null
          ? `Việc này chỉ thấy trong kế hoạch của tỉnh ${only}.`
          : both
            ? 'Hai kế hoạch nói khác nhau về việc này nên tôi cần biết để trả lời đúng.'
            : 'Mỗi tỉnh có kế hoạch riêng nên tôi cần biết để trả lời đúng.'
      }`,
    notStated: (names: readonly string[], what: string) =>
      `${capital(plans(names, 'vi'))} không nêu ${what}.`,
    without: (names: readonly string[], what: string, lacking: string) =>
      `${capital(plans(names, 'vi'))} có nêu ${what} nhưng không nêu ${lacking}.`,
    otherName: 'Kế hoạch không gọi đúng tên anh/chị hỏi',
    amongOthers: (name: string) => `${name} (cùng các sở, ngành trong nhóm)`,
    amountsOpen: (what: string | null) => `Kế hoạch không nêu ${what ?? 'mức tiền hay thủ tục hỗ trợ'}.`,
    holds: (what: string) => `Kế hoạch có nêu ${what} nhưng không kèm con số.`,
    close: (what: string) => `Nội dung gần nhất có trong kế hoạch: ${what}.`,
    budget: (who: string, what: string) => `Về kinh phí, kế hoạch chỉ giao ${who} việc ${what}.`,
    later: 'Giai đoạn sau?',
    laterOf: (what: string) => `Giai đoạn đến năm 2030 thì mục tiêu ${what} là bao nhiêu?`,
    inCharge: 'Cơ quan nào phụ trách?',
    whoIsInCharge: 'Cơ quan nào làm đầu mối thực hiện kế hoạch?',
    onlyIn: (others: readonly string[], mine: string) =>
      `Nội dung này có trong kế hoạch của tỉnh ${others.join(', ')}, nhưng không áp dụng cho ${mine}.`,
    offerOfficer: 'Anh/chị có muốn tôi chuyển câu hỏi cho cán bộ không?',
    unknownInPlan: (names: readonly string[]) =>
      `Tôi không tìm thấy nội dung này trong ${plans(names, 'vi')}.`,
    noFigureFromQuestion: 'Tôi không xác nhận con số nào ngoài văn bản.',
    introduced: (place: string | null) =>
      `Đã ghi nhận${place === null ? '' : ` anh/chị ở ${place}`}. Anh/chị muốn hỏi gì về kế hoạch năng suất, chất lượng của tỉnh, hay muốn đăng ký hỗ trợ?`,
    notServed: (place: string, names: readonly string[]) =>
      `Tôi chỉ có ${plans(names, 'vi')}, chưa có thông tin cho ${place}.`,
    merged: (province: string, successor: string, place: string | null) =>
      `Kế hoạch này lập cho địa bàn tỉnh ${province} cũ${province === successor ? ', trước khi sáp nhập' : ` (nay thuộc tỉnh ${successor})`}, không nêu việc áp dụng ${
        place === null ? 'cho tỉnh mới sau sáp nhập' : `cho ${place}`
      }.`,
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
    fact: (label: string, name: string) => `Kế hoạch của tỉnh ${name}, ${lower(label)}`,
    facts: {},
    office: (value: string) => value,
    units: {},
    yearly: ' mỗi năm',
    thousands: '',
    yes: 'Có.',
    original: 'Nguyên văn',
    also: 'Thêm nữa',
    wider: ({ text, note }: { text: string; note: string | null }) =>
      `nêu ${text}${note === null ? '' : `. ${capital(note)}`}`,
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
    noFact: (label: string, note: string | null, name: string) =>
      `Kế hoạch của tỉnh ${name} không ghi ${lower(label)}.${note === null ? '' : ` ${note}`}`,
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
    whichProvince: (names: readonly string[], { only, both }: { only: string | null; both: boolean }) =>
      `Which province's plan do you mean: ${names.join(' or ')}? ${
        only !== null
          ? `Only the plan of ${only} mentions this.`
          : both
            ? 'The plans differ on this, so I need to know.'
            : 'Each province has a plan of its own, so I need to know.'
      }`,
    notStated: (names: readonly string[], what: string) =>
      `${capital(plans(names, 'en'))} ${names.length > 1 ? 'do' : 'does'} not state ${what}; there is no mention of it.`,
    without: (names: readonly string[], what: string, lacking: string) =>
      `${capital(plans(names, 'en'))} ${names.length > 1 ? 'mention' : 'mentions'} ${what}, but ${names.length > 1 ? 'do' : 'does'} not state ${lacking}.`,
    otherName: 'The plan does not use this very name',
    amongOthers: (name: string) => name,
    amountsOpen: (what: string | null) => `The plan does not state ${what ?? 'amounts or a procedure'}.`,
    holds: (what: string) => `The plan mentions ${what}, but with no number.`,
    close: (what: string) => `The nearest thing it does state: ${what}.`,
    budget: (who: string, what: string) => `On funding the plan only gives ${who} the task: ${what}.`,
    later: 'And later?',
    laterOf: (what: string) => `What is the target to 2030 for ${what}?`,
    inCharge: 'Who is in charge?',
    whoIsInCharge: 'Which department is the focal point of the plan?',
    onlyIn: (others: readonly string[], mine: string) =>
      `Only the plan of ${others.join(', ')} mentions it, which does not apply to ${mine}.`,
    offerOfficer: 'Shall I pass your question to an officer?',
    unknownInPlan: (names: readonly string[]) => `This is not mentioned in ${plans(names, 'en')}.`,
    noFigureFromQuestion: 'I cannot confirm any figure that is not in the document.',
    introduced: (place: string | null) =>
      `Noted${place === null ? '' : `: you are in ${place}`}. What would you like to know about the province’s productivity and quality plan, or do you want to sign up for support?`,
    notServed: (place: string, names: readonly string[]) =>
      `I only have ${plans(names, 'en')}; there is no information for ${place}.`,
    merged: (province: string, successor: string, place: string | null) =>
      `This plan was made for the former ${province} area${province === successor ? ', before the merger' : ` (now part of ${successor})`}. It does not state whether it applies to ${place ?? 'the newly merged area'}.`,
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
    noFact: (label: string, note: string | null, name: string) =>
      `The plan of ${name} does not give ${lower(label)}.${note === null ? '' : ` ${note}`}`,
  },
} as const

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

export function lower(text: string): string {
  // A capital that starts an abbreviation or a name of capitals stays: "ISO", "TFP", "Giải thưởng" does not.
  return /^\p{Lu}[\p{Lu}\d]/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1)
}

interface Asked {
  readonly words: RegExp
  readonly vi: string
  readonly en: string
  /** The guesses under which it may be meant; all when left out. */
  readonly when?: readonly string[]
}

const PRIZE = 'mức tiền thưởng'
const MONEY = ['money', 'share', 'loan', 'fee']
const PAPERS = ['form', 'deadline', 'reply_time']
const word = (pattern: string) => new RegExp(`(?<!\\p{L})(?:${pattern})(?!\\p{L})`, 'iu')

/** What people ask for that no plan states, by the words they use. */
const ASKED: readonly Asked[] = [
  {
    words: /thưởng.{0,24}tiền|tiền thưởng/iu,
    vi: PRIZE,
    en: 'the amount of a prize',
    when: MONEY,
  },
  {
    words: word(
      'học phí|đóng tiền|đóng phí|lệ phí|đóng bao nhiêu|mất phí|thu phí|tốn phí|miễn phí|fees?|free',
    ),
    vi: 'học phí hay lệ phí',
    en: 'any fee',
    when: MONEY,
  },
  {
    words: word(
      '(?<!đóng |thưởng )tiền(?! thưởng)|triệu|tỷ|kinh phí|mức hỗ trợ|định mức|how much|amount|money|grant|funding',
    ),
    vi: 'số tiền hỗ trợ',
    en: 'any amount of money',
    when: MONEY,
  },
  {
    words: /%|phần trăm|tỷ lệ|bao nhiêu phần|mấy phần|percent/iu,
    vi: 'tỷ lệ phần trăm hỗ trợ',
    en: 'any percentage of costs',
    when: MONEY,
  },
  { words: word('giá|bao nhiêu một|báo giá|price'), vi: 'giá dịch vụ', en: 'prices', when: ['fee'] },
  { words: word('vay|lãi suất|loans?|interest'), vi: 'việc vay vốn, lãi suất', en: 'loans', when: MONEY },
  { words: word('thuế|tax'), vi: 'ưu đãi thuế', en: 'tax incentives', when: MONEY },
  { words: word('thuê đất|mặt bằng|land'), vi: 'ưu đãi đất đai', en: 'land incentives', when: MONEY },
  {
    words: word('hạn|hạn chót|hạn nộp|đợt|kịp|trễ|deadline'),
    vi: 'hạn nộp hay đợt xét',
    en: 'any deadline',
    when: PAPERS,
  },
  { words: word('mẫu|mẫu đơn|biểu mẫu|form'), vi: 'mẫu đơn', en: 'any form', when: PAPERS },
  {
    words: word('giấy tờ|hồ sơ (?:gì|gồm|nào|cần|những|ra sao)|giấy gì|photo|công chứng|documents?|papers?'),
    vi: 'giấy tờ, hồ sơ phải nộp',
    en: 'the documents to submit',
    when: PAPERS,
  },
  {
    words: word('nộp ở|gửi ở|nộp tại|nộp đâu|bưu điện|tải ở|lấy ở|submit'),
    vi: 'nơi nộp',
    en: 'where to submit',
    when: PAPERS,
  },
  {
    words: word('thủ tục|quy trình|các bước|điều kiện|tiêu chí|procedure|criteria|requirements?'),
    vi: 'thủ tục, điều kiện xét hỗ trợ',
    en: 'a procedure or conditions',
    when: PAPERS,
  },
  {
    words: word('bao lâu|mấy ngày|mấy bữa|mấy hôm|bao nhiêu ngày|mấy tuần|chừng nào|khi nào|how long'),
    vi: 'thời gian trả lời',
    en: 'how long a reply takes',
    when: PAPERS,
  },
  {
    words: word('điện thoại|số phone|hotline|đường dây nóng|sđt|sdt|phone|telephone'),
    vi: 'số điện thoại',
    en: 'telephone numbers',
    when: ['contact', 'person'],
  },
  {
    words: word('email|mail|zalo|facebook'),
    vi: 'email hay Zalo',
    en: 'e-mail addresses',
    when: ['contact'],
  },
  {
    words: word('địa chỉ|đường nào|ở đâu|chỗ nào|phòng nào|address|where'),
    vi: 'địa chỉ',
    en: 'addresses',
    when: ['contact'],
  },
  {
    words: word('mấy giờ|giờ làm|làm việc|thứ bảy|chủ nhật|giờ|hours'),
    vi: 'giờ làm việc',
    en: 'opening hours',
    when: ['contact'],
  },
  {
    words: word('giám đốc|director'),
    vi: 'tên giám đốc Sở',
    en: 'the name of the director',
    when: ['person'],
  },
  {
    words: word('trưởng phòng|phụ trách|cán bộ|chuyên viên|tên|in charge|name'),
    vi: 'tên người phụ trách',
    en: 'the names of the people in charge',
    when: ['person'],
  },
  {
    words: word('khai giảng|lịch|khi nào|ngày nào|tháng mấy|bao giờ|chừng nào|mấy giờ|when|schedule|date'),
    vi: 'lịch học, ngày khai giảng',
    en: 'the dates of classes',
    when: ['class_date'],
  },
  {
    words: word('ở đâu|chỗ nào|địa điểm|tại đâu|where'),
    vi: 'địa điểm lớp học',
    en: 'the place of classes',
    when: ['class_date'],
  },
  {
    words: word('mấy buổi|bao nhiêu buổi|mấy ngày'),
    vi: 'số buổi học',
    en: 'how long classes last',
    when: ['class_date'],
  },
]

/** What a question asks for that is not stated, named in its own terms; empty when none of the words is known. */
export function askedFor(question: string, guess: string, language: Language): string[] {
  const asked = question.slice(0, 600)
  const named = ASKED.filter(({ words, when }) => (when?.includes(guess) ?? true) && words.test(asked))
  const prize = named.some(({ vi }) => vi === PRIZE)
  return named
    .filter(({ vi }) => !prize || vi === PRIZE)
    .slice(0, 3)
    .map((it) => it[language])
}

/** Why nothing could be answered, for officers; what no plan states has its words in intents.yaml. */
export const REASONS: Readonly<Record<string, string>> = {
  not_stated: 'văn bản của tỉnh không nêu',
  unknown: 'không tìm thấy trong văn bản',
  thing: 'văn bản không gọi tên thứ này',
  number: 'văn bản có nêu nhưng không kèm con số',
  fact: 'văn bản để trống điều này',
  due: 'văn bản không ghi thời điểm',
  elsewhere: 'địa phương chưa có kế hoạch ở đây',
}
