import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Database } from '../../src/database/index.ts'
import { ingest, openKnowledge, saveDraft } from '../../src/knowledge/index.ts'
import type { StaffDeps } from '../../src/staff/index.ts'
import { consoleDeps } from './deps.ts'
import { account } from './people.ts'
import { registration } from './registrations-seed.ts'

/** A department in the middle of its working day: what the screenshots show. `now` is the moment it stands at. */

const HOME = 'ninh-thuan'
const PLACES = [
  'Xã Phước Hữu',
  'Phường Phan Rang',
  'Xã Ninh Hải',
  'Phường Đông Hải',
  'Xã Thuận Nam',
  'Xã Mỹ Sơn',
]
const NAMES = [
  ['HTX Nông nghiệp An Hải', 'Nguyễn Thị Hoà'],
  ['Công ty TNHH Nho Ba Mọi', 'Nguyễn Văn Mới'],
  ['Cơ sở Măng tây xanh Linh Đan', 'Châu Thị Linh'],
  ['HTX Dệt thổ cẩm Mỹ Nghiệp', 'Hàm Minh Tú'],
  ['Công ty CP Muối Cà Ná', 'Trần Quốc Bảo'],
  ['Hộ kinh doanh Nước mắm Sáu Lợi', 'Lê Thị Lợi'],
  ['HTX Táo Phước Hậu', 'Đặng Văn Phúc'],
  ['Công ty TNHH Chế biến Rong sụn Ninh Hải', 'Phạm Thu Hà'],
  ['Tổ hợp tác Gốm Bàu Trúc', 'Đàng Thị Gia'],
  ['Công ty TNHH Dê cừu Ninh Phước', 'Võ Hoàng Nam'],
] as const
const SUPPORTS = ['iso_9001', 'training_5s', 'vietgap', 'barcode', 'kaizen']

export async function world(db: Database, now = Date.now()) {
  const rooms = await consoleDeps(db)
  await ingest(db, fileURLToPath(new URL('../../knowledge', import.meta.url)))
  const knowledge = await openKnowledge(db)
  const kinds = ((await knowledge.catalogue(HOME))?.supportTypes ?? []).map(({ key, name }) => ({
    key,
    name,
  }))
  const provinces = (await knowledge.provinces()).map(({ code, name }) => ({ code, name }))
  const deps: StaffDeps = {
    ...rooms.deps,
    provinces,
    supportKinds: kinds,
    supportName: (key) => kinds.find((kind) => kind.key === key)?.name ?? key,
  }
  const lan = await account(db, 'administrator', [HOME], 'Nguyễn Thị Lan')
  const minh = await account(db, 'reviewer', [HOME], 'Lê Văn Minh')
  await account(db, 'viewer', [HOME], 'Phan Thu Trang')
  const keys = SUPPORTS.map(
    (key, index) => kinds.find((kind) => kind.key === key)?.key ?? kinds[index]?.key ?? key,
  )
  const conversation = await talk(rooms, 'p1', now)
  const made: { id: string; reference: string }[] = []
  for (let index = 0; index < 64; index++) {
    const [enterprise, contact] = NAMES[index % NAMES.length] ?? NAMES[0]
    made.push(
      await registration(db, rooms.vault, {
        enterprise:
          index < NAMES.length ? enterprise : `${enterprise}, cơ sở ${Math.floor(index / NAMES.length) + 1}`,
        contact,
        phone: `+8491${String(2_000_000 + index * 7919).slice(0, 7)}`,
        commune: PLACES[index % PLACES.length] ?? '',
        support: keys[index % keys.length] ?? 'iso_9001',
        need: 'Muốn có chứng nhận để vào siêu thị, hiện bán ở chợ đầu mối.',
        ...(index % 10 === 0 ? { taxCode: '4500612345' } : {}),
        supportName: deps.supportName(keys[index % keys.length] ?? 'iso_9001'),
        at: new Date(now - index * 3_700_000 - 600_000),
        ...(index === 0 ? { conversation } : {}),
      }),
    )
  }
  const decide = async (
    index: number,
    to: 'approved' | 'needs_more' | 'declined' | 'reviewing',
    officer = lan,
    name = 'Nguyễn Thị Lan',
  ) => {
    const one = made[index]
    if (one === undefined) return
    await db.asOfficer([HOME], async (tx) => {
      await deps.registrations.claim(tx, one.id, { id: officer.id, name }, new Date(now - 3_000_000))
      await deps.registrations.changeMany(
        tx,
        [{ id: one.id, version: 1 }],
        {
          to,
          officer: { id: officer.id, name },
          reason: to === 'reviewing' ? null : 'Theo mục II.3 của kế hoạch',
          message: null,
          requested: ['tax_code'],
        },
        new Date(now - 2_000_000),
      )
    })
  }
  await decide(0, 'reviewing')
  for (const index of [3, 7, 9, 14]) await decide(index, 'approved', minh, 'Lê Văn Minh')
  for (const index of [4, 11]) await decide(index, 'needs_more')
  await decide(5, 'declined')
  await db.asOfficer([HOME], (tx) =>
    deps.registrations.note(
      tx,
      made[0]?.id ?? '',
      { id: minh.id, name: 'Lê Văn Minh' },
      'Đã gọi, hẹn khảo sát tại xưởng sáng thứ Ba.',
      new Date(now - 500_000),
    ),
  )
  await waiting(db, rooms, now)
  const classId = await classes(db, deps, lan.id, now, rooms, made)
  await rest(db, rooms, deps, lan.id, conversation.id, now)
  const draft = await db.query<{ source: string }>(
    `select source from knowledge_version where document_id = $1 and state = 'published'`,
    [HOME],
  )
  const saved = await saveDraft(db, {
    province: HOME,
    source: `${draft.rows[0]?.source ?? ''}\n- Năm 2026 nhận hồ sơ hỗ trợ tư vấn đến hết ngày 30/11.\n`,
    by: lan.id,
  })
  return {
    rooms,
    deps,
    lan,
    minh,
    registrationId: made[0]?.id ?? '',
    items: made.slice(20, 23).map(({ id }) => `${id}:1`),
    conversationId: conversation.id,
    classId,
    draft: 'version' in saved ? saved.version : 0,
  }
}

