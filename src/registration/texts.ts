import type { FieldKey, Language } from './values.ts'

/** Every sentence of the sign-up form, in Vietnamese and English. After-submission sentences: life-texts.ts. */

export interface Bilingual {
  readonly vi: string
  readonly en: string
}

export const LABELS: Readonly<Record<FieldKey, Bilingual>> = {
  province: { vi: 'Tỉnh', en: 'Province' },
  support: { vi: 'Nội dung', en: 'Support' },
  class: { vi: 'Lớp', en: 'Class' },
  enterprise: { vi: 'Tên cơ sở', en: 'Enterprise' },
  enterprise_type: { vi: 'Loại hình', en: 'Type' },
  trainees: { vi: 'Số người học', en: 'Trainees' },
  contact: { vi: 'Người liên hệ', en: 'Contact' },
  phone: { vi: 'Điện thoại', en: 'Phone' },
  commune: { vi: 'Xã/phường', en: 'Commune' },
  need: { vi: 'Nhu cầu, ghi chú', en: 'Need, notes' },
  role: { vi: 'Chức vụ', en: 'Position' },
  tax_code: { vi: 'Mã số thuế', en: 'Tax code' },
  email: { vi: 'E-mail', en: 'E-mail' },
  product: { vi: 'Sản phẩm chính', en: 'Main product' },
  sector: { vi: 'Lĩnh vực', en: 'Sector' },
  workers: { vi: 'Số lao động', en: 'Workers' },
  women_workers: { vi: 'Lao động nữ', en: 'Women workers' },
  revenue: { vi: 'Doanh thu năm trước', en: "Last year's revenue" },
  capital: { vi: 'Tổng nguồn vốn', en: 'Total capital' },
  women_owned: { vi: 'Phụ nữ sở hữu từ 51%', en: 'Women own 51% or more' },
  certificates: { vi: 'Chứng nhận đang có', en: 'Certificates held' },
  tools: { vi: 'Công cụ đang dùng', en: 'Tools in use' },
  market: { vi: 'Nơi bán hàng', en: 'Markets' },
  problem: { vi: 'Khó khăn cần gỡ', en: 'Problem to solve' },
  start: { vi: 'Dự kiến bắt đầu', en: 'Expected start' },
  cofund: { vi: 'Khả năng đối ứng', en: 'Ability to co-fund' },
  previous: { vi: 'Hỗ trợ đã nhận', en: 'Earlier support' },
}

