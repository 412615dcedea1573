import { BUCKETS } from '#server/identity/buckets.ts';
import type { Deps, Service } from '#server/service.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { BATCH, drainLanes } from './drain-bucket.ts';

export type IntakeWorker = Service;

/** Batches worked at a time: one uses the database while another prepares. */
const HANDS = 2;

type Lane = { bucket: number; waiting: number };

/** Lanes by what is done together: a busy one by itself, of those with little to do as many as make a batch. */
function batchesOf(lanes: readonly Lane[]): number[][] {
  const batches: { lanes: number[]; rows: number }[] = [];
  for (const { bucket, waiting } of lanes) {
    const last = batches.at(-1);
    if (last && last.rows + waiting <= BATCH) {
      last.lanes.push(bucket);
      last.rows += waiting;
    } else batches.push({ lanes: [bucket], rows: waiting });
  }
  return batches.map((batch) => batch.lanes);
}

/** Works the lanes of the intake log. Any number of processes may: a lane has one worker at a time. */
export function createIntakeWorker(deps: Deps): IntakeWorker {
  let stopping = false;

  /** Every lane with rows, up to a batch each. Answers whether some have more that can be done now. */
  async function round(): Promise<boolean> {
    const lanes = await deps.db.query<Lane>(
      `select bucket, waiting from generate_series(0, $1::int) as bucket
         cross join lateral (select count(*)::int as waiting from (
           select 1 from intake i where i.bucket = bucket.bucket::smallint limit $2) as found) as counted
        where waiting > 0 order by random()`,
      [BUCKETS - 1, BATCH],
    );
    const batches = batchesOf(lanes);
    let more = false;
    const work = async (): Promise<void> => {
      for (let batch = batches.pop(); batch !== undefined && !stopping; batch = batches.pop()) {
        if (await drainLanes(deps, batch)) more = true;
      }
    };
    await Promise.all(Array.from({ length: HANDS }, work));
    return more;
  }

  const loop = createLoop({ idleMs: 500, gapMs: 2, work: round, log: deps.log, name: 'intake' });
  let off: () => void = () => undefined;
  return {
    name: 'intake worker',
    async start() {
      off = deps.wake.on('intake', loop.poke);
      loop.start();
    },
    async stop() {
      stopping = true;
      off();
      await loop.stop();
    },
  };
}
