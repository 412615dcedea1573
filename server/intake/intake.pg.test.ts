import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bucketOf } from '#server/identity/buckets.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { drainBucket } from './drain-bucket.ts';
import { createIntake } from './intake.ts';
import { type IntakeRow, intakeRow } from './intake-row.ts';
import { createIntakeWorker } from './intake-worker.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const event = (email: string, type: string, messageId: string | null = null) =>
  intakeRow(
    { kind: 'event', body: { values: { email }, type, at: 0, keyValue: null, params: {}, source: 'API' } },
    { messageId },
  );
const poison = (email: string): IntakeRow => ({
  bucket: bucketOf(email),
  kind: 'event',
  payload: '{"no":"event"}',
  messageId: null,
});
const counts = async () =>
  (
    await database.db.query(`select (select count(*) from intake) as waiting, (select count(*) from event) as events,
                                   (select count(*) from intake_parked) as parked, (select count(*) from contact) as contacts`)
  )[0];

test('concurrent appends share statements, and each is committed when it is acknowledged', async () => {
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  await intake.start();
  const statements = vi.spyOn(database.db.pool, 'query');
  await Promise.all(
    Array.from({ length: 500 }, async (_, at) => {
      await intake.append([event(`a${at % 20}@x.org`, `t${at}`)]);
    }),
  );
  expect(statements.mock.calls.length).toBeLessThan(50);
  expect((await counts())?.waiting).toBe(500);
  const lanes = await database.db.query<{ buckets: number }>(
    `select count(distinct bucket) as buckets from intake group by payload -> 'values' ->> 'email'`,
  );
  expect(lanes.every(({ buckets }) => buckets === 1)).toBe(true);
  await intake.stop();
  await expect(intake.append([event('late@x.org', 't')])).rejects.toMatchObject({ code: 'not_ready' });
});

test('a request that cannot be stored does not fail the others of its statement', async () => {
  const intake = createIntake(createTestDeps(database.db));
  const bad = intake.append([{ bucket: 1, kind: 'event', payload: 'not json', messageId: null }]);
  const good = intake.append([event('good@x.org', 't')]);
  await expect(bad).rejects.toThrow();
  await good;
  expect((await counts())?.waiting).toBe(1);
  await intake.stop();
});

test('a message id is taken once in 30 days', async () => {
  const intake = createIntake(createTestDeps(database.db));
  await intake.append([event('m@x.org', 't', 'one'), event('m@x.org', 't', 'one'), event('m@x.org', 't', 'two')]);
  await Promise.all([intake.append([event('m@x.org', 't', 'one')]), intake.append([event('m@x.org', 't')])]);
  expect((await counts())?.waiting).toBe(3);
  await database.db.query(`update message_seen set seen_at = seen_at - interval '31 days' where message_id = 'one'`);
  await intake.append([event('m@x.org', 't', 'one'), event('m@x.org', 't', 'two')]);
  expect((await counts())?.waiting).toBe(4);
  await intake.stop();
});

test('the worker takes rows in order and leaves nothing behind', async () => {
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  const workers = [createIntakeWorker(deps), createIntakeWorker(deps)];
  for (const worker of workers) await worker.start();
  for (let round = 1; round <= 20; round++) {
    await intake.append(
      Array.from({ length: 50 }, (_, at) => {
        const values = { email: `w${at % 10}@x.org`, firstName: `${round}.${at}` };
        return intakeRow({ kind: 'contact', body: { values, source: 'API' } });
      }),
    );
    await intake.append([event('w0@x.org', 'done')]);
  }
  await vi.waitFor(async () => expect(await counts()).toEqual({ waiting: 0, events: 20, parked: 0, contacts: 10 }), {
    timeout: 20_000,
  });
  // Whoever worked the lane: the last one said stands.
  const names = await database.db.query(`select first_name from contact order by email`);
  expect(names).toEqual(Array.from({ length: 10 }, (_, at) => ({ first_name: `20.${40 + at}` })));
  for (const worker of workers) await worker.stop();
  await intake.stop();
});

test('a row that fails five times is parked with its error, and its lane goes on in order', async () => {
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  await intake.append([event('p@x.org', 'before'), poison('p@x.org'), event('p@x.org', 'after')]);
  const bucket = bucketOf('p@x.org');
  expect(await drainBucket(deps, bucket)).toBe('waiting');
  expect(await counts()).toMatchObject({ waiting: 2, events: 1, parked: 0 });
  for (let attempt = 2; attempt <= 5; attempt++) {
    expect(await drainBucket(deps, bucket)).toBe('waiting');
    await database.db.query('update intake set next_at = now()');
    await drainBucket(deps, bucket);
  }
  expect(await counts()).toMatchObject({ waiting: 0, events: 2, parked: 1 });
  const [parked] = await database.db.query('select payload, error from intake_parked');
  expect(parked).toMatchObject({ payload: { no: 'event' }, error: expect.stringContaining('values') });
  await intake.stop();
});

test('lanes with little to do are taken together, and one bad row stops only its own', async () => {
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  await intake.append(Array.from({ length: 300 }, (_, at) => event(`t${at}@x.org`, 'together')));
  const tx = vi.spyOn(deps.db, 'tx');
  const worker = createIntakeWorker(deps);
  await worker.start();
  await vi.waitFor(async () => expect(await counts()).toMatchObject({ waiting: 0, events: 300 }), { timeout: 20_000 });
  expect(tx.mock.calls.length).toBeLessThan(10);
  await intake.append([poison('t1@x.org'), ...Array.from({ length: 300 }, (_, at) => event(`t${at}@x.org`, 'later'))]);
  await vi.waitFor(async () => expect(await counts()).toMatchObject({ waiting: 0, events: 600, parked: 1 }), {
    timeout: 20_000,
  });
  await worker.stop();
  await intake.stop();
});

test('a key that is longer than an index entry is stored like any other', async () => {
  const keyValue = randomBytes(3_000).toString('base64');
  const body = { values: {}, type: 'long', at: 0, keyValue, params: {}, source: 'API' };
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  const row = intakeRow({ kind: 'event', body });
  await intake.append([row]);
  expect(await drainBucket(deps, row.bucket)).toBe('empty');
  expect(await counts()).toMatchObject({ waiting: 0, events: 1, parked: 0 });
  await intake.stop();
});

test('a session killed in the middle of a batch loses nothing and writes nothing twice', async () => {
  const deps = createTestDeps(database.db);
  const intake = createIntake(deps);
  const email = 'kill@x.org';
  await intake.append(Array.from({ length: 300 }, () => event(email, 'k')));
  const blocker = await database.db.pool.connect();
  await blocker.query('begin');
  await blocker.query('lock table event in access exclusive mode');
  const draining = drainBucket(deps, bucketOf(email));
  const failed = expect(draining).rejects.toThrow();
  await vi.waitFor(async () => {
    const rows = await database.db.query<{ pid: number }>(
      `select pid from pg_stat_activity where query like 'insert into event (%' and wait_event_type = 'Lock' and datname = current_database()`,
    );
    expect(rows).toHaveLength(1);
    await database.db.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  });
  await failed;
  await blocker.query('rollback');
  blocker.release();
  expect(await counts()).toEqual({ waiting: 300, events: 0, parked: 0, contacts: 0 });
  expect(await drainBucket(deps, bucketOf(email))).toBe('empty');
  expect(await counts()).toEqual({ waiting: 0, events: 300, parked: 0, contacts: 1 });
  await intake.stop();
});
