/** Bulk requests that were acknowledged, until somebody has asked what became of them. */
import { v4 as uuid } from 'uuid';
import type { Database } from '#server/storage/database.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Queryable = Pick<Database, 'query'>;

const KEPT = '7 days';

export const newSessionId = (): string => uuid();

/** Before its rows are appended: a session without rows was never acknowledged. Old ones go. */
export async function beginSession(
  db: Queryable,
  session: { id: string; total: number; refused: number },
): Promise<void> {
  await db.query(
    `with old as (
       delete from api_session where id in (
         select id from api_session where created_at < now() - interval '${KEPT}' order by created_at limit 20) returning id),
     items as (delete from api_session_item where session_id in (select id from old))
     insert into api_session (id, total, refused) values ($1, $2, $3)`,
    [session.id, session.total, session.refused],
  );
}

export type SessionStatus = {
  id: string;
  asyncSessionId: string;
  status: 'STARTED' | 'FINISHED';
  total: number;
  processed: number;
  failed: number;
  mapping: { contactId: number; externalCustomerId?: string }[];
};

/** What became of a bulk request. `mapping`: which contacts its items are. */
export async function readSession(db: Queryable, id: string): Promise<SessionStatus> {
  const [session] = await db.query<{ total: number; refused: number }>(
    'select total, refused from api_session where id = $1',
    [id],
  );
  if (!session) return readImport(db, id);
  const items = await db.query<{ contactId: number; externalCustomerId: string | null }>(
    `select distinct on (i.item) i.contact_id as "contactId", c.external_customer_id as "externalCustomerId"
       from api_session_item i left join contact c on c.id = i.contact_id where i.session_id = $1 order by i.item`,
    [id],
  );
  const [parked] = await db.query<{ count: number }>(
    `select count(*)::int as count from intake_parked where payload -> 'session' ->> 'id' = $1`,
    [id],
  );
  const undone = items.filter(({ contactId }) => contactId === 0).length;
  const failed = session.refused + (parked?.count ?? 0) + undone;
  const processed = items.length + session.refused + (parked?.count ?? 0);
  return {
    id,
    asyncSessionId: id,
    status: processed >= session.total ? 'FINISHED' : 'STARTED',
    total: session.total,
    processed,
    failed,
    mapping: items
      .filter(({ contactId }) => contactId > 0)
      .map(({ contactId, externalCustomerId }) => ({
        contactId,
        ...(externalCustomerId === null ? {} : { externalCustomerId }),
      })),
  };
}

/** The same of a file that was imported by its address. */
async function readImport(db: Queryable, id: string): Promise<SessionStatus> {
  const [row] = await db.query<{
    state: string;
    lines_read: number;
    summary: { lines: number; rejected: number } | null;
  }>('select state, lines_read, summary from import where id = $1', [id]);
  if (!row) throw new UserError('not_found', 'There is no such import session.', 'sessionId');
  return {
    id,
    asyncSessionId: id,
    status: row.state === 'done' || row.state === 'failed' ? 'FINISHED' : 'STARTED',
    total: row.summary?.lines ?? row.lines_read,
    processed: row.summary?.lines ?? row.lines_read,
    failed: row.state === 'failed' ? (row.summary?.lines ?? row.lines_read) : (row.summary?.rejected ?? 0),
    mapping: [],
  };
}
