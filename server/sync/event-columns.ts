/**
 * Which parameters of events are columns (documents of kind `event-type`), and what that means for chunks: each remembers
 * in its layout what it was built with, so that a changed switch builds only the chunks that hold events of that type.
 */
import type { Database } from '#server/storage/database.ts';
import { layoutOf } from '#shared/columns/chunk.ts';
import { tables } from '#shared/columns/tables.ts';
import { type EventParameters, eventParameters, parameterColumn } from '#shared/event/event-parameters.ts';
import { eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { WITHDRAWN_LAYOUT } from './generations.ts';

type Queryable = Pick<Database, 'query'>;

/** What the switches say now. A document of a newer form is as if it were off. */
export async function readEventParameters(db: Queryable): Promise<EventParameters> {
  const rows = await db.query<{ body: unknown }>(
    `select body from document where kind = 'event-type' and not deleted order by id`,
  );
  return eventParameters(rows.map(({ body }) => eventTypeSchema.safeParse(body)).flatMap(({ data }) => data ?? []));
}

/** By type of event and column, the key of the parameter; in one order. */
export type ParameterKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function parameterKeys(parameters: EventParameters): ParameterKeys {
  const byKey = <T>([a]: [string, T], [b]: [string, T]): number => (a < b ? -1 : 1);
  const types = [...parameters].map(([type, ofType]): [string, Record<string, string>] => [
    type,
    Object.fromEntries(
      [...ofType.values()]
        .map((parameter): [string, string] => [parameterColumn(parameter), parameter.key])
        .sort(byKey),
    ),
  ]);
  return Object.fromEntries(types.sort(byKey));
}

const PLAIN = layoutOf('event');

/** The layout of chunks of events that are built now. */
export function eventLayout(parameters: EventParameters): string {
  return parameters.size === 0 ? PLAIN : `${PLAIN} ${JSON.stringify(parameterKeys(parameters))}`;
}

/** Types whose parameters two layouts place differently; null when the layouts differ in more than that. */
function changedTypes(before: string, after: string): string[] | null {
  const [a, b] = [before, after].map((layout) => {
    if (!layout.startsWith(PLAIN)) return null;
    const keys: ParameterKeys = layout === PLAIN ? {} : JSON.parse(layout.slice(PLAIN.length));
    return keys;
  });
  if (!a || !b) return null;
  return Object.keys({ ...a, ...b }).filter((type) => JSON.stringify(a[type]) !== JSON.stringify(b[type]));
}

/** Gives the present layout to chunks whose events the change does not concern; what is left has to be built anew. */
export async function keepUnconcerned(db: Queryable, parameters: EventParameters): Promise<void> {
  const wanted = eventLayout(parameters);
  const others = await db.query<{ layout: string }>(
    `select distinct layout from chunk where tbl = 'event' and layout <> $1 and layout <> $2`,
    [wanted, WITHDRAWN_LAYOUT],
  );
  for (const { layout } of others) {
    const types = changedTypes(layout, wanted);
    if (!types) continue;
    await db.query(
      `update chunk set layout = $1 where tbl = 'event' and layout = $2 and not idx = any(
         select distinct e.row_id / $4 from event e join event_type t on t.id = e.type_id where t.key = any($3::text[]))`,
      [wanted, layout, types, tables.event.span],
    );
  }
}
