/**
 * The record that makes "exactly once" hold across a kill. A delivery is `sending` in the database before the server can
 * have its message, and its result is in the database before its connection takes the next one. Both are group-committed:
 * while one commit runs, the others gather for the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database, Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { DeliveryState } from '#shared/campaign/campaign.schema.ts';
import type { Job } from './outbox.ts';
import { suppress } from './suppression.ts';

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

type Waiting<T, R> = { item: T; done: (result: R) => void; fail: (error: unknown) => void };

export type Ledger = {
  /** Makes the delivery `sending` unless it must not be sent (any more); false = keep it. Rejects when that is unknown. */
  mark(job: Job): Promise<boolean>;
  /** Answers once the result is durable; tries again for as long as the database is away. */
  settle(settlement: Settlement): Promise<void>;
};

const RETRY_MS = 500;

export function createLedger(deps: { db: Database; log: Logger; now: () => number }): Ledger {
  let marks: Waiting<Job, boolean>[] = [];
  let settlements: Waiting<Settlement, void>[] = [];
  let flushing = false;

  async function flush(): Promise<void> {
    if (flushing) return;
    flushing = true;
    while (marks.length > 0 || settlements.length > 0) {
      const asked = marks;
      const ended = settlements;
      marks = [];
      settlements = [];
      try {
        const granted = await deps.db.tx(async (tx) => {
          await writeSettlements(
            tx,
            ended.map(({ item }) => item),
            deps.now(),
          );
          return await writeMarks(
            tx,
            asked.map(({ item }) => item),
          );
        });
        for (const { done } of ended) done();
        for (const { item, done } of asked) done(granted.has(item.rowId));
      } catch (error) {
        deps.log.error({ err: error }, 'Results of sending could not be stored; trying again');
        for (const { fail } of asked) fail(error);
        settlements.unshift(...ended);
        if (ended.length > 0) await sleep(RETRY_MS);
      }
    }
    flushing = false;
  }

  return {
    mark: (item) =>
      new Promise<boolean>((done, fail) => {
        marks.push({ item, done, fail });
        void flush();
      }),
    settle: (item) =>
      new Promise<void>((done, fail) => {
        settlements.push({ item, done, fail });
        void flush();
      }),
  };
}

/** The last look, in the very statement that gives leave: state, stop, pause, suppression. */
async function writeMarks(tx: Tx, jobs: readonly Job[]): Promise<Set<number>> {
  if (jobs.length === 0) return new Set();
  const { rows } = await tx.query<{ row_id: number }>(
    `update delivery d set state = 'sending'
     from unnest($1::bigint[], $2::bigint[], $3::text[]) as k (contact_id, row_id, address)
     where d.contact_id = k.contact_id and d.row_id = k.row_id and d.state = 'queued'
       and exists (select 1 from campaign_run r where r.campaign_id = d.campaign_id and r.state = 'sending')
       and not exists (select 1 from workspace w where w.sending_stopped)
       and not exists (select 1 from suppression s where s.channel = 'email' and s.address = k.address)
     returning d.row_id`,
    [jobs.map(({ contactId }) => contactId), jobs.map(({ rowId }) => rowId), jobs.map(({ folded }) => folded)],
  );
  return new Set(rows.map(({ row_id }) => row_id));
}

async function writeSettlements(tx: Tx, settlements: readonly Settlement[], now: number): Promise<void> {
  if (settlements.length === 0) return;
  // Contacts before deliveries, as everywhere.
  await suppress(
    tx,
    settlements.filter(({ suppress: bad }) => bad).map(({ job }) => job.folded),
    'bounced',
    now,
  );
  const ended = settlements.filter(({ state }) => state !== 'queued');
  const requeued = settlements.filter(({ state }) => state === 'queued');
  const { rows } = await tx.query<{ row_id: number }>(
    `update delivery d set state = k.state, reason = k.reason, response = coalesce(k.response, d.response),
       sent_at = coalesce(k.sent_at, d.sent_at), attempts = d.attempts + k.attempt
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::smallint[])
       as k (contact_id, row_id, state, reason, response, sent_at, attempt)
     where d.contact_id = k.contact_id and d.row_id = k.row_id
       -- A worker thought dead may come back with a certain answer; an end is never taken back.
       and (d.state in ('queued', 'sending') or (d.state = 'uncertain' and k.state <> 'queued'))
     returning d.row_id`,
    [
      settlements.map(({ job }) => job.contactId),
      settlements.map(({ job }) => job.rowId),
      settlements.map(({ state }) => state),
      settlements.map(({ reason }) => reason),
      settlements.map(({ response }) => response),
      settlements.map(({ sentAt }) => (sentAt === null ? null : new Date(sentAt))),
      settlements.map(({ attempt }) => (attempt ? 1 : 0)),
    ],
  );
  if (ended.length > 0) {
    await tx.query(
      `delete from outbox o using unnest($1::smallint[], $2::bigint[]) as k (bucket, row_id)
       where o.bucket = k.bucket and o.row_id = k.row_id`,
      [ended.map(({ job }) => job.bucket), ended.map(({ job }) => job.rowId)],
    );
  }
  if (requeued.length > 0) {
    await tx.query(
      `update outbox o set leased_until = null, lease_holder = null, next_at = coalesce(k.next_at, o.next_at)
       from unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) as k (bucket, row_id, next_at)
       where o.bucket = k.bucket and o.row_id = k.row_id`,
      [
        requeued.map(({ job }) => job.bucket),
        requeued.map(({ job }) => job.rowId),
        requeued.map(({ nextAt }) => (nextAt === null ? null : new Date(nextAt))),
      ],
    );
  }
  const changed = new Set(ended.map(({ job }) => job.rowId));
  await markDirty(
    tx,
    'delivery',
    rows.map(({ row_id }) => row_id).filter((rowId) => changed.has(rowId)),
  );
}
