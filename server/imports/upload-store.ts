/**
 * Uploaded files: kept in the data folder until their import is over. A workbook stays beside the text made of its sheets,
 * so that another sheet can be chosen.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Deps } from '#server/service.ts';
import type { UploadInfo } from '#shared/api/import.schema.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type CsvFile, openCsvFile } from './csv-file.ts';
import { describeFile } from './describe-file.ts';
import { isWorkbook, sheetFormat, sheetToCsv } from './xlsx-to-csv.ts';

export const MAX_UPLOAD = 2 * 1024 ** 3;
/** An upload nobody imported is removed after this time. */
const KEEP_MS = 7 * 86_400_000;

/** A file as text that can be read in a format. */
export type OpenUpload = { path: string; fileName: string; file: CsvFile };

export type UploadStore = {
  /** Takes a file and says what it looks like. */
  receive: (name: string, bytes: Readable) => Promise<UploadInfo>;
  /** What a file looks like in another format than the guessed one. */
  describe: (uploadId: string, format: FileFormat) => Promise<UploadInfo>;
  /** Opens an upload; what the format does not say is guessed. */
  open: (uploadId: string, format: FileFormat | null) => Promise<OpenUpload>;
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

const gone = (): UserError => new UserError('not_found', 'The uploaded file is gone. Upload it again.', 'uploadId');

export function createUploadStore(
  deps: Pick<Deps, 'config' | 'db' | 'now'>,
  options: { maxBytes?: number } = {},
): UploadStore {
  const { db } = deps;
  const folder = join(deps.config.dataDir, 'uploads');
  // Only what uuidv7 makes ever becomes part of a path.
  const pathOf = (id: string, suffix: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw gone();
    return join(folder, `${id}${suffix}`);
  };
  const textOf = (id: string, sheets: readonly string[], sheet: string | null): string =>
    pathOf(id, sheets.length === 0 ? '.csv' : `.${Math.max(0, sheets.indexOf(sheet ?? ''))}.csv`);

  /** The sheet as text, made when it is first asked for. */
  async function sheetText(id: string, sheets: readonly string[], sheet: string | null): Promise<string> {
    const path = textOf(id, sheets, sheet);
    if (sheets.length === 0 || existsSync(path)) return path;
    const partial = `${path}.partial`;
    await sheetToCsv(pathOf(id, '.xlsx'), partial, sheet);
    await rename(partial, path);
    return path;
  }

  async function open(id: string, format: FileFormat | null): Promise<OpenUpload & { sheets: string[] }> {
    const [upload] = await db.query<{ file_name: string; sheets: string[] }>(
      'select file_name, sheets from upload where id = $1',
      [id],
    );
    if (!upload) throw gone();
    const { file_name: fileName, sheets } = upload;
    const sheet = sheets.find((name) => name === format?.sheet) ?? sheets[0] ?? null;
    if (!existsSync(pathOf(id, sheets.length === 0 ? '.csv' : '.xlsx'))) throw gone();
    const path = await sheetText(id, sheets, sheet);
    const given = sheet === null ? (format ?? {}) : { ...format, ...sheetFormat(sheet) };
    return { path, fileName, sheets, file: await openCsvFile(path, given) };
  }

  async function store(id: string, name: string, partial: string): Promise<UploadInfo> {
    if (!(await isWorkbook(partial))) {
      const info = await describeFile(db, { id, fileName: name, sheets: [], file: await openCsvFile(partial) });
      await rename(partial, pathOf(id, '.csv'));
      await note(info);
      return info;
    }
    const first = `${partial}.sheet`;
    try {
      const { sheet, sheets } = await sheetToCsv(partial, first, null);
      const file = await openCsvFile(first, sheetFormat(sheet));
      const info = await describeFile(db, { id, fileName: name, sheets, file });
      await rename(first, textOf(id, sheets, sheet));
      await rename(partial, pathOf(id, '.xlsx'));
      await note(info);
      return info;
    } finally {
      await rm(first, { force: true });
    }
  }

  async function note({ id, fileName, columns, sheets }: UploadInfo): Promise<void> {
    await db.query('insert into upload (id, file_name, columns, sheets) values ($1, $2, $3, $4)', [
      id,
      fileName,
      JSON.stringify(columns),
      JSON.stringify(sheets),
    ]);
  }

  return {
    open,
    async describe(id, format) {
      const { file, fileName, sheets } = await open(id, format);
      return describeFile(db, { id, fileName, sheets, file });
    },
    async receive(name, bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const id = uuidv7({ msecs: deps.now() });
      const partial = pathOf(id, '.partial');
      try {
        await pipeline(limited(bytes, options.maxBytes ?? MAX_UPLOAD), createWriteStream(partial, { mode: 0o600 }));
        return await store(id, name, partial);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async remove(id) {
      const start = pathOf(id, '.');
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if (path.startsWith(start)) await rm(path, { force: true });
      }
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
