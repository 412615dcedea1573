/** Members of segments as the background work keeps them (decision 0032). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import { applyRows } from '#server/intake/apply-rows.ts';
import type { IntakePayload } from '#server/intake/intake-row.ts';
import type { Deps } from '#server/service.ts';
import { removeDocument, writeDocument } from '#server/sync/document-store.ts';
import { numberDirty } from '#server/sync/sequencer.ts';
import { must } from '#shared/kernel/assert.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { dueSegments, forgetDeleted } from './member-keeper.ts';
import { noteState, refreshSegment } from './segment-members.ts';
import { createSegmentMemberships } from './segment-memberships.ts';

const START = Date.UTC(2026, 10, 23);
const MINUTE = 60_000;
let now: number;
let database: TestDatabase;
let deps: Deps;
beforeEach(async () => {
  now = START;
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  await database.db.query(
    `insert into workspace (id, name, time_zone, currency, link_secret) values (1, 'Test', 'UTC', 'EUR', 'x')
     on conflict (id) do nothing`,
  );
});
afterEach(() => database.drop());

const inTown = (town: string): Rule => ({ type: 'text', field: 'town', op: 'is', values: [town] });
const saveSegment = (id: string, rule: Rule, name = id) =>
  database.db.tx((tx) => writeDocument(tx, 'segment', id, { name, description: '', rule, createdAt: START }));
const write = (email: string, town: string | null): Promise<number> =>
  database.db.tx(async (tx) => (await writeContact(tx, { values: { email, town } }, { source: 'API', now })).id);
const apply = (rows: IntakePayload[]) => database.db.tx((tx) => applyRows(tx, rows, now));

/** What the loop does: all that is due, one after another. */
async function keep(minutes = 0): Promise<string[]> {
  now += minutes * MINUTE;
  // The sequencer numbers what was written; without it nothing is known to have changed.
  while ((await numberDirty(database.db)) > 0);
  const due = await dueSegments(deps);
  for (const segment of due) await refreshSegment(deps, segment);
  return due.map(({ id }) => id);
}
const members = (id: string) =>
  database.db.query<{ who: number; since: Date | null }>(
    'select contact_id as who, since from segment_member where segment_id = $1 order by contact_id',
    [id],
  );
const told = async () =>
  (
    await database.db.query<{ who: number; type: string; params: { name: string } }>(
      `select e.contact_id as who, t.key as type, e.params from event e join event_type t on t.id = e.type_id
        where t.key like 'muster.%' order by e.row_id`,
    )
  ).map(({ who, type, params }) => [who, type, params.name]);

test('a first fill is no news; who enters and leaves afterwards is told, and since when each is in is kept', async () => {
  const [ann, ben] = [await write('ann@x.org', 'Rome'), await write('ben@x.org', 'Oslo')];
  await saveSegment('rome', inTown('Rome'), 'Romans');
  expect(await keep()).toEqual(['rome']);
  expect(await members('rome')).toEqual([{ who: ann, since: new Date(START) }]);
  expect(await told()).toEqual([]);
  expect(await keep(30)).toEqual([]);

  await write('ben@x.org', 'Rome');
  await write('ann@x.org', 'Oslo');
  // Not at once again: every few minutes.
  now = START;
  expect(await keep(1)).toEqual([]);
  expect(await keep(2)).toEqual(['rome']);
  expect(await members('rome')).toEqual([{ who: ben, since: new Date(now) }]);
  expect(await told()).toEqual([
    [ann, 'muster.leftSegment', 'Romans'],
    [ben, 'muster.enteredSegment', 'Romans'],
  ]);
  // Its own events are a change, too; looking once more finds nothing new.
  await keep(3);
  expect(await keep(3)).toEqual([]);
  expect(await told()).toHaveLength(2);
});

