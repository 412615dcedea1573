import { expect, test } from 'vitest';
import { retryDelay, ServerHealth, Throttle } from './pacing.ts';

test('waits double, spread around the middle, and end at about an hour', () => {
  expect([0, 1, 2, 3].map((attempts) => retryDelay(attempts, 0.5))).toEqual([30_000, 60_000, 120_000, 240_000]);
  expect(retryDelay(0, 0)).toBe(15_000);
  expect(retryDelay(50, 0.5)).toBe(3_600_000);
});

test('a server in trouble is left alone for longer and longer; failures that come together count once', () => {
  const health = new ServerHealth();
  health.failed(1000, 0.5);
  health.failed(1001, 0.5);
  expect(health.waitFor(1000)).toBe(500);
  health.failed(1500, 0.5);
  expect(health.waitFor(1500)).toBe(1000);
  for (let at = 10_000, n = 0; n < 30; n++, at += 100_000) health.failed(at, 0.5);
  expect(health.waitFor(10_000 + 29 * 100_000)).toBe(30_000);
  health.worked();
  expect([health.inTrouble, health.waitFor(0)]).toEqual([false, 0]);
});

test('turns are evenly spaced and unused ones are not saved up', () => {
  const throttle = new Throttle({ limit: 10, perMs: 1000 });
  expect([throttle.turn(0), throttle.turn(0), throttle.turn(0)]).toEqual([0, 100, 200]);
  expect([throttle.turn(5000), throttle.turn(5000)]).toEqual([0, 100]);
  expect(new Throttle(null).turn(0)).toBe(0);
});
