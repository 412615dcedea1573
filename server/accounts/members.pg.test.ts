import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { migrate, readMigrations } from '#server/storage/migrate.ts';
import { memberId } from '#shared/account/member.schema.ts';
import type { Role } from '#shared/account/roles.ts';
import type { MemberPort } from '#shared/api/ports.ts';
import { administrator, startTestApp, type TestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase } from '#tests/support/postgres.ts';

let app: TestApp;
let members: MemberPort;
beforeAll(async () => {
  app = await startTestApp();
  members = app.ports.members;
});
afterEach(async () => {
  for (const { userId, active, email } of await members.list(caller)) {
    if (active && email !== administrator.email) await members.remove(caller, userId);
  }
});
afterAll(() => app.stop());

const answered = z.object({ result: z.object({ data: z.unknown() }) });
let made = 0;
const add = (role: Role, name = 'Olena') =>
  members.add(caller, { email: `Olena${made++}@Example.com`, name, password: 'a long password', role });
const bodyOf = async (userId: string) => {
  const [row] = await app.deps.db.query('select kind, body, deleted from document where id = $1', [memberId(userId)]);
  return row;
};
const theAdministrator = async () => {
  const found = (await members.list(caller)).find(({ email }) => email === administrator.email);
  if (!found) throw new Error('no administrator');
  return found;
};
const me = async (headers: Record<string, string>) => {
  const answer = await fetch(`${app.url}/trpc/system.me`, { headers });
  return answer.ok ? answered.parse(await answer.json()).result.data : answer.status;
};

test('the first administrator is a member with a document, as is everybody who is added', async () => {
  const first = await theAdministrator();
  expect(first).toMatchObject({ role: 'admin', active: true, name: 'admin' });
  expect(await bodyOf(first.userId)).toEqual({
    kind: 'member',
    deleted: false,
    body: { userId: first.userId, name: 'admin', role: 'admin', active: true },
  });
  const olena = await add('auditor');
  expect(olena).toMatchObject({ email: expect.stringMatching(/^olena\d+@example\.com$/), role: 'auditor' });
  expect(await bodyOf(olena.userId)).toMatchObject({ body: { role: 'auditor', name: 'Olena', active: true } });
});

test('an account from before there were members gets its document at the next start', async () => {
  const { userId } = await theAdministrator();
  await app.deps.db.query('delete from document where id = $1', [memberId(userId)]);
  const again = await startTestApp({ env: { MUSTER_DATABASE_URL: app.deps.db.pool.options.connectionString ?? '' } });
  expect(await bodyOf(userId)).toMatchObject({ body: { role: 'admin', active: true } });
  const [before] = await app.deps.db.query('select version from feed_counter');
  await again.stop();
  const third = await startTestApp({ env: { MUSTER_DATABASE_URL: app.deps.db.pool.options.connectionString ?? '' } });
  await third.stop();
  expect(await app.deps.db.query('select version from feed_counter')).toEqual([before]);
});

test('an account of the release without members is the administrator after the update', async () => {
  const database = await createTestDatabase({ empty: true });
  const [first] = await readMigrations();
  await migrate(database.db.pool, { timeZone: 'UTC', migrations: first ? [first] : [] });
  await database.db.query(
    `insert into "user" ("id", "name", "email", "emailVerified") values ('u1', 'Ann', 'a@x.org', false)`,
  );
  const updated = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url } });
  expect(await updated.ports.members.list(caller)).toMatchObject([{ userId: 'u1', role: 'admin', active: true }]);
  expect(await updated.ports.system.info()).toMatchObject({ needsSetup: false });
  const body = { userId: 'u1', name: 'Ann', role: 'admin', active: true };
  expect(await database.db.query('select id, body from document')).toEqual([{ id: memberId('u1'), body }]);
  await updated.stop();
  await database.drop();
});

test('an address has one account, and says which field is wrong', async () => {
  const { email } = await add('marketer');
  const again = { email: email.toUpperCase(), name: 'Other', password: 'a long password', role: 'admin' as const };
  await expect(members.add(caller, again)).rejects.toMatchObject({ code: 'conflict', field: 'email' });
  const results = await Promise.allSettled([1, 2, 3].map(() => members.add(caller, { ...again, email: 'same@x.org' })));
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
});