test('another rule is no news either, who stays in keeps their time; what is switched off is not stored', async () => {
  const [ann, ben] = [await write('ann@x.org', 'Rome'), await write('ben@x.org', 'Oslo')];
  await saveSegment('south', inTown('Rome'));
  await keep();
  await saveSegment('south', { type: 'any', rules: [inTown('Rome'), inTown('Oslo')] });
  expect(await keep(1)).toEqual(['south']);
  expect(await members('south')).toEqual([
    { who: ann, since: new Date(START) },
    { who: ben, since: new Date(START + MINUTE) },
  ]);
  const off = { key: 'muster.leftSegment', parameters: [], kept: false };
  await database.db.tx((tx) => writeDocument(tx, 'event-type', 'event-type:muster.leftSegment', off));
  await write('ann@x.org', 'Bergen');
  await keep(3);
  expect((await members('south')).map(({ who }) => who)).toEqual([ben]);
  expect(await told()).toEqual([]);
});

test('of a segment older than this table nobody knows since when its members match', async () => {
  const ann = await write('ann@x.org', 'Rome');
  await saveSegment('old', inTown('Rome'));
  await database.db.query(`insert into segment_state (segment_id) values ('old')`);
  await keep();
  expect(await members('old')).toEqual([{ who: ann, since: null }]);
  const { ofContact } = createSegmentMemberships(database.db);
  expect(await ofContact(caller, ann)).toEqual([{ segmentId: 'old', since: null }]);
});

test('time alone makes people enter and leave, in the workspace’s zone', async () => {
  const person = { values: { email: 'ann@x.org' }, source: 'API' };
  const params = {};
  await apply([{ kind: 'event', body: { ...person, type: 'viewed', at: START, keyValue: null, params } }]);
  const viewed = (days: number, atLeast: number): Rule => ({
    type: 'activity',
    source: { table: 'event', eventType: 'viewed' },
    period: { type: 'lastDays', days },
    ...{ measure: 'count', op: 'atLeast', value: atLeast, window: null },
  });
  await saveSegment('a-active', viewed(1, 1));
  await saveSegment('b-quiet', { type: 'not', rule: viewed(1, 1) });
  await saveSegment('c-town', inTown('Rome'));
  await keep();
  expect([await members('a-active'), await members('b-quiet')].map((list) => list.length)).toEqual([1, 0]);
  // Nothing happens for a day: only what looks at the clock is looked at again.
  expect(await keep((DAY_MS + 1_000) / MINUTE)).toEqual(['a-active', 'b-quiet']);
  expect(await members('a-active')).toEqual([]);
  expect((await members('b-quiet')).map(({ since }) => since?.getTime())).toEqual([now]);
  expect((await told()).map(([, type, name]) => [type, name])).toEqual([
    ['muster.leftSegment', 'a-active'],
    ['muster.enteredSegment', 'b-quiet'],
  ]);
});

test('[ERASE-1] who is erased while members are worked out leaves neither a row nor an event', async () => {
  await saveSegment('rome', inTown('Rome'));
  await keep();
  const [ann, ben] = [await write('ann@x.org', 'Rome'), await write('ben@x.org', 'Rome')];
  // Between what the rule found and the first step.
  let erased = false;
  const [segment] = await dueAfter(3);
  await refreshSegment(deps, must(segment, 'the segment is due'), async () => {
    if (!erased) await createContactPort(deps).erase(caller, ann);
    erased = true;
    return true;
  });
  expect((await members('rome')).map(({ who }) => who)).toEqual([ben]);
  await createContactPort(deps).erase(caller, ben);
  await keep(3);
  expect(await members('rome')).toEqual([]);
  // Nobody who was never seen to enter is told of; of the other nothing is left that says anything.
  expect(await database.db.query('select contact_id, key_value, params from event')).toEqual([
    { contact_id: ben, key_value: null, params: {} },
  ]);
});

async function dueAfter(minutes: number) {
  now += minutes * MINUTE;
  while ((await numberDirty(database.db)) > 0);
  return dueSegments(deps);
}

