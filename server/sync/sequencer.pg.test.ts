/** Two sequencers at once: a lease that was lost in the middle of the work, and a process that dies in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database, Tx } from '#server/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { markDirty } from './dirty.ts';
import { readFeed } from './feed.ts';
import { holdLease } from './lease.ts';
import { numberDirty } from './sequencer.ts';
import { readTail } from './tail.ts';

const KEYS = Array.from({ length: 100 }, (_, at) => at + 1);
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await db.query('truncate dirty, column_change, lease');
  await db.tx((tx) => markDirty(tx, 'contact', KEYS));
});

/** One numbering that has done everything but its commit: it goes on when released. */
async function heldBeforeCommit(batch: number) {
  let release = (): void => undefined;
  let pid = 0;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const taken = { is: null as Promise<number> | null };
  await new Promise<void>((reached) => {
    const held: Pick<Database, 'tx'> = {
      tx: <T>(work: (tx: Tx) => Promise<T>) =>
        db.tx(async (tx) => {
          const result = await work(tx);
          pid = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
          reached();
          await released;
          return result;
        }),
    };
    taken.is = numberDirty(held, batch);
  });
  return { pid, release, taken: taken.is ?? Promise.resolve(0) };
}

/** Resolves when somebody in this database waits for another one's lock: for the counter. */
async function untilSomebodyWaits(): Promise<void> {
  for (let left = 500; left > 0; left--) {
    const waiting = await db.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
    await sleep(10);
  }
  throw new Error('Nobody ever waited.');
}

/** Every key is numbered once, no version is used twice, and a device that follows the tail hears of all. */
async function expectEachOnce(before: number): Promise<void> {
  const changes = await db.query<{ version: number; key: number }>(
    'select version, key from column_change order by version',
  );
  expect(changes.map(({ key }) => key).sort((a, b) => a - b)).toEqual(KEYS);
  expect(new Set(changes.map(({ version }) => version)).size).toBe(KEYS.length);
  const { version, epoch } = await readFeed(db);
  expect(changes.every((change) => change.version > before && change.version <= version)).toBe(true);
  const tail = await readTail(db, { epoch, after: before, limit: 1_000 });
  expect(tail.changed.contact?.toSorted((a, b) => a - b)).toEqual(KEYS);
  expect(await db.query('select 1 from dirty')).toEqual([]);
}

test('[TAIL-3] who lost the lease while numbering and who took it over number every change once, and readers skip none', async () => {
  const { version: before, epoch } = await readFeed(db);
  expect(await holdLease(db, 'sequencer', 'first')).toBe(true);
  const first = await heldBeforeCommit(60);
  expect(await holdLease(db, 'sequencer', 'second')).toBe(false);
  await db.query(`update lease set until = clock_timestamp() - interval '1 second'`);
  expect(await holdLease(db, 'sequencer', 'second')).toBe(true);
  expect(await holdLease(db, 'sequencer', 'first')).toBe(false);
  // The second takes what the first has not, and gets its numbers after the first has committed.
  const second = numberDirty(db, 60);
  await untilSomebodyWaits();
  const meanwhile = await readTail(db, { epoch, after: before, limit: 1_000 });
  expect([meanwhile.version, meanwhile.changed]).toEqual([before, {}]);
  first.release();
  expect([await first.taken, await second]).toEqual([60, 40]);
  await expectEachOnce(before);
});

test('[TAIL-3] what a sequencer had in hand when its connection was ended is numbered by the next', async () => {
  const { version: before } = await readFeed(db);
  const first = await heldBeforeCommit(60);
  const second = numberDirty(db, 60);
  await untilSomebodyWaits();
  await db.query('select pg_terminate_backend($1)', [first.pid]);
  first.release();
  await expect(first.taken).rejects.toThrow();
  expect(await second).toBe(40);
  expect(await numberDirty(db, 60)).toBe(60);
  await expectEachOnce(before);
});
