/** Event types that declare their parameters: an event of the API that lacks a required one is refused. */
import type { Database } from '#server/storage/database.ts';
import { type EventType, eventTypeId, eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Declared = NonNullable<EventType['declared']>;

/** How long a change of an event type may go unnoticed. */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_000;

/** The structure an event has to have, as the original answers it. */
export class ParametersMissing extends UserError {
  readonly expected: { params: Record<string, { required: boolean }> };

  constructor(missing: string, declared: Declared) {
    super('invalid_input', `The parameter “${missing}” is required.`, `params.${missing}`);
    this.expected = { params: Object.fromEntries(declared.map(({ name, required }) => [name, { required }])) };
  }
}

export function createEventRules(db: Pick<Database, 'query'>) {
  const known = new Map<string, { until: number; found: Promise<Declared | null> }>();

  async function read(key: string): Promise<Declared | null> {
    const [row] = await db.query<{ body: unknown }>(
      `select body from document where id = $1 and kind = 'event-type' and not deleted`,
      [eventTypeId(key)],
    );
    return eventTypeSchema.safeParse(row?.body).data?.declared ?? null;
  }

  function declaredOf(key: string): Promise<Declared | null> {
    const cached = known.get(key);
    if (cached && cached.until > performance.now()) return cached.found;
    if (known.size >= CACHE_MAX) known.clear();
    const found = read(key);
    known.set(key, { until: performance.now() + CACHE_MS, found });
    found.catch(() => known.delete(key));
    return found;
  }

  return {
    /** Throws when the parameters are not what the type declares. Names are compared without case, as everywhere. */
    async check(type: string, params: Readonly<Record<string, unknown>>): Promise<void> {
      const declared = await declaredOf(type);
      if (!declared) return;
      const given = new Set<string>();
      for (const [name, value] of Object.entries(params)) {
        if (value !== null && value !== undefined && value !== '') given.add(name.toLowerCase());
      }
      for (const { name, required } of declared) {
        if (required && !given.has(name.toLowerCase())) throw new ParametersMissing(name, declared);
      }
    },
  };
}
