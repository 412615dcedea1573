/** When chunks are built, and that it makes no difference to what they hold. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Entity, tableNames } from '#shared/columns/tables.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import {
  ColumnClient,
  random,
  range,
  START,
  storedRows,
  switchField,
  switchParameters,
  writeSomething,
} from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { buildGeneration, createChunkBuilder } from './chunk-builder.ts';
import { markDirty } from './dirty.ts';
import { removeDocument, writeDocument } from './document-store.ts';
import { readGeneration, readManifest } from './generations.ts';
import { readKeyRows } from './row-source.ts';
import { numberDirty } from './sequencer.ts';

let database: TestDatabase;
let clock = START;
const MINUTE = 60_000;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  clock = START;
  await database.db.query(
    'truncate document, contact, membership, orders, order_line, delivery, event, event_type, dirty, column_change, chunk, chunk_blob, generation, lease',
  );
});

const build = () => buildGeneration(createTestDeps(database.db, { now: () => clock }));
async function expectInStep(client: ColumnClient): Promise<void> {
  for (const table of tableNames) expect(client.rows(table), table).toEqual(await storedRows(database.db, table));
}
async function insertContacts(from: number, to: number): Promise<void> {
  await database.db.query(
    `insert into contact (id, email, created_at, updated_at) select n, 'c' || n || '@example.com', $3, $3 from generate_series($1::int, $2::int) as n`,
    [from, to, new Date(START)],
  );
}
async function change(entity: Entity, keys: number[]): Promise<void> {
  await database.db.tx((tx) => markDirty(tx, entity, keys));
  while ((await numberDirty(database.db)) > 0);
}

test.each([4, 5])(
  '[MAN-1] the parameters of events that are columns follow the switches of their types, whatever is written (seed %i)',
  async (seed) => {
    const pick = random(seed);
    let filled = 0;
    for (let round = 0; round < 10; round++) {
      for (let write = 5 + pick(30); write >= 0; write--) await writeSomething(database.db, pick);
      await switchParameters(database.db, pick);
      await switchField(database.db, pick);
      while ((await numberDirty(database.db)) > 0);
      if (pick(3) === 0) clock += 11 * MINUTE;
      await build();
      const client = new ColumnClient(database.db);
      await client.take(await readManifest(database.db));
      await client.follow();
      await expectInStep(client);
      filled += client.rows('event').filter(({ cells }) => 'text0' in cells || 'number0' in cells).length;
    }
    expect(filled).toBeGreaterThan(10);
  },
);

test('[MAN-2] a switch of an event type builds only the chunks that hold events of that type', async () => {
  const { db } = database;
  await db.query(`insert into event_type (key) values ('open'), ('click')`);
  await db.query(
    `insert into event (contact_id, row_id, at, type_id, params, source)
     select 1, row_id, now(), t.id, '{"brand": "Acme", "price": "12.50"}', 'API'
       from (values (1, 'open'), (65536, 'click'), (131072, 'open')) as e (row_id, type) join event_type t on t.key = e.type`,
  );
  await build();
  const hashes = async () => (await readManifest(db)).chunks.map(({ index, hash }) => `${index} ${hash}`);
  const before = await hashes();
  await database.db.tx((tx) =>
    writeDocument(tx, 'event-type', 'event-type:open', {
      key: 'open',
      parameters: [
        { key: 'brand', kind: 'text', slot: 0 },
        { key: 'price', kind: 'number', slot: 1 },
      ],
    }),
  );
  const builtAt = async () => db.query('select built_at from chunk order by idx');
  clock += 1;
  expect(await build()).toBe(true);
  const after = await hashes();
  expect(after.map((hash, at) => hash === before[at])).toEqual([false, true, false]);
  expect(await builtAt()).toEqual(
    [new Date(clock), new Date(clock - 1), new Date(clock)].map((built_at) => ({ built_at })),
  );
  expect((await readKeyRows(db, 'event', [1, 65_536])).map(({ cells }) => [cells.text0, cells.number1])).toEqual([
    ['Acme', 12.5],
    [undefined, undefined],
  ]);
  // Off again: every chunk has the bytes it had without.
  await db.tx((tx) => removeDocument(tx, 'event-type:open'));
  expect(await build()).toBe(true);
  expect(await hashes()).toEqual(before);
  expect(await build()).toBe(false);
});

test.each([6, 7])(
  '[MAN-1] chunks that were built bit by bit are the chunks of a rebuild from the tables (seed %i)',
  async (seed) => {
    const { db } = database;
    const pick = random(seed);
    for (let round = 0; round < 8; round++) {
      for (let write = pick(25); write >= 0; write--) await writeSomething(db, pick);
      if (pick(2) === 0) await switchParameters(db, pick);
      if (pick(2) === 0) await switchField(db, pick);
      while ((await numberDirty(db)) > 0);
      // Everything that changed is older than ten minutes: all of it is inside.
      clock += 11 * MINUTE;
      await build();
    }
    clock += 11 * MINUTE;
    await build();
    const grown = await readManifest(db);
    await db.query('truncate chunk, chunk_blob, generation, column_change');
    await build();
    const rebuilt = await readManifest(db);
    expect(rebuilt.chunks.length).toBeGreaterThan(6);
    expect(grown.chunks).toEqual(rebuilt.chunks);
  },
);

test('[MAN-3] while changes keep coming, generations are ten seconds apart; then they are built at once', async () => {
  const { db } = database;
  let now = START;
  const builder = createChunkBuilder(createTestDeps(db, { now: () => now }));
  const generation = () => readGeneration(db);
  /** Longer than the builder goes without a look. */
  const looks = () => new Promise((resolve) => setTimeout(resolve, 1_600));
  await insertContacts(1, 3_000);
  await change('contact', range(1, 3_000));
  await builder.start();
  try {
    await expect.poll(generation, { timeout: 10_000 }).toBe(1);
    now = START + 5_000;
    await db.query(`update contact set town = 'Kyiv'`);
    await change('contact', range(1, 3_000));
    await looks();
    expect(await generation()).toBe(1);
    // Ten seconds after the last one, although something changed just now.
    now = START + 10_000;
    await change('contact', [1]);
    await expect.poll(generation, { timeout: 10_000 }).toBe(2);
    await db.query(`update contact set town = 'Lviv'`);
    await change('contact', range(1, 3_000));
    await looks();
    expect(await generation()).toBe(2);
    // Nothing for a while: there is nothing to wait for.
    now += 1_000;
    await expect.poll(generation, { timeout: 10_000 }).toBe(3);
  } finally {
    await builder.stop();
  }
});
