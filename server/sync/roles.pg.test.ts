/** What a role without personal data is answered by sync, over a database with traces of a person in every table. */
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answerError } from '#server/http/error-answer.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import { type Role, roles } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { rowsOf } from '#shared/columns/rows.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { leaveTraces, mentions, NEIGHBOUR, PERSON } from '#tests/support/erasure.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { buildGeneration } from './chunk-builder.ts';
import { chunkRoutes } from './chunk-routes.ts';
import { numberDirty } from './sequencer.ts';
import { createSync } from './sync.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const as = (role: Role): Caller => ({ ...caller, userId: role, role });
const without = as('marketerNoPersonal');
let database: TestDatabase;
let deps: Deps;
let now = NOW;
let epoch = '';
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  await leaveTraces(database.db, new Date(NOW));
  // Whoever makes a parameter a column shows it to everybody, and has to see personal data to do so (ROLE-3).
  await database.db.query(`delete from document where kind = 'event-type'`);
  await buildGeneration(deps);
  ({ epoch } = await createSync(deps).manifest(caller));
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => database.drop());

/** Where the chunks are, for somebody of this role. */
async function chunksFor(role: Role): Promise<(hash: string) => Promise<Response>> {
  const app = Fastify();
  app.setErrorHandler(answerError);
  await app.register(chunkRoutes(deps, async () => as(role)));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  open.push(() => app.close());
  return (hash) => fetch(`${url}/chunks/${hash}`);
}

async function pullAll(who: Caller, limit: number) {
  const sync = createSync(deps);
  const pages = [];
  const documents: Envelope[] = [];
  for (let after = 0; ; ) {
    const page = await sync.pull(who, { epoch, after, limit, begun: 0 });
    documents.push(...page.documents);
    pages.push(page.documents.length);
    expect(page.version).toBeGreaterThan(after);
    after = page.version;
    if (!page.more) return { documents, pages, version: page.version };
  }
}

/** Everything sync answers a role, as text. */
async function everything(role: Role): Promise<unknown[]> {
  const sync = createSync(deps);
  const manifest = await sync.manifest(as(role));
  const fetchChunk = await chunksFor(role);
  const chunks = [];
  for (const { hash } of manifest.chunks) {
    const answer = await fetchChunk(hash);
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    chunks.push(rowsOf(decodeChunk(bytes)), Buffer.from(bytes).toString('latin1'));
  }
  const tail = await sync.tail(as(role), { epoch, after: manifest.tailFrom, limit: 1000 });
  return [manifest, chunks, tail, await pullAll(as(role), 100)];
}

test('[ROLE-2] [REV-3] nothing of a person reaches a role without personal data; the others get it', async () => {
  await database.db.tx((tx) =>
    writeContact(
      tx,
      { values: { email: 'zzmark@erase.example', lastName: 'Markerson-Smith' } },
      { source: 'API', now },
    ),
  );
  await numberDirty(database.db);
  for (const role of roles) {
    const answers = await everything(role);
    expect([role, answers.map(mentions)]).toEqual([
      role,
      role === 'marketerNoPersonal' ? [false, false, false, false] : [false, true, true, true],
    ]);
  }
});

test('[ROLE-2] the manifest and the tail leave out the personal tables only, and say so', async () => {
  const sync = createSync(deps);
  const [all, some] = [await sync.manifest(caller), await sync.manifest(without)];
  expect([all.personal, some.personal]).toEqual([true, false]);
  expect(some).toEqual({
    ...all,
    personal: false,
    chunks: all.chunks.filter(({ table }) => table !== 'contactPersonal' && table !== 'contactFieldPersonal'),
  });
  expect(all.chunks.length).toBe(some.chunks.length + 2);
  const input = { epoch, after: all.tailFrom, limit: 1000 };
  const tail = await sync.tail(without, input);
  expect(tail.changed.contact?.length).toBeGreaterThan(0);
  expect(tail.rows.contact?.length).toBeGreaterThan(0);
  expect(tail.rows.contactPersonal).toBeUndefined();
  expect((await sync.tail(caller, input)).rows.contactPersonal?.length).toBeGreaterThan(0);
});

