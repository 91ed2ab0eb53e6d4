import { deflateRawSync } from 'node:zlib'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchAudit } from '../../src/audit/index.ts'
import { ingest } from '../../src/knowledge/index.ts'
import { refuseArchive } from '../../src/staff/documents/archive.ts'
import { changeValidity, kindOf, textOf, tidy } from '../../src/staff/documents/convert.ts'
import { staffApp } from '../../src/staff/index.ts'
import { groupQuestions } from '../../src/staff/pages/question-groups.ts'
import { type ContactCard, hoursText, isOpen } from '../../src/staff/settings/contacts.ts'
import { createSwitches } from '../../src/staff/settings/switches.ts'
import { testDatabase } from '../support/database.ts'
import { browser, tokenIn } from './console.ts'
import { consoleDeps } from './deps.ts'
import { account, PASSWORD, pretendSecondFactor } from './people.ts'
import { registration } from './registrations-seed.ts'

let db: Awaited<ReturnType<typeof testDatabase>>
let rooms: Awaited<ReturnType<typeof consoleDeps>>
let app: ReturnType<typeof staffApp>

beforeAll(async () => {
  db = await testDatabase()
  rooms = await consoleDeps(db)
  await ingest(db, new URL('../../knowledge', import.meta.url).pathname)
  app = staffApp(rooms.deps)
}, 60_000)
afterAll(async () => {
  await rooms.stop()
  await db.close()
})

async function officer(role: 'administrator' | 'reviewer' | 'viewer', provinces = ['ninh-thuan']) {
  const made = await account(db, role, provinces)
  const chrome = browser(app)
  await chrome.signIn(made.name, PASSWORD)
  await pretendSecondFactor(db, made.id, role === 'administrator')
  return { ...made, ...chrome }
}

/** A stored .docx-like archive of one part, packed as given. */
function archive(name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(claimed, 22)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(claimed, 24)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + name.length, 12)
  end.writeUInt32LE(local.length + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end])
}

async function upload(
  chrome: Awaited<ReturnType<typeof officer>>,
  name: string,
  bytes: Uint8Array,
  fields: Record<string, string> = {},
) {
  const body = new FormData()
  body.set('_token', tokenIn((await chrome.get('/staff/tri-thuc/moi')).text))
  body.set('province', 'ninh-thuan')
  for (const [key, value] of Object.entries(fields)) body.set(key, value)
  body.set('file', new File([new Uint8Array(bytes)], name))
  return await chrome.follow(await chrome.send('/staff/tri-thuc/moi', { method: 'POST', body }))
}

const HEAD = {
  id: 'thong-bao-2026',
  title: 'Thông báo nhận hồ sơ năm 2026',
  issuer: 'Sở Khoa học và Công nghệ',
  issuedOn: '2026-10-01',
  kind: 'notice',
}

