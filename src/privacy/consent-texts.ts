import { createHash } from 'node:crypto'
import { z } from 'zod'

/**
 * What people are asked to agree to: one text per purpose, never bundled, never pre-ticked (Law 91/2025/QH15 Art. 9,
 * Decree 356/2025/NĐ-CP Art. 6). A text that was ever shown is not edited: a new wording gets a new version, and
 * tests/privacy keeps the fingerprints of all versions.
 */

export const Purpose = z.enum(['registration', 'survey', 'class_reminders'])
export type Purpose = z.infer<typeof Purpose>

interface ConsentText {
  version: string
  vi: string
  en: string
}

const REGISTRATION: ConsentText = {
  version: 'registration-2026-11',
  vi: `Để nhận đăng ký, {controller} cần xử lý: tên đơn vị, tên và số điện thoại người liên hệ, địa bàn, nhu cầu hỗ trợ và những gì anh/chị viết trong phiếu.
Mục đích duy nhất: xem xét và trả lời đăng ký này.
Dữ liệu được giữ đến 24 tháng sau khi hồ sơ kết thúc rồi xoá. Không bán, không dùng cho việc khác.
Anh/chị tự nguyện quyết định, và có quyền xem, sửa, xoá, rút lại đồng ý bất cứ lúc nào: gõ /dulieu, /sua, /xoa, /rutdongy; khiếu nại: gõ /canbo. Rút lại không ảnh hưởng những gì đã làm trước đó.
Anh/chị có đồng ý không?`,
  en: `To take your registration, {controller} needs to process: the name of your organisation, the name and telephone number of the contact, your area, the support you need and what you write in the form.
The only purpose: to consider and answer this registration.
Data is kept until 24 months after the case is closed and then erased. It is not sold and not used for anything else.
This is your free choice. At any time you can see, correct or erase your data or withdraw consent: type /dulieu, /sua, /xoa, /rutdongy; to complain, type /canbo. Withdrawing does not affect what was done before.
Do you agree?`,
}

const SURVEY: ConsentText = {
  version: 'survey-2026-11',
  vi: `Phiếu khảo sát hiện trạng là tuỳ chọn, không ảnh hưởng đến đăng ký. {controller} xử lý câu trả lời của anh/chị (chứng nhận đang có, công cụ đang dùng, quy mô, sản phẩm, thị trường, khó khăn).
Mục đích duy nhất: nắm hiện trạng để chuẩn bị hỗ trợ và tổng hợp số liệu không nêu tên. Máy không chấm điểm, không xếp hạng.
Dữ liệu được giữ cùng hồ sơ đăng ký, đến 24 tháng sau khi hồ sơ kết thúc. Xem, sửa, xoá, rút lại: /dulieu, /sua, /xoa, /rutdongy.
Anh/chị có đồng ý trả lời khảo sát không?`,
  en: `The survey of your present situation is optional and does not affect your registration. {controller} processes your answers (certificates held, tools in use, size, products, markets, difficulties).
The only purpose: to know the situation, prepare support and compile figures without names. The machine gives no score and no ranking.
Data is kept with the registration, until 24 months after the case is closed. See, correct, erase, withdraw: /dulieu, /sua, /xoa, /rutdongy.
Do you agree to answer the survey?`,
}

const CLASS_REMINDERS: ConsentText = {
  version: 'class_reminders-2026-11',
  vi: `Anh/chị có đồng ý để {controller} nhắn tại đây (hoặc gọi điện khi không nhắn được) để nhắc lịch lớp đã đăng ký, trước buổi học 3 ngày và 1 ngày không?
Chỉ dùng tên, số điện thoại và cuộc trò chuyện này, đến khi lớp kết thúc. Không đồng ý thì vẫn được học. Rút lại: /rutdongy.`,
  en: `Do you agree that {controller} writes to you here (or telephones when a message cannot reach you) to remind you of the class you signed up for, three days and one day before it?
Only your name, telephone number and this conversation are used, until the class is over. You can attend without agreeing. To withdraw: /rutdongy.`,
}

const CURRENT: Record<Purpose, ConsentText> = {
  registration: REGISTRATION,
  survey: SURVEY,
  class_reminders: CLASS_REMINDERS,
}

export interface ShownConsent {
  purpose: Purpose
  version: string
  /** The whole text as the person reads it. */
  text: string
  /** sha-256 of `text`: what the record can later prove was shown. */
  digest: string
}

/** The text in force for a purpose, with the name of the department that decides on the data. */
export function consentText(purpose: Purpose, language: 'vi' | 'en', controller: string): ShownConsent {
  const { version, ...texts } = CURRENT[purpose]
  const text = texts[language].replaceAll('{controller}', () => controller)
  return { purpose, version, text, digest: createHash('sha256').update(text, 'utf8').digest('hex') }
}

export const PURPOSE_NAMES: Record<Purpose, { vi: string; en: string }> = {
  registration: { vi: 'xử lý đăng ký', en: 'processing registrations' },
  survey: { vi: 'khảo sát hiện trạng', en: 'survey of the present situation' },
  class_reminders: { vi: 'nhắc lịch học', en: 'class reminders' },
}
