import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addNote, publish, saveDraft } from '../../src/knowledge/index.ts'
import { staffApp } from '../../src/staff/index.ts'
import { testDatabase } from '../support/database.ts'
import { browser, tokenIn } from './console.ts'
import { consoleDeps } from './deps.ts'
import { account, PASSWORD, pretendSecondFactor } from './people.ts'
import { registration } from './registrations-seed.ts'

/** Everything of Ninh Thuận carries this word; an officer of An Giang must never read it nor change a row. */
const SECRET = 'BIMATNINHTHUAN'
const HOME = 'ninh-thuan'

let db: Awaited<ReturnType<typeof testDatabase>>
let rooms: Awaited<ReturnType<typeof consoleDeps>>
let app: ReturnType<typeof staffApp>
let ids: Record<string, string>

async function seed() {
  const address = { channel: 'web', account: 'w', person: 'p' } as const
  const at = new Date()
  const conversation = await rooms.openConversation(db, address, { province: HOME, language: 'vi', at })
  await db.query(`update conversation set waiting_since = now(), waiting_reason = $2 where id = $1`, [
    conversation.id,
    SECRET,
  ])
  await rooms.inbox.accept({
    address,
    eventId: 'e',
    content: { kind: 'text', text: SECRET },
    sentAt: at,
    language: null,
  })
  await rooms.inbox.assignProvince(db, conversation.lane, HOME)
  await db.inTransaction((tx) =>
    rooms.outbox.say(
      tx,
      address,
      { text: SECRET, citations: [], actions: [] },
      { cause: 'c', from: 'assistant', province: HOME },
    ),
  )
  const made = await registration(db, rooms.vault, {
    enterprise: SECRET,
    contact: SECRET,
    need: SECRET,
    phone: '+84912000111',
    conversation: { id: conversation.id, address },
  })
  await db.inTransaction((tx) =>
    rooms.outbox.callTasks.open(tx, {
      lane: conversation.lane,
      province: HOME,
      reason: SECRET,
      text: SECRET,
      registrationId: made.id,
    }),
  )
  const officer = await account(db, 'reviewer', [HOME], SECRET)
  const classId = await db.asOfficer('*', (tx) =>
    rooms.deps.desk.create(
      tx,
      {
        province: HOME,
        title: `Lớp ${SECRET}`,
        support: 'training_5s',
        place: SECRET,
        seats: 3,
        opensAt: new Date(at.getTime() - 1000),
        closesAt: new Date(at.getTime() + 9e8),
        sessions: [{ startsAt: new Date(at.getTime() - 1000), endsAt: new Date(at.getTime() + 9e6) }],
      },
      { officer: officer.id, at },
    ),
  )
  await db.asOfficer('*', (tx) =>
    rooms.deps.desk.changeState(tx, { id: classId, to: 'open' }, { officer: officer.id, at }),
  )
  await db.inTransaction((tx) =>
    rooms.programme.enrol(
      tx,
      {
        classId,
        registrationId: made.id,
        seats: 1,
        applicant: { conversationId: conversation.id, address, name: SECRET, language: 'vi', province: HOME },
      },
      at,
    ),
  )
  const note = await addNote(
    db,
    { province: HOME, question: `Hỏi ${SECRET} gì?`, answer: `Đáp ${SECRET}.`, source: null },
    officer.id,
    at,
  )
  const plan = `---\nid: van-ban-mat\ntitle: "${SECRET}"\nnumber: null\nissuer: "Sở"\ndate_issued: { year: 2026, month: 1, day: 2 }\nperiod: { start: 2026, end: null }\nprovince: { code: ${HOME}, name: "Ninh Thuận" }\n---\n\n# ${SECRET}\n\nĐoạn ${SECRET} thứ nhất.\n`
  await saveDraft(db, { province: HOME, source: plan, by: officer.id })
  await publish(db, { documentId: 'van-ban-mat', version: 1, province: HOME, by: officer.id, at })
  await saveDraft(db, { province: HOME, source: `${plan}\nThêm ${SECRET}.\n`, by: officer.id })
  const answerId = randomUUID()
  await db.query(
    `insert into unanswered_question (answer_id, conversation_id, province, reason, question) values ($1, $2, $3, 'not_covered', $4)`,
    [answerId, conversation.id, HOME, SECRET],
  )
  await db.inTransaction((tx) =>
    rooms.privacy.handle(
      tx,
      { verb: 'correct' as never },
      { id: conversation.id, channel: 'web', province: HOME, language: 'vi' },
      { state: null, cause: 'c', at },
    ),
  )
  const request = randomUUID()
  await db.query(
    `insert into privacy_request (id, reference, kind, conversation_id, channel, province, detail, state, received_at, answer_by, carry_out_by)
     values ($1, 'YC234567', 'correct', $2, 'web', $3, $4, 'open', now(), '2027-01-01', '2027-01-01')`,
    [request, conversation.id, HOME, rooms.vault.seal(SECRET)],
  )
  const insider = browser(app)
  await insider.signIn(officer.name, PASSWORD)
  await insider.post('/staff/cai-dat/mau', { province: HOME, title: SECRET, body: SECRET })
  await insider.post('/staff/ho-so/bo-loc', { name: SECRET, query: 'q=5s' })
  await db.asOfficer([HOME], (tx) =>
    rooms.deps.contacts.save(
      tx,
      {
        province: HOME,
        department: SECRET,
        address: SECRET,
        phone: '',
        email: '',
        openDays: [1],
        openMinute: 1,
        closeMinute: 2,
        outOfHours: SECRET,
      },
      officer.id,
      at,
    ),
  )
  await db.asOfficer([HOME], (tx) =>
    rooms.deps.switches.set(
      tx,
      { name: 'signup', province: HOME, off: true, reason: SECRET, changed_by: officer.id },
      at,
    ),
  )
  const { rows } = await db.query<{
    call: string
    canned: string
    view: string
    enrolment: string
    seat: string
    session: string
    staff_session: string
  }>(
    `select (select id from call_task) as call, (select id from canned_reply) as canned, (select id from saved_view) as view,
            (select id from class_enrolment) as enrolment, (select code from class_seat where code is not null) as seat,
            (select id from class_session) as session, (select id from staff_session limit 1) as staff_session`,
  )
  ids = {
    ...rows[0],
    registration: made.id,
    conversation: conversation.id,
    class: classId,
    note: note ?? '',
    officer: officer.id,
    answer: answerId,
    request,
  } as Record<string, string>
  return insider
}