describe('an uploaded document', () => {
  it('becomes a draft, is compared, tried, published and taken back, and serves at once', async () => {
    const lan = await officer('reviewer')
    const text =
      'I. THỜI HẠN\n\nHồ sơ hỗ trợ tư vấn nhận đến hết ngày 30/11/2026 tại Bộ phận Một cửa của Sở.\n'
    const draft = await upload(lan, 'thong-bao.txt', Buffer.from(text), HEAD)
    expect(draft.path).toBe('/staff/tri-thuc/thong-bao-2026/1')
    expect(draft.text).toContain('nhận đến hết ngày 30/11/2026')
    const tried = await lan.get(
      '/staff/tri-thuc/thong-bao-2026/1?q=h%E1%BA%A1n+n%E1%BB%99p+h%E1%BB%93+s%C6%A1',
    )
    expect(tried.text).toContain('Đoạn tìm thấy')
    const before = await lan.get('/staff/hoi-thu?q=Một+cửa+nhận+hồ+sơ+đến+ngày+nào&tinh=ninh-thuan')
    expect(before.text).not.toContain('30/11/2026')
    expect((await lan.post('/staff/tri-thuc/thong-bao-2026/1/cong-bo', {})).text).toContain(
      'Bản 1 đang được dùng',
    )
    const found = await rooms.deps.knowledge.search('hồ sơ nhận đến hết ngày nào', {
      provinces: ['ninh-thuan'],
      limit: 3,
    })
    expect(found.hits[0]?.unit.documentId).toBe('thong-bao-2026')
    const second = await upload(lan, 'thong-bao.txt', Buffer.from(text.replace('30/11', '15/12')), HEAD)
    expect(second.text).toMatch(/<ins>.*15\/12\/2026/s)
    expect(second.text).toMatch(/<del>.*30\/11\/2026/s)
    await lan.post('/staff/tri-thuc/thong-bao-2026/2/cong-bo', {})
    expect((await lan.post('/staff/tri-thuc/thong-bao-2026/quay-lai', {})).text).toContain(
      'Đã quay lại bản 1',
    )
    const changed = await lan.post('/staff/tri-thuc/thong-bao-2026/hieu-luc', {
      validFrom: '2026-10-01',
      validTo: '2026-12-31',
      supersededBy: 'ninh-thuan',
    })
    expect(changed.text).toContain('đến 31/12/2026 thay bởi ninh-thuan')
    expect((await lan.post('/staff/tri-thuc/thong-bao-2026/ngung', {})).text).toContain(
      'không dùng văn bản này nữa',
    )
    expect(await searchAudit(db, { action: 'knowledge.', subject: 'knowledge:thong-bao-2026' })).toHaveLength(
      7,
    )
  })

  it('is refused with the reason when it is no document, a bomb, or another province’s', async () => {
    const lan = await officer('reviewer')
    expect((await upload(lan, 'x.exe', Buffer.from('MZ…'), HEAD)).text).toContain('Chỉ nhận tệp')
    expect((await upload(lan, 'x.docx', Buffer.from('PK not a zip'), HEAD)).text).toContain('hỏng')
    expect((await upload(lan, 'x.pdf', Buffer.from('%PDF-1.7 nothing'), HEAD)).text).toContain(
      'Không đọc được',
    )
    const bomb = archive('word/document.xml', Buffer.alloc(80 * 1024 * 1024, 32), 100)
    expect(bomb.length).toBeLessThan(200_000)
    expect((await upload(lan, 'x.docx', bomb, HEAD)).text).toContain('quá lớn')
    const foreign =
      '---\nid: dong-thap\ntitle: "x"\nnumber: null\nissuer: "x"\ndate_issued: { year: 2026, month: 1, day: 1 }\nperiod: { start: 2026, end: null }\nprovince: { code: dong-thap, name: "Đồng Tháp" }\n---\n\n# x\n\nđoạn\n'
    expect((await upload(lan, 'x.md', Buffer.from(foreign))).status).toBe(422)
    expect((await upload(lan, 'x.md', Buffer.from(foreign), { province: 'dong-thap' })).status).toBe(404)
    const big = await upload(lan, 'x.md', Buffer.alloc(13 * 1024 * 1024, 97), HEAD)
    expect(big.status).toBe(413)
  })

  it('is read by what it is, not by what it is called', async () => {
    expect(kindOf('a.md', Buffer.from('%PDF-1.4'))).toBe('pdf')
    expect(kindOf('a.pdf', Buffer.from('PK\u0003\u0004'))).toBeNull()
    expect(refuseArchive(archive('a', Buffer.from('xin chào')))).toBeNull()
    expect(refuseArchive(Buffer.from('PK'))).toBe('not_an_archive')
    expect(await textOf('a.txt', Buffer.from([0xff, 0xfe, 0x41]))).toEqual({ refused: 'unreadable' })
    expect(tidy('I. MỤC TIÊU\n– một\n1. Chung\nđoạn')).toBe('## I. MỤC TIÊU\n\n- một\n\n### 1. Chung\n\nđoạn')
    expect(
      changeValidity('---\nid: a\nvalid_to: null\n---\n\n# A\n\nvalid_to: 1\n', {
        validFrom: null,
        validTo: '2026-12-31',
        supersededBy: 'b',
      }),
    ).toBe(
      '---\nid: a\nvalid_from: null\nvalid_to: "2026-12-31"\nsuperseded_by: "b"\n---\n\n# A\n\nvalid_to: 1\n',
    )
  })
})

