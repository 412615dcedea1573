import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { deviceState, helloOutput, PROTOCOL_HEADER, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { eventsOf } from '#tests/support/event-stream.ts';
import { LEASE_DAYS } from './devices.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
let now = Date.now();
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: () => now });
});
afterAll(() => app.stop());

type Headers = Record<string, string>;
const holds = { contacts: 10, personal: true, events: 5, bytes: 4096, since: 1 };
let made = 0;
const newId = () => `device-made-by-the-test-${made++}`;

const errorBody = z.object({ error: z.object({ data: z.object({ reason: z.string().nullable() }) }) });
const resultBody = z.object({ result: z.object({ data: z.unknown().optional() }) });

/** What a procedure answers, or the reason of its error. */
async function call(method: 'GET' | 'POST', path: string, headers: Headers, input: unknown): Promise<unknown> {
  const json = JSON.stringify(input);
  const answer = await fetch(
    `${app.url}/trpc/${path}${method === 'GET' ? `?input=${encodeURIComponent(json)}` : ''}`,
    method === 'GET'
      ? { headers }
      : { method, headers: { ...headers, 'content-type': 'application/json' }, body: json },
  );
  const body: unknown = await answer.json();
  if (answer.ok) return resultBody.parse(body).result.data;
  return errorBody.parse(body).error.data.reason ?? answer.status;
}
const hello = (headers: Headers, deviceId: string, more: object = {}) =>
  call(
    'POST',
    'device.hello',
    { ...headers, [PROTOCOL_HEADER]: String(PROTOCOL_VERSION) },
    {
      ...{ deviceId, name: 'Chrome on Windows', holds },
      ...more,
    },
  );
const state = async (id: string) => {
  const answer = deviceState.safeParse(await call('GET', 'device.state', {}, { id }));
  return answer.success ? answer.data.state : 'no answer';
};
const signOut = (headers: Headers, id: string) => call('POST', 'device.signOut', headers, { id });
const me = async (headers: Headers) => (await fetch(`${app.url}/trpc/system.me`, { headers })).status;
const rowOf = async (id: string) => {
  const [row] = await app.deps.db.query('select *, xmin::text as written from device where id = $1', [id]);
  return row;
};
const listed = async (id: string, who = caller) => (await app.ports.devices.list(who)).find((one) => one.id === id);

test('[DEV-1] a device says what it holds; the answer is the role, the lease and the server’s time', async () => {
  const { headers, userId } = await app.signInAs('auditor');
  const id = newId();
  const answer = helloOutput.parse(await hello(headers, id));
  expect(answer).toEqual({ role: 'auditor', leaseDays: LEASE_DAYS, serverTime: now });
  expect(await rowOf(id)).toMatchObject({
    user_id: userId,
    name: 'Chrome on Windows',
    protocol: PROTOCOL_VERSION,
    holds,
  });
  const list = z.array(z.object({ id: z.string(), current: z.boolean(), state: z.string(), holds: z.unknown() }));
  expect(list.parse(await call('GET', 'device.list', headers, null))).toEqual([
    { id, current: true, state: 'active', holds },
  ]);
  expect(await listed(id)).toMatchObject({ current: false, userName: 'The auditor', firstSeenAt: now });
});

test('[DEV-1] a device whose session expired or ended is listed as not signed in', async () => {
  const { headers } = await app.signInAs('auditor');
  const id = newId();
  const sessionOf = async () => (await rowOf(id))?.session_id;
  await hello(headers, id);
  expect(await listed(id)).toMatchObject({ state: 'active', signedIn: true });
  await app.deps.db.query('update "session" set "expiresAt" = $2 where "id" = $1', [
    await sessionOf(),
    new Date(now - 1),
  ]);
  expect(await listed(id)).toMatchObject({ state: 'active', signedIn: false });
  await app.deps.db.query('delete from "session" where "id" = $1', [await sessionOf()]);
  expect(await listed(id)).toMatchObject({ state: 'active', signedIn: false });
});

test('[DEV-1] being seen again is written once a minute, a change at once', async () => {
  const { headers } = await app.signInAs('auditor');
  const id = newId();
  const start = now;
  await hello(headers, id);
  const { written } = (await rowOf(id)) ?? {};
  now += MINUTE - 1;
  for (let i = 0; i < 3; i++) await hello(headers, id);
  expect(await rowOf(id)).toMatchObject({ written, last_seen_at: new Date(start) });
  await hello(headers, id, { holds: { ...holds, contacts: 11 } });
  expect(await rowOf(id)).toMatchObject({ holds: { contacts: 11 }, last_seen_at: new Date(now) });
  now += MINUTE;
  await hello(headers, id, { holds: { ...holds, contacts: 11 } });
  expect(await rowOf(id)).toMatchObject({ first_seen_at: new Date(start), last_seen_at: new Date(now) });
});

test('[DEV-1] a device that stays connected stays seen', async () => {
  const { headers } = await app.signInAs('auditor');
  const id = newId();
  await hello(headers, id);
  const closing = new AbortController();
  const answer = await fetch(`${app.url}/trpc/sync.stream`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: closing.signal,
  });
  await eventsOf(answer).next();
  now += MINUTE;
  app.deps.wake.notify('access');
  await vi.waitFor(async () => expect((await rowOf(id))?.last_seen_at).toEqual(new Date(now)));
  closing.abort();
});

