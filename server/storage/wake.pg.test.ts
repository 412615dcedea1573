import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createWake } from './wake.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

async function startWake() {
  const warnings: unknown[] = [];
  const wake = createWake({ url: database.url, log: { warn: (entry: unknown) => warnings.push(entry) } });
  await wake.start();
  return { wake, warnings };
}

test('a hint reaches every process, the sender included, and only its topic', async () => {
  const [one, two] = [await startWake(), await startWake()];
  const heard: string[] = [];
  one.wake.on('feed', () => heard.push('one feed'));
  two.wake.on('feed', () => heard.push('two feed'));
  two.wake.on('intake', () => heard.push('two intake'));
  one.wake.notify('feed');
  await vi.waitFor(() => expect(heard.toSorted()).toEqual(['one feed', 'two feed']));
  await one.wake.stop();
  await two.wake.stop();
});

test('what is told just before the end still reaches the others', async () => {
  const [one, two] = [await startWake(), await startWake()];
  let heard = 0;
  two.wake.on('access', () => heard++);
  one.wake.notify('access');
  await one.wake.stop();
  await vi.waitFor(() => expect(heard).toBe(1));
  await two.wake.stop();
  expect(one.warnings).toEqual([]);
});

test('many hints at once arrive as few; an ended listener hears nothing', async () => {
  const { wake } = await startWake();
  let heard = 0;
  let never = 0;
  wake.on('dirty', () => heard++);
  wake.on('dirty', () => never++)();
  for (let i = 0; i < 1000; i++) wake.notify('dirty');
  await vi.waitFor(() => expect(heard).toBeGreaterThan(0));
  await sleep(50);
  expect(heard).toBeLessThan(5);
  expect(never).toBe(0);
  await wake.stop();
});

test('a broken connection is made again, and every listener looks once because hints may have been lost', async () => {
  const { wake, warnings } = await startWake();
  let feed = 0;
  let intake = 0;
  wake.on('feed', () => feed++);
  wake.on('intake', () => intake++);
  await database.db.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen muster_wake'`);
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  wake.notify('feed');
  await vi.waitFor(() => expect(feed).toBe(1));
  await vi.waitFor(() => expect([feed, intake]).toEqual([2, 1]), { timeout: 5_000 });
  wake.notify('feed');
  await vi.waitFor(() => expect(feed).toBe(3));
  await wake.stop();
});

test('a listener that throws does not keep the others from hearing', async () => {
  const { wake, warnings } = await startWake();
  let heard = 0;
  wake.on('outbox', () => {
    throw new Error('broken listener');
  });
  wake.on('outbox', () => heard++);
  wake.notify('outbox');
  await vi.waitFor(() => expect(heard).toBe(1));
  expect(warnings).toHaveLength(1);
  await wake.stop();
});
