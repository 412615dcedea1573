/** Backup and restore on real databases: everything, at one moment, and only as a whole. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '#server/storage/database.ts';
import { migrate, readMigrations } from '#server/storage/migrate.ts';
import { fillEveryTable, readEveryTable } from '#tests/support/every-table.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { STOPPED_BY } from './after-restore.ts';
import { verifyBackup, writeWhole } from './backup-file.ts';
import type { BackupHeader } from './backup-format.ts';
import { listSequences, quoted } from './catalogue.ts';
import { type Restored, type RestoreOptions, restoreBackup } from './restore.ts';
import { writeBackup } from './write-backup.ts';

/** What a restore changes on purpose (decision 0014). */
const EMPTIED = ['lease', 'session', 'verification'];
const CHANGED: Record<string, readonly string[]> = {
  feed_counter: ['epoch', 'epoch_from'],
  workspace: ['sending_stopped', 'sending_stopped_by', 'public_url_verified', 'public_url_verified_at'],
  outbox: ['leased_until', 'lease_holder'],
  device: ['session_id'],
};

let folder: string;
let at = 0;
const open: TestDatabase[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-backup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const database of open.splice(0)) await database.drop();
});

async function database(options: { empty?: boolean } = {}): Promise<Database> {
  const made = await createTestDatabase(options);
  open.push(made);
  return made.db;
}

async function backUp(db: Database): Promise<string> {
  const path = join(folder, `${++at}.backup`);
  await writeWhole(path, { force: false }, (sink) => writeBackup(db, sink, { version: '1.2.3', now: () => 0 }));
  return path;
}

async function restoreInto(db: Database, path: string, options?: RestoreOptions): Promise<Restored> {
  return restoreBackup(db, path, await verifyBackup(path), options);
}

async function restored(path: string): Promise<Database> {
  const db = await database({ empty: true });
  await restoreInto(db, path);
  return db;
}

const relations = (db: Database) =>
  db.query("select relname from pg_class where relnamespace = 'public'::regnamespace");

const positions = async (db: Database) => {
  const names = await db.tx((tx) => listSequences(tx));
  return Promise.all(
    names.map(async (name) => [name, ...(await db.query(`select last_value::text, is_called from ${quoted(name)}`))]),
  );
};

test('every table of the schema is equal row by row, and so is a backup of the copy', async () => {
  const source = await database();
  const tables = await fillEveryTable(source);
  const path = await backUp(source);
  const copy = await restored(path);
  const expected = await readEveryTable(source, CHANGED);
  expect(Object.keys(expected)).toEqual(tables);
  for (const table of tables) expect(expected[table], `${table} was filled`).not.toEqual([]);
  for (const table of EMPTIED) expected[table] = [];
  expect(await readEveryTable(copy, CHANGED)).toEqual(expected);
  expect(await positions(copy)).toEqual(await positions(source));

  const again = await restored(await backUp(copy));
  const first = await readEveryTable(copy, { feed_counter: ['epoch', 'epoch_from'] });
  expect(await readEveryTable(again, { feed_counter: ['epoch', 'epoch_from'] })).toEqual(first);
});

test('generated columns are computed anew, sequences and identities go on after the highest number', async () => {
  const source = await database();
  await source.query("select setval('contact_id_seq', 4000000000), setval('order_row_seq', 7, false)");
  await source.query("insert into event_type (key) values ('a'), ('b')");
  await source.query(
    `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, quantity, price)
     values (1, 1, 1, 'i', 'n', 1500, 12345)`,
  );
  const copy = await restored(await backUp(source));
  const [next] = await copy.query("select nextval('contact_id_seq') as contact, nextval('order_row_seq') as order_row");
  expect(next).toEqual({ contact: 4_000_000_001, order_row: 7 });
  expect(await copy.query("insert into event_type (key) values ('c') returning id")).toEqual([{ id: 3 }]);
  expect(await copy.query('select amount from order_line')).toEqual([{ amount: 18_518 }]);
});

