import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addCategory, addContacts } from '#tests/support/consent-stage.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { resubscribeAddresses, sayOfAddresses, unsubscribeAddresses } from './addresses.ts';
import { consentOf, type Word } from './consent-ledger.ts';
import { leave, setSubscriptions, subscribe, subscriptionsOf } from './subscriptions.ts';

const NOW = Date.UTC(2026, 4, 1);
let database: TestDatabase;
/** Ann and her husband share an address; Bob has his own. */
let ann: number;
let husband: number;
let bob: number;

beforeAll(async () => {
  database = await createTestDatabase();
  [ann = 0, husband = 0, bob = 0] = await addContacts(database.db, ['Home@x.test', 'home@X.test', 'bob@x.test'], NOW);
  await addCategory(database.db, 'news');
  await addCategory(database.db, 'sales');
});
beforeEach(async () => {
  await database.db.query('delete from suppression');
  await database.db.query('delete from membership');
  await database.db.query('delete from consent');
  await database.db.query(`update contact set email_status = 'subscribed'`);
  await database.db.query('delete from dirty');
});
afterAll(() => database.drop());

const word = (source: Word['source'], at: number, more: Partial<Word> = {}): Word => ({ source, at, ...more });
const inTx = {
  off: (emails: string[], said: Word) => database.db.tx((tx) => unsubscribeAddresses(tx, emails, said)),
  on: (emails: string[], said: Word) => database.db.tx((tx) => resubscribeAddresses(tx, emails, said)),
  join: (ids: number[], keys: string[], said: Word) => database.db.tx((tx) => subscribe(tx, ids, keys, said)),
  leave: (ids: number[], keys: string[], said: Word) => database.db.tx((tx) => leave(tx, ids, keys, said)),
};
const statuses = async () => {
  const rows = await database.db.query<{ status: string }>('select email_status as status from contact order by id');
  return rows.map(({ status }) => status);
};
const dirty = async (entity: string) =>
  (
    await database.db.query<{ key: number }>('select distinct key from dirty where tbl = $1 order by key', [entity])
  ).map(({ key }) => key);

test('leaving by one address reaches every contact with it, and the ledger says so for each', async () => {
  expect(await inTx.off(['HOME@x.test'], word('api', NOW))).toEqual(new Map());
  expect(await statuses()).toEqual(['unsubscribed', 'unsubscribed', 'subscribed']);
  expect(await dirty('contact')).toEqual([ann, husband]);
  for (const id of [ann, husband]) {
    expect(await consentOf(database.db, id)).toMatchObject([
      { act: 'withdrawn', source: 'api', address: 'home@x.test', purpose: 'all', at: NOW },
    ]);
  }
  expect(await consentOf(database.db, bob)).toEqual([]);
  expect(await inTx.on(['home@x.test'], word('api', NOW + 1))).toEqual(new Map());
  expect(await statuses()).toEqual(['subscribed', 'subscribed', 'subscribed']);
  expect(await database.db.query('select 1 from suppression')).toEqual([]);
});

test('an address that nobody has is remembered for whoever comes with it', async () => {
  await inTx.off(['later@x.test'], word('import', NOW));
  const [later = 0] = await addContacts(database.db, ['Later@x.test'], NOW);
  const [row] = await database.db.query('select email_status from contact where id = $1', [later]);
  expect(row).toEqual({ email_status: 'unsubscribed' });
  await database.db.query('delete from contact where id = $1', [later]);
  await database.db.query('delete from identifier where contact_id = $1', [later]);
});

test('a file brings nobody back; a complaint ends only by the person’s own later act', async () => {
  await database.db.tx((tx) => sayOfAddresses(tx, ['bob@x.test'], 'complained', word('provider', NOW)));
  expect((await statuses())[2]).toBe('complained');
  const others = [word('import', NOW + 9, { evidence: 'card' }), word('api', NOW + 9), word('form', NOW + 9)];
  for (const said of others)
    expect(await inTx.on(['bob@x.test'], said)).toEqual(new Map([['bob@x.test', 'complained']]));
  expect(await inTx.on(['bob@x.test'], word('person', NOW))).toEqual(new Map([['bob@x.test', 'older']]));
  // An unsubscribe does not make a complaint smaller.
  await inTx.off(['bob@x.test'], word('person', NOW + 1));
  expect((await statuses())[2]).toBe('complained');
  expect(await inTx.on(['bob@x.test'], word('person', NOW + 2))).toEqual(new Map());
  expect((await statuses())[2]).toBe('subscribed');
  expect((await consentOf(database.db, bob)).map(({ act }) => act)).toEqual(['granted', 'complained']);
});

test('subscribing and leaving: since when, by what, and what was refused', async () => {
  expect(await inTx.join([ann, bob], ['news', 'nonsense'], word('api', NOW))).toEqual({
    changed: 2,
    refused: [],
    unknown: ['nonsense'],
  });
  expect(await dirty('membership')).toHaveLength(2);
  expect((await inTx.join([ann], ['category:news'], word('api', NOW + 5))).changed).toBe(0);
  expect((await subscriptionsOf(database.db, [ann])).get(ann)).toMatchObject([
    { id: 'category:news', key: 'news', state: 'subscribed', since: NOW, source: 'API' },
  ]);
  await inTx.leave([ann], ['news'], word('person', NOW + 10, { reason: 'Too many' }));
  const refused = await inTx.join([ann, husband], ['news'], word('import', NOW + 20));
  expect(refused).toMatchObject({
    changed: 0,
    refused: [
      { contactId: ann, categoryId: 'category:news', why: 'needsEvidence' },
      { contactId: husband, categoryId: 'category:news', why: 'needsEvidence' },
    ],
  });
  const signed = word('import', NOW + 20, { evidence: 'Signed at the till', textVersion: '2026-04' });
  expect((await inTx.join([ann, husband], ['news'], signed)).changed).toBe(2);
  expect(await consentOf(database.db, ann)).toMatchObject([
    {
      act: 'granted',
      source: 'import',
      evidence: 'Signed at the till',
      textVersion: '2026-04',
      purpose: 'category:news',
    },
    { act: 'withdrawn', source: 'person', reason: 'Too many' },
    { act: 'granted', source: 'api' },
  ]);
});

test('naming all subscriptions leaves the others', async () => {
  await inTx.join([bob], ['news'], word('api', NOW));
  const outcome = await database.db.tx((tx) => setSubscriptions(tx, bob, ['sales'], word('api', NOW + 1)));
  expect(outcome).toEqual({ changed: 2, refused: [], unknown: [] });
  expect((await subscriptionsOf(database.db, [bob])).get(bob)).toMatchObject([
    { key: 'news', state: 'unsubscribed' },
    { key: 'sales', state: 'subscribed' },
  ]);
});

test('writers of the same contacts and addresses in other orders never wait for each other in a ring', async () => {
  const rounds = Array.from({ length: 12 }, (_, round) => {
    const people = round % 2 === 0 ? [ann, husband, bob] : [bob, husband, ann];
    const emails = round % 2 === 0 ? ['home@x.test', 'bob@x.test'] : ['bob@x.test', 'home@x.test'];
    return [inTx.join(people, ['sales', 'news'], word('api', NOW + round)), inTx.off(emails, word('api', NOW + round))];
  });
  await Promise.all(rounds.flat());
  expect(await database.db.query('select 1 from membership')).toHaveLength(6);
  expect(await database.db.query('select 1 from suppression')).toHaveLength(2);
});
