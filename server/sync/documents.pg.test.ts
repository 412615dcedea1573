import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { writeContact } from '#server/identity/write-contacts.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { pushInput } from '#shared/sync/wire.schema.ts';
import { createLocalWake } from '#tests/support/local-wake.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { readDocuments, removeDocument, writeDocument } from './document-store.ts';
import { pullDocuments, pushDocuments } from './documents.ts';
import { readFeed } from './feed.ts';

let database: TestDatabase;
let epoch: string;
let names = 0;
const NOW = Date.UTC(2026, 10, 23);
const wake = createLocalWake();

beforeAll(async () => {
  database = await createTestDatabase();
  epoch = (await readFeed(database.db)).epoch;
});
afterAll(() => database.drop());

type Row = z.infer<typeof pushInput>['rows'][number];
const author = { userId: 'user-1', role: 'marketer' } as const;
const push = (...rows: Row[]) => pushDocuments({ db: database.db, now: () => NOW, wake }, author, { epoch, rows });
const pull = (after: number, limit = 100) => pullDocuments(database.db, { epoch, after, limit });
const stored = async (id: string) => must((await readDocuments(database.db, [id])).get(id), `document ${id}`);
const newId = (kind: string) => `${kind}-${names++}`;

function segment(id: string, body: Record<string, unknown> = {}): Envelope {
  const rule = { type: 'all', rules: [] };
  return {
    id,
    kind: 'segment',
    schemaVersion: 1,
    rev: 0,
    body: { name: 'Regulars', description: '', rule, createdAt: NOW, ...body },
    deleted: false,
    by: null,
    at: null,
  };
}
const accepted = { conflicts: [], refusals: [], same: [] };

async function createSegment(): Promise<Envelope> {
  const id = newId('segment');
  expect(await push({ assumed: null, next: segment(id) })).toEqual(accepted);
  return stored(id);
}

let contacts = 0;
const createContact = async (email = `buyer${contacts++}@example.com`) =>
  (await database.db.tx((tx) => writeContact(tx, { values: { email, firstName: 'Ann' } }, { source: 'API', now: NOW })))
    .id;
const contactRow = async (id: number) => {
  const [row] = await database.db.query('select * from contact where id = $1', [id]);
  return must(row, 'contact');
};
function edit(contactId: number, field: string, from: string | null, to: string | null, id = newId('edit')): Row {
  const body = { contactId, field, from, to, at: NOW };
  return {
    assumed: null,
    next: { id, kind: 'contact-edit', schemaVersion: 1, rev: 0, body, deleted: false, by: null, at: null },
  };
}

test('[DOC-2] a document pushed from the server’s revision is taken and gets a newer one', async () => {
  const first = await createSegment();
  expect(await push({ assumed: first, next: { ...first, body: { ...first.body, name: 'Big spenders' } } })).toEqual(
    accepted,
  );
  const second = await stored(first.id);
  expect(second.body.name).toBe('Big spenders');
  expect(second.rev).toBeGreaterThan(first.rev);
  expect(await push({ assumed: second, next: { ...second, deleted: true } })).toEqual(accepted);
  expect(await stored(first.id)).toMatchObject({ deleted: true, body: {} });
});

test('[DOC-3] a push from an older revision is answered with the server’s copy and changes nothing', async () => {
  const first = await createSegment();
  await push({ assumed: first, next: { ...first, body: { ...first.body, name: 'Hers' } } });
  const hers = await stored(first.id);
  const answer = await push({ assumed: first, next: { ...first, body: { ...first.body, name: 'His' } } });
  expect(answer).toEqual({ conflicts: [hers], refusals: [], same: [] });
  expect(await stored(first.id)).toEqual(hers);
});

test('[DOC-3] of many clients pushing the same document at once exactly one is taken, created or changed', async () => {
  const fresh = newId('segment');
  const existing = await createSegment();
  for (const assumed of [null, existing]) {
    const base = assumed ?? segment(fresh);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, client) =>
        push({ assumed, next: { ...base, body: { ...base.body, name: `Client ${client}` } } }),
      ),
    );
    const winners = answers.flatMap(({ conflicts }, client) => (conflicts.length === 0 ? [client] : []));
    expect(winners).toHaveLength(1);
    const winner = await stored(base.id);
    expect(winner.body.name).toBe(`Client ${winners[0]}`);
    for (const { conflicts } of answers) if (conflicts.length > 0) expect(conflicts).toEqual([winner]);
  }
});

