import { html } from 'hono/html'
import { ClassInput, type TrainingClass } from '../../programme/index.ts'
import type { Kit } from '../kit.ts'
import { inputDateTime, parseInputDateTime } from '../ui/format.ts'
import type { Markup } from '../ui/layout.ts'
import { button, field, select } from '../ui/parts.ts'

/** The form of a class, and reading it back. Six sessions are enough for every plan; longer courses are two classes. */

const SESSIONS = 6
type Posted = (name: string) => string

export function classForm(
  kit: Kit,
  provinces: readonly string[] | '*',
  existing: TrainingClass | null,
  values: Posted | null,
): Markup {
  const value = (name: string, stored: string) => (values === null ? stored : values(name))
  const own = kit.deps.provinces.filter(({ code }) => provinces === '*' || provinces.includes(code))
  const provinceField =
    existing === null
      ? select(
          'province',
          'Tỉnh',
          own.map(({ code, name }) => [code, name] as const),
          value('province', own[0]?.code ?? ''),
        )
      : html`<input type="hidden" name="province" value="${existing.province}"><input type="hidden" name="version" value="${values === null ? existing.version : values('version')}">`
  return html`${field('title', 'Tên lớp', { required: true, maxlength: 300, value: value('title', existing?.title ?? '') })}
<div class="two even"><div>${provinceField}
${select(
  'support',
  'Nội dung hỗ trợ',
  kit.deps.supportKinds.map(({ key, name }) => [key, name] as const),
  value('support', existing?.support ?? ''),
)}
${field('audience', 'Dành cho', { maxlength: 1000, value: value('audience', existing?.audience ?? ''), hint: 'Ví dụ: mỗi đơn vị tối đa 3 người.' })}
${field('place', 'Nơi học', { maxlength: 500, value: value('place', existing?.place ?? '') })}
${field('link', 'Đường dẫn học trực tuyến', { type: 'url', maxlength: 500, value: value('link', existing?.link ?? ''), hint: 'Bắt đầu bằng https://' })}
</div><div>${field('seats', 'Số chỗ', { required: true, type: 'number', value: value('seats', String(existing?.seats ?? 30)) })}
${field('opensAt', 'Nhận đăng ký từ', { required: true, type: 'datetime-local', value: value('opensAt', existing ? inputDateTime(existing.opensAt) : inputDateTime(kit.now())) })}
${field('closesAt', 'Hết hạn đăng ký', { required: true, type: 'datetime-local', value: value('closesAt', existing ? inputDateTime(existing.closesAt) : '') })}
${field('offerHours', 'Số giờ người chờ được giữ chỗ để trả lời', { required: true, type: 'number', value: value('offerHours', String(existing?.offerHours ?? 48)) })}
</div></div>
<fieldset class="sessions"><legend>Buổi học (để trống dòng không dùng)</legend>${Array.from(
    { length: SESSIONS },
    (_, index) => {
      const session = existing?.sessions[index]
      return html`<div class="two even"><div class="field"><label for="s${index}">Buổi ${index + 1} bắt đầu</label><input type="datetime-local" id="s${index}" name="start${index}" value="${value(`start${index}`, session ? inputDateTime(session.startsAt) : '')}"></div><div class="field"><label for="e${index}">Buổi ${index + 1} kết thúc</label><input type="datetime-local" id="e${index}" name="end${index}" value="${value(`end${index}`, session ? inputDateTime(session.endsAt) : '')}"></div></div>`
    },
  )}</fieldset>${button(existing === null ? 'Tạo bản nháp' : 'Lưu')}`
}

const MESSAGE: Record<string, string> = {
  title: 'Tên lớp cần 3 đến 300 ký tự.',
  seats: 'Số chỗ từ 1 đến 2.000.',
  opensAt: 'Thiếu lúc bắt đầu nhận đăng ký.',
  closesAt: 'Thiếu hạn đăng ký.',
  link: 'Đường dẫn phải bắt đầu bằng https://',
  sessions: 'Cần ít nhất một buổi học, kết thúc sau khi bắt đầu.',
  offerHours: 'Số giờ giữ chỗ từ 1 đến 240.',
}

export function readClass(
  form: Posted,
  provinces: readonly string[] | '*',
): { input: ClassInput } | { error: string } {
  const province = form('province')
  if (provinces !== '*' && !provinces.includes(province)) return { error: 'Chọn tỉnh anh/chị phụ trách.' }
  const sessions = Array.from({ length: SESSIONS }, (_, index) => ({
    startsAt: parseInputDateTime(form(`start${index}`)),
    endsAt: parseInputDateTime(form(`end${index}`)),
  })).filter(({ startsAt, endsAt }) => startsAt !== null || endsAt !== null)
  const parsed = ClassInput.safeParse({
    province,
    title: form('title'),
    support: form('support'),
    audience: form('audience'),
    place: form('place'),
    link: form('link') === '' ? null : form('link'),
    seats: Number(form('seats')),
    opensAt: parseInputDateTime(form('opensAt')),
    closesAt: parseInputDateTime(form('closesAt')),
    offerHours: Number(form('offerHours')),
    sessions,
  })
  if (parsed.success) return { input: parsed.data }
  const issue = parsed.error.issues[0]
  return { error: MESSAGE[String(issue?.path[0] ?? '')] ?? sentence(issue?.message ?? 'chưa điền đủ') }
}

function sentence(text: string): string {
  return `Chưa lưu: ${text}.`
}
