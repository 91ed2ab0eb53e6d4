import { hkdfSync } from 'node:crypto'
import type { Pool } from 'pg'

/** Sign-in, sessions and second factor by better-auth, on the same Postgres and in tables named by us. */

/** A session ends when nothing was asked for this long. */
const IDLE_SECONDS = 15 * 60
/** A session ends after a working day whatever happens. */
export const LONGEST_SESSION_MS = 12 * 60 * 60 * 1000
const REFRESH_SECONDS = 60

export interface AuthOptions {
  pool: Pool
  /** At least 32 bytes; the key of cookies and of second-factor secrets is derived from it. */
  key: Uint8Array
  /** Where browsers reach the console, without path: https://… makes cookies Secure. */
  publicUrl: string
}

export type Auth = Awaited<ReturnType<typeof createAuth>>

/**
 * The library is loaded when first needed: it costs most of a second, and the server is ready without it.
 * Its own HTTP routes stay unmounted: the console calls its functions, so nothing but our pages can be reached.
 */
export async function createAuth({ pool, key, publicUrl }: AuthOptions) {
  const [{ betterAuth }, { twoFactor }] = await Promise.all([
    import('better-auth'),
    import('better-auth/plugins/two-factor'),
  ])
  return betterAuth({
    appName: 'NSCL',
    baseURL: publicUrl,
    basePath: '/staff/auth',
    secret: Buffer.from(hkdfSync('sha256', key, '', 'nscl staff sessions', 32)).toString('base64url'),
    database: pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false }, // ours locks the account, not the address: an office shares one
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 200 },
    user: {
      modelName: 'staff_user',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'staff_session',
      expiresIn: IDLE_SECONDS,
      updateAge: REFRESH_SECONDS,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'staff_credential',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'staff_verification',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'nscl',
      useSecureCookies: publicUrl.startsWith('https:'),
      // Lax, not Strict: the check-in code of a class is opened from the phone's camera, which is another site.
      defaultCookieAttributes: { path: '/staff', sameSite: 'lax', httpOnly: true },
      database: { generateId: () => crypto.randomUUID() },
    },
    plugins: [
      twoFactor({
        issuer: 'NSCL',
        accountLockout: { maxFailedAttempts: 5, durationSeconds: 15 * 60 },
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'staff_two_factor',
            fields: {
              backupCodes: 'backup_codes',
              userId: 'user_id',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
    ],
  })
}
