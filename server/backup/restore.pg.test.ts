/** A restore is everything or nothing, and only into an empty database. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Database } from '#server/storage/database.ts';
import { migrate, readMigrations } from '#server/storage/migrate.ts';
import { relations, setBackupStage } from '#tests/support/backup-stage.ts';
import { fillEveryTable, readEveryTable } from '#tests/support/every-table.ts';
import { verifyBackup } from './backup-file.ts';
import { restoreBackup } from './restore.ts';

const stage = setBackupStage();
const { database, backUp, restoreInto } = stage;

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
  const bad = join(stage.folder, 'bad.backup');
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
