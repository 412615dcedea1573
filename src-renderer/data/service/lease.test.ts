import { expect, test } from 'vitest';
import { leaseExpired, leaseUntil } from './lease.ts';

const DAY = 86_400_000;
const lease = { reachedAt: 100 * DAY, seenAt: 100 * DAY, leaseDays: 30 };

test('[DEV-3] a device that was away for longer than its lease has lost it', () => {
  expect(leaseExpired(lease, 130 * DAY)).toBe(false);
  expect(leaseExpired(lease, 130 * DAY + 1)).toBe(true);
});

test('[DEV-3] a clock set back does not make the lease longer', () => {
  const seen = { ...lease, seenAt: 131 * DAY };
  expect(leaseExpired(seen, 90 * DAY)).toBe(true);
  expect(leaseUntil({ ...lease, seenAt: 125 * DAY }, 90 * DAY)).toBe(95 * DAY);
});

test('[DEV-3] the end of the lease is told ten days ahead', () => {
  expect(leaseUntil(lease, 119 * DAY)).toBeNull();
  expect(leaseUntil(lease, 121 * DAY)).toBe(130 * DAY);
});
