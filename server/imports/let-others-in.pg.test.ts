import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { letOthersIn } from './let-others-in.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function pauseMs(tookMs: number): Promise<number> {
  const started = performance.now();
  await letOthersIn((work) => database.db.tx(work), tookMs);
  return performance.now() - started;
}

test('an import pauses for as long as its batch took, only while something waits, and never for long', async () => {
  await pauseMs(0);
  expect(await pauseMs(30_000)).toBeLessThan(2_900);
  await database.db.query(`insert into intake (bucket, kind, payload) values (1, 'event', '{}')`);
  expect(await pauseMs(300)).toBeGreaterThanOrEqual(295);
  const longest = await pauseMs(30_000);
  expect(longest).toBeGreaterThanOrEqual(2_995);
  expect(longest).toBeLessThan(20_000);
});
