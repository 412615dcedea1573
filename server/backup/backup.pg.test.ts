/** A backup is everything, at one moment. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Database } from '#server/storage/database.ts';
import { readMigrations } from '#server/storage/migrate.ts';
import { setBackupStage } from '#tests/support/backup-stage.ts';
import { fillEveryTable, readEveryTable } from '#tests/support/every-table.ts';
import { RESTORE_GAP, STOPPED_BY } from './after-restore.ts';
import { writeWhole } from './backup-file.ts';
import type { BackupHeader } from './backup-format.ts';
import { listSequences, quoted } from './catalogue.ts';
import { confirmationLines } from './pending-mail.ts';
import { writeBackup } from './write-backup.ts';

/** What a restore changes on purpose (decision 0014). */
const EMPTIED = ['lease', 'session', 'verification'];
const CHANGED: Record<string, readonly string[]> = {
  feed_counter: ['epoch', 'epoch_from', 'version'],
  workspace: ['sending_stopped', 'sending_stopped_by', 'public_url_verified', 'public_url_verified_at'],
  outbox: ['leased_until', 'lease_holder'],
  device: ['session_id'],
  bulk_job: ['state', 'error', 'finished_at'],
};

const stage = setBackupStage();
const { database, backUp, restoreInto, restored } = stage;

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
  const first = await readEveryTable(copy, { feed_counter: ['epoch', 'epoch_from', 'version'] });
  expect(await readEveryTable(again, { feed_counter: ['epoch', 'epoch_from', 'version'] })).toEqual(first);
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
    expect(found).toMatchObject({
      lines: found.orders * 5,
      version: found.orders + RESTORE_GAP,
      changes: found.orders,
    });
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
  expect(after).toMatchObject({ version: 41 + RESTORE_GAP, from: 41 });
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
  await source.query(
    `insert into opt_in (id, contact_id, address, requested_at, expires_at, next_at) values
       ('due', 1, 'a@b.c', now(), now() + interval '1 day', now()), ('asked', 2, 'd@e.f', now(), now() + interval '1 day', null)`,
  );
  const { pending, confirmations } = await restoreInto(copy, await backUp(source));
  expect(confirmations).toBe(1);
  expect(confirmationLines(confirmations)).toEqual([expect.stringMatching(/^1 mail that asks somebody to confirm/)]);
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

test('a backup that fails or is broken off leaves neither the file nor a part of it', async () => {
  const source = await database();
  await fillEveryTable(source);
  const path = join(stage.folder, 'never.backup');
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
