import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Entity, type TableName, tableNames } from '#shared/columns/tables.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ColumnClient, random, range, START, storedRows, writeSomething } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { buildGeneration } from './chunk-builder.ts';
import { planBuild } from './chunk-plan.ts';
import { markDirty } from './dirty.ts';
import { readFeed } from './feed.ts';
import { isFieldTable } from './field-columns.ts';
import { pruneGenerations, readGeneration, readManifest } from './generations.ts';
import { readKeyRows } from './row-source.ts';
import { numberDirty } from './sequencer.ts';
import { readTail } from './tail.ts';

let database: TestDatabase;
let clock = START;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  clock = START;
  await database.db.query(
    'truncate document, contact, membership, orders, order_line, delivery, event, event_type, dirty, column_change, chunk, chunk_blob, generation',
  );
});

const build = () => buildGeneration(createTestDeps(database.db, { now: () => clock }));
async function expectInStep(client: ColumnClient): Promise<void> {
  for (const table of tableNames) expect(client.rows(table), table).toEqual(await storedRows(database.db, table));
}

test.each([1, 2, 3])(
  '[MAN-1] [TAIL-1] chunks and tail together are the tables, after any writes (seed %i)',
  async (seed) => {
    const pick = random(seed);
    const early = new ColumnClient(database.db);
    let generations = 0;
    for (let round = 0; round < 8; round++) {
      for (let write = pick(30); write >= 0; write--) await writeSomething(database.db, pick);
      while ((await numberDirty(database.db, 7)) > 0);
      if (pick(3) === 0) clock += 11 * MINUTE;
      if (await build()) generations++;
      const fresh = new ColumnClient(database.db);
      await fresh.take(await readManifest(database.db));
      await fresh.follow();
      await expectInStep(fresh);
      // A client that took its chunks long ago and only followed the tail is in step as well.
      if (round === 1) await early.take(await readManifest(database.db));
      if (round >= 1) {
        await early.follow(50);
        await expectInStep(early);
      }
    }
    expect(generations).toBeGreaterThan(1);
    expect((await storedRows(database.db, 'orderLine')).length).toBeGreaterThan(5);
  },
);

test('[MAN-1] chunks built while others write, with the tail, are the tables', async () => {
  const pick = random(9);
  let written = 0;
  // Two writers may meet on one row; whoever loses rolls back, as in life.
  const writers = Promise.all(
    Array.from({ length: 4 }, async () => {
      // Until a second generation came of it, however slow the machine is.
      for (let turn = 0; turn < 60 || (turn < 5_000 && (await readGeneration(database.db)) < 2); turn++) {
        await writeSomething(database.db, pick).then(
          () => written++,
          (error) => expect(['23505', '40P01']).toContain(error.code),
        );
      }
    }),
  );
  let writing = true;
  const builder = (async () => {
    while (writing) {
      clock += 11 * MINUTE;
      await numberDirty(database.db, 5);
      await build();
    }
  })();
  await writers.finally(() => {
    writing = false;
  });
  await builder;
  while ((await numberDirty(database.db)) > 0);
  const client = new ColumnClient(database.db);
  await client.take(await readManifest(database.db));
  await client.follow();
  await expectInStep(client);
  expect(written).toBeGreaterThan(150);
  expect(await readGeneration(database.db)).toBeGreaterThan(1);
});

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

test('[MAN-2] only chunks whose rows changed get a new hash, and an unchanged rebuild publishes nothing', async () => {
  await insertContacts(65_000, 66_000);
  expect(await build()).toBe(true);
  const first = await readManifest(database.db);
  expect(first.chunks.map(({ table, index, rows }) => [table, index, rows])).toEqual([
    ['contact', 0, 536],
    ['contact', 1, 465],
    ['contactPersonal', 0, 536],
    ['contactPersonal', 1, 465],
  ]);
  expect(await build()).toBe(false);
  clock += 11 * MINUTE;
  await change('contact', [66_000]);
  expect(await build()).toBe(false);
  await database.db.query(`update contact set first_name = 'Ann' where id = 66000`);
  clock += 11 * MINUTE;
  await change('contact', [66_000]);
  expect(await build()).toBe(true);
  const second = await readManifest(database.db);
  expect(second.generation).toBe(first.generation + 1);
  expect(second.chunks.slice(0, 3)).toEqual(first.chunks.slice(0, 3));
  expect(second.chunks[3]?.hash).not.toBe(first.chunks[3]?.hash);
  expect(second.tailFrom).toBe((await readFeed(database.db)).version);
});

