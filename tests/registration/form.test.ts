import { describe, expect, it } from 'vitest'
import { readCommand, readConfirm, readConsent } from '../../src/registration/commands.ts'
import { staleFormReply, stepForm } from '../../src/registration/form.ts'
import type { FormState } from '../../src/registration/form-state.ts'
import type { Lookups } from '../../src/registration/lookups.ts'
import { openAmendment, openForm, openSurvey, resumeForm } from '../../src/registration/open-form.ts'
import type { FieldKey, Values } from '../../src/registration/values.ts'
import { AT, lookups } from './support.ts'

interface Run {
  form: FormState | null
  reply: string
  labels: string[]
  effect: string
  values: Record<string, string>
}

const ALL = lookups()

/** Plays lines against a form; [label] presses a button. The form travels as JSON between two lines. */
function play(
  lines: readonly string[],
  open: Partial<Parameters<typeof openForm>[0]> = {},
  known: Lookups = ALL,
): Run {
  let at = AT
  let step = openForm(
    { support: 'gap', province: 'ninh-thuan', language: 'vi', owner: 'c1', ...open },
    at,
    known,
  )
  for (const line of lines) {
    at = new Date(at.getTime() + 1_000)
    if (step.form === null) throw new Error(`no form any more at “${line}”`)
    const label = /^\[(.+)\]$/.exec(line)?.[1]
    const send = label ? step.reply.actions.find((action) => action.label === label)?.send : null
    if (label && !send)
      throw new Error(`no button “${label}”: ${step.reply.actions.map((one) => one.label).join(', ')}`)
    const stored = JSON.parse(JSON.stringify(step.form)) as FormState
    step = stepForm(
      stored,
      { text: label ?? line, send: send ?? null, looksLikeQuestion: line.endsWith('?') },
      at,
      known,
    )
  }
  return view(step)
}

function view(step: ReturnType<typeof openForm>): Run {
  const values =
    step.effect.kind === 'submit'
      ? step.effect.draft.values
      : step.effect.kind === 'cancelled'
        ? step.effect.kept.values
        : (step.form?.values ?? {})
  return {
    form: step.form,
    reply: step.reply.text,
    labels: step.reply.actions.map(({ label }) => label),
    effect: step.effect.kind,
    values: Object.fromEntries(Object.entries(values).map(([key, { label }]) => [key, label])),
  }
}

const FILLED = ['HTX Phước Hữu', 'Lê Văn Huy', '0912 345 678', 'xã Phước Hữu']

describe('the opening', () => {
  it('says what is needed and that consent is asked before anything is stored', () => {
    const { reply } = play([])
    for (const word of ['Đăng ký', 'tên cơ sở', 'số điện thoại', 'đồng ý']) expect(reply).toContain(word)
  })

  it('of the Award takes interest only, names the procedure and claims no filed dossier', () => {
    const { reply, form } = play([], { support: 'national_quality_award', province: 'dong-thap' })
    expect(form?.kind).toBe('interest')
    expect(reply).toContain('thủ tục hành chính riêng')
    expect(reply).not.toContain('hồ sơ đã nộp')
  })

  it('of a support without sign-up opens no form and offers an officer', () => {
    const { form, labels } = play([], { support: 'testing_calibration' })
    expect(form).toBeNull()
    expect(labels).toEqual(['Gặp cán bộ'])
  })

  it('takes over what the first message already tells', () => {
    const { values, form } = play([], {
      text: 'Đăng ký quan tâm GAP giúp tôi: HTX Nho Xanh, người liên hệ tên Hoa, số 0900000001',
    })
    expect(values).toMatchObject({ enterprise: 'HTX Nho Xanh', contact: 'Hoa', phone: '0900 000 001' })
    expect(form?.at).toBe('commune')
  })

  it('asks the province when it is unknown and infers nothing from silence', () => {
    const { form, labels } = play([], { province: null })
    expect(form?.at).toBe('province')
    expect(labels).toEqual(expect.arrayContaining(['Ninh Thuận', 'Đồng Tháp']))
  })

  it('of a class asks for the number of trainees, and offers the open classes', () => {
    const classes = [
      {
        id: '7b0f3e0e-0000-4000-8000-000000000001',
        title: 'Lớp 5S cơ bản',
        support: '5s',
        startsAt: AT,
        place: null,
        seatsLeft: 3,
      },
    ]
    const { labels, form } = play([], { support: 'training_class' }, lookups({ classes }))
    expect(form?.at).toBe('class')
    expect(labels).toContain('Lớp 5S cơ bản')
    const done = play(
      ['[Lớp 5S cơ bản]', 'HTX Phước Hữu', '2 người', ...FILLED.slice(1), 'đồng ý', 'gửi'],
      { support: 'training_class' },
      lookups({ classes }),
    )
    expect(done).toMatchObject({ effect: 'submit', values: { trainees: '2' } })
  })
})

