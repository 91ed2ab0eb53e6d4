import { html, raw } from 'hono/html'
import type { AnnualDraft } from './annual.ts'
import type { IndicatorRow } from './targets.ts'

/**
 * The draft as one HTML page in the layout of an administrative document (Decree 30/2020/NĐ-CP, annex I): Word and
 * every browser open and print it. It says DỰ THẢO, leaves number, date and signature blank and draws no seal.
 */

type Html = ReturnType<typeof html>

const BLANK = html`<span class="blank" title="Cán bộ điền">…………</span>`

/** Every rule stands under `.paper`, so that the console can show the same sheet inside a page of its own. */
export const ANNUAL_STYLE = `
@page { size: A4 portrait; margin: 20mm 15mm 20mm 30mm; }
.paper { font-family: 'Times New Roman', Tinos, 'Liberation Serif', serif; font-size: 14pt; line-height: 1.25; color: #000; background: #fff; max-width: 165mm; margin: 0 auto; }
.paper table.head { width: 100%; border-collapse: collapse; } .paper table.head td { text-align: center; vertical-align: top; width: 50%; }
.paper .small { font-size: 13pt; } .paper .rule { display: inline-block; border-bottom: 1px solid #000; width: 35%; height: 0; } .paper .rule.long { width: 70%; }
.paper h1 { font-size: 14pt; text-align: center; margin: 14pt 0 0; } .paper h1 + p { text-align: center; font-weight: bold; margin: 0; text-indent: 0; }
.paper h2 { font-size: 14pt; text-transform: uppercase; margin: 12pt 0 6pt; } .paper h3 { font-size: 14pt; margin: 8pt 0 4pt; }
.paper p { text-align: justify; text-indent: 1.27cm; margin: 0 0 6pt; } .paper p.plain { text-indent: 0; } .paper .middle { text-align: center; }
.paper .wide { overflow-x: auto; } .paper table.data { width: 100%; border-collapse: collapse; font-size: 12pt; margin: 6pt 0 10pt; } .paper table.data th, .paper table.data td { border: 1px solid #000; padding: 3pt 5pt; vertical-align: top; text-align: left; }
.paper table.data td.n { text-align: right; white-space: nowrap; } .paper .draft { border: 2px solid #000; padding: 2pt 10pt; font-weight: bold; display: inline-block; }
.paper .blank { background: #eee; } .paper .note { font-size: 11pt; font-style: italic; } .paper table.sign { margin-top: 18pt; } .paper .sign td { text-align: center; font-size: 14pt; } .paper .sign td.to { font-size: 11pt; text-align: left; }
`

const day = (at: Date) => {
  const local = new Date(at.getTime() + 7 * 3_600_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(local.getUTCDate())}/${two(local.getUTCMonth() + 1)}/${local.getUTCFullYear()}`
}

/** The last day that is counted: the cut-off itself is excluded. */
const lastDay = (until: Date) => day(new Date(until.getTime() - 1))

export async function annualHtml(
  draft: AnnualDraft,
  statusName: (status: string) => string,
): Promise<string> {
  const page = html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Dự thảo báo cáo năm ${draft.year} – ${draft.province.name}</title><style>${raw(ANNUAL_STYLE)}</style></head><body>${annualSheet(draft, statusName)}</body></html>`
  return String(await page)
}

/** The sheet alone, for a page that brings ANNUAL_STYLE along. It carries no style of its own: a strict policy shows it. */
export function annualSheet(draft: AnnualDraft, statusName: (status: string) => string): Html {
  return html`<article class="paper">${head(draft)}
<h1>BÁO CÁO</h1>
<p>Kết quả thực hiện kế hoạch nâng cao năng suất, chất lượng sản phẩm, hàng hoá năm ${draft.year}</p>
<p class="plain middle"><span class="rule"></span></p>
<p class="plain middle">Kính gửi: ${draft.duty?.to ?? BLANK}</p>
<p>Số liệu dưới đây do phần mềm đếm từ ngày ${day(draft.period.from)} đến hết ngày ${lastDay(draft.period.until)}, lập lúc ${day(draft.madeAt)}. Phần mềm chỉ điền số tự đếm được; chỗ ${BLANK} để cán bộ điền. Kế hoạch đối chiếu: ${draft.plan}.</p>
${draft.duty === null ? '' : duty(draft)}
<h2>I. Công tác chỉ đạo, triển khai</h2><p>${BLANK}</p>
<h2>II. Kết quả thực hiện</h2>
<h3>1. Thông tin, tuyên truyền</h3><p>${BLANK}</p>
<h3>2. Đào tạo, tập huấn</h3><p>Đã tổ chức ${draft.counts.classesHeld} lớp, ${draft.counts.attendances} lượt người có mặt theo điểm danh; ${draft.counts.noShows} chỗ đã nhận nhưng vắng.</p>
<h3>3. Hỗ trợ áp dụng hệ thống quản lý, công cụ</h3><p>Tiếp nhận ${draft.counts.registrations} đăng ký của ${draft.counts.enterprises} đơn vị. Theo trạng thái: ${draft.counts.byStatus.map(({ status, count }) => `${statusName(status)} ${count}`).join('; ') || 'không có'}.</p>
${['4. Truy xuất nguồn gốc, mã số mã vạch, GAP', '5. Tiêu chuẩn cơ sở, chứng nhận, thử nghiệm', '6. Giải thưởng Chất lượng Quốc gia', '7. Nhiệm vụ khoa học và công nghệ', '8. Kinh phí'].map((title) => html`<h3>${title}</h3><p>${BLANK}</p>`)}
<h2>III. Đánh giá</h2>
<h3>1. Thuận lợi</h3><p>${BLANK}</p>
<h3>2. Tồn tại, hạn chế, khó khăn do đơn vị nêu</h3>${obstacles(draft)}
<h3>3. Nguyên nhân</h3><p>${BLANK}</p>
<h2>IV. Phương hướng năm sau</h2>${needsTable(draft)}
<h2>V. Đề xuất, kiến nghị</h2><p>${BLANK}</p>
${signature()}
<h2 class="middle">Phụ lục I<br>Bảng chỉ tiêu</h2>${indicators(draft.indicators)}
<h2 class="middle">Phụ lục II<br>Danh sách đứng sau mỗi con số</h2>${behind(draft.indicators)}
</article>`
}

