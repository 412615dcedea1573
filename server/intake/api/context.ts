/** What the routes of the public API share. */
import type { EventTokens } from '#server/accounts/event-tokens.ts';
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import { bucketOf } from '#server/identity/buckets.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import type { Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { numbersOf } from '#server/storage/api-numbers.ts';
import type { FieldSpec, FieldSpecs } from '#shared/contact/field.schema.ts';
import { fieldPath } from '#shared/contact/field.schema.ts';
import type { FieldFinder } from './contact-parse.ts';

export type ApiParts = { intake: Pick<Intake, 'append'>; tokens: EventTokens };

/** For what names no additional field. */
const noFields: FieldFinder = { find: () => undefined, zone: 'UTC' };

export type ApiContext = ApiParts & {
  deps: Deps;
  /** The workspace's time zone. */
  zone: () => Promise<string>;
  /** The additional fields, findable as clients name them. */
  fieldFinder: () => Promise<FieldFinder & { numbers: ReadonlyMap<string, number>; specs: FieldSpecs }>;
  /** The same for one contact: nothing is read when it has no additional fields. */
  finderFor: (contact: unknown) => Promise<FieldFinder>;
  /** What waits in the log about these values of identifiers comes first; only then may a request be answered with a result. */
  settlePending: (identifiers: readonly string[]) => Promise<void>;
};

/** How long a request waits for what was sent about its contact before. */
const PENDING_MS = 3_000;
const ZONE_MS = 10_000;

export function createApiContext(deps: Deps, parts: ApiParts): ApiContext {
  let known = { until: 0, name: 'UTC' };

  async function zone(): Promise<string> {
    if (known.until <= deps.now()) {
      const [row] = await deps.db.query<{ time_zone: string }>('select time_zone from workspace where id = 1');
      known = { until: deps.now() + ZONE_MS, name: row?.time_zone ?? 'UTC' };
    }
    return known.name;
  }

  const context: ApiContext = {
    ...parts,
    deps,
    zone,
    async finderFor(contact) {
      const hasFields = typeof contact === 'object' && contact !== null && 'fields' in contact && contact.fields;
      return hasFields ? context.fieldFinder() : noFields;
    },
    async fieldFinder() {
      const specs = await readFieldSpecs(deps.db);
      const numbers =
        specs.size === 0 ? new Map() : await deps.db.tx((tx) => numbersOf(tx, 'field', [...specs.keys()]));
      const found = new Map<string, FieldSpec>();
      for (const spec of specs.values()) {
        found.set(fieldPath(spec), spec);
        const number = numbers.get(spec.id);
        if (number !== undefined) found.set(String(number), spec);
      }
      return { specs, numbers, zone: await zone(), find: (id) => found.get(String(id)) };
    },
    async settlePending(identifiers) {
      const buckets = [...new Set(identifiers.map(bucketOf))];
      const deadline = performance.now() + PENDING_MS;
      for (const bucket of buckets) {
        const rows = await deps.db.query('select 1 from intake where bucket = $1 limit 1', [bucket]);
        if (rows.length === 0) continue;
        for (;;) {
          const result = await drainBucket(deps, bucket);
          // A row that keeps failing must not fail this request.
          if (result === 'empty' || result === 'waiting' || performance.now() > deadline) break;
          if (result === 'busy') await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    },
  };
  return context;
}