test('a backup made while others write is one moment: orders with all their lines, a counter with all it numbered', async () => {
  const source = await database();
  let stop = false;
  const write = async (writer: number) => {
    for (let order = 1; !stop; order++) {
      await source.tx(async (tx) => {
        await tx.query(
          `insert into orders (contact_id, row_id, external_order_id, at, status, currency, line_count, source, digest)
           values ($1, $2, $3, now(), 'x', 'GBP', 5, 'test', '')`,
          [writer, order, `${writer}-${order}`],
        );
        await tx.query(
          `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, quantity, price)
           select $1, $2, n, '', '', 1, 1 from generate_series(1, 5) n`,
          [writer, order],
        );
        const { rows } = await tx.query('update feed_counter set version = version + 1 returning version');
        await tx.query("insert into column_change (version, tbl, key) values ($1, 'order', $2)", [
          rows[0]?.version,
          order,
        ]);
      });
    }
  };
  const writers = [1, 2, 3, 4].map(write);
  const paths: string[] = [];
  for (let round = 0; round < 3; round++) {
    await sleep(150);
    paths.push(await backUp(source));
  }
  stop = true;
  await Promise.all(writers);
  let seen = 0;
  for (const path of paths) {
    const copy = await restored(path);
    const [found] = await copy.query<{ orders: number; lines: number; version: number; changes: number }>(
      `select (select count(*) from orders) as orders, (select count(*) from order_line) as lines,
         (select version from feed_counter) as version, (select count(*) from column_change) as changes`,
    );
    if (!found) throw new Error('no row');
    expect(found.orders).toBeGreaterThan(seen);
    expect(found).toMatchObject({ lines: found.orders * 5, version: found.orders, changes: found.orders });
    seen = found.orders;
  }
});

test('rows of many megabytes pass', async () => {
  const source = await database();
  await source.query(
    `insert into chunk_blob (hash, data)
     select 'big', decode(repeat(md5(random()::text), 500000), 'hex') union all select 'none', ''`,
  );
  await source.query(
    `insert into document (id, kind, schema_version, rev, body)
     values ('long', 'x', 1, 1, jsonb_build_object('text', repeat(E'line\\n\\\\.\\n', 1000000)))`,
  );
  const copy = await restored(await backUp(source));
  expect(await readEveryTable(copy, CHANGED)).toEqual(await readEveryTable(source, CHANGED));
});

test('[EPOCH-1] the copy has an epoch of its own, and remembers how far the past reached', async () => {
  const source = await database();
  await source.query('update feed_counter set version = 41');
  const copy = await restored(await backUp(source));
  const [before] = await source.query<{ epoch: string }>('select epoch from feed_counter');
  const [after] = await copy.query<{ epoch: string; version: number; from: number }>(
    'select epoch, version, epoch_from as from from feed_counter',
  );
  expect(after).toMatchObject({ version: 41, from: 41 });
  expect(after?.epoch).not.toBe(before?.epoch);
});

test('sending is stopped, and what it would send is told', async () => {
  const source = await database();
  await source.query(
    `insert into document (id, kind, schema_version, rev, body) values ('spring', 'campaign', 1, 1, '{"name": "Spring sale"}')`,
  );
  const run = `insert into campaign_run (campaign_id, state, message_name, segment_name, rule, subject, preheader, html, sender, scheduled_at, launched_by)
    values ($1, $2, 'Hello', 'Everybody', '{}', '', '', '', '{}', $3, '')`;
  await source.query(run, ['spring', 'sending', null]);
  await source.query(run, ['later', 'scheduled', new Date(Date.UTC(2030, 0, 1))]);
  await source.query(run, ['over', 'done', null]);
  await source.query(
    `insert into delivery (contact_id, row_id, id, campaign_id, state, created_at)
     select n, n, n::text, c, s, now() from (values
       (1, 'spring', 'queued'), (2, 'spring', 'queued'), (3, 'spring', 'sending'), (4, 'spring', 'sent'),
       (5, 'spring', 'uncertain'), (6, 'later', 'queued'), (7, 'over', 'sent')) v (n, c, s)`,
  );
  await source.query(
    `insert into outbox (bucket, row_id, contact_id, campaign_id, next_at, leased_until, lease_holder)
     values (0, 1, 1, 'spring', now(), now() + interval '1 hour', 'dead'), (0, 2, 2, 'spring', now(), null, null)`,
  );
  const copy = await database({ empty: true });
  const { pending } = await restoreInto(copy, await backUp(source));
  expect(pending).toEqual([
    expect.objectContaining({
      name: 'Spring sale',
      segment: 'Everybody',
      state: 'sending',
      queued: 2,
      interrupted: 1,
      uncertain: 1,
    }),
    expect.objectContaining({
      name: 'Hello',
      state: 'scheduled',
      scheduledAt: '2030-01-01T00:00:00.000Z',
      queued: 1,
      interrupted: 0,
      uncertain: 0,
    }),
  ]);
  expect(await copy.query('select sending_stopped, sending_stopped_by, public_url_verified from workspace')).toEqual([
    { sending_stopped: true, sending_stopped_by: STOPPED_BY, public_url_verified: null },
  ]);
  expect(await copy.query('select from outbox where leased_until is null and lease_holder is null')).toHaveLength(2);
});

