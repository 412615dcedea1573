import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockHolder, takeDataFolder } from './data-lock.ts';
import { bornAt } from './postgres-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('one owner at a time, named in the refusal; free again after release', async () => {
  const lock = await takeDataFolder(folder, 'server');
  await expect(takeDataFolder(folder, 'server')).rejects.toThrow(
    `The data folder ${folder} is in use by a running Muster server (process ${process.pid})`,
  );
  expect(await lockHolder(folder)).toMatchObject({ pid: process.pid, purpose: 'server' });
  await lock.release();
  expect(await lockHolder(folder)).toBeNull();
  await (await takeDataFolder(folder, 'import orders')).release();
  expect(await readdir(folder)).toEqual([]);
});

test('a command that holds it is named', async () => {
  const lock = await takeDataFolder(folder, 'import orders');
  await expect(takeDataFolder(folder, 'server')).rejects.toThrow('the command "import orders"');
  await lock.release();
});

test('the lock of a killed process does not count', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = child.pid ?? 0;
  const record = { pid, born: await bornAt(pid), purpose: 'server', token: 'x' };
  await writeFile(join(folder, 'lock'), JSON.stringify(record));
  await expect(takeDataFolder(folder, 'server')).rejects.toThrow(`(process ${pid})`);
  const dead = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await dead;
  expect(await lockHolder(folder)).toBeNull();
  await (await takeDataFolder(folder, 'server')).release();
});

test('a living process that merely has the same id does not hold it', async () => {
  const record = { pid: process.pid, born: 'another boot:1', purpose: 'server', token: 'x' };
  await writeFile(join(folder, 'lock'), JSON.stringify(record));
  const lock = await takeDataFolder(folder, 'server');
  expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8')).born).toBe(await bornAt(process.pid));
  await lock.release();
});

test('a damaged lock file does not lock anybody out', async () => {
  await writeFile(join(folder, 'lock'), '{"pid":');
  await (await takeDataFolder(folder, 'server')).release();
});

test('of many that find a stale lock at the same time exactly one gets it', async () => {
  for (let round = 0; round < 10; round++) {
    await writeFile(
      join(folder, 'lock'),
      JSON.stringify({ pid: process.pid, born: 'long ago', purpose: 'server', token: `stale ${round}` }),
    );
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeDataFolder(folder, 'server')));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const { value } of winners) await value.release();
  }
});