test('intake and the work at once, by two servers: nobody waits for good, nobody is told twice', async () => {
  await saveSegment('rome', inTown('Rome'));
  await keep();
  const person = (n: number, town: string): IntakePayload => ({
    kind: 'contact',
    body: { values: { email: `p${n}@x.org`, town }, source: 'API' },
  });
  const everybody = Array.from({ length: 60 }, (_, n) => n);
  await apply(everybody.map((n) => person(n, 'Rome')));
  const [segment] = await dueAfter(3);
  const one = must(segment, 'the segment is due');
  const writers = Array.from({ length: 6 }, (_, from) =>
    apply(
      everybody
        .slice(from * 10, from * 10 + 10)
        .toReversed()
        .map((n) => person(n, n % 2 === 0 ? 'Oslo' : 'Rome')),
    ),
  );
  await Promise.all([refreshSegment(deps, one), refreshSegment(deps, one), ...writers]);
  await keep(3);
  expect(await members('rome')).toHaveLength(30);
  const news = await told();
  // Who was seen in between has come and gone; who stayed has come once.
  const entered = news.filter(([, type]) => type === 'muster.enteredSegment').map(([who]) => who);
  expect(new Set(entered).size).toBe(entered.length);
  expect(entered.length - news.filter(([, type]) => type === 'muster.leftSegment').length).toBe(30);
});

test('a merge takes the earlier time along; who is deleted keeps theirs; a deleted segment has no members', async () => {
  const ann = await write('ann@x.org', 'Rome');
  await saveSegment('rome', inTown('Rome'));
  await keep();
  const twin = await write('ann@y.org', 'Rome');
  await keep(3);
  const port = createContactPort(deps);
  const { survivor, mergeId } = await port.merge(caller, { contactId: twin, otherId: ann });
  const { ofContact } = createSegmentMemberships(database.db);
  expect(await ofContact(caller, survivor)).toEqual([{ segmentId: 'rome', since: START }]);
  const before = await told();
  await keep(3);
  await port.undoMerge(caller, mergeId);
  await keep(3);
  expect(await members('rome')).toHaveLength(2);
  await port.remove(caller, twin);
  await keep(3);
  await port.restore(caller, twin);
  await keep(3);
  expect((await told()).filter(([, type]) => type !== 'muster.merged')).toEqual(
    before.filter(([, type]) => type !== 'muster.merged'),
  );
  await database.db.tx((tx) => removeDocument(tx, 'rome'));
  expect(await ofContact(caller, ann)).toEqual([]);
  await forgetDeleted(database.db);
  expect(await members('rome')).toEqual([]);
});

test('a rule that could not be worked out is left alone for a while, and holds up no other', async () => {
  await saveSegment('good', inTown('Rome'));
  await saveSegment('slow', inTown('Oslo'));
  await noteState(database.db, 'slow', { basis: '', version: 0, at: now, tookMs: 60_000, problem: 'timeout' });
  expect(await keep()).toEqual(['good']);
  expect(await keep(11)).toEqual([]);
  // A fiftieth of the time at most: a minute's work every fifty minutes.
  expect(await keep(40)).toEqual(['slow']);
  expect(await database.db.query('select problem from segment_state order by segment_id')).toEqual([
    { problem: null },
    { problem: null },
  ]);
});

test('without readPersonal nothing is said of segments that ask for personal values', async () => {
  const ann = await write('ann@x.org', 'Rome');
  await saveSegment('rome', inTown('Rome'));
  await saveSegment('all', { type: 'all', rules: [] });
  await keep();
  const { ofContact } = createSegmentMemberships(database.db);
  const ids = async (role: 'admin' | 'marketerNoPersonal') =>
    (await ofContact({ ...caller, role }, ann)).map(({ segmentId }) => segmentId);
  expect([await ids('admin'), await ids('marketerNoPersonal')]).toEqual([['all', 'rome'], ['all']]);
});
