/** Apps and servers of different releases: what an installed app of protocol 1 sends and reads, and one that is too old. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { writeContact } from '#server/identity/write-contacts.ts';
import { must } from '#shared/kernel/assert.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { firstEvent } from '#tests/support/event-stream.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { buildGeneration } from './chunk-builder.ts';

const recorded = z
  .record(z.string(), z.object({ method: z.string(), path: z.string(), body: z.string().nullable() }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../tests/data/protocol-1/requests.json'), 'utf8')));

/** What protocol 1 read of each answer: field by field, nothing else. Frozen. */
const envelope1 = z.object({
  id: z.string(),
  kind: z.string(),
  schemaVersion: z.int().min(1),
  rev: z.int().min(0),
  body: z.record(z.string(), z.unknown()),
  deleted: z.boolean(),
});
const answers1 = {
  me: z.object({ userId: z.string(), email: z.string(), name: z.string() }),
  pull: z.object({ epoch: z.string(), version: z.int(), documents: z.array(envelope1), more: z.boolean() }),
  push: z.object({
    conflicts: z.array(envelope1),
    refusals: z.array(z.object({ id: z.string(), code: z.string(), message: z.string(), master: envelope1 })),
  }),
  manifest: z.object({
    epoch: z.string(),
    generation: z.int(),
    tailFrom: z.int(),
    builtAt: z.number(),
    chunks: z.array(z.object({ table: z.string(), index: z.int(), hash: z.string(), rows: z.int(), bytes: z.int() })),
  }),
  tail: z.object({
    epoch: z.string(),
    version: z.int(),
    more: z.boolean(),
    changed: z.record(z.string(), z.array(z.int())),
    rows: z.record(
      z.string(),
      z.array(z.object({ key: z.number(), cells: z.record(z.string(), z.union([z.number(), z.string(), z.null()])) })),
    ),
  }),
  hint: z.object({ epoch: z.string(), version: z.int(), generation: z.int() }),
};

let database: TestDatabase;
let app: TestApp;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await app.stop();
  await database.drop();
});

const batch = z.tuple([
  z.object({
    result: z.object({ data: z.unknown() }).optional(),
    error: z.object({ message: z.string(), data: z.object({ reason: z.string().nullable() }) }).optional(),
  }),
]);

/** Sends a recorded request with a session; answers its one part of the batch. */
async function send(name: string, session: Record<string, string>, epoch = '') {
  const { method, path, body } = must(recorded[name], name);
  const headers = body === null ? session : { ...session, 'content-type': 'application/json' };
  const answer = await fetch(`${app.url}${path}`, { method, headers, body: body?.replace('{epoch}', epoch) ?? null });
  return batch.parse(await answer.json())[0];
}

const stream = (session: Record<string, string>, params: Record<string, string> | null = null) =>
  fetch(
    `${app.url}/trpc/sync.stream${params ? `?connectionParams=${encodeURIComponent(JSON.stringify(params))}` : ''}`,
    {
      headers: { ...session, accept: 'text/event-stream' },
    },
  );

test('[VER-4] an installed app of protocol 1 is served: what it sends is taken, what it reads is there', async () => {
  // Nothing is built behind its back: it asks for changes from the very first.
  app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url, MUSTER_ROLE: 'api' } });
  const session = await app.signIn();
  const { id } = await app.deps.db.tx((tx) =>
    writeContact(tx, { values: { email: 'a@example.com' } }, { source: 'API', now: Date.now() }),
  );
  expect(id).toBe(1);

  expect(answers1.me.parse((await send('me', session)).result?.data)).toMatchObject({ name: 'admin' });
  const { epoch, documents } = answers1.pull.parse((await send('firstPull', session)).result?.data);
  // A kind it does not know: it keeps those without showing them (VER-5).
  expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(['member', 'contact-field']));
  expect(answers1.push.parse((await send('push', session, epoch)).result?.data)).toEqual({
    conflicts: [],
    refusals: [],
  });
  expect(await app.deps.db.query('select town from contact where id = 1')).toEqual([{ town: 'Lviv' }]);
  const { conflicts, refusals } = answers1.push.parse((await send('conflictingPush', session, epoch)).result?.data);
  expect(conflicts).toMatchObject([{ id: 'p1-segment', body: { name: 'Of protocol 1' } }]);
  expect(refusals).toEqual([]);
  const pulled = answers1.pull.parse((await send('secondPull', session, epoch)).result?.data);
  const own = pulled.documents.filter(({ kind }) => kind !== 'contact-field');
  expect(own.map((one) => one.id).toSorted()).toEqual(['p1-edit', 'p1-segment']);
  // It shows a document only if its body is not newer than it knows.
  expect(own.map(({ schemaVersion }) => schemaVersion)).toEqual([1, 1]);
  const manifest = async () => answers1.manifest.parse((await send('manifest', session)).result?.data);
  expect(await manifest()).toMatchObject({ epoch, generation: 0, chunks: [] });
  const tail = answers1.tail.parse((await send('tail', session, epoch)).result?.data);
  expect(tail.rows.contactPersonal?.[0]?.cells.town).toBe('Lviv');
  await buildGeneration(app.deps);
  expect((await manifest()).chunks.map(({ table }) => table)).toEqual(['contact', 'contactPersonal']);
  expect(answers1.hint.parse((await firstEvent(await stream(session))).data)).toMatchObject({ epoch });
});

test('[VER-4] an app older than the oldest one served is told so in words by everything it syncs with, and does nothing', async () => {
  const oldestClient = PROTOCOL_VERSION + 1;
  app = await startTestApp({ oldestClient });
  const session = await app.signIn();
  const before = await app.deps.db.query('select * from document order by id');
  const told = { message: expect.stringContaining(`speaks version 1, the server needs ${oldestClient}`) };
  for (const name of ['firstPull', 'push', 'manifest', 'tail']) {
    expect((await send(name, session)).error).toMatchObject({ ...told, data: { reason: 'client_too_old' } });
  }
  expect(await firstEvent(await stream(session))).toMatchObject({
    event: 'serialized-error',
    data: { ...told, data: { reason: 'client_too_old' } },
  });
  expect(await app.deps.db.query('select * from document order by id')).toEqual(before);
  // What is no sync still works: an app can say who it is and what its server is.
  expect((await send('me', session)).error).toBeUndefined();
  const info = await fetch(`${app.url}/trpc/system.info`);
  expect(await info.json()).toMatchObject({ result: { data: { protocol: PROTOCOL_VERSION, oldestClient } } });

  const newer = { ...session, [PROTOCOL_HEADER]: String(oldestClient) };
  expect((await send('firstPull', newer)).error).toBeUndefined();
  expect(await firstEvent(await stream(newer))).toMatchObject({ event: 'message', data: { generation: 0 } });
  const nonsense = { ...session, [PROTOCOL_HEADER]: 'newest' };
  expect((await send('manifest', nonsense)).error).toMatchObject({ data: { reason: 'client_too_old' } });
});

test('[VER-4] a browser’s event stream, which cannot carry a header, names its protocol beside the address', async () => {
  app = await startTestApp({ oldestClient: 2 });
  const session = await app.signIn();
  expect(await firstEvent(await stream(session, { protocol: '2' }))).toMatchObject({ event: 'message' });
  expect(await firstEvent(await stream(session, { protocol: '1' }))).toMatchObject({
    data: { data: { reason: 'client_too_old' } },
  });
});
