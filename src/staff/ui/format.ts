/** How values are shown to officers. Pure: the clock comes in as an argument. */

const ZONE = 'Asia/Ho_Chi_Minh'
const dateTimeFormat = new Intl.DateTimeFormat('vi-VN', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const dateFormat = new Intl.DateTimeFormat('vi-VN', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
})
const numberFormat = new Intl.NumberFormat('vi-VN')

/** "08:15 22/11/2026", at Vietnam's clock. */
export function dateTime(at: Date): string {
  const part = Object.fromEntries(dateTimeFormat.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part['hour']}:${part['minute']} ${part['day']}/${part['month']}/${part['year']}`
}

/** "22/11/2026" */
export function day(at: Date): string {
  return dateFormat.format(at)
}

/** "2026-11-22T08:15", what an <input type="datetime-local"> holds, at Vietnam's clock. */
export function inputDateTime(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 16)
}

/** Reads an <input type="datetime-local"> or "date" as Vietnam's clock (UTC+7 all year). Null: not a time. */
export function parseInputDateTime(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)) return null
  const at = new Date(`${text.length === 10 ? `${text}T00:00` : text}:00+07:00`)
  return Number.isNaN(at.getTime()) ? null : at
}

export function count(value: number): string {
  return numberFormat.format(value)
}

/** "vừa xong", "5 phút", "3 giờ", "2 ngày": how long something has lasted. */
export function lasting(from: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - from.getTime()) / 60_000)
  if (minutes < 1) return 'vừa xong'
  if (minutes < 60) return `${minutes} phút`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} giờ`
  return `${count(Math.floor(minutes / 1440))} ngày`
}

/** "5 phút trước" */
export function ago(from: Date, now: Date): string {
  const text = lasting(from, now)
  return text === 'vừa xong' ? text : `${text} trước`
}

/** "Nguyễn V. •••": the family name stays. */
export function maskName(name: string): string {
  const words = name.trim().split(/\s+/)
  return words.length < 2 ? `${name.slice(0, 1)}•••` : `${words[0]} •••`
}
