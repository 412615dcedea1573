import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answerError } from '#server/http/error-answer.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { rowsOf } from '#shared/columns/rows.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Hint } from '#shared/sync/wire.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { chunkRoutes } from './chunk-routes.ts';
import { markDirty } from './dirty.ts';
import { writeDocument } from './document-store.ts';
import { createSync } from './sync.ts';

const body = { name: 'x', description: '', rule: { type: 'all', rules: [] }, createdAt: 1 };
let database: TestDatabase;
let deps: Deps;
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => database.drop());

async function startSync() {
  const sync = createSync(deps);
  await sync.start();
  open.push(() => sync.stop());
  return sync;
}

async function until<T>(what: string, read: () => Promise<T | undefined | null | false>): Promise<T> {
  for (let left = 200; left > 0; left--) {
    const found = await read();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`${what} did not happen within 10 s`);
}

const addContact = (email: string) =>
  deps.db.tx((tx) => writeContact(tx, { values: { email } }, { source: 'API', now: Date.now() }));

test('[VER-2] [HINT-1] a committed change is numbered at once and hinted; chunks follow', async () => {
  const sync = await startSync();
  const before = await sync.manifest(caller);
  const { id } = await addContact('first@example.com');
  const started = performance.now();
  deps.wake.notify('dirty');
  const epoch = before.epoch;
  const tail = await until('the change', async () => {
    const answer = await sync.tail(caller, { epoch, after: 0, limit: 100 });
    return answer.changed.contact?.includes(id) && answer;
  });
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(tail.rows.contactPersonal?.[0]?.cells.email).toBe('first@example.com');
  // A build that began while the contact was being written may hold one of its two chunks; the next one holds both.
  const manifest = await until('both chunks', async () => {
    const answer = await sync.manifest(caller);
    return answer.generation > before.generation && answer.chunks.length === 2 && answer;
  });
  expect(manifest.chunks.map(({ table, rows }) => [table, rows])).toEqual([
    ['contact', 1],
    ['contactPersonal', 1],
  ]);
});

test('[VER-2] a change whose wake-up was lost is numbered all the same', async () => {
  const sync = await startSync();
  const { epoch } = await sync.manifest(caller);
  const { version: after } = await sync.pull(caller, { epoch: null, after: 0, limit: 1000 });
  await deps.db.tx((tx) => markDirty(tx, 'order', [4711]));
  await until('the change', async () => {
    const tail = await sync.tail(caller, { epoch, after, limit: 100 });
    return tail.changed.order?.includes(4711);
  });
});

test('[HINT-1] [HINT-2] the stream says where the server is, then each change, newest only, until the client goes', async () => {
  const sync = createSync(deps);
  const client = new AbortController();
  const hints: Hint[] = [];
  const stream = (async () => {
    for await (const hint of sync.hints(caller, client.signal)) hints.push(hint);
  })();
  const { version } = await sync.pull(caller, { epoch: null, after: 0, limit: 1000 });
  await until('the first hint', async () => hints.length === 1);
  expect(hints[0]).toMatchObject({ version });
  let last = 0;
  for (let turn = 0; turn < 20; turn++) {
    last = (await deps.db.tx((tx) => writeDocument(tx, 'segment', `hinted-${turn}`, body))).rev;
    deps.wake.notify('feed');
  }
  await until('the newest hint', async () => hints.at(-1)?.version === last);
  expect(hints.length).toBeLessThan(20);
  const versions = hints.map((hint) => hint.version);
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  client.abort();
  await stream;
});

test('[HINT-2] a change made while the stream reads is not missed', async () => {
  // The first read of the stream is held up until after the change: only a listener from before can tell of it.
  const gate = Promise.withResolvers<void>();
  const reads: string[] = [];
  const slow: Deps = {
    ...deps,
    db: {
      ...deps.db,
      async query(text, values) {
        const answer = await deps.db.query(text, values);
        reads.push(text);
        if (reads.length === 1) await gate.promise;
        return answer as never;
      },
    },
  };
  const client = new AbortController();
  const stream = createSync(slow).hints(caller, client.signal)[Symbol.asyncIterator]();
  const first = stream.next();
  await until('the first read', async () => reads.length === 1);
  const { rev } = await deps.db.tx((tx) => writeDocument(tx, 'segment', 'between', body));
  deps.wake.notify('feed');
  await sleep(20);
  gate.resolve();
  expect((await first).value.version).toBeLessThan(rev);
  expect((await stream.next()).value).toMatchObject({ version: rev });
  client.abort();
  expect(await stream.next()).toMatchObject({ done: true });
});

test('[HINT-2] open streams end when the server stops', async () => {
  const sync = createSync(deps);
  await sync.start();
  const stream = sync.hints(caller, undefined)[Symbol.asyncIterator]();
  await stream.next();
  const next = stream.next();
  await sync.stop();
  expect(await next).toMatchObject({ done: true });
});

test('[CHUNK-1] chunk bytes go to signed-in callers only, compressed where the client can, and into no cache', async () => {
  const sync = await startSync();
  await addContact('second@example.com');
  deps.wake.notify('dirty');
  const manifest = await until('a generation', async () => {
    const answer = await sync.manifest(caller);
    return answer.chunks.length > 0 && answer;
  });
  const chunk = must(manifest.chunks[0], 'a chunk');
  const app = Fastify();
  app.setErrorHandler(answerError);
  await app.register(
    chunkRoutes(deps, async ({ headers }) => (headers.authorization === 'Bearer good' ? caller : null)),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  open.push(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { headers: { authorization: 'Bearer good', ...headers } });

  for (const encoding of ['gzip', 'identity']) {
    const answer = await get(`/chunks/${chunk.hash}`, { 'accept-encoding': encoding });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(chunk.hash);
    expect(bytes.length).toBe(chunk.bytes);
    expect(rowsOf(decodeChunk(bytes))).toHaveLength(chunk.rows);
  }
  const stranger = await get(`/chunks/${chunk.hash}`, { authorization: 'Bearer bad' });
  expect([stranger.status, stranger.headers.get('cache-control')]).toEqual([401, 'no-store']);
  for (const path of [`/chunks/${'0'.repeat(64)}`, '/chunks/nonsense']) {
    const missing = await get(path);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } });
  }
});
