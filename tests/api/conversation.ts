/**
 * Recorded conversations with the public APIs: files of tests/api/conversations, each a list of requests with the answers
 * they get, one after another on a fresh database. In requests and answers:
 *
 *   "{{key.events}}"          an API key of that scope; {{user.events}} and {{password.events}} are Basic headers with it
 *   {"$repeat": "x", "times": 9}   a long text
 *   "{{any}}" in an answer    whatever is there; properties that an answer does not name may be there too
 */
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

const headers = z.record(z.string(), z.string());

export const conversation = z.strictObject({
  about: z.string(),
  steps: z
    .array(
      z.strictObject({
        says: z.string(),
        /** The intake log is worked off before the request. */
        settled: z.boolean().default(false),
        request: z.strictObject({
          method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']),
          path: z.string(),
          headers: headers.default({}),
          json: z.unknown().optional(),
          text: z.string().optional(),
          base64: z.string().optional(),
          gzip: z.boolean().default(false),
        }),
        answer: z.strictObject({
          status: z.int(),
          headers: headers.default({}),
          json: z.unknown().optional(),
          text: z.string().optional(),
        }),
      }),
    )
    .min(1),
});
export type Step = z.infer<typeof conversation>['steps'][number];

const repeated = z.strictObject({ $repeat: z.string(), times: z.int() });

/** The value with its placeholders filled in. */
export function filled(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{\{([\w.-]+)\}\}/g, (whole, name: string) => names.get(name) ?? whole);
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const long = repeated.safeParse(value);
  if (long.success) return long.data.$repeat.repeat(long.data.times);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, names)]));
}

/** The bytes a request sends, and whether they are JSON. */
export function bytesOf(request: Step['request'], names: ReadonlyMap<string, string>): Buffer | null {
  const { json, text, base64, gzip } = request;
  const plain =
    json !== undefined
      ? Buffer.from(JSON.stringify(filled(json, names)))
      : text !== undefined
        ? Buffer.from(text)
        : base64 !== undefined
          ? Buffer.from(base64, 'base64')
          : null;
  return plain && gzip ? gzipSync(plain) : plain;
}

/** Where an answer is not what was recorded; null when it is. */
export function difference(expected: unknown, found: unknown, path = ''): string | null {
  if (expected === '{{any}}') return found === undefined ? `${path} is missing` : null;
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) {
      return `${path} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
    }
    return expected.reduce<string | null>(
      (first, one, at) => first ?? difference(one, found[at], `${path}[${at}]`),
      null,
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    const record = z.record(z.string(), z.unknown()).safeParse(found);
    if (!record.success) return `${path} is ${JSON.stringify(found)}, not an object`;
    return Object.entries(expected).reduce<string | null>(
      (first, [key, one]) => first ?? difference(one, record.data[key], path ? `${path}.${key}` : key),
      null,
    );
  }
  return Object.is(expected, found) ? null : `${path} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
}