beforeAll(async () => {
  db = await testDatabase()
  rooms = await consoleDeps(db)
  app = staffApp(rooms.deps)
})
afterAll(async () => {
  await rooms.stop()
  await db.close()
})

/** Every address a route can mean when its parameters are guessed right. */
function addresses(path: string): string[] {
  if (!path.includes(':')) return [path]
  const uuids = Object.values(ids).filter((id) => /^[0-9a-f-]{36}$/.test(id))
  return [...uuids, 'van-ban-mat', ids['note'] ?? '', HOME, ids['seat'] ?? '', '*'].map((id) =>
    path
      .replace(':version', '2')
      .replace(':number', '1')
      .replace(/:(id|document|code)/, encodeURIComponent(id)),
  )
}

/** Rows of Ninh Thuận, all tables, without what the stranger's own visit adds. */
async function state(): Promise<string> {
  const tables = [
    'registration',
    'registration_event',
    'conversation',
    'outbound',
    'call_task',
    'class',
    'class_enrolment',
    'class_seat',
    'class_attendance',
    'knowledge_version',
    'unanswered_question',
    'privacy_request',
    'canned_reply',
    'contact_card',
    'switch',
    'saved_view',
    'staff_session',
    'staff_credential',
  ]
  const parts = []
  for (const table of tables) {
    const mine =
      table.startsWith('staff_') || table === 'saved_view' ? `where user_id = '${ids['officer']}'` : ''
    const { rows } = await db.query(`select to_jsonb(t)::text as row from ${table} t ${mine} order by 1`)
    parts.push(`${table}: ${rows.map((row) => JSON.stringify(row)).join('\n')}`)
  }
  const { rows } = await db.query(
    'select role, provinces, disabled_at, must_change_password, two_factor_enabled from staff_user where id = $1',
    [ids['officer']],
  )
  return `${parts.join('\n')}\n${JSON.stringify(rows)}`
}

