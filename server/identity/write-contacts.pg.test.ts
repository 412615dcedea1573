import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { type ContactWrite, writeContact, writeContacts } from './write-contacts.ts';

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const write = (writes: ContactWrite[], now = at) =>
  test_.db.tx((tx) => writeContacts(tx, writes, { source: 'API', now }));
const one = (values: ContactValues, more: Partial<ContactWrite> = {}) =>
  test_.db.tx((tx) => writeContact(tx, { values, ...more }, { source: 'API', now: at }));
const row = async (id: number) => (await test_.db.query('select * from contact where id = $1', [id]))[0];
const identifiers = async (id: number) =>
  (
    await test_.db.query<{ k: string }>(
      `select kind || ':' || value as k from identifier where contact_id = $1 order by 1`,
      [id],
    )
  ).map(({ k }) => k);

test('a new contact gets folded columns, identifiers, its status and a dirty row', async () => {
  const { id, outcome } = await one({
    externalCustomerId: 'X1',
    email: 'Ann@Example.org',
    firstName: 'ÄNNE',
    country: 'Україна',
  });
  expect(outcome).toBe('created');
  expect(await row(id)).toMatchObject({
    external_customer_id: 'X1',
    external_customer_id_fold: 'x1',
    email: 'Ann@Example.org',
    email_fold: 'ann@example.org',
    first_name: 'ÄNNE',
    first_name_fold: 'änne',
    country_fold: 'україна',
    last_name: null,
    source: 'API',
    source_fold: 'api',
    email_status: 'subscribed',
    demo: false,
    created_at: new Date(at),
  });
  expect(await identifiers(id)).toEqual(['email:ann@example.org', 'externalCustomerId:X1']);
  expect(await test_.db.query('select tbl, key, bucket from dirty where key = $1', [id])).toEqual([
    { tbl: 'contact', key: id, bucket: id % 64 },
  ]);
});

test('matching goes External ID, email, phone; an email of somebody with another External ID is not the same person', async () => {
  const a = await one({ externalCustomerId: 'A', email: 'shared@x.org' });
  expect((await one({ email: 'SHARED@x.org', firstName: 'One' })).id).toBe(a.id);
  const b = await one({ externalCustomerId: 'B', email: 'shared@x.org' });
  expect(b).toMatchObject({ outcome: 'created' });
  expect(b.id).not.toBe(a.id);
  const byPhone = await one({ phone: '+380501112233' });
  expect(await one({ externalCustomerId: 'C', phone: '+380501112233' })).toEqual({
    id: byPhone.id,
    outcome: 'updated',
  });
  expect((await row(byPhone.id))?.external_customer_id).toBe('C');
  // External IDs never change, whatever id was said to be meant.
  await one({ externalCustomerId: 'D' }, { contactId: byPhone.id });
  expect((await row(byPhone.id))?.external_customer_id).toBe('C');
});

test('what is unchanged is not written; what is not given stays; null clears; identifiers follow', async () => {
  const { id } = await one({ email: 'kim@x.org', firstName: 'Kim', town: 'Lviv' });
  await test_.db.query('delete from dirty');
  expect(await one({ email: 'kim@x.org', firstName: 'Kim' })).toEqual({ id, outcome: 'unchanged' });
  expect(await test_.db.query('select 1 from dirty')).toEqual([]);
  expect(await one({ email: 'new@x.org', town: null }, { contactId: id })).toEqual({ id, outcome: 'updated' });
  expect(await row(id)).toMatchObject({ email: 'new@x.org', first_name: 'Kim', town: null, town_fold: null });
  expect(await identifiers(id)).toEqual(['email:new@x.org']);
  expect((await one({ email: 'kim@x.org' })).outcome).toBe('created');
});

test('a suppressed address is not subscribed again by writing it', async () => {
  await test_.db.query(
    `insert into suppression (channel, address, reason) values ('email', 'gone@x.org', 'unsubscribed')`,
  );
  const { id } = await one({ email: 'Gone@X.org' });
  expect((await row(id))?.email_status).toBe('unsubscribed');
});

test('rows of one batch see each other, and big batches equal small ones', async () => {
  const batch = Array.from(
    { length: 400 },
    (_, at): ContactWrite => ({
      values: {
        externalCustomerId: `batch-${at % 250}`,
        email: `b${at % 125}@batch.org`,
        firstName: `N\t${at}\\`,
        lastName: at % 2 ? 'Odd' : undefined,
      },
    }),
  );
  const { ids, outcomes } = await write(batch);
  expect(new Set(ids).size).toBe(250);
  expect([...outcomes.values()].filter((outcome) => outcome === 'created')).toHaveLength(250);
  expect(await row(ids[399] ?? 0)).toMatchObject({
    first_name: 'N\t399\\',
    first_name_fold: 'n\t399\\',
    last_name: 'Odd',
  });
  const again = await write(batch.slice(250).concat(batch.slice(150, 250)));
  expect([...again.outcomes.values()].every((outcome) => outcome === 'unchanged')).toBe(true);
  for (const single of batch.slice(380)) expect((await one(single.values)).outcome).toBe('unchanged');
});

test('twenty writers at once make one person once', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      one(at % 2 ? { email: 'race@x.org' } : { email: 'race@x.org', externalCustomerId: 'RACE' }),
    ),
  );
  expect(new Set(results.map(({ id }) => id)).size).toBe(1);
});

test('an External ID that is somebody else’s stays theirs, whoever is written by another mark', async () => {
  const owner = await one({ externalCustomerId: 'TAKEN' });
  const other = await one({ email: 'untaken@x.org' });
  await one({ externalCustomerId: 'TAKEN', firstName: 'Ann' }, { contactId: other.id });
  const made = await one({ externalCustomerId: 'TAKEN', firstName: 'Bea' }, { matchOn: [] });
  expect(made.outcome).toBe('created');
  expect(await row(other.id)).toMatchObject({ external_customer_id: null, first_name: 'Ann' });
  expect(await row(made.id)).toMatchObject({ external_customer_id: null, first_name: 'Bea' });
  expect(await identifiers(owner.id)).toEqual(['externalCustomerId:TAKEN']);
});
