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
export const BATCH = 1000;
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 200;

/** busy: another session works this lane; waiting: its first row failed and is tried again later; empty: nothing left. */
export type DrainResult = 'more' | 'empty' | 'busy' | 'waiting';

type StoredRow = { bucket: number; id: number; kind: string; payload: unknown; attempts: number; due: boolean };

type DrainDeps = Pick<Deps, 'db' | 'log' | 'now' | 'wake' | 'config'>;

/** Whether the database or the way to it failed, not the rows: then trying again helps, and no row is to blame. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(?:08|40|53|55|57|58)[0-9A-Z]{3}$|^E[A-Z]+$/.test(code) || /^Connection terminated|timeout/i.test(error.message)
  );
}

/** The next rows of those of the lanes that nobody else works. */
async function claim(tx: Tx, lanes: readonly number[], limit: number): Promise<StoredRow[] | 'busy'> {
  const { rows: locked } = await tx.query<{ bucket: number; mine: boolean }>(
    'select bucket, pg_try_advisory_xact_lock($1, bucket) as mine from unnest($2::int[]) as bucket',
    [LANE_LOCK, lanes],
  );
  const mine = locked.filter((lane) => lane.mine).map(({ bucket }) => bucket);
  if (mine.length === 0) return 'busy';
  const [only] = mine;
  const isOne = mine.length === 1;
  const { rows } = await tx.query<StoredRow>(
    `select bucket, id, kind, payload, attempts, next_at <= now() as due from intake
      where ${isOne ? 'bucket = $1' : 'bucket = any($1::smallint[])'} order by bucket, id limit $2 for update`,
    [isOne ? only : mine, limit],
  );
  // A row that waits for its next attempt holds up what came after it in its lane.
  const blocked = new Set<number>();
  return rows.filter(({ bucket, due }) => {
    if (!due) blocked.add(bucket);
    return !blocked.has(bucket);
  });
}

const parse = ({ kind, payload }: StoredRow): IntakePayload => intakePayload.parse({ kind, body: payload });

/** Applies up to a batch of the lanes, in one transaction. */
async function drain(deps: DrainDeps, lanes: readonly number[], limit: number): Promise<DrainResult> {
  const result = await deps.db.tx(async (tx): Promise<DrainResult> => {
    const rows = await claim(tx, lanes, limit);
    if (rows === 'busy') return 'busy';
    if (rows.length === 0) return (await hasRows(tx, lanes)) ? 'waiting' : 'empty';
    await applyRows(tx, rows.map(parse), deps.now(), deps.config.defaultRegion);
    await remove(tx, rows);
    return rows.length < limit ? 'empty' : 'more';
  });
  deps.wake.notify('dirty');
  return result;
}

/**
 * The same for several lanes that have little to do together: one by one each would cost as many statements and a commit
 * of its own. Whether there is more to do right now.
 */
export async function drainLanes(deps: DrainDeps, lanes: readonly number[]): Promise<boolean> {
  if (lanes.length > 1) {
    try {
      return (await drain(deps, lanes, BATCH)) === 'more';
    } catch (error) {
      if (isTransient(error)) throw error;
      // Whose row is to blame shows when each lane is taken by itself.
    }
  }
  let more = false;
  for (const lane of lanes) if ((await drainBucket(deps, lane)) === 'more') more = true;
  return more;
}

/** Applies up to a batch of one lane. When a batch fails its rows are taken one by one, and the one that fails is set aside. */
export async function drainBucket(deps: DrainDeps, bucket: number, limit = BATCH): Promise<DrainResult> {
  try {
    return await drain(deps, [bucket], limit);
  } catch (error) {
    if (isTransient(error)) throw error;
    if (limit === 1) {
      await setAside(deps, bucket, error);
      return 'more';
    }
    return drainOneByOne(deps, bucket, limit);
  }
}

async function drainOneByOne(deps: DrainDeps, bucket: number, limit: number): Promise<DrainResult> {
  for (let count = 0; count < limit; count++) {
    const result = await drainBucket(deps, bucket, 1);
    if (result !== 'more') return result;
  }
  return 'more';
}

async function hasRows(tx: Tx, lanes: readonly number[]): Promise<boolean> {
  const { rows } = await tx.query('select 1 from intake where bucket = any($1::smallint[]) limit 1', [lanes]);
  return rows.length > 0;
}

async function remove(tx: Tx, rows: readonly StoredRow[]): Promise<void> {
  await tx.query(
    `delete from intake i using unnest($1::smallint[], $2::bigint[]) as done (bucket, id)
      where i.bucket = done.bucket and i.id = done.id`,
    [rows.map(({ bucket }) => bucket), rows.map(({ id }) => id)],
  );
}

/** Notes the failure of the lane's first row; after the fifth it is parked with its error and the lane goes on. */
async function setAside(deps: DrainDeps, bucket: number, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await deps.db.tx(async (tx) => {
    const rows = await claim(tx, [bucket], 1);
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
    await remove(tx, [row]);
    deps.log.error({ row: row.id, kind: row.kind }, 'an intake row failed five times and was parked');
  });
}
