/**
 * One line of CSV (RFC 4180) that a spreadsheet reads as text: a leading = + - @ tab or CR would be taken for a
 * formula, so such values get an apostrophe in front (OWASP, CSV Injection).
 */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvValue).join(',')}\r\n`
}

function csvValue(value: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
