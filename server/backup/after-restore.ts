import { randomUUID } from 'node:crypto';
import type { Tx } from '#server/storage/database.ts';

/**
 * A restored server goes on numbering this far above its backup. What the past that is left behind had numbered since then lies
 * below, also for a backup that is restored after another and was made before that one was: it is told apart by `epoch_from`.
 */
export const RESTORE_GAP = 1_000_000_000;

/** Shown where the app says who stopped sending. */
export const STOPPED_BY = 'the restore of a backup';

/**
 * What must not be as it was at the moment of the backup (decision 0014). The server's past has changed, so devices read
 * everything anew; whether mail may leave, who is signed in and who does which work are facts of then, not of now.
 */
export async function unsettle(tx: Tx): Promise<void> {
  // A device may have missed an earlier restore, too: what is unknown here begins at the lowest of them.
  await tx.query(
    `update feed_counter set epoch = $1, version = version + $2,
       epoch_from = case when epoch_from = 0 then version else least(epoch_from, version) end`,
    [randomUUID(), RESTORE_GAP],
  );
  await tx.query(
    `update workspace set sending_stopped = true, sending_stopped_by = $1,
       public_url_verified = null, public_url_verified_at = null`,
    [STOPPED_BY],
  );
  await tx.query('update outbox set leased_until = null, lease_holder = null where lease_holder is not null');
  await tx.query('delete from lease');
  // What it would still change is what somebody wanted of another present.
  await tx.query(
    `update bulk_job set state = 'cancelled', error = 'The server was restored from a backup.', finished_at = now(),
       action = action - 'to' where finished_at is null`,
  );
  // A session ended since, or a device signed out since, must not come back to life.
  await tx.query('delete from "session"');
  await tx.query('delete from "verification"');
}
