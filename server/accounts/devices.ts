/** Devices: every app or browser profile that holds data, what it holds, and the order to delete it (SPEC.md: DEV). */
import type { z } from 'zod';
import type { Deps, Service } from '#server/service.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller, DeviceInfo, DevicePort } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { helloInput } from '#shared/sync/wire.schema.ts';
import { createRateLimit } from './rate-limit.ts';

/** [DEV-3] Days a device may keep its data without reaching the server. */
export const LEASE_DAYS = 30;
/** Being seen again is written down this often at most. */
export const SEEN_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const KEEP_WIPED_MS = 90 * DAY_MS;
/** Questions without a session, from one address. */
const OPEN_RULE = { window: 60, max: 60 };

type Hello = z.infer<typeof helloInput>;
type DeviceRow = {
  id: string;
  user_id: string;
  user_name: string;
  session_id: string | null;
  signed_in: boolean;
  name: string;
  holds: unknown;
  first_seen_at: Date;
  last_seen_at: Date;
  signed_out_at: Date | null;
  wiped_at: Date | null;
};

const holdsSchema = helloInput.shape.holds;
const holdsNothing: z.infer<typeof holdsSchema> = { contacts: 0, personal: false, events: 0, bytes: 0, since: null };

function infoOf(row: DeviceRow, sessionId: string): DeviceInfo {
  return {
    id: row.id,
    userId: row.user_id,
    userName: row.user_name,
    name: row.name,
    holds: row.wiped_at ? holdsNothing : holdsSchema.parse(row.holds),
    firstSeenAt: row.first_seen_at.getTime(),
    lastSeenAt: row.last_seen_at.getTime(),
    state: row.wiped_at ? 'wiped' : row.signed_out_at ? 'ordered' : 'active',
    signedIn: row.signed_in,
    current: row.session_id === sessionId,
  };
}

/** Orders every device of a person to delete its data. Their sessions are ended by the caller. */
export async function orderDevicesOf(tx: Tx, order: { userId: string; by: string; now: number }): Promise<void> {
  await tx.query(
    `update device set signed_out_at = $3, signed_out_by = $2
      where user_id = $1 and signed_out_at is null and wiped_at is null`,
    [order.userId, order.by, new Date(order.now)],
  );
}

/** The device of a session is connected right now. */
export async function noteSeen({ db, now }: Pick<Deps, 'db' | 'now'>, sessionId: string): Promise<void> {
  await db.query('update device set last_seen_at = $2 where session_id = $1 and last_seen_at <= $3', [
    sessionId,
    new Date(now()),
    new Date(now() - SEEN_EVERY_MS),
  ]);
}

const endedHere = () =>
  new UserError('unauthorized', 'This device was signed out. Its data is deleted first; then sign in again.');

type Before = { ordered: boolean; sessionId: string | null };

/**
 * Binds a device to the session that speaks for it, unless it was ordered to delete its data; answers how it was before.
 * Everybody locks sessions before devices: the end of a session touches its device.
 */
async function bind(tx: Tx, caller: Caller, input: Hello, protocol: number, now: number): Promise<Before> {
  const session = await tx.query('select 1 from "session" where "id" = $1 for key share', [caller.sessionId]);
  if (session.rows.length === 0) throw new UserError('unauthorized', 'Sign in first.');
  const { rows } = await tx.query<Before>(
    `select session_id as "sessionId", signed_out_at is not null and wiped_at is null as ordered
       from device where id = $1 for update`,
    [input.deviceId],
  );
  const before = rows[0] ?? { ordered: false, sessionId: null };
  if (before.ordered) return before;
  await tx.query(
    `insert into device as d (id, user_id, session_id, name, protocol, holds, first_seen_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7)
     on conflict (id) do update set
       user_id = excluded.user_id, session_id = excluded.session_id, name = excluded.name,
       protocol = excluded.protocol, holds = excluded.holds, last_seen_at = excluded.last_seen_at,
       signed_out_at = null, signed_out_by = null, wiped_at = null,
       first_seen_at = case when d.user_id = excluded.user_id then d.first_seen_at else excluded.first_seen_at end
     where d.last_seen_at <= $8 or d.wiped_at is not null
        or (d.user_id, d.session_id, d.name, d.protocol, d.holds)
           is distinct from (excluded.user_id, excluded.session_id, excluded.name, excluded.protocol, excluded.holds)`,
    [
      input.deviceId,
      caller.userId,
      caller.sessionId,
      input.name,
      protocol,
      JSON.stringify(input.holds),
      new Date(now),
      new Date(now - SEEN_EVERY_MS),
    ],
  );
  return before;
}

