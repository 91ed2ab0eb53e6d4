import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Column, maskName, maskTail, safeText, writeCsv, writeXlsx } from '../../src/report/index.ts'

interface Row {
  name: string
  phone: string
  people: number
  day: Date
  agreed: boolean
}

const COLUMNS: Column<Row>[] = [
  { title: 'Tên', kind: 'text', value: ({ name }) => name, mask: maskName },
  { title: 'Điện thoại', kind: 'text', value: ({ phone }) => phone, mask: maskTail },
  { title: 'Số người', kind: 'number', value: ({ people }) => people },
  { title: 'Ngày', kind: 'date', value: ({ day }) => day },
  { title: 'Đồng ý', kind: 'yes_no', value: ({ agreed }) => agreed },
]
const row = (change: Partial<Row> = {}): Row => ({
  name: 'HTX Phước Hữu',
  phone: '0912345678',
  people: 3,
  day: new Date('2026-11-20T18:00:00Z'), // already the 21st in Việt Nam
  agreed: true,
  ...change,
})

/** Cells of a CSV file as a strict reader (RFC 4180) gives them. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let inside = false
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (inside) {
      if (char === '"' && text[at + 1] === '"') {
        cell += '"'
        at++
      } else if (char === '"') inside = false
      else cell += char
    } else if (char === '"') inside = true
    else if (char === ',' || char === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (char === '\n') rows.push([])
    } else if (char !== '\r') cell += char
  }
  return rows.slice(0, -1)
}

async function readXlsx(bytes: Uint8Array): Promise<ExcelJS.Worksheet> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(new Uint8Array(bytes).buffer)
  const [sheet] = book.worksheets
  if (sheet === undefined) throw new Error('no sheet')
  return sheet
}

const HOSTILE = [
  '=1+1',
  '=HYPERLINK("http://evil.example","x")',
  '+84912345678',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '  =1+1',
  '＝1+1',
  '＠SUM(1)',
  '\u200b=1+1',
  '"=1+1',
  '",=1+1,"',
  'a";=1+1',
  'x\r\n=1+1',
]

test.each(HOSTILE)('%j starts no formula, neither in CSV nor in XLSX', async (name) => {
  const csv = readCsv(await writeCsv(COLUMNS, [row({ name })], { masked: false }))
  expect(csv).toHaveLength(2)
  expect(csv[1]).toHaveLength(COLUMNS.length)
  expect(csv[1]?.[0]).not.toMatch(/^[\s\u200b]*[=+\-@＝＋－＠]|^[\t\r\n]/u)
  const sheet = await readXlsx(await writeXlsx(COLUMNS, [row({ name })], { masked: false }))
  const cell = sheet.getCell('A2')
  expect(cell.type).toBe(ExcelJS.ValueType.String)
  expect(cell.formula).toBeUndefined()
  expect(cell.numFmt).toBe('@')
  expect(cell.text).not.toMatch(/^[\s\u200b]*[=+\-@＝＋－＠]|^[\t\r\n]/u)
})

test('whatever anybody types stays in its own cell, and harmless text comes back unchanged', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...HOSTILE),
    fc.stringMatching(/^[A-Za-zÀ-ỹ0-9 ,;"]{1,30}$/),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (names) => {
      const csv = readCsv(
        await writeCsv(
          COLUMNS,
          names.map((name) => row({ name })),
          { masked: false },
        ),
      )
      expect(csv).toHaveLength(names.length + 1)
      for (const [index, name] of names.entries()) {
        const cell = csv[index + 1]?.[0] ?? ''
        expect(cell).not.toMatch(/^[=+\-@\t\r]/)
        if (
          /^[A-Za-zÀ-ỹ]/.test(name) &&
          !/[\u0000-\u001f]/.test(name) &&
          name.isWellFormed() &&
          !/[\ufffe\uffff]/.test(name)
        )
          expect(cell).toBe(name)
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('numbers, days and yes/no keep their type; the day is the one in Viet Nam', async () => {
  const sheet = await readXlsx(await writeXlsx(COLUMNS, [row({ people: -3 })], { masked: false }))
  expect(sheet.getCell('C2').value).toBe(-3)
  expect(sheet.getCell('D2').value).toEqual(new Date('2026-11-21T01:00:00Z'))
  expect(sheet.getCell('D2').numFmt).toBe('dd/mm/yyyy')
  expect(sheet.getCell('E2').value).toBe('Có')
  const csv = await writeCsv(COLUMNS, [row({ people: -3 })], { masked: false })
  expect(csv.startsWith('\ufeff"Tên",')).toBe(true)
  expect(csv).toContain('"HTX Phước Hữu","0912345678","-3","2026-11-21","Có"\r\n')
})

test('masked exports show no personal value in either format, full ones do', async () => {
  const rows = [row({ name: 'Nguyễn Văn An', phone: '0912345678' })]
  const masked = await writeCsv(COLUMNS, rows, { masked: true })
  expect(masked).toContain('"N. V. A.","*******678"')
  const sheet = await readXlsx(await writeXlsx(COLUMNS, rows, { masked: true }))
  expect([sheet.getCell('A2').value, sheet.getCell('B2').value]).toEqual(['N. V. A.', '*******678'])
  expect(await writeCsv(COLUMNS, rows, { masked: false })).toContain('"Nguyễn Văn An","0912345678"')
})

test('a value of another kind than its column is written as text, never as a formula object', async () => {
  const columns: Column<unknown>[] = [{ title: 'x', kind: 'number', value: () => '=cmd|1' }]
  const sheet = await readXlsx(await writeXlsx(columns, [{}], { masked: false }))
  expect(sheet.getCell('A2').value).toBe("'=cmd|1")
  expect(safeText('\u0000bình thường\u0008')).toBe('bình thường')
})
