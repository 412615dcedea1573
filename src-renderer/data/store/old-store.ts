/** Stores of the first version: everything lay there unsealed. What the server never accepted is taken over, the rest deleted. */
import { z } from 'zod';
import { REFUSAL } from './refusals.ts';
import type { StoredRow } from './rotation.ts';
import { localDocumentSchema } from './schemas.ts';
import type { UserStore } from './user-store.ts';

const PREFIX = 'muster-';
/** Refused texts, and the server's copies that one's own edits replaced: both are the person's to decide. */
const KEPT_TEXT = 'review:';
const textRow = z.looseObject({ key: z.string(), value: z.record(z.string(), z.unknown()) });

/** The first version's name of an account's database. */
export const oldDatabaseOf = (userId: string): string => `${PREFIX}${userId.toLowerCase()}`;

/** Safe to repeat: the old store is deleted only when everything of it is in the new one. */
export async function takeOverOldStore(userId: string, { db, backend }: UserStore): Promise<void> {
  const old = oldDatabaseOf(userId);
  if (!(await backend.exists(old))) return;
  const found = { documents: [] as StoredRow[], meta: [] as StoredRow[] };
  await backend.rewrite(old, {
    async row(collection, _id, row) {
      if (collection === 'documents' || collection === 'meta') found[collection].push(row);
      return 'stays';
    },
    bytes: async () => 'stays',
  });
  for (const row of found.documents) {
    const parsed = localDocumentSchema.safeParse(row);
    if (!parsed.success || parsed.data.edited === 0) continue;
    // One that is here already was taken over before a crash, and may have been edited since.
    const known = await db.documents.findOne(parsed.data.id).exec();
    if (!known) await db.documents.insert(parsed.data);
  }
  for (const row of found.meta) {
    const parsed = textRow.safeParse(row);
    if (!parsed.success || !parsed.data.key.startsWith(KEPT_TEXT)) continue;
    const { value } = parsed.data;
    const key = REFUSAL + parsed.data.key.slice(KEPT_TEXT.length);
    const known = await db.meta.findOne(key).exec();
    if (!known) await db.meta.insert({ key, value });
  }
  await backend.sweep(old);
}
