/**
 * Takes rows of one lane off the intake log, in order: applied and deleted in one transaction, so a kill at any moment
 * leaves a row either waiting or done. One lane is worked by one session at a time; its lock goes with the session, so a
 * dead worker's lane is free at once.
 */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { applyRows } from './apply-rows.ts';
import { type IntakePayload, intakePayload } from './intake-row.ts';

/** Any fixed number: it only has to be the same in every Muster. */
const LANE_LOCK = 77_213_003;
const BATCH = 1000;
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 200;

/** busy: another session works this lane; waiting: its first row failed and is tried again later; empty: nothing left. */
export type DrainResult = 'more' | 'empty' | 'busy' | 'waiting';

type StoredRow = { id: number; kind: string; payload: unknown; attempts: number; due: boolean };

/** Whether the database or the way to it failed, not the rows: then trying again helps, and no row is to blame. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(?:08|40|53|55|57|58)[0-9A-Z]{3}$|^E[A-Z]+$/.test(code) || /^Connection terminated|timeout/i.test(error.message)
  );
}

async function claim(tx: Tx, bucket: number, limit: number): Promise<StoredRow[] | 'busy'> {
  const { rows: locked } = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1, $2) as mine', [
    LANE_LOCK,
    bucket,
  ]);
  if (!locked[0]?.mine) return 'busy';
  const { rows } = await tx.query<StoredRow>(
    `select id, kind, payload, attempts, next_at <= now() as due from intake where bucket = $1 order by id limit $2 for update`,
    [bucket, limit],
  );
  // A row that waits for its next attempt holds up what came after it.
  const blocked = rows.findIndex(({ due }) => !due);
  return blocked < 0 ? rows : rows.slice(0, blocked);
}

const parse = ({ kind, payload }: StoredRow): IntakePayload => intakePayload.parse({ kind, body: payload });

/** Applies up to a batch of one lane. When a batch fails its rows are taken one by one, and the one that fails is set aside. */
export async function drainBucket(
  deps: Pick<Deps, 'db' | 'log' | 'now' | 'wake'>,
  bucket: number,
  limit = BATCH,
): Promise<DrainResult> {
  try {
    const result = await deps.db.tx(async (tx): Promise<DrainResult> => {
      const rows = await claim(tx, bucket, limit);
      if (rows === 'busy') return 'busy';
      if (rows.length === 0) return (await hasRows(tx, bucket)) ? 'waiting' : 'empty';
      await applyRows(tx, rows.map(parse), deps.now());
      await remove(tx, bucket, rows);
      return rows.length < limit ? 'empty' : 'more';
    });
    deps.wake.notify('dirty');
    return result;
  } catch (error) {
    if (isTransient(error)) throw error;
    if (limit === 1) {
      await setAside(deps, bucket, error);
      return 'more';
    }
    return drainOneByOne(deps, bucket, limit);
  }
}

async function drainOneByOne(
  deps: Pick<Deps, 'db' | 'log' | 'now' | 'wake'>,
  bucket: number,
  limit: number,
): Promise<DrainResult> {
  for (let count = 0; count < limit; count++) {
    const result = await drainBucket(deps, bucket, 1);
    if (result !== 'more') return result;
  }
  return 'more';
}

async function hasRows(tx: Tx, bucket: number): Promise<boolean> {
  const { rows } = await tx.query('select 1 from intake where bucket = $1 limit 1', [bucket]);
  return rows.length > 0;
}

async function remove(tx: Tx, bucket: number, rows: readonly StoredRow[]): Promise<void> {
  await tx.query('delete from intake where bucket = $1 and id = any($2::bigint[])', [bucket, rows.map(({ id }) => id)]);
}

/** Notes the failure of the lane's first row; after the fifth it is parked with its error and the lane goes on. */
async function setAside(deps: Pick<Deps, 'db' | 'log' | 'now'>, bucket: number, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await deps.db.tx(async (tx) => {
    const rows = await claim(tx, bucket, 1);
    const [row] = rows === 'busy' ? [] : rows;
    if (!row) return;
    if (row.attempts + 1 < MAX_ATTEMPTS) {
      await tx.query(
        `update intake set attempts = attempts + 1, error = $3, next_at = now() + $4 * interval '1 millisecond' where bucket = $1 and id = $2`,
        [bucket, row.id, reason, FIRST_RETRY_MS * 2 ** row.attempts],
      );
      return;
    }
    await tx.query(
      `insert into intake_parked (id, bucket, kind, payload, received_at, error)
       select id, bucket, kind, payload, received_at, $3 from intake where bucket = $1 and id = $2`,
      [bucket, row.id, reason],
    );
    await remove(tx, bucket, [row]);
    deps.log.error({ row: row.id, kind: row.kind }, 'an intake row failed five times and was parked');
  });
}