async function talk(rooms: Awaited<ReturnType<typeof consoleDeps>>, person: string, now: number) {
  const address = { channel: 'web', account: 'w', person } as const
  const conversation = await rooms.openConversation(rooms.deps.db, address, {
    province: HOME,
    language: 'vi',
    at: new Date(now - 900_000),
  })
  const say = async (
    text: string,
    cause: string,
    citations: { doc: string; label: string; section: string; quote: string }[] = [],
  ) =>
    await rooms.deps.db.inTransaction((tx) =>
      rooms.outbox.say(
        tx,
        address,
        {
          text,
          citations,
          actions: [
            { label: 'Đăng ký', send: '#signup' },
            { label: 'Gặp cán bộ', send: '#officer' },
          ],
        },
        { cause, from: 'assistant', province: HOME },
      ),
    )
  const hear = async (text: string, eventId: string) => {
    await rooms.inbox.accept({
      address,
      eventId: person + eventId,
      content: { kind: 'text', text },
      sentAt: new Date(),
      language: 'vi',
    })
  }
  await hear('cho hỏi htx tôi muốn làm iso 9001 thì tỉnh hỗ trợ gì', '1')
  await say(
    'Kế hoạch của tỉnh hỗ trợ tư vấn, đào tạo và áp dụng hệ thống quản lý chất lượng ISO 9001. Văn bản không nêu mức tiền cho từng đơn vị.',
    'a1',
    [
      {
        doc: HOME,
        label: 'KH 4009/KH-UBND ngày 26/9/2023, tỉnh Ninh Thuận',
        section: 'Nhiệm vụ và giải pháp',
        quote: 'Hỗ trợ doanh nghiệp áp dụng các hệ thống quản lý, công cụ cải tiến năng suất chất lượng',
      },
    ],
  )
  await hear('vậy đăng ký giúp tôi', '2')
  await say('Anh/chị cho em xin tên cơ sở hoặc hợp tác xã ạ?', 'a2')
  await rooms.inbox.assignProvince(rooms.deps.db, conversation.lane, HOME)
  return { id: conversation.id, address }
}

async function waiting(
  db: Database,
  rooms: Awaited<ReturnType<typeof consoleDeps>>,
  now: number,
): Promise<void> {
  for (const [index, reason] of [
    'Hỏi mức hỗ trợ tiền',
    'Muốn sửa hồ sơ đã gửi',
    'Hỏi lịch lớp 5S',
  ].entries()) {
    const { id } = await talk(rooms, `cho${index}`, now)
    await db.query('update conversation set waiting_since = $2, waiting_reason = $3 where id = $1', [
      id,
      new Date(now - (index * 26 + 9) * 60_000),
      reason,
    ])
  }
}

async function classes(
  db: Database,
  deps: StaffDeps,
  officer: string,
  now: number,
  rooms: Awaited<ReturnType<typeof consoleDeps>>,
  made: readonly { id: string }[],
): Promise<string> {
  const at = new Date(now)
  const by = { officer, at }
  let first = ''
  for (const [index, title] of [
    '5S tại xưởng cho hợp tác xã',
    'Mã số mã vạch và truy xuất nguồn gốc',
    'Công cụ Kaizen cho quản lý sản xuất',
  ].entries()) {
    const startsAt = new Date(now - 3_600_000 + index * 9 * 86_400_000)
    const id = await db.asOfficer('*', (tx) =>
      deps.desk.create(
        tx,
        {
          province: HOME,
          title,
          support: deps.supportKinds[index]?.key ?? 'x',
          place: 'Hội trường Sở Khoa học và Công nghệ, Phan Rang',
          audience: 'Mỗi đơn vị tối đa 3 người',
          seats: 12,
          opensAt: new Date(now - 9e8),
          closesAt: new Date(now + 9e8),
          sessions: [{ startsAt, endsAt: new Date(startsAt.getTime() + 3 * 3_600_000) }],
        },
        by,
      ),
    )
    if (index < 2) await db.asOfficer('*', (tx) => deps.desk.changeState(tx, { id, to: 'open' }, by))
    if (index === 0) first = id
  }
  for (const [index, one] of made.slice(0, 14).entries()) {
    const name = NAMES[index % NAMES.length]?.[1] ?? 'Nguyễn Văn A'
    await db.inTransaction((tx) =>
      rooms.programme.enrol(
        tx,
        {
          classId: first,
          registrationId: one.id,
          seats: 1,
          applicant: {
            conversationId: randomUUID(),
            address: { channel: 'web', account: 'w', person: randomUUID() },
            name,
            language: 'vi',
            province: HOME,
          },
        },
        new Date(now - 86_400_000),
      ),
    )
  }
  for (const number of [1, 2, 3])
    await db.asOfficer([HOME], (tx) => deps.desk.checkIn(tx, { classId: first, number }, by))
  return first
}

