/** Where a backup goes and comes from: a file that is either complete or not there. */
import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { codeOf, reasonOf } from '#server/start-error.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type BackupHeader, unseal } from './backup-format.ts';

async function create(path: string): Promise<FileHandle> {
  try {
    // It holds every address and the password hashes: nobody else may read it.
    return await open(path, 'w', 0o600);
  } catch (error) {
    throw new UserError('invalid_input', `${path} cannot be written: ${reasonOf(error)}`, 'file');
  }
}

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

/** Lets `write` fill FILE.part, which becomes FILE once it is on disk; on failure nothing is left. Answers its size. */
export async function writeWhole(
  path: string,
  options: { force: boolean },
  write: (sink: Writable) => Promise<unknown>,
): Promise<number> {
  if (!options.force) refuseToOverwrite(path);
  const part = `${path}.part`;
  const handle = await create(part);
  try {
    await write(handle.createWriteStream({ autoClose: false }));
    await handle.sync();
    const { size } = await handle.stat();
    await handle.close();
    if (!options.force) refuseToOverwrite(path);
    await rename(part, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    throw error;
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
