import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spaced } from './spaced.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first call acts at once, and whatever comes while it rests is one more', () => {
  const act = vi.fn();
  const { call } = spaced(act, 1_000);
  call();
  expect(act).toHaveBeenCalledTimes(1);
  for (let times = 0; times < 5; times++) {
    call();
    vi.advanceTimersByTime(100);
  }
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(500);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(2);
  call();
  expect(act).toHaveBeenCalledTimes(3);
});

test('calls that never end act once in every rest, and stopping ends that', () => {
  const act = vi.fn();
  const { call, stop } = spaced(act, 1_000);
  for (let time = 0; time < 5_000; time += 50) {
    call();
    vi.advanceTimersByTime(50);
  }
  expect(act.mock.calls.length).toBeGreaterThanOrEqual(5);
  expect(act.mock.calls.length).toBeLessThanOrEqual(6);
  call();
  stop();
  const before = act.mock.calls.length;
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(before);
});
