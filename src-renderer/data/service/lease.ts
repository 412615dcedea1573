/** How long a device may keep data without reaching the server (SPEC.md: DEV-3). Pure. */
import type { DeviceRecord } from '#renderer/data/store/last-account.ts';

const DAY_MS = 86_400_000;
/** From when on the end of the lease is worth telling. */
const SOON_DAYS = 10;

type Lease = Pick<DeviceRecord, 'reachedAt' | 'seenAt' | 'leaseDays'>;

/** A clock set back does not make the lease longer: time never ran backwards. */
export function latest({ seenAt }: Lease, now: number): number {
  return Math.max(seenAt, now);
}

export function leaseExpired(lease: Lease, now: number): boolean {
  return latest(lease, now) - lease.reachedAt > lease.leaseDays * DAY_MS;
}

/** The lease's end by this device's clock, while it is near; null otherwise. */
export function leaseUntil(lease: Lease, now: number): number | null {
  const left = lease.reachedAt + lease.leaseDays * DAY_MS - latest(lease, now);
  return left < SOON_DAYS * DAY_MS ? now + left : null;
}
