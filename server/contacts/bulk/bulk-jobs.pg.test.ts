import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Deps } from '#server/service.ts';
import { sayOfAddresses } from '#server/subscriptions/addresses.ts';
import { subscribe } from '#server/subscriptions/subscriptions.ts';
import type { Caller } from '#shared/api/ports.ts';
import type { BulkAction, BulkJob, BulkTarget } from '#shared/contact/bulk.schema.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { addCategory, addContacts, addList } from '#tests/support/consent-stage.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { type BulkJobs, createBulkJobs } from './bulk-jobs.ts';

const NOW = Date.UTC(2026, 10, 23);
const PEOPLE = 2_500;
const colleague: Caller = { ...caller, userId: 'u2', name: 'Ivan', role: 'marketerNoPersonal' };

let database: TestDatabase;
let deps: Deps;
let jobs: BulkJobs;
let ids: number[];
let now = NOW;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  jobs = createBulkJobs(deps);
  await jobs.service.start();
  const rows = await database.db.query<{ id: number }>(
    `insert into contact (id, first_name, first_name_fold, country, country_fold, email_status, created_at, updated_at)
     select nextval('contact_id_seq'), 'Ann ' || n, 'ann ' || n, case when n % 2 = 0 then 'UA' else 'GB' end,
            case when n % 2 = 0 then 'ua' else 'gb' end, 'none', $2, $2
       from generate_series(1, $1::int) n returning id`,
    [PEOPLE, new Date(NOW - 1)],
  );
  ids = rows.map(({ id }) => id);
  await addList(database.db, 'vip', 'VIP');
  await addCategory(database.db, 'news', 'News');
});
afterAll(async () => {
  await jobs.service.stop();
  await database.drop();
});

const everybody: BulkTarget = { kind: 'filter', rule: null, search: '', except: [] };
const inUkraine: BulkTarget = {
  ...everybody,
  rule: { type: 'text', field: 'country', op: 'is', values: ['UA'] },
};

const ended = (id: string): Promise<BulkJob> =>
  vi.waitFor(
    async () => {
      const job = must(
        (await jobs.port.list(caller)).find((one) => one.id === id),
        'the job is listed',
      );
      expect(job.finishedAt).not.toBeNull();
      return job;
    },
    { timeout: 20_000, interval: 20 },
  );

async function run(target: BulkTarget, action: BulkAction, who: Caller = caller): Promise<BulkJob> {
  const { id } = await jobs.port.prepare(who, { target, action });
  await jobs.port.start(who, id);
  return ended(id);
}

const undo = async (id: string): Promise<BulkJob> => ended((await jobs.port.undo(caller, id)).id);
const count = async (where: string, values: unknown[] = []): Promise<number> =>
  (await database.db.query<{ n: number }>(`select count(*)::int as n from ${where}`, values))[0]?.n ?? 0;

