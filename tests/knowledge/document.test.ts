import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  citeSection,
  documentLabel,
  type FrontMatter,
  type PlanDocument,
  parsePlan,
} from '../../src/knowledge/document.ts'

const read = (file: string): string =>
  readFileSync(new URL(`../../knowledge/plans/${file}`, import.meta.url), 'utf8')

function planOf(file: string, source = read(file)): PlanDocument {
  const plan = parsePlan(file, source)
  if ('reason' in plan) throw new Error(plan.reason)
  return plan
}

describe('cutting a plan', () => {
  it('keeps every block verbatim with its heading path', () => {
    const source = read('dong-thap.md')
    const plan = planOf('dong-thap.md')
    for (const block of plan.blocks) expect(source.includes(block.text)).toBe(true)
    const award = plan.blocks.find((block) => block.text.includes('giải vàng'))
    expect(award?.section.at(-1)).toBe('Mục tiêu cụ thể giai đoạn 2021 - 2025')
    expect(award?.section[0]).toBe('II. NỘI DUNG KẾ HOẠCH')
    expect(award?.kind).toBe('item')
  })

  it('loses no text between the headings', () => {
    const source = read('ninh-thuan.md')
    const body = source.slice(source.indexOf('\n# '))
    const words = (text: string) =>
      text
        .replace(/^#.*$/gm, '')
        .replace(/^[-*] /gm, '')
        .split(/\s+/)
        .filter(Boolean)
    const plan = planOf('ninh-thuan.md')
    expect(plan.blocks.flatMap((block) => words(block.text))).toEqual(words(body))
  })

  it('names the line of each block', () => {
    const lines = read('ninh-thuan.md').split('\n')
    for (const block of planOf('ninh-thuan.md').blocks)
      expect(lines[block.line - 1]).toContain(block.text.slice(0, 30))
  })
})

describe('a malformed document', () => {
  const good = read('ninh-thuan.md')
  it.each([
    ['no front matter', 'Xin chào', 1, /front matter/],
    ['front matter left open', '---\nid: a\n', 1, /not closed/],
    ['broken YAML', good.replace('issuer: "', 'issuer: ""'), 5, /YAML/],
    ['a missing field', good.replace(/^signer.*$/gm, '').replace(/^issuer:.*$/m, ''), null, /issuer/],
    ['an impossible month', good.replace('month: 9', 'month: 13'), 8, /month/],
    ['a control character', good.replace('Đưa năng suất', 'Đưa\u0007 năng suất'), 30, /control character/],
    ['nothing but a head', good.slice(0, good.indexOf('\n# ')), null, /no text/],
  ])('is refused with file, line and reason: %s', (_, source, line, reason) => {
    const refused = parsePlan('plans/x.md', source)
    if (!('reason' in refused)) throw new Error('taken in')
    expect(refused.file).toBe('plans/x.md')
    expect(refused.reason).toMatch(reason)
    if (line !== null) expect(Math.abs(refused.line - line)).toBeLessThanOrEqual(2)
  })
})

describe('labels', () => {
  it('name the documents as the citations do', () => {
    expect(documentLabel(planOf('ninh-thuan.md').front)).toBe(
      'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận',
    )
    expect(documentLabel(planOf('dong-thap.md').front)).toBe(
      'Kế hoạch của UBND tỉnh Đồng Tháp, 2021 (bản gốc không ghi số)',
    )
  })

  it('never make up a number or a day', () => {
    const front: FrontMatter = {
      ...planOf('dong-thap.md').front,
      date_issued: { year: 2021, month: null, day: null },
    }
    expect(documentLabel(front)).not.toMatch(/ngày|KH-UBND/)
  })

  it.each([
    [['II. NỘI DUNG KẾ HOẠCH', '2.3. Nhiệm vụ', '2.3.3. Hỗ trợ doanh nghiệp'], 'Mục 2.3.3'],
    [['Tổ chức thực hiện', '1. Sở Khoa học và Công nghệ'], 'Mục 1 – Tổ chức thực hiện'],
    [['Mục tiêu', '2. Mục tiêu cụ thể', 'Đến năm 2030'], 'Mục 2 – Mục tiêu, đến năm 2030'],
    [['I. CĂN CỨ'], 'Phần I'],
    [[], 'Phần mở đầu'],
  ])('name a section %j', (section, cite) => {
    expect(citeSection(section)).toBe(cite)
  })
})
