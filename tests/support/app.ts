import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { type App, startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';
import type { Role } from '#shared/account/roles.ts';
import { caller } from './caller.ts';
import { createTestDatabase } from './postgres.ts';

export const administrator = { email: 'admin@example.com', password: 'correct horse battery' };

export type TestApp = App & {
  /** What the operator was told. */
  said: string[];
  /** Log lines, parsed. */
  logged: Record<string, unknown>[];
  /** Headers of a signed-in page: cookie and origin. The administrator's unless told otherwise. */
  signIn: (who?: { email: string; password: string }) => Promise<Record<string, string>>;
  /** Adds a member over the port and signs in. */
  signInAs: (role: Role) => Promise<{ userId: string; headers: Record<string, string> }>;
};

/** A whole server on a free port and a fresh database, with an administrator unless the environment says otherwise. */
export async function startTestApp(
  options: { env?: Record<string, string>; appFolder?: string; now?: () => number; oldestClient?: number } = {},
): Promise<TestApp> {
  const shared = options.env?.MUSTER_DATABASE_URL;
  const database = shared === undefined ? await createTestDatabase() : null;
  const said: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const env = {
    MUSTER_PORT: '0',
    MUSTER_DATABASE_URL: database?.url ?? '',
    MUSTER_ADMIN_EMAIL: administrator.email,
    MUSTER_ADMIN_PASSWORD: administrator.password,
    ...options.env,
  };
  const app = await startApp(readConfig(env), {
    log: pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line)) }),
    say: (line) => said.push(line),
    ...(options.appFolder ? { appFolder: options.appFolder } : {}),
    ...(options.now ? { now: options.now } : {}),
    ...(options.oldestClient ? { oldestClient: options.oldestClient } : {}),
  });
  async function signIn(who = administrator): Promise<Record<string, string>> {
    const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: app.url },
      body: JSON.stringify({ email: who.email, password: who.password }),
    });
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
    if (!answer.ok || cookie.length === 0) throw new Error(`sign-in answered ${answer.status}`);
    return { cookie: cookie.join('; '), origin: app.url };
  }
  return {
    ...app,
    said,
    logged,
    signIn,
    async signInAs(role) {
      const password = 'a long enough password';
      const email = `${role.toLowerCase()}-${randomUUID()}@example.com`;
      const { userId } = await app.ports.members.add(caller, { email, name: `The ${role}`, password, role });
      return { userId, headers: await signIn({ email, password }) };
    },
    async stop() {
      await app.stop();
      await database?.drop();
    },
  };
}
