import { BUCKETS } from '#server/identity/buckets.ts';
import type { Deps, Service } from '#server/service.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { drainBucket } from './drain-bucket.ts';

export type IntakeWorker = Service;

/** Lanes worked at a time: one uses the database while another prepares. */
const HANDS = 2;

/** Works the lanes of the intake log. Any number of processes may: a lane has one worker at a time. */
export function createIntakeWorker(deps: Deps): IntakeWorker {
  let stopping = false;

  /** Every lane with rows, a batch each. Answers whether some have more that can be done now. */
  async function round(): Promise<boolean> {
    const rows = await deps.db.query<{ bucket: number }>(
      `select bucket from generate_series(0, $1::int) as bucket
        where exists (select 1 from intake i where i.bucket = bucket.bucket::smallint) order by random()`,
      [BUCKETS - 1],
    );
    const lanes = rows.map(({ bucket }) => bucket);
    let more = false;
    const work = async (): Promise<void> => {
      for (let lane = lanes.pop(); lane !== undefined && !stopping; lane = lanes.pop()) {
        if ((await drainBucket(deps, lane)) === 'more') more = true;
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