async function rest(
  db: Database,
  rooms: Awaited<ReturnType<typeof consoleDeps>>,
  deps: StaffDeps,
  officer: string,
  conversationId: string,
  now: number,
): Promise<void> {
  const asked = [
    'mức hỗ trợ tối đa cho mỗi doanh nghiệp là bao nhiêu tiền',
    'mỗi doanh nghiệp được hỗ trợ tối đa bao nhiêu tiền ạ',
    'hỗ trợ tối đa mỗi doanh nghiệp bao nhiêu',
    'hạn nộp hồ sơ năm nay là ngày nào',
    'năm nay hạn nộp hồ sơ ngày nào vậy',
    'sở có hỗ trợ vay vốn không',
  ]
  for (const [index, question] of asked.entries()) {
    await db.query(
      `insert into unanswered_question (answer_id, conversation_id, province, reason, question, asked_at) values ($1, $2, $3, 'lacking', $4, $5)`,
      [randomUUID(), conversationId, HOME, question, new Date(now - index * 5_000_000)],
    )
  }
  await db.query(
    `insert into privacy_request (reference, kind, conversation_id, channel, province, detail, state, received_at, answer_by, carry_out_by)
     values ('YC3H7KMP', 'correct', $1, 'web', $2, $3, 'open', now() - interval '1 day', (now() + interval '1 day')::date, (now() + interval '9 days')::date)`,
    [conversationId, HOME, rooms.vault.seal('Sửa giúp tên người liên hệ thành Nguyễn Thị Hoà.')],
  )
  await db.inTransaction((tx) =>
    rooms.outbox.callTasks.open(tx, {
      lane: 'zalo:oa:1',
      province: HOME,
      reason: 'Quá 7 ngày không nhắn, Zalo không cho gửi',
      text: 'Báo chị Hoà: hồ sơ đã duyệt, mời tới ký biên bản ngày 02/12.',
      registrationId: null,
    }),
  )
  // Three days of a model: most sentences used, some refused, an afternoon without an answer.
  await db.query(
    `insert into model_call (at, purpose, province, model, input_tokens, output_tokens, ms, outcome, verdict)
     select $2::timestamptz - make_interval(days => day, mins => n), 'compose', $1, 'stand-in',
            case when outcome = 'ok' then 1450 else 0 end, case when outcome = 'ok' then 120 else 0 end,
            case when outcome = 'ok' then 1800 + 20 * n else 12000 end, outcome, verdict
       from generate_series(0, 2) day,
            (values ('ok', 'verified', 40), ('ok', 'refused', 3), ('timeout', null, 4), ('http', null, 1)) kind (outcome, verdict, most),
            generate_series(1, 40) n
      where n <= most and (outcome = 'ok' or day = 1)`,
    [HOME, new Date(now)],
  )
  const at = new Date(now)
  await db.asOfficer([HOME], async (tx) => {
    await deps.contacts.save(
      tx,
      {
        province: HOME,
        department: 'Sở Khoa học và Công nghệ tỉnh Khánh Hòa, cơ sở Ninh Thuận',
        address: '34 đường 16 Tháng 4, Phan Rang',
        phone: '0259 3822 123',
        email: 'nscl@example.vn',
        openDays: [1, 2, 3, 4, 5],
        openMinute: 450,
        closeMinute: 1020,
        outOfHours: 'Anh/chị để lại câu hỏi, sáng hôm sau cán bộ trả lời.',
      },
      officer,
      at,
    )
    await deps.switches.set(
      tx,
      {
        name: 'channel:telegram',
        province: HOME,
        off: true,
        reason: 'Đang đổi máy chủ, 2 giờ nữa mở lại.',
        changed_by: officer,
      },
      at,
    )
    await tx.query(
      `insert into canned_reply (province, title, body, changed_by) values ($1, 'Hẹn gọi lại', 'Cảm ơn anh/chị. Cán bộ sẽ gọi lại trong giờ làm việc, trước 17:00.', $2)`,
      [HOME, officer],
    )
  })
}
