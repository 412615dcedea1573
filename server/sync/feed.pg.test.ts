import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { markDirty } from './dirty.ts';
import { writeDocument } from './document-store.ts';
import { pullDocuments } from './documents.ts';
import { readFeed } from './feed.ts';
import { numberDirty } from './sequencer.ts';
import { readTail } from './tail.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const body = { name: 'x', description: '', rule: { type: 'all', rules: [] }, createdAt: 1 };

test('[VER-1] readers that follow the feed see every row of writers that commit in any order', async () => {
  const { db } = database;
  const { epoch } = await readFeed(db);
  const committed = new Set<string>();
  let writing = true;
  const seen: string[] = [];
  const reader = (async () => {
    let after = 0;
    for (let last = false; ; ) {
      const page = await pullDocuments(db, { epoch, after, limit: 7 });
      seen.push(...page.documents.map(({ id }) => id));
      after = page.version;
      if (last && !page.more) return;
      last = !writing;
    }
  })();
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let turn = 0; turn < 40; turn++) {
      const id = `w${writer}-${turn}`;
      // Some dawdle before they take the counter, some after, some give up: the mixture that fools sequences and clocks.
      const work = db.tx(async (tx) => {
        await tx.query('select txid_current()');
        if (turn % 4 === 0) await sleep(writer);
        await writeDocument(tx, 'segment', id, body);
        if (turn % 5 === 0) await sleep(3);
        if (turn % 7 === 3) throw new Error('gave up');
      });
      await work.then(
        () => committed.add(id),
        (error: Error) => expect(error.message).toBe('gave up'),
      );
    }
  });
  await Promise.all(writers);
  writing = false;
  await reader;
  expect(committed.size).toBeGreaterThan(100);
  expect(seen.toSorted()).toEqual([...committed].toSorted());
});

test('[VER-2] [TAIL-1] every committed dirty key is numbered, whatever commits when; one rolled back never is', async () => {
  const { db } = database;
  const { epoch, version: from } = await readFeed(db);
  const committed = new Set<number>();
  let writing = true;
  const seen = new Set<number>();
  const sequencers = Array.from({ length: 2 }, async () => {
    while (writing || (await db.query('select 1 from dirty limit 1')).length > 0) await numberDirty(db, 20);
  });
  const reader = (async () => {
    let after = from;
    for (let last = false; ; ) {
      const page = await readTail(db, { epoch, after, limit: 5 });
      for (const key of page.changed.event ?? []) seen.add(key);
      after = page.version;
      if (last && !page.more) return;
      last = !writing && (await db.query('select 1 from dirty limit 1')).length === 0;
    }
  })();
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let turn = 0; turn < 40; turn++) {
      const keys = [writer * 1_000 + turn * 3, writer * 1_000 + turn * 3 + 1, writer * 1_000];
      const work = db.tx(async (tx) => {
        await markDirty(tx, 'event', keys);
        if (turn % 4 === 0) await sleep(4);
        if (turn % 7 === 3) throw new Error('gave up');
      });
      await work.then(
        () => {
          for (const key of keys) committed.add(key);
        },
        (error: Error) => expect(error.message).toBe('gave up'),
      );
    }
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all([...sequencers, reader]);
  expect(committed.size).toBeGreaterThan(300);
  expect([...seen].toSorted((a, b) => a - b)).toEqual([...committed].toSorted((a, b) => a - b));
});

test('[VER-2] a key that is dirty many times is numbered once per batch', async () => {
  const { db } = database;
  const before = await readFeed(db);
  await db.tx((tx) => markDirty(tx, 'contact', [5, 5, 6, 5]));
  expect(await numberDirty(db)).toBe(4);
  const after = await readFeed(db);
  expect(after.version).toBe(before.version + 2);
  expect(await numberDirty(db)).toBe(0);
  expect((await readFeed(db)).version).toBe(after.version);
  const versions = await db.query<{ version: number }>(
    'select version from column_change where version > $1 order by version',
    [before.version],
  );
  expect(must(versions.at(-1), 'a change').version).toBe(after.version);
});