describe('questions nobody could answer', () => {
  const at = new Date()
  const asked = (id: string, question: string, province = 'ninh-thuan') => ({
    id,
    question,
    province,
    askedAt: at,
  })

  it('are grouped by likeness within a province', () => {
    const groups = groupQuestions([
      asked('1', 'Mỗi doanh nghiệp được hỗ trợ tối đa bao nhiêu tiền?'),
      asked('2', 'hạn nộp hồ sơ năm nay là ngày nào'),
      asked('3', 'ho tro toi da bao nhieu tien moi doanh nghiep'),
      asked('4', 'hạn nộp hồ sơ là ngày nào ạ', 'dong-thap'),
    ])
    expect(groups.map(({ questions }) => questions.map(({ id }) => id))).toEqual([['1', '3'], ['2'], ['4']])
  })

  it('are closed together by one answer, which serves at once', async () => {
    const lan = await officer('reviewer')
    const ids = [crypto.randomUUID(), crypto.randomUUID()]
    for (const id of ids) {
      await db.query(
        `insert into unanswered_question (answer_id, conversation_id, province, reason, question) values ($1, 'c', 'ninh-thuan', 'lacking', 'Nộp hồ sơ ở quầy số mấy?')`,
        [id],
      )
    }
    expect((await lan.get('/staff/cau-hoi')).text).toContain('2 lần hỏi')
    const done = await lan.post('/staff/cau-hoi/tra-loi', {
      id: ids,
      province: 'ninh-thuan',
      question: 'Nộp hồ sơ ở quầy số mấy?',
      answer: 'Quầy số 7, tầng trệt của Sở.',
      source: 'Sở KH&CN',
    })
    expect(done.text).toContain('Đóng 2 câu hỏi')
    const found = await rooms.deps.knowledge.search('nộp hồ sơ quầy số mấy', {
      provinces: ['ninh-thuan'],
      limit: 1,
    })
    expect(found.hits[0]?.unit.text).toContain('Quầy số 7')
    const other = await rooms.deps.knowledge.search('nộp hồ sơ quầy số mấy', {
      provinces: ['dong-thap'],
      limit: 5,
    })
    expect(other.hits.some(({ unit }) => unit.text.includes('Quầy số 7'))).toBe(false)
    expect((await lan.post('/staff/cau-hoi/dong', { id: ids })).status).toBe(404)
    expect(
      (
        await lan.post('/staff/cau-hoi/tra-loi', {
          id: ids,
          province: 'dong-thap',
          question: 'câu hỏi',
          answer: 'trả lời',
        })
      ).status,
    ).toBe(404)
  })
})

describe('an export', () => {
  it('is one row per registration, typed, safe against formulas in both formats, and logged', async () => {
    for (const [index, text] of [
      '=1+1',
      '+84',
      '-2',
      '@sum',
      '\t=x',
      '\r=x',
      '"><script>',
      '=HYPERLINK("http://evil")',
    ].entries()) {
      await registration(db, rooms.vault, {
        enterprise: text,
        contact: text,
        need: text,
        phone: `+8491200${1000 + index}`,
      })
    }
    const lan = await officer('reviewer')
    const csv = await (await lan.send('/staff/bao-cao/ho-so.csv')).text()
    for (const line of csv.split('\r\n').slice(1)) {
      for (const cell of line.split('","')) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/)
    }
    expect(csv).toContain(`"'=1+1"`)
    expect(csv).toContain('0912001000')
    const response = await lan.send('/staff/bao-cao/ho-so.xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(await response.arrayBuffer())
    const sheet = book.worksheets[0]
    expect(sheet?.rowCount).toBe(9)
    sheet?.eachRow((row) =>
      row.eachCell((cell) => {
        expect(cell.type).not.toBe(ExcelJS.ValueType.Formula)
        if (typeof cell.value === 'string') expect(cell.value).not.toMatch(/^[=+\-@\t\r]/)
      }),
    )
    expect(sheet?.getRow(2).getCell(2).value).toBeInstanceOf(Date)
    const viewer = await officer('viewer')
    const masked = await (await viewer.send('/staff/bao-cao/ho-so.csv')).text()
    expect(masked).not.toContain('0912001000')
    const logged = await searchAudit(db, { action: 'export.' })
    expect(logged.map(({ actor, detail }) => [actor, detail['masked'], detail['rows']])).toEqual([
      [viewer.id, true, 8],
      [lan.id, false, 8],
      [lan.id, false, 8],
    ])
    const other = await officer('reviewer', ['an-giang'])
    expect((await (await other.send('/staff/bao-cao/ho-so.csv')).text()).trim().split('\r\n')).toHaveLength(1)
  })

  it('of the audit is for administrators, and searchable', async () => {
    const chief = await officer('administrator')
    const page = await chrome(chief, '/staff/nhat-ky?viec=export.')
    expect(page.text).toContain('Xuất dữ liệu: hồ sơ, CSV')
    expect(
      (await (await chief.send('/staff/nhat-ky/xuat.csv?viec=export.')).text()).split('\r\n').length,
    ).toBeGreaterThan(3)
    const lan = await officer('reviewer')
    expect((await lan.get('/staff/nhat-ky')).status).toBe(403)
    expect((await lan.send('/staff/nhat-ky/xuat.csv')).status).toBe(403)
    await expect(db.query('delete from audit_log')).rejects.toThrow('append-only')
  })
})

