import { Hono } from 'hono'
import { html } from 'hono/html'
import type { StaffContext, StaffEnv } from '../accounts/guard.ts'
import { atLeast, type Kit } from '../kit.ts'
import { dateTime } from '../ui/format.ts'
import { badge, button, empty, facts, pageHead, type Tone } from '../ui/parts.ts'

/** The accounts on chat platforms: whether they work, and the Zalo consent an administrator has to give now and then. */

const CONNECTION: Record<'not_connected' | 'ready' | 'refreshing' | 'lost', readonly [string, Tone]> = {
  not_connected: ['Chưa kết nối', 'warn'],
  ready: ['Đang hoạt động', 'good'],
  refreshing: ['Đang gia hạn', 'info'],
  lost: ['Mất quyền, cần kết nối lại', 'bad'],
}

export function channelPages(kit: Kit) {
  const app = new Hono<StaffEnv>()
  app.use('/cai-dat/kenh', atLeast(kit, 'administrator'))
  app.use('/cai-dat/kenh/*', atLeast(kit, 'administrator'))

  /** The Zalo accounts that serve none but this administrator's provinces. */
  async function mine(c: StaffContext) {
    const { zalo } = kit.deps
    if (zalo === null) return []
    const own = c.get('officer').provinces
    const all = await zalo.accounts.all('zalo')
    return all.filter(
      ({ provinces }) =>
        own === '*' || (provinces.length > 0 && provinces.every((code) => own.includes(code))),
    )
  }

  app.get('/cai-dat/kenh', async (c) => {
    const accounts = await mine(c)
    const shown = await Promise.all(
      accounts.map(async (account) => ({
        account,
        status: (await kit.deps.zalo?.status(account.id)) ?? null,
      })),
    )
    const body = html`${pageHead('Tài khoản kênh chat', { back: { href: '/staff/cai-dat', label: 'Cài đặt' } })}
${
  shown.length === 0
    ? empty('Chưa có Zalo OA nào', 'OA đầu tiên được khai trong cấu hình máy chủ (ZALO_…).')
    : html`<div class="stack">${shown.map(
        ({
          account,
          status,
        }) => html`<section class="card"><h2>${account.name} ${status === null ? '' : badge(...CONNECTION[status.connection])}</h2>
${facts([
  ['OA', account.externalId],
  ['Tỉnh', account.provinces.map((code) => kit.provinceName(code)).join(', ') || 'hỏi người dân'],
  ['Gia hạn lần cuối', status?.refreshedAt ? dateTime(status.refreshedAt) : null],
  ['Quyền còn đến', status?.expiresAt ? dateTime(status.expiresAt) : null],
  ['Tin nhận gần nhất', status?.lastEventAt ? dateTime(status.lastEventAt) : 'chưa có'],
  ['Lỗi', status?.lastError ?? null],
  ['Cảnh báo', status?.alarms.map(({ code, count }) => `${code} (${count})`).join('\n') ?? null],
])}${kit.form(c, `/staff/cai-dat/kenh/${account.id}/ket-noi`, html`<p class="hint">Mở trang đồng ý của Zalo; người bấm phải là quản trị viên OA. Đường dẫn dùng một lần, trong 30 phút.</p>${button('Kết nối Zalo')}`)}</section>`,
      )}</div>`
}`
    return await kit.render(c, { title: 'Tài khoản kênh chat', active: '/staff/cai-dat', body })
  })

  app.post('/cai-dat/kenh/:id/ket-noi', async (c) => {
    const account = (await mine(c)).find(({ id }) => id === c.req.param('id'))
    const link = account === undefined ? null : ((await kit.deps.zalo?.connectLink(account.id)) ?? null)
    if (account === undefined || link === null) return await kit.missing(c)
    await kit.audit(c, { action: 'zalo_connect', subject: 'settings', subjectId: account.id, province: null })
    // Shown, not redirected to: the content policy lets forms lead nowhere but here.
    const body = html`${pageHead('Kết nối Zalo', { back: { href: '/staff/cai-dat/kenh', label: 'Tài khoản kênh chat' } })}<div class="card"><p>Mở trang của Zalo và đồng ý với tài khoản quản trị OA “${account.name}”.</p><p><a class="btn primary" rel="noopener noreferrer" href="${link}">Mở trang đồng ý của Zalo</a></p></div>`
    return await kit.render(c, { title: 'Kết nối Zalo', active: '/staff/cai-dat', body })
  })

  return app
}
