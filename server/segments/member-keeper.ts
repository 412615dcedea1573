/**
 * The background work that keeps members of segments (segment-members.ts): one segment at a time, each at most every few
 * minutes and only when something may have changed, and all together for a small part of the time.
 */
import { randomUUID } from 'node:crypto';
import type { Deps, Service } from '#server/service.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { readFeed } from '#server/sync/feed.ts';
import { holdLease, releaseLease } from '#server/sync/lease.ts';
import { movesWithTime } from '#shared/segment/rule-basis.ts';
import { liveRule, segmentSchema } from '#shared/segment/segment.schema.ts';
import { basisOf, type KeptSegment, noteState, refreshSegment } from './segment-members.ts';
import { ruleContext } from './segments.ts';

const LEASE = 'segment-members';
/** After something changed anywhere. */
const CHANGED_MS = 120_000;
/** Where only the clock can change who matches. */
const MOVED_MS = 600_000;
/** A rule that could not be worked out is tried again. */
const FAILED_MS = 600_000;
/** One segment is worked out for a fiftieth of the time at most, all of them for a tenth. */
const EACH_SHARE = 50;
const ALL_SHARE = 10;
/** Of one round. */
const BUDGET_MS = 1_000;

type Row = {
  id: string;
  body: unknown;
  basis: string | null;
  version: number;
  checked_at: Date | null;
  took_ms: number;
  problem: string | null;
};
type Due = { segment: KeptSegment; checkedAt: number };

/** Segments to look at now, the one first that waits longest. What this build cannot read stays as it is. */
export async function dueSegments({ db, now }: Pick<Deps, 'db' | 'now'>): Promise<KeptSegment[]> {
  const at = now();
  const { version } = await readFeed(db);
  const rows = await db.query<Row>(
    `select d.id, d.body, s.basis, coalesce(s.version, 0) as version, s.checked_at, coalesce(s.took_ms, 0) as took_ms, s.problem
       from document d left join segment_state s on s.segment_id = d.id
      where d.kind = 'segment' and not d.deleted order by d.id`,
  );
  if (rows.length === 0) return [];
  const context = await ruleContext(db, at);
  const due = rows.flatMap((row): Due[] => {
    const parsed = segmentSchema.safeParse(row.body);
    if (!parsed.success) return [];
    const rule = liveRule(parsed.data);
    const checkedAt = row.checked_at?.getTime() ?? 0;
    const rested = (ms: number) => at - checkedAt >= Math.max(ms, row.took_ms * EACH_SHARE);
    const isDue =
      row.problem !== null
        ? rested(FAILED_MS)
        : row.basis !== basisOf(rule, context) ||
          (row.version !== version && rested(CHANGED_MS)) ||
          (movesWithTime(rule, context) && rested(MOVED_MS));
    return isDue ? [{ segment: { id: row.id, name: parsed.data.name, rule, basis: row.basis }, checkedAt }] : [];
  });
  return due.toSorted((a, b) => a.checkedAt - b.checkedAt).map(({ segment }) => segment);
}

/** Segments that are deleted have no members; nobody is told that they left. */
export async function forgetDeleted(db: Deps['db']): Promise<void> {
  await db.query(
    `with gone as (
       delete from segment_state s where not exists (select 1 from document d where d.id = s.segment_id and not d.deleted)
       returning segment_id)
     delete from segment_member m using gone where m.segment_id = gone.segment_id`,
  );
}

export function createMemberKeeper(deps: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>): Service {
  const { db, now, wake, log } = deps;
  const holder = randomUUID();
  let stopping = false;
  let restUntil = 0;
  let rested: NodeJS.Timeout | undefined;
  const goOn = async (): Promise<boolean> => !stopping && (await holdLease(db, LEASE, holder));

  async function refresh(segment: KeptSegment): Promise<void> {
    const begun = performance.now();
    try {
      await refreshSegment(deps, segment, goOn);
    } catch (error) {
      if (stopping) return;
      log.warn({ err: error, segment: segment.id }, 'The members of a segment could not be worked out');
      const { version } = await readFeed(db);
      const tookMs = Math.round(performance.now() - begun);
      await noteState(db, segment.id, {
        basis: segment.basis ?? '',
        version,
        at: now(),
        tookMs,
        problem: String(error),
      });
    }
  }

  async function work(): Promise<boolean> {
    if (performance.now() < restUntil) return false;
    await forgetDeleted(db);
    const due = await dueSegments(deps);
    if (due.length === 0 || !(await goOn())) return false;
    const begun = performance.now();
    for (const segment of due) {
      if (performance.now() - begun > BUDGET_MS || !(await goOn())) break;
      await refresh(segment);
    }
    const restMs = (performance.now() - begun) * (ALL_SHARE - 1);
    restUntil = performance.now() + restMs;
    // What did not fit into this round comes next.
    rested = setTimeout(() => loop.poke(), restMs + 1);
    return false;
  }

  const loop = createLoop({ name: LEASE, log, idleMs: 15_000, gapMs: 3_000, work });
  let off: () => void = () => undefined;
  return {
    name: LEASE,
    async start() {
      off = wake.on('feed', loop.poke);
      loop.start();
    },
    async stop() {
      stopping = true;
      clearTimeout(rested);
      off();
      await loop.stop();
      await releaseLease(db, LEASE, holder);
    },
  };
}
