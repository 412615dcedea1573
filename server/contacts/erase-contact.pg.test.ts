import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUCKETS } from '#server/identity/buckets.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import type { Deps } from '#server/service.ts';
import { buildGeneration, createChunkBuilder } from '#server/sync/chunk-builder.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { readFeed } from '#server/sync/feed.ts';
import { readGeneration, readManifest } from '#server/sync/generations.ts';
import { numberDirty } from '#server/sync/sequencer.ts';
import { createSync } from '#server/sync/sync.ts';
import { readTail } from '#server/sync/tail.ts';
import { tableNames } from '#shared/columns/tables.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { leaveTraces, mentions, NEIGHBOUR, PERSON, tablesWithTraces } from '#tests/support/erasure.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ColumnClient, START, storedRows } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createContactPort } from './erase-contact.ts';

let database: TestDatabase;
let deps: Deps;

beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterEach(() => database.drop());

const erase = (id = PERSON) => createContactPort(deps).erase(caller, id);

/** The person in every table, dirty rows numbered, a generation built. */
async function stage(): Promise<{ epoch: string; before: number; blobs: string[] }> {
  const { db } = database;
  await leaveTraces(db, new Date(START));
  await db.tx(async (tx) => {
    await markDirty(tx, 'contact', [PERSON, NEIGHBOUR]);
    await markDirty(tx, 'order', [3, 4]);
    await markDirty(tx, 'event', [3, 4]);
  });
  while ((await numberDirty(db)) > 0);
  expect(await buildGeneration(deps)).toBe(true);
  const { epoch, version } = await readFeed(db);
  const blobs = await db.query<{ hash: string }>('select hash from chunk_blob');
  return { epoch, before: version, blobs: blobs.map(({ hash }) => hash) };
}

test('[ERASE-1] no row of any table, no chunk, no change and no document holds a value of an erased contact', async () => {
  const { db } = database;
  const { epoch, before } = await stage();
  const touched = await tablesWithTraces(db);
  expect(touched).toEqual([
    'bulk_change',
    'chunk_blob',
    'consent',
    'contact',
    'contact_merge',
    'deleted_identifier',
    'delivery',
    'delivery_activity',
    'document',
    'event',
    'identifier',
    'import_change',
    'import_reject',
    'intake',
    'intake_parked',
    'opt_in',
    'order_line',
    'orders',
    'suppression',
    'test_send',
  ]);
  await erase();
  expect(await tablesWithTraces(db)).toEqual([]);

  const sync = createSync(deps);
  const pulled = await sync.pull(caller, { epoch, after: 0, limit: 2_000, begun: 0 });
  expect(mentions(pulled)).toBe(false);
  const erasure = must(
    pulled.documents.find(({ id }) => id === erasureId(PERSON)),
    'the erasure is told',
  );
  expect(erasure).toMatchObject({ kind: 'erasure', deleted: false, body: { contactId: PERSON } });
  const buried = pulled.documents.filter(({ id }) => id === 'edit-1' || id === 'review-1');
  expect(buried).toMatchObject([
    { deleted: true, body: {} },
    { deleted: true, body: {} },
  ]);
  for (const { rev } of buried) expect(rev).toBeGreaterThan(before);
  expect(pulled.documents.filter(({ id }) => id === 'edit-2' || id === 'review-2')).toMatchObject([
    { deleted: false, body: { to: 'Olha' } },
    { deleted: false },
  ]);
  // Whoever follows the tail hears of every row before the erasure itself.
  const tail = await readTail(db, { epoch, after: before, limit: 1_000 });
  expect(mentions(tail)).toBe(false);
  expect(tail.changed).toMatchObject({ contact: [PERSON], order: [3], event: [3], delivery: [11] });
  expect(
    await db.query('select 1 from column_change where version > $1 and version >= $2', [before, erasure.rev]),
  ).toEqual([]);
  expect(mentions(await readTail(db, { epoch, after: 0, limit: 1_000 }).catch(() => null))).toBe(false);

  expect(await buildGeneration(deps)).toBe(true);
  expect(await tablesWithTraces(db)).toEqual([]);
  const manifest = await readManifest(db);
  expect(manifest.erasedTo).toBe(erasure.rev);
  const client = new ColumnClient(db);
  await client.take(manifest);
  await client.follow();
  for (const table of tableNames) {
    expect(client.rows(table), table).toEqual(await storedRows(db, table));
    expect(mentions(client.rows(table)), table).toBe(false);
  }
  expect(client.rows('contact').map(({ key }) => key)).toEqual([NEIGHBOUR]);
  expect(client.rows('order').map(({ key, cells }) => [key, cells.contactId, cells.gross])).toEqual([
    [3, 0, 25_500],
    [4, NEIGHBOUR, 25_500],
  ]);
});

