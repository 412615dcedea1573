import type { Command } from 'commander';
import type { Cli } from '#server/cli/cli-context.ts';
import { runServer } from '#server/run-server.ts';

export function register(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('run the server alone, for hosting without a desktop')
    .action(async () => {
      process.exit(await runServer(cli.env));
    });
}
