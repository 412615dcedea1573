import { expect, test } from 'vitest';
import { Coalesced } from './coalesced.ts';

test('a burst of requests is done once, one more that comes meanwhile once more, one at a time', async () => {
  const log: string[] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = new Coalesced(
    async () => {
      const turn = log.length / 2;
      log.push(`begin ${turn}`);
      await gates[turn]?.promise;
      log.push(`end ${turn}`);
    },
    () => log.push('failed'),
  );
  for (let n = 0; n < 50; n++) work.soon();
  await new Promise((resolve) => setTimeout(resolve));
  expect(log).toEqual(['begin 0']);
  for (let n = 0; n < 50; n++) work.soon();
  for (const gate of gates) gate.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1']);
  await work.stop();
  work.soon();
  await new Promise((resolve) => setTimeout(resolve));
  expect(log).toHaveLength(4);
});

test('a failure is told, and the next request is done', async () => {
  const errors: unknown[] = [];
  let runs = 0;
  const work = new Coalesced(
    () => (++runs === 1 ? Promise.reject(new Error('once')) : Promise.resolve()),
    (error) => errors.push(error),
  );
  work.soon();
  await new Promise((resolve) => setTimeout(resolve));
  work.soon();
  await new Promise((resolve) => setTimeout(resolve));
  await work.stop();
  expect([runs, errors.length]).toEqual([2, 1]);
});