describe('one message', () => {
  it.each<[string, Record<string, string>]>([
    [
      'HTX Phước Hữu, 0912 345 678, muốn làm VietGAP nho',
      { enterprise: 'HTX Phước Hữu', phone: '0912 345 678', need: 'muốn làm VietGAP nho' },
    ],
    [
      'cty tnhh an binh, lien he Nguyễn Thị Hoa, sdt 0912345678, phường Phan Rang',
      {
        enterprise: 'cty tnhh an binh',
        contact: 'Nguyễn Thị Hoa',
        phone: '0912 345 678',
        commune: 'Phường Phan Rang, tỉnh Khánh Hoà',
      },
    ],
    [
      'Công ty TNHH Sản xuất, Thương mại Sen Vàng',
      { enterprise: 'Công ty TNHH Sản xuất, Thương mại Sen Vàng' },
    ],
    [
      'HTX Phước Hữu ở xã Phước Hữu',
      { enterprise: 'HTX Phước Hữu', commune: 'Xã Phước Hữu, tỉnh Khánh Hoà' },
    ],
    [
      'HTX Phước Hữu\nNguyễn Văn An\n0912345678\nhtx@example.vn',
      {
        enterprise: 'HTX Phước Hữu',
        contact: 'Nguyễn Văn An',
        phone: '0912 345 678',
        email: 'htx@example.vn',
      },
    ],
    ['tôi ở HTX Nho Xanh, MST 0100109106', { enterprise: 'HTX Nho Xanh', tax_code: '0100109106' }],
  ])('“%s” gives all its values at once', (text, values) => {
    expect(play([text]).values).toMatchObject(values)
  })

  it('that gives a field its second, different value says so', () => {
    const { reply, values } = play(['HTX Phước Hữu', 'Lê Văn Huy', '0912 345 678', 'số mới 0987 654 321'])
    expect(values['phone']).toBe('0987 654 321')
    expect(reply).toContain('0912 345 678 → 0987 654 321')
  })

  it('that is a question is answered elsewhere and the question comes again', () => {
    const { effect, reply, form } = play(['HTX Phước Hữu', 'làm VietGAP có mất phí không?'])
    expect(effect).toBe('question')
    expect(reply).toContain('Sở liên hệ với ai')
    expect(form?.values.contact).toBeUndefined()
  })
})

