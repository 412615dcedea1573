import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeContact } from '#server/identity/write-contacts.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createDemo } from './demo.ts';

const now = Date.UTC(2026, 10, 23, 12);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const tables = ['contact', 'identifier', 'orders', 'order_line', 'order_registry', 'event', 'delivery'];
const sizes = async () =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (table) => [
        table,
        (await database.db.query<{ count: number }>(`select count(*) from ${table}`))[0]?.count,
      ]),
    ),
  );
const fingerprint = async () =>
  (
    await database.db.query(`select
      (select md5(string_agg(concat_ws('|', external_customer_id, email, phone, first_name, last_name, town, created_at), ',' order by id)) from contact) as contacts,
      (select md5(string_agg(concat_ws('|', external_order_id, at, status, gross, returns, digest), ',' order by external_order_id)) from orders) as orders,
      (select md5(string_agg(concat_ws('|', at, params::text), ',' order by at, params::text)) from event) as events`)
  )[0];

test('the demo shop is believable, the same every time, and leaves nothing behind', async () => {
  const demo = createDemo(createTestDeps(database.db, { now: () => now }));
  const own = await database.db.tx((tx) =>
    writeContact(tx, { values: { email: 'real@shop.example' } }, { source: 'API', now }),
  );
  const before = await sizes();
  expect(await demo.loaded(caller)).toBe(false);
  const loaded = await demo.load(caller);
  expect(await demo.loaded(caller)).toBe(true);
  expect(loaded.contacts).toBe(2000);
  expect(loaded.orders).toBeGreaterThan(5000);
  expect(loaded.orders).toBeLessThan(7500);
  expect(loaded.events).toBeGreaterThan(35_000);
  expect(loaded.events).toBeLessThan(50_000);
  await expect(demo.load(caller)).rejects.toMatchObject({ code: 'conflict' });

  const [facts] = await database.db.query(
    `select
    (select count(*) from contact where demo and email !~ '@demo[.]muster[.]invalid$') as mailable,
    (select count(*) from contact where demo and source <> 'Demo') as other_source,
    (select count(*) from contact where first_name = 'Олена') > 5 as ukrainian,
    (select count(distinct country) from contact where demo) as countries,
    (select count(*) from orders where returns > 0) > 100 as returns,
    (select count(*) from (select 1 from orders group by contact_id having count(*) > 3) r) > 300 as repeat,
    (select count(*) from orders where contact_id = 0) as of_nobody,
    (select extract(day from max(at) - min(at))::int between 180 and 184 from orders) as half_a_year,
    (select max(at) < $1 from orders) as past,
    (select count(*) from order_line where price <= 0) as free`,
    [new Date(now)],
  );
  expect(facts).toEqual({
    mailable: 0,
    other_source: 0,
    ukrainian: true,
    countries: 6,
    returns: true,
    repeat: true,
    of_nobody: 0,
    half_a_year: true,
    past: true,
    free: 0,
  });

  const first = await fingerprint();
  await database.db.query('delete from dirty');
  expect(await demo.remove(caller)).toEqual({ contacts: 2000 });
  expect(await sizes()).toEqual(before);
  expect(await database.db.query('select id from contact')).toEqual([{ id: own.id }]);
  const dirty = await database.db.query('select tbl, count(*) from dirty group by 1 order by 1');
  expect(dirty).toEqual([
    { tbl: 'contact', count: 2000 },
    { tbl: 'event', count: loaded.events },
    { tbl: 'order', count: loaded.orders },
  ]);
  expect(await demo.load(caller)).toEqual(loaded);
  expect(await fingerprint()).toEqual(first);
}, 60_000);
