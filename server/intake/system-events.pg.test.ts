import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
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
  database.db.query(
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

test('nobody outside raises what Muster raises: it is kept under another name', () => {
  const body = { values: {}, type: 'muster.merged', at: 0, keyValue: null, params: {}, source: 'Segment' };
  expect(JSON.parse(intakeRow({ kind: 'event', body }).payload).type).toBe('sent.muster.merged');
  expect(JSON.parse(intakeRow({ kind: 'event', body: { ...body, type: 'viewed' } }).payload).type).toBe('viewed');
});
