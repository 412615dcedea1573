import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactPort } from '#shared/api/ports.ts';
import { caller } from '#tests/support/caller.ts';
import { addContacts } from '#tests/support/consent-stage.ts';
import { leaveTraces, markers, mentions, NEIGHBOUR, PERSON } from '#tests/support/erasure.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { START } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createContactPort } from './erase-contact.ts';

let database: TestDatabase;
let port: ContactPort;

beforeAll(async () => {
  database = await createTestDatabase();
  port = createContactPort(createTestDeps(database.db, { now: () => START }));
  await leaveTraces(database.db, new Date(START));
});
afterAll(() => database.drop());

test('everything that erasing would take is in the file of a person, and nothing of anybody else', async () => {
  const file = await port.everything(caller, PERSON);
  const text = JSON.stringify(file).toLowerCase();
  for (const marker of markers) expect(text).toContain(marker.toLowerCase());
  for (const other of ['olha', 'other@shop.example', 'other-1', 'lviv']) expect(text).not.toContain(other);
  expect(file).toMatchObject({
    format: 'muster-contact',
    contact: {
      id: PERSON,
      firstName: 'Markerina',
      email: 'zzmark@erase.example',
      createdAt: new Date(START).toISOString(),
    },
    additionalFields: { 'EXTRA.NOTE': { value: 'Markerina likes tea' }, 'EXTRA.LEVEL': { value: 'Gold' } },
    orders: [
      {
        externalOrderId: 'order 3',
        gross: 2.55,
        extra: { shipTo: 'Markerina' },
        lines: [{ name: 'Mug', quantity: 1 }],
      },
    ],
    events: [{ type: 'viewed', params: { who: 'Markerina' } }],
    suppressedAddresses: [{ address: 'zzmark@erase.example', reason: 'unsubscribed' }],
    edits: [{ field: 'firstName', to: 'Markerina' }],
  });
  expect(file.identifiers.map(({ kind }) => kind)).toEqual([
    'email',
    'email',
    'externalCustomerId',
    'loyaltyNumber',
    'phone',
  ]);
  expect(file.deliveries).toHaveLength(2);
  expect(file.consent).toHaveLength(1);
  expect(file.lists).toHaveLength(1);
  expect(mentions(await port.everything(caller, NEIGHBOUR).then(({ merges: _, ...rest }) => rest))).toBe(false);
  await expect(port.everything(caller, 4_000_000)).rejects.toMatchObject({ code: 'not_found' });
});

test('a contact has several emails and phones, one of each primary', async () => {
  const [id = 0] = await addContacts(database.db, ['first@x.test'], START);
  const change = (act: 'add' | 'remove' | 'makePrimary', kind: 'email' | 'phone', value: string) =>
    port.changeAddress(caller, { contactId: id, act, kind, value });
  expect(await change('add', 'email', 'Second@X.test')).toMatchObject([
    { value: 'first@x.test', primary: true },
    { value: 'second@x.test', primary: false, source: 'App' },
  ]);
  expect(await change('add', 'phone', '+380671112233')).toContainEqual(
    expect.objectContaining({ kind: 'phone', value: '+380671112233', primary: true }),
  );
  expect(await change('makePrimary', 'email', 'second@x.test')).toMatchObject([
    { value: 'second@x.test', primary: true },
    { value: 'first@x.test', primary: false },
    {},
  ]);
  // Without its primary one the other takes the place.
  const left = await change('remove', 'email', 'second@x.test');
  expect(left.filter(({ kind }) => kind === 'email')).toMatchObject([{ value: 'first@x.test', primary: true }]);
  await expect(change('remove', 'email', 'second@x.test')).rejects.toMatchObject({ code: 'not_found' });
  await expect(change('add', 'phone', 'none')).rejects.toMatchObject({ code: 'invalid_input', field: 'value' });
  await change('remove', 'phone', '+380671112233');
  const rows = await database.db.query('select email, phone from contact where id = $1', [id]);
  expect(rows).toEqual([{ email: 'first@x.test', phone: null }]);
});
