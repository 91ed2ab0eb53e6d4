import { Hono } from 'hono'
import { html } from 'hono/html'
import { mayAct, type StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit, posted } from '../kit.ts'
import { button, pageHead } from '../ui/parts.ts'

/** Bodies a plan names that are called otherwise today: the note an answer adds, per province. */

const NOTE_MAX = 300

export function organisationPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { organisations } = kit.deps

  app.get('/cai-dat/co-quan', async (c) => {
    const own = c.get('officer').provinces
    const places = kit.deps.provinces.filter(({ code }) => own === '*' || own.includes(code))
    const may = mayAct(c.get('officer'), 'administrator')
    const notes = await kit.asOfficer(c, async (tx) => await organisations.notes.list(tx))
    const body = html`${pageHead('Cơ quan đã đổi tên')}
<p class="lead">Khi câu trả lời nhắc một cơ quan đã đổi tên hay sáp nhập, trợ lý nói thêm câu ghi chú này. Để trống: không nói gì.</p>
<div class="stack">${places.map(
      ({ code, name }) =>
        html`<section><h2>${name}</h2><div class="two even">${organisations.bodies.map((organisation) => {
          const saved = notes.find((note) => note.province === code && note.body === organisation.key)
          const note = saved?.note ?? organisation.note
          return html`<div class="card"><h3>${organisation.name}</h3>${
            may
              ? kit.form(
                  c,
                  '/staff/cai-dat/co-quan',
                  html`<input type="hidden" name="province" value="${code}"><input type="hidden" name="body" value="${organisation.key}"><label class="field"><span class="hidden">Ghi chú cho ${organisation.name}, ${name}</span><input name="note" value="${note}" maxlength="${NOTE_MAX}"></label>${button('Lưu', 'plain')}`,
                )
              : html`<p>${note === '' ? 'Không có ghi chú.' : note}</p>`
          }${saved ? html`<p class="hint">Do đơn vị sửa.</p>` : ''}</div>`
        })}</div></section>`,
    )}</div>`
    return await kit.render(c, { title: 'Cơ quan đã đổi tên', active: '/staff/cai-dat', body })
  })

  app.post('/cai-dat/co-quan', atLeast(kit, 'administrator'), async (c) => {
    const form = await posted(c)
    const own = c.get('officer').provinces
    const province = form('province')
    const organisation = organisations.bodies.find(({ key }) => key === form('body'))
    const here =
      kit.deps.provinces.some(({ code }) => code === province) && (own === '*' || own.includes(province))
    if (!organisation || !here) return await kit.missing(c)
    const note = form('note').trim().slice(0, NOTE_MAX)
    await kit.asOfficer(c, async (tx) => {
      if (note === organisation.note) await organisations.notes.clear(tx, province, organisation.key)
      else
        await organisations.notes.save(
          tx,
          { province, body: organisation.key, note },
          c.get('officer').id,
          kit.now(),
        )
      await kit.audit(
        c,
        { action: 'organisation_note', subject: 'settings', subjectId: organisation.key, province },
        tx,
      )
    })
    return kit.go(c, '/staff/cai-dat/co-quan', {
      tone: 'good',
      text: `Đã lưu ghi chú cho ${organisation.name}.`,
    })
  })

  return app
}
