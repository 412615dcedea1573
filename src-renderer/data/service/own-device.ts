/** One store on this device, as the server sees it: a device with an id, a role, a lease, and what it holds. */
import type { Keep } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { DeviceRecord } from '#renderer/data/store/last-account.ts';
import { can, type Role } from '#shared/account/roles.ts';
import { latest, leaseExpired, leaseUntil } from './lease.ts';

const LEASE_DAYS = 30;

/** What a change of role or wish means for personal values on this device. */
export type PersonalChange = 'same' | 'lost' | 'gained';

export class OwnDevice {
  record: DeviceRecord;
  readonly #platform: Platform;

  private constructor(platform: Platform, record: DeviceRecord) {
    this.#platform = platform;
    this.record = record;
  }

  /** The device of this store; a new one when there is none yet. */
  static async open(platform: Platform, database: string): Promise<OwnDevice> {
    const now = platform.now();
    const known = (await platform.accounts.devices()).find((record) => record.database === database);
    const fresh: DeviceRecord = {
      database,
      deviceId: platform.secretId(),
      since: null,
      lost: null,
      reachedAt: now,
      seenAt: now,
      leaseDays: LEASE_DAYS,
      role: null,
      keep: { eventDays: null, personal: true },
      personal: null,
      wiped: false,
    };
    // One whose data was deleted is another device when its owner signs in again; the server still has to learn of the first.
    if (known?.wiped) await platform.accounts.setDevice({ ...known, database: `${database}-${known.deviceId}` });
    const device = new OwnDevice(platform, known && !known.wiped ? known : fresh);
    await device.noteSeen();
    return device;
  }

  async save(change: Partial<DeviceRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    await this.#platform.accounts.setDevice(this.record);
  }

  /** What is kept, as the role and the person's wish together allow. */
  get keep(): Keep {
    const { keep, personal } = this.record;
    return { ...keep, personal: personal ?? keep.personal };
  }

  get expired(): boolean {
    return leaseExpired(this.record, this.#platform.now());
  }

  get leaseUntil(): number | null {
    return leaseUntil(this.record, this.#platform.now());
  }

  /** Remembers how late it is, so that a clock set back is noticed. */
  noteSeen(): Promise<void> {
    return this.save({ seenAt: latest(this.record, this.#platform.now()) });
  }

  /** The server answered: the lease begins anew. */
  async welcomed(role: Role, leaseDays: number): Promise<PersonalChange> {
    const now = this.#platform.now();
    await this.save({ role, leaseDays, reachedAt: now, seenAt: now });
    return this.#judge();
  }

  async wished(keep: Keep): Promise<PersonalChange> {
    await this.save({ keep });
    return this.#judge();
  }

  async #judge(): Promise<PersonalChange> {
    const { role, keep, personal } = this.record;
    const may = keep.personal && (role === null || can(role, 'readPersonal'));
    if (personal === may) return 'same';
    // What goes is noted once it is gone: see Session.
    if (!may && personal) return 'lost';
    await this.save({ personal: may });
    return may && personal === false ? 'gained' : 'same';
  }
}
