import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { type Cli, userFolder } from '#server/cli/cli-context.ts';
import { csvLine, openCsvFile } from '#server/imports/csv-file.ts';
import type { Reject } from '#server/imports/import-run.ts';
import { runImport } from '#server/imports/run-import.ts';
import { isWorkbook, sheetFormat, sheetToCsv } from '#server/imports/xlsx-to-csv.ts';
import { type ImportKind, type ImportSummary, importFields, importKinds } from '#shared/api/import.schema.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** "email=Email Address,firstName=First, name": a comma separates only where another field follows. */
export function parseMap(text: string): Record<string, string> {
  const map: Record<string, string> = {};
  for (const pair of text.split(/,(?=\s*[A-Za-z.]+=)/)) {
    const at = pair.indexOf('=');
    const field = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || column === '') throw new UserError('invalid_input', `“${pair}” is not field=Column.`, 'map');
    if (map[field] !== undefined) throw new UserError('invalid_input', `${field} is mapped twice.`, 'map');
    map[field] = column;
  }
  return map;
}

function findFile(cli: Cli, file: string): string {
  const found = [resolve(userFolder(cli), file), resolve(file)].find((path) => existsSync(path));
  if (!found) throw new UserError('not_found', `There is no file ${file}.`, 'file');
  return found;
}

/** Rejected lines beside where the user stands; the file is made with the first one. */
function rejectsFile(path: string): { add: (reject: Reject) => void; close: () => Promise<boolean> } {
  let stream: WriteStream | undefined;
  return {
    add({ line, reason, raw }) {
      stream ??= createWriteStream(path);
      if (stream.bytesWritten === 0 && stream.writableLength === 0) stream.write('line,reason,record\n');
      stream.write(`${csvLine([line, reason, raw])}\n`);
    },
    async close() {
      if (!stream) return false;
      stream.end();
      await finished(stream);
      return true;
    },
  };
}

async function importFile(cli: Cli, kind: ImportKind, file: string, mapText: string): Promise<void> {
  const path = findFile(cli, file);
  const map = parseMap(mapText);
  const rejectsPath = resolve(userFolder(cli), `${basename(path)}.rejects.csv`);
  const folder = (await isWorkbook(path)) ? await mkdtemp(join(tmpdir(), 'muster-import-')) : null;
  try {
    const source = folder === null ? { path, format: null } : await firstSheet(path, join(folder, 'sheet.csv'));
    await importText(cli, kind, { ...source, map, rejectsPath });
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

/** A workbook's first sheet that holds anything, as text. */
async function firstSheet(path: string, textPath: string) {
  const { sheet } = await sheetToCsv(path, textPath, null);
  const { format } = await openCsvFile(textPath, sheetFormat(sheet));
  return { path: textPath, format };
}

type Source = { path: string; format: FileFormat | null; map: Record<string, string>; rejectsPath: string };

async function importText(cli: Cli, kind: ImportKind, { path, format, map, rejectsPath }: Source): Promise<void> {
  const { summary, notices, rejected } = await cli.withDeps(async (deps) => {
    const rejects = rejectsFile(rejectsPath);
    try {
      const result = await runImport(deps, {
        path,
        kind,
        map,
        format,
        onReject: rejects.add,
        onProgress: ({ state, linesRead, progress }) => {
          const percent = Math.floor(progress * 100);
          const bar = '█'.repeat(Math.floor(percent / 5)).padEnd(20, '░');
          cli.progress(
            `${bar} ${percent} % ${state === 'reading' ? `reading, ${linesRead.toLocaleString('en-US')} lines` : 'applying'}`,
          );
        },
      });
      return { ...result, rejected: await rejects.close() };
    } catch (error) {
      await rejects.close();
      throw error;
    }
  });
  for (const notice of notices) cli.say(notice);
  if (rejected)
    cli.say(
      `${summary.rejected.toLocaleString('en-US')} ${summary.rejected === 1 ? 'line was' : 'lines were'} rejected: ${rejectsPath}`,
    );
  cli.print(figuresOf(summary));
}

const ALWAYS: readonly string[] = ['lines', 'orders', 'contacts', 'created', 'updated', 'unchanged', 'rejected'];

/** What there is to tell; the notices are said already. */
const figuresOf = ({ notices: _, ...figures }: ImportSummary) =>
  Object.fromEntries(Object.entries(figures).filter(([name, count]) => ALWAYS.includes(name) || count > 0));

export function register(program: Command, cli: Cli): void {
  const imports = program.command('import').description('files into Muster; safe to run twice');
  for (const kind of importKinds) {
    const fields = [...importFields[kind].required, ...importFields[kind].optional].join(', ');
    imports
      .command(kind)
      .description(`import ${kind} from a .csv, .csv.gz or .xlsx file. Fields: ${fields}`)
      .argument('<file>')
      .requiredOption('--map <field=Column,…>', 'which column fills which field')
      .action((file: string, options: { map: string }) => importFile(cli, kind, file, options.map));
  }
}