export const QUESTIONS: Readonly<Record<FieldKey, Bilingual>> = {
  province: {
    vi: 'Cơ sở của anh/chị thuộc địa bàn kế hoạch của tỉnh nào? Đăng ký sẽ được gửi tới Sở phụ trách.',
    en: "Which province's plan covers your enterprise? The sign-up goes to its department.",
  },
  support: {
    vi: 'Anh/chị muốn đăng ký nội dung nào? Bấm nút hoặc gõ tên, ví dụ: ISO 9001, 5S, VietGAP, mã số mã vạch.',
    en: 'What would you like to sign up for? Press a button or type it, for example: ISO 9001, 5S, VietGAP, barcode.',
  },
  class: { vi: 'Anh/chị muốn học lớp nào?', en: 'Which class would you like to join?' },
  enterprise: {
    vi: 'Tên doanh nghiệp, hợp tác xã hoặc cơ sở của anh/chị là gì? Ví dụ: HTX Phước Hữu.',
    en: 'What is the name of your company, cooperative or business? For example: HTX Phước Hữu.',
  },
  enterprise_type: { vi: 'Cơ sở của anh/chị là loại hình nào?', en: 'What kind of enterprise is it?' },
  trainees: {
    vi: 'Có bao nhiêu người học? Chỉ cần con số, ví dụ: 3.',
    en: 'How many people will attend? A number is enough, for example: 3.',
  },
  contact: {
    vi: 'Sở liên hệ với ai? Xin cho biết họ tên, ví dụ: Nguyễn Thị Hoa.',
    en: 'Whom should the department contact? Please give the full name.',
  },
  phone: {
    vi: 'Số điện thoại liên hệ là số nào? Ví dụ: 0912 345 678.',
    en: 'What is the contact phone number? For example: 0912 345 678.',
  },
  commune: {
    vi: 'Cơ sở ở xã, phường nào? Gõ tên hiện nay hoặc tên cũ đều được, ví dụ: xã Phước Hữu.',
    en: 'Which commune or ward is it in? Today’s or the former name will do, for example: xã Phước Hữu.',
  },
  need: {
    vi: 'Anh/chị cần hỗ trợ cụ thể điều gì? Gõ “bỏ qua” nếu chưa rõ.',
    en: 'What exactly do you need? Type “skip” if you are not sure yet.',
  },
  role: {
    vi: 'Chức vụ của người liên hệ? Ví dụ: Giám đốc.',
    en: 'Position of the contact person? For example: director.',
  },
  tax_code: {
    vi: 'Mã số thuế của cơ sở? 10 số, 10-3 số, hoặc 12 số với hộ kinh doanh. Ví dụ: 4500123456.',
    en: 'Tax code? 10 digits, 10-3 digits, or 12 digits for a household business. For example: 4500123456.',
  },
  email: { vi: 'Địa chỉ e-mail? Ví dụ: htx@example.vn.', en: 'E-mail address? For example: htx@example.vn.' },
  product: {
    vi: 'Sản phẩm chính của cơ sở? Ví dụ: nho tươi, xoài sấy.',
    en: 'Main product? For example: fresh grapes, dried mango.',
  },
  sector: { vi: 'Cơ sở hoạt động trong lĩnh vực nào?', en: 'Which sector do you work in?' },
  workers: {
    vi: 'Có bao nhiêu lao động tham gia bảo hiểm xã hội, bình quân năm? Ví dụ: 12.',
    en: 'How many workers with social insurance, yearly average? For example: 12.',
  },
  women_workers: {
    vi: 'Trong đó bao nhiêu lao động nữ? Ví dụ: 5.',
    en: 'How many of them are women? For example: 5.',
  },
  revenue: { vi: 'Tổng doanh thu năm trước trong khoảng nào?', en: "In which range is last year's revenue?" },
  capital: {
    vi: 'Tổng nguồn vốn năm trước trong khoảng nào?',
    en: "In which range is last year's total capital?",
  },
  women_owned: { vi: 'Phụ nữ có sở hữu từ 51% vốn điều lệ trở lên không?', en: 'Do women own 51% or more?' },
  certificates: {
    vi: 'Cơ sở đang có chứng nhận nào? Nếu nhớ, ghi kèm số, nơi cấp, ngày hết hạn. Ví dụ: VietGAP, hết hạn 6/2027. Chưa có thì gõ “không có”.',
    en: 'Which certificates do you hold? Add number, issuer and expiry if you can. Type “none” if there are none.',
  },
  tools: {
    vi: 'Đang áp dụng công cụ, hệ thống nào? Ví dụ: 5S, Kaizen, ISO 9001. Chưa có thì gõ “không có”.',
    en: 'Which tools or systems are in use? For example: 5S, Kaizen, ISO 9001. Type “none” if there are none.',
  },
  market: {
    vi: 'Hàng hoá bán ở đâu là chính? Ví dụ: trong tỉnh, siêu thị, xuất khẩu Trung Quốc.',
    en: 'Where do you mainly sell? For example: in the province, supermarkets, export to China.',
  },
  problem: {
    vi: 'Khó khăn lớn nhất về năng suất, chất lượng hiện nay là gì?',
    en: 'What is the biggest productivity or quality problem at present?',
  },
  start: { vi: 'Dự kiến bắt đầu khi nào? Ví dụ: quý 1 năm sau.', en: 'When would you like to start?' },
  cofund: {
    vi: 'Cơ sở có thể bố trí phần kinh phí của mình không?',
    en: 'Can you bring in funds of your own?',
  },
  previous: {
    vi: 'Đã từng được hỗ trợ chương trình nào chưa? Chưa có thì gõ “không có”.',
    en: 'Any earlier support? Type “none” if there was none.',
  },
}

