/** Every string of the Big List of Naughty Strings goes in and comes back the same, or is refused with a reason that names the field. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { writeDocument } from '#server/sync/document-store.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

const file = join(import.meta.dirname, '..', 'data', 'blns', 'blns.json');
const strings = z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
const FIELD = 'field:00000000-0000-4000-8000-000000000031';

let database: TestDatabase;
let app: Awaited<ReturnType<typeof startTestApp>>;
let authorization = '';

beforeAll(async () => {
  database = await createTestDatabase();
  const text = { listName: 'L', listKey: 'L', key: 'NOTE', label: 'Note', type: 'text', personal: true, position: 0 };
  await database.db.tx((tx) => writeDocument(tx, 'contact-field', FIELD, text));
  app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url } });
  const { key } = await app.ports.apiKeys.create(caller, { scope: 'full', name: '' });
  authorization = `Basic ${btoa(`:${key}`)}`;
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

async function post(path: string, body: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${app.url}/api${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? null : JSON.parse(text) };
}

const failures = z.array(z.object({ index: z.int(), field: z.string().min(1), message: z.string().min(1) }));

async function settled(): Promise<void> {
  await vi.waitFor(async () => expect(await database.db.query('select kind, error from intake limit 1')).toEqual([]), {
    timeout: 30_000,
    interval: 50,
  });
  expect(await database.db.query('select kind, error from intake_parked')).toEqual([]);
}

/** What is kept of a text: surrounding space is not, and neither is what PostgreSQL cannot hold. */
const kept = (text: string): string | null => storableText(text).trim() || null;

test('as names, an address and an additional field of contacts', async () => {
  expect(strings.length).toBeGreaterThan(500);
  const contacts = strings.map((text, at) => ({
    externalCustomerId: `n${at}`,
    firstName: text,
    lastName: text,
    address: { town: text },
    fields: [{ id: 'L.NOTE', value: text }],
  }));
  const { status, json } = await post('/v1/contacts', { contacts, groupNames: ['Naughty'] });
  expect(status).toBe(200);
  const { failedContacts } = z.object({ failedContacts: failures }).parse(json);
  await settled();
  const rows = await database.db.query<{ id: string; texts: (string | null)[] }>(
    `select external_customer_id as id, array[first_name, last_name, town, fields ->> '${FIELD}'] as texts from contact`,
  );
  const stored = new Map(rows.map(({ id, texts }) => [id, texts]));
  const refused = new Set(failedContacts.map(({ index }) => index));
  for (const [at, text] of strings.entries()) {
    if (refused.has(at)) expect(stored.has(`n${at}`)).toBe(false);
    else expect({ text, stored: stored.get(`n${at}`) }).toEqual({ text, stored: Array(4).fill(kept(text)) });
  }
  // Refusals are for a reason, not a way out.
  expect(refused.size).toBeLessThan(strings.length / 10);
});

test('as External IDs and emails: what cannot be one is refused, what can leads back to the contact', async () => {
  const contacts = strings.map((text) => ({ externalCustomerId: text, channels: [{ type: 'email', value: text }] }));
  const { status, json } = await post('/v1/contacts', { contacts });
  expect(status).toBe(200);
  const { failedContacts } = z.object({ failedContacts: failures }).parse(json);
  expect(failedContacts.length).toBeGreaterThan(400);
  await settled();
  const ids = await post('/v1/contacts', {
    contacts: strings.map((text) => ({ externalCustomerId: text, firstName: 'Known' })),
  });
  expect(ids.status).toBe(200);
  const failed = z.object({ failedContacts: failures }).parse(ids.json).failedContacts;
  await settled();
  const rows = await database.db.query<{ id: string }>(
    `select external_customer_id as id from contact where first_name = 'Known'`,
  );
  const found = new Set(rows.map(({ id }) => id));
  const refused = new Set(failed.map(({ index }) => index));
  for (const [at, text] of strings.entries()) if (!refused.has(at)) expect(found).toContain(kept(text));
});

test('as names of events, of their parameters and as values', async () => {
  const refused: string[] = [];
  async function sendOne(text: string, at: number): Promise<void> {
    const params = { externalCustomerId: `e${at}`, value: text, [`p ${text}`.slice(0, 200)]: text };
    const { status, json } = await post('/v3/event', { eventTypeKey: text, params });
    if (status !== 200) {
      expect({ text, status, json }).toMatchObject({ status: 400, json: { error: { code: 'invalid_input' } } });
      refused.push(text);
      await post('/v3/event', { eventTypeKey: 'naughty', params });
    }
  }
  for (let from = 0; from < strings.length; from += 50) {
    await Promise.all(strings.slice(from, from + 50).map((text, at) => sendOne(text, from + at)));
  }
  expect(refused.every((text) => text.trim() === '' || text.length > 200)).toBe(true);
  await settled();
  const rows = await database.db.query<{ id: string; key: string; params: Record<string, unknown> }>(
    `select e.params ->> 'externalCustomerId' as id, t.key, e.params from event e join event_type t on t.id = e.type_id
      where e.params ->> 'externalCustomerId' like 'e%'`,
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  expect(stored.size).toBe(strings.length);
  for (const [at, text] of strings.entries()) {
    const found = stored.get(`e${at}`);
    expect(found?.key).toBe(refused.includes(text) ? 'naughty' : kept(text));
    expect(found?.params.value).toBe(storableText(text));
    expect(found?.params[storableText(`p ${text}`.slice(0, 200))]).toBe(storableText(text));
  }
});