test('[ROLE-2] personal bytes of an older generation are refused like those of the newest', async () => {
  const personal = async () =>
    must(
      (await createSync(deps).manifest(caller)).chunks.find(({ table }) => table === 'contactPersonal'),
      'a chunk',
    ).hash;
  const old = await personal();
  await database.db.tx((tx) => writeContact(tx, { values: { email: 'new@example.com' } }, { source: 'API', now }));
  await numberDirty(database.db);
  now += HOUR;
  await buildGeneration(deps);
  const newest = await personal();
  expect(newest).not.toBe(old);
  const statuses = async (role: Role) => {
    const get = await chunksFor(role);
    return [(await get(old)).status, (await get(newest)).status];
  };
  expect(await statuses('marketerNoPersonal')).toEqual([404, 404]);
  expect(await statuses('auditor')).toEqual([200, 200]);
});

test('[ROLE-2] a page that is left with nothing still leads on: what follows it arrives', async () => {
  const some = await pullAll(without, 1);
  const all = await pullAll(caller, 1);
  expect(some.version).toBe(all.version);
  expect(some.pages).toContain(0);
  expect(all.documents.length).toBeGreaterThan(some.documents.length);
});

const document = (id: string, kind: string, body: Record<string, unknown>): Envelope => ({
  ...{ id, kind, schemaVersion: 1, rev: 0, body, deleted: false, by: null, at: null },
});
const segment = (id: string) =>
  document(id, 'segment', { name: 'x', description: '', rule: { type: 'all', rules: [] }, createdAt: 1 });
const edit = (id: string, field: string, to: string) =>
  document(id, 'contact-edit', { contactId: NEIGHBOUR, field, from: null, to, at: 1 });

test('[ROLE-3] a push is judged document by document, and what is refused changes nothing', async () => {
  const sync = createSync(deps);
  const before = await database.db.query('select * from contact where id = $1', [NEIGHBOUR]);
  const rows = (role: Role) =>
    [segment(`s-${role}`), edit(`c-${role}`, 'languageCode', 'uk'), edit(`p-${role}`, 'town', 'Odesa')].map((next) => ({
      assumed: null,
      next,
    }));
  const refusals = async (role: Role) => {
    const { refusals: found } = await sync.push(as(role), { epoch, rows: rows(role) });
    return found.map(({ id, code, master }) => [id, code, master.deleted, master.rev]);
  };
  const refused = (id: string) => [id, 'forbidden', true, 0];
  expect(await refusals('auditor')).toEqual([refused('s-auditor'), refused('c-auditor'), refused('p-auditor')]);
  expect(await database.db.query('select * from contact where id = $1', [NEIGHBOUR])).toEqual(before);
  expect(await refusals('marketerNoPersonal')).toEqual([refused('p-marketerNoPersonal')]);
  expect(await database.db.query('select language_code, town from contact where id = $1', [NEIGHBOUR])).toEqual([
    { language_code: 'uk', town: before[0]?.town },
  ]);
  expect(await refusals('marketer')).toEqual([]);
  const [after] = await database.db.query('select town from contact where id = $1', [NEIGHBOUR]);
  expect(after).toEqual({ town: 'Odesa' });
});

test('[ROLE-3] a push does not read out what may not be seen: neither as a conflict nor as a refusal’s copy', async () => {
  const sync = createSync(deps);
  for (const id of ['edit-1', 'review-1']) {
    for (const kind of ['segment', 'contact-edit', 'review']) {
      const body = kind === 'contact-edit' ? edit('x', 'country', 'GB').body : {};
      for (const next of [document(id, kind, body), { ...document(id, kind, {}), deleted: true }]) {
        const answer = await sync.push(without, { epoch, rows: [{ assumed: null, next }] });
        expect(mentions(answer)).toBe(false);
        expect(answer).toMatchObject({
          conflicts: [],
          refusals: [{ id, master: { deleted: true, rev: 0, body: {} } }],
        });
      }
    }
  }
  const guess = document('edit-1', 'contact-edit', {
    contactId: PERSON,
    field: 'firstName',
    from: null,
    to: 'A',
    at: 1,
  });
  expect(await sync.push(without, { epoch, rows: [{ assumed: null, next: guess }] })).toMatchObject({
    refusals: [{ code: 'forbidden' }],
  });
});
