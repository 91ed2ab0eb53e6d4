/** Vietnamese wording of the Zalo channel: what people read, what officers read in a call task, what operators read. */

export const texts = {
  cardTitle: 'Chia sẻ số điện thoại',
  cardSubtitle:
    'Bấm để gửi số điện thoại Zalo của anh/chị cho cơ quan tiếp nhận. Anh/chị có thể gõ số thay vì bấm.',
  choices: (lines: readonly string[]) => `Gõ một mã để chọn:\n${lines.join('\n')}`,
  connected: 'Đã kết nối Official Account. Có thể đóng trang này.',
  notConnected: {
    unknown_state: 'Liên kết này không còn dùng được. Hãy tạo liên kết kết nối mới trong trang quản trị.',
    wrong_oa: 'Official Account vừa cấp quyền không phải là tài khoản đã chọn. Hãy chọn đúng OA và thử lại.',
    refused: 'Zalo từ chối cấp quyền. Xem mã lỗi trong trang quản trị.',
    answer_lost: 'Không nhận được câu trả lời của Zalo. Hãy tạo liên kết kết nối mới.',
    denied: 'Anh/chị chưa đồng ý cấp quyền cho ứng dụng.',
  },
  unreachable: {
    closed: 'Zalo không cho gửi: đã quá 7 ngày kể từ lần cuối người này nhắn cho OA',
    left: 'Người này đã bỏ quan tâm OA',
    billed: 'Đã quá 48 giờ kể từ lần cuối người này nhắn cho OA và tài khoản không gửi tin có phí',
  },
  refused: (meaning: string, code: number) => `Zalo từ chối (mã ${code}): ${meaning}`,
  lost: 'không nhận được câu trả lời của Zalo',
  slow: 'Zalo trả lời chậm',
  notConnectedYet: 'OA chưa được kết nối hoặc cần cấp quyền lại',
  accountOff: 'kênh đang tắt',
  noAccount: 'tài khoản kênh không còn',
  fileKind: (name: string) => `Zalo không nhận loại tệp này: ${name}`,
  fileSize: (name: string) => `Tệp quá lớn để gửi qua Zalo: ${name}`,
} as const

/** What each alarm means and what to do, for the operator's page. */
export const alarmTexts: Readonly<Record<string, string>> = {
  zalo_signature:
    'Webhook Zalo có chữ ký không khớp. Nếu chưa từng có sự kiện hợp lệ: kiểm tra “OA Secret Key” (trang Webhook của ứng dụng), không phải “App Secret Key”. Zalo sẽ tắt webhook sau khoảng 2 giờ nếu không sửa.',
  zalo_shape: 'Zalo gửi sự kiện có cấu trúc lạ; có thể đã bỏ sót tin nhắn. Báo cho người phát triển.',
  zalo_grant_lost:
    'Quyền truy cập Zalo đã mất (mã làm mới chỉ dùng một lần và câu trả lời bị mất hoặc bị từ chối). Hãy bấm “Kết nối OA” để cấp quyền lại; tin chờ gửi sẽ đi sau khi kết nối.',
  zalo_not_connected: 'OA chưa được kết nối. Hãy bấm “Kết nối OA”.',
  zalo_refused: 'Zalo từ chối vì cấu hình OA, ứng dụng hoặc gói dịch vụ. Xem mã lỗi và docs/zalo.md.',
  zalo_send: 'Có tin không gửi được qua Zalo. Xem lý do trong danh sách tin đã bỏ.',
  zalo_quota: 'OA hết hạn mức hoặc chưa có Zalo Cloud Account. Người nhận đã thành việc “gọi điện”.',
}
