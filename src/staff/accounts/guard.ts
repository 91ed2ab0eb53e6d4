import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { Db } from '../../database/index.ts'
import type { Auth } from './auth.ts'
import { LONGEST_SESSION_MS } from './auth.ts'
import {
  type Account,
  accountById,
  endSession,
  noteSeen,
  type Role,
  setDisabled,
  UNUSED_MS,
} from './store.ts'

/** Who asks, and whether they may: session, account, role, and the token every form carries. */

export interface Officer {
  id: string
  name: string
  role: Role
  provinces: readonly string[] | '*'
  sessionToken: string
  secondFactor: boolean
}

export type StaffEnv = { Variables: { officer: Officer } }
export type StaffContext = Context<StaffEnv>

export interface GuardOptions {
  db: Db
  auth: () => Promise<Auth>
  key: Uint8Array
  secure: boolean
  now: () => Date
}

export const ROLE_LABEL: Record<Role, string> = {
  administrator: 'Quản trị',
  reviewer: 'Cán bộ xử lý',
  viewer: 'Chỉ xem',
}
const RANK: Record<Role, number> = { viewer: 0, reviewer: 1, administrator: 2 }

export function mayAct(officer: Officer, role: Role): boolean {
  return RANK[officer.role] >= RANK[role]
}

/** What an officer has to do before anything else: a one-time password and a missing second factor block the rest. */
function pendingDuty(account: Account): 'change_password' | 'second_factor' | null {
  if (account.must_change_password) return 'change_password'
  return account.role === 'administrator' && !account.two_factor_enabled ? 'second_factor' : null
}

const DUTY_PATH = { change_password: '/staff/toi/mat-khau', second_factor: '/staff/toi/xac-thuc' } as const
const PRE_COOKIE = 'nscl.pre'
const FLASH_COOKIE = 'nscl.flash'

export const Flash = z.object({
  tone: z.enum(['good', 'warn', 'bad']),
  text: z.string().max(900),
  /** A form shown beside the message that takes the step back. */
  undo: z
    .object({
      action: z.string().startsWith('/staff/'),
      label: z.string(),
      fields: z.record(z.string(), z.string()),
    })
    .optional(),
})
export type Flash = z.infer<typeof Flash>

export type Guard = ReturnType<typeof createGuard>

