/** Contacts, lists and categories for tests of consent. */
import type { Database } from '#server/storage/database.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { categoryId } from '#shared/consent/category.schema.ts';
import { fold } from '#shared/kernel/fold.ts';

/** Stores contacts that may get mail, each with an address; answers their ids. */
export async function addContacts(db: Database, emails: readonly string[], at: number): Promise<number[]> {
  const ids: number[] = [];
  for (const email of emails) {
    const rows = await db.query<{ id: number }>(
      `insert into contact (id, email, email_fold, email_status, created_at, updated_at)
       select nextval('contact_id_seq'), $1, $2,
         coalesce((select reason from suppression where channel = 'email' and address = $2), 'subscribed'), $3, $3
       returning id`,
      [email, fold(email), new Date(at)],
    );
    const id = rows[0]?.id ?? 0;
    await db.query(`insert into identifier (kind, value, contact_id) values ('email', $1, $2)`, [fold(email), id]);
    ids.push(id);
  }
  return ids;
}

export async function addCategory(db: Database, key: string, name: string = key): Promise<string> {
  await db.tx((tx) => writeDocument(tx, 'category', categoryId(key), { key, name, createdAt: 1 }));
  return categoryId(key);
}

export async function addList(db: Database, id: string, name: string): Promise<string> {
  await db.tx((tx) => writeDocument(tx, 'list', id, { name, createdAt: 1 }));
  return id;
}
