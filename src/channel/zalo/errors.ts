import type { Delivery } from '../index.ts'
import { NIGHT } from './guesses.ts'
import { texts } from './texts.ts'

/**
 * What each documented error code makes us do. Two tables, because the same number means other things on the template
 * server. Sources: docs.zaloplatforms.com/docs/OA/phu-luc/ma-loi and zalo.cloud/zns/guidelines/handle-error-code, as
 * restated by four independent public tables (November 2026).
 */
export type Remedy =
  /** Wait for the next minute: the call limit of the app or the OA. */
  | 'next_minute'
  | 'soon'
  | 'minutes'
  | 'morning'
  /** The access token is dead: refresh, then once more. */
  | 'refresh'
  /** The uploaded file expired: upload again, then once more. */
  | 'upload'
  /** Stop for this person; an officer calls. */
  | 'person'
  /** As `person`, and the operator must buy or configure something. */
  | 'quota'
  | 'operator'
  | 'our_bug'

export interface Code {
  remedy: Remedy
  /** For officers and operators. */
  meaning: string
}

function table(
  rows: ReadonlyArray<readonly [code: number, remedy: Remedy, meaning: string]>,
): ReadonlyMap<number, Code> {
  return new Map(rows.map(([code, remedy, meaning]) => [code, { remedy, meaning }]))
}

export const OA_CODES = table([
  [-32, 'next_minute', 'vượt giới hạn số lần gọi trong một phút'],
  [-100, 'upload', 'mã tệp đính kèm hết hạn'],
  [-200, 'soon', 'gửi không thành công'],
  [-201, 'our_bug', 'tham số không hợp lệ hoặc người nhận không tồn tại'],
  [-204, 'operator', 'OA đã bị vô hiệu hoá'],
  [-205, 'operator', 'OA không tồn tại'],
  [-208, 'operator', 'mã không có trong bảng hiện hành'],
  [-209, 'operator', 'ứng dụng chưa được kích hoạt'],
  [-210, 'our_bug', 'tham số vượt giới hạn (tin quá dài)'],
  [-211, 'quota', 'OA hết hạn mức của tính năng'],
  [-212, 'operator', 'ứng dụng chưa đăng ký API này'],
  [-213, 'person', 'người này không quan tâm OA'],
  [-214, 'minutes', 'nội dung đang được xử lý'],
  [-216, 'refresh', 'access token không hợp lệ'],
  [-217, 'person', 'người này chặn lời mời của OA'],
  [-218, 'person', 'người này đã nhận đủ số tin cho phép'],
  [-219, 'operator', 'ứng dụng đã bị gỡ hoặc vô hiệu hoá'],
  [-220, 'refresh', 'access token hết hạn hoặc không còn'],
  [-221, 'operator', 'OA chưa được xác thực'],
  [-223, 'operator', 'OA chưa cấp quyền cho API này hoặc hết hạn mức bài viết'],
  [-224, 'operator', 'gói dịch vụ của OA không gồm API này'],
  [-227, 'person', 'tài khoản người này bị khoá hoặc không hoạt động trên 45 ngày'],
  [-230, 'person', 'người này không tương tác với OA trong 7 ngày'],
  [-231, 'person', 'người này chưa tương tác với OA'],
  [-232, 'person', 'người này chưa tương tác hoặc tương tác đã hết hạn'],
  [-233, 'our_bug', 'loại tin không hợp lệ hoặc không được hỗ trợ'],
  [-234, 'morning', 'không được gửi vào ban đêm'],
  [-235, 'operator', 'API không dành cho loại OA này'],
  [-237, 'operator', 'nhóm đã hết hạn'],
  [-238, 'operator', 'tài nguyên đã được dùng'],
  [-240, 'operator', 'API gửi tin phiên bản 2 đã đóng'],
  [-241, 'operator', 'tài nguyên đã được dùng'],
  [-242, 'operator', 'appsecret_proof không hợp lệ'],
  [-244, 'person', 'người này hạn chế nhận loại tin này từ OA'],
  [-248, 'operator', 'nội dung vi phạm tiêu chuẩn nền tảng'],
  [-249, 'our_bug', 'mẫu tin không gửi được theo user id'],
  [-305, 'operator', 'mã không có trong tài liệu'],
  [-320, 'quota', 'ứng dụng chưa liên kết Zalo Cloud Account'],
  [-321, 'quota', 'Zalo Cloud Account hết tiền'],
  [-403, 'our_bug', 'OA không ở trong nhóm'],
])