/** A device has one session: an older one of its own, which nobody uses any more, would outlive a sign-out from afar. */
async function endOlderSession(db: Pick<Database, 'query'>, older: string, newer: string): Promise<void> {
  await db.query(
    `delete from "session" old using "session" new
      where old."id" = $1 and new."id" = $2 and old."userId" = new."userId" and old."createdAt" < new."createdAt"`,
    [older, newer],
  );
}

export function createDevices(deps: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>): DevicePort & Service {
  const { db, now, wake, log } = deps;
  const limit = createRateLimit(now);
  let timer: NodeJS.Timeout | undefined;

  /** Anybody may ask these; an id cannot be guessed, but the database need not be asked for every guess. */
  async function admit(address: string): Promise<void> {
    const { allowed } = await limit.consume(address, OPEN_RULE);
    if (!allowed) throw new UserError('rate_limited', 'Too many requests. Try again in a minute.');
  }

  async function prune(): Promise<void> {
    await db.query('delete from device where wiped_at < $1', [new Date(now() - KEEP_WIPED_MS)]);
  }

  return {
    name: 'devices',
    async start() {
      await prune();
      timer = setInterval(() => {
        prune().catch((error: unknown) => log.warn({ err: error }, 'old devices could not be removed'));
      }, DAY_MS).unref();
    },
    async stop() {
      clearInterval(timer);
    },

    async hello(caller, input, protocol) {
      const before = await db.tx((tx) => bind(tx, caller, input, protocol, now()));
      if (before.ordered) {
        // Signing in again does not take the order back: first the data goes.
        await db.query('delete from "session" where "id" = $1', [caller.sessionId]);
        wake.notify('access');
        throw endedHere();
      }
      if (before.sessionId !== null && before.sessionId !== caller.sessionId) {
        await endOlderSession(db, before.sessionId, caller.sessionId);
        wake.notify('access');
      }
      return { role: caller.role, leaseDays: LEASE_DAYS, serverTime: now() };
    },

    async list(caller) {
      const rows = await db.query<DeviceRow>(
        `select d.*, u."name" as user_name, coalesce(s."expiresAt" > $3, false) as signed_in
           from device d join "user" u on u."id" = d.user_id left join "session" s on s."id" = d.session_id
          where $1 or d.user_id = $2 order by d.last_seen_at desc, d.id`,
        [can(caller.role, 'administer'), caller.userId, new Date(now())],
      );
      return rows.map((row) => infoOf(row, caller.sessionId));
    },

    async signOut(caller, id) {
      const [found] = await db.query<{ user_id: string }>('select user_id from device where id = $1', [id]);
      if (!found) throw new UserError('not_found', 'There is no such device (any more).', 'id');
      if (found.user_id !== caller.userId && !can(caller.role, 'administer')) {
        throw new UserError('forbidden', 'Only an administrator signs out devices of others.', 'id');
      }
      // From here on no session is bound to it any more, so that the one it has now is the last.
      const [device] = await db.query<{ session_id: string | null }>(
        `update device set signed_out_at = coalesce(signed_out_at, $2), signed_out_by = coalesce(signed_out_by, $3)
          where id = $1 returning session_id`,
        [id, new Date(now()), caller.userId],
      );
      await db.query('delete from "session" where "id" = $1', [device?.session_id]);
      wake.notify('access');
    },

    async state(id, address) {
      await admit(address);
      const [device] = await db.query<{ ordered: boolean }>(
        'select signed_out_at is not null as ordered from device where id = $1',
        [id],
      );
      if (!device) return { state: 'unknown' };
      return { state: device.ordered ? 'signedOut' : 'active' };
    },

    async wiped(id, address) {
      await admit(address);
      await db.query('update device set wiped_at = $2, holds = $3 where id = $1 and wiped_at is null', [
        id,
        new Date(now()),
        JSON.stringify(holdsNothing),
      ]);
    },
  };
}