test('[ERASE-1] a device that has not heard of an erasure cannot bring a review or an edit of the contact back', async () => {
  const { epoch } = await stage();
  const sync = createSync(deps);
  const before = await sync.pull(caller, { epoch, after: 0, limit: 100, begun: 0 });
  const review = must(
    before.documents.find(({ id }) => id === 'review-1'),
    'the review of the person',
  );
  const edit = must(
    before.documents.find(({ id }) => id === 'edit-1'),
    'the edit of the person',
  );
  await erase();
  const buried = (await sync.pull(caller, { epoch, after: 0, limit: 100, begun: 0 })).documents.find(
    ({ id }) => id === review.id,
  );
  const { refusals, conflicts } = await sync.push(caller, {
    epoch,
    rows: [
      { assumed: buried ?? null, next: { ...review, body: { ...review.body, settledBy: [caller.userId] } } },
      { assumed: null, next: { ...review, id: 'another', body: { ...review.body, keptBy: caller.userId } } },
      { assumed: null, next: { ...edit, id: 'edit-again' } },
    ],
  });
  expect(conflicts).toEqual([]);
  expect(refusals.map(({ code }) => code)).toEqual(expect.arrayContaining(['not_found', 'not_found']));
  expect(refusals.map(({ id }) => id).sort()).toEqual(['another', 'edit-again', 'review-1']);
  expect(mentions(refusals)).toBe(false);
  expect(await tablesWithTraces(database.db)).toEqual([]);
});

test('[ERASE-1] the neighbour keeps everything, figures stay, and what waited for the contact does not come back', async () => {
  const { db } = database;
  await stage();
  await erase();
  expect(await db.query('select bucket from intake order by bucket')).toEqual([{ bucket: 4 }]);
  expect(await db.query('select id from intake_parked')).toEqual([{ id: 4 }]);
  expect(await db.query('select line from import_reject')).toEqual([{ line: 4 }]);
  expect(await db.query('select address from suppression')).toEqual([{ address: 'other@shop.example' }]);
  expect(
    await db.query('select contact_id, row_id, state, reason, address is null as bare from delivery order by row_id'),
  ).toEqual([
    { contact_id: PERSON, row_id: 3, state: 'sent', reason: null, bare: true },
    { contact_id: NEIGHBOUR, row_id: 4, state: 'sent', reason: null, bare: false },
    { contact_id: PERSON, row_id: 11, state: 'skipped', reason: 'deleted', bare: true },
    { contact_id: NEIGHBOUR, row_id: 12, state: 'queued', reason: null, bare: false },
  ]);
  expect(await db.query('select row_id from outbox')).toEqual([{ row_id: 12 }]);
  expect(await db.query('select contact_id, row_id from order_registry order by row_id')).toEqual([
    { contact_id: 0, row_id: 3 },
    { contact_id: NEIGHBOUR, row_id: 4 },
  ]);
  expect(await db.query('select contact_id, params from event order by row_id')).toMatchObject([
    { contact_id: PERSON, params: {} },
    { contact_id: NEIGHBOUR, params: { who: 'Olha' } },
  ]);
  await expect(erase()).rejects.toMatchObject({ code: 'not_found' });
  // Nobody else brings the person back; they themselves may, as somebody new.
  const values = { externalCustomerId: 'ERASE-77', email: 'zzmark@erase.example' };
  const again = (freshAct: boolean) =>
    db.tx((tx) => writeContact(tx, { values, freshAct }, { source: 'API', now: START }));
  await expect(again(false)).rejects.toMatchObject({ code: 'conflict' });
  const { id } = await again(true);
  expect(id).not.toBe(PERSON);
});

test('[ERASE-3] after an erasure no older generation and none of its bytes can be had; a device keeps its own until the next', async () => {
  const { db } = database;
  const { epoch, before, blobs } = await stage();
  const generation = await readGeneration(db);
  const old = new ColumnClient(db);
  await old.take(await readManifest(db));
  // A change that would wait for ten minutes does not hold the next generation back.
  await db.tx((tx) => markDirty(tx, 'delivery', [4]));
  while ((await numberDirty(db)) > 0);
  const hashesOf = async () =>
    (await db.query<{ tbl: string; hash: string }>('select tbl, hash from chunk')).map(
      ({ tbl, hash }) => `${tbl} ${hash}`,
    );
  const hashes = await hashesOf();
  await erase();
  await expect(readManifest(db)).rejects.toMatchObject({ code: 'not_ready' });
  expect(await readGeneration(db)).toBe(generation);
  const left = (await db.query<{ hash: string }>('select hash from chunk_blob')).map(({ hash }) => hash);
  // Only chunks that name nobody are still there, for the generation to come.
  expect(hashes.filter((text) => left.some((hash) => text.endsWith(hash))).map((text) => text.split(' ')[0])).toEqual(
    expect.arrayContaining(['orderLine', 'delivery']),
  );
  expect(left.length).toBe(2);
  expect(blobs.length).toBeGreaterThan(4);
  // A device that has a generation goes on from it.
  await old.follow();
  expect(old.after).toBeGreaterThan(before);
  for (const table of tableNames) expect(old.rows(table), table).toEqual(await storedRows(db, table));
  expect(await buildGeneration(deps, { ready: () => false })).toBe(true);
  const next = await readManifest(db);
  expect(next.generation).toBe(generation + 1);
  expect(next.tailFrom).toBeGreaterThanOrEqual(next.erasedTo);
  expect((await hashesOf()).filter((text) => hashes.includes(text)).map((text) => text.split(' ')[0])).toEqual(
    expect.arrayContaining(['orderLine']),
  );
  await expect(readTail(db, { epoch, after: old.after, limit: 10 })).resolves.toMatchObject({ more: false });
});

