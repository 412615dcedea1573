import { getMigrations } from 'better-auth/db/migration';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '#shared/kernel/errors.ts';
import { administrator, startTestApp, type TestApp } from '#tests/support/app.ts';
import { createAuth } from './auth.ts';

const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

async function start(options?: Parameters<typeof startTestApp>[0]): Promise<TestApp> {
  const app = await startTestApp(options);
  apps.push(app);
  return app;
}

const post = (app: TestApp, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.url, ...headers },
    body: JSON.stringify(body),
  });

const me = async (app: TestApp, headers: Record<string, string>) => {
  const answer = await fetch(`${app.url}/trpc/system.me`, { headers });
  return { status: answer.status, body: await answer.text() };
};

const withoutAdministrator = { env: { MUSTER_ADMIN_EMAIL: '', MUSTER_ADMIN_PASSWORD: '' } };
const codeOf = (app: TestApp) => /code: (\S+)$/.exec(app.said.join('\n'))?.[1] ?? '';
const chosenCode = 'k3J9x-QmTq2VwZr8y_Lp';
const first = { email: 'Owner@Example.com', password: 'a long password', name: 'Olena', workspace: 'Tea shop' };

test("the migration has everything better-auth's own generator asks for", async () => {
  const app = await start();
  const auth = createAuth(app.deps, 'x'.repeat(32));
  const { toBeCreated, toBeAdded } = await getMigrations(auth.options);
  expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] });
});

test('the administrator from the environment signs in by cookie, which scripts and other sites cannot use', async () => {
  const app = await start();
  expect(app.said).toEqual(['The first administrator was created from MUSTER_ADMIN_EMAIL.']);
  const answer = await post(app, '/api/auth/sign-in/email', administrator, { 'sec-fetch-site': 'same-origin' });
  expect(answer.status).toBe(200);
  const [cookie = ''] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect(cookie).not.toMatch(/Secure/);
  const session = { cookie: cookie.split(';')[0] ?? '' };
  expect(await me(app, session)).toMatchObject({ status: 200, body: expect.stringContaining(administrator.email) });
  expect(await me(app, { cookie: 'muster.session_token=made.up' })).toMatchObject({ status: 401 });

  await post(app, '/api/auth/sign-out', {}, session);
  expect(await me(app, session)).toMatchObject({ status: 401 });
});

test('a page never gets the token; the desktop app does, and uses it as a bearer', async () => {
  const app = await start();
  const page = await post(app, '/api/auth/sign-in/email', administrator, { 'sec-fetch-site': 'same-origin' });
  expect(page.headers.get('set-auth-token')).toBeNull();
  expect(await page.text()).not.toContain('token');
  const desktop = await post(app, '/api/auth/sign-in/email', administrator);
  const token = desktop.headers.get('set-auth-token') ?? '';
  expect(await me(app, { authorization: `Bearer ${token}` })).toMatchObject({ status: 200 });
  expect(await me(app, { authorization: `Bearer ${token.split('.')[0]}` })).toMatchObject({ status: 401 });
});

test('over https the cookie is for https alone', async () => {
  const app = await start();
  const answer = await post(app, '/api/auth/sign-in/email', administrator, { 'x-forwarded-proto': 'https' });
  expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure$/);
});

test('a wrong password and an unknown address are refused alike, and guessing is slowed down', async () => {
  const app = await start();
  const wrong = await post(app, '/api/auth/sign-in/email', { ...administrator, password: 'not the password' });
  const unknown = await post(app, '/api/auth/sign-in/email', { ...administrator, email: 'other@example.com' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.text()).toBe(await unknown.text());
  let status = 401;
  for (let i = 0; i < 25 && status === 401; i++) {
    status = (await post(app, '/api/auth/sign-in/email', { ...administrator, password: `guess number ${i}` })).status;
  }
  expect(status).toBe(429);
});

test('nobody can sign up', async () => {
  const app = await start();
  const answer = await post(app, '/api/auth/sign-up/email', {
    email: 'x@example.com',
    password: 'a long password',
    name: 'X',
  });
  expect(answer.status).toBe(404);
  expect(await app.deps.db.query('select email from "user"')).toEqual([{ email: administrator.email }]);
});

test('another site cannot sign somebody in or out', async () => {
  const app = await start();
  const session = await app.signIn();
  const foreign = await post(app, '/api/auth/sign-out', {}, { ...session, origin: 'https://evil.example' });
  expect(foreign.status).toBe(403);
  expect(await me(app, session)).toMatchObject({ status: 200 });
  const signIn = await post(app, '/api/auth/sign-in/email', administrator, { origin: 'https://evil.example' });
  expect([signIn.status, signIn.headers.getSetCookie()]).toEqual([403, []]);
});

test('without an administrator the set-up screen asks for the code on the console', async () => {
  const app = await start(withoutAdministrator);
  expect(codeOf(app)).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  expect(await app.ports.system.info()).toMatchObject({ needsSetup: true });
  await expect(app.ports.system.setup({ ...first, code: 'AAAA-AAAA' })).rejects.toMatchObject({
    code: 'unauthorized',
    field: 'code',
  });
  await app.ports.system.setup({ ...first, code: codeOf(app).toLowerCase().replace('-', ' ') });
  expect(await app.ports.system.info()).toMatchObject({ needsSetup: false, workspace: { name: 'Tea shop' } });
  const answer = await post(app, '/api/auth/sign-in/email', { email: 'owner@example.com', password: first.password });
  expect(answer.status).toBe(200);
  await expect(app.ports.system.setup({ ...first, code: codeOf(app) })).rejects.toMatchObject({ code: 'conflict' });
});

test('of several set-ups at the same time one wins', async () => {
  const app = await start(withoutAdministrator);
  const results = await Promise.allSettled(
    [1, 2, 3].map((n) => app.ports.system.setup({ ...first, email: `owner${n}@example.com`, code: codeOf(app) })),
  );
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await app.deps.db.query('select count(*) as n from "user"')).toEqual([{ n: 1 }]);
});

test('the code can be guessed only a few times', async () => {
  let now = Date.UTC(2026, 0, 1);
  const app = await start({ ...withoutAdministrator, now: () => now });
  const attempt = (code: string) => app.ports.system.setup({ ...first, code });
  for (let i = 0; i < 10; i++) await expect(attempt('WRONG')).rejects.toThrow(UserError);
  await expect(attempt(codeOf(app))).rejects.toMatchObject({ code: 'rate_limited' });
  now += 11 * 60_000;
  await attempt(codeOf(app));
});

test('the code the desktop app chose opens its own server, and stands on no console', async () => {
  const local = { MUSTER_LOCAL_WORKSPACE: '1', MUSTER_SETUP_CODE: chosenCode };
  const app = await start({ env: { ...withoutAdministrator.env, ...local } });
  expect(app.said.join('\n')).not.toContain(chosenCode);
  expect((await post(app, '/trpc/system.setup', { ...first, code: 'AAAA-BBBB' })).status).toBe(401);
  expect((await post(app, '/trpc/system.setup', { ...first, code: chosenCode })).status).toBe(200);
});