test('a field is set for a whole filter as it was when it was counted, and taken back where nobody changed it since', async () => {
  const prepared = await jobs.port.prepare(caller, {
    target: { ...inUkraine, search: 'ann', except: [must(ids[1], 'the second')] },
    action: { type: 'field', field: 'languageCode', to: 'uk' },
  });
  expect(prepared).toMatchObject({ state: 'prepared', total: PEOPLE / 2 - 1, position: 0 });
  expect(await count(`contact where language_code = 'uk'`)).toBe(0);
  await database.db.query(`update contact set country = 'GB', country_fold = 'gb' where id = $1`, [ids[3]]);
  await jobs.port.start(caller, prepared.id);
  const done = await ended(prepared.id);
  expect(done).toMatchObject({ state: 'done', position: done.total, changed: PEOPLE / 2 - 1, canUndo: true });
  expect(await count(`contact where language_code = 'uk'`)).toBe(PEOPLE / 2 - 1);
  // Who moved away meanwhile was counted, so they are meant.
  expect(await count(`contact where language_code = 'uk' and id = $1`, [ids[3]])).toBe(1);
  expect(await count(`dirty where tbl = 'contact'`)).toBeGreaterThanOrEqual(PEOPLE / 2 - 1);

  await database.db.query(`update contact set language_code = 'de', language_code_fold = 'de' where id = $1`, [ids[5]]);
  const undone = await undo(done.id);
  expect(undone).toMatchObject({
    state: 'done',
    changed: PEOPLE / 2 - 2,
    skipped: { changedSince: 1 },
    canUndo: false,
  });
  expect(await count('contact where language_code is not null')).toBe(1);
  await expect(jobs.port.undo(caller, done.id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a list and a tag are given and taken, each once, and come back with their date', async () => {
  now = NOW + 1_000;
  const some = ids.slice(0, 1_200);
  expect(
    await run({ kind: 'chosen', ids: some.slice(0, 10) }, { type: 'list', listId: 'vip', member: true }),
  ).toMatchObject({ changed: 10 });
  now = NOW + 2_000;
  const added = await run(
    { kind: 'chosen', ids: [...some, 4_000_000_000] },
    { type: 'list', listId: 'vip', member: true },
  );
  expect(added).toMatchObject({ total: 1_200, changed: 1_190, skipped: { unchanged: 10 } });
  const removed = await run({ kind: 'chosen', ids: some }, { type: 'list', listId: 'vip', member: false });
  expect(removed).toMatchObject({ changed: 1_200 });
  await undo(removed.id);
  expect(
    await count(`membership where list_id = 'vip' and since = $1 and source = 'Olha'`, [new Date(NOW + 1_000)]),
  ).toBe(10);
  expect(await undo(added.id)).toMatchObject({ changed: 1_190 });
  expect(await count(`membership where list_id = 'vip'`)).toBe(10);

  expect(await run(everybody, { type: 'tag', tag: 'big spender', add: true })).toMatchObject({ changed: PEOPLE });
  const tagged: BulkTarget = { ...everybody, rule: { type: 'membership', list: 'tag:big spender', op: 'in' } };
  expect(await run(tagged, { type: 'tag', tag: 'big spender', add: false })).toMatchObject({ changed: PEOPLE });
});

test('a subscription is lowered for everybody, raised only with evidence, and never undone', async () => {
  const people = await addContacts(database.db, ['a@x.test', 'b@x.test', 'c@x.test'], NOW);
  const target: BulkTarget = { kind: 'chosen', ids: [...people, must(ids[0], 'one without an address')] };
  const [a = 0, b = 0] = people;
  await database.db.tx((tx) => subscribe(tx, [a, b], ['news'], { source: 'form', at: NOW }));
  const left = await run(target, {
    type: 'subscription',
    categoryId: 'category:news',
    subscribed: false,
    evidence: null,
  });
  expect(left.changed).toBeGreaterThanOrEqual(2);
  expect(await count(`membership where list_id = 'category:news' and state = 'subscribed'`)).toBe(0);
  expect(left.canUndo).toBe(false);
  await expect(jobs.port.undo(caller, left.id)).rejects.toMatchObject({ code: 'conflict' });

  await database.db.tx((tx) => sayOfAddresses(tx, ['a@x.test'], 'complained', { source: 'provider', at: NOW }));
  const stopped = await run(target, { type: 'subscription', categoryId: 'all', subscribed: false, evidence: null });
  expect(stopped).toMatchObject({ changed: 2, skipped: { noEmail: 1 } });
  now = NOW + 3_000;
  const asked = await run(target, {
    type: 'subscription',
    categoryId: 'all',
    subscribed: true,
    evidence: 'Asked at the fair',
  });
  expect(asked).toMatchObject({ changed: 2, skipped: { refused: 1, noEmail: 1 } });
  expect(await count(`suppression where address like '%x.test'`)).toBe(1);
});

test('contacts are deleted and come back with what leads to them', async () => {
  const people = await addContacts(database.db, ['d@x.test', 'e@x.test'], NOW);
  const gone = await run({ kind: 'chosen', ids: people }, { type: 'delete' });
  expect(gone).toMatchObject({ changed: 2 });
  expect(await count('contact where id = any($1::bigint[]) and deleted_at is null', [people])).toBe(0);
  expect(await undo(gone.id)).toMatchObject({ changed: 2 });
  expect(await count(`identifier where contact_id = any($1::bigint[])`, [people])).toBe(2);
});

test('what is personal is asked for and changed only by who sees it, and a job does not keep it', async () => {
  const chosen: BulkTarget = { kind: 'chosen', ids: ids.slice(0, 3) };
  const town: BulkAction = { type: 'field', field: 'town', to: 'Lviv' };
  const tag: BulkAction = { type: 'tag', tag: 'x', add: true };
  const refused = { code: 'forbidden' };
  const prepare = (target: BulkTarget, action: BulkAction) => jobs.port.prepare(colleague, { target, action });
  await expect(prepare(chosen, town)).rejects.toMatchObject(refused);
  await expect(prepare({ ...everybody, search: 'ann 7' }, tag)).rejects.toMatchObject(refused);
  const byName: BulkTarget = { ...everybody, rule: { type: 'text', field: 'firstName', op: 'is', values: ['Ann 7'] } };
  await expect(prepare(byName, tag)).rejects.toMatchObject(refused);
  expect(await prepare(inUkraine, tag)).toMatchObject({ state: 'prepared' });

  const done = await run(chosen, town);
  expect(done.deed).toEqual({ type: 'field', field: 'town' });
  await expect(jobs.port.undo(colleague, done.id)).rejects.toMatchObject(refused);
  expect(await undo(done.id)).toMatchObject({ changed: 3, undoes: { type: 'field', field: 'town' } });
  expect(await count('contact where town is not null')).toBe(0);
  await expect(prepare(chosen, { type: 'field', field: 'timeZone', to: 'Atlantis' })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'to',
  });
});

test('a job that is taken up by another server goes on where it was; a cancelled one stays where it is', async () => {
  const { id } = await jobs.port.prepare(caller, {
    target: everybody,
    action: { type: 'tag', tag: 'resumed', add: true },
  });
  // As a server leaves it that was killed after the first step.
  const first = ids.slice(0, 1_000);
  await database.db.query(`update bulk_job set state = 'running', position = 1000, changed = 1000 where id = $1`, [id]);
  const other = createBulkJobs(deps);
  await other.service.start();
  const done = await ended(id);
  await other.service.stop();
  expect(done.position).toBe(done.total);
  expect(await count(`membership where list_id = 'tag:resumed' and contact_id = any($1::bigint[])`, [first])).toBe(0);
  expect(await count(`membership where list_id = 'tag:resumed'`)).toBe(done.total - 1_000);
  expect(done.changed).toBe(done.total);

  const prepared = await jobs.port.prepare(caller, {
    target: everybody,
    action: { type: 'tag', tag: 'never', add: true },
  });
  expect(await jobs.port.cancel(caller, prepared.id)).toMatchObject({ state: 'cancelled', changed: 0, canUndo: false });
  await expect(jobs.port.start(caller, prepared.id)).rejects.toMatchObject({ code: 'not_found' });
  expect(await count(`membership where list_id = 'tag:never'`)).toBe(0);
});