/** What people call a field when they ask to correct it ("sửa số điện thoại"); folded. */
export const FIELD_NAMES: Readonly<Partial<Record<FieldKey, readonly string[]>>> = {
  province: ['tinh', 'province'],
  support: ['noi dung', 'noi dung dang ky', 'loai ho tro', 'ho tro', 'support'],
  class: ['lop', 'lop hoc', 'khoa hoc', 'class'],
  enterprise: [
    'ten co so',
    'ten doanh nghiep',
    'ten htx',
    'ten hop tac xa',
    'ten cong ty',
    'ten don vi',
    'doanh nghiep',
    'cong ty',
    'co so',
    'don vi',
    'htx',
    'hop tac xa',
    'enterprise',
    'company',
    'business',
    'enterprise name',
    'company name',
  ],
  enterprise_type: ['loai hinh', 'loai', 'type', 'kind'],
  trainees: [
    'so nguoi',
    'so nguoi hoc',
    'so hoc vien',
    'so luong',
    'hoc vien',
    'trainees',
    'number',
    'number of trainees',
  ],
  contact: [
    'ho ten',
    'ten nguoi lien he',
    'nguoi lien he',
    'lien he',
    'ten toi',
    'contact',
    'name',
    'contact name',
  ],
  phone: [
    'so dien thoai',
    'dien thoai',
    'so dt',
    'sdt',
    'dt',
    'so',
    'so phone',
    'phone',
    'phone number',
    'number phone',
    'tel',
  ],
  commune: [
    'xa',
    'phuong',
    'xa phuong',
    'xa/phuong',
    'dia chi',
    'noi o',
    'dia ban',
    'commune',
    'ward',
    'address',
  ],
  need: ['nhu cau', 'ghi chu', 'need', 'note', 'notes'],
  role: ['chuc vu', 'chuc danh', 'role', 'position'],
  tax_code: ['ma so thue', 'mst', 'tax code', 'tax'],
  email: ['email', 'e mail', 'mail', 'thu dien tu'],
  product: ['san pham', 'san pham chinh', 'product'],
  sector: ['linh vuc', 'nganh', 'sector'],
  workers: ['so lao dong', 'lao dong', 'workers'],
  women_workers: ['lao dong nu', 'so lao dong nu', 'women workers'],
  revenue: ['doanh thu', 'revenue'],
  capital: ['von', 'nguon von', 'capital'],
  women_owned: ['nu lam chu', 'so huu', 'women owned'],
  certificates: ['chung nhan', 'chung chi', 'certificates'],
  tools: ['cong cu', 'tools'],
  market: ['thi truong', 'noi ban', 'market', 'markets'],
  problem: ['kho khan', 'van de', 'problem'],
  start: ['thoi gian', 'bat dau khi nao', 'start'],
  cofund: ['doi ung', 'kinh phi', 'cofund'],
  previous: ['ho tro da nhan', 'da ho tro', 'previous'],
}

/** Fixed answers offered as buttons; the first word of each pair is what is stored. */
export const OPTIONS: Readonly<
  Partial<Record<FieldKey, readonly { value: string; label: Bilingual; words: readonly string[] }[]>>
