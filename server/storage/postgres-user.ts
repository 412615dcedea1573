import { execFile } from 'node:child_process';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, reasonOf, StartError } from '#server/start-error.ts';

const run = promisify(execFile);

/** The system user PostgreSQL runs as. Null: the user Muster runs as. */
export type PostgresUser = { uid: number; gid: number } | null;

async function lookUp(name: string): Promise<PostgresUser> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, created when missing. */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return null;
  const found = await lookUp('postgres');
  if (found) return found;
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
    ['adduser', '-S', '-D', '-H', 'postgres'],
  ];
  const reasons: string[] = [];
  for (const [command = '', ...args] of attempts) {
    try {
      await run(command, args);
    } catch (error) {
      reasons.push(reasonOf(error).trim());
    }
    const created = await lookUp('postgres');
    if (created) return created;
  }
  throw new StartError(
    `PostgreSQL does not run as root, and the system user "postgres" could not be created (${reasons.join('; ')}). ` +
      'Run Muster as another user, create that user, or set MUSTER_DATABASE_URL.',
  );
}

async function nearestExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return nearestExisting(dirname(path));
  }
}

/** Whether the user may reach what lies in this folder (or will, once it is made): every folder above must let it through. */
export async function canReach(user: PostgresUser, path: string): Promise<boolean> {
  if (user === null) return true;
  for (let folder = await nearestExisting(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}
