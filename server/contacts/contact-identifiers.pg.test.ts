import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeContacts } from '#server/identity/write-contacts.ts';
import type { ContactPort } from '#shared/api/ports.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { START } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createContactPort } from './erase-contact.ts';

const DAY = 86_400_000;

let database: TestDatabase;
let port: ContactPort;

beforeAll(async () => {
  database = await createTestDatabase();
  port = createContactPort(createTestDeps(database.db, { now: () => START + 2 * DAY }));
});
afterAll(() => database.drop());

test('a card tells its External ID, numbers, devices, chats and browsers, since when and whence; emails have a place of their own', async () => {
  const { db } = database;
  const write = (
    identifiers: Parameters<typeof writeContacts>[1][number]['identifiers'],
    source: string,
    now: number,
  ) =>
    db.tx((tx) =>
      writeContacts(tx, [{ values: { externalCustomerId: 'c-1', email: 'ann@example.org' }, identifiers }], {
        source,
        now,
      }),
    );
  const { ids } = await write([], 'Import', START);
  await write(
    [
      { kind: 'mobileToken', value: 'fcm:1' },
      { kind: 'viber', value: 'v-1' },
    ],
    'Mobile',
    START + DAY,
  );
  await write([{ kind: 'webCookie', value: 'cookie-1' }], 'Web', START);
  const id = ids[0] ?? 0;
  await port.changeAddress(caller, { contactId: id, act: 'add', kind: 'loyaltyNumber', value: ' L-22 ' });
  expect(await port.identifiers(caller, id)).toEqual([
    { kind: 'externalCustomerId', value: 'c-1', since: START, source: 'Import' },
    { kind: 'loyaltyNumber', value: 'L-22', since: START + 2 * DAY, source: 'App' },
    { kind: 'mobileToken', value: 'fcm:1', since: START + DAY, source: 'Mobile' },
    { kind: 'viber', value: 'v-1', since: START + DAY, source: 'Mobile' },
    { kind: 'webCookie', value: 'cookie-1', since: START, source: 'Web' },
  ]);
  await expect(
    port.changeAddress(caller, { contactId: id, act: 'makePrimary', kind: 'loyaltyNumber', value: 'L-22' }),
  ).rejects.toMatchObject({ code: 'invalid_input' });
  await port.changeAddress(caller, { contactId: id, act: 'remove', kind: 'loyaltyNumber', value: 'L-22' });
  expect((await port.identifiers(caller, id)).map(({ kind }) => kind)).not.toContain('loyaltyNumber');
  await expect(
    port.changeAddress(caller, { contactId: id, act: 'remove', kind: 'loyaltyNumber', value: 'L-22' }),
  ).rejects.toMatchObject({ code: 'not_found', message: 'This contact does not have this loyalty number any more.' });
});
