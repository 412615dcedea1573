import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Deps } from '#server/service.ts';
import { numberDirty } from '#server/sync/sequencer.ts';
import { createEventPort } from '#server/tracker/event-port.ts';
import type { LatestEventsInput } from '#shared/event/live-event.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { applyRows } from './apply-rows.ts';

let database: TestDatabase;
let deps: Deps;
beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterEach(() => database.drop());

const NOW = Date.UTC(2026, 10, 23);
const latest = (input: Partial<LatestEventsInput> = {}, role = caller.role) =>
  createEventPort(deps).latest({ ...caller, role }, { after: null, type: null, text: null, ...input });
const typesOf = async (input: Partial<LatestEventsInput>) => (await latest(input)).events.map(({ type }) => type);

/** Stores an event and numbers it. */
async function happen(type: string, email: string, params: object = {}, at = NOW): Promise<void> {
  const body = {
    values: { email, firstName: 'Olena' },
    type,
    at,
    keyValue: null,
    params: { ...params },
    source: 'API',
  };
  await database.db.tx((tx) => applyRows(tx, [{ kind: 'event', body }], NOW));
  await numberDirty(database.db);
}

test('the newest events come with who did them; what arrived since is told by its number, also when it is of the past', async () => {
  await happen('viewed', 'olena@shop.example', { sku: 'mug' });
  const first = await latest();
  expect(first).toMatchObject({
    events: [{ type: 'viewed', source: 'API', name: 'Olena', params: '{"sku": "mug"}', cut: false, at: NOW }],
    more: false,
    searched: null,
  });
  expect(await latest({ after: first.version })).toMatchObject({ events: [], version: first.version });
  await happen('bought', 'olena@shop.example', {}, NOW - 1e9);
  const then = await latest({ after: first.version });
  expect(then.events.map(({ type }) => type)).toEqual(['bought']);
  expect((await latest({ after: then.version })).events).toEqual([]);
  expect(await typesOf({ after: first.version, type: 'viewed' })).toEqual([]);
  expect(await typesOf({ type: 'viewed' })).toEqual(['viewed']);
});

test('a search finds words of parameters and everything of the contact that is meant', async () => {
  await happen('viewed', 'olena@shop.example', { title: 'Blue Mug' });
  await happen('bought', 'olena@shop.example', { total: 12 });
  await happen('viewed', 'petro@shop.example', { title: 'Red mug' });
  expect(await typesOf({ text: 'blue mug' })).toEqual(['viewed']);
  expect((await typesOf({ text: 'Olena@shop.example' })).toSorted()).toEqual(['bought', 'viewed']);
  expect(await typesOf({ text: 'olena@shop.example', type: 'bought' })).toEqual(['bought']);
  expect(await typesOf({ text: 'nobody' })).toEqual([]);
  const { version } = await latest();
  await happen('came back', 'olena@shop.example');
  await happen('came back', 'petro@shop.example');
  expect(await typesOf({ after: version, text: 'olena@shop.example' })).toEqual(['came back']);
  expect(await latest({ text: 'mug' })).toMatchObject({ searched: 20_000 });
});

test('who sees no personal data learns neither who nor what, and cannot ask for it', async () => {
  await happen('viewed', 'olena@shop.example', { sku: 'mug' });
  const { events } = await latest({}, 'marketerNoPersonal');
  expect(events).toMatchObject([{ type: 'viewed', name: null, params: null }]);
  await expect(latest({ text: 'mug' }, 'marketerNoPersonal')).rejects.toMatchObject({ code: 'forbidden' });
  const facts = await createEventPort(deps).typeFacts({ ...caller, role: 'marketerNoPersonal' }, 'viewed');
  expect(facts.parameters).toEqual([{ name: 'sku', events: 1, kinds: { text: 1 }, examples: null }]);
});

test('a type’s parameters are told with their kinds and examples, whatever the case they came in', async () => {
  for (const params of [{ Total: 12, note: '' }, { total: '12.5' }, { total: 12, items: [{ sku: 'mug' }] }]) {
    await happen('bought', 'olena@shop.example', params);
  }
  const facts = await createEventPort(deps).typeFacts(caller, 'bought');
  expect(facts).toMatchObject({ looked: 3, mismatches: [] });
  expect(facts.parameters).toEqual([
    { name: expect.stringMatching(/total/i), events: 3, kinds: { number: 2, text: 1 }, examples: expect.any(Array) },
    { name: 'items', events: 1, kinds: { list: 1 }, examples: ['[{"sku":"mug"}]'] },
    { name: 'note', events: 0, kinds: { empty: 1 }, examples: [] },
  ]);
  expect(facts.parameters[0]?.examples?.toSorted()).toEqual(['12', '12.5']);
});
