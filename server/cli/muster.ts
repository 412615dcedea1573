/** The command line: `npm run -s muster -- <noun> <verb> …`. Each noun registers itself. */
import { Command } from 'commander';
import { programVersion } from '#server/config/config.ts';
import { StartError } from '#server/start-error.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { createCli } from './cli-context.ts';
import * as apiKey from './commands/api-key.ts';
import * as backup from './commands/backup.ts';
import * as demo from './commands/demo.ts';
import * as event from './commands/event.ts';
import * as imports from './commands/import.ts';
import * as member from './commands/member.ts';
import * as report from './commands/report.ts';
import * as restore from './commands/restore.ts';
import * as segment from './commands/segment.ts';
import * as serve from './commands/serve.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const program = new Command('muster')
  .description('Muster on the command line')
  .version(programVersion())
  .option('--json', 'print results as JSON')
  .showHelpAfterError('(add --help for what there is)');
const cli = createCli({
  env: process.env,
  purpose: words.slice(0, 2).join(' '),
  json: () => program.opts().json === true,
});
for (const noun of [serve, apiKey, member, imports, event, segment, report, demo, backup, restore])
  noun.register(program, cli);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UserError || error instanceof StartError) {
    cli.say(`muster: ${error instanceof UserError && error.field ? `${error.field}: ` : ''}${error.message}`);
  } else cli.say(`muster: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
