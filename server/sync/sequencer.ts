/**
 * Numbers what intake, imports and deliveries changed (VER-2). They write dirty rows in their own transactions and never
 * touch the counter, which would make them queue behind each other; this one leased loop takes the committed rows in
 * batches and gives them versions.
 */
import { randomUUID } from 'node:crypto';
import type { Deps, Service } from '#server/service.ts';
import type { Database } from '#server/storage/database.ts';
import { createLoop } from './background-loop.ts';
import { bump } from './feed.ts';
import { holdLease, releaseLease } from './lease.ts';

const BATCH = 10_000;
const LEASE = 'sequencer';

/** Numbers one batch; answers how many dirty rows it took. Two at a time are slower, never wrong. */
export function numberDirty(db: Pick<Database, 'tx'>, batch = BATCH): Promise<number> {
  return db.tx(async (tx) => {
    const { rows } = await tx.query<{ tbl: string; keys: number[]; taken: number }>(
      `with taken as (
         delete from dirty where (bucket, id) in
           (select bucket, id from dirty order by bucket, id limit $1 for update skip locked)
         returning tbl, key)
       select tbl, json_agg(distinct key) as keys, count(*) as taken from taken group by tbl order by tbl`,
      [batch],
    );
    if (rows.length === 0) return 0;
    let version = await bump(
      tx,
      rows.reduce((sum, { keys }) => sum + keys.length, 0),
    );
    for (const { tbl, keys } of rows) {
      await tx.query(
        `insert into column_change (version, tbl, key)
         select $1::bigint + at - 1, $2, key from unnest($3::bigint[]) with ordinality as k (key, at)`,
        [version, tbl, keys],
      );
      version += keys.length;
    }
    return rows.reduce((sum, { taken }) => sum + taken, 0);
  });
}

/** The loop over {@link numberDirty}: wakes on 'dirty', looks by itself every second, tells 'feed'. */
export function createSequencer({ db, wake, log }: Pick<Deps, 'db' | 'wake' | 'log'>): Service {
  const holder = randomUUID();
  const loop = createLoop({
    name: 'sequencer',
    log,
    idleMs: 1_000,
    gapMs: 30,
    async work() {
      // Cheap when idle: one look at an index, and the lease is only taken for work.
      if ((await db.query('select 1 from dirty limit 1')).length === 0) return false;
      if (!(await holdLease(db, LEASE, holder))) return false;
      const taken = await numberDirty(db);
      if (taken > 0) wake.notify('feed');
      return taken === BATCH;
    },
  });
  let off: (() => void) | undefined;
  return {
    name: 'sequencer',
    async start() {
      off = wake.on('dirty', loop.poke);
      loop.start();
    },
    async stop() {
      off?.();
      await loop.stop();
      await releaseLease(db, LEASE, holder);
    },
  };
}
