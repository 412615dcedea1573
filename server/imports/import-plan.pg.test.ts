/** What a plan does beside storing values: checked first, applied once, taken back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeContacts } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import { unsubscribeAddresses } from '#server/subscriptions/addresses.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import type { ImportPlan } from '#shared/api/import.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createImports, type Imports } from './imports.ts';

const POINTS = 'field:0000aaaa';
/** Other events are the server's own. */
const IMPORTED = `event e join event_type t on t.id = e.type_id and t.key = 'Imported'`;
let database: TestDatabase;
let deps: Deps;
let imports: Imports;

beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { dataDir: mkdtempSync(join(tmpdir(), 'muster-plan-')) });
  await database.db.tx(async (tx) => {
    await writeContacts(
      tx,
      [
        { values: { email: 'old@x.test', firstName: 'Old', town: 'Kyiv' }, fields: { [POINTS]: 10_000 } },
        { values: { email: 'same@x.test', firstName: 'Same' } },
      ],
      { source: 'API', now: deps.now() - 1000 },
    );
    await unsubscribeAddresses(tx, ['left@x.test', 'old@x.test'], { source: 'person', at: 1_700_000_000_000 });
  });
  await database.db.tx(async (tx) => {
    const field = { listName: 'L', listKey: 'L', personal: false, required: false, readOnly: false };
    await writeDocument(tx, 'contact-field', POINTS, { ...field, key: 'POINTS', label: 'Points', type: 'decimal' });
    await writeDocument(tx, 'category', 'category:news', { key: 'news', name: 'News', createdAt: 1 });
    await writeDocument(tx, 'list', 'vip', { name: 'VIP', createdAt: 1 });
  });
  imports = createImports(deps);
  await imports.service.start();
});
afterEach(async () => {
  await imports.service.stop();
  await database.drop();
  rmSync(deps.config.dataDir, { recursive: true });
});

const FILE = `email;first;town;points;mail2;news;status
old@x.test;New name;;12,5;;yes;
same@x.test;Same;;;second@x.test;;
new@x.test;Nina;Lviv;1,5;;no;
NEW@x.test;Nina;Odesa;;;;
left@x.test;Lena;;;;;subscribed
gone@x.test;Greg;;;;;unsubscribed
bad@x.test;Bad;;many;;;
`;
const map = {
  ...{ email: 'email', firstName: 'first', town: 'town', [POINTS]: 'points', furtherEmail: 'mail2' },
  ...{ 'category:news': 'news', emailStatus: 'status' },
};
const upload = (text = FILE, name = 'people.csv') => imports.uploads.receive(name, Readable.from([Buffer.from(text)]));
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const state = await imports.port.get(caller, id);
      expect(['done', 'failed', 'undone']).toContain(state.state);
      return state;
    },
    { timeout: 20_000 },
  );
const people = () =>
  database.db.query(
    `select email, first_name as name, town, fields -> '${POINTS}' as points, email_status as status
       from contact where deleted_at is null order by email_fold`,
  );
const one = async (sql: string) =>
  (await database.db.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]?.n;

async function plan(options: NonNullable<ImportPlan['options']>): Promise<ImportPlan> {
  const { id: uploadId, format } = await upload();
  return { uploadId, kind: 'contacts', map, format, options: { unreadable: 'reject', ...options } };
}

