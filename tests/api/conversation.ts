/**
 * A recorded conversation with a public API: requests and the answers expected, as data. In texts and headers of requests
 * "<name>" stands for what was saved under that name; in expected answers "<number>", "<text>", "<instant>" and "<any>" stand
 * for any such value, and "<number:name>" also saves it. "<not given>" = the member is missing. Saved from the start:
 * "<key.events>", an API key of that scope, and "<user.events>", a Basic header with it as the user name.
 */
import { request as httpRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { z } from 'zod';

const requestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string(),
  /** A key of the scope; "none" sends no authorization. */
  key: z.enum(['full', 'events', 'contacts', 'contacts-add', 'messages', 'none']).default('full'),
  /** User name of the Basic header. */
  user: z.string().default(''),
  /** Sends the saved text as a Bearer token instead. */
  bearer: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  /** Bytes as they are; for what JSON cannot say. */
  text: z.string().optional(),
  base64: z.string().optional(),
  /** A JSON text of so many bytes. */
  bytes: z.int().optional(),
  compress: z.enum(['gzip', 'deflate']).optional(),
});
const answerSchema = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  text: z.string().optional(),
});
export const conversationSchema = z.strictObject({
  about: z.string(),
  steps: z.array(
    z.union([
      /** `until`: asked again, at most so often, until the status is that of the answer. */
      z.strictObject({
        ask: requestSchema,
        answer: answerSchema,
        note: z.string().optional(),
        until: z.int().optional(),
      }),
      /** A document somebody made in the app. */
      z.strictObject({
        document: z.strictObject({ kind: z.string(), id: z.string(), body: z.record(z.string(), z.unknown()) }),
      }),
      /** What was acknowledged is worked. */
      z.strictObject({ settled: z.literal(true) }),
      z.strictObject({ sql: z.string(), rows: z.array(z.unknown()) }),
    ]),
  ),
});
type Ask = z.infer<typeof requestSchema>;

export type Saved = Map<string, unknown>;

const times = z.strictObject({ '<times>': z.int(), of: z.unknown() });
/** A long text. */
const longText = z.strictObject({ '<repeat>': z.string(), times: z.int() });

/** {"<times>": n, of: x} in a list stands for n times x. */
function repeated(value: unknown): unknown[] {
  const many = times.safeParse(value).data;
  return many ? Array.from({ length: many['<times>'] }, () => many.of) : [value];
}

/** The value with everything saved put in; a text that is one name alone becomes the value itself. */
export function fill(value: unknown, saved: Saved): unknown {
  if (typeof value === 'string') {
    const [, name] = /^<([\w.-]+)>$/.exec(value) ?? [];
    if (name !== undefined && saved.has(name)) return saved.get(name);
    return value.replace(/<([\w.-]+)>/g, (whole, part) => (saved.has(part) ? String(saved.get(part)) : whole));
  }
  if (Array.isArray(value)) return value.flatMap((one) => repeated(one).map((each) => fill(each, saved)));
  if (typeof value !== 'object' || value === null) return value;
  const long = longText.safeParse(value).data;
  if (long) return long['<repeat>'].repeat(long.times);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, saved)]));
}

const kinds: Record<string, (value: unknown) => boolean> = {
  number: (value) => typeof value === 'number',
  text: (value) => typeof value === 'string' && value !== '',
  instant: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  any: () => true,
};

/** Puts what was answered where the expectation has a placeholder for such a value, and saves it. */
export function resolve(expected: unknown, actual: unknown, saved: Saved): unknown {
  if (typeof expected === 'string') {
    const [, kind = '', name] = /^<(number|text|instant|any)(?::([\w-]+))?>$/.exec(expected) ?? [];
    if (kind === '' || !kinds[kind]?.(actual)) return fill(expected, saved);
    if (name !== undefined) saved.set(name, actual);
    return actual;
  }
  if (Array.isArray(expected)) {
    return expected.map((one, at) => resolve(one, Array.isArray(actual) ? actual[at] : undefined, saved));
  }
  if (typeof expected !== 'object' || expected === null) return expected;
  const given = new Map(typeof actual === 'object' && actual !== null ? Object.entries(actual) : []);
  return Object.fromEntries(Object.entries(expected).map(([key, one]) => [key, resolve(one, given.get(key), saved)]));
}

function bytesOf(ask: Ask, saved: Saved): Buffer | null {
  const plain =
    ask.base64 !== undefined
      ? Buffer.from(ask.base64, 'base64')
      : ask.bytes !== undefined
        ? Buffer.from(JSON.stringify('x'.repeat(ask.bytes - 2)))
        : ask.text !== undefined
          ? Buffer.from(ask.text)
          : ask.body === undefined
            ? null
            : Buffer.from(JSON.stringify(fill(ask.body, saved)));
  if (plain === null || !ask.compress) return plain;
  return ask.compress === 'gzip' ? gzipSync(plain) : deflateSync(plain);
}

export type Answered = { status: number; headers: Record<string, string>; text: string };

/** Sends the request as it is written, byte for byte. */
export function send(url: string, ask: Ask, keys: Readonly<Record<string, string>>, saved: Saved): Promise<Answered> {
  const bytes = bytesOf(ask, saved);
  const headers: Record<string, string> = {};
  if (bytes) headers['content-type'] = 'application/json';
  if (bytes) headers['content-length'] = String(bytes.length);
  if (ask.compress) headers['content-encoding'] = ask.compress;
  if (ask.bearer) headers.authorization = `Bearer ${fill(ask.bearer, saved)}`;
  else if (ask.key !== 'none') {
    headers.authorization = `Basic ${Buffer.from(`${ask.user}:${keys[ask.key] ?? ''}`).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(ask.headers)) {
    if (value === '') delete headers[name];
    else headers[name] = String(fill(value, saved));
  }
  const path = String(fill(ask.path, saved));
  return new Promise((done, fail) => {
    const request = httpRequest(`${url}${path}`, { method: ask.method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        done({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(given),
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.on('error', fail);
    request.end(bytes ?? undefined);
  });
}

/** Fails where the answer is not what the conversation says. */
export function compare(expected: z.infer<typeof answerSchema>, answered: Answered, saved: Saved): void {
  const isJson = answered.headers['content-type']?.startsWith('application/json') ?? false;
  const body: unknown = isJson ? JSON.parse(answered.text) : undefined;
  const wanted = {
    status: expected.status,
    ...(expected.body === undefined ? {} : { body: resolve(expected.body, body, saved) }),
    ...(expected.text === undefined ? {} : { text: fill(expected.text, saved) }),
  };
  const found = {
    status: answered.status,
    ...(expected.body === undefined ? {} : { body: isJson ? body : answered.text }),
    ...(expected.text === undefined ? {} : { text: answered.text }),
  };
  expect(found.status === wanted.status ? found : { ...found, said: answered.text.slice(0, 500) }).toEqual(wanted);
  for (const [name, value] of Object.entries(expected.headers)) {
    const actual = answered.headers[name.toLowerCase()];
    expect({ [name]: actual ?? '<not given>' }).toEqual({ [name]: resolve(value, actual, saved) });
  }
}
