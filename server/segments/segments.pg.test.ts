import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { loadIntoDatabase, type SegmentData } from '#tests/support/segment-data.ts';
import { countSegment, ruleContext, sampleSegment } from './segments.ts';

const now = Date.UTC(2026, 10, 23, 22, 30);
const contact = (town: string | null, createdAt: number) => ({ town, createdAt, emailStatus: 'none' });
const data: SegmentData = {
  contact: new Map([
    [7, contact('Rome', now)],
    [3, contact('Rome', now - 1)],
    [5, contact('Oslo', now - 40 * 60_000)],
    [9, contact('ROME', now - 26 * 3_600_000)],
  ]),
  order: new Map(),
  event: new Map(),
  delivery: new Map(),
};
const inRome: Rule = { type: 'text', field: 'town', op: 'is', values: ['rome'] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.query(
    `insert into workspace (id, name, time_zone, currency, link_secret) values (1, 'Test', 'UTC', 'EUR', 'x')
     on conflict (id) do update set time_zone = 'UTC', currency = 'EUR'`,
  );
  await loadIntoDatabase(database.db, data);
});
afterAll(() => database.drop());

test('a count and a sample agree, and the sample comes by contact id', async () => {
  expect(await countSegment(database.db, inRome, now)).toBe(3);
  expect(await sampleSegment(database.db, inRome, now, 10)).toEqual([3, 7, 9]);
  expect(await sampleSegment(database.db, inRome, now, 2)).toEqual([3, 7]);
});

test('nobody deleted is counted as everybody', async () => {
  expect(await countSegment(database.db, { type: 'all', rules: [] }, now)).toBe(4);
});

test("the workspace's zone decides where a day begins", async () => {
  const today: Rule = { type: 'instant', field: 'createdAt', op: 'within', period: { type: 'localDays', days: 1 } };
  expect(await ruleContext(database.db, now)).toEqual({
    now,
    zone: 'UTC',
    currency: 'EUR',
    parameters: new Map(),
    fields: new Map(),
    merged: false,
  });
  expect(await countSegment(database.db, today, now)).toBe(3);
  await database.db.query("update workspace set time_zone = 'Europe/Kyiv'");
  // 00:30 in Kyiv: today is half an hour old, so what came 40 minutes ago was yesterday.
  expect(await countSegment(database.db, today, now)).toBe(2);
});
