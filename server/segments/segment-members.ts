/**
 * Who is in a segment, and since when (decision 0032): compares what the rule finds with what is kept, and stores the
 * difference in small steps, so that whoever writes contacts never waits for long.
 */
import { createHash } from 'node:crypto';
import { raise, readKept } from '#server/intake/system-events.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { readFeed } from '#server/sync/feed.ts';
import { must } from '#shared/kernel/assert.ts';
import { ruleBasis } from '#shared/segment/rule-basis.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { compileRule, type SqlContext } from './compile.ts';
import { ruleContext } from './segments.ts';

/** A segment as it is used, and what its members were found by. */
export type KeptSegment = { id: string; name: string; rule: Rule; basis: string | null };
export type Refreshed = { entered: number; left: number };

/** A rule that takes longer is left alone for a while. */
const LONGEST_MS = 60_000;
/** Contacts that are locked at once: well below a second's work. */
const STEP = 1_000;

export const basisOf = (rule: Rule, context: SqlContext): string =>
  createHash('sha256').update(ruleBasis(rule, context)).digest('hex');

type Difference = { entered: number[]; left: number[] };

/** What one statement finds, on one core, and not for ever. Who is deleted keeps their rows: they may come back. */
async function findDifference(
  tx: Tx,
  { id, rule }: Pick<KeptSegment, 'id' | 'rule'>,
  context: SqlContext,
): Promise<Difference> {
  await tx.query(`set local statement_timeout = ${LONGEST_MS}`);
  await tx.query('set local max_parallel_workers_per_gather = 0');
  const { text, values } = compileRule(rule, context);
  const { rows } = await tx.query<Difference>(
    `with found as materialized (${text}),
       known as materialized (select contact_id from segment_member where segment_id = $${values.length + 1})
     select coalesce((select json_agg(f.contact_id order by f.contact_id) from found f
                       where not exists (select 1 from known k where k.contact_id = f.contact_id)), '[]') as entered,
            coalesce((select json_agg(k.contact_id order by k.contact_id) from known k
                       join contact c on c.id = k.contact_id and c.deleted_at is null
                      where not exists (select 1 from found f where f.contact_id = k.contact_id)), '[]') as left`,
    [...values, id],
  );
  return must(rows[0], 'an aggregate answers a row');
}

/** Contacts that are there, locked against being erased or merged: rows of one that is going away are not made. */
const ALIVE = `select id from contact where id = any($1::bigint[]) and deleted_at is null order by id for key share`;

async function enter(tx: Tx, ids: readonly number[], segmentId: string, since: number | null): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(
    `with alive as materialized (${ALIVE})
     insert into segment_member (segment_id, contact_id, since) select $2, id, $3 from alive
     on conflict do nothing returning contact_id as id`,
    [ids, segmentId, since === null ? null : new Date(since)],
  );
  return rows.map(({ id }) => id);
}

async function leave(tx: Tx, ids: readonly number[], segmentId: string): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(
    `with alive as materialized (${ALIVE})
     delete from segment_member m using alive where m.segment_id = $2 and m.contact_id = alive.id
     returning m.contact_id as id`,
    [ids, segmentId],
  );
  return rows.map(({ id }) => id);
}

/** `say` false: a rule's first fill is no news. */
type Step = { segment: KeptSegment; at: number; say: boolean };

async function tell(tx: Tx, type: string, ids: readonly number[], { segment, at, say }: Step): Promise<void> {
  if (!say || ids.length === 0 || !(await readKept(tx, [type])).has(type)) return;
  const params = { name: segment.name, segment: segment.id };
  await raise(
    tx,
    type,
    ids.map((contactId) => ({ contactId, params })),
    at,
  );
}

function* stepsOf(ids: readonly number[]): Iterable<readonly number[]> {
  for (let from = 0; from < ids.length; from += STEP) yield ids.slice(from, from + STEP);
}

/**
 * Brings a segment's members up to date. `goOn` is asked between steps; false ends early, and what is left is found again
 * the next time. Throws when the rule cannot be worked out.
 */
export async function refreshSegment(
  { db, now, wake }: Pick<Deps, 'db' | 'now' | 'wake'>,
  segment: KeptSegment,
  goOn: () => Promise<boolean> = async () => true,
): Promise<Refreshed> {
  const begun = performance.now();
  const at = now();
  const { version } = await readFeed(db);
  const context = await ruleContext(db, at);
  const basis = basisOf(segment.rule, context);
  const step: Step = { segment, at, say: segment.basis === basis };
  // Older than the table: nobody knows since when they match.
  const since = segment.basis === '' ? null : at;
  const found = await db.tx((tx) => findDifference(tx, segment, context));
  const tookMs = Math.round(performance.now() - begun);
  const done: Refreshed = { entered: 0, left: 0 };
  for (const ids of stepsOf(found.left)) {
    if (!(await goOn())) return done;
    done.left += await db.tx(async (tx) => {
      const left = await leave(tx, ids, segment.id);
      await tell(tx, 'muster.leftSegment', left, step);
      return left.length;
    });
  }
  for (const ids of stepsOf(found.entered)) {
    if (!(await goOn())) return done;
    done.entered += await db.tx(async (tx) => {
      const entered = await enter(tx, ids, segment.id, since);
      await tell(tx, 'muster.enteredSegment', entered, step);
      return entered.length;
    });
  }
  await noteState(db, segment.id, { basis, version, at, tookMs, problem: null });
  if (step.say && done.entered + done.left > 0) wake.notify('dirty');
  return done;
}

type State = { basis: string; version: number; at: number; tookMs: number; problem: string | null };

export async function noteState(db: Deps['db'], segmentId: string, state: State): Promise<void> {
  await db.query(
    `insert into segment_state (segment_id, basis, version, checked_at, took_ms, problem) values ($1, $2, $3, $4, $5, $6)
     on conflict (segment_id) do update set basis = excluded.basis, version = excluded.version,
       checked_at = excluded.checked_at, took_ms = excluded.took_ms, problem = excluded.problem`,
    [segmentId, state.basis, state.version, new Date(state.at), state.tookMs, state.problem],
  );
}
