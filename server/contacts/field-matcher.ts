/** Additional fields by the names senders give them: a trait, an attribute of an app's user. */
import type { Deps } from '#server/service.ts';
import { type FieldSpec, type FieldSpecs, fieldPath } from '#shared/contact/field.schema.ts';
import { normaliseField, type StoredField } from '#shared/contact/field-value.ts';
import { readFieldSpecs } from './field-specs.ts';

export type MatchedFields = {
  /** By field id, normalised. */
  fields: Record<string, StoredField | null>;
  /** What is no field, or does not fit it. */
  rest: Record<string, unknown>;
};
export type FieldMatcher = (given: Readonly<Record<string, unknown>>) => MatchedFields;

const CACHE_MS = 10_000;

/** favouriteColour means FAVOURITE_COLOUR. */
const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');

/** A field is meant by its key, or by its list's and its own. The first one counts. */
export function fieldMatcher(specs: FieldSpecs): FieldMatcher {
  const byName = new Map<string, FieldSpec>();
  for (const spec of specs.values()) {
    for (const name of [fieldPath(spec), spec.key]) {
      if (!byName.has(plain(name))) byName.set(plain(name), spec);
    }
  }
  return (given) => {
    const matched: MatchedFields = { fields: {}, rest: {} };
    for (const [name, value] of Object.entries(given)) {
      const spec = byName.get(plain(name));
      const stored = spec && normaliseField(spec, value);
      if (spec && stored?.ok) matched.fields[spec.id] = stored.value;
      else matched.rest[name] = value;
    }
    return matched;
  };
}

/** The matcher of the workspace's fields as they were at most ten seconds ago. */
export function createFieldMatcher(deps: Pick<Deps, 'db' | 'now'>): () => Promise<FieldMatcher> {
  let known: { until: number; matcher: FieldMatcher } | null = null;
  return async () => {
    if (known === null || known.until <= deps.now()) {
      known = { until: deps.now() + CACHE_MS, matcher: fieldMatcher(await readFieldSpecs(deps.db)) };
    }
    return known.matcher;
  };
}
