import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { codeOf, reasonOf, StartError } from '#server/start-error.ts';
import { canReach, type PostgresUser } from './postgres-user.ts';

/** What must outlive a start: readable by the owner only, because it holds the password. */
const recordSchema = z.object({
  /** Folder of the database files; in the file relative to the data folder, so that this one can be moved as a whole. */
  cluster: z.string(),
  /** Whether the database files were completely made once. */
  made: z.boolean().default(true),
  password: z.string(),
  port: z.int(),
});
export type PostgresRecord = z.infer<typeof recordSchema>;

const recordFile = (dataDir: string) => join(dataDir, 'postgres.json');

/** The address of the database `name` in the embedded PostgreSQL. */
export function urlOf(record: PostgresRecord, name = 'muster'): string {
  return `postgresql://muster:${record.password}@127.0.0.1:${record.port}/${name}`;
}

/** Null when this data folder never had an embedded PostgreSQL. */
export async function readRecord(dataDir: string): Promise<PostgresRecord | null> {
  let text: string;
  try {
    text = await readFile(recordFile(dataDir), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const record = recordSchema.parse(JSON.parse(text));
    return { ...record, cluster: resolve(dataDir, record.cluster) };
  } catch (error) {
    throw new StartError(`${recordFile(dataDir)} is damaged: ${reasonOf(error)}. Restore it from a backup.`, {
      cause: error,
    });
  }
}

/** Written whole and flushed before it takes its name: a crash leaves the old record or the new one. */
export async function writeRecord(dataDir: string, record: PostgresRecord): Promise<void> {
  const half = `${recordFile(dataDir)}.new`;
  const file = await open(half, 'w', 0o600);
  try {
    const inside = record.cluster.startsWith(`${dataDir}${sep}`);
    const cluster = inside ? relative(dataDir, record.cluster) : record.cluster;
    await file.writeFile(`${JSON.stringify({ ...record, cluster }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, recordFile(dataDir));
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** A port nobody listens on now. Somebody else may still take it first: the caller tries again. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/**
 * Makes a folder and those above it, one by one: below a file system without folders of its own (/proc), Node's
 * recursive mkdir tries for ever.
 */
async function makeFolders(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path), mode);
    await mkdir(path, { mode });
  }
}

/** Makes the data folder. As root it must let the user `postgres` through; what is secret in it is closed file by file. */
export async function makeDataFolder(dataDir: string, user: PostgresUser): Promise<void> {
  try {
    await makeFolders(resolve(dataDir), user ? 0o711 : 0o700);
  } catch (error) {
    throw new StartError(`MUSTER_DATA_DIR: ${dataDir} cannot be made: ${reasonOf(error)}.`, { cause: error });
  }
}

/** A home outside the data folder, for what the user `postgres` must reach when the data folder is closed to it. */
export function homeElsewhere(dataDir: string, base: string): string {
  return join(base, createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12));
}

/** Decides where the database files live: in the data folder, or elsewhere when the user `postgres` cannot get there. */
export async function chooseCluster(options: {
  dataDir: string;
  user: PostgresUser;
  /** Where to go instead (/var/lib/muster). */
  base: string;
  say: (line: string) => void;
}): Promise<string> {
  const { dataDir, user, base, say } = options;
  if (await canReach(user, dataDir)) return join(dataDir, 'postgres');
  const home = homeElsewhere(dataDir, base);
  try {
    await mkdir(home, { recursive: true, mode: 0o711 });
    await chmod(base, 0o711);
  } catch (error) {
    throw new StartError(
      `MUSTER_DATA_DIR: ${dataDir} lies in a folder closed to the user "postgres", as which the database runs when Muster runs as root, ` +
        `and ${home} cannot be used instead: ${reasonOf(error)}. Set MUSTER_DATA_DIR to a folder others may pass through.`,
      { cause: error },
    );
  }
  if (!(await canReach(user, home))) {
    throw new StartError(
      `MUSTER_DATA_DIR: neither ${dataDir} nor ${home} can be reached by the user "postgres". Set it to another folder.`,
    );
  }
  say(`The data folder is closed to the user "postgres", so the database files live in ${home}.`);
  return join(home, 'postgres');
}

/** Makes an empty folder only PostgreSQL's user may enter. */
export async function makePrivate(path: string, user: PostgresUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user) await chown(path, user.uid, user.gid);
}

/** A new record: random password, free port. */
export async function newRecord(cluster: string): Promise<PostgresRecord> {
  return { cluster, made: false, password: randomBytes(24).toString('base64url'), port: await freePort() };
}
