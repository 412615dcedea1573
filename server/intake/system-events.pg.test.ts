import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import { addToLists, removeFromLists } from '#server/lists/lists.ts';
import { putMemberships } from '#server/lists/memberships.ts';
import type { Deps } from '#server/service.ts';
import { sayOfAddresses } from '#server/subscriptions/addresses.ts';
import { leave, subscribe } from '#server/subscriptions/subscriptions.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { intakeRow } from './intake-row.ts';

let database: TestDatabase;
let deps: Deps;
beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterEach(() => database.drop());

const AT = Date.UTC(2026, 10, 23);
const write = (email: string): Promise<number> =>
  database.db.tx(async (tx) => (await writeContact(tx, { values: { email } }, { source: 'API', now: AT })).id);
const raised = () =>
  database.db.query<{ who: number; key: string; params: Record<string, unknown>; source: string }>(
    `select e.contact_id as who, t.key, e.params, e.source from event e join event_type t on t.id = e.type_id order by e.row_id`,
  );

test('what is said about mail is an event of whom it is about; what a file says is not, nor what changes nothing', async () => {
  const { db } = database;
  const id = await write('olena@shop.example');
  await db.tx((tx) => writeDocument(tx, 'category', 'category:news', { key: 'news', name: 'News', createdAt: AT }));
  const person = { source: 'person' as const, at: AT };
  await db.tx((tx) => subscribe(tx, [id], ['news'], person));
  await db.tx((tx) => subscribe(tx, [id], ['news'], { ...person, at: AT + 1 }));
  await db.tx((tx) => leave(tx, [id], ['news'], { ...person, at: AT + 2 }));
  await db.tx((tx) =>
    sayOfAddresses(tx, ['olena@shop.example', 'nobody@x.org'], 'complained', { ...person, at: AT + 3 }),
  );
  const other = await write('petro@shop.example');
  await db.tx((tx) => sayOfAddresses(tx, ['petro@shop.example'], 'withdrawn', { source: 'import', at: AT }));
  expect(await db.query('select act from consent where contact_id = $1', [other])).toEqual([{ act: 'withdrawn' }]);
  const ofNews = { purpose: 'news', source: 'person' };
  expect(await raised()).toEqual([
    { who: id, key: 'muster.subscribed', params: ofNews, source: 'Muster' },
    { who: id, key: 'muster.unsubscribed', params: ofNews, source: 'Muster' },
    { who: id, key: 'muster.complained', params: { purpose: 'all', source: 'person' }, source: 'Muster' },
  ]);
});

test('a merge is an event of the card that stays, until it is undone', async () => {
  const [a, b] = [await write('a@shop.example'), await write('b@shop.example')];
  const port = createContactPort(deps);
  const { mergeId, survivor } = await port.merge(caller, { contactId: a, otherId: b });
  const mergedId = survivor === a ? b : a;
  expect(await raised()).toEqual([
    { who: survivor, key: 'muster.merged', params: { mergedId, cause: 'person' }, source: 'Muster' },
  ]);
  await database.db.query('delete from dirty');
  await port.undoMerge(caller, mergeId);
  expect(await raised()).toEqual([]);
  expect(await database.db.query(`select tbl from dirty where tbl = 'event'`)).toHaveLength(1);
});

test('lists are told of by name and by whom; tags and categories are not lists', async () => {
  const { db } = database;
  const id = await write('olena@shop.example');
  await db.tx((tx) => writeDocument(tx, 'list', 'vip', { name: 'VIP', createdAt: AT }));
  const by = { source: 'Ann', now: AT };
  await db.tx((tx) => addToLists(tx, [id], ['VIP', 'Fresh'], { ...by, create: true }));
  await db.tx((tx) => addToLists(tx, [id], ['VIP'], by));
  await db.tx((tx) =>
    putMemberships(tx, [{ contactId: id, listId: 'tag:loud', state: 'member' }], { at: AT, source: '' }),
  );
  await db.tx((tx) => removeFromLists(tx, [id], ['vip', 'none'], { at: AT, source: 'API' }));
  const [fresh] = await db.query<{ id: string }>(`select id from document where body ->> 'name' = 'Fresh'`);
  const added = { who: id, key: 'muster.addedToList', source: 'Muster' };
  expect((await raised()).toSorted((a, b) => (JSON.stringify(a.params) < JSON.stringify(b.params) ? -1 : 1))).toEqual([
    { ...added, params: { by: 'API', list: 'vip', name: 'VIP' }, key: 'muster.takenOutOfList' },
    { ...added, params: { by: 'Ann', list: fresh?.id, name: 'Fresh' } },
    { ...added, params: { by: 'Ann', list: 'vip', name: 'VIP' } },
  ]);
});

test('new contacts and changed values are told of once somebody switched that on, without the values', async () => {
  const { db } = database;
  await write('before@shop.example');
  expect(await raised()).toEqual([]);
  for (const key of ['muster.created', 'muster.fieldChanged']) {
    await db.tx((tx) => writeDocument(tx, 'event-type', `event-type:${key}`, { key, parameters: [], kept: true }));
  }
  const field = { listName: 'L', listKey: 'L', key: 'CUP', label: 'Cup', type: 'text', personal: false };
  await db.tx((tx) => writeDocument(tx, 'contact-field', 'field:0000aaaa', field));
  const id = await write('olena@shop.example');
  const change = {
    contactId: id,
    values: { email: 'olena@shop.example', town: 'Lviv' },
    fields: { 'field:0000aaaa': 'Big' },
  };
  for (let twice = 0; twice < 2; twice++) {
    await db.tx((tx) => writeContact(tx, change, { source: 'App', who: 'Ann', now: AT }));
  }
  const changed = { who: id, key: 'muster.fieldChanged', source: 'Muster' };
  expect(await raised()).toEqual([
    { who: id, key: 'muster.created', params: { source: 'API' }, source: 'Muster' },
    { ...changed, params: { name: 'Town', field: 'town', by: 'Ann' } },
    { ...changed, params: { name: 'Cup', field: 'field:0000aaaa', by: 'Ann' } },
  ]);
});

test('nobody outside raises what Muster raises: it is kept under another name', () => {
  const body = { values: {}, type: 'muster.merged', at: 0, keyValue: null, params: {}, source: 'Segment' };
  expect(JSON.parse(intakeRow({ kind: 'event', body }).payload).type).toBe('sent.muster.merged');
  expect(JSON.parse(intakeRow({ kind: 'event', body: { ...body, type: 'viewed' } }).payload).type).toBe('viewed');
});
