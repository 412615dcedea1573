import { storableText } from './fold.ts';

const suspicious = /\\u(?:0000|[dD][89abAB][0-9a-fA-F]{2}|[dD][c-fC-F][0-9a-fA-F]{2})/;

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return storableFields(value);
}

/** The same value with texts and names that PostgreSQL's jsonb takes; see storableText. */
export function storableFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [storableText(key), storable(item)]));
}

/** JSON text that PostgreSQL's jsonb takes: without U+0000 and lone surrogates, which become U+FFFD. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return suspicious.test(text) ? JSON.stringify(storable(value)) : text;
}
