/**
 * Accounts and sessions. Nobody can sign up: the first administrator comes from the environment, or from the set-up screen
 * behind a one-time code that only the console shows.
 */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Deps, Service } from '#server/service.ts';
import type { Caller, SystemInfo, SystemPort } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { OLDEST_CLIENT, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { type Auth, authSecret, createAuth } from './auth.ts';
import { createSetupCode } from './setup-code.ts';

/** Any fixed number: two processes never create two first administrators. */
const LOCK = 77_213_002;

export type Accounts = SystemPort &
  Service & {
    /** Who sends a request with these headers (session cookie or bearer token); null when nobody is signed in. */
    callerOf: (headers: Headers) => Promise<Caller | null>;
    /** Answers a request below /api/auth. */
    handle: (request: Request) => Promise<Response>;
  };

const workspaceRow = z.object({
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  link_secret: z.string(),
});

export function createAccounts(deps: Deps, options: { say: (line: string) => void }): Accounts {
  const { db, config } = deps;
  const setupCode = createSetupCode(deps.now);
  let auth: Auth | null = null;
  let hasAdministrator = false;

  function running(): Auth {
    if (!auth) throw new UserError('not_ready', 'The server is starting.');
    return auth;
  }

  async function workspace() {
    const [row] = await db.query('select name, time_zone, currency, link_secret from workspace');
    return workspaceRow.parse(row);
  }

  async function needsSetup(): Promise<boolean> {
    // Once there is an administrator there always is one.
    if (!hasAdministrator) hasAdministrator = (await db.query('select from "user" limit 1')).length > 0;
    return !hasAdministrator;
  }

  /** Answers false when there was one already. */
  function createAdministrator(input: {
    email: string;
    password: string;
    name: string;
    workspace?: string;
  }): Promise<boolean> {
    return db.tx(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
      if (!(await needsSetup())) return false;
      const hash = await (await running().$context).password.hash(input.password);
      const id = uuidv7({ msecs: deps.now() });
      // The two rows better-auth's own sign-up would write, here in one transaction: no account without its password.
      await tx.query('insert into "user" ("id", "name", "email", "emailVerified") values ($1, $2, $3, false)', [
        id,
        input.name,
        input.email.toLowerCase(),
      ]);
      await tx.query(
        `insert into "account" ("id", "accountId", "providerId", "userId", "password", "updatedAt")
         values ($1, $2, 'credential', $2, $3, now())`,
        [uuidv7({ msecs: deps.now() }), id, hash],
      );
      if (input.workspace) await tx.query('update workspace set name = $1', [input.workspace]);
      return true;
    });
  }

  return {
    name: 'accounts',
    async start() {
      auth = createAuth(deps, authSecret((await workspace()).link_secret));
      if (!(await needsSetup())) return;
      const { adminEmail: email, adminPassword: password } = config;
      if (email !== null && password !== null) {
        if (await createAdministrator({ email, password, name: email.split('@')[0] ?? email })) {
          options.say('The first administrator was created from MUSTER_ADMIN_EMAIL.');
        }
      } else if (config.role !== 'worker') {
        options.say(`No administrator yet. The set-up screen asks for this code: ${setupCode.code}`);
      }
    },
    async stop() {
      // Sessions are rows; nothing is open here.
    },
    async info(): Promise<SystemInfo> {
      const { name, time_zone: timeZone, currency } = await workspace();
      return {
        version: config.version,
        protocol: PROTOCOL_VERSION,
        oldestClient: OLDEST_CLIENT,
        needsSetup: await needsSetup(),
        workspace: { name, timeZone, currency },
      };
    },
    async setup({ code, ...input }) {
      if (await needsSetup()) {
        setupCode.check(code);
        if (await createAdministrator(input)) return;
      }
      throw new UserError('conflict', 'There is an administrator already. Sign in instead.');
    },
    async callerOf(headers) {
      if (!headers.has('cookie') && !headers.has('authorization')) return null;
      const session = await running().api.getSession({ headers });
      return session ? { userId: session.user.id, email: session.user.email, name: session.user.name } : null;
    },
    handle: (request) => running().handler(request),
  };
}