test('[DEV-1] one sees one’s own devices, an administrator everybody’s; the same holds for signing out', async () => {
  const [one, two, admin] = [
    await app.signInAs('marketer'),
    await app.signInAs('marketer'),
    await app.signInAs('admin'),
  ];
  const [mine, theirs] = [newId(), newId()];
  await hello(one.headers, mine);
  await hello(two.headers, theirs);
  const idsFor = async (headers: Headers) =>
    z
      .array(z.object({ id: z.string() }))
      .parse(await call('GET', 'device.list', headers, null))
      .map(({ id }) => id);
  expect(await idsFor(one.headers)).toEqual([mine]);
  expect(await idsFor(admin.headers)).toEqual(expect.arrayContaining([mine, theirs]));
  expect(await signOut(one.headers, theirs)).toBe('forbidden');
  expect(await me(two.headers)).toBe(200);
  expect(await signOut(one.headers, newId())).toBe('not_found');
  expect(await signOut(one.headers, mine)).not.toBe('forbidden');
  expect(await signOut(admin.headers, theirs)).not.toBe('forbidden');
  expect([await me(one.headers), await me(two.headers)]).toEqual([401, 401]);
});

test('[DEV-2] signed out from afar: no session any more, the order without one, wiped, and a new start', async () => {
  const { headers, userId } = await app.signInAs('auditor');
  const id = newId();
  await hello(headers, id);
  expect([await state(id), await state(newId())]).toEqual(['active', 'unknown']);
  await signOut(headers, id);
  expect(await me(headers)).toBe(401);
  expect([await state(id), (await listed(id))?.state]).toEqual(['signedOut', 'ordered']);

  // Signing in again does not take the order back: the session that says hello is ended too.
  const [{ email } = { email: '' }] = await app.deps.db.query<{ email: string }>(
    'select "email" from "user" where "id" = $1',
    [userId],
  );
  const again = await app.signIn({ email, password: 'a long enough password' });
  expect(await hello(again, id)).toBe('unauthorized');
  expect(await me(again)).toBe(401);

  await call('POST', 'device.wiped', {}, { id });
  expect(await listed(id)).toMatchObject({ state: 'wiped', holds: { contacts: 0, personal: false } });
  expect(await state(id)).toBe('signedOut');
  const third = await app.signIn({ email, password: 'a long enough password' });
  expect(await hello(third, id)).toMatchObject({ role: 'auditor' });
  expect([await state(id), (await listed(id))?.state]).toEqual(['active', 'active']);
});

test('[DEV-2] who is removed has every device ordered to delete its data', async () => {
  const { headers, userId } = await app.signInAs('marketer');
  const [one, two, wiped] = [newId(), newId(), newId()];
  for (const id of [one, two, wiped]) await hello(headers, id);
  await call('POST', 'device.wiped', {}, { id: wiped });
  await app.ports.members.remove(caller, userId);
  expect([await state(one), await state(two)]).toEqual(['signedOut', 'signedOut']);
  expect((await listed(wiped))?.state).toBe('wiped');
});

test('a device has one session: signing in again ends its older one, and a late word of the older does not end the newer', async () => {
  const { headers, userId } = await app.signInAs('auditor');
  const [{ email } = { email: '' }] = await app.deps.db.query<{ email: string }>(
    'select "email" from "user" where "id" = $1',
    [userId],
  );
  const id = newId();
  await hello(headers, id);
  const newer = await app.signIn({ email, password: 'a long enough password' });
  await hello(newer, id);
  expect([await me(headers), await me(newer)]).toEqual([401, 200]);

  const newest = await app.signIn({ email, password: 'a long enough password' });
  const other = newId();
  await hello(newest, other);
  await hello(newer, other);
  expect([await me(newer), await me(newest)]).toEqual([200, 200]);
});

test('signing out, saying hello and being signed out from afar at the same time end in order', async () => {
  for (let round = 0; round < 8; round++) {
    const person = await app.signInAs('auditor');
    const id = newId();
    await hello(person.headers, id);
    await Promise.all([
      fetch(`${app.url}/api/auth/sign-out`, {
        method: 'POST',
        headers: { ...person.headers, 'content-type': 'application/json' },
        body: '{}',
      }),
      ...[1, 2, 3].map(() => hello(person.headers, id, { holds: { ...holds, contacts: round } })),
      app.ports.devices.signOut(caller, id),
      app.ports.members.remove(caller, person.userId),
    ]);
    expect([await me(person.headers), (await listed(id))?.state]).toEqual([401, 'ordered']);
  }
  expect(app.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('a device that another person uses moves to them and begins anew', async () => {
  const [one, two] = [await app.signInAs('marketer'), await app.signInAs('auditor')];
  const id = newId();
  await hello(one.headers, id);
  now += DAY;
  await hello(two.headers, id);
  expect(await listed(id)).toMatchObject({ userId: two.userId, firstSeenAt: now });
  expect(await me(one.headers)).toBe(200);
});

test('what a device may ask without a session is limited, and old wiped devices are forgotten', async () => {
  const { headers } = await app.signInAs('auditor');
  const [kept, old] = [newId(), newId()];
  for (const id of [kept, old]) await hello(headers, id);
  await call('POST', 'device.wiped', {}, { id: old });
  now += 91 * DAY;
  await call('POST', 'device.wiped', {}, { id: kept });
  const again = await startTestApp({
    env: { MUSTER_DATABASE_URL: app.deps.db.pool.options.connectionString ?? '' },
    now: () => now,
  });
  await again.stop();
  expect([await rowOf(old), (await rowOf(kept))?.id]).toEqual([undefined, kept]);

  let answer: unknown = null;
  for (let left = 100; left > 0 && answer !== 'rate_limited'; left--)
    answer = await call('GET', 'device.state', {}, { id: kept });
  expect(answer).toBe('rate_limited');
  now += 2 * MINUTE;
  expect(await state(kept)).toBe('active');
});
