/** Whom a bulk change means: found once, by the server, with the rule language. */

import { compileRule } from '#server/segments/compile.ts';
import { ruleContext } from '#server/segments/segments.ts';
import type { Database } from '#server/storage/database.ts';
import { asksPersonal } from '#server/sync/document-access.ts';
import { can, type Role } from '#shared/account/roles.ts';
import type { BulkTarget } from '#shared/contact/bulk.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { searchedFields, searchWords } from '#shared/contact/search-words.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Queryable = Pick<Database, 'query'>;
type Filter = Extract<BulkTarget, { kind: 'filter' }>;

/** Whoever does not see personal values finds nobody by them: the count would read them out. */
export function checkTarget(target: BulkTarget, role: Role, fields: FieldSpecs): void {
  if (target.kind === 'chosen' || can(role, 'readPersonal')) return;
  if (searchWords(target.search).length > 0 || (target.rule && asksPersonal(target.rule, fields))) {
    throw new UserError('forbidden', 'Your role does not see personal data, so it cannot ask for it.', 'target');
  }
}

/** Ids of the contacts that are there, in order; a merged card is the one it is part of now. */
export async function resolveTarget(db: Queryable, target: BulkTarget, now: number): Promise<number[]> {
  return target.kind === 'chosen' ? chosen(db, target.ids) : filtered(db, target, now);
}

async function chosen(db: Queryable, ids: readonly number[]): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `select distinct c.id from unnest($1::bigint[]) as q (id)
       left join contact_alias a on a.id = q.id
       join contact c on c.id = coalesce(a.survivor, q.id) and c.deleted_at is null
      order by c.id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

async function filtered(db: Queryable, { rule, search, except }: Filter, now: number): Promise<number[]> {
  const { text, values } = rule
    ? compileRule(rule, await ruleContext(db, now))
    : { text: 'select c.id as contact_id from contact c where c.deleted_at is null', values: [] };
  const all: unknown[] = [...values];
  const placeOf = (value: unknown): number => all.push(value);
  const conditions = searchWords(search).map((word) => {
    const at = placeOf(word);
    const found = searchedFields.map((field) => `strpos(c.${contactFields[field].column}_fold, $${at}::text) > 0`);
    return `coalesce(${found.join(' or ')}, false)`;
  });
  const without = placeOf(except);
  const rows = await db.query<{ id: number }>(
    `select c.id from (${text}) members join contact c on c.id = members.contact_id
      where ${[...conditions, `c.id <> all($${without}::bigint[])`].join(' and ')} order by c.id`,
    all,
  );
  return rows.map(({ id }) => id);
}