test('[MAN-3] a chunk waits for 1,000 and 5 % changed keys or for 10 minutes; what has no chunk is built at once', async () => {
  await insertContacts(1, 30_000);
  const plan = async () => {
    const { version } = await readFeed(database.db);
    const { tailFrom } = await readManifest(database.db);
    const { due, waiting } = await planBuild(database.db, {
      version,
      tailFrom,
      now: clock,
      shape: { parameters: new Map(), fields: new Map() },
    });
    // Without any additional value those tables have no rows here.
    const names = (chunks: typeof due) =>
      chunks.filter(({ table }) => !isFieldTable(table)).map(({ table, index }) => `${table} ${index}`);
    return { due: names(due), waiting: names(waiting) };
  };
  const both = ['contact 0', 'contactPersonal 0'];
  expect(await plan()).toEqual({ due: both, waiting: [] });
  await build();
  expect(await plan()).toEqual({ due: [], waiting: [] });
  await change('contact', range(1, 1_500));
  expect(await plan()).toEqual({ due: [], waiting: both });
  await change('contact', range(1, 1_500));
  expect(await plan()).toEqual({ due: [], waiting: both });
  const { version: waitingSince } = await readFeed(database.db);
  await change('event', [1]);
  await database.db.query(`insert into event_type (key) values ('open')`);
  await database.db.query(
    `insert into event (contact_id, row_id, at, type_id, source) select 1, 1, now(), id, 'API' from event_type`,
  );
  expect(await plan()).toEqual({ due: ['event 0'], waiting: both });
  expect(await build()).toBe(true);
  // Waiting changes are still in the tail.
  expect((await readManifest(database.db)).tailFrom).toBeLessThanOrEqual(waitingSince - 3_000);
  await change('contact', [1_501]);
  expect(await plan()).toEqual({ due: both, waiting: [] });
  await build();
  await change('contact', [1]);
  clock += 10 * MINUTE + 1;
  expect(await plan()).toEqual({ due: both, waiting: [] });
});

test('[MAN-4] [TAIL-2] a replaced generation stays for 24 hours with its bytes and changes, then all goes', async () => {
  const { db } = database;
  await insertContacts(1, 10);
  await build();
  const old = await readManifest(db);
  const client = new ColumnClient(database.db);
  await client.take(old);
  for (let turn = 0; turn < 3; turn++) {
    clock += 11 * MINUTE;
    await db.query('update contact set town = $1 where id = 3', [`Town ${turn}`]);
    await change('contact', [3]);
    await build();
  }
  clock += 23 * HOUR;
  await pruneGenerations(db, clock);
  await client.take(old);
  await client.follow();
  await expectInStep(client);
  clock += 2 * HOUR;
  await pruneGenerations(db, clock);
  const newest = await readManifest(db);
  expect(await db.query('select id from generation')).toEqual([{ id: newest.generation }]);
  const blobs = await db.query<{ hash: string }>('select hash from chunk_blob');
  expect(blobs.map(({ hash }) => hash).toSorted()).toEqual(newest.chunks.map(({ hash }) => hash).toSorted());
  expect(await db.query('select * from column_change where version <= $1', [newest.tailFrom])).toEqual([]);
  const { epoch } = await readFeed(db);
  await expect(readTail(db, { epoch, after: old.tailFrom, limit: 10 })).rejects.toMatchObject({ code: 'not_found' });
  await client.take(newest);
  await client.follow();
  await expectInStep(client);
});

