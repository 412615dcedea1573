import { resolve } from 'node:path';
import type { Command } from 'commander';
import { verifyBackup } from '#server/backup/backup-file.ts';
import { confirmationLines, pendingMailLines } from '#server/backup/pending-mail.ts';
import { checkSchema, restoreBackup } from '#server/backup/restore.ts';
import { type Cli, userFolder } from '#server/cli/cli-context.ts';
import { readMigrations } from '#server/storage/migrate.ts';

async function restore(cli: Cli, file: string): Promise<void> {
  const path = resolve(userFolder(cli), file);
  cli.progress('Checking the file');
  // Before a database is opened, or made: a file that cannot be restored leaves no trace.
  const header = await verifyBackup(path);
  checkSchema(header, await readMigrations());
  const restored = await cli.withDeps(
    async ({ db, wake }, signal) => {
      const done = await restoreBackup(db, path, header, {
        signal,
        onTable: (table, rows) => cli.progress(`${table}: ${rows.toLocaleString('en-US')} rows`),
      });
      wake.notify('feed');
      return done;
    },
    { alone: true, untouched: true },
  );
  const rows = Object.values(header.tables).reduce((sum, count) => sum + count, 0);
  const { createdAt, muster } = header;
  const { schema, leftOut, pending, confirmations } = restored;
  for (const table of leftOut)
    cli.say(`The table ${table} is not Muster's: its ${header.tables[table]} rows were left out.`);
  cli.print({ file: path, createdAt, muster, schema, rows, leftOut, sendingStopped: true, pending, confirmations }, [
    `Restored ${rows.toLocaleString('en-US')} rows from the backup of ${createdAt}.`,
    'Everybody signs in once more. Devices compare their data anew; what they have not sent yet is kept.',
    'Members removed after the backup are back, and devices signed out after it may sign in again: see Settings, Members and Devices.',
    ...pendingMailLines(pending, createdAt),
    ...confirmationLines(confirmations),
  ]);
}

export function register(program: Command, cli: Cli): void {
  program
    .command('restore')
    .description('fill an empty database from a backup; sending stays stopped until you allow it')
    .argument('<file>')
    .action((file: string) => restore(cli, file));
}
