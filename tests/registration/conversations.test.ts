import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutboundMessage } from '../../src/channel/message.ts'
import type { Database } from '../../src/database/index.ts'
import { paginate, readable } from '../../src/privacy/holding.ts'
import * as dataTexts from '../../src/privacy/texts.ts'
import * as classTexts from '../../src/programme/texts.ts'
import { registrationHolding } from '../../src/registration/holding.ts'
import {
  actorOf,
  changeState,
  type FieldKey,
  list,
  STATE_NAMES,
  type State,
} from '../../src/registration/index.ts'
import { classInput } from '../programme/support.ts'
import { testDatabase } from '../support/database.ts'
import { AT, CONSENTS, type Person, person, signUp, vault, type World, world } from './support.ts'

/**
 * Every conversation about a registration, as people see it, written to docs/conversations.md. The file is compared
 * with what the code says now; `UPDATE_DOCS=1 npx vitest run tests/registration/conversations.test.ts` writes it anew.
 */
const FILE = fileURLToPath(new URL('../../docs/conversations.md', import.meta.url))
const CLASS = {
  id: '7b0f3e0e-0000-4000-8000-000000000001',
  title: 'Lớp 5S cơ bản cho HTX',
  support: 'training_class',
  startsAt: new Date('2026-12-08T01:00:00Z'),
  place: 'Phan Rang',
  seatsLeft: 12,
}

let db: Database
let page = ''
const names = new Map<string, string>()

beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