test('a backup of an older schema is restored as it was and then brought up to date', async () => {
  const all = await readMigrations();
  const source = await database({ empty: true });
  await migrate(source.pool, { timeZone: 'Europe/Kyiv', migrations: all.slice(0, 1) });
  await source.query(
    `insert into "user" ("id", "name", "email", "emailVerified") values ('u1', 'Olha', 'olha@example.org', false)`,
  );
  const path = await backUp(source);
  expect((await verifyBackup(path)).schema).toBe(1);
  const doubling = {
    number: all.length + 1,
    name: 'from-the-rows',
    sql: 'create table greeting as select \'Hello \' || name as text from "user"',
  };
  const copy = await database({ empty: true });
  const { schema } = await restoreInto(copy, path, { migrations: [...all, doubling] });
  expect(schema).toBe(all.length + 1);
  // Both the real second migration and the one after it worked on the rows of the backup.
  expect(await copy.query('select user_id, role from member')).toEqual([{ user_id: 'u1', role: 'admin' }]);
  expect(await copy.query('select text from greeting')).toEqual([{ text: 'Hello Olha' }]);
  expect(await copy.query('select time_zone from workspace')).toEqual([{ time_zone: 'Europe/Kyiv' }]);
  const numbers = await copy.query<{ number: number }>('select number from schema_migration order by number');
  expect(numbers.map(({ number }) => number)).toEqual([...all.map(({ number }) => number), all.length + 1]);
  expect(await migrate(copy.pool, { timeZone: 'UTC', migrations: [...all, doubling] })).toEqual([]);
});

test('a backup of a newer schema is refused by name', async () => {
  const all = await readMigrations();
  const source = await database();
  await migrate(source.pool, {
    timeZone: 'UTC',
    migrations: [...all, { number: all.length + 1, name: 'future', sql: 'create table future (a int)' }],
  });
  const copy = await database({ empty: true });
  await expect(restoreInto(copy, await backUp(source))).rejects.toMatchObject({
    code: 'newer_version',
    message: expect.stringContaining(
      `Muster 1.2.3 with schema version ${all.length + 1}; this program knows ${all.length}`,
    ),
  });
  expect(await relations(copy)).toEqual([]);
});

test('a Muster nobody has used yet may be restored into; one with data, or a database of something else, may not', async () => {
  const source = await database();
  await source.query("insert into suppression (channel, address, reason) values ('email', 'a@b.c', 'unsubscribed')");
  const path = await backUp(source);
  const unused = await database();
  await restoreInto(unused, path);
  expect(await unused.query('select address from suppression')).toEqual([{ address: 'a@b.c' }]);

  const before = await readEveryTable(unused);
  await expect(restoreInto(unused, path)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/is not empty: its table suppression holds data/),
  });
  expect(await readEveryTable(unused)).toEqual(before);

  const other = await database({ empty: true });
  await other.query('create table theirs (a int)');
  await expect(restoreInto(other, path)).rejects.toThrow(/holds tables of something else \(theirs\)/);
});

test('a table that is not ours is backed up, left out of the restore, and named', async () => {
  const source = await database();
  await source.query("create table aside (a text); insert into aside values ('x'), ('y')");
  const copy = await database({ empty: true });
  expect(await restoreInto(copy, await backUp(source))).toMatchObject({ leftOut: ['aside'] });
});

