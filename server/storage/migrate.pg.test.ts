import { afterEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { checkServerVersion, type Migration, migrate, readMigrations } from './migrate.ts';

const open: TestDatabase[] = [];
async function fresh(): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  open.push(database);
  return database;
}
afterEach(async () => {
  for (const database of open.splice(0)) await database.drop();
});

test('an empty database gets every migration and the rows that exist once', async () => {
  const { db } = await fresh();
  const all = await readMigrations();
  expect(await migrate(db.pool, { timeZone: 'Europe/Kyiv' })).toEqual(all.map(({ number }) => number));
  expect(await db.query('select time_zone from workspace')).toEqual([{ time_zone: 'Europe/Kyiv' }]);
  const [workspace] = await db.query<{ link_secret: string }>('select link_secret from workspace');
  expect(workspace?.link_secret).toMatch(/^[\w-]{43}$/);
  const [counter] = await db.query<{ epoch: string; version: number }>('select version, epoch from feed_counter');
  expect(counter?.version).toBe(0);
  expect(counter?.epoch).toMatch(/^[0-9a-f-]{36}$/);
});

test('a second run changes nothing, the workspace keeps its zone and secret', async () => {
  const { db } = await fresh();
  await migrate(db.pool, { timeZone: 'UTC' });
  const before = await db.query('select w.*, f.epoch from workspace w, feed_counter f');
  expect(await migrate(db.pool, { timeZone: 'Asia/Tokyo' })).toEqual([]);
  expect(await db.query('select w.*, f.epoch from workspace w, feed_counter f')).toEqual(before);
});

test('several processes at a time: each migration is applied once', async () => {
  const { db } = await fresh();
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(db.pool, { timeZone: 'UTC' })));
  expect(applied.flat()).toEqual((await readMigrations()).map(({ number }) => number));
  expect(await db.query('select count(*) as n from workspace')).toEqual([{ n: 1 }]);
});

test('a failing migration leaves the database as it was, and the next try goes on from there', async () => {
  const { db } = await fresh();
  const all = await readMigrations();
  const number = all.length + 1;
  const broken: Migration = { number, name: 'broken', sql: 'create table half_done (a int); select 1/0' };
  await expect(migrate(db.pool, { timeZone: 'UTC', migrations: [...all, broken] })).rejects.toThrow('division by zero');
  expect(await db.query("select to_regclass('half_done') as found")).toEqual([{ found: null }]);
  const repaired: Migration = { ...broken, sql: 'create table half_done (a int)' };
  expect(await migrate(db.pool, { timeZone: 'UTC', migrations: [...all, repaired] })).toEqual([number]);
});

test('a database newer than the code is refused by name', async () => {
  const { db } = await fresh();
  await migrate(db.pool, { timeZone: 'UTC' });
  await db.query("insert into schema_migration (number, name) values (99, 'from the future')");
  await expect(migrate(db.pool, { timeZone: 'UTC' })).rejects.toThrow(
    /newer than this Muster: its schema has version 99/,
  );
});

test.each([
  [140_012, /PostgreSQL 14, which is too old: Muster needs PostgreSQL 15 to 18/],
  [190_001, /PostgreSQL 19, which is newer than this Muster knows/],
])('a PostgreSQL reporting %d is refused', (number, message) => {
  expect(() => checkServerVersion(number)).toThrow(message);
});

test.each([150_000, 180_004])('a PostgreSQL reporting %d is accepted', (number) => {
  expect(() => checkServerVersion(number)).not.toThrow();
});