test('a check counts everything and stores nothing', async () => {
  const before = await people();
  const given = await plan({ lists: ['vip'], newList: 'Fair', event: 'Imported' });
  expect(await imports.port.preview(caller, given)).toMatchObject([
    { line: 2, values: { [POINTS]: '12.5', 'category:news': 'subscribed' }, rejected: null },
    { line: 3 },
    { line: 4, values: { 'category:news': 'unsubscribed' } },
    { line: 5 },
    { line: 6, values: { emailStatus: 'subscribed' } },
    { line: 7, values: { emailStatus: 'unsubscribed' } },
    { line: 8, problems: { [POINTS]: 'Points is not a number: “many”' }, rejected: 'Points is not a number: “many”' },
  ]);
  const { id } = await imports.port.check(caller, given);
  const state = await ended(id);
  expect(state).toMatchObject({ purpose: 'check', state: 'done', canUndo: false });
  expect(state.summary).toMatchObject({
    ...{ lines: 7, contacts: 5, created: 3, updated: 2, unchanged: 0, rejected: 1, duplicates: 1, suppressed: 2 },
    ...{ unsubscribed: 1, listed: 5, events: 5, workflows: 0 },
  });
  expect(await people()).toEqual(before);
  expect([await one('membership'), await one(IMPORTED), await one(`document where kind = 'list'`)]).toEqual([0, 0, 1]);
  expect(await one(`(select nextval('contact_id_seq') as id) s where id = 3`)).toBe(1);
  expect(await imports.port.list(caller)).toEqual([]);
});

test('an import lowers consent and never raises it, joins lists, raises events; an undo takes back what nobody touched', async () => {
  const { id } = await imports.port.start(caller, await plan({ lists: ['vip'], newList: 'Fair', event: 'Imported' }));
  const done = await ended(id);
  expect(done).toMatchObject({ state: 'done', canUndo: true });
  expect(done.summary).toMatchObject({ created: 3, updated: 2, rejected: 1, unsubscribed: 1, listed: 5, events: 5 });
  expect(done.summary?.notices).toEqual(['1 subscriptions were not taken: nothing shows that they asked']);
  expect(await people()).toEqual([
    { email: 'gone@x.test', name: 'Greg', town: null, points: null, status: 'unsubscribed' },
    { email: 'left@x.test', name: 'Lena', town: null, points: null, status: 'unsubscribed' },
    { email: 'NEW@x.test', name: 'Nina', town: 'Odesa', points: 15_000, status: 'subscribed' },
    { email: 'old@x.test', name: 'New name', town: 'Kyiv', points: 125_000, status: 'unsubscribed' },
    { email: 'same@x.test', name: 'Same', town: null, points: null, status: 'subscribed' },
  ]);
  expect(await one(`membership where state = 'member'`)).toBe(10);
  expect(await database.db.query(`select distinct state from membership where list_id = 'category:news'`)).toEqual([
    { state: 'unsubscribed' },
  ]);
  expect(await one(`identifier where value = 'second@x.test'`)).toBe(1);

  // Somebody works on two of them before the import is taken back.
  await database.db.tx((tx) =>
    writeContacts(
      tx,
      [{ values: { email: 'old@x.test', firstName: 'By hand' } }, { values: { email: 'new@x.test', lastName: 'N.' } }],
      { source: 'API', now: deps.now() + 5_000 },
    ),
  );
  await imports.port.undo(caller, id);
  expect((await ended(id)).undo).toEqual({ removed: 2, restored: 1, kept: 2 });
  expect(await people()).toMatchObject([
    { email: 'new@x.test', town: 'Odesa' },
    { email: 'old@x.test', name: 'By hand', points: 10_000, status: 'unsubscribed' },
    { email: 'same@x.test', name: 'Same' },
  ]);
  expect(await one(`identifier where value = 'second@x.test'`)).toBe(0);
  expect(await one(`suppression where address = 'gone@x.test'`)).toBe(1);
  expect(
    await one(
      `membership m join contact c on c.id = m.contact_id where c.deleted_at is null and c.email <> 'new@x.test'`,
    ),
  ).toBe(0);
  await expect(imports.port.undo(caller, id)).rejects.toMatchObject({ code: 'conflict' });
});

