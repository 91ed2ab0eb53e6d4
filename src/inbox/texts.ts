/** What the inbox itself says to people; everything else is said by the conversation. */
export const TEXTS = {
  limited:
    'Anh/chị đang gửi tin nhanh quá nên tôi chưa đọc kịp. Xin chờ một phút rồi gửi lại câu cần hỏi giúp tôi nhé.',
  busy: 'Hiện có rất nhiều người cùng hỏi. Tin nhắn của anh/chị đã được lưu và sẽ được trả lời khi bớt đông; anh/chị không cần gửi lại.',
  setAside:
    'Xin lỗi, tôi gặp trục trặc nên chưa xử lý được tin nhắn vừa rồi. Tin đã được lưu để cán bộ xem lại; anh/chị có thể gửi lại hoặc hỏi câu khác.',
} as const
