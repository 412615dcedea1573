import type { Database } from '#server/storage/database.ts';
import { readColumnShape } from '#server/sync/column-shape.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { compileRule, type SqlContext } from './compile.ts';

type Queryable = Pick<Database, 'query'>;

/** What a rule is resolved with: the given clock, the workspace's zone and currency, and the parameters that are columns. */
export async function ruleContext(db: Queryable, now: number): Promise<SqlContext> {
  const [workspace] = await db.query<{ time_zone: string; currency: string; merged: boolean }>(
    'select time_zone, currency, exists (select 1 from contact_alias) as merged from workspace where id = 1',
  );
  if (!workspace) throw new UserError('not_ready', 'The workspace is not set up yet');
  const { time_zone: zone, currency, merged } = workspace;
  return { now, zone, currency, merged, ...(await readColumnShape(db)) };
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