test('what Muster raises of an import is stored where it is switched on, and is no reason not to take it back', async () => {
  const told = () =>
    database.db.query(
      `select t.key, count(*)::int as n, min(e.params::text)::jsonb as first from event e join event_type t on t.id = e.type_id
        where t.key in ('muster.created', 'muster.fieldChanged', 'muster.imported', 'muster.addedToList')
        group by t.key order by t.key`,
    );
  const first = await imports.port.start(caller, await plan({ lists: ['vip'] }));
  await ended(first.id);
  expect(await told()).toEqual([
    { key: 'muster.addedToList', n: 5, first: { name: 'VIP', list: 'vip', by: 'Import' } },
  ]);
  await imports.port.undo(caller, first.id);
  await ended(first.id);
  await database.db.query('delete from event');
  for (const key of ['muster.created', 'muster.fieldChanged', 'muster.imported', 'muster.addedToList']) {
    const kept = key !== 'muster.addedToList';
    const body = { key, parameters: [], kept };
    await database.db.tx((tx) => writeDocument(tx, 'event-type', `event-type:${key}`, body));
  }
  const { id } = await imports.port.start(caller, await plan({ lists: ['vip'] }));
  await ended(id);
  expect(await told()).toEqual([
    { key: 'muster.created', n: 3, first: { source: 'Import' } },
    { key: 'muster.fieldChanged', n: 2, first: { name: 'First name', field: 'firstName', by: 'Import' } },
    { key: 'muster.imported', n: 5, first: { file: 'people.csv' } },
  ]);
  // Minutes later they are found to be in a segment: nobody did anything.
  await database.db.query(
    `with type as (insert into event_type (key) values ('muster.enteredSegment') returning id)
     insert into event (contact_id, row_id, at, type_id, params, source)
     select c.id, nextval('event_row_seq'), now() + interval '5 minutes', type.id, '{}', 'Muster' from contact c, type`,
  );
  await imports.port.undo(caller, id);
  expect((await ended(id)).undo).toEqual({ removed: 3, restored: 2, kept: 0 });
});

test('evidence brings back who left before it, and subscribes', async () => {
  const consent = { act: 'granted' as const, evidence: 'Signed at the spring fair', at: 1_750_000_000_000 };
  const { id } = await imports.port.start(caller, await plan({ consent, categories: ['category:news'] }));
  await ended(id);
  const found = await people();
  expect(found).toMatchObject([
    { email: 'gone@x.test', status: 'unsubscribed' },
    { email: 'left@x.test', status: 'subscribed' },
    { email: 'NEW@x.test', status: 'subscribed' },
    { email: 'old@x.test', status: 'subscribed' },
    {},
  ]);
  expect(
    await database.db.query(
      `select state, count(*)::int as n from membership where list_id = 'category:news' group by 1 order by 1`,
    ),
  ).toEqual([
    { state: 'subscribed', n: 4 },
    { state: 'unsubscribed', n: 1 },
  ]);
  expect(await one(`consent where evidence = 'Signed at the spring fair' and act = 'granted'`)).toBeGreaterThanOrEqual(
    8,
  );
});

test('a batch that was committed is not applied again after a crash: no second event, no second count', async () => {
  await imports.service.stop();
  const rows = Array.from({ length: 6_000 }, (_, at) => `p${at}@x.test`).join('\n');
  const { id: uploadId, format } = await upload(`email\n${rows}\n`);
  const next = createImports(deps);
  const { id } = await next.port.start(caller, {
    ...{ uploadId, kind: 'contacts', map: { email: 'email' }, format },
    options: { event: 'Imported', lists: ['vip'] },
  });
  // The server dies when the second batch is about to be noted.
  await database.db.query(
    `create function die() returns trigger language plpgsql as $$ begin raise exception 'dead'; end $$`,
  );
  await database.db.query(
    `create trigger die before update on import for each row when (new.done_to > 2500) execute function die()`,
  );
  await next.service.start();
  await vi.waitFor(async () => expect((await next.port.get(caller, id)).state).toBe('failed'), { timeout: 20_000 });
  expect([await one('contact'), await one(IMPORTED)]).toEqual([2_502, 2_500]);
  await database.db.query('drop trigger die on import');
  await database.db.query(`update import set state = 'applying', finished_at = null where id = $1`, [id]);
  await next.service.stop();
  const again = createImports(deps);
  await again.service.start();
  expect((await ended(id)).summary).toMatchObject({
    contacts: 6_000,
    created: 6_000,
    unchanged: 0,
    events: 6_000,
    listed: 6_000,
  });
  expect([await one('contact'), await one(IMPORTED), await one('membership')]).toEqual([6_002, 6_000, 6_000]);
  await again.port.undo(caller, id);
  expect((await ended(id)).undo).toEqual({ removed: 6_000, restored: 0, kept: 0 });
  await again.service.stop();
});

