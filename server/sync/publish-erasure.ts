/**
 * What sync does in the transaction that erases a contact: whatever holds it is answered no more from the commit on, and
 * every device hears of it by the document `erasure:<id>`. Builders and erasures exclude each other by one lock.
 */
import type { Tx } from '#server/storage/database.ts';
import { specOf } from '#shared/columns/rows.ts';
import { type Entity, type TableName, tableNames } from '#shared/columns/tables.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { writeDocument } from './document-store.ts';
import { bump } from './feed.ts';
import { lockGenerations, WITHDRAWN_LAYOUT } from './generations.ts';

export type Erased = {
  contactId: number;
  /** Epoch ms. */
  at: number;
  /** Keys whose rows are gone or lost values. */
  keys: Readonly<Record<Entity, readonly number[]>>;
};

/** Tables whose chunks may hold values of what was erased. Order lines and deliveries name no person in their columns. */
const revealing: readonly TableName[] = tableNames.filter((table) => table !== 'orderLine' && table !== 'delivery');

/** [ERASE-1] Call it last in the transaction: it takes the counter. */
export async function publishErasure(tx: Tx, erased: Erased): Promise<void> {
  await lockGenerations(tx);
  await numberChanges(tx, erased.keys);
  await buryDocuments(tx, erased.contactId);
  const { contactId, at } = erased;
  const { rev } = await writeDocument(tx, 'erasure', erasureId(contactId), { contactId, at });
  await tx.query('update feed_counter set erased_to = $1 where id = 1', [rev]);
  await withdrawChunks(tx, erased.keys, rev);
}

async function numberChanges(tx: Tx, keys: Erased['keys']): Promise<void> {
  const changes = Object.entries(keys).flatMap(([entity, found]) => found.map((key) => ({ entity, key })));
  const first = await bump(tx, changes.length);
  await tx.query(
    `insert into column_change (version, tbl, key)
     select $1::bigint + at - 1, tbl, key from unnest($2::text[], $3::bigint[]) with ordinality as c (tbl, key, at)`,
    [first, changes.map(({ entity }) => entity), changes.map(({ key }) => key)],
  );
}

/** Edits and reviews of the contact become tombstones; what they said is gone. */
async function buryDocuments(tx: Tx, contactId: number): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from document
      where not deleted
        and ((kind = 'contact-edit' and body ->> 'contactId' = $1::bigint::text)
          or (kind = 'review' and body #>> '{about,contactId}' = $1::bigint::text))
      order by rev`,
    [contactId],
  );
  if (rows.length === 0) return;
  const first = await bump(tx, rows.length);
  await tx.query(
    `update document d set deleted = true, body = '{}', rev = $1::bigint + n.at - 1, updated_by = null, updated_at = now()
       from unnest($2::text[]) with ordinality as n (id, at) where d.id = n.id`,
    [first, rows.map(({ id }) => id)],
  );
}

/**
 * [ERASE-3] Takes back every generation, and the bytes of the chunks that may hold the contact. Those are built anew
 * before anything else, by rows read after `version`; all others keep their bytes and their hash.
 */
async function withdrawChunks(tx: Tx, keys: Erased['keys'], version: number): Promise<void> {
  for (const table of revealing) {
    const { entity, span } = specOf(table);
    const indexes = [...new Set(keys[entity].map((key) => Math.floor(key / span)))];
    if (indexes.length === 0) continue;
    await tx.query(
      `insert into chunk (tbl, idx, hash, rows, bytes, layout, built_version, built_at)
       select $1, idx, '', 0, 0, $3, $4, now() from unnest($2::int[]) as idx
       on conflict (tbl, idx) do update set
         hash = '', rows = 0, bytes = 0, layout = excluded.layout, built_version = excluded.built_version,
         from_at = null, to_at = null`,
      [table, indexes, WITHDRAWN_LAYOUT, version],
    );
  }
  await tx.query('delete from chunk_blob b where not exists (select from chunk c where c.hash = b.hash)');
  await tx.query(`update generation set withdrawn = true, manifest = '[]' where not withdrawn`);
}
