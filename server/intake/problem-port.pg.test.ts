import { afterEach, beforeEach, expect, test } from 'vitest';
import { bucketOf } from '#server/identity/buckets.ts';
import type { Deps } from '#server/service.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { drainBucket } from './drain-bucket.ts';
import { intakeRow } from './intake-row.ts';
import { createProblemPort } from './problem-port.ts';

let database: TestDatabase;
let deps: Deps;
beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterEach(() => database.drop());

const email = 'olena@shop.example';
const parked = () => database.db.query<{ id: number }>('select id from intake_parked order by id');

/** A row that failed for good; its error is what PostgreSQL says of a broken value unless told otherwise. */
async function park(id: number, kind: string, payload: object, error = 'value out of range'): Promise<void> {
  await database.db.query(
    `insert into intake_parked (id, bucket, kind, payload, received_at, error) values ($1, $2, $3, $4, now(), $5)`,
    [id, bucketOf(email), kind, payload, error],
  );
}

function goodEvent(type: string): object {
  const body = { values: { email }, type, at: 0, keyValue: null, params: { colour: 'red' }, source: 'API' };
  return JSON.parse(intakeRow({ kind: 'event', body }).payload);
}

test('a parked row is told with its reason and what came, but not to who sees no personal data', async () => {
  const port = createProblemPort(deps);
  await park(7, 'event', goodEvent('viewed'), `value "${email}" out of range`);
  await park(8, 'order', { externalOrderId: 'A-1', values: { email } }, 'duplicate key value violates a constraint');
  expect(await port.count(caller)).toBe(2);
  const { items, total } = await port.list(caller, { before: null });
  expect(total).toBe(2);
  expect(items).toMatchObject([
    { id: 8, kind: 'order', about: 'A-1', reason: 'clash' },
    { id: 7, kind: 'event', about: 'viewed', reason: 'value', error: expect.stringContaining(email) },
  ]);
  expect(items[1]?.payload).toContain('"colour": "red"');
  expect((await port.list(caller, { before: 8 })).items.map(({ id }) => id)).toEqual([7]);
  const masked = await port.list({ ...caller, role: 'marketerNoPersonal' }, { before: null });
  expect(masked.items).toMatchObject([
    { id: 8, about: 'A-1' },
    { id: 7, about: 'viewed' },
  ]);
  expect(JSON.stringify(masked)).not.toContain(email);
});

test('what is tried again is applied like anything that came now, and parked again if it still fails', async () => {
  const port = createProblemPort(deps);
  await park(1, 'event', goodEvent('viewed'));
  await park(2, 'event', { no: 'event' });
  await park(3, 'event', goodEvent('bought'));
  expect(await port.retry(caller, { ids: [1, 2, 99] })).toEqual({ retried: 2 });
  expect((await parked()).map(({ id }) => id)).toEqual([3]);
  for (let attempt = 1; attempt <= 5; attempt++) {
    await drainBucket(deps, bucketOf(email));
    await database.db.query('update intake set next_at = now()');
  }
  expect(await database.db.query('select t.key from event e join event_type t on t.id = e.type_id')).toEqual([
    { key: 'viewed' },
  ]);
  expect(await port.count(caller)).toBe(2);
  expect(await port.retry(caller, { ids: null })).toEqual({ retried: 2 });
  expect(await parked()).toEqual([]);
});

test('what is thrown away is gone, and it stays known who did it; what it said does not', async () => {
  const port = createProblemPort(deps);
  await park(1, 'event', goodEvent('viewed'));
  await park(2, 'contact', { values: { email } }, 'Cannot read properties of undefined');
  await park(3, 'event', goodEvent('bought'));
  expect(await port.discard(caller, { ids: [1, 2, 99] })).toEqual({ discarded: 2 });
  const { total, discarded } = await port.list(caller, { before: null });
  expect(total).toBe(1);
  expect(discarded).toMatchObject([
    { id: 2, kind: 'contact', about: null, reason: 'internal' },
    { id: 1, kind: 'event', about: 'viewed', reason: 'value' },
  ]);
  const [audit] = await database.db.query<{ text: string }>(
    `select string_agg(d::text, ' ') as text, min(discarded_by) as by from intake_discarded d`,
  );
  expect(audit).toMatchObject({ by: caller.userId });
  expect(audit?.text).not.toContain(email);
  expect(await port.discard(caller, { ids: null })).toEqual({ discarded: 1 });
  expect(await parked()).toEqual([]);
});
