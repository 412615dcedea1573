import type { Database } from '#server/storage/database.ts';
import { readEventParameters } from '#server/sync/event-columns.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { RuleContext } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { compileRule } from './compile.ts';

type Queryable = Pick<Database, 'query'>;

/** What a rule is resolved with: the given clock, the workspace's zone and currency, and the parameters that are columns. */
export async function ruleContext(db: Queryable, now: number): Promise<RuleContext> {
  const [workspace] = await db.query<{ time_zone: string; currency: string }>(
    'select time_zone, currency from workspace where id = 1',
  );
  if (!workspace) throw new UserError('not_ready', 'The workspace is not set up yet');
  const parameters = await readEventParameters(db);
  return { now, zone: workspace.time_zone, currency: workspace.currency, parameters };
}

/** How many contacts the rule finds. */
export async function countSegment(db: Queryable, rule: Rule, now: number): Promise<number> {
  const { text, values } = compileRule(rule, await ruleContext(db, now));
  const [row] = await db.query<{ count: number }>(`select count(*) as count from (${text}) members`, values);
  return row?.count ?? 0;
}

/** The first members by contact id, `limit` at most. */
export async function sampleSegment(db: Queryable, rule: Rule, now: number, limit: number): Promise<number[]> {
  const { text, values } = compileRule(rule, await ruleContext(db, now));
  const rows = await db.query<{ contact_id: number }>(
    `${text} order by contact_id limit $${values.length + 1}::bigint`,
    [...values, limit],
  );
  return rows.map(({ contact_id }) => contact_id);
}