/** References are drawn at random; the page shows the first as K3M7PQRT, the second as K3M7PQRW, … */
function steady(text: string): string {
  return text.replace(
    /(?<=[Mm]ã: |[Mm]ã |Hồ sơ |hồ sơ |Xem |See |• |đăng ký |Reference: |Registration |: )[34679ACDEFGHJKMNPQRTWXY]{8}(?=[\s.,:(–`\]]|$)/gm,
    (found) => {
      const known =
        names.get(found) ??
        `K3M7PQ${'ACDEFGHJKMNPRTWXY'[names.size % 17]}${'346799ACDEFGHJ'[Math.floor(names.size / 17)]}`
      names.set(found, known)
      return known
    },
  )
}

class Scene {
  w: World
  who: Person
  form: unknown = null
  kept: unknown = null
  replies: OutboundMessage[] = []
  now = AT

  constructor(title: string, about: string, who: Person = person(), w: World = world(db)) {
    this.w = w
    this.who = who
    page += `\n## ${title}\n\n${about}\n`
  }

  private says(line: string): void {
    page += `\n**👤** ${steady(line).replaceAll('\n', '  \n')}\n`
  }

  private hears(replies: readonly OutboundMessage[]): void {
    this.replies = [...replies]
    for (const { text, actions } of replies) {
      expect(text.length).toBeLessThanOrEqual(2_000)
      expect(actions.length).toBeLessThanOrEqual(5)
      const buttons =
        actions.length > 0 ? `\n>\n> ${actions.map(({ label }) => `\`${label}\``).join(' ')}` : ''
      page += `\n> ${steady(text + buttons)
        .replaceAll('\n', '  \n> ')
        .replaceAll('> > ', '> ')}\n`
    }
  }

  note(text: string): this {
    page += `\n*${text}*\n`
    return this
  }

  async open(text: string, support: string | null, classId: string | null = null): Promise<this> {
    this.says(text)
    const step = await this.w.registrations.signUps.open({ support, classId, text }, this.who, this.now)
    this.form = step.form
    this.hears([step.reply])
    return this
  }

  async say(...lines: readonly string[]): Promise<this> {
    for (const line of lines) {
      this.now = new Date(this.now.getTime() + 60_000)
      this.says(line)
      const label = /^\[(.+)\]$/.exec(line)?.[1]
      const send = label ? this.code(label) : null
      const reg = /^#reg:(\w+):(\w+)$/.exec(send ?? '')
      if (reg) await this.press(reg[1] ?? '', reg[2] ?? '')
      else await this.step(label ?? line, send)
    }
    return this
  }

  private code(label: string): string {
    const found = this.replies.flatMap(({ actions }) => actions).find((action) => action.label === label)
    if (!found) throw new Error(`no button “${label}”`)
    return found.send
  }

  private async press(reference: string, verb: string): Promise<void> {
    const done = await db.inTransaction((tx) =>
      this.w.registrations.signUps.press(tx, { reference, verb }, this.who, this.now),
    )
    this.form = done.form ?? this.form
    this.hears(done.replies)
  }

  private async step(text: string, send: string | null): Promise<void> {
    const { signUps } = this.w.registrations
    const step = await signUps.step(
      this.form,
      { text, send, looksLikeQuestion: text.endsWith('?') },
      this.who,
      this.now,
    )
    this.form = step.form
    if (step.effect.kind === 'cancelled') this.kept = step.effect.kept
    if (step.effect.kind === 'question')
      page += '\n> (câu trả lời từ kế hoạch, kèm nguồn; rồi phiếu đi tiếp)\n'
    if (step.effect.kind !== 'submit') return this.hears([step.reply])
    const { draft } = step.effect
    const done = await db.inTransaction((tx) => signUps.submit(tx, draft, this.who, this.now))
    this.form = done.form
    this.hears(done.replies)
  }

  async resume(days = 0): Promise<this> {
    this.says('tiếp tục')
    this.now = new Date(this.now.getTime() + days * 86_400_000)
    const step = await this.w.registrations.signUps.resume(this.kept, this.who, this.now)
    this.form = step.form
    this.hears([step.reply])
    return this
  }

  async own(line = 'hồ sơ của tôi'): Promise<this> {
    this.says(line)
    this.hears(await this.w.registrations.signUps.own(this.who))
    return this
  }

  async decide(
    reference: string,
    to: State,
    reason: string | null,
    requested: FieldKey[] = [],
  ): Promise<this> {
    const { w } = this
    const said = w.said.length
    const found = await db.asOfficer('*', (tx) => list(tx, { text: reference }, {}, vault))
    const row = found.rows[0]
    if (!row) throw new Error('not found')
    const outbox = {
      say: (_: unknown, to_: unknown, message: OutboundMessage) => {
        w.said.push({ to: to_, message, cause: '' } as never)
        return Promise.resolve('1')
      },
    }
    await db.asOfficer('*', (tx) =>
      changeState(
        { vault, outbox, releaseSeats: null },
        tx,
        {
          id: row.id,
          expectedVersion: row.version,
          to,
          actor: actorOf({ id: 'mai', name: 'Chị Mai' }),
          reason,
          message: null,
          requested,
        },
        this.now,
      ),
    )
    page += `\n*Cán bộ Sở chọn “${STATE_NAMES[to].vi}”${reason ? `, lý do: ${reason}` : ''}. Người đăng ký nhận:*\n`
    this.hears(w.said.slice(said).map(({ message }) => message))
    return this
  }
}

describe('the conversations shown in docs/conversations.md', () => {
  it('of signing up', async () => {
    const short = await new Scene(
      'Đăng ký quan tâm',
      'Đường ngắn nhất: bốn câu hỏi, đồng ý, xem lại, gửi.',
    ).open('tôi muốn làm VietGAP', 'gap')
    await short.say(
      'HTX Phước Hữu',
      'Lê Văn Huy',
      '0912 345 678',
      'xã Phước Hữu',
      '[Tôi đồng ý]',
      '[Gửi đăng ký]',
    )
    const much = await new Scene('Nhiều thông tin trong một tin nhắn', 'Chưa biết tỉnh, chưa nói nội dung.', {
      ...person(),
      province: null,
    }).open('đăng ký', null)
    await much.say(
      'HTX Nho Thái An, 0987 654 321, muốn làm VietGAP nho',
      '[Ninh Thuận]',
      'Nguyễn Thị Hoa',
      'thị trấn Khánh Hải',
      'tôi đồng ý',
      'gửi',
    )
    const award = await new Scene(
      'Giải thưởng Chất lượng Quốc gia',
      'Chỉ ghi nhận quan tâm.',
      person('dong-thap'),
    ).open('đăng ký giải thưởng chất lượng quốc gia', 'national_quality_award')
    await award.say(
      'Công ty TNHH Sản xuất, Thương mại Sen Vàng',
      'Trần Văn Bình',
      '0909 111 222',
      'Sa Đéc',
      'đồng ý',
      'gửi',
    )
    await new Scene('Nội dung không nhận đăng ký', 'Ví dụ: kiểm định, hiệu chuẩn.').open(
      'đăng ký hiệu chuẩn cân',
      'testing_calibration',
    )
  })

  it('of joining a class', async () => {
    const enrol = () =>
      Promise.resolve({
        message: {
          text: '(lời của lớp học: đã giữ chỗ, mã QR, hoặc số thứ tự trong danh sách chờ)',
          citations: [],
          actions: [],
        },
      })
    const w = world(db, { classes: () => Promise.resolve([CLASS]), enrol })
    const scene = await new Scene('Ghi danh lớp học', 'Có lớp đang mở; nhóm 3 người.', person(), w).open(
      'cho em đăng ký lớp 5S',
      'training_class',
    )
    await scene.say(
      '[Lớp 5S cơ bản cho HTX]',
      'HTX Muối Cà Ná',
      '3 người',
      'Phạm Thị Lan',
      '0977 888 999',
      'Cà Ná',
      'đồng ý',
      'gửi',
    )
    const none = await new Scene('Ghi danh khi chưa có lớp', 'Ghi nhận nhu cầu.').open(
      'ghi danh học chuyên gia năng suất',
      'productivity_expert_course',
    )
    await none.say('huỷ')
  })

  it('of asking, correcting, going back, stopping and going on', async () => {
    const scene = await new Scene(
      'Hỏi giữa chừng, sửa, quay lại, dừng, làm tiếp',
      'Không mục nào đã nhập bị mất.',
    ).open('đăng ký 5S', '5s')
    await scene.say(
      'Cơ sở bánh tráng Minh Tâm',
      'có mất phí không?',
      'Huy',
      '[Tên là Huy]',
      'quay lại',
      'giữ nguyên',
      'Lê Văn Huy',
      '0912 345 67',
      '0168 123 4567',
      '[0381 234 567]',
      'sửa số điện thoại',
      '0912 345 678',
      'xem lại',
      'bỏ qua',
      'thôi',
    )
    await scene.resume()
    await scene.say(
      'bắt đầu lại',
      '[Giữ lại]',
      'Phước Dân',
      '[Sửa]',
      '[Tên cơ sở]',
      'Hộ kinh doanh Minh Tâm',
      'ok',
      'đồng ý',
      'gửi',
    )
    const late = await new Scene('Sau 30 ngày', 'Bản dở dang tự xoá.').open('đăng ký 5S', '5s')
    await late.say('HTX Để Lâu', 'huỷ')
    await late.resume(31)
  })

  it('of wrong input, places and refusing', async () => {
    const scene = await new Scene('Nhập sai', 'Nêu lý do và ví dụ.', person('dong-thap')).open(
      'đăng ký ISO 9001',
      'iso_9001',
    )
    await scene.say(
      '👍',
      'An Bình',
      'công ty',
      '12345',
      'Trần Thị Mai',
      'không nhớ',
      '0123 456 789',
      '1900 1234',
      '0939 123 456',
      'Xyz Abc',
      'tan thanh',
      'quay lại',
      '0939 123 457',
      'phường Mỹ Tho',
      'Phường 1',
      'Phường 1, Sa Đéc',
      'không đồng ý',
      '[Xoá thông tin vừa nhập]',
    )
    const stale = await new Scene('Nút cũ', 'Bấm lại nút của câu trước.').open('đăng ký', null)
    const old = stale.replies
    await stale.say('5S')
    stale.replies = old
    await stale.say('[ISO 9001 – hệ thống quản lý chất lượng]')
  })

  it('of life after signing up', async () => {
    const scene = new Scene('Sau khi đăng ký', 'Xem, sửa, được yêu cầu bổ sung, được duyệt, hoàn thành.')
    const reference = await signUp(scene.w, db, scene.who, 'HTX Táo Xanh')
    await scene.own()
    await scene.say('[Sửa]', '[Điện thoại]', '0977 111 222', '[Lưu thay đổi]')
    await scene.decide(reference, 'reviewing', null)
    await scene.decide(reference, 'needs_more', 'chưa có mã số thuế và e-mail', ['tax_code', 'email'])
    await scene.say('[Bổ sung]', '0100109107', 'tao xanh at mail', 'taoxanh@example.vn', 'gửi')
    await scene.decide(reference, 'waitlisted', null)
    await scene.decide(reference, 'approved', null)
    await scene.decide(reference, 'completed', null)
    await scene.own()
    const declined = new Scene('Từ chối', 'Luôn kèm lý do.')
    await declined.decide(
      await signUp(declined.w, db, declined.who, 'HTX Mía'),
      'declined',
      'nội dung không thuộc kế hoạch của tỉnh',
    )
    const cancel = new Scene('Tự huỷ', 'Hỏi lại một lần.')
    await signUp(cancel.w, db, cancel.who, 'HTX Tỏi')
    await signUp(cancel.w, db, cancel.who, 'HTX Tỏi', 'barcode', '0912 345 678', new Date(AT.getTime() + 1))
    await cancel.own()
    const see = cancel.replies[0]?.actions[0]?.label ?? ''
    await cancel.say(`[${see}]`, '[Huỷ đăng ký]', '[Đúng, huỷ]')
  })

  it('of duplicates, the self-assessment, two channels and English', async () => {
    const twice = await new Scene(
      'Đăng ký trùng',
      'Của chính mình: hiện hồ sơ cũ, phần khác biệt được đưa vào để lưu.',
    ).open('đăng ký VietGAP', 'gap')
    await signUp(twice.w, db, twice.who, 'HTX Nha Đam', 'gap', '0912 345 678', new Date(AT.getTime() + 1))
    await twice.say(
      'hợp tác xã nha đam',
      'Lê Văn Huy',
      '0966 777 888',
      'xã Phước Hữu',
      'đồng ý',
      'gửi',
      '[Lưu thay đổi]',
    )
    const other = await new Scene(
      'Người khác đã đăng ký cho cơ sở này',
      'Không lộ thông tin của người kia.',
    ).open('đăng ký VietGAP', 'gap')
    await other.say('HTX Nha Đam', 'Võ Thị Sáu', '0944 555 666', 'xã Phước Hữu', 'đồng ý', 'gửi')
    await other.say(
      '[Làm khảo sát 5 phút]',
      'đồng ý',
      'VietGAP, hết hạn 6/2027',
      'không có',
      '[Nông, lâm, thuỷ sản, công nghiệp, xây dựng]',
      '12',
      '[Trên 3 đến 10 tỷ]',
      'bỏ qua',
      'nha đam tươi',
      'siêu thị, xuất khẩu',
      'thiếu kho lạnh',
      '[Gửi khảo sát]',
    )
    const english = await new Scene('English', 'The same form in English.', {
      ...person('dong-thap'),
      language: 'en',
    }).open('sign up for ISO 14001', 'iso_14001')
    await english.say(
      'Mekong Fruit Co',
      'John Smith',
      '+1 202 555 0123',
      'is there a fee?',
      'Cao Lanh',
      'ok',
      'I agree',
      'edit phone',
      '0912345678',
      'send',
    )
    const link = new Scene(
      'Liên kết hai kênh',
      'Mã hiện ở kênh này, gõ ở kênh kia. Người có mã mới xem được.',
    )
    const { links } = link.w.registrations
    const phone = person()
    const tell = (text: string) => {
      page += `\n> ${text.replace(/\d{8}/g, '12345678').replaceAll('\n', '  \n> ')}\n`
    }
    const issued = await db.inTransaction((tx) => links.issue(tx, link.who.id, 'vi', AT))
    const code = /: (\d{8})/.exec(issued.text)?.[1] ?? ''
    link.note('Kênh thứ nhất, gõ: liên kết')
    tell(issued.text)
    link.note('Kênh thứ hai, gõ: liên kết 00000000')
    tell((await db.inTransaction((tx) => links.redeem(tx, '00000000', phone.id, 'vi', AT))).text)
    link.note('Kênh thứ hai, gõ: liên kết 12345678')
    tell((await db.inTransaction((tx) => links.redeem(tx, code, phone.id, 'vi', AT))).text)
    await link.own()
  })

  it('of classes: a seat, the waiting list, an offer, reminders, the ways they end', async () => {
    const show = (note: string, ...messages: readonly OutboundMessage[]) => {
      page += `\n*${note}*\n`
      for (const { text, actions } of messages) {
        const buttons =
          actions.length > 0 ? `\n>\n> ${actions.map(({ label }) => `\`${label}\``).join(' ')}` : ''
        page += `\n> ${text.replaceAll('\n', '  \n> ')}${buttons}\n`
      }
    }
    page +=
      '\n## Lớp học: chỗ, danh sách chờ, lời mời, nhắc lịch\n\nMột lớp một chỗ; An ghi danh trước Bình.\n'
    const one: Parameters<typeof classTexts.seatedMessage>[0] = {
      ...classInput({ seats: 1 }),
      id: CLASS.id,
      link: null,
      state: 'open',
      free: 0,
      waiting: 1,
    } as never
    const enrolment = {
      id: CLASS.id,
      seats: 1,
      language: 'vi',
      offeredUntil: new Date('2026-11-23T02:00:00Z'),
    } as never
    show('An còn chỗ', classTexts.seatedMessage(one, enrolment, 'vi'))
    show('Lời kèm ảnh mã QR', { text: classTexts.ticketCaption(one, 1, 'vi'), citations: [], actions: [] })
    show('Bình vào danh sách chờ', classTexts.waitingMessage(one, enrolment, 1, 'vi'))
    show('An không đi được, bấm “Không tham gia”', classTexts.leftMessage(one, 'vi'))
    show('Bình được mời nhận chỗ', classTexts.offerMessage(one, enrolment, 'vi'))
    show('Bình không trả lời trong hạn', classTexts.offerExpiredMessage(one, 'vi'))
    show('Bình bấm nút cũ', classTexts.offerGoneMessage('vi'))
    const [session] = classInput().sessions
    if (session)
      show(
        'Nhắc lịch trước ba ngày và một ngày',
        classTexts.reminderMessage(one, enrolment, { ...session, id: CLASS.id }),
      )
    show('Lớp có thay đổi', classTexts.classChangedMessage(one, enrolment))
    show('Lớp bị huỷ', classTexts.classCancelledMessage(one, 'giảng viên bị ốm', 'vi'))
    show('Cán bộ huỷ chỗ', classTexts.removedMessage(one, 'đăng ký nhầm lớp', 'vi'))
    show(
      'Không ghi danh được',
      ...(['closed', 'over', 'too_many_seats', 'other_province'] as const).map((why) =>
        classTexts.refusalMessage(why, one, 'vi'),
      ),
    )

    page += '\n## Dữ liệu của tôi\n\nGõ /dulieu, /sua, /xoa, /rutdongy; hoặc nói bằng lời.\n'
    const receipt = { reference: 'YC-K3M7PQRT', answerBy: '2026-11-24', carryOutBy: '2026-12-11' }
    const w = world(db)
    const who = person()
    await signUp(w, db, who)
    const held = registrationHolding(vault, null)
    const lines = readable(
      { madeAt: AT.toISOString(), parts: { registration: await held.dataOf(db, [who.id]) } },
      dataTexts.WORDING,
      'vi',
    ).map((line) => line.replace(/(?<=Mã: )\w{8}/, 'K3M7PQRT'))
    show(
      '👤 /dulieu',
      ...dataTexts.dataPages(
        paginate([dataTexts.dataHeading('vi'), ...lines.map((l) => steady(l))], 1800),
        'vi',
      ),
    )
    show('👤 [Tải tệp JSON]', dataTexts.exportSent('vi'))
    show('👤 /sua', dataTexts.askCorrection('vi'))
    show('👤 Số điện thoại đúng là …', dataTexts.requestReceived(receipt, 'vi'))
    show('👤 /rutdongy', dataTexts.askWithdrawal(['registration', 'class_reminders'], 'vi'))
    show('👤 1', dataTexts.withdrawn(['registration'], receipt, 'vi'))
    show('👤 /rutdongy, khi không còn gì để rút', dataTexts.nothingToWithdraw('vi'))
    show('👤 /xoa', dataTexts.askErasure('k', 'vi'))
    show('👤 [Giữ lại]', dataTexts.kept('vi'))
    show('👤 [Xoá hết]', dataTexts.erasing('YC-K3M7PQRT', 'vi'))
    for (const outcome of ['answered', 'done', 'refused', 'extended'] as const) {
      const said = outcome === 'done' ? '' : 'đang chờ xác minh.'
      show(`Cán bộ: ${outcome}`, dataTexts.officerSays({ reference: 'YC-K3M7PQRT', outcome }, said, 'vi'))
    }
  })

  it('are the ones in the file', () => {
    const head = `# Những cuộc trò chuyện về đăng ký\n\nTrang này do \`tests/registration/conversations.test.ts\` viết ra từ mã đang chạy; đừng sửa tay.\nVăn bản xin đồng ý ở đây là bản thử (“${CONSENTS.registration.vi.slice(0, 40)}…”), bản dùng thật nằm ở \`src/privacy/consent-texts.ts\`.\n`
    const made = `${head}${page}`
    expect(made).not.toContain('hồ sơ đã nộp')
    if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(FILE, made)
    expect(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '').toBe(made)
  })
})