export function createGuard({ db, auth, key, secure, now }: GuardOptions) {
  const formKey = Buffer.from(hkdfSync('sha256', key, '', 'nscl staff forms', 32))
  const mac = (purpose: string, value: string) =>
    createHmac('sha256', formKey).update(`${purpose}\n${value}`).digest('base64url')
  const same = (a: string, b: string) =>
    a.length === b.length && timingSafeEqual(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
  const cookie = { path: '/staff', httpOnly: true, sameSite: 'Lax', secure } as const

  /** The session's token as a form carries it: under a fresh pad, so that no two pages hold the same bytes. */
  function formToken(c: Context): string {
    const token = Buffer.from(sessionFormToken(c), 'base64url')
    const pad = randomBytes(token.length)
    return Buffer.concat([pad, token.map((byte, index) => byte ^ (pad[index] ?? 0))]).toString('base64url')
  }

  function isFormToken(c: Context, given: string): boolean {
    const bytes = Buffer.from(given, 'base64url')
    const half = bytes.length / 2
    const token = bytes.subarray(half).map((byte, index) => byte ^ (bytes[index] ?? 0))
    return same(Buffer.from(token).toString('base64url'), sessionFormToken(c))
  }

  /** The token of this session's forms; before sign-in it hangs on a cookie of its own. */
  function sessionFormToken(c: Context): string {
    const officer = c.get('officer') as Officer | undefined
    if (officer) return mac('form', officer.sessionToken)
    let pre = getCookie(c, PRE_COOKIE) ?? (c.get('pre') as string | undefined)
    if (pre === undefined) {
      pre = crypto.randomUUID()
      c.set('pre' as never, pre as never)
      setCookie(c, PRE_COOKIE, pre, cookie)
    }
    return mac('pre', pre)
  }

  /** Refuses a write whose form was not made for this session. */
  const checkToken: MiddlewareHandler<StaffEnv> = async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next()
    const body = await c.req.parseBody({ all: true })
    const given = body['_token']
    if (typeof given !== 'string' || !isFormToken(c, given))
      throw new HTTPException(403, { message: 'form expired' })
    return await next()
  }

  async function officerOf(c: Context): Promise<{ officer: Officer; account: Account } | null> {
    if (!/nscl\.session_token=/.test(c.req.header('cookie') ?? '')) return null
    // The open conversation asks for news by itself: that is no sign of anybody being there.
    const bySelf = c.req.header('x-part') === 'live'
    const { headers, response } = await (await auth()).api.getSession({
      headers: c.req.raw.headers,
      query: { disableRefresh: bySelf },
      returnHeaders: true,
    })
    if (response === null) return null
    for (const value of headers.getSetCookie()) c.header('set-cookie', value, { append: true })
    const at = now()
    const { token, createdAt } = response.session
    const account = await accountById(db, response.user.id)
    if (account === null || account.disabled_at !== null) return null
    if (at.getTime() - createdAt.getTime() > LONGEST_SESSION_MS) {
      await endSession(db, token)
      return null
    }
    if (!bySelf) await noteSeen(db, account.id, at)
    return {
      account,
      officer: {
        id: account.id,
        name: account.name,
        role: account.role,
        provinces: account.provinces.includes('*') ? '*' : account.provinces,
        sessionToken: token,
        secondFactor: account.two_factor_enabled,
      },
    }
  }

  /** Lets signed-in officers through; everyone else goes to sign-in and comes back afterwards. */
  const signedIn: MiddlewareHandler<StaffEnv> = async (c, next) => {
    const found = await officerOf(c)
    if (found === null) {
      const back = c.req.method === 'GET' ? `?tiep=${encodeURIComponent(new URL(c.req.url).pathname)}` : ''
      return c.redirect(`/staff/dang-nhap${back}`, 303)
    }
    c.set('officer', found.officer)
    const duty = pendingDuty(found.account)
    const path = new URL(c.req.url).pathname
    if (duty !== null && !path.startsWith(DUTY_PATH[duty]) && path !== '/staff/dang-xuat') {
      return c.redirect(DUTY_PATH[duty], 303)
    }
    return await next()
  }

  function setFlash(c: Context, flash: Flash): void {
    const value = Buffer.from(JSON.stringify(flash)).toString('base64url')
    setCookie(c, FLASH_COOKIE, `${value}.${mac('flash', value)}`, { ...cookie, maxAge: 60 })
  }

  function takeFlash(c: Context): Flash | null {
    const raw = getCookie(c, FLASH_COOKIE)
    if (raw === undefined) return null
    deleteCookie(c, FLASH_COOKIE, { path: '/staff' })
    const [value = '', signature = ''] = raw.split('.')
    if (!same(signature, mac('flash', value))) return null
    return Flash.parse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')))
  }

  return { formToken, checkToken, signedIn, officerOf, setFlash, takeFlash, mac }
}

/** Only a path of the console itself may follow a sign-in: no open redirect. */
export function safeReturn(path: string | undefined): string {
  return path !== undefined &&
    /^\/staff(?:\/[\w./-]*)?$/.test(path) &&
    !path.includes('..') &&
    !path.includes('//')
    ? path
    : '/staff'
}

/** Switches an account off when nobody used it for 45 days. @returns whether it is off now */
export async function offWhenUnused(db: Db, account: Account, at: Date): Promise<boolean> {
  if (at.getTime() - account.last_seen_at.getTime() <= UNUSED_MS) return false
  await setDisabled(db, account.id, 'unused')
  return true
}