function head({ department, province }: AnnualDraft): Html {
  return html`<p class="plain"><span class="draft">DỰ THẢO</span></p><table class="head"><tr>
<td class="small">UBND TỈNH ${province.name.toLocaleUpperCase('vi')}<br><b>${department.toLocaleUpperCase('vi')}</b><br><span class="rule"></span><br>Số: ……/BC-SKHCN</td>
<td class="small"><b>CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b>Độc lập - Tự do - Hạnh phúc</b><br><span class="rule long"></span><br><i>…………, ngày …… tháng …… năm ……</i></td></tr></table>`
}

function duty({ duty: one }: AnnualDraft): Html {
  const due =
    one?.due?.day === undefined || one.due.month === undefined
      ? 'kế hoạch không ghi ngày'
      : `ngày ${one.due.day}/${one.due.month} hằng năm`
  return html`<p class="note">Hạn theo kế hoạch: ${due} (“${one?.quote ?? ''}”, ${one?.cite ?? ''}).${one?.doubt ? ` Lưu ý: ${one.doubt}` : ''}</p>`
}

function obstacles({ obstacles: voiced, questions }: AnnualDraft): Html {
  return html`${
    voiced.length === 0
      ? html`<p>${BLANK}</p>`
      : html`<p>Ghi nguyên lời đơn vị khi đăng ký:</p>${voiced.slice(0, 30).map(({ reference, text }) => html`<p>- “${text}” (hồ sơ ${reference})</p>`)}`
  }${
    questions.length === 0
      ? ''
      : html`<p>Câu được hỏi mà văn bản chưa có: ${questions
          .slice(0, 15)
          .map(({ topic, count }) => `“${topic}” (${count} lần)`)
          .join('; ')}.</p>`
  }`
}

function needsTable({ needs }: AnnualDraft): Html {
  if (needs.length === 0) return html`<p>${BLANK}</p>`
  return html`<p>Nhu cầu đã đăng ký trong kỳ (đếm theo đơn vị, không theo tin nhắn):</p><div class="wide" tabindex="0" role="region" aria-label="Bảng nhu cầu"><table class="data"><thead><tr><th scope="col">Nội dung</th><th scope="col">Xã, phường</th><th scope="col">Huyện cũ</th><th scope="col">Ngành</th><th scope="col">Quy mô</th><th scope="col">Mong muốn</th><th scope="col">Đơn vị</th><th scope="col">Người</th></tr></thead><tbody>
${needs.slice(0, 60).map((row) => html`<tr><td>${row.name}</td><td>${row.commune}</td><td>${row.district}</td><td>${row.sector}</td><td>${row.size}</td><td>${row.wishedFor}</td><td class="n">${row.enterprises}</td><td class="n">${row.trainees}</td></tr>`)}</tbody></table></div>`
}

function indicators(rows: readonly IndicatorRow[]): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="Bảng chỉ tiêu"><table class="data"><thead><tr><th scope="col">Chỉ tiêu</th><th scope="col">Kế hoạch</th><th scope="col">Thực hiện trong kỳ</th><th scope="col">Luỹ kế</th><th scope="col">Tỷ lệ %</th><th scope="col">Ghi chú</th></tr></thead><tbody>
${rows.map(
  (row) =>
    html`<tr><td>${row.label}</td><td>${row.planned}${row.computed ? html`<br><span class="note">(số tính thêm)</span>` : ''}</td><td class="n">${row.inPeriod?.count ?? BLANK}</td><td class="n">${row.total?.count ?? (row.inPeriod === null ? BLANK : '')}</td><td class="n">${row.percent === null ? (row.inPeriod === null ? BLANK : '') : row.percent.toLocaleString('vi-VN')}</td><td class="note">${row.notes.join(' ')} “${row.quote}” (${row.cite})${row.gap === null || row.gap === 0 ? '' : ` Còn thiếu ${row.gap.toLocaleString('vi-VN')}.`}</td></tr>`,
)}</tbody></table></div>`
}

function behind(rows: readonly IndicatorRow[]): Html {
  return html`${rows
    .filter(({ inPeriod }) => inPeriod !== null && inPeriod.behind.length > 0)
    .map(
      (row) =>
        html`<h3>${row.label}</h3>${row.inPeriod?.behind.slice(0, 300).map(({ label }) => html`<p>- ${label}</p>`) ?? ''}`,
    )}`
}

function signature(): Html {
  return html`<table class="head sign"><tr><td class="to"><b><i>Nơi nhận:</i></b><br>- Như trên;<br>- …………;<br>- Lưu: VT, …………</td><td><b>…………</b><br><br><br><br>…………</td></tr></table>`
}