test('a file that was cut off or damaged anywhere is refused and leaves the database empty', async () => {
  const source = await database();
  await fillEveryTable(source);
  const path = await backUp(source);
  const whole = await readFile(path);
  const header = await verifyBackup(path);
  const copy = await database({ empty: true });
  const headerEnd = whole.indexOf(10);
  const attempts: [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /is not a file that `muster backup` wrote/],
    ['something else', Buffer.from('PK\u0003\u0004 a zip'), /is not a file that `muster backup` wrote/],
    ['some JSON', Buffer.from('{"a": 1}\nxyz'), /is not a file that `muster backup` wrote/],
  ];
  for (const length of [headerEnd - 3, headerEnd + 1, headerEnd + 500, whole.length - 200, whole.length - 1]) {
    attempts.push([`cut at ${length}`, whole.subarray(0, length), /is not complete: the file was cut off/]);
  }
  for (const position of [headerEnd + 2, headerEnd + 300, Math.floor(whole.length / 2), whole.length - 80]) {
    const damaged = Buffer.from(whole);
    damaged[position] = (damaged[position] ?? 0) ^ 1;
    attempts.push([`damaged at ${position}`, damaged, /does not match its checksum/]);
  }
  const counted = Buffer.from(whole.toString('latin1').replace(/"contact":(\d)/, '"contact":9$1'), 'latin1');
  attempts.push(['a changed count', counted, /does not match its checksum/]);
  const bad = join(folder, 'bad.backup');
  for (const [what, bytes, message] of attempts) {
    await writeFile(bad, bytes);
    await expect(verifyBackup(bad), what).rejects.toThrow(message);
    // Also when the file changes after it was looked at: nothing is committed.
    await expect(restoreBackup(copy, bad, header), what).rejects.toThrow();
    expect(await relations(copy), what).toEqual([]);
  }
  const future = Buffer.from(`${JSON.stringify({ ...header, musterBackup: 2 })}\n`);
  await writeFile(bad, future);
  await expect(verifyBackup(bad)).rejects.toMatchObject({ code: 'newer_version' });
});

/** Waits until nothing of a broken restore is left; fails when it stays. */
async function expectEmpty(db: Database): Promise<void> {
  for (let left = 50; (await relations(db)).length > 0 && left > 0; left--) await sleep(100);
  expect(await relations(db)).toEqual([]);
}

test('what ends a restore half-way leaves an empty database, which the next try fills', async () => {
  const source = await database();
  await fillEveryTable(source);
  const path = await backUp(source);
  const copy = await database({ empty: true });

  const controller = new AbortController();
  const interrupted = restoreInto(copy, path, {
    signal: controller.signal,
    onTable: (table) => table === 'event' && controller.abort(),
  });
  await expect(interrupted).rejects.toThrow(/abort/i);
  await expectEmpty(copy);

  // The connection is lost after every row was loaded.
  const all = await readMigrations();
  const slow = { number: all.length + 1, name: 'slow', sql: 'select pg_sleep(60)' };
  const lost = restoreInto(copy, path, { migrations: [...all, slow] });
  const seen = expect(lost).rejects.toThrow(/terminat/i);
  const end =
    "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)' and datname = current_database()";
  while ((await copy.query(end)).length === 0) await sleep(50);
  await seen;
  await expectEmpty(copy);

  await restoreInto(copy, path);
  expect(await copy.query('select from contact')).toHaveLength(4);
});

test('a backup that fails or is broken off leaves neither the file nor a part of it', async () => {
  const source = await database();
  await fillEveryTable(source);
  const path = join(folder, 'never.backup');
  const controller = new AbortController();
  const broken = writeWhole(path, { force: false }, (sink) =>
    writeBackup(source, sink, {
      version: '1',
      now: Date.now,
      signal: controller.signal,
      onTable: (table) => table === 'document' && controller.abort(),
    }),
  );
  await expect(broken).rejects.toThrow(/abort/i);
  const dropped = writeWhole(path, { force: false }, (sink) =>
    writeBackup(source, sink, {
      version: '1',
      now: Date.now,
      onTable(table) {
        if (table === 'document') throw new Error('disk full');
      },
    }),
  );
  await expect(dropped).rejects.toThrow('disk full');
  await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  await expect(readFile(`${path}.part`)).rejects.toThrow(/ENOENT/);
});

test('the header is a line anybody can read', async () => {
  const source = await database();
  const path = await backUp(source);
  const [line = ''] = (await readFile(path, 'latin1')).split('\n');
  const header: BackupHeader = JSON.parse(line);
  expect(header).toEqual({
    musterBackup: 1,
    schema: (await readMigrations()).length,
    muster: '1.2.3',
    createdAt: '1970-01-01T00:00:00.000Z',
    tables: expect.objectContaining({ contact: 0, workspace: 1 }),
  });
});
