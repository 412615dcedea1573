/** Where a backup goes and comes from: a file that is either complete or not there. */
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { codeOf, reasonOf } from '#server/start-error.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type BackupHeader, unseal } from './backup-format.ts';

function refuseToOverwrite(path: string): void {
  if (existsSync(path)) {
    throw new UserError('conflict', `${path} exists. Choose another name, or add --force to replace it.`, 'file');
  }
}

/** A rename is only certain after a crash when the folder was written too. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lets `write` fill FILE.part, which becomes FILE once it is on disk; on failure nothing is left. */
export async function writeWhole<T>(
  path: string,
  options: { force: boolean },
  write: (sink: Writable) => Promise<T>,
): Promise<{ bytes: number; result: T }> {
  if (!options.force) refuseToOverwrite(path);
  const part = `${path}.part`;
  try {
    await rm(part, { force: true });
    // It holds every address and the password hashes: nobody else may read it. Flushed before it is closed.
    const sink = createWriteStream(part, { mode: 0o600, flush: true });
    await once(sink, 'open');
    const result = await write(sink);
    const { size } = await stat(part);
    if (!options.force) refuseToOverwrite(path);
    await rename(part, path);
    await syncFolder(dirname(path));
    return { bytes: size, result };
  } catch (error) {
    await rm(part, { force: true });
    if (!['ENOENT', 'EACCES', 'EISDIR', 'ENOSPC', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    throw new UserError('invalid_input', `${path} cannot be written: ${reasonOf(error)}`, 'file');
  }
}

/** The file's bytes. */
export function readBytes(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/** Reads the whole file, so that one that was cut off or damaged is known before anything is touched. Answers its header. */
export async function verifyBackup(path: string): Promise<BackupHeader> {
  try {
    if (!(await stat(path)).isFile()) throw new UserError('invalid_input', `${path} is not a file.`, 'file');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError('not_found', `There is no file ${path}.`, 'file');
    throw error;
  }
  let header: BackupHeader | undefined;
  const body = unseal(readBytes(path), (found) => {
    header = found;
  });
  for await (const _ of body);
  if (!header) throw new Error('A backup that was read has a header.');
  return header;
}