describe('wrong input gets the reason and an example', () => {
  it.each([
    [['HTX A B', 'Lê Văn Huy', '0912 345 67'], 'thiếu chữ số', '0912 345 678'],
    [['HTX A B', 'Lê Văn Huy', 'không nhớ'], 'chưa thấy số điện thoại', '0912 345 678'],
    [['HTX A B', '0912'], 'họ tên', 'Nguyễn Thị Hoa'],
    [['👍'], 'tên cơ sở', 'HTX Phước Hữu'],
    [['HTX A B', 'Lê Văn Huy', '0912345678', 'Xyz Abc'], 'chưa tìm thấy xã', 'xã Phước Hữu'],
  ])('%j: %s', (lines, reason, example) => {
    const { reply } = play(lines)
    expect(reply).toContain(reason)
    expect(reply).toContain(example)
  })

  it('an old eleven-digit number is asked about, not rewritten', () => {
    const asked = play(['HTX A B', 'Lê Văn Huy', '0168 123 4567'])
    expect(asked.values['phone']).toBeUndefined()
    expect(asked.labels).toContain('0381 234 567')
    expect(play(['HTX A B', 'Lê Văn Huy', '0168 123 4567', '[0381 234 567]']).values['phone']).toBe(
      '0381 234 567',
    )
  })

  it('a commune nobody knows is kept as written after the second try, marked as unchecked', () => {
    const { labels } = play([...FILLED.slice(0, 3), 'Xyz Abc', 'Xyz Abc'])
    expect(labels[0]).toContain('chưa đối chiếu')
  })

  it('a commune of another province is asked about before it is taken', () => {
    const { reply, values } = play([...FILLED.slice(0, 3), 'phường Mỹ Tho'])
    expect(reply).toContain('nằm ngoài địa bàn Ninh Thuận')
    expect(values['commune']).toBeUndefined()
  })
})

const STEPS: [string, string[]][] = [
  ['enterprise', []],
  ['contact', FILLED.slice(0, 1)],
  ['phone', FILLED.slice(0, 2)],
  ['commune', FILLED.slice(0, 3)],
  ['consent', FILLED],
  ['summary', [...FILLED, 'đồng ý']],
]

describe.each(STEPS)('at the step “%s”', (at, lines) => {
  it('the form is where the test thinks it is', () => {
    expect(play(lines).form?.at).toBe(at)
  })

  it.each(['huỷ', 'Hủy', 'HUỶ', 'huỷ đăng ký', 'thôi', 'thoi', 'Thôi ạ', 'cancel', 'stop'])(
    '“%s” stops, keeps what was typed, and can be resumed',
    (word) => {
      const { effect, form, values, reply } = play([...lines, word])
      expect(effect).toBe('cancelled')
      expect(form).toBeNull()
      expect(Object.keys(values)).toEqual(Object.keys(play(lines).values))
      expect(reply).toContain('30 ngày')
    },
  )

  it.each(['quay lại', 'quay lai', 'Quay lại ạ', 'back'])(
    '“%s” goes to the question before and loses nothing',
    (word) => {
      const back = play([...lines, word])
      expect(back.values).toEqual(play(lines).values)
      if (lines.length > 0) expect(back.form?.at).not.toBe(at)
    },
  )

  it.each([
    'sửa số điện thoại',
    'sua so dien thoai',
    'Sửa SĐT',
    'đổi số điện thoại',
    'edit phone',
    'change phone number',
  ])('“%s” asks for the number', (word) => {
    expect(play([...lines, word]).form?.at).toBe('phone')
  })

  it.each(['sửa số điện thoại thành 0987654321', 'sua sdt 0987654321', 'change phone to 0987 654 321'])(
    '“%s” takes the new number at once',
    (word) => {
      expect(play([...lines, word]).values['phone']).toBe('0987 654 321')
    },
  )

  it.each(['bỏ qua', 'bo qua', 'skip'])('“%s” never skips what is needed', (word) => {
    const before = play(lines)
    const after = play([...lines, word])
    expect(after.form?.at).toBe(before.form?.at)
  })

  it.each(['bắt đầu lại', 'bat dau lai', 'start over'])('“%s” asks first and clears only then', (word) => {
    expect(play([...lines, word]).values).toEqual(play(lines).values)
    expect(Object.keys(play([...lines, word, '[Bắt đầu lại]']).values).sort()).toEqual([
      'province',
      'support',
    ])
    expect(play([...lines, word, '[Giữ lại]']).values).toEqual(play(lines).values)
  })

  it('an empty message, an emoji, a photo and 100,000 letters change nothing', () => {
    const { form } = play(lines)
    if (!form) throw new Error('no form')
    for (const text of ['', '   ', '\u0000\u202e', '😀']) {
      const step = stepForm(form, { text, send: null, looksLikeQuestion: false }, AT, ALL)
      expect(view(step).values).toEqual(play(lines).values)
      expect(step.reply.text.length).toBeGreaterThan(10)
    }
    const photo = stepForm(form, { text: '', send: null, looksLikeQuestion: false, media: true }, AT, ALL)
    expect(photo.reply.text).toContain('không nhận ảnh')
    const long = stepForm(form, { text: 'a'.repeat(100_000), send: null, looksLikeQuestion: false }, AT, ALL)
    expect(view(long).values).toEqual(play(lines).values)
  })
})