test('[ERASE-3] a chunk read before an erasure and finished after it is not stored', async () => {
  const { db } = database;
  await leaveTraces(db, new Date(START));
  let erased = false;
  const published = await buildGeneration(deps, {
    // Asked before each chunk, when its rows were read already.
    goOn: async () => {
      if (!erased) await erase();
      erased = true;
      return true;
    },
  });
  expect(published).toBe(false);
  expect(await tablesWithTraces(db)).toEqual([]);
  expect(await buildGeneration(deps)).toBe(true);
  expect(await tablesWithTraces(db)).toEqual([]);
  const client = new ColumnClient(db);
  await client.take(await readManifest(db));
  await client.follow();
  for (const table of tableNames) expect(client.rows(table), table).toEqual(await storedRows(db, table));
});

test('[ERASE-3] the builder puts the next generation together at once', async () => {
  const { db } = database;
  await stage();
  const builder = createChunkBuilder(deps);
  await builder.start();
  try {
    await erase();
    await expect
      .poll(
        () =>
          readManifest(db).then(
            ({ erasedTo }) => erasedTo,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBeGreaterThan(0);
    expect(await tablesWithTraces(db)).toEqual([]);
  } finally {
    await builder.stop();
  }
});

test('[ERASE-1] an erasure that is cut off anywhere leaves everything as it was', async () => {
  const { db } = database;
  await stage();
  const dump = async () => {
    const tables = await db.query<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await db.query<{ text: string }>(`select t::text as text from ${name} t order by 1`);
      texts.push(`${name} ${rows.map(({ text }) => text).join('\n')}`);
    }
    return texts.join('\n');
  };
  const before = await dump();
  let statements = 0;
  /** The connection dies after so many statements. */
  const cutAfter = (most: number): Deps => ({
    ...deps,
    db: {
      ...db,
      tx: (work) =>
        db.tx((tx) => {
          let left = most;
          const query = (...input: Parameters<typeof tx.query>) => {
            statements++;
            if (left-- === 0) throw new Error('cut off');
            return tx.query(...input);
          };
          return work({ ...tx, query: query as typeof tx.query });
        }),
    },
  });
  let cuts = 0;
  for (let most = 0; ; most += 3) {
    statements = 0;
    const outcome = await createContactPort(cutAfter(most))
      .erase(caller, PERSON)
      .then(
        () => 'done',
        (error: Error) => error.message,
      );
    if (outcome === 'done') break;
    expect(outcome).toBe('cut off');
    expect(await dump()).toBe(before);
    cuts++;
  }
  expect(cuts).toBeGreaterThan(8);
  expect(statements).toBeGreaterThan(24);
  expect(await tablesWithTraces(db)).toEqual([]);
});

test('[ERASE-1] while the log brings more of the contact, an erasure leaves no value of what it erased', async () => {
  const { db } = database;
  await stage();
  await db.query('delete from intake');
  const payload = (n: number) => ({
    contactId: PERSON,
    values: { email: 'zzmark@erase.example' },
    type: 'viewed',
    at: START + n,
    keyValue: null,
    params: { who: `Markerina ${n}` },
    source: 'API',
  });
  for (let n = 0; n < 400; n++) {
    await db.query(`insert into intake (bucket, kind, payload) values ($1, 'event', $2)`, [n % BUCKETS, payload(n)]);
  }
  const drain = async () => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket, 3)) === 'more');
  };
  const outcomes = await Promise.all([
    drain(),
    drain(),
    new Promise((resolve) => setTimeout(resolve, 60)).then(() => erase()),
  ]);
  expect(outcomes.length).toBe(3);
  expect(await db.query('select 1 from intake')).toEqual([]);
  const traces = await tablesWithTraces(db);
  // The log was read before or taken with the erasure: nothing of it came afterwards.
  expect(traces).toEqual([]);
  expect(await db.query('select 1 from contact where id = $1', [PERSON])).toEqual([]);
  const [events] = await db.query<{ kept: number }>(`select count(*)::int as kept from event where contact_id = $1`, [
    PERSON,
  ]);
  expect(must(events, 'a count').kept).toBeGreaterThan(0);
});

test('[ERASE-1] an email that is being handed over is waited for, not erased under the hand of its worker', async () => {
  const { db } = database;
  await stage();
  await db.query(`update delivery set state = 'sending' where contact_id = $1 and state = 'queued'`, [PERSON]);
  await expect(erase()).rejects.toMatchObject({ code: 'conflict' });
  expect(await db.query('select 1 from contact where id = $1', [PERSON])).toHaveLength(1);
});