test('a list of people who left, by its tool’s own name, suppresses them; the same columns are remembered', async () => {
  const text = 'Email Address,First Name,LEID,EUID,UNSUB_TIME\nm@x.test,Mia,1,a,2024-05-01 10:00:00\n';
  const info = await upload(text, 'unsubscribed_members_export.csv');
  expect(info).toMatchObject({ origin: { name: 'Mailchimp', act: 'withdrawn' }, remembered: false });
  const { id } = await imports.port.start(caller, {
    ...{ uploadId: info.id, kind: info.kind, map: { ...info.map, lastName: 'LEID' }, format: info.format },
    options: { consent: { act: 'withdrawn' } },
  });
  await ended(id);
  expect(
    await database.db.query(`select reason, created_at as at from suppression where address = 'm@x.test'`),
  ).toEqual([{ reason: 'unsubscribed', at: new Date('2024-05-01T10:00:00Z') }]);
  const again = await upload(text, 'members.csv');
  expect(again).toMatchObject({
    remembered: true,
    map: { lastName: 'LEID', email: 'Email Address' },
    origin: { act: null },
  });
  await expect(
    imports.port.start(caller, { uploadId: again.id, kind: 'contacts', map: { email: 'Nowhere' } }),
  ).rejects.toMatchObject({ code: 'invalid_input' });
});

test('people are told apart by loyalty number, Muster ID or an additional field, although their email changed', async () => {
  const { db } = database;
  const [old, same] = await db.query<{ id: number }>('select id from contact order by id');
  await db.tx((tx) =>
    writeContacts(tx, [{ contactId: same?.id, values: {}, identifiers: [{ kind: 'loyaltyNumber', value: 'L-1' }] }], {
      source: 'API',
      now: deps.now(),
    }),
  );
  async function run(text: string, keys: Record<string, string>, dedupe: NonNullable<ImportPlan['options']>['dedupe']) {
    const { id: uploadId, format } = await upload(text);
    const given = { email: 'email', firstName: 'first', ...keys };
    const { id } = await imports.port.start(caller, {
      uploadId,
      kind: 'contacts',
      map: given,
      format,
      options: { dedupe },
    });
    return (await ended(id)).summary;
  }
  expect(
    await run(
      'email;first;card;chat\nmoved@x.test;Sam;L-1;tg-1\n;Loy;L-2;\nno@x.test;None;;\n',
      { loyaltyNumber: 'card', telegram: 'chat' },
      'loyaltyNumber',
    ),
  ).toMatchObject({ updated: 1, created: 1, rejected: 1 });
  expect(
    await run(
      `email;first;id\nolder@x.test;Olda;${old?.id}\n;Ghost;999999\n;Bad;x1\n`,
      { contactId: 'id' },
      'contactId',
    ),
  ).toMatchObject({
    updated: 1,
    created: 0,
    rejected: 1,
    notices: ['1 people were left out: no contact is known by it, and nothing makes a new one'],
  });
  expect(
    await run('email;first;points\nby@x.test;Field;1\nbest@x.test;Points;7\n', { [POINTS]: 'points' }, POINTS),
  ).toMatchObject({
    updated: 1,
    created: 1,
  });
  const rows = await db.query(
    `select c.email, first_name as name, array_agg(i.value order by i.kind, i.value) filter (where i.kind in ('loyaltyNumber', 'telegram')) as keys
       from contact c left join identifier i on i.contact_id = c.id group by c.id order by c.id`,
  );
  expect(rows).toEqual([
    { email: 'by@x.test', name: 'Field', keys: null },
    { email: 'moved@x.test', name: 'Sam', keys: ['L-1', 'tg-1'] },
    { email: null, name: 'Loy', keys: ['L-2'] },
    { email: 'best@x.test', name: 'Points', keys: null },
  ]);
});
