/** Values of computed fields of some contacts, worked out as they are read: what is not stored cannot be out of date. */
import { computedSql } from '#server/segments/computed-sql.ts';
import { ruleContext } from '#server/segments/segments.ts';
import { SqlValues } from '#server/segments/sql-values.ts';
import type { Database } from '#server/storage/database.ts';
import { isZeroBased } from '#shared/contact/computed.schema.ts';
import type { FieldId, FieldSpecs } from '#shared/contact/field.schema.ts';
import { resolveComputed } from '#shared/segment/resolve-computed.ts';

type Cells = Record<FieldId, string | number>;
type Row = { contact_id: number; value: string | number | null };

/** By contact, as columns hold them. `ids` are cards of their own, not merged ones. */
export async function computedValues(
  db: Pick<Database, 'query'>,
  specs: FieldSpecs,
  { ids, now }: { ids: readonly number[]; now: number },
): Promise<Map<number, Cells>> {
  const found = new Map<number, Cells>(ids.map((id) => [id, {}]));
  const computed = [...specs.values()].flatMap(({ id, computed }) => (computed ? [{ id, computed }] : []));
  if (computed.length === 0 || ids.length === 0) return found;
  const context = await ruleContext(db, now);
  const merged = context.merged
    ? await db.query<{ id: number }>('select id from contact_alias where survivor = any($1::bigint[])', [ids])
    : [];
  const all = [...ids, ...merged.map(({ id }) => id)];
  for (const field of computed) {
    const values = new SqlValues();
    const only = values.add(all, 'bigint[]');
    const text = computedSql(resolveComputed(field.computed, context), values, { merged: merged.length > 0, only });
    if (isZeroBased(field.computed)) for (const cells of found.values()) cells[field.id] = 0;
    const rows = text === null ? [] : await db.query<Row>(text, values.all);
    for (const { contact_id, value } of rows) {
      const cells = found.get(contact_id);
      if (cells && value !== null) cells[field.id] = value;
    }
  }
  return found;
}