describe('consent', () => {
  it.each(['đồng ý', 'Dạ tôi đồng ý', 'toi dong y', 'em đồng ý ạ', 'I agree', 'Tôi đồng ý cho Sở lưu'])(
    'typed as “%s” is kept word for word',
    (reply) => {
      expect(play([...FILLED, reply]).form?.consent).toMatchObject({
        reply,
        via: 'typed',
        version: 'registration-1',
      })
    },
  )

  it.each([
    'ok',
    'vâng',
    'gửi',
    'có',
    'chưa đồng ý',
    'không đồng ý',
    'I do not agree',
    'tôi chưa đồng ý đâu',
  ])('is not given by “%s”', (reply) => {
    expect(play([...FILLED, reply]).form?.consent ?? null).toBeNull()
  })

  it('refused stores nothing, and what was typed can be deleted', () => {
    const { effect, form } = play([...FILLED, '[Không đồng ý]', '[Xoá thông tin vừa nhập]'])
    expect([effect, form]).toEqual(['discarded', null])
  })

  it('to an older text is asked anew when a form is resumed', () => {
    const { form } = play([...FILLED, 'đồng ý'])
    const newer = lookups({
      consents: {
        ...ALL.consents,
        registration: { version: 'registration-2', vi: 'Văn bản mới?', en: 'New?' },
      },
    })
    if (!form) throw new Error('no form')
    const step = stepForm(form, { text: 'gửi', send: null, looksLikeQuestion: false }, AT, newer)
    expect(step.effect.kind).toBe('none')
    expect(step.reply.text).toContain('Văn bản mới?')
  })
})

describe('buttons', () => {
  it('of an earlier question are explained and change nothing', () => {
    const old = openForm({ support: 'gap', province: null, language: 'vi', owner: 'c1' }, AT, ALL)
    const send = old.reply.actions[0]?.send ?? ''
    const { form } = play(['HTX Phước Hữu'])
    if (!form) throw new Error('no form')
    const step = stepForm(form, { text: '', send, looksLikeQuestion: false }, AT, ALL)
    expect(step.reply.text).toContain('câu hỏi trước')
    expect(step.form?.values).toEqual(form.values)
    expect(staleFormReply('vi').text).toContain('không có gì thay đổi')
  })

  it('arriving as ordinary text (Zalo) work the same', () => {
    const { form } = play([...FILLED])
    if (!form) throw new Error('no form')
    const send = resumeForm(form, AT, ALL).reply.actions[0]?.send ?? ''
    const step = stepForm(form, { text: send, send: null, looksLikeQuestion: false }, AT, ALL)
    expect(step.form?.consent).toMatchObject({ via: 'pressed', reply: 'Tôi đồng ý' })
  })
})

describe('names that are words', () => {
  it('“Huy” is asked about, “Sửa xe Minh Tâm” is a business, “Lê Văn Huy” is a person', () => {
    const asked = play(['HTX Phước Hữu', 'Huy'])
    expect(asked.reply).toContain('Huy')
    expect(play(['HTX Phước Hữu', 'Huy', '[Tên là Huy]']).values['contact']).toBe('Huy')
    expect(play(['Sửa xe Minh Tâm']).values['enterprise']).toBe('Sửa xe Minh Tâm')
    expect(play(['HTX Phước Hữu', 'Lê Văn Huy']).values['contact']).toBe('Lê Văn Huy')
  })
})