> = {
  enterprise_type: [
    {
      value: 'enterprise',
      label: { vi: 'Doanh nghiệp', en: 'Company' },
      words: ['doanh nghiep', 'cong ty', 'cty', 'dn', 'company', 'enterprise'],
    },
    {
      value: 'cooperative',
      label: { vi: 'Hợp tác xã', en: 'Cooperative' },
      words: ['hop tac xa', 'htx', 'cooperative'],
    },
    {
      value: 'cooperative_group',
      label: { vi: 'Tổ hợp tác', en: 'Cooperative group' },
      words: ['to hop tac', 'tht', 'cooperative group'],
    },
    {
      value: 'household',
      label: { vi: 'Hộ kinh doanh', en: 'Household business' },
      words: ['ho kinh doanh', 'hkd', 'ho', 'ca the', 'household', 'household business'],
    },
    {
      value: 'other',
      label: { vi: 'Cơ sở khác', en: 'Other' },
      words: ['co so khac', 'co so', 'khac', 'other'],
    },
  ],
  sector: [
    {
      value: 'production',
      label: { vi: 'Nông, lâm, thuỷ sản, công nghiệp, xây dựng', en: 'Agriculture, industry, construction' },
      words: [
        'nong nghiep',
        'thuy san',
        'lam nghiep',
        'cong nghiep',
        'xay dung',
        'san xuat',
        'agriculture',
        'industry',
        'construction',
      ],
    },
    {
      value: 'services',
      label: { vi: 'Thương mại, dịch vụ', en: 'Trade and services' },
      words: ['thuong mai', 'dich vu', 'trade', 'services', 'buon ban'],
    },
  ],
  revenue: [
    { value: 'r3', label: { vi: 'Đến 3 tỷ đồng', en: 'Up to 3 bn VND' }, words: ['den 3 ty', 'duoi 3 ty'] },
    {
      value: 'r10',
      label: { vi: 'Trên 3 đến 10 tỷ', en: '3 to 10 bn' },
      words: ['3 den 10 ty', 'tren 3 ty'],
    },
    {
      value: 'r50',
      label: { vi: 'Trên 10 đến 50 tỷ', en: '10 to 50 bn' },
      words: ['10 den 50 ty', 'tren 10 ty'],
    },
    {
      value: 'r100',
      label: { vi: 'Trên 50 đến 100 tỷ', en: '50 to 100 bn' },
      words: ['50 den 100 ty', 'tren 50 ty'],
    },
    { value: 'rmore', label: { vi: 'Trên 100 tỷ', en: 'Over 100 bn' }, words: ['tren 100 ty', 'hon 100 ty'] },
  ],
  capital: [
    { value: 'c3', label: { vi: 'Đến 3 tỷ đồng', en: 'Up to 3 bn VND' }, words: ['den 3 ty', 'duoi 3 ty'] },
    {
      value: 'c20',
      label: { vi: 'Trên 3 đến 20 tỷ', en: '3 to 20 bn' },
      words: ['3 den 20 ty', 'tren 3 ty'],
    },
    {
      value: 'c50',
      label: { vi: 'Trên 20 đến 50 tỷ', en: '20 to 50 bn' },
      words: ['20 den 50 ty', 'tren 20 ty'],
    },
    {
      value: 'c100',
      label: { vi: 'Trên 50 đến 100 tỷ', en: '50 to 100 bn' },
      words: ['50 den 100 ty', 'tren 50 ty'],
    },
    { value: 'cmore', label: { vi: 'Trên 100 tỷ', en: 'Over 100 bn' }, words: ['tren 100 ty', 'hon 100 ty'] },
  ],
  women_owned: [
    { value: 'yes', label: { vi: 'Có', en: 'Yes' }, words: ['co', 'dung', 'yes'] },
    { value: 'no', label: { vi: 'Không', en: 'No' }, words: ['khong', 'ko', 'no'] },
  ],
  cofund: [
    { value: 'yes', label: { vi: 'Có', en: 'Yes' }, words: ['co', 'duoc', 'yes'] },
    { value: 'no', label: { vi: 'Không', en: 'No' }, words: ['khong', 'ko', 'no'] },
    {
      value: 'unsure',
      label: { vi: 'Chưa rõ', en: 'Not sure' },
      words: ['chua ro', 'chua biet', 'not sure'],
    },
  ],
}