test('[DOC-4] a push whose answer was lost is sent again without a conflict or a new revision', async () => {
  const next = segment(newId('segment'), { name: '  Regulars ' });
  await push({ assumed: null, next });
  const first = await stored(next.id);
  expect(first.body.name).toBe('Regulars');
  expect(await push({ assumed: null, next })).toEqual({ ...accepted, same: [first] });
  expect(await stored(next.id)).toEqual(first);
  const before = await readFeed(database.db);
  await push({ assumed: first, next: first });
  expect(await readFeed(database.db)).toEqual(before);
});

test('[DOC-1] pages of a pull give every document once, in order, deletions included', async () => {
  const from = (await readFeed(database.db)).version;
  const made = [await createSegment(), await createSegment(), await createSegment()];
  const [gone] = made;
  await push({ assumed: must(gone, 'first'), next: { ...must(gone, 'first'), deleted: true } });
  const seen: Envelope[] = [];
  let after = from;
  for (;;) {
    const page = await pull(after, 1);
    expect(page.documents.length).toBeLessThanOrEqual(1);
    seen.push(...page.documents);
    after = page.version;
    if (!page.more) break;
  }
  expect(seen.map(({ id }) => id)).toEqual([made[1]?.id, made[2]?.id, made[0]?.id]);
  expect(seen.at(-1)?.deleted).toBe(true);
  expect(after).toBe((await readFeed(database.db)).version);
  expect(await pull(after)).toMatchObject({ documents: [], more: false, version: after });
});

test('[EPOCH-1] another epoch, or a version the server has not reached, is answered with epoch_changed', async () => {
  const { version } = await readFeed(database.db);
  const changed = { code: 'epoch_changed' };
  await expect(pullDocuments(database.db, { epoch: 'before the restore', after: 0, limit: 1 })).rejects.toMatchObject(
    changed,
  );
  await expect(pull(version + 1)).rejects.toMatchObject(changed);
  const deps = { db: database.db, now: () => NOW, wake };
  await expect(pushDocuments(deps, author, { epoch: 'before', rows: [] })).rejects.toMatchObject(changed);
  expect(await pullDocuments(database.db, { epoch: null, after: 0, limit: 1 })).toMatchObject({ epoch });
});

test('[DOC-5] what the server publishes is pulled like any document, and goes for everybody when removed', async () => {
  const { version } = await readFeed(database.db);
  const body = { name: 'Welcome', messageId: null, segmentId: null, scheduledAt: null, createdAt: NOW };
  const written = await database.db.tx((tx) => writeDocument(tx, 'campaign', 'welcome', body));
  expect((await pull(version)).documents).toEqual([written]);
  await database.db.tx((tx) => removeDocument(tx, 'welcome'));
  expect((await pull(written.rev)).documents).toMatchObject([{ id: 'welcome', deleted: true }]);
});

const deep = (levels: number): unknown =>
  levels === 0 ? { type: 'all', rules: [] } : { type: 'not', rule: deep(levels - 1) };
