import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCategory, addContacts, addList } from '#tests/support/consent-stage.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { addToLists, contactsOfList, listsOf, readLists, removeFromLists } from './lists.ts';

const NOW = Date.UTC(2026, 4, 1);
let database: TestDatabase;
let people: number[];

beforeAll(async () => {
  database = await createTestDatabase();
  people = await addContacts(database.db, ['a@x.test', 'b@x.test', 'c@x.test'], NOW);
  await addList(database.db, 'vip', 'VIP');
  await addCategory(database.db, 'news', 'News');
});
afterAll(() => database.drop());

const dirty = async () => {
  const rows = await database.db.query<{ key: number }>(
    `with gone as (delete from dirty where tbl = 'membership' returning key) select key from gone order by key`,
  );
  return rows.map(({ key }) => key);
};
const add = (ids: number[], lists: string[], more: { create?: boolean; now?: number } = {}) =>
  database.db.tx((tx) => addToLists(tx, ids, lists, { source: 'API', now: NOW, ...more }));

test('contacts are put into lists by name or id, once, and the columns hear of it', async () => {
  const [a = 0, b = 0] = people;
  expect(await add([a, b, 4_000_000], ['vip', ' vip '], {})).toEqual({ added: 2, unknown: [] });
  expect(await dirty()).toHaveLength(2);
  expect(await add([a, b], ['vip'], { now: NOW + 5 })).toEqual({ added: 0, unknown: [] });
  expect(await dirty()).toEqual([]);
  const lists = await listsOf(database.db, [a]);
  expect(lists.get(a)).toEqual([{ id: 'vip', name: 'VIP', kind: 'list', since: NOW, source: 'API' }]);
});

test('a name nobody knows is told, or made once, however many ask for it at the same moment', async () => {
  const [a = 0, , c = 0] = people;
  expect(await add([a], ['Осінь'])).toEqual({ added: 0, unknown: ['Осінь'] });
  const answers = await Promise.all([add([a], ['Осінь'], { create: true }), add([c], ['осінь'], { create: true })]);
  expect(answers.map(({ added }) => added)).toEqual([1, 1]);
  const made = await readLists(database.db, { name: 'ОСІ' });
  expect(made).toMatchObject([{ kind: 'list', contacts: 2 }]);
});

test('a category’s list is read like others and written by nobody', async () => {
  const [a = 0] = people;
  expect(await add([a], ['category:news', 'News'])).toEqual({ added: 0, unknown: ['category:news', 'News'] });
  expect(await add([a], ['category:news'], { create: true })).toEqual({ added: 0, unknown: ['category:news'] });
  expect((await readLists(database.db)).map(({ name, kind }) => `${kind} ${name}`)).toContain('category News');
});

test('a page of a list’s contacts, and taking them out', async () => {
  const [a = 0, b = 0, c = 0] = people;
  await add([c], ['VIP']);
  expect(await contactsOfList(database.db, 'vip', { offset: 1, limit: 5 })).toEqual({ ids: [b, c], total: 3 });
  await dirty();
  expect(
    await database.db.tx((tx) => removeFromLists(tx, [a, b], ['vip', 'none'], { at: NOW, source: 'API' })),
  ).toEqual({
    removed: 2,
    unknown: ['none'],
  });
  expect(await dirty()).toHaveLength(2);
  expect(await contactsOfList(database.db, 'vip', { offset: 0, limit: 5 })).toEqual({ ids: [c], total: 1 });
});