/** Sentences of the form. Functions where a value stands in the sentence. */
export const T = {
  opening: (what: string, language: Language): string =>
    language === 'vi'
      ? `📝 Đăng ký: ${what}.\nTôi cần vài thông tin: tên cơ sở, người liên hệ, số điện thoại, xã/phường. Trước khi lưu, tôi sẽ xin anh/chị đồng ý; chưa đồng ý thì chưa đăng ký nào được lưu.`
      : `📝 Sign-up: ${what}.\nI need a few details: enterprise name, contact person, phone and commune. Before anything is stored as a registration I will ask for your consent.`,
  openingUnknown: {
    vi: '📝 Đăng ký. Tôi cần vài thông tin: nội dung đăng ký, tên cơ sở, người liên hệ, số điện thoại, xã/phường. Trước khi lưu, tôi sẽ xin anh/chị đồng ý; chưa đồng ý thì chưa đăng ký nào được lưu.',
    en: '📝 Sign-up. I need a few details: what you sign up for, enterprise name, contact person, phone and commune. Before anything is stored as a registration I will ask for your consent.',
  },
  otherSupport: { vi: 'Đổi nội dung', en: 'Other subject' },
  award: {
    vi: 'Lưu ý: Giải thưởng Chất lượng Quốc gia là một thủ tục hành chính riêng. Ở đây tôi chỉ ghi nhận quan tâm để cán bộ Sở liên hệ hướng dẫn; việc này không thay cho nộp hồ sơ dự giải.',
    en: 'Please note: the National Quality Award is an administrative procedure of its own. Here I only note your interest so that the department can guide you; it does not replace an application for the Award.',
  },
  noClass: {
    vi: 'Hiện trong hệ thống chưa có lớp nào mở đăng ký. Tôi ghi nhận nhu cầu học; khi có lớp, Sở sẽ liên hệ.',
    en: 'No class is open for sign-up at present. I will note your wish to attend; the department will contact you when there is one.',
  },
  noSignup: (name: string, language: Language): string =>
    language === 'vi'
      ? `“${name}” không nhận đăng ký qua đây; tôi chỉ cung cấp được thông tin trong kế hoạch, hoặc chuyển anh/chị tới cán bộ Sở.`
      : `“${name}” takes no sign-up here; I can tell what the plan says, or pass you on to an officer.`,
  taken: { vi: '✓ ', en: '✓ ' },
  changed: (label: string, before: string, after: string, language: Language): string =>
    language === 'vi'
      ? `✓ Đã đổi ${label}: ${before} → ${after}`
      : `✓ Changed ${label}: ${before} → ${after}`,
  choose: { vi: 'Anh/chị chọn giúp:', en: 'Please choose:' },
  chooseCommune: (written: string, language: Language): string =>
    language === 'vi'
      ? `Có nhiều nơi ứng với “${written}”. Anh/chị chọn giúp (tên trong ngoặc là tên cũ), hoặc gõ kèm huyện cũ, tỉnh:`
      : `Several places fit “${written}”. Please choose (former name in brackets), or add the former district or province:`,
  confirmCommune: (written: string, name: string, language: Language): string =>
    language === 'vi' ? `“${written}”: có phải ${name} không ạ?` : `“${written}”: do you mean ${name}?`,
  outsideArea: (name: string, province: string, language: Language): string =>
    language === 'vi'
      ? `${name} nằm ngoài địa bàn ${province} mà đăng ký này gửi tới. Cơ sở đúng là ở đó ạ?`
      : `${name} lies outside ${province}, to which this sign-up goes. Is your enterprise really there?`,
  unknownCommune: (written: string, language: Language): string =>
    language === 'vi'
      ? `Tôi chưa tìm thấy xã, phường “${written}” trong danh mục. Anh/chị gõ lại tên (có thể kèm huyện cũ), ví dụ: xã Phước Hữu; hoặc: thị trấn Phước Dân, Ninh Phước.`
      : `I cannot find “${written}” among the communes. Please type it again (the former district helps), for example: xã Phước Hữu.`,
  keepCommune: { vi: 'Giữ nguyên, cán bộ kiểm tra', en: 'Keep it, staff will check' },
  communeUnchecked: { vi: '(chưa đối chiếu danh mục)', en: '(not checked)' },
  phoneProblem: {
    too_short: {
      vi: 'Số này thiếu chữ số. Số di động có 10 số, ví dụ: 0912 345 678; máy bàn có mã vùng, ví dụ: 0259 3822 222.',
      en: 'This number is too short. Mobile numbers have 10 digits, for example: 0912 345 678.',
    },
    too_long: {
      vi: 'Số này thừa chữ số. Số di động có 10 số, ví dụ: 0912 345 678.',
      en: 'This number is too long. Mobile numbers have 10 digits, for example: 0912 345 678.',
    },
    service: {
      vi: 'Đây là số tổng đài. Xin cho số Sở gọi lại được, ví dụ: 0912 345 678.',
      en: 'This is a service number. Please give one the department can call, for example: 0912 345 678.',
    },
    unknown: {
      vi: 'Đầu số này không có ở Việt Nam. Ví dụ số đúng: 0912 345 678; số nước ngoài thì ghi cả +mã nước.',
      en: 'This prefix does not exist in Viet Nam. For example: 0912 345 678; foreign numbers need + and country code.',
    },
    none: {
      vi: 'Tôi chưa thấy số điện thoại trong tin nhắn. Ví dụ: 0912 345 678.',
      en: 'I see no phone number in your message. For example: 0912 345 678.',
    },
  },
  oldPhone: (written: string, suggestion: string, language: Language): string =>
    language === 'vi'
      ? `${written} là số 11 chữ số kiểu cũ, từ 2018 đã đổi đầu số. Số mới có phải ${suggestion} không ạ?`
      : `${written} is an old 11-digit number; prefixes changed in 2018. Is the new number ${suggestion}?`,
  phoneNotTaken: (written: string, language: Language): string =>
    language === 'vi'
      ? `⚠ Số “${written}” chưa dùng được nên tôi chưa ghi.`
      : `⚠ “${written}” is not a valid number, so it was not noted.`,
  taxWarning: {
    vi: '⚠ Chữ số kiểm tra của mã số thuế không khớp; tôi vẫn ghi, anh/chị xem lại giúp.',
    en: '⚠ The check digit of the tax code does not match; it was noted, please check it.',
  },
  problem: {
    trainees: {
      vi: 'Tôi cần một con số từ 1 đến 200, ví dụ: 3.',
      en: 'I need a number from 1 to 200, for example: 3.',
    },
    number: { vi: 'Tôi cần một con số, ví dụ: 12.', en: 'I need a number, for example: 12.' },
    tax_code: {
      vi: 'Mã số thuế có 10 số, 10 số kèm 3 số chi nhánh, hoặc 12 số với hộ kinh doanh. Ví dụ: 4500123456 hoặc 4500123456-001.',
      en: 'A tax code has 10 digits, 10-3 digits, or 12 digits for a household business. For example: 4500123456.',
    },
    email: {
      vi: 'Địa chỉ e-mail chưa đúng. Ví dụ đúng: htx@example.vn.',
      en: 'This is not an e-mail address. For example: htx@example.vn.',
    },
    too_short: {
      vi: 'Nội dung hơi ngắn, anh/chị ghi rõ hơn giúp.',
      en: 'This is a little short, please say more.',
    },
    too_long: {
      vi: 'Nội dung dài quá, anh/chị ghi gọn dưới 200 chữ cái giúp.',
      en: 'This is too long, please keep it under 200 characters.',
    },
    name: {
      vi: 'Tôi cần họ tên người liên hệ, bằng chữ. Ví dụ: Nguyễn Thị Hoa.',
      en: 'I need the full name of the contact person, in letters. For example: Nguyễn Thị Hoa.',
    },
    enterprise: {
      vi: 'Tôi cần tên cơ sở, bằng chữ. Ví dụ: HTX Phước Hữu, Công ty TNHH An Bình.',
      en: 'I need the name of the enterprise. For example: HTX Phước Hữu.',
    },
    generic_name: {
      vi: 'Đây mới là cách gọi chung, chưa phải tên. Tôi cần tên riêng để cán bộ biết đúng cơ sở nào khi liên hệ, ví dụ: HTX Phước Hữu, Công ty TNHH An Bình.',
      en: 'That is what it is, not what it is called. The officer needs its own name to know whom to call, for example: HTX Phước Hữu.',
    },
    support: {
      vi: 'Tôi chưa nhận ra nội dung này trong kế hoạch. Ví dụ: ISO 9001, 5S, VietGAP, truy xuất nguồn gốc, mã số mã vạch.',
      en: 'I do not recognise this among the plan’s supports. For example: ISO 9001, 5S, VietGAP, traceability, barcode.',
    },
    option: { vi: 'Anh/chị chọn một trong các nút giúp.', en: 'Please choose one of the buttons.' },
    nothing: {
      vi: 'Tôi chưa đọc được câu trả lời trong tin nhắn này.',
      en: 'I could not read an answer in this message.',
    },
  },
  stale: {
    vi: 'Nút này thuộc câu hỏi trước nên không còn dùng được; thông tin của anh/chị không thay đổi.',
    en: 'This button belongs to an earlier question and no longer works; nothing was changed.',
  },
  staleNoForm: {
    vi: 'Nút này thuộc một đăng ký đã xong hoặc đã dừng nên không còn dùng được; không có gì thay đổi. Gõ “đăng ký” để làm mới, hoặc “hồ sơ của tôi” để xem lại.',
    en: 'This button belongs to a sign-up that is finished or stopped; nothing was changed. Type “sign up” to start, or “my registrations” to look.',
  },
  consentAgree: { vi: 'Tôi đồng ý', en: 'I agree' },
  consentRefuse: { vi: 'Không đồng ý', en: 'I do not agree' },
  consentUnclear: {
    vi: 'Để chắc chắn, anh/chị bấm “Tôi đồng ý” hoặc gõ: đồng ý. Không đồng ý thì bấm “Không đồng ý”.',
    en: 'To be sure, please press “I agree” or type: I agree. Otherwise press “I do not agree”.',
  },
  refused: {
    vi: 'Dạ, chưa có đồng ý thì tôi không lưu đăng ký. Anh/chị có thể xem lại nội dung đồng ý, gặp cán bộ, hoặc xoá thông tin vừa nhập.',
    en: 'Without consent no registration is stored. You can read the consent again, talk to an officer, or delete what you typed.',
  },
  readAgain: { vi: 'Xem lại nội dung', en: 'Read it again' },
  discard: { vi: 'Xoá thông tin vừa nhập', en: 'Delete what I typed' },
  discarded: {
    vi: 'Tôi đã xoá thông tin anh/chị vừa nhập; không có đăng ký nào được lưu.',
    en: 'What you typed has been deleted; no registration was stored.',
  },
  officer: { vi: 'Gặp cán bộ', en: 'Talk to an officer' },
  summaryHead: { vi: 'Anh/chị xem lại giúp trước khi gửi:', en: 'Please check before sending:' },
  summaryFoot: {
    vi: 'Đúng thì bấm “Gửi đăng ký” (hoặc gõ: gửi). Muốn sửa, gõ ví dụ: sửa số điện thoại.',
    en: 'If it is right, press “Send” (or type: send). To correct, type for example: edit phone.',
  },
  amendFoot: {
    vi: 'Đúng thì bấm “Lưu thay đổi” (hoặc gõ: gửi).',
    en: 'If it is right, press “Save changes” (or type: send).',
  },
  surveyFoot: {
    vi: 'Đúng thì bấm “Gửi khảo sát” (hoặc gõ: gửi).',
    en: 'If it is right, press “Send survey” (or type: send).',
  },
  send: { vi: 'Gửi đăng ký', en: 'Send' },
  save: { vi: 'Lưu thay đổi', en: 'Save changes' },
  sendSurvey: { vi: 'Gửi khảo sát', en: 'Send survey' },
  fix: { vi: 'Sửa', en: 'Edit' },
  whichFix: { vi: 'Anh/chị muốn sửa mục nào?', en: 'What would you like to correct?' },
  others: { vi: 'Mục khác', en: 'More' },
  back: { vi: 'Quay lại', en: 'Back' },
  skip: { vi: 'Bỏ qua', en: 'Skip' },
  cancel: { vi: 'Huỷ', en: 'Cancel' },
  keep: { vi: 'Giữ lại', en: 'Keep' },
  required: {
    vi: 'Mục này cần có nên chưa bỏ qua được.',
    en: 'This one is needed and cannot be skipped.',
  },
  noBack: { vi: 'Đây là câu đầu tiên.', en: 'This is the first question.' },
  cancelled: {
    vi: 'Tôi đã dừng đăng ký; chưa có gì được gửi đi. Thông tin đã nhập được giữ 30 ngày: gõ “tiếp tục” để làm tiếp, sau đó sẽ tự xoá.',
    en: 'The sign-up is stopped; nothing was sent. What you typed is kept for 30 days: type “continue” to go on; after that it is deleted.',
  },
  resume: { vi: 'Tiếp tục đăng ký', en: 'Continue sign-up' },
  resumed: { vi: 'Mình làm tiếp đăng ký đang dở nhé.', en: 'Let us go on with your unfinished sign-up.' },
  expired: {
    vi: 'Bản đang dở đã quá 30 ngày nên đã được xoá. Gõ “đăng ký” để làm lại từ đầu.',
    en: 'The unfinished sign-up is older than 30 days and was deleted. Type “sign up” to start again.',
  },
  restartAsk: {
    vi: 'Bắt đầu lại sẽ xoá các mục đã nhập. Anh/chị chắc chứ?',
    en: 'Starting again clears what you typed. Are you sure?',
  },
  restart: { vi: 'Bắt đầu lại', en: 'Start again' },
  nameOrCancel: (written: string, language: Language): string =>
    language === 'vi'
      ? `“${written}” là tên người liên hệ, hay anh/chị muốn huỷ đăng ký?`
      : `Is “${written}” the contact's name, or do you want to cancel?`,
  itIsAName: (written: string, language: Language): string =>
    language === 'vi' ? `Tên là ${written}` : `The name is ${written}`,
  help: {
    vi: 'Lúc nào cũng có thể gõ: sửa …, quay lại, bỏ qua, xem lại, huỷ, bắt đầu lại.',
    en: 'At any time you can type: edit …, back, skip, review, cancel, start again.',
  },
  media: {
    vi: 'Tôi không nhận ảnh, tệp hay giấy tờ ở bước này; anh/chị gõ giúp bằng chữ. Xin đừng gửi ảnh căn cước.',
    en: 'Pictures and files cannot be taken here; please type. Do not send pictures of identity cards.',
  },
  submitting: { vi: 'Tôi đang ghi đăng ký.', en: 'Storing your registration.' },
  surveyOpening: {
    vi: '📋 Khảo sát hiện trạng (khoảng 5 phút, câu nào cũng có thể bỏ qua). Đây là thông tin anh/chị tự khai; tôi không chấm điểm, không xếp hạng.',
    en: '📋 Self-assessment (about 5 minutes, every question can be skipped). These are your own statements; nothing is scored or ranked.',
  },
  amendOpening: (reference: string, language: Language): string =>
    language === 'vi' ? `✏️ Hồ sơ ${reference}.` : `✏️ Registration ${reference}.`,
  nothingChanged: { vi: 'Chưa có mục nào thay đổi.', en: 'Nothing has been changed yet.' },
} as const
