import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '#server/backup/backup-file.ts';
import type { BackupHeader } from '#server/backup/backup-format.ts';
import { writeBackup } from '#server/backup/write-backup.ts';
import { type Cli, userFolder } from '#server/cli/cli-context.ts';
import type { Deps } from '#server/service.ts';

const rowCount = ({ tables }: BackupHeader): number => Object.values(tables).reduce((sum, rows) => sum + rows, 0);

const words = (header: BackupHeader): string =>
  `${rowCount(header).toLocaleString('en-US')} rows of ${Object.keys(header.tables).length} tables`;

async function backUp(cli: Cli, file: string, force: boolean): Promise<void> {
  const save = async ({ db, config, now }: Deps, signal: AbortSignal): Promise<void> => {
    const onTable = (table: string, rows: number) => cli.progress(`${table}: ${rows.toLocaleString('en-US')} rows`);
    const options = { version: config.version, now, signal, onTable };
    if (file === '-') {
      cli.say(`Backed up ${words(await writeBackup(db, process.stdout, options))}.`);
      return;
    }
    const path = resolve(userFolder(cli), file);
    const { bytes, result } = await writeWhole(path, { force }, (sink) => writeBackup(db, sink, options));
    printDone(cli, path, bytes, result);
  };
  // Not migrated: a backup is what one makes before an update.
  await cli.withDeps(save, { untouched: true });
}

function printDone(cli: Cli, file: string, bytes: number, header: BackupHeader): void {
  const { schema, muster, createdAt, tables } = header;
  cli.print({ file, bytes, createdAt, schema, muster, rows: rowCount(header), tables }, [
    `Backed up ${words(header)} to ${file} (${(bytes / 1e6).toFixed(1)} MB).`,
    'The file holds personal data and secrets: keep it where only you can read it.',
  ]);
}

export function register(program: Command, cli: Cli): void {
  program
    .command('backup')
    .description('save everything into one file, also while the server runs')
    .argument('<file>', 'where to; - for standard output')
    .option('--force', 'replace the file when it exists', false)
    .action((file: string, { force }: { force: boolean }) => backUp(cli, file, force));
}