describe('time', () => {
  it('of 29 days loses nothing; after 30 the form is gone for good', () => {
    const { form } = play(['HTX Phước Hữu'])
    if (!form) throw new Error('no form')
    const days = (n: number) => new Date(AT.getTime() + n * 86_400_000)
    expect(resumeForm(form, days(29), ALL).form?.values).toEqual(form.values)
    expect(resumeForm(form, days(31), ALL)).toMatchObject({ form: null, effect: { kind: 'discarded' } })
    expect(
      stepForm(form, { text: 'Lê Văn Huy', send: null, looksLikeQuestion: false }, days(31), ALL).form,
    ).toBeNull()
  })
})

describe('a correction', () => {
  const values: Values = Object.fromEntries(
    Object.entries(play([...FILLED, 'đồng ý']).form?.values ?? {}) as [FieldKey, Values[FieldKey]][],
  ) as Values
  const target = { id: 'r1', reference: 'K3M7PQRT', version: 2, values }
  const options = { language: 'vi' as const, province: 'ninh-thuan', owner: 'c1' }

  it('shows what was and what will be, and is saved only when something changed', () => {
    const opened = openAmendment(target, [], options, AT, ALL)
    if (!opened.form) throw new Error('no form')
    const step = stepForm(
      opened.form,
      { text: 'sửa số điện thoại thành 0987654321', send: null, looksLikeQuestion: false },
      AT,
      ALL,
    )
    expect(step.reply.text).toContain('0987 654 321 (trước: 0912 345 678)')
    if (!step.form) throw new Error('no form')
    const saved = stepForm(step.form, { text: 'lưu', send: null, looksLikeQuestion: false }, AT, ALL)
    expect(saved.effect).toMatchObject({ kind: 'submit', draft: { kind: 'amend', target: { version: 2 } } })
  })

  it('never changes the support or the province of a registration', () => {
    const opened = openAmendment(target, [], options, AT, ALL)
    if (!opened.form) throw new Error('no form')
    const step = stepForm(
      opened.form,
      { text: 'sửa nội dung thành 5S', send: null, looksLikeQuestion: false },
      AT,
      ALL,
    )
    expect(step.form?.values.support?.value).toBe('gap')
  })
})

describe('the self-assessment', () => {
  it('asks consent first, lets every question be skipped, and judges nothing', () => {
    const options = { language: 'vi' as const, province: 'ninh-thuan', owner: 'c1' }
    let step = openSurvey(null, options, AT, ALL)
    expect(step.form?.at).toBe('consent')
    for (const text of [
      'đồng ý',
      'không có',
      'bỏ qua',
      'bỏ qua',
      '12',
      'bỏ qua',
      'bỏ qua',
      'nho tươi',
      'bỏ qua',
      'bỏ qua',
      'gửi',
    ]) {
      if (!step.form) throw new Error(`ended before “${text}”`)
      step = stepForm(step.form, { text, send: null, looksLikeQuestion: false }, AT, ALL)
    }
    expect(step.effect).toMatchObject({
      kind: 'submit',
      draft: { kind: 'survey', values: { certificates: { value: 'không có' }, workers: { value: '12' } } },
    })
  })
})

