/** What is open for longer than a request: streams end with the session and with the role. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { eventsOf, type StreamEvent } from '#tests/support/event-stream.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

/** Well below what looking by itself takes (5 s), with room for a busy machine; a quiet one needs some 50 ms. */
const AT_ONCE_MS = 2_000;
let database: TestDatabase;
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url } });
  other = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url, MUSTER_ROLE: 'api' } });
});
afterAll(async () => {
  await app.stop();
  await other.stop();
  await database.drop();
});

/** Opens the stream of hints and waits for the first; `ended` answers how long after `since` it was over, in ms. */
async function openStream(url: string, headers: Record<string, string>) {
  const closing = new AbortController();
  const answer = await fetch(`${url}/trpc/sync.stream`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: closing.signal,
  });
  const events = eventsOf(answer);
  expect((await events.next()).value).toMatchObject({ event: 'message', data: { version: expect.any(Number) } });
  let last: StreamEvent | null = null;
  let endedAt: number | null = null;
  const end = (async () => {
    try {
      for await (const event of events) last = event;
    } catch (error) {
      if (!closing.signal.aborted) throw error;
    }
    endedAt = performance.now();
    return endedAt;
  })();
  return {
    ended: async (since: number) => (await end) - since,
    isOver: () => endedAt !== null,
    last: () => last,
    close: () => closing.abort(),
  };
}

const post = (path: string, headers: Record<string, string>, body: unknown) =>
  fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('[ROLE-4] a changed role ends the person’s streams at once, in every process, and nobody else’s', async () => {
  const person = await app.signInAs('marketer');
  const colleague = await app.signInAs('marketer');
  const [here, there, theirs] = await Promise.all([
    openStream(app.url, person.headers),
    openStream(other.url, person.headers),
    openStream(other.url, colleague.headers),
  ]);
  const since = performance.now();
  await app.ports.members.setRole(caller, { userId: person.userId, role: 'marketerNoPersonal' });
  expect(await here.ended(since)).toBeLessThan(AT_ONCE_MS);
  expect(await there.ended(since)).toBeLessThan(AT_ONCE_MS);
  // The end is said, not cut: the client asks anew instead of trying the same again.
  expect(here.last()).toMatchObject({ event: 'return' });
  expect(theirs.isOver()).toBe(false);
  theirs.close();
  const again = await openStream(other.url, person.headers);
  expect(again.isOver()).toBe(false);
  again.close();
});

test('[ROLE-4] a stream ends with its session: signed out here, elsewhere, or removed', async () => {
  const person = await app.signInAs('auditor');
  let stream = await openStream(other.url, person.headers);
  let since = performance.now();
  expect((await post('/api/auth/sign-out', person.headers, {})).status).toBe(200);
  expect(await stream.ended(since)).toBeLessThan(AT_ONCE_MS);

  const removed = await app.signInAs('auditor');
  stream = await openStream(other.url, removed.headers);
  since = performance.now();
  await app.ports.members.remove(caller, removed.userId);
  expect(await stream.ended(since)).toBeLessThan(AT_ONCE_MS);
});

test('[ROLE-4] a session that ended without a word is found by looking', async () => {
  const person = await app.signInAs('auditor');
  const stream = await openStream(app.url, person.headers);
  const since = performance.now();
  await app.deps.db.query('delete from "session" where "userId" = $1', [person.userId]);
  expect(await stream.ended(since)).toBeLessThan(8_000);
});

test('[ROLE-4] a role that changes while the stream is being opened ends it', async () => {
  const stale = { ...caller, userId: (await app.signInAs('auditor')).userId };
  const found = [];
  for await (const hint of app.ports.sync.hints(stale, undefined)) found.push(hint);
  expect(found).toEqual([]);
});
