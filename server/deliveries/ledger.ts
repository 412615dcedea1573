/**
 * The record that makes "exactly once" hold across a kill. A delivery is `sending` in the database before the server can
 * have its message, and its result is in the database before its connection takes the next one. Both are group-committed:
 * while commits run, the others gather for the next. See the decision on handing over exactly once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isSubscribed } from '#server/lists/memberships.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { sayOfAddresses } from '#server/subscriptions/addresses.ts';
import type { DeliveryState } from '#shared/campaign/campaign.schema.ts';
import { GroupCommit } from './group-commit.ts';
import type { Job } from './outbox.ts';

/** An end of a job, or its return to the queue. */
export type Settlement = {
  job: Job;
  state: Extract<DeliveryState, 'sent' | 'bounced' | 'failed' | 'skipped' | 'uncertain' | 'queued'>;
  reason: string | null;
  response: string | null;
  /** Epoch ms; for `sent`. */
  sentAt: number | null;
  /** Epoch ms of the next attempt; for `queued`. */
  nextAt: number | null;
  /** Whether this counts as an attempt. */
  attempt: boolean;
  /** The address itself is wrong for good: nothing more goes there. */
  suppress: boolean;
};

export type Ledger = {
  /** Makes the delivery `sending` unless it must not be sent (any more); false = keep it. Rejects when that is unknown. */
  mark(job: Job): Promise<boolean>;
  /** Answers once the result is durable; tries again for as long as the database is away. */
  settle(settlement: Settlement): Promise<void>;
};

const RETRY_MS = 500;

export function createLedger({ db, log, now }: { db: Database; log: Logger; now: () => number }): Ledger {
  const marks = new GroupCommit<Job, boolean>(async (jobs) => {
    const { rows } = await db.pool.query<{ row_id: number }>(markStatement(jobs));
    const granted = new Set(rows.map(({ row_id }) => row_id));
    return jobs.map(({ rowId }) => granted.has(rowId));
  });
  const settlements = new GroupCommit<Settlement, void>(async (items) => {
    for (;;) {
      try {
        await writeSettlements(db, items, now());
        return items.map(() => undefined);
      } catch (error) {
        log.error({ err: error }, 'Results of sending could not be stored; trying again');
        await sleep(RETRY_MS);
      }
    }
  });
  return { mark: (job) => marks.add(job), settle: (settlement) => settlements.add(settlement) };
}

type Statement = { name: string; text: string; values: unknown[] };

/** Of a merged card, what the remaining one subscribes to counts. */
const PERSON = 'coalesce((select a.survivor from contact_alias a where a.id = d.contact_id), d.contact_id)';

/** The last look, in the very statement that gives leave: state, stop, pause, subscription, suppression. */
function markStatement(jobs: readonly Job[]): Statement {
  return {
    name: 'delivery-mark',
    text: `update delivery d set state = 'sending'
      from unnest($1::bigint[], $2::bigint[], $3::text[]) as k (contact_id, row_id, address)
      where d.contact_id = k.contact_id and d.row_id = k.row_id and d.state = 'queued'
        and exists (select 1 from campaign_run r where r.campaign_id = d.campaign_id and r.state = 'sending'
          and ${isSubscribed(PERSON, 'r.categories')})
        and not exists (select 1 from workspace w where w.sending_stopped)
        and not exists (select 1 from suppression s where s.channel = 'email' and s.address = k.address)
      returning d.row_id`,
    values: [jobs.map(({ contactId }) => contactId), jobs.map(({ rowId }) => rowId), jobs.map(({ folded }) => folded)],
  };
}

async function writeSettlements(db: Database, settlements: readonly Settlement[], now: number): Promise<void> {
  const bad = settlements.filter((settlement) => settlement.suppress).map(({ job }) => job.folded);
  if (bad.length === 0) {
    await db.pool.query(settleStatement(settlements));
    return;
  }
  await db.tx(async (tx: Tx) => {
    // Contacts before deliveries, as everywhere.
    await sayOfAddresses(tx, bad, 'bounced', { source: 'provider', at: now });
    await tx.query(settleStatement(settlements));
  });
}

const instants = (values: readonly (number | null)[]): (Date | null)[] =>
  values.map((value) => (value === null ? null : new Date(value)));

function settleStatement(settlements: readonly Settlement[]): Statement {
  return {
    name: 'delivery-settle',
    text: `with k as (
        select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
          $8::timestamptz[], $9::smallint[])
          as k (bucket, contact_id, row_id, state, reason, response, sent_at, next_at, attempt)
      ), settled as (
        update delivery d set state = k.state, reason = k.reason, response = coalesce(k.response, d.response),
          sent_at = coalesce(k.sent_at, d.sent_at), attempts = d.attempts + k.attempt
        from k where d.contact_id = k.contact_id and d.row_id = k.row_id
          -- A worker thought dead may come back with a certain answer; an end is never taken back.
          and (d.state in ('queued', 'sending') or (d.state = 'uncertain' and k.state <> 'queued'))
        returning d.row_id, k.state
      ), gone as (
        delete from outbox o using k where k.state <> 'queued' and o.bucket = k.bucket and o.row_id = k.row_id
      ), back as (
        update outbox o set leased_until = null, lease_holder = null, next_at = coalesce(k.next_at, o.next_at)
        from k where k.state = 'queued' and o.bucket = k.bucket and o.row_id = k.row_id
      )
      -- As markDirty does, without another round trip.
      insert into dirty (bucket, tbl, key) select (row_id % 64)::smallint, 'delivery', row_id from settled where state <> 'queued'`,
    values: [
      settlements.map(({ job }) => job.bucket),
      settlements.map(({ job }) => job.contactId),
      settlements.map(({ job }) => job.rowId),
      settlements.map(({ state }) => state),
      settlements.map(({ reason }) => reason),
      settlements.map(({ response }) => response),
      instants(settlements.map(({ sentAt }) => sentAt)),
      instants(settlements.map(({ nextAt }) => nextAt)),
      settlements.map(({ attempt }) => (attempt ? 1 : 0)),
    ],
  };
}