describe('the border between provinces', () => {
  it('holds on every page and every action, with all ids guessed right, for reviewer and administrator alike', async () => {
    const insider = await seed()
    const routes = app.routes.filter(
      ({ path, method }) =>
        (method === 'GET' || method === 'POST') && !path.includes('*') && !path.includes('/assets/'),
    )
    const pages = [...new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path))]
    const actions = [...new Set(routes.filter(({ method }) => method === 'POST').map(({ path }) => path))]
    expect(pages.length).toBeGreaterThan(30)
    expect(actions.length).toBeGreaterThan(35)
    const seen = []
    for (const path of pages.flatMap(addresses))
      if ((await insider.get(path)).text.includes(SECRET)) seen.push(path)
    expect(seen.length).toBeGreaterThan(12) // the word really stands on the pages when the province is the officer's own

    for (const role of ['reviewer', 'administrator'] as const) {
      const stranger = await account(db, role, ['an-giang'])
      const chrome = browser(app)
      await chrome.signIn(stranger.name, PASSWORD)
      await pretendSecondFactor(db, stranger.id, true)
      for (const path of pages.flatMap(addresses)) {
        const response = await chrome.get(path)
        expect(response.status, path).toBeLessThan(500)
        expect(response.text.includes(SECRET), path).toBe(false)
      }
      const before = await state()
      const token = tokenIn((await chrome.get('/staff/toi')).text)
      const fields = {
        item: `${ids['registration']}:1`,
        to: 'approved',
        reason: 'x y z',
        message: 'x',
        officer: stranger.id,
        note: 'x',
        text: 'xin chào',
        nonce: randomUUID(),
        number: '1',
        session: ids['session'] ?? '',
        enrolment: ids['enrolment'] ?? '',
        name: 'signup',
        province: HOME,
        off: 'khong',
        title: 'x',
        body: 'x',
        id: ids['answer'] ?? '',
        question: 'câu hỏi',
        answer: 'câu trả lời',
        outcome: 'done',
        query: 'q=x',
        version: '1',
        role: 'viewer',
        department: 'xyz',
        open: '07:00',
        close: '08:00',
      }
      for (const path of actions
        .filter((action) => !action.includes('dang-xuat') && !action.includes('/toi'))
        .flatMap(addresses)) {
        const response = await chrome.post(path, fields, { token })
        expect(response.status, path).toBeLessThan(500)
        expect(response.text.includes(SECRET), path).toBe(false)
      }
      for (const to of [`giao:${stranger.id}`, 'declined', 'cancelled']) {
        for (const path of ['/staff/ho-so/xem-truoc', '/staff/ho-so/quyet-dinh', '/staff/ho-so/giao']) {
          expect((await chrome.post(path, { ...fields, to }, { token })).text.includes(SECRET)).toBe(false)
        }
      }
      const strip = (text: string) => text.replaceAll(new RegExp(`.*${stranger.id}.*`, 'g'), '')
      expect(strip(await state())).toBe(strip(before))
    }
  }, 240_000)

  it('is drawn by the database itself, not only by the pages', async () => {
    for (const table of [
      'registration',
      'registration_event',
      'conversation',
      'inbound',
      'outbound',
      'call_task',
      'class',
      'class_seat',
      'unanswered_question',
      'privacy_request',
      'canned_reply',
      'contact_card',
      'switch',
    ]) {
      const count = (provinces: string[]) =>
        db.asOfficer(
          provinces,
          async (tx) => (await tx.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n,
        )
      expect(await count(['an-giang']), table).toBe(0)
      expect(await count([HOME]), table).toBeGreaterThan(0)
    }
    for (const table of [
      'staff_user',
      'staff_session',
      'staff_credential',
      'staff_two_factor',
      'saved_view',
    ]) {
      await expect(db.asOfficer('*', (tx) => tx.query(`select 1 from ${table}`))).rejects.toThrow(
        /permission denied/,
      )
    }
  })
})
