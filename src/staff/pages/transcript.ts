import { html } from 'hono/html'
import type { Content, OutboundMessage } from '../../channel/index.ts'
import type { Db } from '../../database/index.ts'
import type { ConversationView, StaffDeps } from '../deps.ts'
import { dateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { empty } from '../ui/parts.ts'

/** What was said on both sides, in order, with the sources and buttons the person was shown. */

interface Line {
  at: Date
  who: 'person' | 'assistant' | 'officer' | 'system'
  text: string
  citations: OutboundMessage['citations']
  actions: OutboundMessage['actions']
  /** What became of it, when that is not the normal course. */
  state: string | null
}

const PAGE = 200
const MEDIA = {
  photo: 'ảnh',
  voice: 'tin thoại',
  video: 'video',
  file: 'tệp',
  sticker: 'nhãn dán',
  location: 'vị trí',
  other: 'nội dung khác',
} as const

export async function transcriptLines(
  deps: Pick<StaffDeps, 'inbox' | 'outbox'>,
  tx: Db,
  { lane, before, words }: { lane: string; before: Date | null; words: (text: string) => string },
): Promise<Line[]> {
  const page = { limit: PAGE, ...(before === null ? {} : { before }) }
  const heard = (await deps.inbox.history(tx, lane, page)).map(
    ({ at, content, state }): Line => ({
      at,
      who: content.kind === 'officer_wrote' ? 'officer' : 'person',
      text: words(contentText(content)),
      citations: [],
      actions: [],
      state: state === 'set_aside' ? 'máy chưa xử lý được tin này' : null,
    }),
  )
  const said = (await deps.outbox.history(tx, lane, page)).map(
    (row): Line => ({
      at: row.at,
      who: row.author,
      text: words(row.file === null ? row.message.text : `${row.message.text}\n📎 ${row.file.name}`),
      citations: row.message.citations,
      actions: row.message.actions,
      state: SENT_STATE[row.state] ?? null,
    }),
  )
  return [...heard, ...said].sort((a, b) => a.at.getTime() - b.at.getTime()).slice(-PAGE)
}

const SENT_STATE: Record<string, string> = {
  queued: 'đang chờ gửi',
  sending: 'đang gửi',
  suppressed: 'không gửi: cán bộ đang trả lời',
  failed: 'gửi không được',
  unreachable: 'không tới được người nhận, đã chuyển sang gọi điện',
}

/** What a person did, as one line. A button shows what it said, not its code. */
function contentText(content: Content): string {
  switch (content.kind) {
    case 'text':
      return content.text
    case 'press':
      return `[bấm nút ${content.send}]`
    case 'contact':
      return '[chia sẻ số điện thoại]'
    case 'media':
      return `[${MEDIA[content.media]}]${content.caption ? ` ${content.caption}` : ''}`
    case 'start':
      return '[bắt đầu trò chuyện]'
    case 'left':
      return '[đã rời hoặc chặn kênh]'
    case 'returned':
      return '[quay lại kênh]'
    case 'withdrawn':
      return '[rút lại đồng ý trên nền tảng]'
    case 'officer_wrote':
      return '[cán bộ nhắn từ ứng dụng của nền tảng]'
  }
}

const WHO = {
  person: 'Người dân',
  assistant: 'Trợ lý tự động',
  officer: 'Cán bộ',
  system: 'Hệ thống',
} as const

export function transcript(lines: readonly Line[], conversation: ConversationView): Markup {
  const first = lines[0]
  const body =
    lines.length === 0
      ? empty('Chưa có tin nhắn nào', 'Nội dung cũ đã hết hạn lưu hoặc đã được xoá theo yêu cầu.')
      : html`${
          first !== undefined && lines.length === PAGE
            ? html`<p><a href="/staff/hoi-thoai/${conversation.id}?truoc=${first.at.toISOString()}">Xem tin cũ hơn</a></p>`
            : ''
        }<ol class="chat">${lines.map(line)}</ol>`
  return html`<div data-live>${body}</div>`
}

function line(one: Line): Markup {
  return html`<li class="${one.who}"><p class="who">${WHO[one.who]} <time datetime="${one.at.toISOString()}">${dateTime(one.at)}</time></p>
<p class="pre">${one.text}</p>${
    one.citations.length === 0
      ? ''
      : html`<details class="cites"><summary>${one.citations.length} nguồn đã đưa cho người dân</summary>${one.citations.map(
          ({ label, section, quote }) =>
            html`<p><strong>${label}</strong>, ${section}</p><blockquote>${quote}</blockquote>`,
        )}</details>`
  }${
    one.actions.length === 0
      ? ''
      : html`<p class="buttons-shown"><span class="sr">Các nút đã hiện:</span>${one.actions.map(({ label }) => html`<span>${label}</span>`)}</p>`
  }${one.state === null ? '' : html`<p class="muted small">(${one.state})</p>`}</li>`
}
