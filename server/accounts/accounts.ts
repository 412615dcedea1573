/**
 * Accounts and sessions. Nobody can sign up: the first administrator comes from the environment, or from the set-up screen
 * behind a one-time code that only the console shows.
 */
import { z } from 'zod';
import { addStarterFields } from '#server/contacts/starter-fields.ts';
import type { Deps, Service } from '#server/service.ts';
import { roles } from '#shared/account/roles.ts';
import type { Caller, SystemInfo, SystemPort } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { lockMembers } from './account-rows.ts';
import { type Auth, authSecret, createAuth } from './auth.ts';
import { insertMember, publishMembers } from './members.ts';
import { createSetupCode } from './setup-code.ts';

export type Accounts = SystemPort &
  Service & {
    /** Who sends a request with these headers (session cookie or bearer token); null when nobody is signed in. */
    callerOf: (headers: Headers) => Promise<Caller | null>;
    /** Answers a request below /api/auth. */
    handle: (request: Request) => Promise<Response>;
  };

const callerRow = z.object({ role: z.enum(roles) });
const workspaceRow = z.object({
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  link_secret: z.string(),
});

export function createAccounts(deps: Deps, options: { say: (line: string) => void; oldestClient: number }): Accounts {
  const { db, config } = deps;
  const setupCode = createSetupCode(deps.now, deps.config.setupCode);
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
    if (!hasAdministrator)
      hasAdministrator =
        (await db.query(`select from member where role = 'admin' and removed_at is null limit 1`)).length > 0;
    return !hasAdministrator;
  }

  /** Answers false when there was one already. */
  async function createAdministrator(input: {
    email: string;
    password: string;
    name: string;
    workspace?: string;
  }): Promise<boolean> {
    const created = await db.tx(async (tx) => {
      await lockMembers(tx);
      if (!(await needsSetup())) return false;
      if (input.workspace) await tx.query('update workspace set name = $1', [input.workspace]);
      await insertMember(tx, { ...input, role: 'admin' }, deps.now());
      await addStarterFields(tx);
      return true;
    });
    if (created) deps.wake.notify('feed');
    return created;
  }

  return {
    name: 'accounts',
    async start() {
      auth = createAuth(deps, authSecret((await workspace()).link_secret));
      await publishMembers(deps);
      if (!(await needsSetup())) return;
      const { adminEmail: email, adminPassword: password } = config;
      if (email !== null && password !== null) {
        if (await createAdministrator({ email, password, name: email.split('@')[0] ?? email })) {
          options.say('The first administrator was created from MUSTER_ADMIN_EMAIL.');
        }
      } else if (config.role !== 'worker' && config.setupCode === null) {
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
        oldestClient: options.oldestClient,
        needsSetup: await needsSetup(),
        workspace: { name, timeZone, currency, defaultRegion: config.defaultRegion },
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
      if (!session) return null;
      const { id: userId, email, name } = session.user;
      const [member] = await db.query('select role from member where user_id = $1 and removed_at is null', [userId]);
      return member ? { userId, email, name, role: callerRow.parse(member).role, sessionId: session.session.id } : null;
    },
    async handle(request) {
      const answer = await running().handler(request);
      // It may have ended sessions: what is open in their name looks again.
      if (request.method !== 'GET') deps.wake.notify('access');
      return answer;
    },
  };
}
