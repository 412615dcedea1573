import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeContact } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { type NewContact, newContactShape } from '#shared/contact/new-contact.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createAddPort } from './add-contact.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const LIST = '0190f000-0000-7000-8000-000000000002';
let database: TestDatabase;
let deps: Deps;
let woken: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const plain = createTestDeps(database.db, { now: () => NOW });
  deps = {
    ...plain,
    config: { ...plain.config, defaultRegion: 'UA' },
    wake: { ...plain.wake, notify: (topic) => void woken.push(topic) },
  };
  await database.db.tx(async (tx) => {
    await writeDocument(tx, 'list', LIST, { name: 'Wholesale', createdAt: 1 });
    await writeDocument(tx, 'category', 'category:news', { key: 'news', name: 'News', createdAt: 1 });
  });
});
afterAll(() => database?.drop());
beforeEach(async () => {
  woken = [];
  await database.db.query('truncate contact, identifier, membership, consent, dirty, suppression');
});

const add = (given: Partial<NewContact>) => createAddPort(deps).add(caller, newContactShape.parse(given));
const contacts = () =>
  database.db.query('select id, email, phone, first_name, last_name, language_code, source, email_status from contact');
const ledger = async () => {
  const rows = await database.db.query<Record<string, unknown>>('select * from consent order by id');
  return rows.map(({ purpose, act, address, evidence, by }) => [purpose, act, address, evidence, by]);
};

test('who is added is there, said by whom, and subscribed to nothing', async () => {
  const { added } = await add({ email: ' Ann@X.org ', phone: '067 123 45 67', firstName: 'Ann', languageCode: 'uk' });
  expect(await contacts()).toEqual([
    {
      ...{ id: added, email: 'Ann@X.org', phone: '+380671234567', first_name: 'Ann', last_name: null },
      ...{ language_code: 'uk', source: 'Added by Olha', email_status: 'unconfirmed' },
    },
  ]);
  expect(await database.db.query('select * from membership')).toEqual([]);
  // No mail goes there until somebody says that they want it.
  expect(await ledger()).toEqual([['all', 'unconfirmed', 'ann@x.org', 'Added by hand; not asked yet', 'u1']]);
  expect(await database.db.query("select distinct key from dirty where tbl = 'contact'")).toEqual([{ key: added }]);
  expect(woken).toEqual(['dirty']);
});

test('lists are said by whom; consent stands in the ledger with how it is known', async () => {
  const given = { listIds: [LIST], mayMail: true, categoryIds: ['category:news'], evidence: 'Asked on the phone' };
  await add({ email: 'a@x.org', ...given });
  expect((await contacts())[0]).toMatchObject({ email_status: 'subscribed' });
  expect(await database.db.query('select list_id, state, source from membership order by list_id')).toEqual([
    { list_id: LIST, state: 'member', source: 'Olha' },
    { list_id: 'category:news', state: 'subscribed', source: 'App' },
  ]);
  expect(await ledger()).toEqual([
    ['all', 'granted', 'a@x.org', 'Asked on the phone', 'u1'],
    ['category:news', 'granted', null, 'Asked on the phone', 'u1'],
  ]);
});

test('nobody is made twice, nor written over: it is said whose the address is', async () => {
  const write = (values: Record<string, string>) =>
    database.db.tx((tx) => writeContact(tx, { values }, { source: 'API', now: NOW }));
  const ann = await write({ email: 'ann@x.org', firstName: 'Ann', lastName: 'Lee' });
  const bob = await write({ phone: '+380671234567' });
  expect(await add({ email: 'ANN@x.org', phone: '0671234567', firstName: 'Anna' })).toEqual({
    added: null,
    owners: [
      { field: 'email', contactId: ann.id, name: 'Ann Lee' },
      { field: 'phone', contactId: bob.id, name: '+380671234567' },
    ],
  });
  expect((await contacts()).map(({ first_name }) => first_name).sort()).toEqual(['Ann', null]);
  // Who was deleted leads nowhere any more.
  await database.db.query('update contact set deleted_at = now()');
  await database.db.query('delete from identifier');
  expect((await add({ email: 'ann@x.org' })).added).not.toBeNull();
});

test('two who add the same person at once make one', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => add({ email: 'once@x.org' })));
  expect(answers.filter(({ added }) => added !== null)).toHaveLength(1);
  expect(await contacts()).toHaveLength(1);
});

test('what cannot be stored is refused by its field, and nothing of it stays', async () => {
  await expect(add({ email: 'nobody' })).rejects.toMatchObject({ code: 'invalid_input', field: 'email' });
  await expect(add({ email: 'a@x.org', listIds: ['gone'] })).rejects.toMatchObject({
    code: 'not_found',
    field: 'listIds',
  });
  const gone = { mayMail: true, categoryIds: ['category:gone'], evidence: 'Said so' };
  await expect(add({ email: 'a@x.org', ...gone })).rejects.toMatchObject({ code: 'not_found', field: 'categoryIds' });
  expect(await contacts()).toEqual([]);
});

test('who marked mail as spam before gets none by a colleague’s word', async () => {
  await database.db.query(
    "insert into suppression (channel, address, reason, created_at) values ('email', 'a@x.org', 'complained', now())",
  );
  const refusal = { code: 'conflict', field: 'mayMail' };
  await expect(add({ email: 'a@x.org', mayMail: true, evidence: 'Said so' })).rejects.toMatchObject(refusal);
  await add({ email: 'a@x.org' });
  expect((await contacts())[0]).toMatchObject({ email_status: 'complained' });
});
