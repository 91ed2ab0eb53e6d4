import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { type Head, textOf, type Unreadable, withHead } from '../documents/convert.ts'
import { atLeast, type Kit, posted } from '../kit.ts'
import { count } from '../ui/format.ts'
import { button, field, notice, type Option, pageHead, select } from '../ui/parts.ts'
import { Day, DOCUMENT_ID, refusalText } from './knowledge.ts'

/** Uploading a plan or a notice: Markdown, Word or PDF becomes a draft. Mounted before the pages of one document. */

const UNREADABLE: Record<Unreadable, string> = {
  unknown_kind: 'Chỉ nhận tệp Markdown (.md, .txt), Word (.docx) hoặc PDF.',
  not_an_archive: 'Tệp Word hỏng hoặc không phải Word.',
  too_large: 'Tệp bung ra quá lớn.',
  no_text: 'Không đọc được chữ nào: PDF ảnh chụp cần chuyển thành chữ trước.',
  unreadable: 'Không đọc được tệp này.',
}
export function uploadPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  const { knowledge } = kit.deps
  const reviewer = atLeast(kit, 'reviewer')

  function provinceOptions(c: StaffContext): Option[] {
    const own = c.get('officer').provinces
    return kit.deps.provinces
      .filter(({ code }) => own === '*' || own.includes(code))
      .map(({ code, name }) => [code, name] as const)
  }

  async function showUpload(c: StaffContext, error: string | null) {
    const body = html`${pageHead('Thêm văn bản', { back: { href: '/staff/tri-thuc', label: 'Tri thức' }, lead: 'Tải lên thành bản nháp; xem lại rồi mới công bố. Văn bản đang dùng không bị gián đoạn.' })}
${error === null ? '' : html`<div role="alert">${notice('bad', 'Chưa lưu.', html`<p class="pre">${error}</p>`)}</div>`}
<div class="card">${kit.form(
      c,
      '/staff/tri-thuc/moi',
      html`<div class="two even"><div>
${field('file', 'Tệp', { type: 'file', required: true, accept: '.md,.markdown,.txt,.docx,.pdf', hint: 'Markdown, Word (.docx) hoặc PDF có chữ, tối đa 12 MB.' })}
${select('province', 'Tỉnh', provinceOptions(c))}
${field('id', 'Mã văn bản', { maxlength: 63, hint: 'Chữ thường không dấu, ví dụ ninh-thuan-thong-bao-2026. Trùng mã có sẵn thì thành bản mới của văn bản đó. Tệp Markdown có sẵn phần đầu thì để trống các ô này.' })}
${select('kind', 'Loại', [
  ['notice', 'Thông báo'],
  ['plan', 'Kế hoạch'],
])}
</div><div>${field('title', 'Tên văn bản', { maxlength: 500 })}
${field('number', 'Số hiệu', { maxlength: 60 })}
${field('issuer', 'Cơ quan ban hành', { maxlength: 200 })}
${field('issuedOn', 'Ngày ban hành', { type: 'date' })}
${field('validFrom', 'Có hiệu lực từ', { type: 'date' })}
${field('validTo', 'Hết hiệu lực', { type: 'date' })}
</div></div>${button('Tải lên thành bản nháp')}`,
      { file: true },
    )}</div>`
    return await kit.render(
      c,
      { title: 'Thêm văn bản', active: '/staff/tri-thuc', body },
      error === null ? 200 : 422,
    )
  }

  app.get('/tri-thuc/moi', reviewer, async (c) => await showUpload(c, null))

  app.post('/tri-thuc/moi', reviewer, async (c) => {
    const form = await posted(c)
    const file = (await c.req.parseBody({ all: true }))['file']
    const province = provinceOptions(c).find(([code]) => code === form('province'))
    if (province === undefined) return await kit.missing(c)
    if (!(file instanceof File) || file.size === 0) return await showUpload(c, 'Chưa chọn tệp.')
    const read = await textOf(file.name, new Uint8Array(await file.arrayBuffer()))
    if ('refused' in read) return await showUpload(c, UNREADABLE[read.refused])
    const ownHead = read.text.replace(/^\ufeff/, '').startsWith('---')
    const head = ownHead ? null : readHead(form, { code: province[0], name: province[1] }, file.name)
    if (head !== null && 'error' in head) return await showUpload(c, head.error)
    const source = head === null ? read.text : withHead(head, read.text)
    const saved = await knowledge.saveDraft({ province: province[0], source, by: c.get('officer').id })
    if ('reason' in saved) return await showUpload(c, refusalText(saved))
    await kit.audit(c, {
      action: 'draft',
      subject: 'knowledge',
      subjectId: saved.documentId,
      province: province[0],
      details: { version: saved.version },
    })
    return kit.go(c, `/staff/tri-thuc/${saved.documentId}/${saved.version}`, {
      tone: saved.dropped.length === 0 ? 'good' : 'warn',
      text:
        saved.dropped.length === 0
          ? 'Đã lưu bản nháp. Xem khác biệt, hỏi thử, rồi công bố.'
          : `Đã lưu bản nháp. ${count(saved.dropped.length)} số liệu của bản cũ không còn câu gốc trong bản này và bị bỏ ra.`,
    })
  })

  return app
}

function readHead(
  form: (name: string) => string,
  province: { code: string; name: string },
  fileName: string,
): Head | { error: string } {
  const [issuedOn, validFrom, validTo] = [
    z.iso.date().safeParse(form('issuedOn')),
    Day.safeParse(form('validFrom')),
    Day.safeParse(form('validTo')),
  ]
  if (!DOCUMENT_ID.test(form('id'))) return { error: 'Mã văn bản gồm chữ thường không dấu, số và gạch nối.' }
  if (form('title') === '' || form('issuer') === '') return { error: 'Cần tên văn bản và cơ quan ban hành.' }
  if (!issuedOn.success || !validFrom.success || !validTo.success)
    return { error: 'Cần ngày ban hành; ngày hiệu lực đúng dạng.' }
  return {
    id: form('id'),
    title: form('title').slice(0, 500),
    kind: form('kind') === 'plan' ? 'plan' : 'notice',
    number: form('number') === '' ? null : form('number').slice(0, 60),
    issuer: form('issuer').slice(0, 200),
    issuedOn: issuedOn.data,
    validFrom: validFrom.data,
    validTo: validTo.data,
    supersededBy: null,
    province,
    fileName,
  }
}