const refused: [string, Partial<Envelope>, { code: string; field?: string }][] = [
  ['an empty name', { body: { ...segment('x').body, name: ' ' } }, { code: 'invalid_input', field: 'name' }],
  ['a body that is nothing like its kind', { body: { rule: 7 } }, { code: 'invalid_input' }],
  [
    'a category under another key',
    { id: 'category:other', kind: 'category', schemaVersion: 1, body: { key: 'news', name: 'News', createdAt: 1 } },
    { code: 'invalid_input', field: 'key' },
  ],
  ['an unknown kind', { kind: 'poem' }, { code: 'invalid_input', field: 'kind' }],
  ['a review of nothing', { kind: 'review' }, { code: 'invalid_input', field: 'about' }],
  ['a server-owned kind', { kind: 'campaign-run' }, { code: 'forbidden', field: 'kind' }],
  ['a newer schema', { schemaVersion: 99 }, { code: 'newer_version', field: 'schemaVersion' }],
  [
    'a second sender',
    { kind: 'setting', body: { fromName: 'A', fromEmail: 'a@example.com' } },
    { code: 'invalid_input', field: 'id' },
  ],
  [
    'a setting of the server’s',
    { kind: 'setting', id: 'last-test-send', body: { at: 1 } },
    { code: 'forbidden', field: 'kind' },
  ],
  [
    'a sender that is none',
    { kind: 'setting', id: 'sender', body: { at: 1 } },
    { code: 'invalid_input', field: 'fromName' },
  ],
  ['an id PostgreSQL cannot hold', { id: 'nul\u0000' }, { code: 'invalid_input', field: 'id' }],
  ['a kind PostgreSQL cannot hold', { kind: '\ud800' }, { code: 'invalid_input' }],
  ['a rule nested without end', { body: { ...segment('x').body, rule: deep(5_000) } }, { code: 'invalid_input' }],
  ['a novel', { body: { ...segment('x').body, description: 'a'.repeat(1_000_001) } }, { code: 'too_large' }],
];

test.each(refused)(
  '[REF-1] [REF-2] [REF-3] %s is refused with a code, and a tombstone for the create',
  async (_, part, problem) => {
    const good = segment(newId('segment'));
    const bad = { ...segment(newId('segment')), ...part };
    const answer = await push({ assumed: null, next: bad }, { assumed: null, next: good });
    expect(answer.conflicts).toEqual([]);
    expect(answer.refusals).toMatchObject([{ id: bad.id, ...problem, master: { id: bad.id, rev: 0, deleted: true } }]);
    expect(answer.refusals[0]?.message).not.toBe('');
    expect(await stored(good.id)).toMatchObject({ body: { name: 'Regulars' } });
  },
);

test('[REF-1] a refused change is answered with the server’s copy', async () => {
  const master = await createSegment();
  const answer = await push({ assumed: master, next: { ...master, body: { ...master.body, name: '' } } });
  expect(answer.refusals).toMatchObject([{ id: master.id, code: 'invalid_input', field: 'name', master }]);
  const kind = await push({
    assumed: master,
    next: {
      ...master,
      kind: 'campaign',
      body: { name: 'x', messageId: null, segmentId: null, scheduledAt: null, createdAt: 1 },
    },
  });
  expect(kind.refusals).toMatchObject([{ code: 'invalid_input', field: 'kind', master }]);
  const twice = await push({ assumed: master, next: master }, { assumed: master, next: master });
  expect(twice.refusals).toMatchObject([{ code: 'invalid_input', field: 'id', master }]);
});

test('[REF-2] text that storage cannot hold is replaced, not refused', async () => {
  const next = segment(newId('segment'), { name: 'a\u0000b \ud800' });
  expect(await push({ assumed: null, next })).toEqual(accepted);
  expect((await stored(next.id)).body.name).toBe('a\uFFFDb \uFFFD');
});

test('[EDIT-1] an edit changes the contact, its folded text and its identifiers in the same transaction', async () => {
  const id = await createContact('old@example.com');
  expect(await push(edit(id, 'email', 'old@example.com', ' New@Example.com '), edit(id, 'town', null, 'Lviv'))).toEqual(
    accepted,
  );
  expect(await contactRow(id)).toMatchObject({
    email: 'New@Example.com',
    email_fold: 'new@example.com',
    town: 'Lviv',
    town_fold: 'lviv',
  });
  const identifiers = await database.db.query('select kind, value from identifier where contact_id = $1', [id]);
  expect(identifiers).toEqual([{ kind: 'email', value: 'new@example.com' }]);
  expect(await push(edit(id, 'email', 'New@Example.com', null))).toEqual(accepted);
  expect(await contactRow(id)).toMatchObject({ email: null, email_status: 'none' });
});

test('[EDIT-2] the contact’s column change is numbered below the edit’s document', async () => {
  const id = await createContact();
  const row = edit(id, 'firstName', 'Ann', 'Anna');
  await push(row);
  const { rev } = await stored(row.next.id);
  const changes = await database.db.query<{ version: number }>(
    `select version from column_change where tbl = 'contact' and key = $1`,
    [id],
  );
  expect(changes).toHaveLength(1);
  expect(must(changes[0], 'change').version).toBeLessThan(rev);
});