test('[MAN-1] every table is read column by column from where it is stored', async () => {
  const { db } = database;
  const at = new Date(START);
  await db.query(
    `insert into contact (id, external_customer_id, email, phone, first_name, last_name, country, region, town, address, postcode,
       language_code, time_zone, source, email_status, created_at, updated_at)
     values (7, 'X', 'a@b.example', '+380671234567', 'Ann', 'Lee', 'UA', 'Kyivska', 'Kyiv', 'Street 1', '01001', 'uk', 'Europe/Kyiv',
       'API', 'subscribed', $1, $1)`,
    [at],
  );
  await db.query(
    `insert into orders (contact_id, row_id, external_order_id, at, status, currency, gross, returns, gross_lines, line_count, source, digest)
     values (7, 8, 'A1', $1, 'DELIVERED', 'GBP', 25500, 300, 1, 2, 'API', '')`,
    [at],
  );
  await db.query(
    `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, quantity, price) values (7, 8, 1, 'sku', 'Mug', -1500, 25500)`,
  );
  await db.query(
    `insert into delivery (contact_id, row_id, id, campaign_id, state, reason, created_at, sent_at, opened_at, machine_opened_at, clicked_at, unsubscribed_at)
     values (7, 9, 'd', 'camp', 'skipped', 'bounced', $1, $2, $3, $4, $5, $6)`,
    [at, ...[1, 2, 3, 4, 5].map((ms) => new Date(START + ms))],
  );
  await db.query(`insert into event_type (key) values ('cart')`);
  await db.query(
    `insert into event (contact_id, row_id, at, type_id, source) select 7, 10, $1, id, 'API' from event_type`,
    [at],
  );
  const cells = async (table: TableName, key: number) => (await readKeyRows(db, table, [key])).map((row) => row.cells);
  expect(await cells('contact', 7)).toEqual([
    {
      country: 'UA',
      languageCode: 'uk',
      timeZone: 'Europe/Kyiv',
      source: 'API',
      emailStatus: 'subscribed',
      createdAt: START,
    },
  ]);
  expect(await cells('contactPersonal', 7)).toEqual([
    {
      externalCustomerId: 'X',
      email: 'a@b.example',
      phone: '+380671234567',
      firstName: 'Ann',
      lastName: 'Lee',
      region: 'Kyivska',
      town: 'Kyiv',
      address: 'Street 1',
      postcode: '01001',
    },
  ]);
  expect(await cells('order', 8)).toEqual([
    {
      rowId: 8,
      contactId: 7,
      at: START,
      externalOrderId: 'A1',
      status: 'DELIVERED',
      currency: 'GBP',
      gross: 25_500,
      returns: 300,
      grossLines: 1,
      lines: 2,
    },
  ]);
  expect(await cells('orderLine', 8)).toEqual([
    {
      orderRowId: 8,
      lineNo: 1,
      at: START,
      externalItemId: 'sku',
      name: 'Mug',
      quantity: -1_500,
      price: 25_500,
      amount: -38_250,
    },
  ]);
  expect(await cells('delivery', 9)).toEqual([
    {
      rowId: 9,
      contactId: 7,
      at: START,
      campaignId: 'camp',
      state: 'skipped',
      reason: 'bounced',
      sentAt: START + 1,
      openedAt: START + 2,
      machineOpenedAt: START + 3,
      clickedAt: START + 4,
      unsubscribedAt: START + 5,
    },
  ]);
  expect(await cells('event', 10)).toEqual([{ rowId: 10, contactId: 7, at: START, type: 'cart' }]);
});

test('[TAIL-1] a deleted contact and a removed order are changed keys without rows', async () => {
  const { db } = database;
  await insertContacts(1, 2);
  const { epoch, version: after } = await readFeed(db);
  await db.query('update contact set deleted_at = now() where id = 2');
  await change('contact', [1, 2]);
  await change('order', [77]);
  const tail = await readTail(db, { epoch, after, limit: 100 });
  expect(tail.changed).toEqual({ contact: [1, 2], order: [77] });
  expect(tail.rows.contact?.map(({ key }) => key)).toEqual([1]);
  expect(tail.rows.contactPersonal?.map(({ key }) => key)).toEqual([1]);
  expect(tail.rows.order).toEqual([]);
  expect(tail).toMatchObject({ more: false, version: (await readFeed(db)).version });
});

test('[EPOCH-1] a tail of another epoch is refused', async () => {
  await expect(readTail(database.db, { epoch: 'other', after: 0, limit: 1 })).rejects.toMatchObject({
    code: 'epoch_changed',
  });
});

test('[MAN-1] before anything was built the manifest is generation 0 with a tail from the beginning', async () => {
  expect(await readGeneration(database.db)).toBe(0);
  expect(await readManifest(database.db)).toMatchObject({ generation: 0, tailFrom: 0, chunks: [] });
  expect(await build()).toBe(false);
});