test('a changed role is in the document and in what the person is answered, at once', async () => {
  const { userId, headers } = await app.signInAs('auditor');
  expect(await me(headers)).toMatchObject({ userId, role: 'auditor' });
  await members.setRole(caller, { userId, role: 'marketerNoPersonal' });
  expect(await me(headers)).toMatchObject({ userId, role: 'marketerNoPersonal' });
  expect(await bodyOf(userId)).toMatchObject({ body: { role: 'marketerNoPersonal' } });
  await expect(members.setRole(caller, { userId: 'nobody', role: 'admin' })).rejects.toMatchObject({
    code: 'not_found',
    field: 'userId',
  });
});

test('the last administrator stays one, whatever several of them do at the same time', async () => {
  const first = await theAdministrator();
  await expect(members.setRole(caller, { userId: first.userId, role: 'auditor' })).rejects.toMatchObject({
    code: 'conflict',
    field: 'role',
  });
  await expect(members.remove(caller, first.userId)).rejects.toMatchObject({ code: 'conflict', field: 'userId' });
  const second = await add('admin');
  const asThemselves = (userId: string) => ({ ...caller, userId });
  await expect(members.remove(asThemselves(first.userId), first.userId)).rejects.toMatchObject({ code: 'conflict' });
  const results = await Promise.allSettled([
    members.setRole(asThemselves(first.userId), { userId: second.userId, role: 'auditor' }),
    members.setRole(asThemselves(second.userId), { userId: first.userId, role: 'auditor' }),
  ]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const admins = (await members.list(caller)).filter(({ role, active }) => role === 'admin' && active);
  expect(admins).toHaveLength(1);
  await app.deps.db.query(`update member set role = 'admin' where user_id = $1`, [first.userId]);
});

test('who is removed cannot sign in, has no session, and keeps the name on what they changed; they can be taken in again', async () => {
  const password = 'a long password';
  const { userId, email } = await add('marketer', 'Petro');
  const headers = await app.signIn({ email, password });
  // A session that a sign-in makes at the very moment of the removal opens nothing either.
  await app.deps.db.query('update member set removed_at = now() where user_id = $1', [userId]);
  expect(await me(headers)).toBe(401);
  await app.deps.db.query('update member set removed_at = null where user_id = $1', [userId]);
  await members.remove(caller, userId);
  expect(await me(headers)).toBe(401);
  await expect(app.signIn({ email, password })).rejects.toThrow('401');
  expect(await app.deps.db.query('select 1 from "session" where "userId" = $1', [userId])).toEqual([]);
  expect(await bodyOf(userId)).toMatchObject({ body: { name: 'Petro', active: false, role: 'marketer' } });
  expect((await members.list(caller)).find((one) => one.userId === userId)).toMatchObject({ active: false });
  await expect(members.remove(caller, userId)).rejects.toMatchObject({ code: 'not_found' });

  const back = await members.add(caller, { email, name: 'Petro P.', password: 'another password', role: 'auditor' });
  expect(back).toMatchObject({ userId, name: 'Petro P.', role: 'auditor', active: true });
  await expect(app.signIn({ email, password })).rejects.toThrow('401');
  expect(await me(await app.signIn({ email, password: 'another password' }))).toMatchObject({ role: 'auditor' });
});

test('changing one’s own password needs the old one, and better-auth’s other ways to change an account are closed', async () => {
  const { headers, userId } = await app.signInAs('auditor');
  const post = async (path: string, body: unknown) =>
    (
      await fetch(`${app.url}/api/auth/${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).status;
  const next = { newPassword: 'the next password', revokeOtherSessions: true };
  expect(await post('change-password', { ...next, currentPassword: 'not the password' })).toBe(400);
  expect(await post('change-password', { ...next, currentPassword: 'a long enough password' })).toBe(200);
  for (const path of [
    'update-user',
    'change-email',
    'set-password',
    'delete-user',
    'reset-password',
    'sign-up/email',
  ]) {
    expect([path, await post(path, { name: 'Admin', newEmail: 'a@example.com', role: 'admin' })]).toEqual([path, 404]);
  }
  // It would tell the page the tokens of other sessions; devices are listed by ours.
  expect((await fetch(`${app.url}/api/auth/list-sessions`, { headers })).status).toBe(404);
  expect(await bodyOf(userId)).toMatchObject({ body: { name: 'The auditor', role: 'auditor' } });
});