export const TEMPLATE_CODES = table([
  [-32, 'next_minute', 'vượt giới hạn số lần gọi trong một phút'],
  [-100, 'soon', 'lỗi không xác định của máy chủ tin mẫu'],
  [-101, 'operator', 'ứng dụng không hợp lệ'],
  [-102, 'operator', 'ứng dụng không tồn tại'],
  [-103, 'operator', 'ứng dụng chưa được kích hoạt'],
  [-104, 'operator', 'secret key của ứng dụng không hợp lệ'],
  [-105, 'operator', 'ứng dụng chưa liên kết với OA nào'],
  [-106, 'our_bug', 'phương thức không được hỗ trợ'],
  [-107, 'our_bug', 'mã thông báo không hợp lệ'],
  [-108, 'person', 'số điện thoại không hợp lệ'],
  [-109, 'operator', 'mã mẫu tin không hợp lệ'],
  [-110, 'person', 'phiên bản Zalo của người này quá cũ'],
  [-111, 'operator', 'mẫu tin thiếu dữ liệu'],
  [-112, 'operator', 'dữ liệu mẫu tin không hợp lệ'],
  [-113, 'operator', 'nút của mẫu tin không hợp lệ'],
  [-114, 'person', 'người này không nhận được tin mẫu'],
  [-115, 'quota', 'tài khoản gửi tin mẫu không đủ số dư'],
  [-116, 'operator', 'nội dung không hợp lệ'],
  [-117, 'operator', 'OA hoặc ứng dụng không được dùng mẫu tin này'],
  [-118, 'person', 'số này không có tài khoản Zalo'],
  [-119, 'person', 'tài khoản này không nhận được tin mẫu'],
  [-120, 'operator', 'OA chưa được dùng tính năng này'],
  [-121, 'operator', 'mẫu tin không có nội dung'],
  [-122, 'our_bug', 'thân yêu cầu sai định dạng'],
  [-124, 'refresh', 'access token không hợp lệ'],
  [-125, 'operator', 'mã OA không hợp lệ'],
  [-131, 'operator', 'mẫu tin chưa được duyệt'],
  [-132, 'our_bug', 'tham số không hợp lệ'],
  [-133, 'morning', 'mẫu tin này không được gửi vào ban đêm'],
  [-135, 'operator', 'OA chưa có quyền gửi tin mẫu'],
  [-136, 'quota', 'chưa liên kết Zalo Cloud Account'],
  [-137, 'quota', 'thanh toán của Zalo Cloud Account thất bại'],
  [-138, 'operator', 'ứng dụng chưa có quyền dùng tính năng này'],
  [-139, 'person', 'người này từ chối nhận loại tin này'],
  [-140, 'operator', 'OA chưa được gửi loại tin này'],
  [-141, 'person', 'người này từ chối nhận tin từ OA'],
  [-144, 'quota', 'OA hết hạn mức gửi trong ngày'],
  [-145, 'operator', 'OA không được gửi loại mẫu tin này'],
  [-146, 'operator', 'mẫu tin đã bị vô hiệu hoá vì chất lượng thấp'],
  [-147, 'quota', 'mẫu tin hết hạn mức gửi trong ngày'],
])

const UNKNOWN: Code = { remedy: 'operator', meaning: 'mã chưa có trong tài liệu' }

export function codeOf(codes: ReadonlyMap<number, Code>, code: number): Code {
  return codes.get(code) ?? UNKNOWN
}

/** The alarm a refusal raises: it meets every message of the account until somebody acts. */
export function alarmOf(remedy: Remedy): 'zalo_refused' | 'zalo_quota' | null {
  if (remedy === 'quota') return 'zalo_quota'
  return remedy === 'operator' ? 'zalo_refused' : null
}

/**
 * The outbox's side of a refusal. `refresh` and `upload` come here only when the second attempt was refused as well.
 * @param afterMs what the answer's Retry-After asks for, if any
 */
export function deliveryOf(
  { remedy, meaning }: Code,
  code: number,
  at: Date,
  afterMs: number | null,
): Delivery {
  const reason = texts.refused(meaning, code)
  const retry = (waitMs: number, scope: 'lane' | 'account'): Delivery => ({
    outcome: 'retry',
    afterMs: Math.max(waitMs, afterMs ?? 0),
    reason,
    maybeSent: false,
    scope,
  })
  switch (remedy) {
    case 'next_minute':
      return retry(untilNextMinuteMs(at), 'account')
    case 'soon':
      return retry(5_000, 'lane')
    case 'minutes':
      return retry(3 * 60_000, 'lane')
    case 'morning':
      return retry(untilMorningMs(at), 'lane')
    case 'refresh':
      return retry(60_000, 'account')
    case 'upload':
      return retry(5_000, 'lane')
    case 'person':
    case 'quota':
      return { outcome: 'unreachable', reason }
    case 'operator':
      return { outcome: 'failed', reason, operator: true }
    case 'our_bug':
      return { outcome: 'failed', reason, operator: false }
  }
}

/** Limits count by the clock minute; a second on top for the difference of clocks. */
export function untilNextMinuteMs(at: Date): number {
  return 60_000 - (at.getTime() % 60_000) + 1_000
}

/** Milliseconds until the night is over in Vietnam; a minute when it is day (their clock may differ from ours). */
export function untilMorningMs(at: Date): number {
  const hourMs = 3_600_000
  const ofDayMs = (at.getTime() + NIGHT.zoneHours * hourMs) % (24 * hourMs)
  if (ofDayMs < NIGHT.toHour * hourMs) return NIGHT.toHour * hourMs - ofDayMs
  if (ofDayMs >= NIGHT.fromHour * hourMs) return (24 + NIGHT.toHour) * hourMs - ofDayMs
  return 60_000
}
