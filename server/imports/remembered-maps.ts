/** Which column became which field the last time a file had these columns. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database, Tx } from '#server/storage/database.ts';
import { importKinds, importMap } from '#shared/api/import.schema.ts';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { headerSignature } from '#shared/import/column-name.ts';

const stored = z.object({ kind: z.enum(importKinds), map: importMap });
export type RememberedMap = z.infer<typeof stored>;

const signatureOf = (columns: readonly string[]): string =>
  createHash('sha256').update(headerSignature(columns)).digest('hex');

/** Without what is gone since: fields, categories, and columns that are spelled differently. */
export async function rememberedMap(
  db: Pick<Database, 'query'>,
  columns: readonly string[],
  known: { fields: FieldSpecs; categories: readonly { id: string }[] },
): Promise<RememberedMap | null> {
  const [row] = await db.query('select kind, map from import_mapping where signature = $1', [signatureOf(columns)]);
  if (!row) return null;
  const { kind, map } = stored.parse(row);
  const isThere = (target: string): boolean => {
    if (isFieldId(target)) return known.fields.has(target);
    return !isCategoryId(target) || known.categories.some(({ id }) => id === target);
  };
  const entries = Object.entries(map).filter(([target, column]) => columns.includes(column) && isThere(target));
  return entries.length === 0 ? null : { kind, map: Object.fromEntries(entries) };
}

export async function rememberMap(tx: Tx, columns: readonly string[], { kind, map }: RememberedMap): Promise<void> {
  await tx.query(
    `insert into import_mapping (signature, kind, map) values ($1, $2, $3)
     on conflict (signature) do update set kind = excluded.kind, map = excluded.map, used_at = now()`,
    [signatureOf(columns), kind, JSON.stringify(map)],
  );
}
