/** What documents of kind `event-type` say of events that come in: which parameters they have to have, and whom they tell of. */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { queryOf } from '#server/sync/document-store.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { findMismatch, type ParameterMismatch } from '#shared/event/declared-parameters.ts';
import { type EventType, eventTypeId, eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { mappedContactValues, mappedFieldValues } from '#shared/event/parameter-mapping.ts';
import type { IntakePayload } from './intake-row.ts';

export type EventTypeRules = Pick<EventType, 'declared' | 'mapping'>;
type Queryable = Pick<Database, 'query'>;
type EventBody = Extract<IntakePayload, { kind: 'event' }>['body'];

/** Source of events that were told afterwards: they are history and start nothing. */
export const HISTORY = 'History';

/** By key; types without rules are left out. Keys that begin alike for long share an id: the body says whose it is. */
export async function readEventTypeRules(db: Queryable, keys: Iterable<string>): Promise<Map<string, EventTypeRules>> {
  const ids = [...new Set(keys)].map(eventTypeId);
  const rows = await db.query<{ body: unknown }>(
    `select body from document where id = any($1::text[]) and kind = 'event-type' and not deleted`,
    [ids],
  );
  const found = new Map<string, EventTypeRules>();
  for (const { body } of rows) {
    const type = eventTypeSchema.safeParse(body).data;
    if (type?.declared?.length || type?.mapping?.length) found.set(type.key, type);
  }
  return found;
}

/** Counts what was wrong. One statement, in one order, so that two of them never wait for each other. */
export async function countMismatches(
  db: Queryable,
  mismatches: readonly (ParameterMismatch & { type: string })[],
  { refused, now }: { refused: boolean; now: number },
): Promise<void> {
  if (mismatches.length === 0) return;
  await db.query(
    `insert into event_mismatch (type, parameter, given, refused, count, first_at, last_at)
     select type, parameter, given, $4, count(*), $5, $5
       from unnest($1::text[], $2::text[], $3::text[]) as m (type, parameter, given)
      group by type, parameter, given order by type, parameter, given
     on conflict (type, parameter, given, refused)
       do update set count = event_mismatch.count + excluded.count, last_at = excluded.last_at`,
    [
      mismatches.map(({ type }) => type),
      mismatches.map(({ parameter }) => parameter.name),
      mismatches.map(({ given }) => given),
      refused,
      new Date(now),
    ],
  );
}

/**
 * Rows of the log as their types want them: what parameters tell of the contact stands beside what the row says itself, and
 * before it, because somebody chose so. Events that are not as declared are kept, and counted.
 */
export async function applyEventTypes(
  tx: Tx,
  rows: readonly IntakePayload[],
  { now, region }: { now: number; region: string | null },
): Promise<IntakePayload[]> {
  const types = rows.flatMap(({ kind, body }) => (kind === 'event' ? [body.type] : []));
  const rules = types.length === 0 ? new Map<string, EventTypeRules>() : await readEventTypeRules(queryOf(tx), types);
  if (rules.size === 0) return [...rows];
  const fieldsOf = await fieldReader(tx, rules);
  const mismatches: (ParameterMismatch & { type: string })[] = [];
  const applied = rows.map((row): IntakePayload => {
    const rule = row.kind === 'event' ? rules.get(row.body.type) : undefined;
    if (row.kind !== 'event' || !rule) return row;
    const mismatch = findMismatch(rule.declared ?? [], row.body.params);
    if (mismatch) mismatches.push({ ...mismatch, type: row.body.type });
    return { kind: 'event', body: withMapped(row.body, rule.mapping ?? [], { fieldsOf, region }) };
  });
  await countMismatches(queryOf(tx), mismatches, { refused: false, now });
  return applied;
}

type FieldReader = (mapping: NonNullable<EventType['mapping']>, body: EventBody) => Record<string, unknown>;

/** Additional fields are read only where a parameter fills one. */
async function fieldReader(tx: Tx, rules: ReadonlyMap<string, EventTypeRules>): Promise<FieldReader> {
  const wanted = [...rules.values()].some(({ mapping }) => mapping?.some(({ field }) => isFieldId(field)));
  if (!wanted) return () => ({});
  const specs = await readFieldSpecs(queryOf(tx));
  const { rows } = await tx.query<{ zone: string }>('select time_zone as zone from workspace where id = 1');
  const zone = rows[0]?.zone ?? 'UTC';
  return (mapping, { params }) => mappedFieldValues(mapping, params, { specs, zone });
}

function withMapped(
  body: EventBody,
  mapping: NonNullable<EventType['mapping']>,
  { fieldsOf, region }: { fieldsOf: FieldReader; region: string | null },
): EventBody {
  if (mapping.length === 0) return body;
  const isHistory = body.source === HISTORY;
  const values = mappedContactValues(mapping, body.params, { onlyIdentifying: isHistory, region });
  const fields = isHistory ? {} : fieldsOf(mapping, body);
  return { ...body, values: { ...body.values, ...values }, fields: { ...body.fields, ...fields } };
}
