import type { Database } from '#server/storage/database.ts';
import { type FieldSpecs, fieldSpecs } from '#shared/contact/field.schema.ts';

/** The workspace's additional fields as they are now, in their order. */
export async function readFieldSpecs(db: Pick<Database, 'query'>): Promise<FieldSpecs> {
  return fieldSpecs(
    await db.query<{ id: string; body: unknown }>(
      `select id, body from document where kind = 'contact-field' and not deleted`,
    ),
  );
}
