/** What the newest events of a type say: which parameters, of which kinds, with examples for those who may see them. */
import type { Database } from '#server/storage/database.ts';
import { kindOfValue } from '#shared/event/declared-parameters.ts';
import type { CountedMismatch, EventTypeFacts, SeenParameter } from '#shared/event/live-event.schema.ts';

const LOOKED_AT = 500;
/** Of one event's parameters as JSON; a longer one is left out. */
const LONGEST = 20_000;
const MOST_PARAMETERS = 200;
const MOST_EXAMPLES = 3;
const LONGEST_EXAMPLE = 80;

type Queryable = Pick<Database, 'query'>;

export async function readEventTypeFacts(
  db: Queryable,
  key: string,
  { examples }: { examples: boolean },
): Promise<EventTypeFacts> {
  const rows = await db.query<{ params: Record<string, unknown> }>(
    `select params from (
       select params from event where type_id = (select id from event_type where key = $1)
        order by at desc limit $2) as newest where length(params::text) <= $3`,
    [key, LOOKED_AT, LONGEST],
  );
  const mismatches = await db.query<CountedMismatch>(
    `select parameter, given, refused, count, (extract(epoch from last_at) * 1000)::bigint as "lastAt"
       from event_mismatch where type = $1 order by last_at desc limit 100`,
    [key],
  );
  return { looked: rows.length, parameters: parametersOf(rows, examples), mismatches };
}

/** The most frequent first. Parameters of one name in another case are one: they are compared so everywhere. */
function parametersOf(rows: readonly { params: Record<string, unknown> }[], examples: boolean): SeenParameter[] {
  const found = new Map<string, SeenParameter>();
  for (const { params } of rows) {
    for (const [name, value] of Object.entries(params)) {
      const known = found.get(name.toLowerCase());
      if (!known && found.size >= MOST_PARAMETERS) continue;
      const seen = known ?? { name, events: 0, kinds: {}, examples: examples ? [] : null };
      found.set(name.toLowerCase(), seen);
      note(seen, value);
    }
  }
  return [...found.values()].sort((a, b) => b.events - a.events || (a.name < b.name ? -1 : 1));
}

function note(seen: SeenParameter, value: unknown): void {
  const kind = kindOfValue(value);
  seen.kinds[kind] = (seen.kinds[kind] ?? 0) + 1;
  if (kind === 'empty') return;
  seen.events++;
  if (!seen.examples || seen.examples.length >= MOST_EXAMPLES) return;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const example = text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text;
  if (!seen.examples.includes(example)) seen.examples.push(example);
}
