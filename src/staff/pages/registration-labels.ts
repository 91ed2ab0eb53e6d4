import type { EventRow, FieldKey, State } from '../registrations.ts'
import type { Tone } from '../ui/parts.ts'

/** What officers read for states, kinds and events of a registration. */

export const STATE_LABEL: Record<State, readonly [string, Tone]> = {
  new: ['Mới tiếp nhận', 'info'],
  reviewing: ['Đang xem xét', 'warn'],
  needs_more: ['Cần bổ sung', 'warn'],
  approved: ['Đã duyệt', 'good'],
  waitlisted: ['Danh sách chờ', 'plain'],
  declined: ['Từ chối', 'bad'],
  completed: ['Đã hoàn thành', 'good'],
  cancelled: ['Đã huỷ', 'plain'],
}

/** The button that leads there. */
export const MOVE_LABEL: Record<State, string> = {
  new: 'Đưa về mới tiếp nhận',
  reviewing: 'Xem xét',
  needs_more: 'Yêu cầu bổ sung',
  approved: 'Duyệt',
  waitlisted: 'Đưa vào danh sách chờ',
  declined: 'Từ chối',
  completed: 'Đánh dấu hoàn thành',
  cancelled: 'Huỷ hồ sơ',
}

export const KIND_LABEL = { interest: 'Quan tâm hỗ trợ', training: 'Đăng ký lớp' } as const

export function eventTitle(event: EventRow, fieldName: (key: FieldKey) => string): string {
  const fields = event.fields.map(fieldName).join(', ')
  switch (event.kind) {
    case 'submitted':
      return 'Gửi đăng ký'
    case 'state':
      return event.toState === null ? 'Đổi trạng thái' : `Chuyển sang “${STATE_LABEL[event.toState][0]}”`
    case 'corrected':
      return `Sửa: ${fields}`
    case 'completed':
      return `Bổ sung: ${fields}`
    case 'claimed':
      return 'Nhận hồ sơ'
    case 'released':
      return 'Trả lại hàng đợi'
    case 'handed_over':
      return `Chuyển cho ${event.note ?? 'đồng nghiệp'}`
    case 'note':
      return 'Ghi chú nội bộ'
    case 'linked':
      return 'Có hồ sơ khác cùng cơ sở'
    case 'survey':
      return 'Làm khảo sát hiện trạng'
    case 'erased':
      return 'Xoá dữ liệu cá nhân theo yêu cầu'
  }
}

export const ACTOR_LABEL = { applicant: 'Người đăng ký', officer: 'Cán bộ', system: 'Hệ thống' } as const
