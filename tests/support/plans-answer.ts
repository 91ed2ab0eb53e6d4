import type { InboundEvent } from '../../src/channel/index.ts'
import type { Reply } from './assistant.ts'

/** A small conversation with one of everything a channel must carry: sources, buttons, a phone question, long text. */

/** Made up, with characters that must arrive as they are. */
export const QUOTE =
  'Hỗ trợ doanh nghiệp, hợp tác xã áp dụng tiêu chuẩn VietGAP, GlobalGAP, hữu cơ; truy xuất nguồn gốc <b>& mã vạch</b>.'
export const CITATION = {
  doc: 'ninh-thuan',
  label: 'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận',
  section: 'Nhiệm vụ, giải pháp chủ yếu, mục 3',
  quote: QUOTE,
}
/** Verbatim from the plan. */
const PLAN_QUOTE =
  'Áp dụng thực hành nông nghiệp tốt (GAP), thực hành sản xuất nông nghiệp hữu cơ, năng suất xanh; áp dụng tiêu chuẩn cơ sở, tiêu chuẩn quốc gia, tiêu chuẩn quốc tế, tiêu chuẩn khu vực, quy chuẩn kỹ thuật; áp dụng hệ thống truy xuất nguồn gốc sản phẩm, hàng hóa.'
const ACTIONS = [
  { label: 'Đăng ký VietGAP', send: '#signup:vietgap' },
  { label: 'Gặp cán bộ', send: '#officer' },
  { label: 'Có ích', send: '#rate:1:up' },
  { label: 'Chưa đúng', send: '#rate:1:down' },
]
export const LONG = Array.from(
  { length: 120 },
  (_, n) => `Nội dung ${n + 1}: đào tạo, tập huấn về năng suất.`,
).join('\n')

export function plansAnswer({ content }: InboundEvent): Reply[] {
  const said = content.kind === 'text' ? content.text : content.kind === 'press' ? content.send : content.kind
  switch (said) {
    case 'start':
      return [
        {
          text: 'Tôi là trợ lý tự động. Anh/chị hỏi gì ạ?',
          actions: [{ label: 'Đăng ký', send: '#signup' }],
        },
      ]
    case 'Có hỗ trợ làm VietGAP, ISO, 5S không?':
      return [
        {
          text: 'Có. Kế hoạch của tỉnh có nội dung hỗ trợ doanh nghiệp:\n• Áp dụng thực hành nông nghiệp tốt (GAP), nông nghiệp hữu cơ\n• Áp dụng tiêu chuẩn quốc gia, tiêu chuẩn quốc tế\nMức tiền hỗ trợ không được nêu trong kế hoạch.',
          citations: [{ ...CITATION, quote: PLAN_QUOTE }],
          actions: ACTIONS,
        },
      ]
    case 'hỗ trợ VietGAP?':
      return [
        {
          text: 'Có. Kế hoạch của tỉnh hỗ trợ doanh nghiệp và hợp tác xã áp dụng VietGAP:\n• Hướng dẫn, tư vấn xây dựng hồ sơ\n• Đào tạo, tập huấn kiến thức\nMức tiền hỗ trợ không được nêu trong kế hoạch.',
          citations: [CITATION],
          actions: ACTIONS,
        },
      ]
    case '#signup':
    case '#signup:vietgap':
      return [
        {
          text: 'Anh/chị cho xin số điện thoại để cán bộ liên hệ.',
          actions: [{ label: 'Huỷ', send: '#f:1:cancel' }],
          ask: 'contact',
        },
      ]
    case 'contact':
      return [{ text: 'Đã nhận số điện thoại.' }]
    case 'dài':
      return [{ text: LONG, citations: [CITATION], actions: [{ label: 'Xem thêm', send: '#more' }] }]
    case 'hai tin':
      return [{ text: 'Tin thứ nhất.' }, { text: 'Tin thứ hai.' }]
    case '':
      return [{ text: 'Tôi chưa nhận được chữ nào. Anh/chị gõ câu hỏi giúp tôi.' }]
    default:
      return [{ text: said.startsWith('#') ? `Đã chọn ${said}` : `Anh/chị vừa nói: ${said.slice(0, 500)}` }]
  }
}
