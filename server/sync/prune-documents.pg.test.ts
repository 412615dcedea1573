import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { readDocuments, removeDocument, storeDocuments, writeDocument } from './document-store.ts';
import { pullDocuments } from './documents.ts';
import { bump, readFeed } from './feed.ts';
import { pruneDocuments } from './prune-documents.ts';

let database: TestDatabase;
const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const segment = { name: 'A', rule: { type: 'all', rules: [] }, createdAt: 1 };
const write = (id: string) => database.db.tx((tx) => writeDocument(tx, 'segment', id, segment));
const remove = (id: string) => database.db.tx((tx) => removeDocument(tx, id));
const age = (id: string, days: number) =>
  database.db.query('update document set updated_at = $2 where id = $1', [id, new Date(NOW - days * DAY)]);
const ids = async (...wanted: string[]) => [...(await readDocuments(database.db, wanted)).keys()].toSorted();
const prune = () => pruneDocuments(database.db, NOW);
const pull = async (after: number, begun?: number, limit = 100) =>
  pullDocuments(database.db, { epoch: (await readFeed(database.db)).epoch, after, limit, begun });

async function store(id: string, kind: string, body: Record<string, unknown>): Promise<void> {
  await database.db.tx(async (tx) => {
    const rev = await bump(tx, 1);
    await storeDocuments(tx, [{ id, kind, schemaVersion: 1, rev, body, deleted: false }], 'ann');
  });
}
const edit = { contactId: 1, field: 'town', from: null, to: 'Kyiv', at: NOW };

test('[TOMB-1] tombstones are kept for 90 days and taken edits for 30; what lives stays for ever', async () => {
  for (const id of ['old', 'young', 'alive']) await write(id);
  await store('edit-old', 'contact-edit', edit);
  await store('edit-young', 'contact-edit', edit);
  await remove('old');
  await remove('young');
  const { rev } = (await readDocuments(database.db, ['old'])).get('old') ?? { rev: 0 };
  await age('old', 91);
  await age('young', 89);
  await age('alive', 500);
  await age('edit-old', 31);
  await age('edit-young', 29);
  expect(await prune()).toBe(false);
  expect(await ids('old', 'young', 'alive', 'edit-old', 'edit-young')).toEqual(['alive', 'edit-young', 'young']);
  expect((await readFeed(database.db)).prunedTo).toBe(rev);
  const { version } = await readFeed(database.db);
  await prune();
  expect((await readFeed(database.db)).version).toBe(version);
});

test('[TOMB-1] what came back to life before it was forgotten stays', async () => {
  await write('phoenix');
  await remove('phoenix');
  await age('phoenix', 100);
  const { prunedTo } = await readFeed(database.db);
  await database.db
    .tx(async (tx) => {
      await bump(tx, 1);
      const pruning = prune();
      // The pruning waits for the counter; meanwhile the document is written again.
      while (!(await isWaiting()));
      const rev = await bump(tx, 1);
      await storeDocuments(
        tx,
        [{ id: 'phoenix', kind: 'segment', schemaVersion: 1, rev, body: segment, deleted: false }],
        'ann',
      );
      return { pruning };
    })
    .then(({ pruning }) => pruning);
  expect(await ids('phoenix')).toEqual(['phoenix']);
  expect((await readFeed(database.db)).prunedTo).toBe(prunedTo);
});
const isWaiting = async () =>
  (
    await database.db.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
  ).length > 0;

test('[TOMB-2] a pull that would miss a forgotten deletion is answered with resync_needed', async () => {
  await write('seen');
  const seen = await readFeed(database.db);
  await write('gone');
  await remove('gone');
  await write('later');
  await age('gone', 100);
  await prune();
  const resync = { code: 'resync_needed' };
  await expect(pull(seen.version)).rejects.toMatchObject(resync);
  // A reading from 0 goes on page by page, because it began beyond what was forgotten.
  const first = await pull(0, undefined, 1);
  expect(first.more).toBe(true);
  expect(first.version).toBeLessThan((await readFeed(database.db)).prunedTo);
  const second = await pull(first.version, first.newest, 1);
  expect(second.documents).toHaveLength(1);
  await expect(pull(first.version, first.version, 1)).rejects.toMatchObject(resync);
  const { prunedTo } = await readFeed(database.db);
  expect((await pull(prunedTo)).documents.map(({ id }) => id)).toContain('later');
});

const review = (keptBy: string | null, lostBy: string | null, settledBy: string[]) => ({
  about: { kind: 'segment', id: 's', name: '', contactId: null },
  fields: [{ field: 'name', kept: 'A', lost: 'B', personal: false }],
  keptBy,
  lostBy,
  at: NOW,
  reason: 'merge',
  settledBy,
});

test('[REV-2] a review that both have settled, or nobody for 90 days, goes from every device as a tombstone', async () => {
  await store('both', 'review', review('ann', 'ben', ['ben', 'ann']));
  await store('one', 'review', review('ann', 'ben', ['ben']));
  await store('alone', 'review', review('ann', null, ['ann']));
  await store('open', 'review', review('ann', 'ben', []));
  await store('stale', 'review', review('ann', 'ben', []));
  await age('stale', 91);
  const { version } = await readFeed(database.db);
  expect(await prune()).toBe(true);
  const { documents } = await pull(version);
  expect(documents.map(({ id, deleted, body }) => [id, deleted, body])).toEqual(
    ['both', 'alone', 'stale'].map((id) => [id, true, {}]),
  );
  expect(new Set(documents.map(({ rev }) => rev)).size).toBe(3);
  const kept = await readDocuments(database.db, ['one', 'open']);
  expect([...kept.values()].map(({ deleted }) => deleted)).toEqual([false, false]);
});
