import type { Database, Tx } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import type { DocumentKind, Envelope } from '#shared/sync/envelope.schema.ts';
import { bump } from './feed.ts';

const columns = `id, kind, schema_version as "schemaVersion", rev, body, deleted,
  updated_by as by, (extract(epoch from updated_at) * 1000)::bigint as at`;

/** A document whose author and time are still to be set. */
export type Unsigned = Omit<Envelope, 'by' | 'at'>;

/** A transaction in the form in which reads take a database. */
export function queryOf(tx: Tx): Pick<Database, 'query'> {
  return {
    query: async <R extends object>(text: string, values?: unknown[]) => (await tx.query<R>(text, values)).rows,
  };
}

/** Reads stored documents by id. */
export async function readDocuments(
  db: Pick<Database, 'query'>,
  ids: readonly string[],
): Promise<Map<string, Envelope>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<Envelope>(`select ${columns} from document where id = any($1::text[])`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Documents numbered in (after, upTo], in order. */
export function readDocumentsAfter(
  db: Pick<Database, 'query'>,
  range: { after: number; upTo: number; limit: number },
): Promise<Envelope[]> {
  return db.query<Envelope>(`select ${columns} from document where rev > $1 and rev <= $2 order by rev limit $3`, [
    range.after,
    range.upTo,
    range.limit,
  ]);
}

/**
 * Stores documents with the revisions they carry; answers them as stored. Author and time are the server's (DOC-6): by
 * the database's clock, the one that all processes share. The caller holds the counter (see bump), which keeps others out.
 */
export async function storeDocuments(tx: Tx, documents: readonly Unsigned[], by: string | null): Promise<Envelope[]> {
  if (documents.length === 0) return [];
  const { rows } = await tx.query<Envelope>(
    `insert into document (id, kind, schema_version, rev, body, deleted, updated_by)
     select id, kind, schema_version, rev, body, deleted, $2
       from jsonb_to_recordset($1::jsonb)
         as d (id text, kind text, schema_version integer, rev bigint, body jsonb, deleted boolean)
     on conflict (id) do update set
       schema_version = excluded.schema_version, rev = excluded.rev, body = excluded.body, deleted = excluded.deleted,
       updated_by = excluded.updated_by, updated_at = now()
     returning ${columns}`,
    [
      JSON.stringify(
        documents.map(({ schemaVersion, ...document }) => ({ ...document, schema_version: schemaVersion })),
      ),
      by,
    ],
  );
  return rows;
}

/**
 * Publishes a document that the server owns (or replaces one, for set-up and demo data), whatever clients hold. Call it
 * last in the transaction, because it takes the counter, and call wake.notify('feed') after the commit.
 */
export async function writeDocument(
  tx: Tx,
  kind: DocumentKind,
  id: string,
  body: Record<string, unknown>,
): Promise<Envelope> {
  const { schema, version } = must(kindSpec(kind, id), 'every synced kind has an entry');
  const rev = await bump(tx, 1);
  const document = { id, kind, schemaVersion: version, rev, body: schema.parse(body), deleted: false };
  return must((await storeDocuments(tx, [document], null))[0], 'a stored document');
}

/** Deletes a document for everybody; nothing happens when there is none. Call it last, like writeDocument. */
export async function removeDocument(tx: Tx, id: string): Promise<void> {
  const rev = await bump(tx, 1);
  await tx.query(
    'update document set deleted = true, body = $3, rev = $2, updated_by = null, updated_at = now() where id = $1 and not deleted',
    [id, rev, {}],
  );
}