test('[EDIT-3] of two edits of a field the later wins and keeps what it replaced unseen', async () => {
  const id = await createContact();
  const hers = edit(id, 'firstName', 'Ann', 'Anna');
  const his = edit(id, 'firstName', 'Ann', 'Anja');
  await push(hers);
  await push(his);
  expect(await contactRow(id)).toMatchObject({ first_name: 'Anja' });
  expect((await stored(his.next.id)).body).toMatchObject({ from: 'Ann', to: 'Anja', replaced: 'Anna' });
  expect((await stored(hers.next.id)).body).not.toHaveProperty('replaced');
  const next = edit(id, 'firstName', 'Anja', 'Ann');
  await push(next, edit(id, 'firstName', 'Ann', 'Anne'));
  expect(await contactRow(id)).toMatchObject({ first_name: 'Anne' });
});

test('[EDIT-4] an edit sent twice, also at the same time, is applied once and never changed', async () => {
  const id = await createContact();
  const row = edit(id, 'town', null, 'Kyiv');
  const answers = await Promise.all(Array.from({ length: 6 }, () => push(row)));
  for (const answer of answers) expect(answer).toMatchObject({ conflicts: [], refusals: [] });
  expect(await push(edit(id, 'town', 'Kyiv', 'Odesa'))).toEqual(accepted);
  expect(await push(row)).toMatchObject({ ...accepted, same: [{ id: row.next.id }] });
  expect(await contactRow(id)).toMatchObject({ town: 'Odesa' });
  const master = await stored(row.next.id);
  const other = { ...row.next, body: { ...row.next.body, field: 'region' } };
  expect((await push({ assumed: master, next: other })).refusals).toMatchObject([{ code: 'conflict', master }]);
  expect((await push({ assumed: master, next: { ...master, deleted: true } })).refusals).toMatchObject([
    { code: 'conflict' },
  ]);
});

test('[REF-3] an edit of nobody, of a permanent field or to an impossible value is refused; others in the push are taken', async () => {
  const id = await createContact();
  const answer = await push(
    edit(4_000_000_000, 'town', null, 'x'),
    edit(id, 'externalCustomerId', null, 'x'),
    edit(id, 'email', null, 'not an address'),
    edit(id, 'region', null, 'Kent'),
  );
  expect(answer.refusals.map(({ code, field }) => [code, field]).toSorted()).toEqual([
    ['invalid_input', 'email'],
    ['invalid_input', 'field'],
    ['not_found', 'contactId'],
  ]);
  for (const { master } of answer.refusals) expect(master).toMatchObject({ rev: 0, deleted: true });
  expect(answer.refusals.find(({ field }) => field === 'email')?.message).toBe('Email is not an email address');
  expect(await contactRow(id)).toMatchObject({ region: 'Kent' });
});

test('[EDIT-1] a push that PostgreSQL ended to undo a deadlock is done again', async () => {
  const { db } = database;
  const [first, second] = [await createContact(), await createContact()];
  const pids: number[] = [];
  const watched = {
    ...db,
    tx: ((work) =>
      db.tx(async (tx) => {
        // PostgreSQL looks for a deadlock once in each wait: this one must look after the other has begun to wait, and first.
        await tx.query(`set local deadlock_timeout = '2s'`);
        pids.push((await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0);
        return work(tx);
      })) satisfies typeof db.tx,
  };
  const waiting = async () =>
    (await db.query(`select 1 from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`, [pids[0]])).length >
    0;
  const answer = await db.tx(async (tx) => {
    await tx.query(`set local deadlock_timeout = '30s'`);
    await tx.query('select from contact where id = $1 for update', [second]);
    const rows = [edit(first, 'town', null, 'Kyiv'), edit(second, 'town', null, 'Lviv')];
    const pushed = pushDocuments({ db: watched, now: () => NOW, wake }, author, { epoch, rows });
    while (!(await waiting()));
    await tx.query('select from contact where id = $1 for update', [first]);
    return { pushed };
  });
  expect(await answer.pushed).toEqual(accepted);
  expect(pids).toHaveLength(2);
  expect([(await contactRow(first)).town, (await contactRow(second)).town]).toEqual(['Kyiv', 'Lviv']);
});