async function chrome(who: Awaited<ReturnType<typeof officer>>, path: string) {
  return await who.get(path)
}

describe('a switch', () => {
  it('is thrown by an administrator with a reason, holds in every process within a minute, and goes back', async () => {
    const chief = await officer('administrator')
    let clock = 0
    const elsewhere = createSwitches(db, () => clock)
    expect(await elsewhere.isOff('signup', 'ninh-thuan')).toBeNull()
    expect(
      (
        await chief.post('/staff/cai-dat/bat-tat', {
          name: 'signup',
          province: 'ninh-thuan',
          off: 'co',
          reason: '',
        })
      ).text,
    ).toContain('cần lý do')
    const off = await chief.post('/staff/cai-dat/bat-tat', {
      name: 'signup',
      province: 'ninh-thuan',
      off: 'co',
      reason: 'Hết kinh phí năm',
    })
    expect(off.text).toContain('Bật lại')
    expect(await rooms.deps.switches.isOff('signup', 'ninh-thuan')).toBe('Hết kinh phí năm')
    expect(await rooms.deps.switches.isOff('signup', 'dong-thap')).toBeNull()
    clock = 60_000
    expect(await elsewhere.isOff('signup', 'ninh-thuan')).toBe('Hết kinh phí năm')
    expect(
      (await chief.post('/staff/cai-dat/bat-tat', { name: 'signup', province: '*', off: 'co', reason: 'x' }))
        .status,
    ).toBe(404)
    await chief.post('/staff/cai-dat/bat-tat', { name: 'signup', province: 'ninh-thuan', off: 'khong' })
    expect(await rooms.deps.switches.isOff('signup', 'ninh-thuan')).toBeNull()
    expect(await searchAudit(db, { action: 'switch.' })).toHaveLength(2)
    const lan = await officer('reviewer')
    expect(
      (
        await lan.post('/staff/cai-dat/bat-tat', {
          name: 'signup',
          province: 'ninh-thuan',
          off: 'co',
          reason: 'x',
        })
      ).status,
    ).toBe(403)
  })
})

describe('the language model', () => {
  it('is shown day by day to an administrator: what was used, what did not match its source, why calls failed', async () => {
    const add = async (province: string, outcome: string, verdict: string | null, tokens: number) =>
      await db.query(
        `insert into model_call (purpose, province, model, input_tokens, output_tokens, ms, outcome, verdict)
         values ('compose', $1, 'stand-in', $4, 0, 1200, $2, $3)`,
        [province, outcome, verdict, tokens],
      )
    await add('ninh-thuan', 'ok', 'verified', 400)
    await add('ninh-thuan', 'ok', 'refused', 300)
    await add('ninh-thuan', 'timeout', null, 0)
    await add('an-giang', 'http', null, 77_777)
    const { text } = await (await officer('administrator')).get('/staff/cai-dat/mo-hinh')
    expect(text).toContain('stand-in')
    expect(text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')).toMatch(
      /3 1 1 quá thời gian chờ: 1 700 1\.200 ms/,
    )
    expect(text).not.toContain('77.777')
    expect(text).not.toContain('từ chối')
    expect((await (await officer('reviewer')).get('/staff/cai-dat/mo-hinh')).status).toBe(403)
  })
})

