import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { idOf, idsOf, numberOf, numbersOf } from './api-numbers.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a thing keeps its number, each kind has its own, and a number leads back', async () => {
  const { db } = database;
  const [first, again, other] = await db.tx(async (tx) => [
    await numberOf(tx, 'field', 'field:a'),
    await numberOf(tx, 'field', 'field:a'),
    await numberOf(tx, 'list', 'field:a'),
  ]);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(await idOf(db, 'field', Number(first))).toBe('field:a');
  expect(await idOf(db, 'list', Number(first))).toBeNull();
  expect(await idOf(db, 'field', 2 ** 40)).toBeNull();
});

test('two at once number the same things alike', async () => {
  const { db } = database;
  const ids = ['field:x', 'field:y', 'field:z', 'field:x'];
  const answers = await Promise.all(
    [ids, ids.toReversed(), ids].map((some) => db.tx((tx) => numbersOf(tx, 'field', some))),
  );
  const [one] = answers;
  for (const answer of answers) expect(new Map([...answer].sort())).toEqual(new Map([...(one ?? [])].sort()));
  expect(new Set(one?.values()).size).toBe(3);
  const numbers = [...(one?.values() ?? [])];
  expect([...(await idsOf(db, 'field', numbers)).values()].sort()).toEqual(['field:x', 'field:y', 'field:z']);
});