describe('the words of the form', () => {
  it.each([
    ['huỷ', 'cancel'],
    ['huy', 'cancel'],
    ['quay lai', 'back'],
    ['bỏ qua nhé', 'skip'],
    ['xem lại', 'review'],
    ['làm lại từ đầu', 'restart'],
    ['tiếp tục', 'resume'],
    ['help', 'help'],
  ])('“%s” is %s', (text, kind) => expect(readCommand(text)).toMatchObject({ kind }))
  it.each([
    'HTX Sửa Chữa Minh Tâm',
    'Đội sản xuất số 1',
    'Thôi Văn Nam',
    'Huỳnh Văn Bảy',
    'Công ty Quay Lại Xanh',
  ])('“%s” is no command', (text) => {
    expect(readCommand(text)).toBeNull()
  })
  it('tell agreement, refusal and confirmation apart', () => {
    expect([readConsent('đồng ý'), readConsent('không đồng ý'), readConsent('ok')]).toEqual([
      'agree',
      'refuse',
      'unclear',
    ])
    expect([readConfirm('gửi đi'), readConfirm('đúng rồi ạ'), readConfirm('chưa đúng')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('what a sign-up is about', () => {
  it('is the subject talked about before when the message names none, and can be changed at once', () => {
    const carried = play([], { support: null, carried: 'barcode', text: 'vậy đăng ký luôn' })
    expect(carried.values['support']).toBe('Mã số mã vạch')
    expect(carried.reply).toContain('Mã số mã vạch')
    expect(carried.labels).toContain('Đổi nội dung')
    const other = play(['[Đổi nội dung]', 'ISO 9001'], { support: null, carried: 'barcode', text: 'đăng ký' })
    expect(other.values['support']).toContain('ISO 9001')
    expect(other.reply).toContain('Mã số mã vạch → ISO 9001')
  })

  it('is what the message names, whatever was talked about before', () => {
    expect(play([], { support: null, carried: 'barcode', text: 'đăng ký 5S luôn' }).values['support']).toBe(
      'Công cụ 5S',
    )
    expect(play([], { support: null, text: 'đăng ký' }).values['support']).toBeUndefined()
  })

  it('is a class when the words say so, against a guess the words do not name', () => {
    const line = play([], { support: 'st_task', text: 'đk cho 3 NV cty em học lớp NSCL' })
    expect(line.values['support']).toContain('Lớp đào tạo')
    expect(line.values['enterprise']).toBeUndefined()
    const named = play([], { support: 'iso_9001', text: 'cho nhân viên học lớp ISO 9001' })
    expect(named.values['support']).toContain('ISO 9001')
  })
})

describe('a name that is none', () => {
  it.each([
    'công ty tui',
    'htx nhà em',
    'cơ sở của mình',
    'cty',
    'Công ty tôi',
    'HTX chúng tôi',
    'doanh nghiệp của em',
  ])('“%s” is asked about again, with the reason', (line) => {
    const run = play([line])
    expect(run.values['enterprise']).toBeUndefined()
    expect(run.reply).toContain('tên riêng')
  })

  it.each(['HTX Minh', 'Công ty TNHH Anh Em', 'Cơ sở Chị Ba', 'HTX Ban Mai', 'cơ sở Nhà Mình'])(
    '“%s” is a name',
    (line) => {
      expect(play([line]).values['enterprise']).toBe(line)
    },
  )
})

describe('a message that asks and tells', () => {
  it('leaves its answers in the form and its question to the answerer', () => {
    const open = openForm({ support: 'gap', province: 'ninh-thuan', language: 'vi', owner: 'c1' }, AT, ALL)
    if (open.form === null) throw new Error('no form')
    const ask = (text: string, told: string) =>
      stepForm(open.form as FormState, { text, send: null, looksLikeQuestion: true, told }, AT, ALL)
    const question = ask('thôi khoan, cho hỏi HTX có được ưu tiên không đã', 'thôi khoan')
    expect(question.effect.kind).toBe('question')
    expect(question.form?.values.enterprise).toBeUndefined()
    const both = ask('HTX Phước Hữu, 0912 345 678, có mất phí không', 'HTX Phước Hữu, 0912 345 678')
    expect(both.effect.kind).toBe('question')
    expect(both.form?.values.enterprise?.value).toBe('HTX Phước Hữu')
    expect(both.form?.values.phone?.value).toBe('+84912345678')
  })
})
