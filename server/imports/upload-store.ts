/** Uploaded files: kept in the data folder until their import is over. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Deps } from '#server/service.ts';
import type { UploadInfo } from '#shared/api/import.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { openCsvFile } from './csv-file.ts';
import { guessMap } from '#shared/import/guess-map.ts';

export const MAX_UPLOAD = 2 * 1024 ** 3;
const SAMPLE_ROWS = 20;
/** An upload nobody imported is removed after this time. */
const KEEP_MS = 7 * 86_400_000;

export type UploadStore = {
  /** Takes a file and says what it looks like. */
  receive: (name: string, bytes: Readable) => Promise<UploadInfo>;
  pathOf: (uploadId: string) => string;
  remove: (uploadId: string) => Promise<void>;
  /** Removes what nobody imported for a week. */
  removeOld: () => Promise<void>;
};

/** The bytes, up to a limit. The request is not destroyed when they are too many: it still gets its answer. */
async function* limited(bytes: Readable, max: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > max) {
      const limit = Math.floor(max / 1024 ** 2).toLocaleString('en-US');
      throw new UserError('too_large', `The file is larger than ${limit} MB.`, 'file');
    }
    yield chunk;
  }
}

export function createUploadStore(
  deps: Pick<Deps, 'config' | 'db' | 'now'>,
  options: { maxBytes?: number } = {},
): UploadStore {
  const folder = join(deps.config.dataDir, 'uploads');
  // Only what uuidv7 makes ever becomes part of a path.
  const pathOf = (id: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new UserError('not_found', 'There is no such upload.', 'uploadId');
    return join(folder, `${id}.csv`);
  };

  async function describe(id: string, fileName: string, path: string): Promise<UploadInfo> {
    const file = await openCsvFile(path);
    const sample: string[][] = [];
    for await (const { cells } of file.records()) {
      sample.push(cells);
      if (sample.length >= SAMPLE_ROWS) break;
    }
    return { id, fileName, columns: file.columns, sample, ...guessMap(file.columns) };
  }

  return {
    pathOf,
    async receive(name, bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const id = uuidv7({ msecs: deps.now() });
      const path = pathOf(id);
      const partial = `${path}.partial`;
      try {
        await pipeline(limited(bytes, options.maxBytes ?? MAX_UPLOAD), createWriteStream(partial, { mode: 0o600 }));
        const info = await describe(id, name, partial);
        await rename(partial, path);
        await deps.db.query('insert into upload (id, file_name, columns) values ($1, $2, $3)', [
          id,
          name,
          JSON.stringify(info.columns),
        ]);
        return info;
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async remove(id) {
      await rm(pathOf(id), { force: true });
    },
    async removeOld() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if ((await stat(path)).mtimeMs < deps.now() - KEEP_MS) await rm(path, { force: true });
      }
    },
  };
}
