import { fileURLToPath } from 'node:url'

/** What a confirmation of attendance states: facts of the check-in list, nothing else. */
export interface Certificate {
  name: string
  title: string
  /** Days attended, YYYY-MM-DD, in order. */
  days: readonly string[]
  attended: number
  sessions: number
  issuer: string
  /** To find the entry in the list again. */
  number: string
  at: Date
}

const font = (name: string) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))
const REGULAR = font('DejaVuSerif')
const BOLD = font('DejaVuSerif-Bold')
const ITALIC = font('DejaVuSerif-Italic')

/**
 * A4 landscape, embedded fonts with all Vietnamese letters. It says itself that it bears no signature and no seal:
 * a machine must not imitate either (Decree 30/2020/NĐ-CP, annex I).
 */
export async function certificatePdf(facts: Certificate): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit') // 0.1 s that no start should pay
  const document = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margins: { top: 60, bottom: 40, left: 70, right: 70 },
    info: {
      Title: 'Giấy xác nhận tham dự',
      Author: facts.issuer,
      CreationDate: facts.at,
      ModDate: facts.at,
    },
    lang: 'vi-VN',
  })
  const parts: Uint8Array[] = []
  document.on('data', (part: Uint8Array) => parts.push(part))
  const done = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  const center = { align: 'center' } as const
  document.font(BOLD).fontSize(14).text(facts.issuer.toLocaleUpperCase('vi'), center).moveDown(2)
  document.fontSize(24).text('GIẤY XÁC NHẬN THAM DỰ', center).moveDown(1.2)
  document.font(REGULAR).fontSize(14).text('Xác nhận Ông/Bà:', center).moveDown(0.4)
  document.font(BOLD).fontSize(20).text(oneLine(facts.name, 120), center).moveDown(0.6)
  document.font(REGULAR).fontSize(14).text('đã tham dự lớp:', center).moveDown(0.4)
  document.font(BOLD).fontSize(16).text(oneLine(facts.title, 300), center).moveDown(0.8)
  document
    .font(REGULAR)
    .fontSize(13)
    .text(`Số buổi có mặt: ${facts.attended}/${facts.sessions}`, center)
    .text(`Ngày có mặt: ${dayList(facts.days)}`, center)
    .moveDown(2)
  document
    .font(ITALIC)
    .fontSize(10)
    .text(
      `Số tra cứu: ${facts.number}. Phần mềm lập ngày ${shown(facts.at)} từ danh sách điểm danh. Bản này không có chữ ký, không có con dấu và không thay cho chứng chỉ, chứng nhận do cơ quan có thẩm quyền cấp.`,
      center,
    )
  document.end()
  await done
  return Buffer.concat(parts)
}

function oneLine(text: string, length: number): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return clean.length <= length ? clean : `${clean.slice(0, length - 1)}…`
}

function dayList(days: readonly string[]): string {
  const list = days.map((day) => day.split('-').reverse().join('/'))
  return list.length <= 12
    ? list.join(', ')
    : `${list.slice(0, 12).join(', ')} và ${list.length - 12} ngày khác`
}

function shown(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000)
  return `${local.getUTCDate()}/${local.getUTCMonth() + 1}/${local.getUTCFullYear()}`
}
