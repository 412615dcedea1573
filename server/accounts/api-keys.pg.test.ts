import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createApiKeys } from './api-keys.ts';

let database: TestDatabase;
let now = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const keysOf = () => createApiKeys({ db: database.db, now: () => now, log: pino({ level: 'silent' }) });

test('a key is shown once, kept as a hash, and opens what its scope says', async () => {
  const keys = keysOf();
  const { id, key } = await keys.create(caller, { scope: 'events', name: 'shop' });
  expect(key).toMatch(/^mk_[\w-]{43}$/);
  expect(await keys.verify(key)).toEqual({ id, scope: 'events' });
  expect(await keys.verify(`${key}x`)).toBeNull();
  const rows = JSON.stringify(await database.db.query('select * from api_key'));
  expect(rows).not.toContain(key);
  const [listed] = await keys.list(caller);
  expect(listed).toMatchObject({ id, scope: 'events', name: 'shop', hint: `${key.slice(0, 7)}…` });
  expect(listed?.lastUsedAt).toBeTypeOf('number');
});

test('a revoked key is refused at once here, and elsewhere after a few seconds', async () => {
  const [here, elsewhere] = [keysOf(), keysOf()];
  const { id, key } = await here.create(caller, { scope: 'full', name: '' });
  await here.verify(key);
  await elsewhere.verify(key);
  await here.revoke(caller, id);
  expect(await here.verify(key)).toBeNull();
  now += 10_001;
  expect(await elsewhere.verify(key)).toBeNull();
  await expect(here.revoke(caller, id)).rejects.toMatchObject({ code: 'not_found' });
  expect((await here.list(caller)).map((info) => info.id)).not.toContain(id);
});

test('a key that is switched off is refused until it is switched on again; its maker and number are listed', async () => {
  const keys = keysOf();
  const { id, key } = await keys.create(caller, { scope: 'contacts-add', name: 'till' });
  expect(await keys.verify(key)).toEqual({ id, scope: 'contacts-add' });
  await keys.setEnabled(caller, { id, enabled: false });
  expect([await keys.verify(key), await keys.verifyId(id)]).toEqual([null, null]);
  expect((await keys.list(caller)).find((info) => info.id === id)).toMatchObject({
    enabled: false,
    createdBy: caller.email,
    number: expect.any(Number),
  });
  await keys.setEnabled(caller, { id, enabled: true });
  expect([await keys.verify(key), await keys.verifyId(id)]).toEqual([
    { id, scope: 'contacts-add' },
    { id, scope: 'contacts-add' },
  ]);
  await expect(keys.setEnabled(caller, { id: 'nobody', enabled: true })).rejects.toMatchObject({ code: 'not_found' });
});

test('looking a key up again and again asks the database once', async () => {
  const keys = keysOf();
  const { key } = await keys.create(caller, { scope: 'full', name: '' });
  await keys.verify(key);
  await database.db.query('update api_key set last_used_at = null');
  await Promise.all(Array.from({ length: 50 }, () => keys.verify(key)));
  expect(await database.db.query('select count(*) as n from api_key where last_used_at is not null')).toEqual([
    { n: 0 },
  ]);
});
