import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { createAuth } from './accounts/auth.ts'
import { createGuard, type StaffEnv } from './accounts/guard.ts'
import type { StaffDeps } from './deps.ts'
import { createKit } from './kit.ts'
import { accountPages } from './pages/accounts.ts'
import { annualPages } from './pages/annual.ts'
import { auditPages } from './pages/audit.ts'
import { channelPages } from './pages/channels.ts'
import { checkInPages } from './pages/check-in.ts'
import { classPages } from './pages/classes.ts'
import { conversationPages } from './pages/conversations.ts'
import { decisionPages } from './pages/decisions.ts'
import { exportPages } from './pages/exports.ts'
import { knowledgePages } from './pages/knowledge.ts'
import { uploadPages } from './pages/knowledge-upload.ts'
import { mePages } from './pages/me.ts'
import { modelPages } from './pages/model.ts'
import { organisationPages } from './pages/organisations.ts'
import { privacyPages } from './pages/privacy.ts'
import { questionPages } from './pages/questions.ts'
import { queuePages } from './pages/queue.ts'
import { registrationPages } from './pages/registration.ts'
import { settingsPages } from './pages/settings.ts'
import { signInPages } from './pages/sign-in.ts'
import { assetRoutes } from './ui/assets.ts'

/** Uploads of documents have their own limit; a form of text never comes near this. */
const FORM_BYTES = 256 * 1024
const UPLOAD_BYTES = 12 * 1024 * 1024

/** The console, mounted at /staff. Nothing but its style and script is reachable without sign-in. */
export function staffApp(deps: StaffDeps): Hono<StaffEnv> {
  const secure = deps.publicUrl.startsWith('https:')
  let made: ReturnType<typeof createAuth> | null = null
  const auth = () => {
    made ??= createAuth({ pool: deps.db.pool, key: deps.key, publicUrl: deps.publicUrl })
    return made
  }
  const guard = createGuard({ db: deps.db, auth, key: deps.key, secure, now: deps.now })
  const kit = createKit(deps, guard)
  const app = new Hono<StaffEnv>().basePath('/staff')

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      strictTransportSecurity: secure ? 'max-age=31536000' : false,
      permissionsPolicy: { camera: ['self'], microphone: [], geolocation: [] },
    }),
  )
  app.route('/assets', assetRoutes())
  // The pages hold a secret beside what the address says; form tokens are written anew each time (guard.ts), so their
  // length under compression tells nothing (BREACH).
  app.use(compress())
  app.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  app.use(async (c, next) => {
    const upload = c.req.path.startsWith('/staff/tri-thuc')
    const limit = bodyLimit({
      maxSize: upload ? UPLOAD_BYTES : FORM_BYTES,
      onError: (refused) => refused.text('Nội dung gửi lên quá lớn.', 413),
    })
    return await limit(c, next)
  })
  app.use(
    csrf({
      origin: (origin, c) =>
        origin === new URL(deps.publicUrl).origin || origin === new URL(c.req.url).origin,
    }),
  )

  // Sign-in stands outside the fence; its forms carry a token all the same.
  const tokenOnly = new Hono<StaffEnv>()
  tokenOnly.use('/dang-nhap/*', guard.checkToken)
  tokenOnly.use('/dang-nhap', guard.checkToken)
  app.route('/', tokenOnly)
  app.use('/dang-xuat', guard.signedIn, guard.checkToken)
  app.route('/', signInPages(kit, auth))

  app.use(guard.signedIn, guard.checkToken)
  app.get('/', (c) => c.redirect('/staff/ho-so', 303))
  app.route('/toi', mePages(kit, auth))
  app.route('/tai-khoan', accountPages(kit))
  for (const pages of [
    queuePages,
    decisionPages,
    registrationPages,
    conversationPages,
    questionPages,
    uploadPages,
    knowledgePages,
    classPages,
    checkInPages,
    privacyPages,
    exportPages,
    annualPages,
    settingsPages,
    organisationPages,
    channelPages,
    modelPages,
    auditPages,
  ]) {
    app.route('/', pages(kit))
  }

  app.notFound(async (c) =>
    c.get('officer') === undefined ? c.redirect('/staff/dang-nhap', 303) : await kit.missing(c),
  )
  app.onError(async (error, c) => {
    if (error instanceof HTTPException && error.status < 500) {
      return await kit.bare(
        c,
        'Không thực hiện được',
        html`<h1>Biểu mẫu đã cũ</h1><p>Phiên hoặc trang đã hết hạn nên chưa có gì thay đổi. Mở lại trang rồi làm lại.</p><p><a class="btn primary" href="/staff">Mở lại bảng điều hành</a></p>`,
        403,
      )
    }
    if (isBadValue(error)) {
      return await kit.bare(
        c,
        'Yêu cầu không đúng dạng',
        html`<h1>Yêu cầu không đúng dạng</h1><p>Địa chỉ hoặc biểu mẫu chứa giá trị không đọc được; chưa có gì thay đổi.</p><p><a class="btn primary" href="/staff">Mở lại bảng điều hành</a></p>`,
        400,
      )
    }
    deps.log.error({ err: error, path: c.req.routePath }, 'console page failed')
    return c.html(
      '<!doctype html><html lang="vi"><title>Lỗi</title><h1>Có lỗi ở máy chủ</h1><p>Chưa có gì thay đổi. Thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên.</p>',
      500,
    )
  })
  return app
}

/** Postgres class 22, "data exception": a zero byte, a number out of range. Nobody types that; a scanner does. */
function isBadValue(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^22...$/.test(error.code)
  )
}
