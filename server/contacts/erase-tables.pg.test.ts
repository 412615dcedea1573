import { afterEach, beforeEach, expect, test } from 'vitest';
import { listTables } from '#server/backup/catalogue.ts';
import { applyRows } from '#server/intake/apply-rows.ts';
import type { IntakePayload } from '#server/intake/intake-row.ts';
import type { Deps } from '#server/service.ts';
import { buildGeneration } from '#server/sync/chunk-builder.ts';
import { caller } from '#tests/support/caller.ts';
import { leaveTraces, PERSON, tablesWithTraces } from '#tests/support/erasure.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { START } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createContactPort } from './erase-contact.ts';

let database: TestDatabase;
let deps: Deps;

beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
  await leaveTraces(database.db, new Date(START));
});
afterEach(() => database.drop());

const applyLater = (rows: IntakePayload[]) => database.db.tx((tx) => applyRows(tx, rows, START));

/** Tables in which nothing of a contact is but its number; what they hold of members, keys and files is not theirs. */
const IMPERSONAL = [
  // A job's value is one for all its contacts, and gone when it has ended.
  ...['bulk_job'],
  ...['account', 'api_key', 'api_number', 'api_session', 'api_session_item', 'campaign_run', 'chunk', 'column_change'],
  ...['contact_alias', 'device', 'dirty', 'erased_identifier', 'event_type', 'feed_counter', 'generation', 'import'],
  ...['import_created', 'import_mapping'],
  ...['event_mismatch', 'intake_discarded'],
  ...[
    'lease',
    'member',
    'membership',
    'message_seen',
    'opt_in_text',
    'schema_migration',
    'order_registry',
    'outbox',
    'segment_member',
    'segment_state',
    'session',
    'site_seen',
  ],
  ...['upload', 'user', 'verification', 'workspace'],
];

test('[ERASE-1] every table is known to hold values of contacts, which erasing is tested to take, or none', async () => {
  const { db } = database;
  expect(await buildGeneration(deps)).toBe(true);
  const tables = await db.tx((tx) => listTables(tx));
  expect([...(await tablesWithTraces(db)), ...IMPERSONAL].toSorted()).toEqual(tables.toSorted());
});

test('[ERASE-1] what comes of an erased contact later is not kept, but for what an order amounts to', async () => {
  const { db } = database;
  await createContactPort(deps).erase(caller, PERSON);
  const person = { values: { email: 'zzmark@erase.example' }, source: 'API' };
  const params = { who: 'Markerina' };
  const line = { item: 'mug', name: 'Mug', category: null, quantity: 1_000, price: 10_000, extra: params };
  await applyLater([
    { kind: 'event', body: { ...person, type: 'viewed', at: START, keyValue: 'zzmark@erase.example', params } },
    {
      kind: 'order',
      body: {
        ...{ values: person.values, externalOrderId: 'later', at: START, status: 'DELIVERED', currency: 'GBP' },
        ...{ extra: params, lines: [line] },
      },
    },
    { kind: 'contact', body: person },
  ]);
  expect(await tablesWithTraces(db)).toEqual([]);
  expect(await db.query(`select contact_id, gross from orders where external_order_id = 'later'`)).toEqual([
    { contact_id: 0, gross: 10_000 },
  ]);
});
