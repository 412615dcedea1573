import { createHmac } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { bearer } from 'better-auth/plugins/bearer';
import type { Deps } from '#server/service.ts';
import { createRateLimit } from './rate-limit.ts';

/** Set by our own route from the connection, replacing whatever the client sent under this name. */
export const CLIENT_ADDRESS_HEADER = 'x-muster-client-address';
const PASSWORD_MIN = 10;
const COOKIE_PREFIX = 'muster';
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;
const DAY_S = 86_400;

/** Every process derives the same secret, so a session holds whichever of them answers. */
export function authSecret(linkSecret: string): string {
  return createHmac('sha256', linkSecret).update('sessions').digest('base64url');
}

/** Both schemes of the host asked for: a proxy may have ended TLS before us. */
function ownOrigins(request: Request | undefined): string[] {
  const host = request?.headers.get('host');
  return host ? [`http://${host}`, `https://${host}`] : [];
}

/** better-auth with e-mail and password, cookie sessions and bearer tokens; signing up is closed. */
export function createAuth(deps: Pick<Deps, 'db' | 'log' | 'config' | 'now'>, secret: string) {
  return betterAuth({
    appName: 'Muster',
    baseURL: deps.config.publicUrl,
    basePath: '/api/auth',
    secret,
    database: deps.db.pool,
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: PASSWORD_MIN, maxPasswordLength: 200 },
    session: { expiresIn: 30 * DAY_S, updateAge: DAY_S },
    trustedOrigins: ownOrigins,
    plugins: [bearer({ requireSignature: true })],
    rateLimit: {
      enabled: true,
      customStorage: createRateLimit(deps.now),
      window: 60,
      max: 300,
      customRules: { '/sign-in/email': { window: 60, max: 20 }, '/change-password': { window: 60, max: 10 } },
    },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // "Secure" is added per answer, when the request came over https: the same server is also reached over loopback http.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    logger: {
      level: 'warn',
      // Its arguments may hold addresses; the message alone says what happened.
      log: (level, message) => deps.log[level === 'error' ? 'error' : 'warn']({ part: 'better-auth' }, message),
    },
  });
}
export type Auth = ReturnType<typeof createAuth>;
