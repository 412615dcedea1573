/** How an event is stored, whoever raises it. */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';

/** An event as it is stored. `owner` 0: of nobody known. */
export type NewEvent = {
  owner: number;
  type: string;
  at: number;
  keyValue: string | null;
  params: unknown;
  source: string;
};

/** Ids of event types by their key as it is stored; unknown ones are made. */
export async function eventTypeIds(tx: Tx, keys: readonly string[]): Promise<Map<string, number>> {
  const wanted = [...new Set(keys.map(storableText))].sort();
  await tx.query(
    'insert into event_type (key) select unnest($1::text[]) except select key from event_type on conflict do nothing',
    [wanted],
  );
  const { rows } = await tx.query<{ id: number; key: string }>(
    'select id, key from event_type where key = any($1::text[])',
    [wanted],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/** Appends events of contacts (0: of nobody known) and marks them dirty. */
export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const types = await eventTypeIds(
    tx,
    events.map(({ type }) => type),
  );
  const { rows } = await tx.query<{ row_id: number }>(
    `insert into event (contact_id, row_id, at, type_id, key_value, params, source)
     select contact_id, nextval('event_row_seq'), at, type_id, key_value, params::jsonb, source
       from unnest($1::bigint[], $2::timestamptz[], $3::int[], $4::text[], $5::text[], $6::text[]) with ordinality
            as e (contact_id, at, type_id, key_value, params, source, n) order by n
     returning row_id`,
    [
      events.map(({ owner }) => owner),
      events.map(({ at }) => new Date(at).toISOString()),
      events.map(({ type }) => types.get(storableText(type))),
      events.map(({ keyValue }) => keyValue && storableText(keyValue)),
      events.map(({ params }) => storableJson(params)),
      events.map(({ source }) => source),
    ],
  );
  await markDirty(
    tx,
    'event',
    rows.map(({ row_id }) => row_id),
  );
}