describe('the contact card', () => {
  const card: ContactCard = {
    province: 'ninh-thuan',
    department: 'Sở',
    address: '',
    phone: '',
    email: '',
    openDays: [1, 2, 3, 4, 5],
    openMinute: 450,
    closeMinute: 1020,
    outOfHours: 'Mai gọi lại.',
  }

  it('knows when the department is open, by the clock of Việt Nam', () => {
    expect(hoursText(card)).toBe('thứ Hai đến thứ Sáu, 7:30–17:00')
    expect(hoursText({ ...card, openDays: [2, 6] })).toBe('thứ Ba, thứ Bảy, 7:30–17:00')
    expect(isOpen(card, new Date('2026-11-23T00:29:00Z'))).toBe(false)
    expect(isOpen(card, new Date('2026-11-23T00:30:00Z'))).toBe(true)
    expect(isOpen(card, new Date('2026-11-23T10:00:00Z'))).toBe(false)
    expect(isOpen(card, new Date('2026-11-22T03:00:00Z'))).toBe(false)
  })

  it('is filled in by an administrator and tells people the hours when it is closed', async () => {
    const chief = await officer('administrator')
    const fields = {
      department: 'Sở KH&CN',
      phone: '0259 3822 123',
      email: 'a@example.vn',
      address: '',
      day: ['1', '2', '3', '4', '5'],
      open: '07:30',
      close: '17:00',
      outOfHours: 'Mai gọi lại.',
    }
    expect(
      (await chief.post('/staff/cai-dat/lien-he/ninh-thuan', { ...fields, close: '07:00' })).status,
    ).toBe(422)
    expect((await chief.post('/staff/cai-dat/lien-he/ninh-thuan', fields)).text).toContain(
      'Đã lưu thẻ liên hệ',
    )
    expect((await chief.post('/staff/cai-dat/lien-he/dong-thap', fields)).status).toBe(404)
    expect(await rooms.deps.contacts.closedNow('ninh-thuan', new Date('2026-11-22T03:00:00Z'))).toBe(
      'thứ Hai đến thứ Sáu, 7:30–17:00. Mai gọi lại.',
    )
    expect(await rooms.deps.contacts.closedNow('ninh-thuan', new Date('2026-11-23T03:00:00Z'))).toBeNull()
    expect(await rooms.deps.contacts.closedNow(null, new Date())).toBeNull()
  })
})

describe('bodies that are called otherwise today', () => {
  it('carry the department’s own note, per province, and none when it is emptied', async () => {
    const lan = await officer('administrator')
    expect((await lan.get('/staff/cai-dat/co-quan')).text).toContain(
      'Sở Kế hoạch và Đầu tư nay là Sở Tài chính.',
    )
    const save = async (note: string) =>
      await lan.post('/staff/cai-dat/co-quan', { province: 'ninh-thuan', body: 'planning', note })
    expect((await save('Nay là Sở Tài chính tỉnh Khánh Hòa.')).text).toContain('Do đơn vị sửa.')
    const { notes } = rooms.deps.organisations
    expect((await notes.of('ninh-thuan')).get('planning')).toBe('Nay là Sở Tài chính tỉnh Khánh Hòa.')
    expect((await notes.of('dong-thap')).get('planning')).toBeUndefined()
    await save('')
    expect((await notes.of('ninh-thuan')).get('planning')).toBe('')
    await save('Sở Kế hoạch và Đầu tư nay là Sở Tài chính.')
    expect((await notes.of('ninh-thuan')).has('planning')).toBe(false)
  })

  it('cannot be written for another province', async () => {
    const lan = await officer('administrator')
    const answer = await lan.post('/staff/cai-dat/co-quan', {
      province: 'dong-thap',
      body: 'planning',
      note: 'x',
    })
    expect(answer.status).toBe(404)
  })
})
